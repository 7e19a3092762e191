--- strings in arithmetic become numbers
print("10" + 1, "10" + "5", "3.0" + 1, "0x10" * 2, " 5 " - 1, "1e2" / 4, "7" // "2", "7.5" % "2", "2" ^ "3", -"4", -"-4.5", - -"3")
--- the type of the result follows the text
print(math.type("10" + 0), math.type("10.0" + 0), math.type("1e1" + 0), math.type("0x10" + 0), math.type("0x1p4" + 0), math.type("9223372036854775808" + 0), math.type(-"5"), math.type("6" // "2"))
--- numbers in concatenation become strings
print(1 .. 2, 1.0 .. "", 2^63 .. "|" .. -0.0, 1e15 .. " " .. 1e16, 0.1 + 0.2 .. "", 10 // 3 .. "", math.mininteger .. "")
--- strings that are no numbers
for _, s in ipairs { "", "a", "1a", "0x", "1 2", "1e", "nan", "inf", "10,5", "--1", "1\0" } do print((pcall(function() return s + 1 end)), (pcall(function() return 1 * s end)), (pcall(function() return -s end))) end
--- comparison never converts
print("10" == 10, 1 == "1", "1" ~= 1, pcall(function() return "1" < 2 end)) print("10" < "9", "a" < "b", "" < "0", "2" > "10")
--- indexing never converts
local t = { [1] = "n", ["1"] = "s" } print(t[1], t["1"], t[1.0], t["1.0"], #t) t["2"] = "x" print(#t, t[2])
--- library arguments convert
print(("5"):rep("3"), string.rep(5, 3), string.len(12345), string.sub(98765, 2, "4"), math.floor("3.7"), math.sqrt("16"), string.char("65", 66.0), select("2", "a", "b"), table.concat({ 1, 2.5, "x" }, 0), tostring(12):rep(2), string.upper(1.5), math.max(1, 2))
--- integer arguments accept integral floats and strings
print(("abc"):sub(2.0), ("abc"):byte("1.0"), ("x"):rep(2^1), table.concat({ 1, 2, 3 }, ",", "2"), string.format("%d", "10.0"), pcall(string.rep, "x", "1.5"), utf8.char(65.0, "66"))
--- conversions in string.format
print(string.format("%d %s %f %x %g %q", "42", 42, "1.5", "255", "0x10", "42"))
--- concatenation of the smallest and largest
print(math.maxinteger .. "", math.mininteger .. "", 5e-324 .. "", 1.7976931348623157e308 .. "", -1 .. -1, 1 .. -1 .. 1)
--- boolean and nil never convert
for _, v in ipairs { true, false, print } do print((pcall(function() return v + 1 end)), (pcall(function() return v .. "" end)), (pcall(function() return #v end))) end
--- tostring and tonumber are inverses on integers
local ok = true for i = -1000, 1000 do ok = ok and tonumber(tostring(i)) == i and math.type(tonumber(tostring(i))) == "integer" and tonumber(tostring(i + 0.0)) == i and math.type(tonumber(tostring(i + 0.0))) == "float" end print(ok)
--- string arithmetic errors
for _, f in ipairs { function() return "a" + 1 end, function() return 1 + "a" end, function() return "a" .. nil end, function() return {} + "1" end, function() return "1" + {} end, function() return "x" // "y" end, function() return nil * "2" end, function() return -"z" end, function() return "5" % true end, function() return "3" // 0 end, function() return "3" % "0" end } do print(pcall(f)) end
--- loops and lengths do not convert
print(pcall(function() for i = "1", 2 do end end)) print(#"123", pcall(function() return #123 end))
--- the order of evaluation with conversions
local log = {} local function v(x) log[#log + 1] = tostring(x) return x end print(v("1") + v(2) * v("3") .. v("x"), table.concat(log, " "))
