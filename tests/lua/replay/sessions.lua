--- values of every kind
return N, "N", { N, { a = N } }, 1 / 0, -0.0, "\0\255"
--- time
print(os.time(), os.clock()) return os.date("!%c")
--- random numbers
return math.random(), math.random(N + 1), tostring({}) ~= nil
--- a table in a table
_home.a = { N, "two", { three = N } } return #_home.a
--- rows
_home.rows = _home.rows or {} for i = 1, 10 * N do _home.rows[i] = { n = i % (N + 1), s = ("x"):rep(i) } end
--- an index
ext.index(_home.rows, "n") return ext.count(_home.rows, { where = { n = N } })
--- a query
local rows = ext.query(_home.rows, { where = { n = { ">=", N } }, order = "s" }) return #rows, rows[1]
--- rows that go
for i = 1, 10 do _home.rows[i] = nil end return ext.size(_home.rows)
--- a closure that counts
local n = N function _home.count() n = n + 1 return n end return _home.count()
--- the closure again
return _home.count(), _home.count()
--- what is in the home
local all = {} for key, value in pairs(_home) do all[#all + 1] = tostring(key) end return table.concat(all, " ")
--- output
for i = 1, N do print(("line"):rep(N), i) end io.write("no end")
--- output beyond what is kept
for i = 1, 3000 do print("much that is printed, and more than is kept, in line", i) end return N
--- a result that does not fit
local t = {} for i = 1, 9000 do t[i] = i * N end return t
--- a long result
return ("long "):rep(N * 4000)
--- an error that is text
error("failed with N")
--- an error that is a table
error({ code = N })
--- no result
return function() end
--- a syntax error
this is no Lua
--- a loop without end
while true do N = (N or 0) + 1 end
--- memory without end
local s = "x" while true do s = s .. s end
--- functions of the host
return host.add(N, 2), host.http.get("u", { N })
--- a function of the host that fails
return pcall(host.fail, N)
--- its error
host.fail(N)
--- large answers
return #host.large(N), select("#", host.several(N))
--- a stored function of the host
_home.f = host.add return _home.f(N, N)
--- tables that become external
local ok, e = pcall(function() for i = 1, 50 do _home["k" .. i] = { i } end end) return ok, tostring(e)
--- a transaction that is undone
local ok, e = pcall(ext.transaction, function() _home.t = N error("undo") end) return ok, _home.t
--- a transaction
ext.transaction(function() _home.t = { N } _home.u = N end) return _home.t[1]
--- a batch
ext.batch({ { "set", _home, "b", N }, { "get", _home, "b" } }) return _home.b
--- input and output
_io.output = { N } return _io.input, _io.meta
--- memory in use
return collectgarbage("count") > 0, #tostring(_home.a)
--- a coroutine
local c = coroutine.wrap(function() for i = 1, N do coroutine.yield(i) end end) local s = 0 for i = 1, N do s = s + c() end return s
--- texts
return string.format("%q %5.1f", "N", N), ("aXb"):find("X"), utf8.char(8364, N + 1)
