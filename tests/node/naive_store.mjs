// The raw module over a store too simple to be wrong. A test can make the store fail at a call, or lie.

import assert from 'node:assert/strict';
import { Raw } from './raw.mjs';

/** First id of the module's own tables. */
const SYSTEM = 0x80000000;

/** System tables of stored functions, of their captured variables, of their code, of where code is to be looked for, and of metatables. */
export const FUNCTIONS = SYSTEM + 3;
export const CELLS = SYSTEM + 4;
export const CODES = SYSTEM + 8;
export const CODE_BY_CONTENT = SYSTEM + 9;
export const METATABLES = SYSTEM + 16;

/** The answer of a call that a test makes fail. */
export const FAILED = -77;

/** Tables are maps from key to value, both latin1 strings. */
export class NaiveStore extends Raw {
  constructor(module) {
    super(module, {
      js_ext_table_set: (...all) => this.call('set', all),
      js_ext_table_get: (...all) => this.call('get', all),
      js_ext_table_delete: (...all) => this.call('delete', all),
      js_ext_table_size: (...all) => this.call('size', all),
      js_ext_table_keys: (...all) => this.call('keys', all),
    });
    this.tables = new Map();
    this.calls = 0;
    this.failing = null;
    this.lie = null;
    assert.equal(this.init(), 0);
  }

  /** Counts calls from 0; from the `first` on, `count` calls fail with that answer. */
  fail(first, count = 1, answer = FAILED) {
    this.calls = 0;
    this.failing = { first, count, answer };
  }

  /** No call fails any more. Answers whether no failing call was reached. */
  mend() {
    const isOver = this.failing !== null && this.calls < this.failing.first;
    this.failing = null;
    return isOver;
  }

  call(name, all) {
    const table = all[0] >>> 0;
    if (table === 0 && name !== 'keys') return name === 'get' ? super.get(...all) : 0;
    this.calls += 1;
    const { first, count, answer } = this.failing ?? { first: Infinity };
    if (this.calls >= first && this.calls < first + count) return answer;
    const told = this.lie?.(name, table, all);
    return told ?? this[`${name}Honestly`](table, ...all.slice(1));
  }

  read(pointer, length) {
    return Buffer.from(this.bytes(pointer, length)).toString('latin1');
  }

  write(pointer, text) {
    this.bytes(pointer, text.length).set(Buffer.from(text, 'latin1'));
  }

  setHonestly(table, key, keyLength, value, length) {
    if (!this.tables.has(table)) this.tables.set(table, new Map());
    this.tables.get(table).set(this.read(key, keyLength), this.read(value, length));
    return 0;
  }

  getHonestly(table, key, keyLength, value, room) {
    const found = this.tables.get(table)?.get(this.read(key, keyLength));
    if (found === undefined) return -1;
    if (found.length <= room) this.write(value, found);
    return found.length;
  }

  deleteHonestly(table, key, keyLength) {
    this.tables.get(table)?.delete(this.read(key, keyLength));
    return 0;
  }

  sizeHonestly(table) {
    return this.tables.get(table)?.size ?? 0;
  }

  keysHonestly(table, buffer, room) {
    const head = new DataView(this.exports.memory.buffer).getUint32(buffer, true);
    const length = head % 0x80000000;
    const after = this.read(buffer + 4, length);
    const keys = this.sortedKeys(table).filter((key) => length === 0 || (head === length ? key > after : key < after));
    if (head !== length) keys.reverse();
    let at = 0;
    for (const key of keys) {
      if (at + 4 + key.length > room) break;
      new DataView(this.exports.memory.buffer).setUint32(buffer + at, key.length, true);
      this.write(buffer + at + 4, key);
      at += 4 + key.length;
    }
    return keys.length > 0 && at === 0 ? -3 : at;
  }

  /** The keys of a table; of table 0, the ids of tables with keys. */
  sortedKeys(table) {
    if (table !== 0) return [...this.tables.get(table)?.keys() ?? []].sort();
    const ids = [...this.tables].filter(([id, rows]) => id > 0 && rows.size > 0).map(([id]) => id);
    const key = (id) => String.fromCharCode(id >>> 24, id >>> 16 & 255, id >>> 8 & 255, id & 255);
    return ids.map(key).sort();
  }

  /** Its tables, as they are now. */
  snapshot() {
    return new Map([...this.tables].map(([id, rows]) => [id, new Map(rows)]));
  }

  /** All content except the module's own: tables, functions, captured variables, code and metatables. */
  content() {
    const kept = [FUNCTIONS, CELLS, CODES, CODE_BY_CONTENT, METATABLES];
    const rows = [...this.tables].filter(([id, rows]) => (id < SYSTEM || kept.includes(id)) && rows.size > 0);
    return JSON.stringify(rows.sort(([a], [b]) => a - b).map(([id, table]) => [id, [...table].sort()]));
  }
}
