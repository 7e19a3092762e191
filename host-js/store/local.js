/**
 * A store of browsers for small homes: tables in memory, all of them as one text in localStorage.
 *
 *   item "cu:NAME"    a snapshot (snapshot.js) without `_io`, each byte as the character with code 256 more
 *
 * A browser lets an origin have about five million characters, and writes them to the disk when it likes.
 *
 * Invariant: the item is replaced as a whole. A unit that does not fit is undone, so memory has no more than the item, unless
 * `saveAfterCompute` is false.
 */

import { TABLE_IO } from '../abi.js';
import { checkNames } from '../option_names.js';
import { report } from './handler.js';
import { bytesOfLetters, lettersOf } from './letters.js';
import { MemoryStore } from './memory.js';
import { onPageEnd } from './page_end.js';
import { restoreSnapshot } from './restore.js';
import { readSnapshot, writeSnapshot } from './snapshot.js';
import { StorageError, storageError } from './storage_error.js';

export { StorageError };

// A page that was just left may still have the lock for so many milliseconds.
const LEFT_MS = 500;

const OPTIONS = ['saveAfterCompute', 'limit', 'onError', 'browser'];

export class LocalStore extends MemoryStore {
  /**
   * Opens the store of that name. One tab has it at a time, where the browser has Web Locks.
   * @param {string} name
   * @param {{ saveAfterCompute?: boolean, limit?: number, onError?: (error: Error) => void, browser?: object }} [options]
   *   saveAfterCompute: whether each unit is in localStorage when it ends, default true; else `save` does it, and the end of
   *   the page; limit: the most characters, default what the browser allows
   * @returns {Promise<LocalStore>}
   */
  static async open(name, options = {}) {
    checkNames(options, 'a LocalStore', OPTIONS);
    const store = new this(name, options);
    await store.lock();
    try {
      store.load();
    } catch (error) {
      store.end();
      throw error;
    }
    return store;
  }

  static fromSnapshot() {
    throw new TypeError('open the store, and restore the snapshot');
  }

  /** Removes the store of that name. */
  static delete(name, { browser = globalThis } = {}) {
    storageOf(name, browser).removeItem(itemOf(name));
  }

  /** Use `LocalStore.open`. */
  constructor(name, { saveAfterCompute = true, limit = Infinity, onError, browser = globalThis }) {
    super();
    if (typeof name !== 'string' || name === '') throw new TypeError('the name of a store is a string that is not empty');
    this.name = name;
    this.saveAfterCompute = saveAfterCompute;
    this.limit = limit;
    this.onError = onError;
    this.browser = browser;
    this.storage = storageOf(name, browser);
    /** What the item is, as far as this tab knows. */
    this.text = null;
    this.hasUnsaved = false;
    /** `hasUnsaved` when the unit began. */
    this.hadUnsaved = false;
    this.isClosed = false;
    this.letGo = () => {};
    this.stopListening = () => {};
  }

  setAt(id, block, key, keyLength, value, length) {
    if (id !== TABLE_IO) this.change();
    super.setAt(id, block, key, keyLength, value, length);
  }

  deleteAt(id, block, key, keyLength) {
    if (id !== TABLE_IO) this.change();
    super.deleteAt(id, block, key, keyLength);
  }

  begin() {
    this.checkOpen();
    super.begin();
    this.hadUnsaved = this.hasUnsaved;
  }

  commit() {
    if (this.hasChanged && this.hasUnsaved && this.saveAfterCompute) {
      try {
        this.write();
      } catch (error) {
        this.rollBack();
        throw error;
      }
    }
    super.commit();
  }

  rollBack() {
    super.rollBack();
    this.hasUnsaved = this.hadUnsaved;
  }

  computeEnded() {
    if (this.saveAfterCompute && this.hasUnsaved) this.save();
  }

  /** Writes all tables, if something changed. */
  save() {
    this.checkOpen();
    if (this.inUnit) throw new StorageError(this.name, 'failed', 'no saving while a unit of changes is open');
    if (this.hasUnsaved) this.write();
  }

  /** Makes the content of the store that of a snapshot (`snapshot()`). */
  restore(bytes) {
    restoreSnapshot(this, bytes);
  }

  /** Saves, and lets other tabs have the store. */
  close() {
    if (this.isClosed) return;
    try {
      this.save();
    } finally {
      this.end();
    }
  }

  // ---- private ----

  async lock() {
    const locks = this.browser.navigator && this.browser.navigator.locks;
    if (!locks || typeof this.browser.AbortController !== 'function') return;
    const controller = new this.browser.AbortController();
    const waiting = setTimeout(() => controller.abort(), LEFT_MS);
    try {
      await new Promise((resolve, reject) => {
        locks.request(`cu:local:${this.name}`, { signal: controller.signal }, () => new Promise((letGo) => {
          this.letGo = letGo;
          resolve();
        })).catch(reject);
      });
    } catch (cause) {
      if (cause.name !== 'AbortError') throw storageError(this.name, 'taking the lock', cause);
      throw new StorageError(this.name, 'busy', 'another tab has the store open', { cause });
    } finally {
      clearTimeout(waiting);
    }
  }

  load() {
    this.text = this.storage.getItem(itemOf(this.name));
    if (this.text !== null) {
      let bytes;
      try {
        bytes = bytesOfLetters(this.text);
        readSnapshot(bytes, (table, key, value) => {
          super.setAt(table, this.inScratch(key, value), 0, key.length, key.length, value.length);
        });
      } catch (cause) {
        const problem = `the item ${JSON.stringify(itemOf(this.name))} is damaged, and was not changed: ${cause.message}`;
        throw new StorageError(this.name, 'damaged', problem, { cause });
      }
    }
    this.stopListening = onPageEnd(this.browser, () => this.saveAtEnd());
  }

  change() {
    this.checkOpen();
    this.hasUnsaved = true;
  }

  checkOpen() {
    if (this.isClosed) throw new StorageError(this.name, 'closed', 'the store is closed');
  }

  write() {
    const item = itemOf(this.name);
    const text = lettersOf(writeSnapshot(withoutIo(this)));
    if (text.length > this.limit) throw this.full(text, `the limit is ${this.limit}`);
    if (this.storage.getItem(item) !== this.text) {
      throw new StorageError(this.name, 'conflict', 'someone else saved meanwhile: open the store in one tab only');
    }
    try {
      this.storage.setItem(item, text);
    } catch (cause) {
      if (cause.name === 'QuotaExceededError' || cause.name === 'NS_ERROR_DOM_QUOTA_REACHED') {
        throw this.full(text, 'browsers give all pages of an origin together about 5,000,000', cause);
      }
      throw storageError(this.name, 'saving', cause);
    }
    this.text = text;
    this.hasUnsaved = false;
  }

  full({ length }, limit, cause) {
    const problem = `${length} characters are to be saved, and ${limit}; what was saved before is there. An IndexedDBStore holds more`;
    return new StorageError(this.name, 'quota', problem, { cause });
  }

  saveAtEnd() {
    if (this.isClosed || this.inUnit) return;
    try {
      this.save();
    } catch (error) {
      report(this.onError, error);
    }
  }

  end() {
    this.isClosed = true;
    this.stopListening();
    this.letGo();
  }
}

function itemOf(name) {
  return `cu:${name}`;
}

function storageOf(name, browser) {
  let storage;
  try {
    storage = browser.localStorage;
  } catch (cause) {
    throw new StorageError(name, 'denied', `the browser does not let this page store anything (${cause.message})`, { cause });
  }
  if (storage) return storage;
  throw new StorageError(name, 'unsupported', 'there is no localStorage here, as in workers; a MemoryStore works, and keeps nothing');
}

/** What a snapshot is made of. */
function withoutIo(store) {
  return {
    tableIds: () => store.tableIds().filter((id) => id !== TABLE_IO),
    size: (table) => store.size(table),
    eachEntry: (...walk) => store.eachEntry(...walk),
  };
}
