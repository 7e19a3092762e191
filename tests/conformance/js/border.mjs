/**
 * What crosses the border of the module while a step runs, from the recorder of host-js (abi/recording.md).
 *
 * Invariant: nothing is seen twice; a recorder without a buffer hands each entry over when it has happened.
 */

import {
  CALL_SIGNATURE, KEY_EVENT, KEY_RESULT, RECORDING_CALL, RECORDING_IMPORT, RECORDING_RETURN, RECORDING_TRAP, TABLE_CONTROL, TABLE_IO, TAG_PENDING,
  TAG_SPILLED,
} from '../../../host-js/abi.js';
import { decode } from '../../../host-js/codec.js';
import { EntryReader } from '../../../host-js/replay/reader.js';
import { DELETE, GET, KEYS, SET, SIZE } from '../../../host-js/replay/crossing.js';
import { readWord } from '../../../host-js/store/words.js';
import { decodeText, encodeText } from '../../../host-js/text.js';
import { toHex } from './bytes.mjs';

const NAMES = { [SET]: 'set', [GET]: 'get', [DELETE]: 'delete', [SIZE]: 'size', [KEYS]: 'keys' };
const DESCENDING = 2 ** 31;
const RESULT_KEY = toHex(encodeText(KEY_RESULT));

/** Exports that use the store for a step. */
const COUNTED = ['compute', 'run_gc'];

const wordOf = (bytes) => decodeText(bytes, 0, bytes.length);
const isRecord = (key) => key.length > 4 && CALL_SIGNATURE.split('').every((letter, at) => key[at] === letter.charCodeAt(0));

/** The sink of a recording. */
export class Border {
  constructor() {
    this.reader = undefined;
    /** The calls of compute and run_gc since the step began. */
    this.parts = [];
    /** That which runs. */
    this.running = undefined;
    this.isResumed = false;
  }

  write(bytes) {
    if (this.reader === undefined) {
      this.reader = new EntryReader(bytes);
    } else {
      this.reader.bytes = bytes;
      this.reader.at = 0;
    }
    for (let entry = this.reader.next(); entry !== undefined; entry = this.reader.next()) this.take(entry);
  }

  take(entry) {
    switch (entry.kind) {
      case RECORDING_CALL:
        if (!COUNTED.includes(entry.name)) return;
        this.running = new Part();
        this.parts.push(this.running);
        break;
      case RECORDING_IMPORT:
        if (this.running !== undefined) this.running.imports.push(entry);
        break;
      case RECORDING_RETURN:
        if (this.running === undefined) return;
        this.running.answer = entry.answer;
        this.running.left = entry.left;
        this.running = undefined;
        break;
      case RECORDING_TRAP:
        if (this.running !== undefined) this.running.trap = entry.words;
        this.running = undefined;
        break;
      default:
    }
  }

  begin(isResumed) {
    this.parts = [];
    this.isResumed = isResumed;
  }

  /** The call that the step is about: the last one; but behind an answer that could not be taken a host may cancel. */
  get last() {
    return this.parts[this.isResumed ? 0 : this.parts.length - 1];
  }

  /** All events of the step. */
  get events() {
    return this.parts.flatMap(({ events }) => events);
  }
}

/** One call of the module. */
class Part {
  constructor() {
    this.imports = [];
    this.answer = 0;
    this.left = undefined;
    this.trap = undefined;
  }

  get output() {
    return this.left.subarray(4, 4 + readWord(this.left, 0));
  }

  /** The bytes of all values, also of those that did not fit. */
  get values() {
    const values = this.left.subarray(4 + readWord(this.left, 0));
    if (values.length !== 1 || values[0] !== TAG_SPILLED) return values;
    const spilled = this.imports.filter(({ place, table, key }) => place === SET && table === TABLE_IO && toHex(key) === RESULT_KEY);
    return spilled[spilled.length - 1].value;
  }

  get isPending() {
    return this.left !== undefined && this.answer > 0 && this.values[0] === TAG_PENDING;
  }

  /** The calls of functions of the host for an answer: their records. */
  get records() {
    return this.imports.filter(({ place, table, key }) => place === GET && table === TABLE_CONTROL && isRecord(key)).map(({ key }) => key);
  }

  /** The events: their bytes, and what they say. */
  get events() {
    return this.imports
      .filter(({ place, table, key }) => place === SET && table === TABLE_CONTROL && wordOf(key) === KEY_EVENT)
      .map(({ value }) => ({ bytes: value, event: decode(value, { exact: true }) }));
  }

  /** What it asked of the store, as the kit writes it. */
  get uses() {
    const uses = this.imports.filter(({ table }) => table !== TABLE_CONTROL);
    const isAgain = (at) => {
      const [before, now] = [uses[at - 1], uses[at]];
      return before !== undefined && (now.place === GET || now.place === KEYS) && now.place === before.place && now.table === before.table
        && now.room > before.room && toHex(now.key) === toHex(before.key) && (before.answer > before.room || before.answer < -1);
    };
    return uses.filter((use, at) => !isAgain(at)).map(useOf);
  }
}

function useOf({ place, table, key, value }) {
  switch (place) {
    case SET: return `set ${table} ${toHex(key)} ${toHex(value)}`;
    case SIZE: return `size ${table}`;
    case KEYS: return `keys ${table} ${toHex(key.subarray(4))} ${readWord(key, 0) >= DESCENDING ? 'down' : 'up'}`;
    default: return `${NAMES[place]} ${table} ${toHex(key)}`;
  }
}
