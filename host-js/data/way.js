/**
 * Ways, and the tables and rows to which they lead.
 *
 * Invariant: what is no table is refused here, with a TypeError, before anything is sent.
 */

import { ExternalTable, Way } from '../values.js';

/** A table as an argument of a call: its way, as text or as a `Way`, or an ExternalTable. */
export function reference(table) {
  if (table instanceof ExternalTable || table instanceof Way) return table;
  if (typeof table === 'string') return new Way(table);
  throw new TypeError('a table is named by its way, such as _home.users, or is an ExternalTable');
}

/** The way of the table in which the last name of a way lies, and that name as a key. */
export function split(way) {
  const text = textOf(way);
  const at = text.lastIndexOf('.');
  if (at < 0 || at === text.length - 1) throw new TypeError(`'${text}' is no way of a table in another one, such as _home.users`);
  return [text.slice(0, at), keyOf(text.slice(at + 1))];
}

/** The way of what a table has under a key, undefined where there is none: a reference has no way, and a dot is in no name. */
export function wayInside(table, key) {
  if (table instanceof ExternalTable) return undefined;
  const isNamed = typeof key === 'string' ? /^[^.]+$/.test(key) && keyOf(key) === key : Number.isSafeInteger(key) && key >= 0;
  return isNamed ? `${textOf(table)}.${key}` : undefined;
}

export function textOf(way) {
  const text = way instanceof Way ? way.way : way;
  if (typeof text !== 'string') throw new TypeError('a way is names with dots between them, such as _home.users');
  return text;
}

/** A name of a way as a key: digits without a zero in front are a number, if it fits an integer. */
function keyOf(name) {
  if (!/^(0|[1-9]\d*)$/.test(name)) return name;
  const number = BigInt(name);
  return BigInt.asIntN(64, number) === number ? number : name;
}
