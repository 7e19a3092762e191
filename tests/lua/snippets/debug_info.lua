--- getinfo of Lua functions
local function f(a, b, ...)
  return a
end
local i = debug.getinfo(f, "S") print(i.source, i.short_src, i.what, i.linedefined, i.lastlinedefined)
--- getinfo of C functions
local i = debug.getinfo(print, "S") print(i.source, i.short_src, i.what, i.linedefined, i.lastlinedefined) i = debug.getinfo(string.rep, "l") print(i.currentline)
--- getinfo of the main chunk
local i = debug.getinfo(1, "Sl") print(i.what, i.short_src, i.currentline, i.linedefined)
--- current lines
local function line() return debug.getinfo(2, "l").currentline end
print(line())
local x = line(); print(x)
print(
  line(),
  line()
)
--- names of functions
local function name() local i = debug.getinfo(2, "n") return tostring(i.name), i.namewhat end
local function here() local n, w = name() return n, w end
local t = { field = function() local n, w = name() return n, w end } function t:method() local n, w = name() return n, w end function globalname() local n, w = name() return n, w end
local a, b = here() print(a, b) a, b = t.field() print(a, b) a, b = t:method() print(a, b) a, b = globalname() print(a, b) local r = { (function() local n, w = name() return n, w end)() } print(r[1], r[2]) local up = here local function viaup() local n, w = up() return n, w end print(viaup())
--- names of metamethods
local function name() local i = debug.getinfo(2, "n") return tostring(i.name) .. "/" .. i.namewhat end
local o = setmetatable({}, { __add = function() local s = name() return s end, __index = function() local s = name() return s end, __lt = function() local s = name() print(s) return true end, __concat = function() local s = name() return s end, __unm = function() local s = name() return s end, __len = function() local s = name() return s end, __eq = function() print((name())) return true end, __call = function() local s = name() return s end, __close = function() print((name())) end }) print(o + 1, o.x, o < o, o .. "", -o, #o, o == setmetatable({}, getmetatable(o)), o()) do local c <close> = o end
--- names of iterators and finalizers
local function name() local i = debug.getinfo(2, "n") return tostring(i.name) .. "/" .. i.namewhat end for x in function(_, c) if not c then local s = name() return s end end do print(x) end setmetatable({}, { __gc = function() print((name())) end }) collectgarbage()
--- tail calls are marked
local function f() local i = debug.getinfo(1, "t") return i.istailcall end local function g() return f() end local function h() local r = f() return r end print(f(), g(), h())
--- active lines
local function f()
  local a = 1

  return a
end
local l = {} for k in pairs(debug.getinfo(f, "L").activelines) do l[#l + 1] = k end table.sort(l) print(table.concat(l, " "))
--- levels out of range
print(debug.getinfo(100), pcall(debug.getinfo, -1)) print(pcall(debug.getinfo)) print(pcall(debug.getinfo, "x")) print(pcall(debug.getinfo, print, "X")) print(pcall(debug.getinfo, 1, ">S")) print(pcall(debug.getinfo, {}))
--- parameters and upvalues
local u, v = 1, 2 local function f(a, b, ...) return u end local function g() return u + v end for _, x in ipairs { f, g, print } do local i = debug.getinfo(x, "u") io.write(i.nparams, " ", tostring(i.isvararg), " ") end print(debug.getinfo(f, "u").nups, debug.getinfo(g, "u").nups)
--- getinfo of a coroutine
local co = coroutine.create(function() local x = 1
coroutine.yield() end) coroutine.resume(co) print(debug.getinfo(co, 1, "l").currentline, debug.getinfo(co, 0, "S").what, debug.getinfo(co, 2), debug.getinfo(co, 1, "S").what)
--- traceback with a message that is no string
print(debug.traceback(12):match("^[^\n]*"), debug.traceback(true), debug.traceback(nil) ~= nil, debug.traceback(false)) local t = {} print(debug.traceback(t) == t, rawequal(debug.traceback(print), print))
--- traceback of a coroutine in an error
local co = coroutine.create(function()
  local function level3() error("deep") end
  local function level2() level3() end
  level2()
end) print(coroutine.resume(co)) print(debug.traceback(co))
--- long tracebacks are shortened
local co = coroutine.create(function() local function r(n) if n == 0 then coroutine.yield() else r(n - 1) end return 1 end r(60) end) coroutine.resume(co) local tb = debug.traceback(co) print(select(2, tb:gsub("\n", "")), (tb:match("%.%.%.[^\n]*")))
--- tracebacks name global functions
function named() coroutine.yield() end local M = { field = function() named() return 1 end } function M:method() M.field() return 1 end local co = coroutine.create(function() M:method() end) coroutine.resume(co) print(debug.traceback(co))
--- short sources
for _, n in ipairs { "=eq", "@at", "text", "a\nb", "=" .. ("e"):rep(70), "@" .. ("a"):rep(70), ("t"):rep(70) } do print(debug.getinfo(load("", n), "S").short_src) end
