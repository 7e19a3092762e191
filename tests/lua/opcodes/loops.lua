--- numeric loops: every start, limit and step, from registers
local max, min, inf = math.maxinteger, math.mininteger, math.huge
local starts = { 0, 1, -3, 5, max - 2, max, min, min + 2, 0.0, 1.5, -2.25, 2.0^53, 2.0^63, -2.0^63, inf, -inf, 0 / 0, "1" }
local limits = { 0, 3, -5, 10, max, max - 1, min, min + 1, 2.0, 3.7, -3.7, 2.0^53, 2.0^63, -2.0^63, inf, -inf, 0 / 0, "3", false }
local steps = { 1, -1, 2, 3, -7, max, min, 0.5, -0.25, 1.0, 2.0^60, inf, -inf, 0 / 0, 0, 0.0, "1" }
local messages = {}
local function failed(message)
  if not messages[message] then
    messages[#messages + 1] = message
    messages[message] = "!" .. #messages
  end
  return messages[message]
end
local function show(v) return v ~= v and "nan" or math.type(v) == "float" and ("%.17g"):format(v) .. "f" or tostring(v) end
local function loop(a, b, c, out)
  local before, after = "before", "after"
  for i = a, b, c do
    out[#out + 1] = i
    local own = i
    i = "changed"
    if #out == 5 then break end
  end
  return before == "before" and after == "after"
end
for _, a in ipairs(starts) do
  for _, b in ipairs(limits) do
    local line = {}
    for _, c in ipairs(steps) do
      local out = {}
      local ok, message = pcall(loop, a, b, c, out)
      if not ok then line[#line + 1] = failed(message)
      elseif not message then line[#line + 1] = "OTHER REGISTERS"
      elseif #out == 0 then line[#line + 1] = "-"
      else
        local sum = 0
        for i, v in ipairs(out) do out[i] = show(v) end
        local text = table.concat(out, ",")
        if #text > 12 then
          for i = 1, #text do sum = (sum * 31 + text:byte(i)) % 100003 end
          text = out[1]:sub(1, 4) .. "#" .. #out .. ":" .. sum
        end
        line[#line + 1] = text
      end
    end
    print(show(a), show(b), table.concat(line, " "))
  end
end
print(table.concat(messages, "\n"))
--- numeric loops: constants, without a step, nested, left early, with captured variables
for _, source in ipairs {
  "for i = 1, 3 do r(i) end", "for i = 3, 1 do r(i) end", "for i = 3, 1, -1 do r(i) end", "for i = 1.0, 3 do r(i) end", "for i = 1, 3.5 do r(i) end", "for i = 1, 2, 0.5 do r(i) end", "for i = 0.1, 0.35, 0.1 do r(i) end",
  "for i = -1, -1 do r(i) end", "for i = 1, 0 do r(i) end", "for i = 1, 1 do r(i) end", "for i = 127, 130 do r(i) end", "for i = 255, 258 do r(i) end", "for i = 65535, 65537 do r(i) end", "for i = -65537, -65535 do r(i) end",
  "for i = 1, math.huge do r(i) if i == 3 then break end end", "for i = 1, -math.huge, -1 do r(i) if i == -1 then break end end", "for i = 1, -math.huge do r(i) end", "for i = math.maxinteger - 1, math.maxinteger do r(i) end",
  "for i = math.mininteger + 1, math.mininteger, -1 do r(i) end", "for i = math.maxinteger - 1, math.huge do r(i) end", "for i = math.mininteger, math.maxinteger, math.maxinteger do r(i) end",
  "for i = 1, 10, math.maxinteger do r(i) end", "for i = -1, -10, math.mininteger do r(i) end", "for i = 1, 3 do for j = i, 3 do r(i * 10 + j) end end", "for i = 1, 3 do local i = i * 2 r(i) end", "for i = 1, 5 do if i % 2 == 0 then goto next end r(i) ::next:: end",
  "for i = 1, 5 do while true do if i > 2 then goto out end break end r(i) end ::out:: r('out')", "for i = 1, 3 do r(i) i = 10 end", "for i = 1, 2 do for i = 5, 6 do r(i) end r(i) end", "local n = 2 for n = n, n + n, n do r(n) end r(n)",
  "for i = 3, 1, -1 do for j = 1, i do if j == 2 then break end r(i + j / 10) end end", "local t = {} for i = 1, 3 do t[i] = function() i = i + 1 return i end end r(t[1]()) r(t[1]()) r(t[3]())", "for i = 1, 2 do local x <close> = closer r(i) end",
  "for i = 1, 3 do local x <close> = closer if i == 2 then break end r(i) end", "for i = 1, 3 do local x <close> = closer if i < 3 then goto next end r(i) ::next:: end", "for i = 1, 3 do local x <const> = i * 2 r(x) end", "for _ = 1, 3 do r(_) end",
  "for i = 1, 2 do local t = { i, i + 1 } r(#t + t[2]) end", "for i = 1, 3 do return r(i) end", "for i = 1, 3 do local f = function() return i end if i == 2 then return r(f()) end end", "for i = '1', 2 do end", "for i = 1, {} do end", "for i = 1, 2, nil do end",
  "for i = nil, 2 do end", "for i = 1, 2, 0 do end", "for i = 1.5, 2, 0 do end", "for i = 1, 2, 0.0 do end", "for i = 1, 0, 0 do end", "for i = 1, 'x', 0 do end", "for i = {}, 'x', 0 do end", "for i = 1, 2, 'x' do end", "for i = 1.5, 'x' do end", "for i = 1.5, 2, {} do end", "for i = {}, 2.5 do end",
} do
  local results = {}
  local closer = setmetatable({}, { __close = function() results[#results + 1] = "closed" end })
  local function r(v) results[#results + 1] = math.type(v) == "float" and ("%.17g"):format(v) .. "f" or tostring(v) return v end
  local ok, value = pcall(load("local r, closer = ... local a, b = 'a', 'b' do " .. source .. " end return a .. b", "=f"), r, closer)
  print(source, table.concat(results, " "), value)
end
local sum, n = 0, 0
for i = 1, 100000 do sum = sum + i n = n + (i & 1) end
print(sum, n)
sum = 0
for x = 0, 1, 1 / 1024 do sum = sum + x end
print(sum)
for i = 10, 1, -3 do n = n - i end
print(n)
--- generic loops: iterators of every kind, every number of variables, left in every way
local function show(...) local t = table.pack(...) for i = 1, t.n do t[i] = tostring(t[i]) end return table.concat(t, ",") end
local iterators = {
  lua = function(s, c) c = (c or 0) + 1 if c <= s then return c, c * c, "third" end end,
  vararg = function(...) local s, c = ... c = (c or 0) + 1 if c <= s then return c, ... end end,
  one = function(s, c) if (c or 0) < s then return (c or 0) + 1 end end,
  none = function() end, false_first = function(s, c) if c == nil then return false, "after false" end end,
  object = setmetatable({}, { __call = function(self, s, c) if (c or 0) < s then return (c or 0) + 1, type(self) end end }),
  object2 = setmetatable({}, { __call = setmetatable({}, { __call = function(a, b, s, c) if (c or 0) < s then return (c or 0) + 1, type(a), type(b) end end }) }),
  tail = function(s, c) return (function(n) if n < s then return n + 1, "by tail call" end end)(c or 0) end,
  closing = function(s, c) local x <close> = setmetatable({}, { __close = function() end }) if (c or 0) < s then return (c or 0) + 1, "closed" end end,
  many = function(s, c) if (c or 0) < s then return (c or 0) + 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 end end,
}
local names = {}
for name in pairs(iterators) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  for _, source in ipairs {
    "for a in f, 3 do out(a) end", "for a, b in f, 3 do out(a, b) end", "for a, b, c in f, 3, 1 do out(a, b, c) end", "for a, b, c, d, e, g in f, 2 do out(a, b, c, d, e, g) end", "for a in f, 3 do if a == 2 then break end out(a) end",
    "for a, b in f, 3 do a = 7 b = 8 out(a, b) end", "for a in f, 2 do for b in f, 2 do out(a, b) end end", "for a in f, 3 do if a == 2 then return out('return') end end", "local t = {} for a in f, 2 do t[#t + 1] = function() return a end end for i, g in ipairs(t) do out(g()) end",
    "for a in f, 2, nil, closer do out(a) end", "for a in f, 3, nil, closer do if a == 2 then break end out(a) end", "for a in f, 3, nil, closer do if a == 2 then return out('return') end end", "for a in f, 2, nil, nil do out(a) end", "for a in f, 2, nil, false do out(a) end",
    "for a, b in (function() return f, 2, nil, closer end)() do out(a, b) end", "for a in f, 2, nil, closer, 'more' do out(a) end", "for a in f, 3 do if a == 2 then goto done end out(a) end ::done:: out('done')",
    "for a in coroutine.wrap(function() for b in f, 2 do coroutine.yield(b, 'yielded') end end) do out(a) end", "for a in coroutine.wrap(function() for b in function(s, c) coroutine.yield('inside') return f(s, c) end, 2 do coroutine.yield(b) end end) do out(a) end",
  } do
    local results = {}
    local function out(...) results[#results + 1] = show(...) end
    local closer = setmetatable({}, { __close = function(o, e) results[#results + 1] = "closed " .. tostring(e) end })
    local ok, value = pcall(load("local f, out, closer = ... local x, y = 'x', 'y' do " .. source .. " end return x .. y", "=f"), iterators[name], out, closer)
    print(name, source:sub(1, 40), table.concat(results, " "), value)
  end
end
--- generic loops: next, pairs, ipairs and what stands in their place
local t = { 1, 2, 3, nil, 5, x = "y" }
local function collect(...) local r = {} for k, v in ... do r[#r + 1] = tostring(k) .. "=" .. tostring(v) end table.sort(r) return table.concat(r, " ") end
print(collect(pairs(t))) print(collect(next, t)) print(collect(ipairs(t))) print(collect(next, t, 3)) print(collect(next, {})) print(collect(pairs({})))
print(collect(pairs(setmetatable({}, { __pairs = function(o) return function(s, c) if (c or 0) < 2 then return (c or 0) + 1, s == o end end, o, nil end }))))
print(collect(pairs(setmetatable({ 1 }, { __pairs = function(o) return next, { a = 1, b = 2 } end }))))
print(collect(pairs(setmetatable({ 1 }, { __pairs = function(o) return next, o, nil, 4, 5 end }))))
print(collect(ipairs(setmetatable({ 1 }, { __index = function(t, i) if i < 4 then return "v" .. i end end }))))
print(collect(ipairs(setmetatable({}, { __index = { 7, 8, nil, 9 } })))) print(collect(ipairs("text")))
print(pcall(pairs)) print(select("#", pairs(nil))) print(pcall(ipairs)) print(pcall(next)) print(pcall(collect, next, 5)) print(pcall(pairs, setmetatable({}, { __pairs = 5 })))
print(pcall(function() for k in pairs(nil) do end end)) print(pcall(function() for k in nil do end end)) print(pcall(function() for k in t do end end)) print(pcall(function() for k in "x", 1 do end end))
print(pcall(function() for k in next, t, "no key" do end end)) print(pcall(function() for k in next, t, nil, 5 do end end)) print(pcall(function() for k in next, t, nil, {} do end end))
print(pcall(function() for i in function() error("in the iterator") end do end end)) print(pcall(function() for i in function() return i.x end do end end))
print(pcall(function()
  for i = 1, 2 do
    for k, v in next,
      t, 1 do
      if k == 2 then
        error("in the body")
      end
    end
  end
end))
local log = {}
local function closer(name) return setmetatable({}, { __close = function(_, e) log[#log + 1] = name .. ":" .. tostring(e) end }) end
print(pcall(function() for k in next, t, nil, closer("a") do for j in next, t, nil, closer("b") do error("both", 0) end end end), table.concat(log, " "))
log = {}
print(pcall(function() for k in function() error("iterator", 0) end, nil, nil, closer("c") do end end), table.concat(log, " "))
log = {}
for i = 1, 2 do for k in next, { 1 }, nil, closer("d" .. i) do local x <close> = closer("e") end end
print(table.concat(log, " "))
local function words(s) return s:gmatch("%a+") end
local out = {}
for w in words("a bc def") do for c in w:gmatch(".") do out[#out + 1] = c end end
print(table.concat(out))
local deleted = {}
for i = 1, 50 do deleted[i] = i deleted["k" .. i] = i end
local n = 0
for k, v in pairs(deleted) do deleted[k] = nil n = n + v end
print(n, next(deleted))
for i in coroutine.wrap(function() for i = 1, 3 do for j, v in pairs({ i }) do coroutine.yield(v * 10) end end end) do io.write(i, " ") end
print()
local co = coroutine.wrap(function() for k, v in pairs({ 1, 2, 3 }) do local r = coroutine.yield(k, v) if r then break end end return "end" end)
print(co(), co(), co(true))
--- jumps: while, repeat, goto, nested and out of closures
local function run(source) local r = {} local ok, v = pcall(load("local r = ... local a, b = 1, 2 " .. source, "=f"), function(...) r[#r + 1] = table.concat({ ... }, ",") return ... end) print(source, table.concat(r, " "), v) end
for _, source in ipairs {
  "while a < 4 do a = a + 1 r(a) end", "while true do a = a + 1 if a > 3 then break end r(a) end", "while false do r(1) end", "while nil do r(1) end", "while a do a = a < 3 and a + 1 r(a or 'f') end", "repeat a = a + 1 r(a) until a > 3", "repeat local c = a a = a + 1 until c > 3 r(a)",
  "repeat local c = a local f = function() return c end a = a + 1 until f() > 2 r(a)", "repeat until true r('end')", "repeat if a > 2 then break end a = a + 1 until false r(a)", "while a < 3 do local c = a local f = function() c = c + 1 return c end r(f(), f()) a = a + 1 end",
  "::top:: a = a + 1 if a < 4 then goto top end r(a)", "goto skip r('never') ::skip:: r('skipped')", "for i = 1, 3 do for j = 1, 3 do if j == 2 then goto continue end r(i, j) end ::continue:: end", "do goto out end ::out:: r('out')",
  "local t = {} ::top:: local c = a t[#t + 1] = function() c = c + 1 return c end a = a + 1 if a < 4 then goto top end for i, f in ipairs(t) do r(f(), f()) end", "while true do while true do goto out end end ::out:: r('both')", "do local c <close> = nil goto out end ::out:: r('closed')",
  "if a == 1 then r('one') elseif a == 2 then r('two') else r('other') end", "if a == 2 then r('one') elseif b == 2 then r('two') else r('other') end", "if not a then r(1) else if b then r(2) end end", "if a and b then r('and') end if a and not b then r('not') end",
  "while a < 10 do if a % 2 == 0 then a = a + 3 goto next end a = a + 1 ::next:: r(a) end", "repeat local x = r(a) a = a + 1 if x == 2 then goto done end until a > 5 ::done:: r('done')", "local x x = a == 1 and 'y' or 'n' r(x) x = a ~= 1 and 'y' or 'n' r(x)",
  "for i = 1, 2 do local f repeat local y = i f = function() y = y + 1 return y end until f() > i r(f()) end", "local n = 0 while n < 100 do n = n + 1 if n == 50 then local c = n local g = function() return c end r(g()) break end end r(n)",
} do run(source) end
print(load("goto nowhere")) print(load("do ::a:: end goto a")) print(load("::a:: ::a::")) print(load("break")) print(load("goto x local y ::x:: y = 1")) print(load("repeat goto x local y until y ::x::") == nil) print(load("local x <const> = 1 x = 2")) print(load("local x <close>, y <close> = 1, 2"))
local body = {}
for i = 1, 400 do body[i] = "x = x + 1 if x == " .. -i .. " then break end" end
print(load("local x, n = 0, 0 while n < 3 do n = n + 1 " .. table.concat(body, " ") .. " end return x, n")())
print(load("local x = 0 for i = 1, 3 do " .. table.concat(body, " ") .. " end return x")())
print(load("local x = 0 for k, v in ipairs({ 1, 2 }) do " .. table.concat(body, " ") .. " end return x")())
