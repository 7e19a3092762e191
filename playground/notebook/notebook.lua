-- The notebook of a home: `_home.notebook` is { last = ID, order = { ID, ... }, cells = { [ID] = { kind = "lua" or "text", text = "..." } } }.
-- Each function changes one cell, so that what two tabs write into two cells does not meet.

local READ_BYTES = 100000
-- Of a cell without its text.
local CELL_OVERHEAD = 50
-- A cell that was written in the notebook has no more: 60,000 characters, of three bytes at most (cells.js).
local CELL_BYTES = 180000

-- A table without code of a script, which would run here.
local function is_plain(value)
  return type(value) == "table" and getmetatable(value) == nil
end

local function is_notebook(value)
  return is_plain(value) and is_plain(value.order) and is_plain(value.cells) and math.type(value.last) == "integer"
end

local function notebook()
  if _home.notebook == nil then _home.notebook = { last = 0, order = {}, cells = {} } end
  if not is_notebook(_home.notebook) then error("_home.notebook is there, and is no notebook: give it another key to have one", 0) end
  return _home.notebook
end

local function place_of(order, id)
  for place, each in ipairs(order) do
    if each == id then return place end
  end
end

-- One cell for a list: one that a script made too large comes with its size and without its text, and one that is damaged, or no cell, with the reason, so
-- that all others can be read, and nobody misses one without a word.
local function listed(all, id)
  local found = { id = id, kind = "lua" }
  local is_read, problem = pcall(function()
    local cell = all[id]
    if not is_plain(cell) then error("it is " .. (type(cell) == "table" and "a table with a metatable" or "of the type " .. type(cell)), 0) end
    if cell.kind == "text" then found.kind = "text" end
    local text = cell.text
    if type(text) ~= "string" then error("its text is of the type " .. type(text), 0) end
    if #text > CELL_BYTES then found.bytes = #text else found.text = text end
  end)
  if not is_read then found.problem = tostring(problem) end
  return found
end

-- Cells from a place on, as many as go into one result, and the place of the next one.
function notebook_read(place)
  if _home.notebook == nil then return { cells = {} } end
  local order, all = notebook().order, notebook().cells
  local cells, bytes = {}, 0
  while order[place] ~= nil and bytes < READ_BYTES do
    local cell = listed(all, order[place])
    cells[#cells + 1] = cell
    bytes = bytes + #(cell.text or cell.problem or "") + CELL_OVERHEAD
    place = place + 1
  end
  return { cells = cells, next = order[place] ~= nil and place or nil }
end

-- The text of one cell, however long it is.
function notebook_text(id)
  return notebook().cells[id].text
end

-- A cell at a place; one that is put back has its id.
function notebook_put(place, kind, text, id)
  local all = notebook()
  if id == nil then
    -- A notebook that a script made may have cells beyond the last one.
    repeat all.last = all.last + 1 until all.cells[all.last] == nil
    id = all.last
  end
  all.cells[id] = { kind = kind, text = text }
  if place_of(all.order, id) == nil then
    table.insert(all.order, math.min(math.max(place, 1), #all.order + 1), id)
  end
  return id
end

-- One that another tab removed meanwhile is put at the end: nobody loses what they write.
function notebook_write(id, kind, text)
  local cell = notebook().cells[id]
  if cell == nil then return notebook_put(math.maxinteger, kind, text, id) end
  cell.text = text
  return id
end

function notebook_remove(id)
  local all = notebook()
  local place = place_of(all.order, id)
  if place ~= nil then table.remove(all.order, place) end
  all.cells[id] = nil
end

function notebook_move(id, place)
  local order = notebook().order
  local from = place_of(order, id)
  if from == nil then return end
  table.remove(order, from)
  table.insert(order, math.min(math.max(place, 1), #order + 1), id)
end
