-- Long strings are stored compressed and read back unchanged: in tables, in captured variables, at every length around
-- the threshold, compressible or not.
local state = 12345
local function noise(length)
  local t = {}
  for i = 1, length do
    state = (state * 1103515245 + 12345) % 2147483648
    t[i] = string.char((state >> 16) % 256)
  end
  return table.concat(t)
end
local strings = { ("x"):rep(1018), ("x"):rep(1019), ("x"):rep(1020), ("x"):rep(5000), ("abc"):rep(20000), noise(1019), noise(1020), noise(4091),
  noise(4092), noise(20000), noise(3000):rep(3), ("\0"):rep(300000), noise(500) .. ("tail"):rep(500) }
_home.strings = strings
plain = {}
for i = 1, #strings do plain[i] = strings[i] end
local kept = noise(700):rep(4)
function _home.kept(v) if v then kept = v end return kept end
_io.input = ("input"):rep(1000)
_io.other = ("other"):rep(1000)
for i = 1, #plain do assert(_home.strings[i] == plain[i], i) end
sums = {}
for i, s in ipairs(plain) do
  local sum = 0
  for at = 1, #s, 97 do sum = (sum * 31 + s:byte(at)) % 1000000007 end
  sums[i] = #s .. ":" .. sum
end
_home.sums = sums
---- restart
assert(_io.input == ("input"):rep(1000) and _io.other == ("other"):rep(1000))
assert(#_home.kept() == 2800 and _home.kept():sub(1, 700) == _home.kept():sub(2101))
for i, s in ipairs(_home.strings) do
  local sum = 0
  for at = 1, #s, 97 do sum = (sum * 31 + s:byte(at)) % 1000000007 end
  assert(_home.sums[i] == #s .. ":" .. sum, i)
end
_home.kept(("changed "):rep(1000))
---- restart
assert(_home.kept() == ("changed "):rep(1000))
-- In an arena that is almost full there is no room to compress, and the string is stored uncompressed.
local tight, ballast = ("tight"):rep(1000), {}
while pcall(function() ballast[#ballast + 1] = ("b"):rep(50000 + #ballast) end) do end
_home.tight = tight
assert(#ballast > 20)
---- restart
assert(_home.tight == ("tight"):rep(1000))
