-- What does it cost to make closures and to call them? A pipeline of map, filter and fold, built afresh each time.

local ROUNDS <const>, SIZE <const> = 3000, 100

local function map(items, f)
  local out = {}
  for i = 1, #items do out[i] = f(items[i]) end
  return out
end

local function filter(items, keep)
  local out = {}
  for i = 1, #items do
    if keep(items[i]) then out[#out + 1] = items[i] end
  end
  return out
end

local function fold(items, start, f)
  local value = start
  for i = 1, #items do value = f(value, items[i]) end
  return value
end

local function compose(f, g)
  return function(x) return f(g(x)) end
end

local function adder(n)
  return function(x) return x + n end
end

local function above(limit)
  return function(x) return x > limit end
end

local numbers = {}
for i = 1, SIZE do numbers[i] = i * 37 % 101 end

local checksum = 0
for round = 1, ROUNDS do
  local change = compose(adder(round), function(x) return x * 2 end)
  local adders = map(numbers, adder)
  local kept = filter(map(numbers, change), above(round + 50))
  local sum = fold(kept, 0, function(a, b) return (a * 3 + b) % 65521 end)
  for i = 1, #adders do sum = adders[i](sum) end
  checksum = (checksum + sum) % 1000000007
end
return checksum
