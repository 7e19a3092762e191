--- signed integers of every width, both byte orders
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
for n = 1, 16 do print(n, hex(string.pack("<i" .. n, 1)), hex(string.pack(">i" .. n, 1)), hex(string.pack("<i" .. n, -2)), hex(string.pack(">i" .. n, -2))) end
--- unsigned integers of every width
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
for n = 1, 16 do print(n, hex(string.pack("<I" .. n, 200)), hex(string.pack(">I" .. n, 200)), string.unpack("<I" .. n, string.pack("<I" .. n, 200))) end
--- round trip of extremes
for n = 1, 8 do
  local top = n == 8 and math.maxinteger or (1 << (8 * n - 1)) - 1
  local bottom = -top - 1
  for _, order in ipairs { "<", ">" } do
    local f = order .. "i" .. n
    print(f, string.unpack(f, string.pack(f, top)), string.unpack(f, string.pack(f, bottom)))
  end
end
--- wide integers
for n = 8, 16 do
  print(n, string.unpack("<i" .. n, string.pack("<i" .. n, math.mininteger)), string.unpack(">I" .. n, string.pack(">I" .. n, math.maxinteger)), string.unpack("<i" .. n, string.pack("<i" .. n, -1)))
end
print(pcall(string.unpack, "<i16", ("\255"):rep(8) .. ("\0"):rep(7) .. "\1"))
print(pcall(string.unpack, "<I9", ("\255"):rep(9)))
--- values that do not fit
for n = 1, 4 do
  print(pcall(string.pack, "i" .. n, 1 << (8 * n - 1)), pcall(string.pack, "i" .. n, -(1 << (8 * n - 1)) - 1))
  print(pcall(string.pack, "I" .. n, 1 << (8 * n)), pcall(string.pack, "I" .. n, -1))
end
--- named integer types of fixed size
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
print(hex(string.pack("<b", -1)), hex(string.pack("<B", 255)), hex(string.pack("<h", -2)), hex(string.pack(">H", 65534)), hex(string.pack("<i", 7)), hex(string.pack(">I", 7)), hex(string.pack("<j", -3)), hex(string.pack(">J", 3)))
print(string.packsize("b"), string.packsize("h"), string.packsize("i"), string.packsize("j"), string.packsize("f"), string.packsize("d"), string.packsize("n"))
--- floating point formats
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
for _, v in ipairs { 0.0, -0.0, 1.0, -1.5, 0.1, 1e10, math.huge, -math.huge } do print(hex(string.pack("<f", v)), hex(string.pack(">f", v)), hex(string.pack("<d", v)), hex(string.pack(">d", v)), hex(string.pack("<n", v)) == hex(string.pack("<d", v))) end
--- floats are rounded to single precision
for _, v in ipairs { 0.1, 1/3, 16777217, 3.4028234663852886e38, 1e-45, 1e-46, 1.5 } do print(string.format("%.17g", string.unpack("<f", string.pack("<f", v)))) end
--- strings with a length prefix
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
for n = 1, 8 do print(n, hex(string.pack("<s" .. n, "abc")), hex(string.pack(">s" .. n, "")), string.unpack("<s" .. n, string.pack("<s" .. n, "hello"))) end
print(pcall(string.pack, "s1", ("x"):rep(256)))
print(#string.pack("s1", ("x"):rep(255)), #string.pack("s2", ("x"):rep(65535)), pcall(string.pack, "s2", ("x"):rep(65536)))
--- zero-terminated strings
print(#string.pack("z", "abc"), string.unpack("z", "abc\0def"), string.unpack("zz", "a\0b\0"), string.unpack("z", "\0"))
print(pcall(string.pack, "z", "a\0b"))
print(pcall(string.unpack, "z", "abc"))
--- fixed-size strings
print(string.pack("c5", "abc") == "abc\0\0", string.pack("c3", "abc"), string.pack("c0", ""), #string.pack("c10", "x"), string.unpack("c3", "abcdef"), string.unpack("c0", ""))
print(pcall(string.pack, "c2", "abc"))
print(pcall(string.pack, "c", "abc"))
print(pcall(string.unpack, "c4", "abc"))
--- padding and alignment
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
print(hex(string.pack("<!4 b i4 b i2", 1, 2, 3, 4)))
print(hex(string.pack("<!8 b d", 1, 1.0)), hex(string.pack("<!2 b i8 b", 1, 2, 3)))
print(hex(string.pack("<! b j b", 1, 2, 3)), hex(string.pack("<b Xi4 b", 1, 2)), hex(string.pack("<!4 b Xi4 b Xi2 b", 1, 2, 3)))
print(hex(string.pack("<xx b x", 1)), hex(string.pack("<!8 b Xd", 1)), string.packsize("!8 b Xd"), string.packsize("<!4 i1 !2 i4 !8 i8"))
--- alignment in unpack
print(string.unpack("<!4 b i4", "\1\0\0\0\2\0\0\0"))
print(string.unpack("<!4 i1 Xi4 i1", "\1zzz\2"))
print(string.unpack("<!8 i8", ("\0"):rep(8) .. "\7" .. ("\0"):rep(7), 9))
--- alignment errors
print(pcall(string.pack, "!3 i4", 1))
print(pcall(string.pack, "!17 i4", 1))
print(pcall(string.pack, "!8 i3", 1))
print(pcall(string.pack, "X", 1))
print(pcall(string.pack, "Xz", 1))
print(pcall(string.pack, "Xc1", 1))
print(pcall(string.pack, "!4 Xi3", 1))
print(string.pack("!1 i3", 1) == "\1\0\0", #string.pack("!4 i8", 1))
--- switching the byte order in one format
local function hex(s) return (s:gsub(".", function(c) return string.format("%02x", c:byte()) end)) end
print(hex(string.pack("<i2>i2<i2=i2", 1, 2, 3, 4)), string.unpack("<i2>i2", "\1\0\0\1"))
--- positions in unpack
local s = string.pack("<i1i2i3", 1, 2, 3)
print(string.unpack("<i1", s, 1), string.unpack("<i2", s, 2), string.unpack("<i3", s, 4), string.unpack("<i3", s, -3), string.unpack("", s, 7), string.unpack("", s, -6))
print(pcall(string.unpack, "i1", s, 8))
print(pcall(string.unpack, "i1", s, 7))
print(pcall(string.unpack, "i1", s, -7))
print(pcall(string.unpack, "i1", s, 0))
--- results end with the next position
print(string.unpack("b", "\5"), string.unpack("bb", "\5\6"), string.unpack("", ""), select("#", string.unpack("<i4 i4 z", "\1\0\0\0\2\0\0\0x\0")))
--- short data
for _, f in ipairs { "i4", "d", "f", "j", "s1", "s4", "c3", "b", "x" } do print(f, pcall(string.unpack, "<" .. f, f == "s1" and "\5ab" or "")) end
--- sizes
for _, f in ipairs { "", "b", "bhi4", "!4bi4", "<!8 i1 i8 i1", "c10", "c0", "x", "i1Xi4", "!4 i1Xi4", "fd", "i16", " b b " } do print(f, string.packsize(f)) end
print(pcall(string.packsize, "s"), pcall(string.packsize, "z"))
print(pcall(string.packsize, "c2147483647c2147483647"))
--- invalid options
for _, f in ipairs { "y", "i17", "i0", "I20", "!0", "c-1", "i99999999999999999999", "s17", "k", "@", "%", "i4,i4" } do print(f, pcall(string.pack, f, 1, 1)) end
--- missing and wrong arguments
print(pcall(string.pack, "i4"))
print(pcall(string.pack, "i4", "x"))
print(pcall(string.pack, "i4", 1.5))
print(pcall(string.pack, "d", "x"))
print(pcall(string.pack, "z", {}))
print(pcall(string.pack))
print(pcall(string.unpack, "i4"))
print(pcall(string.unpack, "i4", {}))
print(string.pack("i1 i1", "7", 8.0) == "\7\8")
--- numbers as strings
print(string.pack("z", 12), string.pack("s1", 1.5), string.pack("c3", 12) == "12\0")
--- a record with several fields
local f = "<I2 z s1 d i3 !4 I4"
local s = string.pack(f, 513, "name", "blob", 2.5, -100000, 0xCAFE)
print(#s, string.unpack(f, s))
--- many values in one format
local t = {}
for i = 1, 50 do t[i] = i * 1000 end
local s = string.pack((">I4"):rep(50), table.unpack(t))
local sum = 0
for _, v in ipairs { string.unpack((">I4"):rep(50), s) } do sum = sum + v end
print(#s, sum)
--- bits of a double
local function bits(x) return string.format("%016x", (string.unpack("<i8", string.pack("<d", x)))) end
for _, v in ipairs { 0.0, -0.0, 1.0, 2.0, 0.1, -1/3, 5e-324, 1.7976931348623157e308, math.huge } do io.write(bits(v), " ") end print()
--- doubles from bits
for _, b in ipairs { 0, 1, 0x3ff0000000000000, 0x4009210000000000, 0x7fefffffffffffff, 0x7ff0000000000000, 0x8000000000000000 } do print((string.unpack("<d", string.pack("<i8", b)))) end
--- lengths of more than 32 bits
for size = 5, 8 do
  local n = size - 5
  print(pcall(string.unpack, "<s" .. size, "\0\0\0\0\1" .. ("\0"):rep(n) .. "abc"))
  print(pcall(string.unpack, "<s" .. size, "\2\0\0\0\1" .. ("\0"):rep(n) .. "abc"))
  print(pcall(string.unpack, "<s" .. size, "\2\0\0\0\0" .. ("\0"):rep(n) .. "abc"))
end
