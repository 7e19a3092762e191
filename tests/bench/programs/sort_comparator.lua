-- What does table.sort cost when it calls back into Lua? Records ordered by two fields.

local ROUNDS <const>, SIZE <const> = 30, 2000

local seed = 11
local function random(limit)
  seed = (seed * 16807) % 2147483647
  return seed % limit
end

local function by_team_then_points(a, b)
  if a.team ~= b.team then return a.team < b.team end
  if a.points ~= b.points then return a.points > b.points end
  return a.id < b.id
end

local players = {}
for i = 1, SIZE do players[i] = { id = i } end

local checksum = 0
for _ = 1, ROUNDS do
  for _, player in ipairs(players) do
    player.team, player.points = random(20), random(300)
  end
  table.sort(players, by_team_then_points)
  for i = 1, SIZE, 17 do checksum = (checksum * 31 + players[i].id) % 1000000007 end
  table.sort(players, function(a, b) return a.id < b.id end)
end
return checksum
