-- How fast are arrays of arrays? Square float matrices, multiplied the plain way.

local SIZE <const>, ROUNDS <const> = 60, 16

local function fill(size, factor)
  local rows = {}
  for i = 1, size do
    local row = {}
    for j = 1, size do row[j] = factor * (i - j) * (i + j - 2) + 0.5 end
    rows[i] = row
  end
  return rows
end

local function multiply(a, b)
  local size, product = #a, {}
  for i = 1, size do
    local row, from = {}, a[i]
    for j = 1, size do
      local sum = 0.0
      for k = 1, size do sum = sum + from[k] * b[k][j] end
      row[j] = sum
    end
    product[i] = row
  end
  return product
end

local checksum = 0.0
local a = fill(SIZE, 1.0 / SIZE / SIZE)
for round = 1, ROUNDS do
  local product = multiply(a, fill(SIZE, round / SIZE))
  checksum = checksum + product[SIZE // 2][SIZE // 3]
end
return string.format("%.6f", checksum)
