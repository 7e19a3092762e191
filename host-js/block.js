/**
 * Bytes that are copied and compared without making an object each time.
 *
 * Short parts are copied four bytes at a time through a view of words; the last four may overlap those before. A loop over
 * bytes takes four times as long, and `subarray` makes an object.
 *
 * Invariant: the caller has checked places and lengths.
 */

const WORD_BYTES = 4;

// Above this length the engine's own copy is faster, although it makes an object.
const SHORT_BYTES = 256;

export class Block {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get length() {
    return this.bytes.length;
  }
}

/** Copies between two blocks, or within one to a place that does not overlap. */
export function copy(from, start, length, into, at) {
  if (length < WORD_BYTES) {
    for (let byte = 0; byte < length; byte++) into.bytes[at + byte] = from.bytes[start + byte];
    return;
  }
  if (length > SHORT_BYTES) {
    into.bytes.set(from.bytes.subarray(start, start + length), at);
    return;
  }
  const source = from.words;
  const target = into.words;
  const last = length - WORD_BYTES;
  for (let byte = 0; byte < last; byte += WORD_BYTES) {
    target.setInt32(at + byte, source.getInt32(start + byte, true), true);
  }
  target.setInt32(at + last, source.getInt32(start + last, true), true);
}

/** Whether two parts of the same length are equal. */
export function equal(left, leftStart, right, rightStart, length) {
  if (length < WORD_BYTES) {
    for (let byte = 0; byte < length; byte++) {
      if (left.bytes[leftStart + byte] !== right.bytes[rightStart + byte]) return false;
    }
    return true;
  }
  const last = length - WORD_BYTES;
  for (let byte = 0; byte < last; byte += WORD_BYTES) {
    if (left.words.getInt32(leftStart + byte, true) !== right.words.getInt32(rightStart + byte, true)) return false;
  }
  return left.words.getInt32(leftStart + last, true) === right.words.getInt32(rightStart + last, true);
}

/** Negative, zero or positive as the left part is before, equal to or after the right one in byte order. */
export function compare(left, leftStart, leftLength, right, rightStart, rightLength) {
  const length = Math.min(leftLength, rightLength);
  let byte = 0;
  for (; byte + WORD_BYTES <= length; byte += WORD_BYTES) {
    const difference = left.words.getUint32(leftStart + byte) - right.words.getUint32(rightStart + byte);
    if (difference !== 0) return difference;
  }
  for (; byte < length; byte++) {
    const difference = left.bytes[leftStart + byte] - right.bytes[rightStart + byte];
    if (difference !== 0) return difference;
  }
  return leftLength - rightLength;
}
