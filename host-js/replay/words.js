/**
 * What happens at the border, in words.
 *
 * Invariant: a text names what is needed to find the place, and at most a part of long bytes.
 */

import { MEMORY_STATS_BYTES, RECORDING_TRAP, TABLE_CONTROL } from '../abi.js';
import { KEYS, SIZE } from './crossing.js';

const IMPORT_WORDS = ['set', 'get', 'delete', 'size', 'keys'];

/** So many bytes are shown. */
const SHOWN = 24;

const isText = (bytes) => bytes.every((byte) => byte >= 0x20 && byte < 0x7f);

/** Bytes as text in quotes, where they are that, or in hexadecimal. */
export function bytesInWords(bytes) {
  const part = bytes.subarray(0, SHOWN);
  const text = isText(part) ? `"${String.fromCharCode(...part)}"` : Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (bytes.length > SHOWN) return `${text}... (${bytes.length} bytes)`;
  return bytes.length === 0 ? 'nothing' : text;
}

/** A call of an import: its place, table, key, value and room. */
export function importInWords({ place, table, key, value, room }) {
  const parts = [table === TABLE_CONTROL ? 'table 0' : `table ${table}`];
  if (place !== SIZE) parts.push(`${place === KEYS ? 'request' : 'key'} ${bytesInWords(key)}`);
  if (value.length > 0 || IMPORT_WORDS[place] === 'set') parts.push(`value ${bytesInWords(value)}`);
  if (room > 0) parts.push(`room ${room}`);
  return `${IMPORT_WORDS[place]}(${parts.join(', ')})`;
}

/** The end of a call of an export. */
export function endInWords(name, end) {
  if (end.kind === RECORDING_TRAP) return `a trap of ${name} (${end.words})`;
  return `the end of ${name}, ${answerInWords(name, end)}`;
}

function answerInWords(name, { answer, left }) {
  if (name !== 'compute' || left.length === 0) return left.length < MEMORY_STATS_BYTES ? `answer ${answer}` : `figures ${bytesInWords(left)}`;
  return answer < 0 ? `with the error ${bytesInWords(left)}` : `with the response ${bytesInWords(left)}`;
}

/** Where two rows of bytes differ first; undefined where they do not. */
export function differenceIn(what, recorded, came) {
  const length = Math.min(recorded.length, came.length);
  for (let at = 0; at < length; at++) {
    if (recorded[at] !== came[at]) return `the first difference is byte ${at} of the ${what}`;
  }
  return recorded.length === came.length ? undefined : `the ${what} has ${recorded.length} bytes, and ${came.length} came`;
}

