/**
 * An instance in a worker: what `Cu` and `Data` do, as promises.
 *
 * Invariant: what a program holds has its calls and nothing of what is behind them. `with` makes another view of the same instance.
 */

import { Connection } from './connection.js';
import { addMethods, METHODS, OPTIONS_AT } from './methods.js';
import { closable, inTransaction, makePlan, readDetails, splitOptions } from './options.js';
import { Outputs } from './outputs.js';
import { checkedWorker } from './thread.js';

/** Rows that are fetched at once, where nothing is said. */
const PAGE_ROWS = 1000;

/** @type {WeakMap<object, { connection: Connection, number: number, details: object, about: object }>} */
const states = new WeakMap();

function stateOf(view) {
  const state = states.get(view);
  if (state === undefined) throw new TypeError('this is no instance of a worker');
  return state;
}

/** Asks for a method, with what the view adds to it. */
function ask(view, target, method, args) {
  const { connection, number, details } = stateOf(view);
  return connection.ask(number, target, method, args, details);
}

export class WorkerCu {
  /**
   * Starts a worker, opens a store in it and makes an instance over it.
   * @param {object} [options] those of `Cu` that can be sent: `config`, `home`, `exact`, `rate`, `timeLimit`; `onEvent` and `functions`, which
   *   run here; `now: true` for the clock; and
   * @param {object} [options.store] `{ indexeddb: name }`, `{ opfs: name }`, `{ file: path }`, each with the options of that store, or
   *   `{ memory: true }`, also with a snapshot in the place of true
   * @param {{ key: Uint8Array, olderKeys?: Uint8Array[] }} [options.encrypted] the store gets encrypted values only
   * @param {string | URL | (() => Worker)} [options.worker] the file of the worker, or what makes one; default: the usual one
   * @param {number} [options.stopWait] milliseconds after which a call that is to stop is ended with its worker; default 1000
   * @param {number} [options.startWait] milliseconds for a new worker to answer; default 30,000
   * @param {(error: Error) => void} [options.onError] gets failures that no caller waits for
   * @param {() => void} [options.onChange] called when another tab changed the store
   * @returns {Promise<WorkerCu>}
   */
  static async create(options = {}) {
    const { plan, instance, ofPage, timeLimit } = splitOptions(options, true);
    return first(new Connection(makePlan(plan)), instance, ofPage, timeLimit);
  }

  /**
   * Makes an instance in a worker that the program made, and whose file calls `serve()`; also by a MessagePort, such as that of a
   * SharedWorker. The worker stays the program's: `close` does not end it.
   * @param {Worker | MessagePort} worker
   * @param {object} [options] as for `create`, but `worker`; `store` only where `serve` was given none
   */
  static async connect(worker, options = {}) {
    const { plan, instance, ofPage, timeLimit } = splitOptions(options, false);
    return first(new Connection(makePlan({ ...plan, worker: checkedWorker(worker) })), instance, ofPage, timeLimit);
  }

  /** Use `WorkerCu.create`. */
  constructor(connection, number, details, about) {
    if (!(connection instanceof Connection)) throw new TypeError('an instance is made by WorkerCu.create or WorkerCu.connect');
    states.set(this, { connection, number, details, about });
    /** What the module's section `cu` says. */
    this.module = about.module;
    this.data = new WorkerData(this);
    this.store = new WorkerStore(this);
  }

  /** The same instance, with a signal, or a time limit in milliseconds, for each call. */
  with(details) {
    const state = stateOf(this);
    return new WorkerCu(state.connection, state.number, readDetails(details, state.details), state.about);
  }

  /** Another instance over the same store, in the same worker. */
  async open(options = {}) {
    const { connection } = stateOf(this);
    const { instance, ofPage, timeLimit } = splitOptions(options, false, true);
    return make(connection, instance, ofPage, timeLimit);
  }

  /** As that of a `Cu`: a function of the arguments of `call`, whose promise it answers. */
  prepare(way, options) {
    return (...args) => this.call(way, args, options);
  }

  /** The id of the table that scripts see as `_home`. */
  get homeTable() {
    return this.getHomeTable();
  }

  /**
   * Runs `action` in a transaction, which is kept when its promise resolves and undone when it rejects. What others do with this instance
   * meanwhile belongs to it.
   */
  async transaction(action) {
    return inTransaction(this, action);
  }

  /**
   * Runs a program once for each batch of items: source, which has the batch as `_io.input.batch` and puts out `_io.output`, or a `Way` to a
   * function of `(batch, batchIndex, hasMore)`.
   * @param {string | import('../values.js').Way} program
   * @param {Iterable<unknown> | AsyncIterable<unknown> | ReadableStream} items
   * @param {{ batchSize?: number, signal?: AbortSignal, timeLimit?: number }} [options] items of a batch, default 100; the limit is that
   *   of a batch
   * @returns {Outputs} the output of each batch, as it is asked for
   */
  processStream(program, items, { batchSize, ...details } = {}) {
    const view = Object.keys(details).length === 0 ? this : this.with(details);
    const { details: { signal }, about } = stateOf(view);
    // A batch has `_io` for itself, also while it waits.
    const inFlight = about.waits && typeof program === 'string' ? 1 : undefined;
    return new Outputs(program, items, batchSize, (...args) => computeBatch(view, args), signal, inFlight);
  }

  /** Every row of a table, however many, as `[key, row]`, page by page. */
  rows(table, options) {
    return this.data.each(table, {}, options);
  }

  /** Stops the call that runs in the worker, and removes those that wait. */
  async stop() {
    return stateOf(this).connection.stop();
  }

  /** Ends the instance after the calls that were made, or at once; and with the last instance its store and worker. */
  async close(options) {
    const { connection, number } = stateOf(this);
    return connection.close(number, closable(options));
  }
}

addMethods(WorkerCu.prototype, METHODS.cu, (view, method, args) => {
  const at = OPTIONS_AT[method];
  if (at === undefined) return ask(view, 'cu', method, args);
  const { connection, number, details } = stateOf(view);
  const { signal, ...config } = Object(args[at]);
  const own = readDetails({ signal, timeLimit: config.timeLimit }, details);
  const sent = args.slice(0, at);
  while (sent.length < at) sent.push(undefined);
  if (args.length > at || own.config !== undefined) sent.push({ ...config, ...own.config });
  return connection.ask(number, 'cu', method, sent, own);
});

/** For `await using`. */
const DISPOSE = Symbol.asyncDispose || Symbol.for('Symbol.asyncDispose');
Object.defineProperty(WorkerCu.prototype, DISPOSE, { value() { return this.close(); }, configurable: true, writable: true });

/** The output of one batch of a stream: `args` are the program, the batch, its index, and whether there are more. */
export function computeBatch(cu, args) {
  return ask(cu, 'stream', 'batch', args);
}

/** Whether every further call is an error. */
export function isOver(cu) {
  return stateOf(cu).connection.end !== undefined;
}

/** The methods of `Data`. */
class WorkerData {
  constructor(cu) {
    states.set(this, stateOf(cu));
  }

  /**
   * Every row that a query finds, however many, as `[key, row]`.
   * @param {{ page?: number }} [options] rows that are fetched at once
   */
  async* each(table, spec = {}, { page = PAGE_ROWS } = {}) {
    const number = await ask(this, 'walk', 'begin', [table, spec, { page }]);
    let isDone = false;
    try {
      while (!isDone) {
        const { rows, done } = await ask(this, 'walk', 'more', [number, page]);
        isDone = done;
        yield* rows;
      }
    } finally {
      if (!isDone) ask(this, 'walk', 'end', [number]).catch(() => {});
    }
  }
}

addMethods(WorkerData.prototype, METHODS.data, (data, method, args) => ask(data, 'data', method, args));

/** What the store of the worker can do beside keeping tables: not every store can do all of it. */
class WorkerStore {
  constructor(cu) {
    states.set(this, stateOf(cu));
    this.snapshots = stateOf(cu).connection.plan.hasSnapshots ? new WorkerSnapshots(cu) : undefined;
  }
}

addMethods(WorkerStore.prototype, METHODS.store, (store, method, args) => ask(store, 'store', method, args));

/** Named snapshots, where the store has them. */
class WorkerSnapshots {
  constructor(cu) {
    states.set(this, stateOf(cu));
  }
}

addMethods(WorkerSnapshots.prototype, METHODS.snapshots, (snapshots, method, args) => ask(snapshots, 'snapshots', method, args));

async function first(connection, instance, ofPage, timeLimit) {
  try {
    return await make(connection, instance, ofPage, timeLimit);
  } catch (error) {
    await connection.endNow();
    throw error;
  }
}

async function make(connection, instance, ofPage, timeLimit) {
  const { number, about } = await connection.create('cu', instance, ofPage);
  return new WorkerCu(connection, number, { limit: timeLimit }, about);
}
