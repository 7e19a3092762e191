--- unpack ranges
local t = { "a", "b", "c", "d" } for i = -1, 5 do for j = i - 1, 5 do io.write(select("#", table.unpack(t, i, j)), " ") end end print() print(table.unpack(t, 2, 3)) print(table.unpack(t, -1, 1)) print(table.unpack(t, 4)) print(table.unpack(t, 5)) print(table.unpack(t, "2", 3.0))
--- unpack of sparse tables
local t = { [1] = 1, [3] = 3 } print(table.unpack(t, 1, 3)) print(table.unpack({ n = 3 }, 1, 3)) print(table.unpack({ nil, nil, 3 }, 1, 3))
--- unpack then pack
local t = table.pack(table.unpack({ 1, nil, 3 }, 1, 3)) print(t.n, t[1], t[2], t[3]) local u = table.pack(table.unpack({}, 1, 0)) print(u.n)
--- select with negative positions
local function last(n, ...) return select(-n, ...) end print(last(1, 1, 2, 3)) print(last(2, 1, 2, 3)) print(last(3, 1, 2, 3)) print(pcall(last, 4, 1, 2, 3))
--- select with a loop
local function rev(...) local t, n = {}, select("#", ...) for i = n, 1, -1 do t[#t + 1] = tostring((select(i, ...))) end return table.concat(t, " ") end print(rev(1, nil, false, "x")) print(rev())
--- swapping through unpack
local function swap(a, b) return b, a end print(swap(table.unpack { 1, 2 })) print(swap(swap(1, 2)))
--- unpack in the middle gives one value
print(table.unpack { 1, 2, 3 }, table.unpack { 4, 5 }) local t = { table.unpack { 1, 2, 3 }, table.unpack { 4, 5 } } print(#t) print(math.max(table.unpack { 3, 9, 2 }), string.char(table.unpack { 72, 105 }))
--- unpack errors name the argument
print(pcall(function() return table.unpack() end)) print(pcall(function() return table.unpack(nil) end)) print(pcall(function() return table.unpack({}, "x") end)) print(pcall(function() return table.unpack({}, 1, {}) end)) print(pcall(function() return table.unpack({}, 1.5) end)) print(pcall(function() return table.unpack(5, 1, 2) end))
--- unpack of a thousand
local t = {} for i = 1, 1000 do t[i] = i end print(select("#", table.unpack(t)), (select(-1, table.unpack(t))), select("#", table.unpack(t, 500)), (table.unpack(t, 250)))
--- calls with literal arguments
local function kind(x) return type(x) .. ":" .. (type(x) == "table" and #x or x) end print(kind "s", kind [[long]], kind { 1, 2 }, kind {}) print(("x"):rep(2), #{ 1 }, (kind)"y") local o = { m = function(self, x) return x end } print(o:m "str", o:m({ 1 })[1], o:m [[l]])
--- chained calls
local function f(x) return function(y) return function(z) return x, y, z end end end print(f(1)(2)(3)) print(f "a" "b" "c") local t = { f = function() return { g = function(_, x) return x * 2 end } end } print(t.f():g(4), t.f().g(nil, 5), t["f"]()["g"](0, 6))
--- results in conditions and operators
local function two() return 5, nil end if two() then print("true") end print(two() + 1, not two(), two() == 5, two() .. "x", -two(), #{ two() }) local a = two() local b = (two()) print(a, b)
--- multiple results assigned to fields
local t = {} t.a, t.b, t.c = (function() return 1, 2 end)() print(t.a, t.b, t.c) local i = 1 t[i], t[i + 1], i = 10, 20, 5 print(t[1], t[2], i)
--- return adjusts
local function none() end local function one() return nil end print(select("#", none()), select("#", one()), none(), one(), (none())) print(pcall(type, none())) print(pcall(function() return type(none()) end))
