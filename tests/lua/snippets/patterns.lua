--- plain find
print(("hello"):find("l"), ("hello"):find("l", 4), ("hello"):find("xyz"), ("hello"):find(""), ("hello"):find("", 10), ("hello"):find("", 6), (""):find(""), ("hello"):find("o", -1), ("hello"):find("h", -1))
print(("a.b"):find(".", 1, true), ("a.b"):find("."), ("a.b"):find("%."), ("a+b"):find("+b", 1, true), ("aXb"):find("x", 1, true), ("a\0b"):find("\0", 1, true), ("a\0b"):find("%z"))
--- start positions out of range
print(("abc"):find("b", 0), ("abc"):find("b", -10), ("abc"):find("b", 3), ("abc"):find("c", 4), ("abc"):find("", 4), ("abc"):find("", 5), ("abc"):find("b", math.mininteger), ("abc"):find("b", math.maxinteger))
--- character classes
local all = {}
for i = 0, 255 do all[#all + 1] = string.char(i) end
local s = table.concat(all)
for c in ("acdglpsuwxACDGLPSUWX"):gmatch(".") do
  local n, first, last = 0, nil, nil
  for ch in s:gmatch("%" .. c) do n = n + 1 first = first or ch:byte() last = ch:byte() end
  print(c, n, first, last)
end
--- sets
print(("hello world"):match("[aeiou]+"), ("hello world"):match("[^aeiou]+"), ("a-b"):match("[a%-]+"), ("a]b"):match("[]]"), ("a]b"):match("[^]]+"), ("x^y"):match("[x^]+"), ("1-9"):match("[1-]+"), ("abc"):match("[a-]+"), ("%d"):match("[%%d]+"), ("foo123"):match("[%a%d]+"), ("foo123"):match("[%d_]+"))
--- ranges
print(("hello"):match("[a-f]"), ("HELLO"):match("[a-z]"), ("\200\201\202"):match("[\200-\201]+") == "\200\201", ("5"):match("[0-9]"), ("b"):match("[c-a]"), ("m"):match("[^a-lo-z]"), ("-"):match("[+--]"))
--- repetition is greedy or lazy
print(("aaa"):match("a*"), ("aaa"):match("a+"), ("aaa"):match("a-"), ("aaa"):match("a?"), ("aaab"):match("a-b"), ("<<x>>"):match("<(.-)>"), ("<<x>>"):match("<(.*)>"), ("baaa"):match("a*"), ("aXb"):match("a?X?b?c?"))
--- anchors
print(("abc"):match("^a"), ("abc"):match("^b"), ("abc"):match("c$"), ("abc"):match("b$"), ("a^b"):match("a^b"), ("a$b"):match("a$b"), ("$"):match("$$"), (""):match("^$"), ("abc"):find("^b", 2), ("x"):match("^^x"), ("^x"):match("^^x"))
--- captures
print(("key = value"):match("(%w+)%s*=%s*(%w+)"), ("abc"):match("((a)(b))c"), ("abc"):match("()b()"), ("abc"):find("(b)(c)"), ("2024-05-06"):match("(%d+)-(%d+)-(%d+)"), (""):match("()"))
--- empty captures and position captures
print(("abc"):match("(.*)()"), ("abc"):match("()(.-)()$"), ("  x  "):match("^%s*(.-)%s*$") .. "|", ("abc"):find("()"), ("abc"):match("(b*)"))
--- back references
print(("abab"):match("(ab)%1"), ("say 'hi' \"yo\""):match("(['\"])(.-)%1"), ("xyzxyz"):find("(xyz)%1"), ("aabb"):match("(%a)%1"), ("abcd"):match("(.)%1"), ("abcabc"):match("(a)(b)(c)%1%2%3"))
--- balanced text
print(("f(a(b)c)d"):match("%b()"), ("(()"):match("%b()"), ("((("):match("%b()"), ("[[x]]"):match("%b[]"), ("if x end"):match("%bie"), ("aaa"):match("%baa"), ("x(y"):match("%b()"), ("begin(1,(2,3)) tail(4)"):match("%b()$"))
--- frontiers
print(("THE (quick) fox"):find("%f[%a]%a+%f[%A]"), ("hello world"):gsub("%f[%w]%w+", string.upper), ("x"):match("%f[x]x%f[^x]"), ("foo.bar"):find("%f[%.]"), ("abc"):find("%f[%z]"), (""):find("%f[%w]"), ("a"):find("%f[%W]"))
for w in ("one, two;three"):gmatch("%f[%w]%w+%f[%W]") do io.write(w, "/") end print()
--- gmatch over words, pairs and positions
for w in ("the quick brown"):gmatch("%a+") do io.write(w, ";") end print()
for k, v in ("a=1, b=2, c=3"):gmatch("(%w+)=(%w+)") do io.write(k, "->", v, ";") end print()
for p in ("abc"):gmatch("()") do io.write(p, ";") end print()
for a, b in ("abcdef"):gmatch("(.)(.)") do io.write(b, a) end print()
--- gmatch with empty matches
for s in ("abc"):gmatch("x*") do io.write("[", s, "]") end print()
for s in ("axbx"):gmatch("x*") do io.write("[", s, "]") end print()
for s in (""):gmatch(".-") do io.write("[", s, "]") end print()
for a, b in ("hello"):gmatch("()l*()") do io.write(a, "-", b, " ") end print()
--- gmatch with a start position and an anchor
for s in ("abcabc"):gmatch("[ab]", 4) do io.write(s) end print()
for s in ("abcabc"):gmatch("b", -3) do io.write(s, ";") end print()
for s in ("abc"):gmatch("^a") do io.write("(", s, ")") end print("none")
for s in ("abc"):gmatch("", 10) do io.write("never") end print("done")
for s in ("abc"):gmatch("", 4) do io.write("[", s, "]") end print()
--- match with a start position
print(("abcabc"):match("b.", 3), ("abcabc"):match("^c", 3), ("abcabc"):match(".", -1), ("abc"):match("", 4), ("abc"):match("", 5), ("abc"):match("%w+", 100))
--- the dot matches any byte
print(#("a\0\n\255"):match(".*"), ("a\nb"):match("a.b") == "a\nb", ("\0\0a"):match("%z+a") == "\0\0a", ("x\0y"):find("%z"), ("x\0y"):match("[\0]") == "\0")
--- special characters escaped
print(("a.b*c+d?e"):gsub("[%.%*%+%?]", "%%%0"), ("100%"):match("%d+%%"), ("a[b"):match("%[b"), ("(x)"):match("%(x%)"), ("a-b"):match("a%-b"), ("^$"):match("%^%$"))
--- a dash after an item
print(("aaa"):find("a-$"), ("aab"):find("a-b"), ("/* c */ x */"):match("/%*.-%*/"), ("-"):match("%-"), ("a-"):match("a-$"), ("xyz"):match(".-z"))
--- trailing and doubled repetition characters
print(("a*b"):match("a%*b"), ("a**"):match("a**"), ("+"):match("+"), ("*a"):match("*a"), ("?"):match("^?"), ("a+?"):match("a+?"))
--- malformed patterns
for _, p in ipairs { "%", "[", "[a", "[^", "[a-", "[]", "[^]", "[%", "[a%", "(", "(()", ")", "%b", "%bx", "%f", "%fa", "a)", "%1", "(a)%2", "%0", "(a%1)", "%f[", "[a-%", "()" .. ("(a)"):rep(32) } do print(p, pcall(string.find, "abc", p)) end
--- malformed patterns that are never reached are fine
print(pcall(string.find, "abc", "x["), pcall(string.find, "abc", "a%"), pcall(string.match, "abc", "z%"))
--- 32 captures are allowed
print(select("#", ("x"):rep(32):match(("(.)"):rep(32))), pcall(string.match, ("x"):rep(33), ("(.)"):rep(33)))
--- deep but legal recursion
local s = ("a"):rep(150)
print(#s:match(("a?"):rep(150)), #s:match(".-" .. ("b?"):rep(100) .. "$"), pcall(string.match, s, ("(a)"):rep(20) .. ("a?"):rep(50)) )
--- pattern too complex
print(pcall(string.match, ("a"):rep(300), ("a?"):rep(300) .. "b"))
print(pcall(string.match, ("x"):rep(250), ("(x"):rep(250)))
print(pcall(string.rep, "x", -1), pcall(string.find, ("a"):rep(1000), (".-"):rep(210) .. "b"))
--- long subjects
local s = ("a"):rep(20000) .. "b"
print(s:find("b"), s:find("a*b"), s:find("a-b"), #s:match("a+"), s:find("ab$"), s:find("^a+b$"))
--- backtracking
print(("aaaaaaaaaaaaaaaaaaaa"):match("a*a*a*b"), ("aaaaaaaaaaaaaab"):find("a-a-a-b"), ("abababab"):match("(ab)*"), ("abcbcd"):match("a.*c"), ("abcbcd"):match("a.-c"))
--- email, URL and CSV
print(("me@example.org"):match("^([%w%.]+)@([%w%.]+)%.(%a+)$"))
print(("http://host:80/path?q=1#f"):match("^(%a+)://([^:/]+):?(%d*)(/[^?#]*)%??([^#]*)#?(.*)$"))
for f in (("a,,b c,"):gsub("$", ",")):gmatch("([^,]*),") do io.write("<", f, ">") end print()
--- numbers in text
for n in ("3 -4.5 +6e7 0x1F .5 1."):gmatch("[+-]?%.?%d[%w%.]*") do io.write(n, "=", tostring(tonumber(n)), " ") end print()
--- arguments of the wrong type
print(pcall(string.find))
print(pcall(string.find, "a"))
print(pcall(string.match, {}, "a"))
print(pcall(string.gmatch, "a"))
print(pcall(string.find, "a", "a", "x"))
print(pcall(string.find, "a", {}, 1))
print(pcall(string.gmatch, "a", "a", 1.5))
print(string.find(123, "2"), (12.5 .. ""):match("%."), string.find(12345, 34))
