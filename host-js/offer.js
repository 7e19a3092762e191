/**
 * What a program offers to scripts: functions by their whole names, such as `http.get`.
 *
 * Invariant: what would offer nothing, or by names that nobody meant, is an error that names its place.
 */

import { FUNCTION_ASYNC, FUNCTION_EITHER, FUNCTION_NAME_BYTES } from './abi.js';

/** What a script can write behind `host.`. */
const NAME = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;

/**
 * @param {object} functions by name; an object stands for functions with its name and a dot in front
 * @returns {Map<string, { run: Function, mode: string }>}
 */
export function offerOf(functions) {
  const all = new Map();
  add(all, 'functions', '', functions, []);
  return all;
}

function add(all, place, front, functions, around) {
  if (around.includes(functions)) throw new TypeError(`${place} contains itself`);
  const kind = kindOf(functions);
  if (kind !== 'an object') throw new TypeError(`${place} is ${kind}; wanted is ${front === '' ? '' : 'a function, or '}an object of functions`);
  for (const [name, value] of Object.entries(functions)) {
    const whole = front + name;
    if (!NAME.test(whole) || whole.length > FUNCTION_NAME_BYTES) {
      throw new TypeError(`functions: '${whole}' is no name; wanted are letters, digits and '_', at most ${FUNCTION_NAME_BYTES}, with dots between`);
    }
    if (typeof value === 'function') all.set(whole, { run: value.bind(functions), mode: modeOf(value) });
    else add(all, `functions.${whole}`, `${whole}.`, value, [...around, functions]);
  }
}

/** For what is no `async` function it is known when it returns. */
function modeOf(value) {
  return value.constructor && value.constructor.name === 'AsyncFunction' ? FUNCTION_ASYNC : FUNCTION_EITHER;
}

/** A list or a Map would offer nothing, or by names that nobody meant. */
function kindOf(value) {
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a Map';
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
