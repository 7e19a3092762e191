/**
 * The parts of the memory store: small and large tables, their order, the calls without arrays. They are compared with a map
 * that is sorted for every walk, and the whole structure is checked between changes.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { Block, compare, copy, equal } from '../block.js';
import { MemoryStore } from '../index.js';
import { sortRecords } from '../store/sort.js';
import { check, Driver, Model } from './model.js';
import { fc, forAll } from './property.js';
import { randomBelow, seed } from './random.js';

/** Methods of its own, so that it is called with arrays. */
class ArrayStore extends MemoryStore {
  lend(...all) { return super.lend(...all); }

  set(...all) { super.set(...all); }

  delete(...all) { super.delete(...all); }

  keys(...all) { super.keys(...all); }
}

/** Keys of one kind, so that some meet again: numbers, names, prefixes of one another, zeros, long ones. */
const KINDS = [
  (below) => `\x16${String.fromCharCode(below(8), below(256))}`,
  (below) => `\x01user:${below(3000)}\0`,
  (below) => '\0'.repeat(1 + below(9)) + 'a'.repeat(below(3)),
  (below) => 'x'.repeat(below(300)) + String.fromCharCode(1 + below(255)),
  (below) => String.fromCharCode(1 + below(255), below(256), below(256), below(256)),
];

function randomValue(below) {
  const lengths = [9, 9, 9, 0, 1 + below(20), below(300), below(3000)];
  return String.fromCharCode(below(256)).repeat(lengths[below(lengths.length)]);
}

const table = fc.constantFrom(3, 4, 0x80000003);
const shortKey = fc.string({ unit: fc.constantFrom('\0', 'a', '\xff'), minLength: 1, maxLength: 4 });
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('set'), table, key: shortKey, length: fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 5000 })) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete'), table, key: shortKey }) },
  fc.record({ do: fc.constant('get'), table, key: shortKey }),
  fc.record({ do: fc.constant('walk'), table, after: fc.oneof(fc.constant(''), shortKey), descending: fc.boolean(), room: fc.constantFrom(16, 512) }),
);

/** Does it to both, and compares what they answer. */
function act(driver, model, { do: what, table: id, key, length, after, descending, room }) {
  if (what === 'set') {
    const value = 'v'.repeat(length);
    driver.set(id, key, value);
    model.rows(id).set(key, value);
  } else if (what === 'delete') {
    driver.delete(id, key);
    model.rows(id).delete(key);
  } else if (what === 'get') {
    assert.equal(driver.get(id, key), model.rows(id).get(key));
  } else {
    assert.deepEqual(driver.keys(id, after, descending, room, Infinity), model.keys(id, after, descending));
  }
  assert.equal(driver.size(id), model.rows(id).size);
}

for (const Store of [MemoryStore, ArrayStore]) {
  test(`a few calls of a ${Store.name} are answered as by a sorted map (CU_SEED=${seed})`, () => {
    forAll(600, fc.array(action, { maxLength: 60 }), (actions) => {
      const driver = new Driver(new Store());
      const model = new Model();
      for (const one of actions) act(driver, model, one);
      check(driver.store);
    });
  });
}

for (const Store of [MemoryStore, ArrayStore]) {
  test(`random changes and walks of a ${Store.name} agree with a sorted map (CU_SEED=${seed})`, () => {
    const below = randomBelow(seed);
    for (let round = 0; round < 12; round++) {
      const driver = new Driver(new Store());
      const model = new Model();
      const ids = [3, 4, 5, 0x80000003, 0xffffffff].slice(0, 1 + below(5));
      for (let turn = 0; turn < 40; turn++) {
        const kind = KINDS[below(KINDS.length)];
        const deletes = below(10);
        for (let change = [0, 1, 3, 20, 200, 2000][below(6)]; change > 0; change--) {
          const id = ids[below(ids.length)];
          const key = kind(below);
          if (below(10) < deletes) {
            driver.delete(id, key);
            model.rows(id).delete(key);
          } else {
            const value = randomValue(below);
            driver.set(id, key, value);
            model.rows(id).set(key, value);
          }
          if (below(20) === 0) assert.equal(driver.get(id, key), model.rows(id).get(key));
        }
        for (const id of ids) {
          assert.equal(driver.size(id), model.rows(id).size);
          const after = below(2) === 0 ? '' : kind(below);
          const descending = below(2) === 1;
          const most = below(3) === 0 ? Infinity : 1;
          const keys = driver.keys(id, after, descending, [512, 2000, 20000][below(3)], most);
          assert.deepEqual(keys, model.keys(id, after, descending).slice(0, keys.length));
          if (most === Infinity) assert.equal(keys.length, model.keys(id, after, descending).length);
        }
        if (turn % 8 === 0) check(driver.store);
      }
      for (const id of ids) {
        for (const [key, value] of model.rows(id)) assert.equal(driver.get(id, key), value);
      }
      assert.deepEqual([...driver.store.tableIds()], model.ids());
      const snapshot = driver.store.snapshot();
      assert.deepEqual(MemoryStore.fromSnapshot(snapshot).snapshot(), snapshot);
      check(driver.store);
    }
  });
}

test(`a guess of what comes next is checked (CU_SEED=${seed})`, () => {
  const below = randomBelow(seed);
  for (let round = 0; round < 20; round++) {
    const driver = new Driver(new MemoryStore());
    const rows = new Map();
    const change = (key) => {
      if (below(3) === 0) {
        driver.delete(3, key);
        rows.delete(key);
      } else {
        // Longer ones move their record.
        const value = 'v'.repeat(below(40));
        driver.set(3, key, value);
        rows.set(key, value);
      }
    };
    const keyOf = (number) => `\x16${String.fromCharCode(number >> 8, number & 0xff)}`;
    const numbers = Array.from({ length: 600 }, (_, number) => number);
    if (round % 2 === 0) numbers.sort(() => below(3) - 1);
    for (const number of numbers) {
      rows.set(keyOf(number), 'first');
      driver.set(3, keyOf(number), 'first');
    }
    const walks = [numbers.map(keyOf), driver.keys(3, '', false, 20000, Infinity), driver.keys(3, '', true, 2000, Infinity)];
    for (const keys of walks) {
      const changes = below(2) === 0 ? 0 : 1 + below(4);
      for (const [at, key] of keys.entries()) {
        assert.equal(driver.get(3, key), rows.get(key));
        if (changes > 0 && below(changes) === 0) change(keys[(at + below(5)) % keys.length]);
      }
    }
    check(driver.store);
  }
});

test(`thousands of small tables come, grow and go (CU_SEED=${seed})`, () => {
  const below = randomBelow(seed);
  const driver = new Driver(new MemoryStore());
  const model = new Model();
  for (let change = 0; change < 60000; change++) {
    const id = 3 + below(2000);
    const key = `\x01${'abcdefgh'[below(8)]}\0`;
    if (below(4) === 0) {
      driver.delete(id, key);
      model.rows(id).delete(key);
    } else {
      const value = 'v'.repeat(below(200));
      driver.set(id, key, value);
      model.rows(id).set(key, value);
    }
    if (change % 10000 === 0) check(driver.store);
  }
  for (const id of model.ids()) {
    assert.deepEqual(driver.keys(id, '', false, 512, Infinity), model.keys(id, '', false));
    for (const [key, value] of model.rows(id)) assert.equal(driver.get(id, key), value);
  }
  assert.equal(driver.store.small.count, model.ids().length);
  // The room that they left was used again.
  const live = [...model.tables.values()].reduce((sum, rows) => sum + [...rows].reduce((bytes, [key, value]) => bytes + key.length + value.length, 0), 0);
  assert.ok(driver.store.small.segments.length * 0x100000 < 4 * live + 0x200000);
});

test('a table keeps its entries when it, or a value in it, becomes too long for a small table', () => {
  for (const grow of [
    (driver) => { for (let number = 0; number < 40; number++) driver.set(3, `key${number}`, 'v'); },
    (driver) => driver.set(3, 'key0', 'v'.repeat(5000)),
    (driver) => driver.set(3, 'k'.repeat(2100), 'v'),
  ]) {
    const driver = new Driver(new MemoryStore());
    for (let number = 0; number < 10; number++) driver.set(3, `key${number}`, `value${number}`);
    assert.deepEqual([driver.store.small.count, driver.store.tables.size], [1, 0]);
    grow(driver);
    assert.deepEqual([driver.store.small.count, driver.store.tables.size], [0, 1]);
    for (let number = 1; number < 10; number++) assert.ok(['v', `value${number}`].includes(driver.get(3, `key${number}`)));
    check(driver.store);
  }
});

test(`keys are sorted whatever they have in common (CU_SEED=${seed})`, () => {
  const below = randomBelow(seed);
  const makers = [
    ...KINDS,
    // Each key is a little longer than the others.
    (random) => 'ab'.repeat(random(60)) + 'b',
    () => '\0'.repeat(below(100)),
  ];
  for (const make of makers) {
    const store = new MemoryStore();
    const keys = new Set();
    while (keys.size < 20) keys.add(make(below));
    for (let more = 0; more < 3000; more++) keys.add(make(below));
    for (const key of keys) store.set(3, Buffer.from(key, 'latin1'), Buffer.of(1));
    const table = store.tables.get(3);
    const records = [];
    table.eachRecord((record) => { records.push(record); });
    const sorted = Int32Array.from(records);
    sortRecords(table, sorted);
    const found = Array.from(sorted, (record) => {
      const start = table.keyStart(record);
      return Buffer.from(table.heap.bytes.subarray(start, start + table.keyLength(record))).toString('latin1');
    });
    assert.deepEqual(found, [...keys].sort());
  }
});

test('blocks are compared and copied byte by byte', () => {
  const below = randomBelow(seed);
  for (let round = 0; round < 3000; round++) {
    const [left, right] = [0, 1].map(() => Buffer.from(Array.from({ length: below(12) }, () => [0, 1, 0x7f, 0x80, 0xff][below(5)])));
    const block = new Block(Buffer.concat([left, right]));
    assert.equal(Math.sign(compare(block, 0, left.length, block, left.length, right.length)), Buffer.compare(left, right));
    if (left.length === right.length) assert.equal(equal(block, 0, block, left.length, left.length), left.equals(right));
    const into = new Block(new Uint8Array(40).fill(7));
    copy(block, 0, left.length, into, 5);
    assert.deepEqual([...into.bytes], [...Buffer.alloc(5, 7), ...left, ...Buffer.alloc(35 - left.length, 7)]);
  }
});
