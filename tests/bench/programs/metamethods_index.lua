-- What do __index and __newindex functions, __len and __call cost? A table that checks and counts its accesses.

local ROUNDS <const>, SIZE <const> = 1600, 100

local function observed(target)
  local reads, writes = 0, 0
  local proxy = setmetatable({}, {
    __index = function(_, key)
      reads = reads + 1
      return target[key]
    end,
    __newindex = function(_, key, value)
      writes = writes + 1
      target[key] = value
    end,
    __len = function() return #target end,
    __call = function(_, from, to)
      local sum = 0
      for i = from, to do sum = sum + target[i] end
      return sum
    end,
  })
  return proxy, function() return reads, writes end
end

local checksum = 0
local list, counts = observed({})
for i = 1, SIZE do list[i] = i end
for round = 1, ROUNDS do
  for i = 1, #list do
    list[i] = (list[i] * 7 + round) % 1009
    if i > 1 and list[i] < list[i - 1] then
      list[i], list[i - 1] = list[i - 1], list[i]
    end
  end
  list.label = round
  checksum = (checksum * 31 + list(1, 10) + #list + list.label) % 1000000007
end
local reads, writes = counts()
return string.format("%d %d %d", checksum, reads, writes)
