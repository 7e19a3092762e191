--- all sign combinations
for _, a in ipairs { 7, -7, 6, -6, 1, -1, 0 } do for _, b in ipairs { 1, -1, 2, -2, 3, -3, 10, -10 } do io.write(a // b, " ", a % b, "; ") end print() end
--- the identity a == (a // b) * b + a % b
local ok = true
for a = -20, 20 do for b = -7, 7 do if b ~= 0 then ok = ok and a == (a // b) * b + a % b and (a % b == 0 or (a % b < 0) == (b < 0)) end end end
print(ok)
--- the smallest integer divided by minus one
print(math.mininteger // -1, math.mininteger % -1, math.mininteger // 1, math.mininteger % 2, math.maxinteger // -1, math.maxinteger % -2)
local m, d = math.mininteger, -1
print(m // d, m % d, math.fmod(m, d))
--- division by zero raises
print(pcall(function() return 1 // 0 end))
print(pcall(function() return 1 % 0 end))
print(pcall(function() local a, b = 5, 0 return a // b end))
print(pcall(function() local a, b = 5, 0 return a % b end))
print(pcall(function() return 0 // 0 end), pcall(function() return math.mininteger % 0 end))
--- division of floats by zero does not raise
print(1 // 0.0, -1 // 0.0, 1.0 // 0, -1.0 // 0, 0x7fffffffffffffff // 0.0)
local r = 1 % 0.0
print(r ~= r)
--- large operands
local M, m = math.maxinteger, math.mininteger
print(M // 2, m // 2, M // M, m // m, M // m, m // M, M % m, m % M, M % 10, m % 10, m % -10, M // 1000000007)
--- math.fmod truncates
for _, p in ipairs { { 7, 3 }, { -7, 3 }, { 7, -3 }, { -7, -3 }, { 7.5, 2 }, { -7.5, 2 }, { math.mininteger, -1 }, { math.mininteger, 3 }, { 6, -3 } } do print(math.fmod(p[1], p[2]), math.type(math.fmod(p[1], p[2]))) end
print(pcall(math.fmod, 1, 0))
print(pcall(math.fmod, 1))
--- math.modf
for _, v in ipairs { 3, -3, 3.7, -3.7, 0.5, -0.5, 1e100, math.huge, -math.huge, 0, -0.0, "2.5" } do print(math.modf(v)) end
--- floor and ceil give integers when they can
for _, v in ipairs { 3, 3.2, -3.2, 3.0, 2^53 + 0.0, 2^62, 2^63, 1e100, -1e100, math.huge, -math.huge, "4.5" } do print(math.floor(v), math.ceil(v)) end
--- division with string operands
print("7" // "2", "-7" // 2, "7" % -3, "7.0" // 2, "0x10" // 3, pcall(function() return "7" // "0" end))
--- days, hours, minutes
local function split(s) return s // 86400, s % 86400 // 3600, s % 3600 // 60, s % 60 end
print(split(0), split(86399), split(-1)) print(split(1234567))
--- digits of a number in a base
local function digits(n, b) local r = {} repeat r[#r + 1] = n % b n = n // b until n == 0 return table.concat(r, ",") end
print(digits(255, 16), digits(1000, 7), digits(math.maxinteger, 1000), digits(0, 2))
--- floor division by powers of two is a shift for non-negative numbers
local ok = true
for i = 0, 62 do ok = ok and math.maxinteger // (1 << i) == math.maxinteger >> i end
print(ok)
