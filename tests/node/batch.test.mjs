// ext.batch through the built module: limits, permissions, events, a model, operations as bytes, failures of the host at each
// call and of each allocation. What scripts see of it is in tests/lua/external/batches.lua.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, LuaError, MemoryStore, Way } from '../../host-js/index.js';
import { encodeAll } from '../../host-js/codec.js';
import { failure, start } from './computes.mjs';
import { withFaults } from './faults.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** `ext.batch` over operations as bytes. */
function batch(cu, operations, options, config) {
  const values = operations.flatMap(([op, table, key, value]) => (op === 'set' ? [op, table, key, value] : [op, table, key]));
  const results = cu.call('ext.batch', [encodeAll(values), options], { content: true, ...config }).value;
  return operations.map((_, index) => (results instanceof Map ? results.get(index + 1) : results[index]) ?? null);
}

test('a batch that uses its budget up has done nothing, or what it did', async () => {
  const cu = await start(`_home.t = {} function _home.run(atomic) local l = {} for i = 1, 5000 do l[i] = { 'set', _home.t, i, i } end
    return pcall(ext.batch, l, { atomic = atomic }) end`);
  const spent = 5000 * 400;
  assert.equal(failure(() => cu.call('_home.run', [true], { instructions: spent })).errorClass, 'budget');
  assert.equal(cu.compute('return ext.size(_home.t)').value, 0);
  assert.equal(failure(() => cu.call('_home.run', [false], { instructions: spent })).errorClass, 'budget');
  const done = cu.compute('return ext.size(_home.t)').value;
  assert.ok(done > 100 && done < 5000, `${done} operations`);
  cu.call('_home.run', [true], { instructions: 20 * spent });
  assert.equal(cu.compute('return ext.size(_home.t)').value, 5000);
});

test('permissions hold for each operation, whatever the form', async () => {
  const cu = await start('_home.open, _home.shut, _home.gone = { 1 }, { 1 }, { 1 }');
  const config = { permissions: { tables: { '_home.shut': 'readonly', '_home.gone': 'hidden' } } };
  const operations = [['set', '_home.open', 1, 2], ['set', '_home.shut', 1, 2], ['get', '_home.shut', 1], ['get', '_home.gone', 1], ['delete', '_home', 'shut'],
    ['get', '_home', 'gone']];
  const listed = operations.map(([op, table, key, value]) => `{ '${op}', '${table}', ${JSON.stringify(key)}, ${value ?? 'nil'} }`).join(', ');
  const results = [
    batch(cu, operations, { atomic: false }, config),
    cu.compute(`return ext.batch({ ${listed} }, { atomic = false })`, config).value,
  ];
  for (const [set, refused, got, hidden, guarded, absent] of results) {
    assert.deepEqual([set, got, absent], [{ ok: true }, { ok: true, value: 1 }, { ok: true }]);
    assert.match(refused.error, /may not be changed: it is read-only/);
    assert.match(hidden.error, /the way '_home\.gone' leads to nothing/);
    assert.match(guarded.error, /key 'shut' of _home may not be changed/);
  }
  failure(() => batch(cu, [['set', '_home.open', 1, 3], ['set', '_home.shut', 1, 3]], {}, config));
  assert.equal(cu.compute('return _home.open[1]').value, 2);
  const readOnly = { permissions: { write: false } };
  assert.deepEqual(batch(cu, [['get', '_home.open', 1]], {}, readOnly), [2]);
  assert.match(failure(() => batch(cu, [['set', '_home.open', 1, 3]], {}, readOnly)).message, /this compute is read-only/);
  assert.match(failure(() => cu.call('ext.batch', [[]], { permissions: { library: { 'ext.batch': false } } })).message, /ext\.batch/);
});

test('a time limit ends a batch', async () => {
  let now = 1000;
  const cu = await start('_home.t = {}', { now: () => now++ });
  const operations = Array.from({ length: 100 }, (_, index) => ['set', '_home.t', index, index]);
  assert.match(failure(() => batch(cu, operations, { timeout: 3 })).message, /^the time limit of 3 ms was over after 48 of 100 operations$/);
  assert.equal(cu.compute('return ext.size(_home.t)').value, 0);
  const results = batch(cu, operations, { timeout: 3, atomic: false });
  assert.deepEqual(results.slice(0, 48), new Array(48).fill({ ok: true }));
  assert.deepEqual(results.slice(48), new Array(52).fill({ ok: false, index: 49, error: 'the time limit of 3 ms was over after 48 of 100 operations' }));
  assert.equal(cu.compute('return ext.size(_home.t)').value, 48);
  now = 0;
  assert.equal(batch(cu, operations, { timeout: 1000 }).length, 100);
  const still = await start('_home.t = {}');
  assert.equal(batch(still, operations, { timeout: 0.001 }).length, 100, 'without a clock no time passes');
});

test('progress is reported to a host that wants it', async () => {
  const events = [];
  const operations = Array.from({ length: 10 }, (_, index) => ['set', '_home.t', index, index]);
  const cu = await start('_home.t = {}', { config: { events: ['progress'] }, onEvent: (event) => events.push(event) });
  batch(cu, operations, { progress: 4 });
  batch(cu, operations, { progress: 100 });
  batch(cu, operations);
  assert.deepEqual(events, [4, 8].map((done) => ({ kind: 'progress', work: 'batch', done, total: 10 })));
  const deaf = await start('_home.t = {}', { onEvent: (event) => assert.fail(event.kind) });
  batch(deaf, operations, { progress: 1 });
});

test('operations as bytes that are malformed are refused at their byte, and nothing is done', async () => {
  const cu = await start('_home.t = {}');
  const good = encodeAll(['set', '_home.t', 1, 'text', 'get', null, 1]);
  for (const [values, at] of [[['sit', '_home.t', 1], 0], [[1], 0], [['get', null, 1], 8], [['get', '', 1], 8], [['get', 'a..b', 1], 8], [['get', true, 1], 8],
    [['get', '_home.t', null], 20], [['get', '_home.t', NaN], 20], [['get', '_home.t', []], 20], [['set', '_home.t', 1, null], 29], [['get', '_home.t'], 20], [['delete'], 11]]) {
    const { message } = failure(() => cu.call('ext.batch', [encodeAll(values)]));
    assert.match(message, new RegExp(`\\(byte ${at} of the operations cannot be right\\)$`), JSON.stringify(values));
  }
  for (let length = 1; length < good.length; length++) {
    if (length === 38) continue; // where the second operation begins
    assert.match(failure(() => cu.call('ext.batch', [good.subarray(0, length)])).message, /of the operations cannot be right/, `${length} bytes`);
  }
  assert.equal(cu.compute('return ext.size(_home.t)').value, 0);
  assert.deepEqual(cu.call('ext.batch', [good]).value, [true, 'text']);
  assert.deepEqual(cu.call('ext.batch', [new Uint8Array(0)]).values, [[]]);
});

/** A small generator, so that a failure can be repeated. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0;
    return (state >>> 0) % below;
  };
}

const KEYS = ['a', 'b', 'zero\0', 1, -7, 2.5, true, 2n ** 60n];

function randomOperations(next) {
  const values = [1, 2.5, 'text', 'long '.repeat(400), false, [1, { x: 2 }], 2n ** 90n, -0];
  return Array.from({ length: 1 + next(12) }, () => {
    const op = ['set', 'set', 'get', 'delete'][next(4)];
    return [op, ['_home.t', '_home.u', '_home.none'][next(20) === 0 ? 2 : next(2)], KEYS[next(KEYS.length)], values[next(values.length)]];
  });
}

test('any batch does what its operations do one by one', async () => {
  const seed = Number(process.env.CU_SEED || 5);
  const next = random(seed);
  const options = { exact: true };
  const [cu, plain] = [await start('_home.t, _home.u = {}, {}', options), await start('_home.t, _home.u = {}, {}', options)];
  plain.compute(`function _home.one(op, t, k, v) if op == 'get' then return t[k] elseif op == 'set' then t[k] = v else t[k] = nil end return true end`);
  const state = (instance) => instance.call('table.pack', [new Way('_home.t'), new Way('_home.u')], { content: true }).value;
  for (let round = 0; round < 400; round++) {
    const operations = randomOperations(next);
    const isAtomic = next(2) === 0;
    const before = state(plain);
    const wanted = operations.map(([op, table, key, value]) => (table === '_home.none' ? null : {
      value: plain.call('_home.one', [op, new Way(table), key, value], { content: true }).value,
    }));
    const place = `seed ${seed}, round ${round}`;
    if (isAtomic && wanted.includes(null)) {
      const error = failure(() => batch(cu, operations));
      assert.match(error.message, new RegExp(`operation ${wanted.indexOf(null) + 1}: the way '_home\\.none' leads to nothing`), place);
      assert.deepEqual(state(cu), before, place);
      // The others go on from what there is.
      plain.compute('for _, t in ipairs { _home.t, _home.u } do ext.drop(t) end');
      cu.compute('for _, t in ipairs { _home.t, _home.u } do ext.drop(t) end');
      continue;
    }
    const results = batch(cu, operations, { atomic: isAtomic });
    results.forEach((result, index) => {
      const { value } = wanted[index] ?? {};
      if (isAtomic) assert.deepEqual(result, value, place);
      else if (wanted[index] === null) assert.equal(result.ok, false, place);
      else assert.deepEqual(result, operations[index][0] === 'get' && value !== null ? { ok: true, value } : { ok: true }, place);
    });
    assert.deepEqual(state(cu), state(plain), place);
  }
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
  size(...all) { this.take(); return super.size(...all); }
}

const OPERATIONS = [['set', '_home.t', 'a', 'new'], ['set', '_home.t', 'b', [1, { deep: 2 }]], ['delete', '_home.t', 'c'], ['get', '_home.t', 'd'],
  ['set', '_home.t', 'long', 'text '.repeat(2000)], ['set', '_home.t', 'a', 'newer']];
const BEFORE = '_home.t = { a = 1, c = { 3 }, d = 4, long = ("old"):rep(3000) } local n = 0 function _home.count() n = n + 1 return n end';
const CONTENT = 'return _home.t.a, _home.t.b and _home.t.b[2].deep, _home.t.c and _home.t.c[1], _home.t.d, #_home.t.long';
const OLD = [1, null, 3, 4, 9000];
const NEW = ['newer', 2, null, 4, 10000];

for (const isAtomic of [true, false]) {
  test(`the host fails at any call: ${isAtomic ? 'the old state or the new one' : 'each operation did its work or tells why not'}`, async () => {
    let failures = 0;
    for (let at = 0; ; at++) {
      const store = new Failing();
      const cu = await start(BEFORE, { store });
      cu.call('_home.count');
      store.left = at;
      let results;
      try {
        results = batch(cu, OPERATIONS, { atomic: isAtomic });
      } catch (error) {
        if (error.name !== 'HostError' && !(error instanceof LuaError)) throw error;
        failures += 1;
      }
      const isOver = store.left >= 0;
      store.left = Infinity;
      const found = cu.compute(CONTENT).values;
      const again = await Cu.create({ module, store: MemoryStore.fromSnapshot(store.snapshot()) });
      assert.deepEqual(again.compute(CONTENT).values, found, `call ${at}`);
      assert.equal(cu.call('_home.count').value, 2, `call ${at}`);
      if (isAtomic) assert.deepEqual(found, results === undefined ? OLD : NEW, `call ${at}`);
      else if (results !== undefined) {
        failures += results.filter((result) => !result.ok).length;
        results.forEach((result, index) => { if (!result.ok) assert.match(result.error, /answered -2/, `call ${at}, operation ${index}`); });
        if (results.every((result) => result.ok)) assert.deepEqual(found, NEW, `call ${at}`);
      }
      if (isOver) {
        assert.deepEqual(found, NEW);
        break;
      }
    }
    assert.ok(failures > 8, `${failures} failures`);
  });

  test(`any allocation fails: ${isAtomic ? 'the old state or the new one' : 'each operation did its work or tells why not'}`, async () => {
    const faults = compile('target/cu-faults.wasm');
    let failures = 0;
    for (const count of [2, 1000000]) {
      let isOver = false;
      for (let at = 1; !isOver; at++) {
        const cu = withFaults(await start(BEFORE, { module: faults }));
        const place = `allocation ${at}, ${count} of them`;
        let results;
        try {
          results = batch(cu, OPERATIONS, { atomic: isAtomic }, { fail_allocation: at, fail_count: count });
        } catch (error) {
          if (!(error instanceof LuaError)) throw error;
          assert.match(error.message, /not enough memory|needs more memory|more than is free/, place);
        }
        const found = cu.compute(CONTENT).values;
        const isDone = results !== undefined && results.every((result) => isAtomic || result.ok);
        if (isDone) assert.deepEqual(found, NEW, place);
        else if (isAtomic) assert.ok([OLD, NEW].some((state) => JSON.stringify(state) === JSON.stringify(found)), `${place}: ${found}`);
        assert.equal(cu.call('_home.count').value, 1, place);
        if (!isDone) failures += 1;
        // A failure may have had no effect, so the end is where that is so for a while.
        isOver = at > 60 && isDone;
      }
    }
    assert.ok(failures > 5, `${failures} failures`);
  });
}

test('10,000 operations from the host fit, and memory stays flat', async () => {
  const cu = await start('_home.t = {}');
  const operations = Array.from({ length: 10000 }, (_, index) => ['set', index === 0 ? '_home.t' : null, `user ${index}`, `value ${index}`]);
  let used;
  for (let round = 0; round < 4; round++) {
    assert.equal(batch(cu, operations).length, 10000);
    cu.runGc();
    const now = cu.memoryStats().luaMemoryUsed;
    if (used !== undefined) assert.ok(now < used + 1000, `${used}, then ${now}`);
    used = now;
  }
  assert.match(failure(() => batch(cu, [...operations, ['get', null, 1]])).message, /10001 operations, where 10000 are the most/);
});
