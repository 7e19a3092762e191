--- counting arguments
local function n(...) return select("#", ...) end print(n(), n(nil), n(nil, nil), n(1, nil, 3, nil), n(n()), n(n(), n()), n(table.unpack({}, 1, 5)))
--- adjusting results
local function f() return 1, 2, 3 end local a, b, c, d = f() print(a, b, c, d) local x, y = f(), 10 print(x, y) print((f())) print(f(), f()) print(({ f() })[3], #{ f() }, #{ f(), f() }, #{ f(), (f()) })
--- missing and extra arguments
local function f(a, b, ...) return a, b, select("#", ...), ... end print(f()) print(f(1)) print(f(1, 2)) print(f(1, 2, 3, nil))
--- varargs in the middle are cut
local function f(...) return ..., "end" end print(f(1, 2, 3)) print(f()) local function g(...) local a, b = ... return b, a end print(g(1, 2, 3)) print(g())
--- varargs in constructors and calls
local function f(...) local t = { ... } return #t, t[1], t[#t] end print(f(1, 2, 3)) local function g(...) local t = { 0, ..., 9 } return #t end print(g(5, 6, 7), g()) local function h(...) return f(...), (f(...)) end print(h("a", "b"))
--- varargs in the main chunk
print(select("#", ...), ...)
--- varargs of loaded chunks
print(load("return select('#', ...), ...")(1, nil, 3)) print(load("local a, b = ... return b, a")("x", "y"))
--- varargs cannot be captured
print(load("return function(...) return function() return ... end end")) print(load("function f() return ... end")) print(load("local function f(a) print(...) end"))
--- select
print(select(1, "a", "b", "c")) print(select(3, "a", "b", "c")) print(select(4, "a", "b", "c")) print(select(-1, "a", "b", "c")) print(select(-3, "a", "b", "c")) print(select("#")) print(select(2.0, "x", "y")) print(select("2", "x", "y")) print(pcall(select, 0)) print(pcall(select, -1)) print(pcall(select, -4, 1, 2, 3)) print(pcall(select)) print(pcall(select, "x")) print(pcall(select, 1.5))
--- a tail call passes varargs on
local function last(...) local n = select("#", ...) if n == 1 then return (...) end return last(select(2, ...)) end print(last(1, 2, 3, 4, "five"))
--- recursive sums
local function sum(a, ...) if a then return a + sum(...) end return 0 end print(sum(), sum(1), sum(1, 2, 3, 4, 5))
--- map and filter over varargs
local function map(f, ...) if select("#", ...) > 0 then local x = ... return f(x), map(f, select(2, ...)) end end print(map(function(x) return x * x end, 1, 2, 3, 4))
--- two hundred arguments
local t = {} for i = 1, 200 do t[i] = i end local function f(...) local s = 0 for i = 1, select("#", ...) do s = s + (select(i, ...)) end return s end print(f(table.unpack(t)), select("#", table.unpack(t)), (select(200, table.unpack(t))))
--- two thousand results
local t = {} for i = 1, 2000 do t[i] = i end local function id(...) return ... end local r = { id(table.unpack(t)) } print(#r, r[1], r[2000], math.max(table.unpack(t)), #string.char(table.unpack(t, 1, 255)))
--- string.format with varargs
local function log(f, ...) return (f:format(...)) end print(log("%s-%d-%s", "a", 5, nil), log("none")) print(pcall(log, "%d %d", 1))
--- nils at the end are kept
local function pass(...) return ... end print(select("#", pass(nil, nil)), select("#", pass(pass(nil), pass(nil, nil)))) local t = table.pack(pass(nil, 1, nil)) print(t.n, t[1], t[2], t[3])
--- vararg functions with defaults
local function opt(...) local a, b, c = ... if a == nil then a = "A" end b = b or "B" return a, b, c, select("#", ...) end print(opt()) print(opt(nil, false, 3)) print(opt(false))
--- parentheses truncate to one value
local function two() return 1, 2 end print((two())) print(((two())), (two())) local t = { (two()) } print(#t) print(pcall((two)))
--- varargs as arguments of methods
local o = { f = function(self, ...) return self.n, select("#", ...), ... end, n = "N" } print(o:f()) print(o:f(1, nil)) print(o.f(o, table.unpack { 7, 8 }))
--- assert passes its arguments on
print(assert(1, 2, 3)) print(select("#", assert(true, nil))) print(pcall(assert, false)) print(pcall(assert, nil, "msg")) print(pcall(assert, false, 5)) print(pcall(assert)) print(select("#", pcall(assert, nil, nil)))
