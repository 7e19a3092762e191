/**
 * The only views of the module's linear memory.
 *
 * Invariant: every access is preceded by a bounds check against the memory as it is now. cu.wasm never grows its
 * memory, but a view of one that grew would be empty, so each access looks for that first.
 */

import { Lender } from './lend.js';
import { encodeTextInto } from './text.js';

export class Memory {
  constructor() {
    this.memory = undefined;
    this.view = new Uint8Array(0);
    this.keys = new Lender();
    this.values = new Lender();
  }

  /** @param {WebAssembly.Memory} memory which exists only after the imports that use it */
  attach(memory) {
    this.memory = memory;
    this.view = new Uint8Array(memory.buffer);
  }

  /** All of memory; to be asked for anew after every call into the module. */
  get bytes() {
    if (this.view.length === 0) this.view = new Uint8Array(this.memory.buffer);
    return this.view;
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

  /** A key to look at until the next one is lent. */
  lendKey(pointer, length) {
    this.check(pointer, length);
    return this.keys.lend(this.view, pointer, length);
  }

  /** A value to look at until the next one is lent. */
  lendValue(pointer, length) {
    this.check(pointer, length);
    return this.values.lend(this.view, pointer, length);
  }

  /** A copy to keep. */
  copy(pointer, length) {
    this.check(pointer, length);
    return this.view.slice(pointer, pointer + length);
  }

  /**
   * @param {number} pointer
   * @param {Uint8Array} bytes
   */
  write(pointer, bytes) {
    const length = bytes.length;
    this.check(pointer, length);
    const view = this.view;
    if (length > 32) view.set(bytes, pointer);
    else for (let at = 0; at < length; at++) view[pointer + at] = bytes[at];
  }

  /**
   * Writes UTF-8 and answers its length, or -1 when it exceeds `capacity`.
   * @param {number} pointer
   * @param {string} text
   * @param {number} capacity
   * @returns {number}
   */
  writeText(pointer, text, capacity) {
    this.check(pointer, capacity);
    return encodeTextInto(text, this.view, pointer, pointer + capacity);
  }

  /** @returns {number} the u32 at `pointer` */
  readU32(pointer) {
    this.check(pointer, 4);
    const view = this.view;
    return (view[pointer] | view[pointer + 1] << 8 | view[pointer + 2] << 16 | view[pointer + 3] << 24) >>> 0;
  }

  writeU32(pointer, number) {
    this.check(pointer, 4);
    const view = this.view;
    view[pointer] = number;
    view[pointer + 1] = number >>> 8;
    view[pointer + 2] = number >>> 16;
    view[pointer + 3] = number >>> 24;
  }
}
