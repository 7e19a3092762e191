/**
 * One batch of a stream, in a worker.
 *
 * Source has it as `_io.input.batch`, beside `batchIndex` and `hasMore`, and puts out `_io.output`, as with the `IoWrapper` of the earlier
 * project; a function is called with the three, and what it returns is the output.
 */

import { clearOutput, getOutput, setInput } from '../cuwasm/io.js';
import { Way } from '../values.js';

/** @returns {unknown} the output of the batch, null for none */
export function computeBatch(cu, program, batch, batchIndex, hasMore, config) {
  if (program instanceof Way) return cu.call(program, [batch, batchIndex, hasMore], { ...config, content: true }).value;
  setInput(cu, { batch, batchIndex, hasMore }, { isComputed: false });
  clearOutput(cu);
  cu.compute(program, config);
  return getOutput(cu);
}
