/**
 * One table: a hash map from byte strings to byte strings whose keys can be walked in byte order.
 *
 * Millions of small values must cost neither an object each nor work for the garbage collector, so all bytes of a
 * table are in one array, its heap, and an entry is five numbers about it:
 *
 *   hash | start | key length | value length | value capacity
 *
 *   heap  ...  | key | value | unused capacity |  ...
 *              ^ start
 *
 * `slots` is a hash map with linear probing: entry + 1, or 0. The heap grows at its end; what a delete or a larger
 * value leaves behind is waste until `repack` copies the live entries to a new heap.
 *
 * Invariant: an entry's number stays the same while it lives, whatever happens to the heap, and is reused after.
 */

import { Lender } from '../lend.js';
import { Order } from './order.js';

const HASH = 0;
const START = 1;
const KEY_LENGTH = 2;
const VALUE_LENGTH = 3;
const CAPACITY = 4;
const FIELDS = 5;

// Most tables are small: a record of a few fields.
const FIRST_SLOTS = 8;
const FIRST_HEAP_BYTES = 128;

// A table that becomes empty keeps arrays up to this length: it may be filled again at once.
const SMALL_LENGTH = 4096;

// Above 2 GiB a start no longer fits its field.
const MOST_HEAP_BYTES = 0x7fffffff;

// A sorted order is kept up to date while it is in use; after this many changes without a walk it is dropped.
const IDLE_CHANGES = 64;

const lender = new Lender();

export class Table {
  /** @param {number} seed of the hash, so that a script cannot choose keys that collide */
  constructor(seed) {
    this.seed = seed;
    this.slots = new Int32Array(FIRST_SLOTS);
    this.entries = new Int32Array(FIRST_SLOTS / 2 * FIELDS);
    this.heap = new Uint8Array(FIRST_HEAP_BYTES);
    this.reset();
  }

  /** Makes a table whose slots are all empty as good as new. */
  reset() {
    if (this.heap.length > SMALL_LENGTH || this.slots.length > SMALL_LENGTH) {
      this.slots = new Int32Array(FIRST_SLOTS);
      this.entries = new Int32Array(FIRST_SLOTS / 2 * FIELDS);
      this.heap = new Uint8Array(FIRST_HEAP_BYTES);
    }
    this.size = 0;
    this.entriesUsed = 0;
    this.freeEntries = [];
    this.heapUsed = 0;
    this.waste = 0;
    /** @type {Order | null} the keys in byte order, made when somebody walks them */
    this.order = null;
    this.idleChanges = 0;
  }

  /** The value to look at until the next call, or undefined. */
  lend(key) {
    const slot = this.findSlot(key, this.hash(key));
    if (slot < 0) return undefined;
    const at = (this.slots[slot] - 1) * FIELDS;
    const entries = this.entries;
    return lender.lend(this.heap, entries[at + START] + entries[at + KEY_LENGTH], entries[at + VALUE_LENGTH]);
  }

  set(key, value) {
    const hash = this.hash(key);
    const slot = this.findSlot(key, hash);
    if (slot >= 0) this.replace(this.slots[slot] - 1, key, value);
    else this.insert(hash, key, value);
  }

  /** @returns {boolean} whether the key was there */
  delete(key) {
    const slot = this.findSlot(key, this.hash(key));
    if (slot < 0) return false;
    const entry = this.slots[slot] - 1;
    const at = entry * FIELDS;
    if (this.noteChange()) this.order.remove(entry);
    this.waste += this.entries[at + KEY_LENGTH] + this.entries[at + CAPACITY];
    this.entries[at + KEY_LENGTH] = -1;
    this.clearSlot(slot);
    this.freeEntries.push(entry);
    if (--this.size === 0) this.reset();
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

  /** A copy of the entry's key. */
  key(entry) {
    const start = this.entries[entry * FIELDS + START];
    return this.heap.slice(start, start + this.entries[entry * FIELDS + KEY_LENGTH]);
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

  hash(key) {
    let hash = this.seed;
    for (let at = 0; at < key.length; at++) {
      hash = Math.imul(hash ^ key[at], 0x01000193);
      hash ^= hash >>> 15;
    }
    hash = Math.imul(hash, 0x2c1b3c6d);
    return hash ^ hash >>> 13;
  }

  /** The slot that holds `key`, or the empty slot where it belongs, as -1 - slot. */
  findSlot(key, hash) {
    const { slots, entries, heap } = this;
    const mask = slots.length - 1;
    const length = key.length;
    for (let slot = hash & mask; ; slot = slot + 1 & mask) {
      const entry = slots[slot];
      if (entry === 0) return -1 - slot;
      const at = (entry - 1) * FIELDS;
      if (entries[at + HASH] !== hash || entries[at + KEY_LENGTH] !== length) continue;
      const start = entries[at + START];
      let same = 0;
      while (same < length && heap[start + same] === key[same]) same++;
      if (same === length) return slot;
    }
  }

  /** Empties a slot and moves up those behind it that this leaves unreachable. */
  clearSlot(slot) {
    const { slots, entries } = this;
    const mask = slots.length - 1;
    let hole = slot;
    for (let at = slot + 1 & mask; slots[at] !== 0; at = at + 1 & mask) {
      const home = entries[(slots[at] - 1) * FIELDS + HASH] & mask;
      if ((at - home & mask) >= (at - hole & mask)) {
        slots[hole] = slots[at];
        hole = at;
      }
    }
    slots[hole] = 0;
  }

  insert(hash, key, value) {
    // Room first: nothing has changed yet when there is none.
    this.reserve(key.length + value.length);
    if ((this.size + 1) * 2 > this.slots.length) this.growSlots();
    const entry = this.freeEntries.length > 0 ? this.freeEntries.pop() : this.entriesUsed++;
    this.entries[entry * FIELDS + HASH] = hash;
    this.place(entry, key, value, value.length);
    this.slots[this.findEmptySlot(hash)] = entry + 1;
    this.size++;
    if (this.noteChange()) this.order.add(entry);
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

  findEmptySlot(hash) {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = slot + 1 & mask;
    return slot;
  }

  growSlots() {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    const entries = new Int32Array(slots.length / 2 * FIELDS);
    entries.set(this.entries);
    this.eachEntry((entry) => {
      let slot = entries[entry * FIELDS + HASH] & mask;
      while (slots[slot] !== 0) slot = slot + 1 & mask;
      slots[slot] = entry + 1;
    });
    this.slots = slots;
    this.entries = entries;
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
    let used = 0;
    this.eachEntry((entry) => {
      const at = entry * FIELDS;
      const start = entries[at + START];
      const held = entries[at + KEY_LENGTH] + entries[at + VALUE_LENGTH];
      if (held > 64) heap.set(old.subarray(start, start + held), used);
      else for (let byte = 0; byte < held; byte++) heap[used + byte] = old[start + byte];
      entries[at + START] = used;
      used += entries[at + KEY_LENGTH] + entries[at + CAPACITY];
    });
    this.heap = heap;
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
  if (from.length > 64) into.set(from, at);
  else for (let byte = 0; byte < from.length; byte++) into[at + byte] = from[byte];
}

function compareBytes(left, leftStart, leftLength, right, rightStart, rightLength) {
  const length = Math.min(leftLength, rightLength);
  for (let at = 0; at < length; at++) {
    const difference = left[leftStart + at] - right[rightStart + at];
    if (difference !== 0) return difference;
  }
  return leftLength - rightLength;
}
