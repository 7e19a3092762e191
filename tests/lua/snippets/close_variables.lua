--- closed in reverse order at the end of the block
local function c(n) return setmetatable({}, { __close = function(_, e) print("close " .. n, e) end }) end do local a <close> = c("a") local b <close> = c("b") print("body") end print("after")
--- closed on break, goto and return
local function c(n) return setmetatable({}, { __close = function() io.write("close ", n, "; ") end }) end for i = 1, 3 do local x <close> = c(i) if i == 2 then break end end print() do local i = 0 ::top:: do local x <close> = c("g" .. i) i = i + 1 if i < 3 then goto top end end end print() local function f() local x <close> = c("f") return "result", 2 end print(f())
--- closed on errors, with the error object
local function c(n) return setmetatable({}, { __close = function(_, e) print("close " .. n, e) end }) end print(pcall(function() local a <close> = c("a") local b <close> = c("b") error("problem", 0) end)) print((pcall(function() local a <close> = setmetatable({}, { __close = function(_, e) print(e[1]) end }) error({ 1 }) end)))
--- an error in a handler replaces the error
local function bad(n) return setmetatable({}, { __close = function(_, e) print(n, e) error("from " .. n, 0) end }) end print(pcall(function() local a <close> = bad("a") local b <close> = bad("b") error("first", 0) end)) print(pcall(function() local a <close> = bad("only") return 1 end))
--- nil and false need no closing
do local a <close> = nil local b <close> = false print("fine", a, b) end
--- other values cannot be closed
print(pcall(function() local x <close> = 5 end)) print(pcall(function() local x <close> = {} end)) print(pcall(function() local named <close> = "str" end)) print(pcall(function() local f <close> = print end)) print(pcall(function() local x <close> = setmetatable({}, { __close = 5 }) end))
--- a metamethod removed before closing
print(pcall(function() local mt = { __close = function() end } local x <close> = setmetatable({}, mt) mt.__close = nil end))
--- close variables are constant
print(load("local x <close> = nil x = 1")) print(load("local x <const> = 1 x = 2")) print(load("local x <const> = 1 function f() x = 2 end")) print(load("local x <wrong> = 1")) print(load("local a <close>, b <close> = nil")) print(load("local x <close = 1"))
--- return values are computed before closing
local function f() local t = { n = 1 } local x <close> = setmetatable({}, { __close = function() t.n = 2 end }) return t.n, t end local n, t = f() print(n, t.n) local function g() local x <close> = setmetatable({}, { __close = function() return "ignored" end }) return 1, 2, 3 end print(g())
--- no tail call with a pending close
local log = {} local function callee() log[#log + 1] = "callee" return "r" end local function f() local x <close> = setmetatable({}, { __close = function() log[#log + 1] = "close" end }) return callee() end print(f(), table.concat(log, " "))
--- the fourth value of a generic for is closed
local function iter(n, name) local i = 0 return function() i = i + 1 if i <= n then return i end end, nil, nil, setmetatable({}, { __close = function(_, e) print("closing " .. name, e) end }) end for i in iter(3, "full") do io.write(i, " ") end for i in iter(3, "break") do if i == 2 then break end end print(pcall(function() for i in iter(3, "error") do error("in loop", 0) end end)) local function f() for i in iter(3, "return") do return i end end print(f())
--- closing in nested functions and loops
local depth = 0 local function guard() depth = depth + 1 return setmetatable({}, { __close = function() depth = depth - 1 end }) end local function rec(n) local g <close> = guard() if n > 0 then rec(n - 1) end return depth end print(rec(20), depth) for i = 1, 5 do local g <close> = guard() end print(depth) pcall(function() local g <close> = guard() rec(3) error("x") end) print(depth)
--- a lock released on every path
local held, log = false, {} local function lock() assert(not held) held = true return setmetatable({}, { __close = function() held = false end }) end local function work(kind) local l <close> = lock() if kind == "error" then error("failed", 0) elseif kind == "early" then return "early" end return "late" end for _, k in ipairs { "early", "error", "late" } do print(k, pcall(work, k)) print(held) end
--- handlers get value and error
local o = setmetatable({ name = "o" }, { __close = function(self, err, ...) print(self.name, err, select("#", ...)) end }) do local x <close> = o end pcall(function() local x <close> = o error("E", 0) end)
--- handlers that use close variables themselves
local function c(n, inner) return setmetatable({}, { __close = function() if inner then local y <close> = c(n .. "'") print("in " .. n) end print("close " .. n) end }) end do local x <close> = c("x", true) end
--- const variables
local a <const>, b <const> = 10, "str" local c <const> = nil local d <const> = 2.5 local t <const> = {} t.x = 1 print(a, b, c, d, t.x, a * 2, -a, b .. a, d < a, (function() return a + d end)())
--- constants fold into operators and tables
local A <const> = 5 local B <const> = A + 1 local t = { [A] = B, [B] = A } print(t[5], t[6], A + 1, 1 + A, A == 5, A < B, 10 // A, B << A, t[A], A .. B)
--- attributes on several names
local a <const>, b, c <close> = 1, 2, nil b = b + a print(a, b, c) local x <const>, y = (function() return 7, 8 end)() y = y + x print(x, y)
--- shadowing
local x <const> = 1 do local x = 2 x = 3 print(x) end print(x) local x = 4 x = 5 print(x)
--- errors that pass several levels of handlers
local order = {} local function c(n) return setmetatable({}, { __close = function(_, e) order[#order + 1] = n .. "(" .. tostring(e) .. ")" if n == "m" then error("new", 0) end end }) end print(pcall(function() local a <close> = c("o") local function inner() local b <close> = c("m") local d <close> = c("i") error("old", 0) end inner() end)) print(table.concat(order, " "))
--- the position of an error while closing
print(pcall(function()
  local x <close> = setmetatable({}, { __close = function() local t t.x = 1 end })
end))
--- error: closing with a bad handler in the main chunk
local x <close> = setmetatable({}, { __close = function(_, e) error("closing failed") end })
return 1
--- the main chunk closes too
local x <close> = setmetatable({}, { __close = function(_, e) print("main closed", e) end })
return "result", 5
