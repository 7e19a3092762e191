/**
 * What an instance counts, and the marks that it makes when it is asked to.
 */

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import test from 'node:test';

import { AdvancedStorageManager, CuWASM, MemoryStorage } from '../cuwasm/index.js';
import { start } from './cuwasm.js';

const rows = Array.from({ length: 300 }, (_, id) => ({ type: 'set', table: 'rows', key: id, value: { id, text: 'row number' } }));

test('calls, rows and bytes are counted', async () => {
  const storage = new MemoryStorage();
  const instance = await CuWASM.init({ storage });
  await instance.compute('return 1');
  await instance.compute('error("no")').catch(() => {});
  await instance.compute('return ]').catch(() => {});
  await instance.batchTableOperations(rows);
  await new AdvancedStorageManager(instance).setValue('rows', 'x', { id: 1000 });
  await assert.rejects(instance.batchTableOperations([{ type: 'gone' }]));
  for (let time = 0; time < 3; time++) await instance.queryTable('rows', { field: 'id', operator: '<', value: 10 });
  await instance.rangeQuery('rows', 'id', 290, 1000);
  await instance.transaction(() => {});
  await assert.rejects(instance.transaction(() => { throw new Error('no'); }), /no/);
  await instance.saveState();
  await instance.loadState();
  const { saves, loads, ...counts } = instance.getStats();
  assert.deepEqual(counts, {
    computes: 3,
    errors: 3,
    batches: { count: 2, operations: 301 },
    queries: { count: 4, cached: 1, rows: 41 },
    transactions: { committed: 1, rolledBack: 1 },
  });
  const { length } = await storage.load('default');
  assert.deepEqual([saves.count, saves.automatic, saves.storedBytes, saves.ratio], [1, 0, length, saves.bytes / length]);
  assert.ok(saves.ratio > 2 && saves.milliseconds >= 0, JSON.stringify(saves));
  assert.deepEqual([loads.count, loads.storedBytes], [1, length]);
});

test('an instance that did nothing has done nothing, and counts are copies', async () => {
  const instance = new CuWASM();
  const counts = instance.getStats();
  assert.deepEqual([counts.computes, counts.saves.ratio, counts.loads.count], [0, 1, 0]);
  counts.batches.count = 5;
  assert.equal(instance.getStats().batches.count, 0);
});

test('measures are made when they are asked for, and leave no marks', async () => {
  const names = () => performance.getEntriesByType('measure').map(({ name }) => name);
  performance.clearMeasures();
  await (await start()).compute('return 1');
  assert.deepEqual(names(), []);
  const storage = new MemoryStorage();
  const instance = await CuWASM.init({ storage, measure: true });
  await instance.compute('return 1');
  await instance.compute('error("no")').catch(() => {});
  await instance.batchTableOperations(rows);
  await instance.queryTable('rows');
  await Promise.all([instance.saveState('a'), instance.saveState('b')]);
  await instance.loadState('a');
  assert.deepEqual(names().sort(), ['cu:batch', 'cu:compute', 'cu:compute', 'cu:query', 'cu:restore', 'cu:restore', 'cu:save', 'cu:save']);
  assert.ok(performance.getEntriesByType('measure').every(({ duration }) => duration >= 0));
  assert.deepEqual(performance.getEntriesByType('mark'), []);
  performance.clearMeasures();
  await assert.rejects(CuWASM.init({ measure: 'yes' }), /measure is to be true or false/);
});
