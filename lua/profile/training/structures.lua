-- Structures: queues, heaps, lists, tries, graphs, sets, caches.
local queue = {first = 1, last = 0}
for i = 1, 30000 do
  queue.last = queue.last + 1
  queue[queue.last] = i
  if i % 3 ~= 0 then queue[queue.first] = nil; queue.first = queue.first + 1 end
end
local heap = {}
local function push(value)
  local at = #heap + 1
  heap[at] = value
  while at > 1 and heap[at // 2] > value do heap[at] = heap[at // 2]; at = at // 2 end
  heap[at] = value
end
local function pop()
  local top, last = heap[1], table.remove(heap)
  local n, at = #heap, 1
  while 2 * at <= n do
    local child = 2 * at
    if child < n and heap[child + 1] < heap[child] then child = child + 1 end
    if heap[child] >= last then break end
    heap[at], at = heap[child], child
  end
  if n > 0 then heap[at] = last end
  return top
end
for i = 1, 6000 do push(i * 7919 % 10007) end
local before = -1
while #heap > 0 do local top = pop(); assert(top >= before); before = top end
local trie, words = {}, 0
for i = 1, 3000 do
  local node = trie
  for letter in ("w" .. i * 37 % 5000):gmatch(".") do
    node[letter] = node[letter] or {}
    node = node[letter]
  end
  if not node.word then node.word = true; words = words + 1 end
end
local edges = {}
for i = 1, 2000 do edges[i] = {i * 3 % 2000 + 1, i * 7 % 2000 + 1, (i + 1) % 2000 + 1} end
for start = 1, 8 do
  local distance, frontier = {[start] = 0}, {start}
  while #frontier > 0 do
    local following = {}
    for _, node in ipairs(frontier) do
      for _, other in ipairs(edges[node]) do
        if not distance[other] then distance[other] = distance[node] + 1; following[#following + 1] = other end
      end
    end
    frontier = following
  end
end
local cache, hits = {}, 0
for i = 1, 60000 do
  local key = "key" .. i * 31 % 700
  if cache[key] then hits = hits + 1; if i % 5 == 0 then cache[key] = nil end else cache[key] = {i} end
end
local list
for i = 1, 20000 do list = {value = i, following = list} end
local count = 0
while list do count = count + 1; list = list.following end
local array = {}
for i = 1, 4000 do table.insert(array, i * 7919 % 4001) end
for i = 1, 150 do table.insert(array, i, i); table.remove(array, i + 1) end
table.sort(array)
table.sort(array, function(a, b) return a > b end)
local copy = table.move(array, 1, #array, 1, {})
local union = {}
for i, value in ipairs(copy) do union[value] = i end
for value in pairs(union) do if value % 2 == 0 then union[value] = nil end end
for round = 1, 12 do for key, value in next, union do count = count + value % 2 end end
local sparse = {}
for i = 1, 20000 do sparse[i * 17 % 1000003 * 64] = i end
for key, value in pairs(sparse) do count = count + value % 3 end
assert(words > 0 and hits > 0 and count > 20000)
