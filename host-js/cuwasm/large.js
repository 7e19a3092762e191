/**
 * Input that is larger than the module's arena: its large parts become external tables, which a script reads row by row as it reads
 * ordinary ones. So only the host's memory bounds an input.
 *
 * Invariant: what is small is an ordinary Lua table; only lists and maps become external, never what is in a row.
 */

import { encode, encodeKey } from '../codec.js';
import { ExternalTable } from '../values.js';
import { eachElement } from './values.js';

/** Input of so many encoded bytes fits the arena, beside what a script makes of it: decoded it takes some five times as many. */
export const INLINE_BYTES = 131072;

/**
 * @param {import('../instance.js').Cu} cu
 * @param {unknown} value that can be encoded
 * @returns {unknown} the value with references in the place of its large parts
 */
export function withoutLargeParts(cu, value) {
  const pairs = pairsOf(value);
  if (pairs === undefined || encode(value).length <= INLINE_BYTES) return value;
  for (const pair of pairs) pair[1] = withoutLargeParts(cu, pair[1]);
  const smaller = new Map(pairs);
  return encode(smaller).length <= INLINE_BYTES ? smaller : external(cu, pairs);
}

/** The key, as in Lua, and the value of each entry; undefined for what is no container. */
function pairsOf(value) {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    const pairs = [];
    eachElement(value, (element, at) => pairs.push([at + 1, element]));
    return pairs;
  }
  if (value instanceof Map) return Array.from(value);
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null ? Object.entries(value) : undefined;
}

function external(cu, pairs) {
  const { store } = cu;
  const table = cu.call('ext.table').value;
  for (const [key, value] of pairs) {
    if (value !== null && value !== undefined) store.set(table.id, encodeKey(key), encode(value));
  }
  return new ExternalTable(table.id);
}
