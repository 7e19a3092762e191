--- arithmetic metamethods get both operands
local mt = {}
for _, n in ipairs { "add", "sub", "mul", "div", "mod", "pow", "idiv" } do mt["__" .. n] = function(a, b) return n .. "(" .. (type(a) == "table" and "o" or tostring(a)) .. "," .. (type(b) == "table" and "o" or tostring(b)) .. ")" end end
mt.__unm = function(a, b) return "unm " .. tostring(rawequal(a, b)) end
local o = setmetatable({}, mt)
print(o + 1, 1 + o, o - 2, 2 - o, o * 3.5, "x" * o, o / o, o % 2, 2 % o, o ^ 2, 2 ^ o, o // 1, 1 // o, -o, o + nil, nil + o, o + "s", {} + o)
--- the left operand's metamethod wins
local a = setmetatable({}, { __add = function() return "left" end }) local b = setmetatable({}, { __add = function() return "right" end }) print(a + b, b + a, a + 1, 1 + b, {} + b)
--- vectors
local V = {} V.__index = V
local function vec(x, y) return setmetatable({ x = x, y = y }, V) end
V.__add = function(a, b) return vec(a.x + b.x, a.y + b.y) end V.__mul = function(a, b) if type(a) == "number" then a, b = b, a end if type(b) == "number" then return vec(a.x * b, a.y * b) end return a.x * b.x + a.y * b.y end
V.__eq = function(a, b) return a.x == b.x and a.y == b.y end V.__tostring = function(a) return "(" .. a.x .. ", " .. a.y .. ")" end V.__len = function(a) return 2 end V.__unm = function(a) return vec(-a.x, -a.y) end
print(tostring(vec(1, 2) + vec(3, 4)), tostring(vec(1, 2) * 3), tostring(2 * vec(1, 2)), vec(1, 2) * vec(3, 4), vec(1, 2) == vec(1, 2), vec(1, 2) ~= vec(1, 3), #vec(0, 0), tostring(-vec(1, -1)))
--- __index chains
local A = { a = 1 } local B = setmetatable({ b = 2 }, { __index = A }) local C = setmetatable({ c = 3 }, { __index = B }) local D = setmetatable({}, { __index = C }) print(D.a, D.b, D.c, D.d, rawget(D, "a"))
--- __index functions
local t = setmetatable({ x = 1 }, { __index = function(t, k) return type(k) .. ":" .. tostring(k) end }) print(t.x, t.y, t[1], t[true], t[2.5], t[""])
--- __newindex functions and tables
local log, store = {}, {} local t = setmetatable({ old = 1 }, { __newindex = function(t, k, v) log[#log + 1] = k .. "=" .. tostring(v) rawset(t, k, v) end }) t.a = 1 t.a = 2 t.old = 3 t.b = nil t.b = 4 print(table.concat(log, " "), t.a, t.old)
local u = setmetatable({}, { __newindex = store }) u.x = 5 u[1] = 6 print(rawget(u, "x"), store.x, store[1])
--- __newindex on absent fields only
local n = 0 local t = setmetatable({ 1, 2, nil, 4 }, { __newindex = function(t, k, v) n = n + 1 rawset(t, k, v) end }) t[1] = 10 t[3] = 30 t[5] = 50 t[5] = 51 print(n, t[1], t[3], t[5])
--- __call
local f = setmetatable({}, { __call = function(self, ...) return select("#", ...), ... end }) print(f(), f(1), f(1, nil, 3), f { 1 } == 1, f "x") print(pcall(f, 1, 2))
--- __call chains
local inner = setmetatable({}, { __call = function(self, ...) return "inner", select("#", ...), select(2, ...) end }) local outer = setmetatable({}, { __call = inner }) print((outer(1) == "inner"), select(2, outer(1, 2)))
--- __concat
local o = setmetatable({}, { __concat = function(a, b) return (type(a) == "table" and "o" or a) .. "~" .. (type(b) == "table" and "o" or b) end, __name = "O" }) print(o .. "x", "x" .. o, 1 .. o, o .. o, "a" .. "b" .. o .. "c" .. "d", o .. 1.5)
--- __len
local o = setmetatable({ 1, 2, 3 }, { __len = function(x, y) return "len", rawlen(x) end }) print(#o, rawlen(o), (#o))
--- __eq is only asked for two tables
local n = 0 local mt = { __eq = function(a, b) n = n + 1 return true end } local a, b = setmetatable({}, mt), setmetatable({}, mt) print(a == b, a ~= b, a == a, a == 1, 1 == a, a == {}, {} == a, n, rawequal(a, b))
--- the result of __eq becomes a boolean
local a, b = setmetatable({}, { __eq = function() return 5 end }), setmetatable({}, { __eq = function() return nil end }) print(a == b, b == a, a ~= b)
--- __lt and __le
local mt = {} mt.__lt = function(a, b) return (type(a) == "table" and a.v or a) < (type(b) == "table" and b.v or b) end mt.__le = function(a, b) return not mt.__lt(b, a) end local function o(v) return setmetatable({ v = v }, mt) end
print(o(1) < o(2), o(1) <= o(1), o(2) > o(1), o(1) >= o(2), o(1) < 5, 5 < o(1), o(5) >= 5, 2.5 <= o(2), 0 < o(1), o(1) > -1)
--- comparison results become booleans
local o = setmetatable({}, { __lt = function() return 1 end, __le = function() return nil end }) print(o < o, o <= o, o > 1, 1 >= o, not (o < 1))
--- __tostring and __name
print(tostring(setmetatable({}, { __tostring = function() return "text" end })), pcall(tostring, setmetatable({}, { __tostring = function() return 1 end })), pcall(tostring, setmetatable({}, { __tostring = true }))) print((tostring(setmetatable({}, { __name = "Kind" })):gsub("0x%x+", "P")), (tostring(setmetatable({}, { __name = 5 })):gsub("0x%x+", "P")))
--- __metatable
local t = setmetatable({}, { __metatable = "locked" }) print(getmetatable(t), pcall(setmetatable, t, {})) print(getmetatable(setmetatable({}, { __metatable = false })), getmetatable("x").__index == string, getmetatable(1), getmetatable(nil), getmetatable({}))
--- setmetatable
local t = {} print(setmetatable(t, nil) == t, getmetatable(setmetatable(t, {})) ~= nil, getmetatable(setmetatable(t, nil))) print(pcall(setmetatable, 1, {})) print(pcall(setmetatable, {})) print(pcall(setmetatable, {}, 1)) print(pcall(getmetatable))
--- __pairs
local t = setmetatable({}, { __pairs = function(t) return function(_, k) k = (k or 0) + 1 if k <= 3 then return k, k * k end end, t, nil end }) for k, v in pairs(t) do io.write(k, "=", v, " ") end print() print(pcall(pairs, setmetatable({}, { __pairs = 5 })))
local n = select("#", pairs(setmetatable({}, { __pairs = function() return 1, 2, 3, 4, 5 end }))) print(n)
--- ipairs respects __index
local t = setmetatable({ 1, 2 }, { __index = function(_, i) if i <= 5 then return i * 100 end end }) for i, v in ipairs(t) do io.write(i, "=", v, " ") end print() for i, v in ipairs("abc") do print("never") end
--- classes and inheritance
local Animal = {} Animal.__index = Animal function Animal.new(name) return setmetatable({ name = name }, Animal) end function Animal:speak() return self.name .. " makes " .. self:sound() end function Animal:sound() return "noise" end
local Dog = setmetatable({}, { __index = Animal }) Dog.__index = Dog function Dog.new(name) local d = Animal.new(name) return setmetatable(d, Dog) end function Dog:sound() return "woof" end
print(Animal.new("It"):speak(), Dog.new("Rex"):speak(), getmetatable(Dog.new("x")) == Dog, rawget(Dog, "speak"))
--- read-only tables
local function readonly(t) return setmetatable({}, { __index = t, __newindex = function(_, k) error("field " .. k .. " is read-only", 2) end, __len = function() return #t end }) end local r = readonly { 1, 2, x = 3 } print(r[1], r.x, #r) print(pcall(function() r.x = 4 end))
--- default values and counting reads
local reads = 0 local t = setmetatable({}, { __index = function() reads = reads + 1 return 0 end }) for w in ("a b a c a"):gmatch("%a") do t[w] = t[w] + 1 end print(t.a, t.b, t.c, reads)
--- a loop in __index is reported
local a, b = {}, {} setmetatable(a, { __index = b }) setmetatable(b, { __index = a }) print(pcall(function() return a.x end)) setmetatable(a, { __newindex = b }) setmetatable(b, { __newindex = a }) print(pcall(function() a.x = 1 end))
--- metamethods that return several values give one
local o = setmetatable({}, { __add = function() return 1, 2, 3 end, __index = function() return 4, 5 end, __call = function() return 6, 7 end }) print(o + o, (o.x), o()) local t = { o + o, o.x } print(#t)
--- metamethods as tables that can be called
local callable = setmetatable({}, { __call = function(_, a, b) return "called" end }) print(setmetatable({}, { __add = callable }) + 1, setmetatable({}, { __concat = callable }) .. "x", -setmetatable({}, { __unm = callable }), setmetatable({}, { __index = function(...) return select("#", ...) end }).x)
--- metatables with their own __index
local mt = setmetatable({}, { __index = function(_, k) return k == "__add" and function() return "inherited" end end }) print(pcall(function() return setmetatable({}, mt) + 1 end))
--- changing a metatable field takes effect
local mt = {} local o = setmetatable({}, mt) print(pcall(function() return o + 1 end)) mt.__add = function() return "now" end print(o + 1) mt.__add = nil print((pcall(function() return o + 1 end)))
mt.__eq = function() return true end print(o == setmetatable({}, mt)) mt.__eq = nil print(o == setmetatable({}, mt))
--- a metatable for strings
local mt = getmetatable("") local old = mt.__index mt.__index = function(s, k) if type(k) == "number" then return string.sub(s, k, k) end return old[k] end print(("hello")[1], ("hello"):upper(), ("hello")[-1]) mt.__index = old mt.__unm = mt.__unm print(("x").foo)
--- the string metamethods for arithmetic
print(pcall(function() return "a" + 1 end)) print(pcall(function() return "10" + {} end)) print(pcall(function() return {} + "10" end)) print("10" + 1, "3" * "4", -"2", "7" // 2) print(pcall(function() return -"x" end)) print(pcall(function() return "abc" % 2 end))
--- proxies that count accesses
local function proxy(t) local n = { get = 0, set = 0 } return setmetatable({}, { __index = function(_, k) n.get = n.get + 1 return t[k] end, __newindex = function(_, k, v) n.set = n.set + 1 t[k] = v end }), n end local p, n = proxy { 1, 2, 3 } p[1] = p[2] + p[3] p.x = p.x or 5 print(p[1], n.get, n.set)
--- multiple inheritance by search
local function search(k, list) for _, c in ipairs(list) do local v = c[k] if v ~= nil then return v end end end local function class(...) local parents = { ... } local c = {} setmetatable(c, { __index = function(t, k) return search(k, parents) end }) c.__index = c return c end
local A, B = { a = function() return "A.a" end, both = function() return "A" end }, { b = function() return "B.b" end, both = function() return "B" end } local C = class(A, B) local o = setmetatable({}, C) print(o.a(), o.b(), o.both(), o.none)
--- __idiv, __mod and __pow on numbers as operands
local R = {} R.__index = R local function rat(n, d) d = d or 1 local function g(a, b) return b == 0 and a or g(b, a % b) end local k = g(n, d) return setmetatable({ n = n // k, d = d // k }, R) end local function lift(x) return type(x) == "number" and rat(x) or x end
R.__add = function(a, b) a, b = lift(a), lift(b) return rat(a.n * b.d + b.n * a.d, a.d * b.d) end R.__mul = function(a, b) a, b = lift(a), lift(b) return rat(a.n * b.n, a.d * b.d) end R.__div = function(a, b) a, b = lift(a), lift(b) return rat(a.n * b.d, a.d * b.n) end R.__tostring = function(a) return a.n .. "/" .. a.d end R.__pow = function(a, k) local r = rat(1) for _ = 1, k do r = r * a end return r end
print(tostring(rat(1, 2) + rat(1, 3)), tostring(2 * rat(3, 4)), tostring(rat(1, 2) / 3), tostring(rat(2, 3) ^ 5), tostring(1 + rat(1, 7)))
