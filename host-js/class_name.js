/**
 * The name of a table's class, `__name` of its metatable, read from the store without the module.
 *
 * Invariant: a table without a metatable costs one look at the store, and a reference carries no name that could be an old one.
 */

import { CLASS_NAME, TABLE_METATABLES, TAG_STRING, TAG_COMPRESSED } from './abi.js';
import { decode, encodeKey } from './codec.js';
import { expand } from './codec/compressed.js';
import { CuError } from './errors.js';
import { ExternalTable } from './values.js';

const NAME = encodeKey(CLASS_NAME);

/**
 * @param {object} store see store/memory.js
 * @param {number} id of the table
 * @returns {string | undefined} undefined for a table without a metatable, or whose metatable has no name that is text
 */
export function classNameOf(store, id) {
  const reference = store.get(TABLE_METATABLES, encodeKey(id));
  if (reference === undefined) return undefined;
  const metatable = decode(reference);
  if (!(metatable instanceof ExternalTable)) throw new CuError(`table ${id} has a metatable that is no table: the store is damaged`);
  const name = store.get(metatable.id, NAME);
  if (name === undefined || name[0] !== TAG_STRING && name[0] !== TAG_COMPRESSED) return undefined;
  const value = decode(expand(name));
  return typeof value === 'string' ? value : undefined;
}
