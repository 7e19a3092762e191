// The module of `make wasm-minimal`: parts that it lacks are absent or give an error, and it does not damage a store of the
// whole module.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import {
  ABI_VERSION, CALL_SIGNATURE, CALL_VERSION, SECTION, TABLE_SYSTEM_FIRST, TAG_BIG_INTEGER, TAG_COMPRESSED, TAG_STRING,
} from '../../host-js/abi.js';
import { CELLS, FUNCTIONS, NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const whole = compile('dist/cu.wasm');
const minimal = compile('target/cu-minimal.wasm');
const key = (name) => `\x01${name}\x00`;
const WITHOUT_INTEGERS = /this module was built without big integers \(the feature 'bigint'\)/;
const WITHOUT_COMPRESSION = /this module was built without compression \(the feature 'deflate'\)/;

/** The module over a store that the other module has filled. */
function over(module, { tables }) {
  const store = new NaiveStore(module);
  store.tables = tables;
  return store;
}

function filled() {
  const store = new NaiveStore(whole);
  const { error } = store.run(`
    local bigint = require("bigint")
    local captured, long = bigint.new(2) ^ 100, ("captured "):rep(300)
    _home.big, _home.long = bigint.new(2) ^ 100, ("text "):rep(500)
    _home.plain, _home.add = 42, bigint.add
    function _home.of_big() return captured end
    function _home.of_long() return long end
    function _home.of_none() return 7 end`);
  assert.equal(error, undefined);
  assert.equal(store.tables.get(1).get(key('big')).charCodeAt(0), TAG_BIG_INTEGER);
  assert.equal(store.tables.get(1).get(key('long')).charCodeAt(0), TAG_COMPRESSED);
  return store;
}

/** The content that scripts have in the store, to compare. */
const content = ({ tables }) => [1, FUNCTIONS, CELLS].map((id) => [...tables.get(id)].sort());

test('it is smaller', () => {
  const [small, large] = ['target/cu-minimal.wasm', 'dist/cu.wasm']
    .map((path) => statSync(new URL(`../../${path}`, import.meta.url)).size);
  assert.ok(small < 0.85 * large, `${small} of ${large} bytes`);
});

test('each build says what is in it', () => {
  const said = (module) => JSON.parse(Buffer.from(WebAssembly.Module.customSections(module, SECTION)[0]).toString());
  const { version } = said(whole);
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.deepEqual(said(whole), { version, abi: ABI_VERSION, features: ['bigint', 'data', 'deflate'] });
  assert.deepEqual(said(minimal), { version, abi: ABI_VERSION, features: [] });
  const faults = compile('target/cu-faults.wasm');
  assert.deepEqual(said(faults), { ...said(whole), flags: ['faults'] });
});

test('names of what is left out are absent', () => {
  const store = new NaiveStore(minimal);
  for (const name of ['bigint', 'package.loaded.bigint', 'package.preload.bigint']) {
    assert.equal(store.run(`assert(${name} == nil)`).error, undefined, name);
  }
  assert.match(store.run('return require("bigint")').error, WITHOUT_INTEGERS);
  assert.match(store.run('return require("bigints")').error, /module 'bigints' not found/);
});

test('a module of that name in the store is found', () => {
  const store = new NaiveStore(minimal);
  const { error } = store.run('_home.modules = { bigint = { own = true } } assert(require("bigint").own)');
  assert.equal(error, undefined);
});

test('what it cannot read is an error that says what and which feature, and stays', () => {
  const store = over(minimal, filled());
  const before = content(store);
  for (const [code, message] of [
    ['return _home.big', WITHOUT_INTEGERS],
    ['return _home.add', WITHOUT_INTEGERS],
    ['return _home.of_big()', WITHOUT_INTEGERS],
    ['return _home.long', WITHOUT_COMPRESSION],
    ['return _home.of_long()', WITHOUT_COMPRESSION],
    ['for k, v in pairs(_home) do end', /this module was built without/],
  ]) {
    assert.match(store.run(code).error, message, code);
    store.exports.run_gc();
    assert.deepEqual(content(store), before, code);
  }
  assert.match(store.run('return _home.big').error, /the value under key 'big' of _home cannot be read/);
  assert.match(store.run('return _home.of_big').error, /its captured variable \d+ cannot be read/);
  assert.equal(store.run('assert(_home.plain == 42 and _home.of_none() == 7)').error, undefined);
  const again = over(whole, store);
  assert.equal(again.run(`local bigint = require("bigint")
    assert(_home.big == bigint.new(2) ^ 100 and _home.of_big() == _home.big and _home.add == bigint.add)
    assert(_home.long == ("text "):rep(500) and _home.of_long() == ("captured "):rep(300))`).error, undefined);
});

test('what it cannot read can be replaced and removed', () => {
  const store = over(minimal, filled());
  assert.equal(store.run('_home.big, _home.long = nil, "short"').error, undefined);
  assert.equal(store.run('assert(_home.big == nil and _home.long == "short")').error, undefined);
});

test('an atomic compute that fails at it leaves it', () => {
  const store = over(minimal, filled());
  store.configure({ atomic: true });
  const before = store.tables.get(1).get(key('big'));
  assert.match(store.run('_home.big = 1 return _home.long').error, WITHOUT_COMPRESSION);
  assert.equal(store.tables.get(1).get(key('big')), before);
});

test('long strings are stored as they are', () => {
  const store = new NaiveStore(minimal);
  store.configure({ compression: 100 });
  assert.equal(store.run('_home.x = ("a"):rep(100000)').error, undefined);
  assert.equal(store.tables.get(1).get(key('x')).charCodeAt(0), TAG_STRING);
  assert.equal(over(whole, store).run('assert(_home.x == ("a"):rep(100000))').error, undefined);
});

test('switches may name what is left out', () => {
  const store = new NaiveStore(minimal);
  store.configure({ permissions: { library: { 'bigint.pow': false, bigint: false } } });
  assert.equal(store.run('return 1').error, undefined);
});

test('what makes a database is left out, and the compute says so', () => {
  const store = over(minimal, filled());
  const before = content(store);
  assert.equal(store.run('assert(ext.query == nil and ext.transaction == nil and ext.size(_home) > 0)').error, undefined);
  const refused = (what) => new RegExp(`^${what} cannot be used: this module was built without .*\\(the feature 'data'\\)`);
  assert.match(store.run(`${CALL_SIGNATURE}${String.fromCharCode(CALL_VERSION)}`).error, refused('a call record'));
  store.configure({ transaction: 'open' });
  assert.match(store.run('_home.plain = 1').error, refused('config.transaction'));
  store.configure({});
  assert.deepEqual(content(store), before);
});

test('a table of an atomic compute that failed is gone', () => {
  const store = new NaiveStore(minimal);
  store.configure({ atomic: true });
  assert.match(store.run('made = { 1 } _home.made = made error("no")').error, /no/);
  assert.equal(store.run('assert(_home.made == nil)').error, undefined);
  assert.match(store.run('return made[1]').error, /this table is gone: the transaction that stored it failed/);
});

test('a store with an index is only read', () => {
  const store = new NaiveStore(whole);
  const { error } = store.run(`
    local count = 0
    function _home.count() count = count + 1 return count end
    _home.rows = { { age = 1 }, { age = 2 } }
    _home.other = {}
    ext.index(_home.rows, "age")`);
  assert.equal(error, undefined);
  const before = structuredClone(store.tables);
  const small = over(minimal, store);
  assert.equal(small.run('assert(_home.rows[2].age == 2)').error, undefined);
  for (const write of ['_home.rows[1].age = 3', '_home.rows[1] = nil', '_home.other.x = {}', 'rawset(_home, 1, 1)',
    'ext.drop(_home.rows)', 'table.insert(_home.rows, {})', 'table.remove(_home.rows)', 'local t = ext.table() t.x = 1']) {
    assert.match(small.run(write).error, /cannot be changed: the store has indexes, schemas or feeds, and this module/, write);
  }
  small.exports.run_gc();
  // The id of the last table was given.
  for (const [table, rows] of before) {
    if (table < TABLE_SYSTEM_FIRST) assert.deepEqual(small.tables.get(table), rows, `table ${table}`);
  }
  const again = over(whole, small);
  assert.equal(again.run('assert(ext.check(_home.rows)) assert(ext.count(_home.rows, { age = { ">=", 1 } }) == 2)').error, undefined);
});
