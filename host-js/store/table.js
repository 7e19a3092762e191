/**
 * One large table: a map from byte strings to byte strings whose keys can be walked in byte order.
 *
 * Millions of small values must cost neither an object each nor work for the garbage collector, so all bytes of a
 * table are in one array, its heap, one record after another:
 *
 *   short   u8 0 | u8 key length | u8 value length | u8 value capacity            | key | value | unused capacity
 *   long    u8 1 | 3 unused | u32 key length | u32 value length | u32 capacity    | key | value | unused capacity
 *
 * The heap grows at its end. A record that was deleted, or moved for a larger value, is dead: a bit in its first
 * byte says so. `repack` copies the live records to a new heap. `slots` finds a record by its key.
 *
 * In a unit (memory.js) the table can be put back to what it was: a record before `mark` is copied before it changes, and
 * records after `mark` were added in this unit.
 *
 * Invariant: the heap is records up to `used`, and `waste` is the bytes of the dead ones.
 */

import { ABSENT } from '../abi.js';
import { Block, compare, copy, equal } from '../block.js';
import { Guess, NONE } from './guess.js';
import { hashKey } from './hash.js';
import { Image } from './image.js';
import { Order } from './order.js';
import { Slots } from './slots.js';

const SHORT = 0;
const LONG = 1;
const DEAD = 2;

const SHORT_HEAD_BYTES = 4;
const LONG_HEAD_BYTES = 16;
const MOST_SHORT = 0xff;

const FIRST_SLOTS = 64;
const FIRST_HEAP_BYTES = 1024;

// A longer heap grows by half only.
const LARGE_HEAP_BYTES = 0x100000;

// A place of 2 GiB or more does not fit a slot.
const MOST_HEAP_BYTES = 0x7fffffff;

export class Table {
  /**
   * @param {number} seed of the hash
   * @param {number} id by which a store finds it, signed
   */
  constructor(seed, id) {
    this.seed = seed;
    this.id = id;
    this.size = 0;
    this.heap = new Block(new Uint8Array(FIRST_HEAP_BYTES));
    this.used = 0;
    this.waste = 0;
    this.slots = new Slots(FIRST_SLOTS);
    /** @type {Order | null} the keys in byte order, made for the first walk */
    this.order = null;
    this.guess = new Guess();
    /** Whether a unit is open in which the table changes, and whether it was made there. */
    this.inUnit = false;
    this.isNew = false;
    /** Records before this place are part of `image`; 0 when there is nothing to copy. */
    this.mark = 0;
    /** @type {Image | null} */
    this.image = null;
  }

  // ---- a unit of changes ----

  /** @param {import('./image.js').Copies} copies those of the store */
  beginUnit(copies) {
    if (this.image === null) this.image = new Image(copies);
    this.image.begin(this);
    this.inUnit = true;
    this.mark = this.used;
  }

  endUnit() {
    this.inUnit = false;
    this.isNew = false;
    this.mark = 0;
    if (this.image !== null) this.image.end();
  }

  /** Makes the table what it was when `beginUnit` was called, and ends the unit. */
  rollBack() {
    const { image } = this;
    this.heap = image.heap(this.heap);
    this.used = image.used;
    this.waste = image.waste;
    this.size = image.size;
    this.order = null;
    this.guess.clear();
    this.slots = new Slots(FIRST_SLOTS);
    this.eachRecord((record) => {
      this.slots.add(hashKey(this.seed, this.heap.bytes, this.keyStart(record), this.keyLength(record)), record);
    });
    this.endUnit();
  }

  /** Call this before bytes of a record change that lie between its head and `end`. */
  copyBefore(record, end) {
    if (record < this.mark) this.image.copy(this.heap, record, end);
  }

  // In these methods a key is `keyLength` bytes at `key` of a block.

  /** The record of a key, or ABSENT. */
  find(block, key, keyLength) {
    if (this.isGuessed(block, key, keyLength)) return this.guess.last;
    return this.search(block, key, keyLength, hashKey(this.seed, block.bytes, key, keyLength));
  }

  /** Whether the guess is the record of a key. If so, that is `guess.last`. */
  isGuessed(block, key, keyLength) {
    const { guess } = this;
    const { record } = guess;
    if (record === NONE || !this.holds(record, block, key, keyLength) || this.isDead(record)) return false;
    guess.hit(this);
    return true;
  }

  /** The record of a key, without a guess. */
  search(block, key, keyLength, hash) {
    const slot = this.slots.find(this, block, key, keyLength, hash);
    if (slot < 0) return ABSENT;
    const record = this.slots.record(slot);
    this.guess.miss(this, record);
    return record;
  }

  /** Copies a value to `into` if it fits, and returns its length, or ABSENT. */
  getAt(block, key, keyLength, into, room) {
    const record = this.find(block, key, keyLength);
    if (record < 0) return ABSENT;
    const length = this.valueLength(record);
    if (length <= room) copy(this.heap, this.valueStart(record), length, block, into);
    return length;
  }

  setAt(block, key, keyLength, value, length) {
    if (this.isGuessed(block, key, keyLength)) {
      this.replace(this.guess.last, block, key, keyLength, value, length);
      return;
    }
    const hash = hashKey(this.seed, block.bytes, key, keyLength);
    const known = this.search(block, key, keyLength, hash);
    if (known !== ABSENT) {
      this.replace(known, block, key, keyLength, value, length);
      return;
    }
    // Before any change: this throws when there is no room.
    this.reserve(recordLength(keyLength, length));
    const record = this.append(block, key, keyLength, value, length, length);
    this.slots.add(hash, record);
    this.size++;
    if (this.order !== null && !this.order.add(record)) this.order = null;
  }

  /** Returns whether the key was there. */
  deleteAt(block, key, keyLength) {
    const slot = this.slots.find(this, block, key, keyLength, hashKey(this.seed, block.bytes, key, keyLength));
    if (slot < 0) return false;
    const record = this.slots.record(slot);
    this.copyBefore(record, record + 1);
    this.slots.remove(slot);
    this.kill(record);
    this.size--;
    return true;
  }

  /** As MemoryStore's. */
  eachEntry(block, after, afterLength, descending, visit) {
    if (this.order === null) this.order = new Order(this);
    else this.order.settle();
    this.guess.begin(this.size);
    this.order.each(block, after, afterLength, descending, visit);
  }

  // ---- records ----

  isShort(record) {
    return (this.heap.bytes[record] & LONG) === 0;
  }

  keyLength(record) {
    return this.isShort(record) ? this.heap.bytes[record + 1] : this.heap.words.getInt32(record + 4, true);
  }

  keyStart(record) {
    return record + (this.isShort(record) ? SHORT_HEAD_BYTES : LONG_HEAD_BYTES);
  }

  valueLength(record) {
    return this.isShort(record) ? this.heap.bytes[record + 2] : this.heap.words.getInt32(record + 8, true);
  }

  valueStart(record) {
    return this.keyStart(record) + this.keyLength(record);
  }

  capacity(record) {
    return this.isShort(record) ? this.heap.bytes[record + 3] : this.heap.words.getInt32(record + 12, true);
  }

  /** Where the next record is. */
  end(record) {
    return this.valueStart(record) + this.capacity(record);
  }

  /** The next record, or NONE after the last one. */
  behind(record) {
    const end = this.end(record);
    return end < this.used ? end : NONE;
  }

  isDead(record) {
    return (this.heap.bytes[record] & DEAD) !== 0;
  }

  /** Whether the record's key is that one. */
  holds(record, block, key, length) {
    return this.keyLength(record) === length && equal(this.heap, this.keyStart(record), block, key, length);
  }

  /** Negative, zero or positive as the record's key is before, equal to or after that one. */
  compare(record, block, key, length) {
    return compare(this.heap, this.keyStart(record), this.keyLength(record), block, key, length);
  }

  /** The same between two records. */
  compareRecords(left, right) {
    return this.compare(left, this.heap, this.keyStart(right), this.keyLength(right));
  }

  /** Calls `visit` with the places of a record's key and value. */
  visit(record, visit) {
    this.guess.list(record);
    const keyStart = this.keyStart(record);
    const keyLength = this.keyLength(record);
    return visit(this.heap, keyStart, keyLength, keyStart + keyLength, this.valueLength(record));
  }

  /** Calls `visit` with every live record, in no order. */
  eachRecord(visit) {
    for (let record = 0; record < this.used; record = this.end(record)) {
      if (!this.isDead(record)) visit(record);
    }
  }

  /** Puts a record at the end of the heap, where there is room. */
  append(block, key, keyLength, value, length, capacity) {
    const { heap, used: record } = this;
    let at = record;
    if (keyLength <= MOST_SHORT && capacity <= MOST_SHORT) {
      heap.words.setInt32(at, SHORT | keyLength << 8 | length << 16 | capacity << 24, true);
      at += SHORT_HEAD_BYTES;
    } else {
      heap.words.setInt32(at, LONG, true);
      heap.words.setInt32(at + 4, keyLength, true);
      heap.words.setInt32(at + 8, length, true);
      heap.words.setInt32(at + 12, capacity, true);
      at += LONG_HEAD_BYTES;
    }
    copy(block, key, keyLength, heap, at);
    copy(block, value, length, heap, at + keyLength);
    this.used = at + keyLength + capacity;
    return record;
  }

  replace(known, block, key, keyLength, value, length) {
    let record = known;
    if (length <= this.capacity(record)) {
      this.copyBefore(record, this.valueStart(record) + length);
      copy(block, value, length, this.heap, this.valueStart(record));
      if (this.isShort(record)) this.heap.bytes[record + 2] = length;
      else this.heap.words.setInt32(record + 8, length, true);
      return;
    }
    // A value that grew once will grow again: a quarter more keeps a growing string from moving at every step.
    const capacity = length + (length >> 2);
    this.reserve(recordLength(keyLength, capacity));
    // The record may have moved.
    const slot = this.slots.find(this, block, key, keyLength, hashKey(this.seed, block.bytes, key, keyLength));
    record = this.slots.record(slot);
    this.copyBefore(record, record + 1);
    const moved = this.append(block, key, keyLength, value, length, capacity);
    this.slots.move(slot, moved);
    this.kill(record);
    if (this.order !== null && !this.order.add(moved)) this.order = null;
  }

  kill(record) {
    this.waste += this.end(record) - record;
    this.heap.bytes[record] |= DEAD;
    if (this.order !== null && !this.order.remove(record)) this.order = null;
  }

  /** Makes sure that `length` bytes fit at the end of the heap. */
  reserve(length) {
    if (this.used + length <= this.heap.length) return;
    const live = this.used - this.waste;
    if (live + length > MOST_HEAP_BYTES) throw new RangeError(`a table holds at most ${MOST_HEAP_BYTES} bytes`);
    const wanted = (live + length) * (live < LARGE_HEAP_BYTES ? 2 : 1.5);
    this.repack(Math.min(Math.ceil(wanted), MOST_HEAP_BYTES));
  }

  /** Copies the live records to a new heap. */
  repack(length) {
    const old = this.heap;
    const heap = new Block(new Uint8Array(length));
    if (this.waste === 0) {
      heap.bytes.set(old.bytes.subarray(0, this.used));
      this.heap = heap;
      return;
    }
    if (this.mark > 0) {
      this.image.copyWhole(old);
      this.mark = 0;
    }
    let used = 0;
    for (let record = 0, next; record < this.used; record = next) {
      next = this.end(record);
      if (this.isDead(record)) {
        old.words.setInt32(record, -1, true);
      } else {
        copy(old, record, next - record, heap, used);
        // The new place overwrites the old head.
        old.words.setInt32(record, used, true);
        used += next - record;
      }
    }
    const newPlace = (record) => old.words.getInt32(record, true);
    this.slots.moveAll(newPlace);
    if (this.order !== null) this.order.moveAll(newPlace);
    this.heap = heap;
    this.used = used;
    this.waste = 0;
    this.guess.clear();
  }
}

function recordLength(keyLength, capacity) {
  const isShort = keyLength <= MOST_SHORT && capacity <= MOST_SHORT;
  return (isShort ? SHORT_HEAD_BYTES : LONG_HEAD_BYTES) + keyLength + capacity;
}
