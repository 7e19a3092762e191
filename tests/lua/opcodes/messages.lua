--- errors name the variable: every operation, on values from every place
-- Each place has a different name, so that the message shows which operand it is about.
local places = {
  { "loc", "local loc = v " }, { "up", "", "up" }, { "glob", "glob = v " }, { "t.field", "local t = { field = v } " }, { "ut.field", "", "ut.field" }, { "g.field", "g = { field = v } " }, { "t.a.b", "local t = { a = { b = v } } " },
  { "t['with space']", "local t = { ['with space'] = v } " }, { "t[1]", "local t = { v } " }, { "t[300]", "local t = { [300] = v } " }, { "t[k]", "local t, k = { key = v }, 'key' " }, { "t[i]", "local t, i = { v }, 1 " }, { "t[2.5]", "local t = { [2.5] = v } " },
  { "t[true]", "local t = { [true] = v } " }, { "f()", "local function f() return v end " }, { "o:m()", "local o = { m = function() return v end } " }, { "(v)", "" }, { "(loc or loc)", "local loc = v " }, { "(glob and glob)", "glob = v " }, { "_ENV.glob", "glob = v " },
  { "con", "local con <const> = v " }, { "param", "return (function(param) ", nil, " end)(v)" }, { "...", "return (function(...) ", nil, " end)(v)" }, { "t.a_field_whose_name_is_longer_than_forty_characters", "local t = { a_field_whose_name_is_longer_than_forty_characters = v } " },
}
local operations = {
  "return X.y", "return X[1]", "return X[n]", "return X['a key']", "X.y = 1", "X[1] = n", "X[n] = 1", "return X:m()", "return X.y.z", "return X()", "X()", "local r = X(1)", "return X.y()", "return X + 1", "return 1 + X", "return X - n", "return n * X", "return X / 2.5",
  "return 1000 // X", "return X % X", "return 2 ^ X", "return -X", "return X & 1", "return 1 | X", "return X ~ n", "return X << 1", "return 1 << X", "return n >> X", "return ~X", "return #X", "return X .. 's'", "return 's' .. X", "return n .. X .. n", "return X < 1", "return 1 < X", "return X <= n",
  "return n > X", "return X >= X", "return X < 's'", "for i = X, 1 do end", "for i = 1, X do end", "for i = 1, 2, X do end", "for i in X do end", "local r <close> = X", "return { [X] = 1 }", "t2[X] = 1", "return n + X + n", "return (X + 1) * 2", "return X == 1, X.y",
}
local values = { { "nil" }, { "boolean", true }, { "table", {} }, { "fraction", 1.5 }, { "string", "abc" } }
local messages, order = {}, {}
for _, value in ipairs(values) do
  for _, operation in ipairs(operations) do
    local line = {}
    for number, place in ipairs(places) do
      local body = operation:gsub("X", function() return place[1] end)
      if not (place[1] == "..." and body:find("^%.%.%.")) then
        local source = "local v, up, ut, n, t2 = ... return (function() " .. place[2] .. body .. (place[4] or "") .. " end)()"
        if place[1] == "..." then source = source:gsub("%.%.%.([%.%[:%(])", "(...)%1") end
        local f = load(source, "=f", "t", {})
        local ok, message
        if f then ok, message = pcall(f, value[2], value[2], { field = value[2] }, 5, {}) end
        message = not f and "no chunk" or ok and "ok" or tostring(message):gsub("^f:1: ", "")
        if not messages[message] then order[#order + 1] = message messages[message] = #order end
        line[#line + 1] = messages[message]
      end
    end
    print(value[1], operation, table.concat(line, " "))
  end
end
print(table.concat(order, "\n"))
--- errors name the line: operations that go over several, calls, fields, operators
local function try(source) local ok, message = pcall(load(source, "=f")) print((source:gsub("\n", "\\n")), message) end
local bad = "local n, t, s = nil, {}, 's'\n"
for _, source in ipairs {
  "return 1 +\nn", "return n\n+ 1", "return n\n+\n1", "return (1\n+ 2)\n* n", "return t\n.x\n.y", "return t.x\n.y\n.z", "return t[\n1\n].x", "t.x\n.y = 1", "t\n.x.y\n= 1", "t[n]\n= 1", "t[\nn\n] = 1", "return n\n(1)", "return s\n(\n1\n,\n2\n)", "t.f\n(\n)", "t\n:m\n(\n)", "return t:m(\n1)",
  "return s ..\nn", "return s\n.. t\n.. s", "return s .. s\n.. s ..\nt", "return -\nn", "return #\nn", "return not n,\n-t", "return n\n< 1", "return 1\n<\nt", "return t\n< t", "if\nn\n< 1\nthen end", "while n\n<\n1 do end", "for i = 1,\nn,\n2 do end", "for i\n=\nn, 1 do end", "for k\nin\nn do end", "for k, v in\nnext,\nn\ndo end",
  "local a <close>\n=\nt", "return {\n1,\n[n]\n=\n2 }", "return {\nx = n\n+ 1 }", "return {\n1, 2,\nt.x.y }", "local a =\nn\n.x", "local a, b = 1,\nn.x", "return (function()\nreturn n.x\nend)()", "return (function()\nlocal x = n.x\nend)()", "error\n('e')", "error(\n'e'\n)", "return error('e',\n1)",
  "local function f() error('e', 2) end\n\nf()\nreturn 1", "local function f() error('e', 2) end\n\nreturn (f\n(\n))", "local function f()\nreturn n + 1 end\n\nreturn f()", "return s:rep(\n{})", "return\nstring.rep(\n)", "assert(\nfalse,\n'a')", "return t.x and\n1 or\nn.y", "return n or\nt.x.y", "goto l\n::l::\nreturn n.x", "do\nlocal x = 1\nend\nreturn n.x",
  "repeat\nlocal x = n\nuntil x.y", "repeat\nuntil n.x", "if t.x\nthen\nelseif n.x\nthen end", "local x\nx = n\n& 1", "local x\nx =\n1 <<\nt", "t.x, t.y =\n1, n.z", "t.x,\nt.y.z,\nt.a = 1, 2, 3", "return 2^53\n| 1e100", "return 1\n// 0", "return 1\n%\n0", "local z = 0 return 1\n//\nz", "return ((((n\n))))\n.x", "return 1 +\n2 +\nt +\n3",
} do try(bad .. source) end
local source = { "local n, z = nil, 0 " }
for i = 1, 600 do source[i + 1] = "z = z + 1" end
source[602] = "return n.x"
print(pcall(load(table.concat(source, "\n"), "=f")))
print(pcall(load("local n" .. ("\n"):rep(300) .. "local z = 1" .. ("\n"):rep(70000 - 302) .. "return n.x", "=f")))
print(pcall(load("local n local z = n" .. ("\n"):rep(129) .. "z = 1" .. ("\n"):rep(127) .. "z = 2" .. ("\n"):rep(128) .. "return n + z", "=f")))
print(pcall(load(string.dump(load("local n return n.x", "=f"), true) and "local n return n.x", "=f")))
--- tracebacks and levels: where everything is, from everywhere
-- In a new coroutine, because the callers of a snippet differ between the programs that run it.
coroutine.wrap(function()
local function where(level) local i = debug.getinfo(level + 1, "Sln") return i.short_src .. ":" .. i.currentline .. ":" .. tostring(i.name) .. ":" .. i.namewhat .. ":" .. i.what end
local function here() local r = where(2) return r end
local o = setmetatable({}, {
  __add = function() return where(1) .. " " .. where(2) end, __index = function() return where(1) .. " " .. where(2) end, __call = function() return where(1) .. " " .. where(2) end, __concat = function() return where(1) .. " " .. where(2) end,
  __lt = function() print(where(1) .. " " .. where(2)) return true end, __eq = function() print(where(1) .. " " .. where(2)) return true end, __newindex = function() print(where(1) .. " " .. where(2)) end, __len = function() return where(1) .. " " .. where(2) end,
  __unm = function() return where(1) .. " " .. where(2) end, __close = function() print(where(1) .. " " .. where(2)) end, __le = function() print(where(1) .. " " .. where(2)) return false end, __shl = function() return where(1) .. " " .. where(2) end,
})
local p = setmetatable({}, getmetatable(o))
print(here()) print(o + 1) print(1 + o) print(o.x) print(o["x"]) print(o[1]) print(o()) print(o .. "x") print("x" .. o) print(#o) print(-o) print(o << 1)
print(o < p) print(o <= p) print(o == p) print(o < 1) print(1 < o) print(o >= 1)
o.x = 1 o[1] = 1 o["y"] = 2
do local x <close> = o end
local function named() return (here()) end
local t = { field = function() return (here()) end, [1] = function() return (here()) end }
function t:method() return (here()) end
global = function() return (here()) end
print(named()) print(t.field()) print(t[1]()) print(t:method()) print(global()) print((function() return (here()) end)())
print(here(),
  here(),
  here())
print(named() ..
  named() .. (
  named()))
for _, v in function(s, c) if not c then return 1, where(1) .. " " .. where(2) end end do print(v) end
local function tail() return (function() local r = where(1) return r end)() end
print(tail()) print((tail()))
local function levels() local r = {} for i = 1, 6 do local info = debug.getinfo(i, "Slt") if info then r[#r + 1] = (info.short_src .. ":" .. info.currentline .. (info.istailcall and "t" or "")) end end return table.concat(r, " ") end
print(levels()) print((function() local x = levels() return x end)()) print((function() return levels() end)())
print(select(2, pcall(function() local x = levels() return x end)))
local co = coroutine.create(function(a)
  local function inner(n)
    if n == 0 then
      coroutine.yield("deep")
      error("after")
    end
    inner(n - 1)
    return n
  end
  inner(2)
end)
print(coroutine.resume(co)) print(debug.traceback(co)) print(debug.traceback(co, "message", 1)) print(coroutine.resume(co)) print(debug.traceback(co))
for level = 0, 6 do local info = debug.getinfo(co, level, "lS") print(level, info and info.short_src .. ":" .. info.currentline) end
co = coroutine.create(function() local x = o + coroutine.yield("in metamethod") end)
print(coroutine.resume(co)) print(debug.traceback(co))
getmetatable(o).__add = function(a, b) coroutine.yield("add") local r = a.x return r end
getmetatable(o).__index = function(t, k) coroutine.yield("index") error("index fails") end
co = coroutine.create(function()
  local function f()
    return 1,
      o + 1
  end
  return (f())
end)
print(coroutine.resume(co)) print(debug.traceback(co)) print(coroutine.resume(co)) print(debug.traceback(co)) print(coroutine.resume(co)) print(debug.traceback(co))
for level = 1, 4 do
  print(level, pcall(function()
    local function f()
      error("level " .. level, level)
    end
    local x = f()
    return x
  end))
end
end)()
