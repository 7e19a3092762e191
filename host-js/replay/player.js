/**
 * Plays the calls of a recording to an instance of the module, and is its host meanwhile.
 *
 * Invariant: the module gets from an import what is recorded, or nothing: a call that is another one than the recorded one stops it.
 */

import {
  IMPORT_MODULE, KEY_EVENT, MEMORY, MEMORY_STATS_BYTES, OK, RECORDING_TRAP, TABLE_CONTROL,
} from '../abi.js';
import { decode } from '../codec/decode.js';
import { textOf } from '../errors.js';
import { Memory } from '../memory.js';
import { decodeText } from '../text.js';
import { Blocks } from './blocks.js';
import { Crossing, DELETE, IMPORT_NAMES, leftBy, lengthIn, SET } from './crossing.js';
import { DivergenceError, RecordingError } from './errors.js';
import { differenceIn, endInWords, importInWords } from './words.js';

/** Stops the module where the recording ends. */
const BROKEN = new Error('the recording ends here');

export class Player {
  /** @param {(event: object) => void} [onEvent] */
  constructor(onEvent) {
    this.onEvent = onEvent;
    this.memory = new Memory();
    this.crossing = new Crossing();
    this.exports = undefined;
    this.buffer = 0;
    /** @type {Blocks} */
    this.blocks = undefined;
    /** The call that is played, and how many of its imports were. */
    this.call = undefined;
    this.played = 0;
    /** The number of the compute that is played, or was played last. */
    this.compute = 0;
    /** Why the module was stopped. */
    this.stopped = undefined;
    /** What the call changed in the store: functions that do it. */
    this.changes = [];
  }

  /** The import object of the module. */
  get object() {
    const imports = {};
    IMPORT_NAMES.forEach((name, place) => {
      imports[name] = (table, first, second, third, fourth) => this.answer(place, table, first, second, third, fourth);
    });
    return { [IMPORT_MODULE]: imports };
  }

  start({ exports }) {
    this.exports = exports;
    this.memory.attach(exports[MEMORY]);
    this.buffer = exports.get_buffer_ptr() >>> 0;
    this.blocks = new Blocks(this.buffer);
  }

  /** Plays a call; returns the bytes that it left. */
  play(call) {
    const { memory, exports } = this;
    this.call = call;
    this.played = 0;
    this.changes = [];
    if (call.name === 'compute') {
      this.compute++;
      this.place(call);
    } else if (call.name === 'get_memory_stats') {
      this.checkPlace(call, call.args[0] >>> 0, MEMORY_STATS_BYTES);
    }
    let answer;
    try {
      answer = exports[call.name](...call.args) | 0;
    } catch (cause) {
      this.ended(cause);
      return undefined;
    }
    if (call.name === 'lua_alloc') this.blocks.note(call.args, answer);
    const length = leftBy(call.name, answer, MEMORY_STATS_BYTES);
    const pointer = call.name === 'compute' ? this.buffer : call.args[0] >>> 0;
    const left = memory.copy(pointer, lengthIn(memory.bytes, pointer, length));
    this.check(answer, left);
    return left;
  }

  /** Puts the code where the recorded host had it. */
  place(call) {
    const { args: [pointer, length], code, number, offset } = call;
    // The module refuses what lies outside of memory.
    if (code.length === 0 && lengthIn(this.memory.bytes, pointer >>> 0, length >>> 0) === 0) return;
    if (code.length !== length >>> 0) throw malformed(number, offset, `${code.length} bytes of code, where ${length >>> 0} are said to be`);
    this.checkPlace(call, pointer >>> 0, code.length);
    this.memory.write(pointer >>> 0, code);
  }

  checkPlace({ number, offset }, pointer, length) {
    if (!this.blocks.has(pointer, length)) throw malformed(number, offset, `no host may place ${length} bytes at ${pointer}`);
  }

  /** Answers an import from the recording. */
  answer(place, table, first, second, third, fourth) {
    const { crossing, memory, call } = this;
    const recorded = call.imports[this.played];
    crossing.begin(memory.bytes, place, table, first, second, third, fourth);
    const { room, into } = crossing;
    const came = {
      place, table: crossing.table, room, key: memory.bytes.subarray(crossing.keyAt, crossing.keyAt + crossing.keyLength),
      value: memory.bytes.subarray(crossing.valueAt, crossing.valueAt + crossing.valueLength),
    };
    if (recorded === undefined) {
      throw this.stop(call.end === undefined ? BROKEN : this.divergence(call.end, endInWords(call.name, call.end), importInWords(came)));
    }
    const difference = differenceOf(recorded, came);
    if (difference !== undefined) throw this.stop(this.divergence(recorded, importInWords(recorded), importInWords(came), difference));
    if (recorded.wrote.length !== crossing.written(memory.bytes, recorded.answer)) {
      throw this.stop(malformed(recorded.number, recorded.offset, `${recorded.wrote.length} bytes were written for the answer ${recorded.answer}`));
    }
    this.played++;
    this.note(recorded);
    if (recorded.wrote.length > 0) memory.write(into, recorded.wrote);
    return recorded.answer;
  }

  /** Notes what an import did elsewhere. */
  note({ place, table, key, value, answer }) {
    if (table === TABLE_CONTROL) {
      if (place === SET && this.onEvent && decodeText(key, 0, key.length) === KEY_EVENT) this.report(value);
    } else if (answer === OK && place === SET) {
      this.changes.push((store) => store.set(table, key.slice(), value.slice()));
    } else if (answer === OK && place === DELETE) {
      this.changes.push((store) => store.delete(table, key.slice()));
    }
  }

  /** The module is stopped by what the handler throws. */
  report(value) {
    try {
      this.onEvent(decode(value));
    } catch (error) {
      throw this.stop(error);
    }
  }

  /** Keeps why the module is stopped, because an engine may throw something else. */
  stop(error) {
    this.stopped = { error };
    return error;
  }

  /** A call ended without a return. */
  ended(cause) {
    const { call, stopped } = this;
    if (stopped !== undefined) throw stopped.error === BROKEN ? call.broken : stopped.error;
    const recorded = call.imports[this.played];
    if (recorded !== undefined) throw this.divergence(recorded, importInWords(recorded), `a trap (${textOf(cause)})`);
    if (call.end === undefined) throw call.broken;
    if (call.end.kind !== RECORDING_TRAP) throw this.divergence(call.end, endInWords(call.name, call.end), `a trap (${textOf(cause)})`);
  }

  /** Compares the end of a call with the recorded one. */
  check(answer, left) {
    const { call } = this;
    const recorded = call.imports[this.played];
    const came = endInWords(call.name, { kind: undefined, answer, left });
    if (recorded !== undefined) throw this.divergence(recorded, importInWords(recorded), came);
    const { end } = call;
    if (end === undefined) throw call.broken;
    if (end.kind === RECORDING_TRAP) throw this.divergence(end, endInWords(call.name, end), came);
    const difference = end.answer === answer ? differenceIn('result', end.left, left) : `the answer was ${end.answer}, and ${answer} came`;
    if (difference !== undefined) throw this.divergence(end, endInWords(call.name, end), came, difference);
  }

  divergence({ number, offset }, recorded, came, difference) {
    return new DivergenceError({ entry: number, offset, compute: this.compute }, recorded, came, difference);
  }
}

function malformed(number, offset, problem) {
  return new RecordingError(`the recording, entry ${number} at byte ${offset}: ${problem}`, { reason: 'malformed', entry: number, offset });
}

function differenceOf(recorded, came) {
  for (const what of ['place', 'table', 'room']) {
    if (recorded[what] !== came[what]) return what === 'place' ? 'it is another import' : `the ${what} was ${recorded[what]}, and ${came[what]} came`;
  }
  return differenceIn('key', recorded.key, came.key) || differenceIn('value', recorded.value, came.value);
}
