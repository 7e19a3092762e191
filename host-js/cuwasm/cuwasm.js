/**
 * An instance with the functions of the earlier project: each method checks its arguments and hands over to a file of this folder.
 *
 * Invariant: `compute` and the functions that are promised to answer at once do all their work before they return. What is
 * asynchronous rejects; nothing of this class throws and answers a promise as well.
 */

import { TABLE_IO } from '../abi.js';
import { StateError } from '../errors.js';
import { inside } from '../handle.js';
import { decodeLossy } from '../text.js';
import { promised } from './answer.js';
import { batch } from './batch.js';
import { checkFunction, checkSnapshotName, checkString, checkWhole, refuse } from './check.js';
import { CompressionService } from './compression.js';
import { findFault, persistFunction, restoreFunction } from './functions.js';
import { createIndex, dropIndex, listIndexes } from './indexes.js';
import { clearOutput, getMetadata, getOutput, getOutputField, setInput, setInputField, setMetadata } from './io.js';
import { open, reopen } from './opening.js';
import { readOptions } from './options.js';
import { findRows, planOf, rangeOf, specOf } from './query.js';
import { callScript } from './script.js';
import { addState, opened, stateOf } from './state.js';
import { nameOf, tableInfo, tableOf } from './tables.js';
import { attempt, run } from './work.js';

const WASM_PAGE_BYTES = 65536;

const compression = new CompressionService();

export class CuWASM {
  /** A new instance, loaded. */
  static async init(options) {
    const instance = new this();
    await instance.load(options);
    return instance;
  }

  constructor() {
    addState(this);
  }

  // ---- life ----

  /**
   * Loads the module, and what was saved under the name of the option `name`, unless `autoRestore` is false.
   * @param {object | string | URL} [options] a string: where cu.wasm is
   */
  load(options) {
    const state = stateOf(this);
    return promised(() => {
      if (state.isClosed) throw new StateError('the instance is closed');
      if (state.options !== undefined) {
        if (options !== undefined) throw new StateError('the instance is loaded already: options would have no effect');
        return state.loading;
      }
      state.options = readOptions(options);
      state.loading = open(state).then(() => this, (error) => {
        state.options = undefined;
        state.loading = undefined;
        throw error;
      });
      return state.loading;
    });
  }

  /**
   * Of a loaded instance: 0, for `load` has started the machine. Of another one: a promise of 0 that loads it, with these options.
   */
  init(options) {
    const state = stateOf(this);
    if (state.cu !== undefined && options === undefined && !state.isClosed) return 0;
    return this.load(options).then(() => 0);
  }

  get isLoaded() {
    const state = stateOf(this);
    return state.cu !== undefined && !state.isClosed;
  }

  /** Everything that was not saved is gone, but for an instance that saves by itself. Each further call is an error. */
  close() {
    const state = stateOf(this);
    if (state.saves !== undefined && !state.isClosed) {
      state.saves.checkWhole();
      state.saves.close();
    }
    state.isClosed = true;
    state.cu = undefined;
    state.data = undefined;
  }

  // ---- computing ----

  /** Runs Lua code at once; answers a promise of the last value that it returned, which has `value`, `values`, `output` and `error`. */
  compute(code) {
    return run(this, (cu) => {
      checkCode(code);
      clearOutput(cu);
      return cu.compute(code);
    });
  }

  /** Another name of `compute`. */
  eval(code) {
    return this.compute(code);
  }

  /** The message of the error with which the last compute, or other call that answers a promise, failed; null when it did not. */
  getLastError() {
    const { error } = stateOf(this);
    return error === undefined ? null : String(error && error.message);
  }

  // ---- input and output ----

  setInput(data) {
    const state = opened(this);
    // A large input is in tables of its own.
    state.saves.without(() => setInput(state.cu, data, state));
    state.isComputed = false;
  }

  setInputField(key, value) {
    const { cu, saves } = opened(this);
    saves.without(() => setInputField(cu, key, value));
  }

  getOutput() {
    return getOutput(opened(this).cu);
  }

  getOutputField(key) {
    return getOutputField(opened(this).cu, key);
  }

  setMetadata(meta) {
    const state = opened(this);
    setMetadata(state.cu, meta);
    state.isComputed = false;
  }

  getMetadata() {
    return getMetadata(opened(this).cu);
  }

  clearIo() {
    const state = opened(this);
    state.cu.clearIo();
    state.isComputed = false;
  }

  // ---- snapshots ----

  /** Keeps everything but `_io`, as it is now, under that name. */
  async saveState(name = 'default') {
    const { saves, transaction } = opened(this);
    checkSnapshotName(name);
    if (transaction !== undefined) throw new StateError('a transaction is open: end it before the state is saved');
    saves.checkWhole();
    await saves.save(name);
    return true;
  }

  /** Goes on from what was saved under that name, as after a reload; false when nothing was. */
  async loadState(name = 'default') {
    const state = opened(this);
    checkSnapshotName(name);
    if (state.transaction !== undefined) throw new StateError('a transaction is open: end it before a state is loaded');
    return reopen(state, name);
  }

  /** The names of all that was saved. */
  async listStates() {
    return opened(this).options.storage.list();
  }

  /** Removes what was saved under that name; false when nothing was. */
  async deleteState(name) {
    const { options } = opened(this);
    return options.storage.delete(checkSnapshotName(name));
  }

  /** Whether something changed since the state was saved under the name of the option `name`, or restored from it. */
  get hasUnsaved() {
    return opened(this).saves.hasUnsaved;
  }

  /** That the browser keeps nothing, or what the earlier program left and could not be taken over; null if there is neither, as far as is known. */
  get storageWarning() {
    return opened(this).options.storage.warning || null;
  }

  // ---- memory and tables ----

  getMemoryStats() {
    const { ioBufferSize, luaMemoryUsed, wasmPages } = opened(this).cu.memoryStats();
    const total = wasmPages * WASM_PAGE_BYTES;
    return {
      total,
      used: luaMemoryUsed,
      free: total - luaMemoryUsed,
      io_buffer_size: ioBufferSize,
      lua_memory_used: luaMemoryUsed,
      wasm_pages: wasmPages,
    };
  }

  /** What this instance did so far, in numbers. */
  getStats() {
    return stateOf(this).statistics.report();
  }

  runGc() {
    const { cu, saves } = opened(this);
    saves.without(() => cu.runGc());
  }

  gc() {
    this.runGc();
  }

  /** Text from the memory of the module, U+FFFD where it is not UTF-8. */
  readBuffer(ptr, len) {
    const { bytes } = inside(opened(this).cu).memory;
    checkWhole('ptr', ptr, 0, bytes.length);
    checkWhole('len', len, 0, bytes.length - ptr);
    return decodeLossy(bytes, ptr, ptr + len);
  }

  getTableInfo() {
    return tableInfo(opened(this).cu);
  }

  /** The id of the table with that name. */
  getTableId(table) {
    return tableOf(opened(this).cu, table).id;
  }

  getIoTableId() {
    return this.isLoaded ? TABLE_IO : null;
  }

  getHomeTableId() {
    return this.isLoaded ? opened(this).cu.homeTable : null;
  }

  getMemoryTableId() {
    return this.getHomeTableId();
  }

  // ---- functions ----

  /** Puts a function into a table, from its source, or from bytecode, which is verified. */
  persistFunction(table, name, code, options) {
    return attempt(this, ({ cu }) => persistFunction(cu, table, name, code, options));
  }

  /** A function of JavaScript that calls the one in the table, and has its `metadata`. */
  restoreFunction(table, name) {
    return attempt(this, ({ cu }) => restoreFunction(cu, table, name, (source, args) => (
      run(this, (current) => callScript(current, source, args)))));
  }

  /** Whether the code compiles, or is verified, and is not too large; `getLastError` says what is wrong. */
  validateFunction(code) {
    return attempt(this, (state) => {
      const fault = findFault(state.cu, code);
      if (fault !== undefined) state.error = new Error(fault);
      return fault === undefined;
    });
  }

  // ---- rows ----

  batchTableOperations(operations, options) {
    return attempt(this, (state) => {
      const results = batch(state, operations, options);
      state.statistics.batches.count++;
      state.statistics.batches.operations += results.length;
      return results;
    }, 'cu:batch');
  }

  /** Makes an index, and the table if it is not there; answers the index's name. */
  createIndex(table, field, type) {
    return attempt(this, (state) => createIndex(state, table, field, type));
  }

  dropIndex(table, field) {
    return attempt(this, (state) => dropIndex(state, table, field));
  }

  listIndexes(table) {
    return attempt(this, (state) => listIndexes(state, table));
  }

  /** The rows that a query finds. */
  queryTable(table, query = {}) {
    return find(this, table, () => specOf(query));
  }

  /** The rows whose field is from `min` to `max`, in its order. */
  rangeQuery(table, field, min, max) {
    return find(this, table, () => ({ where: rangeOf(field, min, max), order: field }));
  }

  /** How a query would be done: of `{ table, ... }`, or of a table and a query. */
  getQueryPlan(table, query) {
    const { cu, data } = opened(this);
    const [name, wanted] = query === undefined && typeof table === 'object' && table !== null ? [table.table, table] : [table, query];
    nameOf(cu, name, 'query.table');
    return planOf(data.explain(tableOf(cu, name), specOf(wanted)));
  }

  /** The plan, and the index that would help, as arguments of `createIndex`; null if none would. */
  optimizeQuery(table, query) {
    const plan = this.getQueryPlan(table, query);
    const { field } = query === undefined ? table : query;
    const suggestedIndex = plan.useIndex || field === undefined ? null : { field, type: 'btree' };
    return { ...plan, suggestedIndex };
  }

  // ---- transactions ----

  /** What is done until the answered transaction is committed or rolled back is kept together, or undone. */
  beginTransaction() {
    return attempt(this, (state) => {
      if (state.transaction !== undefined) throw new StateError('a transaction is open already');
      state.transactionUndone = state.saves.mark();
      state.cu.begin();
      state.transaction = Object.freeze({ isTransaction: true });
      return state.transaction;
    });
  }

  commitTransaction(transaction) {
    return attempt(this, (state) => end(state, transaction, 'committed', () => state.cu.commit()));
  }

  rollbackTransaction(transaction) {
    return attempt(this, (state) => end(state, transaction, 'rolledBack', () => {
      state.cu.rollBack();
      state.transactionUndone();
    }));
  }

  /** Does `action` in a transaction, which is kept when it ends well and undone when it does not. */
  async transaction(action) {
    checkFunction('action', action);
    const transaction = await this.beginTransaction();
    const isOpen = () => stateOf(this).transaction === transaction;
    try {
      const result = await action(this);
      if (isOpen()) await this.commitTransaction(transaction);
      return result;
    } catch (error) {
      if (isOpen()) await this.rollbackTransaction(transaction);
      throw error;
    }
  }

  // ---- bytes ----

  compressData(data, options) {
    return compression.compress(data, options);
  }

  decompressData(result) {
    return compression.decompress(result);
  }
}

/** The rows of a table for which a query asks. */
function find(instance, table, makeSpec) {
  return attempt(instance, (state) => findRows(state, table, makeSpec()), 'cu:query');
}

/** The transaction is over also when its end fails. */
function end(state, transaction, way, action) {
  if (state.transaction === undefined) throw new StateError('no transaction is open');
  if (transaction !== undefined && transaction !== state.transaction) refuse('transaction', 'the one that is open', transaction);
  state.transaction = undefined;
  action();
  state.statistics.transactions[way]++;
  return true;
}

function checkCode(code) {
  if (!(code instanceof Uint8Array)) checkString('code', code);
}
