/**
 * The worker's end of a connection: it does what a page asks, one call at a time, and answers.
 *
 *   page to worker   { id, instance, target, method, args, config, classes }   a call, which waits
 *                    { go: id, url }                                           it may run; `url`: a new signal (interrupt.js)
 *                    { drop: id }                                              it will not
 *                    { end: true }                                             the page has gone
 *   worker to page   { welcome: VERSION }                                      first of all
 *                    { lock: name }                                            held as long as this worker lives
 *                    { id, begun: true }                                       it has the turn of the store
 *                    { id, ran: true }                                         it is done, and not durable yet: the next one may run
 *                    { id, value, classes } | { id, error, classes }           the answer
 *                    { instance, event, classes } | { report, error }          what nobody asked for
 *                    { unreadable: true }                                      a message that cannot be read here
 *
 * A call may come with `go: true`, where nothing else waits.
 *
 * Invariant: a call is answered when what it changed is as durable as its store makes it. Over a store whose tabs take turns each call has
 * the turn, and calls that follow one another share a save.
 */

import { Data } from '../data.js';
import { StateError } from '../errors.js';
import { Cu } from '../instance.js';
import { CuWASMCalls } from './cuwasm_calls.js';
import { Interrupt } from './interrupt.js';
import { bareError, packed, packedError, unpacked, unsendable } from './message.js';
import { isMethod, VERSION } from './methods.js';
import { Walks } from './rows.js';
import { encryptedStore, isDurable, openStore, restoreContent, withMethod } from './stores.js';
import { computeBatch } from './stream.js';

/** The reason in the error of a script. */
const STOPPED = 'stopped';

/** Targets that change tables, and so need the turn of a store. */
const IN_TURN = ['cu', 'data', 'walk', 'stream'];

export class Session {
  /**
   * @param {{ port: MessagePort, signal: { words?: Int32Array, url?: string }, lockName?: string }} greeting what the page sent
   * @param {object} shared what `serve` was given, and all sessions of the worker have
   */
  constructor({ port, signal, lockName }, shared) {
    this.port = port;
    this.lockName = lockName;
    this.shared = shared;
    this.interrupt = new Interrupt(signal);
    this.held = new Map();
    this.instances = new Map();
    this.store = undefined;
    /** Whether this session opened the store, and so closes it. */
    this.isOwner = false;
    port.onmessage = ({ data }) => this.receive(data);
    port.onmessageerror = () => port.postMessage({ unreadable: true });
    port.postMessage({ welcome: VERSION });
    this.lock();
  }

  receive(message) {
    if (message.method !== undefined) this.held.set(message.id, message);
    if (message.url !== undefined) this.interrupt.url = message.url;
    if (message.drop !== undefined) this.held.delete(message.drop);
    else if (message.end) this.end().then(() => this.port.close(), () => this.port.close());
    else if (message.go !== undefined) this.run(message.go === true ? message.id : message.go);
  }

  async run(id) {
    const call = this.held.get(id);
    if (call === undefined) return;
    this.held.delete(id);
    this.interrupt.begin();
    try {
      const outcome = this.isInTurn(call) ? this.inTurn(call) : this.perform(call);
      this.answer({ id, value: outcome instanceof Promise ? await outcome : outcome });
    } catch (error) {
      this.fail(id, error);
    }
  }

  answer(content) {
    const { message, transfer } = packed(content, 'value', true);
    try {
      this.port.postMessage(message, transfer);
    } catch (cause) {
      throw unsendable(content.value, 'the result', cause);
    }
  }

  fail(id, error) {
    this.post((pack) => packed({ id, error: pack(error) }, 'error').message);
  }

  /** What an error carries may be such that it cannot be sent, or read: then it comes without. */
  post(message) {
    try {
      this.port.postMessage(message(packedError));
    } catch {
      this.port.postMessage(message(bareError));
    }
  }

  isInTurn({ target }) {
    return IN_TURN.includes(target) && this.store !== undefined && withMethod(this.store, 'turn') !== undefined;
  }

  /** What a call that failed has changed is saved, too. */
  async inTurn(call) {
    let outcome;
    await withMethod(this.store, 'turn').turn(async () => {
      this.port.postMessage({ id: call.id, begun: true });
      outcome = await Promise.resolve().then(() => this.perform(call)).then((value) => ({ value }), (error) => ({ error }));
      this.port.postMessage({ id: call.id, ran: true });
    });
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  perform(call) {
    const { instance, target, method } = call;
    if (!isMethod(target, method)) throw new TypeError(`a worker has no method ${method} of '${target}'`);
    const args = unpacked(call, 'args');
    if (target === 'worker') return this[method](...args);
    if (target === 'store' || target === 'snapshots') return this.askStore(target, method, args);
    const found = this.instances.get(instance);
    if (found === undefined) throw new StateError('this instance is closed');
    return found.perform(target, method, args, call.config);
  }

  askStore(target, method, args) {
    if (target === 'snapshots') {
      const snapshots = this.snapshots();
      if (snapshots === undefined) throw new TypeError('the store of this worker has no snapshots');
      return snapshots[method](...args);
    }
    const store = withMethod(this.store, method);
    if (store === undefined && method === 'restore') return restoreContent(this.store, ...args);
    if (store === undefined) throw new TypeError(`the store of this worker has no method ${method}`);
    return store[method](...args);
  }

  /** The named snapshots of the store, or of the one below it. */
  snapshots() {
    for (let { store } = this; store !== undefined; store = store.inner) if (store.snapshots !== undefined) return store.snapshots;
    return undefined;
  }

  // ---- the methods of 'worker' ----

  /** The first call: the store of all instances of this connection. */
  async open({ store, encrypted, restart }) {
    const { shared } = this;
    if (shared.store !== undefined) {
      if (store !== undefined) throw new TypeError('store: this worker has its own, which its file gave to serve()');
      this.store = await shared.store;
    } else {
      this.store = await openStore(store, { stores: shared.stores, report: (...words) => this.report(...words), ...restart });
      this.isOwner = true;
    }
    if (encrypted !== undefined) this.store = await encryptedStore(this.store, encrypted, shared.encryption);
    return { isDurable: isDurable(this.store), hasTurns: withMethod(this.store, 'turn') !== undefined, hasSnapshots: this.snapshots() !== undefined };
  }

  async create(number, kind, { hasEvents, now, ...options }) {
    const whole = { ...this.shared.options, ...options, onTick: () => (this.interrupt.isRaised() ? STOPPED : undefined) };
    if (hasEvents) whole.onEvent = (event) => this.port.postMessage(packed({ instance: number, event }, 'event').message);
    if (now === true) whole.now = () => Date.now();
    if (kind === 'cuwasm') {
      this.instances.set(number, new CuWASMInstance(await CuWASMCalls.create(whole)));
      return {};
    }
    const make = () => Cu.create({ ...whole, store: this.store });
    const turning = withMethod(this.store, 'turn');
    const cu = await (turning === undefined ? make() : turning.turn(make));
    this.instances.set(number, new CuInstance(cu));
    return { module: cu.module };
  }

  close(number) {
    const instance = this.instances.get(number);
    this.instances.delete(number);
    if (instance !== undefined) instance.close();
  }

  /** The end of the connection: what was changed is saved. */
  async end() {
    for (const number of [...this.instances.keys()]) this.close(number);
    const { store, isOwner } = this;
    this.store = undefined;
    if (isOwner && store !== undefined) {
      const closing = withMethod(store, 'close');
      if (closing !== undefined) await closing.close();
    }
  }

  // ---- what nobody asked for ----

  report(kind, error) {
    this.post((pack) => packed({ report: kind, error: error === undefined ? undefined : pack(error) }, 'error').message);
  }

  /** The page waits for this lock, and so learns of the end of a worker that can say nothing any more. */
  lock() {
    const { locks } = this.shared;
    if (locks === undefined || this.lockName === undefined) return;
    locks.request(this.lockName, () => {
      this.port.postMessage({ lock: this.lockName });
      return new Promise(() => {});
    }).catch(() => {});
  }
}

class CuInstance {
  constructor(cu) {
    this.cu = cu;
    this.walks = new Walks();
  }

  perform(target, method, args, config) {
    const { cu } = this;
    if (target === 'data') return new Data(cu, config)[method](...args);
    if (target === 'walk') return method === 'begin' ? this.walks.begin(new Data(cu, config), ...args) : this.walks[method](...args);
    if (target === 'stream') return computeBatch(cu, ...args, config);
    if (target !== 'cu') throw new TypeError(`this instance has no method ${method} of '${target}'`);
    if (method === 'getHomeTable') return cu.homeTable;
    if (method === 'setHomeTable') {
      [cu.homeTable] = args;
      return undefined;
    }
    return cu[method](...args);
  }

  close() {
    this.cu.close();
  }
}

class CuWASMInstance {
  constructor(calls) {
    this.calls = calls;
  }

  perform(target, method, args) {
    if (target !== 'cuwasm') throw new TypeError(`this instance has no method ${method} of '${target}'`);
    return this.calls.perform(method, args);
  }

  close() {
    this.calls.cu.close();
  }
}
