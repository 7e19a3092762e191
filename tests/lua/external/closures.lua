-- Functions and closures: stored with all captured variables, one object in an instance, restored after a restart.
local count = 0
function _home.counter() count = count + 1 return count end
assert(_home.counter() == 1 and _home.counter() == 2 and count == 2)
count = 10
assert(_home.counter() == 11)
assert(_home.counter == _home.counter and rawequal(_home.counter, rawget(_home, "counter")))
---- next
assert(_home.counter() == 12)
---- restart
assert(_home.counter() == 13)
---- restart
assert(_home.counter() == 14 and _home.counter == _home.counter)
collectgarbage() collectgarbage()
assert(_home.counter() == 15)
---- restart
-- Two functions that share a variable share it again, even when they are restored one after the other.
local shared = "none"
_home.set = function(v) shared = v end
_home.get = function() return shared end
_home.set("first")
assert(_home.get() == "first" and shared == "first")
---- restart
local set = _home.set
set("second")
assert(_home.get() == "second")
---- restart
_home.set("third")
collectgarbage() collectgarbage()
local get = _home.get
assert(get() == "third")
_home.set("fourth")
assert(get() == "fourth")
---- restart
-- The change of a variable is kept when no function that has it is alive at the end of the compute.
do
  local hidden = 1
  local function bump() hidden = hidden + 1 return hidden end
  _home.bump = bump
end
---- restart
do local bump = _home.bump bump() bump() end
for i = 1, 3 do collectgarbage() end
assert(_home.bump() == 4)
_home.bump = nil
---- restart
-- Recursion through a local, and mutual recursion.
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
_home.fib = fib
local even, odd
function even(n) if n == 0 then return true end return odd(n - 1) end
function odd(n) if n == 0 then return false end return even(n - 1) end
_home.even, _home.odd = even, odd
assert(_home.fib(15) == 610 and _home.even(10) and not _home.odd(10))
---- restart
assert(_home.fib(15) == 610 and _home.even(100) and _home.odd(7) and not _home.even(7))
---- restart
-- A captured table is promoted: the local is the external table from now on.
local state = { hits = 0, list = {} }
local alias = state
function _home.hit(name)
  state.hits = state.hits + 1
  state.list[#state.list + 1] = name
  return state.hits
end
_home.state = state
assert(_home.hit("a") == 1 and state.hits == 1 and rawequal(_home.state, alias) and alias.list[1] == "a")
---- restart
assert(_home.hit("b") == 2 and _home.state.hits == 2 and _home.state.list[2] == "b")
_home.state.hits = 40
assert(_home.hit("c") == 41)
---- restart
-- A variable that gets a new table, a function, nil or a library's function later.
local thing
function _home.thing() return thing end
function _home.set_thing(v) thing = v end
assert(_home.thing() == nil)
_home.set_thing({ 1, 2, { deep = true } })
---- restart
assert(_home.thing()[3].deep == true and #_home.thing() == 3)
_home.set_thing(function(x) return x * 2 end)
assert(_home.thing()(21) == 42)
---- restart
assert(_home.thing()(21) == 42 and _home.thing() == _home.thing())
_home.set_thing(math.floor)
---- restart
assert(_home.thing() == math.floor)
_home.set_thing(math)
---- restart
assert(_home.thing() == math and _home.thing().pi == math.pi)
_home.set_thing(nil)
---- restart
assert(_home.thing() == nil)
_home.set_thing(_home.fib)
assert(rawequal(_home.thing(), _home.fib))
---- restart
assert(rawequal(_home.thing(), _home.fib) and _home.thing()(10) == 55)
_home.set_thing(_home.set_thing)
---- restart
assert(rawequal(_home.thing(), _home.set_thing))
_home.thing()("end of it")
assert(_home.thing() == "end of it")
---- restart
-- Library functions and libraries in captured locals, big values, every kind of scalar.
local insert, m, big = table.insert, math, string.rep("x", 100000)
local yes, no, int, float, zero, inf, text = true, false, math.mininteger, 3.0, -0.0, math.huge, "\0\255"
function _home.scalars()
  local t = {}
  insert(t, m.type(int)) insert(t, m.type(float))
  return t[1], t[2], yes, no, int, float, 1 / zero, inf, text, #big, big
end
---- restart
local a, b, yes, no, int, float, zero, inf, text, n, big = _home.scalars()
assert(a == "integer" and b == "float" and yes == true and no == false and int == math.mininteger)
assert(math.type(float) == "float" and float == 3 and zero == -math.huge and inf == math.huge and text == "\0\255")
assert(n == 100000 and big == ("x"):rep(100000))
---- restart
-- One function in several places is one function; functions in nested tables; functions as methods.
local function f(x) return x + 1 end
_home.places = { f, f, nested = { f = f } }
_home.object = { value = 5, get = function(self) return self.value end, add = function(self, n) self.value = self.value + n end }
---- restart
local p = _home.places
assert(rawequal(p[1], p[2]) and rawequal(p[1], p.nested.f) and p[1](1) == 2)
_home.object:add(7)
assert(_home.object:get() == 12)
for key, value in pairs(_home.object) do assert(value ~= nil, key) end
---- restart
-- Globals are those of the instance; a custom environment is captured like any table.
function _home.global() return answer end
local env = { print = print, seen = 0 }
local sandboxed = load("seen = seen + 1 return seen", "sandbox", "t", env)
_home.sandboxed = sandboxed
assert(_home.sandboxed() == 1)
answer = 42
assert(_home.global() == 42)
---- restart
assert(_home.global() == nil)
answer = "new"
assert(_home.global() == "new" and _home.sandboxed() == 2)
---- restart
assert(_home.sandboxed() == 3)
---- restart
-- Varargs, multiple results, integer and float loops, goto, to-be-closed variables, methods, many constants.
function _home.all(...)
  local closed = 0
  do
    local x <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
  end
  local sum = 0
  for i = 1, select("#", ...) do
    if i == 3 then goto continue end
    sum = sum + (select(i, ...))
    ::continue::
  end
  for x = 0.5, 2 do sum = sum + x end
  for _, v in ipairs({ ... }) do sum = sum + v end
  return sum, closed, ("%d"):format(7), { ... }, ...
end
---- restart
local sum, closed, text, t, a, b, c = _home.all(1, 2, 3)
assert(sum == 1 + 2 + 0.5 + 1.5 + 6 and closed == 1 and text == "7" and #t == 3 and c == 3)
---- restart
-- An error in a restored function still names its line and its name.
_home.fails = function(x)
  local y = x
  return y.field.missing
end
---- restart
local ok, message = pcall(_home.fails, {})
assert(message:find("compute:4: attempt to index a nil value %(field 'field'%)"), message)
---- restart
-- A value that cannot be stored is refused with the path to it, and no part of it is stored.
local function refused(pattern, f)
  local ok, message = pcall(f)
  assert(not ok and tostring(message):find(pattern), message)
end
local before = ext.size(_home)
local thread = coroutine.create(function() end)
local iterator = ("x"):gmatch(".")
local object = setmetatable({}, { __gc = print })
local holder = { deep = { object } }
local function uses() return holder end
refused("_home%.f%[captured thread%] is a thread, which cannot be stored", function() _home.f = function() return thread end end)
refused("_home%.f%[captured iterator%] is a C function, which cannot be stored", function() _home.f = function() return iterator end end)
refused("_home%.f%[captured uses%]%[captured holder%]%.deep%[1%] is a table with '__gc' in its metatable", function() _home.f = function() return uses end end)
refused("_home%.t%.g%[captured thread%] is a thread", function() _home.t = { g = function() return thread end } end)
refused("_home%.f is a thread, which cannot be stored", function() _home.f = thread end)
assert(_home.f == nil and _home.t == nil and ext.size(_home) == before)
assert(not pcall(ext.size, holder) and #holder.deep == 1 and rawlen(holder.deep) == 1)
local source = { "return function() local t = {} " }
for i = 1, 12000 do source[#source + 1] = "t[1]=t[2]" end
source[#source + 1] = "return t end"
local long = assert(load(table.concat(source, "\n")))()
refused("_home%.long is a function of %d+ bytes of bytecode; the limit is 102400", function() _home.long = long end)
assert(_home.long == nil)
---- error captured variable 'kept' is a thread, which cannot be stored
local kept = 1
_home.keeper = function() return kept end
kept = coroutine.create(print)
---- next
-- That fails the compute once. The variable lives on, and is written when it can be.
assert(type(_home.keeper()) == "thread")
---- restart
assert(_home.keeper() == 1)
---- restart
local other = 1
_home.other, _home.set_other = function() return other end, function(v) other = v end
---- error captured variable 'other'%[2%]%[1%] is a thread, which cannot be stored
_home.set_other({ 5, { coroutine.create(print) } })
---- next
for i = 1, 4 do collectgarbage() end
assert(_home.other()[1] == 5)
_home.other()[2] = nil
---- restart
assert(_home.other()[1] == 5 and #_home.other() == 1)
---- restart
-- A function of a failed compute is stored with the last values of its variables.
local n = 0
_home.n = function() n = n + 1 return n end
pcall(_home.n)
---- error stopped here
_home.n() _home.n()
error("stopped here")
---- restart
assert(_home.n() == 4)
---- restart
-- Coroutines around a stored function, and a variable that is open in a suspended coroutine.
local co = coroutine.wrap(function()
  local inner = 1
  _home.inner = function() inner = inner + 1 return inner end
  coroutine.yield()
  inner = 100
  coroutine.yield()
end)
co()
assert(_home.inner() == 2)
co()
assert(_home.inner() == 101)
---- restart
assert(_home.inner() == 102)
local c = coroutine.wrap(_home.inner)
assert(c() == 103)
---- restart
-- A loop makes a new variable for each function.
_home.row = {}
for i = 1, 50 do local n = i * 10 _home.row[i] = function() n = n + i return n end end
---- restart
for i = 1, 50 do assert(_home.row[i]() == i * 11) end
---- restart
for i = 50, 1, -1 do assert(_home.row[i]() == i * 12) end
_home.row = nil
---- restart
-- A long chain of functions: each captures the previous one.
local last = function() return 0 end
for i = 1, 2000 do local before = last last = function() return before end end
_home.chain = last
---- restart
local f, n = _home.chain, 0
while type(f) == "function" do f = f() n = n + 1 end
assert(n == 2001 and f == 0)
_home.chain = nil
---- next
-- Many stored functions called in one compute: their variables do not accumulate.
_home.many = {}
for i = 1, 3000 do local v = i _home.many[i] = function() return v end if i % 500 == 0 then collectgarbage() end end
---- restart
local sum = 0
for round = 1, 3 do for i = 1, 3000 do sum = sum + _home.many[i]() end end
assert(sum == 3 * 3000 * 3001 / 2)
