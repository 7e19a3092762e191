-- A request to the server of this page. The script waits; nothing blocks.

local text = host.http.get("cities.csv")

local cities = {}
for name, country, people in text:gmatch("([^,\n]+),([^,\n]+),(%d+)\n") do
  cities[name] = { country = country, people = tonumber(people) }
end
_home.cities = cities
ext.index(_home.cities, "people")

print(#text .. " bytes arrived, " .. ext.size(_home.cities) .. " cities are kept")

local rows, names = ext.query(_home.cities, { order = { field = "people", desc = true }, limit = 3 })
for place, name in ipairs(names) do print(place, name, rows[place].people) end
