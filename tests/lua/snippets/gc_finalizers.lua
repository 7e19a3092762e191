--- a finalizer runs after a full collection
local log = {} do local x = setmetatable({}, { __gc = function() log[#log + 1] = "finalized" end }) end collectgarbage() collectgarbage() print(table.concat(log, " "))
--- finalizers run in reverse order of marking
local log = {} local mt = { __gc = function(o) log[#log + 1] = o.n end } for i = 1, 5 do setmetatable({ n = i }, mt) end collectgarbage() collectgarbage() print(table.concat(log, " "))
--- a finalizer must be in the metatable when it is set
local ran = false local mt = {} do local x = setmetatable({}, mt) end mt.__gc = function() ran = true end collectgarbage() collectgarbage() print(ran) mt = { __gc = true } do local x = setmetatable({}, mt) end mt.__gc = function() ran = true end collectgarbage() collectgarbage() print(ran)
--- resurrection
local saved local mt = { __gc = function(o) saved = o end } setmetatable({ v = 42 }, mt) collectgarbage() print(saved and saved.v) saved = nil collectgarbage() print(saved)
--- resurrection and finalizing again
local n, keep = 0, nil local mt mt = { __gc = function(o) n = n + 1 keep = o setmetatable(o, mt) end } setmetatable({}, mt) for i = 1, 4 do collectgarbage() keep = nil end collectgarbage() print(n >= 3)
--- errors in finalizers do not reach the program
setmetatable({}, { __gc = function() error("in gc") end }) print(pcall(collectgarbage)) setmetatable({}, { __gc = function() error({}) end }) collectgarbage() print("alive") setmetatable({}, { __gc = 5 }) collectgarbage() print("still alive")
--- finalizers see their object intact
local out setmetatable({ name = "obj", list = { 1, 2, 3 } }, { __gc = function(o) out = o.name .. #o.list end }) collectgarbage() print(out)
--- weak values
local w = setmetatable({}, { __mode = "v" }) w[1] = {} w[2] = "string" w[3] = 42 w.keep = {} local k = w.keep w.f = function() return k end collectgarbage() print(w[1], w[2], w[3], w.keep == k, w.f)
--- weak keys
local w = setmetatable({}, { __mode = "k" }) local k = {} w[k] = "kept" w[{}] = "lost" w["s"] = {} w[5] = {} collectgarbage() local n = 0 for _ in pairs(w) do n = n + 1 end print(n, w[k], type(w.s), type(w[5]))
--- ephemerons
local e = setmetatable({}, { __mode = "k" }) do local a, b = {}, {} e[a] = b e[b] = a end collectgarbage() print(next(e)) local k = {} e[k] = { k } collectgarbage() print(e[k][1] == k) k = nil collectgarbage() print(next(e))
--- weak keys and values
local w = setmetatable({}, { __mode = "kv" }) local a, b = {}, {} w[a] = b w[{}] = a w[b] = {} w[1] = 2 collectgarbage() local n = 0 for _ in pairs(w) do n = n + 1 end print(n, w[a] == b, w[1])
--- chains of ephemerons
local e = setmetatable({}, { __mode = "k" }) local first = {} local cur = first for i = 1, 50 do local nxt = { i } e[cur] = nxt cur = nxt end cur = nil collectgarbage() local n, x = 0, first while e[x] do x = e[x] n = n + 1 end print(n) first, x = nil, nil collectgarbage() print(next(e))
--- weak tables and resurrected objects
local wk, wv = setmetatable({}, { __mode = "k" }), setmetatable({}, { __mode = "v" }) local seen do local o = setmetatable({}, { __gc = function(o) seen = tostring(wk[o]) .. " " .. tostring(wv[1]) end }) wk[o] = "by key" wv[1] = o end collectgarbage() print(seen)
--- strings are never removed from weak tables
local w = setmetatable({}, { __mode = "kv" }) for i = 1, 10 do w["k" .. i] = "v" .. i end collectgarbage() local n = 0 for _ in pairs(w) do n = n + 1 end print(n)
--- changing the mode
local mt = { __mode = "v" } local w = setmetatable({ {}, {} }, mt) mt.__mode = nil collectgarbage() print(#w) mt.__mode = "v" collectgarbage() print(w[1], w[2])
--- collector options
print(collectgarbage("isrunning"), collectgarbage("stop"), collectgarbage("isrunning"), collectgarbage("restart"), collectgarbage("isrunning")) print(math.type(collectgarbage("count")), collectgarbage("count") > 0, collectgarbage(), collectgarbage("collect")) print(pcall(collectgarbage, "bad")) print(type(collectgarbage("step")))
--- switching modes
collectgarbage("incremental") print(collectgarbage("generational")) print(collectgarbage("generational")) print(collectgarbage("incremental")) print(collectgarbage("incremental", 200, 100, 13)) local t = {} for i = 1, 1000 do t[i % 10] = { i } end print(#t)
--- generational collection keeps what is reachable
collectgarbage("generational") local root = {} for i = 1, 2000 do root[i % 50] = { i, next = root[(i + 1) % 50] and { i } } end collectgarbage() local s = 0 for i = 0, 49 do s = s + root[i][1] end print(s) collectgarbage("incremental")
--- garbage in loops is reclaimed
collectgarbage() local before = collectgarbage("count") for i = 1, 5000 do local t = { i, tostring(i), function() return i end } end collectgarbage() print(collectgarbage("count") < before + 100)
--- memory of a big string is reclaimed
collectgarbage() local before = collectgarbage("count") local s = ("x"):rep(200000) print(collectgarbage("count") > before + 150) s = nil collectgarbage() print(collectgarbage("count") < before + 50)
--- cycles are collected
local n = 0 local mt = { __gc = function() n = n + 1 end } for i = 1, 20 do local a, b = setmetatable({}, mt), setmetatable({}, mt) a.o, b.o = b, a end collectgarbage() collectgarbage() print(n)
--- coroutines and closures are collected
local w = setmetatable({}, { __mode = "v" }) do local big = {} w.co = coroutine.create(function() local x = big coroutine.yield() return x end) coroutine.resume(w.co) w.f = function() return big end w.t = big end collectgarbage() print(w.co, w.f, w.t)
--- a suspended coroutine keeps its locals
local w = setmetatable({}, { __mode = "v" }) local co = coroutine.create(function() local kept = { 1 } w.kept = kept coroutine.yield() return kept[1] end) coroutine.resume(co) collectgarbage() print(w.kept ~= nil, coroutine.resume(co)) co = nil collectgarbage() print(w.kept)
--- collecting inside a finalizer is harmless
local r setmetatable({}, { __gc = function() r = collectgarbage() end }) collectgarbage() print(r == nil or r == false or r == 0)
--- finalizers may create objects
local made = {} setmetatable({}, { __gc = function() for i = 1, 100 do made[i] = { i } end end }) collectgarbage() print(#made, made[100][1])
