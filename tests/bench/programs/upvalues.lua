-- How fast are captured variables read and written? A random source, counters and a memoised function share theirs.

local TURNS <const> = 400000

local function source(seed)
  local state, drawn = seed, 0
  local function next_number()
    state = (state * 16807) % 2147483647
    drawn = drawn + 1
    return state
  end
  return next_number, function() return drawn end
end

local function statistics()
  local count, sum, low, high = 0, 0, math.huge, -math.huge
  local function add(value)
    count, sum = count + 1, sum + value
    if value < low then low = value end
    if value > high then high = value end
  end
  return add, function() return count, sum, low, high end
end

local draw, drawn = source(99)
local add, report = statistics()
local total = 0

for _ = 1, TURNS do
  local value = draw()
  if value % 3 == 0 then add(value) else add(value // 2) end
end

for i = 1, TURNS do
  (function() total = total + i % 7 end)()
end

local count, sum, low, high = report()
return string.format("%d %d %d %d %d %d", drawn(), count, sum, low, high, total)
