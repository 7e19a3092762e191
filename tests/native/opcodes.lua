-- Prints the instructions that snippets run: a line `NAME FILE: SNIPPET` for each, where it was first seen.
--
-- Use: native-lua tests/native/opcodes.lua FILE...
--
-- Lua's own debug library tells which functions are called; a function's dump tells which instructions it has. So of a
-- function that is called all instructions count as run, whichever branches it takes.

local NAMES = {}
for name in ([[
  MOVE LOADI LOADF LOADK LOADKX LOADFALSE LFALSESKIP LOADTRUE LOADNIL GETUPVAL SETUPVAL GETTABUP GETTABLE GETI GETFIELD
  SETTABUP SETTABLE SETI SETFIELD NEWTABLE SELF ADDI ADDK SUBK MULK MODK POWK DIVK IDIVK BANDK BORK BXORK SHRI SHLI ADD
  SUB MUL MOD POW DIV IDIV BAND BOR BXOR SHL SHR MMBIN MMBINI MMBINK UNM BNOT NOT LEN CONCAT CLOSE TBC JMP EQ LT LE EQK
  EQI LTI LEI GTI GEI TEST TESTSET CALL TAILCALL RETURN RETURN0 RETURN1 FORLOOP FORPREP TFORPREP TFORCALL TFORLOOP
  SETLIST CLOSURE VARARG VARARGPREP EXTRAARG]]):gmatch("%u[%u%d]*") do NAMES[#NAMES + 1] = name end
assert(#NAMES == 83)

-- A dump: header, number of captured variables, function (ldump.c).
local HEADER_BYTES = 4 + 1 + 1 + 6 + 3 + 8 + 8 + 1

--- Calls 'each' with every opcode of a Lua function, without those within it.
local function opcodes(dump, each)
  local at = HEADER_BYTES + 1
  local function number()
    local n, byte = 0
    repeat
      byte = dump:byte(at)
      at = at + 1
      n = n << 7 | byte & 0x7f
    until byte & 0x80 ~= 0
    return n
  end
  local function text()
    local size = number()
    if size > 0 then at = at + size - 1 end
  end
  text() -- the source
  number() number() -- the lines where it begins and ends
  at = at + 3 -- parameters, whether they vary, registers
  for _ = 1, number() do
    each(string.unpack("<I4", dump, at) & 0x7f)
    at = at + 4
  end
end

local seen, missing = {}, 82 -- EXTRAARG is never run itself
-- So many calls of a snippet are watched: some call without an end.
local WATCHED = 20000

local here, calls
local known = setmetatable({}, { __mode = "k" })
local sethook, getinfo, dump = debug.sethook, debug.getinfo, string.dump

local function hook()
  calls = calls + 1
  if calls > WATCHED then return sethook() end
  local info = getinfo(2, "Sf")
  local f = info.func
  if info.what == "C" or known[f] then return end
  known[f] = true
  opcodes(dump(f), function(opcode)
    if not seen[opcode] and NAMES[opcode + 1] ~= "EXTRAARG" then
      seen[opcode] = here
      missing = missing - 1
    end
  end)
  if missing == 0 then sethook() end
end

local create = coroutine.create
function coroutine.create(f)
  local co = create(f)
  if missing > 0 then sethook(co, hook, "c") end
  return co
end
function coroutine.wrap(f)
  local co = coroutine.create(f)
  return function(...)
    local results = table.pack(coroutine.resume(co, ...))
    if not results[1] then error(results[2], 0) end
    return table.unpack(results, 2, results.n)
  end
end
local print = print
_G.print, io.write = function() end, function() end

--- The snippets of a file (tests/lua/README.md): names and chunks, one after the other.
local function snippets(path)
  local list = {}
  for line in io.lines(path, "L") do
    local name = line:match("^%-%-%- (.-)%s*$")
    if name then list[#list + 1] = { path:match("[^/]*$") .. ": " .. name, "" }
    else list[#list][2] = list[#list][2] .. line end
  end
  return list
end

for _, path in ipairs(arg) do
  for _, snippet in ipairs(snippets(path)) do
    if missing == 0 then break end
    here, calls = snippet[1], 0
    sethook(hook, "c")
    pcall(assert(load(snippet[2])))
    sethook()
  end
end
for opcode, name in ipairs(NAMES) do
  if seen[opcode - 1] then print(name .. " " .. seen[opcode - 1]) end
end
