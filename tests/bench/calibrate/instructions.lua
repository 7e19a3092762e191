--- moves and loads
local a, b, c, d, e, f = 1, 2.5, "x", true, false, nil a, b = b, a c = d
--- upvalues
-- once
local u, v = 1, 2 local function f() u = v v = u end
-- each
f()
--- globals
g = h h = g
--- LOADNIL of one
local a
--- LOADNIL of 180
local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180
--- ADD: integers
-- once
local a, b = 7, 3
-- each
local c = a + b
--- SUB: integers
-- once
local a, b = 7, 3
-- each
local c = a - b
--- MUL: integers
-- once
local a, b = 7, 3
-- each
local c = a * b
--- DIV: integers
-- once
local a, b = 7, 3
-- each
local c = a / b
--- MOD: integers
-- once
local a, b = 7, 3
-- each
local c = a % b
--- IDIV: integers
-- once
local a, b = 7, 3
-- each
local c = a // b
--- POW: integers
-- once
local a, b = 7, 3
-- each
local c = a ^ b
--- ADD: floats
-- once
local a, b = 7.5, 3.25
-- each
local c = a + b
--- SUB: floats
-- once
local a, b = 7.5, 3.25
-- each
local c = a - b
--- MUL: floats
-- once
local a, b = 7.5, 3.25
-- each
local c = a * b
--- DIV: floats
-- once
local a, b = 7.5, 3.25
-- each
local c = a / b
--- MOD: floats
-- once
local a, b = 7.5, 3.25
-- each
local c = a % b
--- IDIV: floats
-- once
local a, b = 7.5, 3.25
-- each
local c = a // b
--- POW: floats
-- once
local a, b = 7.5, 3.25
-- each
local c = a ^ b
--- ADD: far exponents
-- once
local a, b = 1.7e308, 3e-308
-- each
local c = a + b
--- SUB: far exponents
-- once
local a, b = 1.7e308, 3e-308
-- each
local c = a - b
--- MUL: far exponents
-- once
local a, b = 1.7e308, 3e-308
-- each
local c = a * b
--- DIV: far exponents
-- once
local a, b = 1.7e308, 3e-308
-- each
local c = a / b
--- MOD: far exponents
-- once
local a, b = 1.7e308, 3e-308
-- each
local c = a % b
--- IDIV: far exponents
-- once
local a, b = 1.7e308, 3e-308
-- each
local c = a // b
--- POW: far exponents
-- once
local a, b = 1.7e308, 3e-308
-- each
local c = a ^ b
--- ADD: smallest
-- once
local a, b = 1.7e308, 5e-324
-- each
local c = a + b
--- SUB: smallest
-- once
local a, b = 1.7e308, 5e-324
-- each
local c = a - b
--- MUL: smallest
-- once
local a, b = 1.7e308, 5e-324
-- each
local c = a * b
--- DIV: smallest
-- once
local a, b = 1.7e308, 5e-324
-- each
local c = a / b
--- MOD: smallest
-- once
local a, b = 1.7e308, 5e-324
-- each
local c = a % b
--- IDIV: smallest
-- once
local a, b = 1.7e308, 5e-324
-- each
local c = a // b
--- POW: smallest
-- once
local a, b = 1.7e308, 5e-324
-- each
local c = a ^ b
--- ADD: negative, far
-- once
local a, b = -1.7e308, 3e-308
-- each
local c = a + b
--- SUB: negative, far
-- once
local a, b = -1.7e308, 3e-308
-- each
local c = a - b
--- MUL: negative, far
-- once
local a, b = -1.7e308, 3e-308
-- each
local c = a * b
--- DIV: negative, far
-- once
local a, b = -1.7e308, 3e-308
-- each
local c = a / b
--- MOD: negative, far
-- once
local a, b = -1.7e308, 3e-308
-- each
local c = a % b
--- IDIV: negative, far
-- once
local a, b = -1.7e308, 3e-308
-- each
local c = a // b
--- POW: negative, far
-- once
local a, b = -1.7e308, 3e-308
-- each
local c = a ^ b
--- ADDK: far exponents
-- once
local a = 1.7e308
-- each
local c = a + 3e-308
--- MULK: far exponents
-- once
local a = 1.7e308
-- each
local c = a * 3e-308
--- MODK: far exponents
-- once
local a = 1.7e308
-- each
local c = a % 3e-308
--- IDIVK: far exponents
-- once
local a = 1.7e308
-- each
local c = a // 3e-308
--- POWK: far exponents
-- once
local a = 1.7e308
-- each
local c = a ^ 3e-308
--- SUBK: far exponents
-- once
local a = 1.7e308
-- each
local c = a - 3e-308
--- DIVK: far exponents
-- once
local a = 1.7e308
-- each
local c = a / 3e-308
--- POW: nearly one
-- once
local a, b = 1.0000001, 1e9
-- each
local c = a ^ b
--- POW: smallest results
-- once
local a, b = 1.5, -1830.3
-- each
local c = a ^ b
--- POW: integers
-- once
local a = 7
-- each
local c = a ^ 2 c = a ^ 0.5
--- bits
-- once
local a, b = 7, 3
-- each
local c = a & b c = a | b c = a ~ b c = a << b c = a >> b c = ~a c = a << 1 c = a >> 1 c = 1 << a c = a & 1 c = a | 1 c = a ~ 1
--- bits of floats
-- once
local a, b = 7.0, 3.0
-- each
local c = a & b c = ~a c = a >> 1
--- immediate operands
-- once
local a = 7
-- each
local c = a + 1 c = a - 1 c = -a c = not a
--- arithmetic of texts
-- once
local a, b = "10", "0x10"
-- each
local c = a + b c = a * 2 c = -a
--- arithmetic of long texts
-- once
local s = BLANKS .. "1"
-- each
local c = s + 1
--- arithmetic of what is no number
-- once
local function f() return BLANKS + 1 end
-- each
pcall(f)
--- arithmetic of what has a long name
-- once
local function f() return NAMED + 1 end
-- each
pcall(f)
--- arithmetic of digits
local c = DIGITS + 1
--- bits of long texts, refused
-- once
local s = BLANKS .. "1"
local function f() return s & 1 end
-- each
pcall(f)
--- comparison of numbers
-- once
local a, b = 7, 3.5
-- each
local c = a < b c = a <= b c = a == b c = a < 1 c = a > 1 c = a >= 1 c = a <= 1 c = a == 1 c = a == 2.5 c = a ~= b
--- comparison of integers and floats
-- once
local a, b = math.maxinteger, 2^63
-- each
local c = a < b c = a <= b c = b < a
--- comparison of equal long texts
-- once
local s = LONG:sub(1, 300000) local a, b = s .. "a", s .. "b"
-- each
local c = a == b c = a < b c = a <= b
--- comparison of texts with zeros
-- once
local s = NULLS:sub(1, 300000) local a, b = s .. "a", s .. "b"
-- each
local c = a < b
--- comparison, a text and its beginning
-- once
local a, b = LONG, LONG .. "b"
-- each
local c = a < b
--- comparison with a constant text
-- once
local a = LONG
-- each
local c = a == "x"
--- comparison refused
-- once
local function f() return NAMED < LONG end
-- each
pcall(f)
--- comparison by metamethods
-- once
local mt = { __lt = rawequal, __le = rawequal, __eq = rawequal } local a, b = setmetatable({}, mt), setmetatable({}, mt)
-- each
local c = a < b c = a <= b c = a == b
--- tests and jumps
-- once
local a, b = true, nil
-- each
local c = a and b c = a or b c = b and a if a then c = 1 else c = 2 end if not b then goto over end c = 5 ::over::
--- CONCAT of two
-- once
local a, b = "x", "y"
-- each
local c = a .. b
--- CONCAT of long texts
-- once
local a = LONG:sub(1, 250000)
-- each
local c = a .. a
--- CONCAT of nothing and a long text
-- once
local a = LONG
-- each
local c = a .. ""
--- CONCAT of 180
-- once
local x = "x"
-- each
local c = x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x .. x 
--- CONCAT of numbers
-- once
local a, b = 1, 0.1
-- each
local c = a .. b .. a
--- CONCAT of far exponents
-- once
local a, b = 1.7976931348623157e308, 5e-324
-- each
local c = a .. b
--- CONCAT refused by memory
-- once
local function f() return LONG .. LONG .. LONG .. LONG end
-- each
pcall(f)
--- CONCAT refused
-- once
local function f() return LONG .. {} end
-- each
pcall(f)
--- CONCAT by metamethods
-- once
local a = setmetatable({}, { __concat = function(a, b) return a end })
-- each
local c = a .. a .. a
--- GETTABLE and SETTABLE: array
-- once
local t, i = LIST, 5000
-- each
local c = t[i] t[i] = c c = t[3] t[3] = c
--- GETTABLE and SETTABLE: hash
-- once
local t, k = { x = 1, y = 2 }, "y"
-- each
local c = t.x t.x = c c = t[k] t[k] = 1
--- GETTABLE and SETTABLE: floats
-- once
local t, k = { [0.5] = 1 }, 0.5
-- each
local c = t[k] t[k] = 1
--- GETTABLE and SETTABLE: long texts
-- once
local t, k = { [LONG] = 1 }, LONG
-- each
local c = t[k] t[k] = 1
--- GETTABLE and SETTABLE: new long texts
-- once
local t, k = { [LONG] = 1 }, LONG:sub(1, 100000)
-- each
local c = t[k .. "x"]
--- GETTABLE: one chain of integers
-- once
local t = {} for i = 1, 2000 do t[i * 4095] = i end
-- each
local c = t[4095 * 5000]
--- GETTABLE: one chain of floats
-- once
local t = {} for i = 1, 2000 do t[i + 2^-20] = i end
-- each
local c = t[5000 + 2^-20]
--- GETTABLE: a chain of metatables
-- once
local t = CHAIN
-- each
local c = t.x
--- SETTABLE: a chain of metatables
-- once
local t = CHAIN
-- each
t.x = nil
--- GETTABLE and SETTABLE: functions
-- once
local t = PROXY
-- each
local c = t.x t.x = c c = t[1]
--- GETTABLE: refused
-- once
local function f() return NAMED.x.y end
-- each
pcall(f)
--- SETTABLE: nil and NaN, refused
-- once
local function f() LIST[nil] = 1 end local function g() LIST[0/0] = 1 end
-- each
pcall(f) pcall(g)
--- SETTABLE: made anew
-- once
local t = LIST
-- each
t.a = 1 t.a = nil t.b = 1 t.b = nil t.c = 1 t.c = nil t.d = 1 t.d = nil
--- SETTABLE: growth
local t = {} for i = 1, 1000 do t[i] = i end
--- SETTABLE: growth of a hash
local t = {} for i = 1, 1000 do t[-i] = i end
--- SETTABLE: growth, refused by memory
-- once
local t = {} for i = 1, 32768 do t[i] = i end local function f() for i = 32769, 70000 do t[i] = i end end
-- each
pcall(f) t[40000] = nil
--- SELF: texts and tables
-- once
local s, t = "x", { f = function() end }
-- each
local c = s:len() t:f()
--- external tables: GETTABLE
-- once
local t = EXT
-- each
local c = t.x c = t[5] c = t[0.5]
--- external tables: SETTABLE
-- once
local t = EXT
-- each
t.x = 1 t[5] = 5 t[6] = nil
--- external tables: long texts
-- once
local t = EXT
-- each
t.x = LONG local c = t.x
--- external tables: long keys, read
-- once
local t = EXT local function f() return t[LONG] end
-- each
pcall(f)
--- external tables: long keys, written
-- once
local t = EXT local function f() t[LONG] = 1 end
-- each
pcall(f)
--- external tables: texts that do not shrink
local b = {} for i = 1, 4000 do b[i] = string.char(math.random(0, 255)) end s = table.concat(b)
-- once
local t, s = EXT, s
-- each
t.x = s
--- external tables: texts that shrink
s = ("the quick brown fox "):rep(1000)
-- once
local t, s = EXT, s
-- each
t.x = s local c = t.x
--- external tables: big integers
-- once
local t = EXT
-- each
t.x = BIG local c = t.x
--- external tables: tables
-- once
local t = EXT
-- each
t.x = { 1, { 2 } } local c = t.x[2][1]
--- external tables: deep nest
-- once
local t = EXT
-- each
local n = {} local top = n for i = 1, 100 do n.x = {} n = n.x end t.x = top
--- external tables: large tables
-- once
local t = EXT
-- each
local n = {} for i = 1, 1000 do n[i] = i end t.x = n
--- external tables: large tables, refused
n = {} for i = 1, 5000 do n[i] = i end n[5001] = coroutine.create(print)
-- once
local t = EXT local function f() t.x = n end
-- each
pcall(f)
--- external tables: functions
-- once
local t = EXT
-- each
t.f = function() return t end t.f()
--- external tables: long functions
-- once
local t = EXT
-- each
t.f = FUNCTION
--- external tables: library functions
-- once
local t = EXT
-- each
t.f = print t.g = t.f
--- external tables: refused functions
-- once
local t, w = EXT, coroutine.wrap(print) local function f() t.f = w end
-- each
pcall(f)
--- external tables: LEN
-- once
local t = EXT
-- each
local c = #t
--- _home: all
_home.x = 1 local c = _home.x c = #_home c = next(_home)
--- _home: many names
for i = 1, 3000 do _home["name " .. i] = i end
-- each
local c = next(_home) c = _home.x c = #_home
--- NEWTABLE
local t = {}
--- NEWTABLE and SETLIST of 50
local t = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, }
--- NEWTABLE and SETLIST of 1000
local t = { nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, }
--- NEWTABLE of 180 fields
local t = { a0 = 1, a1 = 1, a2 = 1, a3 = 1, a4 = 1, a5 = 1, a6 = 1, a7 = 1, a8 = 1, a9 = 1, a10 = 1, a11 = 1, a12 = 1, a13 = 1, a14 = 1, a15 = 1, a16 = 1, a17 = 1, a18 = 1, a19 = 1, a20 = 1, a21 = 1, a22 = 1, a23 = 1, a24 = 1, a25 = 1, a26 = 1, a27 = 1, a28 = 1, a29 = 1, a30 = 1, a31 = 1, a32 = 1, a33 = 1, a34 = 1, a35 = 1, a36 = 1, a37 = 1, a38 = 1, a39 = 1, a40 = 1, a41 = 1, a42 = 1, a43 = 1, a44 = 1, a45 = 1, a46 = 1, a47 = 1, a48 = 1, a49 = 1, a50 = 1, a51 = 1, a52 = 1, a53 = 1, a54 = 1, a55 = 1, a56 = 1, a57 = 1, a58 = 1, a59 = 1, a60 = 1, a61 = 1, a62 = 1, a63 = 1, a64 = 1, a65 = 1, a66 = 1, a67 = 1, a68 = 1, a69 = 1, a70 = 1, a71 = 1, a72 = 1, a73 = 1, a74 = 1, a75 = 1, a76 = 1, a77 = 1, a78 = 1, a79 = 1, a80 = 1, a81 = 1, a82 = 1, a83 = 1, a84 = 1, a85 = 1, a86 = 1, a87 = 1, a88 = 1, a89 = 1, a90 = 1, a91 = 1, a92 = 1, a93 = 1, a94 = 1, a95 = 1, a96 = 1, a97 = 1, a98 = 1, a99 = 1, a100 = 1, a101 = 1, a102 = 1, a103 = 1, a104 = 1, a105 = 1, a106 = 1, a107 = 1, a108 = 1, a109 = 1, a110 = 1, a111 = 1, a112 = 1, a113 = 1, a114 = 1, a115 = 1, a116 = 1, a117 = 1, a118 = 1, a119 = 1, a120 = 1, a121 = 1, a122 = 1, a123 = 1, a124 = 1, a125 = 1, a126 = 1, a127 = 1, a128 = 1, a129 = 1, a130 = 1, a131 = 1, a132 = 1, a133 = 1, a134 = 1, a135 = 1, a136 = 1, a137 = 1, a138 = 1, a139 = 1, a140 = 1, a141 = 1, a142 = 1, a143 = 1, a144 = 1, a145 = 1, a146 = 1, a147 = 1, a148 = 1, a149 = 1, a150 = 1, a151 = 1, a152 = 1, a153 = 1, a154 = 1, a155 = 1, a156 = 1, a157 = 1, a158 = 1, a159 = 1, a160 = 1, a161 = 1, a162 = 1, a163 = 1, a164 = 1, a165 = 1, a166 = 1, a167 = 1, a168 = 1, a169 = 1, a170 = 1, a171 = 1, a172 = 1, a173 = 1, a174 = 1, a175 = 1, a176 = 1, a177 = 1, a178 = 1, a179 = 1 }
--- NEWTABLE, then an error
-- once
local function f() return { {} .. "", 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, } end
-- each
pcall(f)
--- NEWTABLE of fields, then an error
-- once
local function f() return { {} .. "", a0 = 1, a1 = 1, a2 = 1, a3 = 1, a4 = 1, a5 = 1, a6 = 1, a7 = 1, a8 = 1, a9 = 1, a10 = 1, a11 = 1, a12 = 1, a13 = 1, a14 = 1, a15 = 1, a16 = 1, a17 = 1, a18 = 1, a19 = 1, a20 = 1, a21 = 1, a22 = 1, a23 = 1, a24 = 1, a25 = 1, a26 = 1, a27 = 1, a28 = 1, a29 = 1, a30 = 1, a31 = 1, a32 = 1, a33 = 1, a34 = 1, a35 = 1, a36 = 1, a37 = 1, a38 = 1, a39 = 1, a40 = 1, a41 = 1, a42 = 1, a43 = 1, a44 = 1, a45 = 1, a46 = 1, a47 = 1, a48 = 1, a49 = 1, a50 = 1, a51 = 1, a52 = 1, a53 = 1, a54 = 1, a55 = 1, a56 = 1, a57 = 1, a58 = 1, a59 = 1, a60 = 1, a61 = 1, a62 = 1, a63 = 1, a64 = 1, a65 = 1, a66 = 1, a67 = 1, a68 = 1, a69 = 1, a70 = 1, a71 = 1, a72 = 1, a73 = 1, a74 = 1, a75 = 1, a76 = 1, a77 = 1, a78 = 1, a79 = 1, a80 = 1, a81 = 1, a82 = 1, a83 = 1, a84 = 1, a85 = 1, a86 = 1, a87 = 1, a88 = 1, a89 = 1, a90 = 1, a91 = 1, a92 = 1, a93 = 1, a94 = 1, a95 = 1, a96 = 1, a97 = 1, a98 = 1, a99 = 1, a100 = 1, a101 = 1, a102 = 1, a103 = 1, a104 = 1, a105 = 1, a106 = 1, a107 = 1, a108 = 1, a109 = 1, a110 = 1, a111 = 1, a112 = 1, a113 = 1, a114 = 1, a115 = 1, a116 = 1, a117 = 1, a118 = 1, a119 = 1, a120 = 1, a121 = 1, a122 = 1, a123 = 1, a124 = 1, a125 = 1, a126 = 1, a127 = 1, a128 = 1, a129 = 1, a130 = 1, a131 = 1, a132 = 1, a133 = 1, a134 = 1, a135 = 1, a136 = 1, a137 = 1, a138 = 1, a139 = 1, a140 = 1, a141 = 1, a142 = 1, a143 = 1, a144 = 1, a145 = 1, a146 = 1, a147 = 1, a148 = 1, a149 = 1, a150 = 1, a151 = 1, a152 = 1, a153 = 1, a154 = 1, a155 = 1, a156 = 1, a157 = 1, a158 = 1, a159 = 1, a160 = 1, a161 = 1, a162 = 1, a163 = 1, a164 = 1, a165 = 1, a166 = 1, a167 = 1, a168 = 1, a169 = 1, a170 = 1, a171 = 1, a172 = 1, a173 = 1, a174 = 1, a175 = 1, a176 = 1, a177 = 1, a178 = 1, a179 = 1, a180 = 1, a181 = 1, a182 = 1, a183 = 1, a184 = 1, a185 = 1, a186 = 1, a187 = 1, a188 = 1, a189 = 1, a190 = 1, a191 = 1, a192 = 1, a193 = 1, a194 = 1, a195 = 1, a196 = 1, a197 = 1, a198 = 1, a199 = 1, a200 = 1, a201 = 1, a202 = 1, a203 = 1, a204 = 1, a205 = 1, a206 = 1, a207 = 1, a208 = 1, a209 = 1, a210 = 1, a211 = 1, a212 = 1, a213 = 1, a214 = 1, a215 = 1, a216 = 1, a217 = 1, a218 = 1, a219 = 1, a220 = 1, a221 = 1, a222 = 1, a223 = 1, a224 = 1, a225 = 1, a226 = 1, a227 = 1, a228 = 1, a229 = 1, a230 = 1, a231 = 1, a232 = 1, a233 = 1, a234 = 1, a235 = 1, a236 = 1, a237 = 1, a238 = 1, a239 = 1, a240 = 1, a241 = 1, a242 = 1, a243 = 1, a244 = 1, a245 = 1, a246 = 1, a247 = 1, a248 = 1, a249 = 1, a250 = 1, a251 = 1, a252 = 1, a253 = 1, a254 = 1, a255 = 1, a256 = 1, a257 = 1, a258 = 1, a259 = 1, a260 = 1, a261 = 1, a262 = 1, a263 = 1, a264 = 1, a265 = 1, a266 = 1, a267 = 1, a268 = 1, a269 = 1, a270 = 1, a271 = 1, a272 = 1, a273 = 1, a274 = 1, a275 = 1, a276 = 1, a277 = 1, a278 = 1, a279 = 1, a280 = 1, a281 = 1, a282 = 1, a283 = 1, a284 = 1, a285 = 1, a286 = 1, a287 = 1, a288 = 1, a289 = 1, a290 = 1, a291 = 1, a292 = 1, a293 = 1, a294 = 1, a295 = 1, a296 = 1, a297 = 1, a298 = 1, a299 = 1, a300 = 1, a301 = 1, a302 = 1, a303 = 1, a304 = 1, a305 = 1, a306 = 1, a307 = 1, a308 = 1, a309 = 1, a310 = 1, a311 = 1, a312 = 1, a313 = 1, a314 = 1, a315 = 1, a316 = 1, a317 = 1, a318 = 1, a319 = 1, a320 = 1, a321 = 1, a322 = 1, a323 = 1, a324 = 1, a325 = 1, a326 = 1, a327 = 1, a328 = 1, a329 = 1, a330 = 1, a331 = 1, a332 = 1, a333 = 1, a334 = 1, a335 = 1, a336 = 1, a337 = 1, a338 = 1, a339 = 1, a340 = 1, a341 = 1, a342 = 1, a343 = 1, a344 = 1, a345 = 1, a346 = 1, a347 = 1, a348 = 1, a349 = 1, a350 = 1, a351 = 1, a352 = 1, a353 = 1, a354 = 1, a355 = 1, a356 = 1, a357 = 1, a358 = 1, a359 = 1, a360 = 1, a361 = 1, a362 = 1, a363 = 1, a364 = 1, a365 = 1, a366 = 1, a367 = 1, a368 = 1, a369 = 1, a370 = 1, a371 = 1, a372 = 1, a373 = 1, a374 = 1, a375 = 1, a376 = 1, a377 = 1, a378 = 1, a379 = 1, a380 = 1, a381 = 1, a382 = 1, a383 = 1, a384 = 1, a385 = 1, a386 = 1, a387 = 1, a388 = 1, a389 = 1, a390 = 1, a391 = 1, a392 = 1, a393 = 1, a394 = 1, a395 = 1, a396 = 1, a397 = 1, a398 = 1, a399 = 1, a400 = 1, a401 = 1, a402 = 1, a403 = 1, a404 = 1, a405 = 1, a406 = 1, a407 = 1, a408 = 1, a409 = 1, a410 = 1, a411 = 1, a412 = 1, a413 = 1, a414 = 1, a415 = 1, a416 = 1, a417 = 1, a418 = 1, a419 = 1, a420 = 1, a421 = 1, a422 = 1, a423 = 1, a424 = 1, a425 = 1, a426 = 1, a427 = 1, a428 = 1, a429 = 1, a430 = 1, a431 = 1, a432 = 1, a433 = 1, a434 = 1, a435 = 1, a436 = 1, a437 = 1, a438 = 1, a439 = 1, a440 = 1, a441 = 1, a442 = 1, a443 = 1, a444 = 1, a445 = 1, a446 = 1, a447 = 1, a448 = 1, a449 = 1, a450 = 1, a451 = 1, a452 = 1, a453 = 1, a454 = 1, a455 = 1, a456 = 1, a457 = 1, a458 = 1, a459 = 1, a460 = 1, a461 = 1, a462 = 1, a463 = 1, a464 = 1, a465 = 1, a466 = 1, a467 = 1, a468 = 1, a469 = 1, a470 = 1, a471 = 1, a472 = 1, a473 = 1, a474 = 1, a475 = 1, a476 = 1, a477 = 1, a478 = 1, a479 = 1, a480 = 1, a481 = 1, a482 = 1, a483 = 1, a484 = 1, a485 = 1, a486 = 1, a487 = 1, a488 = 1, a489 = 1, a490 = 1, a491 = 1, a492 = 1, a493 = 1, a494 = 1, a495 = 1, a496 = 1, a497 = 1, a498 = 1, a499 = 1, a500 = 1, a501 = 1, a502 = 1, a503 = 1, a504 = 1, a505 = 1, a506 = 1, a507 = 1, a508 = 1, a509 = 1, a510 = 1, a511 = 1, a512 = 1, a513 = 1, a514 = 1, a515 = 1, a516 = 1, a517 = 1, a518 = 1, a519 = 1, a520 = 1, a521 = 1, a522 = 1, a523 = 1, a524 = 1, a525 = 1, a526 = 1, a527 = 1, a528 = 1, a529 = 1, a530 = 1, a531 = 1, a532 = 1, a533 = 1, a534 = 1, a535 = 1, a536 = 1, a537 = 1, a538 = 1, a539 = 1, a540 = 1, a541 = 1, a542 = 1, a543 = 1, a544 = 1, a545 = 1, a546 = 1, a547 = 1, a548 = 1, a549 = 1, a550 = 1, a551 = 1, a552 = 1, a553 = 1, a554 = 1, a555 = 1, a556 = 1, a557 = 1, a558 = 1, a559 = 1, a560 = 1, a561 = 1, a562 = 1, a563 = 1, a564 = 1, a565 = 1, a566 = 1, a567 = 1, a568 = 1, a569 = 1, a570 = 1, a571 = 1, a572 = 1, a573 = 1, a574 = 1, a575 = 1, a576 = 1, a577 = 1, a578 = 1, a579 = 1, a580 = 1, a581 = 1, a582 = 1, a583 = 1, a584 = 1, a585 = 1, a586 = 1, a587 = 1, a588 = 1, a589 = 1, a590 = 1, a591 = 1, a592 = 1, a593 = 1, a594 = 1, a595 = 1, a596 = 1, a597 = 1, a598 = 1, a599 = 1, a600 = 1, a601 = 1, a602 = 1, a603 = 1, a604 = 1, a605 = 1, a606 = 1, a607 = 1, a608 = 1, a609 = 1, a610 = 1, a611 = 1, a612 = 1, a613 = 1, a614 = 1, a615 = 1, a616 = 1, a617 = 1, a618 = 1, a619 = 1, a620 = 1, a621 = 1, a622 = 1, a623 = 1, a624 = 1, a625 = 1, a626 = 1, a627 = 1, a628 = 1, a629 = 1, a630 = 1, a631 = 1, a632 = 1, a633 = 1, a634 = 1, a635 = 1, a636 = 1, a637 = 1, a638 = 1, a639 = 1, a640 = 1, a641 = 1, a642 = 1, a643 = 1, a644 = 1, a645 = 1, a646 = 1, a647 = 1, a648 = 1, a649 = 1, a650 = 1, a651 = 1, a652 = 1, a653 = 1, a654 = 1, a655 = 1, a656 = 1, a657 = 1, a658 = 1, a659 = 1, a660 = 1, a661 = 1, a662 = 1, a663 = 1, a664 = 1, a665 = 1, a666 = 1, a667 = 1, a668 = 1, a669 = 1, a670 = 1, a671 = 1, a672 = 1, a673 = 1, a674 = 1, a675 = 1, a676 = 1, a677 = 1, a678 = 1, a679 = 1, a680 = 1, a681 = 1, a682 = 1, a683 = 1, a684 = 1, a685 = 1, a686 = 1, a687 = 1, a688 = 1, a689 = 1, a690 = 1, a691 = 1, a692 = 1, a693 = 1, a694 = 1, a695 = 1, a696 = 1, a697 = 1, a698 = 1, a699 = 1, a700 = 1, a701 = 1, a702 = 1, a703 = 1, a704 = 1, a705 = 1, a706 = 1, a707 = 1, a708 = 1, a709 = 1, a710 = 1, a711 = 1, a712 = 1, a713 = 1, a714 = 1, a715 = 1, a716 = 1, a717 = 1, a718 = 1, a719 = 1, a720 = 1, a721 = 1, a722 = 1, a723 = 1, a724 = 1, a725 = 1, a726 = 1, a727 = 1, a728 = 1, a729 = 1, a730 = 1, a731 = 1, a732 = 1, a733 = 1, a734 = 1, a735 = 1, a736 = 1, a737 = 1, a738 = 1, a739 = 1, a740 = 1, a741 = 1, a742 = 1, a743 = 1, a744 = 1, a745 = 1, a746 = 1, a747 = 1, a748 = 1, a749 = 1, a750 = 1, a751 = 1, a752 = 1, a753 = 1, a754 = 1, a755 = 1, a756 = 1, a757 = 1, a758 = 1, a759 = 1, a760 = 1, a761 = 1, a762 = 1, a763 = 1, a764 = 1, a765 = 1, a766 = 1, a767 = 1, a768 = 1, a769 = 1, a770 = 1, a771 = 1, a772 = 1, a773 = 1, a774 = 1, a775 = 1, a776 = 1, a777 = 1, a778 = 1, a779 = 1, a780 = 1, a781 = 1, a782 = 1, a783 = 1, a784 = 1, a785 = 1, a786 = 1, a787 = 1, a788 = 1, a789 = 1, a790 = 1, a791 = 1, a792 = 1, a793 = 1, a794 = 1, a795 = 1, a796 = 1, a797 = 1, a798 = 1, a799 = 1, a800 = 1, a801 = 1, a802 = 1, a803 = 1, a804 = 1, a805 = 1, a806 = 1, a807 = 1, a808 = 1, a809 = 1, a810 = 1, a811 = 1, a812 = 1, a813 = 1, a814 = 1, a815 = 1, a816 = 1, a817 = 1, a818 = 1, a819 = 1, a820 = 1, a821 = 1, a822 = 1, a823 = 1, a824 = 1, a825 = 1, a826 = 1, a827 = 1, a828 = 1, a829 = 1, a830 = 1, a831 = 1, a832 = 1, a833 = 1, a834 = 1, a835 = 1, a836 = 1, a837 = 1, a838 = 1, a839 = 1, a840 = 1, a841 = 1, a842 = 1, a843 = 1, a844 = 1, a845 = 1, a846 = 1, a847 = 1, a848 = 1, a849 = 1, a850 = 1, a851 = 1, a852 = 1, a853 = 1, a854 = 1, a855 = 1, a856 = 1, a857 = 1, a858 = 1, a859 = 1, a860 = 1, a861 = 1, a862 = 1, a863 = 1, a864 = 1, a865 = 1, a866 = 1, a867 = 1, a868 = 1, a869 = 1, a870 = 1, a871 = 1, a872 = 1, a873 = 1, a874 = 1, a875 = 1, a876 = 1, a877 = 1, a878 = 1, a879 = 1, a880 = 1, a881 = 1, a882 = 1, a883 = 1, a884 = 1, a885 = 1, a886 = 1, a887 = 1, a888 = 1, a889 = 1, a890 = 1, a891 = 1, a892 = 1, a893 = 1, a894 = 1, a895 = 1, a896 = 1, a897 = 1, a898 = 1, a899 = 1, a900 = 1, a901 = 1, a902 = 1, a903 = 1, a904 = 1, a905 = 1, a906 = 1, a907 = 1, a908 = 1, a909 = 1, a910 = 1, a911 = 1, a912 = 1, a913 = 1, a914 = 1, a915 = 1, a916 = 1, a917 = 1, a918 = 1, a919 = 1, a920 = 1, a921 = 1, a922 = 1, a923 = 1, a924 = 1, a925 = 1, a926 = 1, a927 = 1, a928 = 1, a929 = 1, a930 = 1, a931 = 1, a932 = 1, a933 = 1, a934 = 1, a935 = 1, a936 = 1, a937 = 1, a938 = 1, a939 = 1, a940 = 1, a941 = 1, a942 = 1, a943 = 1, a944 = 1, a945 = 1, a946 = 1, a947 = 1, a948 = 1, a949 = 1, a950 = 1, a951 = 1, a952 = 1, a953 = 1, a954 = 1, a955 = 1, a956 = 1, a957 = 1, a958 = 1, a959 = 1, a960 = 1, a961 = 1, a962 = 1, a963 = 1, a964 = 1, a965 = 1, a966 = 1, a967 = 1, a968 = 1, a969 = 1, a970 = 1, a971 = 1, a972 = 1, a973 = 1, a974 = 1, a975 = 1, a976 = 1, a977 = 1, a978 = 1, a979 = 1, a980 = 1, a981 = 1, a982 = 1, a983 = 1, a984 = 1, a985 = 1, a986 = 1, a987 = 1, a988 = 1, a989 = 1, a990 = 1, a991 = 1, a992 = 1, a993 = 1, a994 = 1, a995 = 1, a996 = 1, a997 = 1, a998 = 1, a999 = 1, a1000 = 1, a1001 = 1, a1002 = 1, a1003 = 1, a1004 = 1, a1005 = 1, a1006 = 1, a1007 = 1, a1008 = 1, a1009 = 1, a1010 = 1, a1011 = 1, a1012 = 1, a1013 = 1, a1014 = 1, a1015 = 1, a1016 = 1, a1017 = 1, a1018 = 1, a1019 = 1, a1020 = 1, a1021 = 1, a1022 = 1, a1023 = 1, a1024 = 1, a1025 = 1, a1026 = 1, a1027 = 1, a1028 = 1, a1029 = 1, a1030 = 1, a1031 = 1, a1032 = 1, a1033 = 1, a1034 = 1, a1035 = 1, a1036 = 1, a1037 = 1, a1038 = 1, a1039 = 1, a1040 = 1, a1041 = 1, a1042 = 1, a1043 = 1, a1044 = 1, a1045 = 1, a1046 = 1, a1047 = 1, a1048 = 1, a1049 = 1, a1050 = 1, a1051 = 1, a1052 = 1, a1053 = 1, a1054 = 1, a1055 = 1, a1056 = 1, a1057 = 1, a1058 = 1, a1059 = 1, a1060 = 1, a1061 = 1, a1062 = 1, a1063 = 1, a1064 = 1, a1065 = 1, a1066 = 1, a1067 = 1, a1068 = 1, a1069 = 1, a1070 = 1, a1071 = 1, a1072 = 1, a1073 = 1, a1074 = 1, a1075 = 1, a1076 = 1, a1077 = 1, a1078 = 1, a1079 = 1, a1080 = 1, a1081 = 1, a1082 = 1, a1083 = 1, a1084 = 1, a1085 = 1, a1086 = 1, a1087 = 1, a1088 = 1, a1089 = 1, a1090 = 1, a1091 = 1, a1092 = 1, a1093 = 1, a1094 = 1, a1095 = 1, a1096 = 1, a1097 = 1, a1098 = 1, a1099 = 1, a1100 = 1, a1101 = 1, a1102 = 1, a1103 = 1, a1104 = 1, a1105 = 1, a1106 = 1, a1107 = 1, a1108 = 1, a1109 = 1, a1110 = 1, a1111 = 1, a1112 = 1, a1113 = 1, a1114 = 1, a1115 = 1, a1116 = 1, a1117 = 1, a1118 = 1, a1119 = 1, a1120 = 1, a1121 = 1, a1122 = 1, a1123 = 1, a1124 = 1, a1125 = 1, a1126 = 1, a1127 = 1, a1128 = 1, a1129 = 1, a1130 = 1, a1131 = 1, a1132 = 1, a1133 = 1, a1134 = 1, a1135 = 1, a1136 = 1, a1137 = 1, a1138 = 1, a1139 = 1, a1140 = 1, a1141 = 1, a1142 = 1, a1143 = 1, a1144 = 1, a1145 = 1, a1146 = 1, a1147 = 1, a1148 = 1, a1149 = 1, a1150 = 1, a1151 = 1, a1152 = 1, a1153 = 1, a1154 = 1, a1155 = 1, a1156 = 1, a1157 = 1, a1158 = 1, a1159 = 1, a1160 = 1, a1161 = 1, a1162 = 1, a1163 = 1, a1164 = 1, a1165 = 1, a1166 = 1, a1167 = 1, a1168 = 1, a1169 = 1, a1170 = 1, a1171 = 1, a1172 = 1, a1173 = 1, a1174 = 1, a1175 = 1, a1176 = 1, a1177 = 1, a1178 = 1, a1179 = 1, a1180 = 1, a1181 = 1, a1182 = 1, a1183 = 1, a1184 = 1, a1185 = 1, a1186 = 1, a1187 = 1, a1188 = 1, a1189 = 1, a1190 = 1, a1191 = 1, a1192 = 1, a1193 = 1, a1194 = 1, a1195 = 1, a1196 = 1, a1197 = 1, a1198 = 1, a1199 = 1, a1200 = 1, a1201 = 1, a1202 = 1, a1203 = 1, a1204 = 1, a1205 = 1, a1206 = 1, a1207 = 1, a1208 = 1, a1209 = 1, a1210 = 1, a1211 = 1, a1212 = 1, a1213 = 1, a1214 = 1, a1215 = 1, a1216 = 1, a1217 = 1, a1218 = 1, a1219 = 1, a1220 = 1, a1221 = 1, a1222 = 1, a1223 = 1, a1224 = 1, a1225 = 1, a1226 = 1, a1227 = 1, a1228 = 1, a1229 = 1, a1230 = 1, a1231 = 1, a1232 = 1, a1233 = 1, a1234 = 1, a1235 = 1, a1236 = 1, a1237 = 1, a1238 = 1, a1239 = 1, a1240 = 1, a1241 = 1, a1242 = 1, a1243 = 1, a1244 = 1, a1245 = 1, a1246 = 1, a1247 = 1, a1248 = 1, a1249 = 1, a1250 = 1, a1251 = 1, a1252 = 1, a1253 = 1, a1254 = 1, a1255 = 1, a1256 = 1, a1257 = 1, a1258 = 1, a1259 = 1, a1260 = 1, a1261 = 1, a1262 = 1, a1263 = 1, a1264 = 1, a1265 = 1, a1266 = 1, a1267 = 1, a1268 = 1, a1269 = 1, a1270 = 1, a1271 = 1, a1272 = 1, a1273 = 1, a1274 = 1, a1275 = 1, a1276 = 1, a1277 = 1, a1278 = 1, a1279 = 1, a1280 = 1, a1281 = 1, a1282 = 1, a1283 = 1, a1284 = 1, a1285 = 1, a1286 = 1, a1287 = 1, a1288 = 1, a1289 = 1, a1290 = 1, a1291 = 1, a1292 = 1, a1293 = 1, a1294 = 1, a1295 = 1, a1296 = 1, a1297 = 1, a1298 = 1, a1299 = 1, a1300 = 1, a1301 = 1, a1302 = 1, a1303 = 1, a1304 = 1, a1305 = 1, a1306 = 1, a1307 = 1, a1308 = 1, a1309 = 1, a1310 = 1, a1311 = 1, a1312 = 1, a1313 = 1, a1314 = 1, a1315 = 1, a1316 = 1, a1317 = 1, a1318 = 1, a1319 = 1, a1320 = 1, a1321 = 1, a1322 = 1, a1323 = 1, a1324 = 1, a1325 = 1, a1326 = 1, a1327 = 1, a1328 = 1, a1329 = 1, a1330 = 1, a1331 = 1, a1332 = 1, a1333 = 1, a1334 = 1, a1335 = 1, a1336 = 1, a1337 = 1, a1338 = 1, a1339 = 1, a1340 = 1, a1341 = 1, a1342 = 1, a1343 = 1, a1344 = 1, a1345 = 1, a1346 = 1, a1347 = 1, a1348 = 1, a1349 = 1, a1350 = 1, a1351 = 1, a1352 = 1, a1353 = 1, a1354 = 1, a1355 = 1, a1356 = 1, a1357 = 1, a1358 = 1, a1359 = 1, a1360 = 1, a1361 = 1, a1362 = 1, a1363 = 1, a1364 = 1, a1365 = 1, a1366 = 1, a1367 = 1, a1368 = 1, a1369 = 1, a1370 = 1, a1371 = 1, a1372 = 1, a1373 = 1, a1374 = 1, a1375 = 1, a1376 = 1, a1377 = 1, a1378 = 1, a1379 = 1, a1380 = 1, a1381 = 1, a1382 = 1, a1383 = 1, a1384 = 1, a1385 = 1, a1386 = 1, a1387 = 1, a1388 = 1, a1389 = 1, a1390 = 1, a1391 = 1, a1392 = 1, a1393 = 1, a1394 = 1, a1395 = 1, a1396 = 1, a1397 = 1, a1398 = 1, a1399 = 1, a1400 = 1, a1401 = 1, a1402 = 1, a1403 = 1, a1404 = 1, a1405 = 1, a1406 = 1, a1407 = 1, a1408 = 1, a1409 = 1, a1410 = 1, a1411 = 1, a1412 = 1, a1413 = 1, a1414 = 1, a1415 = 1, a1416 = 1, a1417 = 1, a1418 = 1, a1419 = 1, a1420 = 1, a1421 = 1, a1422 = 1, a1423 = 1, a1424 = 1, a1425 = 1, a1426 = 1, a1427 = 1, a1428 = 1, a1429 = 1, a1430 = 1, a1431 = 1, a1432 = 1, a1433 = 1, a1434 = 1, a1435 = 1, a1436 = 1, a1437 = 1, a1438 = 1, a1439 = 1, a1440 = 1, a1441 = 1, a1442 = 1, a1443 = 1, a1444 = 1, a1445 = 1, a1446 = 1, a1447 = 1, a1448 = 1, a1449 = 1, a1450 = 1, a1451 = 1, a1452 = 1, a1453 = 1, a1454 = 1, a1455 = 1, a1456 = 1, a1457 = 1, a1458 = 1, a1459 = 1, a1460 = 1, a1461 = 1, a1462 = 1, a1463 = 1, a1464 = 1, a1465 = 1, a1466 = 1, a1467 = 1, a1468 = 1, a1469 = 1, a1470 = 1, a1471 = 1, a1472 = 1, a1473 = 1, a1474 = 1, a1475 = 1, a1476 = 1, a1477 = 1, a1478 = 1, a1479 = 1, a1480 = 1, a1481 = 1, a1482 = 1, a1483 = 1, a1484 = 1, a1485 = 1, a1486 = 1, a1487 = 1, a1488 = 1, a1489 = 1, a1490 = 1, a1491 = 1, a1492 = 1, a1493 = 1, a1494 = 1, a1495 = 1, a1496 = 1, a1497 = 1, a1498 = 1, a1499 = 1, a1500 = 1, a1501 = 1, a1502 = 1, a1503 = 1, a1504 = 1, a1505 = 1, a1506 = 1, a1507 = 1, a1508 = 1, a1509 = 1, a1510 = 1, a1511 = 1, a1512 = 1, a1513 = 1, a1514 = 1, a1515 = 1, a1516 = 1, a1517 = 1, a1518 = 1, a1519 = 1, a1520 = 1, a1521 = 1, a1522 = 1, a1523 = 1, a1524 = 1, a1525 = 1, a1526 = 1, a1527 = 1, a1528 = 1, a1529 = 1, a1530 = 1, a1531 = 1, a1532 = 1, a1533 = 1, a1534 = 1, a1535 = 1, a1536 = 1, a1537 = 1, a1538 = 1, a1539 = 1, a1540 = 1, a1541 = 1, a1542 = 1, a1543 = 1, a1544 = 1, a1545 = 1, a1546 = 1, a1547 = 1, a1548 = 1, a1549 = 1, a1550 = 1, a1551 = 1, a1552 = 1, a1553 = 1, a1554 = 1, a1555 = 1, a1556 = 1, a1557 = 1, a1558 = 1, a1559 = 1, a1560 = 1, a1561 = 1, a1562 = 1, a1563 = 1, a1564 = 1, a1565 = 1, a1566 = 1, a1567 = 1, a1568 = 1, a1569 = 1, a1570 = 1, a1571 = 1, a1572 = 1, a1573 = 1, a1574 = 1, a1575 = 1, a1576 = 1, a1577 = 1, a1578 = 1, a1579 = 1, a1580 = 1, a1581 = 1, a1582 = 1, a1583 = 1, a1584 = 1, a1585 = 1, a1586 = 1, a1587 = 1, a1588 = 1, a1589 = 1, a1590 = 1, a1591 = 1, a1592 = 1, a1593 = 1, a1594 = 1, a1595 = 1, a1596 = 1, a1597 = 1, a1598 = 1, a1599 = 1, a1600 = 1, a1601 = 1, a1602 = 1, a1603 = 1, a1604 = 1, a1605 = 1, a1606 = 1, a1607 = 1, a1608 = 1, a1609 = 1, a1610 = 1, a1611 = 1, a1612 = 1, a1613 = 1, a1614 = 1, a1615 = 1, a1616 = 1, a1617 = 1, a1618 = 1, a1619 = 1, a1620 = 1, a1621 = 1, a1622 = 1, a1623 = 1, a1624 = 1, a1625 = 1, a1626 = 1, a1627 = 1, a1628 = 1, a1629 = 1, a1630 = 1, a1631 = 1, a1632 = 1, a1633 = 1, a1634 = 1, a1635 = 1, a1636 = 1, a1637 = 1, a1638 = 1, a1639 = 1, a1640 = 1, a1641 = 1, a1642 = 1, a1643 = 1, a1644 = 1, a1645 = 1, a1646 = 1, a1647 = 1, a1648 = 1, a1649 = 1, a1650 = 1, a1651 = 1, a1652 = 1, a1653 = 1, a1654 = 1, a1655 = 1, a1656 = 1, a1657 = 1, a1658 = 1, a1659 = 1, a1660 = 1, a1661 = 1, a1662 = 1, a1663 = 1, a1664 = 1, a1665 = 1, a1666 = 1, a1667 = 1, a1668 = 1, a1669 = 1, a1670 = 1, a1671 = 1, a1672 = 1, a1673 = 1, a1674 = 1, a1675 = 1, a1676 = 1, a1677 = 1, a1678 = 1, a1679 = 1, a1680 = 1, a1681 = 1, a1682 = 1, a1683 = 1, a1684 = 1, a1685 = 1, a1686 = 1, a1687 = 1, a1688 = 1, a1689 = 1, a1690 = 1, a1691 = 1, a1692 = 1, a1693 = 1, a1694 = 1, a1695 = 1, a1696 = 1, a1697 = 1, a1698 = 1, a1699 = 1, a1700 = 1, a1701 = 1, a1702 = 1, a1703 = 1, a1704 = 1, a1705 = 1, a1706 = 1, a1707 = 1, a1708 = 1, a1709 = 1, a1710 = 1, a1711 = 1, a1712 = 1, a1713 = 1, a1714 = 1, a1715 = 1, a1716 = 1, a1717 = 1, a1718 = 1, a1719 = 1, a1720 = 1, a1721 = 1, a1722 = 1, a1723 = 1, a1724 = 1, a1725 = 1, a1726 = 1, a1727 = 1, a1728 = 1, a1729 = 1, a1730 = 1, a1731 = 1, a1732 = 1, a1733 = 1, a1734 = 1, a1735 = 1, a1736 = 1, a1737 = 1, a1738 = 1, a1739 = 1, a1740 = 1, a1741 = 1, a1742 = 1, a1743 = 1, a1744 = 1, a1745 = 1, a1746 = 1, a1747 = 1, a1748 = 1, a1749 = 1, a1750 = 1, a1751 = 1, a1752 = 1, a1753 = 1, a1754 = 1, a1755 = 1, a1756 = 1, a1757 = 1, a1758 = 1, a1759 = 1, a1760 = 1, a1761 = 1, a1762 = 1, a1763 = 1, a1764 = 1, a1765 = 1, a1766 = 1, a1767 = 1, a1768 = 1, a1769 = 1, a1770 = 1, a1771 = 1, a1772 = 1, a1773 = 1, a1774 = 1, a1775 = 1, a1776 = 1, a1777 = 1, a1778 = 1, a1779 = 1, a1780 = 1, a1781 = 1, a1782 = 1, a1783 = 1, a1784 = 1, a1785 = 1, a1786 = 1, a1787 = 1, a1788 = 1, a1789 = 1, a1790 = 1, a1791 = 1, a1792 = 1, a1793 = 1, a1794 = 1, a1795 = 1, a1796 = 1, a1797 = 1, a1798 = 1, a1799 = 1, a1800 = 1, a1801 = 1, a1802 = 1, a1803 = 1, a1804 = 1, a1805 = 1, a1806 = 1, a1807 = 1, a1808 = 1, a1809 = 1, a1810 = 1, a1811 = 1, a1812 = 1, a1813 = 1, a1814 = 1, a1815 = 1, a1816 = 1, a1817 = 1, a1818 = 1, a1819 = 1, a1820 = 1, a1821 = 1, a1822 = 1, a1823 = 1, a1824 = 1, a1825 = 1, a1826 = 1, a1827 = 1, a1828 = 1, a1829 = 1, a1830 = 1, a1831 = 1, a1832 = 1, a1833 = 1, a1834 = 1, a1835 = 1, a1836 = 1, a1837 = 1, a1838 = 1, a1839 = 1, a1840 = 1, a1841 = 1, a1842 = 1, a1843 = 1, a1844 = 1, a1845 = 1, a1846 = 1, a1847 = 1, a1848 = 1, a1849 = 1, a1850 = 1, a1851 = 1, a1852 = 1, a1853 = 1, a1854 = 1, a1855 = 1, a1856 = 1, a1857 = 1, a1858 = 1, a1859 = 1, a1860 = 1, a1861 = 1, a1862 = 1, a1863 = 1, a1864 = 1, a1865 = 1, a1866 = 1, a1867 = 1, a1868 = 1, a1869 = 1, a1870 = 1, a1871 = 1, a1872 = 1, a1873 = 1, a1874 = 1, a1875 = 1, a1876 = 1, a1877 = 1, a1878 = 1, a1879 = 1, a1880 = 1, a1881 = 1, a1882 = 1, a1883 = 1, a1884 = 1, a1885 = 1, a1886 = 1, a1887 = 1, a1888 = 1, a1889 = 1, a1890 = 1, a1891 = 1, a1892 = 1, a1893 = 1, a1894 = 1, a1895 = 1, a1896 = 1, a1897 = 1, a1898 = 1, a1899 = 1, a1900 = 1, a1901 = 1, a1902 = 1, a1903 = 1, a1904 = 1, a1905 = 1, a1906 = 1, a1907 = 1, a1908 = 1, a1909 = 1, a1910 = 1, a1911 = 1, a1912 = 1, a1913 = 1, a1914 = 1, a1915 = 1, a1916 = 1, a1917 = 1, a1918 = 1, a1919 = 1, a1920 = 1, a1921 = 1, a1922 = 1, a1923 = 1, a1924 = 1, a1925 = 1, a1926 = 1, a1927 = 1, a1928 = 1, a1929 = 1, a1930 = 1, a1931 = 1, a1932 = 1, a1933 = 1, a1934 = 1, a1935 = 1, a1936 = 1, a1937 = 1, a1938 = 1, a1939 = 1, a1940 = 1, a1941 = 1, a1942 = 1, a1943 = 1, a1944 = 1, a1945 = 1, a1946 = 1, a1947 = 1, a1948 = 1, a1949 = 1, a1950 = 1, a1951 = 1, a1952 = 1, a1953 = 1, a1954 = 1, a1955 = 1, a1956 = 1, a1957 = 1, a1958 = 1, a1959 = 1, a1960 = 1, a1961 = 1, a1962 = 1, a1963 = 1, a1964 = 1, a1965 = 1, a1966 = 1, a1967 = 1, a1968 = 1, a1969 = 1, a1970 = 1, a1971 = 1, a1972 = 1, a1973 = 1, a1974 = 1, a1975 = 1, a1976 = 1, a1977 = 1, a1978 = 1, a1979 = 1, a1980 = 1, a1981 = 1, a1982 = 1, a1983 = 1, a1984 = 1, a1985 = 1, a1986 = 1, a1987 = 1, a1988 = 1, a1989 = 1, a1990 = 1, a1991 = 1, a1992 = 1, a1993 = 1, a1994 = 1, a1995 = 1, a1996 = 1, a1997 = 1, a1998 = 1, a1999 = 1, a2000 = 1, a2001 = 1, a2002 = 1, a2003 = 1, a2004 = 1, a2005 = 1, a2006 = 1, a2007 = 1, a2008 = 1, a2009 = 1, a2010 = 1, a2011 = 1, a2012 = 1, a2013 = 1, a2014 = 1, a2015 = 1, a2016 = 1, a2017 = 1, a2018 = 1, a2019 = 1, a2020 = 1, a2021 = 1, a2022 = 1, a2023 = 1, a2024 = 1, a2025 = 1, a2026 = 1, a2027 = 1, a2028 = 1, a2029 = 1, a2030 = 1, a2031 = 1, a2032 = 1, a2033 = 1, a2034 = 1, a2035 = 1, a2036 = 1, a2037 = 1, a2038 = 1, a2039 = 1, a2040 = 1, a2041 = 1, a2042 = 1, a2043 = 1, a2044 = 1, a2045 = 1, a2046 = 1, a2047 = 1, a2048 = 1, a2049 = 1, a2050 = 1, a2051 = 1, a2052 = 1, a2053 = 1, a2054 = 1, a2055 = 1, a2056 = 1, a2057 = 1, a2058 = 1, a2059 = 1, a2060 = 1, a2061 = 1, a2062 = 1, a2063 = 1, a2064 = 1, a2065 = 1, a2066 = 1, a2067 = 1, a2068 = 1, a2069 = 1, a2070 = 1, a2071 = 1, a2072 = 1, a2073 = 1, a2074 = 1, a2075 = 1, a2076 = 1, a2077 = 1, a2078 = 1, a2079 = 1, a2080 = 1, a2081 = 1, a2082 = 1, a2083 = 1, a2084 = 1, a2085 = 1, a2086 = 1, a2087 = 1, a2088 = 1, a2089 = 1, a2090 = 1, a2091 = 1, a2092 = 1, a2093 = 1, a2094 = 1, a2095 = 1, a2096 = 1, a2097 = 1, a2098 = 1, a2099 = 1, a2100 = 1, a2101 = 1, a2102 = 1, a2103 = 1, a2104 = 1, a2105 = 1, a2106 = 1, a2107 = 1, a2108 = 1, a2109 = 1, a2110 = 1, a2111 = 1, a2112 = 1, a2113 = 1, a2114 = 1, a2115 = 1, a2116 = 1, a2117 = 1, a2118 = 1, a2119 = 1, a2120 = 1, a2121 = 1, a2122 = 1, a2123 = 1, a2124 = 1, a2125 = 1, a2126 = 1, a2127 = 1, a2128 = 1, a2129 = 1, a2130 = 1, a2131 = 1, a2132 = 1, a2133 = 1, a2134 = 1, a2135 = 1, a2136 = 1, a2137 = 1, a2138 = 1, a2139 = 1, a2140 = 1, a2141 = 1, a2142 = 1, a2143 = 1, a2144 = 1, a2145 = 1, a2146 = 1, a2147 = 1, a2148 = 1, a2149 = 1, a2150 = 1, a2151 = 1, a2152 = 1, a2153 = 1, a2154 = 1, a2155 = 1, a2156 = 1, a2157 = 1, a2158 = 1, a2159 = 1, a2160 = 1, a2161 = 1, a2162 = 1, a2163 = 1, a2164 = 1, a2165 = 1, a2166 = 1, a2167 = 1, a2168 = 1, a2169 = 1, a2170 = 1, a2171 = 1, a2172 = 1, a2173 = 1, a2174 = 1, a2175 = 1, a2176 = 1, a2177 = 1, a2178 = 1, a2179 = 1, a2180 = 1, a2181 = 1, a2182 = 1, a2183 = 1, a2184 = 1, a2185 = 1, a2186 = 1, a2187 = 1, a2188 = 1, a2189 = 1, a2190 = 1, a2191 = 1, a2192 = 1, a2193 = 1, a2194 = 1, a2195 = 1, a2196 = 1, a2197 = 1, a2198 = 1, a2199 = 1, a2200 = 1, a2201 = 1, a2202 = 1, a2203 = 1, a2204 = 1, a2205 = 1, a2206 = 1, a2207 = 1, a2208 = 1, a2209 = 1, a2210 = 1, a2211 = 1, a2212 = 1, a2213 = 1, a2214 = 1, a2215 = 1, a2216 = 1, a2217 = 1, a2218 = 1, a2219 = 1, a2220 = 1, a2221 = 1, a2222 = 1, a2223 = 1, a2224 = 1, a2225 = 1, a2226 = 1, a2227 = 1, a2228 = 1, a2229 = 1, a2230 = 1, a2231 = 1, a2232 = 1, a2233 = 1, a2234 = 1, a2235 = 1, a2236 = 1, a2237 = 1, a2238 = 1, a2239 = 1, a2240 = 1, a2241 = 1, a2242 = 1, a2243 = 1, a2244 = 1, a2245 = 1, a2246 = 1, a2247 = 1, a2248 = 1, a2249 = 1, a2250 = 1, a2251 = 1, a2252 = 1, a2253 = 1, a2254 = 1, a2255 = 1, a2256 = 1, a2257 = 1, a2258 = 1, a2259 = 1, a2260 = 1, a2261 = 1, a2262 = 1, a2263 = 1, a2264 = 1, a2265 = 1, a2266 = 1, a2267 = 1, a2268 = 1, a2269 = 1, a2270 = 1, a2271 = 1, a2272 = 1, a2273 = 1, a2274 = 1, a2275 = 1, a2276 = 1, a2277 = 1, a2278 = 1, a2279 = 1, a2280 = 1, a2281 = 1, a2282 = 1, a2283 = 1, a2284 = 1, a2285 = 1, a2286 = 1, a2287 = 1, a2288 = 1, a2289 = 1, a2290 = 1, a2291 = 1, a2292 = 1, a2293 = 1, a2294 = 1, a2295 = 1, a2296 = 1, a2297 = 1, a2298 = 1, a2299 = 1, a2300 = 1, a2301 = 1, a2302 = 1, a2303 = 1, a2304 = 1, a2305 = 1, a2306 = 1, a2307 = 1, a2308 = 1, a2309 = 1, a2310 = 1, a2311 = 1, a2312 = 1, a2313 = 1, a2314 = 1, a2315 = 1, a2316 = 1, a2317 = 1, a2318 = 1, a2319 = 1, a2320 = 1, a2321 = 1, a2322 = 1, a2323 = 1, a2324 = 1, a2325 = 1, a2326 = 1, a2327 = 1, a2328 = 1, a2329 = 1, a2330 = 1, a2331 = 1, a2332 = 1, a2333 = 1, a2334 = 1, a2335 = 1, a2336 = 1, a2337 = 1, a2338 = 1, a2339 = 1, a2340 = 1, a2341 = 1, a2342 = 1, a2343 = 1, a2344 = 1, a2345 = 1, a2346 = 1, a2347 = 1, a2348 = 1, a2349 = 1, a2350 = 1, a2351 = 1, a2352 = 1, a2353 = 1, a2354 = 1, a2355 = 1, a2356 = 1, a2357 = 1, a2358 = 1, a2359 = 1, a2360 = 1, a2361 = 1, a2362 = 1, a2363 = 1, a2364 = 1, a2365 = 1, a2366 = 1, a2367 = 1, a2368 = 1, a2369 = 1, a2370 = 1, a2371 = 1, a2372 = 1, a2373 = 1, a2374 = 1, a2375 = 1, a2376 = 1, a2377 = 1, a2378 = 1, a2379 = 1, a2380 = 1, a2381 = 1, a2382 = 1, a2383 = 1, a2384 = 1, a2385 = 1, a2386 = 1, a2387 = 1, a2388 = 1, a2389 = 1, a2390 = 1, a2391 = 1, a2392 = 1, a2393 = 1, a2394 = 1, a2395 = 1, a2396 = 1, a2397 = 1, a2398 = 1, a2399 = 1, a2400 = 1, a2401 = 1, a2402 = 1, a2403 = 1, a2404 = 1, a2405 = 1, a2406 = 1, a2407 = 1, a2408 = 1, a2409 = 1, a2410 = 1, a2411 = 1, a2412 = 1, a2413 = 1, a2414 = 1, a2415 = 1, a2416 = 1, a2417 = 1, a2418 = 1, a2419 = 1, a2420 = 1, a2421 = 1, a2422 = 1, a2423 = 1, a2424 = 1, a2425 = 1, a2426 = 1, a2427 = 1, a2428 = 1, a2429 = 1, a2430 = 1, a2431 = 1, a2432 = 1, a2433 = 1, a2434 = 1, a2435 = 1, a2436 = 1, a2437 = 1, a2438 = 1, a2439 = 1, a2440 = 1, a2441 = 1, a2442 = 1, a2443 = 1, a2444 = 1, a2445 = 1, a2446 = 1, a2447 = 1, a2448 = 1, a2449 = 1, a2450 = 1, a2451 = 1, a2452 = 1, a2453 = 1, a2454 = 1, a2455 = 1, a2456 = 1, a2457 = 1, a2458 = 1, a2459 = 1, a2460 = 1, a2461 = 1, a2462 = 1, a2463 = 1, a2464 = 1, a2465 = 1, a2466 = 1, a2467 = 1, a2468 = 1, a2469 = 1, a2470 = 1, a2471 = 1, a2472 = 1, a2473 = 1, a2474 = 1, a2475 = 1, a2476 = 1, a2477 = 1, a2478 = 1, a2479 = 1, a2480 = 1, a2481 = 1, a2482 = 1, a2483 = 1, a2484 = 1, a2485 = 1, a2486 = 1, a2487 = 1, a2488 = 1, a2489 = 1, a2490 = 1, a2491 = 1, a2492 = 1, a2493 = 1, a2494 = 1, a2495 = 1, a2496 = 1, a2497 = 1, a2498 = 1, a2499 = 1, a2500 = 1, a2501 = 1, a2502 = 1, a2503 = 1, a2504 = 1, a2505 = 1, a2506 = 1, a2507 = 1, a2508 = 1, a2509 = 1, a2510 = 1, a2511 = 1, a2512 = 1, a2513 = 1, a2514 = 1, a2515 = 1, a2516 = 1, a2517 = 1, a2518 = 1, a2519 = 1, a2520 = 1, a2521 = 1, a2522 = 1, a2523 = 1, a2524 = 1, a2525 = 1, a2526 = 1, a2527 = 1, a2528 = 1, a2529 = 1, a2530 = 1, a2531 = 1, a2532 = 1, a2533 = 1, a2534 = 1, a2535 = 1, a2536 = 1, a2537 = 1, a2538 = 1, a2539 = 1, a2540 = 1, a2541 = 1, a2542 = 1, a2543 = 1, a2544 = 1, a2545 = 1, a2546 = 1, a2547 = 1, a2548 = 1, a2549 = 1, a2550 = 1, a2551 = 1, a2552 = 1, a2553 = 1, a2554 = 1, a2555 = 1, a2556 = 1, a2557 = 1, a2558 = 1, a2559 = 1, a2560 = 1, a2561 = 1, a2562 = 1, a2563 = 1, a2564 = 1, a2565 = 1, a2566 = 1, a2567 = 1, a2568 = 1, a2569 = 1, a2570 = 1, a2571 = 1, a2572 = 1, a2573 = 1, a2574 = 1, a2575 = 1, a2576 = 1, a2577 = 1, a2578 = 1, a2579 = 1, a2580 = 1, a2581 = 1, a2582 = 1, a2583 = 1, a2584 = 1, a2585 = 1, a2586 = 1, a2587 = 1, a2588 = 1, a2589 = 1, a2590 = 1, a2591 = 1, a2592 = 1, a2593 = 1, a2594 = 1, a2595 = 1, a2596 = 1, a2597 = 1, a2598 = 1, a2599 = 1, a2600 = 1, a2601 = 1, a2602 = 1, a2603 = 1, a2604 = 1, a2605 = 1, a2606 = 1, a2607 = 1, a2608 = 1, a2609 = 1, a2610 = 1, a2611 = 1, a2612 = 1, a2613 = 1, a2614 = 1, a2615 = 1, a2616 = 1, a2617 = 1, a2618 = 1, a2619 = 1, a2620 = 1, a2621 = 1, a2622 = 1, a2623 = 1, a2624 = 1, a2625 = 1, a2626 = 1, a2627 = 1, a2628 = 1, a2629 = 1, a2630 = 1, a2631 = 1, a2632 = 1, a2633 = 1, a2634 = 1, a2635 = 1, a2636 = 1, a2637 = 1, a2638 = 1, a2639 = 1, a2640 = 1, a2641 = 1, a2642 = 1, a2643 = 1, a2644 = 1, a2645 = 1, a2646 = 1, a2647 = 1, a2648 = 1, a2649 = 1, a2650 = 1, a2651 = 1, a2652 = 1, a2653 = 1, a2654 = 1, a2655 = 1, a2656 = 1, a2657 = 1, a2658 = 1, a2659 = 1, a2660 = 1, a2661 = 1, a2662 = 1, a2663 = 1, a2664 = 1, a2665 = 1, a2666 = 1, a2667 = 1, a2668 = 1, a2669 = 1, a2670 = 1, a2671 = 1, a2672 = 1, a2673 = 1, a2674 = 1, a2675 = 1, a2676 = 1, a2677 = 1, a2678 = 1, a2679 = 1, a2680 = 1, a2681 = 1, a2682 = 1, a2683 = 1, a2684 = 1, a2685 = 1, a2686 = 1, a2687 = 1, a2688 = 1, a2689 = 1, a2690 = 1, a2691 = 1, a2692 = 1, a2693 = 1, a2694 = 1, a2695 = 1, a2696 = 1, a2697 = 1, a2698 = 1, a2699 = 1, a2700 = 1, a2701 = 1, a2702 = 1, a2703 = 1, a2704 = 1, a2705 = 1, a2706 = 1, a2707 = 1, a2708 = 1, a2709 = 1, a2710 = 1, a2711 = 1, a2712 = 1, a2713 = 1, a2714 = 1, a2715 = 1, a2716 = 1, a2717 = 1, a2718 = 1, a2719 = 1, a2720 = 1, a2721 = 1, a2722 = 1, a2723 = 1, a2724 = 1, a2725 = 1, a2726 = 1, a2727 = 1, a2728 = 1, a2729 = 1, a2730 = 1, a2731 = 1, a2732 = 1, a2733 = 1, a2734 = 1, a2735 = 1, a2736 = 1, a2737 = 1, a2738 = 1, a2739 = 1, a2740 = 1, a2741 = 1, a2742 = 1, a2743 = 1, a2744 = 1, a2745 = 1, a2746 = 1, a2747 = 1, a2748 = 1, a2749 = 1, a2750 = 1, a2751 = 1, a2752 = 1, a2753 = 1, a2754 = 1, a2755 = 1, a2756 = 1, a2757 = 1, a2758 = 1, a2759 = 1, a2760 = 1, a2761 = 1, a2762 = 1, a2763 = 1, a2764 = 1, a2765 = 1, a2766 = 1, a2767 = 1, a2768 = 1, a2769 = 1, a2770 = 1, a2771 = 1, a2772 = 1, a2773 = 1, a2774 = 1, a2775 = 1, a2776 = 1, a2777 = 1, a2778 = 1, a2779 = 1, a2780 = 1, a2781 = 1, a2782 = 1, a2783 = 1, a2784 = 1, a2785 = 1, a2786 = 1, a2787 = 1, a2788 = 1, a2789 = 1, a2790 = 1, a2791 = 1, a2792 = 1, a2793 = 1, a2794 = 1, a2795 = 1, a2796 = 1, a2797 = 1, a2798 = 1, a2799 = 1, a2800 = 1, a2801 = 1, a2802 = 1, a2803 = 1, a2804 = 1, a2805 = 1, a2806 = 1, a2807 = 1, a2808 = 1, a2809 = 1, a2810 = 1, a2811 = 1, a2812 = 1, a2813 = 1, a2814 = 1, a2815 = 1, a2816 = 1, a2817 = 1, a2818 = 1, a2819 = 1, a2820 = 1, a2821 = 1, a2822 = 1, a2823 = 1, a2824 = 1, a2825 = 1, a2826 = 1, a2827 = 1, a2828 = 1, a2829 = 1, a2830 = 1, a2831 = 1, a2832 = 1, a2833 = 1, a2834 = 1, a2835 = 1, a2836 = 1, a2837 = 1, a2838 = 1, a2839 = 1, a2840 = 1, a2841 = 1, a2842 = 1, a2843 = 1, a2844 = 1, a2845 = 1, a2846 = 1, a2847 = 1, a2848 = 1, a2849 = 1, a2850 = 1, a2851 = 1, a2852 = 1, a2853 = 1, a2854 = 1, a2855 = 1, a2856 = 1, a2857 = 1, a2858 = 1, a2859 = 1, a2860 = 1, a2861 = 1, a2862 = 1, a2863 = 1, a2864 = 1, a2865 = 1, a2866 = 1, a2867 = 1, a2868 = 1, a2869 = 1, a2870 = 1, a2871 = 1, a2872 = 1, a2873 = 1, a2874 = 1, a2875 = 1, a2876 = 1, a2877 = 1, a2878 = 1, a2879 = 1, a2880 = 1, a2881 = 1, a2882 = 1, a2883 = 1, a2884 = 1, a2885 = 1, a2886 = 1, a2887 = 1, a2888 = 1, a2889 = 1, a2890 = 1, a2891 = 1, a2892 = 1, a2893 = 1, a2894 = 1, a2895 = 1, a2896 = 1, a2897 = 1, a2898 = 1, a2899 = 1, a2900 = 1, a2901 = 1, a2902 = 1, a2903 = 1, a2904 = 1, a2905 = 1, a2906 = 1, a2907 = 1, a2908 = 1, a2909 = 1, a2910 = 1, a2911 = 1, a2912 = 1, a2913 = 1, a2914 = 1, a2915 = 1, a2916 = 1, a2917 = 1, a2918 = 1, a2919 = 1, a2920 = 1, a2921 = 1, a2922 = 1, a2923 = 1, a2924 = 1, a2925 = 1, a2926 = 1, a2927 = 1, a2928 = 1, a2929 = 1, a2930 = 1, a2931 = 1, a2932 = 1, a2933 = 1, a2934 = 1, a2935 = 1, a2936 = 1, a2937 = 1, a2938 = 1, a2939 = 1, a2940 = 1, a2941 = 1, a2942 = 1, a2943 = 1, a2944 = 1, a2945 = 1, a2946 = 1, a2947 = 1, a2948 = 1, a2949 = 1, a2950 = 1, a2951 = 1, a2952 = 1, a2953 = 1, a2954 = 1, a2955 = 1, a2956 = 1, a2957 = 1, a2958 = 1, a2959 = 1, a2960 = 1, a2961 = 1, a2962 = 1, a2963 = 1, a2964 = 1, a2965 = 1, a2966 = 1, a2967 = 1, a2968 = 1, a2969 = 1, a2970 = 1, a2971 = 1, a2972 = 1, a2973 = 1, a2974 = 1, a2975 = 1, a2976 = 1, a2977 = 1, a2978 = 1, a2979 = 1, a2980 = 1, a2981 = 1, a2982 = 1, a2983 = 1, a2984 = 1, a2985 = 1, a2986 = 1, a2987 = 1, a2988 = 1, a2989 = 1, a2990 = 1, a2991 = 1, a2992 = 1, a2993 = 1, a2994 = 1, a2995 = 1, a2996 = 1, a2997 = 1, a2998 = 1, a2999 = 1, a3000 = 1, a3001 = 1, a3002 = 1, a3003 = 1, a3004 = 1, a3005 = 1, a3006 = 1, a3007 = 1, a3008 = 1, a3009 = 1, a3010 = 1, a3011 = 1, a3012 = 1, a3013 = 1, a3014 = 1, a3015 = 1, a3016 = 1, a3017 = 1, a3018 = 1, a3019 = 1, a3020 = 1, a3021 = 1, a3022 = 1, a3023 = 1, a3024 = 1, a3025 = 1, a3026 = 1, a3027 = 1, a3028 = 1, a3029 = 1, a3030 = 1, a3031 = 1, a3032 = 1, a3033 = 1, a3034 = 1, a3035 = 1, a3036 = 1, a3037 = 1, a3038 = 1, a3039 = 1, a3040 = 1, a3041 = 1, a3042 = 1, a3043 = 1, a3044 = 1, a3045 = 1, a3046 = 1, a3047 = 1, a3048 = 1, a3049 = 1, a3050 = 1, a3051 = 1, a3052 = 1, a3053 = 1, a3054 = 1, a3055 = 1, a3056 = 1, a3057 = 1, a3058 = 1, a3059 = 1, a3060 = 1, a3061 = 1, a3062 = 1, a3063 = 1, a3064 = 1, a3065 = 1, a3066 = 1, a3067 = 1, a3068 = 1, a3069 = 1, a3070 = 1, a3071 = 1, a3072 = 1, a3073 = 1, a3074 = 1, a3075 = 1, a3076 = 1, a3077 = 1, a3078 = 1, a3079 = 1, a3080 = 1, a3081 = 1, a3082 = 1, a3083 = 1, a3084 = 1, a3085 = 1, a3086 = 1, a3087 = 1, a3088 = 1, a3089 = 1, a3090 = 1, a3091 = 1, a3092 = 1, a3093 = 1, a3094 = 1, a3095 = 1, a3096 = 1, a3097 = 1, a3098 = 1, a3099 = 1, a3100 = 1, a3101 = 1, a3102 = 1, a3103 = 1, a3104 = 1, a3105 = 1, a3106 = 1, a3107 = 1, a3108 = 1, a3109 = 1, a3110 = 1, a3111 = 1, a3112 = 1, a3113 = 1, a3114 = 1, a3115 = 1, a3116 = 1, a3117 = 1, a3118 = 1, a3119 = 1, a3120 = 1, a3121 = 1, a3122 = 1, a3123 = 1, a3124 = 1, a3125 = 1, a3126 = 1, a3127 = 1, a3128 = 1, a3129 = 1, a3130 = 1, a3131 = 1, a3132 = 1, a3133 = 1, a3134 = 1, a3135 = 1, a3136 = 1, a3137 = 1, a3138 = 1, a3139 = 1, a3140 = 1, a3141 = 1, a3142 = 1, a3143 = 1, a3144 = 1, a3145 = 1, a3146 = 1, a3147 = 1, a3148 = 1, a3149 = 1, a3150 = 1, a3151 = 1, a3152 = 1, a3153 = 1, a3154 = 1, a3155 = 1, a3156 = 1, a3157 = 1, a3158 = 1, a3159 = 1, a3160 = 1, a3161 = 1, a3162 = 1, a3163 = 1, a3164 = 1, a3165 = 1, a3166 = 1, a3167 = 1, a3168 = 1, a3169 = 1, a3170 = 1, a3171 = 1, a3172 = 1, a3173 = 1, a3174 = 1, a3175 = 1, a3176 = 1, a3177 = 1, a3178 = 1, a3179 = 1, a3180 = 1, a3181 = 1, a3182 = 1, a3183 = 1, a3184 = 1, a3185 = 1, a3186 = 1, a3187 = 1, a3188 = 1, a3189 = 1, a3190 = 1, a3191 = 1, a3192 = 1, a3193 = 1, a3194 = 1, a3195 = 1, a3196 = 1, a3197 = 1, a3198 = 1, a3199 = 1, a3200 = 1, a3201 = 1, a3202 = 1, a3203 = 1, a3204 = 1, a3205 = 1, a3206 = 1, a3207 = 1, a3208 = 1, a3209 = 1, a3210 = 1, a3211 = 1, a3212 = 1, a3213 = 1, a3214 = 1, a3215 = 1, a3216 = 1, a3217 = 1, a3218 = 1, a3219 = 1, a3220 = 1, a3221 = 1, a3222 = 1, a3223 = 1, a3224 = 1, a3225 = 1, a3226 = 1, a3227 = 1, a3228 = 1, a3229 = 1, a3230 = 1, a3231 = 1, a3232 = 1, a3233 = 1, a3234 = 1, a3235 = 1, a3236 = 1, a3237 = 1, a3238 = 1, a3239 = 1, a3240 = 1, a3241 = 1, a3242 = 1, a3243 = 1, a3244 = 1, a3245 = 1, a3246 = 1, a3247 = 1, a3248 = 1, a3249 = 1, a3250 = 1, a3251 = 1, a3252 = 1, a3253 = 1, a3254 = 1, a3255 = 1, a3256 = 1, a3257 = 1, a3258 = 1, a3259 = 1, a3260 = 1, a3261 = 1, a3262 = 1, a3263 = 1, a3264 = 1, a3265 = 1, a3266 = 1, a3267 = 1, a3268 = 1, a3269 = 1, a3270 = 1, a3271 = 1, a3272 = 1, a3273 = 1, a3274 = 1, a3275 = 1, a3276 = 1, a3277 = 1, a3278 = 1, a3279 = 1, a3280 = 1, a3281 = 1, a3282 = 1, a3283 = 1, a3284 = 1, a3285 = 1, a3286 = 1, a3287 = 1, a3288 = 1, a3289 = 1, a3290 = 1, a3291 = 1, a3292 = 1, a3293 = 1, a3294 = 1, a3295 = 1, a3296 = 1, a3297 = 1, a3298 = 1, a3299 = 1, a3300 = 1, a3301 = 1, a3302 = 1, a3303 = 1, a3304 = 1, a3305 = 1, a3306 = 1, a3307 = 1, a3308 = 1, a3309 = 1, a3310 = 1, a3311 = 1, a3312 = 1, a3313 = 1, a3314 = 1, a3315 = 1, a3316 = 1, a3317 = 1, a3318 = 1, a3319 = 1, a3320 = 1, a3321 = 1, a3322 = 1, a3323 = 1, a3324 = 1, a3325 = 1, a3326 = 1, a3327 = 1, a3328 = 1, a3329 = 1, a3330 = 1, a3331 = 1, a3332 = 1, a3333 = 1, a3334 = 1, a3335 = 1, a3336 = 1, a3337 = 1, a3338 = 1, a3339 = 1, a3340 = 1, a3341 = 1, a3342 = 1, a3343 = 1, a3344 = 1, a3345 = 1, a3346 = 1, a3347 = 1, a3348 = 1, a3349 = 1, a3350 = 1, a3351 = 1, a3352 = 1, a3353 = 1, a3354 = 1, a3355 = 1, a3356 = 1, a3357 = 1, a3358 = 1, a3359 = 1, a3360 = 1, a3361 = 1, a3362 = 1, a3363 = 1, a3364 = 1, a3365 = 1, a3366 = 1, a3367 = 1, a3368 = 1, a3369 = 1, a3370 = 1, a3371 = 1, a3372 = 1, a3373 = 1, a3374 = 1, a3375 = 1, a3376 = 1, a3377 = 1, a3378 = 1, a3379 = 1, a3380 = 1, a3381 = 1, a3382 = 1, a3383 = 1, a3384 = 1, a3385 = 1, a3386 = 1, a3387 = 1, a3388 = 1, a3389 = 1, a3390 = 1, a3391 = 1, a3392 = 1, a3393 = 1, a3394 = 1, a3395 = 1, a3396 = 1, a3397 = 1, a3398 = 1, a3399 = 1, a3400 = 1, a3401 = 1, a3402 = 1, a3403 = 1, a3404 = 1, a3405 = 1, a3406 = 1, a3407 = 1, a3408 = 1, a3409 = 1, a3410 = 1, a3411 = 1, a3412 = 1, a3413 = 1, a3414 = 1, a3415 = 1, a3416 = 1, a3417 = 1, a3418 = 1, a3419 = 1, a3420 = 1, a3421 = 1, a3422 = 1, a3423 = 1, a3424 = 1, a3425 = 1, a3426 = 1, a3427 = 1, a3428 = 1, a3429 = 1, a3430 = 1, a3431 = 1, a3432 = 1, a3433 = 1, a3434 = 1, a3435 = 1, a3436 = 1, a3437 = 1, a3438 = 1, a3439 = 1, a3440 = 1, a3441 = 1, a3442 = 1, a3443 = 1, a3444 = 1, a3445 = 1, a3446 = 1, a3447 = 1, a3448 = 1, a3449 = 1, a3450 = 1, a3451 = 1, a3452 = 1, a3453 = 1, a3454 = 1, a3455 = 1, a3456 = 1, a3457 = 1, a3458 = 1, a3459 = 1, a3460 = 1, a3461 = 1, a3462 = 1, a3463 = 1, a3464 = 1, a3465 = 1, a3466 = 1, a3467 = 1, a3468 = 1, a3469 = 1, a3470 = 1, a3471 = 1, a3472 = 1, a3473 = 1, a3474 = 1, a3475 = 1, a3476 = 1, a3477 = 1, a3478 = 1, a3479 = 1, a3480 = 1, a3481 = 1, a3482 = 1, a3483 = 1, a3484 = 1, a3485 = 1, a3486 = 1, a3487 = 1, a3488 = 1, a3489 = 1, a3490 = 1, a3491 = 1, a3492 = 1, a3493 = 1, a3494 = 1, a3495 = 1, a3496 = 1, a3497 = 1, a3498 = 1, a3499 = 1, a3500 = 1, a3501 = 1, a3502 = 1, a3503 = 1, a3504 = 1, a3505 = 1, a3506 = 1, a3507 = 1, a3508 = 1, a3509 = 1, a3510 = 1, a3511 = 1, a3512 = 1, a3513 = 1, a3514 = 1, a3515 = 1, a3516 = 1, a3517 = 1, a3518 = 1, a3519 = 1, a3520 = 1, a3521 = 1, a3522 = 1, a3523 = 1, a3524 = 1, a3525 = 1, a3526 = 1, a3527 = 1, a3528 = 1, a3529 = 1, a3530 = 1, a3531 = 1, a3532 = 1, a3533 = 1, a3534 = 1, a3535 = 1, a3536 = 1, a3537 = 1, a3538 = 1, a3539 = 1, a3540 = 1, a3541 = 1, a3542 = 1, a3543 = 1, a3544 = 1, a3545 = 1, a3546 = 1, a3547 = 1, a3548 = 1, a3549 = 1, a3550 = 1, a3551 = 1, a3552 = 1, a3553 = 1, a3554 = 1, a3555 = 1, a3556 = 1, a3557 = 1, a3558 = 1, a3559 = 1, a3560 = 1, a3561 = 1, a3562 = 1, a3563 = 1, a3564 = 1, a3565 = 1, a3566 = 1, a3567 = 1, a3568 = 1, a3569 = 1, a3570 = 1, a3571 = 1, a3572 = 1, a3573 = 1, a3574 = 1, a3575 = 1, a3576 = 1, a3577 = 1, a3578 = 1, a3579 = 1, a3580 = 1, a3581 = 1, a3582 = 1, a3583 = 1, a3584 = 1, a3585 = 1, a3586 = 1, a3587 = 1, a3588 = 1, a3589 = 1, a3590 = 1, a3591 = 1, a3592 = 1, a3593 = 1, a3594 = 1, a3595 = 1, a3596 = 1, a3597 = 1, a3598 = 1, a3599 = 1, a3600 = 1, a3601 = 1, a3602 = 1, a3603 = 1, a3604 = 1, a3605 = 1, a3606 = 1, a3607 = 1, a3608 = 1, a3609 = 1, a3610 = 1, a3611 = 1, a3612 = 1, a3613 = 1, a3614 = 1, a3615 = 1, a3616 = 1, a3617 = 1, a3618 = 1, a3619 = 1, a3620 = 1, a3621 = 1, a3622 = 1, a3623 = 1, a3624 = 1, a3625 = 1, a3626 = 1, a3627 = 1, a3628 = 1, a3629 = 1, a3630 = 1, a3631 = 1, a3632 = 1, a3633 = 1, a3634 = 1, a3635 = 1, a3636 = 1, a3637 = 1, a3638 = 1, a3639 = 1, a3640 = 1, a3641 = 1, a3642 = 1, a3643 = 1, a3644 = 1, a3645 = 1, a3646 = 1, a3647 = 1, a3648 = 1, a3649 = 1, a3650 = 1, a3651 = 1, a3652 = 1, a3653 = 1, a3654 = 1, a3655 = 1, a3656 = 1, a3657 = 1, a3658 = 1, a3659 = 1, a3660 = 1, a3661 = 1, a3662 = 1, a3663 = 1, a3664 = 1, a3665 = 1, a3666 = 1, a3667 = 1, a3668 = 1, a3669 = 1, a3670 = 1, a3671 = 1, a3672 = 1, a3673 = 1, a3674 = 1, a3675 = 1, a3676 = 1, a3677 = 1, a3678 = 1, a3679 = 1, a3680 = 1, a3681 = 1, a3682 = 1, a3683 = 1, a3684 = 1, a3685 = 1, a3686 = 1, a3687 = 1, a3688 = 1, a3689 = 1, a3690 = 1, a3691 = 1, a3692 = 1, a3693 = 1, a3694 = 1, a3695 = 1, a3696 = 1, a3697 = 1, a3698 = 1, a3699 = 1, a3700 = 1, a3701 = 1, a3702 = 1, a3703 = 1, a3704 = 1, a3705 = 1, a3706 = 1, a3707 = 1, a3708 = 1, a3709 = 1, a3710 = 1, a3711 = 1, a3712 = 1, a3713 = 1, a3714 = 1, a3715 = 1, a3716 = 1, a3717 = 1, a3718 = 1, a3719 = 1, a3720 = 1, a3721 = 1, a3722 = 1, a3723 = 1, a3724 = 1, a3725 = 1, a3726 = 1, a3727 = 1, a3728 = 1, a3729 = 1, a3730 = 1, a3731 = 1, a3732 = 1, a3733 = 1, a3734 = 1, a3735 = 1, a3736 = 1, a3737 = 1, a3738 = 1, a3739 = 1, a3740 = 1, a3741 = 1, a3742 = 1, a3743 = 1, a3744 = 1, a3745 = 1, a3746 = 1, a3747 = 1, a3748 = 1, a3749 = 1, a3750 = 1, a3751 = 1, a3752 = 1, a3753 = 1, a3754 = 1, a3755 = 1, a3756 = 1, a3757 = 1, a3758 = 1, a3759 = 1, a3760 = 1, a3761 = 1, a3762 = 1, a3763 = 1, a3764 = 1, a3765 = 1, a3766 = 1, a3767 = 1, a3768 = 1, a3769 = 1, a3770 = 1, a3771 = 1, a3772 = 1, a3773 = 1, a3774 = 1, a3775 = 1, a3776 = 1, a3777 = 1, a3778 = 1, a3779 = 1, a3780 = 1, a3781 = 1, a3782 = 1, a3783 = 1, a3784 = 1, a3785 = 1, a3786 = 1, a3787 = 1, a3788 = 1, a3789 = 1, a3790 = 1, a3791 = 1, a3792 = 1, a3793 = 1, a3794 = 1, a3795 = 1, a3796 = 1, a3797 = 1, a3798 = 1, a3799 = 1, a3800 = 1, a3801 = 1, a3802 = 1, a3803 = 1, a3804 = 1, a3805 = 1, a3806 = 1, a3807 = 1, a3808 = 1, a3809 = 1, a3810 = 1, a3811 = 1, a3812 = 1, a3813 = 1, a3814 = 1, a3815 = 1, a3816 = 1, a3817 = 1, a3818 = 1, a3819 = 1, a3820 = 1, a3821 = 1, a3822 = 1, a3823 = 1, a3824 = 1, a3825 = 1, a3826 = 1, a3827 = 1, a3828 = 1, a3829 = 1, a3830 = 1, a3831 = 1, a3832 = 1, a3833 = 1, a3834 = 1, a3835 = 1, a3836 = 1, a3837 = 1, a3838 = 1, a3839 = 1, a3840 = 1, a3841 = 1, a3842 = 1, a3843 = 1, a3844 = 1, a3845 = 1, a3846 = 1, a3847 = 1, a3848 = 1, a3849 = 1, a3850 = 1, a3851 = 1, a3852 = 1, a3853 = 1, a3854 = 1, a3855 = 1, a3856 = 1, a3857 = 1, a3858 = 1, a3859 = 1, a3860 = 1, a3861 = 1, a3862 = 1, a3863 = 1, a3864 = 1, a3865 = 1, a3866 = 1, a3867 = 1, a3868 = 1, a3869 = 1, a3870 = 1, a3871 = 1, a3872 = 1, a3873 = 1, a3874 = 1, a3875 = 1, a3876 = 1, a3877 = 1, a3878 = 1, a3879 = 1, a3880 = 1, a3881 = 1, a3882 = 1, a3883 = 1, a3884 = 1, a3885 = 1, a3886 = 1, a3887 = 1, a3888 = 1, a3889 = 1, a3890 = 1, a3891 = 1, a3892 = 1, a3893 = 1, a3894 = 1, a3895 = 1, a3896 = 1, a3897 = 1, a3898 = 1, a3899 = 1, a3900 = 1, a3901 = 1, a3902 = 1, a3903 = 1, a3904 = 1, a3905 = 1, a3906 = 1, a3907 = 1, a3908 = 1, a3909 = 1, a3910 = 1, a3911 = 1, a3912 = 1, a3913 = 1, a3914 = 1, a3915 = 1, a3916 = 1, a3917 = 1, a3918 = 1, a3919 = 1, a3920 = 1, a3921 = 1, a3922 = 1, a3923 = 1, a3924 = 1, a3925 = 1, a3926 = 1, a3927 = 1, a3928 = 1, a3929 = 1, a3930 = 1, a3931 = 1, a3932 = 1, a3933 = 1, a3934 = 1, a3935 = 1, a3936 = 1, a3937 = 1, a3938 = 1, a3939 = 1, a3940 = 1, a3941 = 1, a3942 = 1, a3943 = 1, a3944 = 1, a3945 = 1, a3946 = 1, a3947 = 1, a3948 = 1, a3949 = 1, a3950 = 1, a3951 = 1, a3952 = 1, a3953 = 1, a3954 = 1, a3955 = 1, a3956 = 1, a3957 = 1, a3958 = 1, a3959 = 1, a3960 = 1, a3961 = 1, a3962 = 1, a3963 = 1, a3964 = 1, a3965 = 1, a3966 = 1, a3967 = 1, a3968 = 1, a3969 = 1, a3970 = 1, a3971 = 1, a3972 = 1, a3973 = 1, a3974 = 1, a3975 = 1, a3976 = 1, a3977 = 1, a3978 = 1, a3979 = 1, a3980 = 1, a3981 = 1, a3982 = 1, a3983 = 1, a3984 = 1, a3985 = 1, a3986 = 1, a3987 = 1, a3988 = 1, a3989 = 1, a3990 = 1, a3991 = 1, a3992 = 1, a3993 = 1, a3994 = 1, a3995 = 1, a3996 = 1, a3997 = 1, a3998 = 1, a3999 = 1, a4000 = 1, a4001 = 1, a4002 = 1, a4003 = 1, a4004 = 1, a4005 = 1, a4006 = 1, a4007 = 1, a4008 = 1, a4009 = 1, a4010 = 1, a4011 = 1, a4012 = 1, a4013 = 1, a4014 = 1, a4015 = 1, a4016 = 1, a4017 = 1, a4018 = 1, a4019 = 1, a4020 = 1, a4021 = 1, a4022 = 1, a4023 = 1, a4024 = 1, a4025 = 1, a4026 = 1, a4027 = 1, a4028 = 1, a4029 = 1, a4030 = 1, a4031 = 1, a4032 = 1, a4033 = 1, a4034 = 1, a4035 = 1, a4036 = 1, a4037 = 1, a4038 = 1, a4039 = 1, a4040 = 1, a4041 = 1, a4042 = 1, a4043 = 1, a4044 = 1, a4045 = 1, a4046 = 1, a4047 = 1, a4048 = 1, a4049 = 1, a4050 = 1, a4051 = 1, a4052 = 1, a4053 = 1, a4054 = 1, a4055 = 1, a4056 = 1, a4057 = 1, a4058 = 1, a4059 = 1, a4060 = 1, a4061 = 1, a4062 = 1, a4063 = 1, a4064 = 1, a4065 = 1, a4066 = 1, a4067 = 1, a4068 = 1, a4069 = 1, a4070 = 1, a4071 = 1, a4072 = 1, a4073 = 1, a4074 = 1, a4075 = 1, a4076 = 1, a4077 = 1, a4078 = 1, a4079 = 1, a4080 = 1, a4081 = 1, a4082 = 1, a4083 = 1, a4084 = 1, a4085 = 1, a4086 = 1, a4087 = 1, a4088 = 1, a4089 = 1, a4090 = 1, a4091 = 1, a4092 = 1, a4093 = 1, a4094 = 1, a4095 = 1, a4096 = 1, a4097 = 1, a4098 = 1, a4099 = 1, a4100 = 1, a4101 = 1, a4102 = 1, a4103 = 1, a4104 = 1, a4105 = 1, a4106 = 1, a4107 = 1, a4108 = 1, a4109 = 1, a4110 = 1, a4111 = 1, a4112 = 1, a4113 = 1, a4114 = 1, a4115 = 1, a4116 = 1, a4117 = 1, a4118 = 1, a4119 = 1, a4120 = 1, a4121 = 1, a4122 = 1, a4123 = 1, a4124 = 1, a4125 = 1, a4126 = 1, a4127 = 1, a4128 = 1, a4129 = 1, a4130 = 1, a4131 = 1, a4132 = 1, a4133 = 1, a4134 = 1, a4135 = 1, a4136 = 1, a4137 = 1, a4138 = 1, a4139 = 1, a4140 = 1, a4141 = 1, a4142 = 1, a4143 = 1, a4144 = 1, a4145 = 1, a4146 = 1, a4147 = 1, a4148 = 1, a4149 = 1, a4150 = 1, a4151 = 1, a4152 = 1, a4153 = 1, a4154 = 1, a4155 = 1, a4156 = 1, a4157 = 1, a4158 = 1, a4159 = 1, a4160 = 1, a4161 = 1, a4162 = 1, a4163 = 1, a4164 = 1, a4165 = 1, a4166 = 1, a4167 = 1, a4168 = 1, a4169 = 1, a4170 = 1, a4171 = 1, a4172 = 1, a4173 = 1, a4174 = 1, a4175 = 1, a4176 = 1, a4177 = 1, a4178 = 1, a4179 = 1, a4180 = 1, a4181 = 1, a4182 = 1, a4183 = 1, a4184 = 1, a4185 = 1, a4186 = 1, a4187 = 1, a4188 = 1, a4189 = 1, a4190 = 1, a4191 = 1, a4192 = 1, a4193 = 1, a4194 = 1, a4195 = 1, a4196 = 1, a4197 = 1, a4198 = 1, a4199 = 1, a4200 = 1, a4201 = 1, a4202 = 1, a4203 = 1, a4204 = 1, a4205 = 1, a4206 = 1, a4207 = 1, a4208 = 1, a4209 = 1, a4210 = 1, a4211 = 1, a4212 = 1, a4213 = 1, a4214 = 1, a4215 = 1, a4216 = 1, a4217 = 1, a4218 = 1, a4219 = 1, a4220 = 1, a4221 = 1, a4222 = 1, a4223 = 1, a4224 = 1, a4225 = 1, a4226 = 1, a4227 = 1, a4228 = 1, a4229 = 1, a4230 = 1, a4231 = 1, a4232 = 1, a4233 = 1, a4234 = 1, a4235 = 1, a4236 = 1, a4237 = 1, a4238 = 1, a4239 = 1, a4240 = 1, a4241 = 1, a4242 = 1, a4243 = 1, a4244 = 1, a4245 = 1, a4246 = 1, a4247 = 1, a4248 = 1, a4249 = 1, a4250 = 1, a4251 = 1, a4252 = 1, a4253 = 1, a4254 = 1, a4255 = 1, a4256 = 1, a4257 = 1, a4258 = 1, a4259 = 1, a4260 = 1, a4261 = 1, a4262 = 1, a4263 = 1, a4264 = 1, a4265 = 1, a4266 = 1, a4267 = 1, a4268 = 1, a4269 = 1, a4270 = 1, a4271 = 1, a4272 = 1, a4273 = 1, a4274 = 1, a4275 = 1, a4276 = 1, a4277 = 1, a4278 = 1, a4279 = 1, a4280 = 1, a4281 = 1, a4282 = 1, a4283 = 1, a4284 = 1, a4285 = 1, a4286 = 1, a4287 = 1, a4288 = 1, a4289 = 1, a4290 = 1, a4291 = 1, a4292 = 1, a4293 = 1, a4294 = 1, a4295 = 1, a4296 = 1, a4297 = 1, a4298 = 1, a4299 = 1, a4300 = 1, a4301 = 1, a4302 = 1, a4303 = 1, a4304 = 1, a4305 = 1, a4306 = 1, a4307 = 1, a4308 = 1, a4309 = 1, a4310 = 1, a4311 = 1, a4312 = 1, a4313 = 1, a4314 = 1, a4315 = 1, a4316 = 1, a4317 = 1, a4318 = 1, a4319 = 1, a4320 = 1, a4321 = 1, a4322 = 1, a4323 = 1, a4324 = 1, a4325 = 1, a4326 = 1, a4327 = 1, a4328 = 1, a4329 = 1, a4330 = 1, a4331 = 1, a4332 = 1, a4333 = 1, a4334 = 1, a4335 = 1, a4336 = 1, a4337 = 1, a4338 = 1, a4339 = 1, a4340 = 1, a4341 = 1, a4342 = 1, a4343 = 1, a4344 = 1, a4345 = 1, a4346 = 1, a4347 = 1, a4348 = 1, a4349 = 1, a4350 = 1, a4351 = 1, a4352 = 1, a4353 = 1, a4354 = 1, a4355 = 1, a4356 = 1, a4357 = 1, a4358 = 1, a4359 = 1, a4360 = 1, a4361 = 1, a4362 = 1, a4363 = 1, a4364 = 1, a4365 = 1, a4366 = 1, a4367 = 1, a4368 = 1, a4369 = 1, a4370 = 1, a4371 = 1, a4372 = 1, a4373 = 1, a4374 = 1, a4375 = 1, a4376 = 1, a4377 = 1, a4378 = 1, a4379 = 1, a4380 = 1, a4381 = 1, a4382 = 1, a4383 = 1, a4384 = 1, a4385 = 1, a4386 = 1, a4387 = 1, a4388 = 1, a4389 = 1, a4390 = 1, a4391 = 1, a4392 = 1, a4393 = 1, a4394 = 1, a4395 = 1, a4396 = 1, a4397 = 1, a4398 = 1, a4399 = 1, a4400 = 1, a4401 = 1, a4402 = 1, a4403 = 1, a4404 = 1, a4405 = 1, a4406 = 1, a4407 = 1, a4408 = 1, a4409 = 1, a4410 = 1, a4411 = 1, a4412 = 1, a4413 = 1, a4414 = 1, a4415 = 1, a4416 = 1, a4417 = 1, a4418 = 1, a4419 = 1, a4420 = 1, a4421 = 1, a4422 = 1, a4423 = 1, a4424 = 1, a4425 = 1, a4426 = 1, a4427 = 1, a4428 = 1, a4429 = 1, a4430 = 1, a4431 = 1, a4432 = 1, a4433 = 1, a4434 = 1, a4435 = 1, a4436 = 1, a4437 = 1, a4438 = 1, a4439 = 1, a4440 = 1, a4441 = 1, a4442 = 1, a4443 = 1, a4444 = 1, a4445 = 1, a4446 = 1, a4447 = 1, a4448 = 1, a4449 = 1, a4450 = 1, a4451 = 1, a4452 = 1, a4453 = 1, a4454 = 1, a4455 = 1, a4456 = 1, a4457 = 1, a4458 = 1, a4459 = 1, a4460 = 1, a4461 = 1, a4462 = 1, a4463 = 1, a4464 = 1, a4465 = 1, a4466 = 1, a4467 = 1, a4468 = 1, a4469 = 1, a4470 = 1, a4471 = 1, a4472 = 1, a4473 = 1, a4474 = 1, a4475 = 1, a4476 = 1, a4477 = 1, a4478 = 1, a4479 = 1, a4480 = 1, a4481 = 1, a4482 = 1, a4483 = 1, a4484 = 1, a4485 = 1, a4486 = 1, a4487 = 1, a4488 = 1, a4489 = 1, a4490 = 1, a4491 = 1, a4492 = 1, a4493 = 1, a4494 = 1, a4495 = 1, a4496 = 1, a4497 = 1, a4498 = 1, a4499 = 1, a4500 = 1, a4501 = 1, a4502 = 1, a4503 = 1, a4504 = 1, a4505 = 1, a4506 = 1, a4507 = 1, a4508 = 1, a4509 = 1, a4510 = 1, a4511 = 1, a4512 = 1, a4513 = 1, a4514 = 1, a4515 = 1, a4516 = 1, a4517 = 1, a4518 = 1, a4519 = 1, a4520 = 1, a4521 = 1, a4522 = 1, a4523 = 1, a4524 = 1, a4525 = 1, a4526 = 1, a4527 = 1, a4528 = 1, a4529 = 1, a4530 = 1, a4531 = 1, a4532 = 1, a4533 = 1, a4534 = 1, a4535 = 1, a4536 = 1, a4537 = 1, a4538 = 1, a4539 = 1, a4540 = 1, a4541 = 1, a4542 = 1, a4543 = 1, a4544 = 1, a4545 = 1, a4546 = 1, a4547 = 1, a4548 = 1, a4549 = 1, a4550 = 1, a4551 = 1, a4552 = 1, a4553 = 1, a4554 = 1, a4555 = 1, a4556 = 1, a4557 = 1, a4558 = 1, a4559 = 1, a4560 = 1, a4561 = 1, a4562 = 1, a4563 = 1, a4564 = 1, a4565 = 1, a4566 = 1, a4567 = 1, a4568 = 1, a4569 = 1, a4570 = 1, a4571 = 1, a4572 = 1, a4573 = 1, a4574 = 1, a4575 = 1, a4576 = 1, a4577 = 1, a4578 = 1, a4579 = 1, a4580 = 1, a4581 = 1, a4582 = 1, a4583 = 1, a4584 = 1, a4585 = 1, a4586 = 1, a4587 = 1, a4588 = 1, a4589 = 1, a4590 = 1, a4591 = 1, a4592 = 1, a4593 = 1, a4594 = 1, a4595 = 1, a4596 = 1, a4597 = 1, a4598 = 1, a4599 = 1, a4600 = 1, a4601 = 1, a4602 = 1, a4603 = 1, a4604 = 1, a4605 = 1, a4606 = 1, a4607 = 1, a4608 = 1, a4609 = 1, a4610 = 1, a4611 = 1, a4612 = 1, a4613 = 1, a4614 = 1, a4615 = 1, a4616 = 1, a4617 = 1, a4618 = 1, a4619 = 1, a4620 = 1, a4621 = 1, a4622 = 1, a4623 = 1, a4624 = 1, a4625 = 1, a4626 = 1, a4627 = 1, a4628 = 1, a4629 = 1, a4630 = 1, a4631 = 1, a4632 = 1, a4633 = 1, a4634 = 1, a4635 = 1, a4636 = 1, a4637 = 1, a4638 = 1, a4639 = 1, a4640 = 1, a4641 = 1, a4642 = 1, a4643 = 1, a4644 = 1, a4645 = 1, a4646 = 1, a4647 = 1, a4648 = 1, a4649 = 1, a4650 = 1, a4651 = 1, a4652 = 1, a4653 = 1, a4654 = 1, a4655 = 1, a4656 = 1, a4657 = 1, a4658 = 1, a4659 = 1, a4660 = 1, a4661 = 1, a4662 = 1, a4663 = 1, a4664 = 1, a4665 = 1, a4666 = 1, a4667 = 1, a4668 = 1, a4669 = 1, a4670 = 1, a4671 = 1, a4672 = 1, a4673 = 1, a4674 = 1, a4675 = 1, a4676 = 1, a4677 = 1, a4678 = 1, a4679 = 1, a4680 = 1, a4681 = 1, a4682 = 1, a4683 = 1, a4684 = 1, a4685 = 1, a4686 = 1, a4687 = 1, a4688 = 1, a4689 = 1, a4690 = 1, a4691 = 1, a4692 = 1, a4693 = 1, a4694 = 1, a4695 = 1, a4696 = 1, a4697 = 1, a4698 = 1, a4699 = 1, a4700 = 1, a4701 = 1, a4702 = 1, a4703 = 1, a4704 = 1, a4705 = 1, a4706 = 1, a4707 = 1, a4708 = 1, a4709 = 1, a4710 = 1, a4711 = 1, a4712 = 1, a4713 = 1, a4714 = 1, a4715 = 1, a4716 = 1, a4717 = 1, a4718 = 1, a4719 = 1, a4720 = 1, a4721 = 1, a4722 = 1, a4723 = 1, a4724 = 1, a4725 = 1, a4726 = 1, a4727 = 1, a4728 = 1, a4729 = 1, a4730 = 1, a4731 = 1, a4732 = 1, a4733 = 1, a4734 = 1, a4735 = 1, a4736 = 1, a4737 = 1, a4738 = 1, a4739 = 1, a4740 = 1, a4741 = 1, a4742 = 1, a4743 = 1, a4744 = 1, a4745 = 1, a4746 = 1, a4747 = 1, a4748 = 1, a4749 = 1, a4750 = 1, a4751 = 1, a4752 = 1, a4753 = 1, a4754 = 1, a4755 = 1, a4756 = 1, a4757 = 1, a4758 = 1, a4759 = 1, a4760 = 1, a4761 = 1, a4762 = 1, a4763 = 1, a4764 = 1, a4765 = 1, a4766 = 1, a4767 = 1, a4768 = 1, a4769 = 1, a4770 = 1, a4771 = 1, a4772 = 1, a4773 = 1, a4774 = 1, a4775 = 1, a4776 = 1, a4777 = 1, a4778 = 1, a4779 = 1, a4780 = 1, a4781 = 1, a4782 = 1, a4783 = 1, a4784 = 1, a4785 = 1, a4786 = 1, a4787 = 1, a4788 = 1, a4789 = 1, a4790 = 1, a4791 = 1, a4792 = 1, a4793 = 1, a4794 = 1, a4795 = 1, a4796 = 1, a4797 = 1, a4798 = 1, a4799 = 1, a4800 = 1, a4801 = 1, a4802 = 1, a4803 = 1, a4804 = 1, a4805 = 1, a4806 = 1, a4807 = 1, a4808 = 1, a4809 = 1, a4810 = 1, a4811 = 1, a4812 = 1, a4813 = 1, a4814 = 1, a4815 = 1, a4816 = 1, a4817 = 1, a4818 = 1, a4819 = 1, a4820 = 1, a4821 = 1, a4822 = 1, a4823 = 1, a4824 = 1, a4825 = 1, a4826 = 1, a4827 = 1, a4828 = 1, a4829 = 1, a4830 = 1, a4831 = 1, a4832 = 1, a4833 = 1, a4834 = 1, a4835 = 1, a4836 = 1, a4837 = 1, a4838 = 1, a4839 = 1, a4840 = 1, a4841 = 1, a4842 = 1, a4843 = 1, a4844 = 1, a4845 = 1, a4846 = 1, a4847 = 1, a4848 = 1, a4849 = 1, a4850 = 1, a4851 = 1, a4852 = 1, a4853 = 1, a4854 = 1, a4855 = 1, a4856 = 1, a4857 = 1, a4858 = 1, a4859 = 1, a4860 = 1, a4861 = 1, a4862 = 1, a4863 = 1, a4864 = 1, a4865 = 1, a4866 = 1, a4867 = 1, a4868 = 1, a4869 = 1, a4870 = 1, a4871 = 1, a4872 = 1, a4873 = 1, a4874 = 1, a4875 = 1, a4876 = 1, a4877 = 1, a4878 = 1, a4879 = 1, a4880 = 1, a4881 = 1, a4882 = 1, a4883 = 1, a4884 = 1, a4885 = 1, a4886 = 1, a4887 = 1, a4888 = 1, a4889 = 1, a4890 = 1, a4891 = 1, a4892 = 1, a4893 = 1, a4894 = 1, a4895 = 1, a4896 = 1, a4897 = 1, a4898 = 1, a4899 = 1, a4900 = 1, a4901 = 1, a4902 = 1, a4903 = 1, a4904 = 1, a4905 = 1, a4906 = 1, a4907 = 1, a4908 = 1, a4909 = 1, a4910 = 1, a4911 = 1, a4912 = 1, a4913 = 1, a4914 = 1, a4915 = 1, a4916 = 1, a4917 = 1, a4918 = 1, a4919 = 1, a4920 = 1, a4921 = 1, a4922 = 1, a4923 = 1, a4924 = 1, a4925 = 1, a4926 = 1, a4927 = 1, a4928 = 1, a4929 = 1, a4930 = 1, a4931 = 1, a4932 = 1, a4933 = 1, a4934 = 1, a4935 = 1, a4936 = 1, a4937 = 1, a4938 = 1, a4939 = 1, a4940 = 1, a4941 = 1, a4942 = 1, a4943 = 1, a4944 = 1, a4945 = 1, a4946 = 1, a4947 = 1, a4948 = 1, a4949 = 1, a4950 = 1, a4951 = 1, a4952 = 1, a4953 = 1, a4954 = 1, a4955 = 1, a4956 = 1, a4957 = 1, a4958 = 1, a4959 = 1, a4960 = 1, a4961 = 1, a4962 = 1, a4963 = 1, a4964 = 1, a4965 = 1, a4966 = 1, a4967 = 1, a4968 = 1, a4969 = 1, a4970 = 1, a4971 = 1, a4972 = 1, a4973 = 1, a4974 = 1, a4975 = 1, a4976 = 1, a4977 = 1, a4978 = 1, a4979 = 1, a4980 = 1, a4981 = 1, a4982 = 1, a4983 = 1, a4984 = 1, a4985 = 1, a4986 = 1, a4987 = 1, a4988 = 1, a4989 = 1, a4990 = 1, a4991 = 1, a4992 = 1, a4993 = 1, a4994 = 1, a4995 = 1, a4996 = 1, a4997 = 1, a4998 = 1, a4999 = 1 } end
-- each
pcall(f)
--- SETLIST of many
local t = { table.unpack(LIST, 1, 5000) }
--- CLOSURE
local f = function() end
--- CLOSURE over one
local x local f = function() return x end
--- CLOSURE over 180
-- once
local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180
-- each
local f = function() return a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 end
--- CLOSURE over 180 fresh
local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 local f = function() return a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 end
--- CLOSURE over the first of 180
-- once
local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 local g = function() return a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 end
-- each
local f = function() return a1 end
--- CLOSURE of a long function
local f = function() local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x local x  end
--- VARARG of none for 180
-- once
local function f(...) local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 = ... end
-- each
f()
--- VARARG of many
-- once
local function f(...) return ... end
-- each
f(table.unpack(LIST, 1, 5000))
--- VARARG of many, each turn
-- once
local function g(...) end
local function f(...) while true do g(...) local a, b = ... end end f(table.unpack(LIST, 1, 5000))
-- each
--- CALL
-- once
local function f() end
-- each
f()
--- CALL of 180 parameters without arguments
-- once
local function f(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180) end
-- each
f()
--- CALL for 180 results
-- once
local function f() end
-- each
local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 = f()
--- CALL of 100 arguments
-- once
local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100 local function f() end
-- each
f(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100)
--- CALL of C for 180 results
-- once
local f = type f = math.random
-- each
local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 = f()
--- CALL through __call
-- once
local f = CALLED
-- each
f(table.unpack(LIST, 1, 5000))
--- CALL through __call, no arguments
-- once
local f = CALLED
-- each
f()
--- CALL refused
-- once
local function f() NAMED.x() end
-- each
pcall(f)
--- CALL refused, a long name
x = {}
-- once
local f = load("return x." .. ("y"):rep(50000) .. "()")
-- each
pcall(f)
--- TAILCALL
-- once
local function f(n) if n > 0 then return f(n - 1) end end
-- each
f(100)
--- TAILCALL of 180 parameters
-- once
local function f(n, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180) if n > 0 then return f(n - 1) end end
-- each
f(100)
--- RETURN of many
-- once
local function f() local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100 return a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100 end
-- each
f()
--- RETURN and close
-- once
local function f() local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 local g = function() return a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 end return a1, a2 end
-- each
f()
--- recursion
-- once
local function f(n) if n > 0 then return 1 + f(n - 1) end return 0 end
-- each
f(1000)
--- recursion, overflow
-- once
local function f() return 1 + f() end
-- each
pcall(f)
--- recursion, overflow with many variables
-- once
local function f() local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 return 1 + f() end
-- each
pcall(f)
--- recursion, overflow of arguments
-- once
local function f(...) return f(1, ...) end
-- each
pcall(f)
--- recursion, overflow in metamethods
-- once
local mt = {} mt.__index = function(t, k) return t[k .. ""] end local t = setmetatable({}, mt) local function f() return t.x end
-- each
pcall(f)
--- recursion, overflow in gsub
-- once
local function f() return ("x"):gsub("x", f) end
-- each
pcall(f)
--- FORLOOP: integers
for i = 1, 1000 do end
--- FORLOOP: floats
for i = 1, 1000, 0.5 do end
--- FORPREP
for i = 1, 0 do end for i = 1.5, 0 do end for i = 1, 1 do end
--- FORPREP: refused
-- once
local function f() for i = LONG, 1 do end end
-- each
pcall(f)
--- TFORCALL: next
for k in next, LIST do end
--- TFORCALL: a function
-- once
local n = 0 local function f() n = (n + 1) % 100 if n > 0 then return n end end
-- each
for k in f do end
--- TFORCALL: 180 variables
-- once
local n = 0 local function f() n = (n + 1) % 100 if n > 0 then return n end end
-- each
for a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, a60, a61, a62, a63, a64, a65, a66, a67, a68, a69, a70, a71, a72, a73, a74, a75, a76, a77, a78, a79, a80, a81, a82, a83, a84, a85, a86, a87, a88, a89, a90, a91, a92, a93, a94, a95, a96, a97, a98, a99, a100, a101, a102, a103, a104, a105, a106, a107, a108, a109, a110, a111, a112, a113, a114, a115, a116, a117, a118, a119, a120, a121, a122, a123, a124, a125, a126, a127, a128, a129, a130, a131, a132, a133, a134, a135, a136, a137, a138, a139, a140, a141, a142, a143, a144, a145, a146, a147, a148, a149, a150, a151, a152, a153, a154, a155, a156, a157, a158, a159, a160, a161, a162, a163, a164, a165, a166, a167, a168, a169, a170, a171, a172, a173, a174, a175, a176, a177, a178, a179, a180 in f do end
--- TFORPREP: something to close
-- once
local x = setmetatable({}, { __close = function() end })
-- each
for k in next, {}, nil, x do end
--- TBC of nil
do local x <close> = nil end
--- TBC of 100
-- once
local o = setmetatable({}, { __close = function() end })
-- each
do local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o local x <close> = o end
--- TBC in a recursion
-- once
local o = setmetatable({}, { __close = function() end }) local function f(n) local x <close> = o if n > 0 then f(n - 1) end end
-- each
f(1000)
--- TBC in a recursion, handlers raise
-- once
local o = setmetatable({}, { __close = function() error("x") end }) local function f(n) local x <close> = o if n > 0 then f(n - 1) end error("y") end
-- each
pcall(f, 150)
--- TBC refused
-- once
local function f() local x <close> = NAMED end
-- each
pcall(f)
--- CLOSE of one
do local x local f = function() return x end end
--- CLOSE by a break
while true do local x local f = function() return x end break end
--- LEN: list
-- once
local t = LIST
-- each
local c = #t
--- LEN: text
-- once
local t = LONG
-- each
local c = #t
--- LEN: emptied from the end
t = {} for i = 1, 32768 do t[i] = i end for i = 32768, 2, -1 do t[i] = nil end
-- once
local t = t
-- each
local c = #t
--- LEN: hash
t = {} for i = 20000, 1, -1 do t[i] = i end
-- once
local t = t
-- each
local c = #t
--- LEN: holes
t = {} for i = 1, 20000 do t[i] = i end
-- once
local t = t
-- each
t[20000] = nil local c = #t t[20000] = 1 c = #t t[10000] = nil c = #t t[10000] = 1
--- LEN: function
-- once
local t = PROXY
-- each
local c = #t
--- UNM, BNOT, NOT
-- once
local a, b = 2.5, 7
-- each
local c = -a c = ~b c = not a
--- many constants
t = {} for i = 1, 300 do t[i] = "k" .. i .. " = " .. i .. ".5" end f = load("local t = {} " .. ("x = 1 "):rep(5) .. table.concat(t, " "))
-- each
f()
--- garbage: tables
local t = {}
--- garbage: tables, 10,000 alive
local t = ALIVE t = {}
--- garbage: texts
-- once
local n = 0
-- each
local c = "x" .. n n = n + 1
--- garbage: long texts
local c = LONG:sub(2)
--- garbage: coroutines
local c = coroutine.wrap(print)
--- garbage: begun coroutines
coroutine.wrap(coroutine.yield)()
--- garbage: coroutines with deep stacks
-- once
local function f(n) if n > 0 then return (f(n - 1)) end coroutine.yield() end
-- each
coroutine.wrap(f)(500)
--- garbage: finalizers
-- once
local mt = { __gc = function() end }
-- each
setmetatable({}, mt)
--- garbage: finalizers that raise
-- once
local mt = { __gc = function() error("x") end }
-- each
setmetatable({}, mt)
--- garbage: finalizers that revive
mt = {} mt.__gc = function(o) setmetatable(o, mt) end for i = 1, 2000 do setmetatable({}, mt) end
-- each
local t = {}
--- garbage: many finalizers alive
mt = { __gc = function() end } all = {} for i = 1, 8000 do all[i] = setmetatable({}, mt) end
-- each
local t = {}
--- garbage: weak values
all = setmetatable({}, { __mode = "v" }) for i = 1, 20000 do all[i] = i end
-- each
local t = {}
--- garbage: ephemerons in a chain
all = setmetatable({}, { __mode = "k" }) first = {} local k = first for i = 1, 5000 do local n = {} all[k] = n k = n end
-- each
local t = {}
--- garbage: many ephemeron tables in a chain
local keys, order = {}, {} for i = 1, 3001 do keys[i] = {} order[i] = i end for i = 3000, 2, -1 do local j = i * 7919 % i + 1 order[i], order[j] = order[j], order[i] end all = {} local mt = { __mode = "k" } for _, i in ipairs(order) do all[#all + 1] = setmetatable({ [keys[i]] = keys[i + 1] }, mt) end first = keys[1]
-- each
local t = {}
--- garbage: __mode that is long
mt = { __mode = LONG } all = {} for i = 1, 100 do all[i] = setmetatable({}, mt) end
-- each
local t = {}
--- garbage: many threads alive
all = {} for i = 1, 700 do all[i] = coroutine.create(print) end
-- each
local t = {}
--- garbage: a deep stack
DEEP(function() local t = {} end)
--- garbage: generational, old objects touched
-- once
collectgarbage("generational")
-- each
for i = 1, 10000, 50 do ALIVE[i].x = {} end
--- full memory: texts refused
-- once
local f, m = string.rep, FULL
-- each
pcall(f, "x", 100000)
--- full memory: tables refused
-- once
local f, m = table.pack, FULL
-- each
pcall(f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
--- full memory: coroutines refused
-- once
local f, m = coroutine.create, FULL
-- each
pcall(f, print)
--- full memory: sources refused
-- once
local f, m = load, FULL
-- each
pcall(f, "return 1")
--- full memory: frames refused
-- once
local m = FULL local function f() return 1 + f() end
-- each
pcall(f)
--- full memory: full of functions
all = {} pcall(function() for i = 1, 1 << 30 do all[i] = function() return i end end end) for i = 1, 1000 do all[i] = nil end collectgarbage()
-- once
local f = string.rep
-- each
pcall(f, "x", 100000)
--- full memory: nearly, texts that fit
for i = 1, 3000 do FULL[i] = nil end
-- once
local f = string.rep
-- each
pcall(f, "x", 60000)
--- full memory: nearly, without collections
for i = 1, 1000 do FULL[i] = nil end
-- once
collectgarbage("stop") local f = string.rep
-- each
pcall(f, "x", 5000)
--- full memory: filled, emptied
-- once
local function f() local t = {} while true do t[#t + 1] = { #t } end end
-- each
pcall(f)
--- refused memory: ten times the arena
pcall(string.rep, "x", 20000000)
--- refused memory: much alive
pcall(string.rep, "x", ALIVE and 1900000)
