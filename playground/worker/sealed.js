/**
 * A home that is encrypted with a passphrase, in a database of its own.
 *
 * The key comes of the passphrase and 16 random bytes, which lie beside the home under the name of a snapshot, as they are. 600,000 rounds of
 * PBKDF2 with SHA-256 are what OWASP asked for in 2023; it is the only such function that browsers have.
 *
 * Invariant: what is in the database is encrypted, snapshots too. What leaves the worker is not: the page shows it, and exports it.
 */

import { EncryptedStore, EncryptionKey } from '../../host-js/encrypted.js';
import { IndexedDBStore } from '../../host-js/store/indexeddb.js';
import { MemoryStore } from '../../host-js/store/memory.js';
import { replaceContent } from '../../host-js/store/replace.js';
import { restoreContent } from '../../host-js/store/restore.js';

const SALT = '\0salt';
const SALT_BYTES = 16;
const ROUNDS = 600_000;
const KEY_BITS = 256;

/** A kind of store for `serve`: `{ sealed: name, passphrase }`. */
export async function openSealed(name, { passphrase, ...options }, { report }) {
  const inner = await IndexedDBStore.open(name, {
    ...options, onError: (error) => report('failure', error), onChange: () => report('change'),
  });
  try {
    const salt = await inner.snapshots.load(SALT) ?? await newSalt(inner);
    const key = new EncryptionKey(await keyBytes(passphrase, salt));
    return withPlain(await inner.turn(() => EncryptedStore.open(inner, { key })), key);
  } catch (error) {
    await inner.close();
    throw error;
  }
}

async function newSalt(inner) {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  await inner.snapshots.save(SALT, salt);
  return salt;
}

async function keyBytes(passphrase, salt) {
  const given = await crypto.subtle.importKey('raw', new TextEncoder().encode(passphrase), 'PBKDF2', false, ['deriveBits']);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS }, given, KEY_BITS));
}

/** The store, whose snapshots and named snapshots are plain for who asks. */
function withPlain(store, key) {
  const { inner } = store;
  store.snapshot = () => plainOf(store);
  store.restore = (bytes) => inner.turn(() => restoreContent(store, MemoryStore.fromSnapshot(bytes)));
  store.snapshots = {
    save: (name, bytes) => inner.snapshots.save(name, sealedBytes(bytes, key)),
    async load(name) {
      const bytes = await inner.snapshots.load(name);
      return bytes === undefined ? undefined : plainOf(EncryptedStore.open(MemoryStore.fromSnapshot(bytes), { key }));
    },
    list: async () => (await inner.snapshots.list()).filter(({ name }) => name !== SALT),
    delete: (name) => inner.snapshots.delete(name),
  };
  return store;
}

function plainOf(store) {
  const plain = new MemoryStore();
  replaceContent(plain, store);
  return plain.snapshot();
}

function sealedBytes(bytes, key) {
  const store = MemoryStore.fromSnapshot(bytes);
  EncryptedStore.encryptAll(store, { key });
  return store.snapshot();
}
