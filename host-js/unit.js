/**
 * Units of changes around the calls of one instance (store/memory.js, "units").
 *
 * Invariant: an instance ends each unit once, also when the call throws.
 */

import { CuError, HostError } from './errors.js';

export class Unit {
  /** @param {object} store which may have no units */
  constructor(store) {
    this.store = store;
    this.exists = typeof store.begin === 'function';
  }

  begin() {
    if (!this.exists) return;
    try {
      this.store.begin();
    } catch (cause) {
      throw cause instanceof CuError ? cause : new HostError('the store did not begin', { cause });
    }
  }

  /** Keeps the changes. */
  commit() {
    if (!this.exists) return;
    try {
      this.store.commit();
    } catch (cause) {
      throw new HostError('the store did not keep the changes', { cause });
    }
  }

  /** Undoes the changes where the store can. */
  rollBack() {
    if (!this.exists) return;
    if (this.store.canRollBack) this.store.rollBack();
    else this.store.commit();
  }
}
