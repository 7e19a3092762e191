// Permissions hold at every failure: at each allocation of an attempt to get around them, and at each call of the host.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('target/cu-faults.wasm');

const FURNISHED = `
  _home.prices = { apple = 3, list = { 10, { deep = 1 } } }
  _home.secrets = { token = 't0p' }
  local count, text = 0, ('text'):rep(500)
  function _home.counter() count = count + 1 text = text .. count return count end
  function _home.state() return count, #text end`;

const PERMISSIONS = {
  guarded: {
    tables: { '_home.prices': 'readonly', '_home.secrets': 'hidden' },
    library: { 'string.rep': false },
  },
  'read-only': { write: false },
};

/** Each attempt alone, so that the failure of one does not skip the others. */
const ATTEMPT = `
  local seen = {}
  local function try(f, ...) local ok, result = pcall(f, ...) if ok then seen[#seen + 1] = result or 'done' end end
  try(function() _home.prices.apple = 4 end)
  try(function() _home.prices.list[2].deep = 5 end)
  try(function() _home.prices = { apple = 6 } end)
  try(function() kept = _home.prices.list end)
  try(function() kept[1] = 7 end)
  try(function() _home.alias = { kept } end)
  try(function() ext.drop(_home.prices) end)
  if SECRETS then try(function() return _home.secrets.token end) end
  try(function() local r = string.rep return #r('x', 2) end)
  try(function() _home.counter() end)
  return 'attempted'`;

/** Whether the guarded content is unchanged. */
function check(store, kind, where) {
  const { values, error } = store.run(`
    local p = _home.prices
    return p.apple, p.list[1], p.list[2].deep, _home.secrets.token, (_home.alias or {})[1] == nil, (_home.state())`);
  const count = values?.pop();
  assert.deepEqual(values, [3, 10, 1, 't0p', true], `${where}: ${error}`);
  if (kind === 'read-only') assert.equal(count, 0, where);
}

for (const [kind, permissions] of Object.entries(PERMISSIONS)) {
  const attempt = ATTEMPT.replace('SECRETS', String(kind === 'guarded'));

  test(`${kind}: every allocation fails`, (t) => {
    let failed = 0;
    for (const count of [2, 0]) {
      for (let [first, clean] = [1, 0]; clean < 3; first += 1, failed += 1) {
        assert.ok(first < 5000);
        const store = new NaiveStore(module);
        assert.equal(store.run(FURNISHED).error, undefined);
        assert.equal(store.restart(), 0);
        store.configure({ fail_allocation: first, fail_count: count, permissions });
        const { error } = store.run(attempt);
        clean = error === undefined ? clean + 1 : 0;
        store.configure(null);
        check(store, kind, `allocation ${first}`);
        assert.equal(store.restart(), 0);
        check(store, kind, `allocation ${first}, after a restart`);
      }
    }
    t.diagnostic(`${failed} allocations failed`);
    assert.ok(failed > 20);
  });

  test(`${kind}: every call of the host fails`, (t) => {
    let call = 1;
    for (let over = false; !over; call += 1) {
      assert.ok(call < 5000);
      const store = new NaiveStore(module);
      assert.equal(store.run(FURNISHED).error, undefined);
      assert.equal(store.restart(), 0);
      store.configure({ permissions });
      store.fail(call);
      store.run(attempt);
      over = store.mend();
      store.run(attempt);
      store.configure(null);
      check(store, kind, `call ${call}`);
      assert.equal(store.restart(), 0);
      check(store, kind, `call ${call}, after a restart`);
    }
    t.diagnostic(`${call - 2} calls failed`);
    assert.ok(call > 10);
  });
}
