// Several homes and several instances over one store: what is kept, what is let go, and which ids are given.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, LuaError, MemoryStore } from '../../host-js/index.js';
import { CELLS, FUNCTIONS, NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const COUNTER = 0x80000000;
const JOURNAL = 0x80000005;
const HOMES = 0x80000006;
const FREE = 0x80000007;

const create = (store, options) => Cu.create({ module, store, ...options });
const value = (cu, code, config) => cu.compute(code, config).value;

/** The id from which on none was ever given. */
function nextId(store) {
  const bytes = store.get(COUNTER, Buffer.from('\x01next_table\0', 'latin1'));
  return bytes === undefined ? 3 : Number(Buffer.from(bytes).readBigInt64LE(1));
}

function keysOf(store, table) {
  const keys = [];
  store.keys(table, undefined, false, (key) => keys.push(Buffer.from(key).toString('hex')) > 0);
  return keys;
}

/** How many ids are free. */
function freeIds(store) {
  return keysOf(store, FREE).reduce((sum, key) => {
    const range = BigInt(`0x${key.slice(2)}`);
    return sum + Number((range & 0xffffffffn) - (range >> 32n));
  }, 0);
}

// A collection kept the attached home only, and emptied all others.
test('a collection keeps every home, whichever instance collects', async () => {
  const store = new MemoryStore();
  const homes = [undefined, 'alice', 'bob'];
  const all = await Promise.all(homes.map((home) => create(store, { home })));
  const attached = await create(store);
  attached.homeTable = 1000;
  all.push(attached);
  all.forEach((cu, at) => cu.compute(`_home.me = { ${at} } local n = 0 function _home.count() n = n + 1 return n end`));
  for (const collector of all) {
    collector.runGc();
    const fresh = await create(store);
    fresh.runGc();
    all.forEach((cu, at) => assert.equal(value(cu, 'return _home.me[1]'), at));
  }
  const counts = all.map((cu) => value(cu, 'return _home.count()'));
  assert.deepEqual(counts, [1, 1, 1, 1]);
  assert.deepEqual(all[0].homes().map(({ id, name }) => name ?? id).sort(), [1, 1000, 'alice', 'bob']);
});

test('what a dropped home alone reached is freed, and its id is given again', async () => {
  const store = new MemoryStore();
  const [cu, other] = [await create(store), await create(store, { home: 'alice' })];
  other.compute('_home.a = { { 1 }, { 2 } } function _home.f() return _home end');
  assert.throws(() => other.dropHome('alice'), /alice/);
  cu.dropHome('alice');
  (await create(store)).runGc();
  assert.deepEqual([store.size(FUNCTIONS), store.size(CELLS), store.size(HOMES)], [0, 0, 0]);
  assert.equal(store.nextTable(2), COUNTER);
  assert.equal(freeIds(store), nextId(store) - 3);
  // The living instance opens it anew.
  assert.equal(value(other, 'return next(_home)'), null);
});

// `attach_memory_table(1000)` did not raise the counter: a script that made tables met the home.
test('no script is given the id of a home', async () => {
  const store = new MemoryStore();
  const [tenant, script] = [await create(store), await create(store)];
  tenant.homeTable = 40;
  tenant.compute('_home.secret = 1');
  const code = 'local made = {} for i = 1, 100 do made[i] = ext.table() end _home.made = made';
  script.compute(code);
  const ids = value(script, 'local ids = {} for i = 1, 100 do ids[i] = _home.made[i] end return ids').map(({ id }) => id);
  assert.equal(new Set(ids).size, 100);
  assert.ok(!ids.includes(40) && ids.every((id) => id > 2), `${ids}`);
  tenant.compute('for i = 1, 100 do _home[i] = {} end');
  assert.equal(value(tenant, 'return _home.secret'), 1);
  assert.equal(value(tenant, 'for i = 1, 100 do if _home[i] == _home then return i end end'), null);
});

test('a table of scripts is refused as a home, also by a later instance', async () => {
  const store = new MemoryStore();
  const cu = await create(store);
  const { id } = value(cu, '_home.t = { 1 } return _home.t');
  for (const instance of [cu, await create(store)]) {
    instance.homeTable = id;
    assert.throws(() => instance.compute('return _home[1]'), (error) => (
      error instanceof LuaError && error.errorClass === 'config'
      && error.message === `table ${id} cannot be a home: scripts use it as an ordinary table`));
    instance.homeTable = 1;
    assert.equal(value(instance, 'return _home.t[1]'), 1);
  }
  cu.homeTable = 2;
  assert.throws(() => cu.compute('return 1'), /table 2 cannot be a home/);
});

test('a store of before this list goes on with the home that was attached', async () => {
  const store = new MemoryStore();
  const integer = (number) => Buffer.from([2, number & 255, number >> 8, 0, 0, 0, 0, 0, 0]);
  store.set(COUNTER, Buffer.from('\x01next_table\0', 'latin1'), integer(600));
  store.set(500, Buffer.from('\x01x\0', 'latin1'), integer(7));
  const cu = await create(store);
  cu.homeTable = 500;
  assert.equal(value(cu, 'return _home.x'), 7);
  (await create(store)).runGc();
  assert.equal(value(cu, 'return _home.x'), 7);
  const { id } = value(cu, '_home.t = {} return _home.t');
  cu.homeTable = id;
  assert.throws(() => cu.compute('return 1'), /cannot be a home/);
});

test('an id that the host keeps for itself may become a home', async () => {
  const store = new MemoryStore();
  const cu = await create(store);
  cu.reserveTables(2000);
  assert.equal(value(cu, '_home.t = {} return _home.t').id, 2000);
  const other = await create(store);
  other.homeTable = 1500;
  other.compute('_home.x = 1');
  cu.runGc();
  assert.equal(value(other, 'return _home.x'), 1);
});

test('attach_memory_table does nothing inside an import', () => {
  const raw = new NaiveStore(module);
  raw.run('_home.x = 1');
  raw.lie = (name, table) => {
    if (table !== 0) raw.exports.attach_memory_table(77);
  };
  assert.deepEqual(raw.run('return _home.x').values, [1]);
  raw.lie = null;
  assert.equal(raw.exports.get_memory_table_id(), 1);
  assert.deepEqual(raw.run('return _home.x').values, [1]);
});

// Captured variables were read once per instance: a, b, a, b counted 1, 2, 2, 3.
test('instances that take turns count on', async () => {
  const store = new MemoryStore();
  const all = [await create(store), await create(store), await create(store)];
  all[0].compute('local n, t = 0, { 0 } function _home.count() n, t[1] = n + 1, t[1] + 1 return n, t[1] end');
  // Each holds the function, and does not read it again.
  for (const cu of all) cu.compute('held = _home.count');
  for (let turn = 1; turn <= 12; turn += 1) {
    assert.deepEqual(all[turn % 3].compute('return held()').values, [turn, turn]);
  }
  all[1].compute("n = _home.count _home.count = nil");
  all[2].runGc();
  assert.deepEqual(all[1].compute('return n()').values, [13, 13]);
});

// Instance A held what instance B collected, stored a reference to it, and every instance failed to read the table.
test('what another instance freed is an error in use, and is never stored', async () => {
  const store = new MemoryStore();
  const [a, b] = [await create(store), await create(store)];
  a.compute('t = ext.table() t.x = 1 f = function() return 7 end _home.f = f _home.f = nil kept = { 1 } _home.kept = kept');
  b.runGc();
  for (const code of ['return t.x', 't.y = 1', 'return #t', 'return next(t)', 'for k in pairs(t) do end', 'return rawget(t, 1)',
    'rawset(t, 1, 1)', 'return rawlen(t)', 'return ext.size(t)', 'ext.drop(t)', 'table.insert(t, 1)']) {
    assert.throws(() => a.compute(code), /this table is gone: nothing of its store reached it/, code);
  }
  assert.throws(() => a.compute('_home.t = t'), /under 't' of _home is a table that is gone/);
  assert.throws(() => a.compute('_home.t = { a = { t } }'), /_home\.t\.a\[1\] is a table that is gone/);
  assert.throws(() => a.compute('_home.g = function() return t end _home.g()'
    + ' local u = t _home.h = function() return u end'), /is a table that is gone/);
  assert.throws(() => a.compute('return { t }'), /is a table that is gone, which cannot be a result/);
  assert.equal(value(a, 'return type(t) .. tostring(t == t) .. tostring(rawequal(t, kept))'), 'tabletruefalse');
  // A function goes on, and is stored anew.
  assert.equal(value(a, '_home.f = f return _home.f() + kept[1]'), 8);
  for (const cu of [a, b, await create(store)]) assert.equal(value(cu, 'local n = 0 for k in pairs(_home) do n = n + 1 end return n'), 3);
});

test('an id that was freed and given again is not the old object', async () => {
  const store = new MemoryStore();
  const [a, b] = [await create(store), await create(store)];
  a.compute('held = {} for i = 1, 300 do held[i] = ext.table() held[i].x = i end _home.kept, _home.also = held[7], held[250]');
  const before = nextId(store);
  b.runGc();
  b.compute("for i = 1, 290 do _home[i] = { secret = 'of b' } end");
  assert.ok(nextId(store) <= before + 300, `${nextId(store)}`);
  assert.equal(a.compute(`local gone = 0
    for i = 1, 300 do
      local ok, x = pcall(function() return held[i].x end)
      if ok then assert(x == i) elseif x:find('is gone') then gone = gone + 1 else error(x) end
      assert(not pcall(function() return held[i].secret .. '' end))
    end
    return gone`).value, 298);
  for (let round = 0; round < 20; round += 1) {
    (round % 2 ? a : b).compute('for i = 1, 290 do _home[i] = { i } end');
    (round % 3 ? a : b).runGc();
  }
  assert.ok(nextId(store) < before + 3000, `${nextId(store)} after 20 rounds of 290 tables`);
  assert.deepEqual(a.compute('return _home.kept.x, _home.also.x, held[7].x').values, [7, 250, 7]);
});

test('instances spend the ids that they use', async () => {
  const store = new MemoryStore();
  for (let count = 0; count < 50; count += 1) (await create(store)).compute('_home.x = 1 return ext.table()');
  assert.ok(nextId(store) <= 3 + 50, `${nextId(store)}`);
  const [a, b] = [await create(store), await create(store)];
  const before = nextId(store);
  for (let turn = 0; turn < 100; turn += 1) (turn % 2 ? a : b).compute('_home.t = { 1 }', { atomic: turn % 4 < 2 });
  // A block of each is reserved: as many ids as it has given.
  assert.ok(nextId(store) - freeIds(store) <= before + 101 + 2 * 50, `${before} to ${nextId(store)}, ${freeIds(store)} free`);
  (await create(store)).runGc();
  assert.equal(freeIds(store), nextId(store) - 3 - 1);
});

test('an atomic compute that fails undoes what it made with ids that were freed', async () => {
  const store = new MemoryStore();
  const cu = await create(store);
  cu.compute('for i = 1, 500 do _home[i] = { i } end for i = 1, 500 do if i % 50 > 0 then _home[i] = nil end end');
  (await create(store)).runGc();
  const before = store.snapshot();
  const code = `for i = 1, 40 do local n = i _home['t' .. i] = { i } _home['f' .. i] = function() n = n + 1 return n end _home.f1() end`;
  const writer = await create(store);
  for (let round = 0; round < 5; round += 1) {
    assert.throws(() => writer.compute(`${code} error('no')`, { atomic: true }), /no/);
    assert.equal(value(writer, 'return _home.t1 or _home.f1'), null);
  }
  (await create(store)).runGc();
  const after = MemoryStore.fromSnapshot(store.snapshot());
  const old = MemoryStore.fromSnapshot(before);
  for (const kept of [after, old]) [COUNTER, FREE, 0x8000000a].forEach((table) => keysOf(kept, table).forEach((key) => kept.delete(table, Buffer.from(key, 'hex'))));
  assert.deepEqual(Buffer.from(after.snapshot()), Buffer.from(old.snapshot()));
  assert.equal(store.size(JOURNAL), 0);
  assert.equal(value(writer, `${code} return _home.f1()`, { atomic: true }), 42);
});

// A reference to a function that is gone made its whole table unreadable.
test('a function that cannot be restored is one bad value', async () => {
  const store = new MemoryStore();
  (await create(store)).compute('_home.f = function() return 1 end _home.a, _home.g, _home.z = 1, function() return _home end, 2');
  const [first] = keysOf(store, FUNCTIONS);
  store.delete(FUNCTIONS, Buffer.from(first, 'hex'));
  const cu = await create(store);
  const found = value(cu, `local found = {}
    for k, v in pairs(_home) do found[k] = type(v) end
    local k, v = next(_home, 'a')
    local ok, why = pcall(v)
    return { found = found, k = k, why = why, stored = select(2, pcall(function() _home.copy = v end)) }`);
  assert.deepEqual(found.found, { a: 'number', f: 'function', g: 'function', z: 'number' });
  assert.equal(found.k, 'f');
  assert.match(found.why, /the function under key 'f' of _home cannot be restored: /);
  assert.match(found.stored, /_home\.copy is a C function, which cannot be stored/);
  assert.throws(() => cu.compute('return _home.f'), /the function under key 'f' of _home cannot be restored/);
  cu.runGc();
  assert.equal(value(cu, '_home.f = nil local n = 0 for k in pairs(_home) do n = n + 1 end return n + (_home.g() == _home and 1 or 0)'), 4);
});

test('a name of a home has 1 to 255 bytes, any of them', () => {
  const raw = new NaiveStore(module);
  raw.run('_home.default = 1');
  for (const name of ['a', 'home', 'a\0b', '\x01', `${'\xff'.repeat(127)}x`]) {
    raw.configure({ home: name });
    assert.equal(raw.run('_home.name = (_home.name or 0) + 1 return _home.name, _home.default').error, undefined);
    assert.deepEqual(raw.run('_home.name = _home.name + 1 return _home.name, _home.default').values, [2, null]);
  }
  for (const [name, text] of [['', /config\.home has 0 bytes; wanted are 1 to 255/], [7, /config\.home is an? .*; wanted is a string/], ['x'.repeat(256), /config\.home has 256 bytes/]]) {
    raw.configure({ home: name });
    assert.match(raw.run('return 1').error, text);
  }
  raw.configure(null);
  assert.deepEqual(raw.run('return _home.default, _home.name').values, [1, null]);
});
