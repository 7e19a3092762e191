/**
 * SHA-256 (FIPS 180-4). Engines have it only as a promise, and pages only where they came over HTTPS.
 *
 * Invariant: the bytes are not changed.
 */

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;
const ROUNDS = 64;
const WORD = 2 ** 32;

/** The first 32 bits of the fractional parts of a root of the first primes. */
function primeRoots(count, root) {
  const found = [];
  for (let number = 2; found.length < count; number++) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= number; divisor++) isPrime = isPrime && number % divisor !== 0;
    if (isPrime) found.push(root(number) % 1 * WORD | 0);
  }
  return found;
}

const START = primeRoots(8, Math.sqrt);
const CONSTANTS = primeRoots(ROUNDS, Math.cbrt);

const turned = (word, bits) => word >>> bits | word << 32 - bits;

/**
 * @param {Uint8Array} bytes
 * @returns {Uint8Array} 32 bytes
 */
export function sha256(bytes) {
  const state = Int32Array.from(START);
  const words = new Int32Array(ROUNDS);
  const whole = bytes.length - bytes.length % BLOCK_BYTES;
  for (let at = 0; at < whole; at += BLOCK_BYTES) mix(state, words, bytes, at);
  const rest = bytes.length - whole;
  const last = new Uint8Array(rest + 1 + LENGTH_BYTES > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES);
  last.set(bytes.subarray(whole));
  last[rest] = 0x80;
  const view = new DataView(last.buffer);
  view.setUint32(last.length - LENGTH_BYTES, Math.floor(bytes.length / (WORD / 8)));
  view.setUint32(last.length - LENGTH_BYTES / 2, bytes.length * 8 % WORD);
  for (let at = 0; at < last.length; at += BLOCK_BYTES) mix(state, words, last, at);
  const hash = new DataView(new ArrayBuffer(4 * state.length));
  state.forEach((word, place) => hash.setInt32(4 * place, word));
  return new Uint8Array(hash.buffer);
}

function mix(state, words, bytes, start) {
  for (let at = 0; at < 16; at++) {
    const byte = start + 4 * at;
    words[at] = bytes[byte] << 24 | bytes[byte + 1] << 16 | bytes[byte + 2] << 8 | bytes[byte + 3];
  }
  for (let at = 16; at < ROUNDS; at++) {
    const early = words[at - 15];
    const late = words[at - 2];
    words[at] = words[at - 16] + (turned(early, 7) ^ turned(early, 18) ^ early >>> 3)
      + words[at - 7] + (turned(late, 17) ^ turned(late, 19) ^ late >>> 10) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let round = 0; round < ROUNDS; round++) {
    const first = h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + (e & f ^ ~e & g) + CONSTANTS[round] + words[round] | 0;
    const second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + first | 0;
    d = c;
    c = b;
    b = a;
    a = first + second | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, place) => { state[place] += word; });
}
