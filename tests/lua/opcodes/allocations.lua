--- constructors, closures and varargs
-- The test refuses every single allocation once, so that a full collection runs in the middle of an instruction. Objects
-- that only a register holds must survive it.
local function fresh(...) return { ... } end
local t = { { 1 }, { 2, { 3 } }, x = { "x" }, [{}] = { "key" }, fresh(4, { 5 }), ("s"):rep(30) .. "s" }
local a, b = { "a" }, { "b" }
local f, g = function() return a[1], b[1] end, function(v) a, b = b, { v } return a, b end
local function vararg(...) local p, q = ... local list = { ..., { "last" } } return p, #list, list[#list], function() return p, q end end
local p, n, last, h = vararg({ "p" }, { "q" }, fresh("r"))
local x, y = g("new")
local loop = {}
for i = 1, 4 do local v = { i } loop[i] = function() v = { v[1] * 10 } return v[1] end end
print(t[1][1], t[2][2][1], t.x[1], t[3][2][1], #t[4], a[1], b[1], x[1], y[1], p[1], n, last[1], h()[1], select(2, h())[1])
print(loop[1](), loop[4](), loop[1](), f())
--- strings that only a register holds
local function made(s) return s .. "!" end
local a = made("a") .. made("b") .. 1 .. made("c") .. 2.5 .. made("d")
local long = made(("x"):rep(50)) .. made(("y"):rep(60))
local t = {}
for i = 1, 6 do t[made("k" .. i)] = made("v" .. i) t[i] = made(i .. "") end
local s = ""
for i = 1, 6 do s = s .. i .. made("") end
local k = made("k")
print(a, #long, long:sub(49, 53), t["k1!"], t["k6!"], t[3], s, k .. 1, (made("p") .. made("q")):upper(), -"3", "4" + 1, 10 .. "")
--- tables that grow while key and value are new
local t, u = {}, setmetatable({}, { __newindex = function(t, k, v) rawset(t, k, { v }) end, __index = function(t, k) return { "none " .. tostring(k) } end })
for i = 1, 9 do t[i] = { i } t["k" .. i] = { "v" .. i } t[i + 0.5] = { -i } u[i] = { i } u["k" .. i] = "w" .. i t.last = { i } t[{ i }] = { i, i } end
local n, m = 0, 0
for k, v in pairs(t) do n = n + 1 if type(k) == "table" then m = m + (k[1] == v[1] and v[2] == k[1] and 1 or 100) end end
print(n, m, t[9][1], t.k9[1], t[9.5][1], t.last[1], u[9][1][1], u.k9[1], u.none[1], u[99][1])
new_global, other_global = { "g" }, { "o" .. 1 }
new_global.field, new_global[1] = { "f" }, { "h" }
print(new_global.field[1], new_global[1][1], other_global[1])
new_global, other_global = nil
--- metamethods that make their operands and results
local mt = {}
local function object(v) return setmetatable({ v }, mt) end
local function value(o) return type(o) == "table" and o[1] or o end
for event in ("add sub idiv band shl concat"):gmatch("%a+") do mt["__" .. event] = function(a, b) local r = { value(a), value(b) } return object("(" .. r[1] .. event .. r[2] .. ")") end end
function mt.__unm(a) return object("-" .. a[1]) end
function mt.__len(a) return { a[1] } end
function mt.__eq(a, b) local t = { a[1], b[1] } return #t == 2 and t[1] == t[2] end
function mt.__lt(a, b) local t = { value(a), value(b) } return tostring(t[1]) < tostring(t[2]) end
function mt.__le(a, b) local t = { value(a), value(b) } return tostring(t[1]) <= tostring(t[2]) end
function mt.__index(o, k) return { k, "of " .. rawget(o, 1) } end
function mt.__newindex(o, k, v) rawset(o, k, { v }) end
function mt.__call(o, ...) return { ... }, object("called " .. o[1]) end
local r = object("a") + object("b") - 1
local q = (object("c") .. object("d") .. "e") // 2 & 7 << object("f")
print(r[1], q[1], (-object("g"))[1], #object("h") ~= nil and (#object("h"))[1], object("i") == object("i"), object("j") ~= object("k"), object("l") < object("m"), object("n") <= 5, object("o") > object("p"))
local o = object("o")
o.x, o.y = { "x" }, { "y" }
local list, called = o({ 1 }, { 2 })
print(o.x[1][1], o.y[1][1], o.z[1], o.z[2], list[2][1], called[1], o.method[1], (o({ 3 }))[1][1])
--- coroutines that pass on what is new
local co = coroutine.wrap(function(a, ...)
  local kept = { a, ... }
  while true do
    local b, c = coroutine.yield({ kept[1][1] .. "'" }, { #kept })
    kept = { b, c, kept }
  end
end)
local a, n = co({ "a" }, { "b" }, { "c" })
local b, m = co({ "d" }, { "e" })
print(a[1], n[1], b[1], m[1])
local out = {}
for v, w in coroutine.wrap(function() for i = 1, 3 do coroutine.yield({ i }, { "w" .. i }) end end) do out[#out + 1] = v[1] .. w[1] end
local o = setmetatable({}, { __index = function(t, k) return coroutine.yield({ k }) end, __add = function(a, b) return coroutine.yield({ b[1] }) end })
local inner = coroutine.wrap(function() local x, y = { "x" }, o.field local z = o + { "operand" } return { x[1], y[1], z[1] } end)
local first, second = inner(), inner({ "field!" })
print(table.concat(out, " "), first[1], second[1], table.concat(inner({ "sum!" }), " "))
print(select(2, coroutine.resume(coroutine.create(function(...) local t = { ... } error({ t[1] .. "?" }) end), "e"))[1])
--- closing while results wait
local log = {}
local function closer(name) return setmetatable({ name }, { __close = function(o, e) log[#log + 1] = { o[1] .. ":" .. (e and e[1] or "") } end }) end
local function f(...) local a <close> = closer("a") local b <close> = closer("b") return { "r" }, "s" .. select("#", ...), ... end
local r, s, u = f({ "u" }, { "v" })
print(r[1], s, u[1])
local ok, e = pcall(function() local c <close> = closer("c") for i, v in next, { { 1 } }, nil, closer("d") do error({ "thrown" }) end end)
for i = 1, 2 do local x <close> = closer("x" .. i) if i == 1 then goto next end log[#log + 1] = { "body" } ::next:: end
for i, v in ipairs(log) do log[i] = v[1] end
print(ok, e[1], table.concat(log, " "))
--- loops over what is made in them, methods, errors with places
local sum = 0
for i, v in (function(s, c) c = c + 1 if c <= 4 then return c, { c * 2 } end end), { "state" }, 0 do local w = { v[1] } sum = sum + w[1] end
for i = 1, 4 do local t = { i, { i } } local f = function() return t[2][1] + i end sum = sum + f() end
local object = setmetatable({}, { __index = { add = function(self, v) return setmetatable({ (self[1] or 0) + v[1] }, getmetatable(self)) end } })
local chained = object:add({ 1 }):add({ 2 }):add({ 3 })
print(sum, chained[1])
print(pcall(function() local t = { { "x" } } return t[1][1] + { 1 } end))
print(pcall(function() local t = { {} } return t[1].none.field end))
print(pcall(function() return { "made" } < { "made" } end))
print(select(2, pcall(error, { "e" }))[1], select("#", pcall(error)), pcall(error, "text " .. 1))
local function many(...) return select("#", ...), (select(-1, ...))[1] end
print(many({ 1 }, { 2 }, { 3 }, { 4 }, { 5 }, { 6 }, { 7 }, { 8 }, { 9 }, { 10 }))
local function tail(n, v) if n == 0 then return v[1] end return tail(n - 1, { v[1] .. n }) end
print(tail(5, { "t" }))
--- what lies above the results of the last call
-- A call without results leaves the top of the stack at the call. The next code fills registers above it without moving
-- the top, and removes the only other reference. Then an instruction allocates.
local function nothing() end
local function taken(allocate)
  local t = { x = { "x" }, y = { "y" }, z = { "z" } }
  local x, y, z, made = allocate(t, { "up" })
  local over = { { 1 }, { 2 }, { 3 }, { 4 } }
  print(x and x[1], y and y[1], z and z[1], type(made), #over)
end
taken(function(t) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil local f = function() return t end return x, y, z, f end)
taken(function(t) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil local u = {} return x, y, z, u end)
taken(function(t) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil local u = { 1, 2, n = 3 } return x, y, z, u end)
taken(function(t) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil local u = { x, y, z } return u[1], u[2], u[3], u end)
taken(function(t) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil local s = "a" .. #t .. "b" return x, y, z, s end)
taken(function(t) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil t.new, t[1.5], t[{}] = 1, 2, 3 return x, y, z, t end)
taken(function(t) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil for i = 1, 9 do t[i] = i end return x, y, z, t end)
taken(function(t) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil _G.another_new_global = 1 _G.another_new_global = nil return x, y, z, t end)
taken(function(t, u) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil local v = "1" + "2" return x, y, z, v end)
taken(function(t, u) setmetatable(u, { __lt = function(a) return { a } end }) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil local v = u < 1 return x, y, z, v end)
taken(function(t, u) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil local v = ("s"):rep(50) return x, y, z, v end)
taken(function(t, u) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil local f = (function(...) local v = ... return function() return x, y, z, v end end) return f({})() end)
taken(function(t, u) local f = function(...) nothing() local x, y, z = ... return x, y, z, { ... } end return f(t.x, t.y, t.z) end)
taken(function(t, u) local f = function(...) nothing() local v = { ..., {} } return v[1], ... end return f(t.x, t.y, t.z) end)
taken(function(t, u) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil local co = coroutine.wrap(function(...) return ... end) return co(x, y, z, co) end)
taken(function(t, u) nothing() local x <close>, y, z = nil, t.y, t.z local w = t.x t.x, t.y, t.z = nil local f = function() return w end return f(), y, z, f end)
taken(function(t, u) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil for k, v in pairs({ x }) do local w = { v } return w[1], y, z, w end end)
taken(function(t, u) nothing() local x, y, z = t.x, t.y, t.z t.x, t.y, t.z = nil for i = 1, 1 do local w = { x } return w[1], y, z, w end end)
--- what becomes old while it is filled
-- In generational mode a full collection makes every object old, even an unfinished one.
collectgarbage("generational")
local function overwrite() for i = 1, 30 do local t = { { -1 }, function() return i end } end end
local function all(...) local r = {} for i, v in ipairs({ ... }) do r[i] = tostring(v) end return table.concat(r, " ") end
local f do
  local a, b, c, d = { "a" }, { "b" }, { "c" }, { "d" }
  f = function() return a[1], b[1], c[1], d[1] end
end
collectgarbage("step") overwrite()
local t = { { 1 }, { 2 }, x = { 3 }, [{ "k" }] = { 4 }, { 5 } }
collectgarbage("step") overwrite()
local u = {}
for i = 1, 5 do u[i] = { i } u["k" .. i] = { -i } end
collectgarbage("step") overwrite()
local function make(a) local b = { a[1] .. "b" } return function(v) a, b = b, v or a return a[1], b[1] end end
local g = make({ "g" })
g({ "h" })
collectgarbage("step") overwrite()
local co = coroutine.wrap(function(...) local a, b = { "p" }, { ... } coroutine.yield(function() return a[1], b[1] end) return a, b end)
local h = co("q")
collectgarbage("step") overwrite()
print(all(f()), t[1][1], t[2][1], t.x[1], t[3][1], u[5][1], u.k5[1], all(g()), all(h()))
collectgarbage("incremental")
