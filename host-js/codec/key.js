/**
 * Keys as bytes whose order is the order of the values: one element of the FoundationDB tuple layer.
 *
 * Invariant: every key has exactly one encoding, and decoding accepts no other bytes.
 *
 *   string     01, bytes with 00 written as 00 FF, 00
 *   integer    14 + n, n bytes most significant first, n as small as can be; 14 alone is 0
 *              14 - n, n bytes: the number minus one in two's complement, for a negative number
 *   float      21, 8 bytes most significant first: sign bit flipped, or all bits of a negative number
 *   boolean    26 false, 27 true
 *
 * A float with an integral value is that integer, as in Lua.
 */

import { KEY_BYTES } from '../abi.js';
import { DecodeError, EncodeError } from '../errors.js';
import { decodeText, encodeText } from '../text.js';
import { CuFloat } from '../values.js';

const STRING = 0x01;
const ZERO = 0x14;
const DOUBLE = 0x21;
const FALSE = 0x26;
const TRUE = 0x27;

const ESCAPE = 0xff;
const WORD_BYTES = 8;
const SIGN = 0x80;

const TWO_32 = 4294967296;
const TWO_63 = TWO_32 * TWO_32 / 2;

const scratch = new DataView(new ArrayBuffer(WORD_BYTES));

/**
 * Decodes a key, which must be all of `bytes`.
 * @param {Uint8Array} bytes
 * @param {{ exact?: boolean }} [options]
 * @returns {boolean | number | bigint | string | Uint8Array | CuFloat}
 */
export function decodeKey(bytes, options) {
  const tag = bytes[0];
  if (bytes.length > KEY_BYTES) throw new DecodeError(`key of ${bytes.length} bytes; ${KEY_BYTES} are the most`, 0);
  if (tag === STRING) return decodeString(bytes);
  if (tag >= ZERO - WORD_BYTES && tag <= ZERO + WORD_BYTES) return decodeInteger(bytes);
  if (tag === DOUBLE) {
    const value = decodeFloat(bytes);
    return options && options.exact ? new CuFloat(value) : value;
  }
  if (tag !== FALSE && tag !== TRUE) throw new DecodeError('no key begins like this', 0);
  needLength(bytes, 1);
  return tag === TRUE;
}

function needLength(bytes, length) {
  if (bytes.length !== length) {
    throw new DecodeError(`key of ${bytes.length} bytes instead of ${length}`, Math.min(bytes.length, length));
  }
}

function decodeString(bytes) {
  const end = bytes.length - 1;
  if (end < 1 || bytes[end] !== 0) throw new DecodeError('a string as a key without an end', bytes.length);
  const content = bytes.slice(1, end);
  let length = 0;
  for (let at = 1; at < end; at++) {
    content[length++] = bytes[at];
    if (bytes[at] !== 0) continue;
    at++;
    if (at === end || bytes[at] !== ESCAPE) throw new DecodeError('a string as a key ends early', at);
  }
  const text = decodeText(content, 0, length);
  return text === undefined ? content.slice(0, length) : text;
}

function decodeInteger(bytes) {
  const count = Math.abs(bytes[0] - ZERO);
  needLength(bytes, 1 + count);
  const negative = bytes[0] < ZERO;
  for (let at = 0; at < WORD_BYTES; at++) {
    const from = at - WORD_BYTES + count;
    scratch.setUint8(at, from >= 0 ? bytes[1 + from] : negative ? 0xff : 0);
  }
  let high = scratch.getInt32(0);
  let low = scratch.getUint32(4);
  if (negative) {
    // Plus one, as 64 bits: a number would round.
    low = low + 1 >>> 0;
    if (low === 0) high = high + 1 | 0;
  }
  if (high < 0 !== negative || magnitudeBytes(high, low) !== count) {
    throw new DecodeError('an integer as a key that is not as short as can be', 0);
  }
  const number = high * TWO_32 + low;
  if (Number.isSafeInteger(number)) return number;
  if (typeof BigInt === 'undefined') throw new DecodeError('this engine has no BigInt for an integer', 0);
  return BigInt(high) * BigInt(TWO_32) + BigInt(low);
}

/** Bytes that the absolute value of a 64-bit integer takes. */
function magnitudeBytes(high, low) {
  if (high < 0) {
    low = -low >>> 0;
    high = (low === 0 ? -high : ~high) >>> 0;
  }
  const bits = high !== 0 ? 64 - Math.clz32(high) : 32 - Math.clz32(low);
  return Math.ceil(bits / 8);
}

function decodeFloat(bytes) {
  needLength(bytes, 1 + WORD_BYTES);
  const flip = (bytes[1] & SIGN) !== 0 ? 0 : 0xff;
  for (let at = 0; at < WORD_BYTES; at++) scratch.setUint8(at, bytes[1 + at] ^ flip);
  if (flip === 0) scratch.setUint8(0, scratch.getUint8(0) ^ SIGN);
  const value = scratch.getFloat64(0);
  if (value !== value || isIntegral(value)) throw new DecodeError(`the float ${value} as a key`, 0);
  return value;
}

/** Whether a float equals an integer of 64 bits. */
function isIntegral(value) {
  return Number.isInteger(value) && value >= -TWO_63 && value < TWO_63;
}

/**
 * Encodes a key: a boolean, a number other than NaN, a BigInt of 64 bits, a string, or the bytes of one.
 * @param {unknown} key
 * @returns {Uint8Array}
 */
export function encodeKey(key) {
  const value = key instanceof CuFloat ? key.value : key;
  const bytes = keyBytes(value);
  if (bytes === undefined) throw new EncodeError('no table has such a key', 'key');
  if (bytes.length > KEY_BYTES) throw new EncodeError(`${bytes.length} bytes; ${KEY_BYTES} are the most`, 'key');
  return bytes;
}

function keyBytes(value) {
  switch (typeof value) {
    case 'boolean': return Uint8Array.of(value ? TRUE : FALSE);
    case 'number':
      if (value !== value) return undefined;
      return isIntegral(value) ? encodeNumber(value) : encodeFloat(value);
    case 'bigint':
      return BigInt.asIntN(64, value) === value
        ? encodeInteger(Number(value >> BigInt(32)), Number(BigInt.asUintN(32, value)))
        : undefined;
    case 'string': return encodeString(encodeText(value));
    default: return value instanceof Uint8Array ? encodeString(value) : undefined;
  }
}

/** A number that is an integer of 64 bits. A division by a power of two is exact, and so is the rest. */
function encodeNumber(value) {
  const high = Math.floor(value / TWO_32);
  return encodeInteger(high, value - high * TWO_32);
}

function encodeInteger(high, low) {
  const count = magnitudeBytes(high, low);
  const negative = high < 0;
  scratch.setInt32(0, negative && low === 0 ? high - 1 : high);
  scratch.setUint32(4, negative ? low - 1 : low);
  const bytes = new Uint8Array(1 + count);
  bytes[0] = negative ? ZERO - count : ZERO + count;
  for (let at = 0; at < count; at++) bytes[1 + at] = scratch.getUint8(WORD_BYTES - count + at);
  return bytes;
}

function encodeFloat(value) {
  scratch.setFloat64(0, value);
  const flip = (scratch.getUint8(0) & SIGN) !== 0 ? 0xff : 0;
  const bytes = new Uint8Array(1 + WORD_BYTES);
  bytes[0] = DOUBLE;
  for (let at = 0; at < WORD_BYTES; at++) bytes[1 + at] = scratch.getUint8(at) ^ flip;
  if (flip === 0) bytes[1] ^= SIGN;
  return bytes;
}

function encodeString(content) {
  let zeros = 0;
  for (let at = 0; at < content.length; at++) if (content[at] === 0) zeros++;
  const bytes = new Uint8Array(content.length + zeros + 2);
  bytes[0] = STRING;
  let end = 1;
  for (let at = 0; at < content.length; at++) {
    bytes[end++] = content[at];
    if (content[at] === 0) bytes[end++] = ESCAPE;
  }
  return bytes;
}
