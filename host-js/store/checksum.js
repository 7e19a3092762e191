/**
 * CRC-32 as in zip and PNG (polynomial 0xEDB88320, reflected).
 *
 * Invariant: `checksum(b, checksum(a))` is the checksum of a followed by b.
 */

const table = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? remainder >>> 1 ^ 0xedb88320 : remainder >>> 1;
  table[byte] = remainder;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} end
 * @param {number} [before] the checksum of what comes before
 * @returns {number} unsigned
 */
export function checksum(bytes, start, end, before = 0) {
  let remainder = ~before;
  for (let at = start; at < end; at++) remainder = table[(remainder ^ bytes[at]) & 0xff] ^ remainder >>> 8;
  return ~remainder >>> 0;
}
