--- decimal integers
for _, s in ipairs { "0", "7", "-7", "+7", "007", "  12  ", "\t\n12\r\f\v", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809", "123456789012345678901234567890" } do print(tonumber(s), math.type(tonumber(s))) end
--- decimal floats
for _, s in ipairs { "1.", ".5", "1.5", "-.5", "+.5e1", "1e1", "1E+2", "1e-2", "5e-324", "1e-400", "1e400", "-1e400", "0e10", "0.1e1", "1.7976931348623159e308", "00.5" } do print(tonumber(s), math.type(tonumber(s))) end
--- hexadecimal
for _, s in ipairs { "0x0", "0xff", "0XFF", "-0x10", "+0x10", " 0xA ", "0x7fffffffffffffff", "0xffffffffffffffff", "0x1ffffffffffffffff", "0x.8", "0x8.", "0xA.8", "0x1p1", "0x1P-1", "0x.1p4", "-0x1.8p1", "0x10p+0", "0xep1", "0x1e1", "0xffffffffffffffffff.0" } do print(s, tonumber(s), math.type(tonumber(s))) end
--- refused spellings
for _, s in ipairs { "", " ", "-", "+", ".", "e1", "1e", "1e+", "1 2", "1a", "0x", "0xg", "0x.", "0x.p1", "0xp1", "0x1p", "- 1", "--1", "+-1", "1..2", "1.2.3", "1,5", "inf", "nan", "infinity", "NaN", "0b1", "1_000", "1e1.5", "0x1p1.5", "١", "1\0", "\0001", "1 \0" } do print((s:gsub("%c", "?")), tonumber(s)) end
--- other types
print(tonumber(nil), tonumber(true), tonumber({}), tonumber(print), tonumber(5), tonumber(5.5))
print(pcall(tonumber))
--- every base from 2 to 36 reads its own digits
local digits = "0123456789abcdefghijklmnopqrstuvwxyz"
for base = 2, 36 do
  local top = digits:sub(base, base)
  io.write(base, "=", tonumber("10", base), ",", tonumber(top, base), ",", tonumber(top:upper() .. "0", base), ",", tostring(tonumber(digits:sub(base + 1, base + 1) .. "1", base)), " ")
end
print()
--- base with signs and spaces
print(tonumber(" 11 ", 2), tonumber("-11", 2), tonumber("- 11", 2), tonumber("+11", 2), tonumber("-zz", 36), tonumber("\t7f\n", 16))
--- base refuses points, exponents and prefixes
print(tonumber("1.0", 10), tonumber("1e1", 10), tonumber("0x10", 16), tonumber("", 10), tonumber(" ", 10), tonumber("8", 8), tonumber("1e1", 16), tonumber("-", 10), tonumber("1 1", 10))
--- base wraps around
print(tonumber("7fffffffffffffff", 16), tonumber("ffffffffffffffff", 16), tonumber("10000000000000000", 16), tonumber(("1"):rep(64), 2), tonumber(("1"):rep(65), 2), tonumber("zzzzzzzzzzzzzzz", 36))
--- base errors
print(pcall(tonumber, "1", 1))
print(pcall(tonumber, "1", 37))
print(pcall(tonumber, "1", "x"))
print(pcall(tonumber, 1, 10))
print(pcall(tonumber, {}, 10))
print(pcall(tonumber, nil, 10))
print(pcall(tonumber, "1", 2.5))
--- a base with nil is the default
print(tonumber("10", nil), tonumber("0x10", nil), tonumber(10, nil))
--- long digit strings
print(tonumber(("9"):rep(50)), tonumber("0." .. ("3"):rep(100)), tonumber(("0"):rep(100) .. "1"), tonumber("1" .. ("0"):rep(150) .. "e-150"))
--- strings of two hundred characters and more are not numbers
print(tonumber(("1"):rep(199)), tonumber(("1"):rep(200)), tonumber(("1"):rep(201)), tonumber((" "):rep(300) .. "5"))
--- halfway cases round to even
print(string.format("%.17g %.17g %.17g", tonumber("9007199254740993"), tonumber("9007199254740993.0"), tonumber("9007199254740995.0")))
print(string.format("%.17g %.17g", tonumber("1.00000000000000011102230246251565404236316680908203125"), tonumber("1.00000000000000011102230246251565404236316680908203126")))
print(string.format("%.17g %.17g %.17g", tonumber("2.4703282292062327e-324"), tonumber("2.4703282292062328e-324"), tonumber("2.2250738585072011e-308")))
--- known hard decimals
for _, s in ipairs { "6.929001713869936e+236", "1.3545234356e-310", "8.41e21", "2.0e-322", "9.5e-310", "4.35", "0.000001", "1.1754943508222875e-38", "179769313486231580793728971405301e277", "8.988465674311580e307" } do print(string.format("%.17g %a", tonumber(s), tonumber(s))) end
--- math.tointeger
for _, v in ipairs { 1, 1.0, -3.0, 1.5, 2^53, 2^62, 2^63, -2^63, 1e100, math.huge, "8", "8.0", "x", "0x10" } do print(v, math.tointeger(v)) end
print(math.tointeger({}), math.tointeger(nil), pcall(math.tointeger))
--- the sign of zero survives
print(tonumber("-0"), tonumber("-0.0"), 1 / tonumber("-0.0"), tonumber("-0x0p0"))
