--- lists and fields of every length, flushed in parts
local function content(t) local n, sum = 0, 0 for k, v in pairs(t) do n = n + 1 sum = sum + (math.type(k) == "integer" and k * (tonumber(v) or 7) or #tostring(k)) end return #t .. "/" .. n .. "/" .. sum end
local lengths = { 0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 33, 49, 50, 51, 99, 100, 101, 149, 150, 151, 200, 249, 250, 251, 255, 256, 257, 300, 500, 512, 513, 600, 1000, 1100, 2000 }
for _, n in ipairs(lengths) do
  local parts = {}
  for i = 1, n do parts[i] = tostring(i) end
  local list = table.concat(parts, ", ")
  local line = {}
  for _, source in ipairs {
    "{ LIST }", "{ LIST; }", "{ x = 1, LIST }", "{ LIST, x = 1, y = 2 }", "{ LIST, f() }", "{ LIST, (f()) }", "{ LIST, ... }", "{ f(), LIST }", "{ LIST, [1] = 'first' }", "{ [5000] = 'far', LIST, [2] = 'second' }", "{ LIST, nil }", "{ nil, LIST }", "{ LIST, { LIST } }", "{ LIST, none() }",
  } do
    local text = source:gsub("LIST", list == "" and "'e'" or list)
    local f = load("local f, none = ... local a, b = 'a', 'b' local t = (function(...) return " .. text .. " end)(1, 2, 3) return t, a, b", "=f")
    local t, a, b = f(function() return 10, 20, 30 end, function() end)
    line[#line + 1] = (a == "a" and b == "b" and "" or "OTHER REGISTERS") .. content(t)
    for i = 1, n do
      local at = source:find("^{ f%(%)") and i + 1 or source:find("^{ nil") and i + 1 or i
      if source:find("first") and at == 1 or source:find("second") and at == 2 then at = nil end
      if at and t[at] ~= i then print("WRONG", n, source, i, t[at]) break end
    end
  end
  print(n, table.concat(line, " "))
end
--- fields: names, keys, order, values of every kind
local order = {}
local function o(v) order[#order + 1] = tostring(v) return v end
local t = { o(1), [o("k")] = o("v"), o(2), x = o("x"), [o(1)] = o("one"), o(3), [o(10)] = o("ten"), o(4) }
print(table.concat(order, " "), t[1], t[2], t[3], t[4], t.k, t.x, t[10], #t)
print(pcall(load("return { [nil] = 1 }", "=f")), pcall(load("return { [0/0] = 1 }", "=f")))
print(pcall(load("local n return { 1, 2, [n] = 1 }", "=f")))
print(next(load("return { x = nil, [1] = nil, nil, nil }", "=f")()))
local long = { a_field_whose_name_is_longer_than_forty_characters_so_it_is_long = 1, ["a key with spaces that is longer than forty characters too"] = 2, [true] = 3, [1.5] = 4, [2.0] = 5, [-1] = 6, [256] = 7, [print] = 8 }
print(long.a_field_whose_name_is_longer_than_forty_characters_so_it_is_long, long["a key with spaces that is longer than forty characters too"], long[true], long[1.5], long[2], long[-1], long[256], long[print])
print(math.type(next({ [2.0] = 1 })), #{ 1, 2, nil, 4 } == 4 or #{ 1, 2, nil, 4 } == 2, #{ nil }, #{ nil, nil }, #{ n = 1 }, next({}), #{ {} }, #{ { 1, 2 }, { 3 } })
print(#{ (function() return 1, 2, 3 end)() }, #{ (function() return 1, 2, 3 end)(), 10 }, #{ ((function() return 1, 2, 3 end)()) }, #{ (function() end)() }, #{ (function() end)(), nil })
print(#{ table.unpack({ 1, 2, 3, 4, 5 }) }, #{ table.unpack({}, 1, 300) }, select("#", table.unpack({ 1, 2 }, 1, 100)), #{ ("x"):byte(1, -1) }, #{ ("x"):rep(300):byte(1, -1) })
local env = setmetatable({}, { __newindex = function() error("a constructor asks no metamethod") end, __index = function(t, k) return k end })
print(load("local t = { a, b, c = d } return t[1], t[2], t.c", "=f", "t", env)())
local names, pairs_ = {}, {}
for i = 1, 300 do names[i] = "field" .. i .. " = " .. i pairs_[i] = "[" .. i .. "] = 'v" .. i .. "'" end
local many = load("return { " .. table.concat(names, ", ") .. " }")()
local n = 0 for k, v in pairs(many) do n = n + v end
print(n, many.field1, many.field300)
many = load("return { " .. table.concat(pairs_, ", ") .. " }")()
print(#many, many[1], many[300])
many = load("return { 'list', " .. table.concat(names, ", ") .. ", 'more', " .. table.concat(pairs_, ", ", 3) .. " }")()
print(#many, many[1], many[2], many[3], many.field300)
local nested = load("return " .. ("{"):rep(150) .. ("}"):rep(150))()
local depth = 0 while nested do depth = depth + 1 nested = nested[1] end
print(depth)
print(load("return " .. ("{"):rep(250) .. ("}"):rep(250)))
local made = {}
for i = 1, 50 do made[i] = { i, x = i, { i } } end
for i = 1, 50 do if made[i][1] ~= i or made[i].x ~= i or made[i][2][1] ~= i or made[i] == made[i % 50 + 1] then print("WRONG", i) end end
made[1][1] = "changed"
print(made[1][1], made[2][1])
--- constructors disturbed: the stack moves, a collection runs, an error or a yield leaves in the middle
local function deep(n) if n > 0 then return 1 + deep(n - 1) end return 0 end
local function moved(v) deep(100) return v end
local function cleaned(v) collectgarbage() local junk = {} for i = 1, 30 do junk[i] = { i } end return v end
local function yielded(v) return coroutine.yield(v) end
for name, f in next, { moved = moved } do
  local t = { f(1), f(2), x = f("x"), f(3), [f("k")] = f("v"), f({ 4 }), f() }
  print(name, t[1], t[2], t[3], t[4][1], t.x, t.k, #t)
end
for round = 1, 2 do
  if round == 2 then collectgarbage("generational") end
  local t = { cleaned({ 1 }), cleaned({ 2 }), x = cleaned({ "x" }), cleaned({ 3 }), [cleaned({}) and "k"] = cleaned({ "v" }), { cleaned({ 4 }) }, cleaned() }
  print(t[1][1], t[2][1], t[3][1], t[4][1][1], t.x[1], t.k[1], #t)
  local parts = {}
  for i = 1, 130 do parts[i] = i % 25 == 0 and "f({ " .. i .. " })" or "{ " .. i .. " }" end
  local big = load("local f = ... return { " .. table.concat(parts, ", ") .. " }")(cleaned)
  local sum = 0
  for i, v in ipairs(big) do if v[1] ~= i then print("WRONG", i) end sum = sum + v[1] end
  print(#big, sum)
end
collectgarbage("incremental")
local co = coroutine.wrap(function() local a, b = "a", "b" local t = { yielded(1), x = yielded("x"), yielded(2), [yielded("k")] = yielded("v"), yielded(3) } return t[1], t[2], t[3], t.x, t.key, a, b end)
print(co(), co("one"), co("X"), co("two"), co("key"), co("V"))
print(co("three"))
print(pcall(function() local t = { 1, 2, error("left", 0), 3 } return t end))
print((function(...) local t = { moved(...), ... } return #t, t[1], t[4] end)(1, 2, 3))
print(coroutine.wrap(function(...) local t = { ..., moved("end") } local u = { moved("begin"), ... } return #t, #u, t[2], u[3] end)("p", "q", "r"))
