// Call records through the built module: every vector, results by content, permissions, budget, failures of the host and of
// allocations, random and damaged records.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { TAG_EXTERNAL } from '../../host-js/abi.js';
import { Cu, ExternalTable, LuaError, MemoryStore, Way, decode, encode, encodeKey } from '../../host-js/index.js';
import { encodeCall } from '../../host-js/codec.js';
import { failure, start } from './computes.mjs';
import { withFaults } from './faults.mjs';
import { Raw, compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const vectors = JSON.parse(readFileSync(new URL('../../abi/vectors/calls.json', import.meta.url), 'utf8'));
const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
const text = (answer) => Buffer.from(answer.bytes).toString();

test('what the contract accepts is called, and what it refuses is refused at its byte', () => {
  const raw = new Raw(module);
  raw.init();
  for (const { name, bytes: hex } of vectors.accepted) {
    assert.doesNotMatch(text(raw.compute(bytes(hex))), /malformed/, name);
  }
  for (const { name, bytes: hex, at } of vectors.refused) {
    const answer = raw.compute(bytes(hex));
    // Without its signature it is no record, but source.
    if (!hex.startsWith('1b4375')) continue;
    assert.ok(answer.status < 0, name);
    assert.match(text(answer), new RegExp(`^the call record is malformed: byte ${at} cannot be right: `), name);
  }
  assert.deepEqual(raw.run('return 1').values, [1]);
});

test('nothing runs of a record with something malformed in it', async () => {
  const cu = await start('setmetatable(_G, { __index = function(_, name) _home.asked = name return print end })');
  assert.equal(cu.call('anything', [7]).output, '7\n');
  assert.equal(cu.compute('return _home.asked').value, 'anything');
  const record = encodeCall('other', [true]);
  record[record.length - 1] = 2;
  const error = failure(() => cu.compute(record));
  assert.equal(error.errorClass, 'input');
  assert.match(error.message, new RegExp(`byte ${record.length - 1} cannot be right: a boolean`));
  assert.equal(cu.compute('return _home.asked').value, 'anything');
});

test('a name that is a number is one, and any other is a string', async () => {
  const cu = await start(`_home.list = { 'one', 'two' } _home.list['02'] = 'text' lib = { ['größe'] = function(...) return ... end }`);
  const value = (way) => cu.call('lib.größe', [new Way(way)]).value;
  assert.deepEqual(['_home.list.2', '_home.list.02', 'math.huge'].map(value), ['two', 'text', Infinity]);
  assert.match(failure(() => value('_home.list.3')).message, /^the way '_home\.list\.3' leads to nothing$/);
  assert.match(failure(() => value(`${'x'.repeat(5000)}.y`)).message, /^the way 'x{64}\.\.\.' ends at 'x{64}\.\.\.', a nil value$/);
});

test('what can be called like a function is called', async () => {
  const cu = await start('callable = setmetatable({}, { __call = function(_, x) return x + 1 end })');
  assert.equal(cu.call('callable', [1]).value, 2);
  assert.match(failure(() => cu.call('_VERSION')).message, /leads to a string value, which cannot be called/);
});

test('globals with a metatable, errors of metamethods and coroutines behave as in source', async () => {
  const cu = await start(`setmetatable(_G, { __index = function(_, name) error('no ' .. name) end })
    function _home.wait() coroutine.yield(1) end function _home.raise() error({ code = 7 }) end`);
  assert.match(failure(() => cu.call('nope')).message, /compute:1: no nope$/);
  assert.match(failure(() => cu.call('_home.wait')).message, /attempt to yield from outside a coroutine/);
  assert.deepEqual(failure(() => cu.call('_home.raise')).value, { code: 7 });
});

test('as for source: permissions, switches, atomic, read-only, captured variables', async () => {
  const cu = await start(`_home.open, _home.secret = { 1 }, { 2 } _home.wrap = { inner = _home.secret, n = 1 }
    local n = 0 function _home.count() n = n + 1 return n end
    function _home.set(v) _home.open[1] = v if v == 3 then error('no') end end`);
  const permissions = { tables: { '_home.secret': 'hidden', '_home.open': 'readonly' } };
  assert.match(failure(() => cu.call('ext.size', [new Way('_home.secret')], { permissions })).message, /'_home\.secret' leads to nothing/);
  assert.match(failure(() => cu.call('_home.set', [2], { permissions })).message, /may not be changed: it is read-only/);
  assert.deepEqual(cu.call('rawget', [new Way('_home'), 'wrap'], { permissions, content: true }).value, { n: 1 });
  assert.ok(!('secret' in cu.call('select', [1, new Way('_home')], { permissions: { ...permissions, library: { _G: true } } }).value));
  assert.match(failure(() => cu.call('string.rep', ['x', 3], { permissions: { library: { 'string.rep': false } } })).message, /string\.rep/);
  failure(() => cu.call('_home.set', [3], { atomic: true }));
  assert.equal(cu.compute('return _home.open[1]').value, 1);
  failure(() => cu.call('_home.set', [3]));
  assert.equal(cu.compute('return _home.open[1]').value, 3);
  assert.deepEqual([1, 2, 3].map(() => cu.call('_home.count').value), [1, 2, 3]);
  const again = await Cu.create({ module, store: cu.store });
  assert.equal(again.call('_home.count').value, 4);
});

test('hidden tables and entries are not in a content, wherever it begins', async () => {
  const cu = await start('_home.a = { hidden = { 1 }, seen = { 2 } } _home.b = { alias = _home.a.hidden, { x = 1 } } function _home.all() return { _home.a, _home.b } end');
  const permissions = { tables: { '_home.a.hidden': 'hidden' } };
  assert.deepEqual(cu.call('_home.all', [], { permissions, content: true }).value, [{ seen: [2] }, [{ x: 1 }]]);
});

test('every kind of value is in a content as reading it would give it', async () => {
  const store = new MemoryStore();
  const cu = await start(`_home.t = { 1, 2.5, 'x', true, [0.5] = -0.0, [true] = 'yes', [-3] = 'minus', ['a\\0b'] = 'zero', long = ('long '):rep(2000),
    noise = (function() local t = {} for i = 1, 5000 do t[i] = string.char(math.random(0, 255)) end return table.concat(t) end)(),
    big = require('bigint').new(2) ^ 200, f = string.format, inner = { { { 'deep' } } }, [('k'):rep(3000)] = 'long key' }`, { store, exact: true });
  const one = cu.compute('return _home.t').value;
  store.set(one.id, encodeKey('inline'), encode({ a: [1, 2, { b: one }], none: [] }));
  const answer = cu.call('select', [1, new Way('_home.t')], { content: true }).value;
  const read = cu.read(one);
  const plain = (value) => (value instanceof Map ? new Map([...value].map(([key, each]) => [String(key), plain(each)])) : value);
  assert.deepEqual(plain(answer).get('inline'), { a: [1, 2, { b: new ExternalTable(one.id) }], none: [] });
  for (const table of [answer, read]) table.delete('inline');
  assert.deepEqual(plain(answer), plain(read));
  assert.equal(answer.size, 14);
});

test('content is as deep as values may be, and a reference below', async () => {
  const cu = await start('_home.t = {} local t = _home.t for i = 1, 140 do t.t = { i = i } t = t.t end');
  let value = cu.call('select', [1, new Way('_home.t')], { content: true }).value;
  let depth = 0;
  while (!(value instanceof ExternalTable)) {
    value = value.t;
    depth += 1;
  }
  assert.equal(depth, 128);
  assert.equal(cu.read(value).i, 128);
});

test('a content that does not fit the buffer arrives whole, and one that fits no arena is an error', async () => {
  const cu = await start('_home.rows = {} for i = 1, 3000 do _home.rows[i] = { id = i, name = "name " .. i } end');
  const { value } = cu.call('select', [1, new Way('_home.rows')], { content: true });
  assert.deepEqual([value.length, value[2999]], [3000, { id: 3000, name: 'name 3000' }]);
  assert.equal(cu.store.size(2), 0);
  cu.compute('local text = ("x"):rep(300000) for i = 1, 8 do _home["t" .. i] = text end collectgarbage()', { compression: 0 });
  assert.match(failure(() => cu.call('select', [1, new Way('_home')], { content: true })).message, /takes more than 2097152 bytes encoded/);
  cu.compute('for i = 4, 8 do _home["t" .. i] = nil end ballast = {} for i = 1, 4 do ballast[i] = ("y"):rep(300000 + i) end');
  const error = failure(() => cu.call('select', [1, new Way('_home')], { content: true }));
  assert.match(error.message, /^the result takes \d+ bytes encoded, more than is free of the 2097152 bytes of memory$/);
  assert.equal(cu.call('math.abs', [-1]).value, 1);
});

test('work for arguments and content is charged', async () => {
  const cu = await start('_home.rows = {} for i = 1, 1000 do _home.rows[i] = i end');
  for (const [way, args] of [['select', [1, new Way('_home.rows')]], ['select', ['#', new Array(3000).fill('text')]]]) {
    const error = failure(() => cu.call(way, args, { content: true, instructions: 5000 }));
    assert.equal(error.errorClass, 'budget');
    cu.call(way, args, { content: true, instructions: 2000000 });
  }
});

test('a content read from a damaged store is an error that names the way and the byte', async () => {
  const store = new MemoryStore();
  const cu = await start('_home.t = { a = { 1 } }', { store });
  const t = cu.compute('return _home.t.a').value;
  const content = () => cu.call('select', [1, new Way('_home.t')], { content: true });
  for (const [value, wanted] of [['0c', /^result 1\.a\.x is damaged: byte 0 cannot be right$/], ['0102', /a\.x is damaged: byte 1/],
    ['0504000000ffffffff', /a\.x is damaged: byte 5/], ['080a0000000200000003ff', /a\.x is damaged: byte 9/], ['0900', /a\.x is damaged: byte 2/]]) {
    store.set(t.id, encodeKey('x'), bytes(value));
    assert.match(failure(content).message, wanted, value);
  }
  store.set(t.id, encodeKey('x'), encode(1));
  assert.deepEqual(content().value, { a: new Map([['x', 1], [1, 1]]) });
});

/** A store that fails at one call. */
class Failing extends MemoryStore {
  left = Infinity;
  take() { if (this.left-- === 0) throw new Error('down'); }
  get(...all) { this.take(); return super.get(...all); }
  lend(...all) { this.take(); return super.lend(...all); }
  keys(...all) { this.take(); return super.keys(...all); }
  set(...all) { this.take(); return super.set(...all); }
  delete(...all) { this.take(); return super.delete(...all); }
}

test('a host that fails at any call is an error of the host, and the next call works', async () => {
  const store = new Failing();
  const cu = await start('_home.rows = {} for i = 1, 20 do _home.rows[i] = { id = i, text = ("t"):rep(5000) } end function _home.f(...) return ... end', { store });
  const call = () => cu.call('_home.f', [new Way('_home.rows')], { content: true, compression: 0 });
  const wanted = call().value;
  let failures = 0;
  for (let at = 0; ; at++) {
    store.left = at;
    let answer;
    try {
      answer = call();
    } catch (error) {
      failures += 1;
      if (error.name === 'HostError') assert.match(error.message, /: it answered -2$/, `call ${at}`);
    }
    const isOver = store.left >= 0;
    store.left = Infinity;
    if (answer) assert.deepEqual(answer.value, wanted);
    if (isOver) break;
    assert.deepEqual(call().value, wanted);
  }
  assert.ok(failures > 100, `${failures} calls`);
});

test('an allocation that fails is an error of memory, and the next call works', async () => {
  const faults = compile('target/cu-faults.wasm');
  const cu = withFaults(await Cu.create({ module: faults }));
  cu.compute('_home.rows = { { text = ("t"):rep(5000) } } cache = {} function cache.f(...) return {...} end', { compression: 0 });
  const call = (config) => cu.call('cache.f', [{ a: [1, 2, 'x'.repeat(100)] }, new Way('_home.rows')], { content: true, ...config });
  const wanted = call().value;
  let failures = 0;
  for (let at = 1; ; at++) {
    try {
      assert.deepEqual(call({ fail_allocation: at, fail_count: 1000000 }).value, wanted);
      break;
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      failures += 1;
      assert.match(error.message, /not enough memory|more than there is memory|more than is free|needs more memory/, `allocation ${at}`);
    }
    assert.deepEqual(call().value, wanted);
  }
  assert.ok(failures > 5, `${failures} allocations`);
});

test('a compute inside an import is refused, and does not change what is called', async () => {
  const raw = new Raw(module, {
    js_ext_table_get: (table) => {
      if (table === 1) raw.inner = raw.exports.compute(raw.buffer, 10);
      return -1;
    },
  });
  raw.init();
  const answer = raw.compute(encodeCall('print', [new Way('_home.x')]));
  assert.ok(raw.inner < 0);
  assert.match(text(answer), /an import called compute while the code to run was being read/);
});

/** A small generator, so that a failure can be repeated. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (state >>> 0) % below;
  };
}

test('random and damaged records end in an answer, and the instance lives', async () => {
  const seed = Number(process.env.CU_SEED || 7);
  const next = random(seed);
  const cu = await start('_home.t = { 1, { 2 } } _home.f = function(...) return ... end');
  const ways = ['_home.f', '_home.t', 'select', 'ext.size', 'string.rep', 'pairs', 'nothing', 'tostring'];
  const value = (depth) => [1, 'text', true, null, 2.5, -7, new ExternalTable(1), 2n ** 70n][next(depth > 2 ? 8 : 9)] ??
    (next(2) ? Array.from({ length: next(4) }, () => value(depth + 1)) : { a: value(depth + 1) });
  let answered = 0;
  for (let round = 0; round < 4000; round++) {
    const args = Array.from({ length: next(4) }, () => (next(3) === 0 ? new Way(ways[next(ways.length)]) : value(0)));
    const record = encodeCall(ways[next(ways.length)], args, next(2) === 1);
    for (let changes = next(4); changes > 0; changes--) record[3 + next(record.length - 3)] = next(3) === 0 ? next(256) : next(12);
    const cut = next(5) === 0 ? record.subarray(0, next(record.length)) : record;
    try {
      cu.compute(cut, { instructions: 100000 });
      answered += 1;
    } catch (error) {
      assert.ok(error instanceof LuaError, `seed ${seed}, round ${round}: ${error.stack}`);
    }
  }
  assert.ok(answered > 200, `seed ${seed}: ${answered} answers`);
  assert.equal(cu.call('_home.f', [7]).value, 7);
});

test('a reference in a result that is not by content stays one', async () => {
  const cu = await start('_home.t = { 1 } function _home.f() return _home.t, { _home.t } end');
  const { values } = cu.call('_home.f');
  assert.ok(values[0] instanceof ExternalTable && values[1][0] instanceof ExternalTable);
  const { bytes: frame } = cu.computeRaw(encodeCall('_home.f', []));
  assert.equal(frame[4], TAG_EXTERNAL);
  assert.deepEqual(decode(encode(cu.call('_home.f', [], { content: true }).values)), [[1], [[1]]]);
});
