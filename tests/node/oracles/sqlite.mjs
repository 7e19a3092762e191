// SQLite answers the same queries: a row is a row of one table, and what lies deeper in it is JSON.
//
// A column has no type, so that SQLite converts nothing when it compares. What differs from cu is translated:
//
// - In SQLite numbers are less than strings, and a comparison with NULL is neither true nor false. So comparisons ask for the type
//   first, and orders begin with a rank of types.
// - It has no booleans: the blobs 00 and 01 stand for them. In JSON it has some, but takes them out as numbers, so there are none.
// - It stores NaN as NULL, and text is UTF-8 without NUL: neither is among the values.

import initSqlJs from 'sql.js';

const SQL = await initSqlJs();

const COLUMNS = ['id', 'n', 's', 'm', 'price', 'big', 'in', 'tags'];
const NUMBER = `'integer', 'real'`;
const TYPES = { bigint: NUMBER, number: NUMBER, string: `'text'`, boolean: `'blob'` };

const column = (path) => path === 'in.x' ? `json_extract("in", '$.x')` : `"${path}"`;

const rank = (path) => `CASE typeof(${column(path)}) WHEN 'null' THEN 0 WHEN 'text' THEN 1 WHEN 'blob' THEN 3 ELSE 2 END`;

const ordered = (path, desc) => [rank(path), column(path)].map((each) => `${each}${desc ? ' DESC' : ''}`).join(', ');

const list = (parts) => parts.join(', ');

const bound = (value) => typeof value === 'boolean' ? Uint8Array.of(value) : value;

const unbound = (value) => value instanceof Uint8Array ? value[0] === 1 : value ?? undefined;

/** JSON in which integers have all their digits, and floats a point. */
function json(value) {
  if (Array.isArray(value)) return `[${list(value.map(json))}]`;
  if (typeof value === 'object') return `{${list(Object.entries(value).map(([name, inner]) => `"${name}":${json(inner)}`))}}`;
  if (typeof value === 'number' && Number.isInteger(value)) return `${value}.0`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** A filter as a condition that is true or false; what it compares with is added to `values`. */
function condition(filter, values) {
  const joined = (filters, word, empty) => filters.length === 0
    ? empty
    : `(${filters.map((each) => condition(each, values)).join(` ${word} `)})`;
  if (filter.all) return joined(filter.all, 'AND', '1');
  if (filter.any) return joined(filter.any, 'OR', '0');
  if (filter.none) return `NOT ${joined(filter.none, 'OR', '0')}`;
  const { field, op, value } = filter;
  const left = column(field);
  const take = (operand) => {
    values.push(bound(operand));
    return '?';
  };
  const ofType = (operand, test) => `(typeof(${left}) IN (${TYPES[typeof operand]}) AND ${test})`;
  switch (op) {
    case '=': return `(${left} = ${take(value)}) IS TRUE`;
    case 'in': return `(${left} IN (${list(value.map(take))})) IS TRUE`;
    case 'between': return ofType(value[0], `${left} BETWEEN ${take(value[0])} AND ${take(value[1])}`);
    case 'exists': return `${left} IS ${value ? 'NOT ' : ''}NULL`;
    case 'startsWith': return ofType(value, `substr(${left}, 1, length(${take(value)})) = ${take(value)}`);
    // To SQLite the last 0 characters are all of them.
    case 'endsWith': return ofType(value, value === '' ? '1' : `substr(${left}, -length(${take(value)})) = ${take(value)}`);
    case 'contains':
      if (field === 'tags') return `EXISTS (SELECT 1 FROM json_each("tags") WHERE value = ${take(value)})`;
      return typeof value === 'string' ? ofType(value, `instr(${left}, ${take(value)}) > 0`) : '0';
    default: return ofType(value, `${left} ${op} ${take(value)}`);
  }
}

export class Sqlite {
  static title = 'SQLite';
  static ops = ['=', '!=', '<', '<=', '>', '>=', 'between', 'in', 'startsWith', 'endsWith', 'contains', 'exists'];
  static listOps = ['contains', 'exists'];
  static orders = [['n'], ['s'], ['m'], ['in.x'], ['price'], ['m', 's'], ['s', 'n'], ['in.x', 'price', 's']];

  constructor() {
    this.database = new SQL.Database();
    this.database.run(`CREATE TABLE rows (${list(COLUMNS.map((name) => `"${name}"${name === 'id' ? ' PRIMARY KEY' : ''}`))})`);
  }

  close() {
    this.database.close();
  }

  set(row) {
    const values = COLUMNS.map((name) => typeof row[name] === 'object' ? json(row[name]) : bound(row[name] ?? null));
    // A number without a fraction is bound as an integer.
    const places = COLUMNS.map((name) => typeof row[name] === 'number' ? 'CAST(? AS REAL)' : '?');
    this.database.run(`INSERT OR REPLACE INTO rows VALUES (${list(places)})`, values);
  }

  delete(id) {
    this.database.run('DELETE FROM rows WHERE "id" = ?', [id]);
  }

  /** `before WHERE filter after`, as lists of values. */
  #select(before, filter, after, ...more) {
    const values = [];
    const where = filter ? `WHERE ${condition(filter, values)}` : '';
    const [result] = this.database.exec(`${before} FROM rows ${where} ${after}`, [...values, ...more], { useBigInt: true });
    return (result?.values ?? []).map((row) => row.map(unbound));
  }

  keys({ where, order = [], limit = -1, offset = 0 }) {
    const by = [...order.map(({ field, desc }) => ordered(field, desc)), '"id"'];
    return this.#select('SELECT "id"', where, `ORDER BY ${list(by)} LIMIT ? OFFSET ?`, limit, offset).flat();
  }

  count(where) {
    return Number(this.#select('SELECT count(*)', where, '')[0][0]);
  }

  distinct({ where, paths }) {
    return this.#select(`SELECT DISTINCT ${list(paths.map(column))}`, where, `ORDER BY ${list(paths.map((path) => ordered(path)))}`);
  }

  /** Of each group its values at the paths, its number of rows, and `sum`, `average`, `min` and `max` of a path. */
  groups({ where, paths, of, byCount, limit, offset }) {
    const numbers = (name) => `${name}(${column(of)}) FILTER (WHERE typeof(${column(of)}) IN (${NUMBER}))`;
    const computed = ['count(*)', `ifnull(${numbers('sum')}, 0)`, ...['avg', 'min', 'max'].map(numbers)];
    const by = [...byCount ? ['count(*) DESC'] : [], ...paths.map((path) => ordered(path))];
    const grouped = paths.length > 0 ? `GROUP BY ${list(paths.map(column))} ORDER BY ${list(by)}` : '';
    return this.#select(`SELECT ${list([...paths.map(column), ...computed])}`, where, `${grouped} LIMIT ? OFFSET ?`, limit, offset);
  }
}
