--- integers from a seed
math.randomseed(42) for i = 1, 20 do io.write(math.random(0), " ") end print()
--- floats from a seed
math.randomseed(42) for i = 1, 20 do io.write(string.format("%.17g ", math.random())) end print()
--- dice
math.randomseed(7) for i = 1, 50 do io.write(math.random(6), " ") end print()
--- ranges
math.randomseed(1, 2) for _, r in ipairs { { 1, 1 }, { 1, 2 }, { -5, 5 }, { 0, 255 }, { 1, 1000000 }, { math.mininteger, math.maxinteger }, { 0, math.maxinteger }, { math.mininteger, -1 }, { math.maxinteger - 3, math.maxinteger } } do for i = 1, 4 do io.write(math.random(r[1], r[2]), " ") end print() end
--- the seed may be two integers or a float
math.randomseed(1, 2) print(math.random(0)) math.randomseed(1.0) print(math.random(0)) math.randomseed(1) print(math.random(0)) math.randomseed(1, 0) print(math.random(0)) math.randomseed(-1) print(math.random(0)) math.randomseed(2^53) print(math.random(0)) math.randomseed("5") print(math.random(0))
--- equal seeds give equal sequences
math.randomseed(99) local a = { math.random(), math.random(10), math.random(5, 9) } math.randomseed(99) local b = { math.random(), math.random(10), math.random(5, 9) } print(a[1] == b[1], a[2] == b[2], a[3] == b[3])
--- bounds are inclusive
math.randomseed(3) local seen = {} for i = 1, 200 do seen[math.random(3)] = true seen[math.random(-1, 0)] = true end print(seen[1], seen[2], seen[3], seen[0], seen[-1], seen[4])
--- floats lie in the unit interval
math.randomseed(5) local lo, hi = 1, 0 for i = 1, 2000 do local x = math.random() lo, hi = math.min(lo, x), math.max(hi, x) end print(lo >= 0, hi < 1, lo < 0.01, hi > 0.99)
--- errors
print(pcall(math.random, 0.5)) print(pcall(math.random, 2, 1)) print(pcall(math.random, -1)) print(pcall(math.random, 1, 2, 3)) print(pcall(math.random, "x")) print(pcall(math.random, 1, {})) print(math.random(5, 5), math.random(1))
--- shuffling
math.randomseed(2024) local t = {} for i = 1, 20 do t[i] = i end for i = #t, 2, -1 do local j = math.random(i) t[i], t[j] = t[j], t[i] end print(table.concat(t, " "))
--- a histogram
math.randomseed(11) local h = {} for i = 1, 1000 do local k = math.random(10) h[k] = (h[k] or 0) + 1 end print(table.concat(h, " "))
--- Monte Carlo
math.randomseed(123) local n = 0 for i = 1, 10000 do local x, y = math.random(), math.random() if x * x + y * y <= 1 then n = n + 1 end end print(n)
--- ranges that are not powers of two
math.randomseed(77) for i = 1, 10 do io.write(math.random(1, 3), " ", math.random(1, 100), " ", math.random(1 << 40), " ", math.random((1 << 62) + 1), " ") end print()
--- normal deviates
math.randomseed(8) local function normal() return math.sqrt(-2 * math.log(1 - math.random())) * math.cos(2 * math.pi * math.random()) end for i = 1, 10 do io.write(string.format("%.10g ", normal())) end print()
--- the generator is shared with coroutines
math.randomseed(31) local co = coroutine.wrap(function() while true do coroutine.yield(math.random(100)) end end) local a = { co(), math.random(100), co() } math.randomseed(31) print(a[1] == math.random(100), a[2] == math.random(100), a[3] == math.random(100))
