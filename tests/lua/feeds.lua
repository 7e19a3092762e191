-- Feeds against the tables: whoever begins with nothing and makes every change of a feed has what the table has.

feeds = {}

-- A copy of a value, without the tables inside of themselves and without functions, as feeds tell them.
function feeds.copy(value, around)
  if type(value) == 'function' then return nil end
  if type(value) ~= 'table' then return value end
  for outer = 1, #around do
    if around[outer] == value then return nil end
  end
  around[#around + 1] = value
  local copy = {}
  for key, inner in pairs(value) do copy[key] = feeds.copy(inner, around) end
  around[#around] = nil
  return copy
end

-- A copy of the content of a value whose metatables nobody asks.
function feeds.plain(value)
  if type(value) ~= 'table' then return value end
  local copy = {}
  for key, inner in next, value do copy[key] = feeds.plain(inner) end
  return copy
end

-- A value in words.
function feeds.text(value)
  if type(value) ~= 'table' then return math.type(value) == 'float' and ('%a'):format(value) or ('%s %s'):format(type(value), value) end
  local parts = {}
  for key, inner in pairs(value) do parts[#parts + 1] = ('[%s] = %s'):format(feeds.text(key), feeds.text(inner)) end
  table.sort(parts)
  return '{' .. table.concat(parts, ', ') .. '}'
end

-- The keys from the row's to the one that changed.
function feeds.way(change)
  local way = { change.key }
  if type(change.path) == 'table' then
    for _, key in ipairs(change.path) do way[#way + 1] = key end
  elseif change.path then
    for name in change.path:gmatch('[^.]+') do
      way[#way + 1] = (name == '0' or name:find('^[1-9]%d*$')) and math.tointeger(name) or name
    end
  end
  return way
end

-- Makes changes in a copy. They must follow each other, and say what was there before.
function feeds.replay(copy, changes, position, is_mended)
  for _, change in ipairs(changes) do
    if change.at ~= position + 1 then error(('change %d behind %d'):format(change.at, position)) end
    position = change.at
    local way, place = feeds.way(change), copy
    for step = 1, #way - 1 do place = place[way[step]] end
    local last = way[#way]
    local before = feeds.text(place[last])
    if not is_mended and before ~= feeds.text(change.before) then
      error(('change %d: before was %s, not %s'):format(position, before, feeds.text(change.before)))
    end
    if change.kind == 'delete' and change.after ~= nil then error('a deleted value') end
    place[last] = change.after
  end
  return position
end

-- The table as its feed has it, from the first change on.
function feeds.rebuild(t, is_mended)
  local copy, position = {}, 0
  repeat
    local changes, next = ext.changes(t, position, 100)
    if not changes then error('changes are lost') end
    feeds.replay(copy, changes, position, is_mended)
    position = next
  until #changes == 0
  if position ~= ext.feed(t).last then error('not all changes') end
  return copy
end

function feeds.check(t, is_mended)
  local ok, wrong = ext.check(t)
  if not ok then error(('%s: %d unlinked'):format(wrong[1].index or 'feed', wrong[1].unlinked)) end
  local found, wanted = feeds.text(feeds.rebuild(t, is_mended)), feeds.text(feeds.copy(t, {}))
  if found ~= wanted then error(('the feed has %s, the table %s'):format(found, wanted)) end
end
