/**
 * Tables that the earlier program of this name left in a database of version 1.
 *
 *   { id: number of a table, data: { key as text: { _type: "binary", data: [byte ...] } } }
 *   { id: "__metadata__", data: { memoryTableId, nextTableId } }
 *
 * A key that is a whole number in decimal becomes an integer, as that program had no other keys for lists. Values have today's tags 0x00 to
 * 0x04; 0x07 was a reference to a table. The home becomes table 1, the others get ids from 3 on.
 *
 * Invariant: a value that is no such value is named, and not converted.
 */

import { TABLE_HOME, TABLE_IO, TABLE_SYSTEM_FIRST } from '../../abi.js';
import { decode, encode, encodeKey } from '../../codec.js';
import { ExternalTable } from '../../values.js';
import { readWord } from '../words.js';

/** The id of the row that says which table is the home. */
export const METADATA = '__metadata__';
const LAST_TAG = 0x04;
const TABLE_REFERENCE = 0x07;
const REFERENCE_BYTES = 5;

/**
 * @param {object[]} rows
 * @param {(table: number, key: Uint8Array, value: Uint8Array) => void} set
 * @returns {{ table: number, key: string, problem: string }[]} what was not converted, by its old place
 */
export function readOld(rows, set) {
  const left = [];
  const metadata = rows.find(({ id }) => id === METADATA);
  const home = metadata && metadata.data && Number(metadata.data.memoryTableId) || TABLE_HOME;
  const ids = new Map([[home, TABLE_HOME]]);
  let next = TABLE_IO + 1;
  for (const { id } of rows) if (typeof id === 'number' && !ids.has(id)) ids.set(id, next++);
  for (const { id, data } of rows) {
    if (typeof id !== 'number') continue;
    for (const [name, old] of Object.entries(data || {})) {
      try {
        set(ids.get(id), encodeKey(keyOf(name)), valueOf(old, ids));
      } catch (error) {
        left.push({ table: id, key: name, problem: error.message });
      }
    }
  }
  // The module gives ids from here on.
  set(TABLE_SYSTEM_FIRST, encodeKey('next_table'), encode(next));
  return left;
}

function keyOf(name) {
  const number = Number(name);
  return Number.isSafeInteger(number) && String(number) === name && !Object.is(number, -0) ? number : name;
}

function valueOf(old, ids) {
  const bytes = bytesOf(old);
  const [tag] = bytes;
  if (tag === TABLE_REFERENCE && bytes.length === REFERENCE_BYTES) {
    const id = ids.get(readWord(bytes, 1));
    if (id === undefined) throw new Error(`a reference to table ${readWord(bytes, 1)}, which is not there`);
    return encode(new ExternalTable(id));
  }
  if (!(tag <= LAST_TAG)) throw new Error(`a value with the tag ${tag}, such as a function: define it again`);
  // Throws for bytes that are no value.
  decode(bytes);
  return bytes;
}

function bytesOf(old) {
  if (typeof old === 'string') return new TextEncoder().encode(old);
  if (old instanceof Uint8Array) return old;
  if (old && old._type === 'binary' && Array.isArray(old.data)) return Uint8Array.from(old.data);
  throw new Error('no bytes');
}
