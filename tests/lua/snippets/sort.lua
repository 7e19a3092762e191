--- numbers
local t = { 5, 2, 8, 1, 9, 3, 3, -4, 0, 2.5 } table.sort(t) print(table.concat(t, " ")) table.sort(t, function(a, b) return a > b end) print(table.concat(t, " "))
--- mixed integers and floats
local t = { 3, 1.5, 2^53, -0.5, math.maxinteger, math.mininteger, math.huge, -math.huge, 0 } table.sort(t) for _, v in ipairs(t) do io.write(tostring(v), " ") end print()
--- strings
local t = { "pear", "apple", "fig", "Apple", "10", "9", "", "app" } table.sort(t) print(table.concat(t, ",")) table.sort(t, function(a, b) return #a < #b or #a == #b and a < b end) print(table.concat(t, ","))
--- empty and short tables
for n = 0, 4 do local t = {} for i = 1, n do t[i] = n - i end table.sort(t) io.write("[", table.concat(t, " "), "] ") end print()
--- already sorted, reversed, equal
for _, f in ipairs { function(i) return i end, function(i) return 100 - i end, function() return 7 end, function(i) return i % 3 end, function(i) return i * 37 % 101 end } do local t = {} for i = 1, 90 do t[i] = f(i) end table.sort(t) local ok = true for i = 2, 90 do ok = ok and t[i - 1] <= t[i] end io.write(tostring(ok), t[1], ",", t[45], ",", t[90], " ") end print()
--- a thousand pseudo-random numbers
local x, t, sum = 12345, {}, 0 for i = 1, 1000 do x = (x * 1103515245 + 12345) % 2147483648 t[i] = x sum = sum + x end table.sort(t)
local ok, s2 = true, t[1] for i = 2, 1000 do ok = ok and t[i - 1] <= t[i] s2 = s2 + t[i] end print(ok, sum == s2, t[1], t[500], t[1000])
--- records by several keys
local r = { { "bob", 30 }, { "al", 25 }, { "cy", 30 }, { "di", 25 }, { "ed", 40 } } table.sort(r, function(a, b) if a[2] ~= b[2] then return a[2] > b[2] end return a[1] < b[1] end) for _, v in ipairs(r) do io.write(v[1], ":", v[2], " ") end print()
--- objects with __lt
local mt = { __lt = function(a, b) return a.v < b.v end } local t = {} for i, v in ipairs { 3, 1, 2 } do t[i] = setmetatable({ v = v }, mt) end table.sort(t) print(t[1].v, t[2].v, t[3].v)
--- incomparable elements
print(pcall(table.sort, { 1, "a" })) print(pcall(table.sort, { {}, {} })) print(pcall(table.sort, { 1, 2, nil, 4 })) print(pcall(table.sort, { true, false })) print(pcall(table.sort, { print, print }))
--- an error inside the comparison
print(pcall(table.sort, { 1, 2, 3 }, function() error("compare", 0) end)) print(pcall(table.sort, { 1, 2, 3 }, function() error({}) end) == false)
--- an invalid comparison
print(pcall(table.sort, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, function() return true end)) print(pcall(table.sort, { 3, 1, 2 }, function(a, b) return a <= b end))
--- wrong arguments
print(pcall(table.sort)) print(pcall(table.sort, 5)) print(pcall(table.sort, {}, 5)) print(pcall(table.sort, { 1 }, {})) print(pcall(table.sort, { 2, 1 }, nil)) print(pcall(table.sort, { 1, 2 }, "x"))
--- a length that is too large
print(pcall(table.sort, setmetatable({}, { __len = function() return math.maxinteger end }))) print(pcall(table.sort, setmetatable({}, { __len = function() return -5 end })))
--- through metamethods
local data = { 3, 1, 2 } local p = setmetatable({}, { __index = data, __newindex = function(_, k, v) data[k] = v end, __len = function() return #data end }) table.sort(p) print(table.concat(data, " "), next(p))
--- a comparison that yields
local co = coroutine.wrap(function() return pcall(table.sort, { 3, 2, 1 }, function(a, b) coroutine.yield() return a < b end) end) print(co())
--- NaN does not hang
local nan = 0/0 local t = { 3, nan, 1, nan, 2, nan, 5, 4 } print((pcall(table.sort, t)), #t)
--- the number of comparisons is the algorithm's
for _, n in ipairs { 2, 3, 5, 10, 50, 99 } do local t, c = {}, 0 for i = 1, n do t[i] = i * 7919 % 101 end table.sort(t, function(a, b) c = c + 1 return a < b end) io.write(n, ":", c, " ") end print()
--- unstable order is the algorithm's
local t = {} for i = 1, 20 do t[i] = { k = i % 4, i = i } end table.sort(t, function(a, b) return a.k < b.k end) for _, v in ipairs(t) do io.write(v.k, "/", v.i, " ") end print()
--- a heap sort agrees
local function heapsort(t) local function down(i, n) while 2 * i <= n do local c = 2 * i if c < n and t[c] < t[c + 1] then c = c + 1 end if t[i] >= t[c] then return end t[i], t[c] = t[c], t[i] i = c end end for i = #t // 2, 1, -1 do down(i, #t) end for n = #t, 2, -1 do t[1], t[n] = t[n], t[1] down(1, n - 1) end end
local a, b = {}, {} for i = 1, 99 do a[i] = i * i % 89 b[i] = a[i] end heapsort(a) table.sort(b) print(table.concat(a, ",") == table.concat(b, ","))
