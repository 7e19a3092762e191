/**
 * Which tab may change a database: the one that holds its Web Lock. A tab keeps it until another one asks on a BroadcastChannel.
 *
 * Invariant: between `gained` and the end of `giving` no other tab has the lock. It is not given while it is in use. After `close` this tab
 * has it no more, also when it was waiting for it.
 */

import { StorageError, storageError } from '../storage_error.js';
import { after } from '../timer.js';

const ASK_AGAIN_MS = 250;

// Without a channel nobody can be asked; but a page that was just left may still have the lock.
const UNASKED_MS = 500;

export class Turns {
  /**
   * @param {string} name
   * @param {{ locks: LockManager, channel: BroadcastChannel | undefined, Controller: typeof AbortController }} means
   * @param {{ gained: () => Promise<void>, giving: () => Promise<void>, canGive: () => boolean, heard: (message: object) => void,
   *   failed: (error: Error) => void }} store gained: after the lock was taken; giving: before it is given
   */
  constructor(name, { locks, channel, Controller }, store) {
    this.name = name;
    this.lock = `cu:${name}`;
    this.locks = locks;
    this.channel = channel;
    this.Controller = Controller;
    this.store = store;
    this.isHeld = false;
    this.isWanted = false;
    this.users = 0;
    /** @type {Promise<void> | undefined} while it is taken or given */
    this.moving = undefined;
    this.letGo = undefined;
    this.isClosed = false;
    /** Ends the waiting for the lock. */
    this.giveUp = () => {};
    if (channel !== undefined) {
      channel.onmessage = ({ data }) => {
        if (data && data.kind === 'want') this.look();
        else this.store.heard(data || {});
      };
    }
  }

  /** Resolves when this tab holds the lock; call `leave` then. */
  async enter(wait) {
    for (;;) {
      if (this.moving !== undefined) await this.moving.catch(() => {});
      // Who waited goes first. If what has to be saved before cannot be saved, it has to be changed.
      else if (this.isWanted && this.isIdle) await this.give().catch(() => {});
      else break;
    }
    this.users++;
    if (this.isHeld) return;
    try {
      await this.move(this.take(wait));
    } catch (error) {
      this.users--;
      throw error;
    }
  }

  leave() {
    this.users--;
    this.look();
    this.reconsider();
  }

  /** Gives the lock if someone wants it, and it is not in use. */
  reconsider() {
    if (this.isWanted && this.isIdle && this.moving === undefined) this.give().catch(this.store.failed);
  }

  /** Gives the lock. If what has to be saved before cannot be saved, it is kept. */
  give() {
    return this.move(this.tryGive());
  }

  send(message) {
    if (this.channel !== undefined) this.channel.postMessage(message);
  }

  close() {
    if (this.channel !== undefined) this.channel.close();
    this.channel = undefined;
    this.isHeld = false;
    this.isClosed = true;
    this.giveUp();
    this.free();
  }

  // ---- private ----

  /** As `isHeld`, and while it is taken or given. */
  get hasLock() {
    return this.letGo !== undefined;
  }

  get isIdle() {
    return this.isHeld && this.users === 0 && this.store.canGive();
  }

  want() {
    if (!this.isHeld) return;
    this.isWanted = true;
    this.reconsider();
  }

  async move(moving) {
    this.moving = moving;
    try {
      await moving;
    } finally {
      this.moving = undefined;
    }
  }

  async take(wait) {
    this.checkOpen();
    const controller = new this.Controller();
    this.giveUp = () => controller.abort();
    const ask = () => this.send({ kind: 'want' });
    const asking = setInterval(ask, ASK_AGAIN_MS);
    const waiting = after(this.channel === undefined ? Math.min(wait, UNASKED_MS) : wait, this.giveUp);
    ask();
    try {
      await this.request({ signal: controller.signal });
    } catch (cause) {
      this.checkOpen();
      if (cause.name !== 'AbortError') throw storageError(this.name, 'taking the lock', cause);
      const problem = this.channel === undefined
        ? 'another tab has the store open'
        : `another tab has the store, and did not give it within ${wait} ms`;
      throw new StorageError(this.name, 'busy', problem, { cause });
    } finally {
      clearInterval(asking);
      clearTimeout(waiting);
    }
    try {
      this.checkOpen();
      await this.store.gained();
      this.checkOpen();
    } catch (error) {
      this.free();
      throw error;
    }
    this.isHeld = true;
    this.isWanted = false;
    this.look();
  }

  checkOpen() {
    if (this.isClosed) throw new StorageError(this.name, 'closed', 'the store was closed while it waited for its turn');
  }

  /** Resolves when the lock is held; it is until `letGo` is called. */
  request(options) {
    return new Promise((resolve, reject) => {
      this.locks.request(this.lock, options, () => new Promise((letGo) => {
        this.letGo = letGo;
        resolve();
      })).catch(reject);
    });
  }

  async tryGive() {
    this.isWanted = false;
    await this.store.giving();
    this.isHeld = false;
    this.free();
    this.send({ kind: 'given' });
  }

  free() {
    if (this.letGo !== undefined) this.letGo();
    this.letGo = undefined;
  }

  /** Learns whether another tab waits. A message only says when to look: who sent it may have given up. */
  look() {
    if (this.channel === undefined) return;
    this.locks.query().then(({ pending }) => {
      if (pending.some(({ name }) => name === this.lock)) this.want();
    }).catch(() => {});
  }
}
