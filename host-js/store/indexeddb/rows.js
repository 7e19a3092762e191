/**
 * Changes of tables as rows of the database.
 *
 * A row has many changes: a row for each key would take a browser ten times as long. It stays below the 64 KiB above which
 * Chrome makes a file of a value.
 *
 *   { id: [save, part], tableId: of the first change, timestamp, after, parts, sum, data }
 *
 *   data     change ...
 *   change   u32    id of the table
 *            u32    length of the key
 *            u32    length of the value; DELETED: the key is gone; ELSEWHERE: it is a row of its own, or gone from there
 *            bytes  key
 *            bytes  value
 *
 * The rows of a save have every key that changed since the save `after`, in parts 0 to parts - 1. The key of a stored function, its
 * bytecode or the indexes of a table is a row of its own, { id: [tableId, name], tableId, name or field, sum, data }.
 *
 * Invariant: `readRow` and `readPlace` return only what was written under that id, by the CRC-32 over it.
 */

import { ABSENT, TABLE_SYSTEM_FIRST } from '../../abi.js';
import { Block, copy } from '../../block.js';
import { checksum } from '../checksum.js';
import { WORD_BYTES, readWord, writeWord } from '../words.js';
import { FUNCTIONS, INDICES } from './schema.js';

const ROW_BYTES = 0xe000;
const KEY_LENGTH_AT = WORD_BYTES;
const VALUE_LENGTH_AT = 2 * WORD_BYTES;
const HEAD_BYTES = 3 * WORD_BYTES;
const DELETED = 0xffffffff;
const ELSEWHERE = 0xfffffffe;

/** The module's tables (abi/README.md, "Tables") whose keys are rows of their own. */
const PLACES = new Map([
  [TABLE_SYSTEM_FIRST + 0x3, FUNCTIONS],
  [TABLE_SYSTEM_FIRST + 0x8, FUNCTIONS],
  [TABLE_SYSTEM_FIRST + 0xb, INDICES],
]);
const NAMES = { [FUNCTIONS]: 'name', [INDICES]: 'field' };

/** How many keys of a store are rows of their own. */
export function placeCounts(store) {
  const counts = { [FUNCTIONS]: 0, [INDICES]: 0 };
  for (const [table, name] of PLACES) counts[name] += store.size(table);
  return counts;
}

/** Makes rows of keys, with the values that a store has now. */
export class Packer {
  /** @param {import('../memory.js').MemoryStore} memory */
  constructor(memory) {
    this.memory = memory;
    this.block = new Block(new Uint8Array(ROW_BYTES));
    this.at = 0;
    this.table = 0;
    this.keys = 0;
    this.bytes = 0;
    /** @type {{ tableId: number, data: Uint8Array }[]} */
    this.parts = [];
    /** @type {{ store: string, id: Array, row: object | undefined }[]} */
    this.places = [];
  }

  /** Adds a key, `keyLength` bytes at `key` of a block. */
  add(table, block, key, keyLength) {
    this.keys++;
    let end = this.put(table, block, key, keyLength);
    if (end > ROW_BYTES && this.at > 0) {
      this.cut();
      end = this.put(table, block, key, keyLength);
    }
    if (this.at === 0) this.table = table;
    this.at = end;
  }

  /** Call this after the last key. Also a save of nothing has a row, by which it is known to be there. */
  end() {
    if (this.at > 0 || this.parts.length === 0) this.cut();
    return this;
  }

  /** The rows of a save. */
  rows(save, after, timestamp) {
    const parts = this.parts.length;
    return this.parts.map(({ tableId, data }, part) => (
      { id: [save, part], tableId, timestamp, after, parts, sum: sumOf([save, part, parts, after, tableId], data), data }
    ));
  }

  put(table, from, key, keyLength) {
    const start = this.at;
    const keyStart = start + HEAD_BYTES;
    const valueStart = keyStart + keyLength;
    this.reserve(valueStart);
    copy(from, key, keyLength, this.block, keyStart);
    const place = PLACES.get(table);
    let length = this.memory.getAt(table, this.block, keyStart, keyLength, valueStart, this.block.length - valueStart);
    if (length > this.block.length - valueStart) {
      this.reserve(valueStart + length);
      length = this.memory.getAt(table, this.block, keyStart, keyLength, valueStart, length);
    }
    const isElsewhere = place !== undefined;
    if (isElsewhere) this.addPlace(place, table, keyStart, valueStart, length);
    const { bytes } = this.block;
    writeWord(bytes, start, table);
    writeWord(bytes, start + KEY_LENGTH_AT, keyLength);
    writeWord(bytes, start + VALUE_LENGTH_AT, isElsewhere ? ELSEWHERE : length === ABSENT ? DELETED : length);
    return isElsewhere || length === ABSENT ? valueStart : valueStart + length;
  }

  addPlace(store, table, keyStart, valueStart, length) {
    const { bytes } = this.block;
    const name = hex(bytes, keyStart, valueStart);
    const id = [table, name];
    // It is the one that was just added, when a row was full.
    const last = this.places[this.places.length - 1];
    if (last !== undefined && last.id[0] === table && last.id[1] === name) return;
    if (length === ABSENT) {
      this.places.push({ store, id, row: undefined });
      return;
    }
    const data = bytes.slice(valueStart, valueStart + length);
    this.bytes += length;
    const key = bytes.subarray(keyStart, valueStart);
    this.places.push({ store, id, row: { id, tableId: table, [NAMES[store]]: name, sum: sumOf([table], key, data), data } });
  }

  cut() {
    this.parts.push({ tableId: this.table, data: this.block.bytes.slice(0, this.at) });
    this.bytes += this.at;
    this.at = 0;
    if (this.block.length > 2 * ROW_BYTES) this.block = new Block(new Uint8Array(ROW_BYTES));
  }

  reserve(length) {
    if (length <= this.block.length) return;
    const longer = new Uint8Array(Math.max(length, 2 * this.block.length));
    longer.set(this.block.bytes);
    this.block = new Block(longer);
  }
}

/** What is wrong with a row of changes, or undefined. */
export function rowProblem(row) {
  const { id, tableId, after, parts, sum, data } = row;
  if (!(data instanceof Uint8Array)) return 'it has no data';
  if (![...id, tableId, after, parts, sum].every(isWhole)) return 'it has no numbers where they belong';
  if (sumOf([...id, parts, after, tableId], data) !== sum) return 'its checksum is wrong';
  return undefined;
}

/**
 * Calls `set`, `remove` or `look` with each change of a row that has no problem.
 * @param {{ set: (table: number, key: Uint8Array, value: Uint8Array) => void, remove: (table: number, key: Uint8Array) => void,
 *   look: (place: { store: string, id: Array, table: number, key: Uint8Array }) => void }} apply
 */
export function readRow({ data }, { set, remove, look }) {
  for (let at = 0; at < data.length;) {
    const table = readWord(data, at);
    const valueLength = readWord(data, at + VALUE_LENGTH_AT);
    const valueStart = at + HEAD_BYTES + readWord(data, at + KEY_LENGTH_AT);
    const key = data.subarray(at + HEAD_BYTES, valueStart);
    at = valueStart;
    if (valueLength === DELETED) {
      remove(table, key);
    } else if (valueLength === ELSEWHERE) {
      look({ store: PLACES.get(table), id: [table, hex(key, 0, key.length)], table, key });
    } else {
      at += valueLength;
      set(table, key, data.subarray(valueStart, at));
    }
  }
}

/** What is wrong with a row that is one key, or undefined. */
export function placeProblem(store, row) {
  const { id, tableId, sum, data } = row;
  const name = row[NAMES[store]];
  if (!(data instanceof Uint8Array) || !Array.isArray(id)) return 'it has no data';
  if (id[0] !== tableId || id[1] !== name || !/^(?:[0-9a-f]{2})*$/.test(name)) return 'its id is not what it says';
  if (sumOf([tableId], unhex(name), data) !== sum) return 'its checksum is wrong';
  return undefined;
}

/** Table, key and value of such a row. */
export function readPlace(store, row) {
  return { table: row.tableId, key: unhex(row[NAMES[store]]), value: row.data };
}

function isWhole(number) {
  return Number.isInteger(number) && number >= 0;
}

function sumOf(words, ...parts) {
  const head = new Uint8Array(2 * WORD_BYTES * words.length);
  words.forEach((word, number) => {
    writeWord(head, 2 * WORD_BYTES * number, word);
    writeWord(head, WORD_BYTES * (2 * number + 1), Math.floor(word / 0x100000000));
  });
  return parts.reduce((sum, bytes) => checksum(bytes, 0, bytes.length, sum), checksum(head, 0, head.length));
}

function hex(bytes, start, end) {
  let digits = '';
  for (let at = start; at < end; at++) digits += (bytes[at] < 16 ? '0' : '') + bytes[at].toString(16);
  return digits;
}

function unhex(digits) {
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = parseInt(digits.substr(2 * at, 2), 16);
  return bytes;
}
