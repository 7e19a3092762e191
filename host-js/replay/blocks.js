/**
 * Where in linear memory a host may place something: in the I/O buffer, and in blocks that `lua_alloc` handed out.
 *
 * Invariant: a replay writes nowhere else before a call, so that a recording that was changed does not write over what the module has there.
 */

import { IO_BUFFER_BYTES } from '../abi.js';

export class Blocks {
  /** @param {number} buffer address of the I/O buffer */
  constructor(buffer) {
    this.buffer = buffer;
    /** @type {Map<number, number>} lengths by addresses */
    this.all = new Map();
  }

  /** Notes a call of `lua_alloc`. */
  note([, pointer, , length], answer) {
    // When there is no room for a block to grow, it stays.
    if (answer === 0 && length !== 0) return;
    this.all.delete(pointer >>> 0);
    if (answer !== 0) this.all.set(answer >>> 0, length >>> 0);
  }

  /** Whether a host may place so many bytes there. */
  has(pointer, length) {
    if (isWithin(pointer, length, this.buffer, IO_BUFFER_BYTES)) return true;
    for (const [start, room] of this.all) if (isWithin(pointer, length, start, room)) return true;
    return false;
  }
}

const isWithin = (pointer, length, start, room) => pointer >= start && length <= room && pointer - start <= room - length;
