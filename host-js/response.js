/**
 * What a compute leaves in the I/O buffer (abi/README.md, "What compute leaves in the I/O buffer").
 *
 *   response   length of the output u32 | output | values
 *   error      message | newline and traceback, where there is one
 *
 * Invariant: nothing that is returned is a view of the buffer, which the next call writes over.
 */

import { TAG_SPILLED } from './abi.js';
import { decodeAll } from './codec/decode.js';
import { CuError } from './errors.js';
import { decodeLossy } from './text.js';

const NO_BYTES = new Uint8Array(0);
const OUTPUT_HEAD_BYTES = 4;

/** What separates the message of an error from its traceback. A message may quote one; the module's own comes last. */
const TRACEBACK = '\nstack traceback:\n';

/** Whether the values of a response did not fit: their mark is in their place. */
export function isSpilled(memory, pointer, length) {
  const markAt = length - 1;
  if (markAt < OUTPUT_HEAD_BYTES || memory.bytes[pointer + markAt] !== TAG_SPILLED) return false;
  return OUTPUT_HEAD_BYTES + memory.readU32(pointer) === markAt;
}

/**
 * @param {import('./memory.js').Memory} memory
 * @param {number} pointer to the buffer
 * @param {number} length of the response
 * @param {import('./codec/decode.js').Decoder} decoder
 * @param {Uint8Array | undefined} spilled the values that did not fit
 * @returns {{ values: unknown[], value: unknown, output: string, outputBytes: Uint8Array }}
 */
export function readResponse(memory, pointer, length, decoder, spilled) {
  const outputLength = memory.readU32(pointer);
  const outputStart = pointer + OUTPUT_HEAD_BYTES;
  const outputEnd = outputStart + outputLength;
  const end = pointer + length;
  if (outputEnd > end) throw new CuError(`output of ${outputLength} bytes in a response of ${length}`);
  const { bytes } = memory;
  const values = spilled === undefined
    ? decoder.open(bytes, outputEnd, end).values()
    : decodeAll(spilled, decoder);
  return {
    values,
    value: values[0],
    output: outputLength === 0 ? '' : decodeLossy(bytes, outputStart, outputEnd),
    outputBytes: outputLength === 0 ? NO_BYTES : bytes.slice(outputStart, outputEnd),
  };
}

/** @returns {{ message: string, traceback: string }} the traceback is '' where there is none */
export function readErrorText(memory, pointer, length) {
  const text = decodeLossy(memory.bytes, pointer, pointer + length);
  const split = text.lastIndexOf(TRACEBACK);
  return split < 0
    ? { message: text, traceback: '' }
    : { message: text.slice(0, split), traceback: text.slice(split + 1) };
}
