/**
 * Units of changes in the file of a store.
 */

import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import test from 'node:test';

import { FileStore } from '../node.js';
import { content, contentOf, durable, inFolder } from './folder.js';
import { randomBelow, seed } from './random.js';

const bytes = (...numbers) => Uint8Array.from(numbers);

test(`a file that ends within a unit has nothing of it, wherever it ends (CU_SEED=${seed})`, () => inFolder((path) => {
  const below = randomBelow(seed);
  const store = FileStore.open(path);
  const states = [];
  const keep = () => {
    store.flush();
    states.push({ length: statSync(path).size, content: content(store) });
  };
  keep();
  for (let unit = 0; unit < 12; unit++) {
    const isUnit = below(4) > 0;
    if (isUnit) store.begin();
    for (let change = isUnit ? below(5) : 1; change > 0; change--) {
      store.set(1 + below(2), bytes(below(5)), new Uint8Array(below(9)).fill(change));
      // A batch may be written at any time.
      if (isUnit && below(3) === 0) store.flush();
    }
    if (isUnit && below(3) === 0) store.rollBack();
    else if (isUnit) store.commit();
    keep();
  }
  store.close();
  const whole = readFileSync(path);
  const cut = `${path}.cut`;
  for (let length = states[0].length; length <= whole.length; length++) {
    writeFileSync(cut, whole.subarray(0, length));
    const expected = states.filter((state) => state.length <= length).at(-1);
    assert.equal(contentOf(cut), expected.content, `${length} of ${whole.length} bytes`);
  }
}));

test('a unit larger than a batch is undone in the file, too', () => inFolder((path) => {
  const store = FileStore.open(path);
  store.set(1, bytes(1), bytes(1));
  store.flush();
  const [before, size] = [content(store), statSync(path).size];
  store.begin();
  for (let number = 0; number < 100; number++) store.set(2, bytes(number), new Uint8Array(10000));
  assert.ok(statSync(path).size > size);
  assert.equal(durable(path), before);
  assert.throws(() => store.compact(), /a unit of changes is open/);
  store.rollBack();
  assert.deepEqual([content(store), statSync(path).size], [before, size]);
  store.set(1, bytes(2), bytes(2));
  store.flush();
  assert.equal(durable(path), content(store));
  store.close();
}));
