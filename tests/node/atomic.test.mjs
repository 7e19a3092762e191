// Atomic computes: all changes stay or none, at every failure, and whenever the host dies.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, HostError, LuaError, MemoryStore } from '../../host-js/index.js';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { dieAgain } from './broken_hosts.mjs';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const faulty = compile('target/cu-faults.wasm');

const COUNTER = 0x80000000;
const JOURNAL = 0x80000005;

const FURNISHED = `
  _home.account = { balance = 100, log = { 'opened' } }
  _home.text = ('old text '):rep(1000)
  _home.gone = { deep = { 1, 2, 3 } }
  local count, held = 0, { 'held' }
  function _home.counter() count = count + 1 return count end
  function _home.hold(v) held = v end
  function _home.held() return held[1] end`;

/** Changes of every kind. */
const CHANGES = `
  _home.account.balance = _home.account.balance - 30
  table.insert(_home.account.log, 'paid')
  _home.text = 'new'
  _home.gone = nil
  _home.fresh = { list = { 1, { 2 } }, text = ('fresh '):rep(2000) }
  _home.fresh.more = ext.table()
  _home.fresh.more.x = 1
  local n = 5
  function _home.added() n = n + 1 return n end
  _home.added()
  _home.counter()
  _home.hold({ 'other' })
  _home.account.balance = _home.account.balance - 1
  _io.note = 'noted'`;

const BEFORE = [100, 1, 9000, 3, null, null, 'held', null];
const AFTER = [69, 2, 3, null, 2, 7, 'other', 'noted'];
const STATE = `return _home.account.balance, #_home.account.log, #_home.text, _home.gone and #_home.gone.deep,
  _home.fresh and _home.fresh.list[2][1], _home.added and _home.added(), _home.held(), _io.note`;

/** The content of the store, without the counter of ids. */
function content(tables) {
  const shown = {};
  for (const [id, entries] of [...tables].sort(([a], [b]) => a - b)) {
    if (id === COUNTER || entries.size === 0) continue;
    shown[id] = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  }
  return shown;
}

const atomic = { atomic: true };

test('a compute that succeeds keeps everything, and leaves no journal', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  cu.compute(FURNISHED);
  cu.compute(CHANGES, atomic);
  assert.equal(store.size(JOURNAL), 0);
  assert.deepEqual((await Cu.create({ module, store })).compute(STATE, atomic).values, AFTER);
});

const ENDS = {
  'an error': ['error("no")', {}],
  'an error value': ['error({ code = 7 })', {}],
  'a used up budget': ['while true do end', { instructions: 1_000_000 }],
  'a used up budget that is caught': ['pcall(function() while true do end end) _home.after = 1', { instructions: 1_000_000 }],
  'no memory': ['local t = {} for i = 1, 1e7 do t[i] = i end', {}],
  'a result that has no encoding': ['return coroutine.create(print)', {}],
  'a captured variable that cannot be stored': ['_home.hold(coroutine.create(print))', {}],
  'an output that cannot be stored': ['_io.output = { print, coroutine.create(print) }', {}],
  'a refused permission': ['_home.locked = 1', { permissions: { tables: { '_home.locked': 'readonly' } } }],
};

for (const [name, [code, config]] of Object.entries(ENDS)) {
  test(`a compute that ends with ${name} changes nothing`, () => {
    const store = new NaiveStore(module);
    assert.equal(store.run(FURNISHED).error, undefined);
    store.run('_home.counter()');
    const before = content(store.tables);
    store.configure({ ...config, ...atomic });
    assert.notEqual(store.run(`${CHANGES} ${code}`).error, undefined);
    assert.deepEqual(content(store.tables), before);
    store.configure(null);
    assert.deepEqual(store.run(STATE).values, BEFORE, 'in the instance that failed');
    assert.deepEqual(store.run('return _home.counter()').values, [2]);
    assert.equal(store.restart(), 0);
    assert.deepEqual(store.run(STATE).values, BEFORE);
    assert.deepEqual(store.run('return _home.counter()').values, [3]);
    // The same changes are possible after that.
    store.configure(atomic);
    assert.equal(store.run(CHANGES).error, undefined);
    assert.deepEqual(store.run(STATE).values, AFTER);
  });
}

test('what a failed compute stored can be stored again, though Lua still has it', () => {
  const store = new NaiveStore(module);
  store.configure(atomic);
  const make = `
    n = 0
    f = function() n = n + 1 return n end
    local c = 0
    g = function() c = c + 1 return c end
    _home.f, _home.g, _home.t = f, g, { g }
    g()`;
  assert.match(store.run(`${make} error('no')`).error, /no/);
  assert.deepEqual(store.run('return _home.f, _home.g, g()').values, [null, null, 2]);
  assert.equal(store.run('_home.g, _home.again = g, g').error, undefined);
  assert.deepEqual(store.run('return g(), _home.g(), _home.again()').values, [3, 4, 5]);
  assert.equal(store.restart(), 0);
  assert.deepEqual(store.run('return _home.g(), _home.again()').values, [6, 7]);
});

test('loops over tables see what is there after a rollback', () => {
  const store = new NaiveStore(module);
  assert.equal(store.run('for i = 1, 300 do _home[i] = i end').error, undefined);
  store.configure(atomic);
  assert.match(store.run('for k in pairs(_home) do _home[k] = nil end for i = 400, 500 do _home[i] = i end error("no")').error, /no/);
  assert.deepEqual(store.run('local n, s = 0, 0 for k, v in pairs(_home) do n, s = n + 1, s + v end return n, s, #_home, ext.size(_home)').values,
    [300, 45150, 300, 300]);
});

test('every call of the host fails, once: all or nothing, and what is told is true', (t) => {
  let call = 1;
  for (let over = false; !over; call += 1) {
    const store = new NaiveStore(module);
    assert.equal(store.run(FURNISHED).error, undefined);
    assert.equal(store.restart(), 0);
    store.run('return _home.counter()');
    store.configure(atomic);
    store.fail(call);
    const { error } = store.run(`${CHANGES} return 1`);
    over = store.mend();
    assert.equal(error === undefined, over || error === undefined);
    store.configure(null);
    assert.deepEqual(store.run(STATE).values, error === undefined ? AFTER : BEFORE, `call ${call}: ${error}`);
    assert.equal(store.tables.get(JOURNAL)?.size ?? 0, 0, `call ${call}`);
    assert.equal(store.restart(), 0);
    assert.deepEqual(store.run(STATE).values, error === undefined ? [...AFTER.slice(0, 5), 8, ...AFTER.slice(6)] : BEFORE, `call ${call}, after a restart: ${error}`);
  }
  t.diagnostic(`${call - 2} calls failed`);
  assert.ok(call > 60);
});

// The first change of an old entry began the journal. If the host died before that, while new tables were written, the store
// kept these tables, though nothing led to them.
test('the host dies at every call of a compute that begins with new tables: nothing of them is left', () => {
  for (let call = 1, over = false; !over; call += 1) {
    const store = new NaiveStore(module);
    assert.equal(store.run('_home.x = 1').error, undefined);
    const before = content(store.tables);
    store.configure(atomic);
    store.fail(call, Infinity);
    const { error } = store.run('local t = ext.table() t.list = { 1, 2, { 3 } } function t.f() return t end _home.t = t');
    over = store.mend();
    store.configure(null);
    assert.equal(store.restart(), 0);
    const { values } = store.run('return _home.t and _home.t.list[3][1], _home.x');
    if (error === undefined || values[0] === 3) assert.deepEqual(values, [3, 1]);
    else assert.deepEqual([values, content(store.tables)], [[null, 1], before], `call ${call}`);
  }
});

for (const [kind, ending] of [['succeeds', 'return 1'], ['fails', 'error("no")']]) {
  test(`the host dies at every call of a compute that ${kind}: all or nothing after a restart`, (t) => {
    const [seen, calls] = [new Set(), []];
    for (let call = 1, over = false; !over; call += 1) {
      const store = new NaiveStore(module);
      assert.equal(store.run(FURNISHED).error, undefined);
      assert.equal(store.restart(), 0);
      store.run('return _home.held(), _home.counter()');
      const before = content(store.tables);
      store.configure(atomic);
      // The host is dead: from this call on it does not answer.
      store.fail(call, Infinity);
      const { error } = store.run(`${CHANGES} ${ending}`);
      over = store.mend();
      store.configure(null);
      dieAgain(store, [1, 6, 11]);
      store.run('return 1');
      assert.equal(store.tables.get(JOURNAL)?.size ?? 0, 0, `call ${call}`);
      const now = content(store.tables);
      const { values } = store.run(STATE);
      const kept = values[0] === 69;
      assert.deepEqual(values, kept ? AFTER : BEFORE, `call ${call}: ${error}`);
      if (!kept) assert.deepEqual(now, before, `call ${call}`);
      if (error === undefined) assert.ok(kept, `call ${call} was said to be kept`);
      seen.add(kept);
      calls.push(call);
    }
    t.diagnostic(`died at ${calls.length - 1} calls`);
    assert.ok(calls.length > 60);
    assert.deepEqual([...seen], kind === 'fails' ? [false] : [false, true]);
  });
}

test('every allocation fails: all or nothing', (t) => {
  let failed = 0;
  for (const count of [2, 0]) {
    for (let [first, clean] = [1, 0]; clean < 3; first += 1, failed += 1) {
      assert.ok(first < 5000);
      const store = new NaiveStore(faulty);
      assert.equal(store.run(FURNISHED).error, undefined);
      assert.equal(store.restart(), 0);
      store.configure({ ...atomic, fail_allocation: first, fail_count: count });
      const { error } = store.run(CHANGES);
      clean = error === undefined ? clean + 1 : 0;
      store.configure(null);
      const expected = error === undefined ? AFTER : BEFORE;
      assert.deepEqual(store.run(STATE).values, expected, `allocation ${first}: ${error}`);
      assert.equal(store.tables.get(JOURNAL)?.size ?? 0, 0);
      assert.equal(store.restart(), 0);
      assert.deepEqual(store.run(STATE).values, error === undefined ? [...AFTER.slice(0, 5), 8, ...AFTER.slice(6)] : BEFORE);
    }
  }
  t.diagnostic(`${failed} allocations failed`);
  assert.ok(failed > 100);
});

test('a journal is damaged: the compute says so, nothing runs, and nothing traps', () => {
  const store = new NaiveStore(module);
  assert.equal(store.run(FURNISHED).error, undefined);
  store.configure(atomic);
  store.calls = 0;
  store.lie = (name, table) => (store.calls >= 30 && !(name === 'get' && table === 0) ? -77 : undefined);
  store.run(CHANGES);
  store.lie = null;
  const journal = store.tables.get(JOURNAL);
  assert.ok(journal.size > 3);
  const whole = store.snapshot();
  for (const [key, value] of whole.get(JOURNAL)) {
    for (const changed of [value.slice(0, -1), '', `\x07${value.slice(1)}`, value.slice(1)]) {
      store.tables = new Map([...whole].map(([id, entries]) => [id, new Map(entries)]));
      store.tables.get(JOURNAL).set(key, changed);
      assert.equal(store.restart(), 0);
      const { error, values } = store.run('return 1');
      if (error !== undefined) assert.match(error, /an atomic compute was not ended: the host's journal of what it changed is damaged/);
      else assert.deepEqual(values, [1]);
    }
  }
  for (const key of ['\x01', '\x01\xff\xff\xff\xffx', '\x01\x80\x00\x00\x00x', '\x02\x00\x00\x00', '\x41\x00\x00\x00\x01x']) {
    store.tables = new Map([...whole].map(([id, entries]) => [id, new Map(entries)]));
    store.tables.get(JOURNAL).set(key, '\x00');
    assert.equal(store.restart(), 0);
    assert.match(store.run('return 1').error, /damaged/);
  }
  store.tables = whole;
  assert.equal(store.restart(), 0);
  assert.deepEqual(store.run(STATE).values, BEFORE);
});

test('keys and values of any size, and very many changes, are undone', () => {
  const store = new NaiveStore(module);
  const fill = `
    for i = 1, 2000 do _home[i] = i end
    for _, n in ipairs { 0, 1, 4000, 4080 } do _home[('k'):rep(n)] = n end
    for _, n in ipairs { 4093, 4094, 4095, 4096, 4097, 300000 } do _home['v' .. n] = ('v'):rep(n) end`;
  store.configure({ compression: 0 });
  assert.equal(store.run(fill).error, undefined);
  const before = content(store.tables);
  store.configure({ compression: 0, ...atomic });
  assert.match(store.run('for k in pairs(_home) do _home[k] = false end error("no")').error, /no/);
  assert.deepEqual(content(store.tables), before);
  assert.match(store.run('ext.drop(_home) error("no")').error, /no/);
  assert.deepEqual(content(store.tables), before);
  assert.match(store.run('_home[("k"):rep(4090)] = 1').error, /the key takes 4092 bytes encoded; the limit in a transaction is 4091/);
  assert.equal(store.run('for k in pairs(_home) do _home[k] = false end').error, undefined);
  assert.deepEqual(store.run('local n = 0 for k, v in pairs(_home) do assert(v == false) n = n + 1 end return n').values, [2010]);
});

test(`random computes, some of which fail, against a model`, async (t) => {
  t.diagnostic(`CU_SEED=${seed}`);
  const random = randomBelow(seed);
  let store = new MemoryStore();
  let cu = await Cu.create({ module, store });
  cu.compute(`
    local count = 0
    function _home.bump() count = count + 1 return count end
    function _home.count() return count end`);
  let model = { keys: new Map(), count: 0 };
  for (let round = 0; round < 300; round += 1) {
    const next = { keys: new Map(model.keys), count: model.count };
    const code = [];
    for (let step = random(12); step >= 0; step -= 1) {
      const key = `k${random(20)}`;
      switch (random(5)) {
        case 0: code.push(`_home.${key} = nil`); next.keys.delete(key); break;
        case 1: code.push(`_home.${key} = { n = ${step} } _home.${key}.n = _home.${key}.n + 1`); next.keys.set(key, step + 1); break;
        case 2: code.push(`if _home.${key} then _home.${key}.n = -${step + 1} end`); if (next.keys.has(key)) next.keys.set(key, -step - 1); break;
        case 3: code.push('_home.bump()'); next.count += 1; break;
        default: code.push(`_home.${key} = { n = 7, f = _home.bump } _home.${key}.f()`); next.keys.set(key, 7); next.count += 1;
      }
    }
    const fails = random(2) === 0;
    if (fails) code.push(random(2) ? 'error("no")' : 'while true do end');
    try {
      cu.compute(code.join('\n'), { atomic: true, instructions: 200_000 });
      assert.ok(!fails);
      model = next;
    } catch (error) {
      assert.ok(fails && error instanceof LuaError, `round ${round}: ${error}`);
    }
    if (random(10) === 0) cu.runGc();
    if (random(10) === 0) {
      store = MemoryStore.fromSnapshot(store.snapshot());
      cu = await Cu.create({ module, store });
    }
    const found = cu.compute(`
      local t = {}
      for k, v in pairs(_home) do if type(v) == 'table' then t[k] = v.n end end
      return t, _home.count()`).values;
    assert.deepEqual([Array.isArray(found[0]) ? {} : found[0], found[1]], [Object.fromEntries([...model.keys].sort()), model.count], `round ${round}`);
    assert.equal(store.size(JOURNAL), 0);
  }
});

test('a host whose journal cannot be written refuses the change, and later ones work', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  cu.compute('_home.x = 1');
  const set = store.set.bind(store);
  store.set = (table, ...rest) => { if (table === JOURNAL) throw new Error('full'); set(table, ...rest); };
  assert.throws(() => cu.compute('_home.x = 2', atomic), HostError);
  store.set = set;
  assert.equal(cu.compute('return _home.x', atomic).value, 1);
  cu.compute('_home.x = 3', atomic);
  assert.equal(cu.compute('return _home.x').value, 3);
});

/** The journal of an atomic compute whose host died just before it changed table 1. */
function journalOf(code) {
  const store = new NaiveStore(module);
  assert.equal(store.run('_home.x = 5').error, undefined);
  store.configure(atomic);
  let dead = false;
  store.lie = (name, table) => {
    dead ||= (name === 'set' || name === 'delete') && table === 1;
    return dead ? -77 : undefined;
  };
  assert.match(store.run(code).error, /answered -77/);
  return [...store.tables.get(JOURNAL)].map((pair) => pair.map((text) => Buffer.from(text, 'latin1').toString('hex')));
}

test('the journal has the bytes that docs/formats.md draws', () => {
  const opening = ['00', '03030000000000000000000000'];
  assert.deepEqual(journalOf('_home.y = 6'), [opening, ['0100000001017900', '00']]);
  assert.deepEqual(journalOf('_home.x = 6'), [opening, ['0100000001017800', '01020500000000000000']]);
  assert.deepEqual(journalOf('_home.x = nil'), [opening, ['0100000001017800', '01020500000000000000']]);
});

// A finalizer could run after a failed compute, when room was made. It was not part of the transaction, so its changes stayed.
test('what finalizers of a failed compute write is undone with it', () => {
  const store = new NaiveStore(module);
  assert.equal(store.run(FURNISHED).error, undefined);
  const before = content(store.tables);
  store.configure(atomic);
  assert.match(store.run(`local z = setmetatable({}, { __gc = function() _home.x = 1 _home.counter() end })
    local t = {} for i = 1, 9000 do t[i] = { i } end error('no')`).error, /no/);
  store.run('return 1');
  assert.deepEqual(content(store.tables), before);
});

// A rollback emptied every table between the first and the last new id. Another instance over the store could have ids
// between them.
test('a rollback leaves alone what another instance over the store made', async () => {
  const store = new MemoryStore();
  const [one, other] = [await Cu.create({ module, store }), await Cu.create({ module, store })];
  one.compute('for i = 1, 250 do ext.table() end');
  other.compute('_home.list = { 1, 2, 3 } function _home.f() return 7 end');
  assert.throws(() => one.compute('for i = 1, 10 do _home["t" .. i] = {} end error("no")', atomic), LuaError);
  assert.deepEqual((await Cu.create({ module, store })).compute('return #_home.list, _home.f(), _home.t1').values, [3, 7, null]);
});

// If the host failed during a rollback, the module finished it in the store that was attached later. Tables of that store
// were emptied.
test('what is owed to one store is not undone in another', () => {
  const store = new NaiveStore(module);
  store.run('_home.x = 1');
  store.configure(atomic);
  store.calls = 0;
  store.lie = () => (store.calls > 12 ? -77 : undefined);
  assert.notEqual(store.run('_home.x = 2 _home.y = { 1, 2, 3 }').error, undefined);
  store.lie = null;
  const other = new NaiveStore(module);
  other.run('for i = 1, 20 do _home[i] = { i } end');
  store.tables = other.tables;
  const before = content(store.tables);
  store.exports.attach_memory_table(1);
  store.configure(null);
  assert.deepEqual(store.run('return #_home').values, [20]);
  assert.deepEqual(content(store.tables), before);
});

// Each attempt of a rollback asked again for the size of each new table. If a host permitted fewer operations than that, the
// rollback never ended, and no script ran over that store again.
test('a rollback ends under a rate of operations', async () => {
  let now = 0;
  const store = new MemoryStore();
  const open = () => Cu.create({ module, store, rate: { operations: 200, clock: () => now } });
  let cu = await open();
  cu.compute('_home.x = 1');
  now += 10_000;
  assert.throws(() => cu.compute('_home.x = 2 for i = 1, 2000 do ext.table() end error("no")', atomic), LuaError);
  let answer;
  for (let round = 0; round < 30 && answer === undefined; round += 1) {
    if (round === 5) cu = await open();
    now += 10_000;
    try { answer = cu.compute('return _home.x').value; } catch (error) { assert.match(error.message, /was not ended/); }
  }
  assert.equal(answer, 1);
});

// The rollback used what was left of the failed compute's budget. If that was used up, new tables kept their content.
test('a rollback that is owed needs no budget', () => {
  const store = new NaiveStore(module);
  store.run('_home.x = 1');
  const before = content(store.tables);
  store.configure({ ...atomic, instructions: 30_000 });
  store.calls = 0;
  store.lie = () => (store.calls > 150 ? -77 : undefined);
  assert.notEqual(store.run('_home.x = 2 g = {} for i = 1, 40 do g[i] = { i, i, i } end _home.y = g').error, undefined);
  store.lie = null;
  assert.deepEqual(store.run('return _home.x').values, [1]);
  assert.deepEqual(content(store.tables), before);
});

// A journal in the store could name the control channel. So a store could make the module send events that never happened.
test('a journal puts nothing back into the control channel', () => {
  const store = new NaiveStore(module);
  store.tables.set(JOURNAL, new Map([['\0', '\x01\xff\xff\xff\x7f'], ['\x01\0\0\0\0event', '\x01forged']]));
  assert.match(store.run('return 1').error, /damaged/);
});
