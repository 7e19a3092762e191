/**
 * An instance with all that the core leaves out: rates, transactions, homes by name or id, tables that are read without a
 * script, raw results, kinds of traps, and what hosts of other languages have, too.
 */

import { EXPORTS, PENDING, TABLE_IO, TAG_PENDING } from './abi.js';
import { classNameOf } from './class_name.js';
import { encodeCall } from './codec/encode.js';
import { TICK } from './control.js';
import { ModuleError, RateError, StateError } from './errors.js';
import { create, Cu as CoreCu, inside } from './handle.js';
import { Functions } from './functions.js';
import { checkName, dropHome, listHomes, renameHome } from './homes.js';
import { Interrupt } from './interrupt.js';
import { Machine } from './machine.js';
import { limitOperations, Rate } from './rate.js';
import { readTable } from './read.js';
import { describe } from './section.js';
import { Wait, WaitConfig } from './run.js';
import { begin, commit, isOpen, rollBack, transaction } from './transaction.js';
import { trapError } from './trap.js';
import { ExternalTable } from './values.js';

const NOTHING = new Uint8Array(0);

/** The machine behind `Cu`, which add-ons extend. */
export class CompleteMachine extends Machine {
  constructor(options, module) {
    if (options.home !== undefined) checkName(options.home);
    const interrupt = new Interrupt(options);
    const { computes, operations, calls, clock } = options.rate || {};
    const functions = options.functions === undefined ? undefined : new Functions(options.functions, options, new Rate('calls', calls, clock));
    const { pending = PENDING } = options.config || {};
    // A script of `compute` waits for nothing: its caller has no promise.
    const config = functions ? { ...options.config, functions: functions.offer, pending: 0 } : options.config;
    const onTick = interrupt.isUsual ? () => interrupt.ask() : undefined;
    super({ ...options, config, onTick }, module, ['rate', 'timeLimit', 'stop', 'functions']);
    this.computeOptions.push('timeLimit');
    this.control.functions = functions;
    /** That of scripts that wait for functions. */
    this.waitConfig = new WaitConfig({ pending });
    /** What stops waiting for a function. */
    this.waits = new Set();
    /** Computes that are to be cancelled, which the module could not be told yet (run.js). */
    this.left = [];
    /** What the last part of a script waits for, if it does. */
    this.pending = undefined;
    /** How often the module computed. */
    this.runs = 0;
    if (functions) functions.serve(this.imports);
    this.interrupt = interrupt;
    this.computes = new Rate('computes', computes, clock);
    /** The table of the home of this instance, while the last compute had another one. */
    this.ownHome = undefined;
    /** Whether a script runs: its operations are bounded, those of the module are not. */
    this.isInScript = false;
    if (operations !== undefined) limitOperations(this.imports, new Rate('operations', operations, clock), () => this.isInScript);
  }

  start(instance) {
    for (const name of Object.keys(EXPORTS)) {
      if (typeof instance.exports[name] !== 'function') throw new ModuleError(`not a cu module: it exports no ${name}`);
    }
    super.start(instance);
  }

  enter() {
    super.enter();
    this.interrupt.begin();
  }

  enterOutside() {
    this.enter();
    if (isOpen(this)) throw new StateError('a transaction of this instance is open');
  }

  admit(config) {
    if (!this.computes.take()) {
      throw new RateError(`more than ${this.computes.perSecond} computes a second`, this.computes);
    }
    this.ownHome = config !== undefined && config.home !== undefined ? this.homeTable : undefined;
  }

  prepare(source, config) {
    if (config instanceof Wait) return config.prepare(source);
    if (!config || config.timeLimit === undefined) return super.prepare(source, config);
    const { timeLimit, ...rest } = config;
    const { control, interrupt } = this;
    super.prepare(source, { tick: this.usualTick, ...rest });
    interrupt.begin(timeLimit);
    control.onTick = () => interrupt.ask();
  }

  /** That of a script which may be ended. */
  get usualTick() {
    return this.control.config.tick || TICK;
  }

  trapped(cause) {
    this.endWaits();
    return trapError(cause);
  }

  endUnit(isKept) {
    try {
      super.endUnit(isKept);
    } catch (error) {
      this.endWaits();
      throw error;
    }
  }

  /** The instance has ended, and so has what waits. */
  endWaits() {
    for (const stop of this.waits) stop();
  }

  /** Whether a transaction is open here or over the store, of which a script that goes on is no part. */
  get isInUse() {
    return this.unit.turn.holder !== undefined;
  }

  /** That of a compute that waits has `pending`, a copy. */
  response(length, spilled) {
    const { memory, bufferPointer, control: { functions } } = this;
    if (functions === undefined || !functions.waits) return super.response(length, spilled);
    const start = bufferPointer + 4 + memory.readU32(bufferPointer);
    const waits = spilled === undefined ? memory.bytes[start] === TAG_PENDING && start < bufferPointer + length : spilled[0] === TAG_PENDING;
    if (!waits) return super.response(length, spilled);
    const pending = spilled === undefined ? memory.copy(start, bufferPointer + length - start) : spilled;
    const part = super.response(length, NOTHING);
    part.pending = pending;
    this.pending = pending;
    return part;
  }

  runAt(pointer, length) {
    this.runs++;
    this.isInScript = true;
    try {
      return super.runAt(pointer, length);
    } finally {
      this.isInScript = false;
    }
  }

  runEmpty(config) {
    this.ownHome = undefined;
    super.runEmpty(config);
  }

  computeRaw(source, config) {
    this.prepare(source, config);
    const status = this.asCompute(() => this.run(source));
    this.checkHandlers();
    const length = status < 0 ? -status - 1 : status;
    return { status, bytes: this.memory.copy(this.bufferPointer, length) };
  }

  clearIo() {
    this.enter();
    const keys = [];
    this.store.keys(TABLE_IO, undefined, false, (key) => keys.push(key) > 0);
    for (const key of keys) this.store.delete(TABLE_IO, key);
  }

  memoryStats() {
    this.enter();
    const { memory, bufferPointer } = this;
    this.invoke(this.exports.get_memory_stats, bufferPointer);
    return {
      ioBufferSize: memory.readU32(bufferPointer),
      luaMemoryUsed: memory.readU32(bufferPointer + 4),
      wasmPages: memory.readU32(bufferPointer + 8),
    };
  }

  /** The id of the table that scripts see as `_home`. */
  get homeTable() {
    this.enter();
    return this.ownHome === undefined ? this.invoke(this.exports.get_memory_table_id) >>> 0 : this.ownHome;
  }

  // If the module refuses the table, the next compute is an error.
  set homeTable(id) {
    this.enterOutside();
    this.setHome(undefined);
    this.ownHome = undefined;
    this.inUnit(() => this.invoke(this.exports.attach_memory_table, id));
  }

  reserveTables(id) {
    this.enter();
    this.inUnit(() => this.invoke(this.exports.sync_external_table_counter, id));
  }

  setMemoryAlias(enabled) {
    this.enter();
    this.invoke(this.exports.set_memory_alias_enabled, enabled ? 1 : 0);
  }

  /** What an open transaction changed is undone. */
  close() {
    try {
      if (!this.death && isOpen(this)) rollBack(this);
    } finally {
      super.close();
      this.endWaits();
    }
  }

  /** The name of the home that every compute opens, undefined for the one that has none. */
  setHome(name) {
    this.control.config.home = name;
    this.control.changed();
  }

  openHome(name) {
    this.enter();
    const { home } = this.control.config;
    this.setHome(checkName(name));
    try {
      this.runEmpty();
    } catch (error) {
      this.setHome(home);
      throw error;
    }
    return this.homeTable;
  }

  homes() {
    this.enter();
    return listHomes(this.store);
  }

  renameHome(from, to) {
    this.enterOutside();
    checkName(from);
    checkName(to);
    this.callStore(() => this.unit.aside(() => renameHome(this.store, from, to)));
    if (this.control.config.home === from) this.setHome(to);
  }

  dropHome(name) {
    this.enterOutside();
    const { homeTable } = this;
    checkName(name);
    // A collection keeps the home in which the module is.
    if (this.ownHome !== undefined) this.runEmpty();
    this.callStore(() => this.unit.aside(() => dropHome(this.store, name, homeTable)));
  }

  read(reference, options) {
    checkReference(reference, 'what is to be read');
    this.enter();
    return readTable(this.store, reference.id, { ...options, exact: this.decoder.exact });
  }

  className(reference) {
    checkReference(reference, 'what has a class');
    // A function that a script calls may ask.
    if (this.death) throw this.death;
    return classNameOf(this.store, reference.id);
  }
}

function checkReference(value, what) {
  if (!(value instanceof ExternalTable)) throw new TypeError(`${what} is ${value === null ? 'null' : `of type ${typeof value}`}, and no ExternalTable`);
}

export class Cu extends CoreCu {
  /**
   * Loads and starts an instance.
   * @param {object} [options] those of the core, and
   * @param {{ computes?: number, operations?: number, calls?: number, clock?: () => number }} [options.rate] the most
   *   computes, operations of the store by scripts, and calls of functions by scripts, in a second; the clock may start at any number
   * @param {object} [options.functions] that scripts may call, as `host.name`; an object in it is a table of functions (functions.js)
   * @param {number} [options.timeLimit] milliseconds after which a script is ended; also for one compute, in its `config`
   * @param {Int32Array} [options.stop] over a SharedArrayBuffer: while its first element is not 0, scripts are ended
   * @returns {Promise<Cu>}
   */
  static create(options) {
    return create(Cu, CompleteMachine, describe, options);
  }

  /**
   * Runs Lua source that may call functions of the host which answer with a promise: the script waits for them, and the instance computes
   * others meanwhile.
   * @param {string | Uint8Array} source
   * @param {object} [options] as for `compute`, and `signal`, an AbortSignal; `timeLimit` is for all of it, waiting included
   * @returns {Promise<{ values: unknown[], value: unknown, output: string, outputBytes: Uint8Array }>}
   */
  async run(source, options) {
    return new Wait(inside(this), options).run(source);
  }

  /**
   * Calls a function that is there already, as `call` does, and waits as `run` does.
   * @param {string | import('./values.js').Way} way
   * @param {unknown[]} [args]
   * @param {object} [options] those of `call` and of `run`
   * @returns {Promise<{ values: unknown[], value: unknown, output: string, outputBytes: Uint8Array }>}
   */
  async runCall(way, args = [], { content, ...options } = {}) {
    return this.run(encodeCall(way, args, content), options);
  }

  /**
   * Runs Lua source and returns the bytes that the module left: the response, or the text of an error. Values that did
   * not fit the response stay in the store.
   * @param {string | Uint8Array} source
   * @param {object} [config] as for `compute`
   * @returns {{ status: number, bytes: Uint8Array }}
   */
  computeRaw(source, config) {
    return inside(this).computeRaw(source, config);
  }

  /** Empties `_io`, as a host does when the next request begins. */
  clearIo() {
    inside(this).clearIo();
  }

  /** @returns {{ ioBufferSize: number, luaMemoryUsed: number, wasmPages: number }} */
  memoryStats() {
    return inside(this).memoryStats();
  }

  /** The id of the table that scripts see as `_home`. */
  get homeTable() {
    return inside(this).homeTable;
  }

  // If the module refuses the table, the next compute is an error.
  set homeTable(id) {
    inside(this).homeTable = id;
  }

  /** Makes the module use only ids from `id` on for new tables. */
  reserveTables(id) {
    inside(this).reserveTables(id);
  }

  /** Switches the legacy global `Memory`, another name of `_home`. */
  setMemoryAlias(enabled) {
    inside(this).setMemoryAlias(enabled);
  }

  /** Begins a transaction: what the computes change from now on is kept together, or undone (transaction.js). */
  begin() {
    begin(inside(this));
  }

  /** Keeps what the transaction changed. If that cannot be done, it is undone, and this throws. */
  commit() {
    commit(inside(this));
  }

  /** Undoes what the transaction changed. */
  rollBack() {
    rollBack(inside(this));
  }

  /**
   * Runs `action` in a transaction, which is kept when it returns and undone when it throws. If it returns a promise, the
   * transaction lasts until that is settled.
   * @template T
   * @param {(cu: Cu) => T} action
   * @returns {T}
   */
  transaction(action) {
    return transaction(inside(this), () => action(this));
  }

  /** Opens the home of that name, which is made when there is none, in this and every later compute; returns its table's id. */
  openHome(name) {
    return inside(this).openHome(name);
  }

  /** The homes of the store, in the order of their ids: `{ id, name }`, where name is undefined if there is none. */
  homes() {
    return inside(this).homes();
  }

  /** Gives a home another name. */
  renameHome(from, to) {
    inside(this).renameHome(from, to);
  }

  /** Takes the name from a home: the next collection frees what nothing else reaches. */
  dropHome(name) {
    inside(this).dropHome(name);
  }

  /**
   * Reads an external table, and those in it, from the store: sequences as arrays, tables with string keys as objects,
   * others as Maps. A table that occurs twice is one object, also within itself.
   * @param {ExternalTable} reference
   * @param {{ depth?: number, limit?: number }} [options] see read.js
   * @returns {unknown[] | object | Map<unknown, unknown>}
   */
  read(reference, options) {
    return inside(this).read(reference, options);
  }

  /**
   * The name of a table's class: `__name` of its metatable, read from the store.
   * @param {ExternalTable} reference
   * @returns {string | undefined} undefined for a table without a metatable, or whose metatable has no such text
   */
  className(reference) {
    return inside(this).className(reference);
  }

  /** Reads `_home`, as `read` does. */
  readHome(options) {
    return this.read(new ExternalTable(this.homeTable), options);
  }
}
