/**
 * The store in memory, and the interface that every store has.
 *
 * A store keeps tables, each a map from byte strings to byte strings in byte order. Table ids are unsigned 32-bit
 * numbers; keys and values are `Uint8Array`. All methods are synchronous, and one that fails throws.
 *
 *   get(table, key)       the value, or undefined; nobody changes it
 *   set(table, key, value)
 *   delete(table, key)    also of a key that is not there
 *   size(table)           number of keys, 0 for a table never seen
 *   keys(table, after, descending, emit)
 *                         calls emit(key) for the keys after `after` (undefined: from the start) in byte order, or in
 *                         descending order those before it, until emit answers false. Nobody changes the table
 *                         meanwhile, and each key is the receiver's to keep
 *
 * Arguments are the store's to keep, unless it has
 *
 *   lend(table, key)      as get, but the answer is valid only until the next call; with this method a store promises
 *                         to keep no array that it was given, which saves a copy in every call
 *
 * A store may also have
 *
 *   computeEnded()        called when a compute or collection of an instance over this store is over, failed or not
 *   nextTable(after)      the least id above `after` (undefined: of all) whose table has keys, or undefined
 *
 * Invariant: bytes enter and leave through copies, so nothing outside can change what is stored.
 */

import { readSnapshot, writeSnapshot } from './snapshot.js';
import { Table } from './table.js';

export class MemoryStore {
  /**
   * A store as it was when `snapshot` was called.
   * @param {Uint8Array} bytes
   */
  static fromSnapshot(bytes) {
    const store = new this();
    readSnapshot(bytes, (table, key, value) => { MemoryStore.prototype.set.call(store, table, key, value); });
    return store;
  }

  constructor() {
    /** @type {Map<number, Table>} */
    this.tables = new Map();
    // A script works on one table for many calls in a row.
    this.recent = undefined;
    this.recentId = -1;
    this.emptiedId = -1;
    /** @type {number[] | undefined} ids in ascending order, while they are known */
    this.order = undefined;
    this.seed = Math.random() * 0x100000000 | 0;
  }

  find(id) {
    if (id === this.recentId) return this.recent;
    const table = this.tables.get(id);
    if (table !== undefined) {
      this.recent = table;
      this.recentId = id;
    }
    return table;
  }

  get(id, key) {
    const value = this.lend(id, key);
    return value === undefined ? undefined : value.slice();
  }

  lend(id, key) {
    const table = this.find(id);
    return table === undefined ? undefined : table.lend(key);
  }

  set(id, key, value) {
    let table = this.find(id);
    if (table === undefined) {
      table = new Table(this.seed);
      this.tables.set(id, table);
      this.order = undefined;
    }
    table.set(key, value);
  }

  delete(id, key) {
    const table = this.find(id);
    if (table === undefined || !table.delete(key) || table.size > 0 || id === this.emptiedId) return;
    // Empty tables go, except the last to become so: a script may fill it again at once.
    if (this.size(this.emptiedId) === 0 && this.tables.delete(this.emptiedId)) this.order = undefined;
    this.emptiedId = id;
    this.recentId = -1;
  }

  size(id) {
    const table = this.find(id);
    return table === undefined ? 0 : table.size;
  }

  keys(id, after, descending, emit) {
    const table = this.find(id);
    if (table !== undefined) table.keys(after, descending, emit);
  }

  nextTable(after = -1) {
    if (this.order === undefined) this.order = [...this.tables.keys()].sort((left, right) => left - right);
    const { order } = this;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = low + high >>> 1;
      if (order[middle] > after) high = middle;
      else low = middle + 1;
    }
    while (low < order.length && this.size(order[low]) === 0) low++;
    return order[low];
  }

  /** All tables as one byte string, see snapshot.js. Empty tables leave no trace. */
  snapshot() {
    return writeSnapshot(this.tables);
  }
}
