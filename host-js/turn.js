/**
 * Turns: what instances over one store have to know of each other. Between the begin and the end of a turn no other instance
 * changes the store, and its version tells an instance whether another one did so since its last turn.
 *
 * Invariant: each store object has one `Turn`, which all instances over it share, and at most one turn is open. While an
 * instance holds the turn, for a transaction of several computes, no other one begins one.
 */

import { TABLE_IO } from './abi.js';
import { StateError } from './errors.js';

/** @type {WeakMap<object, Turn>} */
const turns = new WeakMap();

/** @param {object} store see store/memory.js; it may have no units, and no version */
export function turnOf(store) {
  if (!turns.has(store)) turns.set(store, new Turn(store));
  return turns.get(store);
}

class Turn {
  constructor(store) {
    this.store = store;
    this.hasUnits = typeof store.begin === 'function';
    this.isOpen = false;
    /** @type {object | undefined} the unit of the instance that has a transaction open */
    this.holder = undefined;
    /** Whether instances changed something in the open turn. */
    this.hasChanged = false;
    /** Earlier turns in which they did. */
    this.count = 0;
  }

  /** As that of a store (store/memory.js). For a store without it, it does not count changes that no instance made. */
  get version() {
    const { version } = this.store;
    return version === undefined ? this.count + (this.hasChanged ? 1 : 0) : version;
  }

  get canRollBack() {
    return Boolean(this.store.canRollBack);
  }

  /** Whether what was changed in a turn can be undone. */
  get undoes() {
    return this.hasUnits && this.canRollBack;
  }

  /** No other unit than that begins until `release`. */
  hold(unit) {
    this.check(unit);
    this.holder = unit;
  }

  release(unit) {
    if (this.holder === unit) this.holder = undefined;
  }

  check(unit) {
    if (this.holder !== undefined && this.holder !== unit) {
      throw new StateError('the store is in use: a transaction of another instance is open');
    }
  }

  /** Returns the version. */
  begin(unit) {
    this.check(unit);
    if (this.isOpen) throw new StateError('the store is in use: a unit of changes is open');
    if (this.hasUnits) this.store.begin();
    this.isOpen = true;
    try {
      return this.version;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /** Keeps the changes, and returns the version with them. */
  commit() {
    try {
      return this.version;
    } finally {
      this.end();
      if (this.hasUnits) this.store.commit();
    }
  }

  /** Undoes the changes where the store can. */
  rollBack() {
    if (this.undoes) {
      this.hasChanged = false;
      this.end();
      this.store.rollBack();
    } else {
      this.commit();
    }
  }

  /** Notes that an instance changes a table of the store. Outside of a turn a change counts as one, but not of `_io`. */
  note(table) {
    if (table === TABLE_IO && !this.isOpen) return;
    this.hasChanged = true;
    if (!this.isOpen) this.end();
  }

  end() {
    if (this.hasChanged) this.count++;
    this.hasChanged = false;
    this.isOpen = false;
  }
}
