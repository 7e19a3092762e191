--- continue
for i = 1, 10 do if i % 3 ~= 0 then goto continue end io.write(i, " ") ::continue:: end print()
--- nested break with goto
for i = 1, 3 do for j = 1, 3 do if i * j == 4 then print(i, j) goto out end end end ::out:: print("done")
--- redo an iteration
local tries = 0 for i = 1, 3 do ::again:: tries = tries + 1 if tries % 2 == 1 then goto again end io.write(i, ":", tries, " ") end print()
--- a loop out of gotos
local i = 1 ::top:: if i <= 5 then io.write(i, " ") i = i + 1 goto top end print()
--- forward jumps skip code
do goto skip print("never") ::skip:: end goto done print("never") ::done:: print("ok")
--- labels in nested functions are their own
local function f() goto x ::x:: return 1 end goto x ::x:: print(f())
--- the same label in separate blocks
do ::a:: end do ::a:: end for i = 1, 2 do goto a ::a:: end print("fine")
--- a label at the end of a block ignores later locals
do goto last local x = 1 print(x) ::last:: end for i = 1, 1 do if i then goto cont end local y = 2 ::cont:: end print("end")
--- jumping back closes upvalues
local fs = {} do local i = 1 ::top:: local x = i * 10 fs[i] = function() x = x + 1 return x end i = i + 1 if i <= 3 then goto top end end print(fs[1](), fs[1](), fs[2](), fs[3]())
--- while with complex conditions
local n, steps = 27, 0 while n ~= 1 and steps < 1000 do n = n % 2 == 0 and n // 2 or 3 * n + 1 steps = steps + 1 end print(n, steps)
--- repeat with continue
local i = 0 repeat i = i + 1 if i % 2 == 0 then goto cont end io.write(i, " ") ::cont:: until i >= 9 print()
--- break out of every kind of loop
for i = 1, 10 do if i == 3 then print("for", i) break end end for k in pairs { 1, 2, 3 } do print("in", k) break end local w = 0 while true do w = w + 1 if w == 4 then break end end print(w) repeat w = w - 1 if w == 1 then break end until false print(w)
--- break inside if inside loop
for i = 1, 5 do if i > 2 then do break end end io.write(i, " ") end print()
--- a state machine
local s, out, i = "aab!ba", {}, 0 ::start:: i = i + 1 do local c = s:sub(i, i) if c == "a" then goto a elseif c == "b" then goto b elseif c == "" then goto finish else goto other end end ::a:: out[#out + 1] = "A" goto start ::b:: out[#out + 1] = "B" goto start ::other:: out[#out + 1] = "?" goto start ::finish:: print(table.concat(out))
--- generic for with a state
local function iter(s, c) if c < s then return c + 1, c * c end end for i, sq in iter, 5, 0 do io.write(i, ":", sq, " ") end print()
--- generic for over nothing
for x in function() return nil end do print("never") end for k, v in next, {} do print("never") end print("done")
--- generic for with false stops only at nil
local vals, i = { false, 0, "" }, 0 for v in function() i = i + 1 return vals[i] end do io.write(tostring(v), ";") end print()
--- the control variable can be assigned
for i = 1, 3 do local j = i i = i * 10 io.write(j, ":", i, " ") end for k, v in ipairs { 5, 6 } do k = k + 100 io.write(k, " ") end print()
--- primes by sieve
local n, c, t = 2000, 0, {} for i = 2, n do if not t[i] then c = c + 1 for j = i * i, n, i do t[j] = true end end end print(c)
--- nested loops with many levels
local c = 0 for a = 1, 3 do for b = a, 3 do for d = b, 3 do for e = d, 3 do c = c + a * b * d * e end end end end print(c)
--- long jumps over large bodies
local t = {} for i = 1, 3000 do t[i] = "x = x + 1" end local f = load("local x, n = 0, 0 while n < 3 do n = n + 1 " .. table.concat(t, "\n") .. " end return x") print(f())
--- queens
local n, count, cols, d1, d2 = 6, 0, {}, {}, {} local function place(r) if r > n then count = count + 1 return end for c = 1, n do if not (cols[c] or d1[r + c] or d2[r - c + n]) then cols[c], d1[r + c], d2[r - c + n] = true, true, true place(r + 1) cols[c], d1[r + c], d2[r - c + n] = nil, nil, nil end end end place(1) print(count)
