/**
 * The store of an instance: in memory, and it knows whether something changed that is saved with the state.
 *
 * Invariant: `changes` is the same at two moments outside of a unit only if no table but `_io` changed between them.
 */

import { TABLE_IO } from '../abi.js';
import { MemoryStore } from '../store/memory.js';

export class TrackedStore extends MemoryStore {
  constructor() {
    super();
    this.changes = 0;
    /** `changes` when the unit began. */
    this.changesBefore = 0;
  }

  setAt(id, block, key, keyLength, value, length) {
    if (id !== TABLE_IO) this.changes++;
    super.setAt(id, block, key, keyLength, value, length);
  }

  deleteAt(id, block, key, keyLength) {
    if (id !== TABLE_IO) this.changes++;
    super.deleteAt(id, block, key, keyLength);
  }

  begin() {
    super.begin();
    this.changesBefore = this.changes;
  }

  rollBack() {
    super.rollBack();
    this.changes = this.changesBefore;
  }
}
