// Objects where something goes wrong: transactions that are undone, allocations and calls of the host that fail, other instances, permissions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { restoreContent } from '../../host-js/store/restore.js';
import { Group } from './instances.mjs';
import { METATABLES, NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const faulty = compile('target/cu-faults.wasm');

const CLASS = `
  local Account = {}
  Account.__index = Account
  Account.__name = 'Account'
  Account.__add = function(a, b) return a.n + b.n end
  function Account.get(self) return self.n end
  _home.Account = Account
  _home.a = setmetatable({ n = 1 }, Account)`;

/** What there is to be seen of the object: the values of a compute. */
const LOOK = `
  local a = _home.a
  local plain = setmetatable({ n = 4 }, _home.Account)
  return a:get(), a + a, getmetatable(a) == _home.Account, plain:get(), plain + a, tostring(a.late), tostring(plain.late)`;
const SEEN = [1, 2, true, 4, 5, 'nil', 'nil'];

const begun = (compiled = module) => {
  const store = new NaiveStore(compiled);
  assert.equal(store.run(CLASS).error, undefined);
  return store;
};

/** What can happen to it, and what is seen afterwards. */
const CHANGES = {
  'another class': ['setmetatable(_home.a, { __index = { get = function() return 9 end }, __add = function() return 8 end })', 'return _home.a:get(), _home.a + 1', [9, 8]],
  'no class': ['setmetatable(_home.a, nil)', 'return getmetatable(_home.a), pcall(function() return _home.a + 1 end)', undefined],
  'another event': ['_home.Account.__add = function() return 7 end', 'return _home.a + 1, setmetatable({}, _home.Account) + 1', [7, 7]],
  'another method': ['_home.Account.get = function() return 6 end', 'return _home.a:get()', [6]],
  'a method that was missing': ['_home.Account.late = function(self) return self.n + 10 end', 'return _home.a:late(), setmetatable({ n = 2 }, _home.Account):late()', [11, 12]],
  'a value that was missing': ['rawset(_home.Account, "late", 8)', 'return _home.a.late, setmetatable({}, _home.Account).late', [8, 8]],
  'a class of the class': ['setmetatable(_home.Account, { __index = { more = function(self) return self.n + 1 end } })', 'return _home.a:more()', [2]],
  'a new object': ['_home.b = setmetatable({ n = 5 }, { __index = _home.a })', 'return _home.b:get(), _home.b.n', [5, 5]],
};

for (const [what, [change, look, seen]] of Object.entries(CHANGES)) {
  test(`${what}, in a transaction that is undone, and in one that is kept`, () => {
    const store = begun();
    const before = store.content();
    const { error } = store.run(`pcall(ext.transaction, function() ${change} ${look.replace('return', 'local _ =')} error('no') end)`);
    assert.equal(error, undefined);
    assert.equal(store.content(), before);
    assert.deepEqual(store.run(LOOK).values, SEEN);
    store.configure({ atomic: true });
    assert.match(store.run(`${change} error('no')`).error, /no/);
    store.configure(null);
    assert.deepEqual(store.run(LOOK).values, SEEN);
    assert.equal(store.run(`ext.transaction(function() ${change} end)`).error, undefined);
    if (seen) assert.deepEqual(store.run(look).values, seen);
    store.restart();
    if (seen) assert.deepEqual(store.run(look).values, seen);
  });

  test(`${what}, seen at once by whoever has the object, and by another instance`, () => {
    const group = new Group(module);
    const [one, other] = [group.start(), group.start()];
    group.run(one, `${CLASS} held = _home.a class = _home.Account plain = setmetatable({ n = 4 }, class)`);
    assert.deepEqual(group.run(other, `held = _home.a class = _home.Account plain = setmetatable({ n = 4 }, class) ${LOOK}`), SEEN);
    const { values: own } = group.turn(one).run(`${change} ${look}`);
    const { values: others } = group.turn(other).run(look);
    assert.deepEqual(others, own);
    if (seen) assert.deepEqual(others, seen);
    assert.deepEqual(group.run(other, 'return rawequal(held, _home.a), rawequal(class, _home.Account)'), [true, true]);
    if (what === 'another event') assert.deepEqual(group.run(other, 'return plain + 1'), [7]);
    if (what === 'another method') assert.deepEqual(group.run(other, 'return plain:get()'), [6]);
  });

  for (const failure of ['allocation', 'call']) {
    test(`${what}: ${failure} n fails, for every n`, () => {
      let failed = 0;
      for (let [first, clean] = [1, 0]; clean < 5; first += 1) {
        assert.ok(first < 2000);
        const store = begun(faulty);
        assert.deepEqual(store.run(LOOK).values, SEEN);
        if (failure === 'call') store.fail(first);
        else store.configure({ fail_allocation: first, fail_count: 1e6 });
        const { error } = store.run(change);
        const isOver = failure === 'call' ? store.mend() : error === undefined;
        store.configure(null);
        clean = isOver ? clean + 1 : 0;
        failed += error === undefined ? 0 : 1;
        // It is done whole or not at all, in this instance and in the store.
        const [here, again] = [store.run(look), (store.restart(), store.run(look))];
        assert.deepEqual(here, again, `${failure} ${first}: ${error}`);
        if (error === undefined && seen) assert.deepEqual(here.values, seen, `${failure} ${first}`);
      }
      // A single allocation that fails is made again after a collection.
      assert.ok(failed >= 2, `${failed} failed`);
    });
  }
}

test('what nothing reaches is collected with its class, and ids are given again', () => {
  const store = begun();
  store.run(`${CLASS} for i = 1, 20 do _home.a = setmetatable({ n = 1 }, { __index = { i = i } }) end`);
  store.run(CLASS);
  store.exports.run_gc();
  assert.deepEqual(store.run(LOOK).values, SEEN);
  assert.equal(store.tables.get(METATABLES).size, 1);
  store.run('for i = 1, 40 do _home[i] = {} end');
  assert.deepEqual(store.run('local n = 0 for i = 1, 40 do if getmetatable(_home[i]) then n = n + 1 end end return n').values, [0]);
});

test('a store that lies about classes: an error, and the instance goes on', () => {
  for (const lie of ['', '\x00', '\x02\x01\x00\x00\x00\x00\x00\x00\x00', '\x07\x00\x00\x00\x00', '\x07\xff\xff\xff\xff', '\x07\x01', '\x04\x01\x00\x00\x00a', 'x'.repeat(9000)]) {
    const store = begun();
    store.restart();
    const honest = new Map(store.tables.get(METATABLES));
    for (const key of honest.keys()) store.tables.get(METATABLES).set(key, lie);
    // Its rows are there, and what needs the class says why it is not.
    assert.deepEqual(store.run('held = _home.a return held.n').values, [1], JSON.stringify(lie));
    for (const use of ['held.nothing', 'held:get()', 'held + 1', '#held', 'tostring(held)', 'held()', 'getmetatable(held)', 'setmetatable(held, nil)']) {
      assert.match(store.run(`return ${use}`).error, /the metatable of external table \d+ cannot be read: /, `${JSON.stringify(lie)} ${use}`);
    }
    assert.deepEqual(store.run('return 5').values, [5]);
    // It is looked at again in the next compute.
    store.tables.set(METATABLES, honest);
    assert.deepEqual(store.run(LOOK).values, SEEN, JSON.stringify(lie));
  }
  // A circle of classes ends.
  const store = begun();
  store.run('setmetatable(_home.Account, _home.a) setmetatable(_home.a, _home.Account)');
  assert.match(store.run('_home.Account.__index = _home.a _home.a.__index = _home.Account return _home.a.nothing').error, /chain too long|loop/);
  store.restart();
  assert.deepEqual(store.run('return _home.a.n').values, [1]);
});

/** The class of `_home.self` is that table; `_home.a` has another one. */
const SELF = `${CLASS} _home.self = { n = 3 } setmetatable(_home.self, _home.self) _home.self.__add = function() return 'self' end`;

for (const [what, change, look, seen] of [
  ['a class of itself', 'return _home.self.nothing', 'return _home.self + 1', 'self'],
  ['a class of which an event is assigned', `local a = _home.a pcall(function() return a + 1 end) rawset(a, '__sub', 5)`, 'return _home.a + _home.a', 2],
  ['a class that gets one', `local a = _home.a pcall(function() return a + a end) pcall(setmetatable, _home.Account, {})`, 'return _home.a + _home.a', 2],
]) {
  test(`what could not be read is read by the next compute: ${what}`, () => {
    let met = 0;
    for (const count of [1, 2, 5, 1000]) {
      for (let first = 1, isOver = false; !isOver; first += 1) {
        const store = begun();
        assert.equal(store.run(SELF).error, undefined);
        store.restart();
        store.fail(first, count);
        store.run(change);
        isOver = store.mend();
        met += isOver ? 0 : 1;
        assert.deepEqual(store.run(look).values, [seen], `calls from ${first}, ${count}`);
      }
    }
    assert.ok(met > 10, `${met} calls failed`);
  });
}

test('the first metatable of a store is one again after a host undid it, or restored what was before', async () => {
  const set = '_home.o = setmetatable({}, { __index = { get = function() return 7 end } })';
  for (const how of ['rolled back', 'restored', 'kept']) {
    const store = new MemoryStore();
    const [cu, other] = [await Cu.create({ store }), await Cu.create({ store })];
    for (const one of [cu, other]) one.compute('_home.first = { 1 } held = _home.first');
    const before = MemoryStore.fromSnapshot(store.snapshot());
    if (how === 'rolled back') assert.throws(() => cu.compute(`${set} setmetatable(held, {}) error('no')`, { atomic: 'host' }), /no/);
    if (how === 'restored') {
      cu.compute(set);
      restoreContent(store, before);
      assert.deepEqual(cu.compute('return _home.o').values, [null]);
    }
    cu.compute(set);
    (await Cu.create({ store })).runGc();
    for (const one of [cu, other, await Cu.create({ store })]) assert.deepEqual(one.compute('return _home.o.get(), getmetatable(_home.first)').values, [7, null], how);
  }
});

test('what a metatable cannot hold is named by the table that was to get it', async () => {
  const cu = await Cu.create({});
  const { id } = cu.compute('_home.a = {} return _home.a').value;
  for (const [metatable, why] of [
    ['{ __index = { co = coroutine.create(print) } }', '[metatable].__index.co is a thread, which cannot be stored'],
    ['{ { [{}] = 1 } }', '[metatable][1] has a table as an index: an external table takes strings, numbers and booleans'],
    [`{ setmetatable({}, { __mode = 'k' }) }`, `[metatable][1] is a table with '__mode' in its metatable, which cannot be stored`],
  ]) assert.throws(() => cu.compute(`setmetatable(_home.a, ${metatable})`), { message: `compute:1: external table ${id}${why}` });
  const inside = { permissions: { tables: { _home: 'readonly' } } };
  assert.throws(() => cu.compute('setmetatable(ext.table(), _home.a)', inside), /the metatable of external table \d+ may not be changed: a table inside a read-only one stays where it is/);
});

test('permissions: a hidden table that a variable still has is no metatable, and shows none', async () => {
  const cu = await Cu.create({});
  cu.compute(`${CLASS} held = _home.Account setmetatable(held, {}) _home.other = {}`);
  const hidden = { permissions: { tables: { '_home.Account': 'hidden' } } };
  for (const code of ['setmetatable({}, held)', 'setmetatable(_home.other, held)', 'setmetatable(held, nil)', 'setmetatable(held, {})', 'getmetatable(held)']) {
    assert.throws(() => cu.compute(`return ${code}`, hidden), /external table \d+ may not be used: it is hidden/, code);
  }
  // What an object does stays.
  assert.deepEqual(cu.compute('return _home.a + _home.a, getmetatable(_home.a)', hidden).values, [2, null]);
  assert.equal(cu.compute('return getmetatable(held) == getmetatable(_home.Account) and setmetatable({ n = 3 }, held):get()').value, 3);
});

test('permissions: what may not be changed keeps its class, and a class that is hidden is not shown', async () => {
  const cu = await Cu.create({});
  cu.compute(CLASS);
  const readOnly = { permissions: { write: false } };
  assert.throws(() => cu.compute('setmetatable(_home.a, nil)', readOnly), /the metatable of external table \d+ may not be changed: this compute is read-only/);
  assert.throws(() => cu.compute('setmetatable(_home.a, {})', readOnly), /the metatable of external table \d+ may not be changed: this compute is read-only/);
  assert.deepEqual(cu.compute('return _home.a:get(), _home.a + _home.a, setmetatable({ n = 3 }, _home.Account):get()', readOnly).values, [1, 2, 3]);
  const hidden = { permissions: { tables: { '_home.Account': 'hidden' } } };
  assert.deepEqual(cu.compute('return getmetatable(_home.a), _home.Account, _home.a.n', hidden).values, [null, null, 1]);
  const guarded = { permissions: { tables: { '_home.a': 'readonly' } } };
  assert.throws(() => cu.compute('setmetatable(_home.a, nil)', guarded), /the metatable of external table \d+ may not be changed: it is read-only/);
  assert.throws(() => cu.compute('setmetatable(_io, {})'), /_io can have no metatable/);
  assert.throws(() => cu.compute(`setmetatable(_home.a, { __gc = print })`), /can have no '__gc'/);
  assert.throws(() => cu.compute(`setmetatable(_home.a, { __mode = 'k' })`), /can have no '__mode'/);
  assert.deepEqual(cu.compute('return _home.a:get()').values, [1]);
});

// What is inherited lies in a class, which is reached through its object as anything else is.
const INHERITED = `
  local D = { defaults = { x = 1 } }
  D.__index = D
  _home.R = { object = setmetatable({}, D), D = D, diverted = setmetatable({}, { __newindex = D }), of_object = setmetatable({}, { __index = { list = {} } }),
    deep = setmetatable({}, { __index = setmetatable({}, { __index = setmetatable({}, D) }) }), named = setmetatable({}, { __metatable = { info = {} } }) }`;

for (const change of [
  '_home.R.object.defaults.x = 2',
  'local o = _home.R.object o.defaults.x = 2',
  'rawset(_home.R.object.defaults, "x", 2)',
  '_home.R.diverted.more = 5',
  '_home.R.of_object.list[1] = 5',
  'table.insert(_home.R.of_object.list, 5)',
  '_home.R.deep.defaults.x = 2',
  'getmetatable(_home.R.object).defaults.x = 2',
  'getmetatable(_home.R.object).__index.more = 2',
  'getmetatable(_home.R.named).info.x = 1',
  'setmetatable({}, getmetatable(_home.R.object)).defaults.x = 2',
  'setmetatable({}, { __index = _home.R.object }).defaults.x = 2',
  'setmetatable({}, { __newindex = _home.R.diverted }).more = 2',
  'setmetatable(_home.R.object, nil)',
  'setmetatable(getmetatable(_home.R.object), {})',
]) {
  for (const way of ['_home', '_home.R']) {
    test(`what a read-only object inherits is read-only: ${way}, ${change}`, () => {
      const store = new NaiveStore(module);
      assert.equal(store.run(INHERITED).error, undefined);
      const before = store.content();
      store.configure({ permissions: { tables: { [way]: 'readonly' } } });
      assert.match(store.run(change).error ?? 'none', /read-only/);
      store.configure(null);
      assert.equal(store.content(), before);
      assert.equal(store.run(change).error, undefined);
    });
  }
}

test('a table that another instance collected is no class, and gets none', () => {
  const group = new Group(module);
  const [one, other] = [group.start(), group.start()];
  group.run(one, `${CLASS} held = _home.a class = _home.Account plain = setmetatable({ n = 4 }, class)`);
  group.run(other, '_home.a = nil _home.Account = nil');
  group.collect(other);
  group.run(other, 'for i = 1, 300 do _home[i] = setmetatable({ n = i }, { __index = { i = i } }) end');
  const rows = () => [...group.tables.get(METATABLES)].sort();
  const before = rows();
  for (const use of ['held.n', 'held:get()', 'setmetatable(held, {})', 'setmetatable(held, nil)', 'setmetatable({}, held)', 'setmetatable({}, class)', 'setmetatable(_home[1], class)', 'setmetatable({}, { __index = held }).n', 'plain:get()']) {
    assert.match(group.fail(one, `return ${use}`), /is gone: nothing of its store reached it/, use);
  }
  for (const value of ['plain', 'setmetatable({}, { __index = held })', '{ plain }', 'function() return plain end']) {
    assert.match(group.fail(one, `plain = plain local plain = plain _home.x = ${value}`), /is a table that is gone/, value);
  }
  assert.deepEqual(rows(), before);
  assert.deepEqual(group.run(one, 'return _home[7].n, _home[7].i'), [7, 7]);
});
