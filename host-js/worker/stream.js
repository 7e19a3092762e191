/**
 * One batch of a stream, in a worker.
 *
 * Source has it as `_io.input.batch`, beside `batchIndex` and `hasMore`, and puts out `_io.output`, as with the `IoWrapper` of the earlier
 * project; a function is called with the three, and what it returns is the output.
 */

import { encodeCall } from '../codec/encode.js';
import { clearOutput, getOutput, setInput } from '../cuwasm/io.js';
import { Way } from '../values.js';

/**
 * @param {object} cu
 * @param {(source: string | Uint8Array) => unknown} compute also one that waits
 * @returns {Promise<unknown>} the output of the batch, null for none
 */
export async function computeBatch(cu, compute, program, batch, batchIndex, hasMore) {
  if (program instanceof Way) return (await compute(encodeCall(program, [batch, batchIndex, hasMore], true))).value;
  setInput(cu, { batch, batchIndex, hasMore }, { isComputed: false });
  clearOutput(cu);
  await compute(program);
  return getOutput(cu);
}
