// Queries as JavaScript would answer them: a naive model of rows, filters, orders and groups, and the same as Lua text.
//
// A value is { kind, v }: 'integer' and 'big' with a BigInt, 'float' with a number, 'string' with bytes as characters, 'boolean',
// and 'table' with a Map from the text of a key to a value. Nothing is undefined.

const CLASSES = { string: 1, integer: 2, float: 2, big: 2, boolean: 3, table: 4 };

const classOf = (value) => value === undefined ? 0 : CLASSES[value.kind];

const isNaNValue = (value) => value?.kind === 'float' && Number.isNaN(value.v);

const sign = (a, b) => a < b ? -1 : a > b ? 1 : 0;

/** The exact order of two numbers, NaN behind all. */
function compareNumbers(a, b) {
  if (isNaNValue(a) || isNaNValue(b)) return Number(isNaNValue(a)) - Number(isNaNValue(b));
  // JavaScript compares BigInt and number exactly.
  return sign(a.v, b.v);
}

/** The order of all values. */
export function compare(a, b) {
  const [left, right] = [classOf(a), classOf(b)];
  if (left !== right) return left - right;
  if (left === 2) return compareNumbers(a, b);
  return left === 1 || left === 3 ? sign(a.v, b.v) : 0;
}

/** What lies at a path of a row. */
export function at(row, path) {
  let value = row;
  for (const part of path === '' ? [] : path.split('.')) {
    if (value?.kind !== 'table') return undefined;
    value = value.v.get(part);
  }
  return value;
}

const isComparable = (value, operand) => classOf(value) === classOf(operand) && classOf(value) < 4
  && !isNaNValue(value) && !isNaNValue(operand);

const OPERATORS = {
  '=': (value, operand) => isComparable(value, operand) && compare(value, operand) === 0,
  '!=': (value, operand) => value !== undefined && classOf(value) === classOf(operand) && !OPERATORS['='](value, operand),
  '<': (value, operand) => isComparable(value, operand) && compare(value, operand) < 0,
  '<=': (value, operand) => isComparable(value, operand) && compare(value, operand) <= 0,
  '>': (value, operand) => isComparable(value, operand) && compare(value, operand) > 0,
  '>=': (value, operand) => isComparable(value, operand) && compare(value, operand) >= 0,
  between: (value, [low, high]) => OPERATORS['>='](value, low) && OPERATORS['<='](value, high),
  in: (value, list) => list.some((operand) => OPERATORS['='](value, operand)),
  startsWith: (value, operand) => value?.kind === 'string' && value.v.startsWith(operand.v),
  endsWith: (value, operand) => value?.kind === 'string' && value.v.endsWith(operand.v),
  matches: (value, operand) => value?.kind === 'string' && PATTERNS.get(operand.v).test(value.v),
  exists: (value, operand) => (value !== undefined) === operand.v,
  contains: (value, operand) => {
    if (value?.kind === 'string') return operand.kind === 'string' && value.v.includes(operand.v);
    if (value?.kind !== 'table') return false;
    for (let number = 1; value.v.has(String(number)); number += 1) {
      if (OPERATORS['='](value.v.get(String(number)), operand)) return true;
    }
    return false;
  },
};

/** Patterns of Lua, and the same for JavaScript. */
export const PATTERNS = new Map([['^a', /^a/s], ['%d', /[0-9]/], ['b$', /b$/s], ['^[ab]*$', /^[ab]*$/s], ['a.b', /a.b/s], ['%z', /z/]]);

/** Whether a row matches: a filter is { all, any, none: filters } or { path, tests: [operator, operand] }. */
export function matches(row, filter) {
  if (filter.all) return filter.all.every((inner) => matches(row, inner));
  if (filter.any) return filter.any.some((inner) => matches(row, inner));
  if (filter.none) return !filter.none.some((inner) => matches(row, inner));
  const value = at(row, filter.path);
  return filter.tests.every(([operator, operand]) => OPERATORS[operator](value, operand));
}

/** Rows [key, row] that match, in the order of keys or in another one. */
export function select(rows, filter, order) {
  const found = rows.filter(([, row]) => filter === undefined || matches(row, filter));
  // The sort is stable, and the rows are in the order of their keys.
  return order === undefined ? found : found.toSorted(([, a], [, b]) => {
    for (const { path, desc } of order) {
      const result = compare(at(a, path), at(b, path));
      if (result !== 0) return desc ? -result : result;
    }
    return 0;
  });
}

/** Numbers among values, as an aggregate counts them. */
export function aggregate(kind, values) {
  const numbers = values.filter((value) => classOf(value) === 2);
  if (kind === 'min' || kind === 'max') {
    let best;
    for (const value of numbers.filter((number) => !isNaNValue(number))) {
      if (best === undefined || (kind === 'min' ? compare(value, best) < 0 : compare(value, best) > 0)) best = value;
    }
    return best;
  }
  let [integers, bigs, floats] = [0n, 0n, 0];
  for (const { kind: type, v } of numbers) {
    if (type === 'integer') integers += v;
    else if (type === 'big') bigs += v;
    else floats += v;
  }
  const has = (type) => numbers.some((value) => value.kind === type);
  const whole = floats + Number(integers) + (has('big') ? Number(bigs) : 0);
  if (kind === 'average') return numbers.length === 0 ? undefined : { kind: 'float', v: whole / numbers.length };
  if (has('float')) return { kind: 'float', v: whole };
  if (has('big')) return { kind: 'big', v: integers + bigs };
  return BigInt.asIntN(64, integers) === integers ? { kind: 'integer', v: integers } : { kind: 'float', v: Number(integers) };
}

/** Groups of rows by what lies at paths, in the order of these values: [values, rows]. */
export function groups(rows, paths) {
  const all = [];
  for (const [, row] of rows) {
    const values = paths.map((path) => at(row, path));
    const group = all.find(([known]) => known.every((value, number) => compare(value, values[number]) === 0));
    if (group) group[1].push(row);
    else all.push([values, [row]]);
  }
  return all.toSorted(([a], [b]) => a.reduce((result, value, number) => result || compare(value, b[number]), 0));
}

const bytesOf = (number) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  return [...new Uint8Array(view.buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** A value as text that tells all values apart; the same as `show` of `SHOW`. */
export function show(value) {
  if (value === undefined) return 'nil';
  const { kind, v } = value;
  if (kind === 'float') return Number.isNaN(v) ? 'nan' : `f${bytesOf(v)}`;
  if (kind === 'string') return `s${[...v].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')}`;
  if (kind === 'table') return `{${[...v].filter(([, inner]) => inner !== undefined).map(([key, inner]) => `${key}=${show(inner)};`).sort().join('')}}`;
  return `${kind[0]}${v}`;
}

export const SHOW = `
bigint = require("bigint")
function show(v)
  if type(v) == "string" then return "s" .. v:gsub(".", function(c) return ("%02x"):format(c:byte()) end) end
  if math.type(v) == "integer" then return "i" .. v end
  if v ~= v then return "nan" end
  if math.type(v) == "float" then return "f" .. (">d"):pack(v):gsub(".", function(c) return ("%02x"):format(c:byte()) end) end
  if type(v) ~= "table" then return type(v) == "userdata" and "b" .. tostring(v) or v == nil and "nil" or "b" .. tostring(v) end
  local parts = {}
  for k, inner in pairs(v) do parts[#parts + 1] = tostring(k) .. "=" .. show(inner) .. ";" end
  table.sort(parts)
  return "{" .. table.concat(parts) .. "}"
end
`;

/** A value as an expression of Lua. */
export function toLua(value) {
  const { kind, v } = value;
  if (kind === 'integer') return v === -(2n ** 63n) ? 'math.mininteger' : `(${v})`;
  if (kind === 'big') return `bigint.new("${v}")`;
  if (kind === 'string') return `"${[...v].map((byte) => `\\${String(byte.charCodeAt(0)).padStart(3, '0')}`).join('')}"`;
  if (kind === 'table') return `{${[...v].map(([key, inner]) => `[${/^\d+$/.test(key) ? key : `"${key}"`}]=${toLua(inner)}`).join(', ')}}`;
  if (kind === 'boolean') return String(v);
  if (Number.isNaN(v)) return '(0/0)';
  if (!Number.isFinite(v)) return v > 0 ? '(1/0)' : '(-1/0)';
  const text = Object.is(v, -0) ? '-0' : String(v);
  return `(${/[.e]/.test(text) ? text : `${text}.0`})`;
}
