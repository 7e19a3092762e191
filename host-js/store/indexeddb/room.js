/**
 * How much a browser still lets a page store, as far as it says.
 *
 * Invariant: a save that is known not to fit is refused before it begins.
 */

import { StorageError } from '../storage_error.js';

// The browser is asked again after a part of the room was used, or so many milliseconds.
const PART = 0.25;
const ASK_AGAIN_MS = 60000;

// A save needs room for what it writes, and for the copy that the browser makes.
const COPIES = 2;

export class Room {
  /** @param {string} name @param {StorageManager | undefined} storage */
  constructor(name, storage) {
    this.name = name;
    this.storage = storage;
    this.forget();
  }

  /** The next save asks again. */
  forget() {
    this.left = undefined;
    this.usedSince = 0;
    this.askedAt = -Infinity;
  }

  /** @returns {Promise<{ usage: number, quota: number, persisted: boolean | undefined } | undefined>} */
  async ask() {
    const { storage } = this;
    if (!storage || typeof storage.estimate !== 'function') return undefined;
    const { usage = 0, quota = Infinity } = await storage.estimate();
    const persisted = typeof storage.persisted === 'function' ? await storage.persisted() : undefined;
    return { usage, quota, persisted };
  }

  async persist() {
    const { storage } = this;
    return storage && typeof storage.persist === 'function' ? storage.persist() : false;
  }

  /** Whether the browser need not be asked before so many bytes are saved. */
  isKnown(bytes) {
    return Date.now() - this.askedAt < ASK_AGAIN_MS && this.usedSince + bytes <= this.left * PART;
  }

  async learn() {
    const answer = await this.ask().catch(() => undefined);
    this.askedAt = Date.now();
    this.usedSince = 0;
    this.left = answer === undefined ? Infinity : answer.quota - answer.usage;
  }

  /** Throws when so many bytes do not fit. */
  check(bytes) {
    const left = Math.max(0, this.left - this.usedSince);
    if (COPIES * bytes <= left) return;
    const problem = `${bytes} bytes are to be saved, and the browser has room for ${left} more; what was saved before is there`;
    throw new StorageError(this.name, 'quota', problem);
  }

  used(bytes) {
    this.usedSince += bytes;
  }
}
