/**
 * Snapshots: stores come back from them, and other bytes are refused.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { MemoryStore, SnapshotError } from '../index.js';
import { checksum } from '../store/checksum.js';
import { writeWord } from '../store/words.js';
import { randomBelow, seed } from './random.js';

const bytes = (...numbers) => Uint8Array.from(numbers);

function sample() {
  const store = new MemoryStore();
  store.set(0xffffffff, bytes(), bytes());
  store.set(3, bytes(1, 255), bytes(7));
  store.set(3, bytes(1), bytes(5, 6));
  store.set(9, bytes(1), bytes(1));
  store.delete(9, bytes(1));
  return store;
}

/** Gives changed bytes a checksum that fits. */
function sealed(snapshot) {
  const end = snapshot.length - 4;
  writeWord(snapshot, end, checksum(snapshot, 0, end));
  return snapshot;
}

function refusal(snapshot) {
  let error;
  try {
    MemoryStore.fromSnapshot(snapshot);
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof SnapshotError, `${Buffer.from(snapshot).toString('hex')} was taken: ${error}`);
  assert.ok(error.offset >= 0 && error.offset <= snapshot.length, `${error.offset} of ${snapshot.length}`);
  assert.match(error.message, new RegExp(`at byte ${error.offset} of the snapshot$`));
  return error;
}

// Version 1: these bytes must stay readable.
const GOLDEN = '6375535301' + '02000000'
  + '03000000' + '02000000'
  + '01000000' + '02000000' + '01' + '0506'
  + '02000000' + '01000000' + '01ff' + '07'
  + 'ffffffff' + '01000000'
  + '00000000' + '00000000'
  + '62328f76';

test('the format is the one drawn', () => {
  assert.equal(Buffer.from(sample().snapshot()).toString('hex'), GOLDEN);
  assert.deepEqual(MemoryStore.fromSnapshot(Buffer.from(GOLDEN, 'hex')).snapshot(), sample().snapshot());
  // The check value in descriptions of CRC-32.
  assert.equal(checksum(Buffer.from('123456789'), 0, 9), 0xcbf43926);
});

test('a store made of a snapshot is equal, and independent of it', () => {
  const snapshot = sample().snapshot();
  const store = MemoryStore.fromSnapshot(snapshot);
  assert.deepEqual(store.snapshot(), snapshot);
  const before = snapshot.slice();
  store.set(3, bytes(1), bytes(8, 8));
  assert.deepEqual(snapshot, before);
  snapshot.fill(0);
  assert.deepEqual(store.get(3, bytes(1, 255)), bytes(7));
  assert.deepEqual(MemoryStore.fromSnapshot(new MemoryStore().snapshot()).snapshot(), new MemoryStore().snapshot());
});

test(`random stores come back (CU_SEED=${seed})`, () => {
  const below = randomBelow(seed);
  for (let round = 0; round < 50; round++) {
    const store = new MemoryStore();
    for (let row = below(300); row > 0; row--) {
      const key = Uint8Array.from({ length: below(4) }, () => below(256));
      if (below(4) === 0) store.delete(below(5) * 0x3fffffff, key);
      else store.set(below(5) * 0x3fffffff, key, new Uint8Array(below(100)).fill(row));
    }
    const back = MemoryStore.fromSnapshot(store.snapshot());
    assert.deepEqual(back.snapshot(), store.snapshot());
    for (const id of store.tableIds()) {
      assert.equal(back.size(id), store.size(id));
      store.keys(id, undefined, false, (key) => assert.deepEqual(back.get(id, key), store.get(id, key)) !== false);
    }
  }
});

test('every truncation is refused', () => {
  const snapshot = sample().snapshot();
  for (let length = 0; length < snapshot.length; length++) refusal(snapshot.slice(0, length));
  // Also when the checksum fits the rest.
  for (let length = 9; length < snapshot.length - 4; length++) refusal(sealed(snapshot.slice(0, length + 4)));
});

test('every changed byte is refused', () => {
  const snapshot = sample().snapshot();
  for (let at = 0; at < snapshot.length; at++) {
    for (let change = 1; change < 256; change++) {
      const altered = snapshot.slice();
      altered[at] ^= change;
      refusal(altered);
    }
  }
});

test('each refusal says what was expected', () => {
  const snapshot = sample().snapshot();
  const altered = (at, ...numbers) => {
    const copy = snapshot.slice();
    copy.set(numbers, at);
    return sealed(copy);
  };
  const cases = [
    [altered(0, 0), 0, /starts with byte 99 here, found 0/],
    [bytes(), 0, /found the end/],
    [altered(4, 2), 4, /version 1 was wanted, found 2/],
    [altered(5, 3), snapshot.length - 4, /8 bytes of table 3 of 3 were wanted, found 0/],
    [altered(5, 1), 39, /the end was wanted, found 16 more bytes/],
    [altered(13, 0), 13, /at least one key was wanted, found 0/],
    [altered(17, 255, 255, 255, 255), 25, /4294967295 bytes of the key were wanted, found 30/],
    [altered(21, 255, 255, 255, 255), 26, /4294967295 bytes of the value were wanted, found 29/],
    [altered(36, 0), 36, /a key after the one before it was wanted/],
    [altered(39, 3, 0, 0, 0), 39, /a table id above 3 was wanted, found 3/],
    [Uint8Array.from([...snapshot, 0]), snapshot.length - 4, /the end was wanted, found 1 more bytes/],
  ];
  for (const [wrong, offset, message] of cases) {
    const error = refusal(wrong);
    assert.match(error.message, message);
    assert.equal(error.offset, offset, error.message);
  }
  assert.throws(() => MemoryStore.fromSnapshot('cuSS'), TypeError);
});
