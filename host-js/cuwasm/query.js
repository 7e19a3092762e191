/**
 * Queries as the earlier project writes them, and plans.
 *
 *   { field: 'age', operator: '>=', value: 25, orderBy: 'age', direction: 'desc', limit: 10, offset: 20 }
 *
 * All keys of `ext.query` can be used beside these (docs/data.md, "Queries").
 *
 * Invariant: a query becomes a spec of `ext.query` and nothing else: what rows match, the module decides.
 */

import { checkObject, checkString, refuse } from './check.js';
import { questionOf } from './query_cache.js';
import { nameOf, tableOf } from './tables.js';
import { toLua } from './values.js';

/** Other ways to write an operator. */
const OPERATORS = { '==': '=', '===': '=', '<>': '!=', '~=': '!=', '!==': '!=' };

const DIRECTIONS = ['asc', 'desc'];

/**
 * @param {object} query
 * @returns {object} the spec
 */
export function specOf(query) {
  const { table, field, operator, op = operator, value, orderBy, direction, where, order, ...rest } = checkObject('query', query);
  const spec = toLua(rest, 'query');
  const filter = filterOf({ field, op, value });
  const filters = [filter, where === undefined ? undefined : toLua(where, 'query.where')].filter((one) => one !== undefined);
  if (filters.length > 0) spec.where = filters.length === 1 ? filters[0] : { all: filters };
  const sorted = orderOf({ orderBy, direction, order, field });
  if (sorted !== undefined) spec.order = sorted;
  return spec;
}

function filterOf({ field, op, value }) {
  if (field === undefined) {
    if (op !== undefined || value !== undefined) refuse('query.field', 'there, with an operator and a value', field);
    return undefined;
  }
  checkString('query.field', field);
  if (op === undefined && value === undefined) return undefined;
  const name = op === undefined ? '=' : checkString('query.operator', op);
  const known = Object.prototype.hasOwnProperty.call(OPERATORS, name) ? OPERATORS[name] : name;
  if (value === null || value === undefined) {
    if (known === '=' || known === '!=') return { field, op: 'exists', value: known === '!=' };
    refuse('query.value', `a value for '${name}'`, value);
  }
  return { field, op: known, value: toLua(value, 'query.value') };
}

function orderOf({ orderBy, direction, order, field }) {
  if (direction !== undefined && !DIRECTIONS.includes(direction)) refuse('query.direction', "'asc' or 'desc'", direction);
  // `order` is the direction as well, or what `ext.query` takes.
  const isDirection = DIRECTIONS.includes(order);
  const desc = (direction || (isDirection ? order : 'asc')) === 'desc';
  if (orderBy === undefined) {
    if (order !== undefined && !isDirection) return order;
    if (direction === undefined && !isDirection) return undefined;
    return { field: checkString('query.orderBy', field), desc };
  }
  const list = Array.isArray(orderBy) ? orderBy : [orderBy];
  return list.map((one) => {
    if (typeof one === 'string') return { field: one, desc };
    const { field: path, direction: own, desc: isDesc = own === undefined ? desc : own === 'desc' } = checkObject('query.orderBy', one);
    return { field: checkString('query.orderBy', path), desc: isDesc };
  });
}

/** A filter for a range, both ends included; an end that is not there does not bound it. */
export function rangeOf(field, min, max) {
  checkString('field', field);
  const where = [];
  if (min !== undefined && min !== null) where.push({ field, op: '>=', value: toLua(min, 'min') });
  if (max !== undefined && max !== null) where.push({ field, op: '<=', value: toLua(max, 'max') });
  return where.length === 0 ? { field, op: 'exists', value: true } : { all: where };
}

/**
 * The rows of a table for which a spec asks.
 * @param {import('./state.js').State} state
 */
export function findRows({ cu, data, options, queryCache, statistics: { queries } }, table, spec) {
  queries.count++;
  if (spec.limit === 0) return [];
  // Who watches or bounds the work of queries gets to see each of them.
  const isWatched = options.core.onEvent !== undefined || options.core.rate !== undefined;
  const question = isWatched ? undefined : questionOf(nameOf(cu, table), spec);
  const known = question === undefined ? undefined : queryCache.find(cu.store, question);
  const rows = known === undefined ? data.query(tableOf(cu, table), spec).rows : known;
  if (known !== undefined) queries.cached++;
  else if (question !== undefined) queryCache.keep(cu.store, question, rows);
  queries.rows += rows.length;
  return rows;
}

/**
 * @param {object} how as `ext.explain` answers
 * @returns {{ useIndex: boolean, indexName: string | string[] | null, estimatedCost: number, strategy: string, examined: number,
 *   returned: number, order: string, cached: boolean, reasons: object }}
 */
export function planOf({ plan, index, cost, examined, returned, order, cached, reasons }) {
  return {
    useIndex: plan !== 'scan',
    indexName: index === undefined ? null : index,
    estimatedCost: cost,
    strategy: plan === 'scan' ? 'full_scan' : `${plan}_scan`,
    examined,
    returned,
    order,
    cached,
    reasons: reasons === undefined || Array.isArray(reasons) ? {} : reasons,
  };
}
