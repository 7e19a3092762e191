/**
 * The saves of an IndexedDBStore: what changed, now and then everything, one after another, and that at the end of the page.
 *
 * Invariant: a save begins when no unit is open and the one before it is over, but for that at the end of the page, which has what a
 * running one has, too. What a failed one had is saved by the next one.
 */

import { pack, valuesOf } from './changes.js';

// Saves are merged into one when together they are longer than this and than twice what there is. A row counts as so many bytes more.
const LOG_BYTES = 0x400000;
const ROW_COST = 0x200;

export class Saves {
  /** @param {import('../indexeddb.js').IndexedDBStore} store */
  constructor(store) {
    this.store = store;
    /** The number of the last save that this tab knows. */
    this.seen = 0;
    this.logCost = 0;
    this.compactAt = LOG_BYTES;
    /** Saves run one after another: the last one, and one that has not begun. */
    this.last = Promise.resolve();
    this.queued = undefined;
    /** The save that the end of the page began. */
    this.ending = undefined;
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

  /**
   * Saves all that is not saved, in a transaction that does not need this page any more, and when the page is left in words, too: that is
   * at once.
   */
  saveAtEnd(isLeft = false) {
    const { store } = this;
    const { changes } = store;
    if (store.isClosed || !store.isWritable || store.inUnit || !store.hasUnsaved || store.database.connection === undefined) return;
    const running = changes.inFlight;
    if (running !== undefined) changes.putBack(running);
    const work = this.take();
    if (running !== undefined) work.save++;
    if (isLeft) store.words.leave({ ...work, entries: valuesOf(store, work.keys) });
    const ending = this.write(work, true).catch((error) => {
      changes.putBack(work.keys);
      store.report(error);
    }).then(() => {
      if (this.ending === ending) this.ending = undefined;
    });
    this.ending = ending;
    this.last = Promise.all([this.last, ending]).then(() => {});
  }

  /** Saves everything as one save, which replaces those before it; when these are damaged, whatever is there. */
  async compact(seen = this.seen) {
    const { changes } = this.store;
    const packer = pack(this.store, this.store);
    const keys = changes.take();
    try {
      await this.write({ packer, keys, seen, isBase: true, save: this.next });
    } catch (error) {
      changes.putBack(keys);
      throw error;
    }
  }

  /** The same, when what is being saved is, and no unit is open. */
  compactNext() {
    const done = this.last.then(async () => {
      await this.pauseEnd();
      this.store.checkOpen();
      await this.compact();
    });
    this.last = done.catch(() => {});
    return done;
  }

  /** Rows up to a save were read. */
  read(save, rows) {
    const hasBase = this.seen === 0 || rows.some(({ after }) => after === 0);
    let base = 0;
    if (hasBase) this.logCost = 0;
    for (const { after, data } of rows) {
      if (after === 0) base += data.length;
      else this.logCost += data.length + ROW_COST;
    }
    if (hasBase) this.compactAt = Math.max(LOG_BYTES, 2 * base);
    this.seen = Math.max(this.seen, save);
  }

  // ---- private ----

  async saveNow() {
    const { store } = this;
    const { changes, room } = store;
    store.checkOpen();
    await this.pauseEnd();
    if (changes.isEmpty) return 0;
    if (store.turns !== undefined && !store.turns.hasLock) throw store.refusal;
    let work = this.take();
    try {
      if (!room.isKnown(work.packer.bytes)) {
        changes.putBack(work.keys);
        await room.learn();
        await this.pauseEnd();
        if (changes.isEmpty) return 0;
        work = this.take();
      }
      room.check(work.packer.bytes);
      await this.write(work);
    } catch (error) {
      changes.putBack(work.keys);
      store.isFull = error.reason === 'quota';
      if (store.isFull) room.forget();
      else if (!changes.isEmpty && !store.autosave.isSet) store.autosave.set();
      throw error;
    }
    return work.packer.keys;
  }

  /** Waits for the end of a unit, and of a save that the end of the page began. */
  async pauseEnd() {
    for (;;) {
      if (this.store.inUnit) await this.store.unitEnd();
      else if (this.ending !== undefined) await this.ending;
      else return;
    }
  }

  /** One that has what was left in words is not before the one in whose place they are: so they are not taken again. */
  get next() {
    return Math.max(this.seen + 1, this.store.words.save);
  }

  /** Packs the keys that changed, in this moment. */
  take() {
    const { store } = this;
    const packer = pack(store, store.changes.dirty);
    const keys = store.changes.take();
    store.autosave.clear();
    return { packer, keys, seen: this.seen, isBase: this.seen === 0, save: this.next };
  }

  async write({ packer, save, seen, isBase, keys }, isLast) {
    const { database, changes } = this.store;
    try {
      await database.write({ packer, save, seen, isBase, timestamp: Date.now(), isLast });
    } finally {
      changes.end(keys);
    }
    this.saved(packer, save, isBase);
  }

  saved(packer, save, isBase) {
    const { store } = this;
    if (save <= this.seen) return;
    this.seen = save;
    store.words.saved(save);
    store.isFull = false;
    store.room.used(packer.bytes);
    if (isBase) {
      this.logCost = 0;
      this.compactAt = Math.max(LOG_BYTES, 2 * packer.bytes);
    } else {
      this.logCost += packer.bytes + ROW_COST;
    }
    if (store.turns !== undefined) store.turns.send({ kind: 'saved', save });
  }

  compactIfLong() {
    const { store } = this;
    if (this.logCost <= this.compactAt || store.inUnit || store.isClosed || this.ending !== undefined) return undefined;
    return this.compact().catch(() => {
      // The saves are all there.
      this.compactAt = this.logCost + LOG_BYTES;
    });
  }
}
