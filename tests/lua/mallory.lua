-- A script that wants what other homes have. It knows how every secret begins, and prints each text that does. Loaded once into
-- an instance; `attack(number)` tries something. `held` keeps what it got in earlier computes, for when others have it.
local BEGINNING = "S3CRET"

held = held or {}
local random = math.random

--- Looks into everything that a value leads to.
local function scan(root)
  local seen, queue, at = {}, { root }, 1
  local function meet(value)
    local kind = type(value)
    if kind == "string" then
      if value:find(BEGINNING, 1, true) and #value > #BEGINNING then print("found", value) end
    elseif (kind == "table" or kind == "function" or kind == "thread" or kind == "userdata") and not seen[value] then
      seen[value] = true
      queue[#queue + 1] = value
    end
  end
  seen[root] = true
  while queue[at] and at < 3000 do
    local node = queue[at]
    at = at + 1
    pcall(function()
      if type(node) == "table" then
        for k, v in next, node do meet(k) meet(v) end
        for i = 1, #node do meet(rawget(node, i)) end
        meet(getmetatable(node))
      elseif type(node) == "function" and debug and debug.getupvalue then
        for i = 1, 20 do
          local name, value = debug.getupvalue(node, i)
          if not name then break end
          meet(value)
        end
      end
    end)
    pcall(function() meet(tostring(node)) end)
  end
end

local function keep(value)
  if value == nil then return end
  if #held < 200 then held[#held + 1] = value else held[random(200)] = value end
end

--- Everything that may be an id, a reference, or the name of something.
local function guess()
  local id = random(3) == 1 and random(0, 40) or random(3) == 1 and 0x80000000 + random(0, 12) or random(0, 5000)
  local byte = random(0, 12)
  local guesses = {
    id, -id, id + 0.0, tostring(id), ("%x"):format(id), string.pack("<I4", id & 0xffffffff), string.pack("<BI4", byte, id & 0xffffffff),
    string.pack("<BI4I4", 5, 4, id & 0xffffffff), string.pack(">I4", id & 0xffffffff), "table: external " .. id,
    "table: 0x" .. ("%08x"):format(id), "_home", "_home.box", "_home.users", "victim", "tenant 1", "next_table", "collections",
    string.pack("<BI4I4I4", 9, 4, 0, id & 0xffffffff), "", "\0", "result", "\1result\0", { id }, setmetatable({}, { __index = id }),
  }
  return guesses[random(#guesses)]
end

--- Functions of all libraries, but what would only end the attack.
local names, functions = {}, {}
local function collect(library, prefix)
  for name, value in pairs(library) do
    if type(value) == "function" and name ~= "error" and name ~= "print" and name ~= "exit" then
      names[#names + 1] = prefix .. name
      functions[prefix .. name] = value
    end
  end
end
for name, library in pairs(package and package.loaded or { string = string, table = table, ext = ext, math = math }) do
  if type(library) == "table" then collect(library, name .. ".") end
end
collect(ext, "ext.")
table.sort(names)

local function some()
  local which = random(6)
  if which == 1 then return _home end
  if which == 2 then return _io end
  if which == 3 and #held > 0 then return held[random(#held)] end
  if which == 4 then return ext.table() end
  return guess()
end

local function function_over(value)
  local count = 0
  return function(new)
    count = count + 1
    if new then value = new end
    return value, count
  end
end

local attacks = {}

--- Every function with every kind of guess.
function attacks.calls()
  for _ = 1, 40 do
    local f = functions[names[random(#names)]]
    -- Texts may grow with their arguments.
    local answers = table.pack(pcall(f, some(), some(), some()))
    for i = 2, answers.n do
      if i < 6 then keep(answers[i]) end
    end
    scan(answers)
  end
end

--- Tables that nothing but this instance holds: a collection frees none of them, or their use is an error.
function attacks.hold()
  for _ = 1, random(30) do
    local t = ext.table()
    t.mine = guess()
    t.inner = { random(9) }
    keep(t)
    keep(t.inner)
  end
end

--- What was held when others collected, and made tables with ids that were free.
function attacks.use()
  for i = 1, #held do
    local value = held[i]
    pcall(scan, value)
    if type(value) == "table" then
      pcall(function() for k, v in pairs(value) do scan({ k, v }) end end)
      local _, problem = pcall(function() value.mallory = "was here" end)
      if problem and tostring(problem):find("is gone", 1, true) then print("is gone") end
      pcall(function() value[1] = "was here" end)
      if random(9) == 1 then pcall(ext.drop, value) end
      pcall(function() _home.stolen = value end)
    elseif type(value) == "function" then
      scan({ pcall(value, "was here") })
      pcall(function() _home.stolen_function = value end)
    elseif type(value) == "thread" then
      scan({ coroutine.resume(value, "was here") })
    end
  end
  scan(_home)
end

function attacks.functions()
  local f = function_over({ guess() })
  _home["f" .. random(5)] = f
  keep(f)
  keep(_home["f" .. random(5)])
  keep((f()))
end

--- Tables, functions and variables of transactions that fail, or not.
function attacks.transactions()
  local function act(depth)
    local t = ext.table()
    t.inner = { random(9), { guess() } }
    keep(t)
    keep(t.inner)
    local f = function_over({ t })
    _home["t" .. random(5)] = random(2) == 1 and t or { f, t }
    keep(f)
    if depth < 3 then pcall(ext.transaction, act, depth + 1) end
    if random(2) == 1 then error(t) end
    return t
  end
  scan({ pcall(ext.transaction, act, 1) })
end

--- Iterations that stop in the middle, to go on when the table is another one.
function attacks.iterations()
  local t = ext.table()
  for i = 1, 20 do t[i] = { i } end
  keep(coroutine.wrap(function() for k, v in pairs(t) do coroutine.yield(k, v) end end))
  keep(coroutine.create(function() for k, v in next, t do coroutine.yield(k, v) end end))
  local iterate, state, first = pairs(t)
  keep(function() first = iterate(state, first) return first, t[first] end)
end

function attacks.free()
  for k in pairs(_home) do
    if random(2) == 1 then _home[k] = nil end
  end
  if random(5) == 1 then ext.drop(_home) end
  for i = #held, 1, -1 do
    if random(3) == 1 then table.remove(held, i) end
  end
  collectgarbage()
end

--- Many ids in a row.
function attacks.ids()
  for _ = 1, 200 do keep(ext.table()) end
  local chain = _home
  for i = 1, 20 do
    chain.next = { i }
    chain = chain.next
  end
end

function attacks.io()
  scan({ _io.input, _io.output, _io.meta, _io.result })
  for k, v in pairs(_io) do scan({ k, v }) end
  _io["x" .. random(9)] = { guess() }
  _io.output = { guess(), BEGINNING }
end

--- Bytes that would be references if anybody took them for values.
function attacks.bytes()
  for i = 1, 20 do
    local id = random(0, 300)
    _home["b" .. i] = string.pack("<BI4", 7, id)
    _home[string.pack("<BI4", 7, id)] = string.pack("<BI4I4", 5, 4, id)
    _home[i] = string.pack("<BI4I4I4", 8, 5, 5, id) .. ("\0"):rep(random(2000))
  end
  scan(_home)
end

--- Functions whose bytecode was changed.
function attacks.bytecode()
  for _ = 1, 10 do
    local code = string.dump(function_over, random(2) == 1)
    for _ = 1, random(4) do
      local at = random(#code)
      code = code:sub(1, at - 1) .. string.char(random(0, 255)) .. code:sub(at + 1)
    end
    local f = load(code, "=mallory", "b", { _home = _home, ext = ext })
    if f then
      local ok, made = pcall(f, guess())
      keep(made)
      pcall(function() _home.code = made or f end)
      scan({ ok, made })
    end
  end
end

function attacks.text()
  local f = load("local t = ... return function() return t, _home, _ENV end", "=" .. tostring(guess()))
  keep(f)
  keep(f(some()))
  for _, key in ipairs({ "_home", "Memory", "_io", "_G", "_ENV", "_homes", "homes", "config", "event" }) do scan(_G[key]) end
end

--- A table of before under all keys that others may have.
function attacks.keys()
  for i = 1, #held do
    if type(held[i]) == "table" then
      for _, key in ipairs({ "box", "users", "secret", "name", "run", 1, 2, 3, true, 0.5 }) do
        pcall(function() scan({ held[i][key] }) end)
      end
    end
  end
end

--- Weak tables and finalizers look at what is about to go.
function attacks.finalizers()
  local t = ext.table()
  t.x = { guess() }
  local weak = setmetatable({ t, t.x }, { __mode = "v" })
  setmetatable({}, { __gc = function() keep(t) scan(weak) pcall(function() _home.late = t end) end })
  keep(weak)
end

local order = {}
for name in pairs(attacks) do order[#order + 1] = name end
table.sort(order)

function attack(number)
  math.randomseed(number)
  local name = order[number % #order + 1]
  local ok, problem = pcall(attacks[name])
  if not ok then
    scan({ problem })
    return name, tostring(problem)
  end
  return name
end
