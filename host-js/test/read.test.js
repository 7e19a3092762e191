/**
 * Tables as plain values, read from the store.
 */

import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateRawSync } from 'node:zlib';

import {
  Cu, CuError, CuFloat, DecodeError, encode, encodeKey, ExternalTable, LibraryFunction, LimitError, LuaFunction,
  MemoryStore, StateError,
} from '../index.js';
import { readTable } from '../read.js';
import { withModule } from './module.js';

/** A store with these rows of table 7. */
function storeOf(...rows) {
  const store = new MemoryStore();
  for (const [key, value] of rows) {
    store.set(7, encodeKey(key), value instanceof Uint8Array ? value : encode(value));
  }
  return store;
}

/** A stored string as the module compresses it, or other deflated bytes. */
function compressed(text, plain = encode(text)) {
  const deflated = deflateRawSync(plain);
  const bytes = new Uint8Array(9 + deflated.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 8;
  view.setUint32(1, plain.length, true);
  view.setUint32(5, deflated.length, true);
  bytes.set(deflated, 9);
  return bytes;
}

test('keys decide what a table becomes', () => {
  assert.deepEqual(readTable(new MemoryStore(), 7), []);
  assert.deepEqual(readTable(storeOf([1, 'a'], [2, 'b']), 7), ['a', 'b']);
  assert.deepEqual(readTable(storeOf(['a', 1], ['b', [1, { c: 2 }]]), 7), { a: 1, b: [1, { c: 2 }] });
  assert.deepEqual(readTable(storeOf([1, 'a'], [3, 'c']), 7), new Map([[1, 'a'], [3, 'c']]));
  assert.deepEqual(readTable(storeOf([1, 'a'], ['n', 1]), 7), new Map([['n', 1], [1, 'a']]));
  assert.deepEqual(readTable(storeOf([true, 1], [0.5, 2]), 7), new Map([[0.5, 2], [true, 1]]));
  assert.deepEqual(readTable(storeOf([Uint8Array.of(0xff), 1]), 7), new Map([[Uint8Array.of(0xff), 1]]));
  assert.deepEqual(readTable(storeOf([0.5, 1.5]), 7, { exact: true }), new Map([[new CuFloat(0.5), new CuFloat(1.5)]]));
  const many = Array.from({ length: 1000 }, (_, index) => index);
  assert.deepEqual(readTable(storeOf(...many.map((each) => [each + 1, each])), 7), many);
});

test('a key __proto__ is a property like any other', () => {
  const table = readTable(storeOf(['__proto__', { polluted: true }], ['constructor', 1]), 7);
  assert.equal(Object.getPrototypeOf(table), Object.prototype);
  assert.equal(table.polluted, undefined);
  assert.deepEqual(Object.keys(table), ['__proto__', 'constructor']);
  const nested = storeOf(['__proto__', new ExternalTable(8)]);
  nested.set(8, encodeKey('polluted'), encode(true));
  assert.equal(readTable(nested, 7).polluted, undefined);
  assert.deepEqual(Object.getOwnPropertyDescriptor(readTable(nested, 7), '__proto__').value, { polluted: true });
});

test('a table that occurs twice is one value, also within itself and within an inline table', () => {
  const store = storeOf(['me', new ExternalTable(7)], ['list', [new ExternalTable(8), new ExternalTable(8)]]);
  store.set(8, encodeKey('up'), encode(new ExternalTable(7)));
  const table = readTable(store, 7);
  assert.equal(table.me, table);
  assert.equal(table.list[0], table.list[1]);
  assert.equal(table.list[0].up, table);
});

test('a long chain of tables needs no stack', () => {
  const store = new MemoryStore();
  for (let id = 10; id < 50010; id++) store.set(id, encodeKey('next'), encode(new ExternalTable(id + 1)));
  let length = 0;
  for (let table = readTable(store, 10); table.next !== undefined; table = table.next) length++;
  assert.equal(length, 50000);
});

test('below the depth tables stay references, unless they also occur higher up', () => {
  const store = storeOf(['deep', new ExternalTable(8)], ['zero', new ExternalTable(9)]);
  store.set(8, encodeKey(1), encode(new ExternalTable(9)));
  store.set(9, encodeKey(1), encode(new ExternalTable(10)));
  store.set(10, encodeKey(1), encode('bottom'));
  assert.deepEqual(readTable(store, 7, { depth: 1 }), { deep: new ExternalTable(8), zero: new ExternalTable(9) });
  const two = readTable(store, 7, { depth: 2 });
  assert.deepEqual(two, { deep: [[new ExternalTable(10)]], zero: [new ExternalTable(10)] });
  assert.equal(two.deep[0], two.zero);
  assert.deepEqual(readTable(store, 7), { deep: [[['bottom']]], zero: [['bottom']] });
  for (const depth of [0, NaN, 'x']) assert.throws(() => readTable(store, 7, { depth }), RangeError);
});

test('more entries than the limit are an error with the number', () => {
  const store = storeOf([1, new ExternalTable(8)], [2, 'x']);
  store.set(8, encodeKey(1), encode('y'));
  assert.deepEqual(readTable(store, 7, { limit: 3 }), [['y'], 'x']);
  assert.throws(() => readTable(store, 7, { limit: 2 }), (error) => (
    error instanceof LimitError && error.limit === 2 && error.message === 'more than 2 entries; table 8 goes beyond the limit'
  ));
  for (const limit of [-1, NaN]) assert.throws(() => readTable(store, 7, { limit }), RangeError);
});

test('compressed strings arrive as strings', () => {
  const text = 'é and so on, '.repeat(1000);
  const bytes = Uint8Array.of(0xff, ...new Uint8Array(5000));
  assert.deepEqual(readTable(storeOf(['text', compressed(text)], ['bytes', compressed(bytes)]), 7), { text, bytes });
});

test('damage is named with table and key', () => {
  const named = (store, message, offset) => {
    assert.throws(() => readTable(store, 7), (error) => {
      assert.ok(error instanceof DecodeError, error.stack);
      assert.ok(error.message.startsWith(message), error.message);
      assert.equal(error.offset, offset);
      return true;
    });
  };
  named(storeOf([1, Uint8Array.of(4, 9, 0, 0, 0)]), 'table 7, key 1501: string of 9 bytes where 0 are left at byte 1', 1);
  named(storeOf([1, Uint8Array.of(0, 0)]), 'table 7, key 1501: bytes after the value', 1);
  named(storeOf([1, Uint8Array.of(8, 0, 0)]), 'table 7, key 1501: the bytes end inside a value', 3);
  named(storeOf([1, compressed('xxxxxx').slice(0, -1)]), 'table 7, key 1501: compressed value of', 5);
  named(storeOf([1, compressed('', encode(7))]), 'table 7, key 1501: a compressed value that is no string', 9);
  named(storeOf([1, compressed('', Uint8Array.of(4, 2, 0, 0, 0, 120))]), 'table 7, key 1501: a compressed value that is no', 9);
  named(storeOf([1, compressed('', compressed('x'))]), 'table 7, key 1501: a compressed value that is no string', 9);
  const short = compressed('xxxxxx');
  short[1]++;
  named(storeOf([1, short]), 'table 7, key 1501: inflating: the stream ends after 11 of 12 bytes', short.length);
  const store = storeOf();
  store.set(7, Uint8Array.of(0x30), encode(1));
  named(store, 'table 7, key 30: no key begins like this', 0);
  const lying = storeOf([1, 1]);
  lying.get = () => undefined;
  assert.throws(() => readTable(lying, 7), CuError);
});

test('every part and every changed byte of a compressed string is an error or a string', () => {
  const whole = compressed('a string, a string of no great length, a string');
  const store = storeOf([1, whole]);
  const key = encodeKey(1);
  const read = (bytes) => {
    store.set(7, key, bytes);
    try {
      return readTable(store, 7)[0];
    } catch (error) {
      assert.ok(error instanceof DecodeError, error.stack);
      assert.match(error.message, /^table 7, key 1501: /);
      assert.ok(error.offset >= 0 && error.offset <= bytes.length, error.message);
      return undefined;
    }
  };
  for (let end = 0; end < whole.length; end++) assert.equal(read(whole.subarray(0, end)), undefined, `${end} bytes`);
  assert.equal(read(Uint8Array.of(...whole, 0)), undefined);
  let accepted = 0;
  for (let at = 1; at < whole.length; at++) {
    for (let byte = 0; byte < 256; byte++) {
      const changed = whole.slice();
      changed[at] = byte;
      const found = read(changed);
      if (found === undefined) continue;
      accepted++;
      assert.ok(typeof found === 'string' || found instanceof Uint8Array);
      if (typeof found === 'string') assert.equal(Buffer.byteLength(found), 47);
    }
  }
  assert.ok(accepted > 100);
});

await withModule((module) => {
  test('values are read as a script stored them', async () => {
    const cu = await Cu.create({ module });
    const { value } = cu.compute(`
      _home.shared = { 1, 2, 3 }
      _home.users = { ada = { age = 36, tags = _home.shared }, all = _home.shared, [1] = 'mixed', [-0.5] = false }
      _home.me = _home
      _home.f, _home.format, _home.empty = function() end, string.format, {}
      return _home.users
    `);
    assert.ok(value instanceof ExternalTable);
    const users = cu.read(value);
    assert.deepEqual([...users.keys()], ['ada', 'all', 1, -0.5]);
    assert.deepEqual(users.get('ada'), { age: 36, tags: [1, 2, 3] });
    assert.equal(users.get('ada').tags, users.get('all'));
    const home = cu.readHome();
    assert.equal(home.me, home);
    assert.deepEqual(home.users, users);
    assert.ok(home.f instanceof LuaFunction);
    assert.deepEqual([home.format, home.empty], [new LibraryFunction('string.format'), []]);
    assert.deepEqual(cu.readHome({ depth: 1 }).users, value);
    assert.equal((await Cu.create({ module, store: cu.store, exact: true })).readHome().users.get('ada').age, 36);
    assert.throws(() => cu.read(7), TypeError);
  });

  test('_io is read also while it holds a spilled result', async () => {
    const cu = await Cu.create({ module });
    cu.computeRaw('_io.output = { list = { 1, 2 } } return ("x"):rep(70000), 2');
    assert.equal(cu.store.size(2), 2);
    assert.deepEqual(cu.read(new ExternalTable(2)), { output: { list: [1, 2] } });
  });

  test('an instance that is running is not read from', async () => {
    let error;
    let cu;
    const onEvent = () => { try { cu.readHome(); } catch (caught) { error = caught; } };
    cu = await Cu.create({ module, config: { output: 0 }, onEvent });
    cu.compute('print("x")');
    assert.ok(error instanceof StateError);
  });
});
