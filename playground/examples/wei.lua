-- Sums of money are integers. These have 30 digits, and lose none.

local bigint = require("bigint")

local balance = bigint.new("123456789012345678901234567890")
local fee = 21000 * bigint.new(50) * bigint.new(10) ^ 9

_home.balance = balance - fee -- kept as it is

print("balance   ", balance)
print("fee       ", fee)
print("left      ", _home.balance)
print("as a float", string.format("%.0f", 123456789012345678901234567890 - 21000 * 50e9))

return _home.balance // 7, _home.balance % 7, bigint.powmod(3, _home.balance, 1000007)
