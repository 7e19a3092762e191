--- results of pcall
print(pcall(function() end)) print(pcall(function() return nil end)) print(pcall(function(...) return ... end, 1, nil, 3)) print(pcall(function() error("e", 0) end)) print(select("#", pcall(error))) print(pcall(5)) print(pcall(nil)) print(pcall({})) print(pcall("x"))
--- nested pcall
print(pcall(pcall)) print(pcall(pcall, error)) print(pcall(pcall, pcall, error, "x")) print(pcall(function() local ok, e = pcall(error, "inner", 0) error("outer+" .. e, 0) end)) print(pcall(pcall, function() return 1, 2 end))
--- xpcall with arguments
print(xpcall(function(...) return select("#", ...), ... end, print, 1, nil, 3)) print(xpcall(function(a) error(a, 0) end, function(m) return "<" .. m .. ">" end, "text")) print(xpcall(string.rep, function(m) return m end, "x", 3)) print(pcall(xpcall)) print(pcall(xpcall, print))
--- the handler's results
print(xpcall(error, function(m) return m, 2, 3 end, "e")) print(xpcall(error, function() end, "e")) print(select("#", xpcall(error, function() return end, "e"))) print(xpcall(error, function(m) return { m } end, "e") == false) print(xpcall(error, tostring, nil)) print(xpcall(error, type, {}))
--- errors inside the handler
print(xpcall(error, function(m) error("again", 0) end, "e") == false) local n = 0 print(xpcall(error, function(m) n = n + 1 if n < 3 then error("level " .. n, 0) end return "settled " .. m end, "start")) print(n)
--- a handler that always fails
local ok, e = xpcall(error, function(m) local t = nil return t.x end, "e") print(ok, type(e))
--- a handler that cannot be called
print(pcall(xpcall, error, 5, "e")) print(pcall(xpcall, error, {}, "e")) print(pcall(xpcall, error, nil, "e"))
--- the handler runs at the point of the error
local function f() local secret = "s" error("x") end print(xpcall(f, function(m) return debug.getinfo(2, "n").name, m end)) print(xpcall(function() local t t.x = 1 end, function(m) return debug.traceback("T: " .. m, 1):match("^[^\n]*") end))
--- the handler sees runtime errors of every kind
for _, f in ipairs { function() return nil + 1 end, function() return {} .. "x" end, function() return #5 end, function() return 1 < "x" end, function() return 1 // 0 end, function() undefined() end, function() string.rep() end, function() error() end } do print(xpcall(f, function(m) return "H: " .. tostring(m) end)) end
--- errors and return values interleaved
for i = 1, 6 do print(pcall(function(n) if n % 2 == 0 then error("even " .. n, 0) end return "odd " .. n, n end, i)) end
--- rethrowing keeps the object
local E = {} local ok, e = pcall(function() local ok, e = pcall(error, E) error(e) end) print(ok, e == E) print(pcall(function() local ok, e = pcall(error, "msg") error(e) end)) print(pcall(function() local ok, e = pcall(error, "msg") error(e, 0) end))
--- try, catch and finally
local function try(f, catch, finally) local r = table.pack(pcall(f)) if not r[1] and catch then r = table.pack(pcall(catch, r[2])) end if finally then finally() end if not r[1] then error(r[2], 0) end return table.unpack(r, 2, r.n) end print(try(function() return 1, 2 end, nil, function() io.write("fin ") end)) print(try(function() error("bad", 0) end, function(e) return "caught " .. e end, function() io.write("fin ") end)) print(pcall(try, function() error("one", 0) end, function(e) error(e .. " two", 0) end, function() io.write("fin ") end))
--- error classes
local Err = {} Err.__index = Err Err.__tostring = function(e) return e.kind .. ": " .. e.msg end local function throw(kind, msg) error(setmetatable({ kind = kind, msg = msg }, Err)) end local ok, e = pcall(throw, "IO", "disk full") print(ok, getmetatable(e) == Err, e.kind, tostring(e))
--- pcall in loops leaves no trace
local n = 0 for i = 1, 2000 do local ok, e = pcall(error, i) if not ok then n = n + e end end print(n)
--- deep pcall chains
local function chain(n) if n == 0 then error("bottom", 0) end local ok, e = pcall(chain, n - 1) error(e, 0) end print(pcall(chain, 100)) local function count(n) if n == 0 then return "deep" end return select(2, pcall(count, n - 1)) end print(count(100))
--- nested pcalls run out of C stack
local depth = 0 local function loop() depth = depth + 1 local ok, e = pcall(loop) if not ok then return e end return e end local r = loop() print((tostring(r):gsub("^.*: ", "")), depth > 150, depth < 250)
--- error in metamethods and callbacks is caught
local o = setmetatable({}, { __index = function(_, k) error("no field " .. k, 0) end, __add = function() error("no add", 0) end, __tostring = function() error("no text", 0) end, __call = function(_, x) error("no call " .. x, 0) end, __len = function() error("no len", 0) end, __eq = function() error("no eq", 0) end, __lt = function() error("no lt", 0) end, __concat = function() error("no concat", 0) end }) print(pcall(function() return o.x end)) print(pcall(function() return o + 1 end)) print(pcall(tostring, o)) print(pcall(o, 5)) print(pcall(function() return #o end)) print(pcall(function() return o == setmetatable({}, getmetatable(o)) end)) print(pcall(function() return o < o end)) print(pcall(function() return o .. "" end)) print(pcall(string.gsub, "x", "x", function() error("in gsub", 0) end)) print(pcall(table.sort, { 2, 1 }, function() error("in sort", 0) end))
--- upvalues keep what was assigned before the error
local x = 1 pcall(function() x = 2 error() end) print(x) local t = {} pcall(function() for i = 1, 5 do if i == 4 then error() end t[i] = i end end) print(#t)
--- errors leave coroutines and loops intact
local r = {} for i = 1, 5 do local ok, v = pcall(function() if i == 3 then error("skip", 0) end return i end) r[#r + 1] = tostring(v) end print(table.concat(r, " "))
--- assert and error return through pcall
print(pcall(assert, 1, 2, 3)) print(pcall(assert, false, "m", "extra")) print(pcall(assert, nil)) print(pcall(assert, false, { 1 }) == false) print(select("#", pcall(assert, false, nil))) local E = {} print(select(2, pcall(assert, false, E)) == E)
--- warn does not raise
print(pcall(warn, "@off")) print(pcall(warn)) print(pcall(warn, {}))
