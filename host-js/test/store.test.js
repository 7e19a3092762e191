/**
 * The memory store, those of browsers, and encrypted ones over them and over a store of five methods, against a model too simple to be
 * wrong: an array of keys and values, sorted for every walk.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { EncryptedStore, EncryptionKey } from '../encrypted.js';
import { MemoryStore } from '../index.js';
import { IndexedDBStore } from '../store/indexeddb.js';
import { LocalStore } from '../store/local.js';
import { OPFSStore } from '../store/opfs.js';
import { Origin } from './fake_browser.js';
import { Opfs } from './fake_opfs.js';
import { randomBelow, seed } from './random.js';

class Model {
  constructor() {
    this.rows = [];
  }

  find(table, key) {
    return this.rows.findIndex((row) => row.table === table && Buffer.compare(row.key, key) === 0);
  }

  get(table, key) {
    const row = this.rows[this.find(table, key)];
    return row && row.value;
  }

  set(table, key, value) {
    this.delete(table, key);
    this.rows.push({ table, key: key.slice(), value: value.slice() });
  }

  delete(table, key) {
    const at = this.find(table, key);
    if (at >= 0) this.rows.splice(at, 1);
  }

  size(table) {
    return this.rows.filter((row) => row.table === table).length;
  }

  keys(table, after, descending) {
    const keys = this.rows.filter((row) => row.table === table).map((row) => row.key).sort(Buffer.compare);
    if (descending) keys.reverse();
    const sign = descending ? -1 : 1;
    return after === undefined ? keys : keys.filter((key) => sign * Buffer.compare(key, after) > 0);
  }

  nextTable(after = -1) {
    const above = this.rows.map(({ table }) => table).filter((table) => table > after);
    return above.length > 0 ? Math.min(...above) : undefined;
  }
}

/** Has only the methods that a store must have, and keeps all arrays that it is given. */
class PlainStore {
  constructor() {
    this.model = new Model();
  }

  get(table, key) {
    return this.model.get(table, key);
  }

  set(table, key, value) {
    this.model.delete(table, key);
    this.model.rows.push({ table, key, value });
  }

  delete(table, key) {
    this.model.delete(table, key);
  }

  size(table) {
    return this.model.size(table);
  }

  keys(table, after, descending, emit) {
    this.model.keys(table, after, descending).every((key) => emit(key.slice()));
  }

  nextTable(after) {
    return this.model.nextTable(after);
  }
}

const key = new EncryptionKey(new Uint8Array(32).fill(1));

const STORES = {
  'a memory store': { create: () => new MemoryStore(), rounds: 20 },
  'an encrypted memory store': { create: () => EncryptedStore.open(new MemoryStore(), { key }), rounds: 5 },
  'a store in IndexedDB': {
    create: () => IndexedDBStore.open('store', { autosave: false, browser: new Origin().tab() }),
    rounds: 10,
  },
  'an encrypted store in IndexedDB': {
    create: async () => EncryptedStore.open(await IndexedDBStore.open('store', { browser: new Origin().tab() }), { key }),
    rounds: 2,
  },
  'a store in localStorage': { create: () => LocalStore.open('store', { browser: new Origin().tab() }), rounds: 5 },
  'a store in OPFS': { create: () => OPFSStore.open('store', { browser: new Opfs().browser }), rounds: 5 },
  'an encrypted plain store': { create: () => EncryptedStore.open(new PlainStore(), { key }), rounds: 2 },
};

function walk(store, table, after, descending, most = Infinity) {
  const keys = [];
  store.keys(table, after, descending, (key) => {
    if (keys.length === most) return false;
    keys.push(key);
    return true;
  });
  return keys;
}

function hexes(keys) {
  return keys.map((key) => Buffer.from(key).toString('hex'));
}

/** Few keys, so that they meet again; short and long, one a prefix of another. */
function randomKey(below) {
  const length = below(20) === 0 ? 60 + below(10) : below(4);
  return Uint8Array.from({ length }, () => [0, 1, 0x7f, 0x80, 0xff][below(5)]);
}

function randomBytes(below) {
  const length = below(10) === 0 ? below(300) : below(12);
  return Uint8Array.from({ length }, () => below(256));
}

for (const [name, { create, rounds }] of Object.entries(STORES)) {
  test(`random operations of ${name} agree with the model (CU_SEED=${seed})`, async () => {
    const below = randomBelow(seed);
    for (let round = 0; round < rounds; round++) {
      const store = await create();
      const model = new Model();
      for (let operation = 0; operation < 1500; operation++) {
        const table = [1, 2, 0xffffffff][below(3)];
        const key = randomKey(below);
        const choice = below(20);
        if (choice < 8) {
          const value = randomBytes(below);
          store.set(table, key, value);
          model.set(table, key, value);
        } else if (choice < 13) {
          assert.deepEqual(store.get(table, key), model.get(table, key));
        } else if (choice < 18) {
          store.delete(table, key);
          model.delete(table, key);
        } else {
          const after = below(3) === 0 ? undefined : key;
          const descending = below(2) === 1;
          assert.deepEqual(
            hexes(walk(store, table, after, descending)), hexes(model.keys(table, after, descending)),
          );
        }
        assert.equal(store.size(table), model.size(table));
        const before = [undefined, 0, 1, 2, 7, 0xfffffffe][below(6)];
        assert.equal(store.nextTable(before), model.nextTable(before));
      }
      if (store.close && store.inner === undefined) await store.close();
    }
  });
}

test(`a large table stays in order while it grows and shrinks (CU_SEED=${seed})`, () => {
  const below = randomBelow(seed);
  const store = new MemoryStore();
  const present = new Set();
  const key = (number) => Uint8Array.of(number >> 16, number >> 8, number);
  for (let round = 0; round < 30; round++) {
    for (let change = 0; change < [3, 100, 5000][round % 3]; change++) {
      const number = below(20000);
      if (below(3) > 0) {
        store.set(7, key(number), key(number));
        present.add(number);
      } else {
        store.delete(7, key(number));
        present.delete(number);
      }
      // Between walks that are close together the order is kept, and not made again.
      if (change % 50 === 0) walk(store, 7, undefined, false, 1);
    }
    const expected = hexes([...present].sort((left, right) => left - right).map(key));
    assert.deepEqual(hexes(walk(store, 7, undefined, false)), expected);
    assert.deepEqual(hexes(walk(store, 7, undefined, true)), expected.reverse());
    for (const number of present) assert.deepEqual(store.get(7, key(number)), key(number));
  }
});

test('the memory of a queue of one key at a time does not grow', () => {
  const store = new MemoryStore();
  for (let number = 0; number < 20000; number++) {
    store.set(1, Uint8Array.of(number >> 8, number), new Uint8Array(100));
    store.set(1, Uint8Array.of(number >> 8, number, 0), new Uint8Array(100));
    const [first] = walk(store, 1, undefined, false, 1);
    store.delete(1, first);
    if (store.size(1) > 10) store.delete(1, walk(store, 1, undefined, true, 1)[0]);
  }
  assert.ok(store.size(1) <= 11);
  const [segment, ...others] = store.small.segments;
  assert.deepEqual(others, []);
  assert.ok(segment.length <= 0x100000);
});

test('tables that became empty are forgotten', () => {
  const store = new MemoryStore();
  for (let table = 1; table <= 1000; table++) store.set(table, Uint8Array.of(1), Uint8Array.of(2));
  for (let table = 1; table <= 1000; table++) store.delete(table, Uint8Array.of(1));
  assert.deepEqual([store.tables.size, store.small.count], [0, 0]);
  store.set(1000, Uint8Array.of(1), Uint8Array.of(3));
  store.set(999, Uint8Array.of(1), Uint8Array.of(4));
  assert.deepEqual(store.get(1000, Uint8Array.of(1)), Uint8Array.of(3));
  assert.deepEqual(store.get(999, Uint8Array.of(1)), Uint8Array.of(4));
});

test('a change of an array from get, or given to set, does not change the store', () => {
  const store = new MemoryStore();
  const key = Uint8Array.of(1);
  const value = Uint8Array.of(2);
  store.set(1, key, value);
  key[0] = 9;
  value[0] = 9;
  store.get(1, Uint8Array.of(1))[0] = 8;
  assert.deepEqual(store.get(1, Uint8Array.of(1)), Uint8Array.of(2));
});
