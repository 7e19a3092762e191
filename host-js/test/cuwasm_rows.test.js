/**
 * Batches, queries, indexes and transactions by names and ids of tables.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { CuError, LuaError, StateError } from '../index.js';
import { AdvancedStorageManager, IndexManager, QueryEngine } from '../cuwasm/index.js';
import { start } from './cuwasm.js';

const PEOPLE = [['ada', 36, 'Oslo'], ['bob', 25, 'Bergen'], ['cleo', 41, 'Oslo'], ['dan', 30, 'Bergen']];

async function people() {
  const lua = await start();
  await lua.batchTableOperations(PEOPLE.map(([name, age, city]) => ({ type: 'set', table: 'users', key: name, value: { name, age, address: { city } } })));
  return lua;
}

const names = (rows) => rows.map(({ name }) => name);

test('a batch sets, gets and deletes, and makes tables', async () => {
  const lua = await start();
  const results = await lua.batchTableOperations([
    { type: 'set', table: 'users', key: 'ada', value: { name: 'Ada', born: new Date(5) } },
    { type: 'get', table: '_home.users', key: 'ada' },
    { type: 'get', table: 'Memory.users', key: 'nobody' },
    { type: 'delete', table: 'users', key: 'ada' },
    { type: 'set', table: 1, key: '__proto__', value: 1 },
    { op: 'set', table: 'deep.in.it', key: 7, value: 'x' },
  ]);
  // A table that a `get` found is sent as it is at the end.
  assert.deepEqual(results, [true, { name: 'Ada', born: 5 }, null, true, true, true]);
  assert.deepEqual(lua.compute('return _home.users.ada, _home.deep["in"].it[7]').values, [null, 'x']);
  assert.deepEqual(await lua.batchTableOperations([]), []);
});

test('a batch is all or nothing, over all its parts', async () => {
  const lua = await start();
  const operations = Array.from({ length: 1500 }, (_, at) => ({ type: 'set', table: 'rows', key: at + 1, value: at }));
  operations[1200].table = 'rows.1';
  const order = [];
  await assert.rejects(lua.batchTableOperations(operations, { onProgress: (done, total) => order.push(done, total) }), /operation 1201|rows\.1 is no table/);
  assert.equal(await lua.compute('return _home.rows'), null);
  operations[1200].table = 'rows';
  assert.equal((await lua.batchTableOperations(operations, { onProgress: (done, total) => order.push(`${done}/${total}`) })).length, 1500);
  assert.deepEqual(order.slice(-2), ['1400/1500', '1500/1500']);
  assert.equal(await lua.compute('return #_home.rows'), 1500);
});

test('an operation that fails in a later part is named by its place in the whole, and undoes the parts before', async () => {
  const lua = await start();
  await lua.createIndex('rows', 'n', { unique: true });
  const operations = Array.from({ length: 300 }, (_, at) => ({ type: 'set', table: 'rows', key: at + 1, value: { n: at } }));
  operations[250].value.n = 0;
  await assert.rejects(lua.batchTableOperations(operations), (error) => error instanceof LuaError && /^operation 251: /.test(error.message));
  assert.equal(await lua.compute('return ext.size(_home.rows)'), 0);
  const results = await lua.batchTableOperations(operations, { atomic: false });
  assert.deepEqual([results.length, results[0], results[250].ok, results[250].index, results[250].key], [300, { ok: true }, false, 250, 251]);
  assert.equal(await lua.compute('return ext.size(_home.rows)'), 299);
});

test('large values are split into calls that fit', async () => {
  const lua = await start();
  const text = 'x'.repeat(20000);
  const operations = Array.from({ length: 200 }, (_, at) => ({ type: 'set', table: 'texts', key: at, value: `${at}${text}` }));
  await lua.batchTableOperations(operations);
  assert.equal(await lua.compute('return #_home.texts[199]'), 20003);
});

test('a batch that takes too long is undone', async (t) => {
  const lua = await start();
  const operations = Array.from({ length: 300 }, (_, at) => ({ type: 'set', table: 'rows', key: at + 1, value: at }));
  let now = 0;
  t.mock.method(Date, 'now', () => now);
  const slow = () => { now += 10; };
  await assert.rejects(lua.batchTableOperations(operations, { timeout: 5, onProgress: slow }), (error) => error instanceof CuError && /more than 5 ms/.test(error.message));
  assert.equal(await lua.compute('return _home.rows'), null);
  const results = await lua.batchTableOperations(operations, { timeout: 5, onProgress: slow, atomic: false });
  assert.deepEqual([results[0], results[299].ok, results[299].index], [{ ok: true }, false, 299]);
});

test('a callback that throws undoes the batch', async () => {
  const lua = await start();
  const onProgress = () => { throw new Error('stop'); };
  await assert.rejects(lua.batchTableOperations([{ type: 'set', table: 'a', key: 1, value: 1 }], { onProgress }), /stop/);
  assert.equal(await lua.compute('return _home.a'), null);
});

test('what is no operation is refused by its place before anything is done', async () => {
  const lua = await start();
  const good = { type: 'set', table: 'users', key: 'a', value: 1 };
  const wrong = [[null, /operations\[1\]/], [5, /operations\[1\]/], [{}, /operations\[1\]\.type/], [{ ...good, type: 'update' }, /\.type .*"update"/], [{ ...good, table: null }, /\.table/],
    [{ ...good, table: 2 ** 31 }, /\.table/], [{ ...good, table: 4711 }, /4711/], [{ ...good, key: null }, /\.key/], [{ ...good, key: {} }, /\.key/], [{ ...good, key: NaN }, /\.key/],
    [{ ...good, value: null }, /\.value/], [{ ...good, value: () => 1 }, /operations\[1\]\.value/], [{ ...good, type: 'toString' }, /\.type/]];
  for (const [operation, message] of wrong) await assert.rejects(lua.batchTableOperations([good, operation]), message, JSON.stringify(operation));
  for (const list of [null, undefined, {}, 'set', 5]) await assert.rejects(lua.batchTableOperations(list), /operations/);
  await assert.rejects(lua.batchTableOperations(new Array(10001).fill(good)), RangeError);
  await assert.rejects(lua.batchTableOperations(new Array(2)), /operations\[0\]/);
  for (const options of [{ atomic: 1 }, { timeout: '5' }, { onProgress: 5 }, { atomik: true }, 5]) await assert.rejects(lua.batchTableOperations([good], options), TypeError);
  assert.equal(await lua.compute('return _home.users'), null);
});

test('rows are found by a field, an operator and a value', async () => {
  const lua = await people();
  const found = async (query) => names(await lua.queryTable('users', query));
  assert.deepEqual(await found({ field: 'age', operator: '>=', value: 30, limit: 2 }), ['ada', 'cleo']);
  assert.deepEqual(await found({ field: 'age', operator: '>=', value: 30, orderBy: 'age', limit: 2, offset: 1 }), ['ada', 'cleo']);
  assert.deepEqual(await found({ field: 'age', operator: '<', value: 40, order: 'desc' }), ['ada', 'dan', 'bob']);
  assert.deepEqual(await found({ field: 'address.city', operator: '==', value: 'Oslo' }), ['ada', 'cleo']);
  assert.deepEqual(await found({ field: 'address.city', value: 'Bergen', orderBy: [{ field: 'age', direction: 'desc' }] }), ['dan', 'bob']);
  assert.deepEqual(await found({ field: 'name', operator: '<>', value: 'ada', where: { age: ['<', 40] } }), ['bob', 'dan']);
  assert.deepEqual(await found({ field: 'name', operator: 'contains', value: 'a' }), ['ada', 'dan']);
  assert.deepEqual(await found({ field: 'name', operator: 'startsWith', value: 'b' }), ['bob']);
  assert.deepEqual(await found({ field: 'age', operator: 'between', value: [25, 36], direction: 'asc' }), ['bob', 'dan', 'ada']);
  assert.deepEqual(await found({ field: 'age', operator: '=', value: null }), []);
  assert.deepEqual(await found({ field: 'age', operator: '!=', value: null, limit: 1 }), ['ada']);
  assert.deepEqual(await found({ limit: 0 }), []);
  assert.deepEqual(await found(), ['ada', 'bob', 'cleo', 'dan']);
  assert.deepEqual(await lua.queryTable(lua.getTableId('users'), { sum: 'age' }), [{ sum: 132 }]);
  assert.deepEqual((await lua.queryTable('users', { field: 'age', value: 36 }))[0], { name: 'ada', age: 36, address: { city: 'Oslo' } });
});

test('ranges include their ends, and are open where there is none', async () => {
  const lua = await people();
  const found = async (...range) => names(await lua.rangeQuery('users', 'age', ...range));
  assert.deepEqual(await found(25, 36), ['bob', 'dan', 'ada']);
  assert.deepEqual(await found(31), ['ada', 'cleo']);
  assert.deepEqual(await found(null, 30), ['bob', 'dan']);
  assert.deepEqual(await found(), ['bob', 'dan', 'ada', 'cleo']);
  assert.deepEqual(await found(50, 10), []);
  await assert.rejects(lua.rangeQuery('users', 5, 1, 2), /field/);
});

test('indexes are made for tables to come, serve queries, and are dropped by their field', async () => {
  const lua = await start();
  assert.equal(await lua.createIndex('users', 'age', 'btree'), 'age');
  await lua.batchTableOperations(PEOPLE.map(([name, age]) => ({ type: 'set', table: 'users', key: name, value: { name, age } })));
  const query = { table: 'users', field: 'age', operator: '>=', value: 30 };
  const plan = lua.getQueryPlan(query);
  assert.deepEqual([plan.useIndex, plan.indexName, plan.strategy, plan.returned, plan.estimatedCost > 0], [true, 'age', 'index_scan', 3, true]);
  assert.equal(lua.optimizeQuery('users', { field: 'age', value: 36 }).suggestedIndex, null);
  assert.equal(await lua.dropIndex('users', 'age'), true);
  assert.equal(await lua.dropIndex('users', 'age'), false);
  const scan = lua.optimizeQuery(query);
  assert.deepEqual([scan.useIndex, scan.indexName, scan.strategy, scan.suggestedIndex], [false, null, 'full_scan', { field: 'age', type: 'btree' }]);
  assert.equal(await lua.createIndex('users', scan.suggestedIndex.field, scan.suggestedIndex.type), 'age');
  await lua.createIndex('users', ['name', 'age'], { name: 'both', unique: true });
  assert.deepEqual((await lua.listIndexes('users')).map(({ name }) => name).sort(), ['age', 'both']);
  assert.equal(await lua.dropIndex('users', ['name', 'age']), true);
});

test('the classes around an instance do the same', async () => {
  const lua = await people();
  const [engine, indexes, manager] = [new QueryEngine(lua), new IndexManager(lua), new AdvancedStorageManager(lua)];
  const id = lua.getTableId('users');
  await engine.createIndex(id, 'address.city', 'hash');
  assert.deepEqual(names(await engine.query(id, { field: 'address.city', value: 'Oslo' })), ['ada', 'cleo']);
  assert.equal(engine.getQueryPlan(id, { field: 'address.city', value: 'Oslo' }).useIndex, true);
  assert.equal(engine.optimizeQuery(id, { field: 'age', value: 1 }).strategy, 'full_scan');
  assert.deepEqual(names(await engine.rangeQuery(id, 'age', 40, 50)), ['cleo']);
  const index = await indexes.getIndex('users', 'address.city');
  assert.deepEqual([index.kind, index.entries], ['hash', 4]);
  assert.equal(await indexes.getIndex('users', 'age'), null);
  assert.equal((await indexes.listIndexes('users')).length, 1);
  assert.deepEqual(await indexes.checkIndexes('users'), { ok: true, problems: [] });
  await indexes.createIndex('users', 'age');
  assert.equal(await indexes.dropIndex('users', 'age'), true);
  assert.equal(await engine.dropIndex(id, 'address.city'), true);
  assert.equal(await manager.setValue('users', 'eve', { name: 'eve' }), true);
  assert.deepEqual(await manager.getValue(id, 'eve'), { name: 'eve' });
  assert.equal(await manager.deleteValue('users', 'eve'), true);
  assert.equal(await manager.getValue('users', 'eve'), null);
  assert.deepEqual(await manager.processBatch([{ type: 'get', table: id, key: 'eve' }]), [null]);
  for (const Class of [QueryEngine, IndexManager, AdvancedStorageManager]) {
    assert.throws(() => new Class({}), /cu is to be an instance/);
    assert.ok(new Class().cu !== lua);
  }
});

test('wrong queries are refused by name', async () => {
  const lua = await people();
  const wrong = [[5, /query/], [null, /query/], [[], /query/], [{ field: 5, value: 1 }, /query\.field/], [{ value: 1 }, /query\.field/], [{ field: 'a', operator: 5, value: 1 }, /query\.operator/],
    [{ field: 'a', operator: '=>', value: 1 }, /unknown operator/], [{ field: 'a', operator: 'toString', value: 1 }, /unknown operator/], [{ field: 'a', operator: '<' }, /query\.value/],
    [{ limit: -1 }, /limit/], [{ limit: 10001 }, /limit/], [{ limit: 'x' }, /limit/], [{ lim: 1 }, /lim/], [{ orderBy: 5 }, /orderBy/], [{ field: 'a', direction: 'down' }, /direction/],
    [{ field: 'a', value: () => 1 }, /query\.value/]];
  for (const [query, message] of wrong) await assert.rejects(lua.queryTable('users', query), message, JSON.stringify(query));
  await assert.rejects(lua.queryTable('nobody', {}), /no table _home\.nobody/);
  for (const [field, type] of [[5], [[]], [[5]], ['a', 'fulltext'], ['a', 5], ['a', { uniq: true }], [null], ['..']]) await assert.rejects(lua.createIndex('users', field, type));
  await assert.rejects(lua.dropIndex('users', 5), /field/);
  assert.throws(() => lua.getQueryPlan({ field: 'a', value: 1 }), /query\.table/);
  assert.throws(() => lua.getQueryPlan('users', 5), /query/);
  assert.throws(() => lua.optimizeQuery(4711, {}), /no table/);
});

test('transactions are kept or undone together', async () => {
  const lua = await people();
  const set = (key, value) => lua.batchTableOperations([{ type: 'set', table: 'users', key, value }]);
  const kept = await lua.beginTransaction();
  await set('x', 1);
  await assert.rejects(lua.beginTransaction(), StateError);
  await assert.rejects(lua.saveState(), /transaction/);
  await assert.rejects(lua.loadState(), /transaction/);
  await assert.rejects(lua.commitTransaction({}), TypeError);
  assert.equal(await lua.commitTransaction(kept), true);
  const undone = await lua.beginTransaction();
  await set('x', 2);
  await lua.compute('_home.users.y = 3');
  await assert.rejects(lua.batchTableOperations([{ type: 'set', table: 'users', key: 'z', value: 1 }, { type: 'set', table: 'users', key: 'ada', value: new Map([[1, lua.none]]) },
    { type: 'get', table: 'nobody', key: 1 }]), /nobody/);
  assert.equal(await lua.rollbackTransaction(undone), true);
  assert.deepEqual(lua.compute('return _home.users.x, _home.users.y, _home.users.z').values, [1, null, null]);
  for (const over of [kept, undone, undefined]) {
    await assert.rejects(lua.commitTransaction(over), StateError);
    await assert.rejects(lua.rollbackTransaction(over), StateError);
  }
});

test('an action is a transaction', async () => {
  const lua = await people();
  assert.equal(await lua.transaction(async (inside) => {
    await inside.compute('_home.n = 1');
    return 'done';
  }), 'done');
  await assert.rejects(lua.transaction(async () => {
    await lua.compute('_home.n = 2');
    throw new Error('undo');
  }), /undo/);
  await assert.rejects(lua.transaction(() => lua.compute('_home.n = 3 error("no")')), /no/);
  assert.equal(await lua.compute('return _home.n'), 1);
  await assert.rejects(lua.transaction(5), /action/);
});
