-- Control: recursion, varargs, errors, coroutines, iterators.
local function ackermann(m, n)
  if m == 0 then return n + 1 end
  if n == 0 then return ackermann(m - 1, 1) end
  return ackermann(m - 1, ackermann(m, n - 1))
end
ackermann(2, 200)
local moves = 0
local function hanoi(n, from, to, via)
  if n > 0 then hanoi(n - 1, from, via, to); moves = moves + 1; hanoi(n - 1, via, to, from) end
end
hanoi(15, "a", "b", "c")
local function tail(n, sum) if n == 0 then return sum end return tail(n - 1, sum + n) end
for _ = 1, 20 do tail(3000, 0) end
local function sum(...)
  local total = 0
  for i = 1, select("#", ...) do total = total + (select(i, ...)) end
  return total, ...
end
local function pass(...) return ... end
for i = 1, 12000 do
  local total, first = sum(i, 2, 3, pass(4, 5))
  local packed = table.pack(pass(total, first, i))
  moves = moves + packed.n + #{table.unpack(packed, 1, 3)} + math.min(pass(i, 9))
end
local failures = 0
for i = 1, 12000 do
  local ok, result = pcall(function(n) if n % 3 == 0 then error("bad " .. n) end return n end, i)
  if not ok then failures = failures + #result end
  if i % 4 == 0 then
    local fine, what = pcall(error, {code = i})
    if not fine then failures = failures + what.code % 2 end
    fine, what = xpcall(function() local x; return x.field end, function(m) return "handled: " .. m end)
    failures = failures + #what
  end
  pcall(math.floor, i)
end
local function produce(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, i * 2) end end) end
local function filter(source) return coroutine.wrap(function() for a, b in source do if b % 4 == 0 then coroutine.yield(a + b) end end end) end
for i = 1, 300 do for value in filter(produce(60)) do moves = moves + value % 2 end end
for i = 1, 1500 do
  local thread = coroutine.create(function(a) local b = coroutine.yield(a + 1); return b * 2 end)
  local _, first = coroutine.resume(thread, i)
  local _, second = coroutine.resume(thread, first)
  moves = moves + second + (coroutine.status(thread) == "dead" and 1 or 0)
end
local function permute(list, n, visit)
  if n == 0 then return visit(list) end
  for i = 1, n do
    list[n], list[i] = list[i], list[n]
    permute(list, n - 1, visit)
    list[n], list[i] = list[i], list[n]
  end
end
local seen = 0
permute({1, 2, 3, 4, 5, 6, 7}, 7, function(list) if list[1] < list[7] then seen = seen + 1 end end)
local i = 0
::again::
i = i + 1
if i % 3 == 0 then goto skip end
moves = moves + i
::skip::
if i < 30000 then goto again end
repeat i = i - 1; if i % 7 == 0 then i = i - 2 end until i <= 0
assert(seen == 2520 and failures > 0)
