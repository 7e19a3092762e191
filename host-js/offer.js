/**
 * What a program offers to scripts: functions by their whole names, such as `http.get`.
 *
 * Invariant: what would offer nothing, or by names that nobody meant, is an error that names its place.
 */

import { FUNCTION_ASYNC, FUNCTION_EITHER } from './abi.js';

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
  if (kind !== 'object') throw new TypeError(`${place} is a ${kind}; wanted is ${front === '' ? '' : 'a function, or '}an object of functions`);
  for (const [name, value] of Object.entries(functions)) {
    const whole = front + name;
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
  if (Array.isArray(value)) return 'list';
  if (value instanceof Map) return 'Map';
  return value === null ? 'null' : typeof value;
}
