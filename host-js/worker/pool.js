/**
 * Several workers for jobs that do not depend on one another.
 *
 * Invariant: a worker has one job at a time, and a job one worker. What a job over IndexedDB changed is durable when it resolves, and jobs see
 * what others did, for each call of a job has the turn of the store. Over a store in memory each worker has its own.
 */

import { StateError } from '../errors.js';
import { checkFunction, closable } from './options.js';
import { Outputs } from './outputs.js';
import { computeBatch, isOver, WorkerCu } from './worker_cu.js';
import { WorkerError } from './worker_error.js';

/** More workers than this take memory, and are seldom faster. */
const MOST_WORKERS = 8;
const FEWEST_WORKERS = 2;

/** Only one worker can have these open. */
const SINGLE = ['opfs', 'file'];

const CLOSED = 'this pool is closed';

/** @type {WeakMap<Pool, State>} */
const states = new WeakMap();

export class Pool {
  /**
   * Makes a pool. One worker is started at once, so that an error comes at once; others when jobs wait for them.
   * @param {object} [options] as for `WorkerCu.create`, and
   * @param {number} [options.size] the most workers; default: one less than the processors, 2 to 8
   * @returns {Promise<Pool>}
   */
  static async create({ size = usualSize(), ...options } = {}) {
    if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`size is ${String(size)}; wanted is a whole number from 1 on`);
    const single = SINGLE.find((kind) => Object.prototype.hasOwnProperty.call(Object(options.store), kind));
    if (single !== undefined && size > 1) {
      throw new RangeError(`size is ${size}, and a store of the kind ${single} can be open in one worker at a time: size 1, or { indexeddb: name }`);
    }
    const state = new State(size, options);
    const pool = new Pool(state);
    state.free.push(await state.start());
    return pool;
  }

  /** Use `Pool.create`. */
  constructor(state) {
    if (!(state instanceof State)) throw new TypeError('a pool is made by Pool.create');
    states.set(this, state);
  }

  /** The most workers there will be. */
  get size() {
    return states.get(this).size;
  }

  /** How many workers there are, how many of them have a job, and how many jobs wait. */
  get load() {
    const { workers, free, jobs } = states.get(this);
    return { workers: workers.size, busy: workers.size - free.length, waiting: jobs.length };
  }

  /** Runs Lua source in the first worker that is free. */
  compute(source, { signal, ...config } = {}) {
    return this.run((cu) => cu.compute(source, { ...config, signal }), { signal });
  }

  /** Calls a function in the first worker that is free: one that is in the store, or in the library. */
  call(way, args, { signal, ...options } = {}) {
    return this.run((cu) => cu.call(way, args, { ...options, signal }), { signal });
  }

  /** As that of a `Cu`: a function of the arguments of `call`, whose promise it answers. */
  prepare(way, options) {
    return (...args) => this.call(way, args, options);
  }

  /**
   * Gives `action` a worker of its own until its promise is settled.
   * @template T
   * @param {(cu: WorkerCu) => T | Promise<T>} action
   * @param {{ signal?: AbortSignal }} [options] while the job waits; the calls of the action have their own
   * @returns {Promise<T>}
   */
  run(action, { signal } = {}) {
    return states.get(this).add(action, signal);
  }

  /**
   * Runs a program for each batch of items, as `WorkerCu.processStream` does, but each batch in the first worker that is free: what a batch leaves
   * in globals, the next one may not find. Outputs come in the order of the batches.
   * @returns {Outputs}
   */
  processStream(program, items, { batchSize, signal, ...details } = {}) {
    const compute = (...args) => this.run((cu) => computeBatch(cu.with({ ...details, signal }), args), { signal });
    return new Outputs(program, items, batchSize, compute, signal, this.size + 1);
  }

  /** Stops every job, running or not. */
  stop() {
    return states.get(this).stop();
  }

  /** Ends the workers after the jobs that were given, or at once. */
  close(options) {
    return states.get(this).close(closable(options));
  }
}

class State {
  constructor(size, options) {
    this.size = size;
    this.options = options;
    this.workers = new Set();
    this.free = [];
    this.jobs = [];
    this.starting = 0;
    this.isClosed = false;
    /** Whether its workers are ended: one that starts now is, too. */
    this.isEnded = false;
    this.ending = undefined;
    /** The start of all workers so far, well or not. */
    this.started = undefined;
    this.idle = [];
  }

  async start() {
    this.starting++;
    try {
      const cu = await WorkerCu.create(this.options);
      if (this.isEnded) {
        await cu.close({ now: true });
        throw new StateError(CLOSED);
      }
      this.workers.add(cu);
      return cu;
    } finally {
      this.starting--;
    }
  }

  add(action, signal) {
    return new Promise((resolve, reject) => {
      checkFunction('action', action, true);
      if (this.isClosed) throw new StateError(CLOSED);
      if (signal !== undefined && signal.aborted) throw reasonOf(signal);
      const job = { action, resolve, reject, unlisten: () => {} };
      if (signal !== undefined) {
        const leave = () => {
          this.jobs = this.jobs.filter((each) => each !== job);
          reject(reasonOf(signal));
        };
        signal.addEventListener('abort', leave);
        job.unlisten = () => signal.removeEventListener('abort', leave);
      }
      this.jobs.push(job);
      this.assign();
    });
  }

  assign() {
    // One whose store went with its worker is of no use; another one takes its place.
    for (const cu of this.free.filter(isOver)) this.workers.delete(cu);
    this.free = this.free.filter((cu) => !isOver(cu));
    while (this.jobs.length > 0 && this.free.length > 0) this.work(this.free.pop(), this.jobs.shift());
    if (this.jobs.length > this.starting && this.workers.size + this.starting < this.size) {
      const started = this.start().then((cu) => this.release(cu), (error) => this.notStarted(error));
      this.started = Promise.all([this.started, started]).then(() => {});
    }
    if (this.jobs.length === 0 && this.free.length === this.workers.size && this.starting === 0) {
      for (const tell of this.idle.splice(0)) tell();
    }
  }

  /** Without any worker nobody would do the jobs. */
  notStarted(error) {
    if (this.workers.size === 0) this.refuseJobs(error);
    this.assign();
  }

  async work(cu, job) {
    job.unlisten();
    try {
      job.resolve(await job.action(cu));
    } catch (error) {
      job.reject(error);
    }
    this.release(cu);
  }

  release(cu) {
    if (isOver(cu)) this.workers.delete(cu);
    else this.free.push(cu);
    this.assign();
  }

  async stop() {
    this.refuseJobs(new WorkerError('stopped', 'the job was removed from the queue by stop()'));
    await Promise.all([...this.workers].map((cu) => cu.stop()));
  }

  refuseJobs(error) {
    for (const job of this.jobs.splice(0)) {
      job.unlisten();
      job.reject(error);
    }
  }

  /** Resolves when all workers have ended, also when it is called again. One that ends at once does not wait for one that does not. */
  async close({ now }) {
    this.isClosed = true;
    if (now) {
      this.refuseJobs(new StateError(CLOSED));
      for (const tell of this.idle.splice(0)) tell();
    } else if (!this.isEnded && (this.jobs.length > 0 || this.free.length < this.workers.size || this.starting > 0)) {
      await new Promise((resolve) => { this.idle.push(resolve); });
    }
    this.isEnded = true;
    const workers = [...this.workers];
    this.workers.clear();
    this.free = [];
    this.ending = Promise.all([this.ending, this.started, ...workers.map((cu) => cu.close({ now }))]);
    await this.ending;
  }
}

function usualSize() {
  const processors = typeof navigator === 'object' && navigator !== null ? navigator.hardwareConcurrency : undefined;
  return Math.min(MOST_WORKERS, Math.max(FEWEST_WORKERS, (processors || FEWEST_WORKERS) - 1));
}

function reasonOf(signal) {
  return signal.reason === undefined ? new DOMException('the job was aborted', 'AbortError') : signal.reason;
}
