/**
 * Keeps the state of an instance: when it is asked to, by itself after changes, and at the end of the page.
 *
 * Invariant: under a name there is the state of the latest call, whichever compression ends first. By itself nothing is saved that did
 * not change.
 */

import { StateError } from '../errors.js';
import { Autosave } from '../store/autosave.js';
import { report } from '../store/handler.js';
import { onPageEnd } from '../store/page_end.js';
import { packed, takeSnapshot } from './snapshots.js';

export class Saves {
  /** @param {import('./state.js').State} state of an instance with options */
  constructor(state) {
    this.state = state;
    /** @type {import('./tracked_store.js').TrackedStore | undefined} the store that is used */
    this.store = undefined;
    /** Its `changes` when it was what the storage has under the name of the option `name`; undefined when it never was. */
    this.savedChanges = undefined;
    this.savedNumber = 0;
    /** Saves run one after another, and have numbers. */
    this.last = Promise.resolve();
    this.count = 0;
    /** The save that the end of the page began, with its promise `done`; undefined when it failed. */
    this.ending = undefined;
    const { autosave } = state.options;
    this.isAutomatic = autosave !== false;
    this.autosave = new Autosave(autosave, () => this.store.changes, () => this.saveByItself());
    this.stopListening = this.isAutomatic ? onPageEnd(globalThis, () => this.saveAtEnd()) : () => {};
  }

  /** The instance goes on with a store. */
  begin(store, isSaved) {
    this.autosave.clear();
    this.store = store;
    this.savedChanges = isSaved ? store.changes : undefined;
    this.savedNumber = this.count;
    this.look();
  }

  /** Whether the state differs from what is saved under the name of the option `name`. */
  get hasUnsaved() {
    return this.store !== undefined && this.store.changes !== this.savedChanges;
  }

  /** Answers what to call when tables were changed since, but nothing that is worth a save. */
  mark() {
    const had = this.hasUnsaved;
    return () => {
      if (!had) this.savedChanges = this.store.changes;
    };
  }

  /** Does what changes nothing that is worth a save. */
  without(action) {
    const unchanged = this.mark();
    try {
      action();
    } finally {
      unchanged();
    }
  }

  /** Within a compute, as in a handler, there is a part of what it will change. */
  checkWhole() {
    if (this.store.inUnit) throw new StateError('a call of this instance is running');
  }

  /** After each call that may have changed something. */
  look() {
    if (this.isAutomatic && !this.autosave.isSet && this.hasUnsaved) this.autosave.set();
  }

  /** Resolves when the state of this moment is kept. */
  save(name) {
    const work = this.take(name);
    const done = this.last.then(() => this.keep(work));
    this.last = done.catch(() => {});
    return done;
  }

  /** Begins a save that needs this page no longer: nothing is waited for, so nothing is compressed. */
  saveAtEnd() {
    const { options, transaction } = this.state;
    if (transaction !== undefined || !this.hasUnsaved) return;
    // A page that is left is hidden, too.
    if (this.ending !== undefined && this.ending.store === this.store && this.ending.changes === this.store.changes) return;
    const work = this.take(options.name);
    const done = this.write(work, work.snapshot);
    const ending = { ...work, snapshot: undefined, done };
    this.ending = ending;
    const over = done.catch((error) => {
      if (this.ending === ending) this.ending = undefined;
      this.report(error);
    });
    this.last = Promise.all([this.last, over]).then(() => {});
  }

  /** What changed is saved, if that is done by itself. */
  close() {
    if (this.isAutomatic) this.saveAtEnd();
    this.stopListening();
    this.autosave.clear();
  }

  // ---- private ----

  saveByItself() {
    const { options, transaction, isClosed } = this.state;
    // The end of a transaction looks again.
    if (isClosed || transaction !== undefined || !this.hasUnsaved) return;
    this.state.statistics.saves.automatic++;
    this.save(options.name).then(() => this.look(), (error) => this.report(error));
  }

  take(name) {
    const { store } = this;
    if (name === this.state.options.name) this.autosave.clear();
    this.count++;
    return { name, number: this.count, store, changes: store.changes, snapshot: takeSnapshot(store) };
  }

  async keep(work) {
    const bytes = await packed(work.snapshot, this.state.options.compression);
    const { ending } = this;
    // What was saved at the end of the page is newer, and there already.
    if (ending !== undefined && ending.name === work.name && ending.number > work.number) await ending.done;
    else await this.write(work, bytes);
  }

  async write({ name, number, store, changes, snapshot }, bytes) {
    const { options, statistics } = this.state;
    const start = Date.now();
    const end = this.state.begin('cu:save');
    try {
      await options.storage.save(name, bytes);
    } finally {
      end();
    }
    statistics.saved(snapshot.length, bytes.length, Date.now() - start);
    if (name !== options.name || store !== this.store || number < this.savedNumber) return;
    this.savedChanges = changes;
    this.savedNumber = number;
  }

  /** A failure that no caller waits for. */
  report(error) {
    report(this.state.options.onError, error);
  }
}
