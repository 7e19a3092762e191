/**
 * Bytes as the kit writes them: hexadecimal, with pieces that are repeated, or their length and hash.
 */

import { decodeText, encodeText } from '../../../host-js/text.js';

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const PIECE = /^((?:[0-9a-f]{2})+)(?:\*([1-9]\d*))?$/;
const WORD = 2 ** 32;

/** Bytes of which a runner shows the digits; of more, the hash. */
const MOST_SHOWN = 512;
const MOST_TEXT = 2000;

export const toHex = (bytes) => (bytes.length === 0 ? '-' : Array.from(bytes, (byte) => DIGITS[byte]).join(''));

/** `-` is no bytes; `a0+61*3` is a0 61 61 61. */
export function fromHex(word) {
  const bytes = [];
  if (word === '-') return new Uint8Array(0);
  for (const piece of String(word).split('+')) {
    const parts = PIECE.exec(piece);
    if (parts === null) throw new SyntaxError(`'${piece.slice(0, 60)}' is no hexadecimal`);
    const [, digits, times = '1'] = parts;
    for (let left = Number(times); left > 0; left--) {
      for (let at = 0; at < digits.length; at += 2) bytes.push(parseInt(digits.slice(at, at + 2), 16));
    }
  }
  return Uint8Array.from(bytes);
}

/** FNV-1a of 64 bits, in two halves. The prime is 2^40 + 0x1b3. */
export class Hash {
  constructor() {
    this.high = 0xcbf29ce4;
    this.low = 0x84222325;
  }

  add(bytes) {
    let { high, low } = this;
    for (const byte of bytes) {
      low = (low ^ byte) >>> 0;
      const product = low * 0x1b3;
      high = (high * 0x1b3 + Math.floor(product / WORD) + low * 256) % WORD;
      low = product % WORD;
    }
    this.high = high;
    this.low = low;
    return this;
  }

  toString() {
    return this.high.toString(16).padStart(8, '0') + this.low.toString(16).padStart(8, '0');
  }
}

export const hash = (bytes) => String(new Hash().add(bytes));

/** The ways to write an expectation; the first is the one of choice. */
function inOrder(isLong, short, long) {
  if (short === undefined) return [long];
  return isLong ? [long, short] : [short, long];
}

/** A line with bytes. */
export function bytesForms(head, bytes) {
  const long = `${head} ${bytes.length} ${hash(bytes)}`;
  return inOrder(bytes.length > MOST_SHOWN, bytes.length > 16 * MOST_SHOWN ? undefined : `${head} ${toHex(bytes)}`, long);
}

/** A line with text below it; `end` is what the text ends with and the lines do not show. */
export function textForms(head, bytes, end = '') {
  const text = decodeText(bytes, 0, bytes.length);
  const isPlain = text !== undefined && text.endsWith(end) && !/[^\n\t -~\u00a1-\u1fff]/.test(text);
  const shown = isPlain ? `${head}\n${indented(text.slice(0, text.length - end.length).split('\n'))}` : undefined;
  return inOrder(bytes.length > MOST_TEXT, shown, `${head} ${bytes.length} ${hash(bytes)}`);
}

/** A line with lines below it, or their number and the hash of all. */
export function linesForms(head, lines) {
  const all = encodeText(lines.map((line) => `${line}\n`).join(''));
  const short = lines.length === 0 ? head : `${head}\n${indented(lines)}`;
  return inOrder(all.length > MOST_TEXT, short, `${head} ${lines.length} ${hash(all)}`);
}

const indented = (lines) => lines.map((line) => `  ${line}`).join('\n');
