--- LOADKX: what the compiler makes only of functions with more than 131,071 constants
-- 'local v v = CONSTANT' is LOADNIL and LOADK of one register; as LOADKX and EXTRAARG the pair does the same.
local LOADK, LOADKX, LOADNIL, EXTRAARG = 3, 4, 8, 82
local function patched(source)
  local code = string.dump(load(source, "=f"))
  local count = 0
  for at = 1, #code - 7 do
    local first, second = string.unpack("<I4I4", code, at)
    local register = first >> 7 & 0xff
    if first & 0x7f == LOADNIL and first >> 16 == 0 and second & 0x7f == LOADK and second >> 7 & 0xff == register then
      code = code:sub(1, at - 1) .. string.pack("<I4I4", LOADKX | register << 7, EXTRAARG | second >> 15 << 7) .. code:sub(at + 8)
      count = count + 1
    end
  end
  return assert(load(code, "=f", "b")), count
end
for _, source in ipairs {
  "local v v = 'text' return v", "local a = 1 local v v = 2.5 local b = 'b' return a, v, b", "local v v = 1 << 60 return v, v + 1", "local a, b = 'x', 'y' local v v = 'z' return a .. b .. v", "return (function(...) local v v = 'inner' return v, ... end)(1, 2)",
  "local t = {} for i = 1, 3 do local v v = 'again' t[i] = v .. i end return t[1], t[3]", "local v v = 'a string of more than forty characters, which is a long one' return #v, v", "local v v = 'captured' local function f() return v end v = v .. '!' return f()",
} do
  local f, count = patched(source)
  print(source, count, f(...))
  print(source, pcall(coroutine.wrap(f)))
end
