/**
 * Tables as data: rows, queries, indexes, batches and what else the module's library `ext` does, from the host. An add-on: the core
 * does not need it, and all it does is to call functions that are there (docs/data.md).
 *
 * Invariant: each method is one call of the module, but for those that say how many they are. Tables in what it answers are plain
 * values.
 */

import { BATCH_OPERATIONS, CLASS_MEMORY, CLASS_RESULT } from './abi.js';
import { calls, checked, isReading, packed, parts } from './data/batch.js';
import { checkFilter, checkFilterAlone, checkInside, checkKey, checkSpec, entries, isMissing, isTable } from './data/check.js';
import { withTables } from './data/schema.js';
import { reference, split, textOf, wayInside } from './data/way.js';
import { ExternalTable, Way } from './values.js';

/** Rows of one page of `each`, where nothing is said. */
const PAGE_ROWS = 1000;

/** Keys of a spec whose answer has no pages. */
const UNPAGED = ['distinct', 'group', 'count', 'sum', 'min', 'max', 'average'];

/** Behind the message of a batch for which there is no memory. */
const TOO_MANY = '; send fewer operations at once, and for all or none of them several batches in cu.transaction(() => ...)';

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

  /** Calls a function for an answer in which tables are references. */
  refer(way, ...args) {
    return this.cu.call(way, args, { ...this.options, content: false }).value;
  }

  /** The value under a key, undefined for none. */
  get(table, key) {
    checkKey(key);
    return optional(this.cu.call('rawget', [reference(table), key], this.options).value);
  }

  /** Gives a key a value. */
  set(table, key, value) {
    checkKey(key);
    if (isMissing(value)) throw new TypeError("'set' without a value: 'delete' removes one");
    this.refer('rawset', reference(table), key, value);
  }

  /** Removes a key. */
  delete(table, key) {
    checkKey(key);
    this.refer('rawset', reference(table), key, null);
  }

  /**
   * Changes fields of the row under a key, all or none; null removes one. The row must be there. One call, and another one before it
   * where no way leads to the row: of a table by its reference, or with a key such as 'a.b'.
   * @param {string | Way | ExternalTable} table
   * @param {unknown} key
   * @param {object} changes by the name of the field
   */
  update(table, key, changes) {
    checkKey(key);
    if (!isTable(changes)) throw new TypeError('changes are an object, or a Map, of fields');
    const way = wayInside(table, key);
    const row = way === undefined ? this.refer('rawget', reference(table), key) : way;
    // A string would be taken for a way.
    if (way === undefined && !(row instanceof ExternalTable)) throw new TypeError(`there is no row under the key ${String(key)}`);
    this.batch(Array.from(entries(changes), ([field, value]) => {
      if (value === undefined) throw new TypeError(`${String(field)}: no value; null removes a field`);
      return value === null ? ['delete', row, field] : ['set', row, field, value];
    }));
  }

  /**
   * Makes an empty table where there is nothing yet. Two calls, of which the second makes it.
   * @param {string | Way} way such as '_home.users'
   * @returns {boolean} whether there was none
   */
  createTable(way) {
    const [outer, key] = split(way);
    const found = this.refer('rawget', reference(outer), key);
    if (found === null) this.set(outer, key, []);
    else if (!(found instanceof ExternalTable)) throw new TypeError(`at '${textOf(way)}' is something else than a table`);
    return found === null;
  }

  /**
   * The rows that a query finds, at most 10,000.
   * @param {string | Way | ExternalTable} table
   * @param {object} [spec] `where`, `order`, `limit`, `after` ...
   * @returns {{ rows: unknown[], keys: unknown[], cursor: string | Uint8Array | undefined }}
   */
  query(table, spec = {}) {
    checkSpec(spec);
    const [rows, keys, cursor] = this.call('query', table, spec);
    return { rows, keys, cursor: optional(cursor) };
  }

  /**
   * Every row that a query finds, however many, as `[key, row]`. A page is read at a time, in one call: the table may change meanwhile.
   * A page that is too large is read again with half of its rows.
   * @param {string | Way | ExternalTable} table
   * @param {object} [spec] as for `query`; `limit` is that of all rows together
   * @param {{ page?: number }} [options] rows of one page
   */
  * each(table, spec = {}, { page = PAGE_ROWS } = {}) {
    checkPaged(spec);
    let left = isMissing(spec.limit) ? Infinity : spec.limit;
    let most = page;
    let next = spec;
    while (left > 0) {
      const limit = Math.min(most, left);
      let found;
      try {
        found = this.query(table, { ...next, limit });
      } catch (error) {
        if (limit <= 1 || !isTooLarge(error)) throw error;
        most = Math.ceil(limit / 2);
        continue;
      }
      const { rows, keys, cursor } = found;
      for (let at = 0; at < rows.length; at++) yield [keys[at], rows[at]];
      if (cursor === undefined) return;
      left -= rows.length;
      next = { ...spec, offset: undefined, after: cursor };
    }
  }

  /** How many rows there are, or of those how many pass a filter. */
  count(table, where) {
    checkFilterAlone(where, 'count');
    return this.call('count', table, where)[0];
  }

  /**
   * The first row that a query finds.
   * @returns {{ row: unknown, key: unknown } | undefined}
   */
  first(table, spec = {}) {
    checkSpec(spec);
    const [row, key] = this.call('first', table, spec);
    return row === null ? undefined : { row, key };
  }

  /** Whether a row passes a filter. */
  exists(table, where) {
    checkFilterAlone(where, 'exists');
    return this.call('exists', table, where)[0];
  }

  /** How a query would be done, and what that costs. */
  explain(table, spec = {}) {
    checkSpec(spec);
    return this.call('explain', table, spec)[0];
  }

  /**
   * Makes an index, and returns its name.
   * @param {string | Way | ExternalTable} table
   * @param {string | string[]} path such as 'address.city', or several
   * @param {{ name?: string, kind?: 'btree' | 'hash', unique?: boolean, multi?: boolean, where?: object }} [options]
   */
  createIndex(table, path, options) {
    checkInside(path, 'path');
    for (const [name, value] of entries(options)) if (name === 'where') checkFilter(value);
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
   * Does many operations: `['set', table, key, value]`, `['get', table, key]` or `['delete', table, key]`, or objects with `op`,
   * `table`, `key` and `value`. One call; where each is for itself, as many as they need.
   * @param {Iterable<Array | object>} operations at most 10,000; any number where each is for itself
   * @param {{ atomic?: boolean, timeout?: number, progress?: number }} [options] all or none (the default), or each for itself;
   *   milliseconds by `now`; operations between two events `progress`. With one of the last two it is one call in any case
   * @returns {unknown[]} in their order what a `get` found and true for others; where each is for itself `{ ok: true, value }` or
   *   `{ ok: false, error, index, key }`, with an index from 0
   */
  batch(operations, options) {
    const { atomic, timeout, progress } = Object(options);
    const isOne = atomic !== false || !isMissing(timeout) || !isMissing(progress);
    const list = checked(operations, isOne ? BATCH_OPERATIONS : Infinity);
    const results = isOne ? this.operate(packed(list), list.length, options) : this.separate(list, options);
    results.forEach((result, index) => {
      if (result !== null && typeof result === 'object' && result.ok === false) result.index = index;
    });
    return results;
  }

  /** The results of operations each for itself. */
  separate(list, options) {
    const bytes = packed(list);
    const inParts = (count) => parts(list, count).flatMap((part) => this.separate(part, options));
    const count = calls(list, bytes);
    if (count > 1) return inParts(count);
    try {
      return this.operate(bytes, list.length, options);
    } catch (error) {
      // What only reads can be done again.
      if (list.length === 1 || !isReading(list) || !isTooLarge(error)) throw error;
      return inParts(2);
    }
  }

  /** The results of one call. */
  operate(bytes, count, options) {
    try {
      const { value } = this.cu.call('ext.batch', [bytes, options], this.options);
      return Array.from({ length: count }, (_, index) => at(value, index));
    } catch (error) {
      if (error.errorClass === CLASS_MEMORY) error.message += TOO_MANY;
      throw error;
    }
  }

  /** The schema of a table, undefined where it has none; a `ref` in it is an ExternalTable. */
  schema(table) {
    return optional(this.refer('ext.schema', reference(table)));
  }

  /**
   * Gives a table a schema, which every write is checked against from now on, **if what is there holds**: look at `ok`. `false` takes it
   * away. One call, and one before it for each `ref` that is a way.
   * @param {string | Way | ExternalTable} table
   * @param {object | string | false} schema its `ref` is a way, such as '_home.customers', or an ExternalTable
   * @returns {{ ok: boolean, problems: string[] }} if not, the table has the schema of before, and these rows are wrong, at most 100
   */
  setSchema(table, schema) {
    if (isMissing(schema)) throw new TypeError('there is no schema; false takes away the one of a table');
    const resolved = withTables(schema, (way) => this.refer('select', 1, reference(way)));
    const [ok, problems] = this.call('schema', table, resolved);
    return { ok, problems: list(problems) };
  }

  /** The version of a table, 0 for one that was never upgraded. */
  version(table) {
    return this.call('migrate', table)[0];
  }

  /**
   * Upgrades a table to a version, one step after another, and returns a report.
   * @param {string | Way | ExternalTable} table
   * @param {number} version
   * @param {string | Way} way of the function that does each step, or of a list of functions, in which the step to version 3 is the
   *   third
   * @param {{ dry?: boolean }} [options] `dry`: everything is undone
   */
  migrate(table, version, way, options) {
    if (isMissing(version)) throw new TypeError('there is no version');
    return this.call('migrate', table, version, new Way(textOf(way)), options)[0];
  }

  /**
   * Switches the change feed of a table on, with `false` off; without options only tells.
   * @param {string | Way | ExternalTable} table
   * @param {boolean | { values?: boolean, count?: number, age?: number | false }} [options]
   * @returns {{ first?: number, last: number, values: boolean, count?: number, age?: number } | undefined} what its feed is
   */
  feed(table, options) {
    return optional(this.call('feed', table, options)[0]);
  }

  /**
   * The changes of a table behind a position in its feed.
   * @param {string | Way | ExternalTable} table
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

/** Groups and distinct rows have no cursor: what lies behind the first page would not be seen. */
function checkPaged(spec) {
  const key = UNPAGED.find((name) => spec[name]);
  if (key !== undefined) throw new TypeError(`${key}: groups and distinct rows are for query`);
}

/** Whether fewer rows could be answered. */
function isTooLarge({ errorClass }) {
  return errorClass === CLASS_RESULT || errorClass === CLASS_MEMORY;
}
