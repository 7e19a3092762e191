--- random reads and writes of every kind, against a list that is searched
-- Deleted keys stay in their chains, array parts have holes, and lengths leave hints. After any operations a table must
-- have the same content as a plain list of pairs.
local seed = 12345
local function random(n) seed = (seed * 1103515245 + 12345) & 0x7fffffff return (seed >> 8) % n + 1 end
local keys = {}
for i = 1, 40 do keys[#keys + 1] = i end
for i = 1, 20 do keys[#keys + 1] = "k" .. i end
for i = 1, 10 do keys[#keys + 1] = i * 1024 keys[#keys + 1] = -i keys[#keys + 1] = i + 0.5 keys[#keys + 1] = i * 2.0^53 keys[#keys + 1] = {} keys[#keys + 1] = function() return i end end
for i = 1, 6 do keys[#keys + 1] = ("long"):rep(11) .. i end
keys[#keys + 1], keys[#keys + 2], keys[#keys + 3] = true, false, print
local get = { [1] = load("local t = ... return t[1]"), [2] = load("local t = ... return t[2]"), [40] = load("local t = ... return t[40]"), k1 = load("local t = ... return t.k1"), k20 = load("local t = ... return t.k20") }
local set = { [1] = load("local t, v = ... t[1] = v"), [2] = load("local t, v = ... t[2] = v"), [40] = load("local t, v = ... t[40] = v"), k1 = load("local t, v = ... t.k1 = v"), k20 = load("local t, v = ... t.k20 = v") }
for round = 1, 24 do
  local t, list = round % 3 == 0 and { 1, 2, 3, 4, k1 = 5 } or round % 3 == 1 and {} or { table.unpack({ 9, 9, 9, 9, 9, 9, 9 }, 1, round) }, {}
  for k, v in next, t do list[#list + 1] = { k, v } end
  local function find(k) for _, pair in ipairs(list) do if rawequal(pair[1], k) then return pair end end end
  local few = round % 4 == 0 and 12 or #keys
  local lengths = 0
  for step = 1, 250 do
    local k = keys[random(few)]
    local wanted = find(k)
    local found = get[k] and step % 2 == 0 and get[k](t) or t[k]
    if found ~= (wanted and wanted[2]) then print("WRONG", round, step, k, found) end
    local v = random(3) > 1 and step or nil
    if set[k] and step % 2 == 1 then set[k](t, v) elseif step % 7 == 0 then rawset(t, k, v) else t[k] = v end
    if wanted then wanted[2] = v else list[#list + 1] = { k, v } end
    if step % 5 == 0 then
      local n = #t
      lengths = lengths + n
      if n > 0 and t[n] == nil or t[n + 1] ~= nil then print("NO BORDER", round, step, n) end
    end
    if step % 50 == 0 then
      local count, expected = 0, 0
      for k, v in pairs(t) do count = count + 1 if find(k)[2] ~= v then print("WRONG PAIR", round, step) end end
      for _, pair in ipairs(list) do if pair[2] ~= nil then expected = expected + 1 end end
      if count ~= expected then print("WRONG COUNT", round, step, count, expected) end
      for i, v in ipairs(t) do if t[i] ~= v then print("WRONG ELEMENT", round, i) end end
    end
  end
  local live = 0
  for _ in pairs(t) do live = live + 1 end
  print(round, live)
end
--- chains: colliding integers, floats, strings and booleans, deleted and put again
local function check(keys, order)
  local t = {}
  for i, k in ipairs(keys) do t[k] = i end
  local sum = 0
  for i, k in ipairs(keys) do sum = sum + t[k] end
  for _, i in ipairs(order) do
    local k = keys[i]
    if k ~= nil then
      t[k] = nil
      for j, other in ipairs(keys) do
        local wanted = j ~= i and j or nil
        if t[other] ~= wanted then print("WRONG", i, j) end
      end
      t[k] = i
      t[k] = -i
      if t[k] ~= -i then print("WRONG AGAIN", i) end
      t[k] = i
    end
  end
  for i = 1, #keys, 2 do t[keys[i]] = nil end
  for i = 1, #keys do if t[keys[i]] ~= (i % 2 == 0 and i or nil) then print("WRONG LEFT", i) end end
  for i = 1, #keys, 2 do t[keys[i]] = "again" end
  for i = 1, #keys do if t[keys[i]] ~= (i % 2 == 0 and i or "again") then print("WRONG AT LAST", i) end end
  return sum
end
local order = { 1, 2, 3, 4, 5, 8, 13, 20, 16, 7 }
local function made(n, f) local t = {} for i = 1, n do t[i] = f(i) end return t end
print(check(made(20, function(i) return i * 31 end), order), check(made(20, function(i) return i * 64 end), order), check(made(20, function(i) return -i * 31 - 1 end), order))
print(check(made(20, function(i) return i * (2^31 - 1) | 0 end), order), check(made(20, function(i) return (i << 32) + 5 end), order), check(made(20, function(i) return math.mininteger + i * 1024 end), order))
print(check(made(20, function(i) return i + 0.5 end), order), check(made(20, function(i) return 2.0^(i + 60) end), order), check(made(20, function(i) return 1 / (i + 1) end), order))
print(check(made(20, function(i) return "s" .. i end), order), check(made(20, function(i) return ("x"):rep(i) end), order), check(made(20, function(i) return ("y"):rep(41) .. i end), order))
print(check(made(20, function(i) return i % 2 == 0 and i * 31 or "m" .. i end), order), check({ true, false, 1, 1.5, "", "1", 2^53, {}, print, 0, -1 }, order), check(made(20, function(i) return {} end), order))
--- array parts: sizes that are no power of two, hints of the length, holes, growth from behind
local function content(t, n) local parts = {} for i = 1, n do parts[i] = tostring(t[i]) end return table.concat(parts, " ") end
local function getter(i) return load("local t = ... return t[" .. i .. "]") end
local function setter(i) return load("local t, v = ... t[" .. i .. "] = v") end
for _, size in ipairs { 1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 30 } do
  local constructor = {}
  for i = 1, size do constructor[i] = i end
  local t = load("return { " .. table.concat(constructor, ", ") .. " }")()
  for i = size, size // 2 + 1, -1 do t[i] = nil end
  local before = #t
  for i = size // 2 + 1, size do
    t[i] = "r" .. i
    local n = #t
    if t[i] ~= "r" .. i or getter(i)(t) ~= "r" .. i or t[i + 1] ~= nil then print("WRONG", size, i) end
  end
  t[size + 1] = "beyond"
  print(size, before, #t, content(t, size + 2))
  for i = 1, size, 2 do t[i] = nil end
  local line = content(t, size + 2)
  for i = 1, size + 2 do setter(i)(t, i * 10) if #t < 0 then print("never") end end
  print(line, content(t, size + 3), #t)
end
local t = {}
for i = 10, 1, -1 do t[i] = i end
print(#t, content(t, 11))
t = { [1] = 1, [2] = 2, [4] = 4 }
print(t[1], t[2], t[3], t[4], #t == 2 or #t == 4)
t = { n = 1, 1, 2, 3 }
t[#t + 1] = 4 t[#t + 1] = 5 t[#t + 1] = 6
print(#t, content(t, 7))
while #t > 0 do t[#t] = nil end
print(#t, t[1], next(t))
local stack = {}
for round = 1, 5 do
  for i = 1, 13 * round do stack[#stack + 1] = i end
  for i = 1, 11 * round do local top = stack[#stack] stack[#stack] = nil if top == nil then print("EMPTY", round, i) end end
end
print(#stack, content(stack, 31))
local queue, first, last, sum = {}, 1, 0, 0
for i = 1, 500 do
  last = last + 1 queue[last] = i
  if i % 3 == 0 then sum = sum + queue[first] queue[first] = nil first = first + 1 end
end
print(first, last, sum, queue[first], queue[last], queue[first - 1])
local sparse = {}
for i = 0, 20 do sparse[1 << i] = i end
print(sparse[1], sparse[2], sparse[1024], sparse[1 << 20], sparse[3], #sparse == 2 or sparse[#sparse] ~= nil and sparse[#sparse + 1] == nil)
table.insert(sparse, 1, "first")
print(sparse[1], sparse[2], sparse[3], table.remove({ 1, 2, 3 }), table.unpack({ 1, nil, 3 }, 1, 3))
--- float keys are integer keys where they can be
local t = {}
t[1.0] = "a" t[2^31] = "b" t[-0.0] = "c" t[2^53] = "d" t[-2.0^63] = "e" t[2.0^63] = "f" t[1e300] = "g" t[1.5] = "h"
print(t[1], t[1 << 31], t[0], t[1 << 53], t[math.mininteger], t[math.maxinteger], t[2^63], t[1e300], t[3 / 2], t[0.0])
local types = {}
for k in pairs(t) do types[#types + 1] = math.type(k) .. ":" .. k end
table.sort(types)
print(table.concat(types, " "))
for i = 1.0, 10.0 do t[i] = i end
print(#t, t[10], math.type(t[10]), t[5.0])
t[3.0] = nil t[10.0] = nil
print(t[3], t[10])
local k = 4.0
t[k] = "by float" k = 4
print(t[k], t[4])
t[2^53 + 1.0] = 1
print(t[(1 << 53) + 1], t[1 << 53])
print(pcall(function() t[0 / 0] = 1 end), t[0 / 0])
--- traversal: changed and emptied on the way, keys that vanish
local t = {}
for i = 1, 10 do t[i] = i t["k" .. i] = i t[i + 0.5] = i end
local seen, sum = 0, 0
for k, v in pairs(t) do seen = seen + 1 sum = sum + v t[k] = nil end
print(seen, sum, next(t))
for i = 1, 10 do t["k" .. i] = i end
for k, v in pairs(t) do t[k] = v * 2 end
sum = 0
for k, v in next, t do sum = sum + v end
print(sum)
for k in pairs(t) do t[k] = nil collectgarbage("step") end
print(next(t))
print(pcall(next, {}, "no key"))
print(pcall(next, { 1, 2, 3 }, 4))
print(next({ 1, 2, 3 }, 2), next({ 1, 2, 3 }, 3), next({}, nil), rawlen({ 1, 2 }))
print(pcall(next, { 1 }, 1.0))
local n = 0
for i, v in ipairs(setmetatable({ 1, 2 }, { __index = function(t, i) if i < 6 then return i * 10 end end })) do n = n + v end
print(n)
local order = {}
for k in pairs({ 10, 20, 30, nil, 50 }) do order[#order + 1] = k end
print(table.concat(order, " "))
local u = { 1, 2, 3, x = 4 }
for k, v in pairs(u) do if k == 1 then u[2] = nil u.x = nil end n = n + v end
print(n)
