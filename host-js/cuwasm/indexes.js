/**
 * Indexes by the field that they are of.
 *
 * Invariant: an index that was made with a name of its own is found by its field, too.
 */

import { checkObject, checkOptions, checkString, refuse } from './check.js';
import { tableOf } from './tables.js';
import { toLua } from './values.js';

const KINDS = ['btree', 'hash'];
const OPTIONS = ['type', 'kind', 'unique', 'multi', 'where', 'name'];

/**
 * @param {import('./state.js').State} state
 * @param {string | number | object} table
 * @param {string | string[]} field such as 'address.city', or several
 * @param {string | object} [type] 'btree' or 'hash', or options: `type`, `unique`, `multi`, `where`, `name`
 * @returns {string} the index's name
 */
export function createIndex({ cu, data }, table, field, type = 'btree') {
  const paths = pathsOf(field);
  const given = typeof type === 'string' ? { type } : checkOptions('createIndex', checkObject('type', type), OPTIONS);
  const { type: own = 'btree', kind = own, ...options } = given;
  if (!KINDS.includes(kind)) refuse('type', "'btree' or 'hash'", kind);
  return data.createIndex(tableOf(cu, table, { create: true }), paths, { ...toLua(options, 'options'), kind });
}

/** Whether there was one. */
export function dropIndex({ cu, data }, table, field) {
  const reference = tableOf(cu, table);
  const index = find(data.indexes(reference), pathsOf(field));
  return index !== undefined && data.dropIndex(reference, index.name);
}

export function listIndexes({ cu, data }, table) {
  return data.indexes(tableOf(cu, table));
}

/** By its paths, or by its name. */
export function find(indexes, paths) {
  const isOfPaths = (index) => index.paths.length === paths.length && paths.every((path, at) => path === index.paths[at]);
  return indexes.find(isOfPaths) || indexes.find(({ name }) => paths.length === 1 && name === paths[0]);
}

export function pathsOf(field) {
  const paths = Array.isArray(field) ? field : [field];
  if (paths.length === 0) refuse('field', 'the path of a field, or several', field);
  return paths.map((path) => checkString('field', path));
}
