// Indexes against the rows: after random changes, by every way that a script has, each index has the entries that another
// implementation works out from the rows, `ext.check` agrees, and so it is after restarts and collections.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu, ExternalTable, MemoryStore } from '../../host-js/index.js';
import { randomBelow } from '../../host-js/test/random.js';
import { definitionsOf, expectedEntries, foundEntries } from './index_entries.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const CHANGES = readFileSync(new URL('../lua/indexes.lua', import.meta.url), 'utf8');
const FIRST = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 1e6));
const ROUNDS = Number(process.env.CU_ROUNDS ?? 60);
const STEPS = 25;

function compare(store, cu, context) {
  for (const table of cu.compute('return _home.one, _home.two').values) {
    assert.ok(table instanceof ExternalTable);
    for (const index of definitionsOf(store, table.id)) {
      assert.deepEqual(foundEntries(store, index), expectedEntries(store, table.id, index), `${context}, index ${index.name}`);
    }
  }
}

test('indexes have the entries of the rows', async () => {
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed += 1) {
    const random = randomBelow(seed);
    const store = new MemoryStore();
    let cu = await Cu.create({ module, store });
    cu.compute('_home.one, _home.two = {}, {}');
    cu.compute(CHANGES);
    for (let step = 0; step < STEPS; step += 1) {
      const context = `CU_SEED=${seed} CU_ROUNDS=1, step ${step}`;
      const number = random(2 ** 31);
      const what = random(12);
      const config = random(4) === 0 ? { atomic: true } : undefined;
      try {
        if (what < 3) cu.compute(`indexes.define(_home, ${number})`, config);
        else if (what < 9) cu.compute(`indexes.run(_home, ${number}, 20)`, config);
        else if (what === 9) cu.runGc();
        else if (what === 10) {
          cu = await Cu.create({ module, store });
          cu.compute(CHANGES);
        } else {
          // Everything in it is undone.
          assert.throws(() => cu.compute(`indexes.run(_home, ${number}, 20) indexes.define(_home, ${number}) error('undone')`, { atomic: true }), /undone/);
        }
        cu.compute('indexes.check(_home)');
      } catch (error) {
        error.message = `${context}: ${error.message}`;
        throw error;
      }
      compare(store, cu, context);
    }
  }
});

test('a row that contained its own table leaves no entry of itself', async () => {
  const cu = await Cu.create({ module, store: new MemoryStore() });
  cu.compute(`local t = {} _home.t = t ext.index(_home.t, 'list', { multi = true })
    t.x = { list = t } t.y = 5 t.x = 1`);
  assert.deepEqual(cu.compute('return ext.check(_home.t)').values, [true, []]);
});
