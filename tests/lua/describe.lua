-- Describes results as `native-lua --snippets` does (tests/native/src/main.rs): run in a module before a snippet.
local format, math_type, select, type, tostring, find = string.format, math.type, select, type, tostring, string.find
local concat = table.concat
function __describe(...)
  local parts = {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if math_type(value) == "float" then
      local text = value ~= value and "nan" or format("%.17g", value)
      if find(text, "^-?%d+$") then text = text .. ".0" end
      parts[i] = text
    elseif type(value) == "string" then
      parts[i] = format("%q", value)
    else
      parts[i] = tostring(value)
    end
  end
  return concat(parts, "\t")
end
__load = load
