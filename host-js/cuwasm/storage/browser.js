/**
 * What a page gets that names no storage: IndexedDB, or memory where the browser keeps nothing.
 *
 * Invariant: there is memory in its place only if IndexedDB never worked here, and then `warning` and the console say so.
 */

import { StorageError } from '../../store/storage_error.js';
import { IndexedDBStorage } from './indexeddb.js';
import { MemoryStorage } from './memory.js';

/** Reasons why there will be no IndexedDB in this page, whatever the user does now. */
const NEVER = ['unsupported', 'denied'];

export class BrowserStorage {
  /** @param {{ browser?: object, memory?: MemoryStorage }} [means] */
  constructor({ browser = globalThis, memory = new MemoryStorage() } = {}) {
    this.browser = browser;
    this.memory = memory;
    this.kept = new IndexedDBStorage(undefined, { browser });
    this.hasWorked = false;
    /** @type {string | null} why there is memory in the place of IndexedDB */
    this.reason = null;
  }

  /** @type {string | null} what the user of a page may want to know */
  get warning() {
    return this.reason === null ? this.kept.warning : this.reason;
  }

  async save(name, bytes) {
    return this.use((storage) => storage.save(name, bytes));
  }

  async load(name) {
    return this.use((storage) => storage.load(name));
  }

  async list() {
    return this.use((storage) => storage.list());
  }

  async delete(name) {
    return this.use((storage) => storage.delete(name));
  }

  async use(action) {
    if (this.reason === null) {
      try {
        const result = await action(this.kept);
        this.hasWorked = true;
        return result;
      } catch (error) {
        if (this.hasWorked || !(error instanceof StorageError) || !NEVER.includes(error.reason)) throw error;
        this.warn(error);
      }
    }
    return action(this.memory);
  }

  warn({ message }) {
    if (this.reason !== null) return;
    this.reason = `states are kept in memory, and are gone when the page is left: ${message}`;
    const { console } = this.browser;
    if (console && typeof console.warn === 'function') console.warn(`cu: ${this.reason}`);
  }
}
