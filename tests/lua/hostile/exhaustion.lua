--- recursion without end
--: stack overflow
local function f() return 1 + f() end f()
--- recursion through pcall
--: ok
local function f() return pcall(f) end f() return "ok"
--- recursion that catches its own overflow
--: ok
local n = 0 local function f() n = n + 1 local ok = pcall(f) if not ok then error("deeper", 0) end end pcall(f) return "ok"
--- recursion through metamethods
--: overflow
local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k .. "x"] end return t.x
--- recursion through __tostring
--: overflow
local t = setmetatable({}, {}) getmetatable(t).__tostring = function(t) return tostring(t) end return tostring(t)
--- recursion through __eq and __lt
--: overflow
local m = {} local a, b = setmetatable({}, m), setmetatable({}, m) m.__lt = function(a, b) return a < b end return a < b
--- recursion through __concat
--: overflow
local m = {} local a = setmetatable({}, m) m.__concat = function(a, b) return a .. b end return a .. a
--- recursion through __call
--: overflow
local t = setmetatable({}, {}) getmetatable(t).__call = function(self) return 1 + self() end return t()
--- recursion through __close
--: overflow
local function f() local x <close> = setmetatable({}, { __close = function() f() end }) end f()
--- recursion through gsub callbacks
--: overflow
local function f(s) return (s:gsub(".", f)) end return f("abc")
--- recursion through sort comparators
--: overflow
local function f() table.sort({ 3, 2, 1 }, function(a, b) f() return a < b end) end f()
--- recursion through load
--: not enough memory
function deeper() return assert(load("return deeper()"))() + 1 end return deeper()
--- recursion through readers of load
--: overflow
local function f() local r, e = load(function() f() return nil end) assert(r, e) end f()
--- recursion through coroutines
--: C stack overflow
local function f() return assert(coroutine.wrap(f))() end f()
--- recursion through require
--: overflow
local n = 0 local function f() n = n + 1 package.preload["m" .. n] = f return require("m" .. n) end f()
--- recursion through coroutine.close
--: ok
local function f() local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() f() end }) coroutine.yield() end) coroutine.resume(co) coroutine.close(co) end pcall(f) return "ok"
--- a pattern that recurses
--: pattern too complex
return ("x"):rep(300000):find(("x?"):rep(300))
--- a pattern of nested captures
--: too many captures
return ("x"):rep(100):find(("(x"):rep(40) .. (")"):rep(40))
--- a malformed pattern
--: malformed pattern
return ("x"):find("[a")
--- nested parentheses
--: overflow
local f, e = load("return " .. ("("):rep(10000)) error(e, 0)
--- nested tables in source
--: overflow
local f, e = load("return " .. ("{"):rep(10000)) error(e, 0)
--- nested functions in source
--: overflow
local f, e = load(("return function() "):rep(10000)) error(e, 0)
--- nested blocks in source
--: overflow
local f, e = load(("do "):rep(10000)) error(e, 0)
--- a chain of unary operators
--: overflow
local f, e = load("return " .. ("not "):rep(10000) .. "1") error(e, 0)
--- a chain of powers
--: overflow
local f, e = load("return " .. ("2^"):rep(10000) .. "1") error(e, 0)
--- a chain of concatenations
--: overflow
local f, e = load("return " .. ("a.."):rep(10000) .. "a") error(e, 0)
--- a comparator without order
--: invalid order function for sorting
local t = {} for i = 1, 200 do t[i] = i % 7 end table.sort(t, function() return true end)
--- a comparator that fails
--: compare
local t = {} for i = 1, 200 do t[i] = i end table.sort(t, function() error("compare") end)
--- memory: one string
--: not enough memory
local s = "x" while true do s = s .. s end
--- memory: many strings
--: not enough memory
local t = {} for i = 1, 1e9 do t[i] = "string number " .. i end
--- memory: one array
--: not enough memory
local t = {} for i = 1, 1e9 do t[i] = i end
--- memory: a hash
--: not enough memory
local t = {} for i = 1, 1e9 do t["k" .. i] = true end
--- memory: closures
--: not enough memory
local t = {} for i = 1, 1e9 do t[i] = function() return i end end
--- memory: coroutines
--: not enough memory
local t = {} for i = 1, 1e9 do t[i] = coroutine.create(function() coroutine.yield(i) end) coroutine.resume(t[i]) end
--- memory: the parser
--: not enough memory
local n = 0 local f, e = load(function() n = n + 1 return n == 1 and "return {" or ("'text number " .. n .. "',") end) error(e, 0)
--- memory: concat
--: not enough memory
local t = {} for i = 1, 5000 do t[i] = ("x"):rep(100) end local s = {} for i = 1, 10 do s[i] = table.concat(t) end
--- memory: gsub
--: not enough memory
return (("x"):rep(100000):gsub("x", ("y"):rep(1000)))
--- memory: format
--: not enough memory
local s = ("x"):rep(700000) return string.format("%s%s%s", s, s, s)
--- memory: pack
--: not enough memory
local t = {} for i = 1, 30 do t[i] = string.pack("!16 s4 s4", ("x"):rep(50000), ("y"):rep(50000)) end
--- memory: a stack of results
--: too many results to unpack
local t = {} for i = 1, 25000 do t[i] = i end return select("#", unpack(t))
--- memory: varargs that grow
--: overflow
local function f(...) return 1 + f(1, ...) end return f(1)
--- memory: error values
--: not enough memory
local t = {} while true do t[#t + 1] = select(2, pcall(error, { ("e"):rep(100) })) t[#t + 1] = ("f"):rep(1000) .. #t end
--- memory: caught and gone on
--: ok
for i = 1, 20 do local ok, e = pcall(string.rep, "x", 4e6) assert(not ok and e == "not enough memory", e) end return "ok"
--- memory: caught while nearly full
--: ok
local t, n = {}, 0 local ok, e = pcall(function() while true do n = n + 1 t[n] = {} end end) t = nil assert(e == "not enough memory", e) collectgarbage() return "ok"
--- memory: a result that cannot be encoded
--: the result takes
local t = {} for i = 1, 9 do t[i] = ("x"):rep(100000) .. i end return t
--- memory: finalizers that allocate
--: not enough memory
local t = {} for i = 1, 1e9 do t[i] = setmetatable({}, { __gc = function() local x = {} for j = 1, 10 do x[j] = ("z"):rep(j) .. i end end }) end
--- memory: weak tables
--: ok
local w = setmetatable({}, { __mode = "k" }) for i = 1, 100000 do w[{}] = ("v"):rep(10) .. i end return "ok"
--- memory: collector stopped
--: not enough memory
collectgarbage("stop") local t = {} for i = 1, 1e9 do t[i] = { i } end
--- memory: collector stopped is no leak
--: ok
collectgarbage("stop") for i = 1, 200000 do local t = { i } end collectgarbage("restart") return "ok"
--- memory: generational mode
--: not enough memory
collectgarbage("generational") local t = {} for i = 1, 1e9 do t[i] = { i } end
--- a print loop
--: ok
for i = 1, 20000 do print("a line of text that is cut at last", i) end return "ok"
--- a warning loop
--: ok
warn("@on") for i = 1, 20000 do warn("a", "b", i) end warn("@off") return "ok"
--- write of a wrong value
--: bad argument #1 to 'write'
io.write({})
