--- counters are independent
local function counter(start) local n = start or 0 return function(step) n = n + (step or 1) return n end end local a, b = counter(), counter(10) print(a(), a(), b(), a(5), b(-1), a())
--- shared upvalues
local function pair() local v = 0 return function() return v end, function(x) v = x end end local get, set = pair() set(5) print(get()) set("x") print(get()) local g2 = pair() print(g2())
--- fresh variables per iteration
local f = {} for i = 1, 3 do f[i] = function() i = i + 10 return i end end print(f[1](), f[1](), f[2](), f[3]()) local g = {} for k, v in ipairs { "a", "b" } do g[k] = function() return k, v end end print(g[1]()) print(g[2]())
--- fresh locals in while and repeat
local fs, i = {}, 1 while i <= 3 do local j = i fs[i] = function() j = j + 1 return j end i = i + 1 end print(fs[1](), fs[1](), fs[2]()) local gs = {} repeat local k = #gs gs[#gs + 1] = function() return k end until k >= 2 print(gs[1](), gs[2](), gs[3]())
--- the condition of repeat sees the body's locals
local n = 0 repeat n = n + 1 local done = n >= 3 until done print(n) local fs = {} local m = 0 repeat local x = m fs[#fs + 1] = function() return x end m = m + 1 until (function() return x end)() >= 2 print(#fs, fs[1](), fs[3]())
--- upvalues of upvalues
local function outer() local x = 1 return function() return function() return function() x = x * 2 return x end end end end local f = outer()()() print(f(), f(), f())
--- recursive local functions
local function fact(n) return n <= 1 and 1 or n * fact(n - 1) end print(fact(10), fact(20)) local fib fib = function(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end print(fib(15))
--- mutual recursion
local even, odd function even(n) if n == 0 then return true end return odd(n - 1) end function odd(n) if n == 0 then return false end return even(n - 1) end print(even(1000), odd(7), even(7))
--- currying and composition
local function curry(f, n) n = n or 2 local function go(args, k) if k == 0 then return f(table.unpack(args)) end return function(x) local a = { table.unpack(args) } a[#a + 1] = x return go(a, k - 1) end end return go({}, n) end print(curry(function(a, b, c) return a + b * c end, 3)(1)(2)(3)) local function compose(...) local fs = { ... } return function(x) for i = #fs, 1, -1 do x = fs[i](x) end return x end end print(compose(function(x) return x + 1 end, function(x) return x * 2 end)(5))
--- memoisation
local calls = 0 local function memo(f) local cache = {} return function(n) local v = cache[n] if v == nil then v = f(n) cache[n] = v end return v end end local fib fib = memo(function(n) calls = calls + 1 if n < 2 then return n end return fib(n - 1) + fib(n - 2) end) print(fib(80), calls)
--- church numerals
local zero = function(f) return function(x) return x end end local succ = function(n) return function(f) return function(x) return f(n(f)(x)) end end end local add = function(a) return function(b) return function(f) return function(x) return a(f)(b(f)(x)) end end end end local int = function(n) return n(function(x) return x + 1 end)(0) end local three = succ(succ(succ(zero))) print(int(zero), int(three), int(add(three)(three)), int(three(add(three))(zero)))
--- the Y combinator
local Y = function(f) return (function(x) return x(x) end)(function(x) return f(function(...) return x(x)(...) end) end) end print(Y(function(self) return function(n) return n == 0 and 1 or n * self(n - 1) end end)(6))
--- closures in tables as objects
local function account(b) local self = {} function self.deposit(v) b = b + v return self end function self.balance() return b end return self end print(account(10).deposit(5).deposit(7).balance())
--- many upvalues
local src = {} for i = 1, 60 do src[#src + 1] = "local v" .. i .. " = " .. i end src[#src + 1] = "return function() return v1" for i = 2, 60 do src[#src + 1] = " + v" .. i end src[#src + 1] = " end" print(load(table.concat(src, "\n"))()())
--- upvalues survive their block
local f do local x <const> = 5 local y = 6 f = function() y = y + x return y end end do local z = 100 end print(f(), f())
--- upvalues closed by goto and break
local fs = {} for i = 1, 5 do local x = i * 10 if i == 4 then break end fs[i] = function() x = x + 1 return x end if i % 2 == 0 then goto continue end fs[i]() ::continue:: end print(#fs, fs[1](), fs[2](), fs[3]())
--- open upvalues are shared with the running function
local x = 1 local function inc() x = x + 1 end inc() x = x * 10 inc() print(x) local function swap() local a, b = 1, 2 local function s() a, b = b, a end s() return a, b end print(swap())
--- arguments are locals
local function f(a, b) local function g() a = a + 1 return b end b = b * 2 return g(), a, b end print(f(1, 10)) local function h(...) local n = select("#", ...) return function() n = n + 1 return n end end print(h(1, 2, 3)())
--- _ENV as a local and as a parameter
local function f() local _ENV = { x = 5 } return x, y end print(f()) local function g(_ENV) return a + b end print(g { a = 1, b = 2 }) do local _ENV <const> = setmetatable({}, { __index = _G }) z = 9 print(z, rawget(_ENV, "z")) end print(z)
--- functions with the same code differ
local function make() return function() end end print(make() == make(), make ~= make, (function(f) return f == f end)(make()))
--- generators
local function range(a, b, s) s = s or 1 local i = a - s return function() i = i + s if i <= b then return i end end end local s = 0 for i in range(1, 100, 3) do s = s + i end print(s) local function zip(x, y) local i = 0 return function() i = i + 1 if x[i] and y[i] then return x[i], y[i] end end end for a, b in zip({ 1, 2, 3 }, { "a", "b" }) do io.write(a, b, " ") end print()
--- debug.getinfo knows upvalues and parameters
local a, b = 1, 2 local function f(x, y, ...) return a + b end local i = debug.getinfo(f, "u") print(i.nups, i.nparams, i.isvararg) i = debug.getinfo(print, "u") print(i.nups >= 0, i.nparams, i.isvararg)
--- method definitions
local o = { n = 1, sub = { deep = {} } } function o:inc(d) self.n = self.n + d return self end function o.plain(d) return d end function o.sub.deep.f(x) return x end function o.sub.deep:m() return self == o.sub.deep end print(o:inc(2):inc(3).n, o.plain(4), o.sub.deep.f(5), o.sub.deep:m())
--- accumulators through varargs
local function sum(...) local s = 0 for _, v in ipairs { ... } do s = s + v end return s end local function bind(f, ...) local a = { ... } return function(...) local b = { table.unpack(a) } for _, v in ipairs { ... } do b[#b + 1] = v end return f(table.unpack(b)) end end print(bind(sum, 1, 2)(3, 4), bind(bind(sum, 1), 2)(3))
