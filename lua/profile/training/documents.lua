-- Documents: writing nested values as text, reading them back, packing bytes, compiling code.
local function write(value, out)
  local kind = type(value)
  if kind == "table" then
    out[#out + 1] = "{"
    for i = 1, #value do write(value[i], out); out[#out + 1] = "," end
    local keys = {}
    for key in pairs(value) do if type(key) == "string" then keys[#keys + 1] = key end end
    table.sort(keys)
    for _, key in ipairs(keys) do
      out[#out + 1] = ("[%q]="):format(key)
      write(value[key], out)
      out[#out + 1] = ","
    end
    out[#out + 1] = "}"
  elseif kind == "string" then out[#out + 1] = ("%q"):format(value)
  else out[#out + 1] = tostring(value) end
  return out
end
local function parse(text)
  local at = 1
  local function skip() at = text:find("[^%s]", at) or #text + 1 end
  local function value()
    skip()
    local c = text:sub(at, at)
    if c == "(" then
      at = at + 1
      local list = {}
      while true do
        skip()
        if text:sub(at, at) == ")" then at = at + 1; return list end
        list[#list + 1] = value()
      end
    elseif c == '"' then
      local stop = text:find('"', at + 1, true)
      local part = text:sub(at + 1, stop - 1)
      at = stop + 1
      return part
    end
    local from, to = text:find("^[^%s()]+", at)
    at = to + 1
    local word = text:sub(from, to)
    return tonumber(word) or word
  end
  return value()
end
local document = {title = "plan", steps = {}}
for i = 1, 60 do document.steps[i] = {name = "step " .. i, done = i % 2 == 0, cost = i * 1.5, tags = {"a", "b" .. i}} end
local expression = "(set total (add (mul 3 x) \"text here\" (sub 10.5 y) (list 1 2 3 4 5)))"
for round = 1, 25 do
  local text = table.concat(write(document, {}))
  local back = assert(load("return " .. text))()
  assert(back.steps[60].cost == 90.0)
  for _ = 1, 20 do assert(#parse(expression) == 3) end
  local bytes = {}
  for i, step in ipairs(back.steps) do bytes[i] = string.pack("<I4s2d", i, step.name, step.cost) end
  local all, at, sum = table.concat(bytes), 1, 0
  while at <= #all do
    local id, _, cost
    id, _, cost, at = string.unpack("<I4s2d", all, at)
    sum = sum + id + cost
  end
  local source = {"local t, total = {...}, 0"}
  for i = 1, 40 do
    source[#source + 1] = ("local function f%d(a, b) if a > %d then return a - b else return b end end"):format(i, i)
    source[#source + 1] = ("for i = 1, 2 do total = total + f%d(i, t[1] or 0) * 2 // 1 end"):format(i)
  end
  source[#source + 1] = "return total"
  assert(load(table.concat(source, "\n"), "=generated", "t", {}))(round)
end
