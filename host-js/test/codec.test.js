/**
 * The codec: round trips of values, truncated bytes, the table of types in README.md.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { VALUE_DEPTH } from '../abi.js';
import {
  CuBigInteger, CuFloat, decode, decodeAll, DecodeError, encode, EncodeError, ExternalTable, LibraryFunction,
  LuaFunction,
} from '../index.js';
import { fc, forAll, seed } from './property.js';

const ROUNDS = 2000;

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'Z', '0', ' ', '\0', 'é', '€', '\u{1F600}', '\uFEFF', '__proto__'), maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 10 }),
);
const id = fc.nat({ max: 2 ** 32 - 1 });

/** Values that exact mode gives back deeply equal; none is nil where a table would lose it. */
const { value, table } = fc.letrec((tie) => ({
  scalar: fc.oneof(
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.double().map((float) => new CuFloat(float)),
    fc.nat({ max: 1000 }).map((integer) => new CuFloat(integer)),
    text,
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Uint8Array.of(0xff, ...bytes)),
    fc.bigInt({ min: -(2n ** 320n), max: 2n ** 320n }).map((integer) => new CuBigInteger(integer)),
    id.map((number) => new LuaFunction(number)),
    id.map((number) => new ExternalTable(number)),
    fc.constant(new LibraryFunction('math.floor')),
  ),
  inner: fc.oneof({ maxDepth: 4, depthSize: 'small' }, tie('scalar'), tie('table')),
  table: fc.oneof(
    fc.array(tie('inner'), { maxLength: 6 }),
    fc.array(fc.tuple(text, tie('inner')), { maxLength: 6 }).map((fields) => Object.fromEntries([['one', 1], ...fields])),
    fc.array(fc.tuple(fc.integer({ min: -500, max: 500 }), tie('inner')), { maxLength: 6 })
      .map((pairs) => new Map([[0, false], ...pairs])),
  ),
  value: fc.oneof(fc.constant(null), tie('scalar'), tie('table')),
}));

test(`values survive a round trip in exact mode (CU_SEED=${seed})`, () => {
  forAll(ROUNDS, value, (given) => assert.deepEqual(decode(encode(given), { exact: true }), given));
});

test(`plain decoding loses kinds of number once and nothing after (CU_SEED=${seed})`, () => {
  forAll(ROUNDS, value, (given) => {
    const plain = decode(encode(decode(encode(given))));
    assert.deepEqual(decode(encode(plain)), plain);
  });
});

test(`truncation at every byte is a DecodeError inside the bytes (CU_SEED=${seed})`, () => {
  forAll(ROUNDS / 10, value, (given) => {
    const bytes = encode(given);
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => decode(bytes.subarray(0, length)), (error) => (
        error instanceof DecodeError && error.offset >= 0 && error.offset <= length
      ));
    }
  });
});

test(`changed bytes give a value or a DecodeError, never anything else (CU_SEED=${seed})`, () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 3 });
  forAll(ROUNDS, fc.oneof(value, table), changes, (given, changed) => {
    const bytes = encode(given);
    for (const [place, byte] of changed) bytes[place % bytes.length] = byte;
    try {
      decode(bytes);
    } catch (error) {
      assert.ok(error instanceof DecodeError, String(error));
    }
  });
});

test('numbers: integers where they are safe, floats otherwise', () => {
  assert.equal(encode(3)[0], 2);
  assert.equal(encode(-0)[0], 3);
  assert.equal(encode(0.5)[0], 3);
  assert.equal(encode(2 ** 53)[0], 3);
  assert.equal(encode(new CuFloat(3))[0], 3);
  assert.equal(encode(BigInt(3))[0], 2);
  assert.equal(encode(-(BigInt(2) ** BigInt(63)))[0], 2);
  assert.equal(encode(BigInt(2) ** BigInt(63))[0], 11);
  assert.equal(encode(new CuBigInteger(BigInt(3)))[0], 11);
  assert.ok(Object.is(decode(encode(-0)), -0));
  assert.equal(decode(encode(new CuFloat(3))), 3);
});

test('a float key with an integral value decodes in plain mode as that number', () => {
  assert.deepEqual(decode(encode(new Map([[new CuFloat(1), 'a']]))), ['a']);
});

// An array was walked by its length, so one entry at the highest index took more than a minute. Now its entries are
// walked, whatever its length.
test('an array takes the time of its entries, not of its length', () => {
  const longest = 2 ** 32 - 1;
  const last = [];
  last[longest - 1] = 1;
  const empty = [];
  empty.length = longest;
  const beyond = Array.from({ length: 1000 }, (_, index) => index);
  beyond[longest - 1] = 'end';
  const spread = [];
  const pairs = Array.from({ length: 1000 }, (_, entry) => [entry * 4000000 + 1, entry]);
  for (const [key, entry] of pairs) spread[key - 1] = entry;
  const begun = performance.now();
  assert.deepEqual(decode(encode(last)), new Map([[longest, 1]]));
  assert.deepEqual(decode(encode(empty)), []);
  assert.deepEqual(decode(encode(new Array(3e7))), []);
  assert.deepEqual(decode(encode({ a: { b: [last, empty] } })), { a: { b: [new Map([[longest, 1]]), []] } });
  assert.deepEqual(decode(encode(Array.from({ length: 500 }, () => last))).length, 500);
  const decoded = decode(encode(beyond));
  assert.deepEqual([decoded.size, decoded.get(1000), decoded.get(longest)], [1001, 999, 'end']);
  assert.deepEqual(decode(encode(spread)), new Map(pairs));
  const milliseconds = performance.now() - begun;
  assert.ok(milliseconds < 5000, `${milliseconds} ms`);
});

test('only the elements of an array are encoded, whether it has holes or not', () => {
  const dense = [1, null, undefined, 4];
  dense.name = 'not an element';
  dense[4294967295] = 'no index of an array';
  assert.deepEqual(decode(encode(dense)), new Map([[1, 1], [4, 4]]));
  const sparse = [1];
  sparse[100000] = null;
  sparse[200000] = 2;
  sparse[300000] = undefined;
  sparse.name = 'not an element';
  for (const name of [4294967295, -1, 250000.5, '0300']) sparse[name] = 'no index of an array';
  Object.defineProperty(sparse, 250000, { value: 'hidden', enumerable: false });
  assert.deepEqual(decode(encode(sparse)), new Map([[1, 1], [200001, 2], [250001, 'hidden']]));
});

test('a refusal within a sparse array names the index', () => {
  const array = [];
  array[4000000000] = { f() {} };
  assert.throws(() => encode(array), { message: 'value[4000000001].f: a function has no encoding' });
  const around = [];
  around[4000000000] = [around];
  assert.throws(() => encode(around), { message: 'value[4000000001][1]: the value contains itself' });
});

test('a number that is no id of a function or of a table has no encoding', () => {
  for (const id of [-1, 1.5, 2 ** 32, '7', undefined]) {
    assert.throws(() => encode(new LuaFunction(id)), { message: `value: ${id} is not the id of a function` });
    assert.throws(() => encode(new ExternalTable(id)), { message: `value: ${id} is not the id of a table` });
  }
});

test('typed arrays have no encoding, except Uint8Array', () => {
  assert.deepEqual(decode(encode(Uint8Array.of(0xff))), Uint8Array.of(0xff));
  for (const Type of [Int8Array, Uint8ClampedArray, Uint16Array, Int32Array, Float32Array, Float64Array, BigInt64Array]) {
    assert.throws(() => encode(new Type(1e6)), { message: `value: a ${Type.name} has no encoding` });
  }
});

test('undefined is nil; nil in a container is absent', () => {
  assert.equal(decode(encode(undefined)), null);
  assert.deepEqual(decode(encode({ a: undefined, b: null, c: 1 })), { c: 1 });
  assert.deepEqual(decode(encode(['a', , null, 'd'])), new Map([[1, 'a'], [4, 'd']]));
});

test('a sequence is an Array whatever the order of its pairs', () => {
  assert.deepEqual(decode(encode(new Map([[2, 'b'], [1, 'a']]))), ['a', 'b']);
  assert.deepEqual(decode(encode(new Map([[1, 'a'], [3, 'c']]))), new Map([[1, 'a'], [3, 'c']]));
});

test('an empty table is an empty Array', () => {
  assert.deepEqual(decode(encode({})), []);
  assert.deepEqual(decode(encode(new Map())), []);
});

test('a table whose keys begin with texts is a Map if others follow, with the keys in their order', () => {
  const mixed = new Map([['10', 'a'], ['9', 'b'], ['__proto__', 'c'], [5, 'd'], ['last', 'e']]);
  assert.deepEqual([...decode(encode(mixed))], [...mixed]);
});

test('the key __proto__ is a key like any other', () => {
  const decoded = decode(encode(new Map([['__proto__', { polluted: true }]])));
  assert.deepEqual(Object.keys(decoded), ['__proto__']);
  assert.equal(Object.getPrototypeOf(decoded), Object.prototype);
  assert.equal(decoded.polluted, undefined);
});

test('values that follow one another decode together', () => {
  assert.deepEqual(decodeAll(Buffer.concat([encode(1), encode('two'), encode([3])])), [1, 'two', [3]]);
  assert.deepEqual(decodeAll(new Uint8Array(0)), []);
});

test('decoded values do not share memory with the bytes', () => {
  const bytes = encode(Uint8Array.of(0xff, 1));
  const value = decode(bytes);
  bytes.fill(0);
  assert.deepEqual(value, Uint8Array.of(0xff, 1));
});

function refused(value, message) {
  assert.throws(() => encode(value), (error) => {
    assert.ok(error instanceof EncodeError, String(error));
    assert.equal(error.message, message);
    return true;
  });
}

test('a value without an encoding is refused with its path', () => {
  refused(() => 1, 'value: a function has no encoding');
  refused(Symbol('x'), 'value: a symbol has no encoding');
  refused({ users: [{ 'first name': new Date() }] }, 'value.users[1]["first name"]: a Date has no encoding');
  refused({ list: new Uint16Array(1) }, 'value.list: a Uint16Array has no encoding');
  refused(new Map([[NaN, 1]]), 'value[NaN]: nil and NaN are no keys');
  refused(new Map([[null, 1]]), 'value[null]: nil and NaN are no keys');
  refused(new ExternalTable(-1), 'value: -1 is not the id of a table');
  refused(new LibraryFunction('os exit'), "value: 'os exit' is not the name of a library function");
});

test('a value that contains itself is refused, one that occurs twice is not', () => {
  const knot = { a: { b: {} } };
  knot.a.b.back = knot;
  refused(knot, 'value.a.b.back: the value contains itself');
  const shared = [1];
  assert.deepEqual(decode(encode([shared, shared])), [[1], [1]]);
});

test(`tables nest ${VALUE_DEPTH} deep and no deeper`, () => {
  let value = [];
  for (let depth = 1; depth < VALUE_DEPTH; depth++) value = [value];
  assert.deepEqual(decode(encode(value)), value);
  refused([value], `value${'[1]'.repeat(VALUE_DEPTH)}: tables nest at most ${VALUE_DEPTH} deep`);
});

test('text is encoded without encodeInto, too, as in Safari 13', () => {
  const { encodeInto } = TextEncoder.prototype;
  const text = 'é€\u{1F600}'.repeat(100);
  const expected = encode(text);
  TextEncoder.prototype.encodeInto = undefined;
  try {
    assert.deepEqual(encode(text), expected);
  } finally {
    TextEncoder.prototype.encodeInto = encodeInto;
  }
});
