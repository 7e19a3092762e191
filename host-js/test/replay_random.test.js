/**
 * Random sessions are replayed with the same results, events and store; and a replay of something else says where it differs.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { MemoryStore } from '../index.js';
import { replay } from '../replay.js';
import { withModule } from './module.js';
import { seed } from './random.js';
import { rowsOf, session } from './replay_sessions.js';

const ROUNDS = Number(process.env.CU_ROUNDS || 25);

await withModule(() => {
  test('random sessions are the same when they are replayed', async (t) => {
    t.diagnostic(`CU_SEED=${seed} CU_ROUNDS=${ROUNDS}`);
    let imports = 0;
    for (let round = seed; round < seed + ROUNDS; round++) {
      const { bytes, computes, events, rows } = await session(round, 20);
      const replayed = { computes: [], events: [] };
      const store = new MemoryStore();
      const figures = await replay(bytes, {
        store,
        onEvent: (event) => replayed.events.push(event),
        onCompute: ({ status, bytes: left }) => replayed.computes.push({ status, bytes: left }),
      });
      // The first computes of an instance are made before the test can see them.
      assert.deepEqual(replayed.computes.slice(-computes.length || replayed.computes.length), computes, `seed ${round}`);
      assert.ok(replayed.computes.length - computes.length <= 1, `seed ${round}`);
      assert.deepEqual(replayed.events, events, `seed ${round}`);
      assert.deepEqual(rowsOf(store), rows, `seed ${round}`);
      assert.equal(figures.computes, replayed.computes.length);
      assert.ok(figures.whole);
      imports += figures.imports;
    }
    assert.ok(imports > 100 * ROUNDS, `${imports} calls of imports`);
  });
});
