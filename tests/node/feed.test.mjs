// Feeds: what a script may ask for, what it hears, who may hear it, and instances that share a store.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { Data } from '../../host-js/data.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

test('what is no feed', async () => {
  const cu = await Cu.create({ module });
  cu.compute('_home.t = {}');
  const fails = (code, message) => assert.throws(() => cu.compute(code), { message: `compute:1: ${message}` });
  const options = "bad argument #2 to 'feed' (options are values, a boolean, count, a whole number from 1, and age, one of seconds or false)";
  for (const wrong of ['values = 1', 'count = 0', 'count = 1.5', 'count = false', 'age = 0', 'age = true', 'size = 1', '1']) fails(`ext.feed(_home.t, { ${wrong} })`, options);
  fails('ext.feed(_home.t, 7)', "bad argument #2 to 'feed' (table of options or boolean expected, got number)");
  fails('ext.feed(_home.t, _home)', "bad argument #2 to 'feed' (table of options or boolean expected, got table)");
  fails('ext.feed({}, true)', 'an external table is wanted, not a table');
  fails('ext.feed(_io, true)', '_io is not kept: nothing is attached to it');
  fails('ext.changes(_home.t)', 'the table has no feed: ext.feed(t, true) gives it one');
  cu.compute('ext.feed(_home.t, true)');
  fails("ext.changes(_home.t, 'a')", "bad argument #2 to 'changes' (whole number from 0 expected, got string)");
  fails('ext.changes(_home.t, -1)', "bad argument #2 to 'changes' (whole number from 0 expected, got number)");
  fails('ext.changes(_home.t, 0, 0)', "bad argument #3 to 'changes' (limit out of range 1 to 10000)");
  fails('ext.changes(_home.t, 0, 10001)', "bad argument #3 to 'changes' (limit out of range 1 to 10000)");
  assert.deepEqual(cu.compute('return ext.feed(_home.t), ext.feed(_home)').values, [{ first: 1, last: 0, count: 10000, values: false }, null]);
});

test('changes that say nothing, and values that are none', async () => {
  const cu = await Cu.create({ module });
  cu.compute(`_home.t = { a = 1 } ext.feed(_home.t, { values = true })
    _home.t.a = 1 _home.t.b = nil _home.t.f = function() end _home.t.big = ("x"):rep(5000) _home.t.self = _home.t
    _home.t.r = { f = print, n = 1 } _home.t.r.r = _home.t.r`);
  const changes = cu.compute('return ext.changes(_home.t)').value;
  assert.deepEqual(changes.map(({ at, key, path, kind, before, after }) => [at, key, path, kind, before, after]), [
    [1, 'f', undefined, 'set', undefined, undefined],
    [2, 'big', undefined, 'set', undefined, 'x'.repeat(5000)],
    [3, 'self', undefined, 'set', undefined, undefined],
    [4, 'r', undefined, 'set', undefined, changes[3].after],
    [5, 'r', 'r', 'set', undefined, undefined],
  ]);
  assert.equal(changes[3].after.n, 1);
});

test('rows that are too deep are refused, and nothing happens', async () => {
  const cu = await Cu.create({ module });
  cu.compute('_home.t = {} ext.feed(_home.t, true) local r = _home.t for n = 1, 63 do r[1] = {} r = r[1] end r.x = 1 deep = r');
  assert.throws(() => cu.compute('deep[1] = { 1 } deep[1][1] = 2'), /64 tables or more inside of a row/);
  assert.equal(cu.compute('return deep[1][1]').value, 1);
  assert.deepEqual(cu.compute('return (ext.check(_home.t))').value, true);
});

test('times and ages', async () => {
  let now = 1_000_500;
  const cu = await Cu.create({ module, now: () => now });
  cu.compute('_home.t = {} ext.feed(_home.t, { age = 10 }) _home.t.x = 1');
  now += 5000;
  cu.compute('_home.t.x = 2');
  assert.deepEqual(cu.compute('return ext.changes(_home.t)').value.map(({ time }) => time), [1000.5, 1005.5]);
  now += 6000;
  cu.compute('_home.t.x = 3');
  assert.deepEqual(cu.compute('return ext.feed(_home.t)').value, { first: 2, last: 3, count: 10000, age: 10, values: false });
});

test('who may not change a table switches no feed on, and what is hidden is not told', async () => {
  const cu = await Cu.create({ module });
  cu.compute('_home.t = { a = { 1 } } _home.secret = { 1 } ext.feed(_home.t, { values = true }) _home.t.b = 1');
  assert.throws(() => cu.compute('ext.feed(_home.t, false)', { permissions: { write: false } }), /read-only/);
  assert.throws(() => cu.compute('ext.feed(_home.t, false)', { permissions: { tables: { '_home.t': 'readonly' } } }), /read-only/);
  assert.equal(cu.compute('return #ext.changes(_home.t)', { permissions: { write: false } }).value, 1);
  assert.throws(() => cu.compute('ext.changes(_home.t)', { permissions: { tables: { '_home.t.a': 'hidden' } } }), /what is hidden/);
  assert.throws(() => cu.compute('ext.changes(_home.t)', { permissions: { tables: { '_home.secret': 'hidden' } } }), /what is hidden/);
});

test('two instances over one store go on with each other\'s positions', async () => {
  const store = new MemoryStore();
  const one = await Cu.create({ module, store });
  const two = await Cu.create({ module, store });
  one.compute('_home.t = {} ext.feed(_home.t, true) _home.t.x = 0');
  for (let n = 1; n < 20; n += 1) (n % 3 === 0 ? one : two).compute(`_home.t.x = ${n}`);
  for (const cu of [one, two]) {
    assert.deepEqual(cu.compute('return ext.changes(_home.t)').value.map(({ at }) => at), Array.from({ length: 20 }, (_, n) => n + 1));
  }
});

test('a feed goes with its table, and its changes hold no tables', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  cu.compute('_home.x = 1 ext.feed(_home, { values = true })');
  cu.compute('ext.feed(_home, false)');
  cu.runGc();
  const size = () => store.size(0x8000000b) + store.size(0x8000000c) + store.size(0x8000000e);
  const before = size();
  cu.compute('_home.t = {} ext.feed(_home.t, { values = true }) _home.t.a = { { 1 } } _home.t.a = nil local t = ext.table() ext.feed(t, true) t[1] = {} ext.feed(t, false)');
  cu.runGc();
  assert.equal(cu.compute('return ext.changes(_home.t)').value[0].after[0][0], 1);
  cu.compute('_home.t = nil');
  cu.runGc();
  assert.equal(size(), before);
});

test('hosts have changes as plain values', async () => {
  const cu = await Cu.create({ module });
  const data = new Data(cu);
  cu.compute('_home.t = {}');
  assert.deepEqual(data.feed('_home.t', { values: true }), { first: 1, last: 0, count: 10000, values: true });
  cu.compute('_home.t.a = { n = { 1, 2 } } _home.t.a.n[2] = nil');
  const { changes, position } = data.changes('_home.t', 0);
  assert.deepEqual([position, changes.map(({ key, path, before, after }) => [key, path, before, after])],
    [2, [['a', undefined, undefined, { n: [1, 2] }], ['a', 'n.2', 2, undefined]]]);
  assert.deepEqual(data.changes('_home.t', 1, 1).changes.length, 1);
  assert.deepEqual(data.changes('_home.t', 9), { changes: undefined, position: 2, problem: 'no change had that position' });
  assert.equal(data.feed('_home.t', false), undefined);
});
