/**
 * Instances that are recorded: those of `cu/full`, with a recorder at their border.
 *
 * Invariant: nothing else of this package knows of recordings, so that they cost nothing where there are none.
 */

import { RecordingError } from '../errors.js';
import { create } from '../handle.js';
import { CompleteMachine, Cu } from '../instance.js';
import { checkNames } from '../option_names.js';
import { describe } from '../section.js';
import { Unit } from '../unit.js';
import { loadNamed } from './module.js';
import { Recorder } from './recorder.js';

/** Bytes that are kept back while a call runs. */
const BUFFER_BYTES = 65536;

/**
 * Loads and starts an instance whose calls are recorded until it is closed.
 * @param {{ write: (bytes: Uint8Array) => void, close?: () => void }} sink such as a `Recording` or a `RecordingFile`
 * @param {object} [options] those of `Cu.create`
 * @param {{ buffer?: number }} [settings] buffer: bytes that are kept back at most while a call runs, 0 for none; default: 65,536
 * @returns {Promise<Cu>}
 */
export async function record(sink, options = {}, settings = {}) {
  if (Object(sink) !== sink || typeof sink.write !== 'function') throw new TypeError('the sink of a recording has no method write');
  checkNames(settings, 'a recording', ['buffer']);
  const { buffer = BUFFER_BYTES } = settings;
  if (!(buffer >= 0)) throw new TypeError(`buffer is a number of bytes, and not ${String(buffer)}`);
  const named = await loadNamed(options.module);
  const Inner = machineFor(sink, buffer, named);
  return create(Cu, Inner, describe, { ...options, module: named.module });
}

const machineFor = (sink, buffer, { hash, name }) => class extends CompleteMachine {
  constructor(options, module) {
    super(options, module);
    this.recorder = new Recorder(sink, buffer, this.memory);
    this.unit = new RecordedUnit(this.store, this.recorder);
    const { object } = this.imports;
    Object.defineProperty(this.imports, 'object', { value: this.recorder.imports(object) });
  }

  start({ exports }) {
    try {
      this.recorder.begin(hash, name);
      super.start({ exports: { ...exports, ...this.recorder.exports(exports) } });
    } catch (error) {
      this.end();
      throw error;
    }
  }

  trapped(cause) {
    return cause instanceof RecordingError ? cause : super.trapped(cause);
  }

  /** The recording ends with the instance. */
  close() {
    try {
      super.close();
    } finally {
      if (this.exports === undefined) this.recorder.close();
    }
  }

  /** The caller gets the error for which there is no instance. */
  end() {
    try {
      this.recorder.close();
    } catch {
      // The error says more.
    }
  }
};

class RecordedUnit extends Unit {
  constructor(store, recorder) {
    super(store);
    this.recorder = recorder;
    /** Whether the host changes the store, without the module. */
    this.isAside = false;
  }

  commit() {
    try {
      super.commit();
    } catch (error) {
      this.undone();
      throw error;
    }
  }

  rollBack() {
    const { undoes } = this.turn;
    super.rollBack();
    if (undoes) this.undone();
  }

  aside(action) {
    this.isAside = true;
    try {
      super.aside(action);
    } finally {
      this.isAside = false;
    }
  }

  undone() {
    if (!this.isAside) this.recorder.undone();
  }
}
