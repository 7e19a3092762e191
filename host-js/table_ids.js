/**
 * The ids of a store's tables as keys of 4 bytes, most significant first, which is the order of the ids.
 *
 * Invariant: a page starts behind the last id seen, whether that table still has keys or not.
 */

import { TABLE_CONTROL } from './abi.js';

const ID_BYTES = 4;
const KEY = new Uint8Array(ID_BYTES);

/**
 * Emits the ids after `last` (before it, descending; undefined: from the start), at most `count` of them.
 * @param {object} store with `nextTable`
 * @param {Uint8Array | undefined} last
 * @param {boolean} descending
 * @param {number} count
 * @param {(key: Uint8Array) => boolean} emit which does not keep the key
 */
export function idsAfter(store, last, descending, count, emit) {
  if (last !== undefined && last.length !== ID_BYTES) {
    throw new RangeError(`the id of a table has ${ID_BYTES} bytes, not ${last.length}`);
  }
  const seen = last === undefined ? undefined : new DataView(last.buffer, last.byteOffset).getUint32(0);
  for (const id of descending ? idsBefore(store, seen, count) : idsBehind(store, seen, count)) emit(keyOf(id));
}

/** Table 0 is no table of the store. */
function idsBehind(store, seen = TABLE_CONTROL, count) {
  const ids = [];
  for (let id = store.nextTable(seen); id !== undefined && ids.length < count; id = store.nextTable(id)) ids.push(id);
  return ids;
}

/** The last ones, highest first: a store walks its tables in one direction only. */
function idsBefore(store, seen = Infinity, count) {
  const ids = [];
  let at = 0;
  for (let id = store.nextTable(TABLE_CONTROL); id !== undefined && id < seen; id = store.nextTable(id)) {
    ids[at % count] = id;
    at++;
  }
  return ids.sort((left, right) => right - left);
}

/** The key, which the next one replaces: a collection asks for one after another. */
function keyOf(id) {
  for (let at = 0; at < ID_BYTES; at++) KEY[at] = id >>> 8 * (ID_BYTES - 1 - at);
  return KEY;
}
