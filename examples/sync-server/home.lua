-- The server's side of a shared home: one table of rows, synchronised with any number of pages by examples/sync.lua, whose text ran before.
--
-- Invariant: the server decides no conflict. It takes rows only from who has all of its own, so two versions of a row meet in a page, where
-- somebody sees them.

_home.rows = _home.rows or {}

local MOST_ROWS = 20000

-- The state, under the name that it was started with, or `name` where there is none yet.
function state_of(name)
  _home.name = _home.name or name
  return _home.sync.start(_home.rows, _home.name)
end

-- Position of the last change.
function last(name)
  return state_of(name).last
end

-- What the server answers to a page; `name` is a new one, in case that it is needed.
function exchange(name, me, message, limit)
  local state = state_of(name)
  -- A file that was restored from a copy.
  if message and message.to == state.name and _home.sync.went_back(state, message) then
    _home.sync.stop(_home.rows)
    _home.name = name
    state = state_of(name)
  end
  local taken, refused, before = false, {}, state.last
  if message and message.to == state.name then
    taken = message.got == state.last
    if taken and ext.size(state.stamps) + #message.rows > MOST_ROWS then
      error(('the shared home is full: with these rows it would have more than %d, deleted ones included'):format(MOST_ROWS), 0)
    end
    -- Without its rows it still tells what the page has.
    if not taken then message.rows, message.last = {}, message.after end
    refused = _home.sync.receive(state, message).refused
  end
  return { name = state.name, taken = taken, refused = refused, message = _home.sync.send(state, me, limit), last = state.last, changed = state.last ~= before }
end
