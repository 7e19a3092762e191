-- Ten thousand rows, an index, and how a query is worked off.

if not _home.users then
  local cities = { "Lagos", "Oslo", "Osaka", "Lima" }
  local users = ext.table()
  for id = 1, 10000 do
    users[id] = { name = "user " .. id, age = id * 7919 % 83 + 10, city = cities[id % 4 + 1] }
  end
  _home.users = users
end

local spec = {
  where = { city = "Oslo", age = { "between", { 30, 31 } } },
  order = "age", limit = 5,
}

local before = ext.explain(_home.users, spec)
ext.index(_home.users, { "city", "age" })
local after = ext.explain(_home.users, spec)

print("without an index:", before.examined .. " rows examined, a " .. before.plan)
print("with an index:", after.examined .. " rows examined, the " .. after.plan .. " " .. after.index)

-- Open `users` under Home: it is shown in pages, and never loaded whole.
return (ext.query(_home.users, spec))
