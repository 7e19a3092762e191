-- How fast is a priority queue in Lua itself? Events pushed into and popped from a binary heap.

local ROUNDS <const>, SIZE <const> = 24, 6000

local function push(heap, value)
  local child = #heap + 1
  heap[child] = value
  while child > 1 do
    local parent = child // 2
    if heap[parent] <= heap[child] then break end
    heap[parent], heap[child] = heap[child], heap[parent]
    child = parent
  end
end

local function pop(heap)
  local size = #heap
  local top = heap[1]
  heap[1] = heap[size]
  heap[size] = nil
  size = size - 1
  local parent = 1
  while true do
    local child = parent * 2
    if child > size then return top end
    if child < size and heap[child + 1] < heap[child] then child = child + 1 end
    if heap[parent] <= heap[child] then return top end
    heap[parent], heap[child] = heap[child], heap[parent]
    parent = child
  end
end

local seed, checksum = 23, 0
for _ = 1, ROUNDS do
  local heap = {}
  for _ = 1, SIZE do
    seed = (seed * 16807) % 2147483647
    push(heap, seed % 100000)
  end
  local last = -1
  while #heap > 0 do
    local value = pop(heap)
    assert(value >= last)
    last = value
    checksum = (checksum * 31 + value) % 1000000007
  end
end
return checksum
