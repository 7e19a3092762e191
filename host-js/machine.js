/**
 * One instance of cu: a module, its memory, a store and a control channel, and the calls between them.
 *
 * Invariant: the I/O buffer is written only while no call of this instance runs, and what the module leaves there is
 * copied or decoded before anything else happens. What a call changes in the store is one unit, which is kept unless the
 * module traps.
 */

import { CLASS_MEMORY, IO_BUFFER_BYTES, MEMORY, OK, TABLE_CONTROL } from './abi.js';
import { Decoder } from './codec/decode.js';
import { Encoder, take } from './codec/encode.js';
import { Control } from './control.js';
import { CuError, HostError, LuaError, ModuleError, StateError, textOf, TrapError } from './errors.js';
import { FAILED, Imports } from './imports.js';
import { Memory } from './memory.js';
import { describe, loadModule } from './module.js';
import { checkNames } from './option_names.js';
import { checkOptions, CONFIG_NAMES } from './options.js';
import { isSpilled, readErrorText, readResponse } from './response.js';
import { deleteLeft, takeSpilled } from './spilled.js';
import { MemoryStore } from './store/memory.js';
import { encodeText } from './text.js';
import { Unit } from './unit.js';

/** The exports without which there is no instance; a module of this version has them all. */
const USED = ['init', 'compute', 'get_buffer_ptr', 'get_buffer_size', 'run_gc', 'lua_alloc'];

/** The end of an error's message when the error comes from a failure of the store. */
const HOST_FAILED = `: it answered ${FAILED}`;

export class Machine {
  /**
   * @param {object} options see handle.js
   * @param {object} module what its section `cu` says: `version`, `abi`, `features`, `flags`
   * @param {string[]} [more] options that an add-on has
   */
  constructor(options, module, more) {
    this.module = module;
    /** The options of a compute: an add-on may take more. */
    this.computeOptions = [...CONFIG_NAMES];
    checkOptions(options, more);
    this.store = options.store || new MemoryStore();
    this.control = new Control(options, this.store.readOnly === true);
    this.memory = new Memory();
    this.imports = new Imports(this.memory, this.store, this.control);
    this.unit = new Unit(this.store);
    this.decoder = new Decoder(options);
    this.exports = undefined;
    this.bufferPointer = 0;
    this.running = false;
    /** Whether the last compute failed: then its changes may be undone. */
    this.hasFailed = false;
    /** Values of the last compute that did not fit. */
    this.spilled = undefined;
    /** @type {CuError | undefined} what ended this instance: a trap, or changes that the store did not keep */
    this.death = undefined;
  }

  start({ exports }) {
    for (const name of [...USED, MEMORY]) {
      if (!exports[name]) throw new ModuleError(`not a cu module: it exports no ${name}`);
    }
    this.exports = exports;
    this.memory.attach(exports[MEMORY]);
    this.enter();
    const status = this.inUnit(() => {
      const answer = this.invoke(exports.init);
      deleteLeft(this.store);
      return answer;
    });
    if (status !== OK) throw new ModuleError(`init answered ${status}`, { cause: this.hostFailure() });
    this.bufferPointer = exports.get_buffer_ptr() >>> 0;
    const size = exports.get_buffer_size();
    if (size !== IO_BUFFER_BYTES) throw new ModuleError(`the module has an I/O buffer of ${size} bytes`);
    this.memory.check(this.bufferPointer, IO_BUFFER_BYTES);
    if (this.control.config.home !== undefined) this.runEmpty();
  }

  /**
   * Runs Lua source and returns what the script returned and printed.
   * @param {string | Uint8Array} source
   * @param {object} [config] options that replace those of the instance in this compute
   * @returns {{ values: unknown[], value: unknown, output: string, outputBytes: Uint8Array }}
   */
  compute(source, config) {
    this.prepare(source, config);
    const status = this.asCompute(this.runWhole, source);
    if (status < 0) throw this.scriptError(-status - 1);
    const response = this.response(status, this.spilled);
    this.checkHandlers();
    return response;
  }

  /** See handle.js. The record is not copied: whoever encodes something meanwhile takes another encoder. */
  call(way, args, options) {
    // Most calls have no options, and then nothing is to be taken apart.
    let content;
    let config;
    if (options !== undefined) ({ content, ...config } = options);
    const encoder = take().call(way, args, content);
    const result = this.compute(encoder, config);
    encoder.release();
    return result;
  }

  /** A full Lua collection, which also frees tables in the store that nothing reaches. */
  runGc() {
    this.enterOutside();
    this.asCompute(() => this.invoke(this.exports.run_gc));
    const cause = this.hostFailure();
    if (cause !== undefined) throw new HostError('the store failed during a collection', { cause });
  }

  /** Gives the module and its memory back. The store stays as it is, for other instances. */
  close() {
    if (this.exports === undefined) return;
    if (this.running) throw new StateError('a call of this instance is running');
    this.death = new StateError('this instance is closed');
    this.unit.turn.release(this.unit);
    this.exports = undefined;
    this.memory = undefined;
    this.imports = undefined;
  }

  /** Call this before the buffer is used: it may belong to a running call. */
  enter() {
    if (this.death) throw this.death;
    if (this.running) throw new StateError('a call of this instance is running');
    this.imports.failure = undefined;
    this.imports.handlerFailure = undefined;
    this.control.lastError = undefined;
  }

  /** The same for what cannot be done in a transaction, which is an add-on. */
  enterOutside() {
    this.enter();
  }

  /** Throws if a compute would be one too many, which is for an add-on to know. */
  admit() {}

  /** The error for what a call of the module threw. */
  trapped(cause) {
    return new TrapError(`the module trapped: ${cause && cause.message}`, { cause });
  }

  /** Calls an export; a trap is the end of this instance. */
  invoke(exported, first, second, third, fourth) {
    this.running = true;
    try {
      return exported(first, second, third, fourth);
    } catch (cause) {
      this.death = this.trapped(cause);
      throw this.death;
    } finally {
      this.running = false;
    }
  }

  runWhole(source) {
    const status = this.run(source);
    this.spilled = isSpilled(this.memory, this.bufferPointer, status) ? takeSpilled(this.store) : undefined;
    return status;
  }

  /** Runs a compute or a collection, and then tells the store that it is over. */
  asCompute(action, argument) {
    try {
      return this.inUnit(action, argument);
    } finally {
      if (!this.death) this.endCompute();
    }
  }

  /**
   * Runs `action` as a unit of changes. They are kept also when the script failed, because the VM knows of them; unless the
   * host undoes them, which the VM knows too. After a trap the VM is not used again, and they are undone.
   */
  inUnit(action, argument) {
    this.beginUnit();
    try {
      return action.call(this, argument);
    } finally {
      if (this.death) this.undoUnit();
      else this.endUnit(!(this.hasFailed && this.control.undoesFailed));
    }
  }

  // It runs in every compute: it says what `callStore` does once more, to save it a function.
  beginUnit() {
    this.running = true;
    this.hasFailed = false;
    try {
      if (this.unit.begin()) this.control.nextEpoch();
    } finally {
      this.running = false;
    }
  }

  /** Keeps the changes, or undoes them. If the store does not do it, the VM does not fit the store any more. */
  endUnit(isKept) {
    this.running = true;
    try {
      if (isKept) this.unit.commit();
      else this.unit.rollBack();
    } catch (error) {
      this.death = error;
      this.unit.turn.release(this.unit);
      throw error;
    } finally {
      this.running = false;
    }
  }

  /** The caller gets the error of the trap; if the store cannot undo the changes, its message says that too. */
  undoUnit() {
    this.unit.turn.release(this.unit);
    try {
      this.callStore(() => this.unit.rollBack());
    } catch (error) {
      this.death.message += `; the store did not undo the changes: ${error && error.message}`;
    }
  }

  /** Calls a method of the store. During the call the store may not use this instance. */
  callStore(action) {
    this.running = true;
    try {
      action();
    } finally {
      this.running = false;
    }
  }

  /** Throws unless a compute may begin now. */
  prepare(source, config) {
    this.enter();
    if (typeof source !== 'string' && !(source instanceof Encoder || source instanceof Uint8Array)) {
      throw new TypeError('the source is neither a string nor a Uint8Array');
    }
    if (config !== undefined) checkNames(config, 'a compute', this.computeOptions);
    this.admit(config);
    this.control.override(config);
    if (this.control.undoesFailed && !this.unit.turn.undoes) {
      throw new StateError("atomic is 'host'; the store cannot undo changes");
    }
  }

  /** Runs an empty compute, so that an error about the home comes at once. */
  runEmpty(config) {
    this.control.override(config);
    const status = this.asCompute(() => this.run(''));
    if (status < 0) throw this.scriptError(-status - 1);
    this.checkHandlers();
  }

  /** Places the source where the module finds it, and computes. */
  run(source) {
    const { memory, bufferPointer } = this;
    if (typeof source === 'string') {
      const length = memory.writeText(bufferPointer, source, IO_BUFFER_BYTES);
      return length < 0
        ? this.runLong(encodeText(source))
        : this.runAt(bufferPointer, length);
    }
    // Of an encoder all is written: to leave out what lies behind the record would take longer.
    const { length, bytes = source } = source;
    if (length > IO_BUFFER_BYTES) return this.runLong(bytes.subarray(0, length));
    memory.write(bufferPointer, bytes.length > IO_BUFFER_BYTES ? bytes.subarray(0, length) : bytes);
    return this.runAt(bufferPointer, length);
  }

  /** Computes the source at `pointer`, and checks that the result lies inside the buffer. */
  runAt(pointer, length) {
    const status = this.invoke(this.exports.compute, pointer, length);
    this.hasFailed = status < 0;
    if (status > IO_BUFFER_BYTES || status < -IO_BUFFER_BYTES - 1) {
      throw new CuError(`the module answered ${status}; the buffer holds ${IO_BUFFER_BYTES} bytes`);
    }
    return status;
  }

  /** Tells the store that the compute is over. The caller of the export gets what the store throws. */
  endCompute() {
    if (typeof this.store.computeEnded !== 'function') return;
    try {
      this.callStore(() => this.store.computeEnded());
    } catch (error) {
      // The first failure explains more.
      this.imports.failed(this.hostFailure() || error, TABLE_CONTROL);
    }
  }

  /** Computes source that does not fit the I/O buffer. */
  runLong(source) {
    const { length } = source;
    const pointer = this.invoke(this.exports.lua_alloc, 0, 0, 0, length) >>> 0;
    if (pointer === 0) {
      throw new CuError(`no memory for ${length} bytes of source`, { errorClass: CLASS_MEMORY });
    }
    try {
      this.memory.write(pointer, source);
      return this.runAt(pointer, length);
    } finally {
      if (!this.death) this.invoke(this.exports.lua_alloc, 0, pointer, length, 0);
    }
  }

  response(length, spilled) {
    return readResponse(this.memory, this.bufferPointer, length, this.decoder, spilled);
  }

  /**
   * The error whose text the module has left in the buffer. What the store threw is its cause only where the message says
   * so: a script may catch that, and fail for another reason.
   */
  scriptError(length) {
    const { imports } = this;
    const { message, traceback } = readErrorText(this.memory, this.bufferPointer, length);
    const report = this.control.lastError || {};
    const thrown = this.control.functions && this.control.functions.causeOf(message);
    const cause = thrown || imports.handlerFailure || (message.endsWith(HOST_FAILED) ? imports.failure : undefined);
    const Class = cause === undefined || cause === thrown ? LuaError : HostError;
    return new Class(message, { traceback, errorClass: report.class, value: report.value, cause });
  }

  checkHandlers() {
    const cause = this.imports.handlerFailure;
    if (cause !== undefined) throw new HostError(`onEvent, now, onTick or computeEnded threw: ${textOf(cause)}`, { cause });
  }

  /** What the store or a handler threw in the last call. */
  hostFailure() {
    const { failure, handlerFailure } = this.imports;
    return failure === undefined ? handlerFailure : failure;
  }
}
