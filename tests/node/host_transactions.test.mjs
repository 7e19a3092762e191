// What the module does for transactions of hosts: `transaction` over several computes, and `atomic = "host"`. The hosts' own tests
// are in host-js/test/transaction.test.js and host-rust/host/tests/transactions.rs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

const JOURNAL = 0x80000005;
const NO_STATE = new Set([0x80000000, 0x80000001, 0x80000002, JOURNAL, 0x80000007, 0x8000000a]);

function content(tables) {
  const rows = [...tables].filter(([id, entries]) => !NO_STATE.has(id) && entries.size > 0);
  return JSON.stringify(rows.sort(([a], [b]) => a - b).map(([id, entries]) => [id, [...entries].sort()]));
}

const FURNISHED = `
  _home.x, _home.t = 1, { 1, { 2 } }
  local count = 0
  function _home.count() count = count + 1 return count end
  function _home.counted() return count end`;

const STATE = 'return _home.x, #_home.t, _home.counted(), _home.f and _home.f(), _home.u and _home.u[1]';
const BEFORE = [1, 2, 0, null, null];

function furnished() {
  const store = new NaiveStore(module);
  assert.equal(store.run(FURNISHED).error, undefined);
  return store;
}

/** Runs a compute of a transaction. */
function part(store, code, word = 'open', more = {}) {
  store.configure({ transaction: word, ...more });
  const answer = store.run(code);
  store.configure(null);
  return answer;
}

const PARTS = [
  '_home.x = 2 _home.count()',
  'function _home.f() return 7 end table.insert(_home.t, 3)',
  'u = { 5 } _home.u = u',
];

test('what several computes changed is kept together', () => {
  const store = furnished();
  for (const code of PARTS) assert.equal(part(store, code).error, undefined);
  assert.deepEqual(part(store, STATE).values, [2, 3, 1, 7, 5]);
  assert.ok(store.tables.get(JOURNAL).size > 0);
  assert.deepEqual(part(store, 'return 8', 'commit').values, [8]);
  assert.equal(store.tables.get(JOURNAL).size, 0);
  assert.deepEqual(store.run(STATE).values, [2, 3, 1, 7, 5]);
  store.restart();
  assert.deepEqual(store.run(STATE).values, [2, 3, 1, 7, 5]);
});

test('or undone together, in the store and in Lua', () => {
  const store = furnished();
  const before = content(store.tables);
  for (const code of PARTS) assert.equal(part(store, code).error, undefined);
  assert.deepEqual(part(store, STATE, 'rollback').values, BEFORE);
  assert.equal(store.tables.get(JOURNAL).size, 0);
  assert.equal(content(store.tables), before);
  assert.deepEqual(store.run('return u[1], pcall(ext.size, u) or nil, _home.count()').values, [5, null, 1]);
  assert.equal(store.run('_home.u = u _home.x = 3').error, undefined);
  assert.deepEqual(store.run('return _home.u[1], _home.x').values, [5, 3]);
});

test('a compute that fails undoes itself alone, and savepoints work inside', () => {
  const store = furnished();
  part(store, PARTS[0]);
  assert.match(part(store, `${PARTS[1]} _home.count() v = {} _home.v = v error('no')`).error, /no/);
  assert.deepEqual(part(store, STATE).values, [2, 2, 1, null, null]);
  assert.equal(part(store, `pcall(ext.transaction, function() _home.x = 3 _home.count() error('no') end) ext.transaction(function() _home.u = { 6 } end)`).error, undefined);
  assert.match(part(store, `_home.x = 9 error('no')`, 'commit').error, /no/);
  assert.deepEqual(part(store, STATE).values, [2, 2, 1, null, 6]);
  assert.match(part(store, 'while true do _home.x = 10 end', 'open', { instructions: 100_000 }).error, /budget/);
  assert.equal(part(store, '', 'commit').error, undefined);
  assert.deepEqual(store.run(STATE).values, [2, 2, 1, null, 6]);
});

test('a compute that says nothing of an open transaction is refused, and changes nothing', () => {
  const store = furnished();
  part(store, PARTS[0]);
  assert.match(store.run('_home.x = 5').error, /a transaction of the host is open/);
  assert.deepEqual(part(store, STATE, 'commit').values, [2, 2, 1, null, null]);
  assert.deepEqual(part(store, STATE, 'rollback').values, [2, 2, 1, null, null]);
  for (const word of ['begin', '', 5, true]) assert.match(part(store, '', word).error, /config\.transaction is .*; wanted is 'open', 'commit' or 'rollback'/);
});

test('nothing is collected in the store while a transaction is open: what comes back must be there', () => {
  const store = furnished();
  part(store, '_home.t = nil collectgarbage()');
  store.exports.run_gc();
  part(store, '', 'rollback');
  assert.deepEqual(store.run('return _home.t[2][1]').values, [2]);
  store.exports.run_gc();
  assert.deepEqual(store.run('return _home.t[2][1]').values, [2]);
});

test('the host dies between two computes, or in one: the next start undoes all of them', () => {
  const store = furnished();
  const before = content(store.tables);
  for (let count = 1; count <= PARTS.length; count += 1) {
    for (const code of PARTS.slice(0, count)) assert.equal(part(store, code).error, undefined);
    assert.equal(store.restart(), 0);
    assert.deepEqual(store.run(STATE).values, BEFORE);
    assert.equal(content(store.tables), before, `${count}`);
  }
});

for (const [how, count] of [['fails', 1], ['dies', Infinity]]) {
  test(`the host ${how} at every call of the computes and of the commit: all or nothing`, (t) => {
    const seen = new Set();
    let call = 1;
    for (let over = false; !over; call += 1) {
      const store = furnished();
      const before = content(store.tables);
      store.fail(call, count);
      const done = [];
      for (const [at, code] of PARTS.entries()) done.push(part(store, code).error === undefined ? at : -1);
      const lost = part(store, 'return 1');
      const { error } = part(store, '', 'commit');
      over = store.mend();
      if (count === 1) {
        // The same instance goes on.
        const expected = [1, 2, 0, null, null];
        if (error === undefined) {
          if (done.includes(0)) [expected[0], expected[2]] = [2, 1];
          if (done.includes(1)) [expected[1], expected[3]] = [3, 7];
          if (done.includes(2)) expected[4] = 5;
        }
        if (error !== undefined) assert.equal(part(store, '', 'rollback').error, undefined, `call ${call}`);
        assert.deepEqual(store.run(STATE).values, expected, `call ${call}: ${done} ${lost.error} ${error}`);
      }
      assert.equal(store.restart(), 0);
      const { values } = store.run(STATE);
      assert.equal(store.tables.get(JOURNAL)?.size ?? 0, 0, `call ${call}`);
      const isWhole = JSON.stringify(values) === JSON.stringify([2, 3, 1, 7, 5]);
      if (count === Infinity && !isWhole) {
        assert.deepEqual(values, BEFORE, `call ${call}: ${done} ${error}`);
        assert.equal(content(store.tables), before, `call ${call}`);
      }
      seen.add(isWhole);
    }
    t.diagnostic(`${call - 2} calls`);
    assert.deepEqual([...seen].sort(), [false, true]);
    assert.ok(call > 60);
  });
}

test('a part that cannot be undone undoes everything, and each compute says so until the host rolls back', () => {
  const store = furnished();
  part(store, PARTS[0]);
  store.lie = (name, table) => (name === 'delete' && table === JOURNAL ? -77 : undefined);
  assert.match(part(store, `_home.x = 3 error('no')`).error, /no/);
  assert.match(part(store, 'return 1').error, /the transaction of the host was undone/);
  store.lie = null;
  assert.match(part(store, 'return 1', 'commit').error, /the transaction of the host was undone/);
  assert.match(store.run('return 1').error, /the transaction of the host was undone/);
  assert.deepEqual(part(store, STATE, 'rollback').values, BEFORE);
  assert.deepEqual(store.run(STATE).values, BEFORE);
});

test('a home that is attached ends the transaction: the next compute undoes it', () => {
  const store = furnished();
  part(store, PARTS[2]);
  store.exports.attach_memory_table(1);
  assert.match(part(store, 'return 1').error, /the transaction of the host was undone/);
  assert.deepEqual(part(store, STATE, 'rollback').values, BEFORE);
  assert.deepEqual(store.run('return u[1], pcall(ext.size, u) or nil').values, [5, null]);
});

// ---- atomic = "host" ----

/** A store that can be put back, as a host with units of its own does. */
function copy(tables) {
  return new Map([...tables].map(([id, entries]) => [id, new Map(entries)]));
}

/** A compute that the host undoes if it fails. */
function unit(store, code, more = {}) {
  store.configure({ atomic: 'host', ...more });
  const before = copy(store.tables);
  store.calls = 0;
  const answer = store.run(code);
  if (answer.error !== undefined) store.tables = before;
  store.configure(null);
  return answer;
}

test('the host undoes a compute that fails, and the module remembers nothing of it', () => {
  const store = furnished();
  for (let round = 0; round < 3; round += 1) {
    const before = content(store.tables);
    const { error } = unit(store, `${PARTS.join(' ')} w = { u, { 8 } } _home.w = w g = _home.f _home.count() for k in pairs(_home) do end error('no')`);
    assert.match(error, /no/);
    assert.equal(content(store.tables), before);
    assert.deepEqual(store.run(STATE).values, BEFORE);
    assert.deepEqual(store.run('return u[1], pcall(ext.size, u) or nil, w[1] == u, w[2][1], g(), _home.counted()').values, [5, null, true, 8, 7, 0]);
    assert.deepEqual(store.run('local n = 0 for k in pairs(_home) do n = n + 1 end return n').values, [4]);
  }
  assert.equal(unit(store, PARTS.join(' ')).error, undefined);
  assert.deepEqual(store.run(STATE).values, [2, 3, 1, 7, 5]);
  store.restart();
  assert.deepEqual(store.run(STATE).values, [2, 3, 1, 7, 5]);
});

test('nothing is noted but what savepoints inside need', () => {
  const store = furnished();
  let noted = 0;
  store.lie = (name, table) => { if (table === JOURNAL && name === 'set') noted += 1; };
  assert.equal(unit(store, PARTS.join(' ')).error, undefined);
  assert.equal(noted, 0);
  assert.equal(unit(store, `
    pcall(ext.transaction, function() _home.x = 30 _home.count() _home.u[1] = 6 _home.fresh = {} error('no') end)
    ext.transaction(function() _home.t[1] = 'one' end)`).error, undefined);
  assert.ok(noted > 0);
  assert.deepEqual(store.run(`return _home.x, _home.counted(), _home.u[1], _home.fresh, _home.t[1]`).values, [2, 1, 5, null, 'one']);
  assert.match(unit(store, `ext.transaction(function() _home.x = 31 z = { 1 } _home.z = z end) error('no')`).error, /no/);
  assert.deepEqual(store.run(`return _home.x, z[1], pcall(ext.size, z) or nil, _home.z`).values, [2, 1, null, null]);
});

test('a host that undoes nothing has what the compute left, and nothing is broken', () => {
  const store = furnished();
  store.configure({ atomic: 'host' });
  assert.match(store.run(`${PARTS.join(' ')} error('no')`).error, /no/);
  store.configure(null);
  const { values: [x, length, , f, u] } = store.run(STATE);
  assert.deepEqual([x, length, f, u], [2, 3, 7, 5]);
  assert.equal(store.run('_home.u[1] = 9 _home.more = { {} } _home.count()').error, undefined);
  store.restart();
  assert.deepEqual(store.run('return _home.u[1], _home.f(), #_home.more').values, [9, 7, 1]);
});

test('ids are not given twice after the host undid those of a compute', () => {
  const store = furnished();
  for (let round = 0; round < 20; round += 1) {
    unit(store, `for i = 1, ${round} do _home['t' .. i] = { i } end error('no')`);
    assert.equal(store.run(`_home.a${round} = { ${round}, {} }`).error, undefined);
  }
  store.exports.run_gc();
  store.restart();
  for (let round = 0; round < 20; round += 1) assert.deepEqual(store.run(`return _home.a${round}[1], ext.size(_home.a${round}[2])`).values, [round, 0]);
});

test('the host fails at every call, and undoes what failed', (t) => {
  let call = 1;
  for (let over = false; !over; call += 1) {
    const store = furnished();
    store.configure({ atomic: 'host' });
    const before = copy(store.tables);
    store.fail(call);
    const { error } = store.run(PARTS.join(' '));
    over = store.mend();
    if (error !== undefined) store.tables = before;
    store.configure(null);
    const expected = error === undefined ? [2, 3, 1, 7, 5] : BEFORE;
    assert.deepEqual(store.run(STATE).values, expected, `call ${call}: ${error}`);
    assert.equal(store.run('_home.again = { { 1 } }').error, undefined);
    store.restart();
    assert.deepEqual(store.run(STATE).values, expected, `call ${call}, after a restart: ${error}`);
  }
  t.diagnostic(`${call - 2} calls failed`);
  assert.ok(call > 20);
});

test('words that are none are refused', () => {
  const store = furnished();
  for (const atomic of ['yes', 'Host', 1]) {
    store.configure({ atomic });
    assert.match(store.run('return 1').error, /config\.atomic is .*; wanted is a boolean or 'host'/);
  }
});
