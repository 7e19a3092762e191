/**
 * Expands raw deflate (RFC 1951).
 *
 * Invariant: nothing outside the input is read, and nothing beyond the given length is written. Each step reads a bit or
 * writes a byte, so every input ends. Anything but one whole stream of exactly that length is a DecodeError.
 *
 *   stream   blocks, the last of which says so; each begins with 3 bits: last, kind (2)
 *   kind 0   to the next byte | length u16 | its complement u16 | bytes
 *   kind 1   symbols in the fixed codes
 *   kind 2   two codes, themselves coded | symbols in those codes
 *   symbol   0 to 255 a byte | 256 the end of the block | above: a length, then a distance to copy from
 */

import { DecodeError } from '../errors.js';

const MOST_BITS = 15;
const END_OF_BLOCK = 256;
const MOST_LITERALS = 286;
const MOST_DISTANCES = 30;

/** No stream expands more: 258 bytes for two bits. */
const BEST_RATIO = 1032;

/** The module's arena is smaller, so no string of it is longer. */
const MOST_BYTES = 2 ** 31;

// The meaning of symbols from 257 on, and of those of distances: the table of RFC 1951, 3.2.5.
const LENGTHS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const DISTANCE_BITS = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];

// The order in which lengths of the code for code lengths come.
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** @type {{ literals: Code, distances: Code } | undefined} */
let fixed;

/**
 * @param {Uint8Array} bytes one deflate stream from `start` on, and nothing after it
 * @param {number} length of the expanded bytes
 * @param {number} [start]
 * @returns {Uint8Array}
 */
export function inflate(bytes, length, start = 0) {
  const left = bytes.length - start;
  if (length > MOST_BYTES || length > left * BEST_RATIO) {
    throw new DecodeError(`${left} bytes do not inflate to ${length}`, start);
  }
  const stream = new Stream(bytes, start, length);
  while (!stream.block());
  if (stream.written < length) stream.fail(`the stream ends after ${stream.written} of ${length} bytes`);
  if (stream.at < bytes.length) stream.fail('bytes after the stream');
  return stream.output;
}

class Stream {
  constructor(bytes, start, length) {
    this.bytes = bytes;
    this.at = start;
    /** Bits that were read and not used, the next one lowest. */
    this.held = 0;
    this.heldCount = 0;
    this.output = new Uint8Array(length);
    this.written = 0;
  }

  fail(message) {
    throw new DecodeError(`inflating: ${message}`, this.at);
  }

  /** Reads one block and returns whether it is the last. */
  block() {
    const last = this.bits(1);
    switch (this.bits(2)) {
      case 0: this.stored(); break;
      case 1: this.symbols(fixed || (fixed = fixedCodes())); break;
      case 2: this.symbols(this.codes()); break;
      default: this.fail('unknown kind of block');
    }
    return last === 1;
  }

  /** The next `count` bits, at most 13. */
  bits(count) {
    while (this.heldCount < count) {
      if (this.at === this.bytes.length) this.fail('the stream is cut off');
      this.held |= this.bytes[this.at++] << this.heldCount;
      this.heldCount += 8;
    }
    const value = this.held & (1 << count) - 1;
    this.held >>>= count;
    this.heldCount -= count;
    return value;
  }

  stored() {
    const { bytes } = this;
    // The bits that are left are the rest of one byte.
    this.held = 0;
    this.heldCount = 0;
    const start = this.at + 4;
    if (start > bytes.length) this.fail('the stream is cut off');
    const length = bytes[start - 4] | bytes[start - 3] << 8;
    if ((length ^ 0xffff) !== (bytes[start - 2] | bytes[start - 1] << 8)) this.fail('a stored length is damaged');
    if (length > bytes.length - start) this.fail('the stream is cut off');
    this.need(length);
    this.output.set(bytes.subarray(start, start + length), this.written);
    this.written += length;
    this.at = start + length;
  }

  need(length) {
    if (length > this.output.length - this.written) this.fail(`more than the stated ${this.output.length} bytes`);
  }

  symbols({ literals, distances }) {
    const { output } = this;
    for (;;) {
      const symbol = literals.next(this);
      if (symbol === END_OF_BLOCK) return;
      if (symbol < END_OF_BLOCK) {
        this.need(1);
        output[this.written++] = symbol;
      } else this.copy(symbol - END_OF_BLOCK - 1, distances);
    }
  }

  copy(symbol, distances) {
    if (symbol >= LENGTHS.length) this.fail('unknown length');
    const length = LENGTHS[symbol] + this.bits(LENGTH_BITS[symbol]);
    const far = distances.next(this);
    if (far >= DISTANCES.length) this.fail('unknown distance');
    const distance = DISTANCES[far] + this.bits(DISTANCE_BITS[far]);
    if (distance > this.written) this.fail(`a distance of ${distance} after ${this.written} bytes`);
    this.need(length);
    const { output, written } = this;
    // One at a time: the copy may overlap itself.
    for (let at = written; at < written + length; at++) output[at] = output[at - distance];
    this.written += length;
  }

  /** The two codes at the head of a block of kind 2. */
  codes() {
    const literals = this.bits(5) + 257;
    const distances = this.bits(5) + 1;
    const orders = this.bits(4) + 4;
    if (literals > MOST_LITERALS || distances > MOST_DISTANCES) this.fail('too many symbols in a code');
    const orderLengths = new Uint8Array(CODE_ORDER.length);
    for (let order = 0; order < orders; order++) orderLengths[CODE_ORDER[order]] = this.bits(3);
    const code = new Code(orderLengths);
    if (code.left !== 0) this.fail('a code is not complete');
    const lengths = this.codeLengths(code, literals + distances);
    if (lengths[END_OF_BLOCK] === 0) this.fail('a block without an end');
    return {
      literals: this.checked(new Code(lengths.subarray(0, literals))),
      distances: this.checked(new Code(lengths.subarray(literals))),
    };
  }

  /** Symbols 0 to 15 are lengths, those above repeat the last one, or zero. */
  codeLengths(code, count) {
    const lengths = new Uint8Array(count);
    let at = 0;
    while (at < count) {
      const symbol = code.next(this);
      if (symbol < 16) {
        lengths[at++] = symbol;
        continue;
      }
      if (symbol === 16 && at === 0) this.fail('nothing to repeat');
      const repeated = symbol === 16 ? lengths[at - 1] : 0;
      const times = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
      if (times > count - at) this.fail('more code lengths than symbols');
      lengths.fill(repeated, at, at + times);
      at += times;
    }
    return lengths;
  }

  /** A code is complete, or has no symbol, or one of one bit. */
  checked(code) {
    const isShort = code.used === 0 || code.used === 1 && code.counts[1] === 1;
    if (code.left < 0 || code.left > 0 && !isShort) this.fail('a code is not complete');
    return code;
  }
}

/** A canonical Huffman code: shorter words come first, and words of one length in the order of their symbols. */
class Code {
  /** @param {Uint8Array} lengths of each symbol's word, 0 for a symbol that does not occur */
  constructor(lengths) {
    /** Number of words of each length. */
    this.counts = new Uint16Array(MOST_BITS + 1);
    for (let symbol = 0; symbol < lengths.length; symbol++) this.counts[lengths[symbol]]++;
    this.counts[0] = 0;
    /** Words of the greatest length that are still free; below zero when there are more words than room. */
    this.left = 1;
    this.used = 0;
    const starts = new Uint16Array(MOST_BITS + 1);
    for (let length = 1; length <= MOST_BITS; length++) {
      this.left = this.left * 2 - this.counts[length];
      starts[length] = this.used;
      this.used += this.counts[length];
    }
    this.symbols = new Uint16Array(this.used);
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] > 0) this.symbols[starts[lengths[symbol]]++] = symbol;
    }
  }

  /** Reads the next symbol: word after word of one length is a range of numbers. */
  next(stream) {
    let word = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MOST_BITS; length++) {
      word |= stream.bits(1);
      const count = this.counts[length];
      if (word - first < count) return this.symbols[index + word - first];
      index += count;
      first = first + count << 1;
      word <<= 1;
    }
    return stream.fail('no symbol has these bits');
  }
}

function fixedCodes() {
  const literals = new Uint8Array(288);
  literals.fill(8, 0, 144);
  literals.fill(9, 144, 256);
  literals.fill(7, 256, 280);
  literals.fill(8, 280);
  return { literals: new Code(literals), distances: new Code(new Uint8Array(30).fill(5)) };
}
