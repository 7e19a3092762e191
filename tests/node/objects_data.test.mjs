// Tables as data see through objects: what is done at random to a table of plain rows, and to one of objects whose metamethods nobody may call, has
// the same results, indexes, schemas and feeds, over restarts; and the objects stay what they are.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const FIRST = Number(process.env.CU_SEED ?? Date.now() % 1000000);
const ROUNDS = Number(process.env.CU_ROUNDS ?? 40);
const STEPS = 25;

/** `class` is nil in the home of plain rows. What is inherited has names of fields that are asked for. */
const START = (isObjects) => `
  local function called() error('a metamethod was called') end
  local class = { __name = 'Row', age = 99, city = 'inherited', __index = { age = 98, city = 'inherited', method = function(self) return self.n end } }
  for _, name in ipairs { 'eq', 'lt', 'le', 'len', 'pairs', 'newindex', 'call', 'concat', 'tostring', 'unm', 'add', 'close' } do class['__' .. name] = called end
  _home.class = class
  _home.t = {}
  if ${isObjects} then setmetatable(_home.t, class) end`;

const MAKERS = (isObjects) => `
  function row(n, age, city)
    local address = { city = city }
    local made = { n = n, age = age, address = address, tags = { 'x' .. n % 3, city } }
    if not ${isObjects} then return made end
    setmetatable(address, _home.class) setmetatable(made.tags, _home.class)
    return setmetatable(made, _home.class)
  end
  -- Answers that tell nothing of ids: rows by their number.
  function shown(value, depth)
    if type(value) ~= 'table' then return value end
    local n = rawget(value, 'n')
    if n and depth then return 'row ' .. n end
    local copy = {}
    for key, inner in next, value do copy[key] = shown(inner, true) end
    return copy
  end
  function all(...)
    local list = table.pack(...)
    for at = 1, list.n do list[at] = shown(list[at]) end
    list.n = nil
    return list
  end`;

const CITIES = ["'Oslo'", "'Bergen'", "'Kiel'", 'nil', '7'];

/** A step as Lua: it does the same to both. */
function step(random) {
  const key = () => 1 + random(8);
  const city = () => CITIES[random(CITIES.length)];
  const age = () => ['nil', random(50), random(50), `${random(50)}.5`, "'old'"][random(5)];
  const made = () => `row(${random(100)}, ${age()}, ${city()})`;
  const where = () => [
    `{ age = { '>=', ${random(50)} } }`, `{ ['address.city'] = ${["'Oslo'", "'Kiel'"][random(2)]} }`, "{ city = 'inherited' }", '{ age = { "between", { 5, 99 } } }',
    '{ tags = { "contains", "x1" } }', '{ method = { "exists", true } }', '{ ["address.age"] = 98 }',
  ][random(7)];
  const index = () => [
    "'age'", "'address.city'", "'n', { unique = true, name = 'u' }", "'tags', { multi = true }", "{ 'address.city', 'age' }, { name = 'both' }", "'city'",
    "'age', { name = 'some', where = { ['address.city'] = 'Oslo' } }",
  ][random(7)];
  const schema = () => ["{ fields = { age = 'number?' } }", "{ fields = { n = 'integer', address = 'table' } }", 'false', "{ fields = { city = { type = 'string', required = false } } }"][random(4)];
  return [
    `rawset(_home.t, ${key()}, ${made()})`,
    `rawset(_home.t, ${key()}, nil)`,
    `local r = rawget(_home.t, ${key()}) if r then rawset(r, 'age', ${age()}) end`,
    `local r = rawget(_home.t, ${key()}) if r then rawset(rawget(r, 'address') or {}, 'city', ${city()}) end`,
    `local r = rawget(_home.t, ${key()}) if r then rawset(_home.t, ${key()}, r) end`,
    `ext.index(_home.t, ${index()})`,
    `for _, index in ipairs(ext.indexes(_home.t)) do ext.drop_index(_home.t, index.name) break end`,
    `ext.schema(_home.t, ${schema()})`,
    `ext.feed(_home.t, ${['true', '{ values = true }', 'false'][random(3)]})`,
    `return all(ext.query(_home.t, { where = ${where()}, order = { 'age', 'n' } }))`,
    `return all(ext.query(_home.t, { where = ${where()}, select = { 'n', 'age', 'address.city', 'city' } }))`,
    `return all(ext.query(_home.t, { group = ${["'address.city'", "'city'"][random(2)]}, count = true, sum = 'n' }))`,
    `return all(ext.count(_home.t, ${where()}), ext.exists(_home.t, ${where()}), ext.first(_home.t, { order = '-n' }))`,
    `local list = {} for k, r in ext.each(_home.t, { order = 'n' }) do list[#list + 1] = { k, rawget(r, 'age') } end return all(list)`,
    `return all(ext.batch({ { op = 'set', table = _home.t, key = ${key()}, value = ${made()} }, { op = 'get', table = _home.t, key = ${key()} }, { op = 'delete', table = _home.t, key = ${key()} } }))`,
    `return all(pcall(ext.transaction, function() rawset(_home.t, ${key()}, ${made()}) ext.index(_home.t, 'n') error('undone', 0) end))`,
    `return all(ext.migrate(_home.t, (ext.migrate(_home.t) or 0) + 1, function(t) for _, r in next, t do rawset(r, 'n', rawget(r, 'n') + 1) end end))`,
  ][random(17)];
}

/** What there is after a step. */
const STATE = `
  local rows = {}
  for key, r in next, _home.t do rows[key] = { rawget(r, 'n'), rawget(r, 'age'), rawget(rawget(r, 'address'), 'city') } end
  local has_feed, changes = ext.feed(_home.t)
  if has_feed then
    changes = {}
    for at, change in ipairs(ext.changes(_home.t, 0) or {}) do changes[at] = { change.kind, change.key, change.path, shown(change.before), shown(change.after) } end
  end
  return rows, changes, ext.indexes(_home.t), ext.schema(_home.t) and true, all(ext.check(_home.t)), ext.size(_home.t)`;

/** How many tables of the home are no objects that should be, and what a method of each row answers. */
const OBJECTS = `
  local wrong, answers = 0, {}
  local function look(t) if not rawequal(getmetatable(t), _home.class) then wrong = wrong + 1 end end
  look(_home.t)
  for key, r in next, _home.t do look(r) look(r.address) look(r.tags) answers[#answers + 1] = r:method() == rawget(r, 'n') end
  return wrong, answers`;

class Home {
  constructor(isObjects) {
    Object.assign(this, { isObjects, store: new MemoryStore() });
  }

  async open() {
    this.cu = await Cu.create({ module, store: this.store });
    this.cu.compute(MAKERS(this.isObjects));
  }

  /** Values, or the message. */
  run(code) {
    try {
      return this.cu.compute(code).values;
    } catch (error) {
      return error.message;
    }
  }
}

test(`a table of objects is as one of plain rows (CU_SEED=${FIRST}, ${ROUNDS} rounds)`, async () => {
  let succeeded = 0;
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed++) {
    const random = randomBelow(seed);
    const homes = [new Home(false), new Home(true)];
    for (const home of homes) {
      await home.open();
      assert.deepEqual(home.run(START(home.isObjects)), [null]);
    }
    for (let number = 0; number < STEPS; number++) {
      const code = step(random);
      const context = `CU_SEED=${seed} CU_ROUNDS=1, step ${number}: ${code}`;
      const [plain, objects] = homes.map((home) => home.run(code));
      assert.deepEqual(objects, plain, context);
      if (Array.isArray(plain)) succeeded++;
      const [before, after] = homes.map((home) => home.run(STATE));
      assert.ok(Array.isArray(before), `${context}: ${before}`);
      assert.deepEqual(after, before, context);
      assert.deepEqual(before[4].slice(0, 1), [true], context);
      if (random(6) === 0) {
        homes.forEach((home) => home.cu.close());
        for (const home of homes) await home.open();
      }
      if (random(6) === 0) homes.forEach((home) => home.cu.runGc());
      const [wrong, answers] = homes[1].run(OBJECTS);
      assert.equal(wrong, 0, context);
      assert.ok(Object.values(answers).every(Boolean), context);
    }
  }
  assert.ok(succeeded > ROUNDS * STEPS / 2, `${succeeded} steps`);
});

test('a metatable is no row: it is not in the feed, and a change of a class none of its objects', async () => {
  const cu = await Cu.create({ module });
  const { values } = cu.compute(`
    local class = { __index = {} }
    _home.class, _home.t = class, { { n = 1 } }
    ext.feed(_home.t, true) ext.index(_home.t, 'n')
    setmetatable(_home.t[1], class) setmetatable(_home.t, class)
    class.__index.more = 1
    return #ext.changes(_home.t, 0), _home.t[1].more, (ext.check(_home.t)), ext.count(_home.t, { more = 1 })`);
  assert.deepEqual(values, [0, 1, true, 0]);
});
