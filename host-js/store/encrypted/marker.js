/**
 * The record by which a store says that it is encrypted, and with which keys.
 *
 *   table 0xFF000000, key "encrypted": a sealed value, which holds
 *
 *   offset 0   u8             1 = every value is encrypted; 0 = plain values are still being encrypted
 *          1   8 bytes ...    ids of other keys that values may need; the first key is the one of this record itself
 *
 * Invariant: no value is written with a key that the record does not name, so that opening a store shows whether all
 * keys are given.
 */

import { TABLE_HOST_FIRST } from '../../abi.js';
import { EncryptionError } from '../../errors.js';
import { KEY_ID_BYTES, hex } from './key.js';
import { keyIdOf, open, seal } from './sealed.js';

const ENCRYPTING = 0;
const ENCRYPTED = 1;

/** Where the record is. */
export const OWN_TABLE = TABLE_HOST_FIRST;
export const MARKER_KEY = Uint8Array.from('encrypted', (character) => character.charCodeAt(0));

/**
 * The record of a store; throws when the store needs a key that is not given.
 * @returns {{ whole: boolean, ids: string[] } | undefined} the ids of keys that values may need, first the record's own
 */
export function readMarker(store, keys) {
  const bytes = store.get(OWN_TABLE, MARKER_KEY.slice());
  if (bytes === undefined) return undefined;
  const content = open(keys, OWN_TABLE, MARKER_KEY, bytes);
  const [state] = content;
  if ((state !== ENCRYPTING && state !== ENCRYPTED) || (content.length - 1) % KEY_ID_BYTES !== 0) {
    throw failure('damaged', `${content.length} bytes, which say nothing`);
  }
  const ids = [keyIdOf(bytes)];
  for (let at = 1; at < content.length; at += KEY_ID_BYTES) ids.push(hex(content.subarray(at, at + KEY_ID_BYTES)));
  const missing = ids.find((id) => keys.find(id) === undefined);
  if (missing !== undefined) {
    throw failure('key', `values of this store need the key with id ${missing}; given is ${keys.names}`);
  }
  return { whole: state === ENCRYPTED, ids };
}

/** Writes the record with the newest key. */
export function writeMarker(store, keys, whole, otherIds) {
  const content = new Uint8Array(1 + otherIds.length * KEY_ID_BYTES);
  content[0] = whole ? ENCRYPTED : ENCRYPTING;
  otherIds.join('').replace(/../g, (digits, at) => { content[1 + at / 2] = parseInt(digits, 16); });
  // A copy: stores may keep the arrays that they are given.
  store.set(OWN_TABLE, MARKER_KEY.slice(), seal(keys, OWN_TABLE, MARKER_KEY, content));
}

/** An error about the store as a whole, by the place of its record. */
export function failure(reason, problem) {
  return new EncryptionError(problem, { reason, table: OWN_TABLE, key: MARKER_KEY.slice() });
}
