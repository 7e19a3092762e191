/**
 * What `compute` and its like answer: a promise that also has the result in itself.
 *
 *   await cu.compute('return 6 * 7')           42
 *   cu.compute('return 6 * 7').value           42, at once
 *
 * Invariant: the work is done when the promise is made. A failure of which nobody takes notice does not end the process: it is the
 * promise's `error` and the instance's last error, and whoever awaits the promise gets it.
 */

const nothing = () => {};

/** @param {{ values: unknown[], output: string }} result */
export function success({ values, output }) {
  // "The last returned value": of `return 1, 2` it is 2.
  const value = values[values.length - 1];
  return describe(Promise.resolve(value), value, values, output, null);
}

/** @param {unknown} error */
export function failure(error) {
  const promise = Promise.reject(error);
  // Now the engine counts the rejection as handled. What is awaited later rejects all the same.
  promise.catch(nothing);
  return describe(promise, undefined, [], '', error);
}

function describe(promise, value, values, output, error) {
  promise.value = value;
  promise.values = values;
  promise.output = output;
  promise.error = error;
  return promise;
}

/** Does `action` at once, and answers a promise of its result; for functions that are promised to be asynchronous. */
export function promised(action) {
  try {
    return Promise.resolve(action());
  } catch (error) {
    const promise = Promise.reject(error);
    promise.catch(nothing);
    return promise;
  }
}
