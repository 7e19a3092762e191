-- How fast are swaps and multiple assignment? Pancake flips of every permutation (fannkuch).

local SIZES <const> = { 6, 7, 8, 8, 8, 8 }

local function reverse(items, from, to)
  while from < to do
    items[from], items[to] = items[to], items[from]
    from, to = from + 1, to - 1
  end
end

local function flips_of(permutation, scratch)
  for i = 1, #permutation do scratch[i] = permutation[i] end
  local first, flips = scratch[1], 0
  while first ~= 1 do
    reverse(scratch, 1, first)
    first, flips = scratch[1], flips + 1
  end
  return flips
end

local function next_permutation(items)
  local size = #items
  local pivot = size - 1
  while pivot > 0 and items[pivot] > items[pivot + 1] do pivot = pivot - 1 end
  if pivot == 0 then return false end
  local swap = size
  while items[swap] < items[pivot] do swap = swap - 1 end
  items[pivot], items[swap] = items[swap], items[pivot]
  reverse(items, pivot + 1, size)
  return true
end

local total, most = 0, 0
for _, size in ipairs(SIZES) do
  local permutation, scratch = {}, {}
  for i = 1, size do permutation[i] = i end
  repeat
    local flips = flips_of(permutation, scratch)
    if flips > most then most = flips end
    total = total + flips
  until not next_permutation(permutation)
end
return string.format("%d %d", total, most)
