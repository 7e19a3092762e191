/**
 * Which tab may change a database where there are no Web Locks: the one that opened it, until it is closed. It writes a row again and
 * again, and each save looks whether the row is still there; so a tab that seemed dead loses nothing that was saved, and saves nothing.
 *
 * Invariant: of two tabs only the one whose token the row has can save.
 */

import { StorageError } from '../storage_error.js';

const BEAT_MS = 1000;

// Hidden tabs may be woken only every few seconds.
const DEAD_MS = 4000;

export class Lease {
  /**
   * @param {import('./database.js').Database} database
   * @param {{ beat?: number, dead?: number }} [times] milliseconds
   */
  constructor(database, { beat = BEAT_MS, dead = DEAD_MS } = {}) {
    this.database = database;
    this.beatMs = beat;
    this.deadMs = dead;
    this.token = `${Date.now()}-${Math.random()}`;
    this.beats = 0;
    this.timer = undefined;
  }

  /** Takes the database, or throws when another tab has it. */
  async take() {
    const { database } = this;
    const dead = await this.deadOwner();
    if (!await database.setOwner(dead, this.token, 0)) this.refuse();
    database.token = this.token;
    this.timer = setInterval(() => {
      // A failure shows when something is saved.
      database.setOwner(this.token, this.token, ++this.beats).catch(() => {});
    }, this.beatMs);
    if (this.timer.unref) this.timer.unref();
  }

  /** Lets another tab have it. */
  async close() {
    clearInterval(this.timer);
    await this.database.setOwner(this.token, undefined).catch(() => {});
  }

  /** The token of a tab that is gone, or undefined; throws when it is not gone. */
  async deadOwner() {
    const { database } = this;
    const before = await database.owner();
    if (before === undefined) return undefined;
    const end = Date.now() + this.deadMs;
    while (Date.now() < end) {
      await new Promise((resolve) => { setTimeout(resolve, this.beatMs / 4); });
      const now = await database.owner();
      if (now === undefined) return undefined;
      if (now.token !== before.token || now.beat !== before.beat) this.refuse();
    }
    return before.token;
  }

  refuse() {
    throw new StorageError(this.database.name, 'busy', 'another tab has the store open, and this browser has no Web Locks to share it');
  }
}
