/**
 * The records of a table in the byte order of their keys.
 *
 * A sorted list cut into chunks, so that adding and removing move few records. Changes are noted, and made when the next
 * walk begins: one by one when they are few, else all at once. So a change costs very little, and no walk sorts again what
 * is sorted.
 *
 * Invariant: no chunk is empty or longer than `CHUNK_RECORDS`, and the records ascend through all chunks. The chunks hold
 * the live records that are not noted as added, and the dead ones that are noted as removed.
 */

import { sortRecords } from './sort.js';

const CHUNK_RECORDS = 512;

// With more than one change for so many records, going through all records is faster.
const RECORDS_A_CHANGE = 12;

// With more changes than half of the records and this number, the order is dropped, and made again for the next walk.
const MOST_CHANGES = 1000;

const FIRST_NOTES = 16;

export class Order {
  /** @param {import('./table.js').Table} table */
  constructor(table) {
    this.table = table;
    this.added = new Notes();
    this.removed = new Notes();
    const records = new Int32Array(table.size);
    let count = 0;
    table.eachRecord((record) => { records[count++] = record; });
    sortRecords(table, records);
    this.fill(records, count);
  }

  /** Makes the chunks of sorted records. */
  fill(records, count) {
    /** @type {Int32Array[]} */
    this.chunks = [];
    /** @type {number[]} records of each */
    this.lengths = [];
    // Half full: there is room for what is added next.
    for (let at = 0; at < count; at += CHUNK_RECORDS / 2) {
      const chunk = new Int32Array(CHUNK_RECORDS);
      chunk.set(records.subarray(at, Math.min(at + CHUNK_RECORDS / 2, count)));
      this.chunks.push(chunk);
      this.lengths.push(Math.min(CHUNK_RECORDS / 2, count - at));
    }
    /** The place in the chunk that `seekKey` found. */
    this.place = 0;
  }

  // ---- changes ----

  /** Notes a new record. Returns false when the order should be dropped. */
  add(record) {
    this.added.push(record);
    return this.isWorthKeeping();
  }

  /** Notes a record that dies. Returns false when the order should be dropped. */
  remove(record) {
    this.removed.push(record);
    return this.isWorthKeeping();
  }

  isWorthKeeping() {
    return this.added.count + this.removed.count <= MOST_CHANGES + this.table.size / 2;
  }

  /** Call this when records have moved. For a dead record `newPlace` is negative. */
  moveAll(newPlace) {
    const records = new Int32Array(this.lengths.reduce((sum, length) => sum + length, 0));
    let count = 0;
    this.chunks.forEach((items, chunk) => {
      for (let at = 0; at < this.lengths[chunk]; at++) {
        const moved = newPlace(items[at]);
        if (moved >= 0) records[count++] = moved;
      }
    });
    this.fill(records, count);
    this.removed.clear();
    this.added.change(newPlace);
  }

  /** Makes the changes that were noted. */
  settle() {
    const { table, added, removed } = this;
    const count = added.count + removed.count;
    if (count === 0) return;
    added.change((record) => (table.isDead(record) ? -1 : record));
    // Sorted, also when they are added one by one: neighbours go to places in the processor's cache.
    const sorted = added.numbers;
    sortRecords(table, sorted);
    if (count * RECORDS_A_CHANGE > table.size) {
      this.merge(sorted);
    } else {
      for (let at = 0; at < removed.count; at++) this.takeOut(removed.items[at]);
      for (let at = 0; at < sorted.length; at++) this.insert(sorted[at]);
    }
    added.clear();
    removed.clear();
  }

  /** Makes all changes at once. */
  merge(added) {
    const { table } = this;
    const records = new Int32Array(table.size);
    let count = 0;
    let next = 0;
    this.chunks.forEach((items, chunk) => {
      for (let at = 0; at < this.lengths[chunk]; at++) {
        const record = items[at];
        if (table.isDead(record)) continue;
        while (next < added.length && table.compareRecords(added[next], record) < 0) records[count++] = added[next++];
        records[count++] = record;
      }
    });
    records.set(added.subarray(next), count);
    this.fill(records, table.size);
  }

  /** Removes a dead record if it is there. It is not when the record died before it was added. */
  takeOut(record) {
    const chunk = this.seekRecord(record);
    const items = this.chunks[chunk];
    if (items === undefined || items[this.place] !== record) return;
    items.copyWithin(this.place, this.place + 1, this.lengths[chunk]);
    if (--this.lengths[chunk] > 0) return;
    this.chunks.splice(chunk, 1);
    this.lengths.splice(chunk, 1);
  }

  insert(record) {
    const { chunks, lengths } = this;
    const last = chunks.length - 1;
    let chunk = this.seekRecord(record);
    if (chunk > last) {
      // After all others.
      if (last < 0 || lengths[last] === CHUNK_RECORDS) {
        chunks.push(new Int32Array(CHUNK_RECORDS));
        lengths.push(0);
      }
      chunk = chunks.length - 1;
      this.place = lengths[chunk];
    } else if (lengths[chunk] === CHUNK_RECORDS) {
      chunk = this.split(chunk);
    }
    const items = chunks[chunk];
    items.copyWithin(this.place + 1, this.place, lengths[chunk]++);
    items[this.place] = record;
  }

  /** Cuts a full chunk in two, and returns the one that has `place` now. */
  split(chunk) {
    const half = CHUNK_RECORDS / 2;
    const items = new Int32Array(CHUNK_RECORDS);
    items.set(this.chunks[chunk].subarray(half));
    this.chunks.splice(chunk + 1, 0, items);
    this.lengths.splice(chunk, 1, half, half);
    if (this.place <= half) return chunk;
    this.place -= half;
    return chunk + 1;
  }

  // ---- walks ----

  /** As MemoryStore's `eachEntry`. */
  each(block, after, length, descending, visit) {
    const { table, chunks, lengths } = this;
    const step = descending ? -1 : 1;
    let chunk = descending ? chunks.length - 1 : 0;
    let place = descending && chunk >= 0 ? lengths[chunk] - 1 : 0;
    if (length > 0) {
      chunk = this.seekKey(block, after, length);
      place = descending ? this.place - 1 : this.place;
      if (!descending && chunk < chunks.length && table.holds(chunks[chunk][place], block, after, length)) place++;
    }
    while (chunk >= 0 && chunk <= chunks.length) {
      // After the last chunk an ascending walk ends and a descending one starts.
      const items = chunks[chunk];
      const count = chunk < chunks.length ? lengths[chunk] : 0;
      for (; place >= 0 && place < count; place += step) {
        if (table.visit(items[place], visit) === false) return;
      }
      chunk += step;
      place = descending && chunk >= 0 ? lengths[chunk] - 1 : 0;
    }
  }

  /** As `seekKey`, with the key of a record. */
  seekRecord(record) {
    const { table } = this;
    return this.seekKey(table.heap, table.keyStart(record), table.keyLength(record));
  }

  /** The chunk of the first record that is not before a key, the number of chunks if there is none; `place` is where. */
  seekKey(block, key, length) {
    const { table, chunks, lengths } = this;
    let low = 0;
    let high = chunks.length;
    while (low < high) {
      const middle = low + high >> 1;
      if (table.compare(chunks[middle][lengths[middle] - 1], block, key, length) < 0) low = middle + 1;
      else high = middle;
    }
    const chunk = low;
    this.place = 0;
    if (chunk === chunks.length) return chunk;
    const items = chunks[chunk];
    low = 0;
    high = lengths[chunk];
    while (low < high) {
      const middle = low + high >> 1;
      if (table.compare(items[middle], block, key, length) < 0) low = middle + 1;
      else high = middle;
    }
    this.place = low;
    return chunk;
  }
}

/** Numbers noted one after another. */
class Notes {
  constructor() {
    this.items = new Int32Array(FIRST_NOTES);
    this.count = 0;
  }

  get numbers() {
    return this.items.subarray(0, this.count);
  }

  push(number) {
    if (this.count === this.items.length) {
      const items = new Int32Array(this.count * 2);
      items.set(this.items);
      this.items = items;
    }
    this.items[this.count++] = number;
  }

  /** Replaces each number by what `change` returns, or removes it when that is negative. */
  change(change) {
    let kept = 0;
    for (let at = 0; at < this.count; at++) {
      const number = change(this.items[at]);
      if (number >= 0) this.items[kept++] = number;
    }
    this.count = kept;
  }

  clear() {
    if (this.items.length > CHUNK_RECORDS) this.items = new Int32Array(FIRST_NOTES);
    this.count = 0;
  }
}
