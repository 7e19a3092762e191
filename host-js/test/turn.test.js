/**
 * Several instances over one store: their turns, the version of the store, the epoch that the module is told.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { EncryptedStore, EncryptionKey } from '../encrypted.js';
import { Cu, MemoryStore, StateError, TrapError, decode } from '../index.js';
import { FileStore } from '../node.js';
import { withModule } from './module.js';
import { NaiveStore } from './naive.js';
import { randomBelow, seed } from './random.js';
import { BUFFER_POINTER, STORE, UNREACHABLE, constant, stubModule } from './stub.js';

const folder = mkdtempSync(join(tmpdir(), 'cu-turn-'));
test.after(() => rmSync(folder, { recursive: true }));

let files = 0;
const key = new EncryptionKey(new Uint8Array(32).fill(1));

/** With units but no version, as a store was before there were versions. */
class OldStore extends NaiveStore {
  constructor() {
    super();
    this.copy = undefined;
  }

  get canRollBack() {
    return true;
  }

  begin() {
    this.copy = new Map([...this.tables].map(([id, rows]) => [id, new Map(rows)]));
  }

  commit() {
    this.copy = undefined;
  }

  rollBack() {
    this.tables = this.copy;
  }
}

const VERSIONED = {
  'a memory store': () => new MemoryStore(),
  'a file store': () => FileStore.open(join(folder, String(files++))),
  'an encrypted store': () => EncryptedStore.open(new MemoryStore(), { key }),
};
const STORES = {
  ...VERSIONED,
  'a store without units': () => new NaiveStore(),
  'a store with units and without a version': () => new OldStore(),
  'an encrypted store over one without units': () => EncryptedStore.open(new NaiveStore(), { key }),
};
const close = (store) => store instanceof FileStore && store.close();

for (const [name, create] of Object.entries(VERSIONED)) {
  test(`the version of ${name} counts units and changes outside of them (CU_SEED=${seed})`, () => {
    const below = randomBelow(seed);
    const store = create();
    let expected = store.version;
    // Few keys make small tables, many a large one.
    const one = () => [3 + below(3), Uint8Array.of(below(5), below(50))];
    for (let step = 0; step < 300; step++) {
      const isUnit = below(3) > 0;
      if (isUnit) store.begin();
      assert.equal(store.version, expected);
      let hasChanged = false;
      for (let count = isUnit ? below(6) : 1; count > 0; count--) {
        const [table, bytes] = one();
        const changes = below(3) > 0 || store.get(table, bytes) !== undefined;
        if (below(3) > 0 && changes) store.set(table, bytes, Uint8Array.of(count));
        else if (store.get(table, bytes) === undefined) store.delete(table, bytes);
        else store.set(table, bytes, Uint8Array.of(7));
        hasChanged = hasChanged || store.get(table, bytes) !== undefined;
        assert.equal(store.version, expected + (hasChanged ? 1 : 0));
      }
      if (isUnit && below(2) > 0) {
        store.rollBack();
      } else {
        if (isUnit) store.commit();
        expected += hasChanged ? 1 : 0;
      }
      assert.equal(store.version, expected);
    }
    store.set(2, Uint8Array.of(1), Uint8Array.of(1));
    const [table, bytes] = [9, Uint8Array.of(1)];
    store.set(table, bytes, bytes);
    store.delete(table, bytes);
    assert.equal(store.version, expected + 2);
    close(store);
  });
}

test('reading changes no version', () => {
  const store = new MemoryStore();
  for (let number = 0; number < 100; number++) store.set(1, Uint8Array.of(number), Uint8Array.of(number));
  const { version } = store;
  assert.equal(version, 100);
  store.get(1, Uint8Array.of(1));
  store.keys(1, undefined, false, () => true);
  store.nextTable(undefined);
  store.snapshot();
  store.delete(5, Uint8Array.of(1));
  store.delete(1, Uint8Array.of(200));
  assert.equal(store.version, version);
});

// ---- what the module is told ----

const CALL = 0x10;
const DROP = 0x1a;
const KEY_AT = BUFFER_POINTER + 40000;
const word = (text) => Buffer.from(text).readInt32LE();

/** Answers the configuration. */
const CONFIG = [
  ...constant(KEY_AT), ...constant(word('conf')), ...STORE,
  ...constant(KEY_AT + 4), ...constant(word('ig\0\0')), ...STORE,
  ...constant(0), ...constant(KEY_AT), ...constant(6), ...constant(BUFFER_POINTER), ...constant(16384), CALL, 1,
];
/** Changes table 7 first. */
const CHANGE = [
  ...constant(7), ...constant(BUFFER_POINTER), ...constant(1), ...constant(BUFFER_POINTER), ...constant(1), CALL, 0, DROP,
];

const READER = stubModule({ compute: CONFIG });
const WRITER = stubModule({ compute: [...CHANGE, ...CONFIG] });
const TRAPPING = stubModule({ compute: [...CHANGE, ...UNREACHABLE] });

const config = (cu, overrides) => decode(cu.computeRaw('x', overrides).bytes);
const epoch = (cu, overrides) => config(cu, overrides).epoch;

for (const [name, create] of Object.entries(STORES)) {
  test(`an instance over ${name} is told when another one changed it`, async () => {
    const store = create();
    const [reader, writer] = [await Cu.create({ module: READER, store }), await Cu.create({ module: WRITER, store })];
    assert.equal(epoch(reader), undefined);
    assert.deepEqual([epoch(writer), epoch(writer)], [undefined, undefined]);
    assert.deepEqual([epoch(reader), epoch(reader)], [1, 1]);
    assert.deepEqual([epoch(writer), epoch(reader)], [undefined, 2]);
    const other = await Cu.create({ module: WRITER, store });
    assert.deepEqual([epoch(other), epoch(writer), epoch(other), epoch(writer)], [undefined, 1, 1, 2]);
    // An option of one compute does not lose it, and a host may count what only it knows.
    assert.deepEqual([epoch(reader, { atomic: true }), epoch(reader, { epoch: 10 })], [3, 13]);
    close(store);
  });

  test(`an instance does not compute in the turn of another one over ${name}`, async () => {
    const store = create();
    const second = await Cu.create({ module: READER, store });
    let found;
    const now = () => {
      try {
        second.compute('x');
      } catch (error) {
        found = error;
      }
      return 0;
    };
    const asking = [
      ...constant(KEY_AT), ...constant(word('now\0')), ...STORE,
      ...constant(0), ...constant(KEY_AT), ...constant(3), ...constant(BUFFER_POINTER), ...constant(16), CALL, 1,
    ];
    const first = await Cu.create({ module: stubModule({ compute: asking }), store, now });
    first.computeRaw('x');
    assert.ok(found instanceof StateError, String(found));
    assert.match(found.message, /the store is in use: a unit of changes is open/);
    assert.equal(epoch(second), undefined);
    close(store);
  });

  test(`after a trap ${name} serves the others`, async () => {
    const store = create();
    const reader = await Cu.create({ module: READER, store });
    const trapping = await Cu.create({ module: TRAPPING, store });
    assert.throws(() => trapping.compute('x'), TrapError);
    // Where it was undone nothing has changed.
    assert.equal(epoch(reader), store.canRollBack ? undefined : 1);
    close(store);
  });
}

for (const [name, create] of Object.entries(VERSIONED)) {
  test(`an instance over ${name} is told what the host changed`, async () => {
    const store = create();
    const reader = await Cu.create({ module: READER, store });
    store.set(7, Uint8Array.of(1), Uint8Array.of(1));
    assert.deepEqual([epoch(reader), epoch(reader)], [1, 1]);
    store.begin();
    store.set(7, Uint8Array.of(1), Uint8Array.of(2));
    store.commit();
    assert.equal(epoch(reader), 2);
    store.begin();
    store.set(7, Uint8Array.of(1), Uint8Array.of(3));
    store.rollBack();
    assert.equal(epoch(reader), 2);
    // Arguments, which nobody remembers, and which should cost little.
    store.set(2, Uint8Array.of(1), Uint8Array.of(3));
    reader.clearIo();
    assert.deepEqual([epoch(reader), store.size(2)], [2, 0]);
    close(store);
  });
}

test('instances over a store and over an EncryptedStore around it take turns', async () => {
  for (const inner of [new NaiveStore(), new MemoryStore()]) {
    const plain = await Cu.create({ module: READER, store: inner });
    const writer = await Cu.create({ module: WRITER, store: EncryptedStore.open(new NaiveStore(), { key }) });
    const sealed = EncryptedStore.open(inner, { key });
    const first = epoch(plain) || 0;
    sealed.begin();
    assert.throws(() => plain.compute('x'), StateError);
    sealed.set(7, Uint8Array.of(1), Uint8Array.of(1));
    sealed.commit();
    assert.equal(epoch(plain), first + 1);
    assert.equal(epoch(writer), undefined);
  }
});

test('a store that cannot say its version begins no turn, and none stays open', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module: READER, store });
  const problem = new Error('disk on fire');
  Object.defineProperty(store, 'version', { configurable: true, get: () => { throw problem; } });
  assert.throws(() => cu.computeRaw('x'), (error) => error.cause === problem);
  delete store.version;
  assert.equal(epoch(cu), undefined);
});

test('an epoch of the host is added, and a wrong one is left to the module', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module: READER, store, config: { epoch: 2 ** 40 } });
  const change = () => store.set(7, Uint8Array.of(1), Uint8Array.of(1));
  const found = [];
  for (let time = 0; time < 3; time++) {
    found.push(epoch(cu), epoch(cu, { epoch: 5 }), epoch(cu, { epoch: 'x' }), epoch(cu, { epoch: 0.5 }));
    change();
  }
  for (let time = 0; time < 300; time++) {
    change();
    cu.computeRaw('x');
  }
  found.push(epoch(cu));
  const at = (count) => [2 ** 40 + count, 5 + count, 'x', 0.5];
  assert.deepEqual(found, [...at(0), ...at(1), ...at(2), 2 ** 40 + 302]);
  for (const wrong of ['x', 0.5]) {
    change();
    assert.equal(epoch(cu, { epoch: wrong }), wrong);
  }
});

// ---- with the module ----

await withModule((module) => {
  for (const [name, create] of Object.entries(STORES)) {
    test(`two instances over ${name} count one captured variable`, async () => {
      const store = create();
      const [a, b] = [await Cu.create({ module, store }), await Cu.create({ module, store })];
      a.compute('local n = 0 function _home.count() n = n + 1 return n end');
      const counts = [a, b, a, b, b, a].map((cu) => cu.compute('return _home.count()').value);
      assert.deepEqual(counts, [1, 2, 3, 4, 5, 6]);
      close(store);
    });
  }
});
