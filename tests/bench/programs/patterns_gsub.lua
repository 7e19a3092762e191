-- How fast is string.gsub with strings, tables and functions as replacement? Templates, escaping, case changes.

local ROUNDS <const> = 2800

local template = [[
Dear ${title} ${name},
your order ${order} of ${count} "items" <${kind}> left ${city} & will reach ${street} 17 on ${day}.
  Total:   ${total} EUR    (tax ${tax})
]]

local escapes = { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;", ['"'] = "&quot;" }
local customer = {
  title = "Dr", name = "Ada Lovelace", kind = "engines & <parts>",
  city = "London", street = "Analytical Row", day = "Friday",
}

local checksum = 0
for round = 1, ROUNDS do
  customer.order, customer.count, customer.total, customer.tax = round, round % 7, round * 3, round // 5
  local letter = template:gsub("%${(%w+)}", customer)
  local escaped, escapes_made = letter:gsub('[<>&"]', escapes)
  local tidy, runs = escaped:gsub("%s+", " ")
  local title = tidy:gsub("(%a)(%w*)", function(first, rest) return first:upper() .. rest:lower() end)
  local swapped, swaps = title:gsub("(%w+) (%w+)", "%2 %1", 8)
  checksum = (checksum * 31 + #swapped + escapes_made + runs + swaps + swapped:byte(40)) % 1000000007
end
return checksum
