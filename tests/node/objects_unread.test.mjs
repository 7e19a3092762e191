// What of a class cannot be read, because the host fails, raises why: nothing else is seen in its place, and the next compute reads it again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAILED, NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

const CLASSES = `
  local Account = { __index = { n = 5 }, __add = function(a, b) return a.n + b.n end, __init = function() return 'made' end }
  local Locked = { __metatable = 'locked', __sub = function() return 7 end }
  _home.Account, _home.a = Account, setmetatable({}, Account)
  _home.Locked, _home.b = Locked, setmetatable({}, Locked)`;

/** Globals whose classes the next compute reads again, with its epoch. */
const HELD = 'A, B, a, b = _home.Account, _home.Locked, _home.a, _home.b p, q = setmetatable({}, A), setmetatable({}, B)';

/** What is looked at, and what is there. */
const LOOKS = {
  "rawget(A, '__index').n": 5,
  'A.__index.n': 5,
  'A.__unm': null,
  "rawget(A, '__unm')": null,
  'A.__add(a, a)': 10,
  'A.__init()': 'made',
  'B.__index': null,
  'B.__metatable': 'locked',
  'getmetatable(a) == A': true,
  'getmetatable(p) == A': true,
  'getmetatable(b)': 'locked',
  'getmetatable(q)': 'locked',
  'a + a': 10,
  'p + p': 10,
  'b - b': 7,
  'setmetatable(a, A) == a': true,
  'setmetatable(p, {}) == p': true,
};

const WHY = /the metatable of external table \d+ cannot be read: |the host failed to /;

/** A new instance over those classes, which has seen them or not. */
function begun(hasSeen) {
  const store = new NaiveStore(module);
  assert.equal(store.run(CLASSES).error, undefined);
  store.restart();
  if (hasSeen) {
    assert.equal(store.run(HELD).error, undefined);
    store.configure({ epoch: 1 });
  }
  return store;
}

for (const hasSeen of [false, true]) {
  const code = (look) => `${hasSeen ? '' : HELD} return ${look}`;
  const when = hasSeen ? 'another instance had its turn' : 'a restart';

  for (const [look, wanted] of Object.entries(LOOKS)) {
    test(`after ${when}, '${look}' is what it is, or raises why it cannot be read, whichever calls fail`, () => {
      let failed = 0;
      for (const count of [1, 2, 1000]) {
        for (let first = 1, isOver = false; !isOver; first += 1) {
          assert.ok(first < 500);
          const store = begun(hasSeen);
          store.fail(first, count);
          const { error, values } = store.run(code(look));
          isOver = store.mend();
          if (error === undefined) assert.deepEqual(values, [wanted], `calls from ${first}, ${count}`);
          else assert.match(error, WHY, `calls from ${first}, ${count}`);
          failed += error === undefined ? 0 : 1;
          assert.deepEqual(store.run(code(look)).values, [wanted], `after calls from ${first}, ${count}`);
        }
      }
      assert.ok(failed > 0);
    });
  }
}

test('names of events are read from the store where a list of the keys of the class cannot be had', () => {
  const store = begun(false);
  store.lie = (call) => (call === 'keys' ? FAILED : undefined);
  const { values } = store.run(`${HELD.slice(0, HELD.indexOf(' p, q'))}
    return A.__unm, rawget(A, '__index').n, A.__add({ n = 1 }, { n = 2 }), B.__metatable, A.__init(), pcall(function() return -a end)`);
  assert.deepEqual(values.slice(0, 6), [null, 5, 3, 'locked', 'made', false]);
  assert.match(values[6], WHY);
});
