/**
 * One table: a map from byte strings to byte strings whose keys can be walked in byte order.
 *
 * Millions of small values must cost neither an object each nor work for the garbage collector, so all bytes of a
 * table are in one array, its heap, and an entry is four numbers about it:
 *
 *   start | key length | value length | value capacity
 *
 *   heap  ...  | key | value | unused capacity |  ...
 *              ^ start
 *
 * A free entry has key length -1, and its start is the next free entry or -1. The heap grows at its end; what a delete
 * or a larger value leaves behind is waste until `repack` copies the live entries to a new heap. Most tables are
 * records of a few fields: they are searched entry by entry, and only larger ones have `slots`.
 *
 * Invariant: an entry's number stays the same while it lives, whatever happens to the heap, and is reused after.
 */

import { Lender } from '../lend.js';
import { hashKey } from './hash.js';
import { Order } from './order.js';
import { Slots } from './slots.js';

const START = 0;
const KEY_LENGTH = 1;
const VALUE_LENGTH = 2;
const CAPACITY = 3;
const FIELDS = 4;

// 64 bytes each: up to there V8 keeps an array's bytes with the array, beyond it allocates them apart.
const FIRST_ENTRIES = 4;
const FIRST_HEAP_BYTES = 64;

// Up to so many entries are compared one by one.
const SEARCHED_ENTRIES = 8;
const FIRST_SLOTS = 32;

// A table that becomes empty keeps a heap up to this length: it may be filled again at once.
const SMALL_LENGTH = 4096;

// Above 2 GiB a start no longer fits its field.
const MOST_HEAP_BYTES = 0x7fffffff;

// A sorted order is kept up to date while it is in use; after this many changes without a walk it is dropped.
const IDLE_CHANGES = 64;

// Bytes that are copied faster by a loop than by a call.
const SHORT_BYTES = 64;

const lender = new Lender();

export class Table {
  /** @param {number} seed of the hash */
  constructor(seed) {
    this.seed = seed;
    this.forget();
    this.reset();
  }

  /** Gives a table the arrays of a new one. */
  forget() {
    /** @type {Slots | null} */
    this.slots = null;
    this.entries = new Int32Array(FIRST_ENTRIES * FIELDS);
    this.heap = new Uint8Array(FIRST_HEAP_BYTES);
  }

  /** Makes a table whose slots are all empty as good as new. */
  reset() {
    this.size = 0;
    this.entriesUsed = 0;
    this.firstFree = -1;
    this.heapUsed = 0;
    this.waste = 0;
    /** @type {Order | null} the keys in byte order, made when somebody walks them */
    this.order = null;
    this.idleChanges = 0;
  }

  /** The value to look at until the next call, or undefined. */
  lend(key) {
    const entry = this.find(key);
    if (entry < 0) return undefined;
    const at = entry * FIELDS;
    const { entries } = this;
    return lender.lend(this.heap, entries[at + START] + entries[at + KEY_LENGTH], entries[at + VALUE_LENGTH]);
  }

  set(key, value) {
    if (this.slots === null) {
      const entry = this.search(key);
      if (entry >= 0) this.replace(entry, key, value);
      else this.insert(0, key, value);
      return;
    }
    const hash = hashKey(this.seed, key, 0, key.length);
    const slot = this.slots.find(this, key, hash);
    if (slot >= 0) this.replace(this.slots.entry(slot), key, value);
    else this.insert(hash, key, value);
  }

  /** @returns {boolean} whether the key was there */
  delete(key) {
    const { slots } = this;
    const slot = slots === null ? -1 : slots.find(this, key, hashKey(this.seed, key, 0, key.length));
    const entry = slots === null ? this.search(key) : slot < 0 ? -1 : slots.entry(slot);
    if (entry < 0) return false;
    if (this.noteChange()) this.order.remove(entry);
    if (slots !== null) slots.remove(slot);
    this.free(entry);
    if (--this.size > 0) return true;
    if (this.heap.length > SMALL_LENGTH || this.entries.length > SMALL_LENGTH) this.forget();
    this.reset();
    return true;
  }

  keys(after, descending, emit) {
    this.idleChanges = 0;
    if (this.order === null) this.order = new Order(this);
    const order = this.order;
    order.seek(after, descending);
    for (let entry = order.next(); entry >= 0; entry = order.next()) {
      if (emit(this.key(entry)) === false) return;
    }
  }

  /** Bytes of all keys and values. */
  contentBytes() {
    let bytes = 0;
    this.eachEntry((entry) => {
      bytes += this.entries[entry * FIELDS + KEY_LENGTH] + this.entries[entry * FIELDS + VALUE_LENGTH];
    });
    return bytes;
  }

  /** A copy of the entry's key. */
  key(entry) {
    const start = this.entries[entry * FIELDS + START];
    const key = new Uint8Array(this.entries[entry * FIELDS + KEY_LENGTH]);
    copyRange(this.heap, start, key.length, key, 0);
    return key;
  }

  /** Negative, zero or positive as the entry's key is before, equal to or after `key`. */
  compare(entry, key) {
    const start = this.entries[entry * FIELDS + START];
    return compareBytes(this.heap, start, this.entries[entry * FIELDS + KEY_LENGTH], key, 0, key.length);
  }

  /** The same between two entries. */
  compareEntries(left, right) {
    const { entries, heap } = this;
    const l = left * FIELDS;
    const r = right * FIELDS;
    return compareBytes(
      heap, entries[l + START], entries[l + KEY_LENGTH], heap, entries[r + START], entries[r + KEY_LENGTH],
    );
  }

  /** Calls `visit` with every entry, in no order. */
  eachEntry(visit) {
    for (let entry = 0; entry < this.entriesUsed; entry++) {
      if (this.entries[entry * FIELDS + KEY_LENGTH] >= 0) visit(entry);
    }
  }

  /** The entry of `key`, or -1. */
  find(key) {
    const { slots } = this;
    if (slots === null) return this.search(key);
    const slot = slots.find(this, key, hashKey(this.seed, key, 0, key.length));
    return slot < 0 ? -1 : slots.entry(slot);
  }

  /** The same without slots. */
  search(key) {
    for (let entry = 0; entry < this.entriesUsed; entry++) {
      if (this.holds(entry, key)) return entry;
    }
    return -1;
  }

  /** Whether the entry's key is `key`. */
  holds(entry, key) {
    const { entries, heap } = this;
    const { length } = key;
    if (entries[entry * FIELDS + KEY_LENGTH] !== length) return false;
    const start = entries[entry * FIELDS + START];
    for (let at = 0; at < length; at++) {
      if (heap[start + at] !== key[at]) return false;
    }
    return true;
  }

  insert(hash, key, value) {
    // Room first: nothing has changed yet when there is none.
    this.reserve(key.length + value.length);
    const entry = this.takeEntry();
    this.place(entry, key, value, value.length);
    this.size++;
    if (this.slots !== null) this.slots.add(hash, entry);
    else if (this.size > SEARCHED_ENTRIES) this.makeSlots();
    if (this.noteChange()) this.order.add(entry);
  }

  /** The number of a free entry. */
  takeEntry() {
    const entry = this.firstFree;
    if (entry >= 0) {
      this.firstFree = this.entries[entry * FIELDS + START];
      return entry;
    }
    if (this.entriesUsed * FIELDS === this.entries.length) {
      const entries = new Int32Array(this.entries.length * 2);
      entries.set(this.entries);
      this.entries = entries;
    }
    return this.entriesUsed++;
  }

  free(entry) {
    const at = entry * FIELDS;
    const { entries } = this;
    this.waste += entries[at + KEY_LENGTH] + entries[at + CAPACITY];
    entries[at + KEY_LENGTH] = -1;
    entries[at + START] = this.firstFree;
    this.firstFree = entry;
  }

  makeSlots() {
    const slots = new Slots(FIRST_SLOTS);
    this.eachEntry((entry) => {
      const at = entry * FIELDS;
      slots.add(hashKey(this.seed, this.heap, this.entries[at + START], this.entries[at + KEY_LENGTH]), entry);
    });
    this.slots = slots;
  }

  replace(entry, key, value) {
    const at = entry * FIELDS;
    const capacity = this.entries[at + CAPACITY];
    if (value.length <= capacity) {
      copy(value, this.heap, this.entries[at + START] + key.length);
      this.entries[at + VALUE_LENGTH] = value.length;
      return;
    }
    // A value that grew once will grow again: a quarter more keeps a growing string from moving at every step.
    const wanted = value.length + (value.length >> 2);
    this.reserve(key.length + wanted);
    this.waste += key.length + this.entries[at + CAPACITY];
    this.place(entry, key, value, wanted);
  }

  /** Puts key and value at the end of the heap, where there is room. */
  place(entry, key, value, capacity) {
    const at = entry * FIELDS;
    const { entries, heap } = this;
    const start = this.heapUsed;
    entries[at + START] = start;
    entries[at + KEY_LENGTH] = key.length;
    entries[at + VALUE_LENGTH] = value.length;
    entries[at + CAPACITY] = capacity;
    copy(key, heap, start);
    copy(value, heap, start + key.length);
    this.heapUsed = start + key.length + capacity;
  }

  /** Makes sure that `length` bytes fit at the end of the heap. */
  reserve(length) {
    if (this.heapUsed + length <= this.heap.length) return;
    const live = this.heapUsed - this.waste;
    // The second term pays for looking at all entries when most of them are free.
    const wanted = (live + length) * 2 + this.entriesUsed * 8;
    if (live + length > MOST_HEAP_BYTES) throw new RangeError(`a table holds at most ${MOST_HEAP_BYTES} bytes`);
    this.repack(Math.min(wanted, MOST_HEAP_BYTES));
  }

  /** Copies the live entries to a new heap. */
  repack(length) {
    const { entries, heap: old } = this;
    const heap = new Uint8Array(length);
    this.heap = heap;
    if (this.waste === 0) {
      heap.set(old.subarray(0, this.heapUsed));
      return;
    }
    let used = 0;
    this.eachEntry((entry) => {
      const at = entry * FIELDS;
      const start = entries[at + START];
      const held = entries[at + KEY_LENGTH] + entries[at + VALUE_LENGTH];
      copyRange(old, start, held, heap, used);
      entries[at + START] = used;
      used += entries[at + KEY_LENGTH] + entries[at + CAPACITY];
    });
    this.heapUsed = used;
    this.waste = 0;
  }

  /** Counts a change and says whether there is an order to be kept up to date. */
  noteChange() {
    if (this.order === null) return false;
    if (++this.idleChanges <= IDLE_CHANGES + (this.size >> 2)) return true;
    this.order = null;
    return false;
  }
}

function copy(from, into, at) {
  if (from.length > SHORT_BYTES) into.set(from, at);
  else for (let byte = 0; byte < from.length; byte++) into[at + byte] = from[byte];
}

function copyRange(from, start, length, into, at) {
  if (length > SHORT_BYTES) into.set(from.subarray(start, start + length), at);
  else for (let byte = 0; byte < length; byte++) into[at + byte] = from[start + byte];
}

function compareBytes(left, leftStart, leftLength, right, rightStart, rightLength) {
  const length = Math.min(leftLength, rightLength);
  for (let at = 0; at < length; at++) {
    const difference = left[leftStart + at] - right[rightStart + at];
    if (difference !== 0) return difference;
  }
  return leftLength - rightLength;
}
