/**
 * A store that encrypts the values of another one.
 *
 * Invariant: the store below gets encrypted values only. A value that was changed, moved to another key or table, or never
 * encrypted is not returned. Table ids, keys and sizes are not encrypted: keys must keep their order.
 */

import { TABLE_IO } from '../../abi.js';
import { EncryptionError } from '../../errors.js';
import { turnOf } from '../../turn.js';
import { restoreSnapshot } from '../restore.js';
import { Keys } from './key.js';
import { MARKER_KEY, OWN_TABLE, failure, readMarker, writeMarker } from './marker.js';
import { rotate } from './rotation.js';
import { open, seal } from './sealed.js';

/** Whether a store says that it is encrypted. No key is needed for this. */
export function isEncrypted(store) {
  return store.get(OWN_TABLE, MARKER_KEY.slice()) !== undefined;
}

export class EncryptedStore {
  /**
   * Opens a store that is encrypted, or an empty one, which becomes encrypted.
   * @param {object} inner see store/memory.js; it has `nextTable`
   * @param {{ key: EncryptionKey, olderKeys?: EncryptionKey[] }} keys `key` encrypts, the others are still read
   */
  static open(inner, keys) {
    return new EncryptedStore(inner, new Keys(keys)).opened();
  }

  /**
   * Encrypts the values of a plain store, and opens it. If this is interrupted, call it again; until then the store cannot
   * be opened, neither as plain nor as encrypted. Whether plain values were changed is not checked. The file of a store may
   * hold old plain values until it is compacted.
   */
  static encryptAll(inner, { onProgress = () => {}, ...keys }) {
    const store = new EncryptedStore(inner, new Keys(keys));
    const marker = readMarker(inner, store.allKeys);
    const whole = marker !== undefined && marker.whole;
    store.nameNewest(whole, marker);
    if (!whole) run(rotate(inner, store.allKeys, true), onProgress);
    return store;
  }

  /** Use `EncryptedStore.open`. */
  constructor(inner, keys) {
    if (typeof inner.nextTable !== 'function') {
      throw new TypeError('the store has no nextTable, by which its tables are found (store/memory.js)');
    }
    this.inner = inner;
    this.allKeys = keys;
    this.innerLends = typeof inner.lend === 'function';
    // Other instances may use the store below without encryption, or another EncryptedStore over it.
    this.turn = turnOf(inner);
    /** Named snapshots, where the store below has them: as those that `snapshot` answers, they are encrypted. */
    this.snapshots = inner.snapshots;
  }

  get(table, key) {
    return this.lend(table, key);
  }

  // A store with `lend` keeps no array that it is given. A store below without it may keep them.
  lend(table, key) {
    if (table === OWN_TABLE) return undefined;
    const bytes = this.innerLends ? this.inner.lend(table, key) : this.inner.get(table, key.slice());
    return bytes === undefined ? undefined : open(this.allKeys, table, key, bytes);
  }

  set(table, key, value) {
    if (table === OWN_TABLE) {
      const place = { reason: 'reserved', table, key: key.slice() };
      throw new EncryptionError('the table belongs to the encryption', place);
    }
    const sealed = seal(this.allKeys, table, key, value);
    this.turn.note(table);
    this.inner.set(table, this.keepable(key), sealed);
  }

  delete(table, key) {
    if (table === OWN_TABLE) return;
    this.turn.note(table);
    this.inner.delete(table, this.keepable(key));
  }

  size(table) {
    return table === OWN_TABLE ? 0 : this.inner.size(table);
  }

  keys(table, after, descending, emit) {
    if (table !== OWN_TABLE) this.inner.keys(table, after && this.keepable(after), descending, emit);
  }

  nextTable(after) {
    const next = this.inner.nextTable(after);
    return next === OWN_TABLE ? this.inner.nextTable(next) : next;
  }

  /**
   * Encrypts every value with the newest key. When this returns, no value needs an older key. If it is interrupted, call it
   * again; until then both keys are needed. A damaged value stops it.
   */
  rotate(onProgress = () => {}) {
    return run(this.rotation(), onProgress);
  }

  /** The same in batches of about a thousand values or a mebibyte. */
  rotation() {
    return rotate(this.inner, this.allKeys, false);
  }

  // ---- units of changes, turns where the store below has none ----

  get canRollBack() {
    return this.turn.canRollBack;
  }

  get version() {
    return this.turn.version;
  }

  get readOnly() {
    return this.inner.readOnly === true;
  }

  begin() {
    this.turn.begin();
  }

  commit() {
    this.turn.commit();
  }

  rollBack() {
    this.turn.rollBack();
  }

  computeEnded() {
    if (typeof this.inner.computeEnded === 'function') this.inner.computeEnded();
  }

  /** All as the store below has it: encrypted. */
  snapshot() {
    return this.inner.snapshot();
  }

  /** Makes the content that of a snapshot, also of one whose keys are older ones of this store. Answers what the store below answers. */
  restore(bytes) {
    return restoreSnapshot(this, bytes);
  }

  /** The store below has the content of a snapshot, and `_io` as it was. */
  restored() {
    this.opened(TABLE_IO);
  }

  flush() {
    this.inner.flush();
  }

  compact() {
    this.inner.compact();
  }

  close() {
    this.inner.close();
  }

  /** An array that the store below may keep. */
  keepable(bytes) {
    return this.innerLends ? bytes : bytes.slice();
  }

  /** @param {number} [kept] a table that an empty store may have */
  opened(kept) {
    const marker = readMarker(this.inner, this.allKeys);
    if (marker === undefined) this.refusePlain(kept);
    else if (!marker.whole) throw failure('unfinished', 'the store is only half encrypted: encryptAll has to go on');
    this.nameNewest(true, marker);
    return this;
  }

  refusePlain(kept) {
    let table = this.inner.nextTable(undefined);
    if (table !== undefined && table === kept) table = this.inner.nextTable(table);
    if (table === undefined) return;
    const problem = 'the store is not encrypted, or has lost the record of it';
    throw new EncryptionError(`${problem}; entries in table ${table}: ${this.inner.size(table)}`, { reason: 'plain' });
  }

  /** Makes the marker's first key the newest one, before a value is written with it. */
  nameNewest(whole, marker) {
    const newest = this.allKeys.newest.id;
    const ids = marker === undefined ? [] : marker.ids;
    if (ids[0] !== newest) writeMarker(this.inner, this.allKeys, whole, ids.filter((id) => id !== newest));
  }
}

function run(rotation, onProgress) {
  let last;
  for (const progress of rotation) {
    last = progress;
    onProgress(progress);
  }
  return last;
}
