--- loads: constants of every kind and size, moves, nils
local function show(v) return math.type(v) == "float" and ("%.17g"):format(v) .. "f" or type(v) == "string" and #v .. v:sub(1, 5) or tostring(v) end
local constants = {
  "0", "1", "-1", "127", "128", "-128", "255", "256", "65535", "65536", "-65535", "-65536", "-65537", "65537", "131071", "1 << 40", "0x7fffffffffffffff", "math.mininteger", "0.0", "-0.0", "1.0", "-1.0", "65535.0", "65536.0", "-65535.0", "-65536.0",
  "65537.0", "0.5", "-0.5", "1e15", "1e300", "1/0", "2^53", "3 // 2", "7 % 4", "2^0.5", "'s'", "''", "'" .. ("l"):rep(40) .. "'", "'" .. ("l"):rep(41) .. "'", "true", "false", "nil", "not nil", "not 1", "not 's'", "-(-5)", "~5", "5 // 0.0", "1 .. 2", "3 | 4", "1 << 63", "1 << 64",
}
for _, constant in ipairs(constants) do
  local f = load("local x = 1 local v = " .. constant .. " local y = 2 v, x = v, v return v, x, y, v == (" .. constant .. "), (function() return " .. constant .. " end)()", "=f")
  local t = table.pack(f())
  for i = 1, t.n do t[i] = show(t[i]) end
  print(constant, table.concat(t, " "))
end
local source = { "local t = { " }
for i = 1, 1000 do source[#source + 1] = i * 1000000 .. ", " .. i .. ".25, 's" .. i .. "', " end
source[#source + 1] = "} return t, 'last', 1e99, 123456789012345"
local t, last, float, integer = load(table.concat(source))()
local sum = 0
for i = 1, 3000, 3 do sum = sum + t[i] + t[i + 1] + #t[i + 2] end
print(sum, t[3000], last, float, integer)
local a, b, c, d, e, f, g, h, i, j, k, l
print(a, b, c, d, e, f, g, h, i, j, k, l)
do local a, b, c = 1, 2, 3 end do local a, b, c print(a, b, c) end do local a, b, c, d = 1 print(a, b, c, d) end
local function junk() local a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8 return a + h end
local function fresh() local a, b, c, d, e, f, g, h return a, b, c, d, e, f, g, h end
junk() print(fresh())
local names = {}
for i = 1, 198 do names[i] = "n" .. i end
local count = load("local junk = ... local a = junk(1) local b = 1 local " .. table.concat(names, ", ", 1, 100) .. " local c = 2 local n = 0 for _, v in ipairs({ " .. table.concat(names, " == nil, ", 1, 100) .. " == nil, b == 1, c == 2 }) do if v then n = n + 1 end end return n")
print(count(function(...) local a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8 return select("#", table.unpack({ 1, 2, 3, 4, 5, 6, 7 })) end))
print(load("local " .. table.concat(names, ", ") .. " = 1, 2, 3 n198 = n1 n100 = n3 return n198, n100, n50, n3")())
print(load("local a, b, c = 1, 2, 3 a, b, c = b, c, a a, b = b, a local d, e = a, b d, e = e, d return a, b, c, d, e")())
print((function(a, b) a, b = b, a local c = a a = nil return a, b, c end)(1, 2), (function() local x = 1 local x = x + 1 do local x = x * 10 end return x end)())
--- captured variables: open and closed, shared, of loops, of functions within functions
local function counter() local n = 0 return function() n = n + 1 return n end, function(v) n = v end, function() return n end end
local inc, set, get = counter()
local inc2 = counter()
print(inc(), inc(), inc2(), get(), set(10), inc(), get(), inc2())
for _, v in ipairs({ 1, 2.5, "s", ("l"):rep(50), true, false }) do set(v) print(get() == v, type(get())) end
set(nil) print(get())
local t = {}
for i = 1, 3 do local j = i * 10 t[i] = { function() i = i + 1 j = j + 1 return i, j end, function() return i, j end } end
print(t[1][1](), t[1][2](), t[2][2](), t[1][1](), t[3][1]())
do
  local open = 1
  local function read() return open end
  local function write(v) open = v end
  open = 2 print(read()) write(3) print(open, read())
  local function deep(n) if n > 0 then local r = deep(n - 1) open = open + 1 return r end return open end
  print(deep(150), open, read())
  collectgarbage() write(open + 1) print(open)
  t.read, t.write = read, write
end
t.write("closed") print(t.read())
local function nest(a) local function b(c) local function d(e) a = a + e c = c .. e return a, c end return d end return b, function() return a end end
local b, geta = nest(1)
local d = b("x")
print(d(1), d(2), geta(), b("y")(10), geta(), d(3))
local recursive recursive = function(n) if n == 0 then return recursive ~= nil end return recursive(n - 1) end
print(recursive(5))
local function self(n) return n == 0 and "end" or self(n - 1) end
print(self(3))
local names, gets = {}, {}
for i = 1, 60 do names[i] = "local u" .. i .. " = " .. i gets[i] = "u" .. i end
local f = load(table.concat(names, " ") .. " return function() u1, u60 = u60, u1 return " .. table.concat(gets, " + ") .. " end, function() return u1, u60, u30 end")
local sum, some = f()
print(sum(), some()) sum() print(some())
local deepup = load("local a, b = 1, 2 return function() return function() return function() return function() a, b = b, a return a, b end end end end")()()()()
print(deepup()) print(deepup())
local function makers() local r = {} for i = 1, 5 do local v = i r[#r + 1] = function() v = v + i return v end if i == 3 then break end end while #r < 5 do local w = #r r[#r + 1] = function() w = w + 100 return w end end return r end
local r = makers()
print(r[1](), r[1](), r[3](), r[4](), r[5](), #r)
local function params(a, ...) local b = ... return function() a, b = b, a return a, b end end
local p = params(1, 2, 3)
print(p()) print(p())
local co = coroutine.wrap(function() local v = 0 local function add(n) v = v + n return v end while true do coroutine.yield(add, function() return v end) end end)
local add, read = co()
print(add(1), read(), add(5), read()) co() print(add(1), read()) collectgarbage() print(read())
local dead = coroutine.create(function() local v = { "kept" } local function g() return v[1] end coroutine.yield(g) error("dies") end)
local _, g = coroutine.resume(dead)
print(g(), coroutine.resume(dead)) collectgarbage() print(g())
local ok, e = pcall(function() local v = "before" local f = function() return v end v = "after" error(f, 0) end)
print(ok, e())
local x = 1
local function shadow() local x = x + 1 local function inner() x = x + 1 return x end return inner() + x end
print(shadow(), x, shadow())
print(pcall(function() local u local f = function() return u.x end return f() end)) print(pcall(function() local u = 5 local f = function() u.x = 1 end f() end)) print(pcall(function() local u local f = function() return u + 1 end return f() end))
for round = 1, 3 do
  local v = { round }
  local function keep() return v end
  if round == 2 then collectgarbage("generational") end
  collectgarbage() v = { round * 10 } collectgarbage("step") for i = 1, 50 do local junk = { i } end
  print(keep()[1])
end
collectgarbage("incremental")
local same = {}
for i = 1, 3 do same[i] = function() return "no variables" end end
print(same[1](), same[1] == same[2] or "different", same[1] == same[1])
--- varargs: counts, nils, everywhere they can stand
local function n(...) return select("#", ...) end
local function run(source, ...)
  local t = table.pack(pcall(load("local n = n local a, b = 'a', 'b' " .. source, "=f", "t", { n = n, select = select, pcall = pcall, t = table, ipairs = ipairs, string = string, error = error }), ...))
  for i = 1, t.n do t[i] = type(t[i]) == "table" and "t" or tostring(t[i]) end
  return table.concat(t, ",")
end
local lists = { {}, { 1 }, { 1, 2 }, { nil, n = 1 }, { nil, 2, nil, n = 3 }, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, { n = 60 } }
for _, source in ipairs {
  "return ...", "return (...)", "return n(...)", "return ..., 'x'", "return 'x', ...", "local x = ... return x, a", "local x, y, z = ... return z, y, x, b", "local x, y = 'x', ... return y, x", "local x, y = ..., 'y' return y, x", "local u = { ... } return #u, n(t.unpack(u))", "local u = { ..., 'x' } return #u, u[1]",
  "local u = { 'x', ... } return u[1], u[2]", "return n(..., ...)", "return n((...), ...)", "return n(n(...), ...)", "return select(2, ..., 'p', 'q')", "return select(-1, 'p', ...)", "if ... then return 'true' else return 'false' end", "return not ..., ... == nil, -(... or 1)", "return a .. (... or 'none') .. b",
  "local f = function(...) return ... end return f(...)", "local f = function(...) return n(...), ... end return f(...), f(a, ...)", "local f = function(p, ...) return p, n(...) end return f(...)", "local f = function(p, q, r) return r, q, p end return f(...)", "local function f(...) if n(...) < 20 then return f(a, ...) end return n(...), (...) end return f(...)",
  "local c = function() return a end local x = ... a = x return c(), ...", "for i, v in ipairs({ ... }) do a = a .. v end return a", "local x <close> = nil return ...", "return pcall(n, ...)", "return pcall(error, ...)", "do local x, y = ... a, b = y, x end return a, b, ...", "while ... do return 'loop', ... end return 'no loop'",
  "local function f(...) local x, y, z, w = ... return n(x, y, z, w), x end return f(...), f(1, 2)", "local x x = ... return x", "a, b = ... return b, a", "t[1], t[2] = ..., 'two' return t[1], t[2]", "return string.format('%s %s', n(...), ... or 'e')", "return t.unpack({ ... }, 1, n(...))", "return ... and n(...)", "return ({ ... })[1], #{ n(...), ... }",
} do
  local line = {}
  for i, list in ipairs(lists) do line[i] = run(source, table.unpack(list, 1, list.n or #list)) end
  print(source, table.concat(line, " "):sub(1, 500))
end
local function deep(n) if n > 0 then return 1 + deep(n - 1) end return 0 end
local function moved(...) deep(100) local a, b = ... deep(200) return b, a, ... end
print(coroutine.wrap(moved)(1, 2, 3)) print(moved()) print(select("#", moved(table.unpack({}, 1, 100))))
local function changed(a, ...) a = "changed" local b, c = ... b = "b" return a, b, c, ... end
print(changed(1, 2, 3)) print(changed())
local function collected(...) collectgarbage() local t = { ... } collectgarbage() return #t, t[1][1], (select(2, ...))[1], ... == t[1] end
print(collected({ 1 }, { 2 }, { 3 }))
local co = coroutine.wrap(function(...) local a = coroutine.yield(...) local b, c = coroutine.yield(a, ...) return c, b, a, ... end)
print(co(1, 2)) print(co("a")) print(co("b", "c"))
print(pcall(function(...) local x = ... return x.y end, nil)) print(pcall(function(...) return (...) + 1 end, {})) print(pcall(function(...) (...)() end)) print(pcall(function(...) return ... .. "x" end, {}))
print((function(...) return ... end)(table.unpack({}, 1, 250)) == nil, select("#", (function(...) return ... end)(table.unpack({}, 1, 3000))))
print(pcall(function(...) return select("#", ...), n(...) end, table.unpack({}, 1, 2000)))
print(load("return ...", "=f")(1, nil, 3), select("#", load("return ...")()))
-- Every number of arguments, on a stack that is just large enough, to functions with many parameters and registers.
local names = {}
for i = 1, 60 do names[i] = "p" .. i end
for _, parameters in ipairs { 0, 1, 5, 20, 50 } do
  local f = load("return function(" .. table.concat(names, ", ", 1, parameters) .. (parameters > 0 and ", " or "") .. "...) local a, b, c = 'a', ... local l1, l2, l3, l4, l5, l6, l7, l8, l9 = 1, 2, 3, 4, 5, 6, 7, 8, 9 return "
    .. (parameters > 0 and "(p1 or 0) + (p" .. parameters .. " or 0)" or "0") .. ", a, b, c, l1 + l9, select('#', ...) end")()
  local sum = 0
  for n = 0, 90 do
    local list = {}
    for i = 1, n do list[i] = i end
    local p, a, b, c, l, rest = coroutine.wrap(f)(table.unpack(list))
    local past = parameters < n and n - parameters or 0
    if p ~= (parameters == 0 and 0 or (n > 0 and 1 or 0) + (n >= parameters and parameters or 0)) or a ~= "a" or l ~= 10 or rest ~= past or b ~= (past > 0 and parameters + 1 or nil) or c ~= (past > 1 and parameters + 2 or nil) then
      print("WRONG", parameters, n, p, a, b, c, l, rest)
    end
    sum = sum + p + (b or 0) + (c or 0) + rest
  end
  print(parameters, sum)
end
-- So many arguments that the stack can hold them once but not twice: the error names the line of the second use.
local fits = 1
while pcall(table.unpack, {}, 1, fits * 2) do fits = fits * 2 end
local function expand(...)
  local first = n(1)
  return n(1,
    ...
  )
end
local function expand_to_locals(...)
  local a, b = ...
  local t = {
    ... }
  return a, b, #t
end
local function pass_on(...)
  local function inner(...) return (...) end
  return 1,
    inner(
      ...
    )
end
local list = {}
for _, f in ipairs { expand, expand_to_locals, pass_on } do print(pcall(f, table.unpack(list, 1, fits))) end
print(pcall(expand, 1, 2, 3)) print(pcall(expand_to_locals, 1, 2, 3)) print(pcall(pass_on, 1, 2, 3))
local many = {}
for i = 1, 250 do many[i] = "..." end
print(pcall(load("return select('#', " .. table.concat(many, ", ", 1, 200) .. ")"), 1, 2))
--- closures: the same prototype many times, nested, recursive, kept and collected
local kept = setmetatable({}, { __mode = "v" })
local function make(i) local v = { i } return function() return v end, function(w) v = w end end
local fs = {}
for i = 1, 100 do fs[i], kept[i] = make(i) end
collectgarbage()
local alive = 0 for i = 1, 100 do if kept[i] then alive = alive + 1 end if fs[i]()[1] ~= i then print("WRONG", i) end end
print(alive)
for i = 1, 100, 2 do fs[i] = nil end
collectgarbage()
for i = 2, 100, 2 do if fs[i]()[1] ~= i then print("WRONG", i) end end
local Y = function(f) return (function(x) return x(x) end)(function(x) return f(function(...) return x(x)(...) end) end) end
print(Y(function(self) return function(n) return n == 0 and 1 or n * self(n - 1) end end)(10))
local function compose(...) local fs = { ... } return function(...) local function go(i, ...) if i == 0 then return ... end return go(i - 1, fs[i](...)) end return go(#fs, ...) end end
print(compose(function(a, b) return a + b end, function(a, b) return b, a * 2 end)(3, 4))
local source = {}
for i = 1, 300 do source[i] = "f[" .. i .. "] = function() return x + " .. i .. " end" end
local f = load("local x, f = ... " .. table.concat(source, "\n") .. " return f")(1000, {})
print(f[1](), f[255](), f[256](), f[257](), f[300]())
local function fold(n) if n == 0 then return function() return 0 end end local below = fold(n - 1) return function() return below() + n end end
print(fold(100)())
local obj = {} function obj.a() return "a" end function obj:b() return self.a() end function obj.c(...) return select("#", ...) end obj.d = { e = {} } function obj.d.e:f() return self == obj.d.e end
print(obj.a(), obj:b(), obj:c(1), obj.d.e:f())
