/**
 * External tables in results as their content: here callers get plain values, and know no references.
 *
 * Invariant: a table is one value, however often it occurs in the results of one call; circular tables are circular here.
 */

import { readTables } from '../read.js';
import { ExternalTable } from '../values.js';

/**
 * Puts content in the place of references, within the arrays, objects and Maps of `values`, which nobody else has.
 * @param {object} store
 * @param {unknown[]} values
 * @returns {unknown[]} the same array
 */
export function withContents(store, values) {
  if (values.every(isPlain)) return values;
  const found = new Set();
  replace(values, (reference) => {
    found.add(reference.id);
    return reference;
  });
  if (found.size === 0) return values;
  const ids = [...found];
  const contents = readTables(store, ids);
  const byId = new Map(ids.map((id, at) => [id, contents[at]]));
  return replace(values, ({ id }) => byId.get(id));
}

/** What has no references in it. */
function isPlain(value) {
  return typeof value !== 'object' || value === null;
}

/** Decoded values are trees, and not deep; what was read from the store is not walked. */
function replace(container, put) {
  if (container instanceof Map) {
    container.forEach((value, key) => visit(value, put, (content) => container.set(key, content)));
  } else if (Array.isArray(container)) {
    for (let at = 0; at < container.length; at++) visit(container[at], put, (content) => { container[at] = content; });
  } else {
    for (const name of Object.keys(container)) visit(container[name], put, (content) => setOwn(container, name, content));
  }
  return container;
}

const isContainer = (value) => typeof value === 'object' && value !== null && !(value instanceof Uint8Array);

function visit(value, put, set) {
  if (!isContainer(value)) return;
  if (value instanceof ExternalTable) set(put(value));
  else if (Array.isArray(value) || value instanceof Map || Object.getPrototypeOf(value) === Object.prototype) replace(value, put);
}

/** The property is there, so this sets no prototype. */
function setOwn(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
