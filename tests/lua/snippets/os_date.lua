--- the epoch
print(os.date("!%Y-%m-%d %H:%M:%S", 0), os.date("!%c", 0), os.date("!%x %X", 0), os.date("!%D %T %R %F", 0))
--- fixed times
for _, t in ipairs { 0, 1, 59, 60, 3599, 86399, 86400, 951782400, 951868800, 1078012800, 1234567890, 1709164800, 1709251199, 1735689599, 1735689600, 2147483647, 2147483648, 4102444800, 253402300799 } do print(t, os.date("!%Y-%m-%d %H:%M:%S %a %j", t)) end
--- times before the epoch
for _, t in ipairs { -1, -86400, -86401, -2208988800, -11644473600 } do print(t, os.date("!%Y-%m-%d %H:%M:%S %A", t)) end
--- every ISO C conversion
for c in ("aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyY%"):gmatch(".") do print(c, "[" .. os.date("!%" .. c, 1234567890) .. "]", "[" .. os.date("!%" .. c, 0) .. "]") end
--- names of days and months
for i = 0, 6 do io.write(os.date("!%a %A ", i * 86400)) end print() for i = 0, 11 do io.write(os.date("!%b %B %h ", i * 31 * 86400 - i * 43200)) end print()
--- twelve-hour clock
for h = 0, 23 do io.write(os.date("!%I%p ", h * 3600)) end print() print(os.date("!%r", 0), os.date("!%r", 43200), os.date("!%r", 86399))
--- week numbers around the new year
for y = 2004, 2012 do local t = os.time { year = y, month = 1, day = 1, hour = 12 } for d = -1, 1 do io.write(os.date("!%G-W%V-%u %U %W ", t + d * 86400)) end print() end
--- week-based years
for _, t in ipairs { 1104537600, 1104624000, 1136073600, 1167609600, 1199145600, 1230768000, 1262304000, 1293840000, 1325376000 } do io.write(os.date("!%F=%g/%G/%V ", t)) end print()
--- modifiers E and O
for _, f in ipairs { "%Ec", "%EC", "%Ex", "%EX", "%Ey", "%EY", "%Od", "%Oe", "%OH", "%OI", "%Om", "%OM", "%OS", "%Ou", "%OU", "%OV", "%Ow", "%OW", "%Oy" } do io.write(f:sub(2), "=", os.date("!" .. f, 1234567890), "; ") end print()
--- invalid conversions
for _, f in ipairs { "%Q", "%E", "%Ea", "%O", "%Oa", "%", "abc%", "%1", "%-d", "%_d", "%i", "%k", "%P", "%E%", "%\0" } do print((f:gsub("%z", "0")), pcall(os.date, "!" .. f, 0)) end
--- text around conversions
print(os.date("!", 0) == "", os.date("!plain text", 0), os.date("!100%%", 0), os.date("!<%d>%n<%t>", 0), os.date("!é%Yé", 0), #os.date("!" .. ("%Y"):rep(100), 0), #os.date("!a\0b%Y", 0))
--- the table form
local t = os.date("!*t", 1234567890) print(t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday, t.isdst) local u = os.date("!*t", 0) print(u.year, u.month, u.day, u.hour, u.min, u.sec, u.wday, u.yday, u.isdst)
--- the table form in leap years
for _, v in ipairs { { 2000, 2, 29 }, { 1900, 3, 1 }, { 2024, 12, 31 }, { 2023, 12, 31 }, { 2100, 2, 28 } } do local t = os.date("!*t", os.time { year = v[1], month = v[2], day = v[3] }) print(t.year, t.month, t.day, t.hour, t.wday, t.yday) end
--- os.time of fixed dates
print(os.time { year = 1970, month = 1, day = 1, hour = 0 }, os.time { year = 2000, month = 1, day = 1 }, os.time { year = 2009, month = 2, day = 13, hour = 23, min = 31, sec = 30 }, os.time { year = 1969, month = 12, day = 31, hour = 23, min = 59, sec = 58 }, os.time { year = 2038, month = 1, day = 19, hour = 3, min = 14, sec = 8 })
--- os.time normalises its fields
local function norm(t) local n = os.time(t) return n, os.date("!%F %T", n), t.year, t.month, t.day, t.hour, t.min, t.sec, t.wday, t.yday end
print(norm { year = 2024, month = 14, day = 1, hour = 0 }) print(norm { year = 2024, month = 0, day = 0, hour = 0 }) print(norm { year = 2023, month = 2, day = 30, hour = 25, min = 61, sec = 61 }) print(norm { year = 2024, month = 3, day = -5, hour = -1, min = -1, sec = -1 }) print(norm { year = 2000, month = -11, day = 366 }) print(norm { year = 2024, month = 1, day = 1, hour = 0, sec = 100000 })
--- os.time accepts strings and integral floats
print(os.time { year = "2020", month = "01", day = "1", hour = "0" }, os.time { year = 2020.0, month = 1.0, day = 1.0, hour = 0.0 }, math.type(os.time { year = 2020, month = 1, day = 1 }))
--- os.time reads through metatables
print(os.time(setmetatable({}, { __index = { year = 2020, month = 6, day = 15, hour = 12 } })))
--- os.time errors
for _, t in ipairs { {}, { year = 2020 }, { year = 2020, month = 5 }, { day = 1 }, { year = "x", month = 1, day = 1 }, { year = 2020, month = {}, day = 1 }, { year = 2020, month = 1.5, day = 1 }, { year = 2^40, month = 1, day = 1 }, { year = 2020, month = 2^33, day = 1 }, { year = 2020, month = 1, day = -2^40 }, { year = 2020, month = 1, day = 1, hour = "h" } } do print(pcall(os.time, t)) end
--- round trips
local ok = true for t = -3000000000, 5000000000, 123456789 do local d = os.date("!*t", t) d.isdst = nil ok = ok and os.time(d) == t end print(ok)
--- date errors
print(pcall(os.date, "!%Y", 1.5)) print(pcall(os.date, "!%Y", "x")) print(pcall(os.date, "!%Y", 2^60)) print(pcall(os.date, {}, 0)) print(os.date("!%Y", "86400"), os.date("!%Y", 86400.0))
--- years that do not fit
print(pcall(os.date, "!%Y", math.maxinteger)) print(pcall(os.date, "!*t", math.mininteger)) print(os.date("!%Y-%m-%d", 67767976233532799))
--- difftime
print(os.difftime(10, 3), os.difftime(3, 10), os.difftime(0, 0), math.type(os.difftime(1, 0)), os.difftime(2^40, 1), pcall(os.difftime, 1)) print(pcall(os.difftime)) print(os.difftime(5.0, "2"))
--- the difference of two dates in days
local function days(a, b) return os.difftime(os.time(b), os.time(a)) // 86400 end print(days({ year = 2000, month = 1, day = 1 }, { year = 2024, month = 1, day = 1 }), days({ year = 2024, month = 2, day = 28 }, { year = 2024, month = 3, day = 1 }), days({ year = 2023, month = 2, day = 28 }, { year = 2023, month = 3, day = 1 }))
--- a calendar
local first = os.time { year = 2024, month = 2, day = 1, hour = 12 } local pad = tonumber(os.date("!%w", first)) io.write(("   "):rep(pad)) for d = 1, 29 do io.write(("%3d"):format(d)) if (d + pad) % 7 == 0 then print() end end print()
--- types of time functions without arguments
print(math.type(os.time()), type(os.date()), math.type(os.clock()), type(os.date("*t")), os.time() <= os.time(), os.clock() >= 0)
--- years of fewer than four digits
for _, t in ipairs { -62135596800, -59011459200, -30641760000 } do print(t, os.date("!%Y|%C|%y|%G|%g", t)) end
print(os.date("!%Y", 253402300800), os.date("!%F", -62167219201))
