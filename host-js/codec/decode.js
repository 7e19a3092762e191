/**
 * Bytes to JavaScript values.
 *
 * Invariant: no length is trusted. A value is read inside a frame, the input or the part that a table claims, and
 * nothing outside it is looked at; abi/README.md says which byte an error names.
 */

import {
  TAG_BIG_INTEGER, TAG_BOOLEAN, TAG_EXTERNAL, TAG_FLOAT, TAG_FUNCTION, TAG_INTEGER, TAG_LIBRARY, TAG_NIL, TAG_STRING,
  TAG_TABLE, VALUE_DEPTH,
} from '../abi.js';
import { DecodeError } from '../errors.js';
import { decodeText } from '../text.js';
import {
  CuBigInteger, CuFloat, ExternalTable, isNotANumber, LibraryFunction, LuaFunction,
} from '../values.js';

const TWO_32 = 4294967296;
const TABLE_HEAD_BYTES = 4;
const FUNCTION_ID_BYTES = 4;
const LEAST_PAIR_BYTES = 2;

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);

/**
 * Decodes one value, which must be all of `bytes`.
 * @param {Uint8Array} bytes
 * @param {{ exact?: boolean }} [options]
 */
export function decode(bytes, options) {
  const decoder = new Decoder(options).open(bytes, 0, bytes.length);
  const value = decoder.value();
  if (decoder.more()) throw new DecodeError('bytes after the value', decoder.at);
  return value;
}

/**
 * Decodes values that follow one another to the end of `bytes`.
 * @param {Uint8Array} bytes
 * @param {{ exact?: boolean }} [options]
 * @returns {unknown[]}
 */
export function decodeAll(bytes, options) {
  return new Decoder(options).open(bytes, 0, bytes.length).values();
}

/** Reads values; made once and opened for each response. */
export class Decoder {
  /** @param {{ exact?: boolean }} [options] */
  constructor(options) {
    this.exact = Boolean(options && options.exact);
    this.bytes = undefined;
    this.start = 0;
    this.at = 0;
    this.end = 0;
    this.depth = 0;
  }

  /** Prepares to read `bytes[start..end]`; errors count from `start`. */
  open(bytes, start, end) {
    this.bytes = bytes;
    this.start = start;
    this.at = start;
    this.end = end;
    this.depth = 0;
    return this;
  }

  more() {
    return this.at < this.end;
  }

  values() {
    // It need not grow for its first value, and most have no other.
    const values = this.more() ? [this.value()] : [];
    while (this.at < this.end) values.push(this.value());
    return values;
  }

  value() {
    const at = this.at;
    this.need(1);
    this.at++;
    switch (this.bytes[at]) {
      case TAG_NIL: return null;
      case TAG_BOOLEAN: return this.bit('boolean') === 1;
      case TAG_INTEGER: return this.integer();
      case TAG_FLOAT: return this.exact ? new CuFloat(this.float()) : this.float();
      case TAG_STRING: return this.string();
      case TAG_FUNCTION: return new LuaFunction(this.functionId());
      case TAG_LIBRARY: return new LibraryFunction(this.libraryName());
      case TAG_EXTERNAL: return this.external(this.u32());
      case TAG_TABLE: return this.table(at);
      case TAG_BIG_INTEGER: return this.bigInteger();
      default: return this.fail(`unknown tag ${this.bytes[at]}`, at);
    }
  }

  fail(message, at) {
    throw new DecodeError(message, at - this.start);
  }

  /** Makes sure that a field of fixed size is inside the frame. */
  need(length) {
    if (this.end - this.at < length) this.fail('the bytes end inside a value', this.end);
  }

  u32() {
    this.need(4);
    const { bytes, at } = this;
    this.at = at + 4;
    return (bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24) >>> 0;
  }

  /** A length that fits the frame. */
  length(what) {
    const at = this.at;
    const length = this.u32();
    const left = this.end - this.at;
    if (length > left) this.fail(`${what} of ${length} bytes where ${left} are left`, at);
    return length;
  }

  bit(what) {
    this.need(1);
    const bit = this.bytes[this.at];
    if (bit > 1) this.fail(`${what} ${bit}`, this.at);
    this.at++;
    return bit;
  }

  integer() {
    this.need(8);
    const low = this.u32();
    const high = this.u32() | 0;
    const number = high * TWO_32 + low;
    if (Number.isSafeInteger(number)) return number;
    this.needBigInt(this.at - 8);
    return BigInt(high) * BigInt(TWO_32) + BigInt(low);
  }

  float() {
    this.need(8);
    for (let byte = 0; byte < 8; byte++) scratchBytes[byte] = this.bytes[this.at + byte];
    this.at += 8;
    return scratch.getFloat64(0, true);
  }

  string() {
    const length = this.length('string');
    const start = this.at;
    this.at += length;
    const text = decodeText(this.bytes, start, this.at);
    return text === undefined ? this.bytes.slice(start, this.at) : text;
  }

  functionId() {
    const at = this.at;
    const length = this.length('function');
    if (length !== FUNCTION_ID_BYTES) this.fail(`id of a function of ${length} bytes`, at);
    return this.u32();
  }

  needBigInt(at) {
    if (typeof BigInt === 'undefined') this.fail('this engine has no BigInt for an integer', at);
  }

  libraryName() {
    const at = this.at;
    const length = this.length('library name');
    if (length === 0) this.fail('empty library name', at);
    let name = '';
    for (; name.length < length; this.at++) {
      const byte = this.bytes[this.at];
      if (byte < 0x21 || byte > 0x7e) this.fail(`byte ${byte} in a library name`, this.at);
      name += String.fromCharCode(byte);
    }
    return name;
  }

  bigInteger() {
    const at = this.at;
    const length = this.length('big integer');
    if (length === 0) this.fail('big integer without a sign', at);
    const end = this.at + length;
    const negative = this.bit('sign') === 1;
    this.needBigInt(at);
    const digits = ['0x0'];
    for (let byte = end - 1; byte >= this.at; byte--) digits.push(this.bytes[byte].toString(16).padStart(2, '0'));
    this.at = end;
    const magnitude = BigInt(digits.join(''));
    const value = negative ? -magnitude : magnitude;
    return this.exact ? new CuBigInteger(value) : value;
  }

  /** The value for an external table. A reader of tables replaces this method. */
  external(id) {
    return new ExternalTable(id);
  }

  table(tagAt) {
    if (++this.depth > VALUE_DEPTH) this.fail(`tables nested more than ${VALUE_DEPTH} deep`, tagAt);
    const lengthAt = this.at;
    const length = this.length('table');
    if (length < TABLE_HEAD_BYTES) this.fail(`table of ${length} bytes`, lengthAt);
    const outerEnd = this.end;
    this.end = this.at + length;
    const pairs = this.u32();
    const left = this.end - this.at;
    if (pairs > left / LEAST_PAIR_BYTES) this.fail(`${pairs} pairs in ${left} bytes`, this.at - 4);
    const table = this.pairs(pairs);
    if (this.at < this.end) this.fail('bytes after the last pair of a table', lengthAt);
    this.end = outerEnd;
    this.depth--;
    return table;
  }

  /** Reads an array as long as the keys are 1, 2, 3, or an object as long as they are strings. */
  pairs(count) {
    const values = [];
    while (values.length < count) {
      const key = this.key();
      if (key !== values.length + 1) {
        return values.length === 0 && isString(key) ? this.object(count, key) : this.mixed(count, values.map((_, at) => at + 1), values, key);
      }
      values.push(this.value());
    }
    return values;
  }

  object(count, first) {
    const object = {};
    const names = [];
    let key = first;
    while (isString(key)) {
      names.push(key);
      setProperty(object, key, this.value());
      if (names.length === count) return object;
      key = this.key();
    }
    return this.mixed(count, names, names.map((name) => object[name]), key);
  }

  /** Goes on with a key that does not fit the others. */
  mixed(count, keys, values, next) {
    keys.push(next);
    values.push(this.value());
    while (keys.length < count) {
      keys.push(this.key());
      values.push(this.value());
    }
    return toArray(keys, values) || new Map(keys.map((each, index) => [each, values[index]]));
  }

  key() {
    const at = this.at;
    const key = this.value();
    if (key === null) this.fail('nil as a key', at);
    if (isNotANumber(key)) this.fail('NaN as a key', at);
    return key;
  }
}

/** Whether a key makes its table an object. */
export function isString(value) {
  return typeof value === 'string';
}

/** Gives an object a property of its own, whatever its name. */
export function setProperty(object, name, value) {
  // An assignment to this name would set the prototype.
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else object[name] = value;
}

/** An array when the keys are 1 to n in any order, else undefined. */
function toArray(keys, values) {
  const array = new Array(keys.length);
  for (let pair = 0; pair < keys.length; pair++) {
    const key = keys[pair];
    if (!(key >= 1 && key <= keys.length && Number.isInteger(key)) || key - 1 in array) return undefined;
    array[key - 1] = values[pair];
  }
  return array;
}
