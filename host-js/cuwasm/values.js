/**
 * JavaScript values as the codec takes them. It refuses what has no one right form in Lua; here a form is chosen:
 *
 *   Date                              milliseconds since 1970, as a number
 *   Set                               a list of its elements, in their order
 *   ArrayBuffer, DataView,            a string of their bytes, as Uint8Array is
 *   SharedArrayBuffer, Uint8ClampedArray
 *   other typed arrays                a list of their elements
 *   Number, String, Boolean objects   their value
 *
 * Invariant: a value is encoded as it is where the codec takes it; only when it refuses one is a copy made.
 */

import { VALUE_DEPTH } from '../abi.js';
import { encode } from '../codec.js';
import { setProperty } from '../codec/decode.js';
import { EncodeError } from '../errors.js';

/** A shorter array is walked whole. */
const FEW_ELEMENTS = 1000;

/**
 * @param {unknown} value
 * @param {string} what it is, for errors
 * @returns {Uint8Array}
 */
export function encodeValue(value, what) {
  try {
    return encode(value);
  } catch (error) {
    if (!(error instanceof EncodeError)) throw error;
  }
  return encode(toLua(value, what));
}

/** A copy in which everything has a form that the codec takes; throws an EncodeError for what has none. */
export function toLua(value, what = 'value') {
  return copyOf(value, what, []);
}

function copyOf(value, path, around) {
  if (typeof value === 'symbol' || typeof value === 'function') throw new EncodeError(`a ${typeof value} has no form in Lua`, path);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return timeOf(value, path);
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return value.valueOf();
  if (isBytes(value)) return bytesOf(value);
  if (value instanceof DataView) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (ArrayBuffer.isView(value)) return Array.from(value);
  return containerOf(value, path, around);
}

function timeOf(date, path) {
  const time = date.getTime();
  if (Number.isNaN(time)) throw new EncodeError('a Date that is no time', path);
  return time;
}

function isBytes(value) {
  return value instanceof Uint8Array || value instanceof Uint8ClampedArray || value instanceof ArrayBuffer
    || typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer;
}

function bytesOf(value) {
  if (value instanceof Uint8Array) return value;
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
}

function containerOf(value, path, around) {
  if (around.includes(value)) throw new EncodeError('the value contains itself', path);
  if (around.length === VALUE_DEPTH) throw new EncodeError(`tables nest at most ${VALUE_DEPTH} deep`, path);
  around.push(value);
  const copy = filled(value, path, around);
  around.pop();
  return copy;
}

function filled(value, path, around) {
  if (value instanceof Set) return Array.from(value, (element, at) => copyOf(element, `${path}[${at}]`, around));
  if (Array.isArray(value)) {
    const copy = new Array(value.length);
    eachElement(value, (element, at) => { copy[at] = copyOf(element, `${path}[${at}]`, around); });
    return copy;
  }
  if (value instanceof Map) {
    return new Map(Array.from(value, ([key, element]) => [copyOf(key, `a key of ${path}`, around), copyOf(element, `${path}[${textOf(key)}]`, around)]));
  }
  if (!isPlain(value)) return value;
  const copy = {};
  for (const name of Object.keys(value)) setProperty(copy, name, copyOf(value[name], `${path}.${name}`, around));
  return copy;
}

/** Calls `visit(element, index)` for what is no hole: an array of mostly holes takes the time of its elements. */
export function eachElement(array, visit) {
  const names = array.length > FEW_ELEMENTS ? Object.keys(array) : undefined;
  if (names === undefined || names.length > array.length / 2) {
    array.forEach((element, at) => visit(element, at));
    return;
  }
  for (const name of names) {
    const at = Number(name);
    if (at === at >>> 0 && String(at) === name) visit(array[at], at);
  }
}

function textOf(key) {
  return typeof key === 'object' ? 'an object' : String(key);
}

/** Objects of other classes are for the codec: it knows those of values.js, and refuses the rest. */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
