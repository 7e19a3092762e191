--- assert: passed
assert(1, 2, 3)
--- assert: failed
pcall(assert, false, LONG)
--- assert: many
assert(table.unpack(LIST, 1, 5000))
--- collectgarbage: collect
collectgarbage()
--- collectgarbage: collect, much alive
ALIVE[1] = {} collectgarbage("collect")
--- collectgarbage: step
ALIVE[1] = {} collectgarbage("step")
--- collectgarbage: step, much
ALIVE[1] = {} collectgarbage("step", 1 << 20)
--- collectgarbage: count, isrunning
collectgarbage("count") collectgarbage("isrunning")
--- collectgarbage: stop and restart
ALIVE[1] = {} collectgarbage("stop") collectgarbage("restart") local t = {}
--- collectgarbage: modes in turn
ALIVE[1] = {} collectgarbage("generational") collectgarbage("incremental")
--- collectgarbage: parameters
ALIVE[1] = {} collectgarbage("incremental", 1, 1000, 1) local t = {}
--- collectgarbage: parameters, generational
ALIVE[1] = {} collectgarbage("generational", 1, 1) local t = {}
--- collectgarbage: no pause
ALIVE[1] = {} collectgarbage("setpause", 0) collectgarbage("setstepmul", 1000) local t = {}
--- collectgarbage: what is no option
pcall(collectgarbage, LONG)
--- coroutine.close: suspended
local c = coroutine.create(coroutine.yield) coroutine.resume(c) coroutine.close(c)
--- coroutine.close: with something to close
function begin() local x <close> = setmetatable({}, { __close = function() end }) coroutine.yield() end
-- each
local c = coroutine.create(begin) coroutine.resume(c) coroutine.close(c)
--- coroutine.create: dropped
coroutine.create(print)
--- coroutine.isyieldable: all
coroutine.isyieldable() coroutine.isyieldable(THREAD)
--- coroutine.resume: small
coroutine.resume(THREAD, 1)
--- coroutine.resume: many values
coroutine.resume(THREAD, table.unpack(LIST, 1, 5000))
--- coroutine.resume: dead
local c = coroutine.create(error) coroutine.resume(c, LONG) coroutine.resume(c)
--- coroutine.running: all
coroutine.running()
--- coroutine.status: all
coroutine.status(THREAD)
--- coroutine.wrap: errors with a long text
pcall(coroutine.wrap(error), LONG)
--- coroutine.wrap: in another, overflow
function nested() return coroutine.wrap(nested)() end
-- each
pcall(nested)
--- coroutine.yield: outside
pcall(coroutine.yield, LONG)
--- coroutine.yield: many
w = coroutine.wrap(function() while true do coroutine.yield(table.unpack(LIST, 1, 5000)) end end)
-- each
w(LIST)
--- debug.getinfo: small
debug.getinfo(1) debug.getinfo(print)
--- debug.getinfo: lines
f = load(("x = 1\n"):rep(8000))
-- each
debug.getinfo(f, "L")
--- debug.getinfo: long source
f = load("return 1 --" .. ("x"):rep(100000))
-- each
debug.getinfo(f, "S")
--- debug.getinfo: long option
pcall(debug.getinfo, 1, LONG) pcall(debug.getinfo, 1, "S" .. LONG)
--- debug.getinfo: far level
DEEP(function() debug.getinfo(4000, "l") debug.getinfo(1 << 30, "l") end)
--- debug.getinfo: name in a long function
f = load("local x " .. ("x = x "):rep(20000) .. "while true do debug.getinfo(0, 'n') end")
-- each
f()
--- debug.traceback: small
debug.traceback()
--- debug.traceback: deep
DEEP(function() debug.traceback() end)
--- debug.traceback: deep, from afar
DEEP(function() debug.traceback("", 4000) end)
--- debug.traceback: long
pcall(debug.traceback, LONG) pcall(debug.traceback, THREAD, LONG)
--- debug.traceback: many modules
local m = MODULES debug.traceback()
--- error: caught
pcall(error, LONG) pcall(error, {})
--- error: far level
DEEP(function() pcall(error, "x", 4000) end)
--- ext.batch: one
ext.batch { { "set", EXT, 1, 2 } }
--- ext.batch: many
local l = {} for i = 1, 200 do l[i] = { "set", EXT, i, i } end ext.batch(l) ext.batch(l, { atomic = false })
--- ext.batch: reads
local l = {} for i = 1, 200 do l[i] = { op = "get", table = EXT, key = i } end ext.batch(l)
--- ext.batch: each fails
local l = {} for i = 1, 200 do l[i] = { "sit" } end ext.batch(l, { atomic = false })
--- ext.batch: the last one fails
local l = {} for i = 1, 200 do l[i] = { "set", EXT, i, i } end l[201] = 1 pcall(ext.batch, l)
--- ext.batch: ways
local l = {} for i = 1, 200 do l[i] = { "get", "_home", i } end ext.batch(l)
--- ext.changes: all
local t = ext.table() ext.feed(t, { values = true }) for i = 1, 100 do t[i] = { i, { i } } end ext.changes(t) ext.changes(t, 99) pcall(ext.changes, t, 1000)
--- ext.check: all
local t = ext.table() for i = 1, 100 do t[i] = { a = { i }, b = i } end ext.index(t, "a", { multi = true }) ext.index(t, { "b", "a.1" }) ext.check(t)
--- ext.count: all
ext.count(EXT) ext.count(EXT, {[""] = {">", 3}}) EXT[1] = 1
--- ext.count: strings
ext.count(EXT, {[""] = {"contains", LONG}}) ext.count(EXT, {[""] = {"matches", ".-x"}}) EXT[1] = 1
--- ext.drop_index: all
local t = ext.table() for i = 1, 100 do t[i] = i end ext.index(t, "") ext.drop_index(t, "value") ext.drop_index(t, "value")
--- ext.drop: empty
ext.drop(ext.table())
--- ext.drop: refilled
for i = 1, 100 do EXT[i] = i end ext.drop(EXT)
--- ext.drop: what is none
pcall(ext.drop, LIST) pcall(ext.drop, LONG)
--- ext.feed: on, changed and off
local t = ext.table() for i = 1, 100 do t[i] = { i, { i } } end ext.feed(t, true) t[1][2][1] = 7 ext.feed(t, { values = true, count = 5 }) t[1] = nil ext.feed(t) ext.feed(t, false)
--- ext.feed: what is none
pcall(ext.feed, LIST) pcall(ext.feed, EXT, { values = 1 })
--- ext.index: of rows that are there
local t = ext.table() for i = 1, 100 do t[i] = { a = i, b = { LIST } } end ext.index(t, "a", { unique = true }) ext.index(t, "b", { multi = true, kind = "hash" }) ext.index(t, "a", { name = "some", where = { a = { ">", 50 } } })
--- ext.index: there already, and what is none
local t = ext.table() ext.index(t, "a") for i = 1, 100 do ext.index(t, "a") pcall(ext.index, t, "a..b") pcall(ext.index, t, LIST) end
--- ext.index: rows that change
local t = ext.table() ext.index(t, "a") ext.index(t, { "b", "a" }) for i = 1, 100 do t[i] = { a = i, b = LONG } t[i].a = -i end
--- ext.indexes: all
local t = ext.table() for i = 1, 10 do ext.index(t, "a" .. i) end ext.indexes(t)
--- ext.migrate: steps
local t = ext.table() ext.migrate(t, 2, { FUNCTION, FUNCTION }) ext.migrate(t, 9, FUNCTION, { dry = true }) pcall(ext.migrate, t, 1, FUNCTION) ext.migrate(t)
--- ext.each: all
for k in ext.each(EXT) do end
--- ext.each: in another order
for k in ext.each(EXT, {order = {{field = "", desc = true}}}) do end
--- ext.exists: all
ext.exists(EXT, {[""] = -1}) EXT[1] = 1
--- ext.explain: all
ext.explain(EXT, {order = ""}) EXT[1] = 1
--- ext.first: all
ext.first(EXT, {where = {x = 1}}) EXT[1] = 1
--- ext.query: all
ext.query(EXT) EXT[1] = 1
--- ext.query: the same again
ext.query(EXT, {where = {[""] = 5}})
--- ext.query: in another order
ext.query(EXT, {order = "", limit = 10, offset = 5}) EXT[1] = 1
--- ext.query: groups
ext.query(EXT, {group = "", count = true, sum = "", min = "", average = ""}) EXT[1] = 1
--- ext.query: a long specification
list = {} for i = 1, 500 do list[i] = i end
-- each
ext.query(EXT, {where = {[""] = {"in", list}}}) EXT[1] = 1
--- ext.query: what is refused
pcall(ext.query, EXT, {where = {a = {LONG, 1}}}) pcall(ext.query, EXT, LIST) pcall(ext.query, EXT, {after = LONG})
--- ext.schema: of rows that are there
local t = ext.table() for i = 1, 100 do t[i] = { a = i, b = { LONG } } end ext.schema(t, { fields = { a = "integer", b = { items = { type = "string", pattern = ".-y$" } } } }) ext.schema(t) ext.schema(t, false)
--- ext.schema: rows that change
local t = ext.table() ext.schema(t, { fields = { a = { enum = LIST, default = 1 }, b = { type = "array", items = "string" } }, unknown = false }) for i = 1, 100 do pcall(rawset, t, i, { b = { "x" } }) pcall(rawset, t, i, { c = 1 }) end
--- ext.schema: what is none
pcall(ext.schema, EXT, { fields = { a = LIST } }) pcall(ext.schema, EXT, LONG) pcall(ext.schema, EXT, { pattern = LONG })
--- ext.size: all
ext.size(EXT) ext.size(EXTNAMES) pcall(ext.size, LONG)
--- ext.table: dropped
ext.table()
--- ext.table_size: all
ext.table_size(EXT)
--- ext.transaction: empty
ext.transaction(FUNCTION)
--- ext.transaction: nested
ext.transaction(function() ext.transaction(function() EXT[1] = 1 end) end)
--- ext.transaction: that fails
pcall(ext.transaction, function() EXT[1] = { 1, { 2 } } error("no") end)
--- ext.transaction: that fails with much to be undone
pcall(ext.transaction, function() for i = 1, 100 do EXT[i] = i end error("no") end)
--- ext.transaction: what is none
pcall(ext.transaction, LIST) pcall(ext.transaction, LONG)
--- getmetatable: all
getmetatable("") getmetatable(_home) getmetatable(NAMED)
--- io.write: small
io.write("x", 1, 0.1)
--- io.write: long
io.write(LONG)
--- io.write: long, then refused
pcall(io.write, LONG, {})
--- ipairs: list
for i in ipairs(LIST) do end
--- ipairs: external
for i in ipairs(EXT) do end
--- load: small
load("return 1")
--- load: large
s = ("x = x + 1 "):rep(10000)
-- each
load(s)
--- load: long name
load("", LONG)
--- load: long mode
pcall(load, "", "x", LONG) pcall(load, "", "x", LONG .. "t")
--- load: long name and an error
load("?", LONG)
--- load: function
load(function() return nil end)
--- load: function, pieces
n = 0
-- each
n = 0 load(function() n = n + 1 return n < 1000 and "x=1 " or nil end)
--- load: binary
load(string.dump(FUNCTION), "x", "b")
--- load: what does not end
s, t, u = "return '" .. ("x"):rep(50000), "--[[" .. ("x"):rep(50000), "return [==[" .. ("]="):rep(20000)
-- each
load(s) load(t) load(u)
--- load: digits
s, t = "return " .. ("9"):rep(50000), "return 0x" .. ("f"):rep(50000)
-- each
load(s) load(t)
--- load: elseif
s = "if x then " .. ("elseif x then "):rep(5000) .. "end"
-- each
load(s)
--- load: and, or
s, t = "return x " .. ("and x "):rep(8000), "return x " .. ("or x "):rep(8000)
-- each
load(s) load(t)
--- load: labels
s = {} for i = 1, 6000 do s[i] = "::l" .. i .. "::" end s = table.concat(s)
-- each
load(s)
--- load: gotos
s = {} for i = 1, 4000 do s[i] = "goto l" .. i end for i = 1, 4000 do s[4000 + i] = "::l" .. i .. "::" end s = table.concat(s, " ")
-- each
load(s)
--- load: names in nested functions
local names = {} for i = 1, 190 do names[i] = "a" .. i end
s = ("local " .. table.concat(names, ",") .. " return function() "):rep(60) .. ("x=y "):rep(2000) .. ("end "):rep(60)
-- each
load(s)
--- load: deep
s, t = ("("):rep(190), ("return function() "):rep(190)
-- each
load(s) load(t)
--- load: constants
s = {} for i = 1, 5000 do s[i] = "x=" .. i .. ".5" end s = table.concat(s, " ")
-- each
load(s)
--- next: small
next(LIST) next(LIST, 5000) next(HASH, "key 4000")
--- next: emptied
next(HOLLOW) next(EMPTIED)
--- next: what is no key
pcall(next, LIST, LONG) pcall(next, HASH, 0.5)
--- next: external
next(EXT) next(EXT, 2500)
--- next: external, long names
next(EXTNAMES)
--- next: external, a long key
pcall(next, EXT, LONG)
--- pairs: list and hash
for k in pairs(LIST) do end for k in pairs(HASH) do end
--- pairs: ended at once
for k in pairs(LIST) do break end
--- pairs: external
for k in pairs(EXT) do end
--- pairs: external, ended at once
for k in pairs(EXT) do break end
--- pairs: external, long names
for k in pairs(EXTNAMES) do end
--- pairs: emptied
for k in pairs(HOLLOW) do end for k in pairs(EMPTIED) do end
--- pcall: small
pcall(type, 1)
--- pcall: pcall, many arguments
t = {} for i = 1, 150 do t[i] = pcall end for i = 151, 5000 do t[i] = i end
-- each
pcall(table.unpack(t))
--- pcall: arguments refused, many modules
local m = MODULES pcall(string.rep)
--- pcall: arguments refused, long type name
pcall(string.rep, NAMED)
--- print: small
print("x")
--- print: numbers
print(1.7976931348623157e308, 5e-324, 1 / 3)
--- print: long
print(LONG)
--- print: what has a long name
print(NAMED)
--- rawequal: long strings
a, b = LONG .. "a", LONG .. "b"
-- each
rawequal(a, b)
--- rawequal: numbers, tables
rawequal(1, 1.0) rawequal(LIST, HASH)
--- rawget: all
rawget(LIST, 5) rawget(HASH, "x") rawget(HASH, LONG)
--- rawget: external
rawget(EXT, 5) rawget(EXT, "x")
--- rawlen: all
rawlen(LIST) rawlen(LONG) rawlen(HASH)
--- rawlen: external
rawlen(EXT)
--- rawset: all
rawset(LIST, 5, 5) rawset(HASH, "key 7", 1)
--- rawset: external
rawset(EXT, 5, 5)
--- require: loaded
require("string")
--- require: absent
pcall(require, "absent") pcall(require, LONG)
--- select: all
select("#", 1, 2, 3) select(2, 1, 2, 3) select(-1, 1, 2, 3)
--- select: many
select(-1, table.unpack(LIST, 1, 5000))
--- setmetatable: all
setmetatable({}, {}) pcall(setmetatable, _home, {}) pcall(setmetatable, LONG, {})
--- setmetatable: with a finalizer
mt = { __gc = function() end }
-- each
setmetatable({}, mt)
--- setmetatable: with a finalizer, old
mt = { __gc = function() end } n = 0
-- each
n = n % 10000 + 1 setmetatable(ALIVE[n], mt)
--- tonumber: small
tonumber("10") tonumber("0x10") tonumber("1.5") tonumber("x") tonumber("z", 36)
--- tonumber: blanks
tonumber(BLANKS) tonumber(BLANKS .. "1")
--- tonumber: digits
tonumber(DIGITS) tonumber(DIGITS, 36)
--- tonumber: zeros
tonumber(ZEROS) tonumber("." .. ZEROS .. "1") tonumber("1e" .. ZEROS)
--- tonumber: hexadecimal
s = "0x" .. DIGITS
-- each
tonumber(s)
--- tonumber: hexadecimal fraction
s = "0x." .. ZEROS .. "1p-1000"
-- each
tonumber(s)
--- tonumber: shortest of far exponents
tonumber("1.7976931348623157e308") tonumber("4.9406564584124654e-324") tonumber("2.2250738585072011e-308")
--- tonumber: many digits of far exponents
s = "4.9406564584124654" .. ("1234567890"):rep(78) .. "e-324" t = "9007199254740993." .. ("0"):rep(700) .. "1"
-- each
tonumber(s) tonumber(t)
--- tostring: small
tostring(1) tostring("x") tostring(nil)
--- tostring: floats
tostring(0.1) tostring(1 / 3)
--- tostring: floats with far exponents
tostring(1.7976931348623157e308) tostring(5e-324)
--- tostring: what has a long name
tostring(NAMED)
--- tostring: tables, functions
tostring(LIST) tostring(print) tostring(_home)
--- type: all
type(1) type(LONG) pcall(type)
--- unpack: all
unpack(LIST, 1, 3) unpack(LIST, 1, 5000) pcall(unpack, LIST, 1, 1e7)
--- warn: long
warn(LONG)
--- warn: long, then refused
pcall(warn, LONG, {})
--- warn: control
s = "@" .. LONG
-- each
warn(s) warn("@on") warn("@off")
--- warn: on
warn("@on") warn("x", LONG)
--- xpcall: small
xpcall(type, print, 1)
--- xpcall: many arguments
xpcall(type, print, table.unpack(LIST, 1, 5000))
--- xpcall: tracebacks
xpcall(error, debug.traceback, LONG)
--- xpcall: handlers that fail
xpcall(error, error, "x")
--- math.abs: all
math.abs(-1) math.abs(-0.5)
--- math.acos: all
math.acos(0.7) math.acos(-0.999)
--- math.asin: all
math.asin(0.7) math.asin(5e-324)
--- math.atan: all
math.atan(1e300, 3) math.atan(0.7)
--- math.atan2: all
math.atan2(1e300, 3) math.atan2(-0.7, 5e-324)
--- math.ceil: all
math.ceil(0.5) math.ceil(1.7e308)
--- math.cos: small
math.cos(0.7)
--- math.cos: large
math.cos(1.7e308)
--- math.cosh: all
math.cosh(700.1) math.cosh(1e-9)
--- math.deg: all
math.deg(1)
--- math.exp: all
math.exp(709.7) math.exp(-745.1)
--- math.floor: all
math.floor(0.5) math.floor(1.7e308)
--- math.fmod: small
math.fmod(7, 3) math.fmod(7.5, 2)
--- math.fmod: far exponents
math.fmod(1.7e308, 3e-308)
--- math.fmod: smallest
math.fmod(1.7e308, 5e-324)
--- math.frexp: all
math.frexp(1.5) math.frexp(5e-324)
--- math.ldexp: all
math.ldexp(1.5, 1000) math.ldexp(1.5, -2000)
--- math.log: all
math.log(5e-324) math.log(1e308, 10) math.log(1e308, 7)
--- math.log10: all
math.log10(1e308)
--- math.max: all
math.max(1, 2) math.max(table.unpack(LIST, 1, 5000))
--- math.min: all
math.min(1, 2) math.min(table.unpack(LIST, 1, 5000))
--- math.modf: all
math.modf(1.5) math.modf(1.7e308)
--- math.pow: all
math.pow(1.0000001, 1e9) math.pow(2, 10)
--- math.pow: smallest
math.pow(1.5, -1830.3)
--- math.rad: all
math.rad(1)
--- math.random: all
math.random() math.random(100) math.random(0)
--- math.random: wide
math.random(0, (1 << 62) + 1)
--- math.randomseed: all
math.randomseed(1, 2)
--- math.sin: small
math.sin(0.7)
--- math.sin: large
math.sin(1.7e308)
--- math.sinh: all
math.sinh(700.1)
--- math.sqrt: all
math.sqrt(2) math.sqrt(5e-324)
--- math.tan: small
math.tan(0.7)
--- math.tan: large
math.tan(1.7e308)
--- math.tanh: all
math.tanh(0.7)
--- math.tointeger: all
math.tointeger(3.0) math.tointeger("8") math.tointeger(LONG) math.tointeger(BLANKS)
--- math.type: all
math.type(1) math.type(LONG)
--- math.ult: all
math.ult(1, 2)
--- os.clock: all
os.clock()
--- os.date: small
os.date("!%Y-%m-%d", 0) os.date("*t", 0)
--- os.date: long
os.date(LONG)
--- os.date: long, then refused
s = LONG .. "%!"
-- each
pcall(os.date, s)
--- os.date: far
pcall(os.date, "!%c", 1 << 54) pcall(os.date, "!%c", 1 << 60)
--- os.date: many items
s = ("%c"):rep(5000)
-- each
os.date(s)
--- os.difftime: all
os.difftime(2, 1)
--- os.time: all
os.time() os.time({ year = 2000, month = 1, day = 1 })
--- os.time: far
pcall(os.time, { year = 1970, month = 2147483647, day = -2147483647 }) pcall(os.time, { year = 1 << 40, month = 1, day = 1 })
--- string.byte: one
LONG:byte(400000)
--- string.byte: many
LONG:byte(1, 5000)
--- string.byte: too many
pcall(string.byte, LONG, 1, -1)
--- string.char: small
string.char(65, 66)
--- string.char: many
t = {} for i = 1, 5000 do t[i] = 65 end
-- each
string.char(table.unpack(t))
--- string.char: many, then refused
t = {} for i = 1, 5000 do t[i] = 65 end t[5000] = 300
-- each
pcall(string.char, table.unpack(t))
--- string.dump: all
string.dump(FUNCTION) string.dump(FUNCTION, true) pcall(string.dump, print)
--- string.find: small
("hello"):find("l"); ("hello"):find("l+")
--- string.find: plain
LONG:find("y", 1, true) LONG:find("xxxxy", 1, true)
--- string.find: long pattern
("b"):find(LONG); ("b"):find(LONG, 1, true)
--- string.find: pattern
LONG:find("[^%w]") LONG:find("%d")
--- string.find: backtracking
TEXT:find(".-.-.-\n")
--- string.find: set without an end
s = "[" .. LONG
-- each
pcall(string.find, "x", s)
--- string.find: parentheses
pcall(string.find, "x", OPEN)
--- string.find: balance, frontier
OPEN:find("%b()") LONG:find("%f[y]")
--- string.format: small
("%d %s"):format(1, "x")
--- string.format: floats
("%5.1f %g"):format(1 / 3, 1 / 3)
--- string.format: floats with far exponents
("%.99f"):format(1.7976931348623157e308); ("%.99g"):format(5e-324); ("%.99e"):format(2.2250738585072011e-308)
--- string.format: hexadecimal floats
("%a %.99a"):format(1 / 3, 1 / 3)
--- string.format: %q
("%q"):format(TEXT); ("%q"):format(1 / 3)
--- string.format: %s of a long string
("%s"):format(LONG)
--- string.format: %.1s of a long string
("%.1s"):format(LONG)
--- string.format: %5s of a long string with zeros
pcall(string.format, "%5s", NULLS)
--- string.format: long
pcall(string.format, LONG) pcall(string.format, PERCENT)
--- string.format: long, then refused
s = LONG:sub(1, 300000) .. "%y"
-- each
pcall(string.format, s)
--- string.gmatch: small
for w in ("a b"):gmatch("%a+") do end
--- string.gmatch: text
for w in TEXT:gmatch("%a+") do end
--- string.gmatch: none
for w in LONG:gmatch("y") do end
--- string.gsub: small
("hello"):gsub("l", "L")
--- string.gsub: text
TEXT:gsub("%a+", "<%0>")
--- string.gsub: function, table
TEXT:gsub("o", string.upper) TEXT:gsub("o", { o = "0" })
--- string.gsub: long replacement, refused
s = LONG .. "%y"
-- each
pcall(string.gsub, "x", "x", s)
--- string.gsub: fails at the end
s = TEXT .. "\n"
-- each
pcall(string.gsub, s, ".", { ["\n"] = {} })
--- string.len: all
LONG:len()
--- string.lower: all
LONG:lower(); ("X"):lower()
--- string.match: small
("key = value"):match("(%w+) = (%w+)")
--- string.match: captures of positions
s, t = ("x"):rep(1000), ("()"):rep(32)
-- each
s:match(t)
--- string.match: back reference
s = ("x"):rep(20000)
-- each
s:match("^(x+)%1y")
--- string.pack: small
string.pack("i4", 1) string.pack("d", 1)
--- string.pack: strings
pcall(string.pack, "z", LONG) pcall(string.pack, "s4", LONG)
--- string.pack: text with zeros
s = LONG .. "\0"
-- each
pcall(string.pack, "z", s)
--- string.pack: fill
string.pack("c300000", "")
--- string.pack: fill, refused by memory
pcall(string.pack, "c1800000", "")
--- string.pack: fill, then refused
pcall(string.pack, "c400000i", "", "x")
--- string.packsize: small
string.packsize("i4i8")
--- string.packsize: long
string.packsize(BLANKS)
--- string.packsize: digits
s = "c" .. ZEROS .. "1"
-- each
pcall(string.packsize, s)
--- string.rep: small
("x"):rep(10)
--- string.rep: large
("x"):rep(500000); ("xy"):rep(100000, ",")
--- string.rep: nothing
(""):rep(1e9); ("x"):rep(0); ("x"):rep(-5)
--- string.rep: one
LONG:rep(1)
--- string.rep: refused
pcall(string.rep, LONG, 4) pcall(string.rep, LONG, 1 << 60)
--- string.rep: full memory
local m = FULL pcall(string.rep, "x", 100000)
--- string.reverse: all
LONG:reverse(); ("xyz"):reverse()
--- string.sub: small
LONG:sub(5, 6)
--- string.sub: large
LONG:sub(2)
--- string.unpack: small
string.unpack("i4", "abcd")
--- string.unpack: text
string.unpack("z", NULLS) pcall(string.unpack, "z", LONG)
--- string.unpack: string
string.unpack("c400000", LONG)
--- string.unpack: options without size
s = ("<"):rep(100000)
-- each
s:unpack("")
--- string.upper: all
LONG:upper(); ("x"):upper()
--- table.concat: small
table.concat({ "a", "b" }, ",")
--- table.concat: large
table.concat(TEXTS, ",") table.concat(LIST)
--- table.concat: refused
s = { LONG, {} }
-- each
pcall(table.concat, s)
--- table.concat: long separator, refused
pcall(table.concat, { 1, 2, {} }, LONG)
--- table.concat: refused by memory
s = { LONG, LONG, LONG }
-- each
pcall(table.concat, s)
--- table.concat: what lies
pcall(table.concat, LYING)
--- table.insert: end
local t = {} table.insert(t, 1)
--- table.insert: front
table.insert(LIST, 1, 1) LIST[#LIST] = nil
--- table.insert: what lies
pcall(table.insert, LYING, 1, 1)
--- table.insert: refused
pcall(table.insert, LIST, 20000, 1)
--- table.move: small
table.move({ 1, 2 }, 1, 2, 2)
--- table.move: large
table.move(LIST, 1, 9999, 2) table.move(LIST, 2, 10000, 1)
--- table.move: refused
pcall(table.move, LIST, 1, 1 << 62, 2)
--- table.pack: all
table.pack(1, 2) table.pack(table.unpack(LIST, 1, 5000))
--- table.remove: end
LIST[#LIST + 1] = 1 table.remove(LIST)
--- table.remove: front
LIST[#LIST + 1] = 1 table.remove(LIST, 1)
--- table.sort: sorted
table.sort(LIST)
--- table.sort: texts
for i = 1, 4000 do TEXTS[i] = TEXTS[i * 7919 % 4000 + 1] end table.sort(TEXTS)
--- table.sort: function
table.sort(TEXTS, function(a, b) return a > b end)
--- table.sort: long strings
t = {} for i = 1, 8 do t[i] = ("x"):rep(1000):rep(60) .. i % 3 end
-- each
table.sort(t)
--- table.sort: refused
t = {} for i = 1, 1000 do t[i] = i end t[1000] = "x" order = function() return true end
-- each
pcall(table.sort, t) pcall(table.sort, LIST, order) pcall(table.sort, LYING)
--- table.unpack: small
table.unpack(LIST, 1, 3)
--- table.unpack: large
table.unpack(LIST, 1, 5000)
--- table.unpack: refused
pcall(table.unpack, LIST, 1, 1e7) pcall(table.unpack, LIST, 1, 20000)
--- table.unpack: external
table.unpack(EXT, 1, 1000)
--- utf8.char: all
utf8.char(228, 8364) utf8.char(table.unpack(LIST, 1, 5000))
--- utf8.codepoint: one
utf8.codepoint(UMLAUTS, 1)
--- utf8.codepoint: many
utf8.codepoint(UMLAUTS, 1, 5001)
--- utf8.codepoint: many, then refused
s = ("x"):rep(5000) .. "\xff"
-- each
pcall(utf8.codepoint, s, 1, -1) pcall(utf8.codepoint, UMLAUTS, 1, -1)
--- utf8.codes: text
for p in utf8.codes(UMLAUTS) do end
--- utf8.codes: refused
s = "x" .. MIDDLE function all() for p in utf8.codes(s) do end end
-- each
pcall(all)
--- utf8.len: two bytes each
utf8.len(UMLAUTS)
--- utf8.len: one byte each
utf8.len(LONG)
--- utf8.len: two bytes each, wrong at the end
s = UMLAUTS .. "\xff"
-- each
utf8.len(s)
--- utf8.len: one byte each, wrong at the end
s = LONG .. "\xff"
-- each
utf8.len(s)
--- utf8.offset: all
utf8.offset(UMLAUTS, 100000) utf8.offset(UMLAUTS, -100000)
--- utf8.offset: middle
utf8.offset(MIDDLE, 0, 400000) pcall(utf8.offset, MIDDLE, 1) pcall(utf8.offset, MIDDLE, -1)
