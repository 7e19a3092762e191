/**
 * Encrypts what is stored with the newest key, a batch at a time.
 *
 *   1. The marker names the newest key beside the older ones (done when the store is opened).
 *   2. Each value is opened, and sealed with the newest key where it was not.
 *   3. After the last value the marker names the newest key alone, and is made durable.
 *
 * A rotation may stop between two steps, or between two values: every value can be read with the keys that the marker
 * names. The next rotation knows by the key's id which values are done, and does not write them again.
 *
 * Invariant: a rotation that ends has read every value that was there all the time, and no value was damaged.
 */

import { OWN_TABLE, writeMarker } from './marker.js';
import { isMarked, keyIdOf, open, seal } from './sealed.js';

// After so many entries or bytes the caller may do something else.
const BATCH_ENTRIES = 1000;
const BATCH_BYTES = 0x100000;

// The number of keys that are read at once.
const PAGE_KEYS = 100;

/** @returns {Generator<{ entries: number, rewritten: number, done: boolean }>} */
export function* rotate(store, keys, takesPlain) {
  let entries = 0;
  let rewritten = 0;
  let batchEntries = 0;
  let batchBytes = 0;
  for (let table = next(store, undefined); table !== undefined; table = next(store, table)) {
    let page;
    for (let after; (page = pageOfKeys(store, table, after)).length > 0; after = page[page.length - 1]) {
      for (const key of page) {
        const stored = store.get(table, key.slice());
        // It was deleted between two batches.
        if (stored === undefined) continue;
        entries++;
        if (renew(store, keys, takesPlain, table, key, stored)) rewritten++;
        batchEntries++;
        batchBytes += stored.length;
        if (batchEntries < BATCH_ENTRIES && batchBytes < BATCH_BYTES) continue;
        yield { entries, rewritten, done: false };
        batchEntries = 0;
        batchBytes = 0;
      }
    }
  }
  writeMarker(store, keys, true, []);
  if (typeof store.flush === 'function') store.flush();
  yield { entries, rewritten, done: true };
}

/** Seals the value with the newest key; false when it has that key already. */
function renew(store, keys, takesPlain, table, key, stored) {
  const plain = takesPlain && !isMarked(stored);
  const value = plain ? stored : open(keys, table, key, stored);
  if (!plain && keyIdOf(stored) === keys.newest.id) return false;
  store.set(table, key.slice(), seal(keys, table, key, value));
  return true;
}

function next(store, after) {
  const table = store.nextTable(after);
  return table === OWN_TABLE ? store.nextTable(table) : table;
}

function pageOfKeys(store, table, after) {
  const keys = [];
  store.keys(table, after && after.slice(), false, (key) => {
    keys.push(key);
    return keys.length < PAGE_KEYS;
  });
  return keys;
}
