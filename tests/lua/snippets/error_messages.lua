--- indexing names the variable
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end
try "local x x.y = 1" try "local x return x.y" try "return g.y" try "g.y = 1" try "local t = {} return t.a.b" try "local t = {} t.a.b = 1" try "local t = {} return t[1].x" try "local t = {} return t['a b'].x" try "local t, k = {}, 'k' return t[k].x" try "local t = {} return t.x.y.z" try "local x = 5 return x.y" try "local x = true x.y = 2" try "return (1).x" try "return (nil)[1]" try "local function f() end return f.x" try "return ('x').y.z" try "return (function() end).x"
--- indexing upvalues
local up local t = {} print(select(2, pcall(function() return up.x end))) print(select(2, pcall(function() up.x = 1 end))) print(select(2, pcall(function() return t.a.b end))) print(select(2, pcall(function() return t[1][2] end))) print(select(2, pcall(function() up() end))) print(select(2, pcall(function() t.f() end))) print(select(2, pcall(function() return up + 1 end)))
--- indexing with integer and constant keys
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end
try "local t = nil return t[1]" try "local t = nil return t[300]" try "local t = nil return t[-1]" try "local t = nil return t[2.5]" try "local t = nil t[1] = 0" try "local t = nil t['key'] = 0" try "local t = nil local k = 1 return t[k]" try "local t = {} return t[1][2][3]" try "local a = {{}} return a[1].x.y"
--- calling names the function
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end
try "local f f()" try "g()" try "local t = {} t.f()" try "local t = {} t:m()" try "local t = {} t[1]()" try "local t, k = {}, 'x' t[k]()" try "local t = {} t.a.b()" try "(nil)()" try "(1)()" try "('s')()" try "local s = 's' s:nope()" try "local t = {f = {}} t.f.g()" try "local x = 5 x(1)" try "return g(1)" try "local t = {} return t.f()" try "(function() end)()()" try "math.nope()" try "string.x.y()" try "local _ENV = {} f()" try "local function f() return g end f()()"
--- a metamethod that cannot be called
local function try(f, ...) print(select(2, pcall(f, ...))) end
local o = setmetatable({}, { __add = 5, __index = 6, __concat = true, __call = 7, __lt = {}, __unm = "x", __len = 1, __eq = 8, __newindex = 9 })
try(function() return o + 1 end) try(function() return o.x end) try(function() return o .. "x" end) try(function() return o() end) try(function() return o < o end) try(function() return -o end) try(function() return #o end) try(function() return o == setmetatable({}, getmetatable(o)) end) try(function() o.x = 1 end)
--- arithmetic on wrong operands
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end
for _, op in ipairs { "+", "-", "*", "/", "//", "%", "^" } do try("local a = {} return a " .. op .. " 1") try("local a return 1 " .. op .. " a") try("return g " .. op .. " 2") try("local t = {} return t.x " .. op .. " t.y") try("return 'abc' " .. op .. " 1") try("return true " .. op .. " 1") end
--- unary minus and length of wrong operands
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end
try "local a return -a" try "return -{}" try "local t = {} return -t.x" try "return -'abc'" try "local a return #a" try "return #5" try "return #g" try "local t = {} return #t.x.y" try "return #true" try "return -print"
--- arithmetic with constants
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end
try "local a return a + 1" try "local a return a - 1" try "local a return 1 - a" try "local a return a * 2.5" try "local a return 2 ^ a" try "local t = {} return t.n + 1" try "local a = {} return a // 3" try "local up local function f() return up % 2 end f()" try "local s = 'x' return s + 1" try "local a, b = 1 return a + b" try "local a, b = {}, 2 return b * a"
--- concatenation
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end
try "local a return 'x' .. a" try "local a return a .. 'x'" try "return 'a' .. {} .. 'b'" try "return g .. 'x'" try "local t = {} return 'x' .. t.name" try "return 1 .. true" try "return nil .. nil" try "return print .. 'x'" try "local a, b = 'x' return a .. 'mid' .. b" try "local a = {} return 'x' .. 1 .. a .. 'y'"
--- comparison
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end
for _, op in ipairs { "<", "<=", ">", ">=" } do try("return 1 " .. op .. " '1'") try("return {} " .. op .. " {}") try("return nil " .. op .. " 1") try("return true " .. op .. " false") try("return print " .. op .. " print") try("return 'a' " .. op .. " {}") try("local x = 1 return x " .. op .. " nil") try("local x return x " .. op .. " 5") try("local x = {} return 5 " .. op .. " x") end
--- comparison uses __name
local A, B = setmetatable({}, { __name = "Apple" }), setmetatable({}, { __name = "Pear" }) print(select(2, pcall(function() return A < B end))) print(select(2, pcall(function() return A < A end))) print(select(2, pcall(function() return A < 1 end))) print(select(2, pcall(function() return A + 1 end))) print(select(2, pcall(function() return A.x.y end))) print(select(2, pcall(function() return A() end))) print(select(2, pcall(function() return A .. "x" end))) print(select(2, pcall(string.rep, A)))
--- numbers without integer representation
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end
try "return 1.5 & 1" try "local x = 2.5 return x | 1" try "return 2^63 << 1" try "local t = {v = 0.5} return t.v ~ 1" try "return ~1e300" try "return ('x'):rep(1.5)" try "return ('x'):sub(1.5)" try "return ('x'):byte(2^63)" try "return math.tointeger(1.5) & 1" try "return string.char(65.5)" try "return table.concat({}, '', 1.5)" try "return select(1.5)" try "return 1 // 0" try "return 1 % 0" try "return utf8.char(1.5)" try "return math.random(1.5)"
--- bad arguments to the basic functions
local function try(f, ...) print(select(2, pcall(f, ...))) end
try(assert) try(collectgarbage, "nope") try(collectgarbage, {}) try(error) try(getmetatable) try(ipairs) try(load) try(load, 5) try(load, {}) try(load, "x", {}) try(next) try(next, {}, {}) try(pairs) try(pcall) try(rawequal) try(rawequal, 1) try(rawget) try(rawget, {}) try(rawlen) try(rawlen, true) try(rawset) try(rawset, {}, 1) try(select) try(setmetatable) try(setmetatable, {}) try(setmetatable, {}, true) try(tonumber) try(tonumber, {}, 5) try(tostring) try(type) try(xpcall) try(xpcall, print) try(require) try(require, {})
--- bad arguments to the string functions
local function try(f, ...) print(select(2, pcall(f, ...))) end
try(string.byte) try(string.byte, {}) try(string.byte, "x", {}) try(string.char, "x") try(string.char, 300) try(string.char, 1, 2, -1) try(string.dump) try(string.dump, 5) try(string.dump, print) try(string.find) try(string.find, "x") try(string.find, "x", "x", {}) try(string.format) try(string.format, "%d", "x") try(string.gmatch) try(string.gmatch, "x") try(string.gsub, "x") try(string.gsub, "x", "x") try(string.gsub, "x", "x", 1, {}) try(string.len) try(string.lower) try(string.match, "x") try(string.pack) try(string.packsize) try(string.rep) try(string.rep, "x") try(string.rep, "x", 1, {}) try(string.reverse) try(string.sub) try(string.sub, "x") try(string.unpack) try(string.unpack, "b") try(string.upper, nil)
--- bad arguments to the table functions
local function try(f, ...) print(select(2, pcall(f, ...))) end
try(table.concat) try(table.concat, 1) try(table.concat, {}, {}) try(table.concat, {}, "", {}) try(table.insert) try(table.insert, 1) try(table.insert, {}) try(table.insert, {}, {}, 1) try(table.insert, {}, 2, 1) try(table.insert, {}, 1, 2, 3) try(table.move) try(table.move, {}) try(table.move, {}, 1) try(table.move, {}, 1, 2) try(table.move, {}, 1, 2, 3, 4) try(table.remove) try(table.remove, 1) try(table.remove, {}, 5) try(table.sort) try(table.sort, 1) try(table.sort, {}, 1) try(function() table.unpack() end) try(function() table.unpack({}, {}) end)
--- bad arguments to the mathematical functions
local function try(f, ...) print(select(2, pcall(f, ...))) end
for _, n in ipairs { "abs", "acos", "asin", "ceil", "cos", "deg", "exp", "floor", "log", "max", "min", "modf", "rad", "sin", "sqrt", "tan", "tointeger", "type", "ult" } do try(math[n]) if n ~= "max" and n ~= "min" then try(math[n], {}) try(math[n], "x") end end try(function() math.atan() end) try(function() math.atan(1, {}) end) try(math.fmod, 1, {}) try(math.ult, 1) try(math.ult, 1.5, 2) try(math.log, 2, {}) try(math.random, 0, 1, 2) try(math.random, 2, 1) try(math.random, {}) try(math.randomseed, {}) try(math.max, 1, "x") try(math.min, 1, 2, {})
--- bad arguments to utf8 and coroutine functions
local function try(f, ...) print(select(2, pcall(f, ...))) end
try(utf8.char, {}) try(utf8.char, -1) try(utf8.codepoint) try(utf8.codepoint, {}) try(utf8.codepoint, "x", {}) try(utf8.codes) try(utf8.len) try(utf8.len, {}) try(utf8.len, "x", 5) try(utf8.len, "x", 1, 5) try(utf8.offset) try(utf8.offset, "x") try(utf8.offset, "x", 1, 5) try(coroutine.create) try(coroutine.close) try(coroutine.resume) try(coroutine.status) try(coroutine.wrap, {})
--- bad arguments to the time functions
local function try(f, ...) print(select(2, pcall(f, ...))) end
try(os.time, 5) try(os.time, {}) try(os.time, { year = 2020 }) try(os.time, { year = 2020, month = 1 }) try(os.time, { year = "x", month = 1, day = 1 }) try(os.time, { year = 2020, month = 1.5, day = 1 }) try(os.time, { year = 1 << 40, month = 1, day = 1 }) try(os.date, "%Ez", 0) try(os.date, "%Q", 0) try(os.date, "%", 0) try(os.date, "*t", {}) try(os.date, "!%c", "x") try(os.date, {}, 0) try(os.difftime) try(os.difftime, 1) try(os.difftime, "x", 1)
--- argument numbers in methods count from the explicit ones
local function try(f, ...) print(select(2, pcall(f, ...))) end
try(function() return ("x"):rep() end) try(function() return ("x"):rep({}) end) try(function() local s = "x" return s:sub({}) end) try(function() return ("x").rep("x", {}) end) try(function() return ("%d"):format("x") end) try(function() return ("x"):bad() end) try(function() string.rep() end) try(function() local rep = string.rep rep("x", {}) end) try(function() local t = { rep = string.rep } t.rep({}) end) try(function() local t = { rep = string.rep } t:rep() end) try(function() local o = setmetatable({}, { __index = string }) o:rep(1) end)
--- __name appears in argument errors
local o = setmetatable({}, { __name = "My Type" }) local function try(f, ...) print(select(2, pcall(f, ...))) end try(string.rep, o) try(ipairs) try(math.floor, o) try(setmetatable, {}, 5) try(table.concat, { o }) try(tostring, setmetatable({}, { __name = "N", __tostring = function() return o end })) try(load, o)
--- error positions follow the level
local function f(level) error("message", level) end
local function g(level)
  f(level)
end
for level = 0, 2 do print(select(2, pcall(g, level))) end
print(select(2, pcall(function()
  g(3)
end)))
--- error values of every type
for _, v in ipairs { 1, 2.5, true, false, "text" } do print(pcall(error, v)) end print(pcall(error, nil)) print(pcall(error)) local t = {} print(select(2, pcall(error, t)) == t) print(pcall(error, "with level", 1)) print(pcall(error, "level 2", 2)) print(pcall(function() error(5) end)) print(pcall(function() error("5") end))
--- line numbers in multi-line expressions
print(select(2, pcall(load([[
local t = {}
local x = 1 +
  2 +
  t.a.b
]], "=c")))) print(select(2, pcall(load("local f\n\nf(\n1,\n2)\n", "=c")))) print(select(2, pcall(load("local a = {\n x = 1,\n y = nil + 1,\n}", "=c")))) print(select(2, pcall(load("return 1\n+\nnil\n..\n{}", "=c")))) print(select(2, pcall(load("string\n.rep\n(\n)", "=c"))))
--- chunk names in messages
for _, name in ipairs { "=name", "@file.lua", "code", "line one\nline two", "=" .. ("n"):rep(100), "@" .. ("p"):rep(100), ("s"):rep(100), "", "=", "@", "x\n" } do print(select(2, pcall(load("error('e')", name)))) end print(select(2, pcall(load("error('e')")))) print(select(2, pcall(load("\n\nerror('long source " .. ("x"):rep(100) .. "')"))))
--- globals of a custom environment
local env = {} print(select(2, pcall(load("return x.y", "=c", "t", env)))) print(select(2, pcall(load("f()", "=c", "t", env)))) print(select(2, pcall(load("x = x + 1", "=c", "t", env)))) print(select(2, pcall(load("local _ENV = nil return x", "=c")))) print(select(2, pcall(load("local _ENV = 5 x = 1", "=c")))) print(select(2, pcall(load("local e = {} local _ENV = e return a.b.c", "=c"))))
--- for loops
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end
try "for i = nil, 1 do end" try "for i = 1, {} do end" try "for i = 1, 2, 'x' do end" try "for i = 1, 2, 0 do end" try "for k in nil do end" try "for k in pairs(nil) do end" try "for k in 5 do end" try "for k, v in next, 5 do end" try "for k in {} do end" try "local t = {} for k in t.iter do end" try "for i = 1, g do end" try "for i = 'a', 'b' do end"
--- the function name in a traceback-free error
local t = {} function t.method() local x x.y = 1 end function t:other() self.missing() end local function try(f, ...) print(select(2, pcall(f, ...))) end try(t.method) try(t.other, t) try(function() t.method() end) try(function() t:other() end)
--- integer overflow in conversions
local function try(f, ...) print(select(2, pcall(f, ...))) end try(string.rep, "x", 1e100) try(string.rep, "x", "9223372036854775808") try(string.char, math.maxinteger) try(table.concat, {}, "", 1, 2^63) try(utf8.char, 2^31) try(string.sub, "x", -1e20) try(math.random, 1, 2^63) try(select, 1e100)
--- errors with values that have __tostring
local E = setmetatable({}, { __tostring = function() return "custom" end }) local ok, e = pcall(error, E) print(ok, tostring(e), e == E) print(select(2, pcall(error, E, 2)) == E) print(tostring(select(2, xpcall(error, function(m) return m end, E))))
--- long variable names are kept whole
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end local n = ("n"):rep(90) try("local " .. n .. " " .. n .. "()") try("return " .. n .. ".x") try("local t = {} t." .. n .. "()") try("local t = {} return t['" .. ("k"):rep(40) .. "'].x")
--- locals out of scope are not named
local function try(src) print(select(2, pcall(assert(load(src, "=c"))))) end try "do local x end return (nil).y" try "local function f() return nil end return f().x" try "local a = {} return a[a[1]].x" try "return ({}).x.y" try "local t = {} return (t.x or t.y).z" try "local t = {} local u = t.v return u.w" try "local a, b = {} return (b and b.c or a.d).e" try "return select(1, nil).x"
--- error: a runtime error in the main chunk
local config = {}
return config.server.port
--- error: an error object with __tostring
error(setmetatable({}, { __tostring = function() return "I am an object" end }))
--- error: an error object without text
error({ code = 1 })
--- error: a number
error(42)
--- error: a float
error(1.5)
--- error: nil
error(nil)
--- error: a boolean
error(false)
--- error: a function
error(print)
--- error: level two from the main chunk
local function f() error("from the caller", 2) end f()
--- error: assert with a message
assert(nil, "assertion text")
--- error: assert without a message
assert(1 == 2)
--- error: output before the error is kept
print("before")
io.write("half a line")
local x = nil + 1
--- error: an error inside a called function
local function inner(t) return t.value * 2 end
local function outer() return inner({}) end
outer()
--- error: a string error with zero bytes
error("a\0b", 0)
