--- sub with every kind of index
local s = "hello"
for _, i in ipairs { -100, -6, -5, -1, 0, 1, 3, 5, 6, 100 } do io.write(i, ":") for _, j in ipairs { -100, -5, -2, -1, 0, 1, 3, 5, 100 } do io.write("[", s:sub(i, j), "]") end io.write("{", s:sub(i), "}\n") end
--- sub at integer limits
print(("abc"):sub(math.mininteger, math.maxinteger), ("abc"):sub(math.maxinteger), ("abc"):sub(1, math.mininteger) == "", ("abc"):sub(2.0, "3"), (""):sub(1, -1) == "")
--- byte and char
print(("ABC"):byte(), ("ABC"):byte(2), ("ABC"):byte(-1), ("ABC"):byte(1, -1), ("ABC"):byte(10), ("ABC"):byte(0), (""):byte(), ("\0\255"):byte(1, 2))
print(string.char(), string.char(72, 105), string.char(0) == "\0", #string.char(1, 2, 3, 255))
print(pcall(string.char, 256)) print(pcall(string.char, -1)) print(pcall(string.char, 65, "x")) print(pcall(string.char, 1.5))
--- byte with many results
local t = { ("x"):rep(200):byte(1, -1) } print(#t, t[1], t[200], select("#", ("abc"):byte(3, 1)))
--- rep
print(("ab"):rep(3), ("ab"):rep(0) == "", ("ab"):rep(-1) == "", ("ab"):rep(1), ("ab"):rep(3, ","), (""):rep(100) == "", ("x"):rep(2, ""), ("-"):rep(1, "sep"), (""):rep(3, ","), #("abc"):rep(1000, "--"))
--- reverse, upper, lower, len
print(("abc"):reverse(), (""):reverse() == "", ("a\0b"):reverse() == "b\0a", ("MiXed 123"):upper(), ("MiXed 123"):lower(), ("é"):upper() == "é", #"a\0b", ("a\0b"):len(), (""):len())
--- every byte through upper and lower
local n, m = 0, 0
for i = 0, 255 do local c = string.char(i) if c:upper() ~= c then n = n + 1 end if c:lower() ~= c then m = m + 1 end end
print(n, m)
--- comparison
print("a" < "b", "a" < "B", "" < "a", "a" < "ab", "ab" < "b", "a\0b" < "a\0c", "a\0" > "a", "Z" < "a", "10" < "9", "\200" > "a", "a" <= "a", "a" >= "b", "é" > "z")
--- equality and identity of strings
local long = ("x"):rep(100)
print("a" .. "b" == "ab", long == ("x"):rep(100), rawequal(long, ("x"):rep(50) .. ("x"):rep(50)), "1" == 1, "" == "", "a\0" == "a")
--- concatenation
print("a" .. 1, 1 .. 2, 1.5 .. "x", "a" .. "b" .. "c" .. 1 .. 2.0, ("x"):rep(3) .. "", "" .. "", -1 .. "", 2^31 .. "")
--- concatenation of many parts
local t = {} for i = 1, 100 do t[i] = "local a" .. i .. "='" .. i .. "' " end
local f = load("local x = 'v' return x .. " .. ("x .. 1 .. "):rep(60) .. "x") print(#f())
--- escapes
print("\65\066\x41\u{41}\u{e9}\u{20AC}\u{1F600}\z
      joined", #"\a\b\f\n\r\t\v\\\"\'", "\0651", "a\
b", #"\z   ", "\u{7FFFFFFF}" == "\xFD\xBF\xBF\xBF\xBF\xBF")
--- long strings
print([[
first newline dropped]], [==[with ]] and ]=] inside]==], #[[

]], [[a\nb]], [=[]]]=])
--- line ends in long strings are normalised
print(load("return [[a\r\nb]]")() == "a\nb", load("return [[a\n\rb]]")() == "a\nb", load("return [[a\rb]]")() == "a\nb", load("return 'a\\\r\nb'")() == "a\nb", load("return [[\r\n\r\n]]")() == "\n")
--- methods through the string metatable
print(("x"):rep(3), #("abc"), ("%d"):format(5), ("abc").len == string.len, ("abc").missing, getmetatable("").__index == string, getmetatable("").__name)
local s = "abc" print(s:upper():lower():len(), (s):sub(2), s.sub(s, 2))
--- indexing a string with other keys
print(("abc")[1], ("abc").x, pcall(function() ("abc").x = 1 end))
print(pcall(function() return ("abc"):nope() end))
--- table.concat
print(table.concat({}), table.concat({ 1 }), table.concat({ 1, 2, 3 }), table.concat({ 1, 2, 3 }, ", "), table.concat({ "a", 1, 2.5 }, "-"), table.concat({ 1, 2, 3 }, "", 2), table.concat({ 1, 2, 3 }, ",", 2, 3), table.concat({ 1, 2, 3 }, ",", 3, 2) == "", table.concat({ [5] = "x" }, ",", 5, 5), table.concat({ 1, 2 }, 0))
print(pcall(table.concat, { 1, {}, 3 })) print(pcall(table.concat, { 1, 2 }, ",", 1, 3)) print(pcall(table.concat, { true })) print(pcall(table.concat)) print(pcall(table.concat, {}, {}))
print(table.concat({ [math.maxinteger] = "end" }, ",", math.maxinteger, math.maxinteger))
--- table.concat with metamethods
local t = setmetatable({}, { __index = function(_, i) return "v" .. i end, __len = function() return 4 end })
print(table.concat(t, ","), table.concat(t, ",", 10, 12))
--- lengths with unusual bytes
print(#"é", #"\u{10FFFF}", #"\xff\xfe", #"tab\there", ("\u{48}\u{49}"), "\x7e\126")
--- sorting words bytewise
local w = { "banana", "Apple", "cherry", "apple", "", "10", "9", "\0", "é" } table.sort(w) for _, s in ipairs(w) do io.write(string.format("%q ", s)) end print()
--- palindromes and anagrams
local function norm(s) return (s:lower():gsub("%W", "")) end
local function pal(s) s = norm(s) return s == s:reverse() end
local function key(s) local t = {} for c in norm(s):gmatch(".") do t[#t + 1] = c end table.sort(t) return table.concat(t) end
print(pal("A man, a plan, a canal: Panama"), pal("hello"), key("Listen") == key("Silent"), key("Dormitory") == key("dirty room"))
--- edit distance
local function lev(a, b) local prev = {} for j = 0, #b do prev[j] = j end for i = 1, #a do local cur = { [0] = i } for j = 1, #b do cur[j] = math.min(prev[j] + 1, cur[j - 1] + 1, prev[j - 1] + (a:byte(i) == b:byte(j) and 0 or 1)) end prev = cur end return prev[#b] end
print(lev("kitten", "sitting"), lev("", "abc"), lev("flaw", "lawn"), lev("same", "same"))
--- run-length encoding
local function rle(s) local r, i = {}, 1 while i <= #s do local c = s:sub(i, i) local _, e = s:find("^" .. c .. "+", i) r[#r + 1] = (e - i + 1) .. c i = e + 1 end return table.concat(r) end
print(rle("aaabbc"), rle(""), rle(("x"):rep(300) .. "y"))
--- base64
local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function b64(s) return (s:gsub("..?.?", function(g) local a, b, c = g:byte(1, 3) local n = a << 16 | (b or 0) << 8 | (c or 0) local out = "" for i = 0, 3 do local d = n >> (18 - 6 * i) & 63 out = out .. (i <= #g and alphabet:sub(d + 1, d + 1) or "=") end return out end)) end
print(b64(""), b64("f"), b64("fo"), b64("foo"), b64("foobar"), b64("\0\255\128"))
--- argument errors
print(pcall(string.rep)) print(pcall(string.rep, "x")) print(pcall(string.rep, "x", "y")) print(pcall(string.rep, "x", 1.5)) print(pcall(string.sub)) print(pcall(string.sub, "x", {})) print(pcall(string.len, nil)) print(pcall(string.upper, {})) print(pcall(string.reverse)) print(pcall(string.byte, "a", "b"))
--- building a string byte by byte
local parts = {} for i = 32, 126 do parts[#parts + 1] = string.char(i) end print(table.concat(parts))
--- strings as numbers keep their type as keys
local t = { ["1"] = "string", [1] = "number" } print(t["1"], t[1], #t, t[1.0], t["1.0"])
--- positions of more than 32 bits
local s, far = "hello", 1 << 32
print(s:sub(far), s:sub(far + 2), s:sub(far, -1), s:sub(1, far + 1), s:sub(-far), s:byte(far), s:byte(far, 5), s:byte(far + 1))
print(s:find("l", far + 1), s:find("l", far + 1, true), s:match(".", far + far + 3), s:gmatch(".", far + 3)(), s:find("", far + 1))
print(s:find("", 6), s:find("", 7), s:match("()", 6), s:match("()", 7), s:sub(6), s:sub(7), s:gmatch("()", 7)())
for _, at in ipairs { far + 1, 7, 6, math.maxinteger, -far } do print(pcall(string.unpack, "B", s, at)) end
