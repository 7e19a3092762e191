-- The table library and ext over external tables.
local t = ext.table()
_home.list = t
for i = 1, 100 do table.insert(t, i * 37 % 101) end
assert(#t == 100)
table.sort(t)
for i = 2, #t do assert(t[i - 1] <= t[i]) end
table.sort(t, function(a, b) return a > b end)
assert(t[1] == 100 and t[100] == 1)
assert(table.remove(t) == 1 and #t == 99 and table.remove(t, 1) == 100 and #t == 98)
table.insert(t, 1, "front")
assert(t[1] == "front" and #t == 99)
assert(table.concat(t, ",", 2, 4) == "99,98,97" and select("#", table.unpack(t)) == 99 and unpack(t, 1, 1) == "front")
local moved = table.move(t, 1, 3, 1, {})
assert(#moved == 3 and moved[2] == 99)
table.move({ "x", "y" }, 1, 2, 100, t)
assert(t[100] == "x" and t[101] == "y" and #t == 101)
ext.drop(t)
assert(ext.size(t) == 0 and #t == 0 and next(t) == nil and rawequal(t, _home.list))
t.again = 1
assert(ext.size(_home.list) == 1)
for i = 1, 3000 do t[i] = i end
ext.drop(t)
assert(ext.size(t) == 0 and t[1] == nil)
-- A table as environment and as prototype.
local env = ext.table()
assert(load("x = 5; y = x + 1", "=chunk", "t", env))()
assert(env.x == 5 and env.y == 6)
local object = setmetatable({}, { __index = env })
assert(object.x == 5 and object.z == nil)
local copy = {}
for k, v in pairs(env) do copy[k] = v end
assert(copy.x == 5 and copy.y == 6)
