/**
 * What small tables were before a unit of changes, so that they can be put back.
 *
 *   note   i32 table id | i32 bytes of its entries, or ABSENT when there was no table | entries
 *
 * A table is noted before it changes. Only the first note of a table counts, so the others are dropped when the notes
 * become long: their length depends on how many tables changed, not on how often.
 *
 * Invariant: while a unit is open, the first note of a table is what that table was when the unit began.
 */

import { ABSENT } from '../abi.js';
import { Block, copy } from '../block.js';

const LENGTH_AT = 4;
const HEAD_BYTES = 8;

const FIRST_BYTES = 1024;

// Shorter notes stay as they are, and a block up to this length is kept for the next unit.
const LONG_BYTES = 0x100000;

export class Notes {
  constructor() {
    this.isOpen = false;
    this.block = new Block(new Uint8Array(FIRST_BYTES));
    this.used = 0;
    /** At this length repeated notes are dropped. */
    this.limit = LONG_BYTES;
    /** The table of the last note, a signed number. */
    this.last = undefined;
  }

  begin() {
    this.isOpen = true;
    this.used = 0;
    this.limit = LONG_BYTES;
    this.last = undefined;
  }

  end() {
    this.isOpen = false;
    this.used = 0;
    if (this.block.length > LONG_BYTES) this.block = new Block(new Uint8Array(FIRST_BYTES));
  }

  /** Notes a table whose entries are `length` bytes at `start` of a block, or which does not exist (ABSENT). */
  add(id, from, start, length) {
    this.last = id | 0;
    const size = HEAD_BYTES + Math.max(length, 0);
    if (this.used + size > this.limit) this.dropRepeated();
    if (this.used + size > this.block.length) this.enlarge(this.used + size);
    const { block, used } = this;
    block.words.setInt32(used, id, true);
    block.words.setInt32(used + LENGTH_AT, length, true);
    if (length > 0) copy(from, start, length, block, used + HEAD_BYTES);
    this.used += size;
  }

  /** Calls `visit(id, block, start, length)` with the first note of each table; `length` may be ABSENT. */
  each(visit) {
    const { block } = this;
    const seen = new Set();
    for (let at = 0; at < this.used;) {
      const id = block.words.getInt32(at, true);
      const length = block.words.getInt32(at + LENGTH_AT, true);
      const isFirst = !seen.has(id);
      seen.add(id);
      const start = at + HEAD_BYTES;
      at = start + (length === ABSENT ? 0 : length);
      if (isFirst) visit(id, block, start, length);
    }
  }

  dropRepeated() {
    let used = 0;
    this.each((id, { bytes }, start, length) => {
      const end = start + Math.max(length, 0);
      bytes.copyWithin(used, start - HEAD_BYTES, end);
      used += HEAD_BYTES + end - start;
    });
    this.used = used;
    // Much longer than what is left, so that dropping costs little for each note.
    this.limit = Math.max(LONG_BYTES, used * 4);
  }

  enlarge(length) {
    const longer = new Uint8Array(Math.max(length, this.block.length * 2));
    longer.set(this.block.bytes.subarray(0, this.used));
    this.block = new Block(longer);
  }
}
