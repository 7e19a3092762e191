/**
 * The hash map of large tables: every key is found in few steps, whatever keys of one kind a script uses.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { Block } from '../block.js';
import { MemoryStore } from '../index.js';
import { hashKey } from '../store/hash.js';
import { seed } from './random.js';

const COUNT = 50000;
const text = (string) => Uint8Array.from(Buffer.from(string, 'latin1'));
const hashSeed = Math.imul(seed, 0x2545f491);

const kinds = {
  'consecutive integers': (number) => Uint8Array.of(0x15, number >> 16, number >> 8, number),
  'every 256th integer': (number) => Uint8Array.of(0x15, number >> 8, number, 0),
  'strings that end alike': (number) => text(`\x01user:${number}\x00`),
  'strings that begin late': (number) => text(`\x01${'x'.repeat(60)}${number}\x00`),
  'differences in the highest bits': (number) => {
    const bits = number.toString(2).padStart(16, '0');
    return Uint8Array.from(bits, (bit) => (bit === '1' ? 0x80 : 0));
  },
};

for (const [kind, make] of Object.entries(kinds)) {
  test(`${kind} are found in few steps (CU_SEED=${seed})`, () => {
    const store = new MemoryStore();
    store.seed = hashSeed;
    for (let number = 0; number < COUNT; number++) store.set(1, make(number), Uint8Array.of(number));
    const table = store.tables.get(1);
    const { slots } = table;
    let steps = 0;
    for (let number = 0; number < COUNT; number++) {
      const key = make(number);
      const hash = hashKey(hashSeed, key, 0, key.length);
      const slot = slots.find(table, new Block(key), 0, key.length, hash);
      assert.ok(slot >= 0);
      assert.ok(table.holds(slots.record(slot), new Block(key), 0, key.length));
      steps += slot - hash & slots.count - 1;
    }
    assert.ok(steps < COUNT * 8, `${steps / COUNT} steps beyond the first per key`);
    for (let number = 0; number < COUNT; number += 2) store.delete(1, make(number));
    for (let number = 0; number < COUNT; number++) {
      assert.equal(store.get(1, make(number)) === undefined, number % 2 === 0);
    }
    assert.equal(slots.used, COUNT / 2);
  });
}

test('neighbours have neighbouring slots', () => {
  for (let length = 1; length < 12; length++) {
    const key = new Uint8Array(length).fill(0x50);
    const first = hashKey(hashSeed, key, 0, length);
    for (let low = 1; low < 8; low++) {
      key[length - 1] = 0x50 | low;
      assert.equal(hashKey(hashSeed, key, 0, length), first ^ low);
    }
  }
});
