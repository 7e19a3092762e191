/**
 * Tells a program what no call of it waits for.
 *
 * Invariant: what a handler throws is an unhandled rejection, and stops nothing of who called it.
 */

/** @param {Function | undefined} handler */
export function tell(handler, ...what) {
  try {
    if (handler !== undefined) handler(...what);
  } catch (error) {
    Promise.reject(error);
  }
}

/** A failure, which is an unhandled rejection where there is no handler. */
export function report(onError, error) {
  if (onError === undefined) Promise.reject(error);
  else tell(onError, error);
}
