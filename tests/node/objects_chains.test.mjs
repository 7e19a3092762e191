// Chains of metatables, of which an instance reads what lookups use: random graphs of tables, most of which only chains lead to, do the same
// stored, over restarts, as plain ones; and a chain of any length can be used from its beginning.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { NaiveStore } from '../../host-js/test/naive.js';
import { BEGIN, functions, Program } from './objects_random.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const FIRST = Number(process.env.CU_SEED ?? Date.now() % 1000000);
const ROUNDS = Number(process.env.CU_ROUNDS ?? 40);
const STEPS = 40;

/** What both have: tables by their number, and a root, which is stored or not. */
const PRELUDE = (root) => `local R = ${root} ${functions('local ')}`;
const FIELDS = ['__index', '__newindex', '__call', '__add', '__metatable', 'x'];

class Chains extends Program {
  key() {
    return this.one(['x', 'y', 'id', '__index', '__add']);
  }

  value() {
    return this.one([this.table(), this.table(), this.fresh(), 'nil', String(this.random(9)), `called(${++this.last})`]);
  }

  step() {
    const t = this.table();
    switch (this.random(12)) {
      case 0: case 1: return `setmetatable(${t}, ${this.random(5) === 0 ? 'nil' : this.random(2) ? this.table() : this.fresh()})`;
      case 2: case 3: return `rawset(${t}, '${this.one(['__index', '__newindex'])}', ${this.one([this.table(), this.fresh(), `called(${++this.last})`])})`;
      case 4: return `rawset(${t}, '${this.one(['__add', '__call', '__eq', '__len', '__metatable', '__concat'])}', ${this.value()})`;
      case 5: return `(${t}).${this.key()} = ${this.value()}`;
      case 6: return `${this.root()} = ${t}`;
      case 7: return `return (${t}) + 1, (${t}) .. 'x'`;
      case 8: return `return (${t})(1)`;
      case 9: return `return (${t}) == (${this.table()}), rawequal(${t}, ${this.table()})`;
      case 10: return `return getmetatable(${t}), pcall(setmetatable, ${t}, getmetatable(${this.table()}))`;
      default: return `local t = ${t} return t.x, t.y, t.id, t.nothing, t[1]`;
    }
  }
}

/** What runs a program: its answers in words. */
async function run(seed, root, store) {
  const program = new Chains(seed, FIELDS);
  const open = () => Cu.create({ module, store });
  let cu = await open();
  const lines = [cu.compute(`${PRELUDE(root)} return try(function() ${BEGIN} end)`).value];
  for (let number = 0; number < STEPS; number++) {
    const code = `return try(function() ${program.step()} end)`;
    lines.push(`${code}: ${cu.compute(`${PRELUDE(root)} ${code}`).value}`);
    const chance = program.random(8);
    if (store && chance === 0) {
      cu.close();
      cu = await open();
    }
    if (chance === 1) cu.runGc();
    // As if another instance had changed all that there is.
    if (store && chance === 2) cu.compute('', { epoch: 1000 + number });
  }
  return lines;
}

test(`chains are as those of plain tables (CU_SEED=${FIRST}, ${ROUNDS} rounds)`, async () => {
  let worked = 0;
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed++) {
    const wanted = await run(seed, '_G');
    const found = await run(seed, '_home', new MemoryStore());
    const at = found.findIndex((line, number) => line !== wanted[number]);
    assert.equal(found.slice(0, at + 1).join('\n'), wanted.slice(0, at + 1).join('\n'), `CU_SEED=${seed} CU_ROUNDS=1`);
    worked += wanted.filter((line) => /: true table|\?/.test(line)).length;
  }
  assert.ok(worked > ROUNDS, `${worked} answers`);
});

const LONG = 10000;
const PART = 500;
/** A part of it, since what a script has made it has in memory. */
const MADE = `_home.t = _home.t or { n = 0, deep = 'deep' }
  for n = _home.t.n + 1, _home.t.n + ${PART} do _home.t = setmetatable({ n = n }, { __index = _home.t, __newindex = function(t, key, value) rawset(t, key, { value, n }) end }) end`;

test(`a chain of ${LONG} objects is used from its beginning, and walked, in an arena of 2 MiB`, async () => {
  const store = new MemoryStore();
  for (let made = 0; made < LONG; made += PART) (await Cu.create({ module, store })).compute(MADE);
  const cu = await Cu.create({ module, store });
  const used = cu.memoryStats().luaMemoryUsed;
  assert.deepEqual(cu.compute('local t = _home.t t.x = 5 return t.n, t.x[2], t.x[1], getmetatable(t).__index.n').values, [LONG, LONG, 5, LONG - 1]);
  assert.ok(cu.memoryStats().luaMemoryUsed - used < 20000, 'what nobody asked for was read');
  // As far as Lua itself follows a chain.
  assert.throws(() => cu.compute('return _home.t.deep'), /'__index' chain too long; possible loop/);
  const walk = `local t, count = _home.t, 0
    while getmetatable(t) do t = getmetatable(t).__index count = count + 1 end
    return count, t.n, t.deep`;
  assert.deepEqual(cu.compute(walk).values, [LONG, 0, 'deep']);
  assert.deepEqual(cu.compute('local t = _home.t for _ = 1, 8100 do t = getmetatable(t).__index end return t.deep, t.n').values, ['deep', LONG - 8100]);
});

test('a call of an inherited method reads the row of a stored object, and no row for a plain one', async () => {
  const store = new NaiveStore();
  const cu = await Cu.create({ module, store });
  cu.compute(`local A = {} A.__index = A function A:get() return self.n end
    local B = setmetatable({}, A) B.__index = B
    local C = setmetatable({}, B) C.__index = C
    _home.C, _home.o = C, setmetatable({ n = 1 }, C)
    o, p = _home.o, setmetatable({ n = 1 }, C)
    function calls(object) for _ = 1, 1000 do object:get() end end
    o:get() p:get()`);
  let reads = 0;
  const get = store.get.bind(store);
  store.get = (...what) => { reads++; return get(...what); };
  const readsOf = (code) => { reads = 0; cu.compute(code); return reads; };
  const none = readsOf('');
  assert.equal(readsOf('calls(p)') - none, 0);
  // Its row of the method, and that of 'n'.
  assert.equal(readsOf('calls(o)') - none, 2000);
});

test('of names that are missing only some are remembered, whatever their number, and any may come', async () => {
  const cu = await Cu.create({ module });
  const used = () => { cu.runGc(); return cu.memoryStats().luaMemoryUsed; };
  cu.compute('_home.C = {} _home.C.__index = _home.C p = setmetatable({}, _home.C)');
  const before = used();
  const { values } = cu.compute(`
    for n = 1, 5000 do assert(p['x' .. n] == nil) end
    for n = 1, 5000, 7 do _home.C['x' .. n] = n end
    local right = 0
    for n = 1, 5000 do if p['x' .. n] == (n % 7 == 1 and n or nil) then right = right + 1 end end
    for n = 1, 5000, 7 do _home.C['x' .. n] = nil end
    for n = 1, 5000 do if p['x' .. n] == nil then right = right + 1 end end
    return right`);
  assert.deepEqual(values, [10000]);
  assert.ok(used() - before < 16384, `${used() - before} bytes`);
});

test('a library is no metatable of what is stored', async () => {
  const cu = await Cu.create({ module });
  for (const [code, message] of [
    ['_home.x = {} setmetatable(_home.x, math)', 'compute:1: math cannot be the metatable of an external table: a library is no table of the store'],
    ['setmetatable(_home.x, _G)', 'compute:1: _G cannot be the metatable of an external table: a library is no table of the store'],
    ['setmetatable(_home.x, package.loaded)', 'compute:1: a table of modules cannot be the metatable of an external table: a library is no table of the store'],
    ['_home.y = setmetatable({}, string)', 'compute:1: _home.y[metatable] is a library, which cannot be a metatable of what is stored'],
    ['_home.y = { { setmetatable({}, { __index = setmetatable({}, table) }) } }', 'compute:1: _home.y[1][1][metatable].__index[metatable] is a library, which cannot be a metatable of what is stored'],
    ['_home.y = setmetatable({}, { __index = setmetatable({}, package.loaded) })', 'compute:1: _home.y[metatable].__index[metatable] is the table of modules, which cannot be stored'],
  ]) assert.throws(() => cu.compute(code), ({ message: found }) => assert.equal(found, message) === undefined);
  assert.deepEqual(cu.compute('return getmetatable(_home.x), _home.y, setmetatable({}, { __index = math }).pi == math.pi').values, [null, null, true]);
  assert.deepEqual(cu.compute('setmetatable(_home.x, { __index = math }) return _home.x.floor(1.5)').values, [1]);
});
