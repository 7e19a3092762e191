/**
 * What the instances of one worker share on the page: a link to it, and another link to a new worker when that one has ended and its store
 * has outlived it.
 *
 * Invariant: after the end of a worker nothing goes on in silence with other tables: over a store in memory every further call is an error,
 * and so is every call of a transaction that was open, until it is rolled back.
 */

import { StateError } from '../errors.js';
import { REPEATED } from './methods.js';
import { Link } from './link.js';
import { WorkerError } from './worker_error.js';

const CLOSED = 'this instance is closed';

/** For calls of the worker itself. */
const NO_INSTANCE = 0;

/** What an instance knows of its transaction: there is one, or there was one when the worker ended. */
const OPEN = 'open';
const LOST = 'lost';

export class Connection {
  /**
   * @param {object} plan
   * @param {Worker | MessagePort} [plan.worker] one that the program made
   * @param {string | URL | (() => Worker)} [plan.way] else the way to new ones; undefined: the usual one
   * @param {Promise<WebAssembly.Module>} [plan.module] for all instances
   * @param {object} [plan.store]
   * @param {object} [plan.encrypted]
   * @param {number} plan.stopWait milliseconds after which a call that is to stop is ended with its worker
   * @param {number} plan.startWait milliseconds for a worker to answer at all
   * @param {(error: Error) => void} [plan.onError]
   * @param {() => void} [plan.onChange]
   */
  constructor(plan) {
    /** What it was given, and what the worker says of its store. */
    this.plan = { ...plan, isDurable: false, hasTurns: false, hasSnapshots: false };
    /** @type {Map<number, { kind: string, options: object, onEvent?: Function, functions?: Map, repeated: Map<string, unknown[]>, transaction?: string }>} */
    this.instances = new Map();
    this.last = 0;
    this.link = undefined;
    /** The error of every further call. */
    this.end = undefined;
    this.starts = 0;
    /** Node threads that may have left a lock, and the end of the last one. */
    this.endedThreads = [];
    this.ending = undefined;
  }

  /** Makes an instance; resolves with its number and what the worker says of it. */
  async create(kind, options, { onEvent, functions } = {}) {
    const number = ++this.last;
    const module = await this.compiled();
    const all = { ...options, ...(module === undefined ? {} : { module }), hasEvents: onEvent !== undefined };
    if (functions !== undefined) all.functions = [...functions.keys()];
    const record = { kind, options: all, onEvent, functions, repeated: new Map(), transaction: undefined };
    const made = this.ask(NO_INSTANCE, 'worker', 'create', [number, kind, record.options]);
    this.instances.set(number, record);
    try {
      return { number, about: await made };
    } catch (error) {
      this.instances.delete(number);
      throw error;
    }
  }

  /** The module. The worker begins, and opens its store, while it is compiled. */
  async compiled() {
    if (this.end !== undefined) throw this.end;
    const link = this.living();
    const module = await this.plan.module;
    if (link.error !== undefined) throw link.error;
    return module;
  }

  /**
   * Calls a method in the worker.
   * @param {{ signal?: AbortSignal, limit?: number, config?: object }} [details]
   */
  ask(instance, target, method, args, { signal, limit, config } = {}) {
    return new Promise((resolve, reject) => {
      if (this.end !== undefined) throw this.end;
      const record = this.instances.get(instance);
      if (record === undefined && instance !== NO_INSTANCE) throw new StateError(CLOSED);
      if (signal !== undefined && signal.aborted) throw reasonOf(signal);
      if (record !== undefined && record.transaction === LOST) {
        afterLoss(record, method, resolve);
        return;
      }
      const link = this.living();
      const functions = record === undefined ? undefined : record.functions;
      const call = { instance, target, method, args, config, limit, functions, resolve, reject };
      if (signal !== undefined) stopWith(signal, call, link);
      if (record !== undefined && target === 'cu') follow(record, call);
      try {
        link.send(call);
      } catch (error) {
        call.reject(error);
      }
    });
  }

  /** The link, to a new worker if there is none. */
  living() {
    if (this.link !== undefined) return this.link;
    const link = new Link(this.plan, {
      ended: (error) => this.ended(link, error),
      event: (number, event) => this.event(number, event),
      reported: (kind, error) => this.reported(kind, error),
    }, this.ending);
    this.link = link;
    const restart = { isRestart: this.starts > 0, endedThreads: this.endedThreads };
    this.starts++;
    const { store, encrypted } = this.plan;
    this.prepare(link, 'open', [{ store, encrypted, restart }], (about) => {
      Object.assign(this.plan, about);
      this.endedThreads = [];
    });
    for (const [number, { kind, options, repeated }] of this.instances) {
      this.prepare(link, 'create', [number, kind, options]);
      for (const [method, args] of repeated) this.prepare(link, method, args, undefined, { instance: number, target: 'cu' });
    }
    return link;
  }

  /** A call without which the link is of no use. */
  prepare(link, method, args, resolve = () => {}, { instance = NO_INSTANCE, target = 'worker' } = {}) {
    link.send({ instance, target, method, args, isNeeded: true, resolve, reject: (error) => link.fail(error) });
  }

  ended(link, error) {
    if (this.link !== link) return;
    this.link = undefined;
    this.ending = link.ending;
    if (link.thread !== undefined && link.thread.id !== undefined) this.endedThreads.push(link.thread.id);
    for (const record of this.instances.values()) if (record.transaction === OPEN) record.transaction = LOST;
    if (this.end !== undefined) return;
    const canGoOn = this.plan.worker === undefined && (this.plan.isDurable || this.instances.size === 0 || isBefore(error));
    if (!canGoOn) this.end = error;
  }

  event(number, event) {
    const record = this.instances.get(number);
    if (record === undefined || record.onEvent === undefined) return;
    try {
      record.onEvent(event);
    } catch (error) {
      // No call waits for it.
      this.reported('failure', error);
    }
  }

  reported(kind, error) {
    const { onError, onChange } = this.plan;
    if (kind === 'change') {
      if (onChange !== undefined) onChange();
    } else if (onError !== undefined) onError(error);
    else Promise.reject(error);
  }

  /** Stops the call that runs, and removes those that wait. Resolves when nothing runs any more. */
  async stop() {
    const { link } = this;
    if (this.end !== undefined) throw this.end;
    if (link === undefined) return;
    // What opens stores, and makes and ends instances, goes on.
    const calls = [...link.calls.values()].filter(({ target, isNeeded }) => target !== 'worker' && !isNeeded);
    for (const call of calls) {
      link.stop(call, (isRemoved) => new WorkerError('stopped', isRemoved
        ? `${call.method} was removed from the queue by stop()`
        : `${call.method} was stopped, and the worker with it, since it did not end by itself: ${link.loss()}`));
    }
    await Promise.all(calls.map(({ over }) => over));
  }

  /** Ends an instance after its calls, and the worker after the last one. */
  async close(number, { now = false } = {}) {
    if (!this.instances.has(number)) return;
    const isLast = this.instances.size === 1;
    if (now || this.link === undefined) {
      this.instances.delete(number);
      if (isLast || now) await this.endNow();
      return;
    }
    const { link } = this;
    const closing = this.whenOver(link, number).then(() => this.asked(link, 'close', [number]));
    this.instances.delete(number);
    if (!isLast) {
      await closing;
      return;
    }
    this.end = new StateError(CLOSED);
    try {
      await closing;
      await this.asked(link, 'end', []);
    } finally {
      link.fail(this.end);
      await link.ending;
    }
  }

  /** Resolves when the calls of an instance are: scripts that wait are not in the queue. */
  whenOver(link, number) {
    return Promise.all([...link.calls.values()].filter(({ instance }) => instance === number).map(({ over }) => over));
  }

  asked(link, method, args) {
    return new Promise((resolve, reject) => { link.send({ instance: NO_INSTANCE, target: 'worker', method, args, resolve, reject }); });
  }

  async endNow() {
    this.instances.clear();
    this.end = new StateError(CLOSED);
    const { link } = this;
    if (link === undefined) return;
    link.fail(this.end);
    await link.ending;
  }
}

/** Whether the link ended before it could be used: then nothing was lost with it. */
function isBefore(error) {
  return error instanceof WorkerError && (error.reason === 'start' || error.reason === 'foreign');
}

/** Notes what a call does to its instance, when it is done. */
function follow(record, call) {
  const { resolve, reject, method, args } = call;
  const noting = (note, settle) => (outcome) => {
    note();
    settle(outcome);
  };
  if (REPEATED.includes(method)) call.resolve = noting(() => repeatLater(record, method, args), resolve);
  if (method === 'begin') call.resolve = noting(() => { record.transaction = OPEN; }, resolve);
  if (method !== 'commit' && method !== 'rollBack') return;
  // It is over also when its end fails.
  const over = () => { record.transaction = undefined; };
  call.resolve = noting(over, resolve);
  call.reject = noting(over, reject);
}

/** They are repeated in the order in which they came last. */
function repeatLater({ repeated }, method, args) {
  repeated.delete(method);
  repeated.set(method, args);
}

/** A call of an instance whose transaction was undone with its worker. */
function afterLoss(record, method, resolve) {
  const isEnd = method === 'commit' || method === 'rollBack';
  if (isEnd) record.transaction = undefined;
  if (method !== 'rollBack') throw new StateError(`the worker ended while a transaction was open, which is undone${isEnd ? '' : ': rollBack() before other calls'}`);
  resolve();
}

function stopWith(signal, call, link) {
  const { resolve, reject } = call;
  const because = () => reasonOf(signal);
  const stop = () => link.stop(call, because);
  signal.addEventListener('abort', stop);
  const settle = (how) => (outcome) => {
    signal.removeEventListener('abort', stop);
    how(outcome);
  };
  call.resolve = settle(resolve);
  // The script was stopped for the signal.
  call.reject = settle((error) => reject(signal.aborted && error && error.errorClass === 'interrupted' ? reasonOf(signal) : error));
}

function reasonOf(signal) {
  return signal.reason === undefined ? new DOMException('the call was aborted', 'AbortError') : signal.reason;
}
