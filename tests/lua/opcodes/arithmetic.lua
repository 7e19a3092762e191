--- plus, minus, times: every pair of values in registers
local max, min, inf = math.maxinteger, math.mininteger, math.huge
local object = setmetatable({}, { __add = function() return "add" end, __sub = function() return "sub" end, __mul = function() return "mul" end })
local values = {
  0, 1, -1, 2, -3, 7, 10, 1 << 31, 1 << 53, (1 << 53) + 1, max, min, max - 1, min + 1, 0.0, -0.0, 0.5, -1.5, 3.0, 2.0^53, 2.0^63, -2.0^63, 1e308, inf, -inf, 0 / 0,
  "10", "0x10", " 1.5 ", "-3", "1e2", "", "abc", "9223372036854775808", "0x1p4", true, {}, object, n = 39,
}
local names = { [values[37]] = "{}", [object] = "object" }
local messages = {}
local function failed(message)
  if not messages[message] then
    messages[#messages + 1] = message
    messages[message] = "!" .. #messages
  end
  return messages[message]
end
local function show(v)
  if v ~= v then return "nan" end
  return math.type(v) == "float" and ("%.17g"):format(v) .. "f" or names[v] or tostring(v)
end
for _, op in ipairs { "+", "-", "*" } do
  local f = load("local a, b = ... local x, y, z = 1, a " .. op .. " b, 3 return y, x, z, a, b", "=f")
  for i = 1, values.n do
    local line = {}
    for j = 1, values.n do
      local ok, r, x, z, a, b = pcall(f, values[i], values[j])
      if ok then
        line[j] = show(r)
        if x ~= 1 or z ~= 3 or a ~= values[i] and a == a or b ~= values[j] and b == b then line[j] = "OTHER REGISTERS" end
      else
        line[j] = failed(r)
      end
    end
    print(op .. " " .. show(values[i]), table.concat(line, " "))
  end
end
print(table.concat(messages, "\n"))
--- divisions and powers: every pair of values in registers
local max, min, inf = math.maxinteger, math.mininteger, math.huge
local object = setmetatable({}, { __div = function() return "div" end, __mod = function() return "mod" end, __idiv = function() return "idiv" end, __pow = function() return "pow" end })
local values = {
  0, 1, -1, 2, -3, 7, 10, -10, 1 << 31, (1 << 53) + 1, max, min, max - 1, min + 1, 0.0, -0.0, 0.5, -1.5, 3.0, 5.3, -5.3, 2.0^53, 2.0^63, -2.0^63, 1e308, inf, -inf, 0 / 0,
  "10", " 1.5 ", "-3", "", "0", true, {}, object, n = 37,
}
local names = { [values[35]] = "{}", [object] = "object" }
local messages = {}
local function failed(message)
  if not messages[message] then
    messages[#messages + 1] = message
    messages[message] = "!" .. #messages
  end
  return messages[message]
end
local function show(v)
  if v ~= v then return "nan" end
  return math.type(v) == "float" and ("%.17g"):format(v) .. "f" or names[v] or tostring(v)
end
for _, op in ipairs { "/", "//", "%" } do
  local f = load("local a, b = ... local x, y, z = 1, a " .. op .. " b, 3 return y, x, z, a, b", "=f")
  for i = 1, values.n do
    local line = {}
    for j = 1, values.n do
      local ok, r, x, z, a, b = pcall(f, values[i], values[j])
      if ok then
        line[j] = show(r)
        if x ~= 1 or z ~= 3 or a ~= values[i] and a == a or b ~= values[j] and b == b then line[j] = "OTHER REGISTERS" end
      else
        line[j] = failed(r)
      end
    end
    print(op .. " " .. show(values[i]), table.concat(line, " "))
  end
end
local f = load("local a, b = ... local x, y, z = 1, a ^ b, 3 return y, x, z", "=f")
for _, a in ipairs { 0, 1, -1, 2, -2, 10, 0.0, -0.0, 0.5, -8.0, 2.0^0.5, inf, -inf, "4", object, {}, max } do
  local line = {}
  for i, b in ipairs { 0, 1, -1, 2, 3, -3, 0.5, -0.5, 0.0, -0.0, 2.0, 53, 64, 1024, 1e308, inf, -inf, "2", object, {}, min } do
    local ok, r, x, z = pcall(f, a, b)
    line[i] = ok and x == 1 and z == 3 and show(r) or failed(r)
  end
  print("^ " .. (names[a] or type(a) == "table" and "{}" or show(a)), table.concat(line, " "))
end
print(table.concat(messages, "\n"))
--- every operator with constants on either side, those that fit the instruction and those that do not
local object = setmetatable({}, {})
for event in ("add sub mul div mod pow idiv band bor bxor shl shr"):gmatch("%a+") do
  getmetatable(object)["__" .. event] = function(a, b)
    local function part(v) return v == object and "o" or math.type(v) .. ":" .. v end
    return event .. "(" .. part(a) .. "," .. part(b) .. ")"
  end
end
local operands = { 0, 1, -7, 300, math.maxinteger, math.mininteger, 0.0, 2.5, -1e15, 2.0^53, math.huge, 0 / 0, "12", "1.5", "x", false, object, n = 17 }
local messages = {}
local function failed(message)
  if not messages[message] then
    messages[#messages + 1] = message
    messages[message] = "!" .. #messages
  end
  return messages[message]
end
local function show(v)
  if v ~= v then return "nan" end
  return v == object and "object" or math.type(v) == "float" and ("%.17g"):format(v) .. "f" or tostring(v)
end
local constants = {
  "0", "1", "2", "-1", "127", "128", "129", "-126", "-127", "-128", "-129", "255", "256", "1000", "-1000", "65536", "9007199254740993",
  "0x7fffffffffffffff", "1.0", "3.0", "0.5", "2.5", "127.0", "128.0", "-127.0", "1e15", "1e308", "2^53",
}
local seen, order = {}, {}
for _, op in ipairs { "+", "-", "*", "/", "//", "%" } do
  for _, constant in ipairs(constants) do
    for _, source in ipairs { "v " .. op .. " " .. constant, constant .. " " .. op .. " v" } do
      local f = load("local v = ... local x, y, z = 1, " .. source .. ", 3 return y, x, z, v", "=f")
      local line = {}
      for i = 1, operands.n do
        local ok, r, x, z, v = pcall(f, operands[i])
        if ok then
          line[i] = show(r)
          if x ~= 1 or z ~= 3 or v ~= operands[i] and v == v then line[i] = "OTHER REGISTERS" end
        else
          line[i] = failed(r)
        end
      end
      print(source, table.concat(line, " "))
    end
  end
end
print(table.concat(messages, "\n"))
--- powers and bitwise operators with constants on either side
local object = setmetatable({}, {})
for event in ("add sub mul div mod pow idiv band bor bxor shl shr"):gmatch("%a+") do
  getmetatable(object)["__" .. event] = function(a, b)
    local function part(v) return v == object and "o" or math.type(v) .. ":" .. v end
    return event .. "(" .. part(a) .. "," .. part(b) .. ")"
  end
end
local operands = { 0, 1, -7, 63, 64, math.maxinteger, math.mininteger, 0.0, 3.0, 2.5, 2.0^53, 2.0^63, 0 / 0, "12", "1.5", "3.0", "x", false, object, n = 19 }
local messages = {}
local function failed(message)
  if not messages[message] then
    messages[#messages + 1] = message
    messages[message] = "!" .. #messages
  end
  return messages[message]
end
local function show(v)
  if v ~= v then return "nan" end
  return v == object and "object" or math.type(v) == "float" and ("%.17g"):format(v) .. "f" or tostring(v)
end
local constants = {
  "0", "1", "2", "-1", "63", "64", "65", "-63", "-64", "-65", "127", "128", "129", "-127", "-128", "-129", "256", "-1000", "0x7fffffffffffffff", "1.0", "64.0", "2^53",
}
for _, op in ipairs { "&", "|", "~", "<<", ">>" } do
  for _, constant in ipairs(constants) do
    for _, source in ipairs { "v " .. op .. " " .. constant, constant .. " " .. op .. " v" } do
      local f = load("local v = ... local x, y, z = 1, " .. source .. ", 3 return y, x, z, v", "=f")
      local line = {}
      for i = 1, operands.n do
        local ok, r, x, z, v = pcall(f, operands[i])
        if ok then
          line[i] = show(r)
          if x ~= 1 or z ~= 3 or v ~= operands[i] and v == v then line[i] = "OTHER REGISTERS" end
        else
          line[i] = failed(r)
        end
      end
      print(source, table.concat(line, " "))
    end
  end
end
for _, constant in ipairs { "0", "1", "2", "-1", "3", "0.5", "2.0", "1000", "-2.0", "64" } do
  for _, source in ipairs { "v ^ " .. constant, constant .. " ^ v" } do
    local f = load("local v = ... local x, y, z = 1, " .. source .. ", 3 return y, x, z, v", "=f")
    local line = {}
    for i, v in ipairs { 0, 1, -2, 4, 0.0, 0.25, -0.5, math.huge, "2", "x", {}, object } do
      local ok, r = pcall(f, v)
      line[i] = ok and show(r) or failed(r)
    end
    print(source, table.concat(line, " "))
  end
end
print(table.concat(messages, "\n"))
