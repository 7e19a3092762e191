/**
 * Tables as data, through the module: what data.js calls, and what it makes of the answers.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { Data } from '../data.js';
import { Cu, CuFloat, ExternalTable, LuaError } from '../index.js';

const SCRIPT = `
  _home.users = {}
  for i, name in ipairs { 'Ada', 'Bob', 'Eve' } do
    _home.users[name:lower()] = { name = name, age = 20 + i, address = { city = i == 2 and 'Oslo' or 'Bergen' }, tags = { 'a', 'b' } }
  end`;

async function start(options) {
  const cu = await Cu.create();
  cu.compute(SCRIPT);
  return { cu, data: new Data(cu, options) };
}

test('indexes are made, listed, checked and dropped', async () => {
  const { cu, data } = await start();
  const name = data.createIndex('_home.users', 'address.city');
  assert.equal(name, 'address.city');
  assert.equal(data.createIndex(cu.compute('return _home.users').value, ['name', 'age'], { name: 'both', unique: true }), 'both');
  const [city, both] = data.indexes('_home.users').sort((left, right) => (left.name < right.name ? -1 : 1));
  assert.deepEqual([city.name, city.kind, city.unique, city.entries], ['address.city', 'btree', false, 3]);
  assert.deepEqual([both.paths, both.unique], [['name', 'age'], true]);
  assert.deepEqual(data.check('_home.users'), { ok: true, problems: [] });
  assert.throws(() => data.batch([['set', '_home.users', 'x', { name: 'Ada', age: 21 }]]), LuaError);
  assert.equal(data.dropIndex('_home.users', 'both'), true);
  assert.equal(data.dropIndex('_home.users', 'both'), false);
  assert.equal(data.indexes('_home.users').length, 1);
  assert.throws(() => data.createIndex('_home.users', '..'), LuaError);
  assert.throws(() => data.createIndex('_home.nobody', 'a'), /leads to nothing/);
  assert.throws(() => data.indexes(7), TypeError);
});

test('a schema is attached when it holds, told, and taken away', async () => {
  const { data } = await start();
  assert.equal(data.schema('_home.users'), undefined);
  const wrong = data.setSchema('_home.users', { fields: { age: { type: 'string' } } });
  assert.equal(wrong.ok, false);
  assert.equal(wrong.problems.length, 3);
  assert.match(wrong.problems[0], /age/);
  assert.deepEqual(data.setSchema('_home.users', { fields: { age: { type: 'integer' } } }), { ok: true, problems: [] });
  assert.deepEqual(data.schema('_home.users'), { fields: { age: { type: 'integer' } } });
  assert.throws(() => data.batch([['set', '_home.users.ada', 'age', 'old']]), /age/);
  const [refused] = data.batch([['set', '_home.users.ada', 'age', 'old']], { atomic: false });
  assert.equal(refused.ok, false);
  assert.equal(data.setSchema('_home.users', false).ok, true);
  assert.deepEqual(data.batch([['set', '_home.users.ada', 'age', 'old']]), [true]);
});

test('a batch answers in the order of its operations', async () => {
  const { cu, data } = await start();
  const users = cu.compute('return _home.users').value;
  assert.ok(users instanceof ExternalTable);
  const results = data.batch([
    ['set', users, 'zoe', { name: 'Zoe' }],
    { op: 'get', table: '_home.users', key: 'zoe' },
    ['get', users, 'nobody'],
    { op: 'delete', table: users, key: 'ada' },
    ['set', users, new CuFloat(2.5), new Uint8Array([255])],
    { op: 'set', table: '_home.users.zoe', key: 1n, value: 2n ** 64n },
    ['get', '_home.users.zoe', 1],
  ]);
  // A table that a `get` found is sent as it is at the end.
  assert.deepEqual(results, [true, new Map([['name', 'Zoe'], [1, 2n ** 64n]]), null, true, true, true, 2n ** 64n]);
  assert.deepEqual(data.batch([]), []);
  assert.deepEqual(data.batch([['get', users, 'nobody'], ['get', users, 'nothing']]), [null, null]);
});

test('a batch does all or nothing, or each operation for itself', async () => {
  const { data } = await start();
  const operations = [['set', '_home.users', 'x', 1], ['set', '_home.users.x', 'y', 2], ['get', '_home.users', 'x']];
  assert.throws(() => data.batch(operations), /^LuaError: operation 2: the way '_home\.users\.x' leads to a number value/);
  assert.deepEqual(data.batch([operations[2]]), [null]);
  const [first, second, third] = data.batch(operations, { atomic: false });
  assert.deepEqual([first, third], [{ ok: true }, { ok: true, value: 1 }]);
  assert.deepEqual([second.ok, second.index, second.key], [false, 1, 'y']);
  assert.match(second.error, /leads to a number value/);
});

test('what is no operation is refused before anything is done', async () => {
  const { data } = await start();
  const good = ['set', '_home.users', 'x', 1];
  for (const [wrong, message] of [[['sit', '_home.users', 1], /operation 1: unknown operation 'sit'/], [{}, /unknown operation 'undefined'/],
    [['toString', '_home.users', 1], /unknown operation/], [['get', '_home.users'], /operation 1: there is no key/], [['get', 7, 1], /operation 1: a table is named/],
    [['set', '_home.users', 1, null], /operation 1: 'set' without a value/], [['get', undefined, 1], /a table is named/]]) {
    assert.throws(() => data.batch([good, wrong]), (error) => error instanceof TypeError && message.test(error.message), JSON.stringify(wrong));
  }
  assert.throws(() => data.batch(new Array(10001).fill(good)), /more than 10000 operations/);
  assert.throws(() => data.batch([['get', '_home.users', [1]]]), /byte \d+ of the operations cannot be right/);
  assert.throws(() => data.batch([good], { atomik: true }), /unknown option 'atomik'/);
  assert.deepEqual(data.batch([['get', '_home.users', 'x']]), [null]);
});

test('options hold for every call', async () => {
  const { data } = await start({ permissions: { write: false } });
  assert.throws(() => data.batch([['set', '_home.users', 'x', 1]]), /this compute is read-only/);
  assert.deepEqual(data.batch([['get', '_home.users.ada', 'age']]), [21]);
});

test('a query answers rows as plain values, page by page', async () => {
  const { data } = await start();
  const { rows, keys, cursor } = data.query('_home.users', { where: { 'address.city': 'Bergen' }, order: 'age' });
  assert.deepEqual(keys, ['ada', 'eve']);
  assert.deepEqual(rows[1], { name: 'Eve', age: 23, address: { city: 'Bergen' }, tags: ['a', 'b'] });
  assert.equal(cursor, undefined);
  const first = data.query('_home.users', { limit: 2, select: ['name'] });
  assert.deepEqual(first.rows, [{ name: 'Ada' }, { name: 'Bob' }]);
  const second = data.query('_home.users', { limit: 2, select: ['name'], after: first.cursor });
  assert.deepEqual([second.rows, second.cursor], [[{ name: 'Eve' }], undefined]);
  assert.deepEqual(data.query('_home.users', { where: { age: ['>', 100] } }), { rows: [], keys: [], cursor: undefined });
  assert.deepEqual(data.query('_home.users', { sum: 'age', count: true }).rows, [{ count: 3, sum: 66 }]);
  assert.equal(data.query('_home.users').rows.length, 3);
  assert.throws(() => data.query('_home.users', { where: { age: ['=>', 1] } }), /unknown operator/);
  assert.throws(() => data.query('_home.users', { after: 'none' }), LuaError);
});

test('every row is walked, however many, in pages', async () => {
  const { cu, data } = await start();
  cu.compute('_home.many = {} for i = 1, 2500 do _home.many[i] = { n = i % 10 } end');
  let computes = 0;
  const { compute } = cu;
  cu.compute = function (...all) { computes++; return compute.apply(this, all); };
  const keys = [...data.each('_home.many')].map(([key]) => key);
  assert.deepEqual([keys.length, keys[0], keys[2499], computes], [2500, 1, 2500, 3]);
  const found = [...data.each('_home.many', { where: { n: 3 }, limit: 120, offset: 10, order: { field: 'n' } }, { page: 50 })];
  assert.deepEqual([found.length, found[0], found[119][0]], [120, [103, { n: 3 }], 1293]);
  assert.deepEqual([...data.each('_home.many', { limit: 0 })], []);
  assert.deepEqual([...data.each('_home.users', { where: { age: 99 } })], []);
  for (const [key] of data.each('_home.many', {}, { page: 10 })) if (key === 15) break;
  assert.throws(() => [...data.each('_home.many', { order: 7 })], LuaError);
});

test('counts, first rows and plans', async () => {
  const { data } = await start();
  assert.deepEqual([data.count('_home.users'), data.count('_home.users', { age: ['>=', 22] })], [3, 2]);
  assert.deepEqual([data.exists('_home.users', { name: 'Bob' }), data.exists('_home.users', { name: 'Zoe' })], [true, false]);
  assert.deepEqual(data.first('_home.users', { order: { field: 'age', desc: true }, select: ['age'] }), { row: { age: 23 }, key: 'eve' });
  assert.equal(data.first('_home.users', { where: { age: 1 } }), undefined);
  const plan = data.explain('_home.users', { where: { age: ['>=', 22] } });
  assert.equal(plan.returned, 2);
  assert.equal(typeof plan.plan, 'string');
});

test('a feed is switched on, read and trimmed', async () => {
  const { data } = await start();
  assert.equal(data.feed('_home.users'), undefined);
  assert.throws(() => data.changes('_home.users'), /has no feed/);
  assert.deepEqual(data.feed('_home.users', { values: true, count: 2 }), { first: 1, last: 0, count: 2, values: true });
  data.batch([['set', '_home.users', 'zoe', 1], ['set', '_home.users', 'zoe', 2]]);
  const { changes, position, problem } = data.changes('_home.users');
  assert.deepEqual([changes.length, position, problem], [2, 2, undefined]);
  assert.deepEqual(data.changes('_home.users', position), { changes: [], position, problem: undefined });
  assert.equal(data.changes('_home.users', 0, 1).changes.length, 1);
  data.batch([['delete', '_home.users', 'zoe'], ['set', '_home.users', 'zoe', 3]]);
  assert.deepEqual(data.changes('_home.users', 0), { changes: undefined, position: 4, problem: 'changes are not kept any more' });
  assert.equal(data.feed('_home.users', false), undefined);
});

test('a table is upgraded by a function that is there', async () => {
  const { cu, data } = await start();
  cu.compute('function _home.upgrade(t) for _, user in pairs(t) do user.age = user.age + 1 end end');
  assert.equal(data.version('_home.users'), 0);
  const dry = data.migrate('_home.users', 1, '_home.upgrade', { dry: true });
  assert.deepEqual([dry.from, dry.to, dry.dry, data.version('_home.users')], [0, 1, true, 0]);
  assert.equal(data.migrate('_home.users', 1, '_home.upgrade').dry, false);
  assert.equal(data.version('_home.users'), 1);
  assert.deepEqual(data.batch([['get', '_home.users.ada', 'age']]), [22]);
  assert.throws(() => data.migrate('_home.users', 2, '_home.nothing'), /leads to nothing/);
});
