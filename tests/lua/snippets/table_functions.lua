--- insert at every position
local function show(t) print(#t, table.concat(t, " ")) end
local t = {} table.insert(t, 1) table.insert(t, 2) table.insert(t, 1, 0) table.insert(t, 4, 9) table.insert(t, 2, 5) show(t)
table.insert(t, #t + 1, "end") show(t)
--- insert errors
local t = { 1, 2, 3 }
print(pcall(table.insert, t, 0, 1)) print(pcall(table.insert, t, 5, 1)) print(pcall(table.insert, t)) print(pcall(table.insert, t, 1, 2, 3)) print(pcall(table.insert, t, "x", 1)) print(pcall(table.insert, nil, 1)) print(pcall(table.insert, t, 1.5, 1)) print(pcall(table.insert, t, -1, 1)) print(#t)
--- insert passes nil
local t = { 1, 2 } table.insert(t, nil) table.insert(t, 1, nil) print(t[1], t[2], t[3])
--- remove at every position
local t = { 1, 2, 3, 4, 5 }
print(table.remove(t), table.remove(t, 1), table.remove(t, 2), #t, table.concat(t, " "), table.remove(t, 3), table.remove(t, #t + 1), table.remove({}), table.remove({}, 0), #t)
--- remove errors
local t = { 1, 2, 3 }
print(pcall(table.remove, t, 5)) print(pcall(table.remove, t, 0)) print(pcall(table.remove, t, -1)) print(pcall(table.remove)) print(pcall(table.remove, t, "a")) print(pcall(table.remove, {}, 2)) print(#t)
--- remove at position zero of an empty sequence
local t = { [0] = "zero" } print(#t, table.remove(t), t[0], table.remove(t, 0))
--- stacks and queues
local s = {} for i = 1, 10 do s[#s + 1] = i * i end while #s > 5 do io.write(table.remove(s), " ") end while #s > 0 do io.write(table.remove(s, 1), " ") end print(#s)
--- move within and between tables
local function show(t) print(table.concat(t, " ")) end
show(table.move({ 1, 2, 3 }, 1, 3, 2)) show(table.move({ 1, 2, 3 }, 2, 3, 1)) show(table.move({ 1, 2, 3 }, 1, 3, 1)) show(table.move({ 1, 2, 3 }, 1, 0, 5)) show(table.move({ 1, 2, 3 }, 1, 3, 1, {})) show(table.move({ 1, 2, 3 }, 1, 3, 3, { 9, 9 })) show(table.move({ 1, 2, 3, 4, 5 }, 2, 5, 1)) show(table.move({ 1, 2, 3, 4, 5 }, 1, 4, 2))
--- move at the limits
local M, m = math.maxinteger, math.mininteger
local t = table.move({ [M - 1] = "a", [M] = "b" }, M - 1, M, 1) print(t[1], t[2])
local t = table.move({ "x", "y" }, 1, 2, M - 1) print(t[M - 1], t[M])
local t = table.move({ [m] = 1 }, m, m, 5) print(t[5], t[m])
print(pcall(table.move, {}, 1, M, 2)) print(pcall(table.move, {}, m, 0, 2)) print(pcall(table.move, {}, 1, 3, M)) print(pcall(table.move, {}, 1, 2)) print(pcall(table.move, {}, 1, 2, 3, 4)) print(pcall(table.move))
--- move uses metamethods
local log = {}
local src = setmetatable({}, { __index = function(_, k) return "s" .. k end })
local dst = setmetatable({}, { __newindex = function(t, k, v) log[#log + 1] = k .. "=" .. v end })
table.move(src, 1, 3, 5, dst) print(table.concat(log, " "))
--- pack
local t = table.pack() print(t.n, #t) t = table.pack(1, nil, 3, nil) print(t.n, t[1], t[2], t[3], t[4]) t = table.pack(nil) print(t.n)
--- unpack
print(table.unpack({})) print(table.unpack({ 1, 2, 3 })) print(table.unpack({ 1, 2, 3 }, 2)) print(table.unpack({ 1, 2, 3 }, 2, 5)) print(table.unpack({ 1, 2, 3 }, 0, 1)) print(select("#", table.unpack({}, 1, 100)), select("#", table.unpack({}, 5, 4)))
print(table.unpack("abc", 1, 2)) print((table.unpack({ 1, 2 })))
--- unpack at the limits
local M, m = math.maxinteger, math.mininteger
print(table.unpack({ [M] = "last" }, M, M), table.unpack({}, M, m), select("#", table.unpack({}, m, m + 3)))
local u = table.unpack
print(select(2, pcall(function() return table.unpack({}, 1, 1 << 40) end))) print(select(2, pcall(function() return table.unpack({}, m, M) end))) print(select(2, pcall(function() return table.unpack({}, 0, M) end)))
--- unpack with metamethods
print(table.unpack(setmetatable({}, { __index = function(_, i) return i * 10 end, __len = function() return 4 end })))
--- the functions respect __len
local t = setmetatable({ 1, 2, 3 }, { __len = function() return 2 end })
table.insert(t, "x") print(t[3], rawlen(t), #t) print(table.remove(t), t[2]) t[2] = "y" print(table.concat(t, ","))
--- a wrong __len is an error
local t = setmetatable({}, { __len = function() return "x" end })
print(pcall(table.insert, t, 1)) print(pcall(table.concat, t)) print(pcall(function() return table.unpack(t) end))
local u = setmetatable({}, { __len = function() return 1.5 end }) print(pcall(table.remove, u))
--- things that only look like tables
local fake = setmetatable({}, { __index = { 10, 20, 30 }, __newindex = function(t, k, v) rawset(t, k, v) end, __len = function() return 3 end })
print(table.concat(fake, "+"), table.unpack(fake, 1, 2)) print(pcall(table.concat, "string")) print(pcall(table.insert, 5, 1)) print(pcall(table.sort, "x"))
--- next and rawlen and rawget
print(next({}), next({ 10 }), next({ 10 }, 1), rawlen({ 1, 2 }), rawlen("abc"), rawget({ a = 1 }, "a"), rawequal("a", "a"))
print(pcall(next, {}, "missing")) print(pcall(next)) print(pcall(rawlen, 5)) print(pcall(rawget, 1, 2)) print(pcall(rawset, {}, nil, 1)) print(pcall(rawset, {}, 0/0, 1)) print(pcall(rawequal, 1))
--- rawset and metatables
local t = setmetatable({}, { __newindex = function() error("not called") end, __index = function() return "default" end })
print(rawset(t, "k", "v") == t, t.k, rawget(t, "other"), t.other)
--- constructors
local t = { 1, 2, x = 5, [10] = "ten", 3, ["key with space"] = true, [1.5] = "f", nil, 7 } print(#t == 5 or #t == 3, t[1], t[2], t[3], t[5], t.x, t[10], t["key with space"], t[1.5])
local function three() return 1, 2, 3 end
print(#{ three() }, #{ three(), three() }, #{ (three()) }, #{ three(), nil }, #{ nil, three() } == 4, select("#", table.unpack { three(), x = 1, three() }))
--- a constructor with more than fifty elements
local parts = {} for i = 1, 160 do parts[i] = i end
local t = load("return {" .. table.concat(parts, ",") .. "}")() local s = 0 for _, v in ipairs(t) do s = s + v end print(#t, s, t[51], t[101], t[160])
--- evaluation order inside a constructor
local n = 0 local function f() n = n + 1 return n end local t = { f(), f(), a = f(), f(), b = f() } print(t[1], t[2], t.a, t[3], t.b)
--- nil and NaN as keys
print(pcall(function() local t = {} t[nil] = 1 end)) print(pcall(function() local t = {} t[0/0] = 1 end)) print(({})[nil], ({})[0/0]) print(pcall(function() return { [nil] = 1 } end))
--- filling and clearing
local t = {} for i = 1, 1000 do t[i] = i end for i = 1, 1000 do t[i] = nil end print(next(t), #t) for i = 1000, 1, -1 do t[i] = i end print(#t) for i = 1, 1000, 2 do t[i] = nil end local c = 0 for _ in pairs(t) do c = c + 1 end print(c)
--- matrices
local n, a = 8, {} for i = 1, n do a[i] = {} for j = 1, n do a[i][j] = (i * j) % 5 end end
local c = {} for i = 1, n do c[i] = {} for j = 1, n do local s = 0 for k = 1, n do s = s + a[i][k] * a[k][j] end c[i][j] = s end end
for i = 1, n do print(table.concat(c[i], " ")) end
--- deep copies and cycles
local function copy(v, seen) if type(v) ~= "table" then return v end seen = seen or {} if seen[v] then return seen[v] end local r = {} seen[v] = r for k, x in pairs(v) do r[copy(k, seen)] = copy(x, seen) end return r end
local t = { a = { 1, 2, { 3 } } } t.self = t local c = copy(t) print(c ~= t, c.self == c, c.a[3][1], c.a ~= t.a)
--- a linked list reversed
local list for i = 1, 5 do list = { v = i, next = list } end local prev while list do list.next, list, prev = prev, list.next, list end while prev do io.write(prev.v, " ") prev = prev.next end print()
--- multiple assignment order
local a = { 1, 2, 3 } local i = 1 i, a[i] = i + 1, 20 print(i, a[1], a[2]) a[1], a[2], a[3] = a[3], a[1], a[2] print(a[1], a[2], a[3])
