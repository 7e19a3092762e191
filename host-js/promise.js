/**
 * Promises, of whatever library.
 */

/** Whether what a function of the program returned is the promise of its result. */
export function isPromise(result) {
  return typeof result === 'object' && result !== null && typeof result.then === 'function';
}
