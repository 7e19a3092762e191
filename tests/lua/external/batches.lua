-- ext.batch does operations in their order, and answers in that order.
_home.users, _home.other = { ada = { age = 36 } }, {}
local users = _home.users
local results = ext.batch {
  { "set", users, "bob", "text" },
  { op = "set", table = users, key = 1, value = 1.5 },
  { "get", users, "bob" },
  { "set", users, "bob", { age = 40 } },
  { op = "get", table = "_home.users.bob", key = "age" },
  { "delete", users, 1 },
  { "get", users, 1 },
  { "delete", users, "nobody" },
  { "set", "_home.other", true, false },
}
local wanted = { true, true, "text", true, 40, true, nil, true, true }
for i = 1, 9 do assert(results[i] == wanted[i], i) end
assert(users.bob.age == 40 and users[1] == nil and _home.other[true] == false)
assert(#ext.batch {} == 0)

-- Values are what an assignment takes.
local shared, n = { 1 }, 0
local function count() n = n + 1 return n end
ext.batch { { "set", _home.users, "a", shared }, { "set", _home.users, "b", shared }, { "set", _home.users, "f", count }, { "set", _home.users, "g", count } }
assert(rawequal(_home.users.a, shared) and rawequal(_home.users.b, shared))
assert(_home.users.f() == 1 and _home.users.g() == 2)
---- restart
-- What was stored is there again.
assert(_home.users.f() == 3 and rawequal(_home.users.a, _home.users.b))

-- All or nothing.
_home.t = { a = 1, list = { 1 } }
local new = { "content" }
local ok, message = pcall(ext.batch, { { "set", _home.t, "a", 2 }, { "set", _home.t, "new", new }, { "delete", _home.t, "list" }, { "set", _home.t, "x", coroutine.create(print) } })
assert(not ok and message:gsub("^compute:%d+: ", "") == "operation 4: " .. message:match("external table %d+") .. ".x is a thread, which cannot be stored", message)
assert(_home.t.a == 1 and _home.t.list[1] == 1 and _home.t.new == nil and new[1] == "content" and ext.size(_home.t) == 2)
_home.t.new = new
assert(_home.t.new[1] == "content")

-- An error tells where the batch was called.
local ok, message = pcall(function() ext.batch { { "sit", _home.t, 1 } } end)
assert(message:match("^compute:%d+: operation 1: unknown operation 'sit'$"), message)

-- A batch in a transaction is a part of it.
pcall(ext.transaction, function() ext.batch { { "set", _home.t, "a", 5 } } error("no") end)
assert(_home.t.a == 1)
ext.transaction(function()
  ext.batch { { "set", _home.t, "a", 6 } }
  assert(not pcall(ext.batch, { { "set", _home.t, "a", 7 }, { "set", _home.t, "b", 7 }, { "set", 5, 1, 1 } }))
  assert(_home.t.a == 6 and _home.t.b == nil)
end)
assert(_home.t.a == 6)

-- Each for itself: an error ends one operation.
local key, thread = {}, coroutine.create(print)
local results = ext.batch({
  { "set", _home.t, "a", 1 }, { "set", _home.t, "x", thread }, { "set", _home.t, key, 1 }, { "sit", _home.t, "k" }, { "get", _home.t, "a" },
  { "get", "_home.nowhere.t", "k" }, { op = "get", tabel = 1, key = "k" }, 7, { "set", _home.t, "q" }, { "get", _home.t, "none" }, { "delete", _home.t, "a" },
  { key = 1 }, { "get", nil, 1 }, { "get", "_home.t.a", 1 }, { "get", "", 1 }, { [1] = "set", [3] = "k", [4] = 1 }, _home.t, { [{}] = 1 },
}, { atomic = false })
local wanted = {
  { true }, { false, "is a thread, which cannot be stored", "x" }, { false, "an external table takes strings, numbers and booleans", key }, { false, "unknown operation 'sit'", "k" },
  { true, 1 }, { false, "the way '_home.nowhere.t' ends at '_home.nowhere', a nil value", "k" }, { false, "unknown field 'tabel'", "k" }, { false, "an operation is a table, not a number" },
  { false, "'set' without a value: 'delete' removes one", "q" }, { true }, { true }, { false, "the operation has no name", 1 }, { false, "an external table is wanted, not a nil", 1 },
  { false, "the way '_home.t.a' leads to nothing", 1 }, { false, "'' is no way: a name is empty", 1 }, { false, "an external table is wanted, not a nil", "k" }, { false, "an operation is a table, not a table" }, { false, "unknown field, a table" },
}
assert(#results == #wanted)
for i, want in ipairs(wanted) do
  local result, place = results[i], "operation " .. i
  assert(result.ok == want[1], place)
  if result.ok then
    assert(result.value == want[2] and result.error == nil, place)
  else
    assert(result.error:find(want[2], 1, true) and result.index == i and result.key == want[3], place .. ": " .. tostring(result.error))
  end
end
assert(_home.t.a == nil)

-- Arguments that are none.
local function refused(message, ...)
  local ok, found = pcall(ext.batch, ...)
  assert(not ok and found:find(message, 1, true), found)
end
refused("bad argument #1 to 'batch' (list of operations expected, got nil)")
refused("bad argument #1 to 'batch' (list of operations expected, got table)", _home)
refused("bad argument #1 to 'batch' (list of operations expected)", { op = "get" })
refused("bad argument #1 to 'batch' (byte 0 of the operations cannot be right)", "text")
refused("bad argument #2 to 'batch' (table of options expected, got boolean)", {}, true)
refused("bad argument #2 to 'batch' (option 'atomic' is a boolean, not a number)", {}, { atomic = 0 })
refused("bad argument #2 to 'batch' (option 'timeout' is a number of milliseconds above 0)", {}, { timeout = -1 })
refused("bad argument #2 to 'batch' (option 'timeout' is a number of milliseconds above 0)", {}, { timeout = 0/0 })
refused("bad argument #2 to 'batch' (option 'progress' is a number of operations above 0)", {}, { progress = 0 })
refused("bad argument #2 to 'batch' (unknown option 'timeuot')", {}, { timeuot = 1 })
refused("bad argument #2 to 'batch' (unknown option, a number)", {}, { 1 })
local many = {}
for i = 1, 10000 do many[i] = { "get", _home, i } end
assert(next(ext.batch(many)) == nil)
many[10001] = many[1]
refused("bad argument #1 to 'batch' (10001 operations, where 10000 are the most)", many)

-- A way is read anew when an operation may have changed where it leads.
_home.first, _home.second = { name = "first" }, { name = "second" }
_home.now = _home.first
local results = ext.batch { { "get", "_home.now", "name" }, { "set", _home, "now", _home.second }, { "get", "_home.now", "name" }, { "set", "_home", "now", { name = "third" } }, { "get", "_home.now", "name" } }
assert(results[1] == "first" and results[3] == "second" and results[5] == "third")
_home.loop = _home
local results = ext.batch { { "get", "_home.loop", "first" }, { "set", "_home.loop", "loop", _home.first }, { "get", "_home.loop", "name" } }
assert(results[3] == "first")

-- Channels of _io, and _home itself.
ext.batch { { "set", _io, "output", { 1, 2 } }, { "set", "_io", "note", 1 }, { "set", _home, "x", 1 } }
assert(#_io.output == 2 and _io.note == 1 and _home.x == 1)
_io.note = nil

-- A batch inside a finalizer of a batch.
local done
setmetatable({}, { __gc = function() done = ext.batch { { "set", _home, "inner", 1 } } end })
local operations = {}
for i = 1, 2000 do operations[i] = { "set", _home.other, i, ("text"):rep(i % 50) } end
ext.batch(operations)
collectgarbage()
assert(done[1] and _home.inner == 1 and _home.other[2000] == "")
