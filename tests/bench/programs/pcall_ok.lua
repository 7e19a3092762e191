-- What does a protected call cost when nothing goes wrong? pcall and xpcall around small functions.

local CALLS <const> = 400000

local function withdraw(account, amount)
  if amount < 0 then error("negative amount") end
  account.balance = account.balance - amount
  return account.balance, amount
end

local function handler(message) return "failed: " .. message end

local account, checksum = { balance = 0 }, 0
for i = 1, CALLS do
  local ok, balance, amount = pcall(withdraw, account, i % 10)
  assert(ok)
  checksum = checksum + balance % 7 + amount
  if i % 2 == 0 then
    local fine, left = xpcall(withdraw, handler, account, i % 3)
    if fine then checksum = checksum + left % 5 end
  end
end
return string.format("%d %d", checksum, account.balance)
