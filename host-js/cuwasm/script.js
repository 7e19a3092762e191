/**
 * Scripts of this add-on, with arguments: they are passed in `_io.input`, so no text of a caller becomes part of a script.
 *
 * Invariant: what a caller has in `_io.input` is there again afterwards, also when the script fails.
 */

import { TABLE_IO } from '../abi.js';
import { encode, encodeKey } from '../codec.js';

const KEY_INPUT = encodeKey('input');

/**
 * @param {import('../instance.js').Cu} cu
 * @param {string} source a script that begins with `local a, b = table.unpack(_io.input, 1, n)`
 * @param {unknown[]} args
 * @param {object} [config] as for `cu.compute`
 * @returns {{ values: unknown[], value: unknown, output: string }}
 */
export function callScript(cu, source, args, config) {
  const { store } = cu;
  const before = store.get(TABLE_IO, KEY_INPUT);
  store.set(TABLE_IO, KEY_INPUT, encode(args));
  try {
    return cu.compute(source, config);
  } finally {
    if (before === undefined) store.delete(TABLE_IO, KEY_INPUT);
    else store.set(TABLE_IO, KEY_INPUT, before);
  }
}
