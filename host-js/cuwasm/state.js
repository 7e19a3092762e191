/**
 * What an instance keeps, out of reach of its users.
 *
 * Invariant: only files of this folder get it.
 */

import { StateError } from '../errors.js';
import { QueryCache } from './query_cache.js';
import { Statistics } from './statistics.js';

const states = new WeakMap();

const nothing = () => {};
const unmeasured = () => nothing;

export class State {
  constructor() {
    /** @type {object | undefined} as readOptions answers them, from the beginning of loading on */
    this.options = undefined;
    /** @type {Promise | undefined} while it is loading */
    this.loading = undefined;
    /** @type {Promise | undefined} the end of the last `loadState`, well or not */
    this.reopened = undefined;
    /** @type {import('../instance.js').Cu | undefined} */
    this.cu = undefined;
    /** @type {import('../data.js').Data | undefined} */
    this.data = undefined;
    /** Whether a compute ran since the last input. */
    this.isComputed = false;
    /** @type {Error | undefined} of the last call */
    this.error = undefined;
    /** @type {object | undefined} the open transaction */
    this.transaction = undefined;
    /** To be called when it was undone. */
    this.transactionUndone = undefined;
    this.isClosed = false;
    /** @type {import('./saves.js').Saves | undefined} */
    this.saves = undefined;
    this.statistics = new Statistics();
    this.queryCache = new QueryCache();
    /** Begins what has a name, and answers the function that ends it: `measure`, where that is wanted. */
    this.begin = unmeasured;
  }
}

export function addState(instance) {
  states.set(instance, new State());
}

/** @returns {State} */
export function stateOf(instance) {
  const state = states.get(instance);
  if (state === undefined) throw new TypeError('this is no instance of CuWASM; a method was perhaps taken from its object');
  return state;
}

export function isInstance(value) {
  return typeof value === 'object' && value !== null && states.has(value);
}

/** The state of an instance that can be used. */
export function opened(instance) {
  const state = stateOf(instance);
  if (state.isClosed) throw new StateError('the instance is closed');
  if (state.cu === undefined) throw new StateError('the instance is not loaded: await load(), or CuWASM.init(), first');
  return state;
}
