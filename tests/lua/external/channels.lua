-- _io: ordinary values during a compute, encoded once at its end.
_io.output = { list = {} }
for i = 1, 10 do table.insert(_io.output.list, { i = i }) end
assert(not pcall(ext.size, _io.output), "the output is an ordinary table")
local output = _io.output
output.late = true
assert(#_io.output.list == 10 and rawequal(_io.output, output))
_io.meta = "text"
_io.other = { 1 }
assert(pcall(ext.size, _io.other), "other keys are external")
---- next
assert(_io.output.late == true and _io.output.list[10].i == 10 and _io.meta == "text" and _io.other[1] == 1)
_io.output.changed = 1
local keys = {}
for key in pairs(_io) do keys[#keys + 1] = key end
assert(table.concat(keys, " ") == "meta other output", table.concat(keys, " "))
assert(ext.size(_io) == 3)
---- next
assert(_io.output.changed == 1)
_io.output = nil
assert(_io.output == nil)
---- next
assert(_io.output == nil and ext.size(_io) == 2)
_io.output = { home = _home }
---- next
assert(rawequal(_io.output.home, _home))
-- An external table in a channel may be larger than the I/O buffer.
local big = ext.table()
for i = 1, 2000 do big[i] = { i } end
_io.output = big
---- next
assert(#_io.output == 2000 and _io.output[2000][1] == 2000)
ext.drop(_io)
assert(_io.output == nil and next(_io) == nil)
---- error _io%.output%.f is a function
_io.output = { f = function() end }
---- error _io%.output%.a%.a contains itself
local t = {}
t.a = t
_io.output = { a = t }
---- next
assert(_io.output == nil)
