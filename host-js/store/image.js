/**
 * What the heap of a table was when a unit of changes began, so that it can be put back.
 *
 * The heap is seen as chunks of equal length, and each is copied before it first changes; records at its end that the
 * unit added are cut off. A heap whose records move (`repack`) is copied as a whole before they do.
 *
 * Invariant: the chunks copied, or else the whole copy, and the heap as it is give the first `used` bytes as they were.
 */

import { Block, copy } from '../block.js';

const CHUNK_BITS = 8;
const CHUNK_BYTES = 1 << CHUNK_BITS;

// A block holds so many copies. Some blocks are kept for the next unit: new memory costs more than the copying.
const BLOCK_BITS = 8;
const BLOCK_CHUNKS = 1 << BLOCK_BITS;
const KEPT_BLOCKS = 64;

const FIRST_CHUNKS = 4;
const KEPT_CHUNKS = 0x4000;
const LAST_UNIT = 0x7fffffff;

/** The copies of chunks of all tables of a store. */
export class Copies {
  constructor() {
    /** @type {Block[]} */
    this.blocks = [];
    this.count = 0;
  }

  end() {
    this.count = 0;
    if (this.blocks.length > KEPT_BLOCKS) this.blocks.length = KEPT_BLOCKS;
  }

  /** Copies a chunk that starts at a place of a heap, and returns the number of the copy. */
  add(heap, start) {
    const number = this.count;
    const block = number >>> BLOCK_BITS;
    if (block === this.blocks.length) this.blocks.push(new Block(new Uint8Array(BLOCK_CHUNKS * CHUNK_BYTES)));
    copy(heap, start, Math.min(CHUNK_BYTES, heap.length - start), this.blocks[block], placeOf(number));
    this.count++;
    return number;
  }

  /** Copies a chunk back to a place of a heap, as much of it as fits there. */
  put(number, bytes, start) {
    const at = placeOf(number);
    const length = Math.min(CHUNK_BYTES, bytes.length - start);
    bytes.set(this.blocks[number >>> BLOCK_BITS].bytes.subarray(at, at + length), start);
  }
}

function placeOf(number) {
  return (number & BLOCK_CHUNKS - 1) << CHUNK_BITS;
}

export class Image {
  /** @param {Copies} copies */
  constructor(copies) {
    this.copies = copies;
    /** Counts the units of this table. */
    this.unit = 0;
    /** For each chunk the last unit in which it was copied. */
    this.copiedIn = new Int32Array(0);
    /** The chunks copied in this unit, for each its number and that of its copy. */
    this.chunks = new Int32Array(2 * FIRST_CHUNKS);
    this.count = 0;
    /** @type {Uint8Array | null} the first `used` bytes of the heap, when records have moved since */
    this.whole = null;
    this.used = 0;
    this.waste = 0;
    this.size = 0;
  }

  /** @param {import('./table.js').Table} table which has not changed in this unit */
  begin({ used, waste, size }) {
    this.used = used;
    this.waste = waste;
    this.size = size;
    if (this.unit === LAST_UNIT) {
      this.unit = 0;
      this.copiedIn.fill(0);
    }
    this.unit++;
    const count = (used >>> CHUNK_BITS) + 1;
    if (count <= this.copiedIn.length) return;
    const longer = new Int32Array(count + (count >> 1));
    longer.set(this.copiedIn);
    this.copiedIn = longer;
  }

  end() {
    this.count = 0;
    this.whole = null;
    if (this.chunks.length > 2 * KEPT_CHUNKS) this.chunks = new Int32Array(2 * FIRST_CHUNKS);
  }

  /** Copies the chunks of a part of the heap that were not copied in this unit. */
  copy(heap, start, end) {
    const last = end - 1 >>> CHUNK_BITS;
    for (let chunk = start >>> CHUNK_BITS; chunk <= last; chunk++) {
      if (this.copiedIn[chunk] !== this.unit) this.copyChunk(heap, chunk);
    }
  }

  copyChunk(heap, chunk) {
    const at = 2 * this.count;
    if (at === this.chunks.length) {
      const longer = new Int32Array(2 * at);
      longer.set(this.chunks);
      this.chunks = longer;
    }
    this.chunks[at] = chunk;
    this.chunks[at + 1] = this.copies.add(heap, chunk << CHUNK_BITS);
    this.count++;
    this.copiedIn[chunk] = this.unit;
  }

  /** Call this before the records of a heap move. */
  copyWhole({ bytes }) {
    const whole = bytes.slice(0, this.used);
    this.putChunks(whole);
    this.whole = whole;
  }

  /** The heap as it was. */
  heap(now) {
    if (this.whole !== null) return new Block(this.whole);
    this.putChunks(now.bytes);
    return now;
  }

  putChunks(bytes) {
    for (let at = 0; at < 2 * this.count; at += 2) {
      this.copies.put(this.chunks[at + 1], bytes, this.chunks[at] << CHUNK_BITS);
    }
  }
}
