-- Arithmetic: integers, floats, bits, conversions.
local function gcd(a, b) while b ~= 0 do a, b = b, a % b end return a end
local coprime = 0
for i = 1, 400 do for j = i, 400 do if gcd(i, j) == 1 then coprime = coprime + 1 end end end
local sieve, primes = {}, 0
for i = 2, 60000 do sieve[i] = true end
for i = 2, 60000 do
  if sieve[i] then
    primes = primes + 1
    for j = i * i, 60000, i do sieve[j] = false end
  end
end
local longest = 0
for start = 1, 6000 do
  local n, steps = start, 0
  while n ~= 1 do
    if n & 1 == 0 then n = n >> 1 else n = 3 * n + 1 end
    steps = steps + 1
  end
  if steps > longest then longest = steps end
end
local inside = 0
for y = 0, 39 do
  for x = 0, 59 do
    local cr, ci, zr, zi, n = x / 20 - 2.0, y / 20 - 1.0, 0.0, 0.0, 0
    while n < 60 and zr * zr + zi * zi < 4.0 do zr, zi, n = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci, n + 1 end
    if n == 60 then inside = inside + 1 end
  end
end
local size, a = 40, {}
for i = 1, size do
  a[i] = {}
  for j = 1, size do a[i][j] = (i == j and 50.0 or 0.0) + 1 / (i + j) end
end
for k = 1, size do
  for i = k + 1, size do
    local f = a[i][k] / a[k][k]
    for j = k, size do a[i][j] = a[i][j] - f * a[k][j] end
  end
end
local h = 0
for i = 1, 200000 do h = (h ~ i) * 16777619 & 0xffffffff; h = h ~ (h >> 15) ~ (h << 3 & 0xff) end
local sum = 0.0
for i = 1, 30000 do sum = sum + math.floor(i / 3) + math.sqrt(i) + math.max(i, 7, 3) + math.abs(-i) + i // 7 + i % 7 + i ^ 2 end
local text = 0
for i = 1, 10000 do text = text + #tostring(i) + #tostring(i / 8) + tonumber("0x" .. i) + tonumber(i .. ".5") + math.tointeger(i + 0.0) end
assert(coprime > 0 and primes == 6057 and longest > 200 and inside > 0 and sum > text)
