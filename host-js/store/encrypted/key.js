/**
 * Keys, and the ids by which encrypted values name them.
 *
 * Invariant: a key's bytes are in no property of an object, so they do not appear where objects are printed.
 */

import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';

const KEY_BYTES = 32;
export const KEY_ID_BYTES = 8;
export const NONCE_BYTES = 24;

// An id is the tag of no bytes with this nonce. Values have random nonces, so none has this one.
const ID_NONCE = new Uint8Array(NONCE_BYTES);
const ID_DATA = Uint8Array.from('cu key id', (character) => character.charCodeAt(0));
const NO_BYTES = new Uint8Array(0);

/** @type {WeakMap<EncryptionKey, Uint8Array>} */
const secrets = new WeakMap();

/** A secret of 32 random bytes, or derived from a passphrase by a function made for it, such as Argon2id. */
export class EncryptionKey {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    if (!(bytes instanceof Uint8Array)) throw new TypeError('an encryption key is a Uint8Array');
    if (bytes.length !== KEY_BYTES) {
      throw new RangeError(`an encryption key has ${KEY_BYTES} bytes, not ${bytes.length}`);
    }
    const secret = Uint8Array.from(bytes);
    secrets.set(this, secret);
    /** The name of the key in encrypted values, 16 hexadecimal digits; not secret. */
    this.id = hex(xchacha20poly1305(secret, ID_NONCE, ID_DATA).encrypt(NO_BYTES).subarray(0, KEY_ID_BYTES));
  }
}

/** The cipher of a key for one value. */
export function cipher(key, nonce, data) {
  return xchacha20poly1305(secrets.get(key), nonce, data);
}

/** The keys of a store: one that encrypts, and older ones that are still read. */
export class Keys {
  constructor({ key, olderKeys = [] }) {
    for (const each of [key, ...olderKeys]) {
      if (!(each instanceof EncryptionKey)) throw new TypeError('key and olderKeys are each an EncryptionKey');
    }
    this.newest = key;
    this.newestId = Uint8Array.from(key.id.match(/../g), (digits) => parseInt(digits, 16));
    this.all = [key, ...olderKeys];
  }

  find(id) {
    return this.all.find((key) => key.id === id);
  }

  /** The ids of all keys, for messages. */
  get names() {
    return this.all.map((key) => key.id).join(', ');
  }
}

export function hex(bytes) {
  let digits = '';
  for (let at = 0; at < bytes.length; at++) digits += (bytes[at] < 16 ? '0' : '') + bytes[at].toString(16);
  return digits;
}
