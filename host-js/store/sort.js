/**
 * Records in the byte order of their keys.
 *
 * To compare two of a million keys, the processor waits for both. So three bytes of each key are read once, and sorted as
 * numbers together with the place of the record. Only keys that are equal in these bytes are read again.
 */

const PREFIX_BYTES = 3;

// A number holds 53 bits: three bytes, and a place below this.
const PLACES = 2 ** 29;

// Up to so many are sorted by insertion.
const FEW = 16;

// Keys that are equal for so many bytes were made to be: comparing them is faster.
const MOST_ROUNDS = 8;

/**
 * Sorts in place.
 * @param {import('./table.js').Table} table
 * @param {Int32Array} records
 */
export function sortRecords(table, records) {
  if (!isSorted(table, records)) sortFrom(table, records, 0, MOST_ROUNDS);
}

/** Whether the records were added in the order of their keys, as in a list that is filled from 1 on. */
function isSorted(table, records) {
  for (let at = 1; at < records.length; at++) {
    if (table.compareRecords(records[at - 1], records[at]) > 0) return false;
  }
  return true;
}

/** Sorts records whose keys have their first `skipped` bytes in common. */
function sortFrom(table, records, skipped, rounds) {
  const { length } = records;
  if (length <= FEW) {
    insert(table, records);
    return;
  }
  if (rounds === 0) {
    records.sort((left, right) => table.compareRecords(left, right));
    return;
  }
  const from = commonBytes(table, records, skipped);
  const numbers = new Float64Array(length);
  for (let at = 0; at < length; at++) numbers[at] = prefix(table, records[at], from) * PLACES + at;
  numbers.sort();
  const before = records.slice();
  let start = 0;
  let prefixBefore = -1;
  for (let at = 0; at <= length; at++) {
    const found = at < length ? Math.floor(numbers[at] / PLACES) : Infinity;
    if (at < length) records[at] = before[numbers[at] - found * PLACES];
    if (found === prefixBefore) continue;
    if (at - start > 1) sortAlike(table, records.subarray(start, at), from, rounds - 1);
    start = at;
    prefixBefore = found;
  }
}

/** Sorts records whose keys are equal in the three bytes from `from` on, where the end of a key counts as zeros. */
function sortAlike(table, records, from, rounds) {
  let shortest = Infinity;
  for (let at = 0; at < records.length; at++) shortest = Math.min(shortest, table.keyLength(records[at]));
  const isOver = shortest < from + PREFIX_BYTES;
  sortFrom(table, records, isOver ? from : from + PREFIX_BYTES, isOver ? 0 : rounds);
}

function insert(table, records) {
  for (let next = 1; next < records.length; next++) {
    const record = records[next];
    let at = next;
    for (; at > 0 && table.compareRecords(records[at - 1], record) > 0; at--) records[at] = records[at - 1];
    records[at] = record;
  }
}

/** How many bytes all keys have in common, given that there are `known`. */
function commonBytes(table, records, known) {
  const { bytes } = table.heap;
  const first = table.keyStart(records[0]);
  let common = table.keyLength(records[0]);
  for (let at = 1; at < records.length && common > known; at++) {
    const start = table.keyStart(records[at]);
    const most = Math.min(common, table.keyLength(records[at]));
    common = known;
    while (common < most && bytes[start + common] === bytes[first + common]) common++;
  }
  return common;
}

/** Three bytes of a key as a number; the end of a key counts as zeros. */
function prefix(table, record, from) {
  const { bytes } = table.heap;
  const start = table.keyStart(record) + from;
  const length = table.keyLength(record) - from;
  return (length > 0 ? bytes[start] << 16 : 0) | (length > 1 ? bytes[start + 1] << 8 : 0) | (length > 2 ? bytes[start + 2] : 0);
}
