/**
 * Long strings that the module has compressed. They lie in a store only, never in a response.
 *
 *   value   tag 0x08 | original length u32 | length u32 | raw deflate of: tag 0x04 | length u32 | bytes
 *
 * Invariant: the expanded value is a string. A compressed value inside a compressed value is refused.
 */

import { TAG_COMPRESSED, TAG_STRING } from '../abi.js';
import { DecodeError } from '../errors.js';
import { inflate } from './inflate.js';

const HEAD_BYTES = 9;
const STRING_HEAD_BYTES = 5;

/**
 * The bytes of a stored value, expanded where they are compressed.
 * @param {Uint8Array} bytes
 * @returns {Uint8Array}
 */
export function expand(bytes) {
  if (bytes[0] !== TAG_COMPRESSED) return bytes;
  if (bytes.length < HEAD_BYTES) throw new DecodeError('the bytes end inside a value', bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
  const left = bytes.length - HEAD_BYTES;
  const length = view.getUint32(5, true);
  if (length !== left) throw new DecodeError(`compressed value of ${length} bytes where ${left} are left`, 5);
  const original = inflate(bytes, view.getUint32(1, true), HEAD_BYTES);
  if (!isString(original)) throw new DecodeError('a compressed value that is no string', HEAD_BYTES);
  return original;
}

function isString(bytes) {
  if (bytes.length < STRING_HEAD_BYTES || bytes[0] !== TAG_STRING) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset, STRING_HEAD_BYTES).getUint32(1, true);
  return length === bytes.length - STRING_HEAD_BYTES;
}
