--- utf8.char
print(utf8.char(), utf8.char(72, 228, 8364, 128512), #utf8.char(0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x10FFFF, 0x7FFFFFFF), utf8.char(0) == "\0")
for _, c in ipairs { 0x7F, 0x80, 0x7FF, 0x800, 0xFFFF, 0x10000, 0x1FFFFF, 0x200000, 0x3FFFFFF, 0x4000000, 0x7FFFFFFF } do print((utf8.char(c):gsub(".", function(b) return string.format("%02X", b:byte()) end))) end
--- utf8.char errors
print(pcall(utf8.char, -1)) print(pcall(utf8.char, 0x80000000)) print(pcall(utf8.char, "x")) print(pcall(utf8.char, 1.5)) print(pcall(utf8.char, 65, {}))
--- utf8.len
print(utf8.len(""), utf8.len("abc"), utf8.len("äöü"), utf8.len("€uro"), utf8.len("😀"), utf8.len("a\0b"), utf8.len("\xff"), utf8.len("ab\x80c"), utf8.len("\xe2\x82"))
--- utf8.len with ranges
local s = "aé€😀z"
for i = -11, 12 do if pcall(utf8.len, s, i) then io.write(i, ":", tostring(utf8.len(s, i)), ",", tostring((select(2, utf8.len(s, i)))), " ") end end print()
print(utf8.len(s, 1, 3), utf8.len(s, 2, 3), utf8.len(s, 4, 4), utf8.len(s, 3), utf8.len(s, 5, 4), utf8.len(s, -1), utf8.len(s, 12), pcall(utf8.len, s, 13))
print(pcall(utf8.len, s, 1, 12)) print(pcall(utf8.len, s, -12)) print(pcall(utf8.len)) print(pcall(utf8.len, "x", 0))
--- overlong forms and surrogates
for _, s in ipairs { "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xF0\x80\x80\x80", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE", "\xFD\xBF\xBF\xBF\xBF\xBF" } do print(utf8.len(s), utf8.len(s, 1, -1, true)) end
--- utf8.codepoint
print(utf8.codepoint("aé€😀", 1, -1)) print(utf8.codepoint("abc")) print(utf8.codepoint("abc", 2)) print(utf8.codepoint("abc", -1)) print(utf8.codepoint("é", 1, 1)) print(select("#", utf8.codepoint("abc", 3, 2)))
print(pcall(utf8.codepoint, "é", 2)) print(pcall(utf8.codepoint, "abc", 4)) print(pcall(utf8.codepoint, "abc", 1, 4)) print(pcall(utf8.codepoint, "abc", 0)) print(pcall(utf8.codepoint, "\xff")) print(pcall(utf8.codepoint, "")) print(pcall(utf8.codepoint, "\xed\xa0\x80"))
print(utf8.codepoint("\xed\xa0\x80", 1, 1, true), utf8.codepoint("\u{7FFFFFFF}", 1, 1, true))
--- utf8.offset forward and backward
local s = "aé€😀z"
for n = -6, 7 do io.write(n, ":", tostring(utf8.offset(s, n)), " ") end print()
for n = 0, 3 do for i = 1, 12 do local ok, r = pcall(utf8.offset, s, n, i) io.write(tostring(r):gsub("^.*: ", ""):sub(1, 30), ";") end print() end
--- utf8.offset at zero finds the start of a character
local s = "aé€😀z"
for i = 1, #s + 1 do io.write(utf8.offset(s, 0, i), " ") end print()
--- utf8.offset errors
print(pcall(utf8.offset, "é", 1, 2)) print(pcall(utf8.offset, "abc", 1, 5)) print(pcall(utf8.offset, "abc", 1, -4)) print(pcall(utf8.offset)) print(pcall(utf8.offset, "abc", "x")) print(utf8.offset("abc", 5), utf8.offset("abc", -5), utf8.offset("", 1), utf8.offset("", 0), utf8.offset("", -1), utf8.offset("abc", 4))
--- utf8.codes
for p, c in utf8.codes("aé€😀") do io.write(p, "=", c, " ") end print()
for p, c in utf8.codes("") do print("never") end
for p, c in utf8.codes("\0a") do io.write(p, "=", c, " ") end print()
--- utf8.codes errors
for _, s in ipairs { "ab\xff", "\xe2\x82", "a\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "é\xa9" } do print(pcall(function() for p, c in utf8.codes(s) do io.write(p, "=", c, " ") end end)) end
print(pcall(utf8.codes)) print(pcall(utf8.codes, {}))
--- utf8.codes lax
for p, c in utf8.codes("\u{7FFFFFFF}\xed\xa0\x80x", true) do io.write(p, "=", string.format("%x", c), " ") end print()
print(pcall(function() for p, c in utf8.codes("\xff", true) do end end))
--- utf8.charpattern
print(utf8.charpattern == "[\0-\x7F\xC2-\xFD][\x80-\xBF]*", #utf8.charpattern)
for c in ("aé€😀"):gmatch(utf8.charpattern) do io.write(c, "|") end print()
--- reversing by characters
local function rev(s) local t = {} for c in s:gmatch(utf8.charpattern) do table.insert(t, 1, c) end return table.concat(t) end
print(rev("añb€c"), rev(""), utf8.len(rev("😀é")))
--- round trip over many code points
local ok = true
for c = 0, 0x10FFFF, 4099 do if c < 0xD800 or c > 0xDFFF then ok = ok and utf8.codepoint(utf8.char(c)) == c and utf8.len(utf8.char(c)) == 1 end end
print(ok)
--- sub by characters
local function usub(s, i, j) return s:sub(utf8.offset(s, i), utf8.offset(s, j + 1) - 1) end
print(usub("añb€c", 2, 4), usub("añb€c", 1, 1), usub("añb€c", 5, 5))
--- escapes produce UTF-8
print("\u{48}\u{20AC}" == "H€", #"\u{0}", #"\u{800}", "\u{1F600}" == "😀", utf8.codepoint("\u{10FFFF}"))
