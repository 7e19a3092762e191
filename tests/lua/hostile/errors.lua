--- a string
--: compute:2: boom
error("boom")
--- a string without position
--: bare
error("bare", 0)
--- a table
--: (error object is a table value)
error({ code = 7 })
--- nil
--: (error object is a nil value)
error()
--- a boolean
--: (error object is a boolean value)
error(false)
--- a number
--: 42
error(42)
--- a coroutine as error value
--: (error object is a thread value)
error(coroutine.create(print))
--- a function as error value
--: (error object is a function value)
error(print)
--- a table with __tostring
--: told
error(setmetatable({}, { __tostring = function() return "told" end }))
--- a __tostring that fails
--: (error object is a table value)
error(setmetatable({}, { __tostring = function() error("worse") end }))
--- a __tostring that returns no string
--: (error object is a table value)
error(setmetatable({}, { __tostring = function() return {} end }))
--- an error value with itself in it
--: (error object is a table value)
local e = {} e.e = e error(e)
--- arithmetic on nil
--: attempt to perform arithmetic on a nil value (global 'x')
return x + 1
--- a call of nil
--: attempt to call a nil value (global 'nothing')
nothing()
--- an index of nil
--: attempt to index a nil value (field 'b')
local a = {} return a.b.c
--- a bad comparison
--: attempt to compare number with nil
return 1 < nil
--- a bad concatenation
--: attempt to concatenate a table value
return "a" .. {}
--- integer division by zero
--: attempt to divide by zero
return 1 // 0
--- integer modulo by zero
--: attempt to perform 'n%
return 1 % 0
--- a float without integer representation
--: number has no integer representation
return 1.5 | 1
--- an error in __index
--: in index
return setmetatable({}, { __index = function() error("in index") end }).x
--- an error in __newindex
--: in newindex
setmetatable({}, { __newindex = function() error("in newindex") end }).x = 1
--- an endless __index chain
--: '__index' chain too long; possible
local t = {} setmetatable(t, { __index = t }) t = setmetatable({}, { __index = t }) local m = {} m.__index = setmetatable(m, m) return m.x
--- an error in __close
--: in close
local x <close> = setmetatable({}, { __close = function() error("in close") end })
--- an error in __close after an error
--: second
local x <close> = setmetatable({}, { __close = function() error("second") end }) error("first")
--- errors in many __close handlers
--: number 50
for i = 50, 1, -1 do local x <close> = setmetatable({}, { __close = function() error("number " .. i) end }) if i == 1 then error("start") end pcall(error) end
--- an error in __gc is only a warning
--: ok
for i = 1, 1000 do setmetatable({}, { __gc = function() error("in gc") end }) end collectgarbage() return "ok"
--- a __gc that resurrects and makes more
--: ok
local function again() return setmetatable({}, { __gc = function() keep = again() end }) end again() for i = 1, 20 do collectgarbage() end return "ok"
--- an error in a message handler
--: ok
local r = { xpcall(error, function() error("again") end) } return r[1] == false and "ok" or "no"
--- a message handler that calls itself
--: ok
local function h() return xpcall(error, h) end local r = { xpcall(error, h) } return r[1] == false and "ok" or "no"
--- a yield from outside a coroutine
--: attempt to yield from outside a coroutine
coroutine.yield(1)
--- a dead coroutine
--: cannot resume dead coroutine
local co = coroutine.wrap(function() end) co() co()
--- an error in a coroutine
--: inside
coroutine.wrap(function() error("inside") end)()
--- a close of a running coroutine
--: cannot close a running coroutine
coroutine.close(coroutine.running())
--- syntax: nonsense
--: unexpected symbol near '='
x = = 1
--- syntax: unfinished string
--: unfinished string
return "abc
--- syntax: unfinished long string
--: unfinished long string
return [[abc
--- syntax: too many locals
--: too many local variables
local t = {} for i = 1, 201 do t[i] = "a" .. i end local f, e = load("local " .. table.concat(t, ",")) error(e, 0)
--- syntax: goto without label
--: no visible label 'x'
goto x
--- syntax: bad number
--: malformed number near '0x'
return 0x
--- syntax: bad escape
--: invalid escape sequence
return "\q"
--- a binary chunk from string.dump
--: attempt to load a binary chunk
local f, e = load(string.dump(function() return 1 end)) error(e, 0)
--- a binary chunk with mode b
--: attempt to load a binary chunk
local f, e = load(string.dump(function() return 1 end), "x", "b") error(e, 0)
--- a binary chunk from a reader
--: attempt to load a binary chunk
local s = string.dump(function() return 1 end) local i = 0 local f, e = load(function() i = i + 1 return s:sub(i, i) end, "x", "bt") error(e, 0)
--- a reader that fails
--: reader broke
local f, e = load(function() error("reader broke", 0) end) error(e, 0)
--- a reader that returns a table
--: reader function must return a string
local f, e = load(function() return {} end) error(e, 0)
--- an error text of 200 kilobytes
--: [error text cut]
error(("long "):rep(40000))
--- an error text that is not UTF-8
--: bytes
error("bytes \xff\xfe\x80", 0)
--- an error text with zero bytes
--: a
error("a\0b", 0)
--- a result that contains itself
--: contains itself
local t = {} t.x = { t } return t
--- a result with a function in it
--: result 2.users[3].conn is a function, which cannot be a result
return 1, { users = { 1, 2, { conn = function() end } } }
--- a result with a coroutine
--: result 1 is a thread, which cannot be a result
return coroutine.create(print)
--- a result nested too deep
--: is nested deeper than 128 tables
local t = {} for i = 1, 200 do t = { t } end return t
--- a result that grows without end
--: takes more than 2097152 bytes encoded
local t = { 1 } for i = 1, 60 do t = { t, t } end return t
--- no module of that name
--: module 'nothing' not found
return require("nothing")
--- a removed function
--: attempt to call a nil value (field 'execute')
os.execute("ls")
--- no file functions
--: attempt to call a nil value (global 'dofile')
dofile("x")
--- debug shows no functions
--: invalid option 'f'
return debug.getinfo(1, "f")
--- string.rep of a huge size
--: resulting string too large
return ("x"):rep(1 << 31)
--- string.rep near the limit
--: not enough memory
return ("x"):rep(3 * 1024 * 1024)
--- a bad format
--: invalid conversion '%y' to 'format'
return ("%y"):format(1)
--- a format too long
--: invalid conversion specification
return ("%0123456789d"):format(1)
--- string.pack of a value that does not fit
--: overflow
return string.pack("i1", 300)
--- string.unpack beyond the data
--: data string too short
return string.unpack("i8", "abc")
--- utf8 out of range
--: value out of range
return utf8.char(-1)
--- a date out of range
--: date result cannot be represented
return os.date("*t", 1 << 60)
--- a bad date conversion
--: invalid conversion specifier '%Ez'
return os.date("%Ez", 0)
--- table.concat of a table
--: invalid value (table) at index 2 in table for 'concat'
return table.concat({ 1, {}, 3 })
--- table.insert out of bounds
--: position out of bounds
table.insert({ 1, 2 }, 9, 1)
--- table.move too many
--: too many elements to move
table.move({}, -1, math.maxinteger, 2)
--- unpack too many
--: too many results to unpack
return unpack({}, 1, 1e8)
--- math.random of an empty interval
--: interval is empty
return math.random(2, 1)
--- setmetatable of a protected table
--: cannot change a protected metatable
setmetatable(setmetatable({}, { __metatable = 1 }), {})
--- assignment to a constant
--: attempt to assign to const variable 'x'
local x <const> = 1 x = 2
--- a for loop with step zero
--: 'for' step is zero
for i = 1, 2, 0 do end
