--- every kind of function, with every number of arguments, where every number of results is wanted
local function r0() end
local function r1(a) return a end
local function r2(a, b) return a, b end
local function r3(a, b) return a, b, "third" end
local function v0(...) end
local function v1(...) return (...) end
local function vn(...) return ... end
local function vs(a, ...) return select("#", ...), a, ... end
local function c1(a) local function g() return a end return a, g end
local function cv(...) local a = ... local function g() return a end return ..., g end
local function t1(a, b) return r2(b, a) end
local function tv(...) return vn("t", ...) end
local function tc(...) return select("#", ...) end
local function close(a, b) local x <close> = setmetatable({}, { __close = function() end }) return b, a end
local function opt(a, b, c, d) if a == nil then return end if b == nil then return a end return a, b, c, d end
local function many(n) return table.unpack({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, 1, n or 12) end
local once = setmetatable({}, { __call = function(self, ...) return "called", ... end })
local twice = setmetatable({}, { __call = once })
local thrice = setmetatable({}, { __call = twice })
local native = setmetatable({}, { __call = select })
local functions = {
  { "r0", r0 }, { "r1", r1 }, { "r2", r2 }, { "r3", r3 }, { "v0", v0 }, { "v1", v1 }, { "vn", vn }, { "vs", vs }, { "c1", c1 }, { "cv", cv }, { "t1", t1 }, { "tv", tv }, { "tc", tc }, { "close", close }, { "opt", opt },
  { "many", many }, { "once", once }, { "twice", twice }, { "thrice", thrice }, { "type", type }, { "pcall", pcall }, { "select", select }, { "wrap", coroutine.wrap(function(...) while true do coroutine.yield(...) end end) },
  { "native", native }, { "unpack", table.unpack }, { "rawequal", rawequal }, { "assert", assert },
}
local arguments = { "", "1", "1, 2", "1, 2, 3", "nil", "nil, nil", "1, nil, 3, nil", "one()", "two()", "1, two()", "(two())", "none()", "1, none()", "...", "0, ...", "true, list()", "select(2, ...)", "f2(...)" }
local places = {
  "f(ARGS) return 'no result'", "local a = f(ARGS) return a", "local a, b = f(ARGS) return a, b", "local a, b, c = f(ARGS) return a, b, c", "local a, b = f(ARGS), 'x' return a, b", "local a, b, c = 'x', f(ARGS) return a, b, c",
  "return f(ARGS)", "return (f(ARGS))", "return 'x', f(ARGS)", "return f(ARGS), 'x'", "return one(f(ARGS))", "return vn(f(ARGS))", "return vn(f(ARGS), f(ARGS))", "local t = { f(ARGS) } return #t, t[1], t[2]",
  "local t = { 'x', f(ARGS) } return #t, t[2], t[3]", "local t = { f(ARGS), 'x', n = f(ARGS) } return t[1], t[2], t.n", "if f(ARGS) then return 'true' end return 'false'", "local a a = f(ARGS) return a", "local a, b a, b = f(ARGS) return b, a",
  "return f(ARGS) == 1, not f(ARGS)", "local a = 'y' do f(ARGS) end return a", "local x <close> = closer return f(ARGS)", "return select('#', f(ARGS))", "for i = 1, 2 do local a = f(ARGS) if i == 2 then return a, i end end",
}
local shown = { closer = setmetatable({}, { __close = function() end }) }
local function show(v) return type(v) == "table" and "t" or type(v) == "function" and "f" or type(v) == "number" and tostring(v) or v == nil and "-" or tostring(v):sub(1, 9) end
local header = "local f, one, two, none, list, f2, vn, closer, select = ... return function(...) "
local total = 0
for _, entry in ipairs(functions) do
  local line = {}
  for _, args in ipairs(arguments) do
    local all = {}
    for _, place in ipairs(places) do
      local chunk = load(header .. place:gsub("ARGS", function() return args end) .. " end", "=f")(entry[2], function(a) return a end, function() return "p", "q" end, function() end,
        function() return 1, 2, 3, 4, 5, 6, 7, 8, 9 end, function(...) return ... end, vn, shown.closer, select)
      local t = table.pack(pcall(chunk, "v", nil, "w"))
      for i = 1, t.n do t[i] = show(t[i]) end
      all[#all + 1] = (t[1] == "true" and "" or "!") .. table.concat(t, ",", 2, t.n)
      total = total + 1
    end
    line[#line + 1] = table.concat(all, " ")
  end
  local whole, sum = table.concat(line, "|"), 0
  for i = 1, #whole do sum = (sum * 31 + whole:byte(i)) % 1000000007 end
  print(entry[1], sum, whole:sub(1, 600))
end
print(total)
--- __call: chains, itself, what cannot be called
local function object(call) return setmetatable({}, { __call = call }) end
local chain = function(...) return select("#", ...), type((...)), select(-2, ...) end
for i = 1, 40 do chain = object(chain) end
print(chain(1, 2))
print(select("#", chain()))
print((select(4, (function() return chain("tail") end)())))
local t = {}
for i = 1, 20 do t[i] = i end
print((chain(table.unpack(t))))
print(pcall(object(5)))
print(pcall(object(nil)))
print(pcall(object({})))
print(pcall(object(object({}))))
print(pcall(function() local o = object({}) return o() end))
print(pcall(function() local o = object({}) return o(1), 2 end))
print(pcall(function() local o = {} o() end))
print(pcall(function() local o = { p = {} } o.p.q() end))
print(pcall(function() local o = {} o.x.y() end))
print(pcall(function() local o = {} o[1]() end))
print(pcall(function() local o, k = {}, "key" o[k]() end))
print(pcall(function() unknown() end))
print(pcall(function() unknown.field() end))
print(pcall(function() ("x")() end))
print(pcall(function() (5)() end))
print(pcall(function() return (nil)() end))
print(pcall(function() local up local function f() up() end f() end))
print(pcall(function() for i in 5 do end end))
print(pcall(function() for i in nil do end end))
print(pcall(function() return setmetatable({}, { __index = function(t, k) return k() end }).x end))
print(pcall(function() return 1 + setmetatable({}, { __add = 5 }) end))
print(pcall(function() return 1 + setmetatable({}, { __add = object(function(...) return select("#", ...) end) }) end))
print(pcall(function() return setmetatable({}, { __lt = 5 }) < 1 end))
print(pcall(function() return setmetatable({}, { __concat = true }) .. "x" end))
print(pcall(function() return -setmetatable({}, { __unm = "text" }) end))
print(pcall(function() return setmetatable({}, { __index = true }).x end))
local fib = object(function(self, n) if n < 2 then return n end return self(n - 1) + self(n - 2) end)
print(fib(15))
local sum = object(function(self, n, ...) if n == nil then return 0 end return n + self(...) end)
print(sum(1, 2, 3, 4, 5))
local calls = 0
local counter = object(function(self) calls = calls + 1 if calls < 5000 then return self() end return "end", calls end)
print(counter())
--- parameters: fewer, more, many, with nil at the end
local function five(a, b, c, d, e) return a, b, c, d, e end
print(five()) print(five(1)) print(five(1, 2, 3, 4, 5)) print(five(1, 2, 3, 4, 5, 6, 7)) print(five(nil, nil, 3))
print(five(five(1, 2), five(3, 4))) print(five(five(1, 2, 3, 4, 5, 6)))
local names, values = {}, {}
for i = 1, 200 do names[i] = "p" .. i values[i] = tostring(i) end
local wide = load("return function(" .. table.concat(names, ", ", 1, 190) .. ") return p1, p100, p190, p189 end")()
print(wide()) print(wide(table.unpack(values))) print(wide(1, 2)) print(pcall(wide, table.unpack(values, 1, 150)))
print(load("local f = ... return f(" .. table.concat(values, ", ") .. ")")(function(...) return select("#", ...), (select(200, ...)) end))
print(load("return " .. table.concat(values, ", "))() == "1" or select("#", load("return " .. table.concat(values, ", "))()))
print(select("#", table.unpack({}, 1, 5000)), select(5000, table.unpack({}, 1, 5000)))
local function count(...) return select("#", ...) end
print(count(table.unpack({}, 1, 250)), count(nil, table.unpack({}, 1, 251)), (count(table.unpack({}, 1, 1000))))
local function pass(n, ...) if n == 0 then return ... end return pass(n - 1, ...) end
local function deep(n, ...) if n == 0 then return ... end return (select("#", ...) == 3 and "" or "x") .. deep(n - 1, ...) end
print(pass(100, 1, 2, 3), select("#", pass(10, nil, nil)), deep(50, "a", 2, 3))
print((five(1, 2)), (five()), (pass(0)))
print(string.format("%s %s", five("a", "b")), #{ five() }, #{ five(1, 2, 3, 4, 5) }, select("#", five()))
print(math.max(five(3, 9, 4, 1, 5)), table.concat({ five("a", "b", "c", "d", "e") }, "-"), (("x"):rep(five(3))))
--- tail calls: deep, with captured variables, out of vararg functions, of functions of C
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + n) end
print(loop(100000, 0))
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
print(even(50001), odd(50001))
local function vararg(n, ...) if n == 0 then return select("#", ...), ... end return vararg(n - 1, n, ...) end
print(vararg(5), (vararg(100)))
local function captured(n, t) local x = n t[#t + 1] = function() x = x + 1 return x end if n == 0 then return t end return captured(n - 1, t) end
local t = captured(20, {})
print(t[1](), t[1](), t[21](), t[11]())
local function mixed(n, ...) local a, b = ... if n > 0 then return mixed(n - 1, b, a, n) end return a, b, ... end
print(mixed(1000, "x", "y"))
local function toC(...) return select(2, ...) end
print(toC(1, 2, 3), (toC(1, 2)), select("#", toC(1)))
local function toPcall(f, ...) return pcall(f, ...) end
print(toPcall(error, "e")) print(toPcall(toC, 1, 2, 3)) print(toPcall(toPcall, toPcall, loop, 3, 0))
local function manyArguments(n) if n == 0 then return "end" end return manyArguments(n - 1, table.unpack({}, 1, n % 40)) end
print(manyArguments(3000))
local grow
function grow(n, ...) if n == 0 then return select("#", ...) end return grow(n - 1, n, ...) end
print(grow(180))
local object = setmetatable({}, { __call = function(self, n) if n == 0 then return "object" end return self(n - 1) end })
print(object(10000))
local method = { go = function(self, n) if n == 0 then return "method" end return self:go(n - 1) end }
print(method:go(10000))
print((function(...) return (function(...) return (function(...) return ... end)(...) end)(...) end)(1, nil, 3))
print(pcall(function() return error("tail") end))
print(pcall(function() local x = nil return x() end))
print(pcall(function() return string.rep() end))
local function at() return debug.getinfo(1, "t").istailcall, debug.getinfo(2, "t").istailcall end
local function direct() local a, b = at() return a, b end
local function tail() return at() end
print(direct()) print(tail()) print((tail()))
local co = coroutine.wrap(function(...) return coroutine.yield(...) end)
print(co(1, 2)) print(co(3, 4))
co = coroutine.wrap(function(n) local function f(n) if n == 0 then return "done" end coroutine.yield(n) return f(n - 1) end return f(n) end)
print(co(3), co(), co(), co())
--- recursion: deep, to the limit, and life after it
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
print(depth(10), depth(200), depth(3500), depth(10))
local function infinite(n) return 1 + infinite(n + 1) end
print(pcall(infinite, 1))
local function wide(...) local a, b, c, d, e, f, g, h = ... return 1 + wide(a, b, c, d, e, f, g, h) end
print(pcall(wide, 1, 2, 3))
local function args(...) return 1 + args(1, ...) end
local ok, message = pcall(args)
print(ok, message)
print(depth(3500))
local object = setmetatable({}, { __index = function(t, k) return t[k + 1] end })
local ok, message = pcall(function() return object[1] end)
print(ok, message:match("C stack overflow") or message)
local adder = setmetatable({}, { __add = function(a, b) return a + b end })
local ok, message = pcall(function() return adder + 1 end)
print(ok, message:match("C stack overflow") or message)
local text = setmetatable({}, { __tostring = function(t) return tostring(t) end })
local ok, message = pcall(tostring, text)
print(ok, message:match("C stack overflow") or message)
local function nested(n) if n == 0 then return "bottom" end local ok, v = pcall(nested, n - 1) return v end
print(nested(100), depth(100))
local co = coroutine.wrap(function() return pcall(infinite, 1) end)
print(co())
print(coroutine.wrap(function() return depth(3000) end)())
local function within(n) if n == 0 then return "inner" end return coroutine.wrap(within)(n - 1) end
print(within(50))
local handled = 0
print(xpcall(infinite, function(m) handled = handled + 1 return m .. " handled" end, 1))
print(handled, depth(1000))
local function bottom(n) if n == 0 then error("bottom") end return 1 + bottom(n - 1) end
print(select(2, coroutine.wrap(xpcall)(bottom, function(m) return (debug.traceback(m, 1):match("skipping %d+ levels")) end, 1000)))
print(pcall(string.rep, "x", -1), pcall(table.unpack, {}, 1, 1e7))
print(pcall(function() return table.unpack({}, 1, 1e7) end))
