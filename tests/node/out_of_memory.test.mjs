// Makes every single allocation of some scripts fail, one after another: there is no trap, and the instance stays usable.
//
// There are two ways. Either two allocations in a row fail (the first, and its repetition after the emergency collection),
// so that the error is handled with memory; or all further ones fail, so that it is handled without memory.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encode } from '../../host-js/index.js';
import { NaiveStore } from './naive_store.mjs';
import { Raw, compile } from './raw.mjs';

const module = compile('target/cu-faults.wasm');

const SCRIPTS = {
  strings: 'local s = "" for i = 1, 20 do s = s .. i .. ("x"):rep(i * 40) end return #s, s:upper():sub(1, 10)',
  tables: 'local t = {} for i = 1, 40 do t[i] = { i, name = "n" .. i } end return #t, t[3]',
  closures: 'local f = {} for i = 1, 20 do f[i] = function() i = i + 1 return i end end return f[1]() + f[20]()',
  coroutines: 'local r = {} for i = 1, 5 do local co = coroutine.wrap(function(a) while true do a = coroutine.yield(a .. "!") end end) r[i] = co("a" .. i) .. co("b") end return table.concat(r)',
  parser: 'return assert(load("local a, b = 1, {x = 1, [2] = \'" .. ("y"):rep(100) .. "\'} local function f(...) return a + #b[2], ... end return f(1, 2)"))()',
  errors: 'local ok, e = pcall(function() local t = setmetatable({}, { __tostring = function() return "told " .. 1 end }) error(t) end) local ok2, e2 = pcall(error, "x" .. 2) return tostring(e), e2',
  traceback: 'local function f(n) if n == 0 then error("deep " .. n) end f(n - 1) return n end f(20)',
  'error object': 'error(setmetatable({}, { __tostring = function(self) return ("told "):rep(20) end }))',
  close: 'local log = {} do local a <close> = setmetatable({}, { __close = function() log[#log + 1] = "a" .. #log end }) local b <close> = setmetatable({}, { __close = function() log[#log + 1] = "b" .. #log end }) end return table.concat(log)',
  finalizers: 'last = nil for i = 1, 10 do setmetatable({}, { __gc = function() last = "gc" .. i end }) end collectgarbage() return last ~= nil',
  patterns: 'return ("key = value, other = thing"):gsub("(%w+) = (%w+)", function(k, v) return v .. ":" .. k end), ("a,b,c"):find("b", 1, true)',
  format: 'return string.format("%5.2f %q %s %-10s|", 1 / 3, "a\\nb", {1} ~= nil, "left"), string.pack("s4 i8 z", "abc", 7, "zero")',
  sort: 'local t = {} for i = 1, 50 do t[i] = ("%03d"):format((i * 37) % 101) end table.sort(t, function(a, b) return a > b end) return t[1], t[50], table.concat(t, ",", 1, 5)',
  modules: 'package.preload.m = function(name) return { name = name .. "!" } end package.loaded.m = nil return require("m").name',
  print: 'for i = 1, 30 do print(i, "text " .. i, i / 3, {} ~= nil) end io.write("a", 1, 2.5, "\\n") return "printed"',
  spilled: 'local t = {} for i = 1, 30 do t[i] = ("v"):rep(3000) .. i end return t',
  globals: 'for i = 1, 60 do _G["global" .. i] = i end local n = 0 for k in pairs(_G) do if k:find("^global") then n = n + 1 _G[k] = nil end end return n',
  'big integers': 'local bigint = require("bigint") local a = bigint.new(7) ^ 3000 local b = a:sqrt() * 3 + 1e30 local q, r = a:divmod(b) assert(q * b + r == a and bigint.new(tostring(a)) == a and bigint.new(a:tobase(7), 7) == a and bigint.frombytes(a:tobytes()) == a) return tostring(a:gcd(b)), r:powmod(1000, b) .. "", tostring(a & ~b) .. -(a >> 1000), a > 1e300',
  random: 'local t = {} for i = 1, 20 do t[i] = math.random(1000) end return #table.concat(t, " ") > 0, os.date("!%Y-%m-%d", 0), utf8.char(228, 8364, 128512)',
};

const ASSIGNMENTS = {
  promotion: '_home.x = { a = { 1, 2, { 3 } }, b = ("v"):rep(6000), c = {} } _home.x.c.d = { _home.x } return _home.x.c.d[1].a[3][1]',
  iteration: 'local n = 0 for k, v in pairs(_home.list) do n = n + #v end return n, #_home.list, next(_home.list)',
  channels: '_io.output = { _io.input.a, list = { 1, 2, ("w"):rep(5000) } } return #_io.output.list',
  library: 'local t = ext.table() for i = 1, 20 do table.insert(t, "i" .. i) end table.sort(t) ext.drop(t) return ext.size(t)',
  'big integers': 'local bigint = require("bigint") local n = bigint.new(7) ^ 3000 _home.big = { n, { n * n } } _home.next = function() n = n + 1 return n end _home.next() return _home.big[2][1] == _home.big[1] ^ 2, n == _home.next() - 1',
  'store functions': 'local n, t = 1, { 1 } _home.f = function() n = n + #t return n end _home.g = function() return n, t, _home.f end return _home.f()',
  'restore functions': 'local n, list = _home.state() return _home.places[1] == _home.places.again, #list, _home.text:sub(1, 4), _home.places[1](n)',
  'write back': '_home.state(7, { { deep = ("x"):rep(3000) }, function() return _home.text end }) local n, list = _home.state() return n, #list',
};

/** The content that an earlier instance left. */
const LEFT_BEHIND = `
  local t, count, n, list = {}, 0, 1, { "kept" }
  for i = 1, 30 do t[i] = "value" .. i end
  _home.list, _home.text = t, ("text"):rep(1000)
  _home.count = function() count = count + 1 return count end
  _home.state = function(a, b) n, list = a or n, b or list return n, list end
  local function double(x) return x * 2 end
  _home.places = { double, again = double }`;

/** Finds how many allocations of a script fail before the failure no longer reaches it. */
function sweep(name, count) {
  const raw = new Raw(module);
  assert.equal(raw.init(), 0);
  const undisturbed = raw.run(SCRIPTS[name]);
  let first = 1;
  for (let clean = 0; clean < 3; first += 1) {
    assert.ok(first < 100_000, `'${name}' never gets through`);
    raw.configure({ fail_allocation: first, fail_count: count });
    const answer = raw.run(SCRIPTS[name]);
    raw.configure(null);
    const same = JSON.stringify(answer) === JSON.stringify(undisturbed);
    clean = same ? clean + 1 : 0;
    if (answer.error !== undefined && !same) {
      // A script may catch the error and continue, an error within an error may hide it, and a traceback may be lost; every
      // other difference is a failure.
      const lost = undisturbed.error?.startsWith(answer.error);
      if (!lost) assert.match(answer.error, /not enough memory|error in error handling|object is a|needs more memory|bytes encoded/,
        `'${name}', allocation ${first}`);
    }
    const after = raw.run('local t = {} for i = 1, 10 do t[i] = { i } end return #t');
    assert.deepEqual(after.values, [10], `after '${name}', allocation ${first}: ${after.error}`);
  }
  return first - 4;
}

for (const name of Object.keys(SCRIPTS)) {
  test(`out of memory at every allocation of '${name}'`, (t) => {
    const handled = sweep(name, 2);
    const unhandled = sweep(name, 0);
    t.diagnostic(`${handled} and ${unhandled} allocations failed`);
    assert.ok(handled > 0 && unhandled > 0, 'no allocation failed');
  });
}

for (const [name, code] of Object.entries(ASSIGNMENTS)) {
  test(`out of memory at every allocation, over a store: ${name}`, (t) => {
    for (const count of [2, 0]) {
      let [first, clean] = [1, 0];
      for (; clean < 3; first += 1) {
        assert.ok(first < 5000);
        const store = new NaiveStore(module);
        assert.equal(store.run(LEFT_BEHIND).error, undefined);
        store.tables.set(2, new Map([['\x01input\x00', Buffer.from(encode({ a: ['x'] })).toString('latin1')]]));
        assert.equal(store.restart(), 0);
        store.configure({ fail_allocation: first, fail_count: count });
        const answer = store.run(code);
        store.configure(null);
        clean = answer.error === undefined ? clean + 1 : 0;
        if (answer.error !== undefined) assert.match(answer.error, /not enough memory|needs more memory|bytes encoded/, `allocation ${first}`);
        const counted = store.run('collectgarbage() return _home.count(), _home.count()');
        assert.deepEqual(counted.values, [1, 2], `after allocation ${first}: ${counted.error}`);
        const after = store.run(code);
        assert.equal(after.error, undefined, `after allocation ${first}`);
        assert.equal(store.restart(), 0);
        const kept = store.run('return #_home.list, _home.list[30], #_home.text, _home.count()');
        assert.deepEqual(kept.values, [30, 'value30', 4000, 3], `allocation ${first}: ${kept.error}`);
        if (name === 'write back') assert.deepEqual(store.run('local n, list = _home.state() return n, #list[1].deep, #list[2]()').values, [7, 3000, 4000]);
      }
      t.diagnostic(`${first - 4} allocations failed`);
    }
  });
}

test('init fails cleanly at every allocation and succeeds afterwards', () => {
  for (let limit = 0; limit < 200; limit += 1) {
    const raw = new Raw(module);
    // Before init, only the seed can be configured, so the test fills the arena to make it small.
    const blocks = [];
    for (let size = 1 << 20; size >= 64; size >>= 1) {
      for (let block; (block = raw.exports.lua_alloc(0, 0, 0, size)) !== 0;) blocks.push([block, size]);
    }
    blocks.reverse();
    for (const [block] of blocks.splice(0, limit)) raw.exports.lua_alloc(0, block, 0, 0);
    const status = raw.init();
    assert.ok(status === 0 || status === -1);
    for (const [block] of blocks) raw.exports.lua_alloc(0, block, 0, 0);
    assert.equal(raw.init(), 0, `after ${limit} freed blocks`);
    assert.deepEqual(raw.run('return 1 + 1').values, [2]);
  }
});
