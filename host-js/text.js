/**
 * UTF-8 to strings and back.
 *
 * Invariant: a string that `decodeText` returns encodes to the same bytes again: a byte order mark stays, and bytes that
 * are not UTF-8 give undefined, not U+FFFD.
 */

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lossyDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

// Up to these lengths a loop over ASCII is faster than a call of the engine's codec.
const SHORT_TEXT = 96;
const SHORT_BYTES = 24;

/**
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} end
 * @returns {string | undefined} undefined when the bytes are not UTF-8
 */
export function decodeText(bytes, start, end) {
  const short = decodeShort(bytes, start, end);
  if (short !== undefined) return short;
  try {
    return strictDecoder.decode(bytes.subarray(start, end));
  } catch (error) {
    return undefined;
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} end
 * @returns {string} with U+FFFD for what is not UTF-8
 */
export function decodeLossy(bytes, start, end) {
  const short = decodeShort(bytes, start, end);
  return short !== undefined ? short : lossyDecoder.decode(bytes.subarray(start, end));
}

/** Short ASCII, or undefined. */
function decodeShort(bytes, start, end) {
  if (end - start > SHORT_BYTES) return undefined;
  let text = '';
  for (let at = start; at < end; at++) {
    if (bytes[at] >= 0x80) return undefined;
    text += String.fromCharCode(bytes[at]);
  }
  return text;
}

/**
 * Writes `text` to `bytes[start..end]` and returns the number of bytes, or -1 when they do not fit; part of the text may
 * then be written.
 * @param {string} text
 * @param {Uint8Array} bytes
 * @param {number} start
 * @param {number} end
 * @returns {number}
 */
export function encodeTextInto(text, bytes, start, end) {
  const length = text.length;
  if (length > end - start) return -1;
  if (length <= SHORT_TEXT) {
    let at = 0;
    for (; at < length; at++) {
      const unit = text.charCodeAt(at);
      if (unit >= 0x80) break;
      bytes[start + at] = unit;
    }
    if (at === length) return length;
  }
  if (encoder.encodeInto) {
    const { read, written } = encoder.encodeInto(text, bytes.subarray(start, end));
    return read === length ? written : -1;
  }
  const encoded = encoder.encode(text);
  if (encoded.length > end - start) return -1;
  bytes.set(encoded, start);
  return encoded.length;
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 */
export function encodeText(text) {
  return encoder.encode(text);
}
