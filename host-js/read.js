/**
 * External tables as plain values, read from the store without the module.
 *
 * Invariant: each table is read once and becomes one value, so shared tables stay shared and circular ones end. Tables
 * wait in a list, those of the least depth first: nesting takes no stack, and each table is read at its least depth.
 */

import { KEY_RESULT, TABLE_IO } from './abi.js';
import { expand } from './codec/compressed.js';
import { Decoder, isString, setProperty } from './codec/decode.js';
import { decodeKey } from './codec/key.js';
import { CuError, DecodeError, LimitError } from './errors.js';
import { ExternalTable } from './values.js';

/** The default limit of entries: more than a person looks through, and small enough for a browser's memory. */
const ENTRIES = 1000000;

/**
 * @param {object} store see store/memory.js
 * @param {number} id of the table
 * @param {object} [options]
 * @param {number} [options.depth] levels of tables that are read; those below stay ExternalTables. Default: all
 * @param {number} [options.limit] of entries in all tables together; beyond it a LimitError. Default: 1,000,000
 * @param {boolean} [options.exact] floats as CuFloat, big integers as CuBigInteger
 * @returns {unknown[] | object | Map<unknown, unknown>}
 */
export function readTable(store, id, options) {
  return readTables(store, [id], options)[0];
}

/** The same of several tables: what they share is one value. */
export function readTables(store, ids, { depth = Infinity, limit = ENTRIES, exact } = {}) {
  if (!(depth >= 1)) throw new RangeError(`depth ${depth}: at least one table is read`);
  if (!(limit >= 0)) throw new RangeError(`limit ${limit}: no number of entries`);
  return new Reader(store, depth, limit, exact).read(ids);
}

/** The value that is all of `bytes`, with the tables in it. */
export function readValue(store, bytes) {
  return new Reader(store, Infinity, ENTRIES).readValue(bytes);
}

class Reader extends Decoder {
  constructor(store, depthLimit, limit, exact) {
    super({ exact });
    this.store = store;
    this.depthLimit = depthLimit;
    this.limit = limit;
    this.entries = 0;
    /** Depth of the table whose values are being decoded. */
    this.tableDepth = 0;
    /** @type {Map<number, Waiting>} every table found, by id; they are read in this order */
    this.tables = new Map();
  }

  read(ids) {
    const values = ids.map((id) => this.external(id));
    this.fillAll();
    return values;
  }

  readValue(bytes) {
    const value = this.whole(expand(bytes));
    this.fillAll();
    return value;
  }

  fillAll() {
    // Tables found on the way are added at the end.
    for (const table of this.tables.values()) this.fill(table);
  }

  /** Replaces Decoder's: the value of a nested table is made now and filled later. */
  external(id) {
    const known = this.tables.get(id);
    if (known !== undefined) return known.value;
    return this.tableDepth < this.depthLimit ? this.addTable(id).value : new ExternalTable(id);
  }

  /** Makes the value of a table, of the kind that fits its keys. */
  addTable(id) {
    const encoded = this.encodedKeys(id);
    const keys = encoded.map((key) => withPlace(id, key, () => decodeKey(key, this)));
    const table = { id, encoded, keys, depth: this.tableDepth + 1, value: emptyValue(keys) };
    this.tables.set(id, table);
    return table;
  }

  encodedKeys(id) {
    const keys = [];
    this.store.keys(id, undefined, false, (key) => {
      // No entry, but the values that did not fit the last response.
      if (id === TABLE_IO && isResult(key)) return true;
      if (this.entries === this.limit) {
        throw new LimitError(`more than ${this.limit} entries; table ${id} goes beyond the limit`, this.limit);
      }
      this.entries++;
      keys.push(key);
      return true;
    });
    return keys;
  }

  fill({ id, encoded, keys, depth, value }) {
    this.tableDepth = depth;
    const put = putInto(value);
    encoded.forEach((key, index) => {
      const bytes = this.store.get(id, key);
      if (bytes === undefined) throw new CuError(`the store lists a key of table ${id} that it does not have`);
      put(keys[index], withPlace(id, key, () => this.whole(expand(bytes))));
    });
  }

  /** The one value that is all of `bytes`. */
  whole(bytes) {
    this.open(bytes, 0, bytes.length);
    const value = this.value();
    if (this.more()) this.fail('bytes after the value', this.at);
    return value;
  }
}

/** The kinds of codec/decode.js: the order of keys is that of their bytes, so those of a sequence are ascending. */
function emptyValue(keys) {
  if (keys.every((key, index) => key === index + 1)) return new Array(keys.length);
  return keys.every(isString) ? {} : new Map();
}

function putInto(value) {
  if (Array.isArray(value)) return (key, element) => { value[key - 1] = element; };
  if (value instanceof Map) return (key, element) => { value.set(key, element); };
  return (key, element) => { setProperty(value, key, element); };
}

/** Adds the place to an error about damage. */
function withPlace(id, key, action) {
  try {
    return action();
  } catch (error) {
    if (error instanceof DecodeError) {
      const digits = Array.from(key, (byte) => byte.toString(16).padStart(2, '0')).join('');
      error.message = `table ${id}, key ${digits}: ${error.message}`;
    }
    throw error;
  }
}

function isResult(key) {
  if (key.length !== KEY_RESULT.length) return false;
  return key.every((byte, at) => byte === KEY_RESULT.charCodeAt(at));
}
