--- pairs visits everything once
local t = { 10, 20, 30, a = 1, b = 2, [2.5] = 3, [true] = 4 } local keys = {} for k, v in pairs(t) do keys[#keys + 1] = tostring(k) .. "=" .. v end table.sort(keys) print(table.concat(keys, " "))
--- the array part comes in order
for k, v in pairs { "a", "b", "c", "d" } do io.write(k, v, " ") end print()
--- next
print(next({})) print(next({ 5 })) print(next({ 5 }, 1)) print(next({ x = 1 })) print(next({ x = 1 }, "x")) print(pcall(next, {}, 1)) print(type(next), rawequal(next, (pairs {})))
--- clearing while traversing
local t = {} for i = 1, 100 do t[i] = i t["k" .. i] = i end local n = 0 for k in pairs(t) do t[k] = nil n = n + 1 end print(n, next(t))
--- changing values while traversing
local t = {} for i = 1, 50 do t["k" .. i] = i end local s = 0 for k, v in pairs(t) do t[k] = v * 2 end for _, v in pairs(t) do s = s + v end print(s)
--- counting after removals
local t = {} for i = 1, 200 do t["k" .. i] = i end for i = 1, 200, 3 do t["k" .. i] = nil end local n, s = 0, 0 for _, v in pairs(t) do n = n + 1 s = s + v end print(n, s)
--- pairs of pairs
local t = { a = { x = 1, y = 2 }, b = { z = 3 } } local out = {} for k, sub in pairs(t) do for k2, v in pairs(sub) do out[#out + 1] = k .. k2 .. v end end table.sort(out) print(table.concat(out, " "))
--- pairs needs a table
print(pcall(pairs)) print((pcall(pairs, nil)), (pcall(pairs, 5)), pcall(function() for k in pairs(5) do end end)) print(pcall(ipairs)) print(pcall(function() for k in pairs(nil) do end end)) print(pcall(function() for k in ipairs() do end end))
--- ipairs stops at the first nil
for i, v in ipairs { 1, 2, nil, 4 } do io.write(i, " ") end for i, v in ipairs { nil, 2 } do io.write("never") end for i, v in ipairs { false, true } do io.write(i, tostring(v), " ") end print()
--- ipairs while appending
local t = { 1 } for i, v in ipairs(t) do if i < 5 then t[i + 1] = v * 2 end end print(table.concat(t, " "))
--- the iterator functions are reusable
local f, s, c = ipairs { "a", "b" } print(f(s, c)) print(f(s, 1)) print(f(s, 2)) print(type(f), type(s), c) local f2 = ipairs {} print(f == f2)
--- generic for with invalid iterators
print(pcall(function() for x in 5 do end end)) print(pcall(function() for x in nil do end end)) print(pcall(function() local t = {} for x in t do end end)) print(pcall(function() for x in "abc" do end end)) for x in setmetatable({}, { __call = function(_, s, c) c = (c or 0) + 1 if c < 4 then return c end end }) do io.write(x, " ") end print()
--- keys of every type
local f, th = function() end, coroutine.create(print) local t = { [1] = "int", [1.5] = "float", x = "str", [true] = "bool", [f] = "fn", [th] = "thread", [{}] = "table", [print] = "cfn" } local n = {} for k, v in pairs(t) do n[#n + 1] = type(k) .. ":" .. v end table.sort(n) print(table.concat(n, " ")) print(t[f], t[th], t[print], t[{}])
--- negative and zero keys
local t = {} for i = -3, 3 do t[i] = i * i end local n, s = 0, 0 for k, v in pairs(t) do n = n + 1 s = s + k end print(n, s, #t, t[0], t[-3])
--- float keys become integers
local t = {} t[1.0] = "a" t[2^31] = "b" t[-0.0] = "c" local k = {} for i in pairs(t) do k[#k + 1] = math.type(i) .. i end table.sort(k) print(table.concat(k, " ")) print(t[0], t[2147483648])
--- inverting and grouping
local inv = {} for k, v in pairs { a = 1, b = 2, c = 3 } do inv[v] = k end print(inv[1], inv[2], inv[3]) local g = {} for w in ("apple avocado banana blueberry cherry"):gmatch("%a+") do local k = w:sub(1, 1) g[k] = g[k] or {} table.insert(g[k], w) end print(#g.a, #g.b, #g.c, g.b[2])
--- sorted iteration
local function sorted(t) local ks = {} for k in pairs(t) do ks[#ks + 1] = k end table.sort(ks) local i = 0 return function() i = i + 1 if ks[i] ~= nil then return ks[i], t[ks[i]] end end end for k, v in sorted { z = 26, a = 1, m = 13 } do io.write(k, v, " ") end print()
--- sets
local function set(...) local s = {} for _, v in ipairs { ... } do s[v] = true end return s end local function list(s) local r = {} for k in pairs(s) do r[#r + 1] = k end table.sort(r) return table.concat(r, ",") end local a, b = set(1, 2, 3, 4), set(3, 4, 5) local u, i, d = {}, {}, {} for k in pairs(a) do u[k] = true if b[k] then i[k] = true else d[k] = true end end for k in pairs(b) do u[k] = true end print(list(u), list(i), list(d))
--- large integer keys
local t = {} for i = 0, 62 do t[1 << i] = i end local n, s = 0, 0 for k, v in pairs(t) do n = n + 1 s = s + v assert(k == 1 << v) end print(n, s, t[1 << 62], #t)
--- string keys that look alike
local t = { a = 1, A = 2, ["a "] = 3, ["a\0"] = 4, [""] = 5 } print(t.a, t.A, t["a "], t["a\0"], t[""]) local long = ("k"):rep(100) t[long] = "long" print(t[("k"):rep(100)], t[("k"):rep(99)])
--- growth by hash inserts
local t = {} for i = 1, 500 do t[i * 7 % 501] = i end local n, s = 0, 0 for k, v in pairs(t) do n = n + 1 s = s + k * v end print(n, s)
--- reversed filling makes a sequence
local t = {} for i = 64, 1, -1 do t[i] = i end local s = "" for i, v in ipairs(t) do s = s .. v end print(#t, s == table.concat(t), #s)
--- weights with ties
local c = {} for ch in ("mississippi"):gmatch(".") do c[ch] = (c[ch] or 0) + 1 end local r = {} for k, v in pairs(c) do r[#r + 1] = { k, v } end table.sort(r, function(a, b) if a[2] ~= b[2] then return a[2] > b[2] end return a[1] < b[1] end) for _, p in ipairs(r) do io.write(p[1], p[2], " ") end print()
