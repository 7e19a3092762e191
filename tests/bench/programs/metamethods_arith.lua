-- What do operators on objects cost? Rational numbers with __add, __sub, __mul, __eq, __lt, __unm and __tostring.

local ROUNDS <const> = 3600

local Rational = {}
Rational.__index = Rational

local function gcd(a, b)
  while b ~= 0 do a, b = b, a % b end
  return a
end

local function rational(numerator, denominator)
  local divisor = gcd(numerator < 0 and -numerator or numerator, denominator)
  return setmetatable({ n = numerator // divisor, d = denominator // divisor }, Rational)
end

function Rational.__add(a, b) return rational(a.n * b.d + b.n * a.d, a.d * b.d) end
function Rational.__sub(a, b) return rational(a.n * b.d - b.n * a.d, a.d * b.d) end
function Rational.__mul(a, b) return rational(a.n * b.n, a.d * b.d) end
function Rational.__unm(a) return rational(-a.n, a.d) end
function Rational.__eq(a, b) return a.n == b.n and a.d == b.d end
function Rational.__lt(a, b) return a.n * b.d < b.n * a.d end
function Rational.__tostring(a) return a.n .. "/" .. a.d end

local half, zero = rational(1, 2), rational(0, 1)
local checksum, equal = 0, 0
for round = 1, ROUNDS do
  local sum = zero
  for i = 1, 12 do
    local term = rational(i * round % 11 + 1, i % 6 + 2)
    if half < term then sum = sum + term * half else sum = sum - term end
    if sum == half or -term == sum then equal = equal + 1 end
    if sum.d > 100000 then sum = zero end
  end
  checksum = (checksum * 31 + sum.n + #tostring(sum)) % 1000000007
end
return string.format("%d %d", checksum, equal)
