/**
 * Tables of a few short entries. Scripts keep records of this size by the hundred thousand.
 *
 * Each is one block of bytes, its entries in the byte order of their keys. Blocks lie one after another in segments, and
 * an index finds the place of each, its segment and its offset there:
 *
 *   block   u32 table id | u16 bytes of the entries | u16 room for entries | entry ... | unused room
 *   entry   key length | value length | key | value
 *
 * A length below 128 is one byte, others are two: 128 and the upper bits, then the lower eight. A block that no table uses
 * any more is waste. When a segment has much of it, its blocks move to the front.
 *
 * Invariant: a block is in use exactly if the index has its place under its id.
 */

import { ABSENT } from '../abi.js';
import { Block, compare, copy, equal } from '../block.js';
import { Notes } from './notes.js';
import { NOWHERE, Places } from './places.js';

const USED_AT = 4;
const ROOM_AT = 6;
const HEAD_BYTES = 8;

// A table with more is a large one.
const MOST_ENTRIES = 16;
const MOST_BYTES = 2048;

const TWO_BYTES = 0x80;

const SEGMENT_BITS = 20;
const SEGMENT_BYTES = 1 << SEGMENT_BITS;
const OFFSET = SEGMENT_BYTES - 1;
const MOST_SEGMENTS = 1 << 32 - SEGMENT_BITS;

// The first segment grows up to the full length. No block begins at 0, which is NOWHERE.
const FIRST_BYTES = 1024;
const FIRST_OFFSET = HEAD_BYTES;

// A segment with so much waste is used again before a new one is made.
const MUCH_WASTE = SEGMENT_BYTES / 4;

export class SmallTables {
  constructor() {
    /** @type {Block[]} */
    this.segments = [new Block(new Uint8Array(FIRST_BYTES))];
    /** @type {number[]} bytes used of each, and how many of these are waste */
    this.used = [FIRST_OFFSET];
    this.waste = [0];
    this.current = 0;
    this.places = new Places();
    this.notes = new Notes();
    // The table that `open` and `seek` found last.
    this.segment = this.segments[0];
    this.start = 0;
    this.end = 0;
    this.room = 0;
    // What `read` found.
    this.keyStart = 0;
    this.keyLength = 0;
    this.valueStart = 0;
    this.valueLength = 0;
    /** Entries of a table, for a walk. */
    this.entries = new Int32Array(MOST_ENTRIES);
  }

  /** Number of tables. */
  get count() {
    return this.places.count;
  }

  // ---- what the imports ask for; a key is `keyLength` bytes at `key` of a block ----

  /** As Table's. */
  getAt(id, block, key, keyLength, into, room) {
    if (!this.open(id) || this.seek(block, key, keyLength) < 0) return ABSENT;
    if (this.valueLength <= room) copy(this.segment, this.valueStart, this.valueLength, block, into);
    return this.valueLength;
  }

  /** Changes nothing and returns false when the table would not be a small one. */
  setAt(id, block, key, keyLength, value, length) {
    const wanted = headBytes(keyLength) + headBytes(length) + keyLength + length;
    if (wanted > MOST_BYTES) return false;
    const exists = this.open(id);
    this.note(id, exists);
    if (!exists && !this.create(id, wanted)) return false;
    let at = this.seek(block, key, keyLength);
    let before = 0;
    if (at >= 0) {
      if (this.valueLength === length) {
        copy(block, value, length, this.segment, this.valueStart);
        return true;
      }
      before = this.valueStart + this.valueLength - at;
    } else {
      if (this.counted === MOST_ENTRIES) return false;
      at = this.placeOf(block, key, keyLength);
    }
    const { start } = this;
    if (!this.resize(id, at + before, wanted - before)) return false;
    this.write(this.start + at - start, block, key, keyLength, value, length);
    return true;
  }

  /** Returns whether the key was there. */
  deleteAt(id, block, key, keyLength) {
    if (!this.open(id)) return false;
    const at = this.seek(block, key, keyLength);
    if (at < 0) return false;
    this.note(id, true);
    const next = this.valueStart + this.valueLength;
    if (next - at === this.end - this.start) this.drop(id);
    else this.resize(id, next, at - next);
    return true;
  }

  sizeOf(id) {
    return this.open(id) ? this.list() : 0;
  }

  /** As MemoryStore's. */
  eachEntry(id, block, after, afterLength, descending, visit) {
    if (!this.open(id)) return;
    const { segment } = this;
    const count = this.list();
    // A copy, since `visit` may look at other tables.
    const entries = this.entries.slice(0, count);
    const step = descending ? -1 : 1;
    let entry = descending ? count - 1 : 0;
    // Before the first visit, which may overwrite the key after which the walk starts.
    if (afterLength > 0) {
      while (entry >= 0 && entry < count && !this.isBehind(entries[entry], block, after, afterLength, step)) entry += step;
    }
    for (; entry >= 0 && entry < count; entry += step) {
      this.segment = segment;
      this.read(entries[entry]);
      if (visit(segment, this.keyStart, this.keyLength, this.valueStart, this.valueLength) === false) return;
    }
  }

  // ---- a unit of changes ----

  /** Call this before a table changes. A table that exists is open. */
  note(id, exists) {
    const { notes } = this;
    if (!notes.isOpen || notes.last === (id | 0)) return;
    notes.add(id, this.segment, this.start, exists ? this.end - this.start : ABSENT);
  }

  /** Makes all tables what they were when the notes began. */
  rollBack() {
    this.notes.each((id, block, start, length) => {
      if (this.open(id)) this.drop(id);
      if (length === ABSENT) return;
      if (!this.create(id, length)) throw new RangeError('no room for a table that is put back');
      copy(block, start, length, this.segment, this.start);
      this.putLengths(length, length);
    });
    this.notes.end();
  }

  // ---- one table ----

  /** Goes to the entries of a table; false when there is none. */
  open(id) {
    const place = this.places.get(id);
    if (place === NOWHERE) return false;
    this.goTo(place);
    return true;
  }

  goTo(place) {
    this.segment = this.segments[place >>> SEGMENT_BITS];
    const head = place & OFFSET;
    const lengths = this.segment.words.getInt32(head + USED_AT, true);
    this.start = head + HEAD_BYTES;
    this.end = this.start + (lengths & 0xffff);
    this.room = lengths >>> 16;
  }

  /** Reads the entry at an offset, and returns the offset of the next. */
  read(at) {
    const { bytes } = this.segment;
    let start = at;
    let keyLength = bytes[start++];
    if (keyLength >= TWO_BYTES) keyLength = (keyLength - TWO_BYTES) << 8 | bytes[start++];
    let valueLength = bytes[start++];
    if (valueLength >= TWO_BYTES) valueLength = (valueLength - TWO_BYTES) << 8 | bytes[start++];
    this.keyStart = start;
    this.keyLength = keyLength;
    this.valueStart = start + keyLength;
    this.valueLength = valueLength;
    return start + keyLength + valueLength;
  }

  /**
   * Reads the entry of a key and returns its offset, or ABSENT: then `counted` is the number of entries, and `last` is the
   * last one.
   */
  seek(block, key, length) {
    const { end } = this;
    let count = 0;
    let last = this.start;
    for (let at = this.start, next; at < end; at = next) {
      next = this.read(at);
      if (this.keyLength === length && equal(this.segment, this.keyStart, block, key, length)) return at;
      last = at;
      count++;
    }
    this.counted = count;
    this.last = last;
    return ABSENT;
  }

  /** The place for the entry of a key that `seek` has not found. */
  placeOf(block, key, length) {
    // Most often after all others.
    if (this.counted === 0 || this.isBefore(this.last, block, key, length)) return this.end;
    let at = this.start;
    while (this.isBefore(at, block, key, length)) at = this.valueStart + this.valueLength;
    return at;
  }

  isBefore(at, block, key, length) {
    return this.order(at, block, key, length) < 0;
  }

  isBehind(at, block, key, length, step) {
    return this.order(at, block, key, length) * step > 0;
  }

  order(at, block, key, length) {
    this.read(at);
    return compare(this.segment, this.keyStart, this.keyLength, block, key, length);
  }

  /** Puts the offsets of the entries into `entries`, and returns their number. */
  list() {
    let count = 0;
    for (let at = this.start; at < this.end; at = this.read(at)) this.entries[count++] = at;
    return count;
  }

  write(at, block, key, keyLength, value, length) {
    const { segment } = this;
    const start = putLength(segment.bytes, putLength(segment.bytes, at, keyLength), length);
    copy(block, key, keyLength, segment, start);
    copy(block, value, length, segment, start + keyLength);
  }

  /** Moves the entries from `at` on by `difference` bytes; false when the table would be too long. */
  resize(id, at, difference) {
    const { start } = this;
    const length = this.end - start;
    const wanted = length + difference;
    if (wanted > MOST_BYTES) return false;
    if (wanted > this.room && !this.enlarge(id, wanted)) return false;
    const from = this.start + at - start;
    this.segment.bytes.copyWithin(from + difference, from, this.start + length);
    this.putLengths(wanted, this.room);
    return true;
  }

  putLengths(used, room) {
    this.end = this.start + used;
    this.room = room;
    this.segment.words.setInt32(this.start - HEAD_BYTES + USED_AT, used | room << 16, true);
  }

  // ---- blocks ----

  /** Makes a table with room and no entries yet; false when there is no room for more tables. */
  create(id, room) {
    const place = this.take(HEAD_BYTES + room);
    if (place === NOWHERE) return false;
    this.places.add(id, place);
    this.begin(id, place, room);
    return true;
  }

  begin(id, place, room) {
    this.segment = this.segments[place >>> SEGMENT_BITS];
    const head = place & OFFSET;
    this.segment.words.setInt32(head, id, true);
    this.start = head + HEAD_BYTES;
    this.putLengths(0, room);
  }

  /** Gives the table that is open more room. */
  enlarge(id, wanted) {
    const length = this.end - this.start;
    const number = this.places.get(id) >>> SEGMENT_BITS;
    // The last block can grow in place, so a table that is filled at once takes only the bytes that it needs.
    if (this.start + this.room === this.used[number] && this.reaches(number, this.start + wanted)) {
      this.used[number] = this.start + wanted;
      this.segment = this.segments[number];
      this.putLengths(length, wanted);
      return true;
    }
    const room = Math.min(wanted + (wanted >> 1), MOST_BYTES);
    const target = this.take(HEAD_BYTES + room);
    if (target === NOWHERE) return false;
    // The block may have moved.
    this.open(id);
    const { segment, start } = this;
    this.leave(this.places.get(id));
    this.places.move(id, target);
    this.begin(id, target, room);
    copy(segment, start, length, this.segment, this.start);
    this.putLengths(length, room);
    return true;
  }

  drop(id) {
    this.leave(this.places.get(id));
    this.places.remove(id);
  }

  /** Makes a block waste. */
  leave(place) {
    this.goTo(place);
    const number = place >>> SEGMENT_BITS;
    const length = HEAD_BYTES + this.room;
    if (this.start + this.room === this.used[number]) this.used[number] -= length;
    else this.waste[number] += length;
  }

  /** Reserves so many bytes and returns their place, or NOWHERE. */
  take(length) {
    if (!this.reaches(this.current, this.used[this.current] + length) && !this.makeRoom()) return NOWHERE;
    const offset = this.used[this.current];
    this.used[this.current] += length;
    return this.current << SEGMENT_BITS | offset;
  }

  /** Whether a segment has so many bytes, or can have them. */
  reaches(number, length) {
    const { bytes } = this.segments[number];
    if (length <= bytes.length) return true;
    if (length > SEGMENT_BYTES || bytes.length === SEGMENT_BYTES) return false;
    const longer = new Uint8Array(Math.min(bytes.length * 4, SEGMENT_BYTES));
    longer.set(bytes);
    this.segments[number] = new Block(longer);
    return length <= longer.length || this.reaches(number, length);
  }

  /** Makes a segment with room the current one. */
  makeRoom() {
    const worst = this.waste.indexOf(Math.max(...this.waste));
    if (this.waste[worst] >= MUCH_WASTE) {
      this.moveUp(worst);
      this.current = worst;
      return true;
    }
    if (this.segments.length === MOST_SEGMENTS) return false;
    this.current = this.segments.push(new Block(new Uint8Array(SEGMENT_BYTES))) - 1;
    this.used.push(FIRST_OFFSET);
    this.waste.push(0);
    return true;
  }

  /** Moves the blocks of a segment to its front, without waste and unused room. */
  moveUp(number) {
    const { bytes, words } = this.segments[number];
    let to = FIRST_OFFSET;
    for (let head = FIRST_OFFSET, next; head < this.used[number]; head = next) {
      const lengths = words.getInt32(head + USED_AT, true);
      const used = lengths & 0xffff;
      next = head + HEAD_BYTES + (lengths >>> 16);
      const id = words.getInt32(head, true);
      if (this.places.get(id) !== (number << SEGMENT_BITS | head)) continue;
      bytes.copyWithin(to, head, head + HEAD_BYTES + used);
      words.setInt32(to + USED_AT, used | used << 16, true);
      this.places.move(id, number << SEGMENT_BITS | to);
      to += HEAD_BYTES + used;
    }
    this.used[number] = to;
    this.waste[number] = 0;
  }
}

function headBytes(length) {
  return length < TWO_BYTES ? 1 : 2;
}

function putLength(bytes, at, length) {
  if (length < TWO_BYTES) {
    bytes[at] = length;
    return at + 1;
  }
  bytes[at] = TWO_BYTES | length >>> 8;
  bytes[at + 1] = length;
  return at + 2;
}
