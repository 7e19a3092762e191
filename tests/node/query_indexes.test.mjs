// Queries of tables with indexes and of tables without give the same rows, in the same order, page by page.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu } from '../../host-js/index.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const QUERIES = readFileSync(new URL('../lua/queries.lua', import.meta.url), 'utf8');
const FIRST = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 1e6));
const ROUNDS = Number(process.env.CU_ROUNDS ?? 40);

test('an index changes the way to the rows, and nothing else', async () => {
  let used = 0;
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed += 1) {
    const cu = await Cu.create({ module });
    cu.compute(QUERIES);
    try {
      cu.compute(`queries.begin(_home, ${seed}, ${20 + seed % 200})`);
      used += cu.compute(`return queries.run(_home, ${seed}, 30)`).value;
      cu.compute(`queries.change(_home, ${seed})`);
      used += cu.compute(`return queries.run(_home, ${seed + 1}, 30)`).value;
      assert.deepEqual(cu.compute('return ext.check(_home.indexed)').values, [true, []]);
    } catch (error) {
      error.message = `CU_SEED=${seed} CU_ROUNDS=1: ${error.message}`;
      throw error;
    }
  }
  assert.ok(used > ROUNDS * 5, `only ${used} queries used an index`);
});
