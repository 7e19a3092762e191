/**
 * The content of one memory store in the place of that of another one.
 *
 * Invariant: only what differs is changed, so a store that notes its changes notes no others.
 */

import { TABLE_IO } from '../abi.js';
import { Block } from '../block.js';
import { MemoryStore } from './memory.js';

const NO_KEY = new Block(new Uint8Array(0));
const own = MemoryStore.prototype;

/**
 * @param {MemoryStore} store
 * @param {MemoryStore} other
 * @param {boolean} [isQuiet] whether a subclass does not learn of the changes
 */
export function replaceContent(store, other, isQuiet = false) {
  const change = isQuiet ? own : store;
  const gone = [];
  eachEntry(store, (table, block, key, keyLength) => {
    const bytes = block.bytes.slice(key, key + keyLength);
    if (table !== TABLE_IO && other.get(table, bytes) === undefined) gone.push([table, new Block(bytes)]);
  });
  for (const [table, key] of gone) change.deleteAt.call(store, table, key, 0, key.length);
  eachEntry(other, (table, block, key, keyLength, value, length) => {
    if (table === TABLE_IO) return;
    const there = store.get(table, block.bytes.subarray(key, key + keyLength));
    if (there !== undefined && isEqual(there, block.bytes, value, length)) return;
    change.setAt.call(store, table, block, key, keyLength, value, length);
  });
}

function eachEntry(store, visit) {
  for (let table = store.nextTable(); table !== undefined; table = store.nextTable(table)) {
    store.eachEntry(table, NO_KEY, 0, 0, false, (block, ...place) => visit(table, block, ...place));
  }
}

function isEqual(bytes, other, start, length) {
  if (bytes.length !== length) return false;
  for (let at = 0; at < length; at++) {
    if (bytes[at] !== other[start + at]) return false;
  }
  return true;
}
