/**
 * Writes the entries of a recording (abi/recording.md).
 *
 * Invariant: what is handed over are whole entries, each once.
 */

import { RECORDING_HEAD_BYTES, RECORDING_SIGNATURE, RECORDING_VERSION } from '../abi.js';
import { checksum } from '../store/checksum.js';
import { WORD_BYTES, writeWord } from '../store/words.js';
import { encodeText } from '../text.js';

const FIRST_BYTES = 4096;

/** From here on the engine's own copy is faster than a loop. */
const LONG_BYTES = 64;

export class EntryWriter {
  /** @param {(bytes: Uint8Array) => void} give gets whole entries, to keep */
  constructor(give) {
    this.give = give;
    this.bytes = new Uint8Array(FIRST_BYTES);
    /** How many of them are written. */
    this.length = 0;
    this.start = 0;
    /** The checksum of all heads so far. */
    this.chain = 0;
    this.block(encodeText(RECORDING_SIGNATURE));
    this.byte(RECORDING_VERSION);
  }

  begin(kind) {
    this.reserve(RECORDING_HEAD_BYTES);
    this.start = this.length;
    this.length += RECORDING_HEAD_BYTES;
    this.byte(kind);
  }

  end() {
    const { bytes, start, length } = this;
    const body = start + RECORDING_HEAD_BYTES;
    writeWord(bytes, start + WORD_BYTES, length - body);
    writeWord(bytes, start + 2 * WORD_BYTES, checksum(bytes, body, length));
    this.chain = checksum(bytes, start + WORD_BYTES, body, this.chain);
    writeWord(bytes, start, this.chain);
  }

  byte(byte) {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Writes a number of 32 bits; returns where it is. */
  word(number) {
    this.reserve(WORD_BYTES);
    writeWord(this.bytes, this.length, number);
    this.length += WORD_BYTES;
    return this.length - WORD_BYTES;
  }

  /** Writes a number over one of this entry. */
  wordAt(at, number) {
    writeWord(this.bytes, at, number);
  }

  block(bytes, start = 0, length = bytes.length) {
    this.reserve(length);
    if (length < LONG_BYTES) for (let at = 0; at < length; at++) this.bytes[this.length + at] = bytes[start + at];
    else this.bytes.set(bytes.subarray(start, start + length), this.length);
    this.length += length;
  }

  reserve(more) {
    if (this.length + more <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.length + more));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** Hands over what is written. */
  flush() {
    if (this.length === 0) return;
    const given = this.bytes.slice(0, this.length);
    this.length = 0;
    this.give(given);
  }
}
