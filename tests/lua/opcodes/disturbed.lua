--- expressions whose slow path moves the stack, collects, yields
-- Every operation on objects with metamethods, in every place that uses its result. The side effects of a metamethod must
-- change nothing: each disturbed run must print the same as the undisturbed one.
local disturb, truth, log
local function deep(n) if n > 0 then return 1 + deep(n - 1) end return 0 end
local names = {}
local function show(v)
  if names[v] then return names[v] end
  if math.type(v) == "float" then return ("%.17g"):format(v) .. "f" end
  return type(v) == "string" and "'" .. v .. "'" or type(v) == "function" and "function" or tostring(v)
end
local function note(event, ...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = show(t[i]) end
  local caller, self = debug.getinfo(3, "l"), debug.getinfo(2, "n")
  log[#log + 1] = ("%s(%s)@%d%s"):format(event, table.concat(t, ","), caller and caller.currentline or -1, self.name and " " .. self.name or "")
end
local mt = {}
for event in ("add sub mul div mod pow unm idiv band bor bxor shl shr bnot concat len"):gmatch("%a+") do
  mt["__" .. event] = function(...) note(event, ...) local a <const> = "<" .. event .. ">" disturb() return a, "more" end
end
for event in ("eq lt le"):gmatch("%a+") do
  mt["__" .. event] = function(...) note(event, ...) disturb() return truth, "more" end
end
local function method(...) note("method", ...) disturb() return "<method>", "more" end
function mt.__index(...)
  local _, key = ...
  note("index", ...)
  disturb()
  if key == "m" or key == "a method whose name is longer than forty characters" then return method, "more" end
  return "<index>", "more"
end
function mt.__call(...) note("call", ...) disturb() return "<call>", ... end
local o, p = setmetatable({}, mt), setmetatable({}, mt)
local chain = setmetatable({}, { __index = setmetatable({}, { __index = o }) })
names[o], names[p], names[chain] = "o", "p", "chain"

local expressions = {
  "-o", "~o", "#o", "not o", "o .. p", "o .. s", "s .. o", "n .. o", "s .. s .. o", "s .. o .. s", "o .. s .. n .. 1.5", "o .. p .. o .. p",
  "s .. o .. s .. p .. s", "o.f", "o[k]", "o[n]", "o[1]", "o[255]", "o[256]", "o[2.5]", "o[p]", "o[true]", "o[nil]",
  "o['a key that is longer than forty characters, so no field']", "chain.f", "chain[k]", "chain[n]", "chain[7]", "chain:m(n)", "o:m()", "o:m(1, p)",
  "(o:m(o.f))", "o['a method whose name is longer than forty characters'](p)", "o:m(o:m(1))", "o()", "o(n)", "o(n, s, p)", "(o(n))", "o(o(n))", "o(p.f, o.g)",
  "o.f .. p.g", "-o .. ~p", "#o + n", "o + p * o", "(o + n) .. (p - n)", "o.x == o.y", "o == p", "o ~= p", "o < p", "o <= p", "o > p", "o >= p",
  "o < n", "n < o", "o <= s", "s >= o", "o < 1", "1 < o", "o <= 1", "1 <= o", "o > 1", "o >= 1", "o < 1.0", "-127 > o", "128 <= o", "o < 1000", "o >= 2.5",
  "o == 1", "o == s", "o == 'k'", "not (o == p)", "o < p and p.f", "o == p or o[1]", "o < 1 and n or o:m()", "(o < p) == (p <= o)",
  "o.f(p)", "rawequal(o, o.f)", "{ o.f, p[1], -o }", "function() return o end",
}
for _, op in ipairs { "+", "-", "*", "/", "%", "^", "//", "&", "|", "~", "<<", ">>" } do
  for _, form in ipairs { "o # p", "o # n", "n # o", "o # 2", "2 # o", "o # 2.5", "1000 # o", "o # 1000", "s # o" } do
    expressions[#expressions + 1] = (form:gsub("#", { ["#"] = op }))
  end
end

-- The expression is on line 4 of each.
local places = {
  "local a, b, c = 'a', 'b', 'c'\n\nlocal r, q =\nEXPR, 'q'\nlocal d, e = 'd', 'e'\nreturn a, b, c, r, q, d, e",
  "\n\nlocal a = 'a' return\nEXPR",
  "local a, b = 'a', 'b'\n\nif\nEXPR then\nreturn 'true', a, b else return 'false', b, a end",
  "local a = 'a'\n\nlocal t = { a,\nEXPR, a, [a] = 'b' }\nreturn t[1], t[2], t[3], t.a",
  "local r, a = 'r', 'a' local function get() return r, a end\n\nr =\nEXPR\nreturn get()",
  "local a, t, u = 'a', {}, {}\n\nt.x, t[n] =\nEXPR, a\nu[1] = t.x t.x = a return u[1], t.x, t[n]",
  "local a, b = 'a', 'b'\n\nreturn a, select('#', a,\nEXPR, b), (select(2, a, (EXPR))), a, b",
  "local i, a = 0, 'a'\n\nrepeat i = i + 1 local r = not\n(EXPR) until r or i == 2\nreturn i, a",
}
local variables = {
  "local o, p, chain, k, n, s, note, rawequal, select = ... ",
  "local o, p, chain, k, n, s, note, rawequal, select = ... return (function() ",
  "_ENV = { rawequal = rawequal, select = select } o, p, chain, k, n, s, note = ... ",
}
local function text(...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = type(t[i]) == "table" and not names[t[i]] and show(t[i][1]) .. show(t[i][2]) .. show(t[i][3]) or show(t[i]) end
  return table.concat(t, " ") .. (#log > 0 and " " .. table.concat(log, " ") or "")
end
local function run(f, how)
  disturb, log = how, {}
  local co = coroutine.create(f)
  local t = table.pack(coroutine.resume(co, o, p, chain, "k", 7, "s", note, rawequal, select))
  while coroutine.status(co) == "suspended" do t = table.pack(coroutine.resume(co, "back")) end
  if not t[1] then return "error: " .. tostring(t[2]) end
  return text(table.unpack(t, 2, t.n))
end
local disturbances = {
  { "moves", function() deep(60) end },
  { "moves far and comes back", function() deep(400) collectgarbage("step") end, 7 },
  { "collects", function() collectgarbage() end, 5 },
  { "spreads", function() select("#", table.unpack({}, 1, 300)) end },
  { "yields", function() coroutine.yield(1, 2, 3) end },
  { "yields, moves and yields", function() coroutine.yield() deep(60) coroutine.yield(1) end, 2 },
  { "catches", function() pcall(error, "e") pcall(function() local x = nil + 1 end) end },
  { "compiles", function() load("local a = 1 return a + 1")() end, 3 },
  { "resumes", function() coroutine.wrap(function() deep(30) end)() end, 3 },
}
local runs, wrong = 0, 0
for number, expression in ipairs(expressions) do
  local compares = expression:find("[<>=~]=?") and not expression:find("<<") and not expression:find(">>")
  for place, body in ipairs(places) do
    local variable = (number + place) % 3 + 1
    local source = variables[variable] .. body:gsub("EXPR", function() return expression end) .. (variable == 2 and " end)()" or "")
    if variable == 3 then source = source:gsub("^(.-_ENV = )", "local %1") end
    local f = assert(load(source, "=f"))
    for _, answer in ipairs(compares and { true, false } or { "yes" }) do
      truth = answer
      local plain = run(f, function() end)
      if place == 1 or place == 3 and compares then print(expression, plain) end
      for i, how in ipairs(disturbances) do
        -- The string library's metamethods are C functions, and a yield cannot cross those.
        local cannot = how[1]:find("yield") and plain:find("@-1", 1, true)
        if (number + place) % (how[3] or 1) == 0 and not cannot then
          runs = runs + 1
          local found = run(f, how[2])
          if found ~= plain and wrong < 20 then
            wrong = wrong + 1
            print("WRONG when it " .. how[1], expression, place, found, "not", plain)
          end
        end
      end
    end
  end
end
print(#expressions, runs, wrong)
--- statements whose slow path moves the stack, collects, yields
local disturb, truth, log
local function deep(n) if n > 0 then return 1 + deep(n - 1) end return 0 end
local names = {}
local function show(v)
  if names[v] then return names[v] end
  if math.type(v) == "float" then return ("%.17g"):format(v) .. "f" end
  return type(v) == "string" and "'" .. v .. "'" or type(v) == "function" and "function" or tostring(v)
end
local function note(event, ...)
  local t = table.pack(...)
  for i = 1, t.n do t[i] = show(t[i]) end
  local caller, self = debug.getinfo(3, "l"), debug.getinfo(2, "n")
  log[#log + 1] = ("%s(%s)@%d%s"):format(event, table.concat(t, ","), caller and caller.currentline or -1, self.name and " " .. self.name or "")
end
local mt = {}
local numbers = { one = 1, three = 3, half = 0.5 }
function mt.__index(t, k)
  note("index", t, k)
  disturb()
  if k == "m" then return function(...) note("method", ...) disturb() return ... end end
  return numbers[k] or "<index>"
end
function mt.__newindex(...) note("newindex", ...) disturb() return "dropped" end
function mt.__call(t, ...) note("call", t, ...) disturb() return "<call>", ... end
function mt.__close(...) note("close", ...) disturb() return "dropped" end
function mt.__eq(...) note("eq", ...) disturb() return truth end
function mt.__lt(...) note("lt", ...) disturb() return truth end
function mt.__le(...) note("le", ...) disturb() return truth end
function mt.__add(...) note("add", ...) disturb() return 3 end
function mt.__pairs(t) note("pairs", t) disturb() return it, t, nil, nil end
local o, p = setmetatable({}, mt), setmetatable({}, mt)
local itmt = { __call = function(_, state, control)
  note("iterator", state, control)
  disturb()
  control = (control or 0) + 1
  if control <= 3 then return control, "v" .. control end
end }
it = setmetatable({}, itmt)
local chain = setmetatable({}, { __newindex = setmetatable({}, { __newindex = o }), __index = o })
names[o], names[p], names[chain], names[it] = "o", "p", "chain", "it"
local statements = {
  "o.f = n", "o.f = 'c'", "o.f = nil", "o[k] = n", "o[k] = false", "o[n] = s", "o[n] = 1.5", "o[1] = p", "o[1] = 2.5", "o[255] = n", "o[256] = n",
  "o[2.5] = n", "o[p] = o", "o[true] = k", "o.f, o.g = n, s", "o.f, n, o[1] = p.f, o.one, p.g", "o.f = p.f", "o[p.f] = p.g", "chain.f = n", "chain[1] = 'c'",
  "chain[k] = chain.x", "o['a key that is longer than forty characters, so no field'] = n", "o.f = o + p", "a = o + p", "a = o + 1", "c = 2 + o", "o()", "o(a, b)",
  "it()", "o:m()", "o:m(o.f, p.f)", "a, b = o:m(1, 2)", "a, b, c = o(n)", "a, b, c = o(), o(n)", "c = { o(1) } c = #c .. c[1] .. c[3 - 1]",
  "do local x <close> = o end", "do local x <close>, y = o, p.f b = y end", "do local x <close> = o local y <close> = p a = 'A' end",
  "for i = 1, 2 do local x <close> = o a = a .. i end", "for i = 1, 2 do local x <close> = o if i == 1 then goto next end a = a .. i ::next:: end",
  "while true do local x <close> = o a = 'A' break end", "repeat local x <close> = o local done = p.f until done",
  "for v in it do a = a .. v end", "for v, w in it, s do a, b = a .. v, b .. w end", "for v, w, x in it, s, 1 do b = b .. v .. tostring(x) end",
  "for v in it, nil, nil, o do a = a .. v end", "for v in it, nil, nil, o do if v == 2 then break end a = a .. v end", "for v in it, nil, nil, o do return v, a, b end",
  "for i, v in pairs(o) do b = b .. v end", "for v in it do for w in it, v, 2 do a = a .. v .. w end end", "for v in it do c = function() return v end end c = c()",
  "for i = o.one, o.three do a = a .. i end", "for i = o.one, o.three, o.half do a = a .. i end", "for i = o.three, p.one, -1 do local f = o.f a = a .. i .. f end",
  "while o < p do a = 'A' if o == p then break end end", "repeat a = 'A' until o == p or o.f", "if o == p then a = 'A' else b = 'B' end", "if not (o <= p) then a = 'A' end",
  "if o < 5 and p.f then a = 'A' elseif 5 <= o then b = 'B' else c = 'C' end", "if o == p then goto done end c = 'x' ::done::", "a = o > 1 and b or c", "a = o == p",
  "local x <close> = o return o.f, p.g, n", "local x <close> = o return n", "local x <close> = o return", "local x <close> = o return o(n)", "local x <close> = o return o:m(a, b)",
  "local x <close> = o do local y <close> = p return n, a end", "local function f() local x <close> = o return 1, 2, 3 end a, b, c = f()", "local function f() local x <close> = o return b end a, b, c = f(), f()",
  "c = select('#', (function(...) local x <close> = o return ... end)(1, nil, n, nil))", "a, b = (function(...) local x <close> = o return select(2, ...) end)(1, 2, n)",
  "a, b = pcall(function() local x <close> = o error('e', 0) end)", "a, b, c = pcall(function() local x <close> = o return p.f, n end)", "a, b = pcall(function() for v in it, nil, nil, o do error(v) end end)",
  "local function f() return o(n) end return f()", "return o:m()", "return o:m(a, b)", "return o(p())", "return (o(n))", "local function f(...) return o(...) end a, b, c = f(1, 2, 3)",
  "local u = n local function g() return u end o.f = g u = o.h a = g()", "local u local function g(v) u = v end g(o.f) b = u", "do local u = o.f c = function() u = u .. p.g return u end end a, b, c = c(), c(), 'c'",
  "k, n = o.f, o.one", "a, b = b, o.f", "local x, y, z = o.f a, b, c = x, y, z", "local t = { o.f, x = o.g, p.h, o() } a, b, c = t.x, t[3], #t",
}
local variables = {
  "local o, p, chain, k, n, s, it, select, pairs, pcall, error, tostring = ... ",
  "local o, p, chain, k, n, s, it, select, pairs, pcall, error, tostring = ... return (function(...) ",
  "local _ENV = { select = select, pairs = pairs, pcall = pcall, error = error, tostring = tostring } o, p, chain, k, n, s, it = ... ",
}
local function run(f, how)
  disturb, log = how, {}
  local co = coroutine.create(f)
  local t = table.pack(coroutine.resume(co, o, p, chain, "k", 7, "s", it, select, pairs, pcall, error, tostring))
  while coroutine.status(co) == "suspended" do t = table.pack(coroutine.resume(co, "back")) end
  for i = 1, t.n do t[i] = show(t[i]) end
  return table.concat(t, " ") .. (#log > 0 and " " .. table.concat(log, " ") or "")
end
local disturbances = {
  { "moves", function() deep(60) end },
  { "moves far and comes back", function() deep(400) collectgarbage("step") end },
  { "collects", function() collectgarbage() end },
  { "spreads", function() select("#", table.unpack({}, 1, 300)) end },
  { "yields", function() coroutine.yield(1, 2, 3) end },
  { "yields, moves and yields", function() coroutine.yield() deep(60) coroutine.yield(1) end },
  { "catches", function() pcall(error, "e") pcall(function() local x = nil + 1 end) end },
  { "resumes", function() coroutine.wrap(function() deep(30) end)() end },
}
local runs, wrong = 0, 0
for _, statement in ipairs(statements) do
  for variable, before in ipairs(variables) do
    local source = before .. "local a, b, c = 'a', 'b', 'c'\n\n\n" .. statement
    local after = variable == 2 and " end)(...)" or ""
    local f = load(source .. "\nreturn a, b, c, k, n" .. after, "=f") or assert(load(source .. after, "=f"))
    for _, answer in ipairs(statement:find("[=<>]=? ?p") and { true, false } or { true }) do
      truth = answer
      local plain = run(f, function() end)
      if variable == 1 then print(statement, plain) elseif run(f, function() end) ~= plain then print("twice", statement) end
      for i, how in ipairs(disturbances) do
        runs = runs + 1
        local found = run(f, how[2])
        if found ~= plain and wrong < 20 then
          wrong = wrong + 1
          print("WRONG when it " .. how[1], statement, variable, found, "not", plain)
        end
      end
    end
  end
end
print(#statements, runs, wrong)
--- errors raised inside slow paths: places and tracebacks
local function show(v) return math.type(v) == "float" and ("%.17g"):format(v) or tostring(v) end
local level, value
local function raise() error(value, level) end
local mt = {}
for event in ("add sub mul div mod pow unm idiv band bor bxor shl shr bnot concat len eq lt le index newindex call close"):gmatch("%a+") do
  mt["__" .. event] = function() local a, b = 1, 2 raise() return a, b end
end
local o, p = setmetatable({}, mt), setmetatable({}, mt)
local operations = {
  "a = o + p", "a = o + 1", "a = 1 - o", "a = o * 2.5", "a = 1000 // o", "a = o % p", "a = o ^ 2", "a = o / 3", "a = o & 1", "a = 1 | o", "a = o ~ p",
  "a = o << 1", "a = 1 << o", "a = o >> 70", "a = -o", "a = ~o", "a = #o", "a = o .. p", "a = 's' .. o .. 's'", "a = o .. 's' .. 't'", "a = o.f", "a = o[k]",
  "a = o[1]", "a = o[n]", "a = o[2.5]", "a = o:m()", "o.f = 1", "o[k] = a", "o[1] = a", "o[n] = nil", "o[2.5] = o", "o()", "a = o(1, 2)", "a = o == p",
  "a = o < p", "a = o <= p", "a = o > 1", "a = 2 >= o", "if o ~= p then a = 1 end", "while o < 1 do a = 2 end", "for v in o do a = v end",
  "for i = o.f, 2 do a = i end", "do local x <close> = o end", "do local x <close>, y = o, 1 a = y end", "return o(n)", "return o.f", "return o, o.f",
  "local x <close> = o return a", "local x <close> = o return a, n", "local x <close> = o error('first', 0)", "local t = { 1, o.f, 3 }",
}
-- The operation is on line 5. The statement around it begins on an earlier line and ends on a later one.
for _, operation in ipairs(operations) do
  local source = "local o, p, k, n = ...\nlocal a, b = 'a', 'b'\nlocal function inner(...)\n  b = b .. a\n  " .. operation
  local tail = "\nend\nlocal function outer(...)\n  local c = inner(...)\n  return c\nend\nouter()\nreturn a"
  local f = load(source .. "\n  b = b .. 'B'" .. tail, "=f") or assert(load(source .. tail, "=f"))
  local line = operation
  for i = 1, 4 do
    level, value = i, "at " .. i
    local ok, message = pcall(f, o, p, "k", 7)
    line = line .. (i == 1 and "\t" or "; ") .. tostring(message)
  end
  print(line)
  level, value = 1, { code = 42 }
  local co = coroutine.create(f)
  local ok, thrown = coroutine.resume(co, o, p, "k", 7)
  print(ok, thrown == value and "the same" or thrown, (debug.traceback(co):gsub("\n%s*", " | ")))
  value = "handled"
  print(select(2, coroutine.wrap(xpcall)(f, function(m) return (debug.traceback(m, 3):gsub("\n%s*", " | "):gsub("%[C%].*", "")) end, o, p, "k", 7)))
end
--- errors of the operations themselves: places and tracebacks
local operations = {
  "a = z + p", "a = p + 1", "a = 1 - p", "a = p * 2.5", "a = n // 0", "a = n % 0", "a = 5 // zero", "a = 5 % zero", "a = n // zero", "a = n % zero", "a = p & 1", "a = 1.5 | n",
  "a = n << 1.5", "a = n >> p", "a = -p", "a = ~p", "a = ~1.5", "a = #n", "a = p .. n", "a = n .. p", "a = n .. k .. p .. k", "a = z.f", "a = z[k]", "a = n[1]",
  "a = n[n]", "a = z:m()", "a = p:m()", "z.f = 1", "z[k] = a", "z[1] = a", "p[z] = 1", "p[0 / zero] = 1", "p[nan] = a", "n()", "a = z(1, 2)", "p.f()", "p[1](2)",
  "a = p < p", "a = p <= n", "a = n > p", "a = p > 1", "a = 2 >= p", "a = k < n", "for v in n do a = v end", "for v in p, 1 do a = v end", "for i = p, 2 do a = i end",
  "for i = 1, k do a = i end", "for i = 1, 2, p do a = i end", "for i = 1, 2, 0 do a = i end", "for i = 1.0, 2, 0 do a = i end", "for i = 1, 2, zero do a = i end",
  "do local x <close> = n end", "local x <close> = p", "for v in next, p, nil, n do a = v end", "return z(n)", "return z.f", "return n:m()", "local t = { 1, z.f, 3 }",
  "local t = { [z] = 1 }", "return -p, a", "error('own')", "error('own', 2)", "assert(false, 'asserted')", "assert(z)", ";(nil)()", ";('s')()", "a = (nil).x", "a = ('s').x.y",
  "string.rep()", ";('x'):rep({})", ";('x'):bad()", "a = 1 < 'x'", "a = {} .. 'x'", "a = 2^53 | 1e100", "setmetatable(1, 2)", "a = math.mininteger // -1 + p",
}
for _, operation in ipairs(operations) do
  local source = "local p, k, n, zero, nan, z = ...\nlocal a, b = 'a', 'b'\nlocal function inner(...)\n  b = b .. a\n  " .. operation
  local tail = "\nend\nlocal function outer(...)\n  local c = inner(...)\n  return c\nend\nouter()\nreturn a"
  local f = load(source .. "\n  b = b .. 'B'" .. tail, "=f") or assert(load(source .. tail, "=f"))
  local co = coroutine.create(f)
  print(operation, select(2, coroutine.resume(co, {}, "k", 7, 0, 0 / 0)))
  print((debug.traceback(co):gsub("\n%s*", " | ")))
end
