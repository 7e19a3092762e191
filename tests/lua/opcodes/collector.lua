--- every instruction that stores keeps what it stored
-- A table, a captured variable or a metatable that a collection has already seen gets a new object by a single store. The
-- next collection must see it. An object that is freed by mistake gets overwritten, so the mistake shows.
local function fresh(i) return { i, name = "n" .. i, { i * 2 } } end
local function whole(v, i) return type(v) == "table" and v[1] == i and v.name == "n" .. i and type(v[2]) == "table" and v[2][1] == i * 2 end
local function overwrite() for i = 1, 60 do local t = { -1, name = "x" .. i, { -2 } } end end
local k, one, half, yes = "key", 1, 0.5, true
-- For each store: its name, and code that makes the object, stores into it, and reads it again.
local kinds = {
  { "SETFIELD", function() return { x = 1 } end, function(t, v) t.x = v end, function(t) return t.x end },
  { "SETFIELD new", function() return {} end, function(t, v) t.x = v end, function(t) return t.x end },
  { "SETFIELD new in a full table", function() return { a = 1, b = 2, c = 3, d = 4 } end, function(t, v) t.x = v end, function(t) return t.x end },
  { "SETI", function() return { 1, 2 } end, function(t, v) t[2] = v end, function(t) return t[2] end },
  { "SETI new", function() return { 1, 2 } end, function(t, v) t[3] = v end, function(t) return t[3] end },
  { "SETI of nil", function() return { 1, nil, 3 } end, function(t, v) t[2] = v end, function(t) return t[2] end },
  { "SETTABLE string", function() return { key = 1 } end, function(t, v) t[k] = v end, function(t) return t[k] end },
  { "SETTABLE new string", function() return {} end, function(t, v) t[k] = v end, function(t) return t[k] end },
  { "SETTABLE integer", function() return { 1, 2 } end, function(t, v) t[one] = v end, function(t) return t[one] end },
  { "SETTABLE new integer", function() return { 1, 2 } end, function(t, v) t[#t + 1] = v end, function(t) return t[3] end },
  { "SETTABLE negative", function() return { [-1] = 1 } end, function(t, v) t[-one] = v end, function(t) return t[-1] end },
  { "SETTABLE float", function() return { [0.5] = 1 } end, function(t, v) t[half] = v end, function(t) return t[half] end },
  { "SETTABLE new float", function() return {} end, function(t, v) t[half] = v end, function(t) return t[half] end },
  { "SETTABLE boolean", function() return {} end, function(t, v) t[yes] = v end, function(t) return t[yes] end },
  { "SETTABLE with a metatable", function() return setmetatable({}, {}) end, function(t, v) t[k] = v end, function(t) return t[k] end },
  { "SETTABUP", function() local u = { x = 1 } return { set = function(v) u.x = v end, get = function() return u.x end } end, function(t, v) t.set(v) end, function(t) return t.get() end },
  { "SETTABUP new", function() local u = {} return { set = function(v) u.x = v end, get = function() return u.x end } end, function(t, v) t.set(v) end, function(t) return t.get() end },
  { "SETTABUP global", function() return _ENV end, function(t, v) global = v end, function(t) return global end },
  { "SETUPVAL", function() local u = 1 return { set = function(v) u = v end, get = function() return u end } end, function(t, v) t.set(v) end, function(t) return t.get() end },
  { "SETUPVAL shared", function() local u = 1 local function get() return u end return { set = function(v) u = v end, get = get } end, function(t, v) t.set(v) end, function(t) return t.get() end },
  { "a new key", function() return {} end, function(t, v) t[v] = 1 end, function(t) return (next(t)) end },
  { "a new key of many", function() return { a = 1, b = 2, c = 3, d = 4 } end, function(t, v) t[v] = 5 end, function(t) for k, v in pairs(t) do if v == 5 then return k end end end },
  { "__newindex", function() local store = { x = 1 } return { o = setmetatable({}, { __newindex = store }), store = store } end, function(t, v) t.o.x = v end, function(t) return t.store.x end },
  { "__newindex new", function() local store = {} return { o = setmetatable({}, { __newindex = store }), store = store } end, function(t, v) t.o.x = v end, function(t) return t.store.x end },
  { "__newindex twice", function() local store = { 1 } return { o = setmetatable({}, { __newindex = setmetatable({}, { __newindex = store }) }), store = store } end, function(t, v) t.o[1] = v end, function(t) return t.store[1] end },
  { "__newindex into itself", function() local mt = {} mt.__newindex = mt return { o = setmetatable({}, mt), mt = mt } end, function(t, v) t.o.__newindex = v end, function(t) return t.mt.__newindex end },
  { "rawset", function() return { x = 1 } end, function(t, v) rawset(t, "x", v) end, function(t) return t.x end },
  { "table.insert", function() return { 1, 2 } end, function(t, v) table.insert(t, 2, v) end, function(t) return t[2] end },
  { "setmetatable", function() return {} end, function(t, v) setmetatable(t, v) end, function(t) return getmetatable(t) end },
  { "a coroutine", function() return coroutine.wrap(function() local kept while true do kept = coroutine.yield(kept) or kept end end) end, function(t, v) t() t(v) end, function(t) return t() end },
}
local failures, checks = 0, 0
local function check(kind, v, i)
  checks = checks + 1
  if not whole(v, i) then failures = failures + 1 print("LOST", kind[1], i) end
end
collectgarbage("generational")
for round = 1, 4 do
  local objects = {}
  for i, kind in ipairs(kinds) do objects[i] = kind[2]() end
  if round % 2 == 1 then collectgarbage() else for i = 1, 3 do collectgarbage("step") end end
  for again = 1, 2 do
    for i, kind in ipairs(kinds) do
      kind[3](objects[i], fresh(i))
      if i % 7 == 0 then collectgarbage("step") overwrite() end
    end
    for i = 1, again do collectgarbage("step") overwrite() end
    for i, kind in ipairs(kinds) do if again == 1 or not kind[1]:find("new key") then check(kind, kind[4](objects[i]), i) end end
    for i, kind in ipairs(kinds) do if kind[1]:find("table.insert") or kind[1]:find("itself") then objects[i] = kind[2]() end end
  end
end
print(checks, failures)
-- Incremental: each step finds other objects black.
collectgarbage("incremental", 1000, 20, 6)
local ballast = {}
for i = 1, 100 do ballast[i] = { i, { i } } end
local objects = {}
for i, kind in ipairs(kinds) do objects[i] = {} for j = 1, 3 do objects[i][j] = kind[2]() end end
collectgarbage()
collectgarbage("stop")
local n, cycles = 0, 0
local function step() if collectgarbage("step", 0) then cycles = cycles + 1 end end
while cycles < 3 do
  n = n + 1
  local used = n % 3 + 1
  for i, kind in ipairs(kinds) do
    if kind[1] ~= "a coroutine" or n > 3 then
      if kind[1]:find("new") or kind[1]:find("insert") then objects[i][used] = kind[2]() if n % 2 == 0 then step() end end
      kind[3](objects[i][used], fresh(i))
    end
  end
  step()
  overwrite()
  for i, kind in ipairs(kinds) do if kind[1] ~= "a coroutine" or n > 3 then check(kind, kind[4](objects[i][used]), i) end end
end
collectgarbage("restart")
print(failures, n > 30)
--- a captured variable that a collection has seen is closed with something new; what nobody holds is collected
local function fresh(i) return { i, t = { i } } end
local function overwrite() for i = 1, 60 do local t = { -1, t = { -2 } } end end
-- Each leaves a function in 'keep' and closes its variable in a different way.
local keep
local ways = {
  ["return"] = function(i, old) local a = 1 keep = function() return a end old() a = fresh(i) end,
  ["return of one"] = function(i, old) local a = 1 keep = function() return a end old() a = fresh(i) return 1 end,
  ["return of many"] = function(i, old) local a = 1 keep = function() return a end old() a = fresh(i) return 1, 2 end,
  ["tail call"] = function(i, old) local a = 1 keep = function() return a end old() a = fresh(i) return type(1) end,
  ["tail call of Lua"] = function(i, old) local a = 1 keep = function() return a end old() a = fresh(i) return overwrite() end,
  ["block"] = function(i, old) do local a = 1 keep = function() return a end old() a = fresh(i) end local b = 2 return b end,
  ["loop"] = function(i, old) for j = 1, 2 do local a = 1 keep = function() return a end old() a = fresh(i) end end,
  ["break"] = function(i, old) while true do local a = 1 keep = function() return a end old() a = fresh(i) break end local b = 2 end,
  ["goto"] = function(i, old) local n = 0 ::top:: do local a = 1 keep = function() return a end old() a = fresh(i) n = n + 1 if n < 2 then goto top end end end,
  ["control variable"] = function(i, old) for a in function(_, c) if not c then return 1 end end do keep = function() return a end old() a = fresh(i) end end,
  ["error"] = function(i, old) pcall(function() local a = 1 keep = function() return a end old() a = fresh(i) error("leaves") end) end,
  ["to be closed"] = function(i, old) local a = 1 keep = function() return a end local c <close> = setmetatable({}, { __close = function() old() a = fresh(i) end }) end,
  ["coroutine"] = function(i, old) coroutine.wrap(function() local a = 1 keep = function() return a end old() a = fresh(i) end)() end,
  ["vararg"] = function(i, old) (function(a, ...) keep = function() return a end old() a = fresh(i) return ... end)(1, 2, 3) end,
}
local names = {}
for name in pairs(ways) do names[#names + 1] = name end
table.sort(names)
for _, mode in ipairs { "generational", "incremental" } do
  collectgarbage(mode, mode == "incremental" and 1000 or 0, mode == "incremental" and 20 or 0, mode == "incremental" and 6 or nil)
  local lost = 0
  for round = 1, mode == "generational" and 2 or 60 do
    for i, name in ipairs(names) do
      local function old()
        if mode == "incremental" then collectgarbage("step", 0) elseif round == 1 then collectgarbage() else for i = 1, 3 do collectgarbage("step") end end
      end
      ways[name](i, old)
      collectgarbage("step", 0) overwrite() collectgarbage("step", 0) overwrite()
      local v = keep()
      if type(v) ~= "table" or v[1] ~= i or v.t[1] ~= i then lost = lost + 1 print("LOST", mode, name) end
    end
  end
  print(mode, #names, lost)
end
collectgarbage("incremental")
-- The stack keeps no parameter that its function has overwritten, and no variable that is out of scope.
local weak = setmetatable({}, { __mode = "v" })
local function given(a, b, ...) weak[1], weak[2] = a, b a, b = nil collectgarbage() return weak[1], weak[2], ... end
print(given({}, {}, 1, 2)) print((given({}, {})))
local function plain(a) weak[1] = a a = nil collectgarbage() return weak[1] end
print((plain({})))
local function block() do local a = {} weak[1] = a end local b = 1 collectgarbage() return weak[1], b end
print(block())
print(coroutine.wrap(function(...) local a = ... weak[1] = a a = nil collectgarbage() return weak[1] ~= nil, select("#", ...) end)({}))
--- a table that a collection has seen before its constructor has filled it
local function whole(v, i) return type(v) == "table" and v[1] == i and type(v.t) == "table" and v.t[1] == i end
local function fresh(i) return { i, t = { i } } end
local lost, checked = 0, 0
local function check(v, i) checked = checked + 1 if not whole(v, i) then lost = lost + 1 print("LOST", i) end end
local function overwrite() local t = {} for i = 1, 80 do t[i] = { -1, t = { -2 } } end return t end
collectgarbage("generational")
for round = 1, 6 do
  local function old(v) if round % 2 == 0 then collectgarbage() else collectgarbage("step") collectgarbage("step") collectgarbage("step") end return v end
  local t = { old(1), fresh(2), fresh(3), x = fresh(4), old(5), fresh(6), [old("k")] = fresh(7), { fresh(8), old(9), fresh(10) } }
  collectgarbage("step") overwrite() collectgarbage("step") overwrite()
  check(t[2], 2) check(t[3], 3) check(t.x, 4) check(t[5], 6) check(t.k, 7) check(t[6][1], 8) check(t[6][3], 10)
  local u = { (function(...) return old(...) end)(fresh(1), fresh(2)), fresh(3) }
  collectgarbage("step") overwrite()
  check(u[1], 1) check(u[2], 3)
  local a, b = { 0 }, { 0 }
  local function captures() return a, b end
  old() a, b = fresh(1), fresh(2)
  collectgarbage("step") overwrite()
  a, b = nil, nil
  captures(old()) a, b = fresh(3), fresh(4)
  collectgarbage("step") overwrite()
  local c, d = captures() check(c, 3) check(d, 4)
end
collectgarbage("incremental", 1000, 20, 6)
local ballast = {}
for i = 1, 150 do ballast[i] = { i, { i } } end
collectgarbage()
collectgarbage("stop")
local function step(v) collectgarbage("step", 0) return v end
for i = 1, 150 do
  local t = { step(1), step(2), fresh(i), x = step(3), [step("k")] = fresh(i + 1), fresh(i + 2), step(4), fresh(i + 3) }
  local u = { x = step(fresh(i)), step(fresh(i + 1)) }
  step() for j = 1, 20 do local junk = { -1, t = { -2 } } end step()
  check(t[3], i) check(t.k, i + 1) check(t[4], i + 2) check(t[6], i + 3) check(u.x, i) check(u[1], i + 1)
end
collectgarbage("restart")
print(checked, lost)
--- a collection in the middle of an instruction: what it holds in registers lives on
for _, mode in ipairs { "incremental", "generational" } do
  collectgarbage(mode)
  local function clean(v) collectgarbage() local t = {} for i = 1, 20 do t[i] = { "over", i } end collectgarbage("step") return v end
  local mt = {}
  local function part(v) return type(v) == "table" and (v.name or "?") or tostring(v) end
  local function object(name) return setmetatable({ name = name .. #name }, mt) end
  for event in ("add sub concat lt le eq unm len bnot shl idiv"):gmatch("%a+") do
    mt["__" .. event] = function(a, b) clean() local r = part(a) .. event .. part(b) clean() return r end
  end
  mt.__index = function(t, k) clean() return t.name and k .. clean(":") .. part(t) end
  mt.__newindex = function(t, k, v) clean() rawset(t, k, { name = "stored " .. part(v) }) clean() end
  mt.__call = function(self, ...) local t = clean({ ... }) clean() for i = 1, #t do t[i] = part(t[i]) end return part(self), table.concat(t, ",") end
  mt.__close = function(self, e) clean() print("closed", part(self), e) end
  print(object("a") + object("b"), object("a") - 1, 5 - object("b"), object("a") .. object("b"), "x" .. object("a") .. "y" .. 1, -object("a"), #object("b"), ~object("c"), object("a") << 2, 2.5 // object("b"))
  print(object("a") < object("b"), object("a") <= 5, object("a") == object("a"), 1 < object("c"), object("a").field, object("b")[clean("key")], object("c")[1], object("d")[1.5])
  local o = object("o")
  o.x = object("p") o[1] = { name = clean("q") } o[clean("k") .. 1] = object("r")
  print(part(o.x), part(o[1]), part(o.k1))
  print(object("f")(object("g"), clean(object("h")), 3), (object("f")(1)))
  print((function(...) clean() local a, b = ... clean() return a.name, b.name, select("#", ...) end)(object("u"), object("v"), clean(1)))
  local t = { object("a"), clean(object("b")), [clean("k")] = clean(object("c")), object("d"), clean() }
  print(part(t[1]), part(t[2]), part(t.k), part(t[3]), #t)
  local list = { clean(1), { clean(2) }, clean({ 3 }), { { clean(4) } } }
  print(list[1], list[2][1], list[3][1], list[4][1][1])
  do local c <close> = object("c") local d <close> = clean(object("d")) end
  local function returns() local e <close> = object("e") return object("f"), { name = clean("g") }, "h" .. clean("i") end
  local f, g, h = returns()
  print(part(f), part(g), h)
  local closures = {}
  for i = 1, 5 do local v = { name = "v" .. i } closures[i] = function() clean() return v.name end v = clean(v) end
  print(closures[1](), closures[5]())
  for i, v in (function(s, i) clean() if i < 3 then return i + 1, { name = "it" .. i } end end), nil, 0 do print(i, v.name, clean(v).name) end
  for i = clean(1), clean(3), clean(1) do local v = { i } clean() if v[1] ~= i then print("LOST", i) end end
  local s = ""
  for i = 1, 5 do s = s .. clean("p") .. i .. (clean("q") .. "r"):rep(20) end
  print(#s, s:sub(1, 10))
  print(select(2, pcall(function() local x = { name = "thrown" } clean() error(x) end)).name, select(2, pcall(error, clean({ name = "t" }))).name)
  local co = coroutine.wrap(function(a) while true do clean() a = coroutine.yield({ name = part(a) .. "!" }) clean() end end)
  print(part(co(object("1"))), part(clean(co(object("22")))))
  local vararg = (function(...) local t = { ..., clean("last") } clean() return t end)(object("x"), object("y"))
  print(part(vararg[1]), part(vararg[2]), vararg[3])
end
collectgarbage("incremental")
--- finalizers run inside instructions: the collector's own calls on a running stack
local count, log = 0, {}
local function garbage(name)
  for i = 1, 3 do
    setmetatable({}, { __gc = function()
      count = count + 1
      local function deep(n) if n > 0 then return 1 + deep(n - 1) end return 0 end
      deep(150)
      local t = {} for j = 1, 10 do t[j] = "in the finalizer of " .. name .. j end
      if pcall(error, "caught") then log[#log + 1] = "never" end
    end })
  end
end
local function run(a, b, ...)
  garbage("first")
  local x, y, z = a .. b, { a, b, ... }, function() return a, b end
  collectgarbage()
  garbage("second")
  local s = a
  for i = 1, 400 do s = s .. i % 10 local t = { i, x = i } local f = function() return t, i end if f().x ~= i or select(2, f()) ~= i then print("LOST", i) end end
  collectgarbage("step", 100)
  local p, q = z()
  return x, #y, p, q, #s, a, b, ...
end
print(coroutine.wrap(run)("a", "b", "c", nil, "e"))
print(run(1, 2, 3))
collectgarbage() collectgarbage()
print(count, #log)
local order = {}
do
  local t = {}
  for i = 1, 5 do t[i] = setmetatable({ i }, { __gc = function(o) order[#order + 1] = o[1] end }) end
end
collectgarbage() collectgarbage()
print(table.concat(order, " "))
local kept
setmetatable({ name = "back" }, { __gc = function(o) kept = o end })
collectgarbage() collectgarbage()
print(kept and kept.name)
local weak = setmetatable({}, { __mode = "k" })
weak[{}] = 1 weak[kept] = { kept }
collectgarbage()
local n = 0
for k, v in pairs(weak) do n = n + 1 print(k.name, v[1] == k) end
weak = setmetatable({ {}, kept, "text", 5, {} }, { __mode = "v" })
collectgarbage()
print(n, weak[1], weak[2] == kept, weak[3], weak[4], weak[5])
weak[1] = { "new" } weak.x = {}
collectgarbage()
print(weak[1], weak.x, weak[2].name)
--- tables while they are traversed, grown and collected; strings that are keys only
for _, mode in ipairs { "incremental", "generational" } do
  collectgarbage(mode)
  local t = {}
  for i = 1, 100 do
    t["key" .. i] = { i }
    t[i * 1.5] = "value" .. i
    if i % 10 == 0 then collectgarbage("step") end
  end
  local sum = 0
  for k, v in pairs(t) do
    if type(v) == "table" then sum = sum + v[1] t[k] = nil else t[k] = { v .. "!" } end
    collectgarbage("step", 1)
  end
  local n = 0
  for k, v in pairs(t) do if v[1]:sub(-1) == "!" then n = n + 1 end end
  print(mode, sum, n)
  local keys = setmetatable({}, { __index = function(t, k) collectgarbage() return "made for " .. k end })
  for i = 1, 5 do print(keys["k" .. i], keys[("long"):rep(12) .. i] == "made for " .. ("long"):rep(12) .. i) end
  local s = setmetatable({}, { __newindex = function(t, k, v) collectgarbage() rawset(t, k, v) collectgarbage() end })
  for i = 1, 5 do s["k" .. i] = "v" .. i s[i .. ""] = { "t" .. i } end
  print(s.k1, s.k5, s["1"][1], s["5"][1])
end
collectgarbage("incremental")
--- a collection when the stack grows: registers above the results of the last call are in use
-- New keys raise the collector's debt, but no instruction checks it until one needs more stack.
local function nothing() end
local function count(...) return select("#", ...) end
local function owe(t) for i = 1, 1500 do t[i + 0.5] = i end end
local function overwrite() local t = {} for i = 1, 80 do t[i] = { "over" } end return t end
collectgarbage("generational")
local function again(depth, t, ...)
  owe({}) nothing()
  local a, b, c = t.a, t.b, t.c
  t.a, t.b, t.c = nil
  local n
  if depth > 0 then n = again(depth - 1, { a = { "a" }, b = { "b" }, c = { "c" } }, ...) else n = count(...) end
  overwrite()
  return n + #a[1] + #b[1] + #c[1]
end
for n = 1, 4 do
  local t = { a = { "a" }, b = { "b" }, c = { "c" } }
  print(coroutine.wrap(again)(6, t, table.unpack({ 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 1, n * n * 20)))
end
local function call(t, f, n)
  owe({}) nothing()
  local a, b, c = t.a, t.b, t.c
  t.a, t.b, t.c = nil
  f(n)
  overwrite()
  return a[1], b[1], c[1]
end
local function deep(n) if n > 0 then return 1 + deep(n - 1) end return 0 end
for n = 1, 6 do
  local function fields() return { a = { "a" .. n }, b = { "b" .. n }, c = { "c" .. n } } end
  print(coroutine.wrap(call)(fields(), deep, n * 20)) print(coroutine.wrap(call)(fields(), function(n) return select("#", table.unpack({}, 1, n)) end, n * 30))
  local t = setmetatable(fields(), { __index = function() return deep(n * 20) end, __add = function() return deep(n * 20) end, __lt = function() return deep(n * 20) end, __concat = function() return deep(n * 20) end })
  print(coroutine.wrap(call)(t, function() local d = { t.a, t.b } return t.other + (t + 1) + #("x" .. tostring(t < 1)) + #tostring(t .. "x") end))
end
collectgarbage("incremental")
--- what allocates also collects, and a finalizer finds the place where that was
-- Each loop allocates in one instruction only. The line between saves another place and allocates nothing, not even a
-- string.
local nothing = math.abs
local lines, n
local function watch()
  lines, n = {}, 0
  -- The watched object is not collected while it is made: that would be another place.
  collectgarbage("stop")
  for i = 1, 20 do setmetatable({}, { __gc = function() local line = debug.getinfo(2, "l").currentline n = n + 1 lines[line] = true end }) end
  collectgarbage("restart")
end
local function found(name)
  local list = {}
  for line in pairs(lines) do list[#list + 1] = line end
  table.sort(list)
  print(name, n, table.concat(list, " "))
end
local function bounded(name, allocate)
  collectgarbage()
  local before, most = collectgarbage("count"), 0
  for i = 1, 30 do allocate(1000) most = math.max(most, collectgarbage("count") - before) end
  print(name, most < 700)
end
for _, mode in ipairs { "incremental", "generational" } do
  collectgarbage(mode)
  watch()
  while n < 20 do
    nothing(1)
    local t = {
    }
    nothing(2)
  end
  found("NEWTABLE")
  watch()
  while n < 20 do
    nothing(1)
    local t = { 1, 2, 3, x =
      n }
    nothing(2)
  end
  found("NEWTABLE with sizes")
  watch()
  while n < 20 do
    nothing(1)
    local f =
      function() return n end
    nothing(2)
  end
  found("CLOSURE")
  local s = ("x"):rep(100)
  watch()
  while n < 20 do
    nothing(1)
    local t = s
      .. n
    nothing(2)
  end
  found("CONCAT")
  bounded("NEWTABLE", function(n) for i = 1, n do local t = {} end end)
  bounded("NEWTABLE with sizes", function(n) for i = 1, n do local t = { 1, 2, x = 3 } end end)
  bounded("CLOSURE", function(n) for i = 1, n do local f = function() return i end end end)
  bounded("CONCAT", function(n) local s = ("x"):rep(50) for i = 1, n do local t = s .. i end end)
  bounded("CONCAT of short", function(n) for i = 1, n do local t = "short" .. i end end)
  bounded("CALL of C", function(n) for i = 1, n do local t = string.rep("x", 50) end end)
  bounded("SETTABLE", function(n) local t = {} for i = 1, n do t[i] = i if i % 10 == 0 then t = {} end end end)
  bounded("coroutines", function(n) for i = 1, n // 10 do coroutine.wrap(function() end)() end end)
end
collectgarbage("incremental")
