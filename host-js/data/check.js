/**
 * What a host hands to queries and schemas, looked at before it is sent.
 *
 * Invariant: what is missing is not sent as if nobody had asked for it. A table of Lua has no nil: a condition, a rule or an element
 * of a list without a value would be gone, and with it what it was to keep out.
 */

import { isPlainObject } from '../codec/encode.js';
import { CuFloat, isNotANumber } from '../values.js';

/** Refuses a filter in which a value is missing. */
export function checkFilter(filter) {
  checkInside(filter, 'where', "no value; for missing fields use ['exists', false]");
}

/** The same for a filter that is all that a method takes. */
export function checkFilterAlone(filter, method) {
  const inner = isPlain(filter) ? filter.where : undefined;
  if (isPlain(inner)) throw new TypeError(`${method} takes the filter itself, not { where: filter }`);
  checkFilter(filter);
}

/** Refuses a spec with something missing in it; its own keys may be without a value, and so may `desc` of an order. */
export function checkSpec(spec) {
  for (const [key, value] of entries(spec)) {
    if (key === 'where') checkFilter(value);
    else if (key !== 'order') checkInside(value, key);
    else if (Array.isArray(value)) checkElements(value, key);
  }
}

/** Refuses what is missing anywhere in a value, but not the value itself. */
export function checkInside(value, path, problem = 'no value', around = []) {
  // What contains itself has no encoding.
  if (around.includes(value)) return;
  around.push(value);
  for (const [key, inner] of entries(value)) {
    const place = typeof key === 'string' ? `${path}.${key}` : `${path}[${String(key)}]`;
    checkPresent(inner, place, problem);
    if (typeof inner === 'object') checkInside(inner, place, problem, around);
  }
  around.pop();
}

function checkElements(list, path) {
  for (const [index, element] of entries(list)) checkPresent(element, `${path}[${index}]`);
}

export function checkPresent(value, path, problem = 'no value') {
  if (isMissing(value)) throw new TypeError(`${path}: ${problem}`);
}

/** Refuses what is no key of an external table; `before` begins the message. */
export function checkKey(key, before = '') {
  if (isMissing(key)) throw new TypeError(`${before}there is no key`);
  if (!isKey(key)) throw new TypeError(`${before}${kindOf(key)} is no key: a string, number, boolean or Uint8Array is one`);
}

export function isMissing(value) {
  return value === undefined || value === null;
}

/** Whether a value becomes a table. */
export function isTable(value) {
  return Array.isArray(value) || value instanceof Map || isPlain(value);
}

/** The entries of what becomes a table, with keys as Lua has them; none of any other value. */
export function* entries(value) {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) yield [index + 1, value[index]];
  } else if (value instanceof Map) {
    yield* value;
  } else if (isPlain(value)) {
    yield* Object.entries(value);
  }
}

function isPlain(value) {
  return typeof value === 'object' && value !== null && isPlainObject(value);
}

function isKey(key) {
  switch (typeof key) {
    case 'boolean': case 'string': return true;
    case 'bigint': return BigInt.asIntN(64, key) === key;
    case 'number': return !isNotANumber(key);
    default: return key instanceof Uint8Array || key instanceof CuFloat && !isNotANumber(key);
  }
}

function kindOf(value) {
  if (typeof value !== 'object') return typeof value === 'number' ? String(value) : `a ${typeof value}`;
  return Array.isArray(value) ? 'an array' : value instanceof CuFloat ? 'NaN' : 'an object';
}
