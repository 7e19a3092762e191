-- How fast is source text compiled? load() of a small program, with a different constant each time.

local ROUNDS <const> = 2600

local template = [[
local limit <const> = $N
local Account = {}
Account.__index = Account
function Account.new(owner) return setmetatable({ owner = owner, balance = 0, log = {} }, Account) end
function Account:deposit(amount)
  if amount <= 0 then error("amount must be positive, not " .. amount) end
  self.balance = self.balance + amount
  self.log[#self.log + 1] = { kind = "deposit", amount = amount }
  return self.balance
end
function Account:each(visit)
  for index, entry in ipairs(self.log) do
    local stop = visit(index, entry.kind, entry.amount)
    if stop then break end
  end
end
local account = Account.new("ada")
for i = 1, 3 do account:deposit(i * limit % 17 + 1) end
local sum = 0
account:each(function(index, _, amount) sum = sum + index * amount end)
return sum + account.balance
]]

local checksum = 0
for round = 1, ROUNDS do
  local chunk = assert(load(template:gsub("%$N", round), "=account"))
  checksum = (checksum * 31 + chunk()) % 1000000007
end
return checksum
