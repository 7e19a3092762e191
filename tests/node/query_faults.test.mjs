// Queries that are refused, with their words; that end for their budget, for memory or for the host, at any place; that see only
// what is permitted; and during which finalizers change what they are of.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore, encode } from '../../host-js/index.js';
import { FAILED, NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** Less than a query of some thousand rows takes. */
const BUDGET = 100_000;

const ROWS = `_home.t = ext.table()
  for i = 1, 20 do _home.t[i] = { name = "n" .. i, age = i % 5, tags = { "a", "t" .. i }, in_ = { x = i } } end
  _home.t.long = { name = ("long"):rep(3000), age = 7 }
  _home.t.scalar = 3`;

const REFUSED = [
  ['ext.query({}, {})', /an external table is wanted, not a table/],
  ['ext.query()', /an external table is wanted, not a no value/],
  ['ext.query(_home.t, 1)', /bad argument #2 to 'query' \(table expected, got number\)/],
  ['ext.query(_home.t, _home.t)', /table expected, got external table/],
  ['ext.query(_home.t, {wher = {}})', /unknown key 'wher'/],
  ['ext.query(_home.t, {1})', /the key of an option is a string/],
  ['ext.query(_home.t, {where = 1})', /where: filter expected, got number/],
  ['ext.query(_home.t, {where = _home.t})', /where: filter expected, got external table/],
  ['ext.query(_home.t, {where = {1}})', /where\[1\]: filter expected, got number/],
  ['ext.query(_home.t, {where = {[true] = 1}})', /path as the key of a filter expected, got boolean/],
  ['ext.query(_home.t, {where = {{}, {age = {"=>", 25}}}})', /where\[2\]\.age\[1\]: unknown operator '=>'/],
  ['ext.query(_home.t, {where = {age = {}}})', /where\.age: list of operators and values expected/],
  ['ext.query(_home.t, {where = {age = {">"}}})', /where\.age: list of operators and values expected/],
  ['ext.query(_home.t, {where = {age = {">", 1, x = 2}}})', /where\.age: list of operators and values expected/],
  ['ext.query(_home.t, {where = {age = {1, ">"}}})', /where\.age\[1\]: operator expected, got number/],
  ['ext.query(_home.t, {where = {age = {">", {}}}})', /where\.age\[2\]: string, number or boolean expected, got table/],
  ['ext.query(_home.t, {where = {age = print}})', /where\.age: string, number or boolean expected, got function/],
  ['ext.query(_home.t, {where = {age = _home.t}})', /where\.age: string, number or boolean expected, got external table/],
  ['ext.query(_home.t, {where = {age = {"between", {1}}}})', /where\.age\[2\]: list of two values expected/],
  ['ext.query(_home.t, {where = {age = {"between", {1, "x"}}}})', /where\.age\[2\]: two values of one type expected/],
  ['ext.query(_home.t, {where = {age = {"in", 1}}})', /where\.age\[2\]: list of values expected, got number/],
  ['ext.query(_home.t, {where = {age = {"in", {1, {}}}}})', /where\.age\[2\]\[2\]: string, number or boolean expected, got table/],
  ['ext.query(_home.t, {where = {age = {"startsWith", 1}}})', /where\.age\[2\]: string expected, got number/],
  ['ext.query(_home.t, {where = {age = {"matches", "%"}}})', /where\.age\[2\]: malformed pattern: ends with '%'/],
  ['ext.query(_home.t, {where = {age = {"matches", "[a"}}})', /malformed pattern: missing '\]'/],
  ['ext.query(_home.t, {where = {age = {"exists", 1}}})', /where\.age\[2\]: boolean expected, got number/],
  ['ext.query(_home.t, {where = {["a..b"] = 1}})', /'a\.\.b': a part of the path is empty/],
  ['ext.query(_home.t, {where = {["a.b.c.d.e.f.g.h.i"] = 1}})', /the path has more than 8 parts/],
  ['ext.query(_home.t, {where = {[("x"):rep(256)] = 1}})', /the path takes more than 255 bytes/],
  ['ext.query(_home.t, {where = {field = "age"}})', /where: 'value' is missing/],
  ['ext.query(_home.t, {where = {field = 1, value = 1}})', /where\.field: path expected, got number/],
  ['ext.query(_home.t, {where = {field = "age", value = 1, x = 2}})', /where\.x: unknown key beside 'field', 'op' and 'value'/],
  ['ext.query(_home.t, {where = {field = "age", op = "is", value = 1}})', /where\.op: unknown operator 'is'/],
  ['ext.query(_home.t, {where = {field = "age", op = "in", value = 1}})', /where\.value: list of values expected/],
  ['local f = {} for i = 1, 17 do f = {any = {f}} end ext.query(_home.t, {where = f})', /filters in more than 16 others/],
  ['ext.query(_home.t, {order = 1})', /order: path, \{field = path, desc = boolean\} or a list of these expected, got number/],
  ['ext.query(_home.t, {order = {}})', /order: a list of paths expected/],
  ['ext.query(_home.t, {order = {{desc = true}}})', /order\[1\]: 'field' is missing/],
  ['ext.query(_home.t, {order = {"a", {field = "b", desc = 1}}})', /order\[2\]\.desc: boolean expected, got number/],
  ['ext.query(_home.t, {order = {"a", {field = "b", descending = true}}})', /order\[2\]\.descending: unknown key beside 'field' and 'desc'/],
  ['ext.query(_home.t, {order = {"a", "a", "a", "a", "a", "a", "a", "a", "a"}})', /order: more than 8 fields/],
  ['ext.query(_home.t, {limit = 0})', /limit: a whole number from 1 to 10000 expected; ext\.each goes through more rows/],
  ['ext.query(_home.t, {limit = 10001})', /limit: a whole number from 1 to 10000 expected/],
  ['ext.query(_home.t, {limit = 1.5})', /limit: a whole number/],
  ['ext.query(_home.t, {limit = "5"})', /limit: a whole number/],
  ['ext.query(_home.t, {offset = -1})', /offset: a whole number from 0 expected/],
  ['ext.query(_home.t, {select = 1})', /select: list of paths expected, got number/],
  ['ext.query(_home.t, {select = {}})', /select: at least one path expected/],
  ['ext.query(_home.t, {select = {"a", 1}})', /select\[2\]: path expected, got number/],
  ['ext.query(_home.t, {distinct = true})', /distinct: true goes with select/],
  ['ext.query(_home.t, {distinct = "a", group = "b"})', /select and distinct do not go with groups/],
  ['ext.query(_home.t, {select = {"a"}, count = true})', /select and distinct do not go with groups/],
  ['ext.query(_home.t, {group = "a", after = "00"})', /after: groups and distinct rows have no cursor; offset goes on/],
  ['ext.query(_home.t, {count = 1})', /count: boolean expected, got number/],
  ['ext.query(_home.t, {sum = 1})', /sum: path or list of paths expected, got number/],
  ['ext.query(_home.t, {sum = {x = "a"}})', /sum\.x: a list has no such key/],
  ['ext.query(_home.t, {group = "a", order = "b"})', /order: 'b' is no field of these groups/],
  ['ext.query(_home.t, {after = 1})', /after: cursor expected, got number/],
  ['ext.query(_home.t, {after = "no cursor"})', /after: this is no cursor/],
  ['ext.query(_home.t, {after = ("0"):rep(40)})', /after: this cursor is of another query/],
  ['local _, _, c = ext.query(_home.t, {limit = 1}) ext.query(_home.t, {after = c, order = "age"})', /after: this cursor is of another query/],
  ['local _, _, c = ext.query(_home.t, {limit = 1}) ext.query(_home.t, {after = c, where = {age = 1}})', /this cursor is of another query/],
  ['local _, _, c = ext.query(_home.t, {limit = 1}) ext.query(_home, {after = c})', /after: this cursor is of another query/],
  ['local _, _, c = ext.query(_home.t, {limit = 1}) ext.query(_home.t, {after = c:sub(1, -2)})', /after: this is no cursor/],
  ['ext.each(_home.t, {group = "a"})', /bad argument #2 to 'each' \(groups and distinct rows are for ext\.query\)/],
  ['ext.each(_home.t, {limit = 0})', /limit: a whole number from 1 expected/],
  ['ext.count(_home.t, 1)', /bad argument #2 to 'count' \(filter expected, got number\)/],
  ['ext.exists(_home.t, {age = {"is", 1}})', /bad argument #2 to 'exists' \(age\[1\]: unknown operator 'is'\)/],
  ['ext.first(_home.t, {x = 1})', /bad argument #2 to 'first' \(unknown key 'x'\)/],
  ['ext.explain(_home.t, {x = 1})', /bad argument #2 to 'explain' \(unknown key 'x'\)/],
];

test('what is no query is refused, and says where', async () => {
  const cu = await Cu.create({ module, store: new MemoryStore() });
  cu.compute(ROWS);
  for (const [code, message] of REFUSED) {
    assert.throws(() => cu.compute(code), (error) => {
      assert.match(error.message, message, code);
      return true;
    }, code);
  }
});

/** Queries that go through every part of the engine. */
const QUERIES = {
  filter: 'return #ext.query(_home.t, {where = {any = {{age = {">", 2}}, {["in_.x"] = {"in", {1, 2, 3}}}, none = {{name = {"matches", "^n%d$"}}}}}})',
  elements: 'return ext.count(_home.t, {tags = {"contains", "t7"}}), ext.count(_home.t, {name = {"contains", "ong"}})',
  order: 'return ext.query(_home.t, {order = {{field = "age", desc = true}, "name"}, limit = 5, select = {"name", x = "in_.x", "tags"}})',
  groups: 'return ext.query(_home.t, {group = "age", count = true, sum = {"age", "in_.x"}, average = "age", min = "age", max = "age", order = "sum.age"})',
  distinct: 'return ext.query(_home.t, {distinct = {"age", "name"}})',
  each: 'local n = 0 for key, row in ext.each(_home.t, {order = "name"}) do n = n + 1 end return n',
  first: 'local row = ext.first(_home.t, {where = {name = {"startsWith", "long"}}}) return #row.name',
  explain: 'return ext.explain(_home.t, {where = {age = 3}}).plan',
  'long specification': 'local list = {} for i = 1, 300 do list[i] = "n" .. i end return #ext.query(_home.t, {where = {name = {"in", list}}})',
  cursor: 'local _, _, c = ext.query(_home.t, {limit = 3, order = "name"}) return #ext.query(_home.t, {limit = 3, order = "name", after = c})',
};

for (const [name, code] of Object.entries(QUERIES)) {
  test(`out of memory at every allocation of a query: ${name}`, () => {
    const faulty = compile('target/cu-faults.wasm');
    for (const count of [2, 0]) {
      const store = new NaiveStore(faulty);
      assert.equal(store.run(ROWS).error, undefined);
      const undisturbed = store.run(code);
      assert.equal(undisturbed.error, undefined);
      let used;
      for (let [first, clean] = [1, 0]; clean < 3; first += 1) {
        assert.ok(first < 20_000, 'it never gets through');
        store.configure({ fail_allocation: first, fail_count: count });
        const answer = store.run(code);
        store.configure(null);
        clean = answer.error === undefined ? clean + 1 : 0;
        if (answer.error === undefined) assert.deepEqual(answer.values, undisturbed.values);
        else assert.match(answer.error, /not enough memory/, `allocation ${first}`);
        const after = store.run(`${code.replace(/return .*$/s, '')} collectgarbage() collectgarbage() return collectgarbage("count")`);
        assert.equal(after.error, undefined);
        // Nothing is left behind: the memory in use stays what it was.
        used ??= after.values[0];
        assert.ok(after.values[0] < used + 2, `${after.values[0]} KB in use after allocation ${first}, ${used} before`);
      }
    }
  });

  test(`the host fails at any call of a query: ${name}`, () => {
    const store = new NaiveStore(module);
    assert.equal(store.run(ROWS).error, undefined);
    const undisturbed = store.run(code);
    store.fail(Infinity, 1, FAILED);
    store.run(code);
    const { calls } = store;
    store.mend();
    assert.ok(calls > 4);
    let failed = 0;
    for (let first = 1; first <= calls; first += 1) {
      store.fail(first, 1, FAILED);
      const answer = store.run(code);
      store.mend();
      // A small page that fails is asked for once more.
      if (answer.error === undefined) assert.deepEqual(answer, undisturbed, `call ${first}`);
      else assert.match(answer.error, /the host failed to (read|list)/, `call ${first}`);
      failed += Number(answer.error !== undefined);
      assert.deepEqual(store.run(code), undisturbed, `after call ${first}`);
    }
    assert.ok(failed > calls / 2);
  });

  test(`the budget ends a query: ${name}`, async () => {
    const cu = await Cu.create({ module, store: new MemoryStore() });
    cu.compute(`${ROWS} for i = 1, 3000 do _home.t["k" .. i] = {name = "n" .. i, age = i, in_ = {x = i}} end`);
    assert.throws(() => cu.compute(code, { instructions: BUDGET }), { errorClass: 'budget' });
    assert.equal(cu.compute('return ext.count(_home.t)').value, 3022);
  });
}

test('a query sees what a script sees', async () => {
  const cu = await Cu.create({ module, store: new MemoryStore() });
  cu.compute(`_home.secret = {key = "x"} _home.users = {ada = {name = "Ada", card = {number = 7}}, bob = {name = "Bob", card = {number = 8}}}
    _home.link = {to = _home.secret}`);
  const permissions = { tables: { '_home.secret': 'hidden', '_home.users.ada.card': 'hidden', '_home.users.bob': 'readonly' } };
  const run = (code) => cu.compute(code, { permissions }).values;
  assert.deepEqual(run('return #ext.query(_home), ext.count(_home), ext.count(_home, {["key"] = "x"})'), [2, 2, 0]);
  assert.deepEqual(run('return ext.count(_home.users, {["card.number"] = 7}), ext.count(_home.users, {["card.number"] = 8})'), [0, 1]);
  assert.deepEqual(run('return ext.count(_home, {["to.key"] = "x"}), ext.exists(_home.users, {card = {"exists", false}})'), [0, true]);
  assert.deepEqual(run('local rows = ext.query(_home.users, {select = {"card", "name"}, order = "name"}) return rows[1].card, rows[2].card.number'), [null, 8]);
  assert.deepEqual(run('return ext.query(_home.users, {distinct = "card.number"})')[0], [{}, { 'card.number': 8 }].map((row) => Object.keys(row).length ? row : []));
  assert.deepEqual(run('local rows = ext.query(_home.users, {distinct = "card"}) for _, row in ipairs(rows) do assert(row.card == nil) end return #rows'), [2]);
  // What is inside a read-only table stays so, by whatever way it is reached.
  for (const way of ['ext.query(_home.users, {where = {name = "Bob"}})[1]', 'ext.query(_home.users, {where = {name = "Bob"}})[1].card',
    'ext.query(_home.users, {where = {name = "Bob"}, select = {"card"}})[1].card', 'ext.first(_home.users, {where = {name = "Bob"}}).card']) {
    assert.throws(() => run(`local t = ${way} t.x = 1`), /may not be changed: it is read-only/, way);
  }
  assert.throws(() => cu.compute('return ext.query(_home.secret)', { permissions: { tables: { '_home.secret': 'hidden' } } }), /external table is wanted|hidden/);
  assert.equal(cu.compute('return ext.count(_home)', { permissions: { write: false } }).value, 3);
});

test('functions of queries are switched off with their iterators', async () => {
  const cu = await Cu.create({ module, store: new MemoryStore() });
  cu.compute('_home.t = {{a = 1}, {a = 2}} iterate = ext.each(_home.t)');
  assert.throws(() => cu.compute('return iterate()', { permissions: { library: { 'ext.each': false } } }), /ext\.each/);
  assert.equal(cu.compute('return (iterate())').value, 1);
});

test('rows that change under a query are as they are when their turn comes', async () => {
  const cu = await Cu.create({ module, store: new MemoryStore() });
  const values = cu.compute(`
    local t = ext.table()
    for i = 1, 300 do t[i] = {n = i, text = ("x"):rep(100)} end
    -- Finalizers drop rows, query and write while rows are handed out.
    local runs = 0
    local function disturb()
      setmetatable({}, {__gc = function()
        runs = runs + 1
        t[runs * 7 % 300 + 1] = nil
        t["new" .. runs] = {n = -runs}
        ext.query(t, {where = {n = {">", 5}}, order = "n", limit = 3})
        if runs < 2000 then disturb() end
      end})
    end
    for i = 1, 20 do disturb() end
    collectgarbage("generational")
    for round = 1, 30 do
      local rows, keys, cursor = ext.query(t, {where = {n = {">", 0}}, order = {{field = "n", desc = true}}, limit = 100})
      assert(#rows == #keys)
      for i, row in ipairs(rows) do assert(row.n == nil or row.n > 0) end
      for key, row in ext.each(t, {order = "n"}) do assert(row) end
      for i = 1, 300 do t[i] = t[i] or {n = i} end
    end
    return runs > 20`).values;
  assert.deepEqual(values, [true]);
});

test('each goes on where it was, whatever is added and removed', async () => {
  const cu = await Cu.create({ module, store: new MemoryStore() });
  assert.deepEqual(cu.compute(`
    local t = ext.table() for i = 1, 1000 do t[i] = {n = i} end
    local seen, last = 0, 0
    for key, row in ext.each(t) do
      assert(key > last) last = key seen = seen + 1
      t[key] = nil
      t[key - 1] = nil
      if key < 2000 then t[key + 1000] = {n = key} end
      t[key + 1] = nil
    end
    return seen > 500, last > 1500`).values, [true, true]);
});

test('memory of a query does not grow with the rows', async () => {
  const cu = await Cu.create({ module, store: new MemoryStore() });
  cu.compute(`_home.t = ext.table() local t = _home.t
    for i = 1, 30000 do t[i] = {n = i * 7919 % 30011, text = "text of row " .. i} end`);
  const flat = { memory: 400_000 };
  assert.equal(cu.compute('local n = 0 for key, row in ext.each(_home.t, {where = {n = {">", 0}}}) do n = n + 1 end return n', flat).value, 30000);
  assert.equal(cu.compute('return #ext.query(_home.t, {order = "n", limit = 100, offset = 1000})', flat).value, 100);
  assert.throws(() => cu.compute('return #ext.query(_home.t, {order = "text", limit = 10000, offset = 19000})', flat), /not enough memory/);
  assert.throws(() => cu.compute('return #ext.query(_home.t, {distinct = "text"})', flat), /not enough memory/);
  assert.equal(cu.compute('return #ext.query(_home.t, {limit = 10})', flat).value, 10);
});

test('a known answer is forgotten when a row changes', async () => {
  const cu = await Cu.create({ module, store: new MemoryStore() });
  cu.compute('_home.t = {{n = 1}, {n = 2}} _home.other = {1}');
  assert.deepEqual(cu.compute(`local spec = {where = {n = {">", 1}}}
    local function cached() return ext.explain(_home.t, spec).cached end
    local all = {cached(), cached()}
    _home.t[1].n = 5 all[3] = #ext.query(_home.t, spec) all[4] = cached()
    ext.table() all[5] = cached()
    _home.t[1] = nil all[6] = cached() all[7] = #ext.query(_home.t, spec)
    return all`).value, [false, true, 2, true, true, false, 1]);
  assert.equal(cu.compute('return ext.explain(_home.t, {where = {n = {">", 1}}}).cached').value, false);
});

test('rows that the host stored as a whole are queried where they lie', () => {
  const store = new NaiveStore(module);
  const whole = (value) => Buffer.from(encode(value)).toString('latin1');
  store.run('_home.t = ext.table() _home.t[1] = 1');
  const [id] = [...store.tables].find(([table, rows]) => table > 2 && table < 0x80000000 && rows.has('\x15\x01'));
  store.tables.set(id, new Map([
    ['\x15\x01', whole({ name: 'Ada', address: { city: 'London' }, tags: ['a', 'b'] })],
    ['\x15\x02', whole({ name: 'Bob', address: { city: 'Oslo' }, tags: ['c'] })],
    ['\x15\x03', whole('text')],
  ]));
  const run = (code) => store.run(code).values;
  assert.deepEqual(run('return ext.count(_home.t, {["address.city"] = "Oslo"}), ext.count(_home.t, {tags = {"contains", "b"}}), ext.count(_home.t, {[""] = "text"})'), [1, 1, 1]);
  assert.deepEqual(run('return ext.query(_home.t, {select = {"name", "tags"}, order = {{field = "name", desc = true}}, limit = 2})')[0],
    [{ name: 'Bob', tags: ['c'] }, { name: 'Ada', tags: ['a', 'b'] }]);
  assert.deepEqual(run('return ext.query(_home.t, {distinct = "tags"})')[0].length, 3);
  // They become tables of their own when they are handed out.
  assert.deepEqual(run('local rows = ext.query(_home.t, {where = {name = "Ada"}}) rows[1].name = "Eve" return ext.count(_home.t, {name = "Eve"})'), [1]);
  store.tables.get(id).set('\x15\x04', '\x09\xff\xff\xff\xff');
  assert.match(store.run('return ext.count(_home.t, {name = "x"})').error, /the value under key 4 of external table \d+ is damaged: byte 1 cannot be right/);
});
