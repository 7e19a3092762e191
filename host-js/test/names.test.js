/**
 * Names in bytes: what is kept answers as decoding would, whatever comes in between.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { Names } from '../names.js';
import { decodeText } from '../text.js';
import { randomBelow, seed } from './random.js';

const bytesOf = (text) => new TextEncoder().encode(text);

test('the text is that of the bytes, again and again', () => {
  const names = new Names();
  const all = [...Array.from({ length: 500 }, (_, at) => `http.name_${at}`), '', 'a', 'größe', 'x'.repeat(200), '\u{1f600}'];
  for (let round = 0; round < 3; round++) {
    for (const name of all) {
      const bytes = bytesOf(`<${name}>`);
      assert.equal(names.text(bytes, 1, bytes.length - 1), name);
    }
  }
});

test('what is kept is a text of these bytes, not of others with the same number', () => {
  const names = new Names();
  // 31 'a' + 'b' and 31 'b' + 'C' are the same.
  for (const name of ['ab', 'bC', 'ab', 'aab', 'abC', 'bC']) assert.equal(names.text(bytesOf(name), 0, name.length), name);
  assert.equal(names.text(bytesOf('ä'), 0, 2), 'ä');
  assert.equal(names.text(Uint8Array.of(0xe4), 0, 1), undefined, 'the unit of that letter is no UTF-8');
});

test('random names are what decoding answers', () => {
  const next = randomBelow(seed);
  const names = new Names();
  for (let round = 0; round < 20000; round++) {
    const bytes = Uint8Array.from({ length: next(4) }, () => (next(8) === 0 ? next(256) : 97 + next(3)));
    assert.equal(names.text(bytes, 0, bytes.length), decodeText(bytes, 0, bytes.length), `seed ${seed}, round ${round}: ${bytes}`);
  }
});
