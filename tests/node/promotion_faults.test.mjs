// Assignments that fail half way, for values of every kind: the number of host calls stays in proportion to the work, the
// store keeps its old content, and the instance stays usable.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RATE_EXCEEDED } from '../../host-js/abi.js';
import { Cu } from '../../host-js/index.js';
import { FAILED, NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

const COUNTER = 0x80000000;

/** An undo that counts through unused ids takes longer than this, in milliseconds. */
const LONGEST = 3000;

const VALUES = {
  'a library function': 'print',
  'another library function': 'string.format',
  'a library': 'string',
  'the globals': '_G',
  'a new function': 'function() return 1 end',
  'a function that captured variables': '(function() local n, t = 1, { 2 } return function() n = n + 1 return t end end)()',
  'a stored function': 'stored',
  'a stored table': 'made',
  'an empty external table': 'ext.table()',
  'an empty table': '{}',
  'a table of library functions': '{ print, string.format, { next } }',
  'a table of empty tables': '{ {}, {}, { {} } }',
  'a table of one value': '{ 1 }',
  'an object': 'setmetatable({ n = 1 }, { __index = function() return 5 end, __add = print })',
  'an object of a stored class': 'setmetatable({ n = 1 }, class)',
  'a class': '(function() local c = {} c.__index = c function c.m() return 6 end class_of_plain = setmetatable({}, c) return c end)()',
  'an object with a class that has one': 'setmetatable({}, setmetatable({}, { __index = { x = 1 } }))',
  'a string': '"text"',
  'a long string': '("long"):rep(3000)',
  'an empty string': '""',
  'an integer': '5',
  'a float': '0.5',
  'a boolean': 'false',
  nil: 'nil',
  'a big integer': 'require("bigint").new(2) ^ 200',
  'a thread': 'coroutine.create(print)',
  'an iterator': '("x"):gmatch("x")',
  'a table with a thread': '{ { 1 }, coroutine.create(print) }',
};

/** How calls of a store fail: their answer, and their number. */
const FAILURES = {
  'one call fails': [FAILED, 1],
  'every call from there on fails': [FAILED, Infinity],
  'the rate is exceeded from there on': [RATE_EXCEEDED, Infinity],
};

const START = '_home.f = "old" function _home.stored() return 3 end stored = _home.stored _home.made = { 1 } made = _home.made _home.class = { __index = { y = 2 } } class = _home.class';

/** Runs the code with calls that fail from `first` on: `{ error, values, calls }`. */
function runFailing(store, code, first, [answer, count]) {
  store.fail(first, count, answer);
  const began = performance.now();
  const { error, values } = store.run(code);
  assert.ok(performance.now() - began < LONGEST, `${code}: it took ${performance.now() - began} ms`);
  const { calls } = store;
  store.mend();
  return { error, values, calls };
}

for (const atomic of [false, true]) {
  for (const [way, failure] of Object.entries(FAILURES)) {
    for (const [name, value] of Object.entries(VALUES)) {
      test(`${atomic ? 'atomic, ' : ''}${way}: ${name}`, () => {
        const code = `_home.f = ${value}`;
        const begin = () => {
          const store = new NaiveStore(module);
          assert.equal(store.run(START).error, undefined);
          store.configure({ atomic });
          return store;
        };
        const whole = begin();
        const { calls: needed, error: refusal } = runFailing(whole, code, Infinity, failure);
        for (let first = 1; first <= needed; first += 1) {
          const store = begin();
          const before = store.content();
          const { error, calls } = runFailing(store, code, first, failure);
          const [, count] = failure;
          // Each entry that was written is deleted once. A journal, if there is one, is read to put the old values back, and so is
          // the content of tables that become plain again.
          assert.ok(calls <= (atomic ? 3 : 2) * needed + 8, `call ${first}: ${calls} calls; ${needed} do all of it`);
          // After the commit of a transaction, only the removal of its journal can fail.
          if (error === undefined) assert.ok(atomic, `call ${first}`);
          else assert.match(error, /it answered -|^external table|which cannot be stored|may not|failed to/, `call ${first}`);
          if (error !== undefined && count === 1 && !atomic) assert.equal(store.content(), before, `call ${first}`);
          assert.deepEqual(store.run('local t = ext.table() t.x = { 1, print } return t.x[1], #t.x').values, [1, 2]);
          if (error !== undefined) assert.equal(store.run('return _home.f').values?.[0], 'old', `call ${first}`);
          assert.equal(store.run(code).error === undefined, refusal === undefined, `call ${first}, again`);
          store.restart();
          assert.deepEqual(store.run('return _home.stored(), _home.made[1]').values, [3, 1], `call ${first}`);
        }
      });
    }
  }
}

// Each entry that could not be deleted again was a failure, too. Where there were many of them, the script heard of one in the place of
// the failure that it was about.
test('a host that fails for good while many entries are written: the script hears of the first failure', () => {
  for (let first = 6, isOver = false; !isOver; first += 1) {
    const store = new NaiveStore(module);
    assert.equal(store.run('_home.x = 1').error, undefined);
    store.fail(first, Infinity);
    const { error } = store.run('local t = {} for i = 1, 40 do t[i] = i end _home.t = t');
    isOver = store.mend();
    if (!isOver) assert.match(error, /the host failed to store key 't'/, `call ${first}`);
  }
});

test('a script alone makes the rate exceed, and ends', async () => {
  const cu = await Cu.create({ rate: { operations: 20, clock: () => 0 } });
  const began = performance.now();
  assert.throws(() => cu.compute('while true do _home.f = print end'), /too many operations/);
  assert.ok(performance.now() - began < LONGEST, `${performance.now() - began} ms`);
});

test('ids that jump while an assignment is on its way are not counted through', () => {
  // Ids that another instance reserved, or a damaged counter, may be two thousand million higher.
  const code = 'local t = {} for i = 1, 300 do t[i] = { i } end _home.list = t return #_home.list, _home.list[300][1]';
  for (const lie of [undefined, FAILED]) {
    const store = new NaiveStore(module);
    assert.equal(store.run('_home.first = { 1 }').error, undefined);
    const value = Buffer.alloc(9, 2);
    value.writeBigInt64LE(BigInt(0x80000000 - 1000), 1);
    store.tables.get(COUNTER).set('\x01next_table\0', value.toString('latin1'));
    const before = store.content();
    const began = performance.now();
    if (lie === undefined) {
      assert.deepEqual(store.run(code).values, [300, 300]);
      assert.ok(Math.max(...[...store.tables.keys()].filter((id) => id < COUNTER)) > COUNTER - 2000, 'the ids jumped');
    } else {
      store.lie = (name, table, [, key, length]) => (name === 'set' && table === 1 ? lie : undefined);
      assert.match(store.run(code).error, /failed to store/);
      store.lie = null;
      assert.equal(store.content(), before);
    }
    assert.ok(performance.now() - began < LONGEST, `${performance.now() - began} ms`);
  }
});
