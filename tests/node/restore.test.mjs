// Content that is replaced under instances which have worked: whatever they had reserved or hold, afterwards the home is what the snapshot and
// their scripts made it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { restoreContent } from '../../host-js/store/restore.js';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { change, CHANGES, CONTENT, SETUP, shown } from './restored.mjs';

const ROUNDS = Number(process.env.CU_ROUNDS ?? 40);

const content = async (store) => (await Cu.create({ store: MemoryStore.fromSnapshot(store.snapshot()) })).compute(CONTENT).value;

test(`instances go on over a restored store (CU_SEED=${seed})`, async () => {
  const draw = randomBelow(seed);
  for (let round = 0; round < ROUNDS; round += 1) {
    const stores = [new MemoryStore(), new MemoryStore()];
    const models = [new Map(), new Map()];
    const instances = [];
    for (const store of stores) {
      const all = [await Cu.create({ store }), await Cu.create({ store })];
      all[0].compute(SETUP);
      instances.push(all);
    }
    const snapshots = [];
    for (let step = 0; step < 40; step += 1) {
      const which = draw(2);
      const [store, model, cu] = [stores[which], models[which], instances[which][draw(2)]];
      const act = draw(12);
      if (act < CHANGES) change(cu, model, { act, step, draw });
      else if (act < 10) {
        snapshots.push([store.snapshot(), new Map(model)]);
      } else if (snapshots.length > 0) {
        const [bytes, was] = snapshots[draw(snapshots.length)];
        restoreContent(store, MemoryStore.fromSnapshot(bytes));
        models[which] = new Map(was);
      }
      assert.equal(await content(store), shown(models[which]), `round ${round}, step ${step}`);
    }
  }
});

test('what a script holds of the content before is gone, and says so', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ store });
  cu.compute('_home.a = { 1 } held = _home.a');
  const before = store.snapshot();
  cu.compute('_home.b = { 2 }');
  restoreContent(store, MemoryStore.fromSnapshot(before));
  assert.deepEqual(cu.compute('return _home.a[1], _home.b').values, [1, null]);
  assert.throws(() => cu.compute('return held[1]'), /is gone|was freed|no longer/);
});

test('a store in which no module wrote is what the snapshot was, to the byte', () => {
  const [store, other] = [new MemoryStore(), new MemoryStore()];
  store.set(1, Uint8Array.of(1), Uint8Array.of(1));
  other.set(7, Uint8Array.of(2), Uint8Array.of(3));
  restoreContent(store, other);
  assert.deepEqual(store.snapshot(), other.snapshot());
});
