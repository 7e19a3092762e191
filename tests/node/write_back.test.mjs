// Captured variables are written once after a compute, whatever their values are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** A store that refuses calls after this number: a module that asks for ever is stopped. */
const bearing = (most) => {
  const store = new NaiveStore(module);
  store.lie = () => assert.ok(store.calls <= most, `${store.calls} calls of the host`);
  return store;
};

const VALUES = {
  nil: 'nil', boolean: 'true', integer: '1', float: '0.5', string: '"text"', 'long string': '("x"):rep(3000)',
  'library function': 'print', 'library function with a variable of its own': 'math.random', library: 'string',
  'stored function': '_home.stored', 'new function': 'function() return 1 end', 'external table': '_home',
  'new table': '{ 1, { 2 } }', 'big integer': 'require("bigint").new(2) ^ 99', thread: 'coroutine.create(print)',
  iterator: '("x"):gmatch("x")', 'function that cannot be stored': '(function() local c = coroutine.create(print) return function() return c end end)()',
};

for (const [name, value] of Object.entries(VALUES)) {
  test(`a captured variable with a ${name}`, () => {
    const store = bearing(100);
    assert.equal(store.run('function _home.stored() return 1 end').error, undefined);
    // The function captures the variable before it has the value, and after.
    for (const code of [
      `local v function _home.set() v = ${value} end function _home.get() return v end`,
      '_home.set()',
      'return type(_home.get())',
      'return 1',
      `local v = ${value} function _home.with() return v end`,
      'return 1',
    ]) {
      store.calls = 0;
      store.run(code);
    }
    store.calls = 0;
    assert.deepEqual(store.run('local t = ext.table() t.x = { 1 } return t.x[1]').values, [1]);
  });
}

test('a variable that every library function has been captured in', () => {
  const store = bearing(50);
  const { values: [names] } = store.run(`
    bigint = require('bigint')
    local names = {}
    for library, functions in pairs(package.loaded) do
      if type(functions) == 'table' and library ~= '_G' then
        for name, f in pairs(functions) do if type(f) == 'function' then names[#names + 1] = library .. '.' .. name end end
      end
    end
    return names`);
  assert.ok(names.length > 80, `${names.length}`);
  for (const name of names) {
    store.calls = 0;
    assert.equal(store.run(`local f = ${name} function _home.f() return f end`).error, undefined, name);
    store.calls = 0;
    assert.deepEqual(store.run(`return _home.f() == ${name}`).values, [true], name);
    store.restart();
    store.run("bigint = require('bigint')");
    store.calls = 0;
    assert.deepEqual(store.run(`return _home.f() == ${name}`).values, [true], `${name}, after a restart`);
  }
});

test('many variables are written once each', () => {
  const store = bearing(Infinity);
  assert.equal(store.run(`
    fs = {} for i = 1, 200 do local v = 0 _home[i] = function(x) v = x return v end fs[i] = _home[i] end`).error, undefined);
  for (const value of ['i', 'math.random', '{ i }', 'function() return i end', 'coroutine.create(print)']) {
    store.calls = 0;
    store.run(`for i = 1, 200 do fs[i](${value}) end`);
    assert.ok(store.calls <= 200 * 8, `${value}: ${store.calls} calls`);
  }
});

test('what the budget does not cover is owed, fails one compute, and is written by the next ones', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  cu.compute(`s = ("x"):rep(1000):rep(300) _home.set = {} _home.get = {}
    for i = 1, 20 do local v = i _home.set[i] = function(x) v = x end _home.get[i] = function() return v end end
    set = {} for i = 1, 20 do set[i] = _home.set[i] end`);
  const saved = async () => {
    const other = await Cu.create({ module, store });
    return other.compute('local n = 0 for i = 1, 20 do if type(_home.get[i]()) == "string" then n = n + 1 end end return n').value;
  };
  assert.throws(() => cu.compute('for i = 1, 20 do set[i](s) end', { instructions: 100_000 }), /the budget of 100000 instructions is used up/);
  let before = await saved();
  assert.ok(before < 20, `${before}`);
  for (let computes = 0; before < 20; computes += 1) {
    assert.ok(computes < 20, 'each compute writes one at least');
    assert.equal(cu.compute('return 1', { instructions: 10_000 }).value, 1);
    const now = await saved();
    assert.ok(now > before, `${now} after ${before}`);
    before = now;
  }
  assert.equal(cu.compute('return #_home.get[20]()').value, 300_000);
});
