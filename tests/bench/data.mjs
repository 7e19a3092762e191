// Measures tables as data in Node: queries, indexes and batches of cu, beside LokiJS, Dexie over fake-indexeddb and SQLite (sql.js),
// all in memory.
//
// Everyone has the same rows, with an ordered index of names and one of scores. They take turns within a round, and a figure is the
// best of the rounds. Each checks what it is answered.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Data } from '../../host-js/data.js';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { formatGrid } from './table.mjs';

const ROWS = 100_000;
// Runs of few milliseconds, where that is possible: some of them are undisturbed on a busy machine, too.
const LOOKUPS = 100;
const INSERTS = 1_000;
const BATCH = 1_000;
const PAGE = 10_000;

/**
 * `rate`: a figure is thousands of operations a second; else it is microseconds of one. `of`: operations in a run, all rows where it
 * is not said. `rounds`: more of what takes little time.
 */
const MEASURES = [
  { what: 'equality', title: 'one row by an indexed name', rounds: 50, of: LOOKUPS },
  { what: 'range', title: '10 rows by a range of an index', rounds: 50, of: LOOKUPS },
  { what: 'scan', title: 'all rows through a filter', rounds: 10, rate: true },
  { what: 'build', title: 'building an ordered index', rounds: 5, rate: true },
  { what: 'insert', title: 'inserting rows with two indexes', rounds: 30, rate: true, of: INSERTS },
  { what: 'batch', title: `atomic batches of ${BATCH.toLocaleString('en')} sets`, rounds: 30, rate: true, of: BATCH },
];

/** The columns, in their order. */
const TITLES = { host: 'cu, from the host', lua: 'cu, in Lua', loki: 'LokiJS', dexie: 'Dexie, fake-indexeddb', sqlite: 'sql.js' };

const rowOf = (id) => ({ name: `user${id}`, age: id % 100, city: `c${id % 50}`, score: id * 1.5, active: id % 2 === 0 });

const rowsOf = (first, count) => Array.from({ length: count }, (_, index) => ({ id: first + index, ...rowOf(first + index) }));

/** The name that a lookup asks for, and the range that has ten scores: spread over all rows, and never the same twice in a round. */
const nameAt = (at) => `user${1 + (at * 7919) % ROWS}`;
const rangeAt = (at) => {
  const first = 1 + (at * 7919) % (ROWS - 10);
  return [first * 1.5, (first + 9) * 1.5];
};
const FILTER_AGE = 97;
const PASSING = ROWS / 100 * (99 - FILTER_AGE);

const ROW_IN_LUA = `local function row(id)
  return { name = 'user' .. id, age = id % 100, city = 'c' .. id % 50, score = id * 1.5, active = id % 2 == 0 }
end`;

/** What cu in Lua and cu from the host do alike. */
class InCu {
  constructor(cu) {
    this.cu = cu;
    this.data = new Data(cu);
  }

  static async create() {
    const module = await WebAssembly.compile(readFileSync(new URL('../../dist/cu.wasm', import.meta.url)));
    const one = new this(await Cu.create({ module, store: new MemoryStore() }));
    one.run('_home.users = {}');
    for (let first = 1; first <= ROWS; first += PAGE) one.run(`for id = ${first}, ${first + PAGE - 1} do users[id] = row(id) end`);
    one.run(`ext.index(users, 'name') ext.index(users, 'score')`);
    return one;
  }

  run(code) {
    return this.cu.compute(`${ROW_IN_LUA} local users = _home.users ${code}`).value;
  }

  undoInsert() {
    this.run(`for id = ${ROWS + 1}, ${ROWS + INSERTS} do users[id] = nil end`);
  }

  dropIndex() {
    this.data.dropIndex('_home.users', 'score');
  }

  close() {}
}

class FromHost extends InCu {
  equality() {
    for (let at = 1; at <= LOOKUPS; at += 1) {
      assert.equal(this.data.query('_home.users', { where: { name: nameAt(at) } }).rows.length, 1);
    }
  }

  range() {
    for (let at = 1; at <= LOOKUPS; at += 1) {
      assert.equal(this.data.query('_home.users', { where: { score: ['between', rangeAt(at)] } }).rows.length, 10);
    }
  }

  scan() {
    assert.equal(this.data.count('_home.users', { age: ['>', FILTER_AGE] }), PASSING);
  }

  build() {
    this.data.createIndex('_home.users', 'score');
  }

  #set(first, count) {
    this.data.batch(Array.from({ length: count }, (_, index) => ['set', '_home.users', first + index, rowOf(first + index)]));
  }

  insert() {
    this.#set(ROWS + 1, INSERTS);
  }

  batch() {
    this.#set(1, BATCH);
  }
}

class InLua extends InCu {
  equality() {
    this.run(`for at = 1, ${LOOKUPS} do
      assert(#ext.query(users, { where = { name = 'user' .. 1 + at * 7919 % ${ROWS} } }) == 1) end`);
  }

  range() {
    this.run(`for at = 1, ${LOOKUPS} do
      local first = 1 + at * 7919 % ${ROWS - 10}
      assert(#ext.query(users, { where = { score = { 'between', { first * 1.5, (first + 9) * 1.5 } } } }) == 10) end`);
  }

  scan() {
    this.run(`assert(ext.count(users, { age = { '>', ${FILTER_AGE} } }) == ${PASSING})`);
  }

  build() {
    this.run(`ext.index(users, 'score')`);
  }

  insert() {
    this.run(`for id = ${ROWS + 1}, ${ROWS + INSERTS} do users[id] = row(id) end`);
  }

  batch() {
    this.run(`local all = {} for id = 1, ${BATCH} do all[id] = { 'set', users, id, row(id) } end ext.batch(all)`);
  }
}

/** Its answers are the stored objects themselves. It has no transactions. */
class InLoki {
  static async create() {
    const { default: Loki } = await import('lokijs');
    const one = new this();
    one.users = new Loki('users').addCollection('users');
    one.users.insert(rowsOf(1, ROWS));
    one.users.ensureIndex('name');
    one.users.ensureIndex('score');
    return one;
  }

  equality() {
    for (let at = 1; at <= LOOKUPS; at += 1) assert.equal(this.users.find({ name: nameAt(at) }).length, 1);
  }

  range() {
    for (let at = 1; at <= LOOKUPS; at += 1) assert.equal(this.users.find({ score: { $between: rangeAt(at) } }).length, 10);
  }

  scan() {
    assert.equal(this.users.count({ age: { $gt: FILTER_AGE } }), PASSING);
  }

  dropIndex() {}

  build() {
    this.users.ensureIndex('score', true);
  }

  insert() {
    for (const row of rowsOf(ROWS + 1, INSERTS)) this.users.insert(row);
  }

  undoInsert() {
    this.users.findAndRemove({ score: { $gt: ROWS * 1.5 } });
  }

  close() {}
}

class InDexie {
  static async create() {
    const one = new this();
    one.Dexie = (await import('dexie')).default;
    const { IDBFactory, IDBKeyRange } = await import('fake-indexeddb');
    one.options = { indexedDB: new IDBFactory(), IDBKeyRange };
    one.version = 0;
    await one.#open('id, name, score');
    for (let first = 1; first <= ROWS; first += PAGE) await one.users.bulkAdd(rowsOf(first, PAGE));
    return one;
  }

  /** A schema changes with the version of the database. */
  async #open(schema) {
    this.database?.close();
    this.version += 1;
    this.database = new this.Dexie('users', this.options);
    this.database.version(this.version).stores({ users: schema });
    await this.database.open();
    this.users = this.database.table('users');
  }

  async equality() {
    for (let at = 1; at <= LOOKUPS; at += 1) {
      assert.equal((await this.users.where('name').equals(nameAt(at)).toArray()).length, 1);
    }
  }

  async range() {
    for (let at = 1; at <= LOOKUPS; at += 1) {
      assert.equal((await this.users.where('score').between(...rangeAt(at), true, true).toArray()).length, 10);
    }
  }

  async scan() {
    assert.equal(await this.users.filter(({ age }) => age > FILTER_AGE).count(), PASSING);
  }

  async dropIndex() {
    await this.#open('id, name');
  }

  async build() {
    await this.#open('id, name, score');
  }

  async insert() {
    await this.users.bulkAdd(rowsOf(ROWS + 1, INSERTS));
  }

  async undoInsert() {
    await this.users.where('id').above(ROWS).delete();
  }

  async batch() {
    await this.users.bulkPut(rowsOf(1, BATCH));
  }

  close() {
    this.database.close();
  }
}

class InSqlite {
  static async create() {
    const { default: initSqlJs } = await import('sql.js');
    const one = new this();
    one.database = new (await initSqlJs()).Database();
    one.database.run('CREATE TABLE users (id INTEGER PRIMARY KEY, name, age, city, score, active)');
    one.put = one.database.prepare('INSERT OR REPLACE INTO users VALUES (?, ?, ?, ?, ?, ?)');
    one.#set(1, ROWS);
    one.database.run('CREATE INDEX name ON users (name); CREATE INDEX score ON users (score)');
    one.byName = one.database.prepare('SELECT * FROM users WHERE name = ?');
    one.byScore = one.database.prepare('SELECT * FROM users WHERE score BETWEEN ? AND ?');
    one.byAge = one.database.prepare('SELECT count(*) FROM users WHERE age > ?');
    return one;
  }

  #set(first, count) {
    this.database.run('BEGIN');
    for (const { id, name, age, city, score, active } of rowsOf(first, count)) this.put.run([id, name, age, city, score, Number(active)]);
    this.database.run('COMMIT');
  }

  #rows(statement, values) {
    const rows = [];
    statement.bind(values);
    while (statement.step()) rows.push(statement.getAsObject());
    return rows;
  }

  equality() {
    for (let at = 1; at <= LOOKUPS; at += 1) assert.equal(this.#rows(this.byName, [nameAt(at)]).length, 1);
  }

  range() {
    for (let at = 1; at <= LOOKUPS; at += 1) assert.equal(this.#rows(this.byScore, rangeAt(at)).length, 10);
  }

  scan() {
    assert.equal(this.#rows(this.byAge, [FILTER_AGE])[0]['count(*)'], PASSING);
  }

  dropIndex() {
    this.byAge.reset(); // it would hold the lock
    this.database.run('DROP INDEX score');
  }

  build() {
    this.database.run('CREATE INDEX score ON users (score)');
  }

  insert() {
    this.#set(ROWS + 1, INSERTS);
  }

  undoInsert() {
    this.database.run('DELETE FROM users WHERE id > ?', [ROWS]);
  }

  batch() {
    this.#set(1, BATCH);
  }

  close() {
    this.database.close();
  }
}

const CONTENDERS = { host: FromHost, lua: InLua, loki: InLoki, dexie: InDexie, sqlite: InSqlite };

/** For each of `MEASURES` its name, and `microseconds` of one operation for all who can do it. */
async function measure() {
  const contenders = {};
  for (const [name, Contender] of Object.entries(CONTENDERS)) contenders[name] = await Contender.create();
  const measures = [];
  for (const { what, of, rounds } of MEASURES) {
    const microseconds = {};
    const able = Object.entries(contenders).filter(([, one]) => one[what] !== undefined);
    for (let round = 0; round <= rounds; round += 1) {
      for (const [name, one] of able) {
        if (what === 'build') await one.dropIndex();
        const start = performance.now();
        await one[what]();
        const each = (performance.now() - start) * 1000 / (of ?? ROWS);
        if (what === 'insert') await one.undoInsert();
        // The first round is for the compilers of the engine.
        if (round > 0) microseconds[name] = Math.min(microseconds[name] ?? Infinity, each);
      }
    }
    measures.push({ what, microseconds });
  }
  for (const one of Object.values(contenders)) one.close();
  return measures;
}

/** Measures in a new process, whose memory has nothing else. */
export function measureData() {
  const options = { encoding: 'utf8', maxBuffer: 1 << 20 };
  return JSON.parse(execFileSync(process.execPath, [fileURLToPath(import.meta.url), '--json'], options));
}

/** The figures as cells of a table, the same for a terminal and for docs/performance.md. */
export function dataTable(measures, scale = 1) {
  const names = Object.keys(TITLES);
  const cell = (rate, time) => {
    if (time === undefined) return '-';
    return rate ? (1000 / (time * scale)).toFixed(0) : (time * scale).toFixed(1);
  };
  const body = MEASURES.map(({ what, title, rate }) => {
    const { microseconds } = measures.find((each) => each.what === what);
    return [`${title}, ${rate ? 'thousands a second' : 'µs'}`, ...names.map((name) => cell(rate, microseconds[name]))];
  });
  return [['', ...Object.values(TITLES)], body];
}

/** The figures as lines of text. `scale` converts this machine's times to those of the reference machine. */
export const describeData = (measured, scale) => formatGrid(...dataTable(measured, scale));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const measured = await measure();
  console.log(process.argv[2] === '--json' ? JSON.stringify(measured) : describeData(measured));
}
