-- What the seeds of the fuzz targets `store` and `bytecode` are made of: each line is a script over an empty store.
_home.f = function() return 1 end
_home.f = { 1, 2, { a = { b = "c" } }, [2.5] = false, [true] = -0.5 }
_home.f, _home.g = ("text"):rep(400), string.format
_home.t = { 5, "text", x = { y = _home } } _home.f = _home.t
local t = ext.table() t[1] = t t.name = math _home.f, _home.t = t, t
local bigint = require("bigint") _home.f = bigint.new("123456789012345678901234567890")
local up = 1 _home.f = function(a, b, ...) local t = { a, b, x = up, ... } up = up + 1 return t, #t, t[1], t.x end
_home.f = function(n) local s = 0 for i = 1, n or 5 do s = s + i * 2 // 3 end for x = 1.5, 0, -0.5 do s = s - x end return s, -s, ~(s // 1), not s end
_home.f = function(...) local a, b = ... local function f(...) a = b return select("#", ...), ... end return f(a, b, ...) end
local list, name = { 1, 2, 3 }, "name" _home.f = function(t) local r = {} for k, v in pairs(t or list) do r[#r + 1] = name .. k .. tostring(v) end return table.concat(r, ",") end
local o = { value = 1, get = function(self, n) return self.value + (n or 0) end } _home.f = function(x) local y <close> = nil if x == 1 or x == "a" then goto done elseif x and x ~= 2.5 then return o:get(x) end ::done:: return x end
_home.f = function(a, b) a, b = a or 6, b or 3 return a + b, a - b, a * b, a / b, a % b, a // b, a ^ b, a & 7, b | 8, a ~ b, a << 2, a >> 1, a < b, a <= b, a > 3, a == 6, 2 < b end
_home.f = function(n) local co = coroutine.wrap(function(a) for i = 1, 3 do a = coroutine.yield(a, i) end return a end) return co(n), co(2), co(3), co(4) end
local up = 2 _home.f = function() return { 1, 2, 3, { 4, { x = 5, y = { up } } }, [10] = 1 }, (function() return up end)() end
_home.f = function(s) s = s or "abc" return #s, s:upper(), ("%s-%d"):format(s, 5), s .. 1 .. 2.5, s < "b", s == "x" end
local up _home.f = function(x) while true do if x then break end x = true repeat local z = x up = function() return z end until z end return up end
local n = 0 local function twice(x) n = n + 1 return 2 * x end _home.f, _home.g = { twice, twice }, function() return n end
_home.f = function(a) if a == true then return end for k in next, { 1, 2 } do if k > 1 then break end end t = a return t, _ENV.t end
