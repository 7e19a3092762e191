// The module's work on the store is charged to the script's budget before it is done.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

const BUDGET = 1_000_000;

/** A script may take this many times the time of a plain loop with the same budget. */
const SLOWEST = 10;

const LONG = "s = ('\\0'):rep(512000)";
const FEW = 'for j = 1, 6 do _home[j] = {} for i = 1, 500 do _home[j][i] = i end end';
const MANY = '_home.t = {} for i = 1, 10000 do _home.t[i] = i end';

/** Code that runs first, without a budget, and the script that runs for ever. */
const SCRIPTS = {
  'a long key is read': [LONG, 'while true do local x = _home[s] end'],
  'a long key of _io is read': [LONG, 'while true do local x = _io[s] end'],
  'a long key is assigned': [LONG, 'while true do pcall(function() _home[s] = 1 end) end'],
  'a long key is looked behind': [LONG, 'while true do pcall(next, _home, s) end'],
  'a long key in a table': [LONG, 'while true do pcall(function() _home.x = { { [s] = 1 } } end) end'],
  'six loops at once': [FEW, 'local a = {} while true do for j = 1, 6 do a[j] = next(_home[j], a[j]) end end'],
  'next from anywhere': [MANY, 'local i = 0 while true do i = i + 7 next(_home.t, i % 9000) end'],
  'a big integer': ["b = require('bigint').new(2) ^ 100000", 'while true do _home.b = b end'],
  'the last of the libraries is stored': ['', 'while true do _home.f = utf8 end'],
  'the last of the libraries is read': ['_home.f = utf8', 'while true do local x = _home.f end'],
  'a table of library functions': ['', 'while true do local t = {} for i = 1, 100 do t[i] = utf8.offset end _home.f = t end'],
  'a function without a name': ["g = ('x'):gmatch('x')", 'while true do pcall(function() _home.f = g end) end'],
  'a thread far inside': ['', 'local t = { coroutine.create(print) } for i = 1, 3000 do t = { t } end while true do pcall(function() _home.x = t end) end'],
};

async function time([setup, code]) {
  let best = Infinity;
  for (let round = 0; round < 3; round += 1) {
    const cu = await Cu.create({ module, store: new MemoryStore() });
    cu.compute(setup);
    const start = performance.now();
    assert.throws(() => cu.compute(code, { instructions: BUDGET }), /the budget of 1000000 instructions is used up/);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

for (const [name, script] of Object.entries(SCRIPTS)) {
  test(`in the time of a plain loop: ${name}`, async () => {
    let [own, plain] = [Infinity, 0];
    // A machine that is busy may hold one of them up.
    for (let attempt = 0; attempt < 3 && own >= SLOWEST * plain; attempt++) [own, plain] = [await time(script), await time(['', 'while true do end'])];
    assert.ok(own < SLOWEST * plain, `${own} ms; a plain loop takes ${plain} ms`);
  });
}

test('an assignment that the budget does not cover is not begun', () => {
  for (const value of ['t', '{ t, { t } }', '(function(v) return function() return v end end)(t)']) {
    const store = new NaiveStore(module);
    assert.equal(store.run("t = {} for i = 1, 2000 do t[i] = 'entry' end").error, undefined);
    let sets = 0;
    store.lie = (name, table) => { if (name === 'set' && table < 0x80000000) sets += 1; };
    store.configure({ instructions: 100_000 });
    assert.match(store.run(`_home.x = ${value}`).error, /the budget of 100000 instructions is used up/);
    assert.equal(sets, 0);
    store.configure({ instructions: 0 });
    assert.deepEqual(store.run('_home.x = t return #_home.x, #t, _home.x[2000]').values, [2000, 2000, 'entry']);
  }
});
