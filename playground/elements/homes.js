/**
 * Homes of the elements of a page: those with the same name share one, with its worker.
 *
 * Invariant: a worker is started when the first script runs or the home is looked at, and ends when no element has a place at its home any more.
 */

import { explain } from '../messages.js';
import { Engine } from '../engine/engine.js';

/** Reasons for which there is nothing that could be lost. */
const NOTHING_KEPT = ['denied', 'unsupported'];
/** What a script removed is freed when no other one runs: that takes as long as there is much. */
const TIDY_MS = 1000;

/** Those with a name. @type {Map<string, Home>} */
const homes = new Map();

class Home {
  constructor(name, isInMemory) {
    Object.assign(this, { name, isInMemory, key: undefined, places: new Set(), opened: undefined, number: 0, why: '', tidying: undefined });
    /** What a home in memory was after the last run: a worker that has to be ended takes its tables with it. */
    this.kept = true;
  }

  /** @returns {Promise<Engine>} the one with which elements look at the home; it runs nothing */
  open(options = {}) {
    this.opened ??= this.begin(options).catch((error) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  async begin({ repair = false }) {
    const number = ++this.number;
    try {
      return await this.look(this.isInMemory ? { memory: this.kept } : { indexeddb: this.name, repair }, number);
    } catch (error) {
      if (this.isInMemory || !NOTHING_KEPT.includes(error.reason)) throw error;
      this.isInMemory = true;
      this.why = explain(error).text;
      return this.look({ memory: true }, number);
    }
  }

  async look(store, number) {
    const engine = await Engine.look({
      store,
      onChange: () => { if (number === this.number) this.changed(); },
      onError: (error) => { for (const { onError } of this.places) onError(error); },
    });
    if (number === this.number && this.places.size > 0) return engine;
    // All elements went while it was opened.
    await engine.close();
    throw new Error('the home is not used any more');
  }

  /** Opens it in another way: repaired, or in memory. */
  async again({ repair = false, isInMemory = false }) {
    await this.end();
    if (isInMemory) this.isInMemory = true;
    const opening = this.open({ repair });
    this.changed();
    await opening;
  }

  changed() {
    for (const { onChange } of this.places) onChange();
  }

  /** After a run: what is in memory is kept aside, or there again where its worker was ended. */
  async keepAside() {
    if (!this.isInMemory) return;
    try {
      this.kept = await (await this.open()).store.snapshot();
    } catch {
      await this.again({});
    }
  }

  tidyLater() {
    clearTimeout(this.tidying);
    // It is tried again after the next run.
    this.tidying = setTimeout(() => { this.tidy().catch(() => {}); }, TIDY_MS);
  }

  /** What one instance still holds is not freed by another. */
  async tidy() {
    const common = await this.open();
    const own = [...this.places].filter((place) => place.own !== undefined && place.number === this.number).map((place) => place.own.runner);
    await Promise.all([common.inspector, ...own].map((instance) => instance.runGc()));
    // Else the next script would have to.
    if (!this.isInMemory) await common.store.save();
  }

  async end() {
    clearTimeout(this.tidying);
    const { opened } = this;
    this.opened = undefined;
    this.number += 1;
    if (opened !== undefined) await opened.then((engine) => engine.close(), () => {});
  }
}

if (globalThis.addEventListener !== undefined && globalThis.document !== undefined) {
  // A page that a browser keeps aside to come back to would keep a home from other tabs.
  const kept = () => [...homes.values()].filter(({ isInMemory }) => !isInMemory);
  addEventListener('pagehide', () => { for (const home of kept()) home.end(); });
  addEventListener('pageshow', ({ persisted }) => { if (persisted) for (const home of kept()) home.changed(); });
}

/** What an element has of a home: globals of its own, over what all of them see in `_home`. */
export class Place {
  /**
   * @param {object} options
   * @param {string} [options.name] without one the home is of this place alone, and in memory
   * @param {boolean} options.isInMemory a named one that ends with the page
   * @param {() => object} options.functions what scripts may call, asked when it is opened
   * @param {() => void} options.onChange the home changed
   * @param {(error: Error) => void} options.onError
   */
  constructor({ name, isInMemory, functions, onChange, onError }) {
    Object.assign(this, { functions, onChange, onError, own: undefined, number: undefined, hasLeft: false });
    const key = name === undefined ? undefined : JSON.stringify([name, isInMemory]);
    this.home = homes.get(key) ?? new Home(name, isInMemory || name === undefined);
    if (key !== undefined) homes.set(key, this.home);
    this.home.key = key;
    this.home.places.add(this);
  }

  /** To look at the home. */
  look() {
    return this.home.open();
  }

  /** To run scripts. */
  async engine() {
    const common = await this.home.open();
    if (this.own === undefined || this.number !== this.home.number) {
      this.number = this.home.number;
      this.own = await common.beside(this.functions());
    }
    if (this.hasLeft) throw new Error('the element left its home');
    return this.own;
  }

  /** Globals are as at the start, and functions as they are now. */
  async renew() {
    const { own } = this;
    this.own = undefined;
    if (own !== undefined) await own.leave().catch(() => {});
  }

  /** Called when a script has run here. */
  async ran() {
    await this.home.keepAside();
    this.home.tidyLater();
    this.home.changed();
  }

  async leave() {
    const { home } = this;
    this.hasLeft = true;
    home.places.delete(this);
    if (home.places.size > 0) {
      await this.renew();
      return;
    }
    if (homes.get(home.key) === home) homes.delete(home.key);
    await home.end();
  }
}
