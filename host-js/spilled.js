/**
 * A result that did not fit the I/O buffer: the module leaves it in the store (abi/README.md, "What compute leaves in the I/O
 * buffer").
 *
 * Invariant: who reads it deletes it, since a later script would find it.
 */

import { KEY_RESULT, TABLE_IO } from './abi.js';
import { CuError } from './errors.js';
import { encodeText } from './text.js';

const RESULT_KEY = encodeText(KEY_RESULT);

/** @returns {Uint8Array} the values, one after another */
export function takeSpilled(store) {
  const bytes = store.get(TABLE_IO, RESULT_KEY);
  if (bytes === undefined) throw new CuError('the store has lost a result that did not fit the buffer');
  ignoringErrors(() => store.delete(TABLE_IO, RESULT_KEY));
  return bytes;
}

/** An instance that died before it read its result has left it. Deleting what is not there may count as a change. */
export function deleteLeft(store) {
  ignoringErrors(() => {
    if (store.get(TABLE_IO, RESULT_KEY) !== undefined) store.delete(TABLE_IO, RESULT_KEY);
  });
}

/** The module deletes the values, too, before the next compute. */
function ignoringErrors(action) {
  try {
    action();
  } catch {
    // Ignored.
  }
}
