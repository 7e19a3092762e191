--- bitwise operators: every pair of values in registers
local max, min = math.maxinteger, math.mininteger
local object = setmetatable({}, {})
for event in ("band bor bxor shl shr"):gmatch("%a+") do getmetatable(object)["__" .. event] = function() return event end end
local values = {
  0, 1, -1, 2, 5, 31, 32, 33, 62, 63, 64, 65, 127, -31, -62, -63, -64, -65, max, min, min + 1, 0x0f0f0f0f0f0f0f0f, 0.0, -0.0, 3.0, -3.0, 64.0, 0.5, 2.0^53,
  2.0^62, 2.0^63, -2.0^63, 1e100, 1 / 0, 0 / 0, "5", "0x10", "3.0", "1.5", "", "abc", "1e100", {}, object, n = 45,
}
local messages = {}
local function failed(message)
  if not messages[message] then
    messages[#messages + 1] = message
    messages[message] = "!" .. #messages
  end
  return messages[message]
end
for _, op in ipairs { "&", "|", "~", "<<", ">>" } do
  local f = load("local a, b = ... local x, y, z = 1, a " .. op .. " b, 3 return y, x, z, a, b", "=f")
  for i = 1, values.n do
    local line = {}
    for j = 1, values.n do
      local ok, r, x, z, a, b = pcall(f, values[i], values[j])
      if not ok then line[#line + 1] = failed(r)
      elseif x ~= 1 or z ~= 3 or a ~= values[i] and a == a or b ~= values[j] and b == b then line[#line + 1] = "OTHER REGISTERS"
      elseif math.type(r) == "integer" then line[#line + 1] = ("%x"):format(r)
      else line[#line + 1] = tostring(r) end
    end
    print(op, i, table.concat(line, " "))
  end
end
print(table.concat(messages, "\n"))
--- the result takes the place of an operand
local object = setmetatable({ 7 }, {})
for event in ("add sub mul div mod pow idiv band bor bxor shl shr unm bnot concat len lt le"):gmatch("%a+") do
  getmetatable(object)["__" .. event] = function(a, b)
    local function part(v) return v == object and "o" or tostring(v) end
    return event .. "(" .. part(a) .. "," .. part(b) .. ")"
  end
end
local function show(v) return v ~= v and "nan" or v == object and "object" or tostring(v) end
local values = { 7, -3, 2.5, -0.5, 3.0, "4", "x", object, nil, n = 9 }
local forms = { "-a", "~a", "#a", "not a" }
for _, op in ipairs { "+", "-", "*", "/", "//", "%", "^", "&", "|", "~", "<<", ">>", "..", "==", "<", "<=", ">" } do
  for _, form in ipairs { "a OP b", "b OP a", "a OP a", "a OP 3", "3 OP a", "a OP 2.5", "a OP 300" } do forms[#forms + 1] = (form:gsub("OP", { OP = op })) end
end
for _, form in ipairs(forms) do
  local f = load("local a, b = ... local c = 'c' a = " .. form .. " return a, b, c", "=f")
  local line = {}
  for i = 1, form:find("b") and values.n or 1 do
    for j = 1, values.n do
      local ok, a, b, c = pcall(f, values[j], values[i])
      line[#line + 1] = ok and (form:find("^a [<=>]=? ?a$") and tostring(a) or show(a)) or (a:match("%((.*)%)") or a:match("attempt to (.*)") or a)
      if ok and (b ~= (values[i]) or c ~= "c") and form:find("b") then line[#line + 1] = "OTHER REGISTERS" end
    end
  end
  print(form, table.concat(line, " "))
end
--- unary operators of every value
local max, min = math.maxinteger, math.mininteger
local log = {}
local object = setmetatable({}, {
  __unm = function(a, b) log[#log + 1] = rawequal(a, b) and "same" or "other" return 1, 2 end,
  __bnot = function(a, b) log[#log + 1] = rawequal(a, b) and "same" or "other" return 2, 3 end,
  __len = function(a, b) log[#log + 1] = rawequal(a, b) and "same" or tostring(b) return 3, 4 end,
})
local function show(v) return v ~= v and "nan" or math.type(v) == "float" and ("%.17g"):format(v) .. "f" or tostring(v) end
local values = {
  0, 1, -1, max, min, min + 1, 0.0, -0.0, 1.5, 3.0, -2.0^63, 2.0^63, 1 / 0, -1 / 0, 0 / 0, "10", "0x10", " -7 ", "1.5", "-0", "9223372036854775808", "-9223372036854775808",
  "abc", "", "1e1", ("x"):rep(50), true, false, print, {}, { 1, 2, 3 }, { 1, nil, 3 }, { nil, nil, 3 }, { n = 1 }, object, setmetatable({ 1, 2 }, {}), nil, n = 37,
}
for _, op in ipairs { "-", "~", "#", "not " } do
  for _, form in ipairs { "local y = " .. op .. "v", "local y = v y = " .. op .. "y", "local y = " .. op .. op .. "v" } do
    local f = load("local v = ... local x = 1 " .. form .. " local z = 3 return y, x, z", "=f")
    local line = {}
    for i = 1, values.n do
      local ok, y, x, z = pcall(f, values[i])
      line[i] = ok and (show(y) .. (x == 1 and z == 3 and "" or "OTHER REGISTERS")) or y:gsub("f:1: attempt to ", "!"):gsub("(perform )(%a+)[^(]*", "%2 ")
    end
    print(form, table.concat(line, " "))
  end
end
print(#log, table.concat(log, " "))
print(pcall(load("return -nil")), pcall(load("return ~nil")), pcall(load("return #nil")))
print(pcall(load("return -{}")), pcall(load("return ~'x'")), pcall(load("return -'x'")), pcall(load("return #5")))
--- lengths: borders, metamethods, what is no table
local log = {}
local function len(...)
  local t = table.pack(...)
  return #t, #{ ... }, select("#", ...)
end
print(len(), len(1), len(nil, 2), len(1, 2, 3, 4, 5))
local t = {}
for i = 1, 33 do t[i] = i if #t ~= i then print("WRONG", i) end end
for i = 33, 1, -1 do t[i] = nil if #t ~= i - 1 then print("WRONG", i) end end
for i = 1, 10 do t[i] = i end
t[5] = nil
local border = #t
print((border == 4 or border == 10) and t[border] ~= nil and t[border + 1] == nil)
print(#setmetatable({}, { __len = function() return 1.5 end }), #setmetatable({}, { __len = function() return "x" end }), #setmetatable({}, { __len = function() end }))
print(#setmetatable({ 1, 2 }, { __index = { 1, 2, 3 } }), #setmetatable({ 1, 2 }, { __index = print, x = 1 }))
print(pcall(function() return #setmetatable({}, { __len = 5 }) end))
print(pcall(function() return #setmetatable({}, { __len = setmetatable({}, { __call = function(self, o) return "called" end }) }) end))
print(#"", #"x", #"a\0b", #("x"):rep(41), #("x"):rep(1000))
local mt = {}
local o = setmetatable({ 1, 2, 3 }, mt)
print(#o, #o)
mt.__len = function() return "added later" end
print(#o)
mt.__len = nil
print(#o)
rawset(mt, "__len", function() return "set raw" end)
print(#o, rawlen(o))
local h = { [1] = "a", [2] = "b", [3] = "c", x = 1 }
print(#h)
h[4] = "d" h[5] = "e"
print(#h)
h[5] = nil h[4] = nil
print(#h)
--- concatenation: numbers, many operands, order of metamethods
local function try(source, ...) print((source:gsub("\n", " ")), select(2, pcall(load("local a, b, c, d = ... return " .. source, "=f"), ...))) end
try("1 .. 2", 1) try("a .. b", 1, 2) try("a .. b", 1.0, -0.0) try("a .. b", 1e100, 2^53) try("a .. b", 1 / 0, -1 / 0) try("a .. b", math.mininteger, math.maxinteger)
try("a .. b", "", "") try("a .. b", "", 1) try("a .. b", 1, "") try("a .. b .. c", "", "", "") try("a .. b .. c .. d", "a", 1, 2.5, "d") try("a .. 'k' .. b .. 1", "x", "y")
try("a .. b", "x", nil) try("a .. b", nil, "x") try("a .. b .. c", "x", {}, "y") try("a .. b .. c", {}, "x", "y") try("a .. b .. c", "x", "y", {}) try("a .. b", true, 1) try("a .. b", print == nil, {})
try("a .. b .. c", 1, 2, {}) try("a .. (b .. c)", "x", "y", nil) try("(a .. b) .. c", "x", nil, "y")
local log = {}
local mt = { __concat = function(a, b)
  local function part(v) return type(v) == "table" and v.name or type(v) .. ":" .. tostring(v) end
  log[#log + 1] = part(a) .. "+" .. part(b)
  return "<" .. part(a) .. "," .. part(b) .. ">", "dropped"
end }
local o, p = setmetatable({ name = "o" }, mt), setmetatable({ name = "p" }, mt)
local function logged(source, ...)
  log = {}
  print(source, load("local a, b, c, d, e = ... local x, y, z = 'x', " .. source .. ", 'z' return y, x, z, #x")(...))
  print("", table.concat(log, " "))
end
for _, source in ipairs { "a .. b", "a .. b .. c", "a .. b .. c .. d", "a .. b .. c .. d .. e", "e .. d .. c .. b .. a", "(a .. b) .. (c .. d)", "a .. b .. 1 .. 2.0 .. c", "1 .. a", "a .. 1", "'' .. a .. ''" } do
  logged(source, o, p, "s", "t", 5)
  logged(source, "s", o, 1, p, "")
  logged(source, "s", "t", "u", o, p)
end
local nested = setmetatable({}, { __concat = function(a, b) return setmetatable({}, { __concat = function(x, y) return type(x) .. type(y) end }) end })
print("a" .. "b" .. nested .. "c" .. "d", type("a" .. nested))
local many, source = {}, {}
for i = 1, 100 do many[i] = i % 3 == 0 and i / 2 or i source[i] = "t[" .. i .. "]" end
print(load("local t = ... return " .. table.concat(source, " .. "))(many))
local short, long = ("s"):rep(20), ("l"):rep(41)
print(#(short .. short), #(short .. short .. "x"), #(long .. long), short .. "" == short, "" .. long == long, long .. "" .. "" == long, (1 .. "") == "1")
-- A concatenated key must find the same entry as a literal one. A short string has at most 40 characters.
local keys = {}
for n = 38, 43 do
  local half = ("k"):rep(n // 2)
  local literal = load("return '" .. ("k"):rep(n) .. "'")()
  local made = half .. half .. (n % 2 == 1 and "k" or "")
  local parts = "" .. half .. "" .. ("k"):rep(n - #half)
  keys[literal] = n
  print(n, made == literal, parts == literal, keys[made], keys[parts], rawequal(made, literal), #made)
  keys[made] = nil
  print(keys[literal], next(keys))
end
print(rawequal(short .. "x", short .. "x"), rawequal(long .. "x", long .. "x"), long .. "x" == long .. "x")
--- strings that are numbers: arithmetic through the metamethods of strings
local function try(source, ...) print(source, pcall(load("local a, b = ... return " .. source, "=f"), ...)) end
for _, a in ipairs { "10", "0x10", "1.5", "1e1", " 7 ", "abc", "", "0x1p4", "1 2" } do
  for _, source in ipairs { "a + 1", "1 + a", "a - 1", "a * 2", "a / 4", "a // 4", "a % 4", "a ^ 2", "-a", "a + a", "a .. 1", "a + 1.5", "a * -1000", "a & 1", "1 << a", "a < 5", "a == 10" } do try(source, a) end
end
local mt = getmetatable("")
print(mt.__add ~= nil, mt.__sub ~= nil, mt.__unm ~= nil, mt.__concat, mt.__band, mt.__lt)
mt.__band = function(a, b) return "band " .. tostring(a) .. " " .. tostring(b) end
mt.__bnot = function(a, b) return "bnot " .. a .. b end
mt.__shl = function(a, b) return "shl " .. a .. " " .. b end
print("5" & 1, 1 & "5", ~"5", "5" << 2, 2 << "5", 2.5 & "x", pcall(function() return "5" | 1 end))
mt.__add = function(a, b) return "own" end
print("1" + 2, 1 + "2", "a" + "b", {} and "x" + nil)
mt.__index = function(s, k) return s .. "." .. tostring(k) end
print(("s").x, ("s")[1], ("s")[2.5], ("s")[true], ("s").len)
