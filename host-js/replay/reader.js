/**
 * Reads the entries of a recording (abi/recording.md).
 *
 * Invariant: what is returned is an entry as it was written; the first byte that cannot be right is named by an error.
 */

import {
  EXPORTS, RECORDING_CALL, RECORDING_END, RECORDING_HASH_BYTES, RECORDING_HEAD_BYTES, RECORDING_IMPORT, RECORDING_MODULE, RECORDING_RETURN,
  RECORDING_SIGNATURE, RECORDING_TRAP, RECORDING_UNDONE, RECORDING_VERSION,
} from '../abi.js';
import { checksum } from '../store/checksum.js';
import { readWord, WORD_BYTES } from '../store/words.js';
import { decodeLossy } from '../text.js';
import { EXPORT_NAMES, IMPORT_NAMES } from './crossing.js';
import { RecordingError } from './errors.js';

export class EntryReader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
    /** The number of the next entry. */
    this.number = 0;
    /** Where it begins. */
    this.offset = 0;
    this.chain = 0;
    while (this.at < RECORDING_SIGNATURE.length) {
      if (this.byte() !== RECORDING_SIGNATURE.charCodeAt(this.at - 1)) throw this.error('signature', 'it is no recording', this.at - 1);
    }
    const version = this.byte();
    if (version !== RECORDING_VERSION) {
      throw this.error('version', `this host reads version ${RECORDING_VERSION} of recordings, and this is version ${version}`, this.at - 1);
    }
  }

  /** The next entry, undefined where the file ends behind a whole one. */
  next() {
    const { bytes } = this;
    this.end = bytes.length;
    this.offset = this.at;
    if (this.at === this.end) return undefined;
    this.need(RECORDING_HEAD_BYTES);
    const body = this.at + RECORDING_HEAD_BYTES;
    this.chain = checksum(bytes, this.at + WORD_BYTES, body, this.chain);
    if (this.word() !== this.chain) throw this.error('damaged', 'its head is damaged', this.offset);
    const length = this.word();
    const sum = this.word();
    this.need(length);
    this.end = body + length;
    if (checksum(bytes, body, this.end) !== sum) throw this.error('damaged', 'it is damaged', body);
    const entry = this.body();
    if (this.at < this.end) throw this.malformed('bytes follow the last field', this.at);
    this.number++;
    return entry;
  }

  body() {
    const { number, offset } = this;
    const kind = this.field(1);
    switch (kind) {
      case RECORDING_MODULE: return { kind, number, offset, hash: this.block(RECORDING_HASH_BYTES), name: this.text() };
      case RECORDING_CALL: return { kind, number, offset, ...this.call() };
      case RECORDING_RETURN: return { kind, number, offset, answer: this.word() | 0, left: this.rest() };
      case RECORDING_TRAP: return { kind, number, offset, words: this.text() };
      case RECORDING_IMPORT: return {
        kind, number, offset, place: this.place(IMPORT_NAMES.length, 'there is no such import'), table: this.word(), room: this.word(),
        answer: this.word() | 0, key: this.sized(), value: this.sized(), wrote: this.rest(),
      };
      case RECORDING_UNDONE:
      case RECORDING_END: return { kind, number, offset };
      default: throw this.malformed('there is no such kind of entry', this.at - 1);
    }
  }

  call() {
    const name = EXPORT_NAMES[this.place(EXPORT_NAMES.length, 'there is no such export')];
    const count = this.field(1);
    if (count !== EXPORTS[name]) throw this.malformed('the export has another number of arguments', this.at - 1);
    const args = [];
    while (args.length < count) args.push(this.word() | 0);
    return { name, args, code: this.rest() };
  }

  place(limit, problem) {
    const place = this.field(1);
    if (place >= limit) throw this.malformed(problem, this.at - 1);
    return place;
  }

  sized() {
    const at = this.at;
    const length = this.word();
    if (length > this.end - this.at) throw this.malformed('the length is more than the entry has', at);
    return this.block(length);
  }

  rest() {
    return this.block(this.end - this.at);
  }

  text() {
    const bytes = this.rest();
    return decodeLossy(bytes, 0, bytes.length);
  }

  word() {
    this.field(WORD_BYTES);
    return readWord(this.bytes, this.at - WORD_BYTES);
  }

  block(length) {
    this.field(length);
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Goes on by a field of the entry; returns its first byte. */
  field(length) {
    if (length > this.end - this.at) throw this.malformed('the entry ends within a field', this.end);
    this.at += length;
    return this.bytes[this.at - length];
  }

  /** A byte in front of the first entry. */
  byte() {
    this.need(1);
    return this.bytes[this.at++];
  }

  need(length) {
    if (length <= this.bytes.length - this.at) return;
    throw this.error('cut', `it ends at byte ${this.bytes.length}, and not ${length} bytes behind byte ${this.at}`, this.bytes.length);
  }

  malformed(problem, offset) {
    return this.error('malformed', `${problem}, at byte ${offset}`, offset);
  }

  error(reason, problem, offset) {
    const { number, offset: start } = this;
    return new RecordingError(`the recording, entry ${number} at byte ${start}: ${problem}`, { reason, entry: number, offset });
  }
}
