// Queries of random rows against a naive model in JavaScript; what is refused, and in which words; budgets, memory and hosts that
// end a query anywhere.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { PATTERNS, SHOW, aggregate, at, groups, matches, select, show, toLua } from './query_model.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const FIRST = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 1e6));
const ROUNDS = Number(process.env.CU_ROUNDS ?? 40);
const QUERIES = 40;

const PATHS = ['a', 'b', 'c', 'in.x', 'list.1', 'list', '', 'in', 'gone', 'a.x'];
const SCALARS = ['a', 'b', 'c', 'in.x', 'list.1', 'gone'];

/** Random rows and queries of one seed. */
class World {
  constructor(seed) {
    this.random = randomBelow(seed);
    this.kinds = 1 + this.random(63);
  }

  one(list) {
    return list[this.random(list.length)];
  }

  /** Few values, so that some are equal, of those kinds that this world has. */
  scalar() {
    const kind = this.random(6);
    if (!(this.kinds >> kind & 1)) return { kind: 'integer', v: BigInt(this.random(5)) };
    switch (kind) {
      case 0: return { kind: 'string', v: this.one(['', 'a', 'ab', 'a\0b', 'b', 'ab\0', '\xff', 'a1', 'ba']) };
      case 1: return { kind: 'integer', v: this.one([2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n), 0n, -1n]) };
      case 2: return { kind: 'float', v: this.one([0, -0, 0.5, 1, 2, 2 ** 53, -(2 ** 53) - 2, 2 ** 63, -(2 ** 63), 1e300, -1.5]) };
      case 3: return { kind: 'float', v: this.one([NaN, Infinity, -Infinity, 5e-324]) };
      case 4: return { kind: 'big', v: this.one([1n, 2n ** 64n, 2n ** 63n, -(2n ** 63n) - 1n, 10n ** 300n, 2n ** 1030n, -(2n ** 1030n), 2n ** 53n + 1n]) };
      default: return { kind: 'boolean', v: this.random(2) === 0 };
    }
  }

  row() {
    const fields = new Map();
    for (const field of ['a', 'b', 'c']) if (this.random(5)) fields.set(field, this.scalar());
    if (this.random(3)) fields.set('in', { kind: 'table', v: new Map([['x', this.scalar()]]) });
    if (this.random(2)) {
      fields.set('list', { kind: 'table', v: new Map(Array.from({ length: this.random(4) }, (_, number) => [String(number + 1), this.scalar()])) });
    }
    return this.random(12) ? { kind: 'table', v: fields } : this.scalar();
  }

  /** Rows by key, in the order of keys: strings, then integers. */
  rows() {
    const count = this.random(40);
    const strings = new Set(Array.from({ length: this.random(5) }, () => this.one(['k', 'key', '', 'z', 'a\0'])));
    const keys = [...strings].sort().map((v) => ({ kind: 'string', v }));
    const numbers = new Set(Array.from({ length: count }, () => this.random(300) - 20));
    keys.push(...[...numbers].sort((a, b) => a - b).map((v) => ({ kind: 'integer', v: BigInt(v) })));
    return keys.map((key) => [key, this.row()]);
  }

  tests() {
    return Array.from({ length: this.random(4) ? 1 : 2 }, () => {
      const operator = this.one(['=', '=', '!=', '<', '<=', '>', '>=', 'between', 'in', 'contains', 'startsWith', 'endsWith', 'matches', 'exists']);
      if (operator === 'exists') return [operator, { kind: 'boolean', v: this.random(2) === 0 }];
      if (operator === 'matches') return [operator, { kind: 'string', v: this.one([...PATTERNS.keys()]) }];
      if (operator === 'startsWith' || operator === 'endsWith') return [operator, { kind: 'string', v: this.one(['', 'a', 'b', '\0', '\xff']) }];
      if (operator === 'in') return [operator, Array.from({ length: this.random(4) }, () => this.scalar())];
      if (operator === 'between') {
        const low = this.scalar();
        let high = this.scalar();
        const type = ({ kind }) => ['string', 'boolean'].includes(kind) ? kind : 'number';
        while (type(high) !== type(low)) high = this.scalar();
        return [operator, [low, high]];
      }
      return [operator, this.scalar()];
    });
  }

  filter(depth = 3) {
    const kind = depth === 0 ? 9 : this.random(8);
    if (kind < 3) {
      const inner = Array.from({ length: this.random(3) }, () => this.filter(depth - 1));
      return [{ all: inner }, { any: inner }, { none: inner }][kind];
    }
    return { path: this.one(PATHS), tests: this.tests() };
  }

  /** A filter as Lua has it, in one of its forms. */
  filterToLua(filter) {
    for (const kind of ['all', 'any', 'none']) {
      if (!filter[kind]) continue;
      const inner = `{${filter[kind].map((each) => this.filterToLua(each)).join(', ')}}`;
      return kind === 'all' && this.random(2) ? inner : `{${kind} = ${inner}}`;
    }
    const operand = (value) => Array.isArray(value) ? `{${value.map(toLua).join(', ')}}` : toLua(value);
    const [[operator, value]] = filter.tests;
    if (filter.tests.length === 1 && this.random(2)) {
      if (operator === '=' && this.random(2)) return `{["${filter.path}"] = ${toLua(value)}}`;
      return `{field = "${filter.path}", op = "${operator}", value = ${operand(value)}}`;
    }
    return `{["${filter.path}"] = {${filter.tests.map(([each, of]) => `"${each}", ${operand(of)}`).join(', ')}}}`;
  }

  order() {
    return this.random(2) ? Array.from({ length: 1 + this.random(2) }, () => ({ path: this.one(PATHS), desc: this.random(2) === 0 })) : undefined;
  }
}

const orderToLua = (order) => `{${order.map(({ path, desc }) => `{field = "${path}", desc = ${desc}}`).join(', ')}}`;

const keysOf = (rows) => rows.map(([key]) => show(key));

test(`queries answer as a naive model does (CU_SEED=${FIRST}, ${ROUNDS} rounds)`, async () => {
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed += 1) {
    const world = new World(seed);
    const cu = await Cu.create({ module, store: new MemoryStore() });
    const rows = world.rows();
    cu.compute(`${SHOW} _home.t = ext.table() ${rows.map(([key, row]) => `_home.t[${toLua(key)}] = ${toLua(row)}`).join(' ')}
      function keys(list) local all = {} for number, key in ipairs(list) do all[number] = show(key) end return all end`);
    for (let number = 0; number < QUERIES; number += 1) {
      const filter = world.random(5) ? world.filter() : undefined;
      const order = world.order();
      const where = filter ? `where = ${world.filterToLua(filter)},` : '';
      const ordered = order ? `order = ${orderToLua(order)},` : '';
      const run = (code) => {
        try {
          return cu.compute(code).values;
        } catch (error) {
          return assert.fail(`CU_SEED=${seed} CU_ROUNDS=1: ${code}: ${error.message}`);
        }
      };
      const same = (code, wanted) => assert.deepEqual(run(code), wanted, `CU_SEED=${seed} CU_ROUNDS=1: ${code}`);
      const found = select(rows, filter, order);
      const offset = world.random(3) ? 0 : world.random(5);
      const limit = 1 + world.random(8);
      // Page by page, as cursors lead.
      const pages = [];
      for (let from = offset; from === offset || from < found.length; from += limit) pages.push(keysOf(found.slice(from, from + limit)));
      same(`local pages, rows, list, cursor = {}
        repeat
          rows, list, cursor = ext.query(_home.t, {${where} ${ordered} limit = ${limit}, offset = ${offset}, after = cursor})
          pages[#pages + 1] = keys(list)
          for number, row in ipairs(rows) do assert(show(row) == show(_home.t[list[number]])) end
        until not cursor
        return pages`, [pages]);
      const filterText = filter ? world.filterToLua(filter) : 'nil';
      same(`return ext.count(_home.t, ${filterText}), ext.exists(_home.t, ${filterText})`, [found.length, found.length > 0]);
      same(`return show((select(2, ext.first(_home.t, {${where} ${ordered}}))))`, [found.length ? show(found[0][0]) : 'nil']);
      const left = world.random(2) ? world.random(9) + 1 : undefined;
      same(`local all = {} for key, row in ext.each(_home.t, {${where} ${ordered} offset = ${offset}, limit = ${left ?? 'nil'}}) do
          all[#all + 1] = show(key) assert(show(row) == show(_home.t[key])) end return all`,
      [keysOf(found.slice(offset, left && offset + left))]);
      const columns = [world.one(PATHS), world.one(PATHS)];
      same(`local all = {} for number, row in ipairs((ext.query(_home.t, {${where} ${ordered} select = {"${columns[0]}", x = "${columns[1]}"}}))) do
          all[number] = show(row) end return all`,
      [found.map(([, row]) => show({ kind: 'table', v: new Map([[columns[0], at(row, columns[0])], ['x', at(row, columns[1])]]) }))]);
      checkGroups(world, select(rows, filter), where, same);
    }
  }
});

/** Groups, aggregates and distinct rows. */
function checkGroups(world, rows, where, same) {
  const paths = [world.one(SCALARS), world.one(SCALARS)].slice(0, 1 + world.random(2)).filter((path, at, all) => all.indexOf(path) === at);
  const of = world.one(SCALARS);
  const kinds = ['sum', 'min', 'max', 'average'];
  const all = groups(rows, paths);
  const limit = 1 + world.random(30);
  const offset = world.random(3);
  const pairs = (values) => paths.map((path, number) => [path, values[number]]);
  const code = (spec) => `local all = {} for number, row in ipairs((ext.query(_home.t, {${where} limit = ${limit}, offset = ${offset}, ${spec}}))) do
    all[number] = show(row) end return all`;
  const listed = `{${paths.map((path) => `"${path}"`).join(', ')}}`;
  const pages = all.slice(offset, offset + limit);
  same(code(`distinct = ${listed}`), [pages.map(([values]) => show({ kind: 'table', v: new Map(pairs(values)) }))]);
  const computed = (list) => kinds.map((kind) => [kind, aggregate(kind, list.map((row) => at(row, of)))]);
  const count = (list) => ['count', { kind: 'integer', v: BigInt(list.length) }];
  same(code(`group = ${listed}, count = true, ${kinds.map((kind) => `${kind} = "${of}"`).join(', ')}`),
    [pages.map(([values, list]) => show({ kind: 'table', v: new Map([...pairs(values), count(list), ...computed(list)]) }))]);
  const list = rows.map(([, row]) => row);
  const inner = { kind: 'table', v: new Map([[of, aggregate('sum', list.map((row) => at(row, of)))]]) };
  same(`return show(ext.query(_home.t, {${where} count = true, sum = {"${of}"}})[1])`,
    [show({ kind: 'table', v: new Map([count(list), ['sum', inner]]) })]);
  const byCount = all.toSorted(([, a], [, b]) => b.length - a.length).slice(offset, offset + limit);
  same(code(`group = ${listed}, count = true, order = {field = "count", desc = true}`),
    [byCount.map(([values, rowsOf]) => show({ kind: 'table', v: new Map([...pairs(values), count(rowsOf)]) }))]);
}

test('the model itself tells what it should', () => {
  const row = { kind: 'table', v: new Map([['a', { kind: 'float', v: 2 ** 53 }]]) };
  assert.equal(matches(row, { path: 'a', tests: [['<', { kind: 'integer', v: 2n ** 53n + 1n }]] }), true);
  assert.equal(matches(row, { path: 'b', tests: [['!=', { kind: 'integer', v: 1n }]] }), false);
  assert.equal(show(aggregate('sum', [{ kind: 'integer', v: 2n ** 63n - 1n }, { kind: 'integer', v: 1n }])), show({ kind: 'float', v: 2 ** 63 }));
});
