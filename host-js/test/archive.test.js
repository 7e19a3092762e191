/**
 * Export and import of everything as one file.
 */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';

import { MemoryStore, SnapshotError } from '../index.js';
import { exportAll, importAll } from '../store/archive.js';
import { IndexedDBStore } from '../store/indexeddb.js';
import { LocalStore } from '../store/local.js';
import { Origin } from './fake_browser.js';

const bytes = (...numbers) => Uint8Array.from(numbers);
const hex = (store) => createHash('sha256').update(store.snapshot()).digest('hex');
const open = (origin) => IndexedDBStore.open('store', { autosave: false, browser: origin.tab() });

async function filled() {
  const store = await open(new Origin());
  for (let number = 0; number < 3000; number++) store.set([1, 3, 9][number % 3], bytes(number >> 8, number), new Uint8Array(1000).fill(number));
  await store.snapshots.save('first', store.snapshot());
  await store.snapshots.save('ünïcode', bytes(1, 2, 3));
  return store;
}

test('everything is there after an import, and each step is told', async () => {
  const store = await filled();
  const told = [];
  const file = await exportAll(store, { onProgress: (progress) => told.push(progress) });
  assert.ok(file instanceof Blob);
  assert.ok(told.length >= 6);
  assert.deepEqual(told[told.length - 1].done, told[0].total);
  const origin = new Origin();
  const other = await open(origin);
  other.set(9, bytes(9), bytes(9));
  await other.snapshots.save('kept', bytes(4));
  const steps = [];
  const { snapshots } = await importAll(other, file, { onProgress: (progress) => steps.push(progress.done / progress.total) });
  assert.deepEqual(snapshots, ['first', 'ünïcode']);
  assert.deepEqual([steps[steps.length - 1], steps.every((step, at) => at === 0 || step >= steps[at - 1])], [1, true]);
  await other.close();
  const again = await open(origin);
  assert.equal(hex(again), hex(store));
  assert.deepEqual((await again.snapshots.list()).map(({ name }) => name), ['first', 'kept', 'ünïcode']);
  assert.deepEqual(await again.snapshots.load('ünïcode'), bytes(1, 2, 3));
  await again.close();
  await store.close();
});

test('an abort changes nothing', async () => {
  const store = await filled();
  const before = hex(store);
  for (const isExport of [true, false]) {
    const file = await exportAll(store);
    const other = await open(new Origin());
    const work = (signal, onProgress) => (isExport ? exportAll(store, { signal, onProgress }) : importAll(other, file, { signal, onProgress }));
    await assert.rejects(work(AbortSignal.abort()), { name: 'AbortError' });
    const controller = new AbortController();
    await assert.rejects(work(controller.signal, () => controller.abort()), { name: 'AbortError' });
    assert.deepEqual([other.nextTable(), await other.snapshots.list()], [undefined, []]);
    await other.close();
  }
  assert.equal(hex(store), before);
  await store.close();
});

test('any store can be exported and imported, and snapshots are files, too', async () => {
  const store = new MemoryStore();
  store.set(1, bytes(1), bytes(2));
  const file = new Uint8Array(await (await exportAll(store)).arrayBuffer());
  const local = await LocalStore.open('x', { browser: new Origin().tab() });
  for (const each of [file, file.buffer, store.snapshot()]) {
    local.set(1, bytes(7), bytes(7));
    await importAll(local, each);
    assert.equal(hex(local), hex(store));
    const other = new MemoryStore();
    await importAll(other, each);
    assert.equal(hex(other), hex(store));
  }
});

test('a file that is damaged anywhere is refused, and changes nothing', async () => {
  const store = await open(new Origin());
  store.set(1, bytes(1), bytes(2));
  await store.snapshots.save('a', bytes(1, 2, 3));
  const file = new Uint8Array(await (await exportAll(store)).arrayBuffer());
  store.set(1, bytes(1), bytes(3));
  const before = hex(store);
  for (let at = 0; at < file.length; at++) {
    const damaged = file.slice();
    damaged[at] ^= 0x11;
    await assert.rejects(importAll(store, damaged), SnapshotError, `byte ${at}`);
    await assert.rejects(importAll(store, file.subarray(0, at)), SnapshotError, `${at} bytes`);
  }
  await assert.rejects(importAll(store, 'text'), TypeError);
  await assert.rejects(importAll(new MemoryStore(), file), TypeError);
  assert.equal(hex(store), before);
  await store.close();
});

test('names come as they were, and a snapshot that is deleted meanwhile is left out', async () => {
  const store = await open(new Origin());
  await store.snapshots.save('\ufeffmarked', bytes(1));
  await store.snapshots.save('gone', bytes(2));
  const { snapshots } = store;
  const list = snapshots.list.bind(snapshots);
  snapshots.list = async () => {
    const all = await list();
    await snapshots.delete('gone');
    return all;
  };
  const other = await open(new Origin());
  assert.deepEqual(await importAll(other, await exportAll(store)), { snapshots: ['\ufeffmarked'] });
  assert.deepEqual(await other.snapshots.load('\ufeffmarked'), bytes(1));
  await Promise.all([store.close(), other.close()]);
});
