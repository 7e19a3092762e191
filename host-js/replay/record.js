/**
 * Instances that are recorded: those of `cu/full`, with a recorder at their border.
 *
 * Invariant: nothing else of this package knows of recordings, so that they cost nothing where there are none.
 */

import { create } from '../handle.js';
import { CompleteMachine, Cu } from '../instance.js';
import { checkNames } from '../option_names.js';
import { describe } from '../section.js';
import { Unit } from '../unit.js';
import { RecordingError } from './errors.js';
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
  const recorder = new Recorder(sink, buffer);
  try {
    return await create(Cu, machineFor(recorder, named), describe, { ...options, module: named.module });
  } catch (error) {
    abandon(recorder);
    throw error;
  }
}

/** The caller gets the error for which there is no instance. */
function abandon(recorder) {
  try {
    recorder.close();
  } catch {
    // The error says more.
  }
}

const machineFor = (recorder, { hash, name }) => class extends CompleteMachine {
  constructor(options, module) {
    super(options, module);
    this.unit = new RecordedUnit(this.store, recorder);
    Object.defineProperty(this.imports, 'object', { value: recorder.imports(this.imports.object, this.memory) });
  }

  start({ exports }) {
    recorder.begin(hash, name);
    super.start({ exports: recorder.exports(exports) });
  }

  trapped(cause) {
    return cause instanceof RecordingError ? cause : super.trapped(cause);
  }

  /** The recording ends with the instance. */
  close() {
    try {
      super.close();
    } finally {
      if (this.exports === undefined) recorder.close();
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
