--- string replacement
print(("hello world"):gsub("o", "0"), ("hello"):gsub("", "-"), ("hello"):gsub("l", ""), ("abc"):gsub("%w", "%0%0"), ("abc"):gsub("(%w)(%w)", "%2%1"), ("abc"):gsub("b", "%%"))
--- whole match and captures in the replacement
print(("key=val"):gsub("(%w+)=(%w+)", "%2=%1 (%0)"), ("abc"):gsub("b", "[%0]"), ("abc"):gsub("b", "[%1]"), ("x y"):gsub("()%s()", "%1-%2"))
--- invalid replacements
print(pcall(string.gsub, "abc", "b", "%2"))
print(pcall(string.gsub, "abc", "b", "%"))
print(pcall(string.gsub, "abc", "b", "%a"))
print(pcall(string.gsub, "abc", "(b)", "%3"))
print(pcall(string.gsub, "abc", "x", "%9"))
--- function replacement
print(("abc"):gsub("%w", function(c) return c:byte() end), ("abc"):gsub("b", function() return nil end), ("abc"):gsub("b", function() return false end), ("abc"):gsub("b", function() end), ("abc"):gsub("(a)(b)", function(x, y) return y .. x end), ("abc"):gsub("()", function(p) return p end))
--- table replacement
local t = { a = "1", b = 2, c = false, d = 2.5 }
print(("abcde"):gsub("%w", t), ("a-b"):gsub("(%w)%-(%w)", t), ("xyz"):gsub("%w", setmetatable({}, { __index = function(_, k) return k:upper() end })))
--- invalid results
print(pcall(string.gsub, "abc", "b", function() return {} end))
print(pcall(string.gsub, "abc", "b", { b = true }))
print(pcall(string.gsub, "abc", "b", function() return print end))
print(pcall(string.gsub, "abc", "b", function() error("inside", 0) end))
--- the limit
for n = -1, 4 do print(n, ("aaaa"):gsub("a", "b", n)) end
print(("aaaa"):gsub("a", "b", math.maxinteger), ("abc"):gsub("", ".", 2), ("abc"):gsub("", ".", 0))
--- empty matches
print(("abc"):gsub("x*", "-"), ("abc"):gsub("b*", "-"), ("aXbX"):gsub("X*", "-"), (""):gsub("", "x"), (""):gsub("a", "x"), ("  a  b "):gsub("%s*", "."))
--- anchors
print(("aaa"):gsub("^a", "b"), ("aaa"):gsub("a$", "b"), ("aaa"):gsub("^", ">"), ("aaa"):gsub("$", "<"), ("hello"):gsub("^h(.*)o$", "%1"))
--- trim
for _, s in ipairs { "", " ", " a", "a ", "  a b  ", "\t\na\n" } do io.write("[", (s:gsub("^%s+", ""):gsub("%s+$", "")), "]") end print()
--- expanding variables
local env = { name = "Lua", n = 5.4 }
print(("$name version $n, $missing"):gsub("%$(%w+)", env))
print(("${name} ${n}"):gsub("%${(%w+)}", function(k) return tostring(env[k]) end))
--- URL encoding and decoding
local function encode(s) return (s:gsub("[^%w ]", function(c) return string.format("%%%02X", c:byte()) end):gsub(" ", "+")) end
local function decode(s) return (s:gsub("+", " "):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)) end
local e = encode("a&b=c d/é") print(e, decode(e) == "a&b=c d/é", encode(""), decode("%41%42"))
--- capitalise words
print((("the quick brown fox"):gsub("(%a)(%a*)", function(a, b) return a:upper() .. b end)))
--- nested gsub
print((("a(b)c"):gsub("%b()", function(s) return (s:gsub("%w", string.upper)) end)))
--- comma grouping
local function group(n) local s = tostring(n) while true do local k s, k = s:gsub("^(-?%d+)(%d%d%d)", "%1,%2") if k == 0 then return s end end end
print(group(1), group(1234), group(1234567), group(-9876543210))
--- numbers as subject and replacement
print(string.gsub(12345, "3", 9), string.gsub(112, 1, 2), ("abc"):gsub("b", 1.5))
--- escaping magic characters
print((("a.b%c"):gsub("%p", "%%%0")), (("f(x)"):gsub("[()]", { ["("] = "<", [")"] = ">" })))
--- binary data
local s = "\0\1\2\255"
print(#s:gsub(".", "%0%0"), s:gsub("%z", "zero") == "zero\1\2\255", (s:gsub(".", function(c) return c:byte() .. "," end)))
--- long results
local s = ("ab"):rep(5000)
local r, n = s:gsub("a", "xyz")
print(#r, n, r:sub(1, 8), r:sub(-4))
--- unchanged subjects
local s = "nothing here"
print(s:gsub("z", "y"), rawequal(s:gsub("z", "y"), s), (s:gsub("%w+", false == true and "" or "%0")))
--- wrong arguments
print(pcall(string.gsub))
print(pcall(string.gsub, "a"))
print(pcall(string.gsub, "a", "a"))
print(pcall(string.gsub, "a", "a", nil))
print(pcall(string.gsub, "a", "a", true))
print(pcall(string.gsub, "a", "a", "b", "x"))
print(pcall(string.gsub, {}, "a", "b"))
--- a yield inside gsub is refused
local co = coroutine.create(function() return ("abc"):gsub("b", function() coroutine.yield(1) end) end)
print(coroutine.resume(co))
--- counting
local _, n = ("banana"):gsub("a", "") local _, m = ("banana"):gsub("ana", "") local _, k = ("banana"):gsub("", "") print(n, m, k)
--- Caesar cipher
local function rot(s, n) return (s:gsub("%a", function(c) local b = c:lower() == c and 97 or 65 return string.char((c:byte() - b + n) % 26 + b) end)) end
print(rot("Hello, World!", 3), rot(rot("Hello, World!", 13), 13))
--- a captured position as the table key
print(("abc"):gsub("()", { "x", "y", [4] = "z" }))
