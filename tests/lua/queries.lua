-- The same queries of a table with indexes and of one without, which has the same rows. 'queries.run(seed, count)' asks both.

queries = {}

local random
local function pick(list) return list[random(#list)] end

local CITIES = { 'Oslo', 'Rome', 'Lima', '', 'a\0b', 'Oslo2' }

local function value()
  local kind = random(10)
  if kind <= 5 then return random(8) end
  if kind == 6 then return random(8) + 0.5 end
  if kind == 7 then return pick(CITIES) end
  if kind == 8 then return pick { 2 ^ 53, (1 << 53) + 1, math.mininteger, 1 / 0, 0 / 0, -0.0 } end
  if kind == 9 then return random(2) == 1 end
  return nil
end

local function row()
  local made = { age = value(), city = random(5) > 1 and pick(CITIES) or value(), n = random(1000) }
  if random(3) > 1 then made.address = { zip = value() } end
  if random(3) > 1 then made.tags = {} for at = 1, random(4) - 1 do made.tags[at] = pick(CITIES) end end
  return made
end

local DEFINITIONS = {
  { 'age' }, { 'city' }, { 'age', { kind = 'hash', name = 'age#' } }, { 'city', { kind = 'hash', name = 'city#' } },
  { { 'city', 'age' } }, { { 'age', 'city' }, { kind = 'hash', name = 'both#' } }, { 'address.zip' }, { 'tags', { multi = true } },
  { 'age', { name = 'oslo', where = { city = 'Oslo' } } }, { 'city', { name = 'grown', where = { age = { '>=', 4 } } } },
  { 'tags', { multi = true, kind = 'hash', name = 'tags#' } }, { 'n', { unique = true } }, { { 'age', 'n' }, { unique = true, name = 'one' } },
}

function queries.begin(root, seed, rows)
  math.randomseed(seed)
  random = math.random
  root.indexed, root.plain = {}, {}
  for _ = 1, rows do
    local made = row()
    local key = pick { random(500), 'k' .. random(500), random(40) + 0.5 }
    -- One row in both: what changes it changes both.
    root.indexed[key] = made
    root.plain[key] = made
  end
  for _ = 1, random(5) do
    local wanted = pick(DEFINITIONS)
    pcall(ext.index, root.indexed, wanted[1], wanted[2])
  end
end

local PATHS = { 'age', 'city', 'address.zip', 'n', 'nothing' }

local function test(path)
  local op = pick { '=', '!=', '<', '<=', '>', '>=', 'between', 'in', 'startsWith', 'endsWith', 'exists', '=', '=', '>=' }
  local operand = value()
  while operand == nil do operand = value() end
  if op == 'between' then
    local other = value()
    while math.type(other) == nil or math.type(operand) == nil do operand, other = random(8), random(8) end
    return { op, { operand, other } }
  elseif op == 'in' then
    local list = { operand }
    for at = 2, random(4) do list[at] = value() or 1 end
    return { op, list }
  elseif op == 'startsWith' or op == 'endsWith' then
    return { op, pick { 'O', 'Os', '', 'a\0', 'x', 'o' } }
  elseif op == 'exists' then
    return { op, random(2) == 1 }
  elseif op ~= '=' and op ~= '!=' and type(operand) == 'boolean' then
    return { '=', operand }
  end
  return { op, operand }
end

local function filter(depth)
  local made = {}
  for _ = 1, random(3) - (depth > 0 and 0 or 1) do
    local path = pick(PATHS)
    made[path] = test(path)
    if random(4) == 1 then
      local more = test(path)
      table.insert(made[path], more[1])
      table.insert(made[path], more[2])
    end
  end
  if random(4) == 1 then made.tags = { 'contains', pick(CITIES) } end
  if depth > 0 and random(4) == 1 then made[pick { 'any', 'none', 'all' }] = { filter(depth - 1), filter(depth - 1) } end
  return made
end

local function spec()
  local made = { where = filter(1) }
  if random(8) == 1 then made.where = nil end
  if random(2) == 1 then
    made.order = pick { 'age', 'city', { field = 'age', desc = true }, { field = 'city', desc = true }, { 'city', 'age' }, 'n', { field = 'n', desc = true },
      { { field = 'city', desc = true }, { field = 'age', desc = true } }, { { field = 'city', desc = true }, 'age' }, 'address.zip' }
  end
  if random(2) == 1 then made.limit = random(12) end
  if random(5) == 1 then made.offset = random(6) - 1 end
  return made
end

local function describe(asked)
  if type(asked) ~= 'table' then return (type(asked) == 'string' and '%q' or '%s'):format(asked) end
  local parts = {}
  for key, part in pairs(asked) do parts[#parts + 1] = '[' .. describe(key) .. ']=' .. describe(part) end
  return '{' .. table.concat(parts, ',') .. '}'
end

local function same(one, other)
  if #one ~= #other then return false end
  for at = 1, #one do if one[at] ~= other[at] then return false end end
  return true
end

-- How many queries used an index.
function queries.run(root, seed, count)
  math.randomseed(seed)
  random = math.random
  local used = 0
  for number = 1, count do
    local asked = spec()
    local where = asked.where
    local plan = ext.explain(root.indexed, asked)
    if plan.plan ~= 'scan' then used = used + 1 end
    local function wrong(what) error(('query %d, %s by %s (%s): %s'):format(number, what, plan.plan, plan.index, describe(asked)), 0) end
    local pages = 0
    repeat
      local rows, keys, cursor = ext.query(root.indexed, asked)
      local plain, wanted, next = ext.query(root.plain, asked)
      if not same(keys, wanted) then wrong('keys of page ' .. pages) end
      for at = 1, #rows do if not rawequal(rows[at], plain[at]) then wrong('rows') end end
      if (cursor == nil) ~= (next == nil) then wrong('cursor') end
      -- The digest of a cursor is of its table, so each goes on with its own.
      if cursor then
        asked.after = cursor
        local goes_on, on = ext.query(root.indexed, asked)
        asked.after = next
        local _, other = ext.query(root.plain, asked)
        if not same(on, other) then wrong('keys behind a cursor') end
      end
      asked.after = nil
      pages = pages + 1
    until true
    if where then
      if ext.count(root.indexed, where) ~= ext.count(root.plain, where) then wrong('count') end
      if ext.exists(root.indexed, where) ~= ext.exists(root.plain, where) then wrong('exists') end
    end
    local _, first = ext.first(root.indexed, asked)
    local _, other = ext.first(root.plain, asked)
    if first ~= other then wrong('first') end
    local each = {}
    for key in ext.each(root.indexed, { where = where, order = asked.order }) do each[#each + 1] = key end
    local at = 0
    for key in ext.each(root.plain, { where = where, order = asked.order }) do
      at = at + 1
      if each[at] ~= key then wrong('each') end
    end
    if at ~= #each then wrong('number of each') end
  end
  return used
end

-- Changes of some rows, and some rows more or less.
function queries.change(root, seed)
  math.randomseed(seed)
  random = math.random
  for key, found in pairs(root.plain) do
    local what = random(20)
    if what == 1 then root.indexed[key], root.plain[key] = nil, nil
    elseif what <= 3 then pcall(function() found.age = value() end)
    elseif what == 4 then pcall(function() found.address = { zip = value() } end)
    elseif what == 5 and found.address then pcall(function() found.address.zip = value() end)
    elseif what == 6 and found.tags then pcall(table.insert, found.tags, pick(CITIES)) end
  end
end
