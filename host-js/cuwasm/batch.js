/**
 * Many operations at once: `{ type: 'set' | 'get' | 'delete', table, key, value }`.
 *
 * Invariant: operations are done in their order. All are done or none, unless `atomic` is false; then each has a result of its own.
 */

import { BATCH_OPERATIONS } from '../abi.js';
import { encode, encodeKey } from '../codec.js';
import { CuError } from '../errors.js';
import { checkBoolean, checkFunction, checkOptions, checkWhole, refuse } from './check.js';
import { nameOf, tableOf } from './tables.js';
import { toLua } from './values.js';

/** What a batch may take, if nothing else is said. */
const BATCH_MILLISECONDS = 30000;

const TYPES = ['set', 'get', 'delete'];

const LARGE_BYTES = 1048576;
const MANY_OPERATIONS = 1000;

/** Bytes of one call: the module has them twice in its memory. */
const CALL_BYTES = 262144;

/**
 * @param {import('./state.js').State} state
 * @param {object[]} operations
 * @param {{ atomic?: boolean, onProgress?: (done: number, total: number) => void, timeout?: number }} [options] timeout: milliseconds,
 *   default 30,000
 * @returns {unknown[]} what a `get` found, true for others; or `{ ok, value }` and `{ ok, error, index, key }`
 */
export function batch(state, operations, options) {
  const { atomic = true, onProgress, timeout = BATCH_MILLISECONDS } = checkOptions('batchTableOperations', options, ['atomic', 'onProgress', 'timeout']);
  checkBoolean('atomic', atomic);
  if (onProgress !== undefined) checkFunction('onProgress', onProgress);
  checkWhole('timeout', timeout, 1);
  const checked = checkOperations(state.cu, operations);
  const work = { atomic, onProgress, end: Date.now() + timeout, timeout };
  if (!atomic) return run(state, checked, work);
  // Within a transaction one call is the part that is undone alone.
  if (state.transaction !== undefined) return run(state, checked, { ...work, isWhole: true });
  // One call is all or nothing by itself, if nothing is done beside it.
  const isOneCall = onProgress === undefined && [...chunksOf(checked)].length <= 1 && !tablesToSet(checked).some((name) => isMissing(state.cu, name));
  return isOneCall ? run(state, checked, work) : state.cu.transaction(() => run(state, checked, work));
}

function checkOperations(cu, operations) {
  if (!Array.isArray(operations)) refuse('operations', 'an array', operations);
  if (operations.length > BATCH_OPERATIONS) {
    throw new RangeError(`a batch has at most ${BATCH_OPERATIONS} operations, not ${operations.length}`);
  }
  return Array.from(operations, (operation, at) => checkOperation(cu, operation, `operations[${at}]`));
}

function checkOperation(cu, operation, what) {
  if (typeof operation !== 'object' || operation === null) refuse(what, 'an operation', operation);
  const { type = operation.op, table, key, value } = operation;
  if (!TYPES.includes(type)) refuse(`${what}.type`, `one of ${TYPES.join(', ')}`, type);
  const name = nameOf(cu, table, `${what}.table`);
  if (!isKey(key)) refuse(`${what}.key`, 'a string, a number, a boolean or bytes', key);
  const bytes = encodeKey(key).length;
  if (type !== 'set') return { type, name, key, bytes };
  if (value === undefined || value === null) refuse(`${what}.value`, "a value: 'delete' removes one", value);
  const converted = toLua(value, `${what}.value`);
  return { type, name, key, value: converted, bytes: bytes + encode(converted).length };
}

function isKey(key) {
  return typeof key === 'string' || typeof key === 'number' && !Number.isNaN(key) || typeof key === 'boolean' || typeof key === 'bigint'
    || key instanceof Uint8Array;
}

function run(state, operations, { atomic, onProgress, end, timeout, isWhole }) {
  makeTables(state.cu, operations);
  const results = [];
  for (const chunk of chunksOf(operations, isWhole)) {
    if (Date.now() > end) {
      if (atomic) throw new CuError(`the batch took more than ${timeout} ms; ${results.length} of ${operations.length} operations were done and undone`);
      return results.concat(operations.slice(results.length).map(({ key }, at) => (
        { ok: false, error: `the batch took more than ${timeout} ms`, index: results.length + at, key })));
    }
    const first = results.length;
    for (const result of done(state, chunk, atomic, first)) {
      if (!atomic && !result.ok) result.index += first;
      results.push(result);
    }
    if (onProgress !== undefined) onProgress(results.length, operations.length);
  }
  return results;
}

function done({ data }, chunk, atomic, first) {
  const parts = chunk.map(({ type, name, key, value }) => (type === 'set' ? [type, name, key, value] : [type, name, key]));
  try {
    return data.batch(parts, { atomic });
  } catch (error) {
    // The module counts from the first operation of the call.
    if (first > 0 && error instanceof CuError) error.message = error.message.replace(/^operation (\d+)/, (text, at) => `operation ${Number(at) + first}`);
    throw error;
  }
}

/** A table in which something is set is made, in the home, when it is not there. */
function makeTables(cu, operations) {
  for (const name of tablesToSet(operations)) tableOf(cu, name, { create: true });
}

function tablesToSet(operations) {
  return [...new Set(operations.filter(({ type, name }) => type === 'set' && typeof name === 'string').map(({ name }) => name))];
}

function isMissing(cu, name) {
  try {
    tableOf(cu, name);
    return false;
  } catch (error) {
    if (error instanceof CuError) return true;
    throw error;
  }
}

/**
 * How many operations one call has: few where they are large, so that they fit the memory of the module, and many where there are many.
 * @param {{ bytes: number }[]} operations
 */
export function optimizeBatchSize(operations) {
  const bytes = operations.reduce((sum, operation) => sum + operation.bytes, 0);
  if (bytes > LARGE_BYTES) return Math.min(50, operations.length);
  return Math.min(operations.length > MANY_OPERATIONS ? 200 : 100, operations.length);
}

function* chunksOf(operations, isWhole) {
  const most = isWhole ? operations.length : optimizeBatchSize(operations);
  let chunk = [];
  let bytes = 0;
  for (const operation of operations) {
    const isFull = chunk.length === most || !isWhole && chunk.length > 0 && bytes + operation.bytes > CALL_BYTES;
    if (isFull) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(operation);
    bytes += operation.bytes;
  }
  if (chunk.length > 0) yield chunk;
}
