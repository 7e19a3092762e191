-- Library functions are stored by name, and a name always means the original function.
local function refused(pattern, f)
  local ok, message = pcall(f)
  assert(not ok and tostring(message):find(pattern), message)
end
_home.f = { show = print, format = string.format, random = math.random, size = ext.size, unpack = unpack, next = next }
assert(_home.f.show == print and _home.f.format("%d", 7) == "7" and _home.f.random == math.random)
assert(_home.f.unpack == table.unpack and _home.f.size(_home.f) == 6 and next(_home.f) ~= nil)
string.format = function() return "forged" end
assert(_home.f.format("%d", 8) == "8")
refused("_home%.g%.wrap is a C function, which cannot be stored", function() _home.g = { wrap = coroutine.wrap(print) } end)
refused("_home%.g is a C function, which cannot be stored", function() _home.g = ("x"):gmatch(".") end)
refused("_home%.g%.m is the table of modules, which cannot be stored", function() _home.g = { m = package.loaded } end)
assert(_home.g == nil)
-- The libraries themselves are stored by name too.
_home.libraries = { math = math, all = _G, ext = ext }
assert(_home.libraries.math == math and _home.libraries.all == _G)
---- restart
assert(_home.f.show == print and _home.f.format == string.format and _home.f.format("%d", 9) == "9")
assert(_home.f.next == next and _home.f.random == math.random and _home.f.size == ext.size)
assert(_home.libraries.math == math and _home.libraries.all == _G and _home.libraries.ext.size(_home.libraries) == 3)
