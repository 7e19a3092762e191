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
import { Block } from '../block.js';
import { turnOf } from '../turn.js';
import { Database } from './indexeddb/database.js';
import { Lease } from './indexeddb/lease.js';
import { LastWords } from './indexeddb/last_words.js';
import { readOld } from './indexeddb/legacy.js';
import { Packer, readPlace, readRow } from './indexeddb/rows.js';
import { Room } from './indexeddb/room.js';
import { DATABASE, deleteDatabase } from './indexeddb/schema.js';
import { NamedSnapshots } from './indexeddb/snapshots.js';
import { Turns } from './indexeddb/turns.js';
import { MemoryStore } from './memory.js';
import { asUnit, keysOf, replaceContent } from './replace.js';
import { StorageError } from './storage_error.js';

export { StorageError };

const JOURNAL = TABLE_SYSTEM_FIRST + 5;
const NO_KEY = new Block(new Uint8Array(0));

// Saves are merged into one when together they are longer than this and than twice what there is. A row counts as so many bytes more.
const LOG_BYTES = 0x400000;
const ROW_COST = 0x200;

// An autosave waits for a pause in the changes, but not longer than so many times as for a single change.
const MOST_PAUSES = 4;

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
    const { autosave = 500, wait = 5000, grace = 250, repair = false, persist = false } = options;
    const { tabs = 'turns', onError, onChange, browser = globalThis } = options;
    if (typeof name !== 'string') throw new TypeError('the name of a database is a string');
    if (autosave !== false && !(autosave >= 0)) throw new TypeError('autosave is a number of milliseconds, or false');
    if (tabs !== 'turns' && tabs !== 'one') throw new TypeError("tabs is 'turns' or 'one'");
    this.name = name;
    this.autosave = autosave;
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
    /** The keys that changed since the last save began, without values, and those of the save that is running. */
    this.dirty = new MemoryStore();
    this.inFlight = undefined;
    /** The number of the last save that this tab knows. */
    this.seen = 0;
    this.logCost = 0;
    this.compactAt = LOG_BYTES;
    /** Saves run one after another: the last one, and one that has not begun. */
    this.last = Promise.resolve();
    this.queued = undefined;
    /** The save that the end of the page began. */
    this.ending = undefined;
    /** While what other tabs saved is read: whether they saved more. */
    this.refreshing = undefined;
    this.timer = undefined;
    this.graceEnd = 0;
    this.unitWaiters = [];
    this.listeners = [];
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
    this.dirty.setAt(id, block, key, keyLength, key, 0);
    if (this.timer === undefined) this.schedule();
  }

  deleteAt(id, block, key, keyLength) {
    if (id !== TABLE_IO) {
      if (!this.isWritable) throw this.refusal;
      this.dirty.setAt(id, block, key, keyLength, key, 0);
      if (this.timer === undefined) this.schedule();
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
    return this.inFlight !== undefined || this.dirty.nextTable() !== undefined;
  }

  /** Resolves with the number of keys saved, when all changes so far are durable. */
  save() {
    if (this.queued === undefined) {
      this.queued = this.last.then(() => {
        this.queued = undefined;
        return this.saveNow();
      });
      this.last = this.queued.then(() => this.compactIfLong(), () => {});
    }
    return this.queued;
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
    await this.catchUp(() => !this.isWritable && !this.inUnit);
  }

  // ---- all of it ----

  /** Makes the content of the store that of a snapshot (`snapshot()`), and saves it; undone when it is none. */
  async restore(bytes) {
    const other = MemoryStore.fromSnapshot(bytes);
    return this.turn(() => {
      asUnit(this, () => replaceContent(this, other));
    });
  }

  /** Saves, lets other tabs have the store, and ends it. */
  async close() {
    if (this.isClosed) return;
    try {
      if (this.isWritable) await this.save();
    } finally {
      this.isWritable = false;
      this.refusal = new StorageError(this.name, 'closed', 'the store is closed');
      await this.last;
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
    this.listen();
    if (this.asksToPersist) await this.persist();
  }

  listen() {
    const { browser } = this;
    const on = (target, type, listener) => {
      if (!target || typeof target.addEventListener !== 'function') return;
      target.addEventListener(type, listener);
      this.listeners.push(() => target.removeEventListener(type, listener));
    };
    const { document } = browser;
    if (!document) return;
    on(document, 'visibilitychange', () => {
      if (document.visibilityState === 'hidden') this.saveAtEnd();
    });
    on(browser, 'pagehide', () => this.saveAtEnd(true));
  }

  end() {
    this.isClosed = true;
    this.isWritable = false;
    for (const remove of this.listeners.splice(0)) remove();
    clearTimeout(this.timer);
    if (this.lease !== undefined) clearInterval(this.lease.timer);
    if (this.turns !== undefined) this.turns.close();
    this.database.close();
  }

  checkOpen() {
    if (this.isClosed) throw new StorageError(this.name, 'closed', 'the store is closed');
  }

  /** A failure that no caller waits for. */
  report(error) {
    if (typeof this.onError === 'function') this.onError(error);
    else Promise.reject(error);
  }

  later(action, milliseconds) {
    const timer = setTimeout(action, milliseconds);
    if (timer.unref) timer.unref();
    return timer;
  }

  refuseNew(id) {
    if (id >>> 0 >= TABLE_SYSTEM_FIRST || this.size(JOURNAL) > 0) return;
    const problem = 'the browser has no more room, and earlier changes are not saved: only deleting is possible';
    throw new StorageError(this.name, 'quota', problem);
  }

  // ---- units and turns ----

  unitEnded() {
    for (const go of this.unitWaiters.splice(0)) go();
    if (this.turns !== undefined && this.turns.isWanted) this.later(() => this.turns && this.turns.reconsider(), 0);
  }

  /** A transaction of an instance has its journal in the store, or holds the turn of this store object. */
  canGive() {
    return !this.inUnit && Date.now() >= this.graceEnd && turnOf(this).holder === undefined && this.size(JOURNAL) === 0;
  }

  async gained() {
    await this.catchUp(() => true);
    this.isWritable = true;
    this.takeWords();
  }

  /** Goes on from what the last page had not saved when it was left. */
  takeWords() {
    const left = this.words.take(this.seen);
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
      await this.last;
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

  // ---- loading ----

  async catchUp(isAllowed) {
    const found = await this.database.read(this.seen);
    if (found.damaged.length > 0 && !(this.repair && this.seen === 0)) throw this.damage(found.damaged);
    if (!isAllowed() || (found.save === this.seen && found.old.length === 0 && found.damaged.length === 0)) return;
    if (this.hasUnsaved) throw new StorageError(this.name, 'conflict', 'someone else saved while this tab had changes that are not saved');
    if (found.isAll) this.loadAll(found);
    else asUnit(this.quiet, () => this.apply(found));
    this.seen = Math.max(this.seen, found.save);
    if (found.old.length > 0) this.convert(found.old);
    if (found.damaged.length > 0) await this.rescue(found.damaged);
    if (this.onChange !== undefined) this.onChange();
  }

  loadAll(found) {
    this.logCost = 0;
    this.compactAt = Math.max(LOG_BYTES, 2 * found.rows.reduce((sum, { after, data }) => sum + (after === 0 ? data.length : 0), 0));
    if (this.nextTable() === undefined) {
      this.apply(found);
      return;
    }
    const other = new MemoryStore();
    this.apply(found, other);
    asUnit(this.quiet, () => replaceContent(this.quiet, other));
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

  /** Applies rows that were read. */
  apply({ rows, places }, store = this.quiet) {
    const set = (table, key, value) => store.set(table, key, value);
    const remove = (table, key) => store.delete(table, key);
    for (const row of rows) {
      if (row.after !== 0) this.logCost += row.data.length + ROW_COST;
      readRow(row, { set, remove, look: () => {} });
    }
    for (const place of places) {
      if (place.row === undefined) {
        remove(place.table, place.key);
      } else {
        const { table, key, value } = readPlace(place.store, place.row);
        set(table, key, value);
      }
    }
  }

  /** Takes over what an earlier program left in a database of version 1. Its rows stay. */
  convert(rows) {
    const { quiet } = this;
    this.notConverted = readOld(rows, (table, key, value) => {
      quiet.set(table, key, value);
      const block = new Block(key);
      this.dirty.setAt(table, block, 0, key.length, 0, 0);
    });
    if (this.dirty.nextTable() !== undefined) this.schedule();
  }

  damage(rows) {
    const shown = rows.slice(0, 5).map(({ store, id, tableId, problem }) => (
      `${store}${id === undefined ? '' : ` ${JSON.stringify(id)}`}${tableId === undefined ? '' : ` (table ${tableId})`}: ${problem}`
    ));
    if (rows.length > shown.length) shown.push(`${rows.length - shown.length} more`);
    const message = `the database is damaged, and was not changed; with repair: true the rest can be read. ${shown.join('; ')}`;
    return new StorageError(this.name, 'damaged', message, { rows });
  }

  /** Saves what could be read, with the damaged rows put aside. */
  async rescue(damaged) {
    this.leftOut = damaged;
    await this.database.putAside(damaged, Date.now());
    await this.compact(0);
  }

  // ---- saving ----

  schedule() {
    if (this.autosave === false) {
      this.timer = null;
      return;
    }
    let { version } = this;
    let pauses = 1;
    const fire = () => {
      this.timer = undefined;
      if (this.version !== version && pauses < MOST_PAUSES) {
        ({ version } = this);
        pauses++;
        this.timer = setTimeout(fire, this.autosave);
        return;
      }
      this.save().catch((error) => this.report(error));
    };
    this.timer = setTimeout(fire, this.autosave);
  }

  async saveNow() {
    this.checkOpen();
    await this.pauseEnd();
    if (this.dirty.nextTable() === undefined) return 0;
    if (this.turns !== undefined && !this.turns.hasLock) throw this.refusal;
    let changes = this.takeChanges();
    try {
      if (!this.room.isKnown(changes.packer.bytes)) {
        this.putBack(changes.keys);
        await this.room.learn();
        await this.pauseEnd();
        if (this.dirty.nextTable() === undefined) return 0;
        changes = this.takeChanges();
      }
      this.room.check(changes.packer.bytes);
      await this.write(changes);
    } catch (error) {
      this.putBack(changes.keys);
      this.isFull = error.reason === 'quota';
      if (this.isFull) this.room.forget();
      if (this.dirty.nextTable() !== undefined && this.timer === undefined && this.autosave !== false && !this.isFull) this.schedule();
      throw error;
    }
    return changes.packer.keys;
  }

  /** Waits for the end of a unit, and of a save that the end of the page began. */
  async pauseEnd() {
    for (;;) {
      if (this.inUnit) await new Promise((resolve) => { this.unitWaiters.push(resolve); });
      else if (this.ending !== undefined) await this.ending;
      else return;
    }
  }

  /** One that has what was left in words is not before the one in whose place they are: so they are not taken again. */
  get nextSave() {
    return Math.max(this.seen + 1, this.words.save);
  }

  /** Packs the keys that changed, in this moment. */
  takeChanges() {
    const packer = pack(this, this.dirty);
    const keys = this.dirty;
    this.dirty = new MemoryStore();
    this.inFlight = keys;
    clearTimeout(this.timer);
    this.timer = undefined;
    return { packer, keys, seen: this.seen, isBase: this.seen === 0, save: this.nextSave };
  }

  async write({ packer, save, seen, isBase, keys }, isLast) {
    try {
      await this.database.write({ packer, save, seen, isBase, timestamp: Date.now(), isLast });
    } finally {
      if (this.inFlight === keys) this.inFlight = undefined;
    }
    this.saved(packer, save, isBase);
  }

  saved(packer, save, isBase) {
    if (save <= this.seen) return;
    this.seen = save;
    this.words.saved(save);
    this.isFull = false;
    this.room.used(packer.bytes);
    if (isBase) {
      this.logCost = 0;
      this.compactAt = Math.max(LOG_BYTES, 2 * packer.bytes);
    } else {
      this.logCost += packer.bytes + ROW_COST;
    }
    if (this.turns !== undefined) this.turns.send({ kind: 'saved', save });
  }

  putBack(keys) {
    if (this.inFlight === keys) this.inFlight = undefined;
    eachKey(keys, (table, block, key, keyLength) => this.dirty.setAt(table, block, key, keyLength, key, 0));
  }

  /**
   * Saves all that is not saved, in a transaction that does not need this page any more, and when the page is left in words, too: that is
   * at once.
   */
  saveAtEnd(isLeft = false) {
    if (this.isClosed || !this.isWritable || this.inUnit || !this.hasUnsaved || this.database.connection === undefined) return;
    const running = this.inFlight;
    if (running !== undefined) this.putBack(running);
    const changes = this.takeChanges();
    if (running !== undefined) changes.save++;
    if (isLeft) this.words.leave({ ...changes, entries: valuesOf(this, changes.keys) });
    const ending = this.write(changes, true).catch((error) => {
      this.putBack(changes.keys);
      this.report(error);
    }).then(() => {
      if (this.ending === ending) this.ending = undefined;
    });
    this.ending = ending;
    this.last = Promise.all([this.last, ending]).then(() => {});
  }

  compactIfLong() {
    if (this.logCost <= this.compactAt || this.inUnit || this.isClosed || this.ending !== undefined) return undefined;
    return this.compact().catch(() => {
      // The saves are all there.
      this.compactAt = this.logCost + LOG_BYTES;
    });
  }

  /** Saves everything as one save, which replaces those before it; when these are damaged, whatever is there. */
  async compact(seen = this.seen) {
    const packer = pack(this, this);
    const keys = this.dirty;
    this.dirty = new MemoryStore();
    this.inFlight = keys;
    try {
      await this.write({ packer, keys, seen, isBase: true, save: this.nextSave });
    } catch (error) {
      this.putBack(keys);
      throw error;
    }
  }

  /** The connection is gone. The next save opens another one, unless another tab replaces the database. */
  disconnected(isReplaced) {
    if (!isReplaced || this.isClosed) return;
    this.saveAtEnd();
    this.isWritable = false;
    this.refusal = new StorageError(this.name, 'version', 'another tab replaces or removes the database; reload this page');
    this.last.then(() => this.end());
    this.report(this.refusal);
  }
}


/** Keys with what a store has for them. */
function* valuesOf(store, keys) {
  for (const table of keys.tableIds()) {
    if (table === TABLE_IO) continue;
    for (const key of keysOf(keys, table)) yield [table, key, store.get(table, key)];
  }
}

function eachKey(keys, visit) {
  for (let table = keys.nextTable(); table !== undefined; table = keys.nextTable(table)) {
    keys.eachEntry(table, NO_KEY, 0, 0, false, (block, key, keyLength) => visit(table, block, key, keyLength));
  }
}

function pack(store, keys) {
  const packer = new Packer(store);
  eachKey(keys, (table, block, key, keyLength) => {
    if (table !== TABLE_IO) packer.add(table, block, key, keyLength);
  });
  return packer.end();
}
