/**
 * Keys against the golden vectors of abi/vectors, and what holds for all of them.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { KEY_BYTES, KEY_RESULT } from '../abi.js';
import {
  Cu, CuFloat, decodeKey, DecodeError, encodeKey, EncodeError, MemoryStore,
} from '../index.js';
import { withModule } from './module.js';
import { fc, forAll, seed } from './property.js';

const big = (text) => BigInt(text);

const { accepted, refused } = JSON.parse(readFileSync(new URL('../../abi/vectors/keys.json', import.meta.url), 'utf8'));

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const fromHex = (text) => new Uint8Array(Buffer.from(text, 'hex'));

/** The key of a tagged form; a string as its bytes. */
function fromTagged([kind, content]) {
  switch (kind) {
    case 'boolean': return content;
    case 'integer': return Number.isSafeInteger(Number(content)) ? Number(content) : big(content);
    case 'float': return Buffer.from(content, 'hex').readDoubleBE(0);
    case 'string': return fromHex(content);
    default: throw new Error(`${kind} is no key`);
  }
}

test('golden keys, both ways', () => {
  for (const { name, key, bytes, equal = [] } of accepted) {
    for (const tagged of [key, ...equal]) assert.equal(hex(encodeKey(fromTagged(tagged))), bytes, name);
    const decoded = decodeKey(fromHex(bytes));
    const plain = typeof decoded === 'string' ? new Uint8Array(Buffer.from(decoded)) : decoded;
    assert.deepEqual(plain, fromTagged(key), name);
    assert.equal(hex(encodeKey(decoded)), bytes, name);
  }
  assert.equal(hex(encodeKey('result')), Buffer.from(KEY_RESULT, 'latin1').toString('hex'));
});

test('what is no key is refused', () => {
  for (const { name, bytes } of refused) assert.throws(() => decodeKey(fromHex(bytes)), DecodeError, name);
});

test('a number that is an integer is that integer, whatever holds it', () => {
  for (const [key, same] of [[-0, 0], [new CuFloat(3), 3], [big(7), 7], [-(2 ** 63), big('-9223372036854775808')]]) {
    assert.equal(hex(encodeKey(key)), hex(encodeKey(same)));
  }
});

test('in exact mode floats are CuFloat', () => {
  assert.deepEqual(decodeKey(encodeKey(0.5), { exact: true }), new CuFloat(0.5));
  assert.equal(decodeKey(encodeKey(5), { exact: true }), 5);
});

test('values that cannot be keys are refused', () => {
  for (const key of [NaN, new CuFloat(NaN), null, undefined, [], {}, big('9223372036854775808')]) {
    assert.throws(() => encodeKey(key), EncodeError);
  }
  assert.equal(encodeKey('x'.repeat(KEY_BYTES - 2)).length, KEY_BYTES);
  assert.throws(() => encodeKey('x'.repeat(KEY_BYTES - 1)), /key: 4097 bytes; 4096 are the most/);
  assert.throws(() => encodeKey('\0'.repeat(KEY_BYTES / 2)), /key: 4098 bytes/);
  assert.throws(() => decodeKey(new Uint8Array(KEY_BYTES + 1).fill(1)), DecodeError);
});

/** Integers of every length in bytes. */
const integer = fc.tuple(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: 0n, max: 63n }))
  .map(([bits, shift]) => bits >> shift);
const order = (left, right) => (left < right ? -1 : left > right ? 1 : 0);

test(`integers sort as keys, and read back (CU_SEED=${seed})`, () => {
  forAll(5000, integer, integer, (left, right) => {
    assert.equal(Buffer.compare(encodeKey(left), encodeKey(right)), order(left, right));
    assert.equal(big(decodeKey(encodeKey(left))), left);
    const number = Number(left);
    const isFloat = number === 2 ** 63;
    assert.equal(hex(encodeKey(number)), isFloat ? '21c3e0000000000000' : hex(encodeKey(big(number))), String(number));
  });
});

test(`floats and strings sort as keys, and read back (CU_SEED=${seed})`, () => {
  const float = fc.double({ noNaN: true }).filter((number) => !Number.isInteger(number) || Math.abs(number) > 2 ** 63);
  forAll(5000, float, float, (left, right) => {
    assert.equal(Buffer.compare(encodeKey(left), encodeKey(right)), order(left, right));
    assert.deepEqual(decodeKey(encodeKey(left)), left);
  });
  // Zeros are escaped, and what follows them must not sort otherwise for that.
  const bytes = fc.array(fc.constantFrom(0, 1, 0xfe, 0xff), { maxLength: 6 }).map((items) => Uint8Array.from(items));
  forAll(5000, bytes, bytes, (left, right) => {
    assert.equal(Buffer.compare(encodeKey(left), encodeKey(right)), Buffer.compare(left, right));
  });
});

test(`nothing else is accepted (CU_SEED=${seed})`, () => {
  let accepted = 0;
  const bytes = fc.tuple(fc.nat({ max: 0x29 }), fc.uint8Array({ maxLength: 11 })).map(([tag, rest]) => Uint8Array.of(tag, ...rest));
  forAll(50000, bytes, (given) => {
    let key;
    try {
      key = decodeKey(given);
    } catch (error) {
      assert.ok(error instanceof DecodeError, error.stack);
      assert.ok(error.offset >= 0 && error.offset <= given.length);
      return;
    }
    accepted++;
    assert.equal(hex(encodeKey(key)), hex(given), String(key));
  });
  assert.ok(accepted > 100);
});

await withModule((module) => {
  test('the module writes the same keys', async () => {
    const store = new MemoryStore();
    const cu = await Cu.create({ module, store });
    cu.compute(accepted.map(({ lua }) => `_home[${lua}] = 1`).join('\n'));
    const keys = [];
    store.keys(cu.homeTable, undefined, false, (key) => keys.push(hex(key)));
    assert.deepEqual(keys, accepted.map(({ bytes }) => bytes));
  });
});
