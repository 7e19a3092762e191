--- reading: every kind of key from tables of every shape, by every instruction
local long = "a key that is longer than forty characters, so it is a long string"
local keys = { 0, 1, 2, 3, 4, 5, 8, 9, 255, 256, -1, 1.0, 2.0, 1.5, -0.0, 2^53, 2^63, 1e100, 1 / 0, math.maxinteger, math.mininteger, "a", "b", "x1", "1", "", long, true, false, 0 / 0, n = 32 }
local texts = {
  "0", "1", "2", "3", "4", "5", "8", "9", "255", "256", "-1", "1.0", "2.0", "1.5", "-0.0", "2^53", "2^63", "1e100", "1/0", "math.maxinteger", "math.mininteger",
  "'a'", "'b'", "'x1'", "'1'", "''", "'" .. long .. "'", "true", "false", "0/0", "nil", "{}",
}
local function numbered(from, to) local t = {} for i = from, to do t[i] = i end return t end
local shapes = {
  function() return {} end, function() return { 10, 20, 30 } end, function() return { a = 1, b = 2 } end, function() return { 10, nil, 30, a = 1 } end, function() return numbered(1, 9) end,
  function() return numbered(0, 300) end, function() return numbered(-2, 2) end, function() local t = numbered(1, 9) t[9] = nil t[8] = nil local n = #t return t end,
  function() local t = {} t[4] = 4 t[3] = 3 t[2] = 2 t[1] = 1 return t end, function() return { [1.5] = "f", [2^53] = "g", [-1] = "m", [true] = "t", [false] = "n" } end,
  function() local t = { [""] = "empty", ["1"] = "one", [long] = "long", [1e100] = "big", [1 / 0] = "inf" } t[math.maxinteger] = "max" t[math.mininteger] = "min" t[2^63] = "2^63" return t end,
  function() local t = {} for i = 1, 40 do t["x" .. i] = i end for i = 2, 40 do t["x" .. i] = nil end return t end, function() local t = numbered(1, 20) for i = 2, 19 do t[i] = nil end return t end,
  function() return setmetatable({ b = "own" }, {}) end, function() return setmetatable({ 1 }, { __index = { 10, 20, 30, a = "A", [1.5] = "F" } }) end,
  function() return setmetatable({ a = false }, { __index = function(t, k) return k ~= k and "nan" or type(k) == "table" and "table" or tostring(k) end }) end,
  function() return setmetatable({}, { __index = setmetatable({}, { __index = setmetatable({ [3] = "deep", b = "deep b" }, { __index = { [256] = "deepest" } }) }) }) end, function() return "text" end,
}
local function show(v) return type(v) == "function" and "function" or tostring(v) end
for number, shape in ipairs(shapes) do
  local t = shape()
  local line = {}
  for i, text in ipairs(texts) do
    local k = keys[i]
    local results = {}
    for j, source in ipairs {
      "local t, k = ... local x, y, z = 1, t[k], 3 return y, x, z", "local t = ... local x, y, z = 1, t[KEY], 3 return y, x, z", "local t, k = ... t = t[k] return t, 1, 3", "local t, k = ... k = t[k] return k, 1, 3",
      "local t, k = ... return (function() local x, y, z = 1, t[k], 3 return y, x, z end)()", "local t = ... return (function() local x, y, z = 1, t[KEY], 3 return y, x, z end)()",
      "local t, k = ... local t2 <const> = t return t2[k], 1, 3", "local t = { t = ... } return t.t[KEY], 1, 3",
    } do
      local f = load(source:gsub("KEY", function() return text end), "=f")
      local ok, y, x, z = pcall(f, t, text == "{}" and {} or k)
      results[j] = show(y) .. (ok and (x ~= 1 or z ~= 3) and "OTHER REGISTERS" or "")
      if results[j] ~= results[1] then print("WRONG", number, source, text, results[1], results[j]) end
    end
    line[i] = results[1]
  end
  print(number, table.concat(line, " "))
end
--- reading: globals and fields of captured tables
local env = setmetatable({ a = 1, b = false }, { __index = function(t, k) return "global " .. k end })
print(load("return a, b, c, a + 1, _ENV.a, _ENV['a'], _ENV[1]", "=f", "t", env)())
for _, source in ipairs { "local _ENV <const> = nil return x", "local _ENV = 5 return x", "local _ENV = 5 return (function() return x end)()", "local _ENV = nil return (function() return x end)()" } do
  print(source, pcall(load(source, "=f")))
end
print(pcall(load("return a", "=f", "t", nil)))
print(pcall(load("local b = 1 return a.b", "=f", "t", {})))
print(load("local _ENV = 'text' return rep('x', 3), len(_ENV)", "=f")())
local t = { x = { y = { z = "deep" } } }
local function get() return t.x.y.z, t.x["y"].z, t["x"]["y"]["z"], t.q, t.x.q end
print(get())
print(pcall(function() return t.x.q.z end))
print(pcall(function() return t.q.z.z end))
t.x.y = setmetatable({}, { __index = t })
print(t.x.y.x.y.x.q, t.x.y.q)
local up = setmetatable({}, { __index = function(u, k) return rawequal(u, t) or k end })
print((function() return up.field, up["with space"], up[1], up[up] == up, up.field .. up.field end)())
local source = {}
for i = 1, 300 do source[i] = "k" .. i .. " = " .. i end
local many = load("local t = { " .. table.concat(source, ", ") .. " } return t, function() return t end")()
local gets = {}
for i = 1, 300 do gets[i] = "t.k" .. i end
print(load("local t = ... return " .. table.concat(gets, " + "))(many), load("local t = ... return (function() return " .. table.concat(gets, " + ") .. " end)()")(many))
local globals = {}
for i = 1, 300 do globals[i] = "k" .. i end
print(load("return " .. table.concat(globals, " + "), "=f", "t", many)())
print(pcall(load("return " .. table.concat(globals, " + ") .. " + k301", "=f", "t", many)))
print(pcall(load("local t = ... return " .. table.concat(gets, " + ") .. " + t.k301.x", "=f"), many))
--- __index: functions, chains, loops, what is no table
local calls = {}
local function link(next, own) return setmetatable(own or {}, { __index = next }) end
local bottom = link(function(t, k) calls[#calls + 1] = tostring(k) return k == "nothing" and nil or "bottom", "dropped" end, { own = "bottom own" })
local chain = bottom
for i = 1, 30 do chain = link(chain, { ["level" .. i] = i }) end
print(chain.level1, chain.level15, chain.level30, chain.own, chain.other, chain[1], chain[2.5], chain.nothing, chain[true])
print(table.concat(calls, " "))
print(("x").upper == string.upper, ("x").nothing, (5 == 5 and "x" or 1).len == string.len)
local far = {}
for i = 1, 1990 do far = link(far) end
print(far.x, far[1])
for i = 1, 20 do far = link(far) end
print(pcall(function() return far.x end))
print(pcall(function() return far[1] end))
-- The exact maximum length of a chain, for each instruction.
for _, get in ipairs({ function(t) return t.x end, function(t) return t[1] end, function(t) local k = "x" return t[k] end, function(t) return t:x() end, function(t) return (function() return t.x end)() end }) do
  local t, n = link(nil), 0
  local bottom = t
  bottom.x, bottom[1] = function() return "end" end, "one"
  while n < 1990 do t = link(t) n = n + 1 end
  while pcall(get, t) and n < 3000 do t = link(t) n = n + 1 end
  io.write(n, " ")
end
print()
local loop = {}
setmetatable(loop, { __index = loop })
print(pcall(function() return loop.x end))
print(pcall(function() return loop:method() end))
print(pcall(function() local k = 1 return loop[k] end))
print(pcall(function() return link(5).x end))
print(pcall(function() return link(true)[1] end))
print(pcall(function() local t = link(link(5)) return t.x end))
print(link("text").len == string.len, link("text").x)
print(pcall(function() return link(coroutine.create(print)).x end))
local callable = setmetatable({}, { __call = function(self, t, k) return "called with " .. k end })
print(link(callable).x, link(setmetatable({}, { __index = function(t, k) return rawequal(t, callable) or k end })).x)
-- Whether a metatable has '__index' is remembered, until something is stored in it.
local mt = {}
local o = setmetatable({}, mt)
print(o.x, o.x, o[1], o[1])
mt.__index = { x = "field", [1] = "one" }
print(o.x, o[1])
mt.__index = nil
print(o.x, o[1])
mt["__" .. "index"] = function() return "by name" end
print(o.x, o[1])
mt.__index = nil
print(o.x, o[1])
rawset(mt, "__index", { x = "raw" })
print(o.x, o[1])
mt.__index = nil
print(o.x)
load("__index = function() return 'as a global' end", "=f", "t", mt)()
print(o.x)
for k in pairs(mt) do mt[k] = nil end
print(o.x)
local also = setmetatable({}, { __newindex = function(t, k, v) rawset(t, k, v) end })
local p = setmetatable({}, also)
print(p.x)
also.__index = function() return "through newindex" end
print(p.x)
local constructed = { __index = { x = "constructed" } }
print(setmetatable({}, constructed).x)
table.insert(mt, 1) mt.other = 1
print(o.x)
mt.__index = o
print(pcall(function() return o.x end))
--- methods: of tables, strings, chains, with short, long and many names
local class = { get = function(self) return self.v end, add = function(self, n, ...) self.v = self.v + n return self, ... end }
class.__index = class
local o = setmetatable({ v = 5 }, class)
print(o:get(), o:add(2):get(), o:add(1, "more", "results"):get(), select("#", o:add(0, nil, nil)))
print(("%d"):format(3), ("x"):rep(3), ("abc"):upper():lower():len(), #("x"):rep(10))
local long = "a_method_whose_name_is_longer_than_forty_characters"
class[long] = function(self, ...) return "long", self == o, ... end
print(o:a_method_whose_name_is_longer_than_forty_characters(1, 2))
o.own = function(...) return select("#", ...), ... end
print((o:own()), (o:own(nil)), select(3, o:own(7, 8)))
local x, y = 1, 2
local a, b = o:own(x, y)
print(a, b == o, x, y)
o = o:add(1)
print(o:get())
local deep = setmetatable({}, { __index = setmetatable({}, { __index = setmetatable({}, { __index = function(t, k) return function(self, ...) return k, self ~= t, ... end end }) }) })
print(deep:any(1), deep:another_one())
print(pcall(function() return o:nothing() end))
print(pcall(function() return o.v:nothing() end))
print(pcall(function() local n = nil return n:nothing() end))
print(pcall(function() return nothing:nothing() end))
print(pcall(function() return (true):nothing() end))
print(pcall(function() return ("x"):nothing(1) end))
print(pcall(function() return o:v() end))
print(pcall(function() return o.x.y:z() end))
print(pcall(function() return o:a_missing_method_whose_name_is_longer_than_forty_characters() end))
local source = {}
for i = 1, 300 do source[i] = "local s" .. i % 100 .. " = 'name" .. i .. "'" end
local parts = {}
for i = 1, 300 do parts[i] = "'name" .. i .. "'" end
local f = load("local o = ... local t = { " .. table.concat(parts, ", ") .. " } return o:name300(t[1]), o:name1(t[300]), o:field(t[2])")
print(f(setmetatable({}, { __index = function(t, k) return function(self, v) return k .. v end end })))
print(pcall(load("local o = ... local t = { " .. table.concat(parts, ", ") .. " } return o:missing()", "=f"), {}))
print(pcall(load("local o = ... local t = { " .. table.concat(parts, ", ") .. " } return o.missing.field", "=f"), {}))
print(pcall(load("local t = { " .. table.concat(parts, ", ") .. " } return missing.field", "=f"), {}))
print(pcall(load("local o = ... local t = { " .. table.concat(parts, ", ") .. " } return (function() return o.missing.field end)()", "=f"), {}))
print(pcall(function() return (5):nothing() end))
print(pcall(function() local n = 5 return n.x end))
