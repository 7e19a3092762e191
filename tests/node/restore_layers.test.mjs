// Content that is replaced under instances over an encrypted store, or any other store that lies over one: what they have reserved is known to
// the rows as they see them, and to no others.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EncryptedStore, EncryptionKey, isEncrypted } from '../../host-js/encrypted.js';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { exportAll, importAll } from '../../host-js/store/archive.js';
import { IndexedDBStore } from '../../host-js/store/indexeddb.js';
import { LocalStore } from '../../host-js/store/local.js';
import { restoreInto, restoreSnapshot } from '../../host-js/store/restore.js';
import { Origin } from '../../host-js/test/fake_browser.js';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { change, CHANGES, CONTENT, SETUP, shown } from './restored.mjs';

const ROUNDS = Number(process.env.CU_ROUNDS ?? 6);
const STEPS = 40;

const keyOf = (byte) => new EncryptionKey(new Uint8Array(32).fill(byte));
const older = keyOf(1);
const key = keyOf(2);

/** A store that turns the bits of each value of another one, and knows nothing of restoring. */
class TurnedStore {
  constructor(inner) { this.inner = inner; }
  get(table, at) { return turned(this.inner.get(table, at)); }
  set(table, at, value) { this.inner.set(table, at, turned(value)); }
  delete(table, at) { this.inner.delete(table, at); }
  size(table) { return this.inner.size(table); }
  keys(...walk) { this.inner.keys(...walk); }
  nextTable(after) { return this.inner.nextTable(after); }
  snapshot() { return this.inner.snapshot(); }
  begin() { this.inner.begin(); }
  commit() { this.inner.commit(); }
  rollBack() { this.inner.rollBack(); }
  get canRollBack() { return this.inner.canRollBack; }
  get version() { return this.inner.version; }
}

const turned = (bytes) => bytes && bytes.map((byte) => byte ^ 0xff);

const memory = async () => ({ below: new MemoryStore(), end() {} });

const inBrowser = async () => {
  const origin = new Origin();
  const below = await IndexedDBStore.open('x', { browser: origin.tab(), autosave: false });
  return { below, end: () => below.close() };
};

const inLocal = async () => {
  const below = await LocalStore.open('x', { browser: new Origin().tab() });
  return { below, end: () => below.close() };
};

const encrypted = (below, keys = { key }) => EncryptedStore.open(below, keys);

/** By name: what is below, and what lies over it. */
const KINDS = {
  'an encrypted store in memory': [memory, encrypted],
  'an encrypted store over IndexedDB': [inBrowser, encrypted],
  'an encrypted store over localStorage': [inLocal, encrypted],
  'a store that knows nothing of it, over IndexedDB': [inBrowser, (below) => new TurnedStore(below)],
  'three stores over one another': [inBrowser, (below) => new TurnedStore(encrypted(new TurnedStore(below)))],
};

describe('instances go on over', () => {
  for (const [name, [open, over]] of Object.entries(KINDS)) {
    test(`${name} that is restored (CU_SEED=${seed})`, async () => {
      const draw = randomBelow(seed);
      for (let round = 0; round < ROUNDS; round += 1) {
        const { below, end } = await open();
        const store = over(below);
        const instances = [await Cu.create({ store }), await Cu.create({ store })];
        instances[0].compute(SETUP);
        const content = async () => {
          const copy = over(MemoryStore.fromSnapshot(below.snapshot()));
          return (await Cu.create({ store: copy })).compute(CONTENT).value;
        };
        let model = new Map();
        const snapshots = [];
        for (let step = 0; step < STEPS; step += 1) {
          const cu = instances[draw(2)];
          const act = draw(12);
          if (act < CHANGES) change(cu, model, { act, step, draw });
          else if (act < 10) {
            snapshots.push([store.snapshot(), new Map(model)]);
          } else if (snapshots.length > 0) {
            const [bytes, was] = snapshots[draw(snapshots.length)];
            await restoreInto(store, bytes);
            model = new Map(was);
          }
          if (step % 4 === 3) assert.equal(await content(), shown(model), `round ${round}, step ${step}`);
        }
        await end();
      }
    });
  }
});

async function filled(keys, source = '_home.a = { 1 }') {
  const store = encrypted(new MemoryStore(), keys);
  (await Cu.create({ store })).compute(source);
  return store;
}

test('what is restored with an older key is opened with the newest one alone after a rotation', async () => {
  const was = (await filled({ key: older })).snapshot();
  const store = await filled({ key, olderKeys: [older] }, '_home.b = 2');
  const cu = await Cu.create({ store });
  store.restore(was);
  cu.compute('_home.c = 3');
  // Values of both keys are there, and the record says so.
  assert.throws(() => encrypted(MemoryStore.fromSnapshot(store.snapshot())), { name: 'EncryptionError', reason: 'key' });
  store.rotate();
  const again = await Cu.create({ store: encrypted(MemoryStore.fromSnapshot(store.snapshot())) });
  assert.deepEqual(again.compute('return _home.a[1], _home.b, _home.c').values, [1, null, 3]);
});

test('what these keys do not open is refused, and nothing is changed', async () => {
  const store = await filled({ key });
  const cu = await Cu.create({ store });
  const before = store.snapshot();
  const plain = new MemoryStore();
  (await Cu.create({ store: plain })).compute('_home.a = 2');
  const half = await filled({ key });
  half.inner.delete(0xff000000, Buffer.from('encrypted'));
  for (const [bytes, error] of [
    [plain.snapshot(), { name: 'EncryptionError', reason: 'plain' }],
    [half.snapshot(), { name: 'EncryptionError', reason: 'plain' }],
    [(await filled({ key: older })).snapshot(), { name: 'EncryptionError', reason: 'key' }],
    [Uint8Array.of(1, 2, 3), { name: 'SnapshotError' }],
  ]) {
    assert.throws(() => store.restore(bytes), error);
    assert.deepEqual(store.snapshot(), before);
    assert.deepEqual(cu.compute('return _home.a[1]').values, [1]);
  }
});

test('an encrypted store takes the place of one that nothing was in, and back', async () => {
  const store = encrypted(new MemoryStore());
  const was = store.snapshot();
  const cu = await Cu.create({ store });
  cu.compute('_home.a = { 1 } _io.output = 5');
  const later = store.snapshot();
  for (const empty of [was, new MemoryStore().snapshot()]) {
    store.restore(empty);
    assert.deepEqual(cu.compute('return _home.a, _io.output').values, [null, 5]);
    assert.ok(isEncrypted(store.inner));
    store.restore(later);
    assert.equal(cu.compute('return _home.a[1]').value, 1);
  }
});

test('the store below, which cannot read what instances have reserved, is not restored by itself', async () => {
  const { below, end } = await inBrowser();
  const store = encrypted(below);
  const cu = await Cu.create({ store });
  cu.compute('_home.a = { 1 }');
  const was = below.snapshot();
  cu.compute('_home.a = { 2 }');
  await assert.rejects(below.restore(was), (error) => error.name === 'StateError' && /next_table.*unknown tag 225.*restore the store that decrypts it/.test(error.message));
  assert.equal(cu.compute('return _home.a[1]').value, 2);
  await store.restore(was);
  assert.equal(cu.compute('return _home.a[1]').value, 1);
  assert.equal(below.hasUnsaved, false, 'what was restored is durable');
  await end();
});

test('an encrypted file and its named snapshots go into the encrypted store', async () => {
  const { below, end } = await inBrowser();
  const store = encrypted(below);
  const cu = await Cu.create({ store });
  cu.compute('_home.a = 1');
  await store.snapshots.save('first', store.snapshot());
  const file = await exportAll(store);
  cu.compute('_home.a = 2');
  await store.snapshots.delete('first');
  assert.deepEqual(await importAll(store, file), { snapshots: ['first'] });
  assert.equal(cu.compute('return _home.a').value, 1);
  cu.compute('_home.a = { 3 }');
  await store.restore(await store.snapshots.load('first'));
  assert.equal(cu.compute('return _home.a').value, 1);
  await end();
});

test('nothing is restored within a transaction', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ store });
  const was = store.snapshot();
  cu.begin();
  cu.compute('_home.a = { 1 }');
  assert.throws(() => restoreSnapshot(store, was), { name: 'StateError', message: /a transaction of another instance is open/ });
  cu.commit();
  assert.equal(cu.compute('return _home.a[1]').value, 1);
  restoreSnapshot(store, was);
  assert.equal(cu.compute('return _home.a').value, null);
});
