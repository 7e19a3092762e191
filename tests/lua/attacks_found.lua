-- Scripts that run for ever, in the format of attacks.lua, found by hand, by `make calibrate` and by `make fuzz`. The comment below
-- each name says how long it took under a budget of 1,000,000 when only calls and single places were counted.

--- find of a long pattern without specials
-- it did not end
local s = ("x"):rep(1000):rep(512) while true do ("b"):find(s) end
--- string.pack of a fill that memory refuses, caught
-- it did not end
while true do pcall(string.pack, "c1800000", "") end
--- string.packsize of many digits, caught
-- it did not end
local s = "c" .. ("0"):rep(1000):rep(512) .. "1" while true do pcall(string.packsize, s) end
--- utf8.len of what is wrong at its end
-- it did not end
local s = ("x"):rep(1000):rep(512) .. "\xff" while true do utf8.len(s) end
--- utf8.len, two bytes each, wrong at its end
-- it did not end
local s = ("ä"):rep(1000):rep(250) .. "\xff" while true do utf8.len(s) end
--- debug.getinfo with a long option, caught
-- it did not end
local s = ("S"):rep(1000):rep(512) while true do pcall(debug.getinfo, 1, s) end
--- warn with long text
-- it did not end
local s = ("x"):rep(1000):rep(512) while true do warn(s) end
--- warn with a long control word
-- it did not end
local s = "@" .. ("x"):rep(1000):rep(512) while true do warn(s) end
--- debug.getinfo with a long option, refused at its end
-- it did not end
local s = ("S"):rep(1000):rep(500) .. "?" while true do pcall(debug.getinfo, 1, s) end
--- find of a long pattern of zeros
-- it did not end
local s = ("\0"):rep(1000):rep(300) while true do ("x"):find(s) end
--- memory: nearly full, a concat that is refused
-- it did not end
local t = {} for i = 1, 10000 do t[i] = {} end local s = ("x"):rep(1000):rep(400) while true do pcall(function() return s .. s .. s end) end
--- collections: restart with many functions
-- it did not end
local t = {} for i = 1, 12000 do t[i] = function() return i end end while true do collectgarbage("restart") local x = {} end
--- collections: restart with an ephemeron table in a chain
-- it did not end
local t = setmetatable({}, { __mode = "k" }) local first = {} local k = first for i = 1, 4000 do local n = {} t[k] = n k = n end while true do collectgarbage("restart") local x = {} end
--- collections: restart with finalizers
-- it did not end
local mt = { __gc = function() end } local t = {} for i = 1, 5000 do t[i] = setmetatable({}, mt) end while true do collectgarbage("restart") local x = {} end
--- collections: modes in turn with many ephemeron tables
-- it did not end
local mt = { __mode = "k" } local first = {} local k = first local all = {} for i = 1, 2000 do local n = {} all[i] = setmetatable({ [k] = n }, mt) k = n end while true do collectgarbage("generational") collectgarbage("incremental") end
--- string.pack with a size of many digits, caught
-- it did not end
local s = "i" .. ("0"):rep(1000):rep(500) .. "1" while true do pcall(string.pack, s, 1) end
--- match of a set without an end, caught
-- it did not end
local s = "[" .. ("x"):rep(1000):rep(500) while true do pcall(string.match, "x", s) end
--- gsub of a set without an end, caught
-- it did not end
local s = "[^" .. ("x"):rep(1000):rep(500) while true do pcall(string.gsub, "x", s, "") end
--- find of a frontier of a set without an end, caught
-- it did not end
local s = "%f[" .. ("x"):rep(1000):rep(500) while true do pcall(string.find, "x", s) end
--- warn of many pieces, all long
-- it did not end
local s = ("x"):rep(1000):rep(500) while true do warn(s, s, s, s, s, s) end
--- external tables: a long key in rawget, caught
-- it did not end
local s = ("x"):rep(1000):rep(500) while true do pcall(rawget, _home, s) end
--- external tables: keys of zeros read, caught
-- it did not end
local s = ("\0"):rep(1000):rep(500) while true do pcall(rawget, _home, s) end
--- utf8.len of continuation bytes after much
-- it did not end
local s = ("x"):rep(1000):rep(500) .. "\x80" while true do utf8.len(s, 1, -1, true) end
--- utf8.len of three bytes each, wrong at its end
-- it did not end
local s = ("\u{20ac}"):rep(1000):rep(160) .. "\xff" while true do utf8.len(s) end
--- utf8.len of pieces that are wrong far on
-- it did not end
local s = ("x"):rep(1000):rep(400) .. "\xff" while true do for i = 1, 100 do utf8.len(s, i) end end
--- big integers: one and bytes of zeros
-- it did not end
local s = "\1" .. ("\0"):rep(1000):rep(500) local frombytes = require("bigint").frombytes while true do frombytes(s) end
--- big integers: a string with zeros, negative
-- it did not end
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
