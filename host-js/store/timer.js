/**
 * Timers of any length.
 *
 * Invariant: nothing is over before its time.
 */

/** Milliseconds, 24 days: platforms take a longer time for none at all. */
const LONGEST = 0x7fffffff;

/** As `setTimeout`; what is longer than 24 days does not end, and is no timer. */
export function after(milliseconds, action) {
  return milliseconds > LONGEST ? undefined : setTimeout(action, milliseconds);
}

/** @param {string} name of an option, for the error */
export function checkMilliseconds(name, value) {
  if (typeof value === 'number' && value >= 0) return value;
  throw new TypeError(`${name} is ${String(value)}; wanted is a number of milliseconds, 0 or more`);
}
