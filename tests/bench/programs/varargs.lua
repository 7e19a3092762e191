-- What do variable arguments cost? select, table.pack, table.unpack and forwarding with "...".

local TURNS <const> = 80000

local function sum(...)
  local total = 0
  for i = 1, select("#", ...) do total = total + (select(i, ...)) end
  return total
end

local function largest(first, ...)
  local best = first
  for _, value in ipairs({ ... }) do
    if value > best then best = value end
  end
  return best
end

local function bind(f, ...)
  local bound = table.pack(...)
  return function(...)
    local all = { table.unpack(bound, 1, bound.n) }
    for i = 1, select("#", ...) do all[bound.n + i] = (select(i, ...)) end
    return f(table.unpack(all))
  end
end

local function forward(f, ...) return f(...) end

local plus = bind(sum, 1, 2, 3)
local checksum = 0
for i = 1, TURNS do
  checksum = checksum + sum(i, 2, 3, 4, 5, 6) + largest(i % 7, i % 11, i % 5, 4)
  checksum = checksum + forward(forward, sum, i, i, i) % 13
  if i % 2 == 0 then checksum = checksum + plus(i, 9) end
end
return checksum
