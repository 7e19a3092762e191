/**
 * Guesses which record the next access of a table is for: scripts go through a table in the order in which it was filled, or
 * in which its keys were listed. A right guess saves the search for the key.
 *
 * Invariant: a guess is the place of a record, or NONE. The record may be dead, or have another key.
 */

/** No guess. */
export const NONE = -1;

// Enough for a page of keys. Of a longer walk only the first are kept.
const MOST_LISTED = 2048;
const NOTHING = new Int32Array(0);

// A record within so many bytes after the last one may be the next.
const NEAR_BYTES = 256;

// After so many wrong guesses in a row the list is dropped.
const MOST_MISSES = 8;

export class Guess {
  constructor() {
    this.record = NONE;
    /** The record of the last access. */
    this.last = NONE;
    this.listed = NOTHING;
    this.count = 0;
    this.at = 0;
    this.misses = 0;
  }

  /** Forgets everything: records have moved. */
  clear() {
    this.record = NONE;
    this.last = NONE;
    this.count = 0;
    this.at = 0;
  }

  /** Call this before the keys of a table of this size are listed. */
  begin(size) {
    const length = Math.min(size, MOST_LISTED);
    if (this.listed.length < length) this.listed = new Int32Array(Math.min(length * 2, MOST_LISTED));
    this.count = 0;
    this.at = 0;
    this.misses = 0;
  }

  /** A key was listed. */
  list(record) {
    if (this.count === 0) this.record = record;
    if (this.count < this.listed.length) this.listed[this.count++] = record;
  }

  /** The guess was right. */
  hit(table) {
    const { record } = this;
    this.last = record;
    this.misses = 0;
    if (this.at < this.count) this.record = ++this.at < this.count ? this.listed[this.at] : NONE;
    else this.record = table.behind(record);
  }

  /** It was wrong, and another record was found. */
  miss(table, record) {
    if (this.at < this.count) {
      // The body of a loop over the list uses other entries, too.
      if (++this.misses > MOST_MISSES) this.clear();
      return;
    }
    const step = record - this.last;
    this.last = record;
    // Another access of the same record says nothing new.
    if (step !== 0) this.record = step > 0 && step < NEAR_BYTES ? table.behind(record) : NONE;
  }
}
