/**
 * The channels `input`, `output` and `meta` of the table `_io`.
 *
 * Invariant: a script's output is that of the last compute. Input stays until the next `setInput` or `clearIo`; metadata of a request
 * that was computed goes when the next input is set.
 */

import { TABLE_IO } from '../abi.js';
import { decode, encode, encodeKey } from '../codec.js';
import { readValue } from '../read.js';
import { ExternalTable } from '../values.js';
import { checkObject, checkString, refuse } from './check.js';
import { INLINE_BYTES, withoutLargeParts } from './large.js';
import { encodeValue, toLua } from './values.js';

const INPUT = encodeKey('input');
const OUTPUT = encodeKey('output');
const META = encodeKey('meta');

/** A request begins; what the one before it left is removed. */
export function setInput(cu, data, { isComputed }) {
  put(cu, INPUT, data, 'input');
  if (!isComputed) return;
  cu.store.delete(TABLE_IO, OUTPUT);
  cu.store.delete(TABLE_IO, META);
}

export function setInputField(cu, key, value) {
  checkString('key', key);
  const bytes = encodeValue(value, `input.${key}`);
  const given = cu.store.get(TABLE_IO, INPUT);
  // Exact, so that the other fields come back as they were.
  const input = given === undefined ? null : decode(given, { exact: true });
  if (input instanceof ExternalTable) {
    cu.store.set(input.id, encodeKey(key), bytes);
    return;
  }
  const fields = fieldsOf(input);
  fields.set(key, decode(bytes, { exact: true }));
  put(cu, INPUT, fields, 'input');
}

export function setMetadata(cu, meta) {
  put(cu, META, checkObject('meta', meta), 'meta');
}

export function getMetadata(cu) {
  return take(cu, META);
}

export function getOutput(cu) {
  return take(cu, OUTPUT);
}

export function getOutputField(cu, key) {
  checkString('key', key);
  const output = take(cu, OUTPUT);
  if (output instanceof Map) return output.has(key) ? output.get(key) : null;
  const isThere = typeof output === 'object' && output !== null && Object.prototype.hasOwnProperty.call(output, key);
  // The length of an array is no field of the Lua table.
  return isThere && !Array.isArray(output) && !(output instanceof Uint8Array) ? output[key] : null;
}

/** A compute begins: what an earlier one put out is not its output. */
export function clearOutput({ store }) {
  if (store.size(TABLE_IO) > 0) store.delete(TABLE_IO, OUTPUT);
}

function put(cu, key, value, what) {
  if (value === undefined || value === null) {
    cu.store.delete(TABLE_IO, key);
    return;
  }
  let bytes = encodeValue(value, what);
  if (bytes.length > INLINE_BYTES) bytes = encode(withoutLargeParts(cu, toLua(value, what)));
  cu.store.set(TABLE_IO, key, bytes);
}

function take(cu, key) {
  const bytes = cu.store.get(TABLE_IO, key);
  return bytes === undefined ? null : readValue(cu.store, bytes);
}

function fieldsOf(input) {
  if (input === null) return new Map();
  if (input instanceof Map) return input;
  if (Array.isArray(input)) return new Map(input.map((element, at) => [at + 1, element]));
  if (Object.getPrototypeOf(input) === Object.prototype) return new Map(Object.entries(input));
  return refuse('_io.input', 'a table, or nothing, before it gets a field', input);
}
