--- integers
for _, v in ipairs { 0, 1, -1, 9, 10, 99, 100, 12345, 1 << 31, 1 << 32, -(1 << 31), 1 << 62, math.maxinteger, math.mininteger } do print(v, tostring(v), #tostring(v)) end
--- floats with integral value keep their point
for _, v in ipairs { 0.0, 1.0, -1.0, 100.0, 1e3, 123456789.0, 1e14, 1e15, 1e16, 1e17, 2^53, 2^63, -2^63, 1e99, 1e100 } do print(v) end
--- negative zero
print(-0.0, 0.0, 0.0 == -0.0, 1 / -0.0, 1 / 0.0, -0, 0 * -1.0)
--- fourteen significant digits
for _, v in ipairs { 0.1, 0.2, 0.1 + 0.2, 1/3, 2/3, math.pi, 1e-5, 1e-4, 123456.789, 99999999999999.0, 999999999999999.0, 0.99999999999999, 0.999999999999999, 1.00000000000001, 1.000000000000001 } do print(v) end
--- powers of ten
for i = -20, 20 do io.write(tostring(10.0 ^ i), " ") end print()
--- powers of two
for i = -60, 70, 5 do io.write(tostring(2.0 ^ i), " ") end print()
for i = 100, 1000, 100 do io.write(tostring(2.0 ^ i), " ", tostring(2.0 ^ -i), " ") end print()
--- extremes
print(1.7976931348623157e308, -1.7976931348623157e308, 2.2250738585072014e-308, 5e-324, -5e-324)
print(math.huge, -math.huge, 1e308 * 10, -1e308 * 10)
--- halves and quarters
for i = -4, 4 do io.write(tostring(i / 2), " ", tostring(i / 4), " ", tostring(i / 8), " ") end print()
--- literals in every spelling
print(3, 3., .5, 3.0, 3e0, 3e2, 0.3e1, 3E+2, 3E-2, 0x10, 0XfF, 0x.8, 0x1p4, 0xA.8p0, 0x1P-2, 0x.1p+4)
--- integer literals that overflow become floats
print(9223372036854775807, 9223372036854775808, -9223372036854775808, 18446744073709551615, 1e1, 12345678901234567890)
--- hexadecimal integer literals wrap around
print(0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0x1ffffffffffffffff, 0x123456789abcdef01)
--- conversion in concatenation
print(1 .. "", 1.0 .. "", -0.0 .. "", 1e100 .. "", 2^53 .. "", 10 // 1 .. "|" .. 10 / 2)
--- io.write of integers and fractional floats
io.write(1, " ", -5, " ", 0.5, " ", 1e100, " ", 1/3, " ", 123456.789, " ", math.maxinteger, "\n")
--- tostring of other values
print(tostring(nil), tostring(true), tostring(false), tostring("x"), tostring(""))
print((tostring({}):gsub("0x%x+", "P")), (tostring(print):gsub("0x%x+", "P")), (tostring(coroutine.create(print)):gsub("0x%x+", "P")))
--- tostring needs an argument
print(pcall(tostring))
--- round trip through seventeen digits
for _, v in ipairs { 0.1, 1/3, 2/3, math.pi, 1e23, 5e-324, 1.7976931348623157e308, 123456789.123456789 } do
  print(tonumber(string.format("%.17g", v)) == v, tonumber(tostring(v)) == v)
end
--- decimal digits around the switch to exponents
for _, s in ipairs { "99999999999999.4", "99999999999999.5", "100000000000000", "100000000000000.5", "999999999999999.9", "0.0001", "0.00009999999999999999", "0.000099999999999" } do print(tonumber(s), tonumber(s) + 0.0) end
--- a sweep of thirds
local x = 1/3
for i = 1, 40 do io.write(tostring(x), " ") x = x * -7.3 end print()
--- a sweep of small numbers
local x = 1.0
for i = 1, 40 do io.write(tostring(x), " ") x = x / 13.7 end print()
--- as results
return 1, 1.0, -0.0, 0.1, 1e15, 1e16, 2^53, 2^63, math.maxinteger, math.mininteger, math.huge, -math.huge, 1/3
