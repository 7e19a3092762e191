-- What do table.insert, table.remove and table.unpack cost? A stack, a short queue and an ordered list.

local ROUNDS <const>, LIST <const> = 34, 150

local checksum = 0
local function note(value) checksum = (checksum * 31 + value) % 1000000007 end

local function stack(size)
  local items = {}
  for i = 1, size do table.insert(items, i * 3) end
  while #items > 1 do
    local a, b = table.remove(items), table.remove(items)
    table.insert(items, (a + b) % 1009)
  end
  note(items[1])
end

local function queue(length, turns)
  local items = {}
  for i = 1, length do items[i] = i end
  for _ = 1, turns do
    local first = table.remove(items, 1)
    table.insert(items, (first * 7 + 1) % 1013)
  end
  note(items[1] + items[length])
end

local function ordered(size)
  local items, seed = {}, 17
  for _ = 1, size do
    seed = (seed * 16807) % 2147483647
    local low, high = 1, #items + 1
    while low < high do
      local middle = (low + high) // 2
      if items[middle] < seed then low = middle + 1 else high = middle end
    end
    table.insert(items, low, seed)
  end
  local a, b, c = table.unpack(items, size // 2, size // 2 + 2)
  note(a + b + c)
end

for _ = 1, ROUNDS do
  stack(6000)
  queue(12, 6000)
  for _ = 1, 4 do ordered(LIST) end
end
return checksum
