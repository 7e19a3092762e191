-- How fast are small float functions called over arrays? The spectral norm of an infinite matrix.

local SIZE <const>, ROUNDS <const> = 180, 20

local function element(i, j)
  local ij = i + j - 1
  return 1.0 / (ij * (ij - 1) * 0.5 + i)
end

local function multiply(from, to)
  for i = 1, SIZE do
    local sum = 0.0
    for j = 1, SIZE do sum = sum + from[j] * element(i, j) end
    to[i] = sum
  end
end

local function multiply_transposed(from, to)
  for i = 1, SIZE do
    local sum = 0.0
    for j = 1, SIZE do sum = sum + from[j] * element(j, i) end
    to[i] = sum
  end
end

local u, v, scratch = {}, {}, {}
for i = 1, SIZE do u[i] = 1.0 end
for _ = 1, ROUNDS do
  multiply(u, scratch)
  multiply_transposed(scratch, v)
  multiply(v, scratch)
  multiply_transposed(scratch, u)
end

local uv, vv = 0.0, 0.0
for i = 1, SIZE do
  uv, vv = uv + u[i] * v[i], vv + v[i] * v[i]
end
return string.format("%.9f", math.sqrt(uv / vv))
