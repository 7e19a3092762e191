--- an error kills the coroutine
local co = coroutine.create(function() local x = nil
x.y = 1 end) print(coroutine.resume(co)) print(coroutine.status(co)) print(coroutine.resume(co))
--- wrap passes errors on with position
local w = coroutine.wrap(function() error("inside") end) print(pcall(w)) print(pcall(w)) local v = coroutine.wrap(function() error({ code = 5 }) end) local ok, e = pcall(v) print(ok, type(e), e.code) print(pcall(coroutine.wrap(function() error() end))) print(pcall(coroutine.wrap(function() error("no position", 0) end)))
--- wrap adds the position of the caller to string errors
local w = coroutine.wrap(function() error("deep", 0) end)
local function call()
  w()
end
print(pcall(call))
--- resuming what cannot be resumed
local co co = coroutine.create(function() return coroutine.resume(co) end) print(coroutine.resume(co)) print(coroutine.resume(coroutine.running())) local w w = coroutine.wrap(function() return pcall(w) end) print(w()) local dead = coroutine.wrap(function() end) dead() print(pcall(dead))
--- resuming a normal coroutine
local outer outer = coroutine.create(function() local inner = coroutine.create(function() return coroutine.resume(outer) end) return coroutine.resume(inner) end) print(coroutine.resume(outer))
--- yielding outside a coroutine
print(pcall(coroutine.yield, 1)) print(pcall(coroutine.yield)) print(select("#", pcall(coroutine.yield)))
--- yielding across a C boundary
local co = coroutine.create(function() table.sort({ 3, 2, 1 }, function(a, b) coroutine.yield() return a < b end) end) print(coroutine.resume(co)) local co2 = coroutine.create(function() return (("x"):gsub(".", coroutine.yield)) end) print(coroutine.resume(co2)) local co3 = coroutine.create(function() return load(function() coroutine.yield() return nil end) end) print(coroutine.resume(co3)) local co4 = coroutine.create(function() return tostring(setmetatable({}, { __tostring = function() coroutine.yield() end })) end) print(coroutine.resume(co4))
--- wrong arguments
print(pcall(coroutine.create)) print(pcall(coroutine.create, 5)) print(pcall(coroutine.create, {})) print(pcall(coroutine.wrap)) print(pcall(coroutine.resume)) print(pcall(coroutine.resume, print)) print(pcall(coroutine.status)) print(pcall(coroutine.status, {})) print(pcall(coroutine.close)) print(pcall(coroutine.close, 5)) print(pcall(coroutine.isyieldable, 5))
--- closing what cannot be closed
print(pcall(coroutine.close, coroutine.running())) local co co = coroutine.create(function() return pcall(coroutine.close, co) end) print(coroutine.resume(co)) local outer outer = coroutine.create(function() local inner = coroutine.create(function() return pcall(coroutine.close, outer) end) return coroutine.resume(inner) end) print(coroutine.resume(outer))
--- errors pass through nested coroutines
local function level(n) if n == 0 then error("bottom", 0) end local ok, e = coroutine.resume(coroutine.create(level), n - 1) error(e .. "<" .. n, 0) end print(pcall(level, 5)) print(pcall(function() coroutine.wrap(function() coroutine.wrap(function() error("two deep", 0) end)() end)() end))
--- nested coroutines run out of C stack
local function nest(n) local co = coroutine.create(nest) local ok, e, d = coroutine.resume(co, n + 1) if ok then return e, d end return (tostring(e):gsub("^.*: ", "")), n end print((nest(1)))
--- error objects survive resume
local E = setmetatable({ msg = "object" }, { __tostring = function(e) return "E:" .. e.msg end }) local ok, e = coroutine.resume(coroutine.create(function() error(E) end)) print(ok, e == E, tostring(e)) print(coroutine.resume(coroutine.create(function() error(nil) end))) print(coroutine.resume(coroutine.create(function() error(42) end))) print(coroutine.resume(coroutine.create(function() error(42.5) end)))
--- an error after a yield
local co = coroutine.create(function() coroutine.yield(1) local t = {} return t.a.b end) print(coroutine.resume(co)) print(coroutine.resume(co)) print(coroutine.status(co))
--- an error caught inside keeps the coroutine alive
local co = coroutine.wrap(function() while true do local ok, e = pcall(function() local v = coroutine.yield("ready") if v == "bad" then error("bad value", 0) end return v end) coroutine.yield(tostring(ok) .. ":" .. tostring(e)) end end) print(co(), co("good"), co(), co("bad"), co(), co("fine"))
--- a dead coroutine keeps its traceback
local function f() error("boom") end local co = coroutine.create(function() f() end) print(coroutine.resume(co)) print(debug.traceback(co))
--- the wrapped coroutine is closed on errors
local co = coroutine.wrap(function() local x <close> = setmetatable({}, { __close = function(_, e) print("closed with", e) end }) error("problem", 0) end) print(pcall(co))
--- resume does not close pending variables by itself
local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function(_, e) print("closed with", e) end }) error("problem", 0) end) print(coroutine.resume(co)) print(coroutine.status(co)) print(coroutine.close(co))
--- error: an uncaught error through wrap
local w = coroutine.wrap(function() local t t.x = 1 end) w()
--- error: yield from the main chunk
coroutine.yield(1)
--- error: resume passes a dead message to error
error(select(2, coroutine.resume(coroutine.create(function() error("again") end))), 0)
