-- How fast is backtracking over arrays? Every way to place queens on boards of six to ten rows.

local SMALLEST <const>, LARGEST <const> = 6, 10

local solutions, placed, checksum = 0, 0, 0

local function safe(board, row, column)
  for i = 1, row - 1 do
    local other = board[i]
    if other == column or other - i == column - row or other + i == column + row then return false end
  end
  return true
end

local function place(board, row, size)
  if row > size then
    solutions = solutions + 1
    for i = 1, size do checksum = (checksum * 10 + board[i]) % 1000000007 end
    return
  end
  for column = 1, size do
    if safe(board, row, column) then
      board[row] = column
      placed = placed + 1
      place(board, row + 1, size)
    end
  end
end

for size = SMALLEST, LARGEST do place({}, 1, size) end
return string.format("%d %d %d", solutions, placed, checksum)
