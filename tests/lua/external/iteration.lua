-- pairs, next, ipairs and #: key order, pages, changes during the loop.
local t = ext.table()
_home.t = t
local keys = { "b", "a", "", "aa", 3, 1, 2, -1, 2.5, 1e300, -1e300, true, false, 256, -256, 0 }
for _, key in ipairs(keys) do t[key] = tostring(key) end
local order = {}
for key, value in pairs(t) do assert(value == tostring(key)); order[#order + 1] = tostring(key) end
assert(table.concat(order, " ") == " a aa b -256 -1 0 1 2 3 256 -1e+300 2.5 1e+300 false true", table.concat(order, " "))

local many = ext.table()
for i = 1, 5000 do many["key" .. i] = i end
local sum, count = 0, 0
for key, value in pairs(many) do sum = sum + value; count = count + 1 end
assert(count == 5000 and sum == 12502500)

-- Deleting everything, and changing everything, during a loop.
count = 0
for key in pairs(many) do many[key] = nil; count = count + 1 end
assert(count == 5000 and ext.size(many) == 0 and next(many) == nil)
for i = 1, 1000 do many[i] = i end
for key, value in pairs(many) do many[key] = -value end
sum = 0
for _, value in pairs(many) do sum = sum + value end
assert(sum == -500500)
-- A key that is deleted ahead of the loop is not seen.
local seen = {}
for key in pairs(many) do
  seen[key] = true
  if key % 2 == 1 then many[key + 1] = nil end
end
assert(seen[1] and not seen[2] and seen[999] and not seen[1000] and ext.size(many) == 500)
-- A key that is added ahead of the loop is seen, a key behind it is not.
local fresh = ext.table()
for i = 10, 20, 2 do fresh[i] = true end
local visited = {}
for key in pairs(fresh) do
  visited[#visited + 1] = key
  if key == 10 then fresh[11] = true; fresh[5] = true; fresh[99] = true end
end
assert(table.concat(visited, " ") == "10 11 12 14 16 18 20 99", table.concat(visited, " "))

-- More loops at once than there are pages, all over the same table.
local n = 0
local small = ext.table()
for i = 1, 5 do small[i] = i end
for a in pairs(small) do for b in pairs(small) do for c in pairs(small) do for d in pairs(small) do for e in pairs(small) do
  n = n + 1
end end end end end
assert(n == 3125)

-- next, from any key.
assert(next(small) == 1 and next(small, 5) == nil and select("#", next(small, 5)) == 1)
assert(next(small, 2) == 3 and next(small, 2) == 3 and next(small, 2.5) == nil and next(small, -9) == 1 and next(small, "x") == 1)
small[4] = nil
assert(next(small, 3) == 5 and next(small, 4) == 5)
small[4] = 4
assert(next(small, 3) == 4)
assert(not pcall(next, small, {}) and not pcall(next, {}, "absent"))
local plain = { x = 1 }
assert(next(plain) == "x" and next(plain, "x") == nil)

-- Length and ipairs.
assert(#small == 5 and #ext.table() == 0)
small[6] = 6; small[7] = 7
assert(#small == 7)
small[7] = nil; small[6] = nil; small[5] = nil
assert(#small == 4 and rawlen(small) == 4)
local record = ext.table()
record.x, record.y = 1, 2
assert(#record == 2, "without t[1] it is the number of keys")
local list = ext.table()
for i = 1, 3000 do list[#list + 1] = i end
assert(#list == 3000)
for i = 1, 2990 do list[#list] = nil end
assert(#list == 10)
local total = 0
for i, value in ipairs(list) do total = total + i * value end
assert(total == 385)
-- Long keys: few fit a page.
local long = ext.table()
for i = 1, 40 do long[("%03d"):format(i) .. ("k"):rep(4000)] = i end
local at = 0
for key, value in pairs(long) do at = at + 1; assert(value == at and #key == 4003) end
assert(at == 40)
