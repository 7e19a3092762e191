--- compile-time constants of every type
local i <const>, f <const>, s <const>, b <const>, n <const> = 7, 2.5, "str", true, nil print(i, f, s, b, n, i + f, s .. i, not b, n == nil, -i, #s)
--- constants in nested functions
local K <const> = 10 local function f() return function() return K * 2, K .. "x", K == 10 end end print(f()())
--- constants in conditions
local DEBUG <const>, LEVEL <const> = false, 3 if DEBUG then print("debug") else print("release") end if LEVEL > 2 then print("high") end print(DEBUG and "a" or "b", LEVEL == 3 and "three", DEBUG == false, not DEBUG)
--- constants as keys and fields
local KEY <const>, IDX <const> = "name", 2 local t = { [KEY] = "n", [IDX] = "i" } print(t[KEY], t[IDX], t.name, t[2]) t[KEY] = "changed" t[IDX] = KEY print(t.name, t[2])
--- constants in loops
local N <const>, STEP <const> = 6, 2 for i = 1, N, STEP do io.write(i * N, " ") end print()
--- large and special constants
local M <const>, m <const>, H <const>, Z <const>, T <const> = math.maxinteger, math.mininteger, math.huge, -0.0, 1e-300 print(M, m, H, Z, T, M + 1 == m, 1 / Z, 0x7fffffffffffffff, 1e308)
--- more constants than fit an operand
local parts = {} for i = 1, 300 do parts[i] = "s = s + " .. i .. ".25 * " .. (i * 1000) end print(load("local s = 0 " .. table.concat(parts, " ") .. " return s")())
--- string constants of every length
local parts = {} for i = 0, 60 do parts[#parts + 1] = string.format("%q", ("x"):rep(i)) end local t = load("return {" .. table.concat(parts, ",") .. "}")() local s = 0 for _, v in ipairs(t) do s = s + #v end print(#t, s)
--- folding keeps the sign of zero and infinities
print(1 / (0 * -1.0), 1 / -(0.0), 0.0 == -0.0, 1 / 0 > 0, -1 / 0 < 0, 2^1024, -2^1024, 1 / (1 / -math.huge))
--- folding of integer overflow
print(math.maxinteger + 1, math.mininteger - 1, 9223372036854775807 + 1, -9223372036854775807 - 2, 0x7fffffffffffffff * 2, 1 << 63, 1 << 64, -1 >> 1)
--- folding of logic
print(1 and 2, nil and 1, false or nil, nil or false, 1 or error(), false and error(), not nil, not 0, not not "", 1 == 1.0, "a" == "a", nil == false)
--- const tables may change inside
local T <const> = { 1 } T[2] = 2 T.x = "y" table.insert(T, 3) print(#T, T.x)
--- const function and recursion
local fact <const> = function(n, self) return n < 2 and 1 or n * self(n - 1, self) end print(fact(10, fact))
--- shadowing a constant
local x <const> = 1 local function f(x) x = x + 1 return x end do local x = 10 x = x + 1 print(x) end for x = 1, 1 do x = x + 5 print(x) end print(x, f(x))
--- messages name the constant
for _, s in ipairs { "local x <const> = 1; x = 2", "local abc <const> = {}; abc = nil", "local a, b <const> = 1, 2; a, b = 3, 4", "local x <const> = 1; local function f() x = 1 end", "local f <const> = function() end; function f() end", "local x <close> = nil; for i = 1, 2 do x = i end" } do print(select(2, load(s, "=c"))) end
