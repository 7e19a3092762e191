/**
 * All tables of a memory store as one byte string. Lengths and counts are u32, least byte first.
 *
 *   offset 0   4 bytes   "cuSS"
 *          4   u8        version, 1
 *          5   u32       number of tables
 *          9   table ...
 *        end   u32       CRC-32 of everything before
 *
 *   table      u32       id, above that of the table before
 *              u32       number of keys, at least 1
 *              row ...
 *
 *   row        u32       length of the key
 *              u32       length of the value
 *              bytes     key, after the key before in byte order
 *              bytes     value
 *
 * Invariant: equal stores have equal snapshots, and no other bytes are read as a snapshot.
 */

import { Block, copy } from '../block.js';
import { SnapshotError } from '../errors.js';
import { checksum } from './checksum.js';
import { WORD_BYTES, readWord, writeWord } from './words.js';

const MAGIC = [0x63, 0x75, 0x53, 0x53];
const VERSION = 1;
const VERSION_AT = MAGIC.length;
const COUNT_AT = VERSION_AT + 1;
const HEAD_BYTES = COUNT_AT + WORD_BYTES;
const TABLE_HEAD_BYTES = 2 * WORD_BYTES;
const ROW_HEAD_BYTES = 2 * WORD_BYTES;
const NO_KEY = new Block(new Uint8Array(0));

/**
 * @param {import('./memory.js').MemoryStore} store
 * @returns {Uint8Array}
 */
export function writeSnapshot(store) {
  const ids = store.tableIds();
  let length = HEAD_BYTES + WORD_BYTES;
  for (const id of ids) {
    length += TABLE_HEAD_BYTES;
    store.eachEntry(id, NO_KEY, 0, 0, false, (block, keyStart, keyLength, valueStart, valueLength) => {
      length += ROW_HEAD_BYTES + keyLength + valueLength;
    });
  }
  const bytes = new Uint8Array(length);
  bytes.set(MAGIC);
  bytes[VERSION_AT] = VERSION;
  writeWord(bytes, COUNT_AT, ids.length);
  const block = new Block(bytes);
  let at = HEAD_BYTES;
  for (const id of ids) at = writeTable(block, at, id, store);
  writeWord(bytes, at, checksum(bytes, 0, at));
  return bytes;
}

function writeTable(into, start, id, store) {
  writeWord(into.bytes, start, id);
  writeWord(into.bytes, start + WORD_BYTES, store.size(id));
  let at = start + TABLE_HEAD_BYTES;
  store.eachEntry(id, NO_KEY, 0, 0, false, (block, keyStart, keyLength, valueStart, valueLength) => {
    writeWord(into.bytes, at, keyLength);
    writeWord(into.bytes, at + WORD_BYTES, valueLength);
    at += ROW_HEAD_BYTES;
    copy(block, keyStart, keyLength, into, at);
    copy(block, valueStart, valueLength, into, at + keyLength);
    at += keyLength + valueLength;
  });
  return at;
}

/**
 * Calls `add` with every row. When this throws, the caller drops the rows that were added.
 * @param {Uint8Array} bytes
 * @param {(table: number, key: Uint8Array, value: Uint8Array) => void} add
 */
export function readSnapshot(bytes, add) {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('a snapshot is a Uint8Array');
  const end = bytes.length - WORD_BYTES;
  readHead(bytes, end);
  const count = readWord(bytes, COUNT_AT);
  let at = HEAD_BYTES;
  let before = -1;
  for (let table = 0; table < count; table++) {
    need(at, TABLE_HEAD_BYTES, end, `table ${table + 1} of ${count}`);
    const id = readWord(bytes, at);
    if (id <= before) throw new SnapshotError(`a table id above ${before} was wanted, found ${id}`, at);
    before = id;
    at = readRows(bytes, at, end, (key, value) => add(id, key, value));
  }
  if (at !== end) throw new SnapshotError(`the end was wanted, found ${end - at} more bytes`, at);
  const wanted = checksum(bytes, 0, end);
  const found = readWord(bytes, end);
  if (found !== wanted) throw new SnapshotError(`checksum ${wanted} was wanted, found ${found}`, end);
}

function readHead(bytes, end) {
  for (let at = 0; at < MAGIC.length; at++) {
    if (bytes[at] !== MAGIC[at]) {
      throw new SnapshotError(`a snapshot starts with byte ${MAGIC[at]} here, found ${describe(bytes, at)}`, at);
    }
  }
  if (bytes[VERSION_AT] !== VERSION) {
    throw new SnapshotError(`version ${VERSION} was wanted, found ${describe(bytes, VERSION_AT)}`, VERSION_AT);
  }
  need(COUNT_AT, WORD_BYTES, end, 'the number of tables');
}

/** Reads a table and returns its end. */
function readRows(bytes, start, end, add) {
  const count = readWord(bytes, start + WORD_BYTES);
  if (count === 0) throw new SnapshotError('at least one key was wanted, found 0', start + WORD_BYTES);
  let at = start + TABLE_HEAD_BYTES;
  let before;
  for (let row = 0; row < count; row++) {
    need(at, ROW_HEAD_BYTES, end, `row ${row + 1} of ${count}`);
    const keyLength = readWord(bytes, at);
    const valueLength = readWord(bytes, at + WORD_BYTES);
    const keyStart = at + ROW_HEAD_BYTES;
    const valueStart = keyStart + keyLength;
    need(keyStart, keyLength, end, 'the key');
    need(valueStart, valueLength, end, 'the value');
    const key = bytes.subarray(keyStart, valueStart);
    if (before !== undefined && !isBefore(before, key)) {
      throw new SnapshotError('a key after the one before it was wanted', keyStart);
    }
    at = valueStart + valueLength;
    add(key, bytes.subarray(valueStart, at));
    before = key;
  }
  return at;
}

function need(at, length, end, what) {
  if (length > end - at) {
    throw new SnapshotError(`${length} bytes of ${what} were wanted, found ${Math.max(end - at, 0)}`, at);
  }
}

function isBefore(left, right) {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at++) {
    if (left[at] !== right[at]) return left[at] < right[at];
  }
  return left.length < right.length;
}

function describe(bytes, at) {
  return at < bytes.length ? String(bytes[at]) : 'the end';
}
