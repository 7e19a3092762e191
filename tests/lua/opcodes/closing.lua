--- variables to be closed: order, errors, values that have nothing to close
local log
local function closer(name, answer) return setmetatable({}, { __close = function(o, e) log[#log + 1] = name .. "(" .. tostring(e) .. ")" if answer then error(answer, 0) end return "dropped" end }) end
local function run(source)
  log = {}
  local t = table.pack(pcall(load("local c, log = ... local x, y, z = 'x', 'y', 'z' " .. source, "=f"), closer, function(v) log[#log + 1] = tostring(v) return v end))
  for i = 1, t.n do t[i] = tostring(t[i]) end
  print(source, table.concat(t, " "), "|", table.concat(log, " "))
end
for _, source in ipairs {
  "local a <close> = c('a')", "local a <close> = c('a') local b <close> = c('b') log('body')", "do local a <close> = c('a') do local b <close> = c('b') end log('between') end log('after')",
  "local a <close> = c('a') return x, y, z", "local a <close> = c('a') return log('result'), y", "local a <close> = c('a') local b <close> = c('b') return a == b, select('#', x, y)", "local a <close> = c('a') return (function() return x, y end)()",
  "local a <close> = c('a') return", "local a <close> = nil return x", "local a <close> = false return x, y", "local a <close> = nil local b <close> = c('b') local d <close> = false return z", "local a <close> = 5", "local a <close> = {}", "local a <close> = 'text'",
  "local a <close> = c('a') local b <close> = {}", "local a <close> = c('a') error('body', 0)", "local a <close> = c('a', 'in a') error('body', 0)", "local a <close> = c('a', 'in a') local b <close> = c('b', 'in b') error('body', 0)",
  "local a <close> = c('a', 'in a') local b <close> = c('b', 'in b')", "local a <close> = c('a') local b <close> = c('b', 'in b') return x", "local a <close> = c('a', 'in a') local b <close> = c('b') return x", "do local a <close> = c('a', 'in a') end log('never')",
  "local a <close> = c('a') local function f() local b <close> = c('b') return x, y end return f()", "local a <close> = c('a') local function f(...) local b <close> = c('b') return ... end return f(x, y, z), f(x, y)",
  "local function f(...) local b <close> = c('b') return ... end return f(x, nil, z)", "local function f(...) local b <close> = c('b') local d = ... return d end return f(x, y), f()", "local function f(...) local b <close> = c('b') end return f(x, y)",
  "for i = 1, 3 do local a <close> = c('a' .. i) if i == 2 then break end log(i) end", "for i = 1, 3 do local a <close> = c('a' .. i) if i == 2 then return i, x end end", "for i = 1, 2 do local a <close> = c('a' .. i) for j = 1, 2 do local b <close> = c('b' .. j) end end",
  "while true do local a <close> = c('a') local b <close> = c('b') break end log('after')", "repeat local a <close> = c('a') until log(true) log('after')", "local n = 0 repeat local a <close> = c('a') n = n + 1 until n == 3",
  "local n = 0 ::top:: do local a <close> = c('a' .. n) n = n + 1 if n < 3 then goto top end end log('out')", "do local a <close> = c('a') goto out end ::out:: log('out')", "local a <const>, b <close> = x, c('b') return a", "local a, b <close>, d = x, c('b'), z return a, d",
  "local a <close> = c('a') a = nil", "local t = {} for i = 1, 2 do local a <close> = c('a') t[i] = function() return a, i end end log(type(t[1]())) return select(2, t[2]())", "local up do local a <close> = c('a') local v = x up = function() v = v .. y return v end up() end return up()",
  "local a <close> = c('a') pcall(error, 'caught') log('after pcall')", "local a <close> = c('a') local ok, e = pcall(function() local b <close> = c('b') error('inner', 0) end) log(e) return ok", "local a <close> = c('a') local b <close> = setmetatable({}, { __close = function() local d <close> = c('d') end }) return x",
  "local a <close> = setmetatable({}, { __close = c('object') })", "local a <close> = setmetatable({}, { __close = setmetatable({}, { __call = function(...) log(select('#', ...)) end }) }) return x", "local a <close> = setmetatable({}, { __close = 5 }) return x",
  "local a = setmetatable({}, { __close = function() log('old') end }) do local b <close> = a getmetatable(a).__close = function() log('new') end end", "local a = setmetatable({}, { __close = print }) do local b <close> = a getmetatable(a).__close = nil end",
  "local a <close> = c('a') return tostring(nil .. 'x')", "local a <close> = c('a') local n = nil n.field = 1", "local a <close> = c('a') string.rep()", "return pcall(function(...) local a <close> = c('a', 'e') return ... end, x, y)",
  "for k in next, { 1, 2 }, nil, c('state') do log(k) end", "for k in next, { 1, 2 }, nil, c('state') do if k == 1 then return k end end", "for k in next, { 1 }, nil, c('state', 'in state') do log(k) end", "for k in next, { 1 }, nil, c('state') do error('body', 0) end",
  "for k in next, {}, nil, c('state') do end log('after')", "for k in error, 'iterator', 0, c('state') do end", "for k in next, { 1 }, nil, c('outer') do for j in next, { 1 }, nil, c('inner') do goto out end end ::out:: log('out')", "for k in next, { 1 }, nil, c('state') do local a <close> = c('a') end",
  "local co = coroutine.wrap(function() local a <close> = c('a') coroutine.yield(1) return 2 end) log(co()) log(co())", "local co = coroutine.create(function() local a <close> = c('a') coroutine.yield(1) end) coroutine.resume(co) log('closing') return coroutine.close(co)",
  "local co = coroutine.create(function() local a <close> = c('a', 'in a') local b <close> = c('b') coroutine.yield(1) end) coroutine.resume(co) return coroutine.close(co)", "local co = coroutine.create(function() local a <close> = c('a') error('dead', 0) end) log(select(2, coroutine.resume(co))) return coroutine.close(co)",
  "local co = coroutine.wrap(function() for k in next, { 1, 2 }, nil, c('state') do coroutine.yield(k) end return 'end' end) log(co()) log(co()) log(co())",
} do run(source) end
--- closing yields, in every place where variables are closed
local log
local function closer(name, times) return setmetatable({}, { __close = function(o, e) for i = 1, times or 1 do log[#log + 1] = name .. i .. ":" .. tostring(e) .. ":" .. tostring(coroutine.yield(name)) end end }) end
local function deep(n) if n > 0 then return 1 + deep(n - 1) end return 0 end
local function mover(name) return setmetatable({}, { __close = function(o, e) coroutine.yield(name) deep(80) coroutine.yield(name .. name) collectgarbage() log[#log + 1] = name end }) end
local function run(source)
  log = {}
  local co = coroutine.create(load("local c, m = ... local x, y, z = 'x', 'y', 'z' " .. source, "=f"))
  local out, t = {}, table.pack(coroutine.resume(co, closer, mover))
  local n = 0
  while coroutine.status(co) == "suspended" do n = n + 1 out[#out + 1] = tostring(t[2]) t = table.pack(coroutine.resume(co, n)) end
  for i = 1, t.n do t[i] = tostring(t[i]) end
  print(source, table.concat(out, " "), "|", table.concat(t, " "), "|", table.concat(log, " "))
end
for _, source in ipairs {
  "local a <close> = c('a')", "local a <close> = c('a', 2) local b <close> = c('b', 2) return x, y, z", "local a <close> = c('a') return", "local a <close> = c('a') return x", "do local a <close> = c('a') end return x, y", "do local a <close>, b = c('a'), 1 local d <close> = c('d') end return x",
  "local a <close> = m('a') return x, y, z", "do local a <close> = m('a') local b <close> = m('b') end return x, y, z", "local a <close> = c('a') error('e', 0)", "do local a <close> = m('a') error('e', 0) end", "local ok, e = pcall(function() local a <close> = c('a') error('e', 0) end) return ok, e, x",
  "local ok, e = pcall(function() local a <close> = m('a') return x, y end) return ok, e, z", "local function f(...) local a <close> = c('a') return ... end return f(x, y, z)", "local function f(...) local a <close> = m('a') return ... end return f(x, y, z, x, y, z)", "local function f(...) local a <close> = m('a') return ... end return (f(x, y)), f()",
  "local function f(...) local a <close> = m('a') return ... end local p, q, r, s = f(x, y, z) return p, q, r, s", "local function f() local a <close> = m('a') return x, y, z end local p, q = f() return q, p", "local function f() local a <close> = m('a') return x end f() return y", "local function f() local a <close> = m('a') end local p, q = f() return p, q, y",
  "local function f() local a <close> = m('a') return x, y end return select('#', f(), f())", "local function f() local a <close> = c('a') return x, y end local t = { f(), f(), n = f() } return #t, t.n, t[3]", "for i = 1, 2 do local a <close> = c('a') end return x", "for i = 1, 3 do local a <close> = m('a') if i == 2 then break end end return x, y",
  "for i = 1, 3 do local a <close> = m('a') if i == 2 then return i, x end end", "for k in next, { 1, 2 }, nil, c('s') do end return x", "for k in next, { 1, 2 }, nil, m('s') do if k == 2 then break end end return x, y", "for k in next, { 1, 2 }, nil, m('s') do return k, x, y end", "for k in next, { 1, 2 }, nil, c('s') do error('body', 0) end",
  "while true do local a <close> = m('a') break end return x", "repeat local a <close> = m('a') until true return x", "local n = 0 ::top:: do local a <close> = m('a') n = n + 1 if n < 2 then goto top end end return n, x", "local up do local a <close> = m('a') local v = x up = function() v = v .. y return v end up() end return up(), z",
  "local a <close> = m('a') local b <close> = c('b') return (function() local d <close> = m('d') return x, y end)()", "return pcall(pcall, function() local a <close> = m('a') local b <close> = c('b') error('e', 0) end)", "local a <close> = c('a') local b <close> = setmetatable({}, { __close = function() coroutine.yield('b') error('in b', 0) end }) return x",
  "local a <close> = setmetatable({}, { __close = function() coroutine.yield('a') error('in a', 0) end }) local b <close> = setmetatable({}, { __close = function() coroutine.yield('b') error('in b', 0) end }) error('body', 0)", "local function f() local a <close> = m('a') return f2() end function f2() local b <close> = m('b') return x, y end return f()",
} do run(source) end
local co = coroutine.wrap(function() local a <close> = setmetatable({}, { __close = function() coroutine.yield("closing") end }) coroutine.yield("body") return "end" end)
print(co(), co(), co())
local co = coroutine.create(function() local a <close> = setmetatable({}, { __close = function() coroutine.yield("no") end }) coroutine.yield("body") end)
print(coroutine.resume(co)) print(coroutine.close(co)) print(coroutine.status(co))
