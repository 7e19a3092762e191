/**
 * A store of browsers: tables in memory, what changed is saved to IndexedDB behind them.
 *
 * A compute changes memory at once. Its changes are saved a little later (`autosave`), when the page is hidden, and by `save`: those
 * keys only that changed since the save before, in one transaction. Tabs take turns (indexeddb/turns.js), and see what others saved.
 * `_io` is the tab's own, and is not saved.
 *
 * Invariant: when `save` has resolved, all that was changed before it was called is durable, and the next open finds it. A save
 * has whole units. Nothing that was saved is lost or changed by a failure; what was not stays in memory, and is saved later.
 */

import { TABLE_IO, TABLE_SYSTEM_FIRST } from '../abi.js';
import { turnOf } from '../turn.js';
import { Autosave } from './autosave.js';
import { report } from './handler.js';
import { Changes } from './indexeddb/changes.js';
import { Database } from './indexeddb/database.js';
import { Lease } from './indexeddb/lease.js';
import { LastWords } from './indexeddb/last_words.js';
import { catchUp } from './indexeddb/reading.js';
import { checkOptions } from './indexeddb/options.js';
import { Room } from './indexeddb/room.js';
import { Saves } from './indexeddb/saves.js';
import { DATABASE, deleteDatabase } from './indexeddb/schema.js';
import { NamedSnapshots } from './indexeddb/snapshots.js';
import { Turns } from './indexeddb/turns.js';
import { MemoryStore } from './memory.js';
import { onPageEnd } from './page_end.js';
import { asUnit } from './replace.js';
import { restoreSnapshot } from './restore.js';
import { StorageError } from './storage_error.js';
import { after, checkMilliseconds } from './timer.js';

export { StorageError };

const JOURNAL = TABLE_SYSTEM_FIRST + 5;

export class IndexedDBStore extends MemoryStore {
  /**
   * Opens the store in a database, which is made when it is not there. It has this tab's turn.
   * @param {string} [name] of the database
   * @param {{ autosave?: number | false, wait?: number, grace?: number, repair?: boolean, persist?: boolean, tabs?: 'turns' | 'one',
   *   onError?: (error: Error) => void, onChange?: () => void, browser?: object }} [options]
   * @returns {Promise<IndexedDBStore>}
   */
  static async open(name = DATABASE, options = {}) {
    const store = new this(name, options);
    try {
      await store.start();
    } catch (error) {
      store.end();
      throw error;
    }
    return store;
  }

  /** Removes a database. */
  static delete(name = DATABASE, { browser = globalThis } = {}) {
    new LastWords(name, browser).clear();
    return deleteDatabase(browser, name);
  }

  static fromSnapshot() {
    throw new TypeError('open the store, and import the snapshot');
  }

  /** Use `IndexedDBStore.open`. */
  constructor(name, options) {
    super();
    checkOptions(options);
    const { autosave = 500, wait = 5000, grace = 250, repair = false, persist = false } = options;
    const { tabs = 'turns', onError, onChange, browser = globalThis } = options;
    if (typeof name !== 'string') throw new TypeError('the name of a database is a string');
    this.name = name;
    this.wait = wait;
    /** After `open` the tab keeps its turn for so many milliseconds, that an instance can be made. */
    this.grace = grace;
    this.repair = repair;
    this.asksToPersist = persist;
    this.onError = onError;
    this.onChange = onChange;
    this.browser = browser;
    this.database = new Database(name, { browser, wait }, (isReplaced) => this.disconnected(isReplaced));
    this.room = new Room(name, browser.navigator && browser.navigator.storage);
    /** Named snapshots: `save(name, bytes)`, `load(name)`, `list()`, `delete(name)`. */
    this.snapshots = new NamedSnapshots(this.database);
    /** What is not saved when the page is left. */
    this.words = new LastWords(name, browser);
    this.turns = undefined;
    this.lease = undefined;
    this.tabs = tabs;
    /** Whether tables can be changed now; else `refusal` says why not. */
    this.isWritable = false;
    this.refusal = new StorageError(name, 'closed', 'the store is not open');
    this.isClosed = false;
    /** Whether the browser had no more room: then nothing is added until something was saved. */
    this.isFull = false;
    this.changes = new Changes();
    this.saves = new Saves(this);
    this.autosave = new Autosave(autosave, () => this.version, () => {
      this.save().catch((error) => this.report(error));
    });
    /** While what other tabs saved is read: whether they saved more. */
    this.refreshing = undefined;
    this.graceEnd = 0;
    this.unitWaiters = [];
    this.stopListening = () => {};
    /** Rows of version 1 that could not be converted. */
    this.notConverted = [];
    /** What `repair` left out: `{ store, id, problem }`. */
    this.leftOut = [];
  }

  // ---- as a store ----

  setAt(id, block, key, keyLength, value, length) {
    if (id === TABLE_IO) {
      super.setAt(id, block, key, keyLength, value, length);
      return;
    }
    if (!this.isWritable) throw this.refusal;
    if (this.isFull) this.refuseNew(id);
    super.setAt(id, block, key, keyLength, value, length);
    this.changes.add(id, block, key, keyLength);
    if (!this.autosave.isSet) this.autosave.set();
  }

  deleteAt(id, block, key, keyLength) {
    if (id !== TABLE_IO) {
      if (!this.isWritable) throw this.refusal;
      this.changes.add(id, block, key, keyLength);
      if (!this.autosave.isSet) this.autosave.set();
    }
    super.deleteAt(id, block, key, keyLength);
  }

  begin() {
    if (!this.isWritable) throw this.refusal;
    super.begin();
  }

  commit() {
    super.commit();
    this.unitEnded();
  }

  rollBack() {
    super.rollBack();
    this.unitEnded();
  }

  // ---- saving ----

  /** Whether something changed that is not saved. */
  get hasUnsaved() {
    return this.changes.inFlight !== undefined || !this.changes.isEmpty;
  }

  /** Resolves with the number of keys saved, when all changes so far are durable. */
  save() {
    return this.saves.save();
  }

  /** Replaces all saves by one, when this tab has its turn; it also happens by itself. */
  compact() {
    return this.turn(() => this.saves.compactNext());
  }

  /** What the browser lets this page store, in bytes; undefined where it does not say. */
  async storage() {
    return this.room.ask();
  }

  /** Asks the browser not to remove what the page stored when the disk is full; resolves with whether it agrees. */
  persist() {
    return this.room.persist();
  }

  // ---- tabs ----

  /** Whether this tab has its turn: computes work. */
  get hasTurn() {
    return this.isWritable;
  }

  /**
   * Runs `action` when this tab has its turn. Resolves with what it returned when what it did is durable. Other tabs wait that long.
   * @template T
   * @param {(store: IndexedDBStore) => T | Promise<T>} action
   * @param {{ wait?: number }} [options] milliseconds for which another tab may keep the turn
   * @returns {Promise<T>}
   */
  async turn(action, { wait = this.wait } = {}) {
    checkMilliseconds('wait', wait);
    this.checkOpen();
    if (this.turns === undefined) {
      const result = await action(this);
      await this.save();
      return result;
    }
    await this.turns.enter(wait);
    try {
      const result = await action(this);
      await this.save();
      return result;
    } finally {
      this.turns.leave();
    }
  }

  /** Reads what other tabs saved. A tab that has its turn has read it. */
  async refresh() {
    this.checkOpen();
    if (this.isWritable || this.inUnit || (this.turns && this.turns.moving !== undefined)) return;
    await catchUp(this, () => !this.isWritable && !this.inUnit);
  }

  // ---- all of it ----

  /** Makes the content of the store that of a snapshot (`snapshot()`), and saves it; undone when it is none. */
  async restore(bytes) {
    return restoreSnapshot(this, bytes);
  }

  /** Saves, lets other tabs have the store, and ends it. */
  async close() {
    if (this.isClosed) return;
    try {
      if (this.isWritable) await this.save();
    } finally {
      this.isWritable = false;
      this.refusal = new StorageError(this.name, 'closed', 'the store is closed');
      await this.saves.last;
      if (this.lease !== undefined) await this.lease.close();
      this.end();
    }
  }

  // ---- private ----

  async start() {
    const { browser } = this;
    await this.database.open();
    const locks = browser.navigator && browser.navigator.locks;
    if (locks && typeof browser.AbortController === 'function') {
      const Channel = this.tabs === 'turns' ? browser.BroadcastChannel : undefined;
      const channel = Channel === undefined ? undefined : new Channel(`cu:${this.name}`);
      if (channel && channel.unref) channel.unref();
      this.turns = new Turns(this.name, { locks, channel, Controller: browser.AbortController }, {
        gained: () => this.gained(),
        giving: () => this.giving(),
        canGive: () => this.canGive(),
        heard: (message) => this.heard(message),
        failed: (error) => this.report(error),
      });
      this.graceEnd = Infinity;
      await this.turns.enter(this.wait);
      this.graceEnd = Date.now() + this.grace;
      this.turns.leave();
      this.later(() => this.turns.reconsider(), this.grace + 1);
    } else {
      this.lease = new Lease(this.database, browser.lease);
      await this.lease.take();
      await this.gained();
    }
    this.stopListening = onPageEnd(browser, (isLeft) => this.saves.saveAtEnd(isLeft));
    if (this.asksToPersist) await this.persist();
  }

  end() {
    this.isClosed = true;
    this.isWritable = false;
    this.stopListening();
    this.autosave.clear();
    if (this.lease !== undefined) clearInterval(this.lease.timer);
    if (this.turns !== undefined) this.turns.close();
    this.database.close();
  }

  checkOpen() {
    if (this.isClosed) throw new StorageError(this.name, 'closed', 'the store is closed');
  }

  /** A failure that no caller waits for. */
  report(error) {
    report(this.onError, error);
  }

  later(action, milliseconds) {
    const timer = after(milliseconds, action);
    if (timer && timer.unref) timer.unref();
    return timer;
  }

  refuseNew(id) {
    if (id >>> 0 >= TABLE_SYSTEM_FIRST || this.size(JOURNAL) > 0) return;
    const problem = 'the browser has no more room, and earlier changes are not saved: only deleting is possible';
    throw new StorageError(this.name, 'quota', problem);
  }

  // ---- units and turns ----

  /** Resolves when the unit that is open ends. */
  unitEnd() {
    return new Promise((resolve) => { this.unitWaiters.push(resolve); });
  }

  unitEnded() {
    for (const go of this.unitWaiters.splice(0)) go();
    if (this.turns !== undefined && this.turns.isWanted) this.later(() => this.turns && this.turns.reconsider(), 0);
  }

  /** A transaction of an instance has its journal in the store, or holds the turn of this store object. */
  canGive() {
    return !this.inUnit && Date.now() >= this.graceEnd && turnOf(this).holder === undefined && this.size(JOURNAL) === 0;
  }

  async gained() {
    await catchUp(this, () => !this.isClosed);
    if (this.isClosed) {
      // The reading has opened the database again.
      this.database.close();
      return;
    }
    this.isWritable = true;
    this.takeWords();
  }

  /** Goes on from what the last page had not saved when it was left. */
  takeWords() {
    const left = this.words.take(this.saves.seen);
    if (left.length === 0) return;
    asUnit(this, () => {
      for (const [table, key, value] of left) {
        if (value === undefined) this.delete(table, key);
        else this.set(table, key, value);
      }
    });
  }

  async giving() {
    this.isWritable = false;
    this.refusal = new StorageError(
      this.name, 'turn', 'another tab has its turn; `await store.turn(() => ...)` waits for that of this one',
    );
    try {
      await this.save();
      await this.saves.last;
    } catch (error) {
      this.isWritable = !this.isClosed;
      throw error;
    }
  }

  heard({ kind }) {
    if (kind !== 'saved' || this.isWritable || this.isClosed) return;
    if (this.refreshing === undefined) this.follow();
    else this.refreshing.again = true;
  }

  /** Reads what other tabs save until nothing more is heard. */
  async follow() {
    this.refreshing = {};
    try {
      do {
        this.refreshing.again = false;
        await this.refresh();
      } while (this.refreshing.again && !this.isClosed);
    } catch (error) {
      if (!this.isClosed) this.report(error);
    } finally {
      this.refreshing = undefined;
    }
  }

  /** This store for changes that are saved already. */
  get quiet() {
    return {
      get: (table, key) => this.get(table, key),
      set: (table, key, value) => super.setAt(table, this.inScratch(key, value), 0, key.length, key.length, value.length),
      delete: (table, key) => super.deleteAt(table, this.inScratch(key), 0, key.length),
      keys: (...walk) => this.keys(...walk),
      nextTable: (after) => this.nextTable(after),
      begin: () => super.begin(),
      commit: () => this.commit(),
      rollBack: () => this.rollBack(),
    };
  }

  /** The connection is gone. The next save opens another one, unless another tab replaces the database. */
  disconnected(isReplaced) {
    if (!isReplaced || this.isClosed) return;
    this.saves.saveAtEnd();
    this.isWritable = false;
    this.refusal = new StorageError(this.name, 'version', 'another tab replaces or removes the database; reload this page');
    this.saves.last.then(() => this.end());
    this.report(this.refusal);
  }
}
