--- counting up, down and by steps
for _, r in ipairs { { 1, 5, 1 }, { 5, 1, -1 }, { 1, 10, 3 }, { 10, 1, -4 }, { 3, 3, 1 }, { 4, 3, 1 }, { 3, 4, -1 }, { -2, 2, 2 } } do for i = r[1], r[2], r[3] do io.write(i, " ") end io.write("| ") end print()
--- float loops
for i = 1.0, 3 do io.write(tostring(i), " ") end for i = 1, 2, 0.5 do io.write(tostring(i), " ") end for i = 0, 1, 0.25 do io.write(tostring(i), " ") end for i = 3, 1, -0.75 do io.write(tostring(i), " ") end print()
--- the limit of an integer loop may be a float
for i = 1, 3.7 do io.write(i, " ") end for i = 3, 1.2, -1 do io.write(i, " ") end for i = 1, 0.5 do io.write("never") end for i = -1, -2.5, -1 do io.write(i, " ") end print()
--- infinite limits are clipped
local n = 0 for i = 1, math.huge do n = n + 1 if n == 3 then break end end for i = 1, -math.huge do n = n + 100 end for i = 1, -math.huge, -1 do n = n + 1 if n == 6 then break end end for i = 1, 1e308 do n = n + 1 break end print(n)
--- loops near the largest integer do not wrap
local M, m = math.maxinteger, math.mininteger for i = M - 2, M do io.write(i - M, " ") end for i = m + 2, m, -1 do io.write(i - m, " ") end for i = M - 5, M, 3 do io.write(i - M, " ") end for i = M, M do io.write("once ") end for i = m, m, -1 do io.write("once ") end print()
--- huge steps
local M, m = math.maxinteger, math.mininteger local n = 0 for i = m, M, M do n = n + 1 io.write(i, " ") end for i = M, m, m do n = n + 1 io.write(i, " ") end for i = 1, M, M do n = n + 1 end for i = 0, M, M // 2 do n = n + 1 end print(n)
--- loops that never run
for i = 1, 0 do print("never") end for i = 0, 1, -1 do print("never") end for i = math.maxinteger, math.mininteger do print("never") end for i = 1, -math.huge do print("never") end for i = 1, 0/0 do print("never") end for i = 1.0, 0/0 do print("never") end print("done")
--- errors
print(pcall(function() for i = "a", 2 do end end)) print(pcall(function() for i = 1, "x" do end end)) print(pcall(function() for i = 1, 2, {} do end end)) print(pcall(function() for i = nil, 2 do end end)) print(pcall(function() for i = 1, nil do end end)) print(pcall(function() for i = 1, 2, 0 do end end)) print(pcall(function() for i = 1.0, 2, 0.0 do end end)) print(pcall(function() for i = 1, 10, true do end end)) print(pcall(function() for i = 1.5, {} do end end)) print(pcall(function() for i = 1.5, 2, "0" do end end))
--- strings are not converted
print(pcall(function() for i = "1", 2 do end end)) print(pcall(function() for i = 1, "2" do end end)) print(pcall(function() for i = 1, 2, "1" do end end))
--- bounds are evaluated once and in order
local log = {} local function v(n, x) log[#log + 1] = n return x end for i = v("start", 1), v("limit", 3), v("step", 1) do log[#log + 1] = i end print(table.concat(log, " "))
--- changing the bounds has no effect
local n = 3 local c = 0 for i = 1, n do n = 100 c = c + 1 end print(c, n)
--- the variable is local to the body
i = "global" for i = 1, 2 do end print(i) local fs = {} for i = 1, 3 do fs[i] = function() return i end end print(fs[1](), fs[2](), fs[3]())
--- float accumulations of the step
local c, last = 0 for x = 0.0, 1.0, 0.1 do c = c + 1 last = x end print(c, string.format("%.17g", last)) c = 0 for x = 1.0, 0.0, -0.1 do c = c + 1 last = x end print(c, string.format("%.17g", last))
--- types of the loop variable
for i = 1, 1 do io.write(math.type(i), " ") end for i = 1.0, 1 do io.write(math.type(i), " ") end for i = 1, 1.0 do io.write(math.type(i), " ") end for i = 1, 1, 1.0 do io.write(math.type(i), " ") end for i = 2^50, 2^50 do io.write(math.type(i), " ") end print()
--- sums with large counts
local s = 0 for i = 1, 100000 do s = s + i end local t = 0 for i = 100000, 1, -7 do t = t ~ i end print(s, t)
--- nested triangular loops
local c = 0 for i = 1, 50 do for j = i, 50 do if (i + j) % 7 == 0 then c = c + i * j end end end print(c)
--- break and return inside loops
local function find(t, x) for i = 1, #t do if t[i] == x then return i end end return nil, "absent" end print(find({ 5, 6, 7 }, 6), find({}, 1))
--- modifying a table while counting over it
local t = { 1, 2, 3, 4, 5, 6 } for i = #t, 1, -1 do if t[i] % 2 == 0 then table.remove(t, i) end end print(table.concat(t, " "))
--- loops at both float extremes
local c = 0 for x = 1e308, math.huge, 1e308 do c = c + 1 if c > 3 then break end end print(c) c = 0 for x = -1e-320, 1e-320, 5e-321 do c = c + 1 end print(c)
