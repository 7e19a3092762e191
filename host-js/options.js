/**
 * The options with which an instance is created, and those of a compute.
 *
 * Invariant: an option that is misspelled is an error: without its home, an instance would use that of others.
 */

import { checkNames } from './option_names.js';

const NAMES = ['module', 'store', 'config', 'home', 'onEvent', 'now', 'onTick', 'exact'];
/** Those of `config`, of an instance or of one compute, which the module reads: it ignores what it does not know. */
export const CONFIG_NAMES = [
  'instructions', 'tick', 'memory', 'pending_memory', 'output', 'seed', 'compression', 'atomic', 'permissions', 'bytecode', 'strip', 'functions',
  'pending', 'epoch', 'home', 'events',
];
const STORE_METHODS = ['get', 'set', 'delete', 'size', 'keys'];

/** Throws a TypeError that names what is wrong; `more` are the options of add-ons. */
export function checkOptions(options, more = []) {
  checkNames(options, 'an instance', [...NAMES, ...more]);
  const { store } = options;
  if (store === undefined || store === null) return;
  for (const method of STORE_METHODS) {
    if (typeof store[method] !== 'function') throw new TypeError(`the store has no method ${method}`);
  }
}
