// Feeds against tables: after random changes, by every way that a script has, making the changes of a feed one after another from nothing
// gives the table, each with the value that was there before; also after restarts, collections, computes that were undone, and computes
// that used up their budget anywhere.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const LIBRARIES = ['indexes', 'feeds'].map((name) => readFileSync(new URL(`../lua/${name}.lua`, import.meta.url), 'utf8')).join('\n');
const FIRST = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 1e6));
const ROUNDS = Number(process.env.CU_ROUNDS ?? 60);
const STEPS = 15;

test('a feed tells every change', async () => {
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed += 1) {
    const random = randomBelow(seed);
    const store = new MemoryStore();
    const begin = async () => {
      const cu = await Cu.create({ module, store });
      cu.compute(LIBRARIES);
      return cu;
    };
    let cu = await begin();
    cu.compute('_home.one, _home.two = {}, {} for _, t in pairs(_home) do ext.feed(t, { values = true, count = 1000000 }) end');
    for (let step = 0; step < STEPS; step += 1) {
      const context = `CU_SEED=${seed} CU_ROUNDS=1, step ${step}`;
      const number = random(2 ** 31);
      const what = random(13);
      const config = random(4) === 0 ? { atomic: true } : undefined;
      try {
        if (what < 2) cu.compute(`indexes.define(_home, ${number})`, config);
        else if (what < 9) cu.compute(`indexes.run(_home, ${number}, 20)`, config);
        else if (what === 9) cu.runGc();
        else if (what === 10) cu = await begin();
        else if (what === 11) {
          // Everything in it is undone.
          assert.throws(() => cu.compute(`indexes.run(_home, ${number}, 20) error('undone')`, { atomic: true }), /undone/);
        } else {
          try {
            cu.compute(`indexes.run(_home, ${number}, 20)`, { ...config, instructions: 500 + random(40000) });
          } catch (error) {
            if (!/instruction/.test(error.message)) throw error;
          }
        }
        cu.compute('feeds.check(_home.one) feeds.check(_home.two)');
      } catch (error) {
        error.message = `${context}: ${error.message}`;
        throw error;
      }
    }
  }
});

test('a feed that keeps little has the last changes', async () => {
  const store = new MemoryStore();
  let cu = await Cu.create({ module, store });
  cu.compute('_home.t = {} ext.feed(_home.t, { count = 5 })');
  let last = 0;
  for (let round = 0; round < 40; round += 1) {
    const random = randomBelow(round);
    const changes = 1 + random(4);
    cu.compute(`for n = 1, ${changes} do _home.t.x = (_home.t.x or 0) + 1 end`);
    last += changes;
    const [list, next, first] = cu.compute('local list, next = ext.changes(_home.t) return #list, next, ext.feed(_home.t).first').values;
    assert.deepEqual([list, next, first], [Math.min(5, last), last, Math.max(1, last - 4)]);
    const [lost, position, why] = cu.compute(`return ext.changes(_home.t, ${Math.max(0, last - 6)})`).values;
    if (last > 5) assert.deepEqual([lost, position, why], [null, last, 'changes are not kept any more']);
    if (random(4) === 0) cu = await Cu.create({ module, store });
    if (random(6) === 0) {
      // Positions of the old feed are none of the new one.
      cu.compute('ext.feed(_home.t, false) _home.t.x = _home.t.x + 1');
      cu.compute('ext.feed(_home.t, { count = 5 })');
      assert.deepEqual(cu.compute(`return ext.changes(_home.t, ${last})`).values, [null, last + 1, 'changes are not kept any more']);
      cu.compute('ext.feed(_home.t, false)');
      cu.compute('ext.drop(_home) _home.t = {} ext.feed(_home.t, { count = 5 })');
      last = 0;
    }
  }
});
