// Random operations on external tables and on plain Lua tables, with restarts between: the graphs are equal after each
// batch.
//
// CU_SEED chooses the first seed, CU_ROUNDS the number of seeds; a failure names its seed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const MODEL = readFileSync(new URL('../lua/model.lua', import.meta.url), 'utf8');
const FIRST = Number(process.env.CU_SEED ?? Math.floor(Math.random() * 1e6));
const ROUNDS = Number(process.env.CU_ROUNDS ?? 150);
const BATCHES = 5;
const OPERATIONS = 40;

/** System table of stored functions. */
const FUNCTIONS = 0x80000003;

test(`graphs of external tables are as those of plain ones (CU_SEED=${FIRST}, ${ROUNDS} rounds)`, async () => {
  for (let seed = FIRST; seed < FIRST + ROUNDS; seed += 1) {
    const store = new MemoryStore();
    const plain = await Cu.create({ module });
    plain.compute(`${MODEL} root = {}`);
    let external = await Cu.create({ module, store });
    external.compute(MODEL);
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const numbers = `${(seed * BATCHES + batch) % 2147483648}, ${OPERATIONS}`;
      const context = `CU_SEED=${seed} CU_ROUNDS=1, batch ${batch}`;
      let wanted;
      let found;
      try {
        wanted = plain.compute(`model.run(root, ${numbers}, false) return model.dump(root)`).value;
        found = external.compute(`model.run(_home, ${numbers}, true) return model.dump(_home)`).value;
      } catch (error) {
        assert.fail(`${context}: ${error.message}\n${error.traceback}`);
      }
      assert.equal(found, wanted, context);
      external.runGc();
      assert.equal(external.compute("return model.dump(_home)").value, wanted, `${context}, after the collection`);
      const kept = [...store.tableIds()].filter((id) => id > 2 && id < 0x80000000).length;
      const functions = store.size(FUNCTIONS);
      const reached = external.compute('return model.count(_home)').values;
      assert.deepEqual([kept, functions], reached, `${context}: tables and functions in the store, and those that are reached`);
      if (batch % 2 === 1) {
        external = await Cu.create({ module, store });
        external.compute(MODEL);
        assert.equal(external.compute('return model.dump(_home)').value, wanted, `${context}, after the restart`);
      }
    }
  }
});
