/**
 * The kind of a trap. Engines name the same trap in different words.
 *
 * Invariant: an exception that is no trap has the kind `host`: it comes from an import.
 */

import { TrapError } from './errors.js';

/** In the order in which they are tried; V8, SpiderMonkey, JavaScriptCore. */
const KINDS = [
  ['stack', /call stack|too much recursion|stack overflow/i],
  ['unreachable', /unreachable/i],
  ['call', /indirect|signature|table index|null function|call_indirect/i],
  ['arithmetic', /divi(de|sion)|remainder|integer overflow|unrepresentable|conversion to integer|trunc/i],
  ['memory', /out[- ]of[- ]bounds|index out/i],
];

/** @param {unknown} cause what a call of the module threw */
export function trapError(cause) {
  return new TrapError(`the module trapped: ${cause && cause.message}`, { cause, kind: kindOf(cause) });
}

function kindOf(cause) {
  const isStack = cause instanceof RangeError || cause && cause.name === 'InternalError';
  if (!isStack && !(cause instanceof WebAssembly.RuntimeError)) return 'host';
  const found = KINDS.find(([kind, words]) => words.test(cause.message) && (kind === 'stack' || !isStack));
  if (found !== undefined) return found[0];
  return isStack ? 'host' : 'other';
}
