-- How fast is table.sort with its own order? Integers and floats, random, sorted and with many equals.

local ROUNDS <const>, SIZE <const> = 20, 4000

local seed = 7
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local function checked(items)
  for i = 2, #items do assert(items[i - 1] <= items[i]) end
  return items[1] + items[#items // 2] + items[#items]
end

local checksum = 0
for _ = 1, ROUNDS do
  local integers, floats, equals = {}, {}, {}
  for i = 1, SIZE do
    integers[i], floats[i], equals[i] = random(1000000), random(1000000) / 8, random(16)
  end
  table.sort(integers)
  table.sort(floats)
  table.sort(equals)
  table.sort(integers)
  checksum = checksum + checked(integers) + checked(floats) + checked(equals)
end
return string.format("%.3f", checksum)
