-- Records as business scripts handle them: build, filter, group, sort, report.
local regions = {"north", "south", "east", "west"}
local orders = {}
for i = 1, 3000 do
  orders[#orders + 1] = {
    id = i,
    region = regions[i % #regions + 1],
    amount = (i * 7919) % 1000 + 0.25,
    customer = "customer" .. i % 97,
    lines = {{sku = "A" .. i % 13, quantity = i % 5 + 1}, {sku = "B" .. i % 11, quantity = 1}},
  }
end
for round = 1, 25 do
  local totals, best = {}, {}
  for _, order in ipairs(orders) do
    local group = totals[order.region]
    if not group then
      group = {count = 0, sum = 0.0, quantity = 0}
      totals[order.region] = group
    end
    group.count = group.count + 1
    group.sum = group.sum + order.amount
    for i = 1, #order.lines do group.quantity = group.quantity + order.lines[i].quantity end
    if order.amount > 900 and order.lines[1].quantity > 2 then best[#best + 1] = order end
  end
  table.sort(best, function(a, b)
    if a.amount ~= b.amount then return a.amount > b.amount end
    return a.id < b.id
  end)
  local report = {}
  for region, group in pairs(totals) do
    report[#report + 1] = string.format("%-8s %6d %10.2f %d", region, group.count, group.sum / group.count, group.quantity)
  end
  table.sort(report)
  local text = table.concat(report, "\n")
  local byCustomer = {}
  for _, order in ipairs(best) do
    local list = byCustomer[order.customer] or {}
    list[#list + 1] = order.id
    byCustomer[order.customer] = list
  end
  for customer, list in pairs(byCustomer) do text = text .. customer .. ":" .. table.concat(list, ",") .. ";" end
  assert(#text > 100)
end
