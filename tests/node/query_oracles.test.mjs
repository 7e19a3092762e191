// Queries of random rows answer what SQLite, LokiJS and Dexie answer: with random indexes and without any, before and after
// random writes.
//
// Each of them is asked only what it can express; oracles/*.mjs say how each differs from cu, and translate. In rows and filters
// here an integer is a BigInt, and a number is a float.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Data } from '../../host-js/data.js';
import { Cu, CuFloat } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { DexieDb } from './oracles/dexie.mjs';
import { LokiJs } from './oracles/loki.mjs';
import { Sqlite } from './oracles/sqlite.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const FIRST = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 1e6));
const ROUNDS = Number(process.env.CU_ROUNDS ?? 8);
const QUERIES = 12;
const WRITES = 12;

const SMALL = [0n, 1n, 2n, 3n, -1n, 1, 2, 0.5, 1.5, -2.5];
const SAFE = [...SMALL, 2n ** 53n - 1n, -0, 2 ** 53, 1e300, -1e300, 5e-324, Infinity, -Infinity];
const WIDE = [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)];
// The bytes of U+FFEE are less than those of U+10000, its UTF-16 is greater.
const TEXTS = ['', 'a', 'ab', 'b', 'Z', 'a b', '%', 'a.', '\x7f', '\xe9', '\xe9a', '\xff', '\u20ac', '\uffee'];
const BOOLEANS = [false, true];

/** The values of each field, where the oracle can tell them apart. */
const VALUES = new Map([
  [Sqlite, {
    n: [...SAFE, ...WIDE, 2 ** 63, -(2 ** 63)],
    s: [...TEXTS, '\u{10000}', 'a\u{1f600}'],
    m: [...SAFE, ...WIDE, ...TEXTS, ...BOOLEANS],
    'in.x': [...SMALL, ...WIDE, ...TEXTS],
    tags: [...SMALL, ...WIDE, ...TEXTS],
    price: [...SMALL, 'unknown'],
    // The sum of all fits 64 bits, and no float has all their digits.
    big: [2n ** 57n - 1n, 2n ** 57n - 2n, 2n ** 56n + 1n, 1n - 2n ** 57n, 3n],
  }],
  [LokiJs, {
    n: SAFE,
    s: [...TEXTS, 'a\0', 'a\0b'],
    m: [...SAFE, ...TEXTS, ...BOOLEANS],
    'in.x': [...SAFE, ...TEXTS, ...BOOLEANS],
    tags: [...SMALL, ...TEXTS, ...BOOLEANS],
    price: SMALL,
  }],
  [DexieDb, {
    n: SAFE,
    s: [...TEXTS, 'a\0', 'a\0b'],
    m: [...SAFE, ...TEXTS],
    'in.x': [...SAFE, ...TEXTS],
    tags: [...SMALL, ...TEXTS],
    price: SMALL,
  }],
]);

const TABLES = ['_home.indexed', '_home.scanned'];
const PROGRAM = `
  _home.indexed, _home.scanned = {}, {}
  function change(key, path, value)
    for _, rows in ipairs { _home.indexed, _home.scanned } do
      local inner = rows[key]
      for at = 1, #path - 1 do inner = inner[path[at]] end
      inner[path[#path]] = value
    end
  end`;

/** A value as the host passes it, in which floats stay floats. */
function passed(value) {
  if (typeof value === 'number') return new CuFloat(value);
  if (Array.isArray(value)) return value.map(passed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, passed(inner)]));
}

/** A plain value that was handed out, as it is here. */
function received(value) {
  if (value instanceof CuFloat) return value.value;
  return typeof value === 'number' ? BigInt(value) : value ?? undefined;
}

/** A value by its own: which of several equal numbers stands for a group is not said. */
const same = (value) => typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value;

const typeOf = (value) => typeof value === 'bigint' ? 'number' : typeof value;

/** The rows of one seed, in cu and in an oracle. */
class World {
  constructor(Oracle, seed, cu) {
    this.random = randomBelow(seed);
    this.Oracle = Oracle;
    this.oracle = new Oracle();
    // Few values in one world, so that many are equal.
    this.values = Object.fromEntries(Object.entries(VALUES.get(Oracle)).map(([field, values]) => [
      field, Array.from({ length: 2 + this.random(7) }, () => this.one(values)),
    ]));
    this.hasTextKeys = this.random(3) === 0;
    this.rows = new Map();
    // Queries prefer fields in indexes, and filters of indexes, which serve nothing but these.
    this.indexedFields = [];
    this.partial = [];
    this.indexed = 0;
    this.cu = cu;
    this.data = new Data(cu);
    cu.compute(PROGRAM);
  }

  one(list) {
    return list[this.random(list.length)];
  }

  several(limit, make) {
    return Array.from({ length: this.random(limit) }, make);
  }

  field() {
    return this.one(this.indexedFields.length > 0 && this.random(2) ? this.indexedFields : ['n', 's', 'm', 'in.x', 'price']);
  }

  valuesOf(field) {
    return field === 'id' ? Array.from({ length: 8 }, () => this.id()) : this.values[field];
  }

  // ---- rows ----

  id() {
    const number = this.random(50) - 10;
    return this.hasTextKeys ? `k${number}` : BigInt(number);
  }

  fieldValue(name) {
    if (this.random(6) === 0) return undefined;
    if (name === 'in') return this.random(5) ? { x: this.one(this.values['in.x']) } : {};
    if (name === 'tags') return this.several(4, () => this.one(this.values.tags));
    return this.one(this.values[name]);
  }

  row(id) {
    const names = ['n', 's', 'm', 'in', 'tags', 'price', ...this.values.big ? ['big'] : []];
    const fields = names.map((name) => [name, this.fieldValue(name)]).filter(([, value]) => value !== undefined);
    return { id, ...Object.fromEntries(fields) };
  }

  async write() {
    const id = this.id();
    const row = this.rows.get(id);
    const kind = row ? this.random(5) : 0;
    if (kind === 4) {
      this.data.batch(TABLES.map((table) => ['delete', table, id]));
      this.rows.delete(id);
      await this.oracle.delete(id);
      return;
    }
    const next = kind === 0 ? this.row(id) : structuredClone(row);
    if (kind === 0) this.data.batch(TABLES.map((table) => ['set', table, id, passed(next)]));
    else this.changeField(next, kind);
    this.rows.set(id, next);
    await this.oracle.set(next);
  }

  /** Changes a field of a row, or of a table in it, by the way a script comes to it. */
  changeField(row, kind) {
    const change = (path, value) => this.cu.call('change', [row.id, path, value === undefined ? null : passed(value)]);
    if (kind === 1 && row.in) {
      row.in.x = this.one(this.values['in.x']);
      change(['in', 'x'], row.in.x);
    } else if (kind === 2 && row.tags) {
      row.tags.push(this.one(this.values.tags));
      change(['tags', BigInt(row.tags.length)], row.tags.at(-1));
    } else {
      const name = this.one(['n', 's', 'm', 'in', 'tags', 'price']);
      const value = this.fieldValue(name);
      if (value === undefined) delete row[name];
      else row[name] = value;
      change([name], value);
    }
  }

  addIndex(number) {
    const fields = ['n', 's', 'm', 'in.x', 'price', 'id'];
    const isMulti = this.random(5) === 0;
    const paths = isMulti ? ['tags'] : Array.from({ length: 1 + this.random(3) }, () => this.one(fields));
    const options = { name: `index ${number}`, kind: this.random(4) ? 'btree' : 'hash', multi: isMulti };
    if (this.random(4) === 0) {
      this.partial.push(this.condition(this.field()));
      options.where = this.filterToCu(this.partial.at(-1));
    }
    if (paths.includes('id')) options.unique = this.random(2) === 0;
    this.data.createIndex('_home.indexed', [...new Set(paths)], options);
    if (!isMulti) this.indexedFields.push(...paths);
  }

  // ---- filters and queries ----

  condition(field = this.random(6) ? this.field() : 'tags') {
    const op = this.one(field === 'tags' ? this.Oracle.listOps : this.Oracle.ops);
    // Seldom of another type than the field has.
    const values = this.valuesOf(this.random(8) ? field : 'm');
    const value = this.one(values);
    switch (op) {
      case 'exists': return { field, op, value: this.random(2) === 0 };
      case 'in': return { field, op, value: this.several(4, () => this.one(values)) };
      case 'between': return { field, op, value: [value, this.one(values.filter((each) => typeOf(each) === typeOf(value)))] };
      case 'startsWith':
      case 'endsWith': return { field, op, value: this.one(TEXTS) };
      default: return { field, op, value };
    }
  }

  filter(depth = 2) {
    if (this.partial.length > 0 && this.random(6) === 0) return this.one(this.partial);
    if (depth === 0 || this.random(4) === 0) return this.condition();
    return { [this.one(['all', 'all', 'any', 'none'])]: this.several(4, () => this.filter(depth - 1)) };
  }

  /** No filter, any, or, as an index serves it, some conditions that all have to match. */
  where() {
    const kind = this.random(6);
    if (kind === 0) return undefined;
    return kind < 3 ? this.filter() : { all: [this.condition(), ...this.several(3, () => this.filter(0))] };
  }

  /** A filter in one of the forms that cu knows. */
  filterToCu(filter) {
    for (const word of ['all', 'any', 'none']) {
      if (!filter[word]) continue;
      const inner = filter[word].map((each) => this.filterToCu(each));
      return word === 'all' && this.random(2) ? inner : { [word]: inner };
    }
    const { field, op, value } = filter;
    return this.random(2) ? { ...filter, value: passed(value) } : { [field]: [op, passed(value)] };
  }

  /** A query for the oracle, and the same for cu. */
  query() {
    const { orders, ordersByIndex } = this.Oracle;
    const fields = this.random(2) ? this.one(orders) : [];
    // One for all fields, where the oracle has no other.
    const desc = this.random(2) === 0;
    const order = fields.map((field) => ({ field, desc: ordersByIndex ? desc : this.random(2) === 0 }));
    let where = this.where();
    if (ordersByIndex && fields.length > 0) where = this.withFields(where, fields);
    const keysToo = ordersByIndex && fields.length > 0 && desc ? [{ field: 'id', desc }] : [];
    return [{ where, order }, { where: this.whereToCu(where), order: fields.length > 0 ? [...order, ...keysToo] : undefined }];
  }

  whereToCu(where) {
    return where && this.filterToCu(where);
  }

  withFields(where, fields) {
    return { all: [...where ? [where] : [], ...fields.map((field) => ({ field, op: 'exists', value: true }))] };
  }

  /** Asserts what `ask` answers of each table. */
  answers(wanted, spec, ask) {
    for (const table of TABLES) assert.deepEqual(ask(table), wanted, `${this.Oracle.title} against ${table}: ${inspect(spec, { depth: 9 })}`);
  }

  async checkRows() {
    const { data, oracle } = this;
    const [spec, ofCu] = this.query();
    const limit = 1 + this.random(8);
    const offset = this.random(6);
    const wanted = (await oracle.keys(spec)).map(same);
    const keys = (list) => list.map((key) => same(received(key)));
    this.answers(wanted, spec, (table) => keys([...data.each(table, ofCu, { page: limit })].map(([key]) => key)));
    this.answers(wanted, spec, (table) => keys(data.query(table, ofCu).rows.map(({ id }) => id)));
    this.answers(wanted[0], { first: spec }, (table) => keys([data.first(table, ofCu)?.key])[0]);
    this.answers((await oracle.keys({ ...spec, limit, offset })).map(same), { ...spec, limit, offset },
      (table) => keys(data.query(table, { ...ofCu, limit, offset }).keys));
    this.answers(await oracle.count(spec.where), { count: spec.where }, (table) => Number(data.count(table, ofCu.where)));
    this.indexed += data.explain(TABLES[0], ofCu).plan === 'scan' ? 0 : 1;
  }

  async checkDistinct() {
    if (!this.oracle.distinct) return;
    const { ordersByIndex } = this.Oracle;
    const paths = ordersByIndex ? [this.one(['n', 's', 'price'])] : [this.field(), this.field()].slice(this.random(2));
    const where = ordersByIndex ? this.withFields(undefined, paths) : this.where();
    const wanted = await this.oracle.distinct({ where, paths });
    this.answers(wanted.map((row) => row.map(same)), { where, distinct: paths }, (table) => (
      this.data.query(table, { where: this.whereToCu(where), distinct: paths }).rows
        .map((row) => paths.map((path) => same(received(row[path]))))));
  }

  checkGroups() {
    if (!this.oracle.groups) return;
    const paths = [...new Set(this.several(3, () => this.field()))];
    const of = this.one(['price', 'big']);
    const byCount = this.random(2) === 0 && paths.length > 0;
    const [limit, offset] = [1 + this.random(20), paths.length > 0 ? this.random(3) : 0];
    const spec = { where: this.where(), paths, of, byCount, limit, offset };
    const wanted = this.oracle.groups(spec);
    const ofCu = {
      where: this.whereToCu(spec.where), group: paths.length > 0 ? paths : undefined,
      count: true, sum: of, average: of, min: of, max: of,
      order: byCount ? { field: 'count', desc: true } : undefined, limit, offset,
    };
    const shown = ([count, sum, ...others], values) => [...values.map(same), count, sum, ...others.map(same)];
    this.answers(wanted.map((row) => shown(row.slice(paths.length), row.slice(0, paths.length))), spec, (table) => (
      this.data.query(table, ofCu).rows.map((row) => shown(
        ['count', 'sum', 'average', 'min', 'max'].map((name) => received(row[name])),
        paths.map((path) => received(row[path]))))));
  }

  async run() {
    const indexes = 1 + this.random(4);
    const first = this.random(indexes + 1);
    for (let number = 0; number < first; number += 1) this.addIndex(number);
    for (let number = this.random(60); number > 0; number -= 1) await this.write();
    for (let number = first; number < indexes; number += 1) this.addIndex(number);
    for (let phase = 0; phase < 3; phase += 1) {
      for (let number = 0; number < QUERIES; number += 1) {
        await this.checkRows();
        await this.checkDistinct();
        this.checkGroups();
      }
      for (let number = 0; number < WRITES; number += 1) await this.write();
      assert.deepEqual(this.data.check('_home.indexed'), { ok: true, problems: [] });
    }
    return this.indexed;
  }
}

for (const Oracle of VALUES.keys()) {
  test(`queries answer as ${Oracle.title} does (CU_SEED=${FIRST}, ${ROUNDS} rounds)`, async () => {
    let indexed = 0;
    for (let seed = FIRST; seed < FIRST + ROUNDS; seed += 1) {
      const world = new World(Oracle, seed, await Cu.create({ module, exact: true }));
      try {
        indexed += await world.run();
      } catch (error) {
        error.message = `CU_SEED=${seed} CU_ROUNDS=1: ${error.message}`;
        throw error;
      } finally {
        world.oracle.close();
      }
    }
    assert.ok(indexed > ROUNDS * 3, `only ${indexed} queries used an index`);
  });
}
