/**
 * Numbers of 32 bits, least byte first, in bytes on disk.
 *
 * Invariant: a number read is unsigned; the caller has checked that its four bytes are there.
 */

export const WORD_BYTES = 4;

export function readWord(bytes, at) {
  return (bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24) >>> 0;
}

export function writeWord(bytes, at, number) {
  bytes[at] = number;
  bytes[at + 1] = number >>> 8;
  bytes[at + 2] = number >>> 16;
  bytes[at + 3] = number >>> 24;
}
