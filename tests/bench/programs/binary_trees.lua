-- What does the garbage collector cost? Trees of small tables, made and dropped, beside one that lives on.

local DEPTH <const>, ROUNDS <const> = 10, 250

local function make(depth)
  if depth == 0 then return {} end
  depth = depth - 1
  return { make(depth), make(depth) }
end

local function count(tree)
  if tree[1] then return 1 + count(tree[1]) + count(tree[2]) end
  return 1
end

local long_lived = make(DEPTH)
local checksum = 0
for round = 1, ROUNDS do
  local depth = round % DEPTH + 1
  for _ = 1, 2 ^ (DEPTH - depth) // 1 do checksum = checksum + count(make(depth)) end
end
return string.format("%d %d", checksum, count(long_lived))
