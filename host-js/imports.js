/**
 * The five functions that the module imports, over a store.
 *
 * Invariant: no import throws. For a pointer outside memory, and when the store or a handler throws, an import returns
 * `FAILED`, and the error is kept for the caller of the export.
 */

import { ABSENT, IMPORT_MODULE, OK, PAGE_DESCENDING, TABLE_CONTROL, TABLE_IO } from './abi.js';
import { NO_ROOM } from './store/memory.js';
import { idsAfter } from './table_ids.js';
import { turnOf } from './turn.js';

/** Below ABSENT: "the host failed", for every import. */
export const FAILED = -2;

/** A page has no room for one whole key. */
const PAGE_TOO_SMALL = -3;

/** Of the length in front of a key. */
const LENGTH_BYTES = 4;

/** Stands for `own` in a store without it: no method is equal to null. */
const NONE = { lend: null, set: null, delete: null, keys: null };

export class Imports {
  /**
   * @param {import('./memory.js').Memory} memory
   * @param {object} store see store/memory.js
   * @param {import('./control.js').Control} control
   */
  constructor(memory, store, control) {
    this.memory = memory;
    this.store = store;
    this.control = control;
    /** Learns of changes of a store without a version. One with `setAt` has a version. */
    this.turn = turnOf(store);
    this.lends = typeof store.lend === 'function';
    /** The methods in place of which `getAt` and the others may be called (store/memory.js). */
    this.own = store.own || NONE;
    /** The last failure of the store. The script gets it as an error, and may catch that. */
    this.failure = undefined;
    /** What `onEvent`, `now` or `onTick` threw last. The script does not see it, so the caller of the export gets it. */
    this.handlerFailure = undefined;
    this.page = { pointer: 0, end: 0, full: false };
    this.emitKey = (key) => this.putKey(key);
  }

  /** The import object of the module. */
  get object() {
    return {
      [IMPORT_MODULE]: {
        // Engines call these faster than the functions that `bind` returns.
        js_ext_table_set: (table, key, keyLength, value, length) => this.tableSet(table, key, keyLength, value, length),
        js_ext_table_get: (table, key, keyLength, into, room) => this.tableGet(table, key, keyLength, into, room),
        js_ext_table_delete: (table, key, keyLength) => this.tableDelete(table, key, keyLength),
        js_ext_table_size: (table) => this.tableSize(table),
        js_ext_table_keys: (table, page, room) => this.tableKeys(table, page, room),
      },
    };
  }

  tableSet(table, keyPointer, keyLength, valuePointer, valueLength) {
    try {
      const { store } = this;
      if (table !== TABLE_CONTROL && store.set === this.own.set) {
        const block = this.blockWith(keyPointer, keyLength, valuePointer, valueLength);
        store.setAt(table, block, keyPointer >>> 0, keyLength >>> 0, valuePointer >>> 0, valueLength >>> 0);
        return OK;
      }
      const key = this.key(keyPointer, keyLength);
      const value = this.lends
        ? this.memory.lendValue(valuePointer >>> 0, valueLength >>> 0)
        : this.memory.copy(valuePointer >>> 0, valueLength >>> 0);
      if (table === TABLE_CONTROL) {
        this.control.set(key, value);
      } else {
        this.turn.note(table);
        store.set(table >>> 0, key, value);
      }
      return OK;
    } catch (error) {
      return this.failed(error, table);
    }
  }

  tableGet(table, keyPointer, keyLength, valuePointer, capacity) {
    try {
      const { store } = this;
      if (table !== TABLE_CONTROL && store.lend === this.own.lend) {
        const block = this.blockWith(keyPointer, keyLength, valuePointer, capacity);
        return store.getAt(table, block, keyPointer >>> 0, keyLength >>> 0, valuePointer >>> 0, capacity >>> 0);
      }
      const key = this.key(keyPointer, keyLength);
      this.memory.check(valuePointer >>> 0, capacity >>> 0);
      const value = table === TABLE_CONTROL ? this.control.get(key) : this.find(table >>> 0, key);
      if (value === undefined) return ABSENT;
      const length = value.length;
      if (length <= capacity >>> 0) this.memory.write(valuePointer >>> 0, value);
      return length;
    } catch (error) {
      return this.failed(error, table);
    }
  }

  tableDelete(table, keyPointer, keyLength) {
    try {
      const { store } = this;
      if (table !== TABLE_CONTROL && store.delete === this.own.delete) {
        store.deleteAt(table, this.blockWith(keyPointer, keyLength, 0, 0), keyPointer >>> 0, keyLength >>> 0);
        return OK;
      }
      const key = this.key(keyPointer, keyLength);
      if (table !== TABLE_CONTROL) {
        this.turn.note(table);
        store.delete(table >>> 0, key);
      }
      return OK;
    } catch (error) {
      return this.failed(error, table);
    }
  }

  tableSize(table) {
    try {
      return table === TABLE_CONTROL ? 0 : this.store.size(table >>> 0);
    } catch (error) {
      return this.failed(error, table);
    }
  }

  tableKeys(table, pointer, capacity) {
    try {
      const start = pointer >>> 0;
      const length = capacity >>> 0;
      this.memory.check(start, length);
      const request = this.memory.readU32(start);
      const keyLength = request % PAGE_DESCENDING;
      if (keyLength + LENGTH_BYTES > length) throw new RangeError(`key of ${keyLength} bytes in a page of ${length}`);
      const { store } = this;
      const after = start + LENGTH_BYTES;
      if (table === TABLE_CONTROL) return this.tablePage(start, length, keyLength, request >= PAGE_DESCENDING);
      if (store.keys === this.own.keys) {
        const { block } = this.memory;
        const written = store.keysAt(table, block, after, keyLength, request >= PAGE_DESCENDING, start, start + length);
        return written === NO_ROOM ? PAGE_TOO_SMALL : written;
      }
      const page = this.beginPage(start, length);
      // A copy: the page overwrites the key after which it starts.
      const last = keyLength > 0 ? this.memory.copy(after, keyLength) : undefined;
      store.keys(table >>> 0, last, request >= PAGE_DESCENDING, this.emitKey);
      const written = page.pointer - start;
      // No failure: the module asks again with a larger page.
      return page.full && written === 0 ? PAGE_TOO_SMALL : written;
    } catch (error) {
      return this.failed(error, table);
    }
  }

  /** A page of the ids of tables that have keys, where the store knows them. */
  tablePage(start, length, keyLength, descending) {
    const { store } = this;
    if (typeof store.nextTable !== 'function') return 0;
    const last = keyLength > 0 ? this.memory.copy(start + LENGTH_BYTES, keyLength) : undefined;
    const page = this.beginPage(start, length);
    try {
      idsAfter(store, last, descending, Math.floor(length / (2 * LENGTH_BYTES)), this.emitKey);
    } catch (error) {
      return this.failed(error, TABLE_IO);
    }
    return page.pointer - start;
  }

  beginPage(start, length) {
    const { page } = this;
    page.pointer = start;
    page.end = start + length;
    page.full = false;
    return page;
  }

  /** Memory, once it is sure that two ranges lie inside it. */
  blockWith(key, keyLength, value, valueLength) {
    const { memory } = this;
    memory.check(key >>> 0, keyLength >>> 0);
    memory.check(value >>> 0, valueLength >>> 0);
    return memory.block;
  }

  key(pointer, length) {
    return this.lends
      ? this.memory.lendKey(pointer >>> 0, length >>> 0)
      : this.memory.copy(pointer >>> 0, length >>> 0);
  }

  find(table, key) {
    return this.lends ? this.store.lend(table, key) : this.store.get(table, key);
  }

  /** Adds a key to the page; false when it does not fit. */
  putKey(key) {
    const { page, memory } = this;
    const next = page.pointer + LENGTH_BYTES + key.length;
    if (next > page.end) {
      page.full = true;
      return false;
    }
    memory.writeU32(page.pointer, key.length);
    memory.write(page.pointer + LENGTH_BYTES, key);
    page.pointer = next;
    return true;
  }

  /** Keeps what the store threw, or what a handler did, which the control channel calls. */
  failed(error, table) {
    const failure = error === undefined ? new Error('undefined was thrown') : error;
    if (table === TABLE_CONTROL) this.handlerFailure = failure;
    else this.failure = failure;
    return FAILED;
  }
}
