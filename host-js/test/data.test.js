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
