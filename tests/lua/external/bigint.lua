-- Big integers as values: stored, captured, returned.
local bigint = require("bigint")
local new, eq = bigint.new, bigint.eq
local function refused(pattern, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and tostring(message):find(pattern), message)
end
local function is(text, value)
  assert(bigint.isbigint(value) and tostring(value) == text, tostring(value))
end

-- Made from integers, floats and texts.
is("0", new(0)) is("-7", new(-7)) is("9223372036854775807", new(math.maxinteger)) is("-9223372036854775808", new(math.mininteger))
is("3", new(3.0)) is("0", new(-0.0)) is("1" .. ("0"):rep(22), new(1e22)) is("-18446744073709551616", new(-2.0^64))
is("123456789012345678901234567890", new("123456789012345678901234567890"))
is("-255", new("-0xfF")) is("12", new("+12")) is("0", new("-0")) is("35", new("z", 36)) is("-5", new("-101", 2)) is("255", new("0xff", 16))
is("8", bigint.frombase("1000", 2)) is("5", new(new(5)))
refused("bad argument #1 to 'bigint.new' %(digit 'x' at 3 is none in base 10%)", new, "12x4")
refused("bad argument #1 to 'bigint.new' %(digit '2' at 2 is none in base 2%)", new, "12", 2)
refused("bad argument #1 to 'bigint.new' %(a digit in base 10 is wanted at 1, where the text ends%)", new, "")
refused("bad argument #1 to 'bigint.new' %(a digit in base 16 is wanted at 4, where the text ends%)", new, "-0x")
refused("bad argument #1 to 'bigint.new' %(digit ' ' at 1 is none in base 10%)", new, " 1")
refused("bad argument #2 to 'bigint.new' %(base 37 is not between 2 and 36%)", new, "1", 37)
refused("bad argument #2 to 'bigint.new' %(base %-9223372036854775808 is not between 2 and 36%)", new, "1", math.mininteger)
refused("bad argument #2 to 'bigint.new' %(integer expected, got table%)", new, "1", {})
refused("bad argument #1 to 'bigint.new' %(string expected, got number%)", new, 1, 10)
refused("bad argument #1 to 'bigint.new' %(the number 1.5 is no integer%)", new, 1.5)
refused("bad argument #1 to 'bigint.new' %(the number inf is no integer%)", new, 1 / 0)
refused("bad argument #1 to 'bigint.new' %(the number nan is no integer%)", new, 0 / 0)
refused("bad argument #1 to 'bigint.new' %(bigint or integer expected, got nil%)", new, nil)
refused("bad argument #1 to 'bigint.new' %(bigint or integer expected, got no value%)", new)

-- Operators, mixed with integers and integral floats on either side.
local a, b = new("100000000000000000000"), new(-7)
is("99999999999999999993", a + b) is("100000000000000000007", a - b) is("-700000000000000000000", a * b)
is("-14285714285714285715", a // b) is("-14285714285714285715", a / b) is("-5", a % b) is("2", new(-5) % 7)
is("10000000000000000000000000000000000000000", a ^ 2) is("-100000000000000000000", -a) is("100000000000000000001", a + 1)
is("99999999999999999999", -1 + a) is("100000000000000000002", a + 2.0) is("3", 10 // new(3)) is("8", 2 ^ new(3)) is("1", new(0) ^ 0)
is("18446744073709551616", new(1) << 64) is("1", (new(1) << 64) >> 64) is("-1", new(-1) >> 1000) is("2", new(8) >> 2) is("32", new(8) >> -2)
is("-8", ~new(7)) is("5", new(7) & 13) is("15", 7 | new(8)) is("-1", new(0x0f) ~ -16) is("18446744073709551616", (new(1) << 64) & -1)
is("9223372036854775808", new(math.maxinteger) + 1) is("9223372036854775808", -new(math.mininteger))
refused("bad argument #2 to 'bigint.div' %(division by zero%)", bigint.div, a, 0)
refused("division by zero", function() return a // 0 end)
refused("division by zero", function() return a / new(0) end)
refused("division by zero", function() return 1 % new(0) end)
refused("bad argument #2 to 'bigint.pow' %(the exponent is negative%)", bigint.pow, a, -1)
refused("the result takes 1099511627777 bits or more; the limit is 2147483648", function() return new(2) ^ (1 << 40) end)
refused("the result takes %d+ bits or more; the limit is 2147483648", function() return a ^ a end)
refused("the result takes 9223372036854775808 bits or more", function() return new(1) << math.maxinteger end)
refused("the number 0.5 is no integer", function() return a + 0.5 end)
refused("bigint or integer expected, got string", function() return a + "1" end)
refused("bigint or integer expected, got nil", function() return a + nil end)
refused("bigint or integer expected, got table", function() return {} * a end)
refused("not enough memory", function() return new(1) << 100000000 end)

-- Comparisons are exact; Lua's == is only for two big integers.
assert(new(5) == new("5") and new(5) ~= new(6) and new(5) ~= 5 and eq(new(5), 5) and eq(5, new(5)) and eq(new(5), 5.0) and eq(5, 5.0))
assert(not eq(new(5), "5") and not eq(new(5), 5.5) and not eq(new(5), 0 / 0) and not eq(nil, new(5)))
assert(a > 1 and 1 < a and a >= a and b < 0 and b <= -7 and not (b < -7) and a < 1e21 and a > 1e19 and new(1) < 1.5 and new(2) > 1.5)
assert(new(2)^53 + 1 > 2.0^53 and new(-1) > -1.5 and not (a < 0 / 0) and not (a > 0 / 0) and a < math.huge and a > -math.huge)
assert(bigint.cmp(a, b) == 1 and bigint.cmp(b, a) == -1 and bigint.cmp(a, a) == 0 and bigint.cmp(1, 1.5) == -1 and bigint.cmp(1.5, new(1)) == 1)
refused("attempt to compare bigint with string", function() return a < "1" end)
refused("attempt to compare nil with bigint", function() return a > nil end)
refused("bad argument #2 to 'bigint.cmp' %(NaN has no order%)", bigint.cmp, a, 0 / 0)
refused("bad argument #1 to 'bigint.cmp' %(NaN has no order%)", bigint.cmp, 0 / 0, a)
refused("bad argument #2 to 'bigint.cmp' %(bigint or number expected, got string%)", bigint.cmp, a, "1")

-- Functions, also as methods.
is("3", new(10):add(-7)) is("3", bigint.sub(10, 7)) is("70", bigint.mul(10, 7)) is("-2", bigint.div(-10, 7)) is("4", bigint.mod(-10, 7))
local q, r = a:divmod(-7)
is("-14285714285714285715", q) is("-5", r)
is("445", bigint.powmod(4, 13, 497)) is("-52", bigint.powmod(4, 13, -497)) is("4", bigint.powmod(3, -1, 11)) is("0", bigint.powmod(5, 0, 1))
refused("bad argument #1 to 'bigint.powmod' %(a negative exponent needs an inverse, and the base has none for this modulus%)", bigint.powmod, 2, -1, 4)
refused("bad argument #3 to 'bigint.powmod' %(division by zero%)", bigint.powmod, 2, 3, 0)
is("6", bigint.gcd(54, new(-24))) is("0", bigint.gcd(0, 0)) is("10000000000", a:sqrt()) is("0", bigint.sqrt(0)) is("7", b:abs()) is("7", b:neg())
refused("bad argument #1 to 'bigint.sqrt' %(the square root of a negative number%)", bigint.sqrt, -1)
assert(a:sign() == 1 and b:sign() == -1 and bigint.sign(0) == 0 and a:bits() == 67 and bigint.bits(0) == 0 and b:bits() == 3)
is("5", bigint.band(7, 13)) is("15", bigint.bor(7, 8)) is("3", bigint.bxor(5, 6)) is("-6", bigint.bnot(5)) is("40", bigint.shl(5, 3)) is("-3", bigint.shr(-5, 1))
assert(a:tostring() == tostring(a) and a:tostring(16) == "56bc75e2d63100000" and b:tobase(2) == "-111" and bigint.tobase(35, 36) == "z")
refused("bad argument #2 to 'bigint.tobase' %(base 1 is not between 2 and 36%)", bigint.tobase, 5, 1)
assert(b:tonumber() == -7 and math.type(b:tonumber()) == "integer" and a:tonumber() == 1e20 and math.type(a:tonumber()) == "float")
assert((a ^ 20):tonumber() == math.huge and b:tointeger() == -7 and a:tointeger() == nil and new(math.mininteger):tointeger() == math.mininteger)
assert(new(258):tobytes() == "\2\1" and new(0):tobytes() == "" and eq(bigint.frombytes("\2\1\0\0\0\0"), 258) and eq(bigint.frombytes("\1", true), -1))
assert(eq(bigint.frombytes(""), 0) and eq(bigint.frombytes("\0", true), 0) and eq(bigint.frombytes(a:tobytes()), a))
assert(not bigint.isbigint(1) and not bigint.isbigint("1") and not bigint.isbigint(nil))
assert(a .. "" == "100000000000000000000" and "x" .. b == "x-7" and b .. 1.5 == "-71.5" and a .. b == "100000000000000000000-7")
refused("attempt to concatenate a nil value", function() return a .. nil end)

-- A protected userdata.
assert(type(a) == "userdata" and string.format("%s|%5s", a, b) == "100000000000000000000|   -7" and math.type(1) == "integer")
assert(getmetatable(a) == false and not pcall(setmetatable, a, {}) and not pcall(function() a.x = 1 end) and a.nothing == nil)
assert(rawequal(a, a) and not rawequal(new(5), new(5)) and not pcall(function() return #a end))
assert(require("bigint") == bigint and select(2, require("bigint")) == nil)

-- In tables and functions of the store, in channels.
_home.numbers = { a, -a, new(0), small = new(5), nested = { deep = a ^ 100 } }
_home.one = b
_home.library, _home.add = bigint, bigint.add
local count = new(math.maxinteger)
function _home.count() count = count + 1 return count end
is("9223372036854775808", _home.count())
_home.same = function() count = new(count) return count end
assert(rawequal(_home.same(), count))
_io.output = { a, list = { b } }
refused("index of _home is a big integer: an external table takes strings, numbers and booleans", function() _home[a] = 1 end)
refused("_home.t has a big integer as an index", function() _home.t = { [a] = 1 } end)
assert(_home[a] == nil and _home.t == nil)
local t = { [a] = 1 }
assert(t[a] == 1 and t[new(a)] == 1 and t[new(tostring(a))] == nil)
---- restart
local bigint = require("bigint")
local a = bigint.new("100000000000000000000")
assert(_home.numbers[1] == a and _home.numbers[2] == -a and bigint.eq(_home.numbers[3], 0) and bigint.eq(_home.numbers.small, 5))
assert(_home.numbers.nested.deep == a ^ 100 and bigint.eq(_home.one, -7) and bigint.isbigint(_home.one))
assert(_home.library == bigint and _home.add == bigint.add and tostring(_home.add(a, 1)) == "100000000000000000001")
assert(tostring(_home.count()) == "9223372036854775809" and tostring(_home.count()) == "9223372036854775810")
assert(_io.output[1] == a and bigint.eq(_io.output.list[1], -7))
---- restart
assert(tostring(_home.count()) == "9223372036854775811")
-- A large one, beyond the I/O buffer.
local bigint = require("bigint")
local large = bigint.new(3) ^ 500000
_home.large = large
assert(_home.large == large and large:bits() == 792482)
---- restart
local bigint = require("bigint")
assert(_home.large == bigint.pow(3, 500000) and _home.large % 1000 == bigint.powmod(3, 500000, 1000))
---- error bad argument #2 to .add. .bigint or integer expected, got nil.
return require("bigint").new(1) + nothing
