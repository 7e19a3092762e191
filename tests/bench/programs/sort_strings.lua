-- How fast are strings compared? Names with long common beginnings, sorted.

local ROUNDS <const>, SIZE <const> = 50, 2500

local checksum = 0
for round = 1, ROUNDS do
  local seed, names = round * 7919, {}
  for i = 1, SIZE do
    seed = (seed * 16807) % 2147483647
    names[i] = (i % 3 == 0 and "/srv/data/tenants/" or "user-") .. seed % 100000 .. (i % 5 == 0 and "/index" or "")
  end
  table.sort(names)
  for i = 2, SIZE do assert(names[i - 1] <= names[i]) end
  for i = 1, SIZE, 13 do checksum = (checksum * 31 + #names[i] + names[i]:byte(-1)) % 1000000007 end
end
return checksum
