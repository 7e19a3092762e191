--- comments of every kind
-- short
--[[ long ]] print(1) --[==[ long
with ]] inside ]==] print(2)
--[ not long
print(3) --]]
---[[ not long either
print(4)
--]]
--- names
local _, _1, aB, _end, END, And = 1, 2, 3, 4, 5, 6 print(_, _1, aB, _end, END, And) local very_long_name_with_many_characters_0123456789 = 7 print(very_long_name_with_many_characters_0123456789)
--- reserved words as field names
local t = { ["end"] = 1, ["and"] = 2 } t["nil"] = 3 print(t["end"], t["and"], t["nil"], load("return ({}).end"), load("goto = 1") == nil)
--- decimal numerals
print(0, 00, 007, 1, 10, 1234567890, 3., .5, 3.14, 0.0, 1e0, 1E1, 1e+1, 1e-1, .5e1, 5.e1, 123e-2)
--- hexadecimal numerals
print(0x0, 0xA, 0Xa, 0xFf, 0xabcdef, 0x.8, 0x8., 0x1.8, 0x1p0, 0x1P4, 0x1p-4, 0x.8p1, 0xA.8p0, 0xffffffffffffffff, 0x7fffffffffffffff)
--- string delimiters
print("it's", 'say "hi"', [[both ' and "]], [=[ ]] ]=], "a\"b", 'a\'b', "tab\tend", 'new\
line')
--- numeric escapes
print("\65\066\0067", "\x41\x4a\x7E", "\u{41}\u{7a}\u{0}" == "Az\0", "\0651", "\x411", "\u{41}1", #"\255\xff\u{ff}")
--- the escape z skips white space
print("one \z
   two \z	three\z

four", "\z", "a\z b")
--- control escapes
for i, c in ipairs { "\a", "\b", "\f", "\n", "\r", "\t", "\v", "\\", "\"", "\'" } do io.write(c:byte(), " ") end print()
--- long brackets
print(#[[
]], #[[

]], [[a]]..[=[b]=], [==[]=]]==], [[ \n ]], #[=[
[[nested]]
]=])
--- operators without spaces
local a,b=6,4 print(a+b,a-b,a*b,a/b,a//b,a%b,a^2,a&b,a|b,a~b,~a,a<<1,a>>1,a..b,a==b,a~=b,a<b,a<=b,a>b,a>=b,-a,#"x",not a)
--- minus signs
local a = 5 print(- a, - -a, -(-a), a - -a, a--[[x]]-1, -a^2, 2^-a)
--- dots
print(1 .. 2, ("x")..("y"), 1.5 .. .5, (function(...) return select("#", ...) end)(...)) local t = { x = { y = 3 } } print(t . x . y, t.x["y"])
--- semicolons
;;; local x = 1; ; print(x); do ; end; return x;
--- calls across lines
local s = ("x")
  :rep(3)
  :upper()
print(s, #
s) local r = string
.rep
("y", 2) print(r)
--- an expression over many lines
local v = 1
  + 2
  * 3
  - (4
  // 2)
  .. "!"
print(v)
--- UTF-8 in strings and comments
-- ünïcödé €
print("ünïcödé €", #"é", "日本" == "\u{65E5}\u{672C}")
--- white space characters
local	a = 1
local f = load("return\v1\f+\r2\t") print(a, f())
--- large numerals
print(1e308, 1e309, 123456789012345678901234567890, 0.1e-400, 9007199254740993, 9223372036854775807, 9223372036854775808, 1e-310)
