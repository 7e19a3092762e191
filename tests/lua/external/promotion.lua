-- A plain table that is assigned to an external one is promoted in place: identity, sharing, cycles, refused assignments.
local function refused(pattern, f)
  local ok, message = pcall(f)
  assert(not ok, "not refused: " .. pattern)
  assert(tostring(message):find(pattern), message)
end
local u = { name = "first", tags = { "x", "y" } }
local tags = u.tags
_home.u = u
assert(rawequal(_home.u, u) and rawequal(_home.u.tags, tags) and u.name == "first")
u.name = "changed"
tags[3] = "z"
assert(_home.u.name == "changed" and #_home.u.tags == 3)

local shared = { 1 }
_home.a, _home.b = { s = shared }, { s = shared }
_home.a.s[1] = 2
assert(rawequal(_home.a.s, _home.b.s) and shared[1] == 2)

local loop = { child = {} }
loop.self, loop.child.parent = loop, loop
_home.loop = loop
assert(_home.loop.self.child.parent.self == loop)

-- A table that is already external stays the same.
local outside = ext.table()
outside.x = 1
_home.mix = { inner = { outside, u } }
assert(rawequal(_home.mix.inner[1], outside) and rawequal(_home.mix.inner[2], u))

-- Many levels at once, without recursion.
local chain = {}
local last = chain
for i = 1, 2000 do last.next = { i = i }; last = last.next end
_home.chain = chain
local n, node = 0, _home.chain
while node.next do node = node.next; n = n + 1 end
assert(n == 2000 and rawequal(node, last))
_home.chain = nil

-- The error has the path to the refused value, and nothing is changed.
local size = ext.size(_home)
local plain = { users = { {}, {}, { conn = coroutine.create(print), deep = { 1 } } } }
refused("^[^:]+:%d+: _home%.data%.users%[3%]%.conn is a thread, which cannot be stored$", function() _home.data = plain end)
refused("_home%.data%.x has a table as an index", function() _home.data = { x = { [{}] = 1 } } end)
refused("_home%.data%.x%[1%] is a table with '__mode' in its metatable, which cannot be stored",
  function() _home.data = { x = { setmetatable({}, { __mode = "k" }) } } end)
refused("_home%.data is a table with '__gc' in its metatable", function() _home.data = setmetatable({}, { __gc = print }) end)
refused("_home%.data%[metatable%]%.__index%.conn is a thread",
  function() _home.data = setmetatable({}, { __index = { conn = coroutine.create(print) } }) end)
refused("has an index that takes 4098 bytes encoded; the limit is 4096", function() _home.data = { y = { [("k"):rep(4096)] = 1 } } end)
assert(_home.data == nil and ext.size(_home) == size)
assert(not pcall(ext.size, plain) and not pcall(ext.size, plain.users[3]) and plain.users[3].deep[1] == 1)
plain.users[3].conn = nil
_home.data = plain
assert(_home.data.users[3].deep[1] == 1 and pcall(ext.size, plain.users))

-- Promotion during a loop over the table.
local walked, seen = {}, 0
for i = 1, 50 do walked[i] = i end
for k in pairs(walked) do
  seen = seen + 1
  if seen == 10 then _home.walked = walked end
end
assert(seen >= 50 and ext.size(walked) == 50)

-- Overwritten and garbage proxies.
for i = 1, 3000 do _home.row = { i = i, text = "t" .. i } end
collectgarbage()
assert(_home.row.i == 3000)
---- restart
assert(_home.u.name == "changed" and _home.u.tags[3] == "z")
assert(rawequal(_home.a.s, _home.b.s) and _home.a.s[1] == 2)
assert(rawequal(_home.loop.self, _home.loop) and _home.loop.child.parent == _home.loop)
assert(rawequal(_home.mix.inner[2], _home.u) and _home.mix.inner[1].x == 1)
local known = { [_home.u] = "u", [_home.loop] = "loop" }
collectgarbage()
assert(known[_home.u] == "u" and known[_home.loop.self] == "loop")
-- New ids are not those of the last instance.
_home.new = { 1, 2 }
assert(_home.u.name == "changed" and #_home.new == 2 and _home.walked[50] == 50)
---- restart
assert(#_home.new == 2 and #_home.walked == 50)
