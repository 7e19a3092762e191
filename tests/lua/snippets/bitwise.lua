--- tables of the binary operators
for _, a in ipairs { 0, 1, 0xF0, -1, 0x0123456789abcdef } do for _, b in ipairs { 0, 1, 0xFF, -1, 0x7fffffffffffffff } do io.write(a & b, " ", a | b, " ", a ~ b, "; ") end print() end
--- complement
for _, a in ipairs { 0, 1, -1, 255, math.maxinteger, math.mininteger } do io.write(~a, " ", ~~a, " ") end print()
--- left shifts by any distance
for _, n in ipairs { 0, 1, 31, 32, 62, 63, 64, 65, 100, -1, -63, -64, -100, math.maxinteger, math.mininteger } do io.write(n, ":", 1 << n, ",", -1 << n, " ") end print()
--- right shifts are logical
for _, n in ipairs { 0, 1, 31, 32, 62, 63, 64, 65, -1, -62, -63, -64, math.maxinteger, math.mininteger } do io.write(n, ":", -1 >> n, ",", 256 >> n, " ") end print()
--- floats with integral value are accepted
print(3.0 & 1, 2.0 | 1, 7.0 ~ 2.0, ~0.0, 1.0 << 3.0, 2^40 >> 38.0, 2^53 | 0, -0.0 | 0)
--- strings are not converted
for _, f in ipairs { function() return "3" & 1 end, function() return 1 | "6" end, function() return "0xff" ~ "1" end, function() return ~"0" end, function() return "1" << "4" end, function() local s = "256" return s >> 4.0 end } do print(pcall(f)) end
--- precedence of the bitwise operators
print(1 | 2 & 3, 1 ~ 3 | 4, 1 << 2 + 3, ~1 & 3, 5 & 6 << 1, 1 | 2 == 3 and 1 or 0 == nil, -1 >> 60 & 7, ~0 ~ 5, "a" .. (1 << 2), 7 & ~2 | 8)
--- errors about representation
for _, f in ipairs { function() return 1.5 & 1 end, function() return 1 | 2.5 end, function() return 2^63 ~ 1 end, function() return ~1e100 end, function() return 1 << 0.5 end, function() return math.huge >> 1 end, function() local x = 1.5 return x & 1 end, function() local t = { f = 1.5 } return t.f | 1 end } do print(pcall(f)) end
--- errors about types
for _, f in ipairs { function() return nil & 1 end, function() return {} | 1 end, function() return true ~ 1 end, function() return ~{} end, function() return "a" << 1 end, function() return 1 >> "b" end, function() return "1.5" & 1 end, function() local a = "x" return a & 1 end, function() return undefined_global | 2 end } do print(pcall(f)) end
--- population count
local function count(x) local n = 0 while x ~= 0 do x = x & (x - 1) n = n + 1 end return n end
print(count(0), count(1), count(255), count(-1), count(math.mininteger), count(0x5555555555555555))
--- bit reversal
local function reverse(x) local r = 0 for i = 0, 63 do r = r << 1 | x >> i & 1 end return r end
print(reverse(1), reverse(2), reverse(-1), reverse(0x0f), reverse(reverse(123456789)))
--- rotations
local function rotl(x, n) return x << n | x >> (64 - n) end
print(rotl(1, 1), rotl(1, 63), rotl(-2, 1), string.format("%x", rotl(0x123456789abcdef0, 4)))
--- FNV-1a hash
local function fnv(s) local h = 0xcbf29ce484222325 for i = 1, #s do h = (h ~ s:byte(i)) * 0x100000001b3 end return h end
for _, s in ipairs { "", "a", "hello", ("x"):rep(100) } do print(string.format("%016x", fnv(s))) end
--- CRC-32
local table32 = {}
for i = 0, 255 do local c = i for _ = 1, 8 do c = c & 1 == 1 and 0xEDB88320 ~ c >> 1 or c >> 1 end table32[i] = c end
local function crc(s) local c = 0xFFFFFFFF for i = 1, #s do c = table32[(c ~ s:byte(i)) & 0xFF] ~ c >> 8 end return c ~ 0xFFFFFFFF end
print(string.format("%08x %08x %08x", crc(""), crc("123456789"), crc("The quick brown fox jumps over the lazy dog")))
--- xorshift generator
local x = 88172645463325252
for i = 1, 10 do x = x ~ x << 13 x = x ~ x >> 7 x = x ~ x << 17 io.write(x, " ") end print()
--- metamethods of the bitwise operators
local mt = {}
for _, n in ipairs { "band", "bor", "bxor", "shl", "shr" } do mt["__" .. n] = function(a, b) return n .. ":" .. type(a) .. ":" .. type(b) end end
mt.__bnot = function(a, b) return "bnot:" .. type(a) .. ":" .. tostring(rawequal(a, b)) end
local o = setmetatable({}, mt)
print(o & 1, 1 | o, o ~ o, o << 2, 2 >> o, ~o, o & 1.5, "x" | o, 1.5 ~ o, o >> {})
--- bit fields
local function field(x, lo, n) return x >> lo & (1 << n) - 1 end
local v = 0xDEADBEEF
print(field(v, 0, 8), field(v, 8, 8), field(v, 16, 16), field(-1, 60, 4), field(-1, 0, 63))
