/**
 * IndexedDBStore: when it saves by itself, after a pause and at the end of the page.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { IndexedDBStore } from '../store/indexeddb.js';
import { Origin } from './fake_browser.js';
import { bytes, openIn, pause } from './indexeddb.js';

test('changes are saved after a pause, and when the page is hidden', async () => {
  const origin = new Origin();
  const tab = origin.tab();
  const store = await IndexedDBStore.open('store', { autosave: 30, browser: tab });
  store.set(1, bytes(1), bytes(1));
  await pause(150);
  assert.equal(store.hasUnsaved, false);
  const slow = 10000;
  store.autosave.pause = slow;
  store.set(1, bytes(2), bytes(1));
  tab.hide();
  await pause(30);
  tab.die();
  const other = await openIn(origin);
  assert.equal(other.size(1), 2);
  await other.close();
  store.end();
});

test('a page that dies after it was hidden has its changes saved, also while a save was running', async () => {
  for (const isRunning of [false, true]) {
    for (let waits = 0; waits < 12; waits++) {
      const origin = new Origin();
      const tab = origin.tab();
      const store = await IndexedDBStore.open('store', { autosave: false, browser: tab, onError: () => {} });
      store.set(1, bytes(1), bytes(1));
      if (isRunning) store.save().catch(() => {});
      for (let tick = 0; tick < waits; tick++) await new Promise(setImmediate);
      store.set(1, bytes(2), bytes(1));
      tab.hide();
      await pause(10);
      tab.die();
      const other = await openIn(origin);
      assert.deepEqual([...Array(2).keys()].map((key) => other.get(1, bytes(key + 1))), [bytes(1), bytes(1)]);
      await other.close();
      store.end();
    }
  }
});

test('a save that waits while the page is hidden resolves when all is durable', async () => {
  for (const what of ['room', 'queue']) {
    const origin = new Origin();
    const tab = origin.tab();
    const store = await IndexedDBStore.open('store', { autosave: false, browser: tab });
    store.set(1, bytes(1), bytes(1));
    if (what === 'room') tab.navigator.storage.estimate = async () => {
        await new Promise(setImmediate);
        return { usage: 0, quota: 1e9 };
      };
    const first = store.save();
    if (what === 'queue') await new Promise(setImmediate);
    store.set(1, bytes(2), bytes(1));
    const second = what === 'queue' ? store.save() : first;
    await new Promise(setImmediate);
    tab.hide();
    await Promise.all([first, second]);
    assert.equal(store.hasUnsaved, false, what);
    tab.die();
    const other = await openIn(origin);
    assert.equal(other.size(1), 2, what);
    await other.close();
    store.end();
  }
});
