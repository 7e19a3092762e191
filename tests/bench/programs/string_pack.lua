-- How fast is binary data written and read? string.pack and string.unpack of records with mixed fields.

local ROUNDS <const>, RECORDS <const> = 600, 200

local checksum = 0
for round = 1, ROUNDS do
  local parts = {}
  for i = 1, RECORDS do
    parts[i] = string.pack("<I4 i2 d B s2 z", i * round, -i, i / 4, i % 256, "name" .. i % 10, "end")
  end
  local data = table.concat(parts)
  local at = 1
  while at <= #data do
    local id, delta, ratio, flag, name, last
    id, delta, ratio, flag, name, last, at = string.unpack("<I4 i2 d B s2 z", data, at)
    checksum = checksum + id + delta + ratio * 4 // 1 + flag + #name + #last
  end
end
return string.format("%d", checksum)
