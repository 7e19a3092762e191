/**
 * The parts of the memory store: small and large tables, their order, the calls without arrays. They are compared with a map
 * that is sorted for every walk, and the whole structure is checked between changes.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { Block, compare, copy, equal } from '../block.js';
import { Control } from '../control.js';
import { MemoryStore } from '../index.js';
import { Imports } from '../imports.js';
import { Memory } from '../memory.js';
import { sortRecords } from '../store/sort.js';
import { randomBelow, seed } from './random.js';

const KEY = 1024;
const VALUE = 8192;
const PAGE = 32768;
const MOST = 16384;

/** Tables as maps from latin1 strings to latin1 strings, which sort as their bytes do. */
class Model {
  constructor() {
    this.tables = new Map();
  }

  rows(id) {
    if (!this.tables.has(id)) this.tables.set(id, new Map());
    return this.tables.get(id);
  }

  keys(id, after, descending) {
    const keys = [...this.rows(id).keys()].sort();
    if (descending) keys.reverse();
    return keys.filter((key) => after === '' || (descending ? key < after : key > after));
  }

  ids() {
    return [...this.tables.keys()].filter((id) => this.rows(id).size > 0).sort((left, right) => left - right);
  }
}

/** A store behind the imports, as the module sees it. */
class Driver {
  constructor(store) {
    this.store = store;
    this.memory = new Memory();
    this.memory.attach(new WebAssembly.Memory({ initial: 1, maximum: 1 }));
    this.imports = new Imports(this.memory, store, new Control({}));
    this.env = this.imports.object.env;
  }

  put(pointer, text) {
    this.memory.write(pointer, Buffer.from(text, 'latin1'));
    return text.length;
  }

  text(pointer, length) {
    return Buffer.from(this.memory.copy(pointer, length)).toString('latin1');
  }

  set(id, key, value) {
    assert.equal(this.env.js_ext_table_set(id | 0, KEY, this.put(KEY, key), VALUE, this.put(VALUE, value)), 0);
  }

  get(id, key) {
    const length = this.env.js_ext_table_get(id | 0, KEY, this.put(KEY, key), VALUE, MOST);
    assert.ok(length >= -1, `${this.imports.failure}`);
    return length < 0 ? undefined : this.text(VALUE, length);
  }

  delete(id, key) {
    assert.equal(this.env.js_ext_table_delete(id | 0, KEY, this.put(KEY, key)), 0);
  }

  size(id) {
    return this.env.js_ext_table_size(id | 0);
  }

  /** The keys after one, at most `most`, in pages of so many bytes. */
  keys(id, after, descending, room, most) {
    const keys = [];
    let last = after;
    while (keys.length < most) {
      this.memory.writeU32(PAGE, last.length + (descending ? 0x80000000 : 0));
      this.put(PAGE + 4, last);
      const end = this.env.js_ext_table_keys(id | 0, PAGE, room);
      assert.ok(end >= 0, `${end}: ${this.imports.failure}`);
      if (end === 0) break;
      for (let at = PAGE; at < PAGE + end;) {
        const length = this.memory.readU32(at);
        last = this.text(at + 4, length);
        keys.push(last);
        at += 4 + length;
      }
    }
    return keys;
  }
}

/** Methods of its own, so that it is called with arrays. */
class ArrayStore extends MemoryStore {
  lend(...all) { return super.lend(...all); }

  set(...all) { super.set(...all); }

  delete(...all) { super.delete(...all); }

  keys(...all) { super.keys(...all); }
}

/** Checks the whole structure: every record is in its slot, and all waste is counted. */
function check(store) {
  for (const table of store.tables.values()) {
    let live = 0;
    let waste = 0;
    for (let record = 0; record < table.used; record = table.end(record)) {
      if (table.isDead(record)) {
        waste += table.end(record) - record;
      } else {
        live++;
        assert.equal(table.find(table.heap, table.keyStart(record), table.keyLength(record)), record);
      }
    }
    assert.deepEqual([live, waste, table.slots.used], [table.size, table.waste, table.size]);
    assert.ok(table.used <= table.heap.length);
  }
  const { small } = store;
  let count = 0;
  small.places.each((id) => {
    count++;
    assert.equal(store.tables.has(id | 0), false);
    assert.ok(small.open(id));
    assert.equal(small.segment.words.getUint32(small.start - 8, true), id);
    assert.ok(small.end > small.start && small.end - small.start <= small.room);
  });
  assert.equal(count, small.count);
  small.segments.forEach((segment, number) => assert.ok(small.used[number] <= segment.length));
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
