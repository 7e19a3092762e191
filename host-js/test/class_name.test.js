/**
 * The names of classes, read from the store.
 */

import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateRawSync } from 'node:zlib';

import { TABLE_METATABLES } from '../abi.js';
import { classNameOf } from '../class_name.js';
import { Cu, CuError, encode, encodeKey, ExternalTable, LuaFunction, MemoryStore } from '../index.js';
import { withModule } from './module.js';

/** Table 7 with the metatable 8, which has this under `__name`. */
function storeOf(name, metatable = new ExternalTable(8)) {
  const store = new MemoryStore();
  store.set(TABLE_METATABLES, encodeKey(7), encode(metatable));
  if (name !== undefined) store.set(8, encodeKey('__name'), name instanceof Uint8Array ? name : encode(name));
  return store;
}

test('a name that is text is the name, whatever its length; nothing else is', () => {
  const long = 'Class'.repeat(1000);
  const plain = encode(long);
  const deflated = deflateRawSync(plain);
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, plain.length, true);
  head.setUint32(4, deflated.length, true);
  const compressed = Uint8Array.of(8, ...new Uint8Array(head.buffer), ...deflated);
  const cases = [
    ['Account', 'Account'], ['', ''], ['Žluťoučký 🐎', 'Žluťoučký 🐎'], [compressed, long], [undefined, undefined], [7, undefined], [true, undefined],
    [new ExternalTable(9), undefined], [Uint8Array.of(5, 4, 0, 0, 0, 9, 0, 0, 0), undefined], [encode(Uint8Array.of(0xff)), undefined],
  ];
  for (const [name, wanted] of cases) assert.equal(classNameOf(storeOf(name), 7), wanted, String(name));
  assert.equal(classNameOf(storeOf('Account'), 8), undefined);
  assert.equal(classNameOf(new MemoryStore(), 7), undefined);
});

test('a metatable that is no table is damage, with the table that has it', () => {
  for (const wrong of [7, null, [1]]) {
    assert.throws(() => classNameOf(storeOf('A', wrong), 7), (error) => error instanceof CuError && /^table 7 has a metatable that is no table/.test(error.message));
  }
});

test('a table without a metatable takes one look at the store, another one two', () => {
  const store = storeOf('Account');
  let looks = 0;
  const get = store.get.bind(store);
  store.get = (...what) => { looks++; return get(...what); };
  assert.equal(classNameOf(store, 9), undefined);
  assert.equal(looks, 1);
  assert.equal(classNameOf(store, 7), 'Account');
  assert.equal(looks, 3);
});

withModule((module) => {
  const CLASSES = `
    local Account = { __name = 'Account' }
    Account.__index = Account
    local Savings = setmetatable({ __name = 'Savings' }, Account)
    Savings.__index = Savings
    _home.one, _home.two = setmetatable({ n = 1 }, Account), setmetatable({}, Savings)
    _home.plain, _home.nameless, _home.Savings = {}, setmetatable({}, {}), Savings`;

  test('results, rows, the value of an error and what was read have the class that they have now', async () => {
    const cu = await Cu.create({ module });
    cu.compute(CLASSES);
    const names = (code) => cu.compute(code).values.map((value) => cu.className(value));
    const of = 'return _home.one, _home.two, _home.plain, _home.nameless, _home.Savings';
    assert.deepEqual(names(of), ['Account', 'Savings', undefined, undefined, 'Account']);
    const { values: [rows] } = cu.compute('_home.rows = { a = { x = _home.one } } return ext.query(_home.rows, { select = { "x" } })');
    assert.equal(cu.className(rows[0].x), 'Account');
    assert.equal(cu.className(cu.readHome({ depth: 1 }).two), 'Savings');
    assert.throws(() => cu.compute('error({ about = _home.two })'), ({ value }) => cu.className(value.about) === 'Savings');
    cu.compute("getmetatable(_home.one).__name = 'Konto'");
    assert.deepEqual(names(of), ['Konto', 'Savings', undefined, undefined, 'Konto']);
    cu.compute('setmetatable(_home.two, nil)');
    assert.deepEqual(names(of), ['Konto', undefined, undefined, undefined, 'Konto']);
    for (const [value, kind] of [[7, 'of type number'], [null, 'null'], [cu.compute('return setmetatable({}, getmetatable(_home.one))').value, 'of type object']]) {
      assert.throws(() => cu.className(value), { name: 'TypeError', message: `what has a class is ${kind}, and no ExternalTable` });
    }
  });

  test('a function of the host asks for the class of its arguments while the script runs', async () => {
    const seen = [];
    let cu;
    const look = (...args) => args.forEach((table) => seen.push(cu.className(table)));
    cu = await Cu.create({ module, functions: { look } });
    cu.compute(`${CLASSES} host.look(_home.one, _home.plain) getmetatable(_home.one).__name = 'Konto' host.look(_home.one)`);
    assert.deepEqual(seen, ['Account', undefined, 'Konto']);
  });
});
