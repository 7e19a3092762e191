/**
 * Bounds on computes and operations in a second, with a clock that the test sets.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { Cu, LuaError, RateError } from '../index.js';
import { Rate } from '../rate.js';
import { randomBelow, seed } from './random.js';

test(`no more is taken than a naive count of a sliding second allows (CU_SEED=${seed})`, () => {
  const random = randomBelow(seed);
  for (let round = 0; round < 200; round += 1) {
    const perSecond = 1 + random(50);
    let now = 0;
    const rate = new Rate('computes', perSecond, () => now);
    const taken = [];
    let refused = 0;
    for (let step = 0; step < 500; step += 1) {
      now += random(3) === 0 ? random(200) : random(3);
      if (rate.take()) {
        taken.push(now);
      } else {
        refused += 1;
        assert.ok(rate.wait > 0);
        const later = rate.wait;
        now += later;
        assert.ok(rate.take(), `refused after the ${later} ms that it asked for`);
        taken.push(now);
      }
    }
    assert.ok(refused > 0 || perSecond > 10);
    for (let from = 0; from < taken.length; from += 7) {
      for (let to = from; to < taken.length; to += 11) {
        const most = perSecond * (taken[to] - taken[from]) / 1000 + perSecond + 1e-6;
        assert.ok(to - from + 1 <= most, `${to - from + 1} in ${taken[to] - taken[from]} ms of ${perSecond} a second`);
      }
    }
  }
});

test('a clock that goes back gives nothing', () => {
  let now = 1000;
  const rate = new Rate('computes', 1, () => now);
  assert.ok(rate.take());
  now = 0;
  assert.ok(!rate.take());
  now = 999;
  assert.ok(!rate.take());
});

test('less than one a second is possible', () => {
  let now = 0;
  const rate = new Rate('computes', 0.5, () => now);
  assert.ok(rate.take());
  assert.ok(!rate.take());
  assert.equal(rate.wait, 2000);
  now = 2000;
  assert.ok(rate.take());
});

test('a bound that is no positive number is refused', async () => {
  for (const computes of [0, -1, NaN, Infinity, '5', null]) {
    await assert.rejects(Cu.create({ rate: { computes } }), /rate\.computes is/);
  }
  await assert.rejects(Cu.create({ rate: { operations: 0 } }), /rate\.operations is 0; wanted is a number above 0/);
});

test('computes beyond the bound are refused, and none is lost', async () => {
  let now = 0;
  const cu = await Cu.create({ rate: { computes: 3, clock: () => now } });
  const count = () => cu.compute('n = (n or 0) + 1 return n').value;
  assert.deepEqual([count(), count(), count()], [1, 2, 3]);
  assert.throws(count, (error) => {
    assert.ok(error instanceof RateError);
    assert.deepEqual([error.limit, error.retryAfter], [3, 334]);
    assert.equal(error.message, 'more than 3 computes a second; the next one in 334 ms');
    return true;
  });
  now = 334;
  assert.equal(count(), 4);
  cu.runGc();
});

test('operations beyond the bound fail for the script, which goes on; the host itself is not bound', async () => {
  let now = 0;
  const cu = await Cu.create({ rate: { operations: 10, clock: () => now } });
  cu.compute('return 1');
  now = 1000;
  assert.throws(() => cu.compute('for i = 1, 20 do _home[i] = i end'), (error) => {
    assert.ok(error instanceof LuaError);
    assert.match(error.message, /failed to store key 11 of _home: it answered -429, too many operations a second/);
    return true;
  });
  assert.equal(cu.readHome().length, 10);
  cu.runGc();
  assert.equal(cu.compute('return pcall(function() return _home[1] end)').value, false);
  now = 2000;
  assert.equal(cu.compute('return _home[1]').value, 1);
});
