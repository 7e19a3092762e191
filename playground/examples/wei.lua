-- Sums of money are integers. These have 30 digits, and no rounding.

local bigint = require("bigint")

local ether = bigint.new(10) ^ 18
local balance = 1 * ether
local fee = bigint.new(21000) * 50 * bigint.new(10) ^ 9

_home.balance = balance - fee -- kept as it is

print("balance", balance)
print("fee    ", fee)
print("left   ", _home.balance)
print("as a float:", 1e18 - 21000 * 50e9, "and 2^64 + 1:", 2^64 + 1)

return bigint.new(2) ^ 64 + 1, _home.balance, bigint.powmod(3, _home.balance, 1000007)
