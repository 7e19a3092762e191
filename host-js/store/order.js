/**
 * The entries of a table in the byte order of their keys.
 *
 * A sorted list cut into short arrays, so that adding and removing move little.
 *
 * Invariant: no chunk is empty or longer than `CHUNK_ENTRIES`, and reading the chunks one after another gives every
 * entry once, in ascending order.
 */

const CHUNK_ENTRIES = 512;

export class Order {
  /** @param {import('./table.js').Table} table */
  constructor(table) {
    this.table = table;
    const entries = [];
    table.eachEntry((entry) => { entries.push(entry); });
    if (!isSorted(entries, table)) entries.sort((left, right) => table.compareEntries(left, right));
    /** @type {number[][]} */
    this.chunks = [];
    // Half full: there is room for what is added next.
    for (let at = 0; at < entries.length; at += CHUNK_ENTRIES / 2) {
      this.chunks.push(entries.slice(at, at + CHUNK_ENTRIES / 2));
    }
    this.chunk = 0;
    this.position = 0;
    this.step = 1;
  }

  add(entry) {
    if (this.chunks.length === 0) {
      this.chunks.push([entry]);
      return;
    }
    const compare = (other) => this.table.compareEntries(other, entry);
    const at = Math.min(this.findChunk(compare), this.chunks.length - 1);
    const chunk = this.chunks[at];
    chunk.splice(lowerBound(chunk, compare), 0, entry);
    if (chunk.length > CHUNK_ENTRIES) this.chunks.splice(at + 1, 0, chunk.splice(CHUNK_ENTRIES / 2));
  }

  remove(entry) {
    const compare = (other) => this.table.compareEntries(other, entry);
    const at = this.findChunk(compare);
    const chunk = this.chunks[at];
    chunk.splice(lowerBound(chunk, compare), 1);
    if (chunk.length === 0) this.chunks.splice(at, 1);
  }

  /**
   * Puts the cursor before the first entry after `after`, in the direction of the walk.
   * @param {Uint8Array | undefined} after undefined: from the start
   * @param {boolean} descending
   */
  seek(after, descending) {
    this.step = descending ? -1 : 1;
    if (after === undefined) {
      this.chunk = descending ? this.chunks.length - 1 : 0;
      this.position = descending && this.chunk >= 0 ? this.chunks[this.chunk].length - 1 : 0;
      return;
    }
    // Ascending, an entry equal to `after` is passed over; descending, the cursor steps back from it.
    const { table } = this;
    const compare = descending
      ? (entry) => table.compare(entry, after)
      : (entry) => (table.compare(entry, after) <= 0 ? -1 : 1);
    this.chunk = this.findChunk(compare);
    this.position = this.chunk < this.chunks.length ? lowerBound(this.chunks[this.chunk], compare) : 0;
    if (descending) this.position--;
  }

  /** The next entry, or -1. */
  next() {
    if (this.chunk < this.chunks.length && this.chunk >= 0 && this.position >= this.chunks[this.chunk].length) {
      this.chunk++;
      this.position = 0;
    } else if (this.position < 0) {
      this.chunk--;
      this.position = this.chunk >= 0 ? this.chunks[this.chunk].length - 1 : 0;
    }
    if (this.chunk < 0 || this.chunk >= this.chunks.length) return -1;
    const entry = this.chunks[this.chunk][this.position];
    this.position += this.step;
    return entry;
  }

  /** The first chunk whose last entry is not before what is sought, or the number of chunks. */
  findChunk(compare) {
    let low = 0;
    let high = this.chunks.length;
    while (low < high) {
      const middle = low + high >> 1;
      const chunk = this.chunks[middle];
      if (compare(chunk[chunk.length - 1]) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whether the entries were added in the order of their keys, as a list filled from 1 on is. */
function isSorted(entries, table) {
  for (let at = 1; at < entries.length; at++) {
    if (table.compareEntries(entries[at - 1], entries[at]) > 0) return false;
  }
  return true;
}

/** The first position in `entries` that `compare` does not call too small. */
function lowerBound(entries, compare) {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = low + high >> 1;
    if (compare(entries[middle]) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
