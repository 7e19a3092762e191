-- Accounts and nonces, in a home. Each call of `batch` is one unit of the store: all of it is kept, or nothing.
--
-- _home.accounts[key]   what a key has used; a row for each key
-- _home.open[id]        a request that runs: packed, because it comes and goes
-- _home.nonces[...]     time of the request with that key and nonce
-- _home.times[...]      the same in the order of time, for forgetting
-- _home.forgotten       nonces of requests up to this time may be forgotten, so no such request is taken
-- _home.refused[reason] how often a request was refused
--
-- Invariant: the numbers of a request are in its account once: while it runs, what it may use is held there, and when it ends, what
-- it has used is added and the row in `open` goes, in the same unit.

for _, name in ipairs { 'accounts', 'open', 'nonces', 'times', 'refused' } do
  _home[name] = _home[name] or {}
end
_home.forgotten = _home.forgotten or 0

-- Key, held instructions and bytes, used instructions and bytes.
local OPEN = 's1i8i8i8i8'
-- Nonces that are forgotten with each request: more than one, so that what has piled up goes.
local FORGET = 4
local MINUTE = 60

local function account_of(key)
  if not _home.accounts[key] then
    _home.accounts[key] = {
      requests = 0, instructions = 0, bytes = 0, calls = 0, interrupted = 0,
      held_instructions = 0, held_bytes = 0, at_once = 0, minute = 0, in_minute = 0,
    }
  end
  return _home.accounts[key]
end

local function forget(before)
  local gone = {}
  for entry in pairs(_home.times) do
    local time, nonce = string.unpack('>I8s1', entry)
    if time >= before or #gone == FORGET then break end
    gone[#gone + 1] = entry
    _home.nonces[nonce] = nil
    if time > _home.forgotten then _home.forgotten = time end
  end
  for _, entry in ipairs(gone) do _home.times[entry] = nil end
end

-- What may be held of a number: as much as is wanted, or as is left; nil if nothing is.
local function granted(limit, used, held, wanted)
  if not limit then return wanted end
  local left = limit - used - held
  return left > 0 and math.min(left, wanted) or nil
end

local operations = {}

-- A request begins, unless its nonce was used or the account does not allow it.
function operations.admit(it)
  local key, limits = it.key, it.limits
  forget(it.now - it.skew)
  local nonce = key .. '/' .. it.nonce
  if it.time <= _home.forgotten then
    return { refused = 'time', message = 'a request from before ' .. _home.forgotten + 1 .. ' may have been answered already' }
  end
  if _home.nonces[nonce] then
    return { refused = 'nonce', message = "the nonce '" .. it.nonce .. "' was used before" }
  end
  local account = account_of(key)
  local minute = it.now // MINUTE
  local in_minute = account.minute == minute and account.in_minute or 0
  if limits.rate and in_minute >= limits.rate then
    local message = "key '" .. key .. "' may send " .. limits.rate .. ' requests a minute'
    return { refused = 'rate', message = message, after = MINUTE - it.now % MINUTE }
  end
  if limits.at_once and account.at_once >= limits.at_once then
    return { refused = 'rate', message = "key '" .. key .. "' may have " .. limits.at_once .. ' requests at a time', after = 1 }
  end
  local function used_up(name)
    return { refused = 'quota', message = "key '" .. key .. "' has used up its " .. limits[name] .. ' ' .. name }
  end
  if limits.requests and account.requests >= limits.requests then return used_up('requests') end
  local instructions = granted(limits.instructions, account.instructions, account.held_instructions, it.instructions)
  if not instructions then return used_up('instructions') end
  local bytes = granted(limits.bytes, account.bytes, account.held_bytes, it.bytes)
  if not bytes or bytes <= it.body then return used_up('bytes') end

  _home.nonces[nonce] = it.time
  _home.times[string.pack('>I8s1', it.time, nonce)] = true
  account.minute, account.in_minute = minute, in_minute + 1
  account.requests = account.requests + 1
  account.at_once = account.at_once + 1
  account.held_instructions = account.held_instructions + instructions
  account.held_bytes = account.held_bytes + bytes
  _home.open[it.id] = string.pack(OPEN, key, instructions, bytes, 0, it.body)
  return { instructions = instructions, bytes = bytes }
end

-- An upstream is about to be asked.
function operations.call(it)
  local row = _home.open[it.id]
  if not row then return { refused = 'unavailable', message = 'the request is over' } end
  local key = string.unpack(OPEN, row)
  local account = _home.accounts[key]
  if it.limit and account.calls >= it.limit then
    return { refused = 'quota', message = "key '" .. key .. "' has used up its " .. it.limit .. ' calls' }
  end
  account.calls = account.calls + 1
  return {}
end

-- How far a request is: what is counted if the relay is killed.
function operations.note(it)
  local row = _home.open[it.id]
  if row then
    local key, instructions, bytes = string.unpack(OPEN, row)
    _home.open[it.id] = string.pack(OPEN, key, instructions, bytes, it.instructions, it.bytes)
  end
  return {}
end

local function close(id, interrupted, instructions, bytes)
  local row = _home.open[id]
  if not row then return end
  local key, held_instructions, held_bytes, noted_instructions, noted_bytes = string.unpack(OPEN, row)
  local account = _home.accounts[key]
  account.instructions = account.instructions + (instructions or noted_instructions)
  account.bytes = account.bytes + (bytes or noted_bytes)
  account.held_instructions = account.held_instructions - held_instructions
  account.held_bytes = account.held_bytes - held_bytes
  account.at_once = account.at_once - 1
  account.interrupted = account.interrupted + interrupted
  _home.open[id] = nil
end

-- A request is over. Of one that is over already nothing is counted.
function operations.settle(it)
  close(it.id, 0, it.instructions, it.bytes)
  return {}
end

-- The relay begins: what was open ended when it was killed.
function operations.recover(it)
  local ids = {}
  for id in pairs(_home.open) do ids[#ids + 1] = id end
  for _, id in ipairs(ids) do close(id, 1) end
  _home.starts = (_home.starts or 0) + 1
  return { start = _home.starts }
end

function operations.refused(it)
  _home.refused[it.reason] = (_home.refused[it.reason] or 0) + it.count
  return {}
end

local REPORTED = { 'requests', 'instructions', 'bytes', 'calls', 'interrupted', 'at_once' }

-- Rows of one answer, which has to fit the memory.
local ROWS = 500

local function reported(account)
  local row = {}
  for _, name in ipairs(REPORTED) do row[name] = account[name] end
  return row
end

-- The account of a key.
function operations.account(it)
  local account = _home.accounts[it.key]
  return { account = account and reported(account) or nil }
end

-- Accounts behind a key, as many as fit, and the last of their keys if there are more; and the counts of refusals.
function operations.accounts(it)
  local accounts, refused, count = {}, {}, 0
  local key = it.after and _home.accounts[it.after] and it.after or nil
  repeat
    local account
    key, account = next(_home.accounts, key)
    if key then
      accounts[key] = reported(account)
      count = count + 1
    end
  until not key or count == ROWS
  for reason, number in pairs(_home.refused) do refused[reason] = number end
  return { accounts = accounts, refused = refused, after = key }
end

function batch(list)
  local results = {}
  for number, it in ipairs(list) do results[number] = operations[it.operation](it) end
  return results
end
