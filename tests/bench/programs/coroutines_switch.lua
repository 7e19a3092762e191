-- What does one switch between coroutines cost? A producer, two filters and a consumer pass numbers along.

local NUMBERS <const> = 160000

local function producer(count)
  return coroutine.wrap(function()
    local state = 5
    for _ = 1, count do
      state = (state * 16807) % 2147483647
      coroutine.yield(state)
    end
  end)
end

local function halve(source)
  return coroutine.wrap(function()
    for value in source do
      coroutine.yield(value % 2 == 0 and value // 2 or value)
    end
  end)
end

local function pairs_of(source)
  return coroutine.create(function()
    local index = 0
    for value in source do
      index = index + 1
      coroutine.yield(index, value % 1000)
    end
    return nil
  end)
end

local checksum = 0
local thread = pairs_of(halve(producer(NUMBERS)))
while true do
  local ok, index, value = coroutine.resume(thread)
  assert(ok)
  if not index then break end
  checksum = (checksum * 31 + index + value) % 1000000007
end
return string.format("%d %s", checksum, coroutine.status(thread))
