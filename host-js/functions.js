/**
 * Functions that a host offers to scripts: the way of a call from the module to one of them, and back.
 *
 * Invariant: a function runs once for each call. Nothing that it throws or answers leaves this file but as bytes: a script
 * gets an error that it can catch.
 */

import {
  ABSENT, ANSWER_ERROR, ANSWER_RESULTS, CALL_SIGNATURE, FUNCTION_LIBRARY, FUNCTION_RESULTS, FUNCTION_SYNC, KEY_ANSWER, TABLE_CONTROL,
} from './abi.js';
import { encodeAnswer } from './codec/answer.js';
import { Decoder } from './codec/decode.js';
import { textOf } from './errors.js';
import { Names } from './names.js';
import { decodeText } from './text.js';

const SIGNATURE_FIRST = CALL_SIGNATURE.charCodeAt(0);

/** A call record has its version and flags behind the signature, and the length of the name. */
const NAME_LENGTH_AT = CALL_SIGNATURE.length + 2;

/** Several results of a function; any other answer is one. */
export class Values {
  constructor(...values) {
    this.values = values;
  }
}

export class Functions {
  /**
   * @param {object} functions by name; an object stands for functions with its name and a dot in front
   * @param {{ exact?: boolean }} options
   */
  constructor(functions, options) {
    /** @type {Map<string, Function>} */
    this.all = new Map();
    this.add('functions', '', functions, []);
    this.decoder = new Decoder(options);
    this.names = new Names();
    /** The answer to the last call, where the module has not taken it yet. */
    this.last = undefined;
    /** What a function threw last, and the text that the script got. */
    this.thrown = undefined;
  }

  add(place, front, functions, around) {
    if (around.includes(functions)) throw new TypeError(`${place} contains itself`);
    const kind = kindOf(functions);
    if (kind !== 'object') throw new TypeError(`${place} is a ${kind}; wanted is ${front === '' ? '' : 'a function, or '}an object of functions`);
    for (const [name, value] of Object.entries(functions)) {
      const whole = front + name;
      if (typeof value === 'function') this.all.set(whole, value.bind(functions));
      else this.add(`functions.${whole}`, `${whole}.`, value, [...around, functions]);
    }
  }

  /** For the configuration. */
  get offer() {
    return Object.fromEntries(Array.from(this.all.keys(), (name) => [name, FUNCTION_SYNC]));
  }

  /** Makes the imports answer calls from the record where it lies: to copy it would take longer than to read it. */
  serve(imports) {
    const { tableGet } = imports;
    imports.tableGet = (table, key, keyLength, into, room) => (
      table === TABLE_CONTROL && imports.memory.bytes[key >>> 0] === SIGNATURE_FIRST
        ? this.answerAt(imports, key >>> 0, keyLength >>> 0, into >>> 0, room >>> 0)
        : tableGet.call(imports, table, key, keyLength, into, room)
    );
  }

  answerAt(imports, key, keyLength, into, room) {
    const { memory } = imports;
    try {
      memory.check(into, room);
      memory.check(key, keyLength);
      const answer = this.call(memory.bytes, key, key + keyLength);
      if (answer === undefined) return ABSENT;
      const { length } = answer;
      // Of an answer that is valid until the next one, a copy.
      this.last = length > room ? answer.slice() : undefined;
      if (length <= room) memory.write(into, answer);
      return length;
    } catch (error) {
      return imports.failed(error, TABLE_CONTROL);
    }
  }

  /** What table 0 has under a key: the last answer, where that did not fit; undefined for a key that is none. */
  get(key) {
    return key.length === KEY_ANSWER.length && decodeText(key, 0, key.length) === KEY_ANSWER ? this.last : undefined;
  }

  /** The answer to the record between two places; undefined for what is no function. */
  call(bytes, start, end) {
    const decoder = this.decoder.open(bytes, start + NAME_LENGTH_AT, end);
    const length = decoder.u32();
    const name = this.names.text(bytes, decoder.at, decoder.at + length);
    const args = [];
    decoder.at += length;
    while (decoder.more()) {
      // The form of the argument: a module sends values only.
      decoder.at++;
      args.push(decoder.value());
    }
    const offered = this.all.get(name);
    if (offered === undefined) return undefined;
    try {
      return answerOf(offered(...args));
    } catch (error) {
      return this.errorOf(error, name);
    }
  }

  /** An error's message, behind the name of the function; what is thrown and no error is the value that the script gets. */
  errorOf(error, name) {
    if (!(error instanceof Error)) {
      try {
        return encodeAnswer(ANSWER_ERROR, [error]);
      } catch {
        // It has no form in Lua.
      }
    }
    const text = `${FUNCTION_LIBRARY}.${name}: ${messageOf(error)}`;
    this.thrown = { text, error };
    return encodeAnswer(ANSWER_ERROR, [text]);
  }

  /** What a function threw, if that is what an error of a script says. */
  causeOf(message) {
    return this.thrown !== undefined && message.includes(this.thrown.text) ? this.thrown.error : undefined;
  }
}

/** A list or a Map would offer nothing, or by names that nobody meant. */
function kindOf(value) {
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'Map';
  return value === null ? 'null' : typeof value;
}

/** A program may make an error whose message is no text, or cannot be read. */
function messageOf(error) {
  try {
    return String(textOf(error));
  } catch {
    return 'an error without a message';
  }
}

function answerOf(result) {
  if (result === undefined) return encodeAnswer(ANSWER_RESULTS, []);
  if (!(result instanceof Values)) {
    if (result !== null && typeof result.then === 'function') throw new TypeError('it answered a promise, for which a script cannot wait');
    return encodeAnswer(ANSWER_RESULTS, [result]);
  }
  const { values } = result;
  if (values.length > FUNCTION_RESULTS) throw new RangeError(`it answered ${values.length} values; ${FUNCTION_RESULTS} are the most`);
  return encodeAnswer(ANSWER_RESULTS, values);
}
