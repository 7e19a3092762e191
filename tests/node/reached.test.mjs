// A call by its way remembers the function to which the way led (src/proxy/reached.rs). Whatever was done since, by this instance, by
// another one over the store, by the host or by what undoes changes, the call comes to the same as source text with that way, which
// reads it anew.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, encodeKey, ExternalTable, LuaError, MemoryStore } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const FIRST = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 1e6));
const ROUNDS = Number(process.env.CU_ROUNDS ?? 60);
const STEPS = 60;

const TREE = '{ f = function() return N end, function() return -N end, u = { g = function() return "g" .. N end } }';
const WAYS = ['_home.f', '_home.g', '_home.t.f', '_home.t.u.g', '_home.t.1', '_home.n', '_home.t', '_home.max'];
const CHOSEN = 'function() local pair = rawget(_home, "pair") return pair and pair[turned and 1 or 2] end';
/** What a place of a way can be given. Functions answer the same at each call, so that calls can be compared. */
const VALUES = [
  'function() return N end', '(function() local n = 0 return function() n = n + 1 return "counts" end end)()', 'function() return N, _home.n end', 'nil', '_home.f',
  '_home.t and _home.t.f', 'N', '{}', TREE, TREE, TREE, 'function() return N end', 'function() return -N end', 'math.max', 'host.say',
  'setmetatable({}, { __call = function() return N end })', 'setmetatable({ f = function() return N end }, { __index = _home.t })',
  // Which of them it is, changes without a row.
  `setmetatable({}, { __index = ${CHOSEN} })`, 'setmetatable({}, { __index = math })',
];
const PLACES = ['_home.f', '_home.g', '_home.n', '_home.max', '_home.t', '(_home.t or {}).f', '(_home.t or {})[1]', '(_home.t and _home.t.u or {}).g'];

/** Things that are done between calls; each gets a world. */
const DONE = [
  (world) => world.assign(), (world) => world.assign(), (world) => world.assign(), (world) => world.assign(), (world) => world.plant(), (world) => world.plant(),
  (world) => world.run(`pcall(ext.transaction, function() ${world.assignment()} error("undone") end)`),
  (world) => world.run(`${world.assignment()} error("kept")`),
  (world) => world.run(`${world.assignment()} error("undone")`, { atomic: true }),
  (world) => world.run(`${world.assignment()} error("undone")`, { atomic: 'host' }),
  (world) => world.run(world.assignment(), { atomic: true }),
  (world) => { world.cu.begin(); world.run(world.assignment()); world.compare(); world.run(world.assignment()); world.compare(); world.cu.rollBack(); },
  (world) => { world.cu.begin(); world.run(world.assignment()); world.cu.commit(); },
  (world) => world.run('_home.t, _home.f = _home.f, _home.t'),
  (world) => world.run('saved = saved or _home _home = { f = function() return "plain" end, t = { f = print } }'),
  (world) => world.run('if saved then _home, saved = saved, nil end'),
  (world) => world.run('for k in pairs(_home) do _home[k] = nil end'),
  (world) => world.run('host.swap()'),
  (world) => world.run('turned = not turned'), (world) => world.run(`pcall(function() math.g, math.f = math.f, ${world.pick(PLACES)} end)`),
  (world) => world.run(`setmetatable(_home, ${world.pick(['nil', '{ __index = _home.t }', `{ __index = ${CHOSEN} }`])})`),
  (world) => world.cu.runGc(),
  (world) => world.swap(),
  (world) => { world.cu = world.instances[world.random(world.instances.length)]; },
  async (world) => { await world.restart(); },
];
/** Options with which calls are compared. */
const OPTIONS = [
  {}, {}, {}, {}, { permissions: { write: false } }, { permissions: { tables: { '_home.t': 'hidden' } } }, { permissions: { tables: { _home: 'readonly' } } },
  { permissions: { library: { 'math.max': false } } }, { permissions: { library: { host: false } } },
];

class World {
  constructor(seed) {
    this.random = randomBelow(seed);
    this.store = new MemoryStore();
    this.instances = [];
    this.calls = 0;
  }

  async start() {
    const functions = { swap: () => this.swap(), say: (...args) => args.length };
    const cu = await Cu.create({ module, store: this.store, functions });
    cu.compute('rawset(_home, "pair", { function() return "turned" end, function() return "not turned" end })');
    return cu;
  }

  async begin() {
    this.instances = [await this.start(), await this.start()];
    [this.cu] = this.instances;
  }

  async restart() {
    const at = this.instances.indexOf(this.cu);
    this.cu.close();
    this.cu = await this.start();
    this.instances[at] = this.cu;
  }

  pick(list) {
    return list[this.random(list.length)];
  }

  assignment() {
    return `pcall(function() ${this.pick(PLACES)} = ${this.pick(VALUES).replaceAll('N', String(this.random(100)))} end) `;
  }

  assign() {
    this.run(this.assignment());
  }

  /** So that most ways lead to something. */
  plant() {
    this.run(`_home.t = ${TREE} _home.f = _home.f or function() return N end`.replaceAll('N', String(this.random(100))));
  }

  run(code, options) {
    try {
      this.cu.compute(code, options);
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
    }
  }

  /** The host changes two rows. */
  swap() {
    const keys = ['f', 'g'].map((key) => encodeKey(key));
    const values = keys.map((key) => this.store.get(1, key)?.slice());
    keys.forEach((key, at) => {
      const value = values[1 - at];
      if (value === undefined) this.store.delete(1, key);
      else this.store.set(1, key, value);
    });
  }

  /** What it comes to; tables and the places of errors are not compared. */
  outcome(act) {
    try {
      return act().values.map((value) => (value instanceof ExternalTable ? 'a table' : value));
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      return ['error', error.errorClass];
    }
  }

  /** The call comes first, since the text might make the module look again. */
  compare() {
    const way = this.pick(WAYS);
    const options = this.pick(OPTIONS);
    const text = `return ${way.replace(/\.(\d+)/g, '[$1]')}()`;
    const [called, computed, again] = [() => this.cu.call(way, [], options), () => this.cu.compute(text, options), () => this.cu.call(way, [], options)]
      .map((act) => this.outcome(act));
    assert.deepEqual(called, computed, `${way} ${JSON.stringify(options)}`);
    assert.deepEqual(again, computed, `${way} ${JSON.stringify(options)}, again`);
    if (called[0] !== 'error') this.calls += 1;
  }
}

test('a call by a way comes to what a script reads there', async (t) => {
  let calls = 0;
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed += 1) {
    const world = new World(seed);
    await world.begin();
    const log = [];
    try {
      for (let step = 0; step < STEPS; step += 1) {
        const done = world.pick(DONE);
        log.push(done);
        await done(world);
        for (let count = 0; count < 4; count += 1) world.compare();
      }
    } catch (error) {
      error.message = `seed ${seed}, step ${log.length}, after ${log.slice(-3).join(', ')}: ${error.message}`;
      throw error;
    }
    calls += world.calls;
  }
  t.diagnostic(`seeds from ${FIRST}: ${calls} calls that did not fail`);
  assert.ok(calls > ROUNDS * STEPS);
});

test('a remembered way asks the store for nothing, and is forgotten by whatever changes a row', async () => {
  const asked = [];
  class Asked extends MemoryStore {
    lend(table, key) {
      asked.push(table);
      return super.lend(table, key);
    }
  }
  const cu = await Cu.create({ module, store: new Asked() });
  cu.compute('_home.t = { f = function() return 1 end }');
  const called = () => {
    asked.length = 0;
    return [cu.call('_home.t.f').value, asked.length];
  };
  assert.deepEqual(called(), [1, 2]);
  assert.deepEqual(called(), [1, 0]);
  cu.compute('_home.other = 1');
  assert.deepEqual(called(), [1, 2]);
  assert.deepEqual(called(), [1, 0]);
  cu.compute('_home.t = { f = function() return 2 end }');
  assert.equal(called()[0], 2);
});

test('what is inherited is looked for at each call', async () => {
  const cu = await Cu.create({ module });
  cu.compute(`_home.list = { function() return 'one' end, function() return 'two' end }
    _home.chosen = setmetatable({}, { __index = function() return _home.list[turned and 2 or 1] end })
    _home.below = setmetatable({}, { __index = _home.chosen })
    _home.library = setmetatable({}, { __index = math })
    setmetatable(_home, { __index = function(t, key) if key == 'found' then return rawget(t, 'list')[turned and 2 or 1] end end })`);
  for (const [turned, wanted] of [['false', 'one'], ['true', 'two'], ['nil', 'one']]) {
    cu.compute(`turned = ${turned} math.f = _home.list[turned and 2 or 1]`);
    for (const way of ['_home.chosen.f', '_home.below.f', '_home.library.f', '_home.found']) {
      for (let count = 0; count < 3; count += 1) assert.equal(cu.call(way).value, wanted, `${way}, turned ${turned}`);
    }
  }
});

test('a call counts the same whether its way is remembered or read', async () => {
  const used = [];
  const cu = await Cu.create({ module, config: { events: ['usage'] }, onEvent: (event) => used.push(event.instructions) });
  cu.compute('function _home.f(...) return ... end _home.t = { u = { g = function() local n = 0 for i = 1, 10 do n = n + i end return n end } }');
  // What has to be made again counts more.
  cu.compute('held = { _home.f, _home.t, _home.t.u, _home.t.u.g }');
  for (const [way, ...args] of [['_home.f'], ['_home.f', 1, 2.5, true, null], ['_home.f', 'text'], ['_home.f', ...Array(9).fill(1)], ['_home.f', { a: [1] }], ['_home.t.u.g']]) {
    used.length = 0;
    cu.compute('_home.other = 1');
    for (let count = 0; count < 3; count += 1) cu.call(way, args);
    assert.deepEqual(used.slice(1), Array(3).fill(used[1]), `${way} ${JSON.stringify(args)}`);
    // And to the instruction, whatever is left.
    for (let instructions = 1; instructions <= used[1] + 2; instructions += 1) {
      const outcomes = ['_home.other = 2', 'local a = 1', 'local b = 1'].map((before) => {
        cu.compute(before);
        try {
          return cu.call(way, args, { instructions }).values.length;
        } catch (error) {
          return [error.errorClass, error.message, error.traceback];
        }
      });
      assert.deepEqual(outcomes.slice(1), [outcomes[0], outcomes[0]], `${way} ${JSON.stringify(args)} within ${instructions}`);
    }
  }
});
