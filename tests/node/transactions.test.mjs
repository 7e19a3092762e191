// Transactions of scripts: the host fails at any call, or dies at any call; any allocation fails. tests/lua/external/transactions.lua
// has what they do, tests/node/transactions_model.test.mjs random programs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { dieAgain } from './broken_hosts.mjs';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const faulty = compile('target/cu-faults.wasm');

const JOURNAL = 0x80000005;

/** Tables whose content says nothing of state: ids, marks of a collection, the journal, free ids. */
const NO_STATE = new Set([0x80000000, 0x80000001, 0x80000002, JOURNAL, 0x80000007, 0x8000000a]);

function content(tables) {
  const shown = {};
  for (const [id, entries] of [...tables].sort(([a], [b]) => a - b)) {
    if (NO_STATE.has(id) || entries.size === 0) continue;
    shown[id] = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  }
  return shown;
}

const FURNISHED = `
  _home.a, _home.b = { n = 50, log = {} }, { n = 50, log = {} }
  _home.text = ('old '):rep(2000)
  local count = 0
  function _home.count() count = count + 1 return count end
  function _home.counted() return count end`;

/** Each transaction moves what is in two accounts, of which the sum stays. */
const TRANSACTIONS = `
  done = { one = false, nested = false, failing = false, last = false }
  function move(n)
    _home.a.n = _home.a.n - n
    table.insert(_home.a.log, { n = -n })
    _home.b.n = _home.b.n + n
    table.insert(_home.b.log, { n = n, at = { #_home.b.log } })
    _home.count()
  end
  local function try(name, f, ...) if pcall(ext.transaction, f, ...) then done[name] = true end end
  try('one', move, 1)
  try('nested', function()
    move(2)
    pcall(ext.transaction, function() move(100) _home.fresh = { {} } error('no') end)
    ext.transaction(function() move(4) _home.text = 'new' function _home.added() return 7 end end)
  end)
  try('failing', function() move(8) ext.transaction(move, 16) error('no') end)
  try('last', function() _home.kept = { 1, { 2 } } move(32) end)`;

const STATE = `return _home.a.n, _home.b.n, #_home.a.log, #_home.b.log, _home.counted(), #_home.text, _home.fresh,
  _home.added and _home.added(), _home.kept and _home.kept[2][1]`;

/** What STATE answers after the transactions of these names. */
function expected(names) {
  const state = [50, 50, 0, 0, 0, 8000, null, null, null];
  const move = (n) => { state[0] -= n; state[1] += n; state[2] += 1; state[3] += 1; state[4] += 1; };
  if (names.includes('one')) move(1);
  if (names.includes('nested')) { move(2); move(4); state[5] = 3; state[7] = 7; }
  if (names.includes('last')) { move(32); state[8] = 2; }
  return state;
}

const ALL = ['one', 'nested', 'last'];

/** The transactions that said that they were done. */
function doneIn(store) {
  const { values: [done], error } = store.run('return done or {}');
  assert.equal(error, undefined);
  return ALL.filter((name) => done[name] === true);
}

function furnished(of = module) {
  const store = new NaiveStore(of);
  assert.equal(store.run(FURNISHED).error, undefined);
  assert.equal(store.restart(), 0);
  return store;
}

test('all of them, without a failure', () => {
  const store = furnished();
  assert.equal(store.run(TRANSACTIONS).error, undefined);
  assert.deepEqual(doneIn(store), ALL);
  assert.deepEqual(store.run(STATE).values, expected(ALL));
  assert.equal(store.tables.get(JOURNAL)?.size ?? 0, 0);
});

for (const [how, count] of [['one call fails', 1], ['three calls fail', 3], ['every call from there on fails', Infinity]]) {
  test(`${how}, for every call: what is said to be done is done, and nothing else`, (t) => {
    let call = 1;
    for (let over = false; !over; call += 1) {
      const store = furnished();
      store.fail(call, count);
      const { error } = store.run(TRANSACTIONS);
      over = store.mend();
      const names = doneIn(store);
      assert.deepEqual(store.run(STATE).values, expected(names), `call ${call}: ${names} ${error}`);
      assert.equal(store.tables.get(JOURNAL)?.size ?? 0, 0, `call ${call}`);
      assert.equal(store.restart(), 0);
      assert.deepEqual(store.run(STATE).values, expected(names), `call ${call}, after a restart: ${names} ${error}`);
      if (over) assert.deepEqual(names, ALL);
    }
    t.diagnostic(`${call - 2} calls failed`);
    assert.ok(call > 200);
  });
}

test('the host dies at every call: after a restart the state is that after some of the transactions, in their order', (t) => {
  const states = [0, 1, 2, 3].map((count) => JSON.stringify(expected(ALL.slice(0, count))));
  const seen = new Set();
  let call = 1;
  for (let over = false; !over; call += 1) {
    const store = furnished();
    store.fail(call, Infinity);
    store.run(TRANSACTIONS);
    over = store.mend();
    dieAgain(store, [1, 4, 9, 16, 30]);
    const state = store.run(STATE).values;
    const at = states.indexOf(JSON.stringify(state));
    assert.ok(at >= Math.max(0, ...seen), `call ${call}: ${JSON.stringify(state)}`);
    seen.add(at);
    assert.equal(store.tables.get(JOURNAL)?.size ?? 0, 0, `call ${call}`);
    // Nothing else is left: no row of what was undone.
    const whole = furnished();
    const code = ALL.slice(0, at).map((name) => ({
      one: 'ext.transaction(move, 1)',
      nested: `ext.transaction(function() move(2) move(4) _home.text = 'new' function _home.added() return 7 end end)`,
      last: 'ext.transaction(function() _home.kept = { 1, { 2 } } move(32) end)',
    }[name])).join('\n');
    const moving = TRANSACTIONS.slice(0, TRANSACTIONS.indexOf('local function try'));
    assert.equal(whole.run(`${moving} ${code}`).error, undefined);
    assert.equal(rows(store), rows(whole), `call ${call}, after ${at}`);
  }
  t.diagnostic(`died at ${call - 2} calls`);
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3]);
});

/** How many rows there are of each kind, of tables that say something. */
function rows(store) {
  const tables = Object.entries(content(store.tables));
  return JSON.stringify(tables.map(([id, entries]) => (id < 0x80000000 ? ['table', entries.length] : [id, entries.length])).sort());
}

test('every allocation fails: what is said to be done is done, and nothing else', (t) => {
  let failed = 0;
  for (const count of [1, 3, 0]) {
    for (let [first, clean] = [1, 0]; clean < 3; first += 1, failed += 1) {
      assert.ok(first < 5000);
      const store = furnished(faulty);
      store.configure({ fail_allocation: first, fail_count: count });
      const { error } = store.run(TRANSACTIONS);
      store.configure(null);
      const names = doneIn(store);
      clean = error === undefined && names.length === ALL.length ? clean + 1 : 0;
      assert.deepEqual(store.run(STATE).values, expected(names), `allocation ${first}, ${count}: ${names} ${error}`);
      assert.equal(store.tables.get(JOURNAL)?.size ?? 0, 0);
      assert.equal(store.restart(), 0);
      assert.deepEqual(store.run(STATE).values, expected(names), `allocation ${first}, ${count}, after a restart: ${names} ${error}`);
    }
  }
  t.diagnostic(`${failed} allocations failed`);
  assert.ok(failed > 300);
});

/** Tables that become external and plain again. */
const PLAIN = `
  u = u or { a = { 1, 2, { 3 } }, s = ('long'):rep(400) }
  u.self, u.again = u, u.a
  pcall(ext.transaction, function() _home.u = u u.more = { 'more' } t = ext.table() t.u = u error('no') end)`;

const LOOK = `
  local function look(t, f) local ok, v = pcall(f, t) return ok and v or tostring(v):match('this table is gone') or v end
  return look(u, function(u) return u.s and #u.s end), look(u, function(u) return u.a and #u.a end), look(u, function(u) return u.self == u end),
    _home.u, (function() local ok, why = pcall(ext.size, u) if ok then return true end if why:find('this table is gone') then return false end return nil end)()`;

const FAILURES = {
  allocation: (store, first, config) => store.configure({ ...config, fail_allocation: first, fail_count: 0 }),
  'single allocation': (store, first, config) => store.configure({ ...config, fail_allocation: first, fail_count: 2 }),
  call: (store, first, config) => { store.configure(config); store.fail(first, Infinity); },
  'single call': (store, first, config) => { store.configure(config); store.fail(first); },
};

/** A transaction of a script, and computes as a whole. */
const WHOLE = {
  'in a transaction': [PLAIN, {}],
  'in an atomic compute': [`${PLAIN.replace('pcall(ext.transaction, function()', 'do').replace("error('no') end)", "end")} error('no')`, { atomic: true }],
  'in a compute that the host undoes': [`${PLAIN.replace('pcall(ext.transaction, function()', 'do').replace("error('no') end)", "end")} error('no')`, { atomic: 'host' }],
  'in a part of a transaction': [`${PLAIN.replace('pcall(ext.transaction, function()', 'do').replace("error('no') end)", "end")} error('no')`, { transaction: 'open' }],
};

for (const [where, [code, config]] of Object.entries(WHOLE)) for (const [what, fail] of Object.entries(FAILURES)) {
  test(`a ${what} fails while tables become plain again ${where}: they have their content, or are gone and say so`, (t) => {
    const seen = new Map();
    for (let [first, clean] = [1, 0]; clean < 100; first += 1) {
      assert.ok(first < 3000);
      const store = new NaiveStore(faulty);
      assert.equal(store.run(`u = { a = { 1, 2, { 3 } }, s = ('long'):rep(400) }`).error, undefined);
      fail(store, first, config);
      const tables = store.snapshot();
      const { error } = store.run(code);
      const over = what.endsWith('call') ? store.mend() : false;
      if (config.atomic === 'host' && error !== undefined) store.tables = tables;
      store.configure(config.transaction === undefined ? null : { transaction: 'rollback' });
      store.run('return 1');
      store.configure(null);
      const { values, error: second } = store.run(LOOK);
      assert.equal(second, undefined);
      const [s, a, self, stored, metatable] = values;
      assert.equal(stored, null, `${what} ${first}`);
      const kind = s === 1600 && a === 3 && metatable === null ? 'plain'
        : s === 'this table is gone' && metatable === false ? 'gone'
          : s === 1600 && metatable === null && a === 'this table is gone' ? 'a part is gone' : JSON.stringify(values);
      assert.ok(['plain', 'gone', 'a part is gone'].includes(kind), `${what} ${first}: ${kind} ${error}`);
      const isDone = error === undefined || /: no\n/.test(error);
      if (kind === 'plain' && isDone) assert.equal(self, true, `${what} ${first}`);
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
      clean = (what.endsWith('call') ? over : isDone && kind === 'plain') ? clean + 1 : 0;
      // The instance works, and ids are not given twice.
      assert.deepEqual(store.run('_home.v = { { 5 } } return _home.v[1][1], ext.size(_home.v)').values, [5, 1]);
    }
    t.diagnostic(JSON.stringify([...seen]));
    assert.ok(seen.get('plain') > 0);
  });
}

test('a table larger than memory is gone when it would become plain, and its use and its assignment say why', () => {
  const store = new NaiveStore(module);
  const { values, error } = store.run(`
    small = { 1, 2 }
    local ok, e = pcall(ext.transaction, function()
      big = ext.table()
      for i = 1, 100000 do big[i] = i end
      _home.small = small
      error('no', 0)
    end)
    return ok, e, select(2, pcall(function() return big[1] end)), select(2, pcall(function() _home.x = big end)),
      select(2, pcall(function() _home.x = { big } end)), tostring(type(big))`);
  assert.equal(error, undefined);
  const why = 'the transaction that stored it failed, and its content could not be kept: not enough memory, or a failure of the host';
  assert.deepEqual(values.slice(0, 2), [false, 'no']);
  assert.ok(values[2].endsWith(`this table is gone: ${why}`), values[2]);
  assert.ok(values[3].endsWith(`what is to be stored under 'x' of _home is a table that is gone: ${why}`), values[3]);
  assert.ok(values[4].endsWith(`_home.x[1] is a table that is gone: ${why}`), values[4]);
  assert.deepEqual(store.run('return ext.size(_home)').values, [0]);
});

test('a rollback that the host does not let happen ends the script, and happens before the next compute', () => {
  const store = furnished();
  let dead = false;
  store.lie = (name, table) => (dead && table === JOURNAL && name === 'delete' ? -77 : undefined);
  store.configure({ events: { error: true } });
  store.set = (table, key, keyLength, value, length) => { store.events.push(store.bytes(value, length).slice()); return 0; };
  const original = store.lie;
  store.lie = (name, table, all) => { if (name === 'get' && table === 1) dead ||= store.read(all[1], all[2]).includes('dead'); return original(name, table); };
  const { error } = store.run(`
    pcall(function() ext.transaction(function() _home.a.n = 0 local now = _home.dead error('no') end) end)
    _home.after = 1
    while true do pcall(function() _home.after = 2 end) end`);
  assert.match(error, /a transaction was not undone: the host failed to delete what it changed, or a note of it: it answered -77/);
  assert.match(store.run('return 1').error, /was not ended: the host failed to delete/);
  store.lie = null;
  assert.deepEqual(store.run('return _home.a.n, _home.after').values, [50, null]);
});

test('committed and undone transactions are reported, with how deep they are in others', async () => {
  const events = [];
  const cu = await Cu.create({ module, store: new MemoryStore(), config: { events: ['audit'] }, onEvent: (event) => events.push(event) });
  cu.compute(`
    ext.transaction(function()
      _home.x = 1
      ext.transaction(function() _home.y = 1 ext.transaction(function() end) end)
      pcall(ext.transaction, function() _home.z = 1 error('no') end)
    end)
    pcall(ext.transaction, function() _home.x = 2 error('no') end)
    pcall(ext.transaction, function() error('no') end)
    ext.transaction(function() return _home.x end)`);
  assert.deepEqual(events.map(({ action, level }) => [action, level]), [
    ['transaction_committed', 2], ['transaction_rolled_back', 2], ['transaction_committed', undefined], ['transaction_rolled_back', undefined],
  ]);
});

test('a transaction asks the host for little: nothing where it is a savepoint that changes nothing', () => {
  const store = furnished();
  store.run('return _home.a.n');
  const calls = (code) => {
    store.calls = 0;
    assert.equal(store.run(code).error, undefined);
    return store.calls;
  };
  calls('ext.transaction(function() end)');
  const once = calls('ext.transaction(function() end)');
  assert.ok(once <= 2, `${once}`);
  assert.equal(calls('ext.transaction(function() for i = 1, 100 do ext.transaction(function() end) end end)'), once);
  assert.equal(calls('ext.transaction(function() for i = 1, 100 do pcall(ext.transaction, error) end end)'), once);
});

test('journals of earlier versions are undone', () => {
  for (const opening of ['\x02\x03\0\0\0\0\0\0\0\0\0\0\0', '\x01\x03\0\0\0', '\x03\x03\0\0\0\0\0\0\0\0\0\0\0']) {
    const store = new NaiveStore(module);
    assert.equal(store.run('_home.x = 5').error, undefined);
    store.tables.set(JOURNAL, new Map([['\0', opening], ['\x01\0\0\0\x01\x01x\0', '\x01\x02\x04\0\0\0\0\0\0\0'], ['\x01\0\0\0\x01\x01y\0', '\0']]));
    store.tables.get(1).set('\x01y\0', '\x01\x01');
    assert.equal(store.restart(), 0);
    assert.deepEqual(store.run('return _home.x, _home.y').values, [4, null]);
    assert.equal(store.tables.get(JOURNAL).size, 0);
  }
});

test('notes of levels are undone, the innermost first', () => {
  const store = new NaiveStore(module);
  assert.equal(store.run('_home.x = 5').error, undefined);
  const note = (level, n) => [`${level}\0\0\0\x01\x01x\0`, `\x01\x02${n}\0\0\0\0\0\0\0`];
  store.tables.set(JOURNAL, new Map([['\0', '\x03\x03\0\0\0\0\0\0\0\0\0\0\0'], note('\x01', '\x01'), note('\x02', '\x02'), note('\x05', '\x03')]));
  assert.equal(store.restart(), 0);
  assert.deepEqual(store.run('return _home.x').values, [1]);
  assert.equal(store.tables.get(JOURNAL).size, 0);
});
