/**
 * Queries that are asked again: their answers are those of a look at the table, whatever was done between.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { ExternalTable } from '../index.js';
import { start } from './cuwasm.js';
import { randomBelow, seed } from './random.js';

const cached = (instance) => instance.getStats().queries.cached;
const QUERY = { field: 'age', operator: '>=', value: 30, orderBy: 'name' };

/** An instance with three rows, of which a query was asked as often as it takes for its answer to be kept. */
async function asked(options) {
  const instance = await start(options);
  await instance.compute("_home.users = { { name = 'Ada', age = 36 }, { name = 'Bob', age = 20 }, { name = 'Cleo', age = 51 } }");
  for (let time = 0; time < 2; time++) await instance.queryTable('users', QUERY);
  return instance;
}

test('an answer is kept when it was asked for twice', async () => {
  const instance = await asked();
  assert.equal(cached(instance), 0);
  for (let time = 1; time <= 3; time++) {
    assert.deepEqual(await instance.queryTable('users', QUERY), [{ name: 'Ada', age: 36 }, { name: 'Cleo', age: 51 }]);
    assert.equal(cached(instance), time);
  }
});

test('every caller gets values of its own', async () => {
  const instance = await asked();
  const first = await instance.queryTable('users', QUERY);
  first[0].name = 'changed';
  first.pop();
  assert.deepEqual(await instance.queryTable('users', QUERY), [{ name: 'Ada', age: 36 }, { name: 'Cleo', age: 51 }]);
  assert.equal(cached(instance), 2);
});

for (const [what, change] of Object.entries({
  'a compute': (instance) => instance.compute("_home.users[1].age = 20 _home.users[3] = nil _home.users[1] = { name = 'Eve', age = 40 }"),
  'a batch': (instance) => instance.batchTableOperations([
    { type: 'set', table: 'users', key: 1, value: { name: 'Eve', age: 40 } }, { type: 'delete', table: 'users', key: 3 },
  ]),
  'another table under the name': (instance) => instance.compute("_home.users = { { name = 'Eve', age = 40 } }"),
  'another state that is loaded': async (instance) => {
    await instance.compute("_home.users = { { name = 'Eve', age = 40 } }");
    await instance.saveState('other');
    await instance.loadState('other');
  },
})) {
  test(`an answer from before is given no more after ${what}`, async () => {
    const instance = await asked();
    await change(instance);
    for (let time = 0; time < 4; time++) assert.deepEqual(await instance.queryTable('users', QUERY), [{ name: 'Eve', age: 40 }]);
  });
}

test('an answer from within a transaction is none after it was undone', async () => {
  const instance = await asked();
  const before = await instance.queryTable('users', QUERY);
  const transaction = await instance.beginTransaction();
  await instance.compute('_home.users[3] = nil');
  for (let time = 0; time < 3; time++) assert.equal((await instance.queryTable('users', QUERY)).length, 1);
  await instance.rollbackTransaction(transaction);
  assert.deepEqual(await instance.queryTable('users', QUERY), before);
});

test('what the table did not change for is kept: results, output, other queries', async () => {
  const instance = await asked();
  await instance.compute('_io.output = { 1, 2 } return _home.users[1].name, ("x"):rep(100000)');
  instance.setInput({ a: 1 });
  await instance.queryTable('users', QUERY);
  assert.equal(cached(instance), 1);
});

test('instances that are watched or bounded ask for each', async () => {
  for (const options of [{ onEvent: () => {} }, { rate: { computes: 1000 } }]) {
    const instance = await asked(options);
    await instance.queryTable('users', QUERY);
    assert.equal(cached(instance), 0);
  }
});

test('queries that differ in a value, its type or the table are others', async () => {
  const instance = await start();
  await instance.compute("_home.rows = { { a = 1 }, { a = '1' }, { a = 1.5 } } _home.more = { { a = 1, more = true } }");
  const ask = async (table, value) => {
    let rows;
    for (let time = 0; time < 3; time++) rows = await instance.queryTable(table, { field: 'a', value });
    return rows;
  };
  assert.deepEqual(await ask('rows', 1), [{ a: 1 }]);
  assert.deepEqual(await ask('rows', '1'), [{ a: '1' }]);
  assert.deepEqual(await ask('rows', 1.5), [{ a: 1.5 }]);
  assert.deepEqual(await ask('more', 1), [{ a: 1, more: true }]);
  assert.deepEqual(await ask(instance.getTableId('more'), 1), [{ a: 1, more: true }]);
  assert.deepEqual(await ask(new ExternalTable(instance.getTableId('rows')), 1), [{ a: 1 }]);
});

test('errors are those of a query that is asked for the first time, each time', async () => {
  const instance = await asked();
  for (let time = 0; time < 3; time++) {
    await assert.rejects(instance.queryTable('nowhere', {}), /there is no table _home.nowhere/);
    await assert.rejects(instance.queryTable('users', { field: 'age', operator: 'about', value: 1 }), /about/);
    await assert.rejects(instance.queryTable('users', { field: 'age', value: () => 1 }), /query\.value/);
  }
});

test('many and long answers are not kept for long', async () => {
  const instance = await start();
  await instance.compute("_home.rows = ext.table() for i = 1, 1500 do _home.rows[i] = { n = i, text = ('x'):rep(100) } end");
  const askThrice = async (query) => { for (let time = 0; time < 3; time++) await instance.queryTable('rows', query); };
  await askThrice({ limit: 1400 });
  assert.equal(cached(instance), 0);
  await askThrice({ limit: 900 });
  assert.equal(cached(instance), 0);
  await askThrice({ limit: 100 });
  assert.equal(cached(instance), 1);
  for (let n = 1; n <= 31; n++) await instance.queryTable('rows', { field: 'n', value: n });
  await instance.queryTable('rows', { limit: 100 });
  assert.equal(cached(instance), 2);
  for (let n = 101; n <= 132; n++) await instance.queryTable('rows', { field: 'n', value: n });
  await instance.queryTable('rows', { limit: 100 });
  assert.equal(cached(instance), 2);
});

test(`answers are those of an instance that keeps none (CU_SEED=${seed})`, async () => {
  const below = randomBelow(seed);
  const [one, other] = [await start(), await start({ onEvent: () => {} })];
  const both = (action) => Promise.all([one, other].map(action));
  for (let step = 0; step < 600; step++) {
    const [key, age] = [below(8), below(5)];
    if (below(15) === 0) {
      const operation = below(3) === 0 ? { type: 'delete', table: 'users', key } : { type: 'set', table: 'users', key, value: { key, age } };
      await both((instance) => instance.batchTableOperations([operation, { type: 'set', table: 'users', key: 99, value: { age: 2 } }]));
    } else if (step > 0) {
      const query = { field: 'age', operator: below(2) === 0 ? '=' : '>', value: age };
      const [found, wanted] = await both((instance) => instance.queryTable('users', query).catch((error) => error.message));
      assert.deepEqual(found, wanted);
    }
  }
  assert.ok(cached(one) > 20 && cached(other) === 0, `${cached(one)}`);
});
