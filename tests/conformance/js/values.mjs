/**
 * Encoded values as bytes, where they are one behind the other.
 */

import { TAG_BIG_INTEGER, TAG_BOOLEAN, TAG_EXTERNAL, TAG_FLOAT, TAG_INTEGER, TAG_LIBRARY, TAG_NIL, TAG_STRING, TAG_TABLE } from '../../../host-js/abi.js';
import { readWord } from '../../../host-js/store/words.js';
import { decodeText } from '../../../host-js/text.js';

/** Bytes of those whose length does not stand in them. */
const LENGTHS = { [TAG_NIL]: 1, [TAG_BOOLEAN]: 2, [TAG_INTEGER]: 9, [TAG_FLOAT]: 9, [TAG_EXTERNAL]: 5 };
const SIZED = [TAG_STRING, TAG_LIBRARY, TAG_TABLE, TAG_BIG_INTEGER];

/** Where the length of the way is in a call record. */
const WAY_LENGTH_AT = 5;

function valueLength(bytes, at) {
  const tag = bytes[at];
  if (LENGTHS[tag] !== undefined) return LENGTHS[tag];
  if (!SIZED.includes(tag)) throw new SyntaxError(`a value begins with the byte ${tag}`);
  return 5 + readWord(bytes, at + 1);
}

/** The name in a call record whose arguments are all values, and those. */
export function readRecord(record) {
  const nameAt = WAY_LENGTH_AT + 4;
  const end = nameAt + readWord(record, WAY_LENGTH_AT);
  const args = [];
  for (let at = end; at < record.length;) {
    const length = valueLength(record, at + 1);
    args.push(record.subarray(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: decodeText(record, nameAt, end), args: join(args) };
}

export function join(chunks) {
  const all = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
