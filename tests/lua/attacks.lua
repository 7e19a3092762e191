-- Scripts that run for ever, or nearly, each in a way of its own; a budget stops every one of them. A line `--- name`
-- begins a script. tests/node/budget.test.mjs runs them in Node, tests/budget.rs on the other engines.
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
--- external tables: drop
while true do local t = ext.table() t[1] = 1 ext.drop(t) end
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
