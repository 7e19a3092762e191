--- LONG
LONG = ("x"):rep(1024):rep(400)
--- BLANKS
BLANKS = (" "):rep(1024):rep(400)
--- DIGITS
DIGITS = ("7"):rep(1024):rep(400)
--- ZEROS
ZEROS = ("0"):rep(1024):rep(400)
--- NULLS
NULLS = ("\0"):rep(1024):rep(400)
--- OPEN
OPEN = ("("):rep(1024):rep(400)
--- PERCENT
PERCENT = ("%%"):rep(1024):rep(200)
--- UMLAUTS
UMLAUTS = ("\u{e4}"):rep(1024):rep(200)
--- MIDDLE
MIDDLE = ("\x80"):rep(1024):rep(400)
--- TEXT
TEXT = ("the quick brown fox 4711; "):rep(4000)
--- LIST
LIST = {} for i = 1, 10000 do LIST[i] = i end
--- TEXTS
TEXTS = {} for i = 1, 4000 do TEXTS[i] = "text " .. i end
--- HASH
HASH = {} for i = 1, 8000 do HASH["key " .. i] = i end
--- HOLLOW
HOLLOW = {} for i = 1, 16384 do HOLLOW[i] = i end for i = 1, 16384 do HOLLOW[i] = nil end
--- EMPTIED
EMPTIED = {} for i = 1, 8000 do EMPTIED["key " .. i] = i end for k in pairs(EMPTIED) do EMPTIED[k] = nil end
--- ALIVE
ALIVE = {} for i = 1, 10000 do ALIVE[i] = {} end
--- CHAIN
CHAIN = {} for i = 1, 1000 do CHAIN = setmetatable({}, { __index = CHAIN, __newindex = CHAIN }) end
--- PROXY
PROXY = setmetatable({}, { __index = function(t, k) return k end, __newindex = function() end, __len = function() return 1000 end })
--- CALLED
CALLED = function(...) end for i = 1, 100 do CALLED = setmetatable({}, { __call = CALLED }) end
--- LYING
LYING = setmetatable({}, { __len = function() return 1 << 40 end })
--- NAMED
NAMED = setmetatable({}, { __name = ("x"):rep(1024):rep(300) })
--- THREAD
THREAD = coroutine.create(function(...) while true do coroutine.yield(...) end end)
--- FUNCTION
FUNCTION = load("local x = 1 " .. ("x = x + 1 "):rep(5000))
--- EXT
EXT = ext.table() for i = 1, 5000 do EXT[i] = i end
--- EXTNAMES
EXTNAMES = ext.table() for i = 1, 100 do EXTNAMES[("k"):rep(4000) .. i] = i end
--- bigint
bigint = require("bigint")
--- BIG
BIG = require("bigint").new(7) ^ 100000
--- ROUND
ROUND = require("bigint").new(1) << 3000000
--- SMALL
SMALL = require("bigint").new("123456789012345678901234567890")
--- MODULES
for i = 1, 20 do local t = {} for j = 1, 1000 do t["k" .. j] = j end package.loaded["module" .. i] = t end MODULES = true
--- FULL
FULL = {} pcall(function() while true do FULL[#FULL + 1] = { #FULL } end end) for i = 1, 500 do FULL[i] = nil end collectgarbage()
--- DEEP
function DEEP(f, n) n = n or 5000 if n > 0 then return (DEEP(f, n - 1)) end while true do f() end end
