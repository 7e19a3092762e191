-- %% [markdown]
-- # Where people live
--
-- A notebook is text and Lua, *kept in this home*. The cell below stores cities, and they are there **after a reload**. Run it with Ctrl+Enter, or go on to the next one with Shift+Enter.
-- %%
_home.cities = ext.table()
for name, country, people in host.http.get("cities.csv"):gmatch("([^,\n]+),([^,\n]+),(%d+)\n") do
  _home.cities[name] = { name = name, country = country, people = tonumber(people) }
end
ext.index(_home.cities, "people")
return ext.size(_home.cities)
-- %% [markdown]
-- ## What is put out
--
-- - a list of rows becomes a table
-- - a table with `plot` becomes a plot: `line`, `bar` or `points`
-- %%
local rows, names = ext.query(_home.cities, { order = { field = "people", desc = true } })
local x, y = {}, {}
for place, name in ipairs(names) do x[place], y[place] = name, rows[place].people end
_io.output = { plot = "bar", title = "People in cities", x = x, y = y }
-- %%
_io.output = ext.query(_home.cities, { where = { country = "Norway" } })
