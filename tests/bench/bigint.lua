-- Natural numbers of any size in plain Lua 5.4, for scripts without a library in C or Rust. There are no signs: they
-- would cost almost nothing, and the benchmark does not need them.
--
-- A number is a table of limbs to the base 10^8, the lowest first and no zero on top. The base is decimal because
-- printing then costs nothing, and of this size because a column of a product, a sum of several hundred products of
-- limbs, stays below 2^63: carries are needed once per column, not once per product. Numbers never change.

local BASE <const> = 100000000
local LIMB_FORMAT <const> = "%08d"

-- Limbs, from trials in wasmoon. Products of at most LEAF limbs are made in the simple way, larger ones by Karatsuba;
-- quotients and divisors of more than NEWTON limbs are divided by a reciprocal, shorter ones by hand.
local LEAF <const> = 40
local NEWTON <const> = 150

local Big = {}
Big.__index = Big

-- Limbs

local function trim(a)
  for top = #a, 1, -1 do
    if a[top] ~= 0 then break end
    a[top] = nil
  end
  return a
end

local function slice(a, first, last)
  return trim(table.move(a, math.max(first, 1), math.min(last, #a), 1, {}))
end

-- a * BASE^count; a negative count drops limbs.
local function shift(a, count)
  if count < 0 then return slice(a, 1 - count, #a) end
  local r = {}
  if #a == 0 then return r end
  for x = 1, count do r[x] = 0 end
  return table.move(a, 1, #a, count + 1, r)
end

local function compare(a, b)
  if #a ~= #b then return #a - #b end
  for x = #a, 1, -1 do
    if a[x] ~= b[x] then return a[x] - b[x] end
  end
  return 0
end

local function add(a, b)
  if #a < #b then a, b = b, a end
  local r, carry, short, long = {}, 0, #b, #a
  for x = 1, long do
    local sum = a[x] + carry
    if x <= short then sum = sum + b[x] end
    if sum >= BASE then r[x], carry = sum - BASE, 1 else r[x], carry = sum, 0 end
  end
  if carry > 0 then r[long + 1] = carry end
  return r
end

-- a - b, for a >= b.
local function subtract(a, b)
  local r, borrow, short = {}, 0, #b
  for x = 1, #a do
    local rest = a[x] - borrow
    if x <= short then rest = rest - b[x] end
    if rest < 0 then r[x], borrow = rest + BASE, 1 else r[x], borrow = rest, 0 end
  end
  return trim(r)
end

-- Products

local function schoolbook(a, b)
  local r, long = {}, #a
  for x = 1, long + #b do r[x] = 0 end
  for y = 1, #b do
    local factor, above = b[y], y - 1
    for x = 1, long do r[above + x] = r[above + x] + a[x] * factor end
  end
  local carry = 0
  for x = 1, #r do
    local sum = r[x] + carry
    carry = sum // BASE
    r[x] = sum - carry * BASE
  end
  return trim(r)
end

-- The sum of a[x] * b[column - x] as an expression over locals. A square contains most of these products twice.
local function column_text(n, column, square)
  local once, twice = { "carry" }, {}
  for x = math.max(0, column - n + 1), math.min(column, n - 1) do
    local y = column - x
    if not square then
      once[#once + 1] = ("a%d * b%d"):format(x, y)
    elseif x == y then
      once[#once + 1] = ("a%d * a%d"):format(x, x)
    elseif x < y then
      twice[#twice + 1] = ("a%d * a%d"):format(x, y)
    end
  end
  local text = table.concat(once, " + ")
  return #twice == 0 and text or ("%s + 2 * (%s)"):format(text, table.concat(twice, " + "))
end

-- The function for r[k..k+2n-1] = a[i..i+n-1] * b[j..j+n-1], written without loops: with the limbs in locals, a product
-- takes the interpreter two instructions instead of six.
local function write_leaf(n, square)
  local code = { "return function(a, i, b, j, r, k) local sum, carry = 0, 0" }
  local function write(text, ...) code[#code + 1] = text:format(...) end
  for x = 0, n - 1 do
    write("local a%d = a[i + %d]", x, x)
    if not square then write("local b%d = b[j + %d]", x, x) end
  end
  for column = 0, 2 * n - 2 do
    write("sum = %s carry = sum // %d", column_text(n, column, square), BASE)
    write("r[k + %d] = sum - carry * %d", column, BASE)
  end
  write("r[k + %d] = carry end", 2 * n - 1)
  return load(table.concat(code, "\n"))()
end

local function leaves(square)
  return setmetatable({}, {
    __index = function(written, n)
      written[n] = write_leaf(n, square)
      return written[n]
    end,
  })
end
local multiply_leaf, square_leaf = leaves(false), leaves(true)

-- |upper half - lower half| of a[i..i+2n-1] into r[1..n], and the sign of the difference.
local function difference(a, i, n, r)
  local more, less, top = i + n, i, n - 1
  while top > 0 and a[more + top] == a[less + top] do top = top - 1 end
  local sign = a[more + top] < a[less + top] and -1 or 1
  if sign < 0 then more, less = less, more end
  local borrow = 0
  for x = 0, n - 1 do
    local rest = a[more + x] - a[less + x] - borrow
    if rest < 0 then r[x + 1], borrow = rest + BASE, 1 else r[x + 1], borrow = rest, 0 end
  end
  return sign
end

local function carry_on(r, first, last, carry)
  for x = first, last do
    if carry == 0 then break end
    local sum = r[x] + carry
    carry = sum // BASE
    r[x] = sum - carry * BASE
  end
  return carry
end

-- r[k..k+4n-1] holds the products of the lower and of the upper halves. Their sum minus `product`, the product of the
-- differences, is added in the middle. One pass does both quarters there, because they share two summands.
local function add_middle(r, k, n, product, sign)
  local carry, carry_above, to_product = 0, 0, 1 - k - n
  for x = k + n, k + 2 * n - 1 do
    local shared, y = r[x] + r[x + n], x + to_product
    local sum = shared + r[x - n] - sign * product[y] + carry
    local above = shared + r[x + 2 * n] - sign * product[y + n] + carry_above
    carry, carry_above = sum // BASE, above // BASE
    r[x], r[x + n] = sum - carry * BASE, above - carry_above * BASE
  end
  carry_above = carry_above + carry_on(r, k + 2 * n, k + 3 * n - 1, carry)
  carry_on(r, k + 3 * n, k + 4 * n - 1, carry_above)
end

-- `spare[n]` has the three arrays for a product of n limbs. The products inside it have fewer limbs and use other arrays.
local function karatsuba(a, i, b, j, n, r, k, spare)
  if n <= LEAF then
    local leaf = a == b and square_leaf or multiply_leaf
    return leaf[n](a, i, b, j, r, k)
  end
  local half = n // 2
  karatsuba(a, i, b, j, half, r, k, spare)
  karatsuba(a, i + half, b, j + half, half, r, k + n, spare)
  local own = spare[n] or { {}, {}, {} }
  spare[n] = own
  local c, d, product = own[1], own[1], own[3]
  local sign = difference(a, i, half, c)
  if a == b then
    sign = 1
  else
    d = own[2]
    sign = sign * difference(b, j, half, d)
  end
  karatsuba(c, 1, d, 1, half, product, 1, spare)
  add_middle(r, k, half, product, sign)
end

-- The least size from `limbs` on that can be halved until it is a leaf.
local function even_size(limbs)
  local leaves = 1
  while limbs > LEAF do limbs, leaves = (limbs + 1) // 2, leaves * 2 end
  return limbs * leaves
end

local function padded(a, size)
  local r = table.move(a, 1, #a, 1, {})
  for x = #a + 1, size do r[x] = 0 end
  return r
end

local function multiply(a, b)
  if #a < #b then a, b = b, a end
  if #b <= LEAF then return schoolbook(a, b) end
  if 3 * #a > 4 * #b then
    local upper = multiply(slice(a, #b + 1, #a), b)
    return add(multiply(slice(a, 1, #b), b), shift(upper, #b))
  end
  local size = even_size(#a)
  local r, c = padded({}, 2 * size), padded(a, size)
  karatsuba(c, 1, rawequal(a, b) and c or padded(b, size), 1, size, r, 1, {})
  return trim(r)
end

-- Quotients: each function returns the quotient and the remainder

-- By one limb. The remainder is a Lua integer.
local function divide_short(a, divisor)
  local q, rest = {}, 0
  for x = #a, 1, -1 do q[x] = 0 end
  for x = #a, 1, -1 do
    rest = rest * BASE + a[x]
    q[x], rest = rest // divisor, rest % divisor
  end
  return trim(q), rest
end

-- r -= factor * d * BASE^above. Returns the borrow for the next limb of r: 0 or a negative number.
local function subtract_multiple(r, d, factor, above)
  local carry = 0
  for x = 1, #d do
    local rest = r[above + x] - factor * d[x] + carry
    carry = rest // BASE
    r[above + x] = rest - carry * BASE
  end
  return carry
end

-- Knuth's algorithm D. Scaling makes the divisor's top limb large. Then the top limbs give a guess that is at most two
-- too high. With the next limb it is rarely wrong, and at most one too high.
local function divide_by_hand(a, d)
  if #d == 1 then
    local q, rest = divide_short(a, d[1])
    return q, trim({ rest })
  end
  local scale = BASE // (d[#d] + 1)
  local r, divisor, n, q = padded(schoolbook(a, { scale }), #a + 1), schoolbook(d, { scale }), #d, {}
  local first, second = divisor[n], divisor[n - 1]
  for x = 1, #a - n + 1 do q[x] = 0 end
  for x = #a - n, 0, -1 do
    local top = r[x + n + 1] * BASE + r[x + n]
    local guess = math.min(top // first, BASE - 1)
    while guess * second > (top - guess * first) * BASE + r[x + n - 1] do guess = guess - 1 end
    local owed = r[x + n + 1] + subtract_multiple(r, divisor, guess, x)
    if owed < 0 then
      guess = guess - 1
      subtract_multiple(r, divisor, -1, x)
    end
    r[x + n + 1], q[x + 1] = 0, guess
  end
  return trim(q), (divide_short(trim(r), scale))
end

-- BASE^(2n) / d for the n limbs of d, wrong by a few units. Newton's step doubles the number of right limbs. It uses two
-- limbs more than half, because the top limb may be small.
local function reciprocal(d)
  local n = #d
  if n <= NEWTON then return (divide_by_hand(shift({ 1 }, 2 * n), d)) end
  local half = n // 2 + 2
  local guess = reciprocal(slice(d, n - half + 1, n))
  local product, whole = multiply(guess, d), shift({ 1 }, n + half)
  local low = compare(product, whole) <= 0
  local off = low and subtract(whole, product) or subtract(product, whole)
  local step = shift(multiply(guess, shift(off, half - n)), n - 3 * half)
  local moved = shift(guess, n - half)
  return low and add(moved, step) or subtract(moved, step)
end

-- For a < d * BASE^n: two products, then one or two corrections for the error of the reciprocal.
local function divide_by_reciprocal(a, d, inverse)
  local n = #d
  local q = shift(multiply(shift(a, 1 - n), inverse), -n - 1)
  local product = multiply(q, d)
  while compare(product, a) > 0 do q, product = subtract(q, { 1 }), subtract(product, d) end
  local rest = subtract(a, product)
  while compare(rest, d) >= 0 do q, rest = add(q, { 1 }), subtract(rest, d) end
  return q, rest
end

local function divide(a, d)
  if #d == 0 then error("division by zero", 4) end
  if compare(a, d) < 0 then return {}, slice(a, 1, #a) end
  local n = #d
  if n <= NEWTON or #a - n <= NEWTON then return divide_by_hand(a, d) end
  local inverse, q, rest = reciprocal(d), {}, {}
  for first = (#a - 1) // n * n + 1, 1, -n do
    local limbs
    limbs, rest = divide_by_reciprocal(add(shift(rest, n), slice(a, first, first + n - 1)), d, inverse)
    q = add(shift(q, n), limbs)
  end
  return q, rest
end

-- Four bits of the exponent at a time.
local function power_modulo(base, exponent, modulus)
  local inverse = reciprocal(modulus)
  local function times(a, b)
    local _, rest = divide_by_reciprocal(multiply(a, b), modulus, inverse)
    return rest
  end
  local _, reduced = divide(base, modulus)
  local _, unit = divide({ 1 }, modulus)
  local powers, digits, digit = { [0] = unit }, {}, nil
  for x = 1, 15 do powers[x] = times(powers[x - 1], reduced) end
  while #exponent > 0 do
    exponent, digit = divide_short(exponent, 16)
    table.insert(digits, digit)
  end
  local r = unit
  for x = #digits, 1, -1 do
    for _ = 1, 4 do r = times(r, r) end
    if digits[x] > 0 then r = times(r, powers[digits[x]]) end
  end
  return r
end

-- Operators

local function new(value)
  if getmetatable(value) == Big then return value end
  if math.type(value) ~= "integer" or value < 0 then error("not a natural number: " .. tostring(value), 3) end
  local limbs = {}
  while value > 0 do limbs[#limbs + 1], value = value % BASE, value // BASE end
  return setmetatable(limbs, Big)
end

local function operator(calculate)
  return function(a, b) return setmetatable(calculate(new(a), new(b)), Big) end
end

Big.__add = operator(add)
Big.__mul = operator(multiply)
Big.__idiv = operator(function(a, b) return (divide(a, b)) end)
Big.__mod = operator(function(a, b) return select(2, divide(a, b)) end)
Big.__sub = operator(function(a, b)
  if compare(a, b) < 0 then error("the difference is below zero", 3) end
  return subtract(a, b)
end)

function Big.__pow(a, exponent)
  local r, square = new(1), new(a)
  while exponent > 0 do
    if exponent % 2 == 1 then r = r * square end
    exponent = exponent // 2
    if exponent > 0 then square = square * square end
  end
  return r
end

function Big.__eq(a, b) return compare(a, b) == 0 end
function Big.__lt(a, b) return compare(new(a), new(b)) < 0 end
function Big.__le(a, b) return compare(new(a), new(b)) <= 0 end

function Big.__tostring(a)
  local parts = { a[#a] or 0 }
  for x = #a - 1, 1, -1 do parts[#parts + 1] = LIMB_FORMAT:format(a[x]) end
  return table.concat(parts)
end

-- base^exponent % modulus
function Big.powmod(base, exponent, modulus)
  return setmetatable(power_modulo(new(base), new(exponent), new(modulus)), Big)
end

return { new = new }
