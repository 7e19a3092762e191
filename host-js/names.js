/**
 * Names in bytes as texts. To make a text of the bytes, and look it up, takes an engine longer than to see that it is a name that it has had
 * before: for that its bytes are read once.
 *
 * Invariant: the answer is that of `decodeText`. What is kept does not grow, however many names there are.
 */

import { decodeText } from './text.js';

const PLACES = 64;

export class Names {
  constructor() {
    /** By a number made of their bytes: the last one that had it. */
    this.kept = new Array(PLACES).fill('');
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} start
   * @param {number} end
   * @returns {string | undefined}
   */
  text(bytes, start, end) {
    let place = 0;
    for (let at = start; at < end; at++) place = place * 31 + bytes[at] & PLACES - 1;
    const kept = this.kept[place];
    if (isText(kept, bytes, start, end)) return kept;
    const text = decodeText(bytes, start, end);
    if (text !== undefined) this.kept[place] = text;
    return text;
  }
}

/** Whether these are the bytes of a text; never where one is not ASCII. */
function isText(text, bytes, start, end) {
  if (text.length !== end - start) return false;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== text.charCodeAt(at - start) || bytes[at] >= 0x80) return false;
  }
  return true;
}
