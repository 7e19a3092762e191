/**
 * The operations of a batch, as `ext.batch` takes them.
 *
 * Invariant: operations are checked, all of them, before the first is sent. Messages count them from 1, as those of the module do.
 */

import { encodeAll } from '../codec.js';
import { ExternalTable, Way } from '../values.js';
import { checkKey, isMissing } from './check.js';

/** Names of operations, and how many values each has. */
const OPERATIONS = { set: 3, get: 2, delete: 2 };

// The most of one call where operations are done each for itself: their bytes are in the arena twice, and there are their results.
const PART_OPERATIONS = 5000;
const PART_BYTES = 262144;

/** The operations, each as `[op, table, key, value]`; a table is a way or an ExternalTable. */
export function checked(operations, most) {
  const list = [];
  for (const operation of operations) {
    if (list.length === most) throw new TypeError(`more than ${most} operations`);
    list.push(one(operation, `operation ${list.length + 1}: `));
  }
  return list;
}

function one(operation, before) {
  const { op, table, key, value } = Array.isArray(operation) ? fields(...operation) : Object(operation);
  const values = Object.prototype.hasOwnProperty.call(OPERATIONS, op) ? OPERATIONS[op] : undefined;
  if (values === undefined) throw new TypeError(`${before}unknown operation '${op}'`);
  checkKey(key, before);
  if (values === 3 && isMissing(value)) throw new TypeError(`${before}'set' without a value: 'delete' removes one`);
  return values === 3 ? [op, named(table, before), key, value] : [op, named(table, before), key];
}

function fields(op, table, key, value) {
  return { op, table, key, value };
}

/** The operations for one call, as `ext.batch` takes them: nil stands for the table of the one before. */
export function packed(operations) {
  let last;
  return encodeAll(operations.flatMap(([op, table, ...rest]) => {
    const same = isSame(table, last);
    last = table;
    return [op, same ? null : table, ...rest];
  }));
}

/** How many calls operations need that are done each for itself, if they are all alike. */
export function calls(operations, bytes) {
  const needed = Math.max(Math.ceil(operations.length / PART_OPERATIONS), Math.ceil(bytes.length / PART_BYTES));
  return Math.min(needed, operations.length);
}

/** So many parts. */
export function parts(operations, count) {
  const bound = (part) => Math.floor(operations.length * part / count);
  return Array.from({ length: count }, (_, part) => operations.slice(bound(part), bound(part + 1)));
}

/** Whether they change nothing. */
export function isReading(operations) {
  return operations.every(([op]) => op === 'get');
}

function isSame(table, last) {
  return table === last || table instanceof ExternalTable && last instanceof ExternalTable && table.id === last.id;
}

function named(table, before) {
  if (table instanceof Way) return table.way;
  if (table instanceof ExternalTable || typeof table === 'string') return table;
  throw new TypeError(`${before}a table is named by its way, such as _home.users, or is an ExternalTable`);
}
