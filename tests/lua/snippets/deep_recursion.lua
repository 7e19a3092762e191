--- a thousand nested calls
local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end print(depth(1000), depth(3000))
--- tail calls need no stack
local function loop(n, acc) if n == 0 then return acc end return loop(n - 1, acc + n) end print(loop(100000, 0)) local function even(n) if n == 0 then return true end return (function(m) if m == 0 then return false end return even(m - 1) end)(n - 1) end print(even(10001))
--- tail calls through methods and varargs
local o = {} function o:count(n, ...) if n == 0 then return select("#", ...), ... end return self:count(n - 1, ...) end print(o:count(20000, "a", nil, "c"))
--- unbounded: endless recursion is an error that can be caught
local function f(n)
  local v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26, v27, v28, v29, v30 = n
  return 1 + f(v1 + 1)
end
print((pcall(f, 1))) print((pcall(f, 1))) print("alive")
--- unbounded: endless mutual recursion
local g
local function f(n)
  local v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26, v27, v28, v29, v30 = n
  return (g(v1 + 1))
end
function g(n)
  local v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26, v27, v28, v29, v30 = n
  return (f(v1 + 1))
end
print((pcall(f, 1)))
--- unbounded: endless recursion inside a coroutine
local co = coroutine.create(function()
  local function f(n)
    local v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12, v13, v14, v15, v16, v17, v18, v19, v20, v21, v22, v23, v24, v25, v26, v27, v28, v29, v30 = n
    return 1 + f(v1 + 1)
  end
  return f(1)
end)
print((coroutine.resume(co))) print(coroutine.status(co))
--- unbounded: endless recursion with many arguments
local function f(...) return f(1, ...) + 1 end print((pcall(f)))
--- endless recursion through __index
local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k + 1] end local ok, e = pcall(function() return t[1] end) print(ok, (tostring(e):gsub("^[^:]*:%d*: ", ""):match("^C stack overflow")))
--- endless recursion through __tostring, __add and __concat
local function tail(e) return (tostring(e):match("C stack overflow")) end local o o = setmetatable({}, { __tostring = function(x) return tostring(x) end, __add = function(a, b) return a + b end, __concat = function(a, b) return a .. b end, __eq = function(a, b) return a == b end, __lt = function(a, b) return a < b end, __call = nil, __len = function(a) return #a end, __unm = function(a) return -a end }) local p = setmetatable({}, getmetatable(o)) for _, f in ipairs { function() return tostring(o) end, function() return o + 1 end, function() return o .. 1 end, function() return o == p end, function() return o < p end, function() return #o end, function() return -o end } do local ok, e = pcall(f) print(ok, tail(e)) end
--- endless recursion through library callbacks
local function tail(e) return (tostring(e):match("C stack overflow")) end local function a() return (("x"):gsub("x", a)) end local function b() table.sort({ 2, 1 }, b) end local function c() return load(function() c() end) end local function d() return select(2, pcall(d)) end for _, f in ipairs { a, b } do local ok, e = pcall(f) print(ok, tail(e)) end print(tail(d()))
--- nested coroutines are limited
local n = 0 local function nest() n = n + 1 local ok, e = coroutine.resume(coroutine.create(nest)) if not ok then error(e, 0) end end local ok, e = pcall(nest) print(ok, (tostring(e):match("C stack overflow")), n > 100, n < 250)
--- nesting of the parser is limited
for _, p in ipairs { { "(", "1", ")" }, { "{", "", "}" }, { "-", "1", "" }, { "not ", "1", "" }, { "function() return ", "1", " end" } } do local f, e = load("return " .. p[1]:rep(190) .. p[2] .. p[3]:rep(190)) io.write(tostring(f ~= nil), " ") f, e = load("return " .. p[1]:rep(250) .. p[2] .. p[3]:rep(250)) print(f ~= nil, (tostring(e):match("C stack overflow"))) end
--- nesting of blocks is limited
for _, p in ipairs { { "do ", " end" }, { "while x do ", " end" }, { "repeat ", " until x" }, { "if x then ", " end" }, { "for i = 1, 2 do ", " end" }, { "function f() ", " end" } } do print(load(p[1]:rep(150) .. p[2]:rep(150)) ~= nil, (tostring(select(2, load(p[1]:rep(250) .. p[2]:rep(250)))):match("C stack overflow"))) end
--- deep data is no problem without recursion
local t = {} local cur = t for i = 1, 3000 do cur.next = {} cur = cur.next end local n = 0 cur = t while cur.next do cur = cur.next n = n + 1 end print(n)
--- Ackermann
local function ack(m, n) if m == 0 then return n + 1 elseif n == 0 then return ack(m - 1, 1) end return ack(m - 1, ack(m, n - 1)) end print(ack(2, 9), ack(3, 4))
--- Hanoi and tak
local moves = 0 local function hanoi(n, a, b, c) if n > 0 then hanoi(n - 1, a, c, b) moves = moves + 1 hanoi(n - 1, c, b, a) end end hanoi(12, 1, 2, 3) print(moves) local function tak(x, y, z) if y >= x then return z end return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) end print(tak(10, 6, 3))
--- recursive descent
local function calc(s) local p = 1 local expr local function ws() p = s:find("%S", p) or #s + 1 end local function atom() ws() if s:sub(p, p) == "(" then p = p + 1 local v = expr() ws() p = p + 1 return v elseif s:sub(p, p) == "-" then p = p + 1 return -atom() end local n = s:match("^[%d.]+", p) p = p + #n return tonumber(n) end local function term() local v = atom() while true do ws() local o = s:sub(p, p) if o == "*" then p = p + 1 v = v * atom() elseif o == "/" then p = p + 1 v = v / atom() else return v end end end function expr() local v = term() while true do ws() local o = s:sub(p, p) if o == "+" then p = p + 1 v = v + term() elseif o == "-" then p = p + 1 v = v - term() else return v end end end return expr() end print(calc("1 + 2 * 3"), calc("(1 + 2) * -3"), calc("10 / 4 - 1"), calc(("("):rep(30) .. "7" .. (")"):rep(30)), calc("2*(3+(4-1)*5)/6"))
--- the C stack recovers after an overflow
local function a() return (("x"):gsub("x", a)) end for i = 1, 3 do print((pcall(a))) end print((("abc"):gsub("%w", function(c) return c:upper() end)))
--- pattern recursion is limited
print(pcall(string.find, ("a"):rep(500), ("(a"):rep(20) .. (")"):rep(20) .. ("a?"):rep(300)))
--- flattening nested lists
local t = {} for i = 1, 150 do t = { t, i } end local function flat(t, out) for i = 1, 2 do local v = t[i] if type(v) == "table" then flat(v, out) elseif v then out[#out + 1] = v end end return out end local r = flat(t, {}) print(#r, r[1], r[150])
