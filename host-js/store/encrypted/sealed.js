/**
 * One encrypted value: its format, and the errors that it may have.
 *
 *   offset 0     4 bytes    e1 63 75 01: encrypted by cu, version 1; no encoded value begins with these bytes
 *          4     8 bytes    id of the key
 *         12    24 bytes    nonce, random
 *         36     n bytes    the value, encrypted with XChaCha20-Poly1305
 *         36+n  16 bytes    tag
 *
 *   associated data:  bytes 0 to 11 | table id u32 | the entry's key
 *
 * Invariant: `open` returns bytes only if they are the value that was sealed for this table and this key.
 */

import { EncryptionError } from '../../errors.js';
import { WORD_BYTES, writeWord } from '../words.js';
import { KEY_ID_BYTES, NONCE_BYTES, cipher, hex } from './key.js';

const MARK = [0xe1, 0x63, 0x75];
const VERSION = 1;
const VERSION_AT = MARK.length;
const KEY_ID_AT = VERSION_AT + 1;
const NONCE_AT = KEY_ID_AT + KEY_ID_BYTES;
const CONTENT_AT = NONCE_AT + NONCE_BYTES;
const TAG_BYTES = 16;
const OVERHEAD_BYTES = CONTENT_AT + TAG_BYTES;

/** Whether a value looks encrypted. */
export function isMarked(bytes) {
  return bytes.length >= MARK.length && MARK.every((byte, at) => bytes[at] === byte);
}

/** The id of the key that an encrypted value names. */
export function keyIdOf(bytes) {
  return hex(bytes.subarray(KEY_ID_AT, NONCE_AT));
}

/** Encrypts a value for its place. Only tests give a nonce. */
export function seal(keys, table, key, value, nonce) {
  const bytes = new Uint8Array(value.length + OVERHEAD_BYTES);
  bytes.set(MARK);
  bytes[VERSION_AT] = VERSION;
  bytes.set(keys.newestId, KEY_ID_AT);
  const place = bytes.subarray(NONCE_AT, CONTENT_AT);
  if (nonce === undefined) fillRandom(place, table, key);
  else place.set(nonce);
  cipher(keys.newest, place, associatedData(bytes, table, key)).encrypt(value, bytes.subarray(CONTENT_AT));
  return bytes;
}

/** The value that was encrypted for this place, in a new array. */
export function open(keys, table, key, bytes) {
  const refuse = (reason, problem, cause) => {
    throw new EncryptionError(problem, { reason, table, key: Uint8Array.from(key), cause });
  };
  if (!isMarked(bytes)) refuse('plain', 'the value is not encrypted');
  if (bytes.length > VERSION_AT && bytes[VERSION_AT] !== VERSION) {
    refuse('damaged', `the encryption has version ${bytes[VERSION_AT]}, and this cu reads version ${VERSION}`);
  }
  if (bytes.length < OVERHEAD_BYTES) {
    refuse('damaged', `the value has ${bytes.length} bytes; an encrypted value has at least ${OVERHEAD_BYTES}`);
  }
  const found = findKey(keys, bytes);
  if (found === undefined) {
    refuse('key', `the value needs the key with id ${keyIdOf(bytes)}; given is ${keys.names}`);
  }
  try {
    const data = associatedData(bytes, table, key);
    return cipher(found, bytes.subarray(NONCE_AT, CONTENT_AT), data).decrypt(bytes.subarray(CONTENT_AT));
  } catch (cause) {
    const problem = 'the value is not what was encrypted here: its bytes were changed, or it was moved';
    return refuse('damaged', problem, cause);
  }
}

/** Nearly every value has the newest key, which is compared byte by byte. */
function findKey(keys, bytes) {
  const { newest, newestId } = keys;
  for (let at = 0; at < KEY_ID_BYTES; at++) {
    if (bytes[KEY_ID_AT + at] !== newestId[at]) return keys.find(keyIdOf(bytes));
  }
  return newest;
}

function associatedData(bytes, table, key) {
  const data = new Uint8Array(NONCE_AT + WORD_BYTES + key.length);
  for (let at = 0; at < NONCE_AT; at++) data[at] = bytes[at];
  writeWord(data, NONCE_AT, table);
  data.set(key, NONCE_AT + WORD_BYTES);
  return data;
}

/** Gets new random bytes for each value: bytes kept in memory could be used twice when a process is copied. */
function fillRandom(bytes, table, key) {
  try {
    globalThis.crypto.getRandomValues(bytes);
  } catch (cause) {
    const problem = `not encrypted: the system gives no random bytes: ${cause && cause.message}`;
    throw new EncryptionError(problem, { reason: 'randomness', table, key: Uint8Array.from(key), cause });
  }
}
