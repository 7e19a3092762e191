// What is attached to tables, at its borders: long keys, values of which one is the beginning of another, what is hidden, computes
// that may not write, and writes that are refused half way.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

async function instance(code, config = {}) {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store, config: { instructions: 4_000_000_000, ...config } });
  cu.compute(code);
  return cu;
}

/** What the code answers, or its error. */
function answer(cu, code, config) {
  try {
    return cu.compute(code, config).values;
  } catch (error) {
    return error.message.split('\n')[0];
  }
}

const ATTACHED = {
  'a feed': 'ext.feed(t, true)',
  'a schema': "ext.schema(t, { fields = { a = 'integer' } })",
  'an ordered index': "ext.index(t, 'a')",
  'a hash index': "ext.index(t, 'a', { kind = 'hash' })",
  'a unique index': "ext.index(t, 'a', { unique = true })",
  'an index of elements': "ext.index(t, 'list', { multi = true })",
  'an index of a nested field': "ext.index(t, 'b.c')",
  'a partial index': "ext.index(t, 'a', { where = { ['b.c'] = { 'exists', true } } })",
};

for (const [name, attach] of Object.entries(ATTACHED)) {
  test(`a key that is too long for ${name} is refused, whatever else refers to its table, and nothing is broken`, async () => {
    for (const shared of [false, true]) {
      const cu = await instance(`_home.t = {} local t = _home.t ${attach} t.first = { a = 1, b = { c = 1 }, list = { 1 } }`);
      for (let length = 4060; length <= 4094; length += 1) {
        const [done, stored] = answer(cu, `local key = ('k'):rep(${length})
          local value = ${shared ? '_home.t.first' : '{ a = 2, b = { c = 2 }, list = { 2 } }'}
          ${name === 'a unique index' && shared ? 'do return false, false end' : ''}
          local done, problem = pcall(function() _home.t[key] = value end)
          if not done then assert(problem:find('the limit is %d+') or problem:find('at most'), problem) end
          local stored = _home.t[key] ~= nil
          _home.t[key] = nil
          return done, stored`);
        assert.equal(done, stored, `${length} bytes, shared: ${shared}`);
        assert.deepEqual(answer(cu, `local whole = ext.check(_home.t) _home.t.first.a = ${length} return whole, ext.count(_home.t)`),
          [true, 1], `${length} bytes, shared: ${shared}`);
      }
    }
  });
}

test('what is attached can be taken away while its indexes cannot be built', async () => {
  // A host changed a row: the index of it refuses what is there now.
  const store = new NaiveStore(module);
  assert.equal(store.run("_home.t = { { a = 'short' } } ext.index(_home.t, 'a') ext.feed(_home.t, true)").error, undefined);
  const rows = [...store.tables].find(([, entries]) => [...entries.values()].some((value) => value.includes('short')))[1];
  for (const [key, value] of rows) {
    if (value.includes('short')) rows.set(key, `\x05${String.fromCharCode(0xd0, 7, 0, 0)}${'x'.repeat(2000)}`);
  }
  store.fail(6, 1);
  store.run("_home.t[2] = { a = 'other' }");
  store.mend();
  for (const code of ["ext.drop_index(_home.t, 'a')", 'ext.feed(_home.t, false)', "_home.t[1].a = 'again'"]) {
    assert.equal(store.run(code).error, undefined, code);
  }
});

test('a value that is the beginning of another one is another one', async () => {
  for (const [one, other] of [["'x'", "'x\\0y'"], ["'x\\0y'", "'x'"], ["'x'", "'x\\0'"], ["''", "'\\0'"]]) {
    for (const kind of ['btree', 'hash']) {
      const cu = await instance(`_home.t = { a = { s = ${one} } } ext.index(_home.t, 's', { unique = true, kind = '${kind}' })`);
      assert.deepEqual(answer(cu, `_home.t.b = { s = ${other} }
        return ext.count(_home.t, { s = ${one} }), ext.count(_home.t, { s = ${other} }), (ext.check(_home.t))`), [1, 1, true]);
      assert.match(answer(cu, `_home.t.c = { s = ${other} }`), /index 's' is unique, and keys 'b' and 'c' would have the same/);
    }
  }
});

test('contains asks for parts of strings, with an index of elements, too', async () => {
  for (const kind of ['btree', 'hash']) {
    const cu = await instance(`_home.t = { a = { tags = 'banana' }, b = { tags = { 'an', 'x' } }, c = { tags = { 'nan' } } }
      ext.index(_home.t, 'tags', { multi = true, kind = '${kind}' })`);
    const query = "local _, keys = ext.query(_home.t, { where = { tags = { 'contains', 'an' } } }) return table.concat(keys, ' ')";
    assert.deepEqual(answer(cu, query), ['a b']);
    assert.match(answer(cu, "return ext.explain(_home.t, { where = { tags = { 'contains', 'an' } } }).reasons.tags")[0], /strings?/);
    assert.match(answer(cu, "return ext.explain(_home.t, { where = { size = 1 } }).reasons.tags")[0], /where does not say/);
    // Without such a row the index serves.
    assert.deepEqual(answer(cu, `_home.t.a = nil ${query}`), ['b']);
    assert.deepEqual(answer(cu, "return ext.explain(_home.t, { where = { tags = { 'contains', 'an' } } }).index"), ['tags']);
    assert.deepEqual(answer(cu, 'return ext.check(_home.t)'), [true, []]);
  }
});

test('what is hidden is in no answer, by no index', async () => {
  const cu = await instance(`
    _home.secrets = { x = 7 }
    _home.t = { ada = { secret = _home.secrets }, bob = { secret = { x = 5 } }, cleo = { secret = { x = 8 } } }
    ext.index(_home.t, 'secret.x')
    ext.index(_home.t, 'secret.x', { name = 'partial', where = { ['secret.x'] = { 'exists', false } } })`);
  const hidden = { permissions: { tables: { '_home.secrets': 'hidden' } } };
  const keys = (spec) => answer(cu, `local _, keys = ext.query(_home.t, ${spec}) return table.concat(keys, ' ')`, hidden);
  assert.deepEqual(keys("{ order = 'secret.x' }"), ['ada bob cleo']);
  assert.deepEqual(keys("{ order = { field = 'secret.x', desc = true }, limit = 2 }"), ['cleo bob']);
  assert.deepEqual(keys("{ where = { ['secret.x'] = { 'exists', false } } }"), ['ada']);
  assert.deepEqual(keys("{ where = { ['secret.x'] = { '>', 6 } } }"), ['cleo']);
  assert.deepEqual(answer(cu, `local e = ext.explain(_home.t, { where = { ['secret.x'] = 7 } })
    return e.plan, e.examined, e.reasons.partial, ext.indexes(_home.t)[1].entries`, hidden),
  ['scan', 3, 'something is hidden from this compute', null]);
  assert.match(answer(cu, "ext.index(_home.t, 'secret.x', { unique = true, name = 'probe' })", hidden), /no index can be made while/);
});

test('a compute that may not write writes nothing, also where an index is to be built anew', () => {
  let count = 0;
  for (let call = 1, over = false; !over; call += 1) {
    const store = new NaiveStore(module);
    assert.equal(store.run(`_home.t = {} for i = 1, 20 do _home.t[i] = { a = i } end
      ext.index(_home.t, 'a') ext.feed(_home.t, true)`).error, undefined);
    store.fail(call, 1);
    store.run('_home.t[21] = { a = 5 } _home.t[3].a = 5');
    over = store.mend();
    const wanted = store.run('local n = 0 for _, row in pairs(_home.t) do if row.a == 5 then n = n + 1 end end return n').values;
    const before = structuredClone(store.tables);
    store.configure({ permissions: { write: false } });
    assert.deepEqual(store.run('ext.changes(_home.t) return ext.count(_home.t, { a = 5 })').values, wanted, `call ${call}`);
    assert.deepEqual(store.tables, before, `call ${call}`);
    const checked = store.run('return (ext.check(_home.t))');
    count += checked.error?.includes('to be built anew, which a read-only compute may not do') ? 1 : 0;
    store.configure({});
    assert.deepEqual(store.run('return (ext.check(_home.t)), ext.count(_home.t, { a = 5 })').values, [true, ...wanted], `call ${call}`);
  }
  assert.ok(count > 3, `${count} indexes were to be built anew`);
});

test('building an index anew counts where the compute broke it, and is free where it found it broken', () => {
  const start = "_home.t = {} for i = 1, 500 do _home.t['k' .. i] = { a = i } end ext.index(_home.t, 'a') r = _home.t.k1 r.a = 1";
  const change = 'pcall(function() r.a = r.a + 1 end)';
  const count = 'return ext.count(_home.t, { a = 2 })';
  let exhausted = 0;
  for (const together of [true, false]) {
    for (let call = 1, over = false; !over; call += 1) {
      const store = new NaiveStore(module);
      assert.equal(store.run(start).error, undefined);
      store.configure({ instructions: 100_000 });
      store.fail(call, 1);
      const first = store.run(together ? `${change} ${count}` : change);
      over = store.mend();
      exhausted += first.error?.includes('the budget of 100000 instructions is used up') ? 1 : 0;
      const counted = store.run(count);
      store.configure({});
      const wanted = store.run('local n = 0 for _, row in pairs(_home.t) do if row.a == 2 then n = n + 1 end end return n').values;
      assert.deepEqual(counted.values, wanted, `call ${call}: ${counted.error}`);
      assert.deepEqual(store.run('return (ext.check(_home.t))').values, [true]);
    }
  }
  assert.ok(exhausted >= 2, `${exhausted} computes broke the index`);
});

test('a write that is refused leaves no default behind', async () => {
  for (const attach of ["ext.index(t, 'role', { unique = true }) ext.schema(t, { fields = { role = { default = 'reader' } } })",
    "ext.schema(t, { maxLength = 1, fields = { role = { default = 'reader' } } })"]) {
    const cu = await instance(`_home.aside = { name = 'Bob' } _home.t = {} local t = _home.t ${attach} t.a = {}`);
    assert.deepEqual(answer(cu, `local done = pcall(function() _home.t.b = _home.aside end)
      return done, _home.aside.role, _home.t.b`), [false, null, null]);
  }
});

test('a default is what its own rule allows, and fills no row that was there before', async () => {
  const cu = await instance('_home.t = { {}, { k = 1 } }');
  for (const rule of ["{ type = 'integer', default = 'x' }", '{ max = 3, default = 4 }', "{ enum = { 'a' }, default = 'b' }"]) {
    assert.match(answer(cu, `ext.schema(_home.t, { fields = { k = ${rule} } })`), /fields\.k: the default is not what the other options allow/);
  }
  assert.equal(answer(cu, 'return ext.schema(_home.t, { fields = { k = { required = true, default = 5 } } })')[0], false);
  assert.deepEqual(answer(cu, '_home.t[1].k = 2 return ext.schema(_home.t, { fields = { k = { required = true, default = 5 } } })'), [true]);
  assert.deepEqual(answer(cu, '_home.t[3] = {} return _home.t[3].k'), [5]);
});

test('a seventeenth index is refused', async () => {
  const cu = await instance("_home.t = {} for i = 1, 16 do ext.index(_home.t, 'f' .. i) end");
  assert.match(answer(cu, "ext.index(_home.t, 'one')"), /at most 16 indexes/);
  assert.deepEqual(answer(cu, "ext.index(_home.t, 'f16') ext.drop_index(_home.t, 'f1') return ext.index(_home.t, 'one')"), ['one']);
});

test('errors of what may not be attached say so', async () => {
  const cu = await instance('_home.t = {}');
  for (const permissions of [{ tables: { '_home.t': 'readonly' } }, { write: false }]) {
    for (const code of ["ext.index(_home.t, 'a')", "ext.drop_index(_home.t, 'a')", 'ext.schema(_home.t, false)', 'ext.feed(_home.t, true)']) {
      assert.match(answer(cu, code, { permissions }), /what is attached to external table \d+ may not be changed: .*read-only/, code);
    }
  }
});
