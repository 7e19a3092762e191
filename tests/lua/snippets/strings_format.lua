--- integer conversions with every flag, width and precision
local flags = { "", "-", "+", " ", "0", "-+", "+0", " 0", "- " }
local values = { 0, 1, -1, 42, -12345, math.maxinteger, math.mininteger }
for _, flag in ipairs(flags) do
  for _, size in ipairs { "", "1", "8", "25", ".0", ".3", "12.5", "25.21" } do
    local line = {}
    for i, v in ipairs(values) do line[i] = "[" .. string.format("%" .. flag .. size .. "d", v) .. "]" end
    print(flag .. size, table.concat(line))
  end
end
--- the conversion i is d
for _, v in ipairs { 0, 7, -7, 1 << 40, 3.0, "12", "0x10" } do
  print(string.format("%i|%5i|%-5i|%05i|%+i|%.4i", v, v, v, v, v, v))
end
--- unsigned conversions show negative numbers as 64 bits
for _, v in ipairs { 0, 1, 255, -1, -256, math.maxinteger, math.mininteger, 1e15, "77" } do
  print(string.format("%x|%X|%#x|%#X|%o|%#o", v, v, v, v, v, v))
  print(string.format("%20x|%-20X|%#20x|%020X|%25o|%#.24o", v, v, v, v, v, v))
  print(string.format("%.0x|%.5X|%#10.5x|%-10.3o|", v, v, v, v))
end
--- precision zero of integer zero
print(string.format("[%.0d][%5.0d][%+.0d][% .0d][%.0x][%#.0x][%.0o][%#.0o]", 0, 0, 0, 0, 0, 0, 0, 0))
--- fixed notation with flags and precisions
local flags = { "", "-", "+", " ", "0", "#", "#0", "+0", "-#" }
local values = { 0.0, -0.0, 1.0, -1.5, 0.05, 2.5, 3.5, 123456.789, -99999.9995, 1e15 }
for _, flag in ipairs(flags) do
  for _, size in ipairs { "", "12", ".0", ".1", "14.3", ".10", "20.5" } do
    local line = {}
    for i, v in ipairs(values) do line[i] = "[" .. string.format("%" .. flag .. size .. "f", v) .. "]" end
    print(flag .. size, table.concat(line))
  end
end
--- scientific notation with flags and precisions
local values = { 0.0, -0.0, 1.0, -1.5, 0.00012345, 9.9995, 123456.789, 1e100, 5e-324, 1.7976931348623157e308 }
for _, flag in ipairs { "", "-", "+", " ", "0", "#", "#+0" } do
  for _, size in ipairs { "", "16", ".0", ".1", "14.3", ".16", "30.20" } do
    local line = {}
    for i, v in ipairs(values) do line[i] = "[" .. string.format("%" .. flag .. size .. "e", v) .. "]" end
    print(flag .. size, table.concat(line))
  end
end
--- general notation with flags and precisions
local values = { 0.0, -0.0, 1.0, 100000.0, 1000000.0, 1e-4, 1e-5, 123456789.0, 0.1, 1/3, 1e100, 5e-324 }
for _, flag in ipairs { "", "-", "+", " ", "0", "#", "#+0" } do
  for _, size in ipairs { "", "16", ".0", ".1", ".3", "14.6", ".14", ".17", "30.20" } do
    local line = {}
    for i, v in ipairs(values) do line[i] = "[" .. string.format("%" .. flag .. size .. "g", v) .. "]" end
    print(flag .. size, table.concat(line))
  end
end
--- upper case floating conversions
for _, v in ipairs { 1.0, 1e-10, 123.456, 1e300, math.huge, -math.huge } do
  print(string.format("%E|%.2E|%G|%.3G|%#G", v, v, v, v, v))
end
--- infinities in every floating conversion
for _, f in ipairs { "f", "e", "g", "E", "G", "10f", "-10f|", "+f", " f", "010f", ".3e", "#g" } do
  print(f, string.format("%" .. f, math.huge), string.format("%" .. f, -math.huge))
end
--- integers are converted for floating formats
print(string.format("%f %.2f %e %g %g", 3, -7, 1000, 100000000, math.maxinteger))
print(string.format("%.0f %.1f %5.2f|", 2^53, 1 << 62, "0x10"))
--- rounding halves is to even on the exact binary value
for _, v in ipairs { 0.5, 1.5, 2.5, 0.125, 0.375, 0.25, 0.75, 1e15 + 0.5, 4503599627370497.5 } do
  print(string.format("%.0f %.1f %.2f %.1e %.2g", v, v, v, v, v))
end
--- many digits are exact
print(string.format("%.60f", 0.1))
print(string.format("%.50f", 2^-30))
print(string.format("%.99f", 1/3))
print(string.format("%.99e", math.pi))
print(string.format("%.99g", 1e-7))
print(string.format("%.0f", 1.7976931348623157e308))
print(string.format("%.20f", 123456789012345680.0))
print(string.format("%99.99f", -1e308) == string.format("%.99f", -1e308), #string.format("%99.99f", -1e308))
--- smallest numbers
print(string.format("%.10g %.17g %.3e", 5e-324, 2.2250738585072014e-308, 2.2250738585072009e-308))
--- hexadecimal floats
for _, v in ipairs { 0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 255.0, 0.1, 1e10, 2^-1022, math.huge, 1.7976931348623157e308 } do
  print(string.format("%a %A", v, v))
end
--- hexadecimal floats with precision and width
for _, v in ipairs { 1.0, 1.999999, 0.1, 3.75, -2.5, 1e300 } do
  print(string.format("[%.0a][%.1a][%.3A][%20a][%-20.2a][%+a][% a]", v, v, v, v, v, v, v))
end
--- characters
print(string.format("%c%c%c", 76, 117, 97))
print(string.format("[%5c][%-5c][%c]", 65, 66, "67"))
print(#string.format("%c", 0), string.format("%c", 0) == "\0", string.format("a%cb", 0) == "a\0b", string.format("%c", 255) == "\xff")
print(string.format("%c", 256 + 65))
--- strings with width and precision
for _, s in ipairs { "", "a", "hello", "hello world" } do
  print(string.format("[%s][%10s][%-10s][%.3s][%10.3s][%-10.3s][%.0s][%.s]", s, s, s, s, s, s, s, s))
end
--- strings with embedded zeros
print(#string.format("%s", "a\0b"), string.format("%s|%s", "a\0b", "c") == "a\0b|c")
print(pcall(string.format, "%10s", "a\0b"))
print(pcall(string.format, "%.1s", "a\0b"))
--- long strings pass through unpadded conversions
local long = ("x"):rep(250)
print(#string.format("%s", long), #string.format("%-s|", long), #string.format("%.99s", long), #string.format("%99.50s", long))
print(string.format("%.20s|", long), string.format("%s", long) == long)
--- any value through %s
print(string.format("%s %s %s %s %s", nil, true, 12, 1.5, "s"))
print(string.format("%s", setmetatable({}, { __tostring = function() return "mine" end })))
print(string.format("%6s|%-6s|%.2s", setmetatable({}, { __tostring = function() return "mine" end }), false, true))
print((string.format("%s", {}):gsub("0x%x+", "ADDR")), (string.format("%s", setmetatable({}, { __name = "Kind" })):gsub("0x%x+", "ADDR")))
--- quoted strings
print(string.format("%q", 'plain'))
print(string.format("%q", 'quote " backslash \\ newline \n return \r tab \t zero \0 digit after \0001 bell \a del \127 high \200\xff'))
print(string.format("%q", ""))
for i = 0, 31 do io.write(string.format("%q ", string.char(i) .. "9")) end
print()
--- quoted numbers and constants
print(string.format("%q %q %q %q", 1, -1, math.maxinteger, math.mininteger))
print(string.format("%q %q %q", true, false, nil))
print(string.format("%q %q %q %q", 0.5, 1.0, -0.0, 1e100))
print(string.format("%q %q", 1/0, -1/0))
--- quoted values read back
local values = { 0, -1, math.mininteger, math.maxinteger, 0.1, 1/3, -2.5e-300, 1e308, math.huge, -math.huge, "a\0\r\n\"\\b\1272", true, false }
for i, v in ipairs(values) do
  local back = load("return " .. string.format("%q", v))()
  print(i, back == v, math.type(back) == math.type(v))
end
--- percent and literal text
print(string.format("100%%"), string.format("%%d"), pcall(string.format, "%5%%%"))
--- percent signs only
print(string.format("%%%%"), string.format("%d%%", 50), string.format(""), string.format("no directive", 1, 2))
--- invalid conversions
for _, f in ipairs { "%", "%y", "%10", "%-", "%ll", "%d%", "%5%", "%#d", "%+x", "% x", "%0s", "%+s", "%#s", "%10q", "%-q", "%.3c", "%05c", "%123d", "%.123d", "%1.234f", "%--------d", "%#i", "% u", "%u", "%h", "%5.5.5d", "%n", "%p1%", "%.p", "%0p" } do
  print(f, pcall(string.format, f, 1, 2, 3))
end
--- missing and wrong arguments
print(pcall(string.format, "%d"))
print(pcall(string.format, "%s"))
print(pcall(string.format, "%s %s", 1))
print(pcall(string.format, "%d", "x"))
print(pcall(string.format, "%d", 1.5))
print(pcall(string.format, "%d", "1.5"))
print(pcall(string.format, "%c", {}))
print(pcall(string.format, "%x", 2^63))
print(pcall(string.format, "%f", "abc"))
print(pcall(string.format, "%g", nil))
print(pcall(string.format, "%q", {}))
print(pcall(string.format, "%q", print))
print(pcall(string.format, "%q"))
print(pcall(string.format))
print(pcall(string.format, {}))
--- pointers of values that have none
print(string.format("%p %p %p", nil, true, 1))
print(string.format("[%10p][%-10p]", 1.5, false))
print(string.format("%p", print) == string.format("%p", print), string.format("%p", {}) ~= string.format("%p", {}) or "reused")
--- a format as method with many directives
local f = ("%d;"):rep(60)
local args = {}
for i = 1, 60 do args[i] = i * i end
print(f:format(table.unpack(args)))
--- strings convert to numbers in numeric conversions
print(string.format("%d %x %f %g %c", "10", "0x1F", "1e2", " 7 ", "65"))
print(string.format("%d", "3.0"), string.format("%.3f", "0x.8p1"))
--- __tostring and __name inside format errors
print(pcall(string.format, "%s", setmetatable({}, { __tostring = function() return 1 end })))
print(pcall(string.format, "%s", setmetatable({}, { __tostring = function() error("no text", 0) end })))
print(pcall(string.format, "%d", setmetatable({}, { __name = "My.Kind" })))
--- columns of a table
local rows = { { "apple", 3, 0.5 }, { "kiwi", 12, 0.25 }, { "watermelon", 1, 3.999 } }
for _, r in ipairs(rows) do print(string.format("%-12.8s|%4d|%8.2f|%+6.1e", r[1], r[2], r[3], r[3])) end
--- literal text is copied with its zeros
local f = "a\0b%dc\0"
print(#f:format(5), f:format(5) == "a\0b5c\0", #("%s\0%s"):format("x", "y"))
