/**
 * Schemas as hosts write them: what a `ref` refers to may be named by its way.
 *
 * Invariant: what is no rule stays as it is, for the module to refuse it.
 */

import { Way } from '../values.js';
import { checkInside, checkPresent, entries } from './check.js';

// Rules within others, far more than the module allows.
const DEPTH = 100;

/** The rule with `find(way)` in the place of the way of each `ref`. A rule or an element of `enum` without a value is refused. */
export function withTables(rule, find, path = 'schema', depth = 0) {
  if (depth === DEPTH) return rule;
  return changed(rule, (value, option) => {
    const place = `${path}.${option}`;
    switch (option) {
      case 'ref': return typeof value === 'string' || value instanceof Way ? find(value) : value;
      case 'items': return withTables(value, find, place, depth + 1);
      case 'fields': return changed(value, (inner, name) => {
        checkPresent(inner, `${place}.${String(name)}`);
        return withTables(inner, find, `${place}.${String(name)}`, depth + 1);
      });
      case 'enum': checkInside(value, place);
    }
    return value;
  });
}

/** What is a table in Lua, with other values; any other value as it is. */
function changed(table, change) {
  if (Array.isArray(table)) return Array.from(table, (value, index) => change(value, index + 1));
  if (table instanceof Map) return new Map(Array.from(table, ([key, value]) => [key, change(value, key)]));
  const pairs = Array.from(entries(table), ([key, value]) => [key, change(value, key)]);
  return pairs.length === 0 ? table : Object.fromEntries(pairs);
}
