/**
 * Short byte strings as a `Uint8Array` without allocating one each time.
 *
 * Invariant: an array that was lent is valid until the same lender lends again; who has it does not keep or change it.
 */

// Most keys and values are shorter. For longer ones a view costs less than a copy.
export const SHORT_BYTES = 64;

export class Lender {
  constructor() {
    this.buffers = [];
    for (let length = 0; length <= SHORT_BYTES; length++) this.buffers.push(new Uint8Array(length));
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} start
   * @param {number} length
   * @returns {Uint8Array}
   */
  lend(bytes, start, length) {
    if (length > SHORT_BYTES) return bytes.subarray(start, start + length);
    const buffer = this.buffers[length];
    for (let at = 0; at < length; at++) buffer[at] = bytes[start + at];
    return buffer;
  }
}
