-- What does a caught error cost? error() with texts and tables, runtime errors, nested and rethrown.

local CALLS <const> = 60000

local function parse(text)
  if text == "" then error("empty input") end
  if #text > 6 then error({ code = 413, size = #text }) end
  return text + 0
end

local function load_field(record, name)
  local ok, value = pcall(parse, record[name])
  if not ok then
    if type(value) == "table" then error(value) end
    error(name .. ": " .. value, 0)
  end
  return value
end

local function handler(problem)
  if type(problem) == "table" then return problem.code + problem.size end
  return problem:byte(-1)
end

local records = {
  { width = "17", height = "" },
  { width = "4", height = "12345678" },
  { width = "nine", height = "3" },
  { width = "25", height = "30" },
}

local checksum = 0
for i = 1, CALLS do
  local record = records[i % #records + 1]
  local ok, area = pcall(function() return load_field(record, "width") * load_field(record, "height") end)
  if ok then
    checksum = checksum + area
  else
    checksum = checksum + handler(area)
  end
  local _, length = xpcall(parse, handler, i % 2 == 0 and "" or "not a number")
  checksum = checksum + length
end
return checksum
