// Indexes over a host that fails or dies at call n, for every n of changes of every kind: afterwards, and in a new instance, each
// index has the entries of the rows, and atomic changes are there whole or not at all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breakEachCall } from './broken_hosts.mjs';
import { definitionsOf, expectedEntries, foundEntries } from './index_entries.mjs';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

const START = `_home.u = { ada = { age = 36, address = { city = 'Oslo' }, tags = { 'a', 'b' } }, bob = { age = 20 }, [3] = 7 }
  ext.index(_home.u, 'age') ext.index(_home.u, 'address.city') ext.index(_home.u, 'tags', { multi = true })
  ext.index(_home.u, 'age', { unique = true, name = 'once' }) ext.index(_home.u, 'age', { kind = 'hash', name = 'hash' })`;

const CHANGES = {
  'a new row': "_home.u.eve = { age = 50, address = { city = 'Rome' }, tags = { 'c' } }",
  'a row replaced': "_home.u.ada = { age = 37, address = { city = 'Rome' }, tags = { 'b', 'c' } }",
  'a row removed': '_home.u.ada = nil',
  'a field': '_home.u.ada.age = 40',
  'a field removed': '_home.u.ada.age = nil',
  'a nested field': "_home.u.ada.address.city = 'Lima'",
  'a nested table': "_home.u.ada.address = { city = 'Lima' }",
  'an element': "_home.u.ada.tags[3] = 'z'",
  'elements moved': "table.insert(_home.u.ada.tags, 1, 'z')",
  'a row moved': 'local r = _home.u.ada _home.u.ada = nil _home.u.moved = r',
  'a shared part': '_home.u.bob.address = _home.u.ada.address',
  'a new index': "ext.index(_home.u, { 'address.city', 'age' })",
  'an index dropped': "ext.drop_index(_home.u, 'age')",
  'everything dropped': 'ext.drop(_home.u)',
  'a conflict': 'pcall(function() _home.u.bob.age = 36 end)',
  'several changes': "_home.u.ada.age = 41 _home.u.bob.age = 42 _home.u.x = { age = 43 } _home.u[3] = nil",
};

/** What `index_entries.mjs` needs of a store. */
function view(store) {
  const text = (bytes) => Buffer.from(bytes).toString('latin1');
  return {
    get: (table, key) => {
      const found = store.tables.get(table)?.get(text(key));
      return found === undefined ? undefined : Uint8Array.from(Buffer.from(found, 'latin1'));
    },
    keys: (table, _after, _descending, emit) => {
      for (const key of store.sortedKeys(table)) if (!emit(Uint8Array.from(Buffer.from(key, 'latin1')))) break;
    },
  };
}

function check(store, context) {
  // The first use of the table mends it.
  const answer = store.run('return ext.check(_home.u)');
  assert.equal(answer.error, undefined, context);
  assert.deepEqual(answer.values, [true, []], context);
  const seen = view(store);
  const table = store.run('return _home.u').values[0].id;
  for (const index of definitionsOf(seen, table)) {
    assert.deepEqual(foundEntries(seen, index), expectedEntries(seen, table, index), `${context}, index ${index.name}`);
  }
}

function rows(store) {
  return store.run(`local out = {}
    for key, row in pairs(_home.u) do
      if type(row) ~= 'table' then out[#out + 1] = ('%s=%s'):format(key, row)
      else
        out[#out + 1] = ('%s age %s city %s tags %s'):format(key, row.age, row.address and row.address.city,
          row.tags and table.concat(row.tags, ',', 1, #row.tags))
      end
    end
    for _, index in ipairs(ext.indexes(_home.u)) do out[#out + 1] = index.name end
    return table.concat(out, '; ')`).values[0];
}

for (const isAtomic of [false, true]) {
  for (const [name, code] of Object.entries(CHANGES)) {
    test(`${name}${isAtomic ? ', atomic' : ''}: a host that fails or dies at any call`, () => {
      const config = isAtomic ? { atomic: true } : null;
      const change = (store) => {
        store.configure(config);
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
      const before = rows(whole);
      assert.equal(change(whole).error, undefined);
      const after = rows(whole);
      check(whole, 'without a failure');
      breakEachCall(begin, change, (store, context) => {
        check(store, context);
        if (isAtomic) assert.ok([before, after].includes(rows(store)), `${context}: ${rows(store)}`);
      });
    });
  }
}
