-- Two-way synchronisation of tables between instances, by messages that may be lost, doubled or late.
--
-- A compute of this text puts 'sync' into the home. Then, in each instance, for each table:
--
--   _home.sync_of_notes = _home.sync.start(_home.notes, 'phone')          -- a name that no other instance has
--   message = _home.sync.send(_home.sync_of_notes, 'laptop')              -- plain values, for whatever carries them
--   report = _home.sync.receive(_home.sync_of_notes, message, merge)
--
-- Each row has a stamp: which changes of each instance it has seen, when it changed last, and where. Of two versions of a row the one that
-- has seen the other is newer. Where neither has, they are in conflict: the one that changed last wins, or what 'merge(key, older, newer)'
-- makes of both. What was received is no change of this instance, and goes back to nobody. Messages are about whole rows, without functions.
--
-- Objects arrive as objects if both sides give their class the same name; other metatables do not travel:
--
--   _home.sync.classes.Note = Note

local sync = { states = _home.sync and _home.sync.states or {}, classes = _home.sync and _home.sync.classes or {} }

-- A stamp is kept as a string: when, where, by a merge or not, from whom, and what was seen.
local function write_stamp(stamp)
  local parts = { ('%a %s %d %s'):format(stamp.time, stamp.by, stamp.merged and 1 or 0, stamp.from or '-') }
  for name, count in pairs(stamp.seen) do parts[#parts + 1] = ('%s=%d'):format(name, count) end
  return table.concat(parts, ' ')
end

local function read_stamp(text)
  local stamp = { time = 0.0, by = '', seen = {} }
  if not text then return stamp end
  local time, by, merged, from, seen = text:match('^(%S+) (%S+) (%d) (%S+)(.*)$')
  stamp.time, stamp.by, stamp.merged, stamp.from = tonumber(time), by, merged == '1', from ~= '-' and from or nil
  for name, count in seen:gmatch('(%S+)=(%d+)') do stamp.seen[name] = math.tointeger(count) end
  return stamp
end

local function has_seen(one, other)
  for name, count in pairs(other) do
    if (one[name] or 0) < count then return false end
  end
  return true
end

-- The class of a table and its name, if it has one by which others know it.
local function class_of(value)
  local class = getmetatable(value)
  for name, known in next, sync.classes do
    if rawequal(known, class) then return class, name end
  end
end

-- A value with the content of tables and their classes, without functions and without tables inside of themselves.
local function copy_of(value, around)
  if type(value) == 'function' then return nil end
  if type(value) ~= 'table' then return value end
  around = around or {}
  if around[value] then return nil end
  around[value] = true
  local copy = {}
  for key, inner in next, value do copy[key] = copy_of(inner, around) end
  around[value] = nil
  return setmetatable(copy, (class_of(value)))
end

-- The same for a message: tables are plain, and the names of their classes are in a list, with the keys that lead there.
local function pack(value, names, way)
  if type(value) ~= 'table' then return value end
  local _, name = class_of(value)
  if name then names[#names + 1] = { name = name, way = { table.unpack(way) } } end
  local packed = {}
  for key, inner in next, value do
    way[#way + 1] = key
    packed[key] = pack(inner, names, way)
    way[#way] = nil
  end
  return packed
end

local function unpack_row(row)
  local value = copy_of(row.value)
  for _, object in ipairs(row.names or {}) do
    local class, place = rawget(sync.classes, object.name), value
    if not class then error(('no class is called %s: _home.sync.classes.%s is missing'):format(object.name, object.name), 0) end
    for _, key in ipairs(object.way) do place = rawget(place, key) end
    setmetatable(place, class)
  end
  return value
end

local function same(one, other)
  if type(one) ~= 'table' or type(other) ~= 'table' then
    if one ~= one or other ~= other then return one ~= one and other ~= other end
    -- 1 and 1.0 are equal, and 0.0 and -0.0, and are not the same.
    return one == other and math.type(one) == math.type(other) and (one ~= 0 or math.type(one) == 'integer' or 1 / one == 1 / other)
  end
  if not rawequal((class_of(one)), (class_of(other))) then return false end
  for key, value in next, one do
    if not same(value, rawget(other, key)) then return false end
  end
  for key in next, other do
    if rawget(one, key) == nil then return false end
  end
  return true
end

-- What a place of the log is known by: an older copy of this store that went on has others.
local function mark_of(place, stamp)
  return ('%d %a %s %d'):format(place, stamp.time, stamp.by, stamp.seen[stamp.by] or 0)
end

-- Notes the stamp of a row, and that others want to hear of it: the log has each row once, in the order of the changes.
local function note(state, key, stamp)
  local place = state.places[key]
  if place then state.log[place] = nil end
  state.last = state.last + 1
  state.log[state.last], state.places[key], state.stamps[key] = key, state.last, write_stamp(stamp)
  state.mark = mark_of(state.last, stamp)
end

local function note_own(state, key, time)
  local stamp = read_stamp(state.stamps[key])
  state.count = state.count + 1
  stamp.time, stamp.by, stamp.merged, stamp.from, stamp.seen[state.name] = time, state.name, false, nil, state.count
  note(state, key, stamp)
end

-- Hears what changed in the table since it looked last.
local function listen(state)
  repeat
    local changes, position = ext.changes(state.of, state.position)
    if changes then
      for _, change in ipairs(changes) do note_own(state, change.key, change.time) end
    else
      -- The feed kept too little. Any row may have changed.
      for key in next, state.of do note_own(state, key, os.time()) end
      for key in pairs(state.stamps) do
        if rawget(state.of, key) == nil then note_own(state, key, os.time()) end
      end
    end
    state.position = position
  until not changes or #changes == 0
end

local function peer_of(state, name)
  if not state.peers[name] then state.peers[name] = { sent = 0, got = 0, mark = '', marks = {} } end
  return state.peers[name]
end

-- Begins to synchronise a table, or goes on; what is to be kept for it. Rows that are there already are older than any change.
function sync.start(of, name)
  if not name:find('^[%w_]+$') then error('a name is letters, digits and underscores', 2) end
  if os.time() == 0 then
    error('the host has no clock, so nobody could tell which change is the last (in JavaScript: now: () => Date.now())', 2)
  end
  for _, state in pairs(sync.states) do
    if rawequal(state.of, of) then
      if state.name ~= name then error(('the table is synchronised as %s already'):format(state.name), 2) end
      return state
    end
  end
  local feed = ext.feed(of) or ext.feed(of, { count = 100000 })
  local state = ext.table()
  state.of, state.name, state.position, state.count, state.last, state.mark = of, name, feed.last, 0, 0, ''
  -- Tells it from an earlier one of the same name, whose changes others know.
  state.begun = ('%d.%d'):format(os.time(), feed.last)
  state.stamps, state.places, state.log, state.peers = {}, {}, {}, {}
  -- Nobody knows when they changed.
  for key in next, of do note_own(state, key, 0.0) end
  sync.states[#sync.states + 1] = state
  return state
end

-- Ends it: the table can be started under another name.
function sync.stop(of)
  for place, state in pairs(sync.states) do
    if rawequal(state.of, of) then table.remove(sync.states, place) return true end
  end
  return false
end

-- A message with up to 'limit' rows that the peer may not know. It is sent again until the peer has told that it has it: 'more' tells that
-- there are others, once it has.
function sync.send(state, to, limit)
  return ext.transaction(function()
    listen(state)
    local peer = peer_of(state, to)
    local message = { from = state.name, to = to, after = peer.sent, last = state.last, mark = state.mark, got = peer.got, got_mark = peer.mark,
      more = false, rows = {}, begun = state.begun, known = peer.begun }
    for place, key in next, state.log, peer.sent do
      if #message.rows == (limit or 1000) then
        message.more = true
        break
      end
      local stamp = read_stamp(state.stamps[key])
      message.last, message.mark = place, mark_of(place, stamp)
      if stamp.from ~= to then
        stamp.key, stamp.names, stamp.from = key, {}, nil
        stamp.value = pack(copy_of(rawget(state.of, key)), stamp.names, {})
        message.rows[#message.rows + 1] = stamp
      end
    end
    if not message.more then message.last, message.mark = state.last, state.mark end
    if message.last > peer.sent then peer.marks[message.last] = message.mark end
    return message
  end)
end

-- How many rows the peer may not know, or 'most' if there are more.
function sync.waiting(state, to, most)
  return ext.transaction(function()
    listen(state)
    local count = 0
    for _, key in next, state.log, peer_of(state, to).sent do
      if read_stamp(state.stamps[key]).from ~= to then count = count + 1 end
      if count == (most or 1000) then break end
    end
    return count
  end)
end

local function is_older(one, other)
  if one.time ~= other.time then return one.time < other.time end
  return one.by < other.by
end

-- What becomes of two versions that have not seen each other.
local function settle(state, key, mine, theirs, value, merge, report)
  local own, loser, winner = copy_of(rawget(state.of, key)), mine, theirs
  local old, new = own, value
  if not is_older(mine, theirs) then loser, winner, old, new = theirs, mine, value, own end
  local result = { time = winner.time, by = winner.by, merged = winner.merged, seen = {} }
  for _, side in ipairs { mine, theirs } do
    for name, count in pairs(side.seen) do result.seen[name] = math.max(count, result.seen[name] or 0) end
  end
  local kept = winner == mine and 'mine' or 'theirs'
  if same(old, new) then return new, result end
  -- What two merges made of the same is not merged again: that need not come to an end.
  if merge and not (mine.merged and theirs.merged) then
    new, kept = merge(key, copy_of(old), copy_of(new)), 'merged'
    state.count = state.count + 1
    result.by, result.merged, result.seen[state.name] = state.name, true, state.count
  end
  report.conflicts[#report.conflicts + 1] = {
    key = key, mine = copy_of(own), theirs = copy_of(value), kept = kept, -- one of them becomes the row
    mine_by = mine.by, mine_time = mine.time, theirs_by = theirs.by, theirs_time = theirs.time,
  }
  return new, result
end

local function take(state, from, row, merge, report)
  local key, mine = row.key, read_stamp(state.stamps[row.key])
  if has_seen(mine.seen, row.seen) then return end
  local value, stamp = unpack_row(row), { time = row.time, by = row.by, merged = row.merged, from = from, seen = row.seen }
  if not has_seen(row.seen, mine.seen) then value, stamp = settle(state, key, mine, row, value, merge, report) end
  if not same(copy_of(rawget(state.of, key)), value) then
    rawset(state.of, key, value)
    report.applied = report.applied + 1
  end
  note(state, key, stamp)
end

-- Whether this store is an older copy of the one to which the peer answers: then the peer has got what was never sent from here.
function sync.went_back(state, message)
  local peer = peer_of(state, message.from)
  return message.known == state.begun and message.got > peer.sent and peer.marks[message.got] ~= message.got_mark
end

-- Makes the changes of a message. The report has 'applied', the number of rows that changed; 'conflicts', a list of 'key', 'mine', 'theirs',
-- which was 'kept', and who made each and when ('mine_by', 'mine_time', 'theirs_by', 'theirs_time'); and 'refused', a list of 'key' and
-- 'error' of rows that the table does not take, which will come again.
function sync.receive(state, message, merge)
  if message.to ~= state.name then error(('a message to %s, not to %s'):format(message.to, state.name), 2) end
  local peer = peer_of(state, message.from)
  local known = peer.begun
  for name, is_anew in pairs { [message.from] = known and known ~= message.begun, [state.name] = message.known and message.known ~= state.begun } do
    if is_anew then error(('%s has begun anew: what others know of it is of another state, so it needs another name'):format(name), 2) end
  end
  if sync.went_back(state, message) then
    error(('%s went back to an older state: what others know of it is of a newer one, so it needs another name'):format(state.name), 2)
  end
  return ext.transaction(function()
    listen(state)
    local report = { applied = 0, conflicts = {}, refused = {} }
    local rows = message.rows
    -- A row may have to wait for another of the same message.
    for _ = 1, 2 do
      local left = {}
      report.refused = {}
      for _, row in ipairs(rows) do
        local count = #report.conflicts
        local ok, why = pcall(ext.transaction, take, state, message.from, row, merge, report)
        if not ok then
          for number = #report.conflicts, count + 1, -1 do report.conflicts[number] = nil end
          left[#left + 1], report.refused[#report.refused + 1] = row, { key = row.key, error = why }
        end
      end
      rows = left
    end
    state.position = ext.feed(state.of).last
    peer.begun = message.begun
    if message.got > peer.sent then
      peer.sent = message.got
      for place in pairs(peer.marks) do
        if place <= peer.sent then peer.marks[place] = nil end
      end
    end
    -- What lies between was lost: it will be sent again.
    if message.after <= peer.got and message.last > peer.got and #rows == 0 then peer.got, peer.mark = message.last, message.mark end
    return report
  end)
end

sync.same = same

_home.sync = sync
