--- values pass both ways
local co = coroutine.create(function(a, b) local c = coroutine.yield(a + b) local d, e = coroutine.yield(c * 2) return d + e, "end" end) print(coroutine.resume(co, 1, 2)) print(coroutine.resume(co, 10)) print(coroutine.resume(co, 3, 4)) print(coroutine.resume(co)) print(coroutine.status(co))
--- status
local co co = coroutine.create(function() print(coroutine.status(co)) local inner = coroutine.create(function() print(coroutine.status(co)) end) coroutine.resume(inner) coroutine.yield() end) print(coroutine.status(co)) coroutine.resume(co) print(coroutine.status(co)) coroutine.resume(co) print(coroutine.status(co))
--- wrap
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end return "last" end) print(gen(), gen(), gen(), gen()) print(pcall(gen))
--- running and isyieldable
local main, ismain = coroutine.running() print(type(main), ismain, coroutine.isyieldable()) coroutine.wrap(function() local t, m = coroutine.running() print(type(t), m, coroutine.isyieldable(), t ~= main) end)()
--- generators for loops
local function squares(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i, i * i) end end) end for i, s in squares(5) do io.write(i, "=", s, " ") end print()
--- producer, filter, consumer
local function producer() return coroutine.wrap(function() for w in ("one two three four"):gmatch("%a+") do coroutine.yield(w) end end) end local function filter(src) return coroutine.wrap(function() local n = 0 for w in src do n = n + 1 coroutine.yield(n .. ":" .. w:upper()) end end) end for s in filter(producer()) do io.write(s, " ") end print()
--- permutations
local function permgen(a, n) n = n or #a if n <= 1 then coroutine.yield(table.concat(a)) else for i = 1, n do a[n], a[i] = a[i], a[n] permgen(a, n - 1) a[n], a[i] = a[i], a[n] end end end for p in coroutine.wrap(function() permgen { "a", "b", "c" } end) do io.write(p, " ") end print()
--- yield across pcall
local co = coroutine.wrap(function() local ok, v = pcall(function() local x = coroutine.yield("in pcall") error("got " .. x, 0) end) coroutine.yield(tostring(ok) .. " " .. v) return "done" end) print(co()) print(co("value")) print(co())
--- yield across xpcall and its handler
local co = coroutine.wrap(function() return xpcall(function(a) local b = coroutine.yield(a) error({ b }) end, function(e) return "handled " .. e[1] end, "first") end) print(co()) print(co("second"))
--- yield across metamethods
local mt = { __index = function(_, k) return coroutine.yield("index " .. k) end, __newindex = function(_, k, v) coroutine.yield("newindex " .. k) end, __add = function(a, b) return coroutine.yield("add") end, __call = function(_, x) return coroutine.yield("call " .. x) end, __concat = function() return coroutine.yield("concat") end, __eq = function() return coroutine.yield("eq") end, __lt = function() return coroutine.yield("lt") end, __le = function() return coroutine.yield("le") end, __len = function() return coroutine.yield("len") end, __unm = function() return coroutine.yield("unm") end }
local o, p = setmetatable({}, mt), setmetatable({}, mt)
local co = coroutine.wrap(function() local r = {} r[1] = o.x o.y = 1 r[2] = o + 1 r[3] = o(5) r[4] = o .. "s" r[5] = o == p r[6] = o < p r[7] = o <= p r[8] = #o r[9] = -o r[10] = "a" .. "b" .. o if o < p then r[11] = "lt" end if not (o == p) then r[12] = "ne" end return r end)
local v = co() while type(v) ~= "table" do io.write(v, "; ") v = co(7) end print() for i = 1, 12 do io.write(tostring(v[i]), " ") end print()
--- yield in iterators and in pairs
local co = coroutine.wrap(function() for a in function(_, c) return coroutine.yield("iter") end do io.write("[", a, "]") end for k in pairs(setmetatable({}, { __pairs = function(t) coroutine.yield("pairs") return next, { 1 }, nil end })) do io.write("{", k, "}") end return "end" end) io.write(co(), co(1), co(2), co(nil), co(), "\n")
--- yield inside nested calls
local function deep(n) if n == 0 then return coroutine.yield("bottom") end return (deep(n - 1)) + 1 end local co = coroutine.create(function() return deep(50) end) print(coroutine.resume(co)) print(coroutine.resume(co, 100))
--- yield as an argument and in a constructor
local co = coroutine.wrap(function() local t = { coroutine.yield(1), coroutine.yield(2), x = coroutine.yield(3), coroutine.yield(4) } return #t, t[1], t[2], t.x, t[3], t[4] end) co() co("a", "lost") co("b") co("c") print(co("d", "kept"))
--- coroutine.wrap inside coroutine.wrap
local function count(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end local both = coroutine.wrap(function() local a, b = count(3), count(5) while true do local x, y = a(), b() if not x then return end coroutine.yield(x * 10 + y) end end) for i = 1, 3 do io.write(both(), " ") end print()
--- many coroutines
local cs, sum = {}, 0 for i = 1, 100 do cs[i] = coroutine.wrap(function(x) while true do x = x + coroutine.yield(x * i) end end) end for i = 1, 100 do sum = sum + cs[i](i) end for r = 1, 3 do for i = 1, 100 do sum = sum + cs[i](r) end end print(sum)
--- a round-robin scheduler
local tasks, out = {}, {} local function spawn(name, n) tasks[#tasks + 1] = coroutine.create(function() for i = 1, n do out[#out + 1] = name .. i coroutine.yield() end end) end spawn("a", 3) spawn("b", 1) spawn("c", 2) while #tasks > 0 do for i = #tasks, 1, -1 do coroutine.resume(tasks[i]) if coroutine.status(tasks[i]) == "dead" then table.remove(tasks, i) end end end print(table.concat(out, " "))
--- close
local co = coroutine.create(function() coroutine.yield(1) end) print(coroutine.close(co), coroutine.status(co)) co = coroutine.create(function() coroutine.yield(1) end) coroutine.resume(co) print(coroutine.close(co), coroutine.status(co), coroutine.close(co)) print(coroutine.resume(co))
--- close runs pending close variables
local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function(_, e) print("closing x", e) end }) local y <close> = setmetatable({}, { __close = function(_, e) print("closing y", e) end }) coroutine.yield(1) end) coroutine.resume(co) print(coroutine.close(co)) print(coroutine.status(co))
--- close with an error in a close handler
local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function(_, e) error("from close", 0) end }) coroutine.yield(1) end) coroutine.resume(co) print(coroutine.close(co)) print(coroutine.close(co))
--- close after an error
local co = coroutine.create(function() error("oops", 0) end) print(coroutine.resume(co)) print(coroutine.close(co)) print(coroutine.close(co))
--- yield inside a close handler
local co = coroutine.wrap(function() do local x <close> = setmetatable({}, { __close = function() coroutine.yield("closing") end }) coroutine.yield("body") end return "after" end) print(co(), co(), co())
--- yields with many values
local co = coroutine.wrap(function(...) local t = { ... } while true do t = { coroutine.yield(table.unpack(t)) } end end) print(select("#", co(table.unpack({}, 1, 0)))) local t = {} for i = 1, 150 do t[i] = i end print(select("#", co(table.unpack(t))), (select(150, co(table.unpack(t)))))
--- tail calls into yield
local co = coroutine.wrap(function(...) return coroutine.yield(...) end) print(co(1, 2)) print(co(3, 4)) local co2 = coroutine.wrap(coroutine.yield) print(co2(5)) print(co2(6))
--- coroutines over library functions
local co = coroutine.create(string.rep) print(coroutine.resume(co, "ab", 2)) print(coroutine.status(co)) print(coroutine.resume(coroutine.create(pcall), error, "e")) print(coroutine.resume(coroutine.create(select), "#", 1, 2))
--- same fringe
local function leaves(t) if type(t) == "table" then leaves(t[1]) leaves(t[2]) else coroutine.yield(t) end end local function same(a, b) local x, y = coroutine.wrap(function() leaves(a) end), coroutine.wrap(function() leaves(b) end) while true do local p, q = x(), y() if p ~= q then return false end if p == nil then return true end end end print(same({ { 1, 2 }, 3 }, { 1, { 2, 3 } }), same({ 1, 2 }, { 2, 1 }))
--- coroutines as objects with state
local Acc = coroutine.wrap(function(x) local total = 0 while true do if x == "get" then x = coroutine.yield(total) else total = total + x x = coroutine.yield(nil) end end end) Acc(5) Acc(7) print(Acc("get")) Acc(-2) print(Acc("get"))
--- a traceback of a suspended coroutine
local function inner() coroutine.yield() end local co = coroutine.create(function() local x = 1
inner() end) coroutine.resume(co) print(debug.traceback(co)) print(debug.traceback(co, "message")) print(debug.traceback(co, nil, 1)) print(debug.traceback(co, "m", 5))
--- a traceback of finished and fresh coroutines
local co = coroutine.create(function() end) print(debug.traceback(co)) coroutine.resume(co) print(debug.traceback(co, "end")) print(debug.traceback({}) ~= nil, type(debug.traceback(nil)))
--- upvalues shared between a coroutine and its creator
local n = 0 local co = coroutine.wrap(function() while true do n = n + 1 coroutine.yield(n) end end) co() n = 10 co() print(n)
