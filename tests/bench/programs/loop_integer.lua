-- How fast are loops over integers? The longest Collatz sequence below a limit, without a table.

local LIMIT <const> = 35000

local best_start, best_length, total = 0, 0, 0
for start = 1, LIMIT do
  local n, length = start, 1
  while n ~= 1 do
    if n % 2 == 0 then
      n = n // 2
    else
      n = 3 * n + 1
    end
    length = length + 1
  end
  total = total + length
  if length > best_length then
    best_start, best_length = start, length
  end
end

return string.format("%d %d %d", best_start, best_length, total)
