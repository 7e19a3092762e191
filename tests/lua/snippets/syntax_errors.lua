--- unexpected symbols
for _, s in ipairs { "x", "x =", "= 1", "x = = 1", "local", "local 1", "local x =", "return return", "1 + 1", "f(", "f(1", "f(1,", "f)", "{", "}", "x = {", "x = {1", "x = {1,,2}", "x = {[1] 2}", "x = {[1} = 2", "(", "()", "(1)", "x.1 = 2", "x. = 1", "x: = 1", "x:y", "x:y = 1", "a.b:c.d()", "x[1 = 2", "x[] = 1", "f() = 1", "'x' = 1", "nil = 1", "...  = 1", "x, 1 = 1, 2", "x, y", "x + 1", "not x", "#x", "~", "!", "x != 1", "x += 1", "x++", "a b", "a 'b' = 1", "?", "$", "@", "`", "\\" } do print(s, select(2, load(s, "=c"))) end
--- unfinished blocks
for _, s in ipairs { "if", "if x", "if x then", "if x then else", "if x then elseif", "if x then elseif y then", "if x then else elseif y then end", "while", "while x", "while x do", "for", "for i", "for i =", "for i = 1", "for i = 1,", "for i = 1, 2", "for i = 1, 2 do", "for i, j = 1, 2 do end", "for i = 1, 2, 3, 4 do end", "for i in", "for i in x", "for i in x do", "for 1 = 1, 2 do end", "for i, in x do end", "repeat", "repeat until", "do", "function", "function f", "function f(", "function f()", "function f(a,", "function f(a,)", "function f(1) end", "function f.1() end", "function f:g:h() end", "function f:g.h() end", "function f[1]() end", "local function", "local function f.g() end", "local function f", "x = function", "x = function f() end", "return", "return 1,", "end", "until x", "else", "elseif", "then", "in", "do end end", "goto", "goto 1", "::", "::x", "::x:", "::1::", "break" } do print(s, select(2, load(s, "=c"))) end
--- closing keywords name the line of the opening one
print(load("if x then\n\n\nfoo()\n", "=c")) print(load("for i = 1, 2 do\n print(i)\n\n", "=c")) print(load("function f()\n return 1\n\n)", "=c")) print(load("x = {\n1,\n2\n", "=c")) print(load("f(\n1,\n2\n", "=c")) print(load("while true do\n if x then\n end\n", "=c")) print(load("repeat\n local x\n end", "=c")) print(load("x = (\n1 + 2\n y", "=c")) print(load("x[\n1\n= 2", "=c"))
--- unfinished strings
for _, s in ipairs { "x = 'abc", 'x = "abc', "x = 'abc\n'", "x = '", 'x = "\\', "x = 'a\\", "x = [[abc", "x = [==[abc]=]", "x = [=abc", "x = [==", "--[[ comment", "--[==[ comment ]]", "x = 'abc\"", "x = 'a\\\n", "x = 'a\\z  \n  " } do print((s:gsub("\n", "~")), select(2, load(s, "=c"))) end
--- invalid escapes
for _, s in ipairs { "'\\q'", "'\\xg0'", "'\\x1'", "'\\x'", "'\\256'", "'\\999'", "'\\u1'", "'\\u{'", "'\\u{g}'", "'\\u{110000000}'", "'\\u{80000000}'", "'\\u{1'", "'\\X41'", "'abc\\  '", "'\\-'", "'ok\\400more'", "'\\u{}'" } do print(s, select(2, load("return " .. s, "=c"))) end
--- malformed numbers
for _, s in ipairs { "1e", "1e+", "1ex", "0x", "0xg", "0x.p1", "1..2", "1.2.3", "3x", "0x1p", "0xep", "12a", "1e1.5", "08x", "1_0", "0b1", ".e1", "3.e", "0x1.8p1.2", "1e5e5", "0xffz" } do print(s, select(2, load("return " .. s, "=c"))) end
--- goto and labels
for _, s in ipairs { "goto x", "do ::x:: end goto x", "goto x local a ::x:: print(a)", "::x:: ::x::", "do ::x:: end ::x::", "::x:: do ::x:: end", "while true do goto y end", "function f() goto z end ::z::", "break", "if x then break end", "function f() break end while true do end", "goto continue local a ::continue:: return 1", "repeat goto c local x ::c:: until x", "::a:: goto a ::a::", "goto = 1" } do print(s, select(2, load(s, "=c"))) end
--- attributes
for _, s in ipairs { "local x <const>", "local x <const> = 1; x = 2", "local x <close>, y <close> = 1, 2", "local x <foo> = 1", "local x < const", "local x <1> = 2", "local x <> = 1", "local <const> x = 1", "local x <const> = 1; function f() x = 3 end", "local x <close> = nil; x = nil", "local function f <const> () end", "local x <const> = 1; x, y = 1, 2", "local x <const> = {}; x.y = 1; x = 3", "for i <const> = 1, 2 do end" } do print(s, select(2, load(s, "=c"))) end
--- varargs outside vararg functions
print(load("function f() return ... end", "=c")) print(load("return function(a) local t = {...} end", "=c")) print(load("function f(..., a) end", "=c")) print(load("function f(a ...) end", "=c")) print(load("local function f(a, ...) return ... end return f(...)", "=c") ~= nil)
--- tokens near the error are quoted
for _, s in ipairs { "x = 'string' 'again'", "x = 5 5", "x = 5.5e3 7", "x = [[long]] [[b]]", "x = nil nil", "x = y z", "x = >= 1", "x = 1 .. .. 2", "x = a ... b", "x = 1 // // 2", "x = << 2", "x = :: y", "x = ~= 1", "x = \1", "x = \127", "x = \200", "x = é", "and", "x = or", "local and = 1", "goto end", "x.end = 1", "x = {end = 1}", "f(if)", "a.b.function()" } do print((s:gsub("[\1\127\200]", "?")), select(2, load(s, "=c"))) end
--- long tokens
print(load("x = '" .. ("a"):rep(60) .. "' y z", "=c")) print(load("x = " .. ("1"):rep(40) .. " " .. ("b"):rep(80), "=c")) print(load("local " .. ("v"):rep(100) .. " 5", "=c"))
--- deep nesting is limited
local function try(s) local f, e = load(s, "=c") print(f ~= nil, e) end try("x = " .. ("("):rep(100) .. "1" .. (")"):rep(100)) try("x = " .. ("("):rep(300) .. "1" .. (")"):rep(300)) try(("do "):rep(300) .. ("end "):rep(300)) try("x = " .. ("{"):rep(300) .. ("}"):rep(300)) try("x = " .. ("-"):rep(1) .. ("not "):rep(300) .. "1") try(("if x then "):rep(250) .. ("end "):rep(250)) try("x = " .. ("1 .. "):rep(300) .. "1") try("return " .. ("function() return "):rep(250) .. ("end "):rep(250)) try("x = " .. ("2 ^ "):rep(250) .. "2")
--- too many locals, upvalues and registers
local t = {} for i = 1, 201 do t[i] = "v" .. i end print(load("local " .. table.concat(t, ", "), "=c")) print(load("local " .. table.concat(t, ", ", 1, 200), "=c") ~= nil) print(load("function f(" .. table.concat(t, ", ") .. ") end", "=c")) local s = {} for i = 1, 150 do s[i] = "local a" .. i end s = table.concat(s, "\n") .. "\nlocal function f()\n" local u = {} for i = 1, 110 do u[i] = "local b" .. i end s = s .. table.concat(u, "\n") .. "\nreturn function() return " for i = 1, 150 do s = s .. "a" .. i .. ", " end for i = 1, 110 do s = s .. "b" .. i .. ", " end print(load(s .. "1 end end", "=c")) local c = {} for i = 1, 260 do c[i] = "x" end print(load("f(" .. table.concat(c, ", ") .. ")", "=c"))
--- errors know their line
print(load("\n\n\nx = = 1", "=c")) print(load("-- comment\n--[[ two\nlines ]]\nx = )", "=c")) print(load("x = [[\n\n\n]] y", "=c")) print(load("x = 'a\\\nb' 5", "=c")) print(load("\r\n\r\n?", "=c")) print(load("\n\r\n\r?", "=c")) print(load("#!shebang is only for files\nx", "=c"))
--- chunk names in syntax errors
for _, name in ipairs { "=name", "@file.lua", "some code", "first\nsecond", ("x"):rep(80), "" } do print(load("x =", name)) end print(load("x =")) print(load("x\ny\nz =="))
--- empty and trivial chunks load
for _, s in ipairs { "", " ", "\n", ";", ";;;", "-- only a comment", "--[[x]]", "--[==[\n]==]", "return", "return;", "::l::", "do end", "local x", "return nil", "--", "--[", "--[=", "local x <const> = 1", "x=1y=2", "a.b['c'].d=1", "f{}f''f[[]]" } do io.write(tostring(load(s) ~= nil), " ") end print()
--- ambiguous calls are accepted
print(load("local f = print\n(f or print)('x')", "=c") ~= nil, load("a = b\n(c).d = 1", "=c") ~= nil, load("a = f\n{}", "=c") ~= nil, load("return f\n'x'", "=c") ~= nil)
--- error: the main chunk does not compile
print("never printed")
local x = = 5
--- error: an unfinished main chunk
for i = 1, 10 do
  print(i)
--- error: an unknown attribute
local x <konst> = 1
--- error: a missing label
goto nowhere
--- error: assigning to a constant
local limit <const> = 10
limit = limit + 1
--- error: a break outside of a loop
do
  break
end
--- error: an unfinished long string
local s = [==[
text ]]
