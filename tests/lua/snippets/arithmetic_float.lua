--- infinities
local inf = math.huge
print(inf + 1, -inf - 1, inf * 2, inf * -1, 1 / inf, -1 / inf, inf == inf, -inf < inf, inf > 1e308, 1 / 0, -1 / 0)
--- results that are not a number
local inf = math.huge
for i, v in ipairs { 0/0, inf - inf, inf * 0, inf % 2, 5.0 % 0, (-8) ^ (1/3), math.sqrt(-1), math.fmod(inf, 1), math.log(-1), math.acos(2) } do io.write(tostring(v ~= v), " ") end
print()
--- modulo of floats takes the divisor's sign
for _, p in ipairs { { 5.5, 2 }, { -5.5, 2 }, { 5.5, -2 }, { -5.5, -2 }, { 6.0, 2 }, { -6.0, 2 }, { 0.0, 3 }, { -0.0, 3 }, { 1e15, 7 }, { 1, 0.1 }, { 5.3, 1e300 }, { -5.3, 1e300 } } do
  print(p[1] % p[2], p[1] // p[2], math.fmod(p[1], p[2]))
end
--- modulo and floor division by infinity
local inf = math.huge
print(5.0 % inf, -5.0 % inf, 5.0 % -inf, -5.0 % -inf, 0.0 % inf, 5 // inf, -5 // inf, 5 // -inf, -5 // -inf)
--- floor division of floats
for _, p in ipairs { { 7.0, 2 }, { -7.0, 2 }, { 7.0, -2 }, { 0.5, 0.25 }, { 1e300, 1e-10 }, { -1, 1e300 }, { 1.0, 0 }, { -1.0, 0 } } do print(p[1] // p[2]) end
--- accumulating tenths
local s = 0.0
for i = 1, 10 do s = s + 0.1 end
print(s, s == 1, 1 - s, string.format("%.17g", s))
--- summing a harmonic series in both directions
local a, b = 0.0, 0.0
for i = 1, 1000 do a = a + 1 / i end
for i = 1000, 1, -1 do b = b + 1 / i end
print(string.format("%.17g %.17g", a, b), a == b)
--- powers with special operands
local inf = math.huge
print(0.0 ^ 0, 1 ^ inf, 2 ^ inf, 2 ^ -inf, 0.5 ^ inf, inf ^ 0, inf ^ -1, (-inf) ^ 3, (-2) ^ 2, (-2.0) ^ -3, 0.0 ^ -1, 4 ^ 0.5, 8 ^ (1/3), 1e10 ^ 30)
--- limits of precision
print(2^53 == 2^53 + 1, 2^53 + 1.0 == 2^53, 1e16 + 1 == 1e16, 0.1 + 0.2 == 0.3, 1.0 + 2^-52 == 1, 1.0 + 2^-53 == 1)
--- subnormal arithmetic
local tiny = 5e-324
print(tiny / 2, tiny * 2, tiny / 2 == 0, tiny * 0.75 == tiny, 2.2250738585072014e-308 / 4, tiny + tiny, 1e-308 * 1e-10)
--- overflow and underflow
print(1e308 + 1e308, -1e308 * 10, 1e-200 * 1e-200, -1e-200 * 1e-200, 1e308 * 10 / 10)
--- float to integer conversions in indexing
local t = { 10, 20, 30 }
print(t[1.0], t[2.0], t[1.5], t[3.0], t[2^53], t[-0.0])
--- float keys
local t = {}
t[0.5], t[-0.5], t[1e100], t[math.huge], t[-math.huge] = 1, 2, 3, 4, 5
print(t[0.5], t[-0.5], t[1e100], t[math.huge], t[-math.huge], t[1/2], t[5e-1])
--- square roots
for _, v in ipairs { 0, 1, 2, 3, 4, 10, 0.25, 1e300, 1e-300, 2^52 } do io.write(string.format("%.17g ", math.sqrt(v))) end print()
--- Newton's iteration
local x = 1.0
for i = 1, 8 do x = (x + 2 / x) / 2 io.write(string.format("%.17g ", x)) end print()
--- the logistic map stays in step
local x = 0.3
for i = 1, 60 do x = 3.9 * x * (1 - x) end
print(string.format("%.17g", x))
--- polynomials by Horner's rule
local function poly(x, ...) local r = 0.0 for _, c in ipairs { ... } do r = r * x + c end return r end
for _, x in ipairs { -2, -0.5, 0, 0.1, 3 } do print(poly(x, 1, -2, 3.5, 0.25)) end
--- comparison chains with floats
print(1.5 < 2, 1.5 <= 1.5, -0.0 < 0.0, -0.0 <= 0.0, 1e308 < math.huge, -math.huge <= -math.huge, 0.1 < 0.1, 0.1 <= 0.1)
--- mixed minimum and maximum
print(math.max(1, 2.5), math.max(2, 2.0), math.max(2.0, 2), math.min(1, 1.0), math.min(1.0, 1), math.max(-0.0, 0.0), math.min(3, 2, 1, 0.5), math.max(10))
--- rounding helpers
for _, v in ipairs { -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, 1e15 + 0.3 } do io.write(math.floor(v), ",", math.ceil(v), ",", math.floor(v + 0.5), " ") end print()
--- dot products
local a, b, s = {}, {}, 0.0
for i = 1, 100 do a[i] = i / 7 b[i] = 1 / (i + 3) end
for i = 1, 100 do s = s + a[i] * b[i] end
print(string.format("%.17g", s))
