--- and, or, not
local v = { true, false, 0, "" } for i = 0, 4 do for j = 0, 4 do local a, b = v[i], v[j] io.write(tostring(a and b), " ", tostring(a or b), " ", tostring(not a), "; ") end print() end
--- short circuits
local log = {} local function f(n, r) log[#log + 1] = n return r end local _ = f(1, false) and f(2, true) _ = f(3, true) or f(4) _ = f(5, nil) or f(6, 7) _ = f(8, 1) and f(9, 2) and f(10, nil) and f(11) print(table.concat(log, " "))
--- conditions choose by truth
for _, v in ipairs { 0, "", {}, print, true, 0.0 } do io.write(v and "t" or "f", " ") end print(nil and 1 or 2, false == nil, not nil == true)
--- comparison chains in conditions
local function sign(x) return x > 0 and 1 or x < 0 and -1 or 0 end print(sign(5), sign(-3), sign(0)) local function between(a, x, b) return a <= x and x <= b end print(between(1, 2, 3), between(1, 5, 3))
--- precedence
print(1 + 1 == 2 and 2 < 3, not 1 == 2, not (1 == 2), -2 ^ 2, 2 ^ -1, 1 .. 2 == "12", 1 or 2 and nil, nil and 1 or 3, "a" < "b" == true, 5 - 2 - 1, 2 ^ 2 ^ 3, (2 ^ 2) ^ 3, 1 << 1 + 1, 3 & 2 | 1, 6 ~ 3 & 1, #"ab" + 1, -"2" + 3, not nil == not false)
--- multiple assignment evaluates before assigning
local a, b, c = 1, 2, 3 a, b, c = c, a, b print(a, b, c) local t = { 1, 2 } t[1], t[2] = t[2], t[1] print(t[1], t[2]) local i = 1 i, t[i] = 2, "x" print(i, t[1], t[2])
--- too few and too many values
local a, b, c = 1 print(a, b, c) local d, e = 1, 2, 3 print(d, e) local function two() return 1, 2 end local x, y, z = 0, two() print(x, y, z) x, y, z = two(), 0 print(x, y, z) x, y, z = (two()) print(x, y, z)
--- nested scopes
local x = 1 do local x = x + 1 do local x = x * 10 print(x) end print(x) end print(x) if true then local x = "if" print(x) end for x = 5, 5 do print(x) end (function(x) print(x) end)("arg") print(x)
--- local functions see themselves, local variables do not
local function f(n) return n == 0 and "done" or f(n - 1) end print(f(3)) local g = function() return g end print(g()) local h h = function(n) return n == 0 and "h" or h(n - 1) end print(h(2))
--- globals
x = 5 local function get() return x end print(x, _G.x, _ENV.x, rawget(_G, "x")) _G.x = 6 print(get()) _ENV["y"] = 7 print(y) x = nil print(x, _G.x, undefined)
--- a sandbox by environment
local env = { print = print, tostring = tostring } local f = load("z = 1 print(z, tostring(io), tostring(string)) return z", "c", "t", env) print(f(), z, env.z)
--- strict globals
local env = setmetatable({}, { __index = function(_, k) error("undefined variable " .. k, 2) end, __newindex = function(_, k) error("assignment to undeclared " .. k, 2) end }) print(pcall(load("return foo", "=s", "t", env))) print(pcall(load("bar = 1", "=s", "t", env)))
--- chained field access and calls
local o = { a = { b = { c = function(x) return { d = { x, x * 2 } } end } } } print(o.a.b.c(5).d[2], o["a"]["b"].c(1).d[1], #o.a.b.c(0).d)
--- equality across types
print(1 == 1.0, "1" == 1, nil == false, {} == {}, print == print, "a" == "a", 0 == -0.0, math.huge == math.huge, 2^53 == 2^53 + 1, true == 1, "" == nil)
--- integer and float keys in comparisons
local t = {} t[1] = "int" t[1.5] = "frac" t[2^53] = "big" print(t[1.0], t[3 / 2], t[9007199254740992], t[2^53 | 0], t["1"])
--- a cascade of elseif
local function grade(n) if n >= 90 then return "A" elseif n >= 80 then return "B" elseif n >= 70 then return "C" else return "F" end end for _, n in ipairs { 95, 85, 75, 10, 90, 89.9 } do io.write(grade(n), " ") end print()
--- type of everything
print(type(nil), type(true), type(1), type(1.5), type("s"), type({}), type(print), type(function() end), type(coroutine.create(print)), pcall(type))
--- long boolean expressions
local c = 0 for i = 0, 255 do local a, b, d, e = i & 1 ~= 0, i & 2 ~= 0, i & 4 ~= 0, i & 8 ~= 0 if (a and b or d) and not (e and a) or (not a and not b and (d or e)) then c = c + 1 end end print(c)
--- results as values
return nil, true, false, 1, -1, 1.5, "text", "", "tab\tnew\nline", 2^31, math.mininteger
