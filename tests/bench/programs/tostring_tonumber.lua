-- What does it cost to turn numbers into text and back? Integers, floats, hexadecimal and other bases.

local TURNS <const> = 40000

local sum, length, refused = 0, 0, 0
for i = 1, TURNS do
  local integer = tostring(i * 7919)
  local float = tostring(i / 8)
  local scientific = i .. "e" .. i % 5
  length = length + #integer + #float
  sum = sum + tonumber(integer) % 1009 + tonumber(float) + tonumber(scientific) % 1013
  sum = sum + tonumber("0x" .. integer) % 11 + tonumber(integer, 16) % 13
  if not tonumber(float .. "x") then refused = refused + 1 end
  if math.type(tonumber(integer)) == "integer" then length = length + 1 end
end
return string.format("%.3f %d %d", sum, length, refused)
