/**
 * Patterns over `_io`: one request, a stream of batches, a call of a Lua function.
 *
 * Invariant: from setting the input to reading the output nothing else runs, so requests that are made at once do not mix.
 */

import { batches, iterable } from '../batches.js';
import { checkBoolean, checkObject, checkOptions, checkString, checkWhole, refuse } from './check.js';
import { Managed } from './managed.js';

const BATCH_ITEMS = 100;

/** Names with dots between them: nothing else of a method becomes code. */
const METHOD = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

const CALL = `
  local at = _G
  for name in _io.input.method:gmatch('[^.]+') do
    if type(at) ~= 'table' and type(at) ~= 'userdata' then at = nil break end
    at = at[name]
  end
  if at == nil then error('there is no function ' .. _io.input.method, 0) end
  local result = at(_io.input.params)
  _io.output = result
  return result`;

/** The first request loads the instance, if it is not. */
export class IoWrapper extends Managed {
  /**
   * @param {string} code
   * @param {unknown} [inputData] becomes `_io.input`
   * @param {{ clearBefore?: boolean, metadata?: object }} [options] clearBefore: default true
   * @returns {Promise<{ returnValue: unknown, output: unknown, metadata: object }>}
   */
  async computeWithIo(code, inputData, options) {
    const { clearBefore = true, metadata } = checkOptions('computeWithIo', options, ['clearBefore', 'metadata']);
    checkString('code', code);
    checkBoolean('clearBefore', clearBefore);
    if (metadata !== undefined) checkObject('metadata', metadata);
    const { cu } = this;
    if (!cu.isLoaded) await cu.load();
    if (clearBefore) cu.clearIo();
    if (inputData !== undefined && inputData !== null) cu.setInput(inputData);
    if (metadata !== undefined) cu.setMetadata(metadata);
    const answer = cu.compute(code);
    const output = cu.getOutput();
    const meta = cu.getMetadata();
    return { returnValue: await answer, output, metadata: meta === null ? {} : meta };
  }

  /**
   * Runs the code once for each batch, which it has as `_io.input.batch`, beside `batchIndex` and `hasMore`.
   * @param {string} code
   * @param {Iterable<unknown> | AsyncIterable<unknown>} dataStream
   * @param {{ batchSize?: number }} [options] items of a batch, default 100
   * @returns {Promise<unknown[]>} the output of each batch
   */
  async processStream(code, dataStream, options) {
    const { batchSize = BATCH_ITEMS } = checkOptions('processStream', options, ['batchSize']);
    checkWhole('batchSize', batchSize, 1);
    const source = iterable(dataStream) || refuse('dataStream', 'an array, an iterable or a ReadableStream', dataStream);
    const outputs = [];
    let before;
    for await (const batch of batches(source, batchSize)) {
      if (before !== undefined) outputs.push(await this.outputOf(code, before, outputs.length, true));
      before = batch;
    }
    if (before !== undefined) outputs.push(await this.outputOf(code, before, outputs.length, false));
    return outputs;
  }

  async outputOf(code, batch, batchIndex, hasMore) {
    const { output } = await this.computeWithIo(code, { batch, batchIndex, hasMore });
    return output;
  }

  /**
   * Calls a Lua function with one argument; what it returns is `returnValue` and `output`.
   * @param {string} method such as 'calculateStats' or '_home.stats.total'
   * @param {unknown} [params]
   */
  async request(method, params = {}) {
    checkString('method', method);
    if (!METHOD.test(method)) refuse('method', 'the name of a Lua function, such as _home.stats.total', method);
    return this.computeWithIo(CALL, { method, params });
  }
}
