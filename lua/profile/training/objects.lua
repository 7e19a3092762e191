-- Objects: classes, inheritance, operators, closures, memoising.
local Shape = {}
Shape.__index = Shape
function Shape.new(class, fields) return setmetatable(fields or {}, class) end
function Shape:area() return 0 end
function Shape:describe() return self.name .. "=" .. self:area() end
local Box = setmetatable({}, {__index = Shape})
Box.__index = Box
function Box:area() return self.width * self.height end
function Box:grow(by) self.width = self.width + by; self.height = self.height + by; return self end
local total, length = 0, 0
for i = 1, 60000 do
  local box = Shape.new(Box, {name = "box", width = i % 10, height = 3})
  total = total + box:grow(1):area()
  if i % 10 == 0 then length = length + #box:describe() end
end
local Point = {}
Point.__index = Point
local function point(x, y) return setmetatable({x = x, y = y}, Point) end
Point.__add = function(a, b) return point(a.x + b.x, a.y + b.y) end
Point.__sub = function(a, b) return point(a.x - b.x, a.y - b.y) end
Point.__mul = function(a, k) return point(a.x * k, a.y * k) end
Point.__eq = function(a, b) return a.x == b.x and a.y == b.y end
Point.__lt = function(a, b) return a.x < b.x end
Point.__le = function(a, b) return a.x <= b.x end
Point.__len = function() return 2 end
Point.__concat = function(a, b) return tostring(a) .. tostring(b) end
Point.__tostring = function(p) return "(" .. p.x .. "," .. p.y .. ")" end
Point.__call = function(p, dx) return p.x + dx end
local at, same = point(0, 0), 0
for i = 1, 20000 do
  local step = point(i % 3, i % 5) * 2 - point(1, 1)
  at = at + step
  if at == step or at < step or step <= at then same = same + 1 end
  if i % 50 == 0 then length = length + #(at .. step) + #at + at(1) end
end
local reads, writes = 0, 0
local watched = setmetatable({}, {
  __index = function(_, key) reads = reads + 1; return key * 2 end,
  __newindex = function(t, key, value) writes = writes + 1; rawset(t, key, value) end,
})
for i = 1, 20000 do if i % 4 == 0 then watched[i] = i end; total = total + watched[i] end
local function counter(step)
  local value = 0
  return function(by) value = value + (by or step); return value end, function() return value end
end
for i = 1, 10000 do
  local add, get = counter(i)
  add(); add(2); add()
  total = total + get()
end
local known = {}
local function paths(x, y)
  if x == 0 or y == 0 then return 1 end
  local key = x * 100 + y
  local result = known[key]
  if not result then result = paths(x - 1, y) + paths(x, y - 1); known[key] = result end
  return result
end
for _ = 1, 60 do known = {}; paths(16, 16) end
do
  local closed = 0
  for _ = 1, 2000 do local guard <close> = setmetatable({}, {__close = function() closed = closed + 1 end}) end
  assert(closed == 2000)
end
assert(reads + writes > 0 and total > length)
