// Dexie over fake-indexeddb answers the same queries, each condition by an index of IndexedDB.
//
// What differs from cu is translated:
//
// - A range of IndexedDB goes over all types, numbers before strings. So a comparison is a range of its operand's type, and orders
//   are by fields of one type.
// - An index has only rows that have its fields. So a query has an order only of rows that have all fields of it, and a reverse
//   order has the keys in reverse too.
// - Of each distinct value it filters the first row only: distinct values are asked of all rows.
// - `all`, `any` and `none` are made here, of the sets of keys that conditions answer.
// - Booleans are no keys of IndexedDB, and text is ordered by UTF-16: there are neither booleans nor surrogates among the values.

import Dexie from 'dexie';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { plain } from './plain.mjs';

/** The name of an index in the schema of Dexie. */
const indexOf = (order) => order.length === 1 ? order[0].field : `[${order.map(({ field }) => field).join('+')}]`;

export class DexieDb {
  static title = 'Dexie';
  static ops = ['=', '!=', '<', '<=', '>', '>=', 'between', 'in', 'startsWith', 'exists'];
  static listOps = ['contains'];
  static orders = [['n'], ['s'], ['price'], ['s', 'n'], ['n', 'price']];
  /** Orders are of one direction for all fields and the key, and leave rows out that lack a field. */
  static ordersByIndex = true;

  constructor() {
    this.database = new Dexie('rows', { indexedDB: new IDBFactory(), IDBKeyRange });
    this.database.version(1).stores({ rows: 'id, n, s, m, in.x, price, *tags, [s+n], [n+price]' });
    this.rows = this.database.table('rows');
  }

  close() {
    this.database.close();
  }

  set(row) {
    return this.rows.put(plain(row));
  }

  delete(id) {
    return this.rows.delete(plain(id));
  }

  /** The rows that one condition selects. */
  #range({ field, op, value }) {
    const where = this.rows.where(field);
    const operand = plain(value);
    const isText = typeof (op === 'between' ? operand[0] : operand) === 'string';
    // A list is behind all strings.
    const [least, most] = isText ? ['', []] : [-Infinity, Infinity];
    switch (op) {
      case '=':
      case 'contains': return where.equals(operand);
      case 'in': return where.anyOf(operand);
      case 'between': return where.between(...operand, true, true);
      case 'startsWith': return where.startsWith(operand);
      case '<': return where.between(least, operand, true, false);
      case '<=': return where.between(least, operand, true, true);
      case '>': return where.between(operand, most, false, !isText);
      case '>=': return where.between(operand, most, true, !isText);
      case '!=': return this.#range({ field, op: '<', value }).or(field).between(operand, most, false, !isText);
      default: return this.rows.orderBy(field);
    }
  }

  /** The set of keys of the rows that a filter selects. */
  async #matching(filter) {
    const sets = (filters) => Promise.all(filters.map((each) => this.#matching(each)));
    const all = async () => new Set(await this.rows.toCollection().primaryKeys());
    if (filter === undefined) return all();
    if (filter.all) return (await sets(filter.all)).reduce((rest, set) => new Set([...rest].filter((id) => set.has(id))), await all());
    if (filter.any) return new Set((await sets(filter.any)).flatMap((set) => [...set]));
    if (filter.none) {
      const not = new Set((await sets(filter.none)).flatMap((set) => [...set]));
      return new Set([...await all()].filter((id) => !not.has(id)));
    }
    if (filter.op === 'exists' && !filter.value) return this.#matching({ none: [{ ...filter, value: true }] });
    return new Set(await this.#range(filter).primaryKeys());
  }

  async keys({ where, order = [], limit, offset = 0 }) {
    const set = await this.#matching(where);
    const rows = this.rows.orderBy(order.length > 0 ? indexOf(order) : 'id').filter(({ id }) => set.has(id));
    const found = (order[0]?.desc ? rows.reverse() : rows).offset(offset);
    return (limit === undefined ? found : found.limit(limit)).primaryKeys();
  }

  async count(where) {
    return where?.field && where.op !== 'exists' ? this.#range(where).count() : (await this.#matching(where)).size;
  }

  async distinct({ paths: [path] }) {
    return (await this.rows.orderBy(path).uniqueKeys()).map((value) => [value]);
  }
}
