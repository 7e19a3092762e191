/**
 * Tables as data: queries, indexes, batches and what else the module's library `ext` does, from the host. An add-on: the core
 * does not need it, and all it does is to call functions of `ext` (docs/data.md).
 *
 * Invariant: each method is one call of the module, but for `each`, which is one for every page. Tables in what it answers are
 * plain values.
 */

import { BATCH_OPERATIONS } from './abi.js';
import { encodeAll } from './codec.js';
import { ExternalTable, Way } from './values.js';

/** Rows of one page of `each`, where nothing is said. */
const PAGE_ROWS = 1000;

/** Names of operations, and how many values each has. */
const OPERATIONS = { set: 3, get: 2, delete: 2 };

export class Data {
  /**
   * @param {import('./instance.js').Cu} cu
   * @param {object} [options] of every call, as for `cu.call`: `home`, `instructions`, `permissions` ...
   */
  constructor(cu, options) {
    this.cu = cu;
    this.options = { ...options, content: true };
  }

  /** Calls a function of `ext`; a table is a way, such as '_home.users', or an ExternalTable. */
  call(name, table, ...args) {
    return this.cu.call(`ext.${name}`, [reference(table), ...args], this.options).values;
  }

  /**
   * The rows that a query finds, at most 10,000.
   * @param {string | ExternalTable} table
   * @param {object} [spec] `where`, `order`, `limit`, `after` ...
   * @returns {{ rows: unknown[], keys: unknown[], cursor: string | Uint8Array | undefined }}
   */
  query(table, spec = {}) {
    const [rows, keys, cursor] = this.call('query', table, spec);
    return { rows, keys, cursor: optional(cursor) };
  }

  /**
   * Every row that a query finds, however many, as `[key, row]`. A page is read at a time: the table may change meanwhile.
   * @param {string | ExternalTable} table
   * @param {object} [spec] as for `query`; `limit` is that of all rows together
   * @param {{ page?: number }} [options] rows of one page
   */
  * each(table, spec = {}, { page = PAGE_ROWS } = {}) {
    let left = spec.limit === undefined ? Infinity : spec.limit;
    let next = spec;
    while (left > 0) {
      const { rows, keys, cursor } = this.query(table, { ...next, limit: Math.min(page, left) });
      for (let at = 0; at < rows.length; at++) yield [keys[at], rows[at]];
      if (cursor === undefined) return;
      left -= rows.length;
      next = { ...spec, offset: undefined, after: cursor };
    }
  }

  /** How many rows there are, or of those how many pass a filter. */
  count(table, where) {
    return this.call('count', table, where)[0];
  }

  /**
   * The first row that a query finds.
   * @returns {{ row: unknown, key: unknown } | undefined}
   */
  first(table, spec = {}) {
    const [row, key] = this.call('first', table, spec);
    return row === null ? undefined : { row, key };
  }

  /** Whether a row passes a filter. */
  exists(table, where) {
    return this.call('exists', table, where)[0];
  }

  /** How a query would be done, and what that costs. */
  explain(table, spec = {}) {
    return this.call('explain', table, spec)[0];
  }

  /**
   * Makes an index, and returns its name.
   * @param {string | ExternalTable} table
   * @param {string | string[]} path such as 'address.city', or several
   * @param {{ name?: string, kind?: 'btree' | 'hash', unique?: boolean, multi?: boolean, where?: object }} [options]
   */
  createIndex(table, path, options) {
    return this.call('index', table, path, options)[0];
  }

  /** Drops the index of that name; whether there was one. */
  dropIndex(table, name) {
    return this.call('drop_index', table, name)[0];
  }

  /** What indexes a table has. */
  indexes(table) {
    return list(this.call('indexes', table)[0]);
  }

  /**
   * Compares the indexes of a table with its rows.
   * @returns {{ ok: boolean, problems: object[] }}
   */
  check(table) {
    const [ok, problems] = this.call('check', table);
    return { ok, problems: list(problems) };
  }

  /**
   * Does many operations in one call: `['set', table, key, value]`, `['get', table, key]` or `['delete', table, key]`, or
   * objects with `op`, `table`, `key` and `value`.
   * @param {Iterable<Array | object>} operations at most 10,000
   * @param {{ atomic?: boolean, timeout?: number, progress?: number }} [options] all or none (the default), or each for itself;
   *   milliseconds by `now`; operations between two events `progress`
   * @returns {unknown[]} in their order what a `get` found and true for others; where each is for itself `{ ok: true, value }` or
   *   `{ ok: false, error, index, key }`
   */
  batch(operations, options) {
    const { values, count } = packed(operations);
    const [results] = this.cu.call('ext.batch', [encodeAll(values), options], this.options).values;
    return Array.from({ length: count }, (_, index) => {
      const result = at(results, index);
      if (result !== null && typeof result === 'object' && result.ok === false) result.index = index;
      return result;
    });
  }

  /** The schema of a table, undefined where it has none. */
  schema(table) {
    return optional(this.call('schema', table)[0]);
  }

  /**
   * Gives a table a schema, which every write is checked against from now on, if what is there holds; `false` takes it away.
   * @returns {{ ok: boolean, problems: string[] }} what does not hold; at most 100 rows
   */
  setSchema(table, schema) {
    const [ok, problems] = this.call('schema', table, schema);
    return { ok, problems: list(problems) };
  }

  /** The version of a table, 0 for one that was never upgraded. */
  version(table) {
    return this.call('migrate', table)[0];
  }

  /**
   * Upgrades a table to a version, one step after another, and returns a report.
   * @param {string | ExternalTable} table
   * @param {number} version
   * @param {string} way of the function that does each step, or of a list of functions that is no external table
   * @param {{ dry?: boolean }} [options] `dry`: everything is undone
   */
  migrate(table, version, way, options) {
    return this.call('migrate', table, version, new Way(way), options)[0];
  }

  /**
   * Switches the change feed of a table on, with `false` off; without options only tells.
   * @param {string | ExternalTable} table
   * @param {boolean | { values?: boolean, count?: number, age?: number | false }} [options]
   * @returns {{ first?: number, last: number, values: boolean, count?: number, age?: number } | undefined} what its feed is
   */
  feed(table, options) {
    return optional(this.call('feed', table, options)[0]);
  }

  /**
   * The changes of a table behind a position in its feed.
   * @param {string | ExternalTable} table
   * @param {number} [since] default: from the oldest that is kept
   * @param {number} [limit] default 1,000
   * @returns {{ changes: object[] | undefined, position: number, problem: string | undefined }} the position of the last one; where
   *   changes behind `since` are not kept any more, no changes, the position of the last of all, and why
   */
  changes(table, since, limit) {
    const [changes, position, problem] = this.call('changes', table, since, limit);
    return { changes: changes === null ? undefined : list(changes), position, problem };
  }
}

function reference(table) {
  if (table instanceof ExternalTable) return table;
  if (typeof table === 'string') return new Way(table);
  throw new TypeError('a table is named by its way, such as _home.users, or is an ExternalTable');
}

function optional(value) {
  return value === null ? undefined : value;
}

/** A list is an array; an empty one may be any empty table. */
function list(value) {
  return Array.isArray(value) ? value : [];
}

/** An element of a list in which some are nil. */
function at(results, index) {
  const result = results instanceof Map ? results.get(index + 1) : results[index];
  return result === undefined ? null : result;
}

/** The values of all operations, one after another, as `ext.batch` takes them: nil stands for the table of the one before. */
function packed(operations) {
  const values = [];
  let count = 0;
  let last;
  for (const operation of operations) {
    const [op, table, key, value] = Array.isArray(operation)
      ? operation
      : [operation.op, operation.table, operation.key, operation.value];
    const parts = Object.prototype.hasOwnProperty.call(OPERATIONS, op) ? OPERATIONS[op] : undefined;
    if (parts === undefined) throw new TypeError(`operation ${count}: unknown operation '${op}'`);
    if (key === undefined || key === null) throw new TypeError(`operation ${count}: there is no key`);
    if (parts === 3 && (value === undefined || value === null)) {
      throw new TypeError(`operation ${count}: 'set' without a value: 'delete' removes one`);
    }
    values.push(op, isSame(table, last) ? null : named(table, count), key);
    if (parts === 3) values.push(value);
    last = table;
    count++;
    if (count > BATCH_OPERATIONS) throw new TypeError(`more than ${BATCH_OPERATIONS} operations`);
  }
  return { values, count };
}

function isSame(table, last) {
  if (last === undefined) return false;
  return table === last || table instanceof ExternalTable && last instanceof ExternalTable && table.id === last.id;
}

function named(table, index) {
  if (table instanceof ExternalTable || typeof table === 'string') return table;
  throw new TypeError(`operation ${index}: a table is named by its way, such as _home.users, or is an ExternalTable`);
}
