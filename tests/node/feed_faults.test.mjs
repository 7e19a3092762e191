// Feeds over a host that fails or dies at call n, for every n of changes of every kind: afterwards, and in a new instance, whoever makes the
// changes of a feed has what the table has. What a change that was not complete left is told once more.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { breakEachCall } from './broken_hosts.mjs';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const faulty = compile('target/cu-faults.wasm');
const FEEDS = readFileSync(new URL('../lua/feeds.lua', import.meta.url), 'utf8');

const START = `_home.u = {} ext.feed(_home.u, { values = true, count = 12 }) _home.v = {} ext.feed(_home.v)
  _home.u.ada = { age = 36, address = { city = 'Oslo' } } _home.u.bob = { age = 20 } _home.v.ada = _home.u.ada
  ext.index(_home.u, 'age')`;

const CHANGES = {
  'a new row': "_home.u.eve = { age = 50, address = { city = 'Rome' } }",
  'a row replaced': "_home.u.ada = { age = 37, address = { city = 'Rome' } }",
  'a row removed': '_home.u.ada = nil',
  'a field of a row in two tables': '_home.u.ada.age = 40',
  'a nested field': "_home.u.ada.address.city = 'Lima'",
  'a nested table': "_home.u.ada.address = { city = 'Lima' }",
  'a row twice': '_home.u.x = _home.u.ada _home.u.ada.age = 7',
  'a shared part': "_home.u.bob.address = _home.u.ada.address _home.u.ada.address.city = 'Rome'",
  'everything dropped': 'ext.drop(_home.u)',
  'changes that push others out': 'for n = 1, 12 do _home.v[n] = n end ext.feed(_home.v, { count = 3 }) _home.v[13] = 1 _home.v[14] = 2',
  'a feed switched on': 'ext.feed(_home, { values = true }) _home.w = 1',
  'a feed switched off and on': 'ext.feed(_home.v, false) _home.v.y = 1 ext.feed(_home.v, true) _home.v.z = 1',
};

function run(store, code, context) {
  const answer = store.run(`${FEEDS} ${code}`);
  assert.equal(answer.error, undefined, context);
  return answer.values;
}

const ROWS = 'return feeds.text(feeds.copy(_home.u, {})), feeds.text(feeds.copy(_home.v, {}))';

function check(store, context) {
  run(store, "feeds.check(_home.u, true) assert(ext.check(_home.u)) assert(ext.check(_home.v)) local f = ext.feed(_home.v) if f then assert(ext.changes(_home.v, f.first - 1)) end", context);
}

for (const isAtomic of [false, true]) {
  for (const [name, code] of Object.entries(CHANGES)) {
    test(`${name}${isAtomic ? ', atomic' : ''}: a host that fails or dies at any call`, () => {
      const change = (store) => {
        store.configure(isAtomic ? { atomic: true } : null);
        const answer = store.run(code);
        store.configure(null);
        return answer;
      };
      const begin = () => {
        const store = new NaiveStore(module);
        assert.equal(store.run(START).error, undefined);
        return store;
      };
      const whole = begin();
      const states = [run(whole, ROWS, 'before')];
      assert.equal(change(whole).error, undefined);
      states.push(run(whole, ROWS, 'after'));
      check(whole, 'without a failure');
      const isOneOf = (found) => states.some((state) => JSON.stringify(state) === JSON.stringify(found));
      breakEachCall(begin, change, (store, context) => {
        check(store, context);
        if (isAtomic) assert.ok(isOneOf(run(store, ROWS, context)), context);
      });
    });
  }
}

test('every allocation fails: the feed agrees with the table', (t) => {
  let failed = 0;
  const all = Object.entries(CHANGES).filter(([name]) => !/switched|push others/.test(name)).map(([, code]) => `if not pcall(function() ${code} end) then bad = bad + 1 end`);
  const code = `local bad = 0 ${all.join('\n')} return bad`;
  const begin = () => {
    const store = new NaiveStore(faulty);
    assert.equal(store.run(START.replace('count = 12', 'count = 100')).error, undefined);
    return store;
  };
  // Some changes need what others removed.
  const [usual] = begin().run(code).values;
  for (const isAtomic of [false, true]) {
    for (const count of [1, 3, 0]) {
      for (let [first, clean] = [1, 0]; clean < 3; first += 1, failed += 1) {
        assert.ok(first < 5000);
        const store = begin();
        store.configure({ atomic: isAtomic, fail_allocation: first, fail_count: count });
        const { error, values } = store.run(code);
        store.configure(null);
        clean = error === undefined && values[0] === usual ? clean + 1 : 0;
        check(store, `allocation ${first}, ${count}: ${error}`);
        store.restart();
        check(store, `allocation ${first}, ${count}, in a new instance: ${error}`);
      }
    }
  }
  t.diagnostic(`${failed} allocations failed`);
  assert.ok(failed > 100);
});
