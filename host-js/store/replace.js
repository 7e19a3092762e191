/**
 * The content of one store in the place of that of another one.
 *
 * Invariant: only what differs is changed, and nothing in `_io`.
 */

import { TABLE_IO } from '../abi.js';

/**
 * @param {object} store what memory.js says that a store has
 * @param {object} other
 */
export function replaceContent(store, other) {
  for (const table of tablesOf(store)) {
    for (const key of keysOf(store, table)) if (other.get(table, key) === undefined) store.delete(table, key);
  }
  for (const table of tablesOf(other)) {
    for (const key of keysOf(other, table)) {
      const value = other.get(table, key);
      const there = store.get(table, key);
      if (there === undefined || !isEqual(there, value)) store.set(table, key, value);
    }
  }
}

/** Runs `action` as a unit, where the store has them. */
export function asUnit(store, action) {
  if (typeof store.begin !== 'function') {
    action();
    return;
  }
  store.begin();
  try {
    action();
  } catch (error) {
    store.rollBack();
    throw error;
  }
  store.commit();
}

export function keysOf(store, table) {
  const keys = [];
  store.keys(table, undefined, false, (key) => keys.push(key) > 0);
  return keys;
}

function tablesOf(store) {
  const tables = [];
  for (let table = store.nextTable(undefined); table !== undefined; table = store.nextTable(table)) {
    if (table !== TABLE_IO) tables.push(table);
  }
  return tables;
}

function isEqual(left, right) {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}
