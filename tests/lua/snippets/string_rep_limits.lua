--- results that are too large
local M = math.maxinteger print(pcall(string.rep, "ab", M)) print(pcall(string.rep, "x", M, "sep")) print(pcall(string.rep, ("x"):rep(1000), M // 10)) print(pcall(string.rep, "abc", M // 2))
--- repeating nothing is never too large
local M = math.maxinteger print(#string.rep("", 1000) == 0, #string.rep("", 1000, ""), ("x"):rep(math.mininteger) == "", ("x"):rep(-M, ",") == "")
--- separators count between the pieces
for n = 0, 5 do io.write("[", ("a"):rep(n, "--"), "] ") end print(#("abc"):rep(100, ", "), #(""):rep(11, "x"), (""):rep(1, "x") == "")
--- large but possible strings
local s = ("x"):rep(100000) print(#s, #(s .. s), s:sub(99999), s:byte(100000), #s:upper(), #s:reverse()) local t = {} for i = 1, 100 do t[i] = ("y"):rep(1000) end print(#table.concat(t), #table.concat(t, ","))
--- concatenation in a loop
local s = "" for i = 1, 300 do s = s .. i .. "," end print(#s, s:sub(-8)) local r = "" for i = 1, 100 do r = i .. r end print(#r, r:sub(1, 9))
--- doubling
local s = "ab" while #s < 65536 do s = s .. s end print(#s, s:sub(1, 4), s:find("ba", 60000))
--- pack sizes that are too large
print(pcall(string.packsize, "c2147483647c2147483647")) print(pcall(string.packsize, "c99999999999999999999")) print(pcall(string.packsize, ("c2147483647"):rep(2))) print(string.packsize("c1000000"))
--- unpack of too many results
print(pcall(function() return table.unpack({}, 1, 2^33) end)) print(pcall(function() return ("x"):rep(10):byte(1, -1) end)) print(pcall(function() return string.char(table.unpack({}, 1, 2^40)) end))
--- table.concat with impossible ranges
print(pcall(table.concat, {}, "", 1, math.maxinteger)) print(table.concat({}, "x", math.maxinteger, math.mininteger) == "") print(pcall(table.concat, { "a" }, "", 1, 2)) print(table.concat({ [math.maxinteger] = "m" }, "", math.maxinteger))
--- numbers at the end of their range in string functions
local s = "hello" print(s:sub(math.mininteger), s:sub(math.maxinteger) == "", s:sub(-math.maxinteger, math.maxinteger), s:byte(math.maxinteger), s:find("l", math.mininteger), s:find("", math.maxinteger), s:rep(0, s), utf8.len(s, 1, -1), pcall(utf8.len, s, math.maxinteger))
--- format of long items
print(pcall(string.format, "%100d", 1)) print(pcall(string.format, "%.100f", 1)) print(#string.format("%99d", 1), #string.format("%.99f", 1), #string.format("%-99s", "x"), #string.format("%s", ("z"):rep(1000)))
--- gsub growing its subject
local s = "a" for i = 1, 12 do s = s:gsub("a", "aa") end print(#s) print(#("x"):rep(1000):gsub("x", ("y"):rep(50)))
--- long patterns and replacements
local p = ("a"):rep(3000) print(p:find(p), #p:gsub(p, "b"), ("x"):gsub("x", ("%0"):rep(500)):len(), p:match("^" .. ("a"):rep(2999) .. "a$") == p)
--- unbounded: unpack of ten million results
print(select(2, pcall(function() return table.unpack({}, 1, 1e7) end)))
print(pcall(function() return select("#", table.unpack({}, 1, 100)) end))
