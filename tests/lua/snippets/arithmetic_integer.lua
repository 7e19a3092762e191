--- addition, subtraction and multiplication wrap around
local M, m = math.maxinteger, math.mininteger
print(M + 1 == m, m - 1 == M, M * 2, m * 2, m * -1 == m, -m == m, M * M, m * m, M + M, m + m)
--- mixed operands give floats
print(1 + 1.0, 1 - 1.0, 2 * 3.0, 7 // 2.0, 7 % 2.5, 2^2, 4 / 2, 1 + 0.5, math.maxinteger + 0.0, math.maxinteger + 1.0)
--- division always gives a float
print(4 / 2, 1 / 2, -7 / 7, 0 / 5, 7 / -2, math.mininteger / -1, math.maxinteger / 1)
--- exponentiation always gives a float
print(2 ^ 10, 2 ^ 0, 0 ^ 0, 2 ^ -1, (-2) ^ 3, -2 ^ 2, 2 ^ 3 ^ 2, 10 ^ 2, 2 ^ 0.5)
--- precedence
print(1 + 2 * 3 - 4 // 3 % 2, -3 ^ 2, not 1 == 2, 1 .. 2 .. 3, 2 * 3 % 4, 2 + 3 << 1, 1 << 2 + 1, 5 & 3 == 3 and 1 or 0 == 0)
--- unary minus
print(-5, - -5, -(-5), -math.mininteger, -math.maxinteger, -(2^63), -0)
--- comparison of integers
local M, m = math.maxinteger, math.mininteger
print(1 < 2, 2 <= 2, m < M, m <= m, M > m, 1 == 1.0, M == M + 0.0, m == m + 0.0, M < M + 0.0, M + 0.0 > M)
--- comparison of integers with floats is exact
local two53 = 1 << 53
for _, i in ipairs { two53 - 1, two53, two53 + 1 } do
  for _, f in ipairs { 2.0^53 - 1, 2.0^53, 2.0^53 + 2 } do io.write(tostring(i < f), tostring(i <= f), tostring(i == f), tostring(i > f), tostring(i >= f), " ") end
end
print()
print(math.maxinteger < 2^63, math.maxinteger <= 2^63, math.mininteger >= -2^63, math.mininteger < -2^63, math.maxinteger < math.huge, math.mininteger > -math.huge)
--- comparison of integers with fractions
for i = -2, 2 do for _, f in ipairs { -1.5, -0.5, 0.5, 1.5 } do io.write(tostring(i < f), ",", tostring(i <= f), ",", tostring(f < i), ",", tostring(f <= i), " ") end end
print()
--- NaN compares false with everything
local nan = 0/0
print(nan == nan, nan ~= nan, nan < 1, nan > 1, nan <= 1, nan >= 1, 1 < nan, math.maxinteger < nan, nan < math.mininteger, not (nan < nan))
--- factorials and powers wrap
local f = 1
for i = 1, 25 do f = f * i io.write(f, " ") end
print()
local p = 1
for i = 1, 45 do p = p * 3 end print(p)
--- Fibonacci to overflow
local a, b = 0, 1
for i = 1, 95 do a, b = b, a + b end
print(a, b)
--- integer keys and integral float keys are one key
local t = {}
t[1] = "a" t[1.0] = "b" t[2^53] = "c"
print(t[1], t[1.0], #t, t[1 << 53], next({ [3.0] = 1 }), math.type(next({ [3.0] = 1 })))
--- integer and float of one value
print(1 == 1.0, math.type(1), math.type(1.0), rawequal(1, 1.0), "1" == 1, 1 < 1.5, 0 == -0)
--- sums of a linear congruential generator
local x, sum = 1, 0
for i = 1, 1000 do x = x * 6364136223846793005 + 1442695040888963407 sum = sum ~ (x >> 17) end
print(x, sum)
--- arithmetic with string operands
print("10" + 5, "10" * "2", "3" - 1, "7" // 2, "7" % "4", -"2", "0x10" + 0, "1e1" + 0, " 5 " + 1, "2" ^ 2, "10" / 2)
--- math.ult and unsigned order
print(math.ult(1, 2), math.ult(-1, 2), math.ult(2, -1), math.ult(math.mininteger, math.maxinteger), math.ult(math.maxinteger, math.mininteger), math.ult(0, 0))
--- math.abs of integers
print(math.abs(-5), math.abs(5), math.abs(math.mininteger), math.abs(math.maxinteger), math.abs(-0))
--- the greatest common divisor
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end
print(gcd(48, 36), gcd(1071, 462), gcd(2^40 // 1 | 0, 2^35 // 1 | 0), gcd(-48, 36), gcd(0, 5), gcd(5, 0))
--- constant folding equals run-time arithmetic
local function id(x) return x end
print(7 // 2 == id(7) // id(2), -7 // 2 == id(-7) // id(2), -7 % 3 == id(-7) % id(3), 7.5 // 2 == id(7.5) // id(2), 2^0.5 == id(2)^id(0.5), 1 << 62 == id(1) << id(62), 5 // 0.0 == id(5) // id(0.0))
--- operations with immediate operands
local x = 10
print(x + 1, 1 + x, x - 1, 1 - x, x * 2, 2 * x, x // 3, 3 // x, x % 3, 3 % x, x / 4, 4 / x, x ^ 2, 2 ^ x, x & 6, 6 & x, x | 5, x ~ 3, x << 1, 1 << x, x >> 1, 1000 >> x)
local y = 10.5
print(y + 1, 1 + y, y - 1, 1 - y, y * 2, y // 3, 3 // y, y % 3, 3 % y, y / 4, 4 / y)
