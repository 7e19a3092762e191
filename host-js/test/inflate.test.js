/**
 * Inflating against node:zlib: what it deflates comes back, and damaged streams are refused or not as there.
 */

import assert from 'node:assert/strict';
import test from 'node:test';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';

import { inflate } from '../codec/inflate.js';
import { DecodeError } from '../index.js';
import { randomBelow, seed } from './random.js';

const STRATEGIES = [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_RLE, constants.Z_FIXED];

/** Bytes of one letter, of few, of all; with and without repetition. */
function randomInput(below, most) {
  const alphabet = 1 + below(256);
  const input = Uint8Array.from({ length: below(most) }, () => below(alphabet));
  for (let copies = below(4); copies > 0 && input.length > 10; copies--) {
    const start = below(input.length);
    input.copyWithin(below(input.length), start, start + below(input.length));
  }
  return input;
}

function randomStream(below, input) {
  const options = { level: below(10), strategy: STRATEGIES[below(STRATEGIES.length)], memLevel: 1 + below(9) };
  return new Uint8Array(deflateRawSync(input, options));
}

/** The inflated stream, or undefined when it is refused. */
function inflated(stream, length) {
  try {
    return inflate(stream, length);
  } catch (error) {
    assert.ok(error instanceof DecodeError, error.stack);
    assert.ok(error.offset >= 0 && error.offset <= stream.length, error.message);
    return undefined;
  }
}

/** The same with zlib, which ignores bytes after the stream. */
function byZlib(stream, length) {
  try {
    const { buffer, engine } = inflateRawSync(stream, { info: true, maxOutputLength: length + 1 });
    return buffer.length === length && engine.bytesWritten === stream.length ? new Uint8Array(buffer) : undefined;
  } catch {
    return undefined;
  }
}

test(`what zlib deflates comes back (CU_SEED=${seed})`, () => {
  const below = randomBelow(seed);
  const kinds = new Set();
  for (let round = 0; round < 1000; round++) {
    const input = randomInput(below, round % 10 === 0 ? 100000 : 3000);
    const stream = randomStream(below, input);
    kinds.add(stream[0] >> 1 & 3);
    assert.deepEqual(inflate(stream, input.length), input);
  }
  assert.deepEqual([...kinds].sort(), [0, 1, 2], 'stored, fixed and dynamic blocks occur');
});

test('the longest copies and distances come back', () => {
  const far = new Uint8Array(32768 + 600);
  far.set(Uint8Array.from({ length: 300 }, (_, index) => index * 7));
  far.copyWithin(32768, 0, 300);
  for (const input of [new Uint8Array(0), new Uint8Array(1), new Uint8Array(2 ** 21), far]) {
    assert.deepEqual(inflate(new Uint8Array(deflateRawSync(input, { level: 9 })), input.length), input);
  }
});

test(`a stream that is cut, or of another length, is refused (CU_SEED=${seed})`, () => {
  const below = randomBelow(seed + 1);
  for (let round = 0; round < 60; round++) {
    const input = randomInput(below, 400);
    const stream = randomStream(below, input);
    for (let length = 0; length < stream.length; length++) {
      assert.equal(inflated(stream.subarray(0, length), input.length), undefined);
    }
    assert.equal(inflated(stream, input.length + 1), undefined);
    if (input.length > 0) assert.equal(inflated(stream, input.length - 1), undefined);
    assert.equal(inflated(Uint8Array.of(...stream, 0), input.length), undefined);
  }
});

test(`changed streams give what they give in zlib (CU_SEED=${seed})`, () => {
  const below = randomBelow(seed + 2);
  let accepted = 0;
  for (let round = 0; round < 200; round++) {
    const input = randomInput(below, 300);
    const original = randomStream(below, input);
    for (let change = 0; change < 40; change++) {
      const stream = original.slice();
      stream[below(stream.length)] = below(256);
      const found = inflated(stream, input.length);
      assert.deepEqual(found, byZlib(stream, input.length), Buffer.from(stream).toString('hex'));
      if (found !== undefined) accepted++;
    }
  }
  assert.ok(accepted > 0);
});

test(`random bytes give what they give in zlib (CU_SEED=${seed})`, () => {
  const below = randomBelow(seed + 3);
  for (let round = 0; round < 20000; round++) {
    const stream = Uint8Array.from({ length: 1 + below(40) }, () => below(256));
    const length = below(60);
    assert.deepEqual(inflated(stream, length), byZlib(stream, length), Buffer.from(stream).toString('hex'));
  }
});

test('a length that no stream can have costs nothing', () => {
  assert.equal(inflated(Uint8Array.of(3, 0), 0xffffffff), undefined);
  assert.equal(inflated(new Uint8Array(2 ** 22), 2 ** 31 + 1), undefined);
});
