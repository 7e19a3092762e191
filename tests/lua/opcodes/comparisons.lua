--- order and equality: every pair of values in registers, as a condition and as a value
local max, min = math.maxinteger, math.mininteger
local mt = { __eq = function() return 1 end, __lt = function() return nil end, __le = function() return "yes" end }
local o, p, q = setmetatable({}, mt), setmetatable({}, mt), setmetatable({}, { __eq = function() return false end })
local long = ("x"):rep(50)
local values = {
  0, 1, -1, 2, max, min, max - 1, 1 << 53, (1 << 53) + 1, 0.0, -0.0, 0.5, 1.0, 2.0^53, 2.0^63, -2.0^63, 1e308, 1 / 0, -1 / 0, 0 / 0, "", "a", "b", "aa", "a\0b", "10", long, long .. "y",
  true, false, {}, o, p, q, print, n = 36,
}
local f = load([[
  local a, b = ...
  local x, y, z = 1, a == b, 3
  if (a == b) ~= y then return "IF" end
  if a == b then if not y then return "THEN" end else if y then return "ELSE" end end
  if not (a == b) then if y then return "NOT" end else if not y then return "NOT NOT" end end
  local n = 0 while a == b do n = n + 1 if n == 2 then break end end
  if n ~= (y and 2 or 0) then return "WHILE" end
  repeat n = n + 1 until a == b or n > 5
  if (a == b and "t" or "f") ~= (y and "t" or "f") or (a ~= b) == y or (x ~= 1) or (z ~= 3) then return "VALUE" end
  return y]], "=f")
local order = [[
  local a, b = ...
  local x, y, z = 1, a OP b, 3
  if a OP b then if not y then return "THEN" end else if y then return "ELSE" end end
  if not (a OP b) then if y then return "NOT" end else if not y then return "NOT NOT" end end
  local n = 0 while a OP b do n = n + 1 if n == 2 then break end end
  if n ~= (y and 2 or 0) then return "WHILE" end
  repeat n = n + 1 until a OP b or n > 5
  if n ~= (y and 3 or 6) then return "UNTIL" end
  if (a OP b and "t" or "f") ~= (y and "t" or "f") or (x ~= 1) or (z ~= 3) then return "VALUE" end
  return y]]
local messages = {}
local function failed(message)
  if not messages[message] then
    messages[#messages + 1] = message
    messages[message] = "!" .. #messages
  end
  return messages[message]
end
local functions = { f }
for _, op in ipairs { "<", "<=", ">", ">=" } do functions[#functions + 1] = load(order:gsub("OP", op), "=f") end
for number, f in ipairs(functions) do
  for i = 1, values.n do
    local line = {}
    for j = 1, values.n do
      local ok, r = pcall(f, values[i], values[j])
      line[j] = not ok and failed((r:gsub(":%d+:", ":"))) or r == true and "t" or r == false and "f" or tostring(r)
    end
    print(number, i, table.concat(line, " "))
  end
end
print(table.concat(messages, "\n"))
--- order and equality with constants and immediates
local log
local mt = {
  __eq = function() log[#log + 1] = "eq" return true end,
  __lt = function(a, b) log[#log + 1] = "lt:" .. (math.type(a) or type(a)) .. ":" .. (math.type(b) or type(b)) return true end,
  __le = function(a, b) log[#log + 1] = "le:" .. (math.type(a) or type(a)) .. ":" .. (math.type(b) or type(b)) return false end,
}
local object = setmetatable({}, mt)
local values = {
  0, 1, -1, 127, 128, 129, -127, -128, 1000, math.maxinteger, math.mininteger, 0.0, -0.0, 0.5, 1.0, 127.0, 127.5, 1e308, 1 / 0, -1 / 0, 0 / 0, "", "k", "a longer string of more than forty characters.", "1",
  true, false, {}, object, nil, n = 30,
}
local constants = {
  "0", "1", "-1", "126", "127", "128", "129", "-126", "-127", "-128", "-129", "1000", "0x7fffffffffffffff", "-0x7fffffffffffffff", "0.0", "1.0", "127.0", "128.0", "129.0", "-128.0", "0.5", "1e308",
  "'k'", "''", "'1'", "'a longer string of more than forty characters.'", "nil", "true", "false",
}
local messages = {}
local function failed(message)
  if not messages[message] then
    messages[#messages + 1] = message
    messages[message] = "!" .. #messages
  end
  return messages[message]
end
for _, constant in ipairs(constants) do
  for _, op in ipairs(constant:find("[ntf']") and { "==", "~=" } or { "==", "~=", "<", "<=", ">", ">=" }) do
    for _, form in ipairs { "v OP C", "C OP v" } do
      local source = form:gsub("OP", op):gsub("C", function() return constant end)
      local f = load(([[
        local v = ...
        local x, y, z = 1, EXPR, 3
        if EXPR then if not y then return "THEN" end else if y then return "ELSE" end end
        if not (EXPR) then if y then return "NOT" end else if not y then return "NOT NOT" end end
        local n = 0 while EXPR do n = n + 1 if n == 2 then break end end
        if n ~= (y and 2 or 0) then return "WHILE" end
        repeat n = n + 1 until EXPR or n > 5
        if n ~= (y and 3 or 6) then return "UNTIL" end
        if (EXPR and "t" or "f") ~= (y and "t" or "f") or (x ~= 1) or (z ~= 3) then return "VALUE" end
        return y]]):gsub("EXPR", function() return source end), "=f")
      local line = {}
      for i = 1, values.n do
        log = {}
        local ok, r = pcall(f, values[i])
        line[i] = not ok and failed((r:gsub(":%d+:", ":"))) or (r == true and "t" or r == false and "f" or tostring(r)) .. (log[1] or "")
        if #log ~= 0 and #log ~= 8 and #log ~= 7 and #log ~= 10 and #log ~= 11 then line[i] = line[i] .. #log end
      end
      print(source, table.concat(line, " "))
    end
  end
end
print(table.concat(messages, "\n"))
--- equality and its metamethod: which one is asked, and when
local log = {}
local function maker(name, answer) return { __eq = function(a, b) log[#log + 1] = name .. a.n .. b.n return answer end } end
local first, second, none = maker("first", true), maker("second", false), {}
local a, b = setmetatable({ n = "a" }, first), setmetatable({ n = "b" }, second)
local c, d, e = setmetatable({ n = "c" }, none), { n = "d" }, setmetatable({ n = "e" }, none)
for _, x in ipairs { a, b, c, d, e } do
  for _, y in ipairs { a, b, c, d, e } do print(x.n, y.n, x == y, x ~= y, rawequal(x, y), table.concat(log, " ")) log = {} end
end
print(a == 1, 1 == a, a == "a", a == nil, nil == a, a == print, a ~= 1, #log)
none.__eq = function() return "late" end
print(c == d, d == c, c == e, c ~= e, c == c)
none.__eq = nil
print(c == e)
rawset(none, "__eq", function() return 1 end)
print(c == e)
none.__eq = false
print(pcall(function() return c == e end))
none.__eq = setmetatable({}, { __call = function(self, x, y) return x.n < y.n end })
print(c == e, e == c)
local t = setmetatable({}, { __eq = function() error("in eq") end })
print(pcall(function() return t == {} end), t == t, pcall(function() if t ~= d then return 1 end return 2 end))
local co = coroutine.wrap(function() local u = setmetatable({}, { __eq = function() return coroutine.yield("asked") end }) local r = {} for i = 1, 3 do r[i] = u == d end return table.unpack(r) end)
print(co(), co(true), co(false), co(nil))
--- order and its metamethods: which one is asked
local log = {}
local function maker(name)
  return {
    __lt = function(x, y) log[#log + 1] = name .. " lt " .. tostring(type(x) == "table" and x.n or x) .. " " .. tostring(type(y) == "table" and y.n or y) return name == "first" end,
    __le = name ~= "second" and function(x, y) log[#log + 1] = name .. " le " .. tostring(type(x) == "table" and x.n or x) .. " " .. tostring(type(y) == "table" and y.n or y) return name ~= "first" end or nil,
  }
end
local a, b, c = setmetatable({ n = "a" }, maker("first")), setmetatable({ n = "b" }, maker("second")), { n = "c" }
local function try(source)
  log = {}
  local ok, r = pcall(load("local a, b, c, n, s = ... return " .. source, "=f"), a, b, c, 5, "s")
  print(source, ok, r, table.concat(log, "; "))
end
for _, op in ipairs { "<", "<=", ">", ">=" } do
  for _, pair in ipairs { "a OP a", "a OP b", "b OP a", "a OP c", "c OP a", "b OP c", "c OP b", "c OP c", "a OP n", "n OP a", "b OP n", "n OP b", "c OP n", "a OP 5", "5 OP a", "b OP 5", "5 OP b", "c OP 5", "5 OP c", "a OP 5.0",
    "5.5 OP a", "a OP s", "s OP a", "n OP s", "s OP n", "s OP s", "a OP nil", "nil OP nil", "n OP nil", "true OP false", "a OP 1000", "1000 OP a", "s OP 5", "5 OP s", "5 OP '5'", "print OP print" } do
    try((pair:gsub("OP", op)))
  end
end
--- "less or equal" where there is only "less than": the operands turned round and the answer, also across yields
local log = {}
local function show(v) return type(v) == "table" and v.n or tostring(v) end
local mt = { __lt = function(x, y) log[#log + 1] = show(x) .. "<" .. show(y) local r = coroutine.yield(show(x) .. show(y)) log[#log + 1] = tostring(r) return r, "dropped" end }
local a, b = setmetatable({ n = "a" }, mt), setmetatable({ n = "b" }, mt)
for _, source in ipairs {
  "return a <= b", "return a >= b", "return not (a <= b)", "if a <= b then return 'yes' end return 'no'", "if a > b then return 'yes' end return 'no'", "if not (a >= b) then return 'yes' else return 'no' end", "local n = 0 while a <= b do n = n + 1 if n == 2 then break end end return n",
  "return a <= b and a < b", "return a <= 1", "return 1 <= a", "return a >= 1", "return 1 >= a", "return a <= 1000", "return a <= 's'", "local x, y, z = 1, a <= b, 3 return x, y, z", "return a <= b, b <= a", "return a < b, a <= b", "return (a <= b) == (b >= a)",
} do
  local f = load("local a, b = ... " .. source, "=f")
  for _, answer in ipairs { true, false } do
    log = {}
    local co, out = coroutine.create(f), {}
    local t = table.pack(coroutine.resume(co, a, b))
    while coroutine.status(co) == "suspended" do out[#out + 1] = tostring(t[2]) t = table.pack(coroutine.resume(co, answer)) end
    for i = 1, t.n do t[i] = tostring(t[i]) end
    print(source, answer, table.concat(out, " "), "|", table.concat(t, " "), "|", table.concat(log, " "))
  end
end
--- tests: not, and, or, in every place
local values = { nil, false, true, 0, "", {}, n = 6 }
local function name(v) return type(v) == "table" and "{}" or v == "" and "''" or tostring(v) end
local sources = {
  "a and b", "a or b", "not a", "not not a", "a and b or c", "a or b and c", "(a or b) and c", "not (a and b)", "not (a or b)", "not a and b", "a and not b", "a and b and c", "a or b or c", "a and (b or c)",
  "not a == b", "(a and b) == c", "a == nil and b", "a ~= nil or b", "a and 1", "a or 'k'", "a and nil", "a or false", "nil or a", "false or a", "true and a", "1 and a", "nil and a", "'k' or a", "not nil", "not 1",
  "a and f(b)", "f(a) or f(b)", "f(a) and f(b) or f(c)", "a == b and c or a", "(a and b) or (not b and c)", "a and a and a or a", "(a)", "(f(a))",
}
local places = {
  "return EXPR", "local x = EXPR return x", "local x, y = 1, EXPR return y, x", "if EXPR then return 't' else return 'f' end", "local x = a x = EXPR return x", "a = EXPR return a", "b = EXPR return b",
  "local n = 0 while EXPR do n = n + 1 if n > 2 then break end end return n", "local n = 0 repeat n = n + 1 until EXPR or n > 2 return n", "return f(EXPR)", "local t = { EXPR, x = EXPR } return t[1] == t.x, t.x",
  "if not (EXPR) then return 'f' elseif EXPR then return 't' end", "local u local function g() u = EXPR end g() return u", "for _ = 1, 2 do if EXPR then goto next end do return 'first' end ::next:: end return 'end'",
}
local total = 0
for _, source in ipairs(sources) do
  local sums = {}
  for number, place in ipairs(places) do
    local f = load("local a, b, c, f = ... " .. place:gsub("EXPR", function() return source end), "=f")
    local line = {}
    for i = 1, values.n do for j = 1, values.n do for k = 1, values.n, 2 do
      local x, y = f(values[i], values[j], values[k], function(v) return v end)
      line[#line + 1] = name(x)
      total = total + 1
    end end end
    local text, sum = table.concat(line, " "), 0
    for n = 1, #text do sum = (sum * 31 + text:byte(n)) % 1000000007 end
    sums[number] = sum
  end
  print(source, table.concat(sums, " "))
end
print(total)
