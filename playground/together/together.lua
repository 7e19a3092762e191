-- The page's side of a shared home, in the home of the page: one table of the reader, synchronised by examples/sync.lua, and the conflicts
-- that nobody has settled yet.
--
-- Invariant: a conflict is kept, with both versions, in the transaction that settles it for the time being. It goes only when the reader has
-- chosen, so nothing that anybody wrote is lost.

together = {}

local SHOWN = 20

local function sync_of(of)
  local t = _home.together
  if t == nil then error("no shared home is joined", 0) end
  if t.state.of ~= of then error("the shared table is another one", 0) end
  return t
end

-- Under a name that is new: whatever was before is over. Who joins another home brings the rows that are there.
function together.join(of, home, server, me)
  return ext.transaction(function()
    _home.sync.stop(of)
    if _home.together then _home.sync.stop(_home.together.state.of) end
    _home.together = { home = home, at = server, me = me, state = _home.sync.start(of, me), conflicts = {}, count = 0 }
  end)
end

-- The rows stay, and so do the conflicts until they are settled.
function together.anew(of, me)
  return ext.transaction(function()
    local t = sync_of(of)
    _home.sync.stop(of)
    t.me, t.state, t.server = me, _home.sync.start(of, me), nil
  end)
end

function together.leave()
  return ext.transaction(function()
    if _home.together then _home.sync.stop(_home.together.state.of) end
    _home.together = nil
  end)
end

-- Who is joined, nil if nobody is; whether it is the table; how many rows wait; how many conflicts, and the number of the newest.
function together.status(of)
  local t = _home.together
  if t == nil then return nil end
  local is_linked = t.state.of == of
  return {
    me = t.me, linked = is_linked, conflicts = ext.size(t.conflicts), newest = t.count, rows = ext.size(t.state.of),
    waiting = is_linked and _home.sync.waiting(t.state, t.server or "") or 0,
  }
end

-- The shared table, for a home in which a script put another value in its place.
function together.table()
  return _home.together.state.of
end

-- A message for the server, nil as long as its name is not known.
function together.outgoing(of, limit)
  local t = sync_of(of)
  return t.server and _home.sync.send(t.state, t.server, limit)
end

function together.incoming(of, server, message)
  return ext.transaction(function()
    local t = sync_of(of)
    t.server = server
    local report = _home.sync.receive(t.state, message)
    for _, conflict in ipairs(report.conflicts) do
      t.count = t.count + 1
      t.conflicts[t.count] = conflict
    end
    return { applied = report.applied, refused = report.refused, waiting = _home.sync.waiting(t.state, server), more = message.more }
  end)
end

local function copied(list)
  local copy = {}
  for index, value in ipairs(list) do copy[index] = value end
  return copy
end

-- A list with what either has, in the order of the newer one.
local function both_lists(older, newer)
  local all = copied(newer)
  for _, value in ipairs(older) do
    local is_there = false
    for _, other in ipairs(newer) do is_there = is_there or _home.sync.same(value, other) end
    if not is_there then all[#all + 1] = value end
  end
  return all
end

local function is_list(t)
  local count = 0
  for _ in pairs(t) do count = count + 1 end
  return count > 0 and count == #t
end

-- Both versions in one, by a rule that needs no judgement: fields of either, of two values in one field the newer; elements of either;
-- two texts one after the other. Nothing where there is no such rule.
local function both(older, newer)
  if type(older) == "string" and type(newer) == "string" then return older .. "\n" .. newer end
  if type(older) ~= "table" or type(newer) ~= "table" then return nil end
  if is_list(older) and is_list(newer) then return both_lists(older, newer) end
  local all = {}
  for key, value in pairs(newer) do all[key] = value end
  for key, value in pairs(older) do
    if all[key] == nil then all[key] = value
    elseif type(value) == "table" and type(all[key]) == "table" then all[key] = both(value, all[key]) end
  end
  return all
end

local function merged(conflict)
  local older, newer = conflict.mine, conflict.theirs
  if conflict.kept == "mine" then older, newer = newer, older end
  local value = both(older, newer)
  if value == nil or _home.sync.same(value, older) or _home.sync.same(value, newer) then return nil end
  return value
end

-- A value with the content of tables: the list below leaves the module.
local function plain(value)
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, inner in pairs(value) do copy[key] = plain(inner) end
  return copy
end

-- Whether the row is another one than what counted.
local function is_changed(of, conflict)
  return not _home.sync.same(plain(of[conflict.key]), conflict[conflict.kept])
end

local function put(of, key, value)
  if not _home.sync.same(plain(of[key]), value) then of[key] = value end
end

-- The oldest ones: more would not be looked at together.
function together.conflicts(of)
  local t, list = sync_of(of), {}
  for number, stored in pairs(t.conflicts) do
    if #list == SHOWN then break end
    local conflict = plain(stored)
    conflict.number, conflict.both = number, merged(conflict)
    conflict.is_changed = is_changed(of, conflict)
    list[#list + 1] = conflict
  end
  return list
end

-- `which`: mine, theirs or both. What is chosen is a change of this page, newer than both.
function together.choose(of, number, which)
  return ext.transaction(function()
    local t = sync_of(of)
    local conflict = plain(t.conflicts[number])
    if conflict == nil then return false end
    local value = conflict[which]
    if which == "both" then value = merged(conflict) end
    put(of, conflict.key, value)
    t.conflicts[number] = nil
    return true
  end)
end

-- The same version of all conflicts up to a number, and how many of them stay: where a row is none of its two versions any more, it is to be looked at.
-- The newest conflict of a row says what it becomes, which settles the older ones, too.
function together.choose_all(of, which, newest)
  return ext.transaction(function()
    local t, numbers, is_settled, left = sync_of(of), {}, {}, 0
    for number in pairs(t.conflicts) do
      if number <= newest then numbers[#numbers + 1] = number end
    end
    table.sort(numbers, function(one, other) return one > other end)
    for _, number in ipairs(numbers) do
      local conflict = plain(t.conflicts[number])
      local key = conflict.key
      if is_settled[key] == nil then
        is_settled[key] = not is_changed(of, conflict)
        if is_settled[key] then put(of, key, conflict[which]) end
      end
      if is_settled[key] then t.conflicts[number] = nil else left = left + 1 end
    end
    return left
  end)
end
