--- writing: every kind of key into tables of every shape, by every instruction
local long = "a key that is longer than forty characters, so it is a long string"
local texts = {
  "0", "1", "2", "3", "4", "5", "8", "9", "255", "256", "-1", "1.0", "2.0", "1.5", "-0.0", "2^53", "1e100", "1/0", "math.maxinteger", "math.mininteger", "'a'", "'b'", "'x1'", "'1'", "''", "'" .. long .. "'",
  "true", "false", "0/0", "nil",
}
local function numbered(from, to) local t = {} for i = from, to do t[i] = i end return t end
local log
local shapes = {
  function() return {} end, function() return { 10, 20, 30 } end, function() return { a = 1, b = 2 } end, function() return { 10, nil, 30, a = 1 } end, function() return numbered(1, 9) end,
  function() local t = numbered(1, 9) t[9] = nil t[8] = nil local n = #t return t end, function() local t = {} t[4] = 4 t[3] = 3 t[2] = 2 t[1] = 1 return t end,
  function() local t = {} for i = 1, 40 do t["x" .. i] = i end for i = 2, 40 do t["x" .. i] = nil end return t end, function() local t = numbered(1, 20) for i = 2, 19 do t[i] = nil end return t end,
  function() return setmetatable({ b = "own" }, {}) end, function() return setmetatable({ 1 }, { __index = { 10, 20, a = "A" } }) end, function() return setmetatable({ 1, nil, 3, a = false }, { __newindex = function(t, k, v)
    log = log .. (k == k and tostring(k) or "nan") .. "=" .. tostring(v) .. ";"
    if k ~= nil and k == k then rawset(t, k, v) end
  end }) end,
  function() return setmetatable({ a = 1 }, { __newindex = setmetatable({ b = 2 }, { __newindex = setmetatable({ 7 }, {}) }) }) end, function() return "text" end,
}
local function content(t)
  if type(t) ~= "table" then return tostring(t) end
  local parts = {}
  for k, v in next, t do parts[#parts + 1] = tostring(k) .. ":" .. (math.type(k) or "") .. "=" .. tostring(v) end
  table.sort(parts)
  local mt = getmetatable(t)
  local below = mt and type(mt.__newindex) == "table" and "<" .. content(mt.__newindex) .. ">" or ""
  local all = table.concat(parts, " ") .. below
  local sum = 0
  for i = 1, #all do sum = (sum * 31 + all:byte(i)) % 1000003 end
  return #parts .. ":" .. sum
end
for number, shape in ipairs(shapes) do
  local line = {}
  for _, text in ipairs(texts) do
    for _, value in ipairs { "'new'", "nil", "5", "v", "false" } do
      local first
      for j, source in ipairs {
        "local t, k, v = ... local x, y = 1, 2 t[k] = VALUE return x, y", "local t, k, v = ... local x, y = 1, 2 t[KEY] = VALUE return x, y", "local t, k, v = ... return (function() local x, y = 1, 2 t[k] = VALUE return x, y end)()",
        "local t, k, v = ... return (function() local x, y = 1, 2 t[KEY] = VALUE return x, y end)()", "local t, k, v = ... local y = VALUE local x t[KEY], x, y = y, 1, 2 return x, y",
        "local t, k, v = ... local x, y = 1, 2 do local k, v = k, VALUE t[k] = v end return x, y",
      } do
        log = ""
        local t = shape()
        local f = load(source:gsub("KEY", function() return text end):gsub("VALUE", value), "=f")
        local ok, x, y = pcall(f, t, load("return " .. text)(), 2.5)
        local result = (ok and (x == 1 and y == 2 and "" or "OTHER REGISTERS") or x:gsub("f:1: ", ""):gsub(" %(.*%)", "")) .. content(t) .. log
        if first == nil then first = result line[#line + 1] = result
        elseif first ~= result then print("WRONG", number, source, text, value, first, result) end
      end
    end
  end
  local whole, sum = table.concat(line, " "), 0
  for i = 1, #whole do sum = (sum * 31 + whole:byte(i)) % 1000003 end
  print(number, sum, whole:sub(1, 1500))
end
--- writing: globals and fields of captured tables
local log = {}
local env = setmetatable({ a = 1 }, { __newindex = function(t, k, v) log[#log + 1] = k .. "=" .. (type(v) == "function" and type(v) or tostring(v)) rawset(t, k, v) end })
load("a = 2 b = 3 b = 4 c = nil c = 'x' d = 5.5 e = a f = function() g = 1 end f() function h() end a = nil a = 7", "=f", "t", env)()
print(table.concat(log, " "), env.a, env.b, env.c, env.d, env.e, env.g)
for _, source in ipairs { "local _ENV = 5 x = 1", "local _ENV = nil x = 1", "local _ENV = 'text' x = 1", "local t = nil t.x = 1", "local t t.x.y = 1", "t.x = 1", "local t = {} t.x.y = 1", "local t = {} t[1].y = 1", "local t = {} t.x[1] = 1",
  "local t = 5 local function f() t.x = 1 end f()", "local t = {} local function f() t.x.y.z = 1 end f()", "local t = {} t[nil] = 1", "local t = {} t[0/0] = 1", "local t, k = {} t[k] = 1", "({})[nil] = nil", "local t = setmetatable({}, {}) t[nil] = 1",
  "local t = setmetatable({}, { __newindex = {} }) t[nil] = 1", "local t = setmetatable({}, { __newindex = {} }) t[0/0] = 1", "local t = setmetatable({}, { __newindex = 5 }) t.x = 1", "local t = setmetatable({ x = 1 }, { __newindex = 5 }) t.x = 2 return t.x",
  "local t = setmetatable({}, { __newindex = type }) t[nil] = nil", "('x').y = 1", "(5).y = 1", "string.x.y = 1", "local t = {} function t.a.b() end", "local t = {} function t:m() return self end return t:m() == t", "rawset({}, nil, 1)" } do
  print(source, pcall(load(source, "=f")))
end
local up = {}
local function set(v) up.a = v up["b c"] = v up[1] = v up[v] = v up.d, up.e = v, v end
set(1) set("s") set(nil == nil) set(2.5)
print(up.a, up["b c"], up[1], up.s, up[true], up[2.5], up.d, up.e)
print(pcall(set, nil))
local source = { "local t = ... " }
for i = 1, 300 do source[i + 1] = "t.k" .. i .. " = 'v" .. i .. "' " end
local t = {}
load(table.concat(source))(t)
print(t.k1, t.k127, t.k128, t.k255, t.k256, t.k300)
load("local t = ... " .. table.concat(source, "", 2, 60):gsub("t%.", "t.x_") .. "(function() " .. table.concat(source, "", 200) .. "end)()")(t)
print(t.x_k1, t.x_k59, t.k300, t.k199)
local globals = setmetatable({}, { __index = _G })
load((table.concat(source, "", 2):gsub("t%.", "")), "=f", "t", globals)()
print(globals.k1, globals.k255, globals.k256, globals.k300)
--- __newindex: functions, chains, loops, what is no table
local calls = {}
local function link(next, own) return setmetatable(own or {}, { __newindex = next }) end
local store = {}
local bottom = link(function(t, k, v) calls[#calls + 1] = tostring(k) .. "=" .. tostring(v) store[k] = v return "dropped" end, { own = 1 })
local chain = bottom
for i = 1, 30 do chain = link(chain, { ["level" .. i] = i }) end
chain.level30 = "set" chain.level1 = "set" chain.own = "set" chain.other = "x" chain[1] = "one" chain[2.5] = "float" chain[true] = false chain.other = nil
local k = "level15"
chain[k] = "by register"
print(table.concat(calls, " "), rawget(chain, "level30"), rawget(chain, "level1"), bottom.own, store[1], store[2.5], store.other)
local far = {}
local first = far
for i = 1, 1990 do far = link(far) end
far.x = 1 far[1] = 2
print(first.x, first[1], rawget(far, "x"))
for i = 1, 20 do far = link(far) end
print(pcall(function() far.x = 1 end))
print(pcall(function() far[1] = 1 end))
-- The exact maximum length of a chain, for each instruction, with an existing key and with a new one.
for _, set in ipairs({ function(t) t.x = 1 end, function(t) t.new = 1 t.new = nil end, function(t) t[1] = 1 end, function(t) local k = "x" t[k] = 1 end, function(t) local function f() t.x = 1 end f() end }) do
  local t, n = { x = 1 }, 0
  while n < 1990 do t = link(t) n = n + 1 end
  while pcall(set, t) and n < 3000 do t = link(t) n = n + 1 end
  io.write(n, " ")
end
print()
local loop = {}
setmetatable(loop, { __newindex = loop })
print(pcall(function() loop.x = 1 end))
print(pcall(function() loop[k] = 1 end))
print(pcall(function() link(5).x = 1 end))
print(pcall(function() link(true)[1] = 1 end))
print(pcall(function() link("text").x = 1 end))
print(pcall(function() link(link(5)).x = 1 end))
local proxy = link(setmetatable({}, { __newindex = function(t, k, v) rawset(t, k, v and v .. "!") end }))
proxy.a = "x" proxy.a = "y" proxy.b = "z"
print(rawget(proxy, "a"), getmetatable(proxy).__newindex.a, getmetatable(proxy).__newindex.b)
local callable = setmetatable({}, { __call = function(self, ...) calls = table.pack(...) end })
link(callable).x = 1
print(rawget(callable, "x"))
-- The place that is assigned to can be the one where the table was found.
local own = {}
own.__newindex = own
local object = setmetatable({}, own)
object.x = 1 object.__newindex = "replaced"
print(own.x, own.__newindex, rawget(object, "x"), rawget(object, "__newindex"))
print(pcall(function() object.y = 1 end))
own.__newindex = own
object.__newindex = nil
object.z = 1
print(own.__newindex, rawget(object, "z"))
-- Whether a metatable has '__newindex' is remembered, until something is stored in it.
local mt, count = {}, 0
local o = setmetatable({}, mt)
o.a = 1 o.b = 2 o[1] = 3
mt.__newindex = function() count = count + 1 end
o.a = 5 o.c = 1 o[2] = 1
print(o.a, o.c, o[2], count)
mt.__newindex = nil
o.c = 1 o[2] = 2
print(o.c, o[2], count)
mt["__new" .. "index"] = function() count = count + 10 end
o.d = 1 o[3] = 1
print(o.d, o[3], count)
for k in pairs(mt) do mt[k] = nil end
o.d = 1
load("__newindex = function() added = true end", "=f", "t", mt)()
o.e = 1
print(o.d, o.e, mt.added)
-- '__newindex' is called for a slot that is nil, but not for a slot that holds false.
mt.__newindex = function(t, k, v) rawset(t, k, "asked") end
o.f = false o.f = true
local seen = o.f
o.f = false
print(seen, o.f)
o.f = nil o.f = 1
print(o.f)
mt.__index = function(t, k) return "found" end
o.g = 1 o.g = nil
print(o.g, rawget(o, "g"))
o.g = 2
print(o.g)
-- Without '__newindex' a metatable changes nothing.
local plain = setmetatable({ 1, 2 }, { __index = { 9, 9, 9, x = 9 } })
plain[3] = 3 plain.x = 1 plain[1] = nil plain[5] = 5
print(plain[1], plain[2], plain[3], plain.x, plain[5], rawlen(plain) == 3 or rawlen(plain) == 5)
--- assignments: order of evaluation, swaps, tables in their own keys
local t = { 1, 2, 3 }
local i = 1
i, t[i] = i + 1, 20
print(i, t[1], t[2])
t[i], t[i + 1], i = t[i + 1], t[i], 5
print(t[2], t[3], i)
local a, b, c = 1, 2, 3
a, b, c = c, a, b
print(a, b, c)
a, b = (function() return 7, 8, 9 end)()
print(a, b)
a, b, c = (function() return 7 end)()
print(a, b, c)
t[t], t.t = "self", t
print(t[t], t.t.t.t[t], t[t.t])
local u = {}
u.x, u.y, u.z = 1, 2
print(u.x, u.y, u.z)
do local a <const>, b <close>, c = 1, nil, 3 print(a, b, c) end
local log = {}
local function at(n, v) log[#log + 1] = n return v end
at("t", u)[at("k", "key")] = at("v", "value")
at("t1", u)[at("k1", 1)], at("t2", u)[at("k2", 2)] = at("v1", "one"), at("v2", "two")
print(u.key, u[1], u[2], table.concat(log, " "))
local s = setmetatable({}, { __newindex = function(_, k, v) log[#log + 1] = k .. v end })
log = {}
s.a, s.b, s.c = 1, 2, 3
print(table.concat(log, " "))
local big = {}
for n = 1, 60 do big[n] = "t" .. n end
local source = "local t = {} local " .. table.concat(big, ", ") .. " = 1, 2, 3 "
for n = 1, 60 do source = source .. "t" .. n .. " = t" .. n .. " or " .. n .. " t.t" .. n .. " = t" .. n .. " t[t" .. n .. "] = " .. n .. " " end
local r = load(source .. "return t")()
print(r.t1, r.t60, r[60], r[3])
