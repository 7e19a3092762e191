-- How fast is the array part of a table read and written? The sieve of Eratosthenes, repeated.

local LIMIT <const>, ROUNDS <const> = 16000, 190

local function sieve(limit)
  local composite = {}
  for i = 1, limit do composite[i] = false end
  local count, sum = 0, 0
  for i = 2, limit do
    if not composite[i] then
      count, sum = count + 1, sum + i
      for multiple = i * i, limit, i do composite[multiple] = true end
    end
  end
  return count, sum
end

local total = 0
for round = 1, ROUNDS do
  local count, sum = sieve(LIMIT - round)
  total = total + count + sum
end
return total
