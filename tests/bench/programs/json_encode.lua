-- How fast is data written as JSON? Nested records, sorted keys, escaped strings.

local ROUNDS <const> = 120

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t" }

local function quote(text) return '"' .. text:gsub('[%c"\\]', escapes) .. '"' end

local encode

local function encode_list(list, out)
  out[#out + 1] = "["
  for i, item in ipairs(list) do
    if i > 1 then out[#out + 1] = "," end
    encode(item, out)
  end
  out[#out + 1] = "]"
end

local function encode_record(record, out)
  local keys = {}
  for key in pairs(record) do keys[#keys + 1] = key end
  table.sort(keys)
  out[#out + 1] = "{"
  for i, key in ipairs(keys) do
    if i > 1 then out[#out + 1] = "," end
    out[#out + 1] = quote(key)
    out[#out + 1] = ":"
    encode(record[key], out)
  end
  out[#out + 1] = "}"
end

function encode(value, out)
  local kind = type(value)
  if kind == "table" then
    if #value > 0 then encode_list(value, out) else encode_record(value, out) end
  elseif kind == "string" then
    out[#out + 1] = quote(value)
  elseif kind == "number" then
    out[#out + 1] = math.type(value) == "integer" and tostring(value) or string.format("%.14g", value)
  else
    out[#out + 1] = tostring(value)
  end
end

local orders = {}
for i = 1, 60 do
  orders[i] = {
    id = i,
    customer = { name = "customer " .. i, note = 'says "hi"\n', vip = i % 5 == 0 },
    lines = { { sku = "a-" .. i, price = i * 1.25, count = 2 }, { sku = "b\\" .. i, price = 0.1, count = i % 4 } },
    tags = { "new", "paid", "tab\there" },
  }
end

local checksum = 0
for round = 1, ROUNDS do
  orders[1].id = round
  local out = {}
  encode(orders, out)
  local text = table.concat(out)
  checksum = (checksum * 31 + #text + text:byte(round * 5)) % 1000000007
end
return checksum
