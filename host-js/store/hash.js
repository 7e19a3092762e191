/**
 * The hash of a key.
 *
 * Two bytes at a time are multiplied by a number that scripts do not know, so that they cannot choose keys that collide.
 * With four at a time a change of the highest bit would not be mixed.
 *
 * Invariant: keys that differ only in the low three bits of their last byte have hashes that differ only in their low
 * three bits. Consecutive integers are such keys: their slots share a line of the processor's cache.
 */

const NEIGHBOURS = 7;

/**
 * @param {number} seed
 * @param {Uint8Array} bytes
 * @param {number} start of the key
 * @param {number} length
 * @returns {number} 32 bits, signed
 */
export function hashKey(seed, bytes, start, length) {
  if (length === 0) return seed;
  const multiplier = Math.imul(seed, 0x9e3779b1) | 1;
  const last = start + length - 1;
  let hash = seed ^ length;
  let at = start;
  for (; at + 1 < last; at += 2) {
    hash = Math.imul(hash ^ (bytes[at] << 8 | bytes[at + 1]), multiplier);
    hash ^= hash >>> 15;
  }
  const rest = bytes[last] & ~NEIGHBOURS;
  hash = Math.imul(hash ^ (at < last ? bytes[at] << 8 | rest : rest), multiplier);
  hash = Math.imul(hash ^ hash >>> 15, 0x2c1b3c6d);
  return hash ^ hash >>> 13 ^ bytes[last] & NEIGHBOURS;
}
