-- Keys and values of every type, absence, deletion, and what is refused.
local function refused(pattern, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok, "not refused: " .. pattern)
  assert(tostring(message):find(pattern), message)
end
local t = ext.table()
_home.t = t
for key, value in pairs { a = 1, [1] = "one", [-7] = 2.5, [1.5] = true, [true] = false, [false] = "f", [2^53] = -0.0,
    [math.mininteger] = math.maxinteger, [math.maxinteger] = math.mininteger, [1e300] = 1/0, [""] = "", ["a\0b"] = "\0" } do
  t[key] = value
end
assert(t.a == 1 and t[1] == "one" and t[-7] == 2.5 and t[1.5] == true and t[true] == false and t[false] == "f")
assert(math.type(t[2^53]) == "float" and 1 / t[2^53] == -1/0 and t[2^53|0] == t[2^53])
assert(t[math.mininteger] == math.maxinteger and t[math.maxinteger] == math.mininteger and t[1e300] == 1/0)
assert(t[""] == "" and t["a\0b"] == "\0" and t["a"] == 1 and t["a\0"] == nil)
assert(ext.size(t) == 12 and ext.table_size(t) == 12)
assert(t["1"] == nil, "a string is not a number")
t["1"] = "text"
assert(t[1] == "one" and t["1"] == "text" and t[1.0] == "one")
t.nan = 0/0
assert(t.nan ~= t.nan)
t.a = nil
t.never = nil
assert(t.a == nil and rawget(t, "a") == nil and ext.size(t) == 13)
local big = ("0123456789"):rep(30000)
t.big = big
assert(t.big == big and #t.big == 300000)
t.big = nil
assert(t[nil] == nil and t[{}] == nil and t[print] == nil and t[0/0] == nil)

refused("index of external table %d+ is nil", function() t[nil] = 1 end)
refused("index of external table %d+ is NaN", function() t[0/0] = 1 end)
refused("index of external table %d+ is a table: an external table takes strings, numbers and booleans", function() t[{}] = 1 end)
refused("takes 5002 bytes encoded; the limit is 4096", function() t[("k"):rep(5000)] = 1 end)
refused("external table %d+%.co is a thread, which cannot be stored", function() t.co = coroutine.create(print) end)
refused("_home%.deep is a thread, which cannot be stored", function() _home.deep = coroutine.create(print) end)

-- Protected: what makes a table external is no metatable of scripts, and raw access is access.
assert(type(t) == "table" and pcall(ext.size, t))
assert(getmetatable(t) == nil)
assert(rawequal(_home.t, t) and _home.t == t and next({}) == nil)
rawset(t, "raw", 1)
assert(t.raw == 1 and rawget(t, "raw") == 1)
refused("_home.library is the table of modules, which cannot be stored", function() _home.library = package.loaded end)
assert(debug.getmetatable == nil and debug.getregistry == nil and debug.getupvalue == nil)
refused("an external table is wanted, not a table", ext.size, {})
refused("an external table is wanted, not a no value", ext.drop)
---- restart
local t = _home.t
assert(t[1] == "one" and t[-7] == 2.5 and t["1"] == "text" and t.nan ~= t.nan and t[true] == false)
assert(math.type(t[2^53]) == "float" and ext.size(t) == 14)
assert(Memory == _home)
