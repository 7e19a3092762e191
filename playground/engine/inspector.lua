-- What the page asks of a home. This runs in an instance of its own, which may not write: a script cannot change what the page uses.

local TEXT_BYTES = 160
local FIELDS = 8
local SOURCES = 100

local function is_middle(text, at)
  local byte = text:byte(at)
  return byte ~= nil and byte >= 0x80 and byte < 0xC0
end

-- The beginning of a text, without half a character at its end.
local function beginning(text)
  local last = TEXT_BYTES
  while last > TEXT_BYTES - 4 and is_middle(text, last + 1) do last = last - 1 end
  return text:sub(1, last)
end

-- The name of a table's class, as far as a script sees it.
local function class_name(value)
  local class = getmetatable(value)
  local name = type(class) == "table" and rawget(class, "__name")
  return type(name) == "string" and beginning(name) or nil
end

local function describe_function(value)
  local what = debug.getinfo(value, "Su")
  if what.what == "C" then return { kind = "library" } end
  return {
    kind = "function", script = what.source:sub(2), first = what.linedefined, last = what.lastlinedefined,
    parameters = what.nparams, takes_more = what.isvararg, captured = what.nups,
  }
end

-- A value in few bytes: numbers, booleans and short texts as they are, all others as a table with a `kind`.
local function describe(value, is_inner)
  local kind = type(value)
  if kind == "string" then
    if #value <= TEXT_BYTES then return value end
    return { kind = "text", text = beginning(value), bytes = #value }
  elseif kind == "function" then
    return describe_function(value)
  elseif kind ~= "table" then
    return value
  end
  local described = { kind = "table", table = value, size = ext.size(value), class = class_name(value) }
  if is_inner then return described end
  local fields = {}
  for key, field in next, value do
    if #fields == FIELDS then break end
    fields[#fields + 1] = { key, describe(field, true) }
  end
  described.fields = fields
  return described
end

-- Entries of a table behind the key `after`, or from its start, as a list of keys and described values.
function page(t, after, count)
  local entries, key = {}, after
  while #entries < count do
    local value
    key, value = next(t, key)
    if key == nil then break end
    entries[#entries + 1] = { key, describe(value) }
  end
  return {
    entries = entries, size = ext.size(t), more = key ~= nil and next(t, key) ~= nil,
    indexes = ext.indexes(t), schema = ext.schema(t),
  }
end

function describe_all(tables)
  local described = {}
  for index, value in ipairs(tables) do described[index] = describe(value) end
  return described
end

-- What a key leads to, which may have changed since it was shown.
function entry(t, key)
  return describe(rawget(t, key))
end

-- Texts of scripts, in the home of the page: the newest ones.
function remember(name, text)
  local sources = _home.sources or { last = 0, texts = {}, order = {} }
  if _home.sources == nil then _home.sources = sources end
  if sources.texts[name] ~= nil then return end
  sources.last = sources.last + 1
  sources.texts[name], sources.order[sources.last] = text, name
  local old = sources.order[sources.last - SOURCES]
  if old ~= nil then
    sources.texts[old], sources.order[sources.last - SOURCES] = nil, nil
  end
end

function source(name)
  local sources = _home.sources
  return sources and sources.texts[name]
end

-- How often the page was opened.
function visit()
  _home.visits = (_home.visits or 0) + 1
  return _home.visits
end
