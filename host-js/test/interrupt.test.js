// Scripts that are ended from outside: by time, by another thread, by a handler.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Cu as CoreCu } from '../core.js';
import { Cu, HostError } from '../full.js';

const ENDLESS = 'while true do pcall(error) end';
const interrupted = (message) => ({ name: 'LuaError', errorClass: 'interrupted', message });

test('a time limit of the instance ends each compute, also a call', async () => {
  const cu = await Cu.create({ timeLimit: 20 });
  const message = /^compute:1: interrupted by the host: 'the time limit of 20 ms is over'$/;
  assert.throws(() => cu.compute(ENDLESS), interrupted(message));
  assert.equal(cu.compute('return 6 * 7').value, 42);
  cu.compute('function endless() while true do end end');
  assert.throws(() => cu.call('endless'), { errorClass: 'interrupted' });
  assert.throws(() => cu.transaction(() => cu.compute(`_home.n = 1 ${ENDLESS}`)), { errorClass: 'interrupted' });
  assert.equal(cu.compute('return _home.n').value, null);
});

test('a compute has a limit of its own', async () => {
  for (const options of [{}, { timeLimit: 60_000 }, { onTick: () => false }, { config: { tick: 10 } }]) {
    const cu = await Cu.create(options);
    assert.throws(() => cu.compute(ENDLESS, { timeLimit: 15 }), interrupted(/limit of 15 ms/));
    cu.compute('function endless() while true do end end');
    assert.throws(() => cu.call('endless', [], { timeLimit: 12, memory: 1_000_000 }), interrupted(/limit of 12 ms/));
    assert.equal(cu.compute('return 1').value, 1);
  }
});

test('each compute begins with all of its time', async () => {
  const cu = await Cu.create({ timeLimit: 1000 });
  const end = performance.now() + 1300;
  while (performance.now() < end) cu.compute('for i = 1, 200000 do end');
});

test('another thread ends it, and the next one goes on', async () => {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const cu = await Cu.create({ stop });
  for (let round = 0; round < 3; round += 1) {
    const worker = new Worker(
      "const { workerData } = require('node:worker_threads'); setTimeout(() => Atomics.store(workerData, 0, 1), 30)",
      { eval: true, workerData: stop },
    );
    assert.throws(() => cu.compute(ENDLESS), interrupted(/^compute:1: interrupted by the host: 'stopped'$/));
    await worker.terminate();
    Atomics.store(stop, 0, 0);
    assert.equal(cu.compute('local n = 0 for i = 1, 1000000 do n = n + 1 end return n').value, 1_000_000);
  }
});

test('a handler is asked as often as was said, and ends it', async () => {
  for (const Class of [CoreCu, Cu]) {
    for (const tick of [1000, 50_000]) {
      let asked = 0;
      const cu = await Class.create({ config: { tick }, onTick: () => { asked += 1; } });
      cu.compute('for i = 1, 1000000 do end');
      assert.ok(Math.abs(asked - 1_000_000 / tick) <= 2, `${asked}`);
    }
    const cu = await Class.create({ onTick: () => 'closing time' });
    assert.throws(() => cu.compute(ENDLESS), interrupted(/: 'closing time'$/));
    const other = await Class.create({ onTick: () => true });
    assert.throws(() => other.compute(ENDLESS), interrupted(/: interrupted by the host$/));
  }
});

test('a handler that throws ends it, and the caller gets that', async () => {
  const cause = new Error('no watch');
  const cu = await CoreCu.create({ onTick() { throw cause; } });
  assert.throws(() => cu.compute(ENDLESS), (error) => error instanceof HostError && error.cause === cause && error.errorClass === 'interrupted');
  assert.throws(() => cu.compute('pcall(function() while true do end end) return 1'), { cause });
  assert.equal(cu.compute('return 1').value, 1);
});

test('a handler cannot compute in the same instance', async () => {
  const cu = await Cu.create({ onTick: () => cu.compute('return 1') });
  assert.throws(() => cu.compute(ENDLESS), (error) => error.cause.name === 'StateError');
});

test('what is no time and no flag is refused', async () => {
  for (const timeLimit of [0, -1, NaN, Infinity, '5', null]) {
    await assert.rejects(Cu.create({ timeLimit }), { name: 'RangeError', message: `timeLimit is ${timeLimit}; wanted is a number of milliseconds above 0` });
    const cu = await Cu.create();
    assert.throws(() => cu.compute('return 1', { timeLimit }), { name: 'RangeError' });
  }
  for (const stop of [true, [0], new Uint8Array(4), new Int32Array(0)]) {
    await assert.rejects(Cu.create({ stop }), /the option stop is no Int32Array with an element/);
  }
});
