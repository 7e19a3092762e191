/**
 * IndexedDBStore: how its database is opened, upgraded, replaced, and what it says when a browser does not let it.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { encode, encodeKey } from '../index.js';
import { IndexedDBStore } from '../store/indexeddb.js';
import { Origin } from './fake_browser.js';
import { OLD, bytes, openIn, openOld, pause, rowsOf } from './indexeddb.js';
import { reason } from './reason.js';

test('options of the wrong kind are refused', async () => {
  const browser = new Origin().tab();
  await assert.rejects(IndexedDBStore.open(7, { browser }), TypeError);
  await assert.rejects(IndexedDBStore.open('x', { browser, autosave: -1 }), TypeError);
  await assert.rejects(IndexedDBStore.open('x', { browser, tabs: 'many' }), TypeError);
  await assert.rejects(IndexedDBStore.open('x', { browser, autoSave: 5 }), /no option of an IndexedDBStore is called autoSave; there are autosave/);
});

test('a browser without IndexedDB, and one that denies it, is an error that says so', async () => {
  const browser = new Origin().tab();
  browser.indexedDB = undefined;
  await assert.rejects(IndexedDBStore.open('store', { browser }), reason('unsupported'));
  const origin = new Origin();
  origin.isDenied = true;
  await assert.rejects(openIn(origin), reason('denied'));
  Object.defineProperty(browser, 'indexedDB', { get: () => { throw new DOMException('no', 'SecurityError'); } });
  await assert.rejects(IndexedDBStore.open('store', { browser }), reason('denied'));
  await assert.rejects(IndexedDBStore.delete('store', { browser }), reason('denied'));
});

test('a database of a later version is refused', async () => {
  const origin = new Origin();
  await new Promise((resolve) => {
    const request = origin.factory.open('store', 3);
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
  await assert.rejects(openIn(origin), reason('version'));
});

test('a database of version 1 is upgraded: its tables are there, its rows stay', async () => {
  const origin = new Origin();
  (await openOld(origin, OLD)).close();
  const store = await openIn(origin);
  assert.deepEqual(store.get(1, encodeKey('n')), encode(2.5));
  assert.deepEqual(store.get(3, encodeKey('name')), encode('one'));
  assert.deepEqual(store.get(3, encodeKey(1)), encode(7));
  assert.deepEqual(store.notConverted.map(({ table, key }) => [table, key]), [[2, 'f'], [2, 'text']]);
  await store.save();
  await store.close();
  const again = await openIn(origin);
  assert.deepEqual(again.get(1, encodeKey('n')), encode(2.5));
  assert.deepEqual(again.notConverted, []);
  await again.close();
  assert.deepEqual((await rowsOf(origin, 'externalTables')).filter(({ id }) => id === 1 || id === 2), OLD.slice(0, 2));
});

test('an upgrade waits for tabs that have version 1 open, and says so when they stay', async () => {
  const origin = new Origin();
  const connection = await openOld(origin, OLD);
  await assert.rejects(openIn(origin, { wait: 50 }), reason('blocked'));
  setTimeout(() => connection.close(), 50);
  await pause(100);
  const store = await openIn(origin);
  assert.equal(store.size(1), 2);
  await store.close();
});

test('a tab lets another one replace the database, after it saved', async () => {
  const origin = new Origin();
  const errors = [];
  const store = await openIn(origin, { onError: (error) => errors.push(error) });
  store.set(1, bytes(1), bytes(1));
  const request = origin.factory.open('store', 3);
  await new Promise((resolve) => { request.onsuccess = resolve; });
  request.result.close();
  assert.equal((await rowsOf(origin, 'externalTables')).length, 2);
  assert.deepEqual(errors.map(({ reason: each }) => each), ['version']);
  assert.throws(() => store.set(1, bytes(1), bytes(1)), reason('version'));
  assert.throws(() => store.begin(), reason('version'));
  assert.deepEqual(store.get(1, bytes(1)), bytes(1));
});

test('a connection that the browser closed is opened again', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  store.set(1, bytes(1), bytes(1));
  const { connection } = store.database;
  connection.close();
  connection.onclose();
  await store.save();
  await store.close();
  const other = await openIn(origin);
  assert.equal(other.size(1), 1);
  await other.close();
});

test('options are checked, and name the value', async () => {
  const origin = new Origin();
  await assert.rejects(IndexedDBStore.open('store', null), /options of an IndexedDBStore are an object, and not null/);
  for (const [wrong, message] of [
    [{ autosav: 3 }, /no option of an IndexedDBStore is called autosav; there are autosave, wait/],
    [{ autosave: 'soon' }, /autosave is soon; wanted is a number/],
    [{ wait: NaN }, /wait is NaN/],
    [{ grace: -1 }, /grace is -1/],
    [{ repair: 'no' }, /repair is no; wanted is true or false/],
    [{ onError: 5 }, /onError is 5; wanted is a function/],
  ]) await assert.rejects(openIn(origin, wrong), message);
});

test('a wait that is longer than timers are is no wait of no time', async () => {
  const origin = new Origin();
  const first = await openIn(origin, { grace: 0 });
  let go;
  const held = first.turn(() => new Promise((resolve) => { go = resolve; }));
  const opening = openIn(origin, { wait: 1e10, autosave: Infinity });
  await pause(50);
  go();
  const second = await opening;
  second.set(1, bytes(1), bytes(1));
  await pause(20);
  assert.ok(second.hasUnsaved);
  await Promise.all([held, first.close(), second.close()]);
});
