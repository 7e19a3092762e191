/**
 * Units of changes around the calls of one instance (store/memory.js, "units"), each in a turn of its own.
 *
 * Invariant: an instance ends each unit once, also when the call throws.
 */

import { TABLE_HOMES } from './abi.js';
import { HostError, StateError, textOf } from './errors.js';
import { turnOf } from './turn.js';

export class Unit {
  /** @param {object} store which may have no units */
  constructor(store) {
    this.turn = turnOf(store);
    /** The version of the store after the last unit of this instance. */
    this.seen = undefined;
    this.before = undefined;
  }

  /** Begins a unit, and returns whether someone else changed the store since the last one. */
  begin() {
    try {
      this.before = this.turn.begin(this);
    } catch (cause) {
      throw cause instanceof StateError ? cause : new HostError(`the store did not begin: ${textOf(cause)}`, { cause });
    }
    return this.seen !== undefined && this.seen !== this.before;
  }

  /** Keeps the changes. */
  commit() {
    try {
      this.seen = this.turn.commit();
    } catch (cause) {
      throw new HostError(`the store did not keep the changes: ${textOf(cause)}`, { cause });
    }
  }

  /** Undoes the changes where the store can. */
  rollBack() {
    this.seen = this.before;
    this.turn.rollBack();
  }

  /**
   * Runs `action`, which changes the homes of the store without the module, as a unit that is undone when it throws. The next unit finds
   * the store changed.
   */
  aside(action) {
    const { seen } = this;
    this.begin();
    try {
      this.turn.note(TABLE_HOMES);
      action();
    } catch (error) {
      this.rollBack();
      this.seen = seen;
      throw error;
    }
    this.commit();
    this.seen = seen;
  }
}
