/**
 * What a function of the host answers, as bytes (abi/README.md, "Functions of the host").
 *
 * Invariant: an answer is valid until the next one, so most need no array of their own. Between two answers the module has taken the first.
 */

import { Lender, SHORT_BYTES } from '../lend.js';
import { Encoder, SPARE_BYTES } from './encode.js';

const answers = /* @__PURE__ */ new Lender();

/** @type {Encoder | undefined} */
let spare;

/**
 * Encodes the answer to a call of a function: what it is, and its values.
 * @param {number} kind
 * @param {unknown[]} values
 * @param {number} [front] bytes that the caller wants in front of it: then the answer is the caller's to keep
 * @returns {Uint8Array}
 */
export function encodeAnswer(kind, values, front = 0) {
  // As in encode.js: a getter of a value may have another instance call a function, and an encoder is not used after an error.
  const encoder = spare || new Encoder();
  spare = undefined;
  encoder.at = front;
  encoder.byte(kind);
  for (let at = 0; at < values.length; at++) encoder.value(values[at]);
  const { bytes, at: length } = encoder;
  if (bytes.length <= SPARE_BYTES) spare = encoder;
  return front === 0 && length <= SHORT_BYTES ? answers.lend(bytes, 0, length) : bytes.slice(0, length);
}
