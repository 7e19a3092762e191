-- Random operations on a graph of tables, plain or external: the same numbers give the same graph. Loaded once into an
-- instance; `model.run(root, seed, operations)` changes the graph, `model.dump(root)` describes it.
model = {}

local state
local function random(below)
  state = (state * 1103515245 + 12345) % 2147483648
  return (state >> 8) % below
end

local KEYS = { "a", "b", "c", "d\0e", "", 1, 2, 3, 4, -1, 300, 1.5, 2^60, true, false }
local SCALARS = { 0, 1, -1, 2^53, 0.5, -0.0, 1/0, math.mininteger, "text", "", ("long"):rep(300), "z\0z", true, false }
local function key() return KEYS[random(#KEYS) + 1] end
local function scalar() return SCALARS[random(#SCALARS) + 1] end

-- Order among keys of all types, the same for plain and external tables.
local RANK = { string = 1, number = 2, boolean = 3 }
local function before(x, y)
  local a, b = RANK[type(x)], RANK[type(y)]
  if a ~= b then return a < b end
  if a == 3 then return not x and y end
  return x < y
end
local function sorted(node)
  local keys = {}
  for k in pairs(node) do keys[#keys + 1] = k end
  table.sort(keys, before)
  return keys
end

-- Two functions that share a variable. Each has a separate counter, and one refers to the other.
local function pair(initial)
  local value, first, second = initial, 0, 0
  local function left(operation, new)
    if operation == "set" then value = new elseif operation == "count" then first = first + 1 end
    return value, first
  end
  local function right(operation, new)
    if operation == "count" then second = second + 1 elseif operation == "set" then left("set", new) end
    return value, second, left
  end
  return left, right
end

local function functions(node)
  local found = {}
  for _, k in ipairs(sorted(node)) do
    if type(node[k]) == "function" then found[#found + 1] = node[k] end
  end
  return found
end

local function walk(root)
  local node = root
  for _ = 1, random(6) do
    local children = {}
    for _, k in ipairs(sorted(node)) do
      if type(node[k]) == "table" then children[#children + 1] = node[k] end
    end
    if #children == 0 then break end
    node = children[random(#children) + 1]
  end
  return node
end

local function tree(root, depth)
  local made = {}
  for _ = 1, random(4) do made[key()] = scalar() end
  if depth > 0 then
    for _ = 1, random(3) do made[key()] = tree(root, depth - 1) end
    if random(4) == 0 then made[key()] = made end
    if random(4) == 0 then
      local shared = { scalar() }
      made[key()], made[key()] = shared, shared
    end
    if random(5) == 0 then made[key()] = walk(root) end
  end
  return made
end

local OPERATIONS = {
  function(root) walk(root)[key()] = scalar() end,
  function(root) walk(root)[key()] = scalar() end,
  function(root) walk(root)[key()] = nil end,
  function(root) walk(root)[key()] = tree(root, 2) end,
  function(root) -- an alias, perhaps a cycle
    local target = walk(root)
    walk(root)[key()] = target
  end,
  function(root) -- a table that is changed after it was assigned
    local made = tree(root, 1)
    walk(root)[key()] = made
    made[key()] = scalar()
    made[key()] = { scalar() }
  end,
  function(root) -- changes while iterating: existing keys only
    local node = walk(root)
    for k, v in pairs(node) do
      if type(v) == "number" then node[k] = nil elseif type(v) == "string" then node[k] = #v end
    end
  end,
  function(root) -- a sequence
    local list = {}
    walk(root)[key()] = list
    for i = 1, random(8) do table.insert(list, i * 3 % 7) end
    if #list > 2 then table.remove(list, 1); table.sort(list) end
    assert(#list == select("#", table.unpack(list)))
  end,
  function() collectgarbage() end,
  function(root) -- functions
    local left, right = pair(scalar())
    walk(root)[key()], walk(root)[key()] = left, right
  end,
  function(root) -- a captured variable changes
    local node = walk(root)
    local found = functions(node)
    if #found == 0 then return end
    local f = found[random(#found) + 1]
    local what = random(5)
    if what == 0 then f("set", scalar())
    elseif what == 1 then f("set", tree(root, 1))
    elseif what == 2 then f("set", walk(root))
    elseif what == 3 then f("set", found[random(#found) + 1])
    else f("count") end
  end,
  function(root) -- a captured table is assigned, before the end of the compute promotes it
    local left, right = pair(tree(root, 1))
    walk(root)[key()] = left
    left("set", tree(root, 1))
    walk(root)[key()] = left()
    if type(left()) == "table" then left()[key()] = right end
  end,
  function(root) -- a refused assignment changes nothing
    local node = walk(root)
    local ok = pcall(function() node[key()] = { x = { tree(root, 1), coroutine.running() } } end)
    if ok then error("a refused assignment was not refused", 0) end
  end,
}

--- `refuses` is false for plain tables, because they refuse nothing.
function model.run(root, seed, operations, refuses)
  state = seed
  for _ = 1, operations do
    local operation = random(#OPERATIONS) + 1
    if operation < #OPERATIONS then
      OPERATIONS[operation](root)
    elseif refuses then
      OPERATIONS[operation](root)
    else
      -- Both kinds of table draw the same random numbers.
      walk(root)
      key()
      tree(root, 1)
    end
  end
end

--- A text that is equal for equal graphs, including shared and circular tables, functions and captured variables.
function model.dump(root)
  local numbers, count, out = {}, 1, {}
  local queue, at = { root }, 1
  numbers[root] = 1
  local function describe(v)
    local kind = type(v)
    if kind == "table" or kind == "function" then
      if not numbers[v] then
        count = count + 1
        numbers[v] = count
        queue[count] = v
      end
      return kind .. " " .. numbers[v]
    end
    if kind == "number" then return math.type(v) .. ("%a"):format(v) end
    return ("%q"):format(v)
  end
  while queue[at] do
    local node = queue[at]
    out[#out + 1] = describe(node)
    if type(node) == "function" then
      local value, calls, other = node("get")
      out[#out + 1] = describe(value) .. " " .. calls .. " " .. describe(other)
    else
      for _, k in ipairs(sorted(node)) do
        out[#out + 1] = type(k) .. ("%q"):format(k) .. "=" .. describe(node[k])
      end
    end
    at = at + 1
  end
  return table.concat(out, "\n")
end

--- The set of the root, and of the tables and functions behind it.
function model.reached(root)
  local seen, queue = { [root] = true }, { root }
  local function meet(value)
    local kind = type(value)
    if (kind == "table" or kind == "function") and not seen[value] then
      seen[value] = true
      queue[#queue + 1] = value
    end
  end
  while #queue > 0 do
    local node = table.remove(queue)
    if type(node) == "function" then
      local value, _, other = node("get")
      meet(value)
      meet(other)
    else
      for _, value in pairs(node) do meet(value) end
    end
  end
  return seen
end

--- The number of tables with content behind the root, and the number of functions.
function model.count(root)
  local tables, functions = 0, 0
  for value in pairs(model.reached(root)) do
    if type(value) == "function" then functions = functions + 1
    elseif value ~= root and next(value) ~= nil then tables = tables + 1 end
  end
  return tables, functions
end
