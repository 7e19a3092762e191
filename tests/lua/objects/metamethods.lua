-- Metamethods of stored objects: errors and the lines they name, waiting, chains, everything that Lua looks for in a metatable. A line `--- name`
-- begins a program, a line `-- later` its next compute (tests/node/objects_native.test.mjs).
--- '__index' is a number
_home.o = setmetatable({}, {__index = 5})
-- later
print(pcall(function() return _home.o.x end))
print(pcall(function() local o = _home.o; return o.x end))
print(pcall(function() local o = _home.o; o.y = 1; return rawget(o, 'y') end))
print(pcall(function() local o = _home.o; return o[{}] end))
--- '__newindex' is no table
_home.o = setmetatable({}, {__newindex = 5})
_home.p = setmetatable({}, {__newindex = 'str'})
_home.q = setmetatable({}, {__index = 'str'})
-- later
print(pcall(function() _home.o.x = 1 end))
print(pcall(function() _home.p.x = 1 end))
print(pcall(function() return _home.q.upper, _home.q:len() end))
print(pcall(function() return _home.q.x.y end))
--- circles
_home.o = {} _home.o.__index = _home.o setmetatable(_home.o, _home.o)
_home.p = {} _home.p.__newindex = _home.p setmetatable(_home.p, _home.p)
-- later
print(pcall(function() return _home.o.x end))
print(pcall(function() _home.p.x = 1 end))
--- a chain of 1998 classes
local c = {}
function c.f() return 'f' end
for i = 1, 1998 do local d = setmetatable({}, {__index = c}) c = d end
_home.o = c
-- later
print(pcall(function() return _home.o.f() end))
print(pcall(function() return _home.o.g end))
--- a chain of 1999 classes
local c = {}
function c.f() return 'f' end
for i = 1, 1999 do local d = setmetatable({}, {__index = c}) c = d end
_home.o = c
-- later
print(pcall(function() return _home.o.f() end))
print(pcall(function() return _home.o.g end))
--- a chain of 2000 classes
local c = {}
function c.f() return 'f' end
for i = 1, 2000 do local d = setmetatable({}, {__index = c}) c = d end
_home.o = c
-- later
print(pcall(function() return _home.o.f() end))
print(pcall(function() return _home.o.g end))
print(pcall(function() _home.o.g = 5 end))
--- chains of '__newindex' about as long as allowed
local c = {}
for n = 1, 2002 do local d = setmetatable({}, {__newindex = c}) c = d if n > 1995 then _home['o'..n] = d end end
-- later
for n = 1996, 2002 do print(n, pcall(function() _home['o'..n].g = 5 end)) end
--- where an error is raised
_home.o = setmetatable({}, {__index = function(t,k) error('oops ' .. k) end, __newindex = function(t,k) error('no '..k, 2) end, __len = function() error('len', 2) end, __call = function(self, x) error('call', 2) end, __add = function() error('add', 2) end})
-- later
print(pcall(function() return _home.o.x end))
print(pcall(function() _home.o.x = 1 end))
print(pcall(function() return #_home.o end))
print(pcall(function() _home.o(1) end))
print(pcall(function() return _home.o + 1 end))
--- errors through a handler
_home.o = setmetatable({}, {__index = function(t,k) error('oops') end, __len = function() return debug and debug.traceback and 1 or 0 end})
-- later
print(#_home.o)
print(xpcall(function() return _home.o.x end, function(m) return m end))
--- who a metamethod is, and who has it
_home.o = setmetatable({}, {__index = function(t,k) local i = debug.getinfo(1, 'nSl') return tostring(i.name) .. i.namewhat .. i.currentline .. ' ' .. tostring(debug.getinfo(2,'l').currentline) end, __newindex = function() local i = debug.getinfo(1, 'nSl') print(i.name, i.namewhat, debug.getinfo(2, 'l').currentline) end, __len = function() local i = debug.getinfo(1, 'nSl') print(i.name, i.namewhat) return 1 end,
__call = function() local i = debug.getinfo(1, 'nSl') print(i.name, i.namewhat) end, __add = function() local i = debug.getinfo(1, 'nSl') print(i.name, i.namewhat) end})
-- later
if debug and debug.getinfo then print(pcall(function() return _home.o.x end)) _home.o.y = 1 local _ = #_home.o _home.o() _ = _home.o + 1 end
--- every metamethod waits
_home.o = setmetatable({}, {__index = function(t,k) return coroutine.yield(k) end, __newindex = function(t,k,v) rawset(t, k, coroutine.yield(v)) end, __len = function(t) return coroutine.yield('len') end, __call = function(t, ...) return coroutine.yield('call', ...) end, __close = function() coroutine.yield('close') end, __pairs = function(t) coroutine.yield('pairs') return next, t, nil end, __add = function(a, b) return coroutine.yield('add') end, __eq = function() return coroutine.yield('eq') end, __lt = function() return coroutine.yield('lt') end, __concat = function() return coroutine.yield('cc') end, __tostring = function() return coroutine.yield('ts') end})
_home.p = setmetatable({}, getmetatable(_home.o))
-- later
local co = coroutine.create(function()
  local o = _home.o
  print('got', o.x) o.y = 5 print(rawget(o, 'y')) print(#o) print(o(1, 2)) do local c <close> = o end
  for k, v in pairs(o) do print(k, v) end
  print(o + 1, o == _home.p, o < 1, o .. 'x', 'x' .. o)
  print(pcall(tostring, o))
end)
local v = 0
while true do local r = table.pack(coroutine.resume(co, v)) v = v + 1 print(table.unpack(r, 1, r.n)) if coroutine.status(co) == 'dead' then break end end
--- inherited metamethods wait
_home.o = setmetatable({}, {__index = setmetatable({}, {__index = setmetatable({}, {__index = function(t, k) return (coroutine.yield(k)) end})})})
_home.n = setmetatable({}, {__newindex = setmetatable({}, {__newindex = setmetatable({}, {__newindex = function(t, k, v) coroutine.yield(k, v) end})})})
-- later
local co = coroutine.wrap(function() local a = _home.o.q _home.n.z = a return 'end' .. a end)
print(co()) print(co(7)) print(co())
--- metamethods without an end
_home.C = {} _home.C.__index = function(t, k) return t[k .. 'x'] end
_home.C.__newindex = function(t, k, v) t[k .. 'x'] = v end
_home.C.__len = function(t) return #t end
_home.C.__call = function(t) return t() + 1 end
_home.C.__tostring = function(t) return tostring(t) .. 'x' end
_home.C.__add = function(a, b) return (a + b) + 1 end
_home.C.__concat = function(a, b) return (a .. b) .. 1 end
_home.C.__eq = function(a, b) return not (a == b) end
_home.C.__lt = function(a, b) return not (a < b) end
_home.o = setmetatable({}, _home.C)
_home.p = setmetatable({}, _home.C)
-- later
local function short(ok, e) print(ok, (tostring(e):gsub('^.-: ', ''):sub(1, 20))) end
local o = _home.o
short(pcall(function() return o.x end))
short(pcall(function() o.x = 1 end))
short(pcall(function() return #o end))
short(pcall(function() return o() end))
short(pcall(function() return tostring(o) end))
short(pcall(function() return o + 1 end))
short(pcall(function() return o .. 1 end))
short(pcall(function() return o == _home.p end))
short(pcall(function() return o < _home.p end))
print(rawlen(o))
--- a chain of '__call'
local d = function(...) return select('#', ...), ... end
for i = 1, 100 do d = setmetatable({}, {__call = d}) end
_home.d = d
-- later
print((_home.d(1)))
print(pcall(_home.d, 1) )
--- objects as environments
_home.G = setmetatable({}, {__index = function(t, k) return 'g' .. k end})
-- later
setmetatable(_G, {__index = _home.G})
print(undefinedthing, rawget(_G, 'zork'))
local mt = {__index = _home.G}
setmetatable(_G, nil)
local _ENV = setmetatable({print = print}, mt)
print(foo)
-- later
local print, rawget = print, rawget
local _ENV = _home.G
print(bar) x = 5 print(x, rawget(_ENV, 'x'))
--- '__metatable'
_home.C = {__metatable = 'locked'}
_home.o = setmetatable({}, _home.C)
-- later
print(getmetatable(_home.o), pcall(setmetatable, _home.o, {}))
_home.C.__metatable = nil
print(getmetatable(_home.o) == _home.C, pcall(setmetatable, _home.o, nil))
_home.C.__metatable = false
print(getmetatable(_home.o))
setmetatable(_home.o, _home.C)
print(getmetatable(_home.o), pcall(setmetatable, _home.o, nil))
--- finalizers of a stored class
_home.C = {}
_home.C.__gc = function(o) print('gc', o.n) end
-- later
do local o = setmetatable({n = 1}, _home.C) end
collectgarbage() collectgarbage()
_home.C.__gc = nil
do local o = setmetatable({n = 2}, _home.C) end
collectgarbage() collectgarbage()
do local o = setmetatable({n = 3}, _home.C) _home.C.__gc = function(o) print('late', o.n) end end
collectgarbage() collectgarbage()
do local o = setmetatable({n = 4}, _home.C) _home.C.__gc = function(o) print('later', o.n) end end
collectgarbage() collectgarbage()
do local o = setmetatable({n = 5}, _home.C) _home.C.__gc = nil end
collectgarbage() collectgarbage()
--- weak tables of a stored class
_home.C = {__mode = 'k'}
-- later
local w = setmetatable({}, _home.C)
w[{}] = 1 collectgarbage() print(next(w))
w[1] = {} collectgarbage() print(next(w))
_home.C.__mode = 'v' collectgarbage() collectgarbage() print(next(w))
_home.C.__mode = nil w[2] = {} collectgarbage() collectgarbage() print(next(w) ~= nil)
_home.C.__mode = 5 collectgarbage() print(next(w) ~= nil)
--- variables that are closed
_home.C = {}
_home.C.__close = function(o, e) print('close', o.n, e) end
_home.a = setmetatable({n = 1}, _home.C) _home.b = setmetatable({n=2}, _home.C)
-- later
do local a <close> = _home.a local b <close> = _home.b goto out ::out:: end
print(pcall(function() local a <close> = _home.a local b <close> = _home.b error('x', 0) end))
local co = coroutine.wrap(function() local a <close> = _home.a coroutine.yield(1) end) co()
local co2 = coroutine.create(function() local a <close> = _home.a coroutine.yield(1) end) coroutine.resume(co2) print(coroutine.close(co2))
for k, v in next, {1}, nil, _home.b do print(k, v) end
print(pcall(function() local a <close> = _home.a _home.C.__close = nil end))
print(pcall(function() local a <close> = _home.a end))
_home.C.__close = 5
print(pcall(function() local a <close> = _home.a end))
--- '__name' in errors
_home.C = {__name = 'Klass'}
_home.o = setmetatable({}, _home.C)
-- later
print((tostring(_home.o):gsub('0x.*', '')))
print(pcall(string.rep, _home.o))
print(pcall(function() return _home.o + 1 end))
print(pcall(function() return _home.o < 1 end))
print(pcall(function() return _home.o < _home.o end))
print(pcall(function() return _home.o .. 'x' end))
print(pcall(function() return _home.o() end))
print(pcall(function() for i = 1, _home.o do end end))
print(pcall(function() return #5 end))
_home.C.__name = 'a\0b'
print(pcall(function() return _home.o + 1 end))
--- the table library
_home.C = {__index = function(t, k) if type(k) == 'number' and k <= 3 then return k * 10 end end, __len = function() return 3 end}
_home.o = setmetatable({}, _home.C)
-- later
print(table.concat(_home.o, ','), table.unpack(_home.o))
print(table.unpack(_home.o, 1, 5))
for i, v in ipairs(_home.o) do print(i, v) end
_home.C.__newindex = function(t, k, v) print('set', k, v) end
table.insert(_home.o, 'x')
print(table.remove(_home.o))
table.sort(_home.o)
print(#table.move(_home.o, 1, 3, 1, {}))
_home.C.__len = function() return 'x' end
print(pcall(table.concat, _home.o))
print(pcall(table.unpack, _home.o))
_home.C.__len = function() return 2.0 end
print(table.concat(_home.o, ','))
--- equality with plain tables
_home.C = {__eq = function(a, b) return 'yes' end}
_home.o = setmetatable({}, _home.C)
-- later
local p = setmetatable({}, _home.C)
print(_home.o == p, p == _home.o, _home.o == {}, {} == _home.o, _home.o == 5)
print(p == setmetatable({}, _home.C))
_home.C.__eq = nil
print(_home.o == p, p == _home.o)
--- a metamethod changes the class
_home.C = {} _home.C.__index = function(t, k) setmetatable(t, {__index = function(_, k) return 'second ' .. k end}) return t[k] end
_home.o = setmetatable({}, _home.C)
_home.D = {} _home.D.__newindex = function(t, k, v) setmetatable(t, nil) t[k] = v end
_home.p = setmetatable({}, _home.D)
-- later
print(_home.o.a, _home.o.b, getmetatable(_home.o) ~= _home.C)
_home.p.x = 1 print(_home.p.x, getmetatable(_home.p))
--- metamethods set raw
_home.C = {}
_home.o = setmetatable({}, _home.C)
-- later
rawset(_home.C, '__add', function() return 'raw' end)
print(_home.o + 1)
_home.C = setmetatable(_home.C, {__newindex = function() print('caught') end})
_home.C.__sub = function() end
print(pcall(function() return _home.o - 1 end))
rawset(_home.C, '__add', nil)
print(pcall(function() return _home.o + 1 end))
for k in pairs(_home.C) do print(k) end
--- metamethods are not inherited
_home.B = {__add = function() return 'B' end}
_home.C = setmetatable({}, {__index = _home.B})
_home.o = setmetatable({}, _home.C)
-- later
print(pcall(function() return _home.o + 1 end))
--- objects that are called as metamethods
_home.F = setmetatable({}, {__call = function(self, a, b) return 'called' end})
_home.C = {__add = _home.F, __index = _home.F, __len = _home.F, __tostring = _home.F, __concat = _home.F, __eq = _home.F, __lt = _home.F, __unm = _home.F, __call = _home.F, __close = _home.F, __pairs = _home.F}
_home.o = setmetatable({}, _home.C) _home.p = setmetatable({}, _home.C)
-- later
local o = _home.o
print(o + 1, o.x, #o, tostring(o), o .. 'x', o == _home.p, o < _home.p, -o, o(1))
do local c <close> = o end
print(pcall(pairs, o))
--- methods with any number of arguments
_home.C = {}
function _home.C.new(n) return setmetatable({n = n}, _home.C) end
_home.C.__index = _home.C
function _home.C:inc(...) self.n = self.n + select('#', ...) return self end
-- later
local a = _home.C.new(1)
_home.a = a
print(a:inc(1, 2):inc().n, _home.a.n, rawequal(a, _home.a))
