/**
 * A page that is left with changes that are not saved, in a browser that gives up its transactions: the next page has them.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { IndexedDBStore } from '../store/indexeddb.js';
import { Origin } from './fake_browser.js';
import { randomBelow, seed } from './random.js';

const bytes = (...numbers) => Uint8Array.from(numbers);
const ITEM = 'cu-left:store';
const text = (store) => Buffer.from(store.snapshot()).toString('hex');

async function openIn(origin, options = {}) {
  const tab = origin.tab();
  const store = await IndexedDBStore.open('store', { autosave: false, browser: tab, onError: () => {}, ...options });
  const leave = () => {
    tab.dispatchEvent(new Event('pagehide'));
    tab.die({ givesUp: true });
  };
  return { store, tab, leave };
}

test('what was not saved when a page was left is in the next one, values and deleted keys, and is saved there', async () => {
  const origin = new Origin();
  const first = await openIn(origin);
  first.store.set(1, bytes(1), bytes(1));
  first.store.set(1, bytes(2), bytes(2));
  await first.store.save();
  first.store.set(1, bytes(2), new Uint8Array(70000).fill(3));
  first.store.delete(1, bytes(1));
  first.store.set(2, bytes(1), bytes(9));
  first.leave();
  const second = await openIn(origin);
  assert.deepEqual([second.store.get(1, bytes(1)), second.store.get(1, bytes(2)).length, second.store.get(2, bytes(1))], [undefined, 70000, undefined]);
  assert.equal(second.store.hasUnsaved, true);
  await second.store.save();
  assert.equal(origin.items.has(ITEM), false);
  second.tab.die();
  const third = await openIn(origin);
  assert.deepEqual([third.store.get(1, bytes(1)), third.store.get(1, bytes(2)).length, third.store.hasUnsaved], [undefined, 70000, false]);
});

test('words are not taken when their transaction was finished, when others saved since, or when the database is another one', async () => {
  const origin = new Origin();
  const first = await openIn(origin);
  first.store.set(1, bytes(1), bytes(1));
  first.tab.dispatchEvent(new Event('pagehide'));
  const words = origin.items.get(ITEM);
  assert.match(words, /^0 1 /);
  await first.store.save();
  assert.equal(origin.items.has(ITEM), false);
  first.store.set(1, bytes(1), bytes(2));
  await first.store.save();
  await first.store.close();
  origin.items.set(ITEM, words);
  const second = await openIn(origin);
  assert.deepEqual([second.store.get(1, bytes(1)), origin.items.has(ITEM)], [bytes(2), false]);
  await second.store.close();
  origin.items.set(ITEM, words.replace(/^0 1/, '7 8'));
  const third = await openIn(origin);
  assert.deepEqual([third.store.get(1, bytes(1)), origin.items.has(ITEM)], [bytes(2), false]);
  await third.store.close();
  origin.items.set(ITEM, words);
  await IndexedDBStore.delete('store', { browser: origin.tab() });
  assert.equal(origin.items.has(ITEM), false);
});

test('words that are damaged, too long, or have no place, change nothing', async () => {
  const origin = new Origin();
  for (const item of ['', '0', '0 1', '0 1 x', '0 1 \u0100\u0101', 'a b c']) {
    origin.items.set(ITEM, item);
    const { store } = await openIn(origin);
    assert.equal(store.hasUnsaved, false, item);
    await store.close();
  }
  const long = await openIn(origin);
  origin.items.delete(ITEM);
  long.store.set(1, bytes(1), new Uint8Array(1_100_000));
  long.leave();
  assert.equal(origin.items.has(ITEM), false);
  const full = await openIn(origin);
  full.tab.localStorage.room = 10;
  full.store.set(1, bytes(1), bytes(1));
  full.leave();
  assert.equal(origin.items.has(ITEM), false);
});

test(`pages that are left at any time go on from each other (CU_SEED=${seed})`, async () => {
  const below = randomBelow(seed);
  for (let round = 0; round < 30; round++) {
    const origin = new Origin();
    let wanted;
    for (let page = 0; page < 6; page++) {
      const { store, tab, leave } = await openIn(origin);
      if (wanted !== undefined) assert.equal(text(store), wanted, `round ${round}, page ${page}`);
      for (let change = below(6); change > 0; change--) {
        const key = bytes(below(4));
        if (below(3) === 0) store.delete(7, key);
        else store.set(7, key, bytes(below(256), page));
        if (below(4) === 0) await store.save();
        // Some saves are going on when the page is left.
        else if (below(4) === 0) store.save().catch(() => {});
      }
      wanted = text(store);
      if (below(4) === 0) tab.dispatchEvent(new Event('pagehide'));
      leave();
    }
  }
});
