/**
 * The records of a log: one change each, readable up to where a write was cut short. Numbers are u32, least byte first.
 *
 *   offset 0   u32     CRC-32 of bytes 4 to 20
 *          4   u32     CRC-32 of key and value
 *          8   u8      1 = set, 2 = delete, 3 = a unit of changes begins, 4 = it is committed
 *          9   u32     table, 0 for 3 and 4
 *         13   u32     length of the key, 0 for 3 and 4
 *         17   u32     length of the value, 0 for 2 to 4
 *         21   bytes   key
 *              bytes   value
 *
 * The changes of a unit count only if it is committed. If the log ends earlier, the unit is cut off.
 *
 * The head has a checksum of its own, so that its lengths can be trusted: only then does "the record goes on beyond the
 * end of the file" mean that it was cut short, and not that it is damaged.
 *
 * Invariant: reading stops before the first record that is not whole, and says which kind of end it is.
 */

import { copy } from '../block.js';
import { checksum } from './checksum.js';
import { WORD_BYTES, readWord, writeWord } from './words.js';

const HEAD_SUM_AT = 0;
const BODY_SUM_AT = WORD_BYTES;
const KIND_AT = 2 * WORD_BYTES;
const TABLE_AT = KIND_AT + 1;
const KEY_LENGTH_AT = TABLE_AT + WORD_BYTES;
const VALUE_LENGTH_AT = KEY_LENGTH_AT + WORD_BYTES;

export const RECORD_HEAD_BYTES = VALUE_LENGTH_AT + WORD_BYTES;
export const SET = 1;
export const DELETE = 2;
export const BEGIN = 3;
export const COMMIT = 4;

/** How a log ends: after its last record, in the middle of one, or before bytes that no writer wrote. */
export const WHOLE = 'whole';
export const TORN = 'torn';
export const DAMAGED = 'damaged';

/** Writes a record with key and value from a block to another one that has room; returns the record's end. */
export function writeRecord(into, start, kind, table, block, key, keyLength, value, length) {
  const { bytes } = into;
  const keyStart = start + RECORD_HEAD_BYTES;
  const end = keyStart + keyLength + length;
  bytes[start + KIND_AT] = kind;
  writeWord(bytes, start + TABLE_AT, table);
  writeWord(bytes, start + KEY_LENGTH_AT, keyLength);
  writeWord(bytes, start + VALUE_LENGTH_AT, length);
  copy(block, key, keyLength, into, keyStart);
  copy(block, value, length, into, keyStart + keyLength);
  writeWord(bytes, start + BODY_SUM_AT, checksum(bytes, keyStart, end));
  writeWord(bytes, start + HEAD_SUM_AT, checksum(bytes, start + BODY_SUM_AT, keyStart));
  return end;
}

/**
 * Applies the records from `start` on.
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {(kind: number, table: number, key: Uint8Array, value: Uint8Array) => void} apply
 * @returns {{ end: number, ending: string }} where the last good record ends, and what follows it
 */
export function readRecords(bytes, start, apply) {
  let at = start;
  let unit;
  while (at < bytes.length) {
    const ending = endingAt(bytes, at, unit !== undefined);
    if (ending !== WHOLE) return { end: unit === undefined ? at : unit, ending };
    const kind = bytes[at + KIND_AT];
    if (kind === BEGIN) {
      unit = at;
    } else if (kind === COMMIT) {
      for (let each = endOf(bytes, unit); each < at; each = endOf(bytes, each)) applyRecord(bytes, each, apply);
      unit = undefined;
    } else if (unit === undefined) {
      applyRecord(bytes, at, apply);
    }
    at = endOf(bytes, at);
  }
  return unit === undefined ? { end: at, ending: WHOLE } : { end: unit, ending: TORN };
}

/** WHOLE when there is a whole record at `at`. */
function endingAt(bytes, at, inUnit) {
  const keyStart = at + RECORD_HEAD_BYTES;
  if (keyStart > bytes.length) return TORN;
  if (!isHead(bytes, at, inUnit)) return isZero(bytes, at) ? TORN : DAMAGED;
  const end = endOf(bytes, at);
  if (end > bytes.length) return TORN;
  return readWord(bytes, at + BODY_SUM_AT) === checksum(bytes, keyStart, end) ? WHOLE : DAMAGED;
}

function endOf(bytes, at) {
  return at + RECORD_HEAD_BYTES + readWord(bytes, at + KEY_LENGTH_AT) + readWord(bytes, at + VALUE_LENGTH_AT);
}

function applyRecord(bytes, at, apply) {
  const keyStart = at + RECORD_HEAD_BYTES;
  const valueStart = keyStart + readWord(bytes, at + KEY_LENGTH_AT);
  apply(
    bytes[at + KIND_AT], readWord(bytes, at + TABLE_AT),
    bytes.subarray(keyStart, valueStart), bytes.subarray(valueStart, endOf(bytes, at)),
  );
}

function isHead(bytes, at, inUnit) {
  return isKind(bytes, at, inUnit)
    && readWord(bytes, at + HEAD_SUM_AT) === checksum(bytes, at + BODY_SUM_AT, at + RECORD_HEAD_BYTES);
}

/** Whether a record of this kind, with these lengths, may come here. */
function isKind(bytes, at, inUnit) {
  const length = readWord(bytes, at + VALUE_LENGTH_AT);
  switch (bytes[at + KIND_AT]) {
    case SET: return true;
    case DELETE: return length === 0;
    case BEGIN: return !inUnit && endOf(bytes, at) === at + RECORD_HEAD_BYTES && readWord(bytes, at + TABLE_AT) === 0;
    case COMMIT: return inUnit && endOf(bytes, at) === at + RECORD_HEAD_BYTES && readWord(bytes, at + TABLE_AT) === 0;
    default: return false;
  }
}

/** Whether the rest is zeros: after a loss of power a file can be longer than the part that was written. */
function isZero(bytes, start) {
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] !== 0) return false;
  }
  return true;
}
