/**
 * Looking at the home: a page of one table at a time.
 *
 * Invariant: what is shown is of the table that was asked for last; an answer that comes later than another question is dropped.
 */

import { change, state } from '../state.js';
import { current, report } from './session.js';

export const ROWS = 50;

let asked = 0;
/** What was asked for last, whether or not it is shown already. */
let wanted = { path: [], starts: [undefined] };

/** Reads again what is shown. */
export const showHome = () => show(wanted.path, wanted.starts);

/** Of another home: from its start. */
export const showNewHome = () => show([], [undefined]);

/** Opens a table or function in the table that is shown. */
export function enter(name, key, { kind, table }) {
  return show([...state.path, { name, key, table, isFunction: kind === 'function' }], [undefined]);
}

/** Goes back to a table above: 0 is `_home`. */
export const leaveTo = (depth) => show(state.path.slice(0, depth), [undefined]);

export function nextPage() {
  const { entries, starts } = state.page;
  return show(state.path, [...starts, entries[entries.length - 1][0]]);
}

export const previousPage = () => show(state.path, state.page.starts.slice(0, -1));

/** @param {unknown[]} starts the key before each page up to this one */
async function show(path, starts) {
  const number = ++asked;
  wanted = { path, starts };
  const last = path[path.length - 1];
  try {
    const page = last !== undefined && last.isFunction
      ? await functionOf(path)
      : { ...await current().page(last && last.table, starts[starts.length - 1], ROWS), starts };
    if (number === asked) change({ path, page });
  } catch (error) {
    if (number === asked) lost(path, error);
  }
}

/** A function as it is now, with the script that made it, if that is still known. */
async function functionOf(path) {
  const [above, { key }] = [path[path.length - 2], path[path.length - 1]];
  const shown = await current().entry(above && above.table, key);
  if (Object(shown).kind !== 'function') throw new Error(`${path[path.length - 1].name} is no function any more`);
  return { shown, source: await current().source(shown.script), starts: [undefined] };
}

/** A table that is shown may be gone: the one above is shown in its place. */
function lost(path, error) {
  if (path.length > 0) leaveTo(path.length - 1);
  else report(error);
}
