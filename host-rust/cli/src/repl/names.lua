-- The names in a value that begin with a text: fields of a table or of what stands in for it, the functions of strings.
local value, start = ...
local found, room = {}, 2000
if type(value) == "string" then value = string end
if type(value) == "table" then
  for key in next, value do
    room = room - 1
    if room < 0 or #found == 200 then break end
    if type(key) == "string" and key:sub(1, #start) == start and key:find("^[%a_][%w_]*$") then found[#found + 1] = key end
  end
end
return found
