// The budget of a run: nothing gets past it, nothing catches it, and it counts the same each time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, LuaError, MemoryStore } from '../../host-js/index.js';
import { ATTACKS, BUDGET, attack } from './attacks.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** A script's time may be so many times that of a plain loop with the same budget. */
const SLOWEST = 25;

async function time(code) {
  let best = Infinity;
  for (let round = 0; round < 3; round += 1) best = Math.min(best, (await attack(module, code)).milliseconds);
  return best;
}

test('there are at least forty scripts that run for ever', () => {
  assert.ok(ATTACKS.length >= 40, `${ATTACKS.length}`);
});

for (const { name, code } of ATTACKS) {
  test(`stopped: ${name}`, async () => {
    const { cu, error, used } = await attack(module, code);
    assert.ok(error instanceof LuaError, `it ended: ${error}`);
    assert.equal(error.errorClass, 'budget', error.message);
    assert.match(error.message, /^compute:\d+: the budget of 2000000 instructions is used up/);
    assert.match(error.traceback, /stack traceback/);
    assert.ok(used > BUDGET && used <= 2 * BUDGET, `${used} instructions`);
    assert.equal(cu.compute('local n = 0 for i = 1, 1000 do n = n + i end return n').value, 500500);
    assert.equal((await attack(module, code)).used, used, 'the second time');
    const [own, plain] = [await time(code), await time('while true do end')];
    assert.ok(own < SLOWEST * plain, `${own} ms; a plain loop takes ${plain} ms`);
  });
}

test('a script that ends counts the same each time, whatever ran before', async () => {
  const counts = [];
  const onEvent = (event) => counts.push(event.instructions);
  const cu = await Cu.create({ module, config: { events: ['usage'] }, onEvent });
  const code = 'local t = {} for i = 1, 1000 do t[i] = ("%d"):format(i) end table.sort(t) return table.concat(t):find("999")';
  cu.compute(code);
  cu.compute('junk = {} for i = 1, 5000 do junk[i] = { tostring(i) } end');
  cu.compute(code);
  cu.compute('junk = nil collectgarbage()');
  cu.runGc();
  cu.compute(code);
  assert.equal(counts[0], counts[2]);
  assert.equal(counts[0], counts[4]);
  assert.ok(counts[0] > 10_000 && counts[0] < 1_000_000, `${counts}`);
});

test('what was written stays, and captured variables are written back', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store, config: { instructions: 100_000 } });
  cu.compute('local n = 0 _home.count = function() n = n + 1 return n end');
  assert.throws(() => cu.compute('_home.before = 1 _home.count() _home.count() while true do end'), /used up/);
  assert.deepEqual(cu.compute('return _home.before, _home.count()').values, [1, 3]);
  const later = await Cu.create({ module, store });
  assert.equal(later.compute('return _home.count()').value, 4);
});

test('a finalizer is stopped in a collection by the host, too', async () => {
  const cu = await Cu.create({ module, config: { instructions: 100_000 } });
  cu.compute('setmetatable({}, { __gc = function() while true do end end }) setmetatable({}, { __gc = function() met = true end })');
  cu.runGc();
  cu.runGc();
  assert.equal(cu.compute('return met').value, true);
});

test('a budget too small for anything still answers, and the smallest that suffices suffices', async () => {
  const code = 'local n = 0 for i = 1, 10 do n = n + i end return n, #_home, ("x"):rep(3)';
  let enough;
  for (let instructions = 1; enough === undefined; instructions += instructions < 300 ? 1 : 50) {
    const { cu, error, used } = await attack(module, code, instructions);
    if (error === undefined) enough = used;
    else assert.match(error.message, /the budget of \d+ instructions is used up/, `${instructions}`);
    cu.runGc();
  }
  assert.equal((await attack(module, code, enough)).error, undefined);
  assert.notEqual((await attack(module, code, enough - 1)).error, undefined);
});

test('a stopped coroutine is dead, and what it had to close is closed by who asks', async () => {
  const cu = await Cu.create({ module, config: { instructions: 100_000 } });
  assert.throws(() => cu.compute(`
    co = coroutine.create(function()
      local x <close> = setmetatable({}, { __close = function() closed = true end })
      while true do end
    end)
    coroutine.resume(co)`), /used up/);
  assert.deepEqual(cu.compute('return coroutine.status(co), closed, coroutine.close(co), closed').values.slice(0, 2), ['dead', null]);
});
