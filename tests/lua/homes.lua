-- What instances hold of homes, beside model.lua: the same code runs over `_home` and over a plain table. Loaded once into an
-- instance, and with the homes as plain tables into another one.

--- Takes a table or a function of a home to a global, where it stays from compute to compute.
function hold(home, number)
  local found = {}
  for k, v in pairs(home) do
    if type(v) == "table" or type(v) == "function" then found[#found + 1] = { type(k) .. ("%q"):format(k), v } end
  end
  table.sort(found, function(a, b) return a[1] < b[1] end)
  held = found[1 + number % math.max(#found, 1)]
  held = held and held[2]
end

--- Changes what is held.
function change_held(value)
  if type(held) == "function" then held("set", value) held("count") elseif held then held.changed = value end
end

--- Puts it into a home, perhaps another one.
function put_held(home, name)
  if held then home[name] = held end
end

--- Whether plain tables reach a value.
function is_reached(homes, wanted)
  return model.reached(homes)[wanted] or false
end
