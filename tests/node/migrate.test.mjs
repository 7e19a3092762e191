// Migrations: each step once and whole or not at all, whatever fails; and the shipped one, of programs that call the home Memory.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const MEMORY = readFileSync(new URL('../../examples/memory.lua', import.meta.url), 'utf8');

const open = (store = new MemoryStore()) => Cu.create({ module, store });

const STEPS = `local steps = {
  function(t) t.names = { t.name } t.name = nil return 'one' end,
  function(t, from) t.from = from t.names[2] = 'second' end,
  function(t) t.third = { t.names[2] } end,
}`;

test('steps run once, in their order', async () => {
  const store = new MemoryStore();
  let cu = await open(store);
  cu.compute("_home.t = { name = 'first' }");
  const dry = cu.compute(`${STEPS} return ext.migrate(_home.t, 2, steps, { dry = true }), ext.migrate(_home.t), _home.t.name`).values;
  const steps = [{ version: 1, result: 'one' }, { version: 2 }];
  assert.deepEqual(dry, [{ from: 0, to: 2, dry: true, steps }, 0, 'first']);
  assert.deepEqual(cu.compute(`${STEPS} return ext.migrate(_home.t, 2, steps)`).value, { from: 0, to: 2, dry: false, steps });
  cu = await open(store);
  cu.runGc();
  const third = cu.compute(`${STEPS} return ext.migrate(_home.t, 3, steps), _home.t.from, _home.t.third[1]`).values;
  assert.deepEqual(third, [{ from: 2, to: 3, dry: false, steps: [{ version: 3 }] }, 1, 'second']);
  assert.deepEqual(cu.compute(`${STEPS} return ext.migrate(_home.t, 3, steps)`).value, { from: 3, to: 3, dry: false, steps: [] });
  // One function leads from any version, and tables have versions of their own.
  assert.equal(cu.compute('local from ext.migrate(_home.t, 9, function(t, f) from = f end) return from').value, 3);
  assert.equal(cu.compute('return ext.migrate(_home)').value, 0);
});

test('steps may be stored, with holes for those that were made', async () => {
  const cu = await open();
  cu.compute("_home.steps = {} _home.steps[2] = function(t) t.two = true end _home.steps[3] = function(t) t.three = true end");
  assert.throws(() => cu.compute('ext.migrate(_home, 3, _home.steps)'), /bad argument #3 to 'migrate' \(no step to version 1\)/);
  cu.compute('_home.steps[1] = function() end ext.migrate(_home, 1, _home.steps) _home.steps[1] = nil');
  assert.deepEqual(cu.compute('local r = ext.migrate(_home, 3, _home.steps) return r.from, r.to, #r.steps, _home.two, _home.three').values, [1, 3, 2, true, true]);
});

test('the last version there can be is a version', async () => {
  const cu = await open();
  const migrate = 'local r = ext.migrate(_home, math.maxinteger, function() end) return #r.steps, ext.migrate(_home) == math.maxinteger';
  assert.deepEqual(cu.compute(migrate).values, [1, true]);
  assert.deepEqual(cu.compute(migrate).values, [0, true]);
  assert.deepEqual(cu.compute('return #ext.migrate(_home, math.maxinteger, {}).steps').values, [0]);
});

test('what a migration does not do', async () => {
  const cu = await open();
  const fails = (code, message) => assert.throws(() => cu.compute(code), { message: `compute:1: ${message}` });
  cu.compute('_home.t = {} ext.migrate(_home.t, 5, print)');
  fails('ext.migrate(_home.t, 4, print)', 'the data has version 5, newer than 4: there is no way back');
  fails('ext.migrate(_home.t, 0, print)', "bad argument #2 to 'migrate' (a version is a whole number from 1)");
  fails('ext.migrate(_home.t, 6.5, print)', "bad argument #2 to 'migrate' (a version is a whole number from 1)");
  fails('ext.migrate(_home.t, 6, 7)', "bad argument #3 to 'migrate' (function or list of functions expected, got number)");
  fails('ext.migrate(_home.t, 7, { [6] = print })', "bad argument #3 to 'migrate' (no step to version 7)");
  fails('ext.migrate(_home.t, 6, print, { wet = true })', "bad argument #4 to 'migrate' (the only option is dry, a boolean)");
  fails('ext.migrate({}, 6, print)', 'an external table is wanted, not a table');
  assert.throws(() => cu.compute('ext.migrate(_home.t, 6, function(t) ext.migrate(t, 7, print) end)'),
    { message: 'a step of a migration made another one of the same table' });
  assert.equal(cu.compute('return ext.migrate(_home.t)').value, 5);
  // The first step stays.
  assert.throws(() => cu.compute("ext.migrate(_home.t, 7, { [6] = function(t) t.x = 1 end, [7] = function(t) t.y = 1 error('no', 0) end })"), { message: 'no' });
  assert.deepEqual(cu.compute('return ext.migrate(_home.t), _home.t.x, _home.t.y').values, [6, 1, null]);
  assert.throws(() => cu.compute("ext.migrate(_home.t, 7, function() error('no', 0) end, { dry = true })"), { message: 'no' });
  assert.throws(() => cu.compute('ext.migrate(_home.t, 7, function(t) t.z = 1 end)', { permissions: { write: false } }), /read-only/);
  assert.throws(() => cu.compute('ext.migrate(_home.t, 7, function(t) t.z = 1 while true do end end)', { instructions: 10000 }), /instruction/);
  assert.deepEqual(cu.compute('return ext.migrate(_home.t), _home.t.z').values, [6, null]);
});

test('a host that fails or dies at any call leaves whole steps', () => {
  const state = (store) => {
    const answer = store.run('return ext.migrate(_home.t), _home.t.names and _home.t.names[2] or _home.t.name, _home.t.third and _home.t.third[1]');
    assert.equal(answer.error, undefined);
    return answer.values;
  };
  const states = [[0, 'first', null], [1, null, null], [2, 'second', null], [3, 'second', 'second']].map((each) => JSON.stringify(each));
  const seen = new Set();
  let isOver = false;
  for (let first = 0; !isOver; first += 1) {
    for (const count of [1, Infinity]) {
      const store = new NaiveStore(module);
      store.run("_home.t = { name = 'first' }");
      store.fail(first, count);
      store.run(`${STEPS} ext.migrate(_home.t, 3, steps)`);
      isOver = store.mend();
      const dead = new Map([...store.tables].map(([id, rows]) => [id, new Map(rows)]));
      for (const when of ['then', 'in a new instance']) {
        const found = JSON.stringify(state(store));
        assert.ok(states.includes(found), `call ${first}, ${count} fail, ${when}: ${found}`);
        seen.add(found);
        store.tables = dead;
        store.restart();
      }
    }
  }
  assert.equal(seen.size, states.length);
});

test('Memory becomes _home', async () => {
  const cu = await open();
  cu.compute(MEMORY);
  cu.compute(String.raw`
    Memory.source = "local x = ... Memory.total = (Memory.total or 0) + x return 'Memory \\' Memory', Memory.total .. Memory.name --[[Memory]] .. x.Memory"
    Memory.long = "return [[Memory]], [==[ Memory ]] ]==], Memory -- Memory\n, -Memory.x, a..Memory.y"
    Memory.shadow = 'local Memory = {} return Memory'
    Memory.note = 'Memory is not Lua'
    Memory.deep = { g = function() return 1 end, f = function() return Memory.total end, text = 'return Memory' }
    other = ext.table() other.a, other.note = { 1 }, 'taken'`);
  const report = cu.compute(`local report = ext.migrate(_home, 1, function(home, from) return memory_to_home(home, from, other) end).steps[1].result
    table.sort(report.rewritten) table.sort(report.left) return report`).value;
  assert.deepEqual(report, { moved: 1, rewritten: ['deep.text', 'long', 'source'], left: ['deep.f', 'note', 'shadow'] });
  assert.deepEqual(cu.compute('return _home.source, _home.long, _home.deep.text, _home.note, _home.a[1]').values, [
    String.raw`local x = ... _home.total = (_home.total or 0) + x return 'Memory \' Memory', _home.total .. _home.name --[[Memory]] .. x.Memory`,
    'return [[Memory]], [==[ Memory ]] ]==], _home -- Memory\n, -_home.x, a.._home.y', 'return _home', 'Memory is not Lua', 1,
  ]);
});
