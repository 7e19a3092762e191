-- What do inserts and deletes of string keys cost? A cache of sessions that is filled, looked up and emptied.

local TURNS <const>, SPREAD <const> = 480000, 4000

local sessions, live, hits, checksum = {}, 0, 0, 0
local seed = 3
for turn = 1, TURNS do
  seed = (seed * 16807) % 2147483647
  local key = "session:" .. seed % SPREAD
  local found = sessions[key]
  if not found then
    sessions[key] = turn
    live = live + 1
  elseif turn - found > 2000 then
    sessions[key] = nil
    live = live - 1
    checksum = (checksum + turn - found) % 1000000007
  else
    hits = hits + 1
  end
end

local left = 0
for _, turn in pairs(sessions) do left = left + turn % 100 end
return string.format("%d %d %d %d", live, hits, checksum, left)
