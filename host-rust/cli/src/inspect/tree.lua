-- What `cu inspect` computes: a value, and what is in it down to some depth, as a list of nodes in the order in which they
-- are shown. The arguments are the value, levels of tables, entries of each table, bytes of the list, and the key after which
-- the entries of the first table begin.
local root, depth, limit, room, after = ...
local nodes, met = {}, {}
local TEXT_BYTES, NODE_BYTES = 100, 150

-- What functions of `ext` say of a table; nothing for a module without them, or where they fail.
local function told(name, value)
  local tell = ext[name]
  local ok, answer = pcall(tell or error, value)
  return ok and answer or nil
end

local function list(name, value)
  local answer = told(name, value)
  return answer and next(answer) and answer or nil
end

-- The names of library functions.
local names = {}
for name, value in pairs(_G) do
  if type(value) == "function" then names[value] = name end
  if type(value) == "table" and value ~= _G and value ~= _home and value ~= _io then
    for field, item in pairs(value) do
      if type(item) == "function" then names[item] = tostring(name) .. "." .. tostring(field) end
    end
  end
end

local describe

local function entries(value, level, from)
  local key, shown = from, 0
  while true do
    local ok, found, item = pcall(next, value, key)
    if not ok then
      nodes[#nodes + 1] = { level = level, problem = tostring(found) }
      return
    end
    if found == nil then return end
    if shown == limit or room <= 0 then
      nodes[#nodes + 1] = { level = level, more = true, after = key }
      return
    end
    key, shown = found, shown + 1
    describe(found, item, level)
  end
end

function describe(key, value, level)
  local kind = type(value)
  local node = { level = level, key = key, kind = kind, value = value }
  nodes[#nodes + 1] = node
  room = room - NODE_BYTES - (type(key) == "string" and #key or 0)
  if kind == "string" then
    node.bytes = #value
    node.value = #value > TEXT_BYTES and value:sub(1, TEXT_BYTES) or value
  elseif kind == "function" then
    local about = debug.getinfo(value, "Su")
    node.source, node.first, node.last = about.short_src, about.linedefined, about.lastlinedefined
    node.parameters, node.upvalues = about.nparams, about.nups
    node.value = nil
    if about.what == "C" then node.source, node.library = nil, names[value] or "?" end
  elseif kind == "table" then
    local metatable = getmetatable(value)
    node.entries = told("size", value)
    node.indexes = list("indexes", value)
    node.schema = told("schema", value)
    node.feed = told("feed", value)
    local version = told("migrate", value)
    node.version = version ~= 0 and version or nil
    if met[value] then
      node.again = true
    else
      met[value] = true
      if level < depth then
        local from = level == 0 and after or nil
        if type(metatable) == "table" and from == nil then describe(nil, metatable, level + 1) end
        entries(value, level + 1, from)
      end
    end
  end
end

describe(nil, root, 0)
return nodes
