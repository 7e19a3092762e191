-- ext.transaction: everything inside changes, or nothing.
local function fails(f, ...) return select(2, pcall(ext.transaction, f, ...)) end

-- It answers what the function answers, and gets its arguments.
assert(select("#", ext.transaction(function(...) return ... end, nil, 2, nil)) == 3)
assert(select("#", ext.transaction(function() return table.unpack({}, 1, 1000) end)) == 1000)
_home.x = 1
assert(ext.transaction(function(v) _home.x = v return _home.x end, 2) == 2 and _home.x == 2)

-- Any error undoes it, and goes on as that error.
local value = { code = 7 }
assert(fails(function() _home.x, _home.y = 3, { 1, { 2 } } error(value) end) == value and _home.x == 2 and _home.y == nil)
assert(fails(function() _home.x = 3 local t = nil; t.x = 1 end):find("attempt to index a nil value", 1, true) and _home.x == 2)
assert(fails(function() _home.x = 3 _home.y = coroutine.create(print) end):find("_home.y is a thread", 1, true) and _home.x == 2)
assert(fails(function() _home.x = 3 local t = {} for i = 1, 1e7 do t[i] = i end end) == "not enough memory" and _home.x == 2)
assert(coroutine.wrap(function() return fails(function() _home.x = 3 coroutine.yield() end) end)():find("attempt to yield across a C-call boundary", 1, true))
assert(_home.x == 2)
assert(select(2, pcall(ext.transaction)):find("bad argument #1 to 'ext.transaction' (function expected, got no value)", 1, true))
assert(select(2, pcall(ext.transaction, {})):find("bad argument #1 to 'ext.transaction' (function expected, got table)", 1, true))

-- However the error comes about.
assert(fails(function() _home.x = 3 local function f() return 1 + f() end f() end):find("stack overflow", 1, true) and _home.x == 2)
assert(fails(function() _home.x = 3 local function f() return ("x"):gsub("x", f) end f() end):find("stack overflow", 1, true) and _home.x == 2)
assert(not xpcall(ext.transaction, function() error("in the handler, too") end, function() _home.x = 3 error("no") end) and _home.x == 2)
assert(not pcall(ext.transaction, setmetatable({}, { __call = function() end })))
local deep
local function sink(n) if n == 0 then deep = pcall(ext.transaction, function() _home.x = 3 error("no") end) return end return (("x"):gsub("x", function() sink(n - 1) end)) end
for n = 100, 190, 5 do pcall(sink, n) assert(_home.x == 2) end
local co = coroutine.create(function() _home.y = 1 coroutine.yield() _home.y = 2 end)
assert(fails(function() coroutine.resume(co) assert(_home.y == 1) error("no", 0) end) == "no" and _home.y == nil)
coroutine.resume(co)
assert(_home.y == 2)
_home.y = nil
assert(coroutine.wrap(function() return select(2, pcall(ext.transaction, function() _home.x = 3 coroutine.wrap(function() ext.transaction(error, "from within") end)() end)) end)():find("from within", 1, true))
assert(_home.x == 2)

-- A message handler sees the place of the error, once.
local seen = {}
local ok, message = xpcall(ext.transaction, function(e) seen[#seen + 1] = debug.traceback(e) return "handled: " .. e end, function() error("deep", 0) end)
assert(not ok and message == "handled: deep" and #seen == 1 and seen[1]:find("ext.transaction", 1, true))

-- Variables that are closed, are closed inside.
local order = {}
pcall(ext.transaction, function()
  local c <close> = setmetatable({}, { __close = function() _home.closed = true order[1] = _home.closed end })
  error("no")
end)
assert(order[1] == true and _home.closed == nil)

-- Nested ones are savepoints.
ext.transaction(function()
  _home.x = 10
  assert(fails(function() _home.x = 11 _home.inner = { 1 } error("inner", 0) end) == "inner")
  assert(_home.x == 10 and _home.inner == nil)
  ext.transaction(function() _home.x = 12 _home.kept = { 1 } end)
  assert(_home.x == 12 and _home.kept[1] == 1)
end)
assert(_home.x == 12 and _home.kept[1] == 1)
assert(fails(function()
  _home.before = 1
  ext.transaction(function() _home.x = 20 _home.kept[1] = 2 _home.kept.more = { 3 } end)
  ext.transaction(function() _home.x = 21 _home.kept[1] = 4 end)
  _home.x = 22
  error("outer", 0)
end) == "outer")
assert(_home.x == 12 and _home.kept[1] == 1 and _home.kept.more == nil and _home.before == nil)

-- One inside another, as deep as allowed.
local function nest(n) if n == 0 then return "bottom" end return ext.transaction(nest, n - 1) end
assert(nest(64) == "bottom")
assert(select(2, pcall(nest, 65)):find("transactions are nested more than 64 deep", 1, true))
local depth = 0
local function climb(n) _home.depth = n; depth = n; ext.transaction(climb, n + 1) end
pcall(ext.transaction, climb, 1)
assert(depth == 64 and _home.depth == nil)

-- Captured variables of stored functions have the values of the beginning.
local count, list = 0, { 1 }
function _home.count() count = count + 1 return count end
function _home.push(v) table.insert(list, v) return #list end
assert(_home.count() == 1 and _home.push(2) == 2)
count, list[3] = 5, 3
assert(fails(function() _home.count() _home.push(4) count = count * 100 list = { "other" } error("no", 0) end) == "no")
assert(count == 5 and #list == 3 and list[3] == 3)
assert(ext.transaction(function() return _home.count() end) == 6)
ext.transaction(function()
  _home.count()
  pcall(ext.transaction, function() _home.count() _home.count() error("no") end)
  assert(count == 7)
end)
assert(_home.count() == 8)

-- A function that was stored inside is not stored any more, but goes on, and can be stored again.
local function made()
  local n = 0
  return function() n = n + 1 return n end
end
local f = made()
assert(fails(function() _home.f = f _home.g = f f() error("no", 0) end) == "no" and _home.f == nil)
assert(f() == 2)
_home.f = f
assert(_home.f() == 3 and f() == 4)

-- Tables that became external inside are plain again, the same objects with their content.
local plain = { s = "x", n = 0.5, list = { 1, 2, { 3 } }, f = print, [true] = false, [7] = 7 }
plain.self, plain.again, plain.home, plain.own = plain, plain.list, _home, f
local deep = plain.list[3]
assert(fails(function()
  _home.plain = plain
  plain.more = { "more" }
  plain.list[2] = nil
  deep[2] = plain
  made_inside = ext.table()
  made_inside.plain = plain
  error("no", 0)
end) == "no" and _home.plain == nil)
assert(not pcall(ext.size, plain) and not pcall(ext.size, deep) and not pcall(ext.size, made_inside))
assert(plain.s == "x" and plain.n == 0.5 and plain.f == print and plain[true] == false and plain[7] == 7)
assert(plain.self == plain and plain.again == plain.list and plain.home == _home and plain.own == f)
assert(plain.list[1] == 1 and plain.list[2] == nil and plain.list[3] == deep and deep[2] == plain and plain.more[1] == "more")
assert(made_inside.plain == plain)
assert(not pcall(ext.size, plain) and not pcall(ext.size, made_inside))
local keys = 0
for _ in pairs(plain) do keys = keys + 1 end
assert(keys == 11 and rawlen(deep) == 2)
-- They can be stored again.
deep[2], plain.self, plain.more = nil, nil, nil
_home.plain = plain
assert(rawequal(_home.plain, plain) and plain.list[3] == deep and ext.size(plain.list) == 2)
-- What was external before stays so.
assert(fails(function() plain.list[9] = { 9 } deep.x = 1 error("no", 0) end) == "no")
assert(ext.size(plain.list) == 2 and deep.x == nil and plain.list[9] == nil)

-- A long chain, of which Lua has only the first.
local chain = nil
for i = 1, 2000 do chain = { next = chain, i = i } end
assert(fails(function() _home.chain = chain collectgarbage() error("no", 0) end) == "no")
local length = 0
local link = chain
while link do length, link = length + 1, link.next end
assert(length == 2000 and not pcall(ext.size, chain))

-- Loops see what is there after a rollback.
local loop = ext.table()
for i = 1, 300 do loop[i] = i end
pcall(ext.transaction, function() for k in pairs(loop) do loop[k] = nil end for i = 400, 500 do loop[i] = i end error("no") end)
local n = 0
for k, v in pairs(loop) do assert(k == v) n = n + 1 end
assert(n == 300 and #loop == 300)
pcall(ext.transaction, function() ext.drop(loop) error("no") end)
assert(ext.size(loop) == 300)

-- Ids that an undone transaction gave are given again.
for i = 1, 2000 do pcall(ext.transaction, function() _home.t = { { i } } error("no") end) end
assert(_home.t == nil)
