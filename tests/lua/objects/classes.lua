-- Classes of stored objects, and objects where the libraries want something that is called, read or compared. A line `--- name`
-- begins a program, a line `-- later` its next compute (tests/node/objects_native.test.mjs).
--- tail calls in metamethods
_home.C = { __index = function(t, k) return (function() return k .. '!' end)() end, __call = function(self, n) if n == 0 then return 'done' end return self(n - 1) end }
_home.o = setmetatable({}, _home.C)
-- later
print(_home.o.x, _home.o(5000))
--- '__call' with any number of arguments
_home.C = { __call = function(self, ...) return select('#', ...), ... end }
_home.o = setmetatable({}, _home.C)
-- later
print(_home.o(nil, nil), (_home.o(1, 2)))
print(pcall(_home.o, 1, nil))
print(select('#', _home.o(table.unpack({}, 1, 100))))
print(string.gsub('abc', '%w', _home.o))
for a, b in _home.o, 1, 2 do print(a, b) break end
table.sort({3, 1, 2}, function(a, b) return a < b end)
print(pcall(table.sort, {3, 1, 2}, _home.o))
--- objects in the string library
_home.o = setmetatable({ a = 'x' }, { __index = function(t, k) return k .. k end })
-- later
print((string.gsub('abc', '%w', _home.o)))
print(string.format('%s', setmetatable({}, { __tostring = function() return 'T' end, __name = 'N' })))
--- two objects of two classes
_home.A = { __lt = function(a, b) return 'A' end, __le = function() return nil end, __concat = function(a, b) return 'cA' end }
_home.B = { __lt = function(a, b) return false end, __concat = function(a, b) return 'cB' end }
_home.a, _home.b = setmetatable({}, _home.A), setmetatable({}, _home.B)
-- later
print(_home.a < _home.b, _home.b < _home.a, _home.a <= _home.b, _home.a > _home.b, _home.a .. _home.b, _home.b .. _home.a, 'x' .. 'y' .. _home.a .. 'z', 1 .. _home.b)
print(pcall(function() return _home.b >= _home.b end))
--- sorting objects
_home.C = { __lt = function(a, b) return a.n < b.n end }
_home.t = {} for i = 1, 20 do _home.t[i] = setmetatable({ n = (i * 7) % 20 }, _home.C) end
-- later
table.sort(_home.t) local r = {} for i = 1, #_home.t do r[i] = _home.t[i].n end print(table.concat(r, ' '))
print(getmetatable(_home.t[1]) == _home.C, math.max and pcall(math.max, _home.t[1], _home.t[2]))
--- proxies
local function proxy(t) return setmetatable({}, { __index = t, __newindex = t, __len = function() return #t end, __pairs = function() return next, t, nil end }) end
_home.p = proxy({ 1, 2, 3, k = { v = 1 } })
-- later
local p = _home.p p.k.v = 2 p[4] = 4 p[1] = nil
print(p.k.v, p[4], p[1], rawget(p, 4), #p)
for k, v in pairs(p) do if k ~= 'k' then print(k, v) end end
--- values that are made when they are asked for
_home.D = setmetatable({}, { __index = function(t, k) local v = { k } rawset(t, k, v) return v end })
-- later
print(_home.D.a[1], rawequal(_home.D.a, _home.D.a), _home.D.b[1], rawget(_home.D, 'c'), rawget(_home.D, 'b')[1])
--- a class of a class
_home.Base = {} _home.Base.__index = _home.Base function _home.Base.new(c, n) return setmetatable({ n = n }, c) end function _home.Base:hi() return 'base ' .. self.n end
_home.Sub = setmetatable({}, _home.Base) _home.Sub.__index = _home.Sub function _home.Sub:hi() return 'sub ' .. _home.Base.hi(self) end
-- later
_home.x = _home.Sub:new(4) print(_home.x:hi(), getmetatable(_home.x) == _home.Sub, getmetatable(getmetatable(_home.x)) == _home.Base)
-- later
print(_home.x:hi()) _home.Sub.hi = nil print(_home.x:hi()) _home.Base.hi = nil print(pcall(function() return _home.x:hi() end))
--- a method replaces itself
_home.C = {} _home.C.__index = _home.C
function _home.C:f() _home.C.f = function() return 'new' end return self:f() end
_home.o = setmetatable({}, _home.C)
-- later
print(_home.o:f(), _home.o:f())
--- inherited numbers and booleans
_home.C = { __index = { [1] = 'one', [2.5] = 'x', [true] = 'yes' } }
_home.o = setmetatable({}, _home.C)
-- later
print(_home.o[1], _home.o[1.0], _home.o[2.5], _home.o[true], _home.o[2])
local i = 1 print(_home.o[i])
--- errors and coroutines in '__close'
_home.C = { __close = function(o, e) coroutine.wrap(function() coroutine.yield() end)() print('c', o.n, e) error('in close ' .. o.n, 0) end }
_home.a, _home.b = setmetatable({ n = 1 }, _home.C), setmetatable({ n = 2 }, _home.C)
-- later
print(pcall(function() local a <close> = _home.a local b <close> = _home.b return 'r' end))
local co = coroutine.create(function() local a <close> = _home.a local b <close> = _home.b coroutine.yield() end) coroutine.resume(co) print(coroutine.close(co))
--- an object as an iterator that waits
_home.it = setmetatable({ n = 0 }, { __call = function(self) self.n = self.n + 1 if self.n < 4 then return coroutine.yield(self.n) end end, __close = function() print('closed it') end })
-- later
local co = coroutine.wrap(function() for v in _home.it, nil, nil, _home.it do print('v', v) end return 'end' end)
print(co()) print(co('a')) print(co('b')) print(co('c'))
--- arguments of 'setmetatable'
_home.o = {}
-- later
print(setmetatable(_home.o, nil) == _home.o, pcall(setmetatable, _home.o), pcall(setmetatable, _home.o, 5), pcall(setmetatable, 5, _home.o), pcall(setmetatable))
print(select('#', setmetatable(_home.o, {}, 1, 2)))
--- an object as a message handler
_home.H = setmetatable({}, { __call = function(self, e) return 'handled ' .. tostring(e) end })
-- later
print(xpcall(error, _home.H, 'x'), pcall(error, _home.H))
print(xpcall(function() local x = nil + 1 end, _home.H))
--- what '__tostring' may answer
_home.o = setmetatable({}, { __tostring = function() return {} end })
_home.p = setmetatable({}, { __tostring = _home.o })
-- later
print(pcall(tostring, _home.o)) print(pcall(tostring, _home.p)) print(pcall(print, _home.o))
--- methods that are replaced in other ways
_home.C = { m = function() return 1 end } _home.C.__index = _home.C
_home.o = setmetatable({}, _home.C)
-- later
print(_home.o.m()) rawset(_home.C, 'm', function() return 2 end) print(_home.o.m())
_home.C.m = nil print(_home.o.m) _home.C[1] = 'x' print(_home.o[1])
for k in pairs(_home.C) do _home.C[k] = nil end print(_home.o[1], _home.o.m)
