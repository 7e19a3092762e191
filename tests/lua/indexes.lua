-- Random changes of tables with indexes, by every way that a script has. 'indexes.run(root, seed, count)' makes changes of the tables
-- in 'root'; the same numbers make the same changes.

indexes = {}

local random

local function pick(list) return list[random(#list)] end

local WORDS = { 'Oslo', 'Rome', 'Lima', '', 'a\0b', 'Oslo2', 'z' }

local function scalar()
  local kind = random(10)
  if kind <= 4 then return random(6) end
  if kind <= 6 then return pick(WORDS) end
  if kind == 7 then return random(4) + 0.5 end
  if kind == 8 then return pick { 2 ^ 53, 2 ^ 53 + 1, (1 << 53) + 1, -(1 << 53) - 1, math.mininteger, math.maxinteger, 1 / 0, -1 / 0, 0 / 0, -0.0 } end
  if kind == 9 then return random(2) == 1 end
  return nil
end

local function list()
  local made = {}
  for at = 1, random(4) - 1 do made[at] = scalar() or 0 end
  return made
end

local function address() return { city = scalar(), zip = scalar() } end

local function row()
  local made = { age = scalar(), name = random(3) > 1 and pick(WORDS) or nil }
  if random(3) > 1 then made.address = random(8) == 1 and scalar() or address() end
  if random(3) > 1 then made.tags = random(8) == 1 and scalar() or list() end
  return made
end

local KEYS = { 1, 2, 3, 4, 5.5, 'ada', 'bob', 'a\0', true }

local function any_row(t)
  local key = pick(KEYS)
  local found = t[key]
  return type(found) == 'table' and found or nil, key
end

local CHANGES = {
  function(t) t[pick(KEYS)] = row() end,
  function(t) t[pick(KEYS)] = row() end,
  function(t) t[pick(KEYS)] = scalar() end,
  function(t) t[pick(KEYS)] = nil end,
  function(t) local r = any_row(t) if r then r[pick { 'age', 'name' }] = scalar() end end,
  function(t) local r = any_row(t) if r then r.age = scalar() end end,
  function(t) local r = any_row(t) if r then r.address = random(4) == 1 and scalar() or address() end end,
  function(t) local r = any_row(t) if r then r.tags = random(4) == 1 and scalar() or list() end end,
  function(t)
    local r = any_row(t)
    if r and type(r.address) == 'table' then r.address[pick { 'city', 'zip' }] = scalar() end
  end,
  function(t)
    local r = any_row(t)
    if r and type(r.tags) == 'table' then
      local what = random(4)
      if what == 1 then table.insert(r.tags, scalar() or 1)
      elseif what == 2 then table.insert(r.tags, 1, scalar() or 1)
      elseif what == 3 then table.remove(r.tags)
      else r.tags[random(4)] = scalar() end
    end
  end,
  -- A row, or a part of one, in two places, and moved.
  function(t) local r = any_row(t) if r then t[pick(KEYS)] = r end end,
  function(t)
    local r, other = any_row(t), any_row(t)
    if r and other then other.address = r.address other.tags = r.tags end
  end,
  function(t) local r, key = any_row(t) if r then t[key] = nil t[pick(KEYS)] = r end end,
  -- A row in another table, and back.
  function(t, root) local r = any_row(t) if r then root.aside = r end end,
  function(t, root) if type(root.aside) == 'table' then root.aside.age = scalar() end end,
  function(t, root) t[pick(KEYS)] = root.aside end,
  function(t, root) if random(20) == 1 then root.aside = nil end end,
  function(t) if random(30) == 1 then ext.drop(t) end end,
  function(t) if random(30) == 1 then local r = any_row(t) if r then ext.drop(r) end end end,
  -- A row that contains its own table.
  function(t) if random(20) == 1 then local r = any_row(t) if r then r.address = r end end end,
  function(t) if random(20) == 1 then local r = any_row(t) if r then r.address = t end end end,
}

function indexes.run(root, seed, count)
  math.randomseed(seed)
  random = math.random
  local tables = { root.one, root.two }
  local refused = 0
  for _ = 1, count do
    local change = pick(CHANGES)
    local ok, message = pcall(change, pick(tables), root)
    if not ok then
      if not tostring(message):find('is unique', 1, true) then error(message, 0) end
      refused = refused + 1
    end
  end
  return refused
end

local DEFINITIONS = {
  { 'age' }, { 'age', { kind = 'hash' } }, { 'name', { unique = true } }, { 'name', { unique = true, kind = 'hash', name = 'name#' } },
  { 'address.city' }, { { 'address.city', 'age' } }, { { 'name', 'address.zip' }, { kind = 'hash', name = 'pair#' } }, { 'tags', { multi = true } },
  { 'tags', { multi = true, kind = 'hash', name = 'tags#' } }, { '' }, { 'address', { multi = true } }, { 'tags.1' },
  { { 'age', 'name', 'address.city', 'address.zip' }, { unique = true } }, { 'address.address.age' },
  { 'name', { name = 'adults', unique = true, where = { age = { '>', 2 } } } },
  { 'age', { name = 'named', where = { any = { { name = 'Oslo' }, { ['address.city'] = { 'exists', true } } } } } },
  { 'tags', { name = 'tagged', multi = true, where = { age = { 'exists', true } } } },
  { 'age', { name = 'listed', kind = 'hash', where = { tags = { 'contains', 2 } } } },
}

-- Adds or drops an index.
function indexes.define(root, seed)
  math.randomseed(seed)
  random = math.random
  local t = random(2) == 1 and root.one or root.two
  local wanted = pick(DEFINITIONS)
  if random(4) == 1 then
    local known = ext.indexes(t)
    if #known > 0 then return ext.drop_index(t, pick(known).name) end
  end
  local ok, message = pcall(ext.index, t, wanted[1], wanted[2])
  if not ok and not tostring(message):find('is unique', 1, true) and not tostring(message):find('another index', 1, true) then error(message, 0) end
end

function indexes.check(root)
  for _, name in ipairs { 'one', 'two' } do
    local ok, wrong = ext.check(root[name])
    if not ok then
      local first = wrong[1]
      error(('%s.%s: %d missing, %d stale, %d unlinked'):format(name, first.index, first.missing, first.stale, first.unlinked), 0)
    end
  end
end
