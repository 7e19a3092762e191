--- loading strings
print(load("return 1 + 1")()) print(load("local a, b = ... return b, a")(1, 2)) print(load("")()) print(load("return")()) print(select("#", load("return")())) print(load("x = 5")(), x)
--- loading pieces from a function
local parts, i = { "return ", "1", " + ", "2", " * 3" }, 0 print(load(function() i = i + 1 return parts[i] end)()) local j = 0 print(load(function() j = j + 1 if j == 1 then return "return 'one'" elseif j == 2 then return "" else return "ignored" end end)()) local k = 0 local src = "local t = {} for i = 1, 10 do t[i] = i * i end return table.concat(t, ',')" print(load(function() k = k + 1 local c = src:sub(k, k) return c ~= "" and c or nil end)())
--- reader errors
print(load(function() return {} end)) print(load(function() return true end)) print(load(function() error("reader failed", 0) end)) print(pcall(load, nil)) print(pcall(load)) local n = 0 print(load(function() n = n + 1 return n == 1 and 12 or nil end))
--- the environment
local env = { y = 2 } print(load("x = y * 3 return x", "c", "t", env)(), env.x, x) print(load("return _ENV", "c", "t", env)() == env) print(load("return _ENV", "c", "t", nil)()) print(pcall(load("return x", "c", "t", nil))) print(load("return ...", "c", "t", { 1 })(7)) print(load("return _G", "c", "t", { _G = "mine" })())
--- modes
print(load("return 1", "c", "t")()) print(load("return 1", "c", "bt")()) print(load("return 1", "c", "b")) print(load("x =", "c", "t")) print(load("return 1", "=c", "x"))
--- functions are independent
local a, b = load("n = (n or 0) + 1 return n", "c", "t", {}), load("n = (n or 0) + 1 return n", "c", "t", {}) print(a(), a(), b()) local f = load("local n = 0 return function() n = n + 1 return n end") local g, h = f(), f() print(g(), g(), h())
--- the upvalue _ENV is shared with closures
local env = setmetatable({}, { __index = _G }) local get, set = load("local function get() return v end local function set(x) v = x end return get, set", "c", "t", env)() set(5) print(get(), env.v, v)
--- string.dump gives a string
print(type(string.dump(function() end)), #string.dump(function() return 1 end) > 20, pcall(string.dump, print)) print(string.dump(function() end):byte(1), string.dump(function() end):sub(2, 4))
--- stripping makes it smaller
local function f(a, b) local sum = a + b return sum * sum end print(#string.dump(f, true) < #string.dump(f))
--- comments and shebang
print(load("--comment\nreturn 1")(), load("--[[x]]return 2")(), load("--[==[\n]]\n]==]return 3")(), load("return 4 --")(), load("--[[]]")(), load("#x\nreturn 5"))
--- line ends
for _, nl in ipairs { "\n", "\r", "\r\n", "\n\r" } do print(select(2, pcall(load("local x" .. nl .. nl .. "error('here')", "=c")))) end
--- semicolons and spacing
print(load("local a=1;;;local b=2;return a+b;")(), load("return(1)")(), load("local a=1local b=2return a+b"), load("local a=(1)local b=2 return a+b")(), load("return--[[x]]5")(), load("return\t\v\f 6")(), load("a,b=1,2;return a;")())
--- numerals next to words
print(load("return 0xep1")(), load("return 0xe+1")(), load("return 1..2") == nil, load("return 1 ..2")(), load("return 3e2")(), load("return 0x1e2")())
--- expressions as templates
local function eval(e, env) return load("return " .. e, "=eval", "t", env)() end print(eval("a + b", { a = 1, b = 2 }), eval("#list", { list = { 1, 2, 3 } }), eval("f(2)", { f = function(x) return x * x end }))
--- long sources
local t = {} for i = 1, 500 do t[i] = "local v" .. i % 150 .. " = " .. i .. " do s = s + v" .. i % 150 .. " end" end local src = "local s = 0\n" .. table.concat(t, "\n", 1, 150):gsub("local v", "local v") .. "\nreturn s" print(load(src)())
--- many constants
local t = {} for i = 1, 400 do t[i] = "'k" .. i .. "', " .. i .. ".5" end local f = load("return {" .. table.concat(t, ", ") .. "}") local r = f() print(#r, r[1], r[2], r[799], r[800])
--- many functions
local t = {} for i = 1, 200 do t[i] = "f[" .. i .. "] = function(x) return x + " .. i .. " end" end local fs = {} load("local f = ... " .. table.concat(t, " "))(fs) local s = 0 for i = 1, 200 do s = s + fs[i](i) end print(s)
--- long if chains
local t = {} for i = 1, 150 do t[i] = (i == 1 and "if" or "elseif") .. " x == " .. i .. " then return 'v" .. i .. "'" end local f = load("local x = ... " .. table.concat(t, " ") .. " else return 'none' end") print(f(1), f(150), f(151), f(77))
--- results of loaded chunks
print(load("return 1, nil, 'x', nil")()) print(select("#", load("return nil, nil")())) print((load("return 1, 2")())) print(pcall(load("error('in chunk')", "=named"))) print(pcall(load("error('in chunk', 0)"))) print(pcall(load("local a = nil; return a.b", "@f.lua")))
--- reading source line by line
local lines = { "local s = 0\n", "for i = 1, 4 do\n", "  s = s + i\n", "end\n", "return s\n" } print(load(coroutine.wrap(function() for _, l in ipairs(lines) do coroutine.yield(l) end coroutine.yield(nil) end))())
--- a minimal template engine
local function template(s) local out = { "local _o, _e = {}, ... local _ENV = _e " } for text, code in (s .. "<%%>"):gmatch("(.-)<%%(.-)%%?>") do out[#out + 1] = ("_o[#_o + 1] = %q "):format(text) if code:sub(1, 1) == "=" then out[#out + 1] = "_o[#_o + 1] = tostring(" .. code:sub(2) .. ") " else out[#out + 1] = code .. " " end end return load(table.concat(out) .. "return concat(_o)") end print(template("Hi <%= name %>!<% for i = 1, 3 do %> <%= i * i %><% end %> bye") { name = "Ann", tostring = tostring, concat = table.concat })
--- require finds loaded libraries
print(require("string") == string, require("table") == table, require("_G") == _G, require("math") == math, package.loaded.coroutine == coroutine, package.loaded.utf8 == utf8)
--- package.preload
package.preload.mine = function(name, extra) return { name = name, extra = extra } end local m, extra = require("mine") print(m.name, m.extra, extra, require("mine") == m, package.loaded.mine == m) package.preload.nothing = function() end print(require("nothing")) package.preload.sets = function(n) package.loaded[n] = "set by itself" end print(require("sets")) package.preload.fails = function() error("loader failed", 0) end print(pcall(require, "fails"))
