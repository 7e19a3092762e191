// Values of random programs: setups that each make one, small or large, ordinary or hostile.

const pick = (random, list) => list[random(list.length)];
const chance = (random, of) => random(of) === 0;

/** Sizes: mostly small, sometimes as large as the arena allows. */
export function size(random, most) {
  const limit = pick(random, [4, 40, 400, 4_000, most]);
  return Math.min(most, 1 + random(limit));
}

const UNITS = ['x', ' ', '0', '7', '\\0', '(', ')', '%%', '%', '[', '\\xff', '\\x80', '\\u{e4}', 'a1 ', '()', '.-', '%d', '<', 'S', '\\n', '-', '="', '1e', 'ab,'];

/** A string, as an expression; long strings are made in two steps, because their setup counts too. */
export function text(random) {
  const unit = pick(random, UNITS);
  const length = size(random, 512_000);
  const long = length > 4_000 ? `("${unit}"):rep(1000):rep(${Math.max(1, Math.floor(length / 1000 / Math.max(1, unit.length)))})` : `("${unit}"):rep(${Math.floor(length / 4)})`;
  const tail = chance(random, 3) ? ` .. "${pick(random, UNITS)}"` : '';
  const head = chance(random, 4) ? `"${pick(random, ['[', '^', 'c', '0x', '0x.', '1e', '.', '@', '%', '=', '-', '{', "'"])}" .. ` : '';
  return `${head}${long}${tail}`;
}

export function number(random) {
  return pick(random, [
    () => `${random(10)}`,
    () => `${random(1 << 20)}`,
    () => `-${random(100_000)}`,
    () => pick(random, ['math.maxinteger', 'math.mininteger', '1 << 40', '1 << 31', '0/0', 'math.huge', '-math.huge', '5e-324', '1.7976931348623157e308', '0.1', '-0.0', '2^53', '1e15']),
    () => `${1 + random(9)}.${random(1_000_000)}e${random(2) === 0 ? '' : '-'}${random(308)}`,
  ])();
}

const TABLES = [
  (n) => `local v = {} for i = 1, ${n} do v[i] = i end`,
  (n) => `local v = {} for i = 1, ${n} do v["k" .. i] = i end`,
  (n) => `local v = {} for i = 1, ${n} do v[i] = {} end`,
  (n) => `local v = {} for i = 1, ${n} do v[i] = { i } end for i = 1, ${n}, 2 do v[i] = nil end`,
  (n) => `local v = {} for i = 1, ${n} do v[i] = i end for i = ${n}, 2, -1 do v[i] = nil end`,
  (n) => `local v = {} for i = 1, ${n} do v[i * 4095] = i end`,
  (n) => `local v = {} for i = 1, ${n} do v[i + 2^-20] = i end`,
  (n) => `local v = {} for i = 1, ${n} do v["k" .. i] = i end for k in pairs(v) do v[k] = nil end`,
  (n) => `local v = {} for i = 1, ${Math.min(n, 2_500)} do v = setmetatable({}, { __index = v, __newindex = v }) end`,
  (n) => `local v = print for i = 1, ${Math.min(n, 3_000)} do v = setmetatable({}, { __call = v }) end`,
  (n) => `local v = setmetatable({}, { __mode = "${'kv'.slice(n % 2)}" }) for i = 1, ${n} do v[i] = {} end`,
  (n) => `local v = setmetatable({}, { __mode = "k" }) local first = {} local k = first for i = 1, ${Math.min(n, 8_000)} do local o = {} v[k] = o k = o end`,
  (n) => `local v, mt, k = {}, { __mode = "k" }, {} local first = k for i = 1, ${Math.min(n, 3_000)} do local o = {} v[i] = setmetatable({ [k] = o }, mt) k = o end`,
  (n) => `local v, mt = {}, { __gc = function(o) end } for i = 1, ${Math.min(n, 5_000)} do v[i] = setmetatable({}, mt) end`,
  () => 'local v = setmetatable({}, {}) getmetatable(v).__gc = function(o) setmetatable(o, getmetatable(o)) end setmetatable(v, getmetatable(v))',
  (n) => `local v = setmetatable({}, { __len = function() return ${n % 2 ? '1 << 40' : n} end, __index = function(t, k) return k end })`,
  (n) => `local v = setmetatable({}, { __name = ("x"):rep(${Math.min(n, 300)}):rep(1000) })`,
  (n) => `local v, mt = {}, { __mode = ("x"):rep(${1 + n % 500}):rep(1000) } for i = 1, 200 do v[i] = setmetatable({}, mt) end`,
  (n) => `local v = {} for i = 1, ${Math.min(n, 500)} do v[i] = coroutine.wrap(function() local a, b local f = function() return a, b end coroutine.yield() end) v[i]() end`,
  (n) => `local v = setmetatable({}, { __close = function() ${n % 2 ? 'error("x")' : ''} end, __eq = rawequal, __lt = rawequal, __concat = function() return ("x"):rep(${n % 1_000}) end })`,
  (n) => `local v = {} for i = 1, ${n % 200 + 1} do v = { v } end`,
  (n) => `local v = ext.table() for i = 1, ${Math.min(n, 3_000)} do v[i] = i end`,
  (n) => `local v = ext.table() for i = 1, ${Math.min(n, 60)} do v[("k"):rep(4000) .. i] = i end`,
  () => 'local v = {} pcall(function() while true do v[#v + 1] = { #v } end end)',
  (n) => `local v = {} pcall(function() while true do v[#v + 1] = function() return v end end end) for i = 1, ${n % 4_000} do v[i] = nil end`,
  (n) => `local v = {} for i = 1, ${Math.min(n, 5_000)} do v[i] = i end v[#v + 1] = coroutine.create(print)`,
  (n) => `local v = {} for i = 1, 10 do local t = {} for j = 1, ${Math.min(n, 1_000)} do t["k" .. j] = j end package.loaded["m" .. i] = t end`,
];

const BIG = [
  (n) => `local v = require("bigint").new(1) << ${n * 6}`,
  (n) => `local v = require("bigint").new(7) ^ ${n}`,
  (n) => `local v = require("bigint").new(-${n})`,
  (n) => `local v = (require("bigint").new(1) << ${n * 6}) - 1`,
];

const FUNCTIONS = [
  () => 'local v = function(...) return ... end',
  (n) => `local v = load("local x = 1 " .. ("x = x + 1 "):rep(${Math.min(n, 15_000)}))`,
  (n) => `local v = load("local x = 1 " .. ("x = x "):rep(${Math.min(n, 15_000)}) .. " return x.y.z")`,
  () => 'local function v(n) return 1 + v(n) end',
  () => 'local v = coroutine.wrap(function(...) while true do coroutine.yield(...) end end)',
  () => 'local v = coroutine.create(function(...) while true do coroutine.yield(...) end end)',
  () => 'local v = function() error(("x"):rep(1000)) end',
];

/** Parts of source for load: each makes the compiler do more than one step per byte. */
const SOURCES = ['and x ', 'or x ', '.. x ', '== x ', ', x ', '(', '{', 'function() ', '+ 1 '];
const STATEMENTS = ['if x then break end ', 'elseif x then ', 'goto a ', 'local x ', 'x = x ', '::a:: ', 'do ', 'x() ', 'return function() ', 'local function f() return x end '];

function source(random) {
  const n = size(random, 6_000);
  return chance(random, 2) ? `"return x " .. ("${pick(random, SOURCES)}"):rep(${n})`
    : `"${pick(random, ['', 'while x do ', 'if x then ', 'local a, b, c, x '])}" .. ("${pick(random, STATEMENTS)}"):rep(${n}) .. "${pick(random, ['', ' end', '?'])}"`;
}

/** A statement that defines a local variable of the given name. */
export function definition(random, name) {
  const kind = random(10);
  if (kind < 3) return `local ${name} = ${text(random)}`;
  if (kind < 4) return `local ${name} = ${number(random)}`;
  if (kind < 5) return `local ${name} = ${source(random)}`;
  const made = kind < 8 ? pick(random, TABLES)(size(random, 20_000)) : kind < 9 ? pick(random, BIG)(size(random, 500_000)) : pick(random, FUNCTIONS)(size(random, 20_000));
  return made.replaceAll(/\bv\b/g, name);
}

export { chance, pick };
