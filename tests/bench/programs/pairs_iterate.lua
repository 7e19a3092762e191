-- How fast are pairs, ipairs and next? Arrays and records walked over and over.

local ROUNDS <const> = 1400

local list, record = {}, {}
for i = 1, 600 do list[i] = i * 3 % 101 end
for i = 1, 300 do record["field" .. i] = i end

local function is_empty(value) return next(value) == nil end

local sum, empty = 0, 0
for round = 1, ROUNDS do
  for index, value in ipairs(list) do sum = sum + index * value % 7 end
  for _, value in pairs(record) do sum = sum + value end
  for index, value in pairs(list) do sum = sum + index - value end
  local key, value = next(record)
  while key do
    sum = sum + value % 3
    key, value = next(record, key)
  end
  if is_empty(round % 2 == 0 and {} or record) then empty = empty + 1 end
end
return string.format("%d %d", sum, empty)
