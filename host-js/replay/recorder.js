/**
 * Records what crosses the border between a module and its host, around the imports and exports of one instance.
 *
 * Invariant: the module and the host see the same calls as without it. When the recording cannot be written, the call that runs ends
 * as with a trap: nothing is kept that is not recorded.
 */

import {
  EXPORTS, IMPORT_MODULE, MEMORY, MEMORY_STATS_BYTES, RECORDING_CALL, RECORDING_END, RECORDING_IMPORT, RECORDING_MODULE, RECORDING_RETURN,
  RECORDING_TRAP, RECORDING_UNDONE,
} from '../abi.js';
import { textOf } from '../errors.js';
import { encodeText } from '../text.js';
import { Crossing, EXPORT_NAMES, IMPORT_NAMES, leftBy, lengthIn } from './crossing.js';
import { RecordingError } from './errors.js';
import { EntryWriter } from './writer.js';

export class Recorder {
  /**
   * @param {{ write: (bytes: Uint8Array) => void, close?: () => void }} sink
   * @param {number} buffer bytes that are kept back at most while a call runs
   */
  constructor(sink, buffer) {
    this.sink = sink;
    this.buffer = buffer;
    /** @type {import('../memory.js').Memory} that of the instance */
    this.memory = undefined;
    this.crossing = new Crossing();
    /** @type {RecordingError | undefined} why there is no more of it */
    this.failure = undefined;
    this.hasBegun = false;
    this.hasEnded = false;
    this.writer = new EntryWriter((bytes) => sink.write(bytes));
  }

  /** The first entry. */
  begin(hash, name) {
    const { writer } = this;
    this.hasBegun = true;
    writer.begin(RECORDING_MODULE);
    writer.block(hash);
    writer.block(encodeText(name));
    writer.end();
    this.flush();
    this.check();
  }

  /** The import object of the module, recorded. */
  imports(object, memory) {
    const recorded = {};
    this.memory = memory;
    IMPORT_NAMES.forEach((name, place) => {
      recorded[name] = this.recordedImport(place, object[IMPORT_MODULE][name]);
    });
    return { [IMPORT_MODULE]: recorded };
  }

  recordedImport(place, answerOf) {
    const { writer, crossing, memory } = this;
    return (table, first, second, third, fourth) => {
      const { bytes } = memory;
      crossing.begin(bytes, place, table, first, second, third, fourth);
      writer.begin(RECORDING_IMPORT);
      writer.byte(place);
      writer.word(crossing.table);
      writer.word(crossing.room);
      const answerAt = writer.word(0);
      writer.word(crossing.keyLength);
      writer.block(bytes, crossing.keyAt, crossing.keyLength);
      writer.word(crossing.valueLength);
      writer.block(bytes, crossing.valueAt, crossing.valueLength);
      const answer = answerOf(table, first, second, third, fourth) | 0;
      writer.wordAt(answerAt, answer);
      writer.block(memory.bytes, crossing.into, crossing.written(memory.bytes, answer));
      this.end();
      return answer;
    };
  }

  /** The exports of the module, recorded. */
  exports(exports) {
    const recorded = { [MEMORY]: exports[MEMORY] };
    EXPORT_NAMES.forEach((name, place) => {
      recorded[name] = this.recordedExport(place, name, exports);
    });
    return recorded;
  }

  recordedExport(place, name, exports) {
    const { writer } = this;
    const called = exports[name];
    const count = EXPORTS[name];
    return (...args) => {
      if (this.hasEnded) return called(...args);
      writer.begin(RECORDING_CALL);
      writer.byte(place);
      writer.byte(count);
      for (let at = 0; at < count; at++) writer.word(args[at]);
      if (name === 'compute') this.block(args[0], args[1]);
      this.end();
      // So that also a call that never ends is in the file.
      this.flush();
      this.check();
      let answer = 0;
      try {
        answer = called(...args) | 0;
      } catch (cause) {
        this.entry(RECORDING_TRAP, encodeText(String(textOf(cause))));
        throw cause;
      }
      writer.begin(RECORDING_RETURN);
      writer.word(answer);
      this.block(name === 'compute' ? exports.get_buffer_ptr() : args[0], leftBy(name, answer, MEMORY_STATS_BYTES));
      this.end();
      this.flush();
      this.check();
      return answer;
    };
  }

  /** Writes a part of linear memory. */
  block(pointer, length) {
    const { bytes } = this.memory;
    this.writer.block(bytes, pointer >>> 0, lengthIn(bytes, pointer >>> 0, length >>> 0));
  }

  /** The store did not keep what the last call changed. */
  undone() {
    if (!this.hasEnded) this.entry(RECORDING_UNDONE);
  }

  /** Writes the last entry, and throws if the recording is not whole. Calls after it are not recorded. */
  close() {
    if (this.hasEnded) return;
    if (this.hasBegun) this.entry(RECORDING_END);
    this.hasEnded = true;
    try {
      this.check();
    } finally {
      if (this.sink.close) this.sink.close();
    }
  }

  entry(kind, bytes = new Uint8Array(0)) {
    this.writer.begin(kind);
    this.writer.block(bytes);
    this.end();
    this.flush();
  }

  end() {
    this.writer.end();
    if (this.writer.length > this.buffer) this.flush();
  }

  // An import does not throw: the export does at its end.
  flush() {
    try {
      if (this.failure === undefined) this.writer.flush();
      else this.writer.length = 0;
    } catch (cause) {
      this.failure = new RecordingError(`the recording cannot be written: ${textOf(cause)}`, { reason: 'write', cause });
    }
  }

  check() {
    if (this.failure !== undefined) throw this.failure;
  }
}
