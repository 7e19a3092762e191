-- How fast is JSON read? A recursive parser that looks at text with find and match.

local ROUNDS <const> = 210

local unescaped = { n = "\n", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }

local parse

local function parse_string(text, at)
  local close = text:find('"', at + 1, true)
  while text:sub(close - 1, close - 1) == "\\" do close = text:find('"', close + 1, true) end
  local raw = text:sub(at + 1, close - 1)
  if raw:find("\\", 1, true) then raw = raw:gsub("\\(.)", unescaped) end
  return raw, close + 1
end

local function parse_list(text, at)
  local list, n = {}, 0
  at = text:find("%S", at + 1)
  while text:sub(at, at) ~= "]" do
    n = n + 1
    list[n], at = parse(text, at)
    at = text:match("^%s*,?%s*()", at)
  end
  return list, at + 1
end

local function parse_record(text, at)
  local record = {}
  at = text:find("%S", at + 1)
  while text:sub(at, at) ~= "}" do
    local key
    key, at = parse_string(text, at)
    at = text:match("^%s*:%s*()", at)
    record[key], at = parse(text, at)
    at = text:match("^%s*,?%s*()", at)
  end
  return record, at + 1
end

function parse(text, at)
  local first = text:sub(at, at)
  if first == '"' then return parse_string(text, at) end
  if first == "{" then return parse_record(text, at) end
  if first == "[" then return parse_list(text, at) end
  local number, after = text:match("^(-?%d+%.?%d*[eE]?[+-]?%d*)()", at)
  if number then return tonumber(number), after end
  local word, past = text:match("^(%a+)()", at)
  if word == "true" then return true, past end
  if word == "false" then return false, past end
  if word == "null" then return nil, past end
  error("unexpected character at " .. at)
end

local pieces = {}
for i = 1, 40 do
  pieces[i] = ('  {"id": %d, "name": "item \\"%d\\"", "price": %.2f, "stock": {"here": %d, "there": -4},\n'
    .. '   "tags": ["new", "line\\nbreak", true, false], "scale": 1.5e3, "gone": null}'):format(i, i, i * 2.25, i % 9)
end
local document = "[\n" .. table.concat(pieces, ",\n") .. "\n]"

local checksum = 0
for _ = 1, ROUNDS do
  local items = parse(document, 1)
  for i = 1, #items do
    local item = items[i]
    checksum = checksum + item.id + #item.name + item.price + item.stock.here + #item.tags + item.scale
  end
end
return string.format("%.2f", checksum)
