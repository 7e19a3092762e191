--- reading and writing: every kind of key, by every instruction
-- 'new' makes the tables: plain ones, unless a host with external tables defines it before the snippet.
local new = new or function(t) return t or {} end
local long = "a key that is longer than forty characters, so it is a long string"
local keys = { 0, 1, 2, 3, 255, 256, -1, 1.0, 2.5, -0.0, 2.0^53, 2^63, 1e100, 1 / 0, math.maxinteger, math.mininteger, "a", "key", "1", "", "with space", "zero\0byte", long, true, false }
local texts = { "0", "1", "2", "3", "255", "256", "-1", "1.0", "2.5", "-0.0", "2^53", "2^63", "1e100", "1/0", "math.maxinteger", "math.mininteger", "'a'", "'key'", "'1'", "''", "'with space'", "'zero\\0byte'", "'" .. long .. "'", "true", "false" }
local values = { 1, -5, 2.5, -0.0, 1 / 0, math.mininteger, "text", "", ("long"):rep(20), true, false, n = 12 }
local sets, gets = {}, {}
for i, text in ipairs(texts) do
  sets[i] = {
    load("local t, k, v = ... local a, b = 'a', 'b' t[k] = v return a .. b"), load("local t, k, v = ... local a, b = 'a', 'b' t[" .. text .. "] = v return a .. b"), load("local t, k, v = ... return (function() local a, b = 'a', 'b' t[" .. text .. "] = v return a .. b end)()"),
    load("local t, k, v = ... rawset(t, k, v) return 'ab'"),
  }
  gets[i] = {
    load("local t, k = ... local a, v, b = 'a', t[k], 'b' return v, a .. b"), load("local t = ... local a, v, b = 'a', t[" .. text .. "], 'b' return v, a .. b"), load("local t = ... return (function() local a, v, b = 'a', t[" .. text .. "], 'b' return v, a .. b end)()"),
    load("local t, k = ... return rawget(t, k), 'ab'"), load("local t, k = ... k = t[k] return k, 'ab'"), load("local t, k = ... t = t[k] return t, 'ab'"),
  }
end
local t = new()
for i, k in ipairs(keys) do
  local line = {}
  for j = 1, values.n do
    local v = values[j]
    local mark = sets[i][j % 4 + 1](t, k, v)
    if mark ~= "ab" then line[#line + 1] = "OTHER REGISTERS" end
    for n, get in ipairs(gets[i]) do
      local found, mark = get(t, k)
      if found ~= v or math.type(found) ~= math.type(v) or mark ~= "ab" then line[#line + 1] = "WRONG" .. n .. tostring(found) end
    end
    line[#line + 1] = tostring(t[k])
  end
  t[k] = i
  print(texts[i], table.concat(line, " "))
end
local count, sum = 0, 0
for k, v in pairs(t) do count = count + 1 sum = sum + v if t[k] ~= v then print("WRONG", k) end end
print(count, sum, t[1], t[1.0], t["1"], t[2^53], t[(1 << 53)], t[0], t[-0.0])
print(t.missing, t[99], t[0.25], t[nil], t[{}], t[print], t[0 / 0], t[-2], t[("m"):rep(60)])
for i, k in ipairs(keys) do t[k] = nil if t[k] ~= nil then print("WRONG", k) end end
print(next(t), #t)
t.x = nil t[5] = nil t.x = 1 t.x = nil
print(t.x, next(t))
t.nan = 0 / 0
print(t.nan ~= t.nan, type(t.nan))
t.f = math.floor t.m = math
print(t.f(2.5), t.m.floor(3.5), t.f == math.floor)
--- sequences: lengths, growth, the table library, ipairs and pairs
local new = new or function(t) return t or {} end
local function content(t) local parts = {} for i = 1, #t do parts[i] = tostring(t[i]) end return table.concat(parts, " ") end
local t = new({ 1, 2, 3 })
print(#t, content(t))
t[#t + 1] = 4 t[#t + 1] = "five" t[6] = 6.5
print(#t, content(t), rawlen(t))
t[#t] = nil t[#t] = nil
print(#t, t[5], t[6], t[4])
for i = 1, 40 do t[i] = i * i end
print(#t, t[40], t[41], t[0])
for i, v in ipairs(t) do if v ~= i * i then print("WRONG", i) end end
local n = 0
for i, v in pairs(t) do n = n + i if v ~= i * i then print("WRONG", i) end end
print(n)
while #t > 5 do t[#t] = nil end
table.insert(t, "end") table.insert(t, 1, "begin")
print(content(t), table.remove(t), table.remove(t, 1), content(t), table.concat(t, "-"), table.unpack(t))
table.sort(t, function(a, b) return a > b end)
print(content(t), select("#", table.unpack(t)), table.concat(table.move(t, 1, 3, 2, {}), ",", 2))
local u = new()
for i = 1, 10 do u[i] = ("x"):rep(11 - i) end
table.sort(u)
print(u[1], #u, table.concat(u, " ", 1, 4))
for i = #u, 1, -1 do u[i] = nil end
print(#u, next(u))
local words = new()
for w in ("the quick brown fox jumps over the lazy dog the end"):gmatch("%a+") do words[w] = (words[w] or 0) + 1 end
local sorted = {}
for w, c in pairs(words) do sorted[#sorted + 1] = w .. "=" .. c end
table.sort(sorted)
print(table.concat(sorted, " "))
for w in pairs(words) do words[w] = nil end
print(next(words), words.the)
local queue, first, last = new(), 1, 0
for i = 1, 60 do last = last + 1 queue[last] = i if i % 2 == 0 then queue[first] = nil first = first + 1 end end
print(first, last, queue[first], queue[last], queue[first - 1])
for i, v in next, new({ 7 }) do print(i, v) end
for i, v in ipairs(new()) do print("never") end
for k, v in pairs(new()) do print("never") end
local grid = new()
for y = 1, 4 do grid[y] = new() for x = 1, 4 do grid[y][x] = x * y end end
local sum = 0
for y = 1, 4 do for x = 1, 4 do sum = sum + grid[y][x] * grid[x][y] end end
grid[2][3] = grid[2][3] + 100
print(sum, grid[2][3], #grid, #grid[1], grid[5], grid[1][5])
--- objects: methods, tables behind __index and __newindex, captured, as globals
local new = new or function(t) return t or {} end
local class = new()
function class.get(self) return self.v end
function class:add(n, ...) self.v = (self.v or 0) + n return self, ... end
class.a_method_whose_name_is_longer_than_forty_characters = function(self, ...) return select("#", ...), self.v end
class.class_field, class[1] = "of the class", "one"
local o = setmetatable({ v = 5 }, { __index = class })
print(o:get(), o:add(2):get(), o:add(1, "more"):get(), o:a_method_whose_name_is_longer_than_forty_characters(1, 2), o.class_field, o[1], o[2], o.none)
local p = new({ v = 10 })
p.get, p.add = class.get, class.add
print(p:get(), p:add(5):get(), p.v, p:add(1) == p, select("#", p:add(0, nil, nil)), p.get == class.get)
print(pcall(function() return p:missing() end)) print(pcall(function() return p.v:missing() end)) print(pcall(function() return p.x.y end)) print(pcall(function() p.x.y = 1 end)) print(pcall(function() return p() end)) print(pcall(function() return p + 1 end)) print(pcall(function() return p .. "x" end))
print(pcall(function() return p < p end)) print(pcall(function() return -p end)) print(pcall(function() return p & 1 end)) print(pcall(function() for i = p, 1 do end end)) print(pcall(function() for i in p do end end)) print(p == p, p ~= o, p == {}, not p, p and 1)
local store = new()
local log = setmetatable({}, { __newindex = store, __index = store })
log.a = 1 log[1] = "one" log[2.5] = "float" log["key"] = true
print(store.a, store[1], store[2.5], store.key, log.a, log[1], log.none, rawget(log, "a"))
log.a = nil log[1] = nil
print(store.a, store[1], log.a)
local chain = setmetatable({}, { __index = setmetatable({ middle = 1 }, { __index = setmetatable({}, { __index = class }) }) })
print(chain.middle, chain.class_field, chain[1], chain.none, type(chain.get))
local up = new({ n = 0 })
local function count(k) up.n = up.n + 1 up[k] = (up[k] or 0) + 1 up["with space"] = up.n up[1] = up.n return up.n, up[k], up["with space"], up[1] end
print(count("a")) print(count("b")) print(count("a")) print(up.n, up.a, up.b)
local env = new({ print = print, x = 5 })
local f = load("y = x + 1 x = x * 2 z = nil function g() y = y + 1 return y end local t = { x, y } return x, y, z, g(), t[1], t[2], none", "=f", "t", env)
print(f()) print(env.x, env.y, env.z, env.g(), f())
print(pcall(load("return none.field", "=f", "t", env))) print(pcall(load("none()", "=f", "t", env))) print(pcall(load("x.y = 1", "=f", "t", env))) print(pcall(load("return y + none", "=f", "t", env)))
local a, b = new(), new()
a.b, b.a, a.self = b, a, a
print(a.b.a.b.a == a, a.self.self == a, a.b == b, rawequal(a.b, b), a ~= b)
local keyed = { [a] = "a", [b] = "b" }
print(keyed[a], keyed[b.a], keyed[a.b])
collectgarbage()
print(a.b.a == a, keyed[a.self], a.b.a.b == b)
local t = new({ x = 1, y = 2 })
t.x, t.y = t.y, t.x
t.x, t.z = nil, t.x
print(t.x, t.y, t.z)
local i = 1
i, t[i] = i + 1, 20
print(i, t[1], t[2])
t.n = 1 for _ = 1, 5 do t.n = t.n * 2 end
print(t.n, t.n // 3, t.n % 5, t.n .. "", -t.n, #tostring(t.n), t.n == 32, t.n < 33, t.n <= 31, t.n ~= 32.0)
if t.n == 32 and not t.missing then t.seen = true end
print(t.seen, t.missing == nil, t.missing and 1 or 2, (t.n))
--- random reads and writes against a list that is searched
local new = new or function(t) return t or {} end
local seed = 54321
local function random(n) seed = (seed * 1103515245 + 12345) & 0x7fffffff return (seed >> 8) % n + 1 end
local keys = {}
for i = 1, 20 do keys[#keys + 1] = i keys[#keys + 1] = "k" .. i end
for i = 1, 5 do keys[#keys + 1] = -i keys[#keys + 1] = i + 0.5 keys[#keys + 1] = ("long"):rep(11) .. i end
keys[#keys + 1], keys[#keys + 2] = true, false
for round = 1, 6 do
  local t, list = new(round % 2 == 0 and { 1, 2, 3, k1 = 5 } or nil), {}
  for k, v in pairs(t) do list[#list + 1] = { k, v } end
  local function find(k) for _, pair in ipairs(list) do if rawequal(pair[1], k) then return pair end end end
  for step = 1, 200 do
    local k = keys[random(#keys)]
    local wanted = find(k)
    if t[k] ~= (wanted and wanted[2]) then print("WRONG", round, step, k, t[k]) end
    local v = random(3) > 1 and step or nil
    if step % 7 == 0 then rawset(t, k, v) else t[k] = v end
    if wanted then wanted[2] = v else list[#list + 1] = { k, v } end
    if t[1] ~= nil and step % 5 == 0 then local n = #t if t[n] == nil or t[n + 1] ~= nil then print("NO BORDER", round, step) end end
    if step % 50 == 0 then
      local count, expected = 0, 0
      for k, v in pairs(t) do count = count + 1 if find(k)[2] ~= v then print("WRONG PAIR", round, step) end end
      for _, pair in ipairs(list) do if pair[2] ~= nil then expected = expected + 1 end end
      print(round, step, count, count == expected)
      if step == 100 then collectgarbage() end
    end
  end
end
--- disturbed: the stack moves, a collection runs, coroutines yield and errors leave while tables are read
local new = new or function(t) return t or {} end
local function deep(n) if n > 0 then return 1 + deep(n - 1) end return 0 end
local t = new({ 10, 20, 30, x = "X", name = "N" })
local o = setmetatable({}, { __index = function(_, k) deep(80) local v = t[k] collectgarbage() return v end, __newindex = function(_, k, v) deep(80) t[k] = v end })
local p = setmetatable({}, { __index = function(_, k) coroutine.yield(k) return t[k] end, __newindex = function(_, k, v) coroutine.yield(k) t[k] = v end })
local function body(o) local a, b = "a", "b" local c = o.x local d, e = o[1], o[2] o.y = c .. a o[4] = d + e t.z, o.w = o.name, b return a, b, c, d, e, o.y, t[4], t.z, t.w, o.none end
print(coroutine.wrap(body)(o))
t.y, t[4], t.z, t.w = nil
local co, out = coroutine.wrap(body), {}
local r = table.pack(co(p))
while r.n == 1 do out[#out + 1] = tostring(r[1]) r = table.pack(co()) end
print(table.concat(out, " "), table.unpack(r, 1, r.n))
local sum = 0
for v in coroutine.wrap(function() for i, v in ipairs(t) do deep(50) coroutine.yield(v) end end) do sum = sum + v end
print(sum)
local seen = {}
for k in coroutine.wrap(function() for k, v in pairs(t) do collectgarbage("step") coroutine.yield(tostring(k)) end end) do seen[#seen + 1] = k end
table.sort(seen)
print(table.concat(seen, " "))
print(pcall(function() for k, v in pairs(t) do if k == "x" then error("left at " .. k, 0) end end end))
print(pcall(function() for i, v in ipairs(t) do if v == 20 then error("left at " .. i, 0) end end end), #t)
for k, v in pairs(t) do if type(k) == "string" then t[k] = nil end end
print(next(t) ~= nil, t.x, #t, t[4])
local function vararg(...) local u = new({ ... }) return #u, u[1], u[#u], ... end
print(vararg(1, 2, 3)) print((vararg("a")))
local function closes() local x <close> = setmetatable({}, { __close = function() t.closed = (t.closed or 0) + 1 end }) return t.closed, t[1] end
print(closes()) print(closes()) print(t.closed)
local objects = {}
for i = 1, 20 do objects[i] = new({ id = i }) objects[i].next = objects[i - 1] end
collectgarbage() collectgarbage()
local n, at = 0, objects[20]
while at do n = n + at.id at = at.next end
print(n)
