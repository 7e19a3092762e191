/**
 * The only views of the module's linear memory.
 *
 * Invariant: every access is preceded by a bounds check against the memory as it is now. cu.wasm never grows its
 * memory, but a view of one that grew would be empty, so each access looks for that first.
 */

import { Block } from './block.js';
import { Lender } from './lend.js';
import { encodeTextInto } from './text.js';

export class Memory {
  constructor() {
    this.memory = undefined;
    this.content = new Block(new Uint8Array(0));
    this.keys = new Lender();
    this.values = new Lender();
  }

  /** @param {WebAssembly.Memory} memory which exists only after the imports that use it */
  attach(memory) {
    this.memory = memory;
    this.content = new Block(new Uint8Array(memory.buffer));
  }

  /** All of memory. Get it again after every call into the module. */
  get block() {
    if (this.content.bytes.length === 0) this.attach(this.memory);
    return this.content;
  }

  get bytes() {
    return this.block.bytes;
  }

  /**
   * Throws unless `length` bytes from `pointer` lie in memory. Both unsigned.
   * @param {number} pointer
   * @param {number} length
   */
  check(pointer, length) {
    const size = this.bytes.length;
    if (length > size || pointer > size - length) {
      throw new RangeError(`${length} bytes at ${pointer} are outside the ${size} bytes of memory`);
    }
  }

  /** A key that is valid until the next call of this method. */
  lendKey(pointer, length) {
    this.check(pointer, length);
    return this.keys.lend(this.bytes, pointer, length);
  }

  /** A value that is valid until the next call of this method. */
  lendValue(pointer, length) {
    this.check(pointer, length);
    return this.values.lend(this.bytes, pointer, length);
  }

  /** A copy to keep. */
  copy(pointer, length) {
    this.check(pointer, length);
    return this.bytes.slice(pointer, pointer + length);
  }

  /**
   * @param {number} pointer
   * @param {Uint8Array} bytes
   */
  write(pointer, bytes) {
    const length = bytes.length;
    this.check(pointer, length);
    const { bytes: all } = this;
    if (length > 32) all.set(bytes, pointer);
    else for (let at = 0; at < length; at++) all[pointer + at] = bytes[at];
  }

  /**
   * Writes UTF-8 and returns its length, or -1 when it exceeds `capacity`.
   * @param {number} pointer
   * @param {string} text
   * @param {number} capacity
   * @returns {number}
   */
  writeText(pointer, text, capacity) {
    this.check(pointer, capacity);
    return encodeTextInto(text, this.bytes, pointer, pointer + capacity);
  }

  /** @returns {number} the u32 at `pointer` */
  readU32(pointer) {
    this.check(pointer, 4);
    return this.content.words.getUint32(pointer, true);
  }

  writeU32(pointer, number) {
    this.check(pointer, 4);
    this.content.words.setUint32(pointer, number, true);
  }
}
