// Random programs of nested transactions over a host that fails at call n, for every n: scripts catch every error, and go on. What
// an operation said holds, in this instance and in a new one. CU_SEED and CU_ROUNDS choose the programs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const rounds = Number(process.env.CU_ROUNDS ?? 25);

const KEYS = 4;

/** `shadow` is what the table is to have after what was said to be done, `base` the same before the outermost transaction. */
const PRELUDE = `
  shadow, base, depth = {}, nil, 0
  for key = 1, ${KEYS} do shadow[key] = key end
  local function copy() return table.move(shadow, 1, ${KEYS}, 1, {}) end
  function set(key, value)
    if pcall(function() _home.t[key] = value end) then shadow[key] = value end
  end
  function transaction(body)
    local before = copy()
    if depth == 0 then base = before end
    depth = depth + 1
    local done = pcall(ext.transaction, body)
    depth = depth - 1
    if not done then shadow = before end
    if depth == 0 then base = nil end
  end`;

const START = `_home.t = {} for key = 1, ${KEYS} do _home.t[key] = key end`;

/** A program; without `fails` no body errs. */
function program(random) {
  let next = 100;
  const lines = [];
  const body = (depth) => {
    for (let left = 1 + random(3); left > 0; left -= 1) {
      if (random(3) > 0 || depth === 4) {
        next += 1;
        lines.push(`set(${1 + random(KEYS)}, ${next})`);
        continue;
      }
      lines.push('transaction(function()');
      body(depth + 1);
      lines.push(random(3) === 0 ? "error('no') end)" : 'end)');
    }
  };
  while (!lines.some((line) => line.startsWith('transaction'))) body(0);
  return lines.join('\n');
}

const START_STATE = `local out = {} for key = 1, ${KEYS} do out[key] = key end return out`;
const expected = `local out = {} for key, value in pairs(base or shadow or {}) do out[key] = value end return out`;
const actual = `local out = {} for key, value in pairs(_home.t) do out[key] = value end return out`;

function run(store, code) {
  const { values, error } = store.run(code);
  assert.equal(error, undefined, code);
  return values[0];
}

for (const count of [1, 3, Infinity]) {
  test(`what was said to be done is done, whichever ${count} calls fail (CU_SEED=${seed})`, () => {
    let total = 0;
    for (let round = 0; round < rounds; round += 1) {
      const random = randomBelow(seed + round);
      const isAtomic = random(2) === 1;
      const code = program(random);
      for (let call = 0, over = false; !over; call += 1) {
        const store = new NaiveStore(module);
        assert.equal(store.run(START).error, undefined);
        assert.equal(store.run(PRELUDE).error, undefined);
        if (isAtomic) store.configure({ atomic: true });
        store.fail(call, count);
        const { error } = store.run(code);
        over = store.mend();
        total += 1;
        const context = `CU_SEED=${seed + round} CU_ROUNDS=1, call ${call}${isAtomic ? ', atomic' : ''}:\n${code}`;
        const wanted = isAtomic && error !== undefined ? run(store, START_STATE) : run(store, expected);
        assert.deepEqual(run(store, actual), wanted, context);
        assert.equal(store.restart(), 0, context);
        assert.deepEqual(run(store, actual), wanted, `${context}\nin a new instance`);
      }
    }
    assert.ok(total > 10 * rounds);
  });
}
