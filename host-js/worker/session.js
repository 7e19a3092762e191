/**
 * The worker's end of a connection: it does what a page asks, one call at a time but for scripts that wait (script.js), and answers.
 *
 *   page to worker   { id, instance, target, method, args, config, classes }   a call, which waits
 *                    { go: id, url }                                           it may run, or go on; `url`: a new signal (interrupt.js)
 *                    { drop: id }                                              it will not
 *                    { stop: id }                                              it is to end, and waits for a function
 *                    { answer: number, id, value, classes } | { ..., error }   what a function of the page answered
 *                    { end: true }                                             the page has gone
 *   worker to page   { welcome: VERSION }                                      first of all
 *                    { lock: name }                                            held as long as this worker lives
 *                    { id, begun: true }                                       it has the turn of the store
 *                    { id, ran: true }                                         it is done, and not durable yet: the next one may run
 *                    { id, waits: true }                                       its script waits for a function: the next one may run
 *                    { id, ready: true }                                       it waits for nothing but its turn
 *                    { ask: number, id, name, args, classes }                  its script calls a function of the page
 *                    { id, value, classes } | { id, error, thrown, classes }   the answer; `thrown`: the number of the call that raised the cause
 *                    { instance, event, classes } | { report, error }          what nobody asked for
 *                    { unreadable: true }                                      a message that cannot be read here
 *
 * A call may come with `go: true`, where nothing else waits.
 *
 * Invariant: a call is answered when what it changed is as durable as its store makes it. Over a store whose tabs take turns each call has
 * the turn, and calls that follow one another share a save.
 */

import { CLASS_INTERRUPTED } from '../abi.js';
import { encodeCall } from '../codec/encode.js';
import { Data } from '../data.js';
import { LuaError, StateError } from '../errors.js';
import { inside } from '../handle.js';
import { Cu } from '../instance.js';
import { layerWith } from '../store/layers.js';
import { restoreInto } from '../store/restore.js';
import { CuWASMCalls } from './cuwasm_calls.js';
import { Interrupt } from './interrupt.js';
import { packed, postError, unpacked, unpackedError, unsendable } from './message.js';
import { isMethod, VERSION, WAITING } from './methods.js';
import { Walks } from './rows.js';
import { Script } from './script.js';
import { encryptedStore, isDurable, openStore } from './stores.js';
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
    /** Those that run or wait, by the number of their call, and the one that calls a function now. */
    this.scripts = new Map();
    this.caller = undefined;
    this.asks = 0;
    /** The errors of functions of the page, with the numbers of their calls. */
    this.thrown = new WeakMap();
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
    else if (message.answer !== undefined) this.answered(message);
    else if (message.stop !== undefined) this.stop(message.stop);
    else if (message.go !== undefined) this.run(message.go === true ? message.id : message.go);
  }

  async run(id) {
    const script = this.scripts.get(id);
    if (script !== undefined) {
      this.interrupt.begin();
      script.goes();
      return;
    }
    const call = this.held.get(id);
    if (call === undefined) return;
    this.held.delete(id);
    this.interrupt.begin();
    try {
      const outcome = this.isInTurn(call) ? this.performInTurn(call) : this.perform(call);
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
    // That of any other error may be one that cannot be read.
    const thrown = error instanceof LuaError ? this.thrown.get(Object(error.cause)) : undefined;
    postError(this.port, { id, thrown }, error);
  }

  /** The store, or the one below it, whose tabs take turns. */
  get turning() {
    return this.store === undefined ? undefined : layerWith(this.store, 'turn');
  }

  /** A script that may wait takes the turn by itself, more than once. */
  isInTurn(call) {
    if (!IN_TURN.includes(call.target) || this.turning === undefined) return false;
    const instance = this.instances.get(call.instance);
    return instance === undefined || !instance.waits(call);
  }

  /** What a call that failed has changed is saved, too. */
  async performInTurn(call) {
    let outcome;
    await this.inTurn(call.id, async () => {
      outcome = await Promise.resolve().then(() => this.perform(call)).then((value) => ({ value }), (error) => ({ error }));
      return true;
    });
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  /**
   * Does `action` in the turn of the store, where it has turns. Resolves when what it changed is durable.
   * @param {number} id of the call
   * @param {() => Promise<boolean>} action resolves at the end of the turn: whether the call is done
   */
  async inTurn(id, action) {
    const { turning } = this;
    if (turning === undefined) {
      await action();
      return;
    }
    await turning.turn(async () => {
      this.port.postMessage({ id, begun: true });
      if (await action()) this.port.postMessage({ id, ran: true });
    });
  }

  perform(call) {
    const { instance, target, method } = call;
    if (!isMethod(target, method)) throw new TypeError(`a worker has no method ${method} of '${target}'`);
    const args = unpacked(call, 'args');
    if (target === 'worker') return this[method](...args);
    if (target === 'store' || target === 'snapshots') return this.askStore(target, method, args);
    const found = this.instances.get(instance);
    if (found === undefined) throw new StateError('this instance is closed');
    return found.waits(call) ? found.wait(call, args, this) : found.perform(target, method, args, call.config);
  }

  askStore(target, method, args) {
    if (target === 'snapshots') {
      const snapshots = this.snapshots();
      if (snapshots === undefined) throw new TypeError('the store of this worker has no snapshots');
      return snapshots[method](...args);
    }
    // That of a store below would not know what the instances over this one have reserved.
    if (method === 'restore') return restoreInto(this.store, ...args);
    const store = layerWith(this.store, method);
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
    return { isDurable: isDurable(this.store), hasTurns: this.turning !== undefined, hasSnapshots: this.snapshots() !== undefined };
  }

  async create(number, kind, { hasEvents, now, functions, ...options }) {
    const whole = { ...this.shared.options, ...options, onTick: () => (this.interrupt.isRaised() ? STOPPED : undefined) };
    if (hasEvents) whole.onEvent = (event) => this.port.postMessage(packed({ instance: number, event }, 'event').message);
    if (now === true) whole.now = () => Date.now();
    if (functions !== undefined) whole.functions = { ...whole.functions, ...this.ofPage(functions) };
    if (kind === 'cuwasm') {
      this.instances.set(number, new CuWASMInstance(await CuWASMCalls.create(whole)));
      return {};
    }
    const make = () => Cu.create({ ...whole, store: this.store });
    const { turning } = this;
    const cu = await (turning === undefined ? make() : turning.turn(make));
    const waits = whole.functions !== undefined;
    this.instances.set(number, new CuInstance(cu, waits));
    return { module: cu.module, waits };
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
      const closing = layerWith(store, 'close');
      if (closing !== undefined) await closing.close();
    }
  }

  // ---- scripts that wait, and functions of the page ----

  /** Its script waits: the page may let the next call run. */
  suspend({ id }) {
    this.port.postMessage({ id, waits: true });
  }

  /** Its script can go on, and waits for the page to say so. */
  wantTurn({ id }) {
    this.port.postMessage({ id, ready: true });
  }

  stop(id) {
    const script = this.scripts.get(id);
    if (script !== undefined) script.stop(new LuaError(`interrupted by the host: ${STOPPED}`, { errorClass: CLASS_INTERRUPTED }));
  }

  /** Functions of these names, which ask the page. They are `async`, so a script that cannot wait calls none. */
  ofPage(names) {
    return Object.fromEntries(names.map((name) => [name, async (...args) => this.ask(name, args)]));
  }

  ask(name, args) {
    const { caller } = this;
    const number = ++this.asks;
    const { message, transfer } = packed({ ask: number, id: caller.id, name, args }, 'args', true);
    return new Promise((resolve, reject) => {
      caller.asked = { number, resolve, reject };
      this.port.postMessage(message, transfer);
    });
  }

  /** An answer that comes too late is for nobody. */
  answered(message) {
    const { asked } = this.scripts.get(message.id) || {};
    if (asked === undefined || asked.number !== message.answer) return;
    if (message.error === undefined) {
      asked.resolve(unpacked(message, 'value'));
      return;
    }
    const error = unpackedError(unpacked(message, 'error'));
    if (error instanceof Error) this.thrown.set(error, asked.number);
    asked.reject(error);
  }

  // ---- what nobody asked for ----

  report(kind, error) {
    if (error === undefined) this.port.postMessage({ report: kind });
    else postError(this.port, { report: kind }, error);
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
  constructor(cu, hasFunctions) {
    this.cu = cu;
    this.hasFunctions = hasFunctions;
    this.walks = new Walks();
  }

  /** Whether a call is a script that may wait. */
  waits({ target, method }) {
    return this.hasFunctions && (target === 'stream' || target === 'cu' && WAITING.includes(method));
  }

  wait({ id, target, method, config }, args, session) {
    const { cu } = this;
    const begin = (options) => new Script(session, id, inside(cu), options);
    if (target === 'stream') {
      const script = begin(config);
      return script.within(() => computeBatch(cu, (source) => script.run(source), ...args));
    }
    const [source, options] = method === 'call' || method === 'runCall' ? asRecord(...args) : args;
    const script = begin(options);
    return script.within(() => script.run(source));
  }

  perform(target, method, args, config) {
    const { cu } = this;
    if (target === 'data') return new Data(cu, config)[method](...args);
    if (target === 'walk') return method === 'begin' ? this.walks.begin(new Data(cu, config), ...args) : this.walks[method](...args);
    if (target === 'stream') return computeBatch(cu, (source) => cu.compute(source, config), ...args);
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

/** The source and the options of a call. */
function asRecord(way, args = [], { content, ...options } = {}) {
  return [encodeCall(way, args, content), options];
}

class CuWASMInstance {
  constructor(calls) {
    this.calls = calls;
  }

  waits() {
    return false;
  }

  perform(target, method, args) {
    if (target !== 'cuwasm') throw new TypeError(`this instance has no method ${method} of '${target}'`);
    return this.calls.perform(method, args);
  }

  close() {
    this.calls.cu.close();
  }
}
