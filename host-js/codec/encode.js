/**
 * JavaScript values to bytes.
 *
 * Invariant: encoded bytes decode to an equal value, here and in the module. A value without such an encoding is refused,
 * and the error names the path to it.
 */

import {
  CALL_ARGUMENTS, CALL_CONTENT, CALL_SIGNATURE, CALL_VALUE, CALL_VERSION, CALL_WAY, TAG_BIG_INTEGER, TAG_BOOLEAN,
  TAG_EXTERNAL, TAG_FLOAT, TAG_FUNCTION, TAG_INTEGER, TAG_LIBRARY, TAG_NIL, TAG_STRING, TAG_TABLE, VALUE_DEPTH,
} from '../abi.js';
import { EncodeError } from '../errors.js';
import { encodeTextInto } from '../text.js';
import {
  CuBigInteger, CuFloat, ExternalTable, isNotANumber, LibraryFunction, LuaFunction, Way,
} from '../values.js';

const TWO_32 = 4294967296;

const FUNCTION_ID_BYTES = 4;

// The greatest length of an array; its last index is one less.
const LENGTH_MOST = TWO_32 - 1;

// An array with this many holes, and more holes than elements, is walked by the names of its elements.
const FEW_HOLES = 100;

// Most values are shorter than the first. An encoder longer than the second is not kept for the next value.
const FIRST_BYTES = 256;
export const SPARE_BYTES = 65536;

// Up to here a loop is quicker than a call of the engine.
const SHORT_BYTES = 32;

const NAN = [0, 0, 0, 0, 0, 0, 0xf8, 0x7f];

/** @type {Encoder | undefined} */
let spare;

/** The records of calls without arguments, by their ways: most hosts call few functions, often. */
const heads = new Map();
const HEADS = 64;

/**
 * Encodes one value.
 * @param {unknown} value
 * @returns {Uint8Array}
 */
export function encode(value) {
  const encoder = take();
  encoder.value(value);
  return encoder.end();
}

/**
 * Encodes values one after another.
 * @param {unknown[]} values
 * @returns {Uint8Array}
 */
export function encodeAll(values) {
  const encoder = take();
  values.forEach((value) => encoder.value(value));
  return encoder.end();
}

/**
 * Encodes a call record (abi/README.md, "Call records").
 * @param {string | Way | Uint8Array} way or a record without arguments, to which they are added
 * @param {unknown[]} args
 * @param {boolean} [content] as the record says, where there is one
 * @returns {Uint8Array}
 */
export function encodeCall(way, args, content) {
  return take().call(way, args, content).end();
}

/** An encoder. Nobody else can use it meanwhile: a getter of a value may encode, too. One that met an error is dropped. */
export function take() {
  const encoder = spare || new Encoder();
  spare = undefined;
  return encoder;
}

export class Encoder {
  constructor() {
    this.replace(new Uint8Array(FIRST_BYTES));
    this.at = 0;
    /** Of the table that is written now. */
    this.pairs = 0;
    /** The containers around the value that is written now, and the keys that lead to it. */
    this.around = [];
    this.path = [];
  }

  get length() {
    return this.at;
  }

  /** A copy of what was written; the encoder is used again. */
  end() {
    const bytes = this.bytes.slice(0, this.at);
    this.release();
    return bytes;
  }

  release() {
    this.at = 0;
    if (this.bytes.length <= SPARE_BYTES) spare = this;
  }

  value(value) {
    switch (typeof value) {
      case 'undefined': return this.byte(TAG_NIL);
      case 'boolean': return this.boolean(value);
      case 'number': return isInteger(value) ? this.integer(value) : this.float(value);
      case 'bigint': return fits64Bits(value) ? this.longInteger(value) : this.bigInteger(value);
      case 'string':
        this.byte(TAG_STRING);
        return this.characters(value);
      case 'object': return value === null ? this.byte(TAG_NIL) : this.object(value);
      default: return this.refuse(`a ${typeof value} has no encoding`);
    }
  }

  object(value) {
    // Most are of the first two kinds.
    if (Array.isArray(value)) return this.table(value, arrayPairs);
    if (isPlainObject(value)) return this.table(value, objectPairs);
    if (value instanceof Uint8Array) return this.string(value);
    if (value instanceof Map) return this.table(value, mapPairs);
    if (value instanceof CuFloat) return this.float(value.value);
    if (value instanceof CuBigInteger) return this.bigInteger(BigInt(value.value));
    if (value instanceof LuaFunction) return this.luaFunction(value.id);
    if (value instanceof LibraryFunction) return this.library(value.name);
    if (value instanceof ExternalTable) return this.external(value.id);
    return this.refuse(`${describe(value)} has no encoding`);
  }

  refuse(message) {
    throw new EncodeError(message, pathText(this.path));
  }

  /** Makes room for `length` bytes and returns their place. */
  room(length) {
    const at = this.at;
    this.at += length;
    if (this.at > this.bytes.length) {
      const bytes = new Uint8Array(Math.max(this.at, this.bytes.length * 2));
      bytes.set(this.bytes.subarray(0, at));
      this.replace(bytes);
    }
    return at;
  }

  replace(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  call(way, args, content) {
    if (!Array.isArray(args)) throw new TypeError('the arguments of a call are an array');
    if (args.length > CALL_ARGUMENTS) this.refuse(`${args.length} arguments, where ${CALL_ARGUMENTS} are the most`);
    const head = way instanceof Uint8Array ? way : !content && heads.get(way);
    if (head) this.raw(head);
    else this.head(way, content);
    for (let index = 0; index < args.length; index++) {
      const argument = args[index];
      this.path[0] = index + 1;
      if (argument instanceof Way) {
        this.byte(CALL_WAY);
        this.way(argument.way);
      } else {
        this.byte(CALL_VALUE);
        this.value(argument);
      }
    }
    if (args.length > 0) this.path.pop();
    return this;
  }

  head(way, content) {
    for (let at = 0; at < CALL_SIGNATURE.length; at++) this.byte(CALL_SIGNATURE.charCodeAt(at));
    this.byte(CALL_VERSION);
    this.byte(content ? CALL_CONTENT : 0);
    this.way(way instanceof Way ? way.way : way);
    if (heads.size === HEADS) heads.clear();
    if (!content) heads.set(way, this.bytes.slice(0, this.at));
  }

  way(way) {
    if (typeof way !== 'string' || !/^[^.]+(\.[^.]+)*$/.test(way)) this.refuse(`'${way}' is no way: names with dots between them`);
    this.characters(way);
  }

  byte(byte) {
    // Not in one expression, here and below: room() may replace the array.
    const at = this.room(1);
    this.bytes[at] = byte;
  }

  u32(number) {
    const at = this.room(4);
    this.view.setUint32(at, number, true);
  }

  boolean(value) {
    this.byte(TAG_BOOLEAN);
    this.byte(value ? 1 : 0);
  }

  integer(value) {
    this.halves(value, Math.floor(value / TWO_32));
  }

  longInteger(value) {
    this.halves(Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> BigInt(32))));
  }

  /** An integer; of the low half the last 32 bits. Most arguments are one, so there is room for all of it at once. */
  halves(low, high) {
    const at = this.room(9);
    this.bytes[at] = TAG_INTEGER;
    this.view.setUint32(at + 1, low, true);
    this.view.setUint32(at + 5, high, true);
  }

  float(value) {
    this.byte(TAG_FLOAT);
    const at = this.room(8);
    this.view.setFloat64(at, value, true);
    // The one NaN of the encoding; an engine may write another.
    if (value !== value) this.bytes.set(NAN, at);
  }

  /** A length, and a text of so many bytes. */
  characters(text) {
    const lengthAt = this.room(4);
    // No UTF-16 unit needs more than three bytes.
    const at = this.room(text.length * 3);
    const length = encodeTextInto(text, this.bytes, at, this.at);
    this.at = at + length;
    this.view.setUint32(lengthAt, length, true);
  }

  string(bytes) {
    this.byte(TAG_STRING);
    this.u32(bytes.length);
    this.raw(bytes);
  }

  raw(bytes) {
    const { length } = bytes;
    const at = this.room(length);
    const { bytes: all } = this;
    if (length > SHORT_BYTES) all.set(bytes, at);
    else for (let index = 0; index < length; index++) all[at + index] = bytes[index];
  }

  library(name) {
    if (!/^[\x21-\x7e]+$/.test(name)) this.refuse(`'${name}' is not the name of a library function`);
    this.byte(TAG_LIBRARY);
    this.characters(name);
  }

  luaFunction(id) {
    if (id !== id >>> 0) this.refuse(`${id} is not the id of a function`);
    this.byte(TAG_FUNCTION);
    this.u32(FUNCTION_ID_BYTES);
    this.u32(id);
  }

  external(id) {
    if (id !== id >>> 0) this.refuse(`${id} is not the id of a table`);
    this.byte(TAG_EXTERNAL);
    this.u32(id);
  }

  bigInteger(value) {
    const negative = value < 0;
    const digits = (negative ? -value : value).toString(16);
    // Zero has no magnitude.
    const length = digits === '0' ? 0 : Math.ceil(digits.length / 2);
    this.byte(TAG_BIG_INTEGER);
    this.u32(length + 1);
    this.byte(negative ? 1 : 0);
    for (let end = digits.length; end > digits.length - 2 * length; end -= 2) this.byte(parseInt(digits.slice(Math.max(end - 2, 0), end), 16));
  }

  /** Writes a table, whose pairs `writePairs` writes. */
  table(container, writePairs) {
    if (this.around.includes(container)) this.refuse('the value contains itself');
    if (this.around.length === VALUE_DEPTH) this.refuse(`tables nest at most ${VALUE_DEPTH} deep`);
    this.around.push(container);
    this.byte(TAG_TABLE);
    const lengthAt = this.room(4);
    const pairsAt = this.room(4);
    const pairsOutside = this.pairs;
    this.pairs = 0;
    writePairs(this, container);
    this.view.setUint32(lengthAt, this.at - pairsAt, true);
    this.view.setUint32(pairsAt, this.pairs, true);
    this.pairs = pairsOutside;
    this.around.pop();
  }

  /** A pair whose value is nil is absent, as in Lua. */
  pair(key, value) {
    if (value === null || value === undefined) return;
    this.path.push(key);
    if (key === null || key === undefined || isNotANumber(key)) this.refuse('nil and NaN are no keys');
    this.value(key);
    this.value(value);
    this.path.pop();
    this.pairs++;
  }
}

function objectPairs(encoder, object) {
  for (const key of Object.keys(object)) encoder.pair(key, object[key]);
}

function mapPairs(encoder, map) {
  map.forEach((value, key) => encoder.pair(key, value));
}

/** An array that has many holes is not walked index by index. */
function arrayPairs(encoder, array) {
  let holes = 0;
  for (let index = 0; index < array.length; index++) {
    const element = array[index];
    if (element === undefined && !(index in array)) holes++;
    encoder.pair(index + 1, element);
    // So the walk takes at most twice as many steps as there are elements.
    if (holes > FEW_HOLES && holes > index / 2) {
      pairsFrom(encoder, array, index + 1);
      return;
    }
  }
}

/** The elements whose index is `first` or above, found by their names: indices come first, in ascending order. */
function pairsFrom(encoder, array, first) {
  for (const name of Object.getOwnPropertyNames(array)) {
    const index = Number(name);
    if (index !== index >>> 0 || index === LENGTH_MOST || String(index) !== name) return;
    if (index >= first) encoder.pair(index + 1, array[index]);
  }
}

/** Whether a number is written as an integer; -0 is a float. */
function isInteger(number) {
  return Number.isSafeInteger(number) && !Object.is(number, -0);
}

function fits64Bits(value) {
  return BigInt.asIntN(64, value) === value;
}

export function isPlainObject(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value) {
  return `a ${value.constructor && value.constructor.name || 'foreign object'}`;
}

/** `value.users[3]`, with keys as a Lua programmer counts them. */
function pathText(path) {
  return path.reduce((text, key) => {
    if (typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key)) return `${text}.${key}`;
    return `${text}[${typeof key === 'string' ? JSON.stringify(key) : String(key)}]`;
  }, 'value');
}
