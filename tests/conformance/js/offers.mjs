/**
 * The functions that a case offers: their answers in turn, and what they were called with.
 */

import { decodeAll, encodeAll } from '../../../host-js/codec.js';
import { Values } from '../../../host-js/values.js';
import { fromHex } from './bytes.mjs';

const EXACT = { exact: true };

export class Offers {
  constructor() {
    this.all = {};
    this.calls = [];
    /** Promises that functions returned in this step, with what settles them. */
    this.promises = [];
    this.waits = false;
  }

  get isEmpty() {
    return Object.keys(this.all).length === 0;
  }

  /** A step begins. */
  begin() {
    this.calls = [];
    this.promises = [];
  }

  /** @param {string[]} answers lines such as `results HEX`, in turn */
  add(name, mode, answers) {
    const left = answers.map((line) => line.split(' '));
    if (mode !== 'sync') this.waits = true;
    if (mode === 'async') {
      this.all[name] = async (...args) => this.promise(name, args);
    } else if (mode === 'sync' || mode === 'either') {
      this.all[name] = (...args) => {
        this.calls.push({ name, args: encodeAll(args) });
        const [kind, hex] = left.shift() || ['error', '04090000006e6f20616e73776572'];
        return kind === 'wait' ? this.promise(name, args) : answerOf(kind, fromHex(hex));
      };
    } else {
      throw new SyntaxError(`${mode} is no mode of a function`);
    }
  }

  promise(name, args) {
    return new Promise((resolve, reject) => { this.promises.push({ name, args: encodeAll(args), resolve, reject }); });
  }
}

/** Returns the results, or throws the error. */
export function answerOf(kind, bytes) {
  const values = decodeAll(bytes, EXACT);
  if (kind === 'results') return new Values(...values);
  if (kind === 'error' && values.length === 1) throw values[0];
  throw new SyntaxError(`${kind} is no answer of a function`);
}
