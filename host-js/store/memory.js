/**
 * The store in memory, and the interface that every store has.
 *
 * A store keeps tables, each a map from byte strings to byte strings in byte order. Table ids are unsigned 32-bit
 * numbers; keys and values are `Uint8Array`. All methods are synchronous, and one that fails throws.
 *
 *   get(table, key)       the value, or undefined; the caller does not change it
 *   set(table, key, value)
 *   delete(table, key)    also of a key that is not there
 *   size(table)           number of keys, 0 for a table never seen
 *   keys(table, after, descending, emit)
 *                         calls emit(key) for the keys after `after` (undefined: from the start) in byte order, or in
 *                         descending order those before it, until emit returns false. emit does not change the table,
 *                         and may keep each key
 *
 * A store may keep the arrays that it is given, unless it has
 *
 *   lend(table, key)      as get, but the value is valid only until the next call. A store with this method does not
 *                         keep the arrays that it is given, which saves a copy in every call
 *
 * A store may also have
 *
 *   computeEnded()        called when a compute or collection of an instance over this store is over, failed or not
 *   nextTable(after)      the least id above `after` (undefined: of all) whose table has keys, or undefined
 *
 * and units: changes that are kept or undone together. A store has all four of these or none. An instance makes each of
 * its calls one unit. A change outside of a unit is kept by itself.
 *
 *   begin()               opens a unit, and throws when one is open. Its changes can be read at once
 *   commit()              keeps the changes, and ends the unit
 *   rollBack()            undoes the changes, and ends the unit
 *   canRollBack           whether it can do that; if not, `commit` ends every unit
 *
 * and
 *
 *   version               a number that grows by one with each unit that changed something (within the unit, from its first
 *                         change on) and with each change outside of a unit, but for those of table 2, `_io`: hosts pass
 *                         arguments there, and nobody remembers them. Instances see by it that others changed the store.
 *                         For a store without it they count the units of instances only (turn.js)
 *
 *   readOnly              whether nothing can be changed but in table 2, `_io`: computes over such a store may not write
 *
 * Invariant: bytes enter and leave through copies, so nothing outside can change what is stored.
 *
 * The stores of this package also have `getAt`, `setAt`, `deleteAt` and `keysAt`. Their arguments say where keys and values
 * are in a block of bytes, so no array is made; the id of a table may be a signed number. `own` has the methods that these
 * replace. If a store's method differs from that in `own`, because its class was extended, the method is called instead.
 */

import { TABLE_IO } from '../abi.js';
import { Block, copy } from '../block.js';
import { StateError } from '../errors.js';
import { Lender } from '../lend.js';
import { Copies } from './image.js';
import { SmallTables } from './small.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';
import { Table } from './table.js';

/** The page has no room for one key. */
export const NO_ROOM = -1;

const FIRST_SCRATCH_BYTES = 256;
const LENGTH_BYTES = 4;
const NO_BYTES = new Uint8Array(0);

const lender = new Lender();

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
    this.small = new SmallTables();
    /** @type {Map<number, Table>} all other tables, by their ids as signed numbers */
    this.tables = new Map();
    // Scripts use one table in many calls, one after another.
    this.recent = undefined;
    this.recentId = 0;
    /** @type {Uint32Array | undefined} ids in ascending order, while they are known */
    this.order = undefined;
    this.seed = Math.random() * 0x100000000 | 0;
    this.inUnit = false;
    /** See "units" above. */
    this.version = 0;
    /** Whether the unit changed something. */
    this.hasChanged = false;
    /** @type {Table[]} large tables that changed in the unit */
    this.changed = [];
    this.copies = new Copies();
    this.scratch = new Block(new Uint8Array(FIRST_SCRATCH_BYTES));
    this.page = { block: this.scratch, at: 0, end: 0, isFull: false };
    this.putEntry = (block, start, length) => this.putKey(block, start, length);
  }

  get(id, key) {
    const value = this.lend(id, key);
    return value === undefined ? undefined : value.slice();
  }

  lend(id, key) {
    const { small } = this;
    const scratch = this.inScratch(key);
    const table = this.large(id);
    if (table !== undefined) {
      const record = table.find(scratch, 0, key.length);
      if (record < 0) return undefined;
      return lender.lend(table.heap.bytes, table.valueStart(record), table.valueLength(record));
    }
    if (!small.open(id) || small.seek(scratch, 0, key.length) < 0) return undefined;
    return lender.lend(small.segment.bytes, small.valueStart, small.valueLength);
  }

  set(id, key, value) {
    this.setAt(id, this.inScratch(key, value), 0, key.length, key.length, value.length);
  }

  delete(id, key) {
    this.deleteAt(id, this.inScratch(key), 0, key.length);
  }

  size(id) {
    const table = this.large(id);
    return table === undefined ? this.small.sizeOf(id) : table.size;
  }

  keys(id, after, descending, emit) {
    const isAfterEmpty = after !== undefined && after.length === 0;
    if (isAfterEmpty && descending) return;
    const block = this.inScratch(after === undefined ? NO_BYTES : after);
    this.eachEntry(id, block, 0, after === undefined ? 0 : after.length, descending, ({ bytes }, start, length) => (
      isAfterEmpty && length === 0 ? true : emit(bytes.slice(start, start + length))
    ));
  }

  nextTable(after = -1) {
    if (this.order === undefined) this.order = this.tableIds();
    const { order } = this;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = low + high >>> 1;
      if (order[middle] > after) high = middle;
      else low = middle + 1;
    }
    return order[low];
  }

  get canRollBack() {
    return true;
  }

  begin() {
    if (this.inUnit) throw new StateError('the store is in use: a unit of changes is open');
    this.inUnit = true;
    this.small.notes.begin();
  }

  commit() {
    this.hasChanged = false;
    this.inUnit = false;
    this.small.notes.end();
    while (this.changed.length > 0) this.changed.pop().endUnit();
    this.copies.end();
  }

  rollBack() {
    if (this.hasChanged) this.version--;
    this.hasChanged = false;
    this.small.rollBack();
    // Last first: a table may have been removed, and another one made with its id.
    while (this.changed.length > 0) {
      const table = this.changed.pop();
      if (table.isNew) {
        this.tables.delete(table.id);
      } else {
        table.rollBack();
        this.tables.set(table.id, table);
      }
    }
    this.copies.end();
    this.inUnit = false;
    this.recent = this.tables.get(this.recentId);
    this.order = undefined;
  }

  /** All tables as one byte string, see snapshot.js. Empty tables leave no trace. */
  snapshot() {
    return writeSnapshot(this);
  }

  // ---- without arrays: a key is `keyLength` bytes at `key` of a block, a value `length` bytes at `value` ----

  /** Copies a value to `into` if it fits, and returns its length, or ABSENT. */
  getAt(id, block, key, keyLength, into, room) {
    const table = this.large(id);
    return table === undefined
      ? this.small.getAt(id, block, key, keyLength, into, room)
      : table.getAt(block, key, keyLength, into, room);
  }

  setAt(id, block, key, keyLength, value, length) {
    this.note(id);
    const table = this.large(id);
    if (table !== undefined) {
      if (this.inUnit && !table.inUnit) this.enlist(table);
      table.setAt(block, key, keyLength, value, length);
      return;
    }
    const { small } = this;
    const { count } = small;
    if (!small.setAt(id, block, key, keyLength, value, length)) {
      this.enlarge(id).setAt(block, key, keyLength, value, length);
    } else if (small.count !== count) {
      this.order = undefined;
    }
  }

  deleteAt(id, block, key, keyLength) {
    const table = this.large(id);
    if (table === undefined) {
      const { small } = this;
      const { count } = small;
      if (small.deleteAt(id, block, key, keyLength)) this.note(id);
      if (small.count !== count) this.order = undefined;
      return;
    }
    if (this.inUnit && !table.inUnit) this.enlist(table);
    if (table.deleteAt(block, key, keyLength)) this.note(id);
    if (table.size > 0) return;
    this.tables.delete(id | 0);
    this.recent = undefined;
    this.order = undefined;
  }

  /**
   * Writes a page of keys (abi/README.md, "Imports") from `into` on up to `end`: those after the key at `after`, or from the
   * start where its length is 0. Returns the number of bytes written, or NO_ROOM.
   */
  keysAt(id, block, after, afterLength, descending, into, end) {
    const { page } = this;
    page.block = block;
    page.at = into;
    page.end = end;
    page.isFull = false;
    this.eachEntry(id, block, after, afterLength, descending, this.putEntry);
    return page.isFull && page.at === into ? NO_ROOM : page.at - into;
  }

  // ---- private ----

  /** Counts a change of a table. */
  note(id) {
    if (this.hasChanged || (!this.inUnit && id === TABLE_IO)) return;
    this.hasChanged = this.inUnit;
    this.version++;
  }

  /** A large table, or undefined. */
  large(id) {
    const signed = id | 0;
    if (signed !== this.recentId) {
      this.recentId = signed;
      this.recent = this.tables.get(signed);
    }
    return this.recent;
  }

  /** Call this before a large table first changes in a unit. */
  enlist(table) {
    this.changed.push(table);
    table.beginUnit(this.copies);
  }

  /** Makes a table a large one. */
  enlarge(id) {
    const { small } = this;
    const table = new Table(this.seed, id | 0);
    const exists = small.open(id);
    small.note(id, exists);
    if (exists) {
      const { segment, end } = small;
      for (let at = small.start; at < end;) {
        at = small.read(at);
        table.setAt(segment, small.keyStart, small.keyLength, small.valueStart, small.valueLength);
      }
      small.drop(id);
    }
    if (this.inUnit) {
      this.changed.push(table);
      table.inUnit = true;
      table.isNew = true;
    }
    this.tables.set(id | 0, table);
    this.recentId = id | 0;
    this.recent = table;
    this.order = undefined;
    return table;
  }

  /**
   * Calls `visit(block, keyStart, keyLength, valueStart, valueLength)` with the entries of a table after a key, or before it
   * in descending order, until it returns false. A key of no bytes means the start.
   */
  eachEntry(id, block, after, afterLength, descending, visit) {
    const table = this.large(id);
    if (table !== undefined) table.eachEntry(block, after, afterLength, descending, visit);
    else this.small.eachEntry(id, block, after, afterLength, descending, visit);
  }

  /** Adds an entry's key to a page; false when it does not fit. */
  putKey(from, start, length) {
    const { page } = this;
    const next = page.at + LENGTH_BYTES + length;
    if (next > page.end) {
      page.isFull = true;
      return false;
    }
    page.block.words.setInt32(page.at, length, true);
    copy(from, start, length, page.block, page.at + LENGTH_BYTES);
    page.at = next;
    return true;
  }

  tableIds() {
    const ids = new Uint32Array(this.small.count + this.tables.size);
    let count = 0;
    this.small.places.each((id) => { ids[count++] = id; });
    for (const id of this.tables.keys()) ids[count++] = id;
    return ids.sort();
  }

  /** A block with the bytes of a key, followed by those of a value. */
  inScratch(key, value = NO_BYTES) {
    const length = key.length + value.length;
    if (length > this.scratch.length) this.scratch = new Block(new Uint8Array(length * 2));
    this.scratch.bytes.set(key);
    this.scratch.bytes.set(value, key.length);
    return this.scratch;
  }
}

/** The methods that those without arrays replace. */
MemoryStore.prototype.own = {
  lend: MemoryStore.prototype.lend,
  set: MemoryStore.prototype.set,
  delete: MemoryStore.prototype.delete,
  keys: MemoryStore.prototype.keys,
};
