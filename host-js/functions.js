/**
 * Functions that a host offers to scripts: the way of a call from the module to one of them, and back.
 *
 * Invariant: a function runs once for each call. Nothing that it throws or answers leaves this file but as bytes: a script
 * gets an error that it can catch.
 */

import {
  ABSENT, ANSWER_ERROR, ANSWER_LATER, ANSWER_RESULTS, CALL_SIGNATURE, FUNCTION_LIBRARY, FUNCTION_RESULTS,
  KEY_ANSWER, PENDING_ANSWER_AT, TABLE_CONTROL,
} from './abi.js';
import { encodeAnswer } from './codec/answer.js';
import { Decoder } from './codec/decode.js';
import { RateError, textOf } from './errors.js';
import { Names } from './names.js';
import { offerOf } from './offer.js';
import { isPromise } from './promise.js';
import { decodeText } from './text.js';
import { Values } from './values.js';

const LATER = Uint8Array.of(ANSWER_LATER);

const SIGNATURE_FIRST = CALL_SIGNATURE.charCodeAt(0);

/** A call record has its version and flags behind the signature, and the length of the name. */
const NAME_LENGTH_AT = CALL_SIGNATURE.length + 2;

export class Functions {
  /**
   * @param {object} functions see offer.js
   * @param {{ exact?: boolean }} options
   * @param {import('./rate.js').Rate} rate of calls
   */
  constructor(functions, options, rate) {
    this.rate = rate;
    this.all = offerOf(functions);
    this.decoder = new Decoder(options);
    this.names = new Names();
    /** The answer to the last call, where the module has not taken it yet. */
    this.last = undefined;
    /** What a function threw last, and the text that the script got. */
    this.thrown = undefined;
    /** Whether the script that runs waits for promises. */
    this.waits = false;
    /** What the last function returned that answered a promise, and its name. */
    this.promise = undefined;
  }

  /** For the configuration. */
  get offer() {
    return Object.fromEntries(Array.from(this.all, ([name, { mode }]) => [name, mode]));
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
  call(record, start, end) {
    const { name, args, offered } = this.read(record, start, end);
    if (offered === undefined) return undefined;
    try {
      const result = this.begin(offered, args);
      if (!isPromise(result)) return answerOf(result);
      // What has a 'then' and is no promise may do its work in there: it is called once.
      const promise = Promise.resolve(result);
      // Whether it is waited for or not, the program hears of what it threw in another way, or never wanted to.
      promise.then(undefined, () => {});
      if (!this.waits) throw new TypeError('it answered a promise, for which a script of compute does not wait: use run');
      this.promise = { name, promise };
      return LATER;
    } catch (error) {
      return this.errorOf(error, name);
    }
  }

  /**
   * The answer for which a compute waits: its `bytes` with room for a record's head in front, and what was `thrown`. Nothing rejects the promise.
   * @param {Uint8Array} pending with a call record
   * @param {number} start where that begins
   * @returns {Promise<{ bytes: Uint8Array, thrown: object | undefined }>}
   */
  async answer(pending, start) {
    const { promise } = this;
    this.promise = undefined;
    const { name, args, offered } = this.read(pending, start, pending.length);
    try {
      // A script may go on without a promise, where it could not wait; within a compute, all promises of a function are taken this way.
      const result = await (promise !== undefined && promise.name === name ? promise.promise : this.begin(offered, args));
      return { bytes: answerOf(result, PENDING_ANSWER_AT), thrown: undefined };
    } catch (error) {
      const bytes = this.errorOf(error, name, PENDING_ANSWER_AT);
      return { bytes, thrown: this.thrown };
    }
  }

  /** The answer in the place of one for which the module has no room. */
  tooLong(pending, start, length) {
    const { name } = this.read(pending, start, pending.length);
    return this.errorOf(new RangeError(`no memory for its answer of ${length} bytes`), name, PENDING_ANSWER_AT);
  }

  begin(offered, args) {
    const { rate } = this;
    if (!rate.take()) throw new RateError(`more than ${rate.perSecond} calls a second`, rate);
    return offered.run(...args);
  }

  /** The function of a call record, and its arguments. */
  read(bytes, start, end) {
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
    return { name, args, offered: this.all.get(name) };
  }

  /** An error's message, behind the name of the function; what is thrown and no error is the value that the script gets. */
  errorOf(error, name, front) {
    if (!(error instanceof Error)) {
      try {
        return encodeAnswer(ANSWER_ERROR, [error], front);
      } catch {
        // It has no form in Lua.
      }
    }
    const text = `${FUNCTION_LIBRARY}.${name}: ${messageOf(error)}`;
    this.thrown = { text, error };
    return encodeAnswer(ANSWER_ERROR, [text], front);
  }

  /** What a function threw, if that is what an error of a script says. */
  causeOf(message) {
    return this.thrown !== undefined && message.includes(this.thrown.text) ? this.thrown.error : undefined;
  }
}

/** A program may make an error whose message is no text, or cannot be read. */
function messageOf(error) {
  try {
    return String(textOf(error));
  } catch {
    return 'an error without a message';
  }
}

function answerOf(result, front) {
  if (result === undefined) return encodeAnswer(ANSWER_RESULTS, [], front);
  if (!(result instanceof Values)) return encodeAnswer(ANSWER_RESULTS, [result], front);
  const { values } = result;
  if (values.length > FUNCTION_RESULTS) throw new RangeError(`it answered ${values.length} values; ${FUNCTION_RESULTS} are the most`);
  return encodeAnswer(ANSWER_RESULTS, values, front);
}
