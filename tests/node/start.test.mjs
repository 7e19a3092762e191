// The start of an instance: its memory was made during the build, and it behaves as if `init` had made it now.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu } from '../../host-js/index.js';
import { Raw, compile } from './raw.mjs';

const shipped = compile('dist/cu.wasm');
/** In this module, `init` makes everything itself. */
const fresh = compile('target/cu-faults.wasm');

const SEEDS = [undefined, 0, 1, -1, 0x6375, 7, 2 ** 40 + 3, -(2 ** 52)];

function start(module, seed) {
  const raw = new Raw(module);
  if (seed !== undefined) raw.configure({ seed });
  assert.equal(raw.init(), 0);
  return raw;
}

/** Walks through every value that a script can reach, in the order of the tables, and looks up each key. */
const WALK = `
  local seen, names = {}, {}
  local function walk(t, name)
    if seen[t] then return end
    seen[t] = true
    for k, v in next, t do
      names[#names + 1] = name .. '.' .. tostring(k)
      assert(rawget(t, k) == v, names[#names])
      if type(k) == 'string' then
        -- The same string, made anew.
        assert(rawget(t, k:sub(1, 1) .. k:sub(2)) == v, names[#names])
      end
      if type(v) == 'table' and rawlen(v) == 0 then walk(v, tostring(k)) end
    end
  end
  local home, io, memory = _home, _io, Memory
  _home, _io, Memory = nil
  walk(_G, '_G')
  walk(getmetatable(''), 'string')
  _home, _io, Memory = home, io, memory
  return table.concat(names, ' ')`;

for (const seed of SEEDS) {
  test(`with the seed ${seed} an instance is as if it were made now`, () => {
    const [one, other] = [shipped, fresh].map((module) => start(module, seed));
    assert.equal(one.used(), other.used());
    for (const code of [WALK, 'return collectgarbage("count")', 'return math.random(0), math.random(1000000)',
      'local t = {} for i = 1, 200 do t["key" .. i] = i end local r = {} for k in pairs(t) do r[#r + 1] = k end return table.concat(r, " ")',
      'return require("bigint").new(2) ^ 100 .. "", ("x"):rep(3), #string.format("%q", 1 / 3), os.time()', 'error("x")']) {
      const answer = one.run(code);
      assert.deepEqual(answer, other.run(code), code);
      assert.equal(answer.error === undefined, !code.startsWith('error'), answer.error);
      assert.equal(one.used(), other.used(), code);
    }
  });
}

test('what a script counts, and when the collector works, is as if the instance were made now', async () => {
  // The number of objects before the collector reaches the first one depends on the collector's debt at the start.
  const collected = 'local n, met = 0 setmetatable({}, { __gc = function() met = true end }) while not met do n = n + 1 local t = {} end return n';
  const answers = await Promise.all([shipped, fresh].map(async (module) => {
    const list = [];
    const cu = await Cu.create({ module, config: { seed: 7, events: ['usage'] }, onEvent: (event) => list.push(event.instructions) });
    for (const code of [collected, WALK, collected, 'return #string.format("%q", 1 / 3)', collected]) list.push(cu.compute(code).value);
    return list;
  }));
  assert.equal(answers[0].length, 10);
  assert.ok(answers[0][1] > 500, `${answers[0]}`);
  assert.deepEqual(answers[0], answers[1]);
});

test('the seed decides the order of tables, those of the libraries too', () => {
  const walks = SEEDS.map((seed) => start(shipped, seed).run(WALK).values[0]);
  // 0x6375 is the default seed.
  assert.equal(walks[SEEDS.indexOf(0x6375)], walks[0]);
  assert.ok(new Set(walks).size > SEEDS.length - 3);
  // A function with several names has the one that the walk met first.
  const names = (walk) => walk.split(' ').map((name) => name.split('.')[1]).sort();
  assert.ok(names(walks[0]).length > 150, walks[0]);
  for (const walk of walks) assert.deepEqual(names(walk), names(walks[0]));
});

test('init asks the host for nothing but the configuration, and only the first time', () => {
  const asked = [];
  const note = (name, answer) => (table, key, length) => {
    asked.push(`${name} ${table} ${raw.text(key, length)}`);
    return answer;
  };
  const raw = new Raw(shipped, { js_ext_table_get: note('get', -1), js_ext_table_set: note('set', 0), js_ext_table_delete: note('delete', 0) });
  assert.equal(raw.init(), 0);
  assert.equal(raw.init(), 0);
  assert.deepEqual(asked, ['get 0 config']);
});

test('before init there is nothing, though memory is ready', () => {
  const raw = new Raw(shipped);
  assert.equal(raw.exports.get_memory_table_id(), 0);
  raw.exports.run_gc();
  assert.match(raw.run('return 1').error, /not initialised/);
  const ready = raw.used();
  assert.ok(ready > 10_000, `${ready} bytes`);
  assert.equal(raw.init(), 0);
  assert.equal(raw.used(), ready);
  assert.deepEqual(raw.run('return 1').values, [1]);
});

test('an arena that the host has filled before init is no reason to fail, but for another seed', () => {
  for (const seed of [undefined, 5]) {
    const raw = new Raw(shipped);
    if (seed !== undefined) raw.configure({ seed });
    const blocks = [];
    for (let size = 1 << 20; size >= 1; size >>= 1) {
      for (let block; (block = raw.exports.lua_alloc(0, 0, 0, size)) !== 0;) blocks.push(block);
    }
    const status = raw.init();
    assert.ok(status === 0 || (status === -1 && seed !== undefined), `${status}`);
    for (const block of blocks) raw.exports.lua_alloc(0, block, 0, 0);
    assert.equal(raw.init(), 0);
    assert.equal(raw.run(WALK).values[0], start(shipped, seed).run(WALK).values[0]);
  }
});

test('instances of one module share nothing', () => {
  const [one, other] = [start(shipped), start(shipped)];
  assert.equal(one.run('x, string.rep, _G.print = 1').error, undefined);
  assert.deepEqual(other.run('return x, ("a"):rep(2), type(print)').values, [null, 'aa', 'function']);
  assert.deepEqual(start(shipped).run('return x, ("a"):rep(2), type(print)').values, [null, 'aa', 'function']);
});

/** Number of pages that changed. */
function pagesChanged(before, after) {
  const pages = new Set();
  for (let at = 0; at < after.length; at += 1) {
    if (after[at] !== before[at]) pages.add(at >> 12);
  }
  return pages.size;
}

test('few pages of memory are used at the start, and few change in a first compute', () => {
  const raw = new Raw(shipped);
  const now = () => raw.bytes(0, raw.exports.memory.buffer.byteLength).slice();
  const first = now();
  raw.init();
  const second = now();
  raw.run('return 1');
  const third = now();
  const pages = [pagesChanged(new Uint8Array(first.length), first), pagesChanged(first, second), pagesChanged(second, third)];
  assert.ok(pages[0] <= 21 && pages[1] <= 4 && pages[2] <= 16, `${pages} pages`);
  // Bytes that are not zero are close together, so that an engine can map them from a file.
  const at = first.findIndex((byte) => byte !== 0);
  const end = first.findLastIndex((byte) => byte !== 0);
  assert.ok(end - at < 128 * 1024, `from ${at} to ${end}`);
});

test('the module has the memory that the build made, and a second build makes the same', async () => {
  const { default: binaryen } = await import('binaryen');
  const { memoryAfterPreparing } = await import('../../scripts/snapshot.mjs');
  const linked = readFileSync(new URL('../../target/link/cu.unwound.wasm', import.meta.url));
  const memory = memoryAfterPreparing(binaryen.readBinary(linked));
  const raw = new Raw(shipped);
  assert.equal(Buffer.compare(Buffer.from(memory), Buffer.from(raw.exports.memory.buffer)), 0);
});
