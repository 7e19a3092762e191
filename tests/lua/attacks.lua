-- Scripts that run forever or almost forever, each in a different way. A budget stops every one of them. A line
-- `--- name` begins a script. tests/node/budget.test.mjs runs them in Node, tests/budget.rs on the other engines. A number
-- in a comment says how much longer than a plain loop a script ran before its work was charged, under the same budget.
--- while
while true do end
--- repeat
repeat until false
--- numeric for, integers
for i = 1, math.maxinteger do end
--- numeric for, floats
for i = 1, math.huge, 0.5 do end
--- numeric for, step that changes nothing
for i = 2^53, math.huge do end
--- generic for
for _ in function() return 1 end do end
--- goto
::again:: goto again
--- goto backwards over much code
local a, b, c = 1, 2, 3
::again:: a, b, c = b, c, a a, b, c = b, c, a a, b, c = b, c, a goto again
--- tail calls
local function f() return f() end f()
--- mutual tail calls
local g local function f() return g() end function g() return f() end f()
--- recursion, caught and begun anew
local function f() return 1 + f() end while true do pcall(f) end
--- exponential recursion
local function f(n) if n == 0 then return 1 end return f(n - 1) + f(n - 1) end return f(60)
--- pcall around a loop
while true do pcall(function() while true do end end) end
--- pcall returns what it caught
local function try() return pcall(function() while true do end end) end return try(), try(), "caught"
--- nested pcall
local function f() return pcall(f) end while true do f() end
--- xpcall with a handler that loops
while true do xpcall(function() error("x") end, function() while true do end end) end
--- xpcall with a handler that fails
while true do xpcall(error, function(e) error(e) end) end
--- coroutines that yield
local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end
--- coroutines in coroutines
local function nest() coroutine.wrap(nest)() end while true do pcall(nest) end
--- coroutines made and left
while true do coroutine.resume(coroutine.create(function() coroutine.yield() end)) end
--- a coroutine that catches
local co = coroutine.create(function() while true do pcall(function() while true do end end) end end)
while true do coroutine.resume(co) end
--- pcall around a coroutine around a loop
while true do pcall(coroutine.wrap(function() while true do end end)) end
--- coroutine.close with a variable that loops when it is closed
local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() while true do end end }) coroutine.yield() end)
coroutine.resume(co) while true do coroutine.close(co) end
--- to be closed
do local x <close> = setmetatable({}, { __close = function() while true do end end }) end
--- to be closed, after an error
local function f() local x <close> = setmetatable({}, { __close = function() while true do end end }) error("x") end
while true do pcall(f) end
--- a finalizer that loops
setmetatable({}, { __gc = function() while true do end end }) while true do collectgarbage() end
--- finalizers that resurrect
local mt = {} mt.__gc = function(o) kept = o setmetatable(o, mt) end
setmetatable({}, mt) while true do collectgarbage() end
--- finalizers that make more of them
local mt = {} mt.__gc = function() setmetatable({}, mt) setmetatable({}, mt) end
setmetatable({}, mt) while true do collectgarbage("step", 10) end
--- an error object that loops when it becomes text
error(setmetatable({}, { __tostring = function() while true do end end }))
--- errors in error handlers
local function h() error(setmetatable({}, { __tostring = h }), 2) end while true do xpcall(h, h) end
--- __index function
local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end }) while true do pcall(function() return t[1] end) end
--- __index chain
local t = {} for i = 1, 1900 do t = setmetatable({}, { __index = t }) end while true do local x = t.x end
--- __newindex chain
local t = {} for i = 1, 1900 do t = setmetatable({}, { __newindex = t }) end while true do t.x = nil end
--- __call chain
local t = function() end for i = 1, 190 do t = setmetatable({}, { __call = t }) end while true do pcall(t) end
--- __concat, __eq, __lt, __len, __unm
local mt = {} mt.__concat = function(a, b) return a end mt.__eq = function() return true end mt.__lt = mt.__eq
mt.__len = function() return 1 end mt.__unm = function(a) return a end
local a, b = setmetatable({}, mt), setmetatable({}, mt) while true do local x = -(a .. b) == b and a < b and #a end
--- string.rep of nothing
while true do (""):rep(math.maxinteger) end
--- string.rep
while true do local s = ("x"):rep(100000) end
--- string.rep of much by much, caught
while true do pcall(string.rep, "x", 1 << 40) end
--- concat that grows
local s = "x" while true do s = #s > 100000 and "x" or s .. s end
--- concat of many
local t = {} for i = 1, 200 do t[i] = ("x"):rep(100) end while true do local s = table.concat(t, ",") end
--- table.concat with a length that lies
while true do pcall(table.concat, setmetatable({}, { __index = function() return "" end, __len = function() return math.maxinteger end })) end
--- table.insert with a length that lies
pcall(table.insert, setmetatable({}, { __len = function() return math.maxinteger - 1 end }), 1, 1)
--- table.remove with a length that lies
pcall(table.remove, setmetatable({}, { __len = function() return math.maxinteger - 1 end }), 1)
--- table.move of nothing
table.move({}, 1, math.maxinteger - 1, 2)
--- table.unpack
local t = {} for i = 1, 10000 do t[i] = i end while true do local n = select("#", table.unpack(t)) end
--- varargs passed on
local function f(...) return select("#", ...) end
local t = {} for i = 1, 5000 do t[i] = i end
local function g(...) while true do f(...) end end g(table.unpack(t))
--- results passed on
local t = {} for i = 1, 5000 do t[i] = i end
local function g(...) local function f(...) return ... end while true do local n = select("#", f(...)) end end g(table.unpack(t))
--- math.max of many
local t = {} for i = 1, 10000 do t[i] = i end local function g(...) while true do math.max(...) end end g(table.unpack(t))
--- table.pack of many
local t = {} for i = 1, 5000 do t[i] = i end local function g(...) while true do table.pack(...) end end g(table.unpack(t))
--- a constructor of many
local t = {} for i = 1, 5000 do t[i] = i end local function g(...) while true do local x = { ... } end end g(table.unpack(t))
--- sort
local t = {} while true do for i = 1, 10000 do t[i] = i * 7919 % 10007 end table.sort(t) end
--- sort of strings that are alike
local t = {} local s = ("x"):rep(2000) for i = 1, 200 do t[i] = s .. i end
while true do table.sort(t) table.sort(t, function(a, b) return a > b end) end
--- sort with a comparator that is random
local t = {} while true do for i = 1, 1000 do t[i] = i end pcall(table.sort, t, function() return math.random(2) == 1 end) end
--- sort with a comparator that always says yes
local t = {} for i = 1, 1000 do t[i] = 1 end while true do pcall(table.sort, t, function() return true end) end
--- sort with a comparator that loops
table.sort({ 1, 2, 3 }, function() while true do end end)
--- a pattern that goes back and back
return ("a"):rep(40):find(("a?"):rep(40) .. ("a"):rep(40))
--- a pattern of many stars
return ("a"):rep(1000):find((".*"):rep(20) .. "b")
--- a pattern of lazy stars
return ("a"):rep(1000):find((".-"):rep(20) .. "b")
--- a pattern with a long set
local set = "[" .. ("b"):rep(10000) .. "]" while true do ("a"):rep(10000):find(set) end
--- a pattern with a long set that is taken
local set = "[" .. ("b"):rep(10000) .. "a]*c" while true do ("a"):rep(10000):find(set) end
--- a long literal pattern
local p = ("a"):rep(5000) .. "[b]" while true do ("a"):rep(20000):find(p) end
--- a plain search that nearly matches everywhere
local p = ("a"):rep(5000) .. "b" while true do ("a"):rep(20000):find(p, 1, true) end
--- a plain search that meets nothing
local s = ("a"):rep(100000) while true do s:find("b", 1, true) end
--- balance
local s = ("("):rep(20000) while true do s:find("%b()") end
--- frontier
local s = ("a"):rep(20000) while true do s:find("%f[b]") end
--- back references
local s = ("a"):rep(2000) while true do s:find("(a*)%1b") end
--- gsub of nothing
local s = ("a"):rep(10000) while true do s:gsub("", "") end
--- gsub with a function
local s = ("a"):rep(1000) while true do s:gsub(".", function(c) return c end) end
--- gsub with a replacement of many captures
local s, r = ("a"):rep(100), ("%1"):rep(100) while true do s:gsub("(a)", r) end
--- gmatch
local s = ("a"):rep(10000) while true do for w in s:gmatch("b") do end end
--- string.format
local f = ("%5.1f "):rep(50) local t = {} for i = 1, 50 do t[i] = i / 3 end while true do f:format(table.unpack(t)) end
--- string.format of a long string
local s = ("x"):rep(100000) while true do ("%s"):format(s) end
--- string.format, quoted
local s = ("\0"):rep(10000) while true do ("%q"):format(s) end
--- upper, lower, reverse
local s = ("x"):rep(100000) while true do s:upper() s:lower() s:reverse() end
--- byte and char
local s = ("x"):rep(5000) while true do string.char(s:byte(1, -1)) end
--- sub
local s = ("x"):rep(100000) while true do local x = s:sub(2) end
--- pack and unpack
local f = ("i4"):rep(100) local s = ("x"):rep(400) while true do f:unpack(s) string.packsize(f) end
--- comparison of long strings
local a, b = ("x"):rep(100000) .. "a", ("x"):rep(100000) .. "b" while true do local x = a < b end
--- equality of long strings
local a, b = ("x"):rep(100000) .. "a", ("x"):rep(100000) .. "b" while true do local x = a == b end
--- long strings as keys
local t, s = {}, ("x"):rep(10000) while true do t[s .. #t] = nil local x = t[s .. "y"] end
--- numbers to text and back
while true do local x = tostring(1 / 3) + 0 end
--- text of many blanks to a number
local s = (" "):rep(100000) while true do tonumber(s) tonumber(s .. "1", 10) end
--- arithmetic on long text
local s = (" "):rep(100000) .. "1" while true do local x = s + 1 end
--- utf8.len
local s = ("ä"):rep(10000) while true do utf8.len(s) end
--- utf8.codepoint
local s = ("ä"):rep(1000) while true do utf8.codepoint(s, 1, -1) end
--- utf8.offset
local s = ("ä"):rep(10000) while true do utf8.offset(s, 9000) utf8.offset(s, -9000) end
--- utf8.codes
local s = ("ä"):rep(1000) while true do for _ in utf8.codes(s) do end end
--- utf8.char
local t = {} for i = 1, 200 do t[i] = 200 + i end while true do utf8.char(table.unpack(t)) end
--- load of much
local s = "return " .. ("1 + "):rep(5000) .. "1" while true do load(s) end
--- load of little
while true do load("return 1")() end
--- load of what does not compile
local s = ("("):rep(150) while true do load(s) end
--- load from a function that never ends
load(function() return " " end)
--- load from a function that loops
while true do load(function() while true do end end) end
--- string.dump
local f = load("return " .. ("1 + x "):rep(2000):gsub("x 1", "x + 1") .. "") or load("local x = 1 " .. ("x = x + 1 "):rep(3000))
while true do string.dump(f) end
--- require of what is not there
while true do pcall(require, "nothing") end
--- next over a table that was emptied
local t = {} for i = 1, 20000 do t[i] = i end for i = 1, 20000 do t[i] = nil end while true do next(t) end
--- pairs over a table that was emptied
local t = {} for i = 1, 5000 do t["k" .. i] = i end for k in pairs(t) do t[k] = nil end while true do for _ in pairs(t) do end end
--- a table that is made anew at every key
local t = {} for i = 1, 20000 do t[i] = i end while true do t.a = 1 t.a = nil t.b = 1 t.b = nil t.c = 1 t.c = nil t.d = 1 t.d = nil end
--- keys in one chain
local t = {} for i = 1, 2000 do t[i * 4095] = i end while true do local x = t[4095 * 5000] end
--- floats in one chain
local t = {} for i = 1, 2000 do t[i + 2^-20] = i end while true do local x = t[5000 + 2^-20] end
--- tables
while true do local t = { {}, { x = 1 }, {} } end
--- closures
while true do local f = function() return f end end
--- finalizers set on old objects
local old = {} for i = 1, 10000 do old[i] = {} end local mt = { __gc = function() end }
while true do for i = 1, 10000 do setmetatable(old[i], mt) end end
--- collections
local t = {} for i = 1, 5000 do t[i] = {} end while true do collectgarbage() end
--- collections, step by step
local t = {} for i = 1, 5000 do t[i] = {} end while true do collectgarbage("step") end
--- memory that runs out, caught
while true do pcall(function() local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end end) end
--- printing
while true do print("x") end
--- printing much
local s = ("x"):rep(100000) while true do io.write(s) end
--- tracebacks
local function f(n) if n > 0 then f(n - 1) else while true do debug.traceback() end end end f(100)
--- debug.getinfo
while true do debug.getinfo(1) end
--- dates
while true do os.date("!%c", 0) os.time({ year = 2000, month = 1, day = 1 }) end
--- external tables: writing
while true do _home.x = 1 end
--- external tables: reading
_home.x = 1 while true do local x = _home.x end
--- external tables: rows
while true do _home.row = { 1, { 2 } } end
--- external tables: iteration
for i = 1, 100 do _home[i] = i end while true do for k in pairs(_home) do end end
--- external tables: iteration that adds ahead
_home.t = { 1 } for k in pairs(_home.t) do _home.t[k + 1] = 1 end
--- external tables: length
for i = 1, 100 do _home[i] = i end while true do local n = #_home end
--- external tables: sort
local t = ext.table() for i = 1, 500 do t[i] = i * 7919 % 501 end while true do table.sort(t, function(a, b) return a > b end) table.sort(t) end
--- external tables: batches
local l = {} for i = 1, 2000 do l[i] = { "set", _home, i, i } end while true do ext.batch(l) end
--- external tables: batches of which each operation fails
local l = {} for i = 1, 2000 do l[i] = { "set", _home, {}, i } end while true do ext.batch(l, { atomic = false }) end
--- external tables: batches that are undone
local l = { { "set", _home, 1, 1 }, { "set", _home, 2, { { 2 } } }, { "set", 7, 1, 1 } } while true do pcall(ext.batch, l) end
--- external tables: batches of nothing
while true do ext.batch {} end
--- external tables: a batch of long ways
local way = "_home" .. ("._home"):rep(10000) _home._home = _home local l = {} for i = 1, 1000 do l[i] = { "get", way, 1 } end while true do ext.batch(l, { atomic = false }) end
--- external tables: a batch as malformed bytes
local s = ("\0"):rep(500000) while true do pcall(ext.batch, s) end
--- external tables: a batch as bytes
local function s(v) return "\4" .. string.pack("<s4", v) end
local one = s("get") .. s("_home") .. "\2" .. string.pack("<i8", 7) local many = one:rep(9999) while true do ext.batch(many) end
--- external tables: drop
while true do local t = ext.table() t[1] = 1 ext.drop(t) end
--- an index over rows again and again
local t = {} _home.t = t for i = 1, 300 do t[i] = { n = i, l = { i, i + 1 } } end while true do ext.index(t, "n", { name = "n" }) ext.index(t, "l", { multi = true }) ext.drop_index(t, "n") ext.drop_index(t, "l") end
--- rows that indexes follow
local t = {} _home.t = t ext.index(t, "n") ext.index(t, { "m", "n" }) ext.index(t, "l", { multi = true, kind = "hash" }) while true do for i = 1, 20 do t[i] = { n = i, m = ("x"):rep(200), l = { 1, 2, 3 } } t[i].l[2] = i t[i].n = -i end end
--- a long list that an index follows
local t, l = {}, {} for i = 1, 2000 do l[i] = i end _home.t = t ext.index(t, "l", { multi = true }) while true do t[1] = { l = l } t[1] = nil end
--- rows that contain one another
local t = {} _home.t = t ext.index(t, "a.a.a.a.a.a.a.n") for i = 1, 12 do t[i] = {} end for i = 1, 12 do for j = 1, 12 do t[i][j] = t[j] end t[i].a = t[i % 12 + 1] end while true do pcall(function() t[1].n = 1 t[2].a = t[3] t[2].a = t[4] end) end
--- ext.check of many rows
local t = {} _home.t = t ext.index(t, "n") ext.schema(t, { fields = { n = "integer" } }) for i = 1, 300 do t[i] = { n = i, { {} } } end while true do ext.check(t) end
--- a schema with a slow pattern
local t = {} _home.t = t ext.schema(t, { pattern = ("a-"):rep(20) .. "b" }) local s = ("a"):rep(200) while true do pcall(rawset, t, 1, s) end
--- a schema over large rows
local t, row = {}, {} for i = 1, 1000 do row[i] = { n = i } end _home.t = t ext.schema(t, { items = { fields = { n = { type = "integer", enum = { 1, 2, 3, 4, 5 } } } } }) while true do pcall(rawset, t, 1, row) end
--- what is no schema and no index
local t = {} _home.t = t while true do pcall(ext.schema, t, { fields = { a = { fields = { b = { type = "x" } } } } }) pcall(ext.index, t, { "a", "b", "c", "d", "e" }) pcall(ext.index, t, "a", { where = { a = { "matches", "%" } } }) end
--- feeds: changes of a row with values
local t = {} _home.t = t ext.feed(t, { values = true, count = 10 }) t[1] = { 1, { 2, { 3 } } } while true do t[1][2][1] = {} t[1] = t[1][2] t[1] = { 1, { 2 } } end
--- feeds: a wide row, read whole
local t, row = {}, {} for i = 1, 3000 do row[i] = i end _home.t = t t[1] = row ext.feed(t, { values = true, count = 2 }) while true do pcall(function() t[2] = row t[2] = nil end) end
--- feeds: rows in circles
local t = {} _home.t = t ext.feed(t, true) for i = 1, 12 do t[i] = {} end for i = 1, 12 do for j = 1, 12 do t[i][j] = t[j] end end while true do pcall(function() t[1].x = {} end) end
--- feeds: read again and again
local t = {} _home.t = t ext.feed(t, { values = true }) for i = 1, 500 do t[i] = ("x"):rep(100) end while true do ext.changes(t, 0, 10000) end
--- feeds: switched on and off over many tables
local t = {} _home.t = t for i = 1, 300 do t[i] = { { {} } } end while true do ext.feed(t, true) ext.feed(t, false) end
--- feeds: what is refused
local t = {} _home.t = t while true do pcall(ext.feed, t, { count = 0 }) pcall(ext.changes, t) pcall(ext.feed, print) end
--- feeds: deeper than they may
local t = {} _home.t = t ext.feed(t, true) t[1] = {} local r = t[1] for i = 1, 70 do pcall(function() r[1] = {} r = r[1] end) end while true do pcall(function() r.x = 1 end) end
--- migrations: of steps
local steps = {} for i = 1, 2000 do steps[i] = function(t) t.x = { i } end end while true do local t = ext.table() ext.migrate(t, 2000, steps, { dry = true }) end
--- migrations: that lack their last step
local steps = {} for i = 1, 20000 do steps[i] = print end while true do pcall(ext.migrate, ext.table(), 20001, steps) end
--- migrations: in migrations
local function step(t) ext.migrate(ext.table(), 1, step) end while true do pcall(ext.migrate, ext.table(), 1, step) end
--- transactions: empty
while true do ext.transaction(function() end) end
--- transactions: that fail
while true do pcall(ext.transaction, error) end
--- transactions: nested, of which each changes the same
local function nest(n) _home.n = n if n < 60 then ext.transaction(nest, n + 1) end end while true do ext.transaction(nest, 1) end
--- transactions: that call themselves
local function nest() ext.transaction(nest) end while true do pcall(nest) end
--- transactions: that make tables and fail
while true do pcall(ext.transaction, function() for i = 1, 10 do ext.table() end _home.t = { {}, { 1 } } error() end) end
--- transactions: that fail after many changes
for i = 1, 300 do _home[i] = i end while true do pcall(ext.transaction, function() for i = 1, 300 do _home[i] = false end error() end) end
--- transactions: with many captured variables
fs = {} for i = 1, 2000 do local v = ("v"):rep(30) .. i fs[i] = function() return v end end _home.fs = fs while true do ext.transaction(function() end) end
--- transactions: that fail with a long table, which becomes plain
local t = {} for i = 1, 500 do t[i] = { i } end while true do pcall(ext.transaction, function() _home.t = t error() end) end
--- transactions: in a coroutine and a finalizer
while true do setmetatable({}, { __gc = function() ext.transaction(function() _home.x = 1 end) end })
  coroutine.wrap(function() pcall(ext.transaction, function() _home.x = 2 coroutine.yield() end) end)() end
--- queries: a filter that matches nothing
local t = ext.table() for i = 1, 500 do t[i] = { n = i, s = ("x"):rep(50) } end while true do ext.query(t, { where = { n = { "<", 0 } } }) t[501] = { n = 1 } end
--- queries: patterns that go back and forth
local t = ext.table() t[1] = { s = ("a"):rep(2000) } while true do ext.count(t, { s = { "matches", ".-.-.-b" } }) t[2] = 1 end
--- queries: long strings, part by part
local t = ext.table() t[1] = { s = ("a"):rep(100000) } while true do ext.count(t, { s = { "contains", ("a"):rep(1000) .. "b" } }) t[2] = 1 end
--- queries: a long list of values
local t, list = ext.table(), {} for i = 1, 2000 do t[i], list[i] = i, -i end while true do ext.count(t, { [""] = { "in", list } }) t[2001] = 1 end
--- queries: a large specification
local t, where = ext.table(), {} for i = 1, 3000 do where[i] = { ["a.b.c.d"] = { ">", i } } end while true do ext.count(t, { any = where }) end
--- queries: in another order
local t = ext.table() for i = 1, 500 do t[i] = { n = i * 7919 % 501 } end while true do ext.query(t, { order = { "n", { field = "m", desc = true } } }) t[501] = 1 end
--- queries: groups
local t = ext.table() for i = 1, 500 do t[i] = { n = i, b = require("bigint").new(7) ^ 300 } end while true do ext.query(t, { group = "n", sum = "b", max = "b", order = "sum" }) t[501] = 1 end
--- queries: distinct rows of tables
local t = ext.table() for i = 1, 300 do t[i] = { { i } } end while true do ext.query(t, { distinct = { "1", "1.1" } }) t[301] = 1 end
--- queries: the same again
local t = ext.table() for i = 1, 20 do t[i] = { n = i } end while true do ext.query(t, { where = { n = 3 } }) ext.explain(t) end
--- queries: each
local t = ext.table() for i = 1, 500 do t[i] = { n = i } end while true do for k, row in ext.each(t, { order = "n", where = { n = { ">", 3 } } }) do end end
--- queries: each that adds ahead
local t = ext.table() t[1] = 1 for k in ext.each(t) do t[k + 1] = 1 end
--- queries: what is refused
local t = ext.table() while true do pcall(ext.query, t, { where = { { { { { a = { "=", {} } } } } } } }) pcall(ext.query, t, { after = ("f"):rep(10000) }) end
--- external tables: long strings
local s = ("x"):rep(100000) while true do _home.s = s local x = _home.s end
--- external tables: what is refused
local t = {} for i = 1, 500 do t[i] = { i } end t[501] = { coroutine.create(print) } while true do pcall(function() _home.t = t end) end
--- stored functions
local n = 0 while true do _home.f = function() n = n + 1 return n end _home.f() end
--- stored functions: restored and dropped
_home.f = function() return 1 end while true do _home.f() collectgarbage() end
--- big integers: powers far too large, caught
local new = require("bigint").new while true do pcall(function() return new(2) ^ (1 << 40) end) end
--- big integers: powers that memory refuses, caught
local new = require("bigint").new while true do pcall(function() return new(3) ^ 100000000 end) end
--- big integers: shifts that memory refuses, caught
local new = require("bigint").new while true do pcall(function() return new(1) << 20000000 end) end
--- big integers: a power that fits
local new = require("bigint").new while true do local x = new(7) ^ 100000 end
--- big integers: modular powers
local bigint = require("bigint") local m = bigint.new(10) ^ 10000 + 1 local x = m // 3 while true do x = bigint.powmod(x, x, m) end
--- big integers: small modular powers
local bigint = require("bigint") while true do bigint.powmod(3, math.maxinteger, 1000000007) end
--- big integers: fib
local bigint = require("bigint") local a, b = bigint.new(0), bigint.new(1) while true do a, b = b, a + b end
--- big integers: small sums
local x = require("bigint").new(1) while true do local y = x + x end
--- big integers: comparisons
local new = require("bigint").new local a, b = new(3) ^ 200000, new(3) ^ 200000 while true do local same = a == b and a <= b end
--- big integers: to text
local x = require("bigint").new(7) ^ 100000 while true do local s = tostring(x) end
--- big integers: to text of another base, of short ones
local x = require("bigint").new(12345) while true do local s = x:tobase(36) .. x end
--- big integers: parse
local new, s = require("bigint").new, ("7"):rep(20000) while true do new(s) end
--- big integers: parse in base 2, and what is none
local new, s = require("bigint").new, ("1"):rep(200000) while true do new(s, 2) pcall(new, s .. "x") end
--- big integers: gcd
local bigint = require("bigint") local a, b = bigint.new(7) ^ 3000 + 1, bigint.new(11) ^ 2500 + 1 while true do bigint.gcd(a, b) end
--- big integers: quotients
local new = require("bigint").new local a, b = new(7) ^ 20000, new(11) ^ 8000 while true do local q, r = a // b, a % b end
--- big integers: roots
local x = require("bigint").new(7) ^ 30000 while true do x:sqrt() end
--- big integers: growth
local x = require("bigint").new(3) while true do x = x * x end
--- big integers: growth, caught
local new = require("bigint").new while true do pcall(function() local x = new(3) while true do x = x * x end end) end
--- big integers: all bits
local x = require("bigint").new(7) ^ 100000 while true do local y = ~x & x | x ~ x >> 1 << 1 end
--- big integers: bytes
local bigint = require("bigint") local x = bigint.new(7) ^ 100000 while true do x = bigint.frombytes(x:tobytes()) end
--- big integers: stored
local x = require("bigint").new(7) ^ 100000 while true do _home.x = x x = _home.x end
--- big integers: floats
local bigint = require("bigint") local x = bigint.new(1) while true do local y = x + 1e300 local z = x < 1e300 end
--- big integers: refused, caught
local bigint = require("bigint") while true do pcall(bigint.new, "x") pcall(bigint.div, 1, 0) pcall(bigint.add, 1, {}) end
--- find of a long pattern without specials
-- it did not end before
local s = ("x"):rep(1000):rep(512) while true do ("b"):find(s) end
--- string.pack of a fill that memory refuses, caught
-- it did not end before
while true do pcall(string.pack, "c1800000", "") end
--- string.packsize of many digits, caught
-- it did not end before
local s = "c" .. ("0"):rep(1000):rep(512) .. "1" while true do pcall(string.packsize, s) end
--- utf8.len of what is wrong at its end
-- it did not end before
local s = ("x"):rep(1000):rep(512) .. "\xff" while true do utf8.len(s) end
--- utf8.len, two bytes each, wrong at its end
-- it did not end before
local s = ("ä"):rep(1000):rep(250) .. "\xff" while true do utf8.len(s) end
--- debug.getinfo with a long option, caught
-- it did not end before
local s = ("S"):rep(1000):rep(512) while true do pcall(debug.getinfo, 1, s) end
--- warn with long text
-- it did not end before
local s = ("x"):rep(1000):rep(512) while true do warn(s) end
--- warn with a long control word
-- it did not end before
local s = "@" .. ("x"):rep(1000):rep(512) while true do warn(s) end
--- debug.getinfo with a long option, refused at its end
-- it did not end before
local s = ("S"):rep(1000):rep(500) .. "?" while true do pcall(debug.getinfo, 1, s) end
--- find of a long pattern of zeros
-- it did not end before
local s = ("\0"):rep(1000):rep(300) while true do ("x"):find(s) end
--- memory: nearly full, a concat that is refused
-- it did not end before
local t = {} for i = 1, 10000 do t[i] = {} end local s = ("x"):rep(1000):rep(400) while true do pcall(function() return s .. s .. s end) end
--- collections: restart with many functions
-- it did not end before
local t = {} for i = 1, 12000 do t[i] = function() return i end end while true do collectgarbage("restart") local x = {} end
--- collections: restart with an ephemeron table in a chain
-- it did not end before
local t = setmetatable({}, { __mode = "k" }) local first = {} local k = first for i = 1, 4000 do local n = {} t[k] = n k = n end while true do collectgarbage("restart") local x = {} end
--- collections: restart with finalizers
-- it did not end before
local mt = { __gc = function() end } local t = {} for i = 1, 5000 do t[i] = setmetatable({}, mt) end while true do collectgarbage("restart") local x = {} end
--- collections: modes in turn with many ephemeron tables
-- it did not end before
local mt = { __mode = "k" } local first = {} local k = first local all = {} for i = 1, 2000 do local n = {} all[i] = setmetatable({ [k] = n }, mt) k = n end while true do collectgarbage("generational") collectgarbage("incremental") end
--- string.pack with a size of many digits, caught
-- it did not end before
local s = "i" .. ("0"):rep(1000):rep(500) .. "1" while true do pcall(string.pack, s, 1) end
--- match of a set without an end, caught
-- it did not end before
local s = "[" .. ("x"):rep(1000):rep(500) while true do pcall(string.match, "x", s) end
--- gsub of a set without an end, caught
-- it did not end before
local s = "[^" .. ("x"):rep(1000):rep(500) while true do pcall(string.gsub, "x", s, "") end
--- find of a frontier of a set without an end, caught
-- it did not end before
local s = "%f[" .. ("x"):rep(1000):rep(500) while true do pcall(string.find, "x", s) end
--- warn of many pieces, all long
-- it did not end before
local s = ("x"):rep(1000):rep(500) while true do warn(s, s, s, s, s, s) end
--- external tables: a long key in rawget, caught
-- it did not end before
local s = ("x"):rep(1000):rep(500) while true do pcall(rawget, _home, s) end
--- external tables: keys of zeros read, caught
-- it did not end before
local s = ("\0"):rep(1000):rep(500) while true do pcall(rawget, _home, s) end
--- utf8.len of continuation bytes after much
-- it did not end before
local s = ("x"):rep(1000):rep(500) .. "\x80" while true do utf8.len(s, 1, -1, true) end
--- utf8.len of three bytes each, wrong at its end
-- it did not end before
local s = ("\u{20ac}"):rep(1000):rep(160) .. "\xff" while true do utf8.len(s) end
--- utf8.len of pieces that are wrong far on
-- it did not end before
local s = ("x"):rep(1000):rep(400) .. "\xff" while true do for i = 1, 100 do utf8.len(s, i) end end
--- big integers: one and bytes of zeros
-- it did not end before
local s = "\1" .. ("\0"):rep(1000):rep(500) local frombytes = require("bigint").frombytes while true do frombytes(s) end
--- big integers: a string with zeros, negative
-- it did not end before
local s = ("\0"):rep(1000):rep(500) local frombytes = require("bigint").frombytes while true do frombytes(s, true) end
--- big integers: bytes that are all zero
-- 4660 times as long as a plain loop
local s = ("\0"):rep(1000):rep(512) local frombytes = require("bigint").frombytes while true do frombytes(s) end
--- a set that does not end, caught
-- 3520 times as long as a plain loop
local s = "[" .. ("x"):rep(1000):rep(512) while true do pcall(string.find, "x", s) end
--- memory: full of functions, one that does not fit, caught
-- 2070 times as long as a plain loop
local t = {} pcall(function() for i = 1, 1 << 30 do t[i] = function() return i end end end) while true do pcall(string.rep, "x", 100000) end
--- collections: incremental and generational in turn
-- 1580 times as long as a plain loop
local t = {} for i = 1, 10000 do t[i] = {} end while true do collectgarbage("generational") collectgarbage("incremental") end
--- external tables: a long key read, caught
-- 1490 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) while true do pcall(function() return _home[s] end) end
--- string.format, what has a long text cut
-- 1290 times as long as a plain loop
local s = ("x"):rep(1000):rep(500) local t = setmetatable({}, { __tostring = function() return s end }) while true do ("%.1s"):format(t) end
--- gmatch of a set that does not end, caught
-- 1200 times as long as a plain loop
local s = "[" .. ("x"):rep(1000):rep(512) while true do pcall(string.gmatch("x", s)) end
--- collections: restart with a deep stack
-- 1100 times as long as a plain loop
local function f(n) if n > 0 then return 1 + f(n - 1) end while true do collectgarbage("restart") local x = {} end end f(4000)
--- collections: restart
-- 910 times as long as a plain loop
local t = {} for i = 1, 10000 do t[i] = {} end while true do collectgarbage("restart") local x = {} end
--- collections: no pause
-- 830 times as long as a plain loop
local t = {} for i = 1, 10000 do t[i] = {} end collectgarbage("setpause", 0) collectgarbage("setstepmul", 1000) while true do local x = {} end
--- collections: restart with a weak table
-- 760 times as long as a plain loop
local t = setmetatable({}, { __mode = "v" }) for i = 1, 20000 do t[i] = i end while true do collectgarbage("restart") local x = {} end
--- load in a long mode that takes text
-- 760 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) .. "t" while true do load("", "x", s) end
--- load in a binary mode that is long, caught
-- 730 times as long as a plain loop
local s = ("x"):rep(1000):rep(500) .. "b" while true do load("\27Lua", "x", s) end
--- string.format, a long string cut
-- 720 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) while true do ("%.1s"):format(s) end
--- collections: stop and restart
-- 670 times as long as a plain loop
local t = {} for i = 1, 10000 do t[i] = {} end while true do collectgarbage("stop") collectgarbage("restart") local x = {} end
--- string.pack of fills, one after another, caught
-- 640 times as long as a plain loop
while true do pcall(string.pack, "c100000c100000c100000c100000i", "", "", "", "", "x") end
--- external tables: a long key removed, caught
-- 610 times as long as a plain loop
local s = ("x"):rep(1000):rep(500) while true do pcall(rawset, _home, s, nil) end
--- string.pack of a fill and then what is wrong, caught
-- 460 times as long as a plain loop
while true do pcall(string.pack, "c400000i", "", "x") end
--- errors with a far level that is not there
-- 430 times as long as a plain loop
local function f(n) if n > 0 then return 1 + f(n - 1) end while true do pcall(error, "x", 1 << 30) end end f(4500)
--- collections: no pause set in turn
-- 400 times as long as a plain loop
local t = {} for i = 1, 10000 do t[i] = {} end while true do collectgarbage("setpause", 0) collectgarbage("setstepmul", 1000) local x = {} end
--- memory: a file of threads refused, caught
-- 310 times as long as a plain loop
local t = {} for i = 1, 10000 do t[i] = {} end local c = {} local create = coroutine.create pcall(function() while true do c[#c + 1] = create(print) end end) while true do pcall(create, print) end
--- MOD, a negative far float
-- 290 times as long as a plain loop
local a, b = -1.7e308, 3e-308 while true do local c = a % b end
--- debug.getinfo of a level that is not there
-- 280 times as long as a plain loop
local function f(n) if n > 0 then return (f(n - 1)) end while true do debug.getinfo(1 << 30, "l") end end f(5500)
--- generated: a far level of an option, caught
-- 270 times as long as a plain loop
local getinfo = debug.getinfo local function f(n) if n > 0 then return 1 + f(n - 1) end while true do pcall(getinfo, 472930, "S") end end f(2000)
--- string.unpack with a size of many digits, caught
-- 260 times as long as a plain loop
local s = "c" .. ("0"):rep(1000):rep(500) .. "9" while true do pcall(string.unpack, s, "x") end
--- returns that close many variables
-- 240 times as long as a plain loop
local names = {} for i = 1, 180 do names[i] = "a" .. i end names = table.concat(names, ", ")
load("local function f() local " .. names .. " local g = function() return " .. names .. " end return a1, a2 end while true do f() end")()
--- closures over many variables in a coroutine
-- 240 times as long as a plain loop
local names = {} for i = 1, 180 do names[i] = "a" .. i end names = table.concat(names, ", ")
load("coroutine.wrap(function() while true do local " .. names .. " local f = function() return " .. names .. " end end end)()")()
--- collections: a deep stack, restart
-- 240 times as long as a plain loop
local function f(n) if n > 0 then return (f(n - 1)) end while true do collectgarbage("restart") local x = {} end end f(5500)
--- string.format, a long string cut to nothing
-- 230 times as long as a plain loop
local s = ("x"):rep(1000):rep(500) while true do ("%.s"):format(s) end
--- collections: restart with a large string table
-- 220 times as long as a plain loop
local t = {} for i = 1, 12000 do t[i] = "s" .. i end while true do collectgarbage("restart") local x = {} end
--- external tables: a table with a long key, caught
-- 220 times as long as a plain loop
local t = { [("x"):rep(1000):rep(500)] = 1 } while true do pcall(rawset, _home, "t", t) end
--- memory: table.concat refused with many alive, caught
-- 220 times as long as a plain loop
local t = {} for i = 1, 10000 do t[i] = {} end local s = ("x"):rep(1000):rep(300) local l = { s, s, s, s } while true do pcall(table.concat, l) end
--- many upvalues closed by goto
-- 200 times as long as a plain loop
local names = {} for i = 1, 180 do names[i] = "a" .. i end names = table.concat(names, ", ")
load("::again:: do local " .. names .. " local f = function() return " .. names .. " end end goto again")()
--- a closure over many variables
-- 180 times as long as a plain loop
load("local " .. ("a%d, "):rep(190):gsub("%%d", (function() local n = 0 return function() n = n + 1 return n end end)()) .. "z while true do local f = function() return " .. ("a%d, "):rep(190):gsub("%%d", (function() local n = 0 return function() n = n + 1 return n end end)()) .. "z end end")()
--- getinfo of a coroutine with a deep stack
-- 180 times as long as a plain loop
local function f(n) if n > 0 then return 1 + f(n - 1) end coroutine.yield() end local c = coroutine.create(f) coroutine.resume(c, 4500) while true do debug.getinfo(c, 1 << 30) end
--- text of smallest floats in table.concat
-- 180 times as long as a plain loop
local t = {} for i = 1, 100 do t[i] = 5e-324 * i end while true do table.concat(t, ",") end
--- external tables: next after a long key, caught
-- 180 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) while true do pcall(next, _home, s) end
--- collections: restart with a long __mode
-- 170 times as long as a plain loop
local mt = { __mode = ("x"):rep(1000):rep(400) } local t = {} for i = 1, 100 do t[i] = setmetatable({}, mt) end while true do collectgarbage("restart") local x = {} end
--- table.concat with a long separator between empty texts, caught
-- 170 times as long as a plain loop
local t, s = { "", "", "", {} }, ("x"):rep(1000):rep(200) while true do pcall(table.concat, t, s) end
--- find of a text of zeros in itself
-- 160 times as long as a plain loop
local s = ("\0"):rep(4000) while true do s:find(s) end
--- powers of the largest and the smallest float
-- 150 times as long as a plain loop
local a, b = 1.7e308, 5e-324 while true do local c = a ^ b end
--- string arithmetic, % with far exponents
-- 140 times as long as a plain loop
local a = "1.7e308" while true do local c = a % "3e-308" end
--- %g of the smallest floats
-- 130 times as long as a plain loop
while true do ("%g %g %g %g"):format(5e-324, 1e-320, 3e-310, 2e-308) end
--- close handlers of many variables
-- 130 times as long as a plain loop
load("local o = setmetatable({}, { __close = function(" .. ("a, "):rep(180) .. "a) end }) while true do local x <close> = o end")()
--- collections: modes in turn with a deep stack
-- 130 times as long as a plain loop
local function f(n) if n > 0 then return 1 + f(n - 1) end while true do collectgarbage("generational") collectgarbage("incremental") end end f(4000)
--- __mod of texts by fmod
-- 130 times as long as a plain loop
local fmod = math.fmod while true do fmod("1.7e308", "3e-308") end
--- fresh variables, each captured
-- 130 times as long as a plain loop
local names = {} for i = 1, 180 do names[i] = "a" .. i end names = table.concat(names, ", ")
load("while true do local " .. names .. " local f = function() return " .. names .. " end end")()
--- collections: small steps that do much
-- 110 times as long as a plain loop
local t = {} for i = 1, 10000 do t[i] = {} end collectgarbage("incremental", 1, 1000, 1) while true do local x = {} end
--- concat of far floats with big integers
-- 110 times as long as a plain loop
local x = require("bigint").new(5) while true do local y = 5e-324 .. x end
--- powers of a far float and a constant
-- 110 times as long as a plain loop
local a = 1.7e308 while true do local c = a ^ 3e-308 end
--- generated: a float as a text of string.lower
-- 100 times as long as a plain loop
while true do pcall(string.lower, 5e-324) end
--- % of a float and a constant
-- 99 times as long as a plain loop
local a = 1.7e308 while true do local x = a % 3e-308 end
--- floats with far exponents, %
-- 96 times as long as a plain loop
local a, b = 1.7e308, 3e-308 while true do local x = a % b end
--- collections: restart with many threads
-- 90 times as long as a plain loop
local t = {} for i = 1, 600 do t[i] = coroutine.create(print) end while true do collectgarbage("restart") local x = {} end
--- overflow of the stack with many variables, caught
-- 90 times as long as a plain loop
local names = {} for i = 1, 180 do names[i] = "a" .. i end names = table.concat(names, ", ")
load("local function f() local " .. names .. " return 1 + f() end while true do pcall(f) end")()
--- string.format of strings with zeros, caught
-- 86 times as long as a plain loop
local s = ("x"):rep(1000):rep(500) .. "\0" while true do pcall(string.format, "%10.3s", s) end
--- table.concat that memory refuses, caught
-- 83 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) local t = { s, s, s } while true do pcall(table.concat, t) end
--- metamethods with many parameters
-- 81 times as long as a plain loop
load("local t = setmetatable({}, { __index = function(" .. ("a, "):rep(180) .. "a) end }) while true do local x = t.x end")()
--- source: many and
-- 78 times as long as a plain loop
local s = "return x " .. ("and x "):rep(1000):rep(8) while true do load(s) end
--- a hundred results of a method that has none
-- 78 times as long as a plain loop
load("local t = { f = function() end } while true do local " .. ("a, "):rep(150) .. "a = t:f() end")()
--- string.pack of a text that ends in zero, caught
-- 72 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) .. "\0" while true do pcall(string.pack, "z", s) end
--- string.format, a string with zeros refused, caught
-- 70 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) .. "\0" while true do pcall(string.format, "%5s", s) end
--- table.concat with a long separator, caught
-- 62 times as long as a plain loop
local s = ("x"):rep(1000):rep(250) while true do pcall(table.concat, { 1, 2, {} }, s) end
--- integers and floats, %
-- 62 times as long as a plain loop
local a = math.maxinteger while true do local c = a % 3e-308 end
--- generated: unpack of numbers far below, caught
-- 60 times as long as a plain loop
local a = {} while true do pcall(table.unpack, a, -54719) end
--- concat of floats with far exponents
-- 58 times as long as a plain loop
local a, b = 1.7976931348623157e308, 5e-324 while true do local c = a .. b end
--- %.50f of small floats
-- 56 times as long as a plain loop
while true do ("%.50f%.60f"):format(1e-300, 1e-10) end
--- powers of far floats
-- 56 times as long as a plain loop
local a, b = 1.7e308, 3e-308 while true do local c = a ^ b end
--- external tables: a long key written, caught
-- 53 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) while true do pcall(function() _home[s] = 1 end) end
--- memory: unpack that needs stack, caught
-- 49 times as long as a plain loop
local t = {} for i = 1, 15000 do t[i] = i end while true do pcall(table.unpack, t, 1, 30000) end
--- a loop with many variables
-- 47 times as long as a plain loop
local names = {} for i = 1, 180 do names[i] = "a" .. i end names = table.concat(names, ", ")
load("local n = 0 local function f() n = (n + 1) % 100 if n > 0 then return n end end while true do for " .. names .. " in f do end end")()
--- pcall of a function with many parameters
-- 46 times as long as a plain loop
load("local pcall = pcall local function f(" .. ("a, "):rep(180) .. "a) end while true do pcall(f) end")()
--- error with a far level, caught
-- 46 times as long as a plain loop
local function f(n) if n > 0 then return (f(n - 1)) end while true do pcall(error, "x", 5000) end end f(5500)
--- text of the smallest float
-- 42 times as long as a plain loop
local a = 5e-324 while true do local x = tostring(a) end
--- print of numbers
-- 42 times as long as a plain loop
while true do print(1.7976931348623157e308, 5e-324, 1/3) end
--- gsub with a long replacement that is wrong at its end, caught
-- 40 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) .. "%y" while true do pcall(string.gsub, "x", "x", s) end
--- string.unpack of a text without an end, caught
-- 40 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) while true do pcall(string.unpack, "z", s) end
--- text of floats in io.write
-- 39 times as long as a plain loop
while true do io.write(5e-324, 1e-320, 3e-310, 2e-308) end
--- source: many or
-- 38 times as long as a plain loop
local s = "return x " .. ("or x "):rep(8000) while true do load(s) end
--- two hundred variables of a call without results
-- 38 times as long as a plain loop
load("local function f() end while true do local " .. ("a, "):rep(180) .. "a = f() end")()
--- concat that memory refuses, caught
-- 37 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) while true do pcall(function() return s .. s .. s .. s end) end
--- powers, denormal
-- 36 times as long as a plain loop
local a, b = 1.5, -1830.3 while true do local x = a ^ b end
--- text of floats in table.concat
-- 36 times as long as a plain loop
local t = {} for i = 1, 100 do t[i] = 1.7976931348623157e308 / i end while true do table.concat(t, ",") end
--- % by a float, in a table
-- 33 times as long as a plain loop
local t = { 1.7e308 } while true do t[1] = 1.7e308 + t[1] % 3e-300 end
--- tracebacks where a module has many names
-- 32 times as long as a plain loop
local t = {} for i = 1, 5000 do t["k" .. i] = i end package.loaded.m = t while true do debug.traceback() end
--- collections: parameters set in turn
-- 31 times as long as a plain loop
local t = {} for i = 1, 10000 do t[i] = {} end while true do collectgarbage("incremental", 1, 1000, 1) local x = {} end
--- math.fmod of the largest and a small float
-- 31 times as long as a plain loop
local fmod = math.fmod while true do fmod(1.7e308, 3e-308) end
--- tracebacks of a coroutine with a deep stack
-- 29 times as long as a plain loop
local function f(n) if n > 0 then return 1 + f(n - 1) end coroutine.yield() end local c = coroutine.create(f) coroutine.resume(c, 4500) while true do debug.traceback(c) end
--- generated: a float as a text of utf8.offset, caught
-- 29 times as long as a plain loop
while true do pcall(utf8.offset, 2.846063e257, 0) end
--- two hundred parameters without arguments
-- 27 times as long as a plain loop
load("local function f(" .. ("a, "):rep(180) .. "a) end while true do f() end")()
--- math.fmod of denormals
-- 24 times as long as a plain loop
local fmod = math.fmod while true do fmod(1e308, 2.2e-308) end
--- %.99f of the smallest float
-- 23 times as long as a plain loop
local a = 5e-324 while true do ("%.99f"):format(a) end
--- gsub, a long replacement and then a wrong one, caught
-- 22 times as long as a plain loop
local s = ("x"):rep(1000):rep(400) while true do pcall(string.gsub, "xy", ".", { x = s, y = {} }) end
--- tail calls with many parameters
-- 21 times as long as a plain loop
load("local function f(" .. ("a, "):rep(180) .. "a) return f() end f()")()
--- table.concat of long strings and then what is none, caught
-- 21 times as long as a plain loop
local s = ("x"):rep(1000):rep(250) local t = { s, s, {} } while true do pcall(table.concat, t) end
--- %.99g of the smallest float
-- 20 times as long as a plain loop
local a = 5e-324 while true do ("%.99g"):format(a) end
--- table.concat of pieces and then none, caught
-- 19 times as long as a plain loop
local t = {} for i = 1, 4 do t[i] = ("x"):rep(1000):rep(100) end t[5] = {} while true do pcall(table.concat, t) end
--- string.byte of many, caught
-- 19 times as long as a plain loop
local s = ("x"):rep(1000):rep(512) while true do pcall(string.byte, s, 1, -1) end
--- finalizers of many variables
-- 18 times as long as a plain loop
load("local mt = { __gc = function(" .. ("a, "):rep(180) .. "a) end } while true do setmetatable({}, mt) end")()
--- %.99e of a small float
-- 18 times as long as a plain loop
local a = 2.2250738585072011e-308 while true do ("%.99e"):format(a) end
--- generated: a small step and a short pause
-- 17 times as long as a plain loop
collectgarbage("incremental", 1, 62, 1) while true do local t = {} end
--- a hundred variables set to nil in a branch
-- 17 times as long as a plain loop
load("while true do do local " .. ("a, "):rep(150) .. "a end do local " .. ("a, "):rep(150) .. "a end end")()
--- two hundred variables set to nil
-- 16 times as long as a plain loop
load("while true do local " .. ("a, "):rep(180) .. "a end")()
--- text of floats in string.format
-- 16 times as long as a plain loop
while true do ("%s %s %s %s"):format(5e-324, 1e-320, 3e-310, 2e-308) end
--- debug.getinfo in a deep stack from afar
-- 15 times as long as a plain loop
local function f(n) if n > 0 then return 1 + f(n - 1) end while true do debug.getinfo(4000, "S") end end f(4500)
--- powers that are smallest
-- 15 times as long as a plain loop
local pow = math.pow while true do pow(1.5, -1830.3) end
--- generated: arguments refused beside modules with few names, caught
-- 15 times as long as a plain loop
for i = 1, 10 do local t = {} for j = 1, 62 do t["k" .. j] = j end package.loaded["m" .. i] = t end while true do pcall(string.gsub, 1, nil) end
--- ephemerons in a chain, made anew
-- 15 times as long as a plain loop
while true do local t = setmetatable({}, { __mode = "k" }) local k = {} local first = k for i = 1, 500 do local n = {} t[k] = n k = n end end
--- ephemerons in a chain with a reference back
-- 15 times as long as a plain loop
local t = setmetatable({}, { __mode = "k" }) local k = {} local first = k for i = 1, 6000 do local n = { k } t[k] = n k = n end t[k] = first k = nil while true do collectgarbage("step", 1000) end
--- pcall of pcall
-- 13 times as long as a plain loop
local t = {} for i = 1, 5000 do t[i] = pcall end while true do pcall(table.unpack(t)) end
--- powers
-- 13 times as long as a plain loop
local a, b = 1.0000001, 1e9 while true do local x = a ^ b end
--- generated: arguments of ext refused without a pause, caught
-- 13 times as long as a plain loop
collectgarbage("setpause", 0) while true do pcall(ext.size, 470652, -2672) end
--- the first of many captured variables captured
-- 12 times as long as a plain loop
local names = {} for i = 1, 180 do names[i] = "a" .. i end names = table.concat(names, ", ")
load("local " .. names .. " local f = function() return " .. names .. " end while true do local f = function() return a1 end end")()
--- source: many elseif
-- 12 times as long as a plain loop
local s = "if x then " .. ("elseif x then "):rep(4000) .. "end" while true do load(s) end
--- debug.getinfo with a long option for a function
-- 12 times as long as a plain loop
local s = ("u"):rep(1000):rep(500) while true do pcall(debug.getinfo, print, s) end
--- length of a table emptied from its end
-- 12 times as long as a plain loop
local t = {} for i = 1, 32768 do t[i] = i end for i = 32768, 2, -1 do t[i] = nil end while true do local n = #t end
--- generated: unpack of what is refused, caught
-- 11 times as long as a plain loop
while true do pcall(table.unpack, nil, 1, 3129) end
--- debug.getinfo of a far level
-- 11 times as long as a plain loop
local function f(n) if n > 0 then return (f(n - 1)) end while true do debug.getinfo(5000, "l") end end f(5500)
--- generated: a finalizer that overflows the stack
-- 11 times as long as a plain loop
local function a(n) return 1 + a(n) end while true do pcall(setmetatable, {}, { __gc = a, __mode = a, __index = a }) end
--- closures nested, over many variables
-- 11 times as long as a plain loop
local names = {} for i = 1, 100 do names[i] = "a" .. i end names = table.concat(names, ", ")
load("local " .. names .. " local function outer() return function() return " .. names .. " end end while true do outer() end")()
--- close handlers that raise in a recursion inside pcall
local mt = { __close = function() error("again") end }
local function f(n) local a <close> = setmetatable({}, mt) if n > 0 then f(n - 1) end error("first") end
while true do pcall(f, 150) end
--- a closure over 190 variables, in a loop
local names = {} for i = 1, 190 do names[i] = "v" .. i end
local list = table.concat(names, ", ")
local f = load("local " .. list .. " return function() return function() return " .. list .. " end end")()
while true do f() end
--- floats of far exponents, their remainder
local a, b = 1.7e308, 3e-308 while true do local x = a % b end
--- tonumber of many digits in a base
-- 770 times as long as a plain loop
local s = ("z"):rep(1000):rep(100) while true do tonumber(s, 36) end
--- length of a table with powers of two as keys
-- 91 times as long as a plain loop
local t = {} for i = 61, 0, -1 do t[1 << i] = 1 end while true do local n = #t end
--- rawlen of a table with powers of two as keys
-- 44 times as long as a plain loop
local t = {} for i = 61, 0, -1 do t[1 << i] = 1 end local rawlen = rawlen while true do rawlen(t) end
--- table.insert into a table with powers of two as keys
-- 26 times as long as a plain loop
local t = {} for i = 61, 0, -1 do t[1 << i] = 1 end local insert = table.insert while true do insert(t, nil) end
--- errors caught in a deep stack
-- 180 times as long as a plain loop
local function f(n) if n > 0 then return 1 + f(n - 1) end while true do pcall(error) end end f(4000)
--- errors caught in a deep stack of a coroutine
-- 200 times as long as a plain loop
coroutine.wrap(function() local function f(n) if n > 0 then return 1 + f(n - 1) end while true do pcall(error) end end f(4000) end)()
--- errors of __close caught in a deep stack
-- 145 times as long as a plain loop
local mt = { __close = error } local pcall, o = pcall, setmetatable({}, mt) local function g() local x <close> = o end
local function f(n) if n > 0 then return 1 + f(n - 1) end while true do pcall(g) end end f(4000)
--- errors of __gc in a deep stack
-- 52 times as long as a plain loop
local mt, setmetatable = { __gc = error }, setmetatable local function f(n) if n > 0 then return 1 + f(n - 1) end while true do setmetatable({}, mt) end end f(4000)
--- errors of a wrapped coroutine caught in a deep stack
-- 13 times as long as a plain loop
local wrap, pcall = coroutine.wrap, pcall local function f(n) if n > 0 then return 1 + f(n - 1) end while true do pcall(wrap(error)) end end f(4000)
--- a pattern with a set of 60 characters
-- 38 times as long as a plain loop
local s = ("a"):rep(10000) local p = "[" .. ("b"):rep(60) .. "]" while true do s:find(p) end
--- a pattern with a frontier of 60 characters
-- 33 times as long as a plain loop
local s = ("a"):rep(10000) local p = "%f[" .. ("b"):rep(60) .. "]" while true do s:find(p) end
--- a pattern with a set of 30 classes, repeated
-- 34 times as long as a plain loop
local s = ("!"):rep(10000) local p = "^[^" .. ("%a"):rep(30) .. "]*" while true do s:find(p) end
--- long strings, alike but for their ends, in one chain of a table
-- 63 times as long as a plain loop
local t, suffix = {}, { "0011", "0030", "0072", "0103", "0135", "0163", "0181", "0203", "0261", "0266", "0319", "0339", "0367", "0380", "0430", "0453", "0462" }
for i = 1, 16 do t[("x"):rep(58) .. suffix[i]] = i end
local k, x = ("x"):rep(58) .. suffix[17]
while true do x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] end
--- integers: one that is not there in a chain of sixteen
-- 16 times as long as a plain loop
local t = {} for i = 1, 17 do t[i * 31 * 1024] = i end
local k, x = 31 * 5000000 while true do x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] x = t[k] end
--- errors with the name of a variable behind many others
-- 15 times as long as a plain loop
local l = {} for i = 1, 190 do l[i] = "a" end l = "do local " .. table.concat(l, ",") .. " end "
local f = assert(load("do goto e end " .. l:rep(30) .. " ::e:: do local x x() end", "=x")) local pcall = pcall while true do pcall(f) end
--- captured variables that share a long string, written at the end
-- 34 times as long as a plain loop
local n = {} for i = 1, 180 do n[i] = "a" .. i end n = table.concat(n, ",")
local f = load("local " .. n .. " return function(s) " .. n:gsub("a(%d+)", "a%1=s"):gsub(",", " ") .. " end, s")()
_home.f = f f(("x"):rep(1000):rep(400)) while true do end
--- captured variables that share a long text of digits, written at the end
-- 246 times as long as a plain loop
local n = {} for i = 1, 180 do n[i] = "a" .. i end n = table.concat(n, ",")
local f = load("local " .. n .. " return function(s) " .. n:gsub("a(%d+)", "a%1=s"):gsub(",", " ") .. " end, s")()
_home.f = f local s = {} for i = 1, 3000 do s[i] = i * 7919 % 10007 end f(table.concat(s, " "):rep(20)) while true do end
--- captured variables that share a big integer, written at the end
-- 83 times as long as a plain loop
local n = {} for i = 1, 180 do n[i] = "a" .. i end n = table.concat(n, ",")
local f = load("local " .. n .. " return function(s) " .. n:gsub("a(%d+)", "a%1=s"):gsub(",", " ") .. " end, s")()
_home.f = f f(require("bigint").new(1) << 3000000) while true do end
--- collections with captured variables that share a long string
-- 45 times as long as a plain loop
local n = {} for i = 1, 180 do n[i] = "a" .. i end n = table.concat(n, ",")
local f = load("local " .. n .. " return function(s) " .. n:gsub("a(%d+)", "a%1=s"):gsub(",", " ") .. " end, s")()
_home.f = f f(("x"):rep(1000):rep(400)) while true do collectgarbage() end
--- collections by themselves with captured variables that share a long string
-- 65 times as long as a plain loop
local n = {} for i = 1, 180 do n[i] = "a" .. i end n = table.concat(n, ",")
local f = load("local " .. n .. " return function(s) " .. n:gsub("a(%d+)", "a%1=s"):gsub(",", " ") .. " end, s")()
_home.f = f f(("x"):rep(1000):rep(400)) local rep = string.rep while true do rep("x", 30000) end
--- dates of many percent signs
-- 35 times as long as a plain loop
local f = ("%%"):rep(222) while true do os.date(f, 0) end
--- parameters of the collector set
-- 13 times as long as a plain loop
while true do collectgarbage("setstepmul", 62) end
--- the clock, which the host tells
local clock = os.clock while true do clock() end
--- finalizers that fail at length
local b = setmetatable({}, { __name = ("x"):rep(30):rep(1000) })
while true do pcall(setmetatable, {}, { __gc = b, __mode = b, __index = b }) end
--- finalizers behind a long chain of __call
-- 16 times as long as a plain loop
local c = print for i = 1, 3000 do c = setmetatable({}, { __call = c }) end
while true do pcall(setmetatable, {}, { __gc = c, __mode = c, __index = c }) end
--- fields of strings that are looked for in strings
-- 54 times as long as a plain loop
getmetatable("").__index = "x" while true do pcall(function() return ("a").x end) end
--- methods of strings that are looked for in strings
-- 55 times as long as a plain loop
getmetatable("").__index = "x" while true do pcall(function() return ("a"):x() end) end
--- fields of strings that are set in strings
-- 39 times as long as a plain loop
getmetatable("").__newindex = "x" local f = function() ("a").x = 1 end while true do pcall(f) end
--- elements of strings that are looked for in strings
-- 101 times as long as a plain loop
getmetatable("").__index = "x" local f, s = ipairs("a") while true do pcall(f, s, 0) end
