/**
 * IndexedDBStore when IndexedDB fails at each of its calls, and when tabs die between transactions.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { MemoryStore } from '../index.js';
import { IndexedDBStore } from '../store/indexeddb.js';
import { StorageError } from '../store/storage_error.js';
import { Origin, failing, whole } from './fake_browser.js';
import { randomBelow, seed } from './random.js';

const TABLES = [1, 5, 0x80000003, 0x8000000b];
const text = (store) => Buffer.from(store.snapshot()).toString('hex');
const quiet = { wait: 1000, grace: 0, onError: () => {} };

/** A unit of changes, which come with no others: all values are its number. */
function unit(store, number, below) {
  const changes = Array.from({ length: 1 + below(6) }, () => [TABLES[below(TABLES.length)], Uint8Array.of(below(5)), below(4) > 0]);
  store.begin();
  for (const [table, key, isSet] of changes) {
    if (isSet) store.set(table, key, Uint8Array.of(number));
    else store.delete(table, key);
  }
  store.set(1, Uint8Array.of(99), Uint8Array.of(number));
  store.commit();
}

/**
 * Opens, changes, saves, compacts, opens again. Returns the contents that a later open may find, in the order of their saves, and how
 * many of them were acknowledged.
 */
async function scenario(origin, below, states) {
  for (let session = 0; session < 2; session++) {
    const store = await IndexedDBStore.open('store', { autosave: false, browser: origin.tab(), ...quiet });
    try {
      for (let save = 0; save < 3; save++) {
        unit(store, states.all.length, below);
        states.all.push(text(store));
        if (save === 2) store.saves.compactAt = 0;
        await store.save();
        states.saved = states.all.length - 1;
        await store.saves.last;
      }
      await store.close();
    } catch (error) {
      if (states.retries) {
        // The failure was one: what is in memory is saved now.
        await store.save();
        states.saved = states.all.length - 1;
        await store.close();
      } else {
        store.end();
      }
      throw error;
    }
  }
}

for (const way of ['throw', 'error', 'abort', 'quota']) {
  for (const retries of [false, true]) {
    test(`nothing saved is lost when a call fails by ${way}${retries ? ', and the rest is saved later' : ''} (CU_SEED=${seed})`, async () => {
      for (let call = 1; ; call++) {
        const origin = new Origin();
        const states = { all: [text(new MemoryStore())], saved: 0, retries };
        const count = failing((number) => (number === call ? way : undefined));
        let failure;
        try {
          await scenario(origin, randomBelow(seed), states);
        } catch (error) {
          failure = error;
        } finally {
          whole();
        }
        const context = `CU_SEED=${seed}, call ${call} of ${count.calls}: ${failure && failure.stack}`;
        assert.ok(failure === undefined || failure instanceof StorageError, context);
        const store = await IndexedDBStore.open('store', { autosave: false, browser: origin.tab() });
        const found = states.all.lastIndexOf(text(store));
        assert.ok(found >= states.saved, `${context}: found state ${found}, and ${states.saved} was saved`);
        await store.close();
        if (call > count.calls) return;
      }
    });
  }
}

test(`a tab that dies at any moment has lost nothing that was saved, and no unit is in parts (CU_SEED=${seed})`, async () => {
  const below = randomBelow(seed);
  for (let round = 0; round < 150; round++) {
    const origin = new Origin();
    const states = { all: [text(new MemoryStore())], saved: 0 };
    for (let life = 0; life < 4; life++) {
      const tab = origin.tab();
      let ticks = below(60);
      const death = (async () => {
        while (ticks-- > 0) await new Promise(setImmediate);
        tab.die();
      })();
      const work = (async () => {
        const store = await IndexedDBStore.open('store', { autosave: false, browser: tab, ...quiet });
        // Whichever state is found is the newest one: what came after it is gone.
        const found = states.all.lastIndexOf(text(store));
        assert.ok(found >= states.saved, `CU_SEED=${seed}, round ${round}, life ${life}: found ${found}, saved ${states.saved}`);
        states.all.length = found + 1;
        for (let save = 0; save < 5 && !tab.isDead; save++) {
          unit(store, states.all.length % 256, below);
          states.all.push(text(store));
          const number = states.all.length - 1;
          store.saves.compactAt = below(3) === 0 ? 0 : 1e9;
          await store.save();
          if (!tab.isDead) states.saved = number;
        }
      })().catch((error) => {
        if (error.code === 'ERR_ASSERTION' || !(error instanceof StorageError)) throw error;
      });
      await death;
      // What a dead tab waits for never comes.
      await Promise.race([work, new Promise((resolve) => { setTimeout(resolve, 5); })]);
    }
    const store = await IndexedDBStore.open('store', { autosave: false, browser: origin.tab() });
    assert.ok(states.all.lastIndexOf(text(store)) >= states.saved, `CU_SEED=${seed}, round ${round}`);
    await store.close();
  }
});
