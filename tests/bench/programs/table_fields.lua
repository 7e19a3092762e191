-- How fast are named fields read and written? Accounts as records, postings moved between them.

local ACCOUNTS <const>, POSTINGS <const> = 500, 550000

local accounts = {}
for i = 1, ACCOUNTS do
  accounts[i] = { id = i, balance = 1000, credits = 0, debits = 0, highest = 1000, blocked = false }
end

local seed = 42
for _ = 1, POSTINGS do
  seed = (seed * 1103515245 + 12345) % 2147483648
  local from = accounts[seed % ACCOUNTS + 1]
  local to = accounts[seed // ACCOUNTS % ACCOUNTS + 1]
  local amount = seed % 97
  if from.blocked or from.balance < amount then
    from.blocked = not from.blocked
  else
    from.balance = from.balance - amount
    from.debits = from.debits + 1
    to.balance = to.balance + amount
    to.credits = to.credits + 1
    if to.balance > to.highest then to.highest = to.balance end
  end
end

local checksum = 0
for _, account in ipairs(accounts) do
  checksum = (checksum * 31 + account.id + account.balance + account.credits * 3 + account.debits * 5 + account.highest)
    % 1000000007
end
return checksum
