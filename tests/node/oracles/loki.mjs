// LokiJS answers the same queries: a row is a document, with all numbers as JavaScript has them.
//
// What differs from cu is translated:
//
// - Its order mixes types, and takes text for a number where it can. So comparisons ask for the type and use the plain ones of
//   JavaScript, and orders are by fields of one type, without text that reads as a number.
// - `$ne` matches what is missing and other types, and there is no "not": `none` is pushed down to the operators.
// - It compares text by UTF-16, which gives the order of bytes where there are no surrogates: no value has one.

import Loki from 'lokijs';
import { plain } from './plain.mjs';

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** For each operator its test and the opposite one; both are of values of the type of the operand. */
const TESTS = {
  '!=': (value) => [{ $ne: value }, { $eq: value }],
  '<': (value) => [{ $jlt: value }, { $jgte: value }],
  '<=': (value) => [{ $jlte: value }, { $jgt: value }],
  '>': (value) => [{ $jgt: value }, { $jlte: value }],
  '>=': (value) => [{ $jgte: value }, { $jlt: value }],
  startsWith: (value) => [{ $regex: RegExp(`^${escaped(value)}`) }, { $regex: RegExp(`^(?!${escaped(value)})`) }],
  endsWith: (value) => [{ $regex: RegExp(`${escaped(value)}$`) }, { $regex: RegExp(`^(?!.*${escaped(value)}$)`, 's') }],
};

/** The same, of values of any type. */
const ANY_TYPE = {
  '=': (value) => [{ $eq: value }, { $ne: value }],
  in: (value) => [{ $in: value }, { $nin: value }],
  exists: (value) => [{ $exists: value }, { $exists: !value }],
};

/** A filter as LokiJS has it, or its opposite. */
function query(filter, not = false) {
  const { field, op, value } = filter;
  const joined = (filters, isAll, inner) => filters.length > 0
    ? { [isAll ? '$and' : '$or']: filters.map((each) => query(each, inner)) }
    : { id: { $exists: isAll } };
  if (filter.all) return joined(filter.all, !not, not);
  if (filter.any) return joined(filter.any, not, not);
  if (filter.none) return joined(filter.none, !not, !not);
  if (op === 'between') {
    return query({ all: [{ field, op: '>=', value: value[0] }, { field, op: '<=', value: value[1] }] }, not);
  }
  const test = ([yes, no]) => ({ [field]: not ? no : yes });
  const ofType = (type, tests) => not
    ? { $or: [{ [field]: { $type: { $ne: type } } }, test(tests)] }
    : { $and: [{ [field]: { $type: type } }, test(tests)] };
  const operand = plain(value);
  if (op === 'contains') return ofType(field === 'tags' ? 'array' : 'string', typeof value === 'string' || field === 'tags'
    ? [{ $contains: operand }, { $containsNone: [operand] }]
    : [{ $exists: false }, { $exists: true }]);
  return op in ANY_TYPE ? test(ANY_TYPE[op](operand)) : ofType(typeof operand, TESTS[op](operand));
}

export class LokiJs {
  static title = 'LokiJS';
  static ops = ['=', '!=', '<', '<=', '>', '>=', 'between', 'in', 'startsWith', 'endsWith', 'contains', 'exists'];
  static listOps = ['contains', 'exists'];
  static orders = [['n'], ['s'], ['price'], ['s', 'n'], ['price', 's', 'n']];

  constructor() {
    this.rows = new Loki('rows').addCollection('rows');
  }

  close() {}

  set(row) {
    this.delete(row.id);
    this.rows.insert(plain(row));
  }

  delete(id) {
    this.rows.findAndRemove({ id: plain(id) });
  }

  keys({ where, order = [], limit, offset = 0 }) {
    const found = this.rows.chain().find(where && query(where))
      .compoundsort([...order.map(({ field, desc }) => [field, desc]), ['id', false]]).offset(offset);
    return (limit === undefined ? found : found.limit(limit)).data().map(({ id }) => id);
  }

  count(where) {
    return this.rows.count(where && query(where));
  }
}
