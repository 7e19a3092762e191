--- constants
print(math.pi, math.huge, math.maxinteger, math.mininteger, string.format("%.17g", math.pi))
--- floor and ceil
for _, v in ipairs { 0, 0.5, -0.5, 1.5, -1.5, 2^31 + 0.5, 1e15 + 0.5, -0.0, 1e300 } do print(math.floor(v), math.ceil(v), math.type(math.floor(v))) end
--- square roots
for i = 0, 20 do io.write(tostring(math.sqrt(i)), " ") end print()
--- sine and cosine
for i = -12, 12 do print(math.sin(i / 2), math.cos(i / 2)) end
--- sine and cosine of large arguments
for _, v in ipairs { 10, 100, 1000, 1e5, 1e8, 1e15, 1e22, 1e300, 0.001, 1e-10, 1e-300 } do print(math.sin(v), math.cos(v)) end
--- tangent
for i = -10, 10 do io.write(tostring(math.tan(i / 4)), " ") end print()
--- arc functions
for i = -10, 10 do local x = i / 10 print(math.asin(x), math.acos(x), math.atan(x * 10)) end
--- atan of two arguments
for _, p in ipairs { { 0, 1 }, { 1, 0 }, { 0, -1 }, { -1, 0 }, { 1, 1 }, { -1, 1 }, { 1, -1 }, { -1, -1 }, { 0.0, 0 }, { -0.0, -1 }, { 0.5, 3 }, { math.huge, 1 }, { 1, -math.huge }, { math.huge, math.huge } } do io.write(tostring(math.atan(p[1], p[2])), " ") end print()
--- exponential
for i = -10, 10 do io.write(tostring(math.exp(i)), " ") end print() print(math.exp(0.5), math.exp(710), math.exp(-750), math.exp(1e-10), math.exp(-math.huge), math.exp(700))
--- logarithms
for _, v in ipairs { 0.001, 0.1, 0.5, 1, 2, math.exp(1), 10, 100, 1e10, 1e300, 5e-324 } do print(math.log(v), math.log(v, 2), math.log(v, 10), math.log(v, 3)) end
--- logarithms with special arguments
print(math.log(0), math.log(1), math.log(math.huge), math.log(8, 2), math.log(1000, 10), math.log(2, 4), math.log(100, 0.1), math.log(2, math.huge), math.log(1024, 2.0), math.log(0, 2), math.log(0, 10))
--- powers
for _, p in ipairs { { 2, 0.5 }, { 2, -0.5 }, { 10, 3.3 }, { 0.1, 5 }, { 1.0001, 10000 }, { 3, 40 }, { 7, 1/3 }, { 1e-5, 2.5 }, { 1.5, 100 }, { 9, 0.5 }, { 2, 1023 }, { 2, -1074 } } do io.write(tostring(p[1] ^ p[2]), " ") end print()
--- degrees and radians
for _, v in ipairs { 0, 30, 45, 60, 90, 180, 270, 360, -90 } do io.write(tostring(math.rad(v)), " ", tostring(math.deg(math.rad(v))), " ") end print() print(math.deg(math.pi), math.deg(1), math.rad(1))
--- maximum and minimum
print(math.max(1), math.max(1, 2, 3), math.max(3.5, 3), math.max(-1, -2.5), math.min(1, 2, 3), math.min(3.5, 3), math.max(1, 1.0), math.max(1.0, 1), math.min(2, 2.0), pcall(math.max, "10", 9), math.max(math.mininteger, -math.huge), math.max(math.maxinteger, math.huge), math.max(2^53, 2^53 | 0))
--- absolute values
print(math.abs(1.5), math.abs(-1.5), math.abs(-0.0), math.abs(-3), math.abs(math.mininteger), math.abs(-math.huge), math.abs("-7"), math.abs("-7.5"))
--- fmod
for _, p in ipairs { { 5, 3 }, { -5, 3 }, { 5, -3 }, { -5, -3 }, { 5.5, 2 }, { -5.5, 2 }, { 1e20, 3 }, { 5, math.huge }, { 0.3, 0.1 }, { math.mininteger, -1 }, { math.mininteger, 7 }, { "7", "4" } } do io.write(tostring(math.fmod(p[1], p[2])), " ") end print()
--- modf
for _, v in ipairs { 1.5, -1.5, 0.25, 100, -100, 1e300, 2^53 + 0.0, math.huge, -math.huge, 0.0, -0.0, 0.1 } do io.write(tostring((math.modf(v))), ",", tostring((select(2, math.modf(v)))), " ") end print()
--- types
print(math.type(1), math.type(1.0), math.type("1"), math.type(nil), math.type({}), math.type(2^53), math.type(1 // 1), math.type(1 / 1), math.type(3 % 2.0), math.type(math.huge), pcall(math.type))
--- tointeger
print(math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"), math.tointeger("8.0"), math.tointeger("x"), math.tointeger(2^62), math.tointeger(2^63), math.tointeger(-2^63), math.tointeger({}), math.tointeger(0x7fffffffffffffff))
--- identities
local ok = true for i = -50, 50 do local x = i / 7 ok = ok and math.abs(math.sin(x)^2 + math.cos(x)^2 - 1) < 1e-14 and math.abs(math.exp(math.log(math.abs(x) + 1)) - math.abs(x) - 1) < 1e-13 and math.abs(math.tan(math.atan(x)) - x) < 1e-12 end print(ok)
--- numeric integration
local s, n = 0, 1000 for i = 0, n - 1 do local x = (i + 0.5) / n s = s + 4 / (1 + x * x) end print(string.format("%.12f", s / n))
--- series of pi and e
local p, e, f = 0, 0, 1 for k = 0, 1000 do p = p + (-1) ^ k / (2 * k + 1) end for k = 0, 20 do e = e + 1 / f f = f * (k + 1) end print(string.format("%.12f %.14f", 4 * p, e))
--- statistics
local t = {} for i = 1, 100 do t[i] = (i * 37 % 101) / 3 end local s = 0 for _, v in ipairs(t) do s = s + v end local m = s / #t local q = 0 for _, v in ipairs(t) do q = q + (v - m) ^ 2 end print(m, math.sqrt(q / #t), math.max(table.unpack(t)), math.min(table.unpack(t)))
--- golden ratio by fixed point
local x = 1.0 for i = 1, 100 do x = 1 + 1 / x end print(x, x == (1 + math.sqrt(5)) / 2, math.floor(x ^ 20 / math.sqrt(5) + 0.5))
--- discrete Fourier transform
local n, re, im = 16, {}, {} for k = 0, n - 1 do local a, b = 0, 0 for t = 0, n - 1 do local x = t % 4 a = a + x * math.cos(2 * math.pi * k * t / n) b = b - x * math.sin(2 * math.pi * k * t / n) end re[k], im[k] = a, b end for k = 0, n - 1 do io.write(string.format("%.6f,%.6f ", re[k] + 0.0000001, im[k] + 0.0000001)) end print()
--- no functions beyond the library
local names = {} for _, k in ipairs { "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max", "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "randomseed", "sin", "sqrt", "tan", "tointeger", "type", "ult" } do names[#names + 1] = type(math[k]) end print(table.concat(names, " "))
