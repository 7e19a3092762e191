-- What does string.format cost? Integers, floats, strings, quoting and padding, as reports use them.

local ROWS <const> = 32000

local format = string.format
local checksum = 0
local function note(text) checksum = (checksum * 31 + #text + text:byte(-1) + text:byte(#text // 2)) % 1000000007 end

for i = 1, ROWS do
  note(format("%6d %-10s %8.2f|", i, "item" .. i % 50, i * 1.25))
  note(format("%04x:%02X %5.1f%%", i % 65536, i % 256, i % 1000 / 10))
  note(format("%s=%d", "key", i))
  if i % 4 == 0 then note(format("%q %g %s", "line\n" .. i, i / 8, i % 8 == 0)) end
end
return checksum
