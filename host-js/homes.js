/**
 * The homes of a store: tables that scripts see as `_home`, each by a name (abi/README.md, table 0x80000006).
 *
 *   name -> id      and      id -> name, or true where it has none
 *
 * Invariant: whoever calls `rename` or `drop` makes one unit of it, so that both rows of a home change together.
 */

import { HOME_NAME_BYTES, TABLE_HOME, TABLE_HOMES } from './abi.js';
import { decode, decodeKey, encode, encodeKey } from './codec.js';
import { HomeError } from './errors.js';
import { encodeText } from './text.js';

/** Returns `name` when it can be the name of a home. */
export function checkName(name) {
  if (typeof name !== 'string') throw new TypeError(`the name of a home is a string, not ${shown(name)}`);
  const { length } = encodeText(name);
  if (length === 0) throw new RangeError('the name of a home is empty');
  if (length > HOME_NAME_BYTES) {
    throw new RangeError(`the name of a home has at most ${HOME_NAME_BYTES} bytes, not ${length}: ${shown(name)}`);
  }
  return name;
}

/** All homes in the order of their ids. The first table is always one. */
export function listHomes(store) {
  const keys = [];
  store.keys(TABLE_HOMES, undefined, false, (key) => keys.push(key) > 0);
  const homes = new Map([[TABLE_HOME, undefined]]);
  for (const key of keys) {
    const id = decodeKey(key);
    if (typeof id !== 'number') continue;
    const name = decode(store.get(TABLE_HOMES, key));
    homes.set(id, name === true ? undefined : name);
  }
  return [...homes].sort(([left], [right]) => left - right).map(([id, name]) => ({ id, name }));
}

/** The id of the home of that name, or undefined. */
export function findHome(store, name) {
  const bytes = store.get(TABLE_HOMES, encodeKey(name));
  return bytes === undefined ? undefined : decode(bytes);
}

export function renameHome(store, from, to) {
  const id = idOf(store, from);
  if (findHome(store, to) !== undefined) throw new HomeError(`there is a home of that name already: ${shown(to)}`, to);
  store.set(TABLE_HOMES, encodeKey(to), encode(id));
  store.set(TABLE_HOMES, encodeKey(id), encode(to));
  store.delete(TABLE_HOMES, encodeKey(from));
}

/** Takes the name from a home, so that the next collection frees what nothing else reaches. */
export function dropHome(store, name, openTable) {
  const id = idOf(store, name);
  if (id === openTable) throw new HomeError(`the home is open in this instance: ${shown(name)}`, name);
  store.delete(TABLE_HOMES, encodeKey(name));
  store.delete(TABLE_HOMES, encodeKey(id));
}

function idOf(store, name) {
  const id = findHome(store, name);
  if (id === undefined) throw new HomeError(`there is no home of that name: ${shown(name)}`, name);
  return id;
}

function shown(value) {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
