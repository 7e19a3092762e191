/**
 * The options of instances in workers, checked on the page.
 *
 * Invariant: an option that is misspelled, or that cannot be sent, is an error before a worker is started.
 */

import { loadModule } from '../module.js';
import { offerOf } from '../offer.js';

const STOP_WAIT_MS = 1000;
const START_WAIT_MS = 30000;

/** Of an instance; of a connection; of one that makes its workers. */
const INSTANCE = ['config', 'home', 'exact', 'rate', 'now', 'timeLimit', 'onEvent', 'functions'];
const CONNECTION = ['store', 'encrypted', 'module', 'stopWait', 'startWait', 'onError', 'onChange'];
const OWN = ['worker'];
/** Of a call. */
const DETAILS = ['signal', 'timeLimit'];

/** Sorts the options of `create`, of `connect`, and of `open`, whose worker is there. */
export function splitOptions(options, makesWorker, isInstance = false) {
  const names = [...INSTANCE, ...(isInstance ? [] : CONNECTION), ...(makesWorker ? OWN : [])];
  if (typeof options !== 'object' || options === null) throw new TypeError(`options are an object, and not ${String(options)}`);
  checkNames(options, names);
  const { config, home, exact, rate, now, timeLimit, onEvent, functions, worker, ...plan } = options;
  checkNow(now);
  if (typeof Object(plan.store).get === 'function') {
    throw new TypeError("store is a store, which cannot be sent to a worker; wanted is what it opens, such as { indexeddb: 'my-app' }");
  }
  if (timeLimit !== undefined) checkMilliseconds('timeLimit', timeLimit);
  checkFunction('onEvent', onEvent);
  checkFunction('onError', plan.onError);
  checkFunction('onChange', plan.onChange);
  if (rate !== undefined && rate !== null && rate.clock !== undefined) throw new TypeError('rate.clock is a function, which cannot be sent to a worker');
  return {
    plan: { ...plan, way: checkWay(worker) },
    instance: given({ config, home, exact, rate, now, timeLimit }),
    ofPage: { onEvent, functions: functions === undefined ? undefined : offerOf(functions) },
    timeLimit,
  };
}

/** What a connection is made of: a module that all workers share, where the page may choose it, as a promise. */
export function makePlan({ stopWait = STOP_WAIT_MS, startWait = START_WAIT_MS, module, ...plan }) {
  checkMilliseconds('stopWait', stopWait);
  checkMilliseconds('startWait', startWait);
  const isOther = plan.worker !== undefined || plan.way !== undefined;
  // A worker of the program knows best where its module is, and one that pages share cannot be sent one.
  const loaded = module === undefined && isOther ? undefined : load(module);
  // Its error is for who makes an instance.
  if (loaded !== undefined) loaded.catch(() => {});
  return { ...plan, stopWait, startWait, module: loaded };
}

async function load(module) {
  const given = await module;
  return loadModule(isPlace(given) ? absolute(given) : given);
}

/** `signal` and `timeLimit` of a call, over those of its instance. */
export function readDetails(details, before) {
  if (typeof details !== 'object' || details === null) throw new TypeError(`${String(details)}: wanted is an object with signal or timeLimit`);
  checkNames(details, DETAILS);
  const { signal = before.signal, timeLimit = before.limit } = details;
  if (signal !== undefined && typeof Object(signal).addEventListener !== 'function') throw new TypeError('signal is no AbortSignal');
  if (timeLimit !== undefined) checkMilliseconds('timeLimit', timeLimit);
  return { signal, limit: timeLimit, config: details.timeLimit === undefined ? before.config : { timeLimit } };
}

export function closable(options = {}) {
  const { now = false } = Object(options);
  if (typeof now !== 'boolean') throw new TypeError('close: now is true or false');
  return { now };
}

/** See `Cu.transaction`, whose actions need not be asynchronous. */
export async function inTransaction(cu, action) {
  checkFunction('action', action, true);
  await cu.begin();
  let result;
  try {
    result = await action(cu);
  } catch (error) {
    // The caller gets the error of the action.
    await cu.rollBack().catch(() => {});
    throw error;
  }
  await cu.commit();
  return result;
}

function checkNames(options, names) {
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw new TypeError(`no option here is called ${name}; there are ${names.join(', ')}`);
  }
}

function given(options) {
  const all = {};
  for (const name of Object.keys(options)) if (options[name] !== undefined) all[name] = options[name];
  return all;
}

function checkNow(now) {
  if (now === undefined || typeof now === 'boolean') return;
  throw new TypeError(`now is ${typeof now === 'function' ? 'a function, which cannot be sent to a worker' : String(now)}; true means its clock`);
}

export function checkFunction(name, value, isWanted = false) {
  if (typeof value !== 'function' && (isWanted || value !== undefined)) throw new TypeError(`${name} is ${String(value)}; wanted is a function`);
}

function checkWay(worker) {
  if (worker === undefined || typeof worker === 'string' || typeof worker === 'function' || worker instanceof URL) return worker;
  throw new TypeError('worker is neither the URL of a file nor a function that makes a Worker; WorkerCu.connect takes one that is there');
}

/** 0 would stop every call. */
function checkMilliseconds(name, value) {
  if (!(typeof value === 'number' && value > 0)) throw new RangeError(`${name} is ${String(value)}; wanted is a number of milliseconds above 0`);
}

const isPlace = (module) => typeof module === 'string' || module instanceof URL;

/** A place that the page names is relative to the page. */
function absolute(module) {
  return module instanceof URL || typeof document === 'undefined' ? module : new URL(module, document.baseURI);
}
