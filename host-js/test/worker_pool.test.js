/**
 * Pools of real workers: jobs go to whoever is free, and a worker that ends is replaced.
 */

import assert from 'node:assert/strict';
import test from 'node:test';
import { Worker } from 'node:worker_threads';

import { Cu, LuaError, MemoryStore, StateError } from '../index.js';
import { Pool, WorkerCu, WorkerError } from '../worker/index.js';
import { inFolder } from './folder.js';
import { withModule } from './module.js';

const FOREVER = 'while true do end';
const cuWorker = new URL('../worker/cu_worker.js', import.meta.url);

await withModule((module) => {
  test('jobs go to workers, which come when jobs wait; each answers its own', async () => {
    const pool = await Pool.create({ module, size: 3 });
    assert.deepEqual([pool.size, pool.load], [3, { workers: 1, busy: 0, waiting: 0 }]);
    const jobs = Array.from({ length: 60 }, (_, n) => pool.compute(`for i = 1, 10000 do end return ${n}`));
    assert.deepEqual((await Promise.all(jobs)).map(({ value }) => value), jobs.map((_, n) => n));
    // Each of three jobs ends when all three have begun.
    let begun = 0;
    let open;
    const gate = new Promise((resolve) => { open = resolve; });
    await Promise.all([1, 2, 3].map(() => pool.run(async () => {
      if (++begun === 3) open();
      await gate;
    })));
    assert.equal(pool.load.workers, 3);
    assert.equal((await pool.call('string.rep', ['x', 3])).value, 'xxx');
    assert.equal((await pool.prepare('string.rep')('x', 3)).value, 'xxx');
    await assert.rejects(pool.compute('error("no")'), LuaError);
    await pool.close();
    assert.deepEqual(pool.load, { workers: 0, busy: 0, waiting: 0 });
  });

  test('a worker has one job at a time, however many calls the job makes', async () => {
    const pool = await Pool.create({ module, size: 2 });
    const job = async (cu) => {
      const { value: before } = await cu.compute('busy = (busy or 0) + 1 return busy');
      await new Promise((resolve) => { setTimeout(resolve, 5); });
      await cu.compute('busy = busy - 1');
      return before;
    };
    assert.deepEqual(await Promise.all(Array.from({ length: 10 }, () => pool.run(job))), new Array(10).fill(1));
    await assert.rejects(pool.run(async () => { throw new RangeError('of the job'); }), RangeError);
    await pool.close();
  });

  test('each worker begins with the same snapshot', async () => {
    const store = new MemoryStore();
    const here = await Cu.create({ module, store });
    here.compute('function _home.price(n) return n * 3 end');
    const pool = await Pool.create({ module, size: 2, store: { memory: store.snapshot() } });
    const prices = await Promise.all(Array.from({ length: 8 }, (_, n) => pool.call('_home.price', [n])));
    assert.deepEqual(prices.map(({ value }) => value), [0, 3, 6, 9, 12, 15, 18, 21]);
    await pool.close();
  });

  test('a worker that ends fails its job, and another one takes its place', async () => {
    const workers = [];
    const pool = await Pool.create({ module, size: 2, stopWait: 20, worker: () => {
      workers.push(new Worker(cuWorker));
      return workers[workers.length - 1];
    } });
    const dying = pool.compute(FOREVER);
    const others = Array.from({ length: 6 }, (_, n) => pool.compute(`return ${n}`));
    setTimeout(() => workers[0].terminate(), 100);
    await assert.rejects(dying, (error) => error instanceof WorkerError && error.reason === 'died');
    assert.deepEqual((await Promise.all(others)).map(({ value }) => value), [0, 1, 2, 3, 4, 5]);
    assert.equal((await pool.compute('return 7')).value, 7);
    const stop = new AbortController();
    const aborted = pool.compute(FOREVER, { signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await assert.rejects(aborted, { name: 'AbortError' });
    assert.deepEqual((await Promise.all([1, 2, 3].map((n) => pool.compute(`return ${n}`)))).map(({ value }) => value), [1, 2, 3]);
    await pool.close();
  });

  test('jobs that wait can be taken back, and `stop` stops all', async () => {
    const pool = await Pool.create({ module, size: 1, stopWait: 20 });
    const running = pool.compute(FOREVER);
    const stop = new AbortController();
    const taken = pool.compute('return 1', { signal: stop.signal });
    const waiting = pool.compute('return 2');
    stop.abort();
    await assert.rejects(taken, { name: 'AbortError' });
    assert.deepEqual(pool.load, { workers: 1, busy: 1, waiting: 1 });
    const rejected = [
      assert.rejects(waiting, (error) => error instanceof WorkerError && error.reason === 'stopped'),
      assert.rejects(running),
    ];
    await pool.stop();
    await Promise.all(rejected);
    assert.equal((await pool.compute('return 3')).value, 3);
    await pool.close();
  });

  test('`close` waits for the jobs that were given, or not', async () => {
    const pool = await Pool.create({ module, size: 2 });
    const jobs = Array.from({ length: 5 }, (_, n) => pool.compute(`return ${n}`));
    const closing = pool.close();
    await assert.rejects(pool.compute(''), /this pool is closed/);
    assert.equal((await Promise.all(jobs)).length, 5);
    await closing;
    await pool.close();
    const other = await Pool.create({ module, size: 1 });
    const running = [other.compute(FOREVER), other.compute('')];
    const ended = other.close({ now: true });
    for (const job of running) await assert.rejects(job, StateError);
    await ended;
  });

  test('`close` at once ends workers that are just starting, and listens to no signal any more', async () => {
    const pool = await Pool.create({ module, size: 3 });
    const made = [];
    const { signal } = new AbortController();
    let listeners = 0;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...words) => { listeners++; add(...words); };
    signal.removeEventListener = (...words) => { listeners--; remove(...words); };
    const jobs = [1, 2, 3, 4].map(() => pool.run(async (cu) => { made.push(cu); await cu.compute(FOREVER); }, { signal }));
    const ended = pool.close({ now: true });
    for (const job of jobs) await assert.rejects(job, StateError);
    await ended;
    assert.deepEqual([pool.load, made.length, listeners], [{ workers: 0, busy: 0, waiting: 0 }, 1, 0]);
  });

  test('`close` at once ends what an earlier `close` waits for', async () => {
    const pool = await Pool.create({ module, size: 1 });
    const job = pool.compute(FOREVER);
    const waiting = pool.close();
    const ended = pool.close({ now: true });
    await assert.rejects(job, StateError);
    await Promise.all([waiting, ended, pool.close()]);
  });

  test('a stream goes through all workers, and its outputs come in the order of the batches', async () => {
    const pool = await Pool.create({ module, size: 2 });
    // Both workers are there before the stream: each of two jobs ends when both have begun.
    let begun = 0;
    let open;
    const gate = new Promise((resolve) => { open = resolve; });
    await Promise.all([1, 2].map(() => pool.run(async () => {
      if (++begun === 2) open();
      await gate;
    })));
    // The first batch takes longest: others are done before it.
    const program = 'if _io.input.batchIndex == 0 then for i = 1, 3e6 do end end seen = (seen or 0) + 1 _io.output = { _io.input.batchIndex, seen }';
    const outputs = [];
    for await (const output of pool.processStream(program, Array.from({ length: 12 }, (_, n) => n), { batchSize: 2 })) outputs.push(output);
    assert.deepEqual(outputs.map(([index]) => index), [0, 1, 2, 3, 4, 5]);
    assert.ok(Math.max(...outputs.map(([, seen]) => seen)) < 6, `one worker had all batches: ${JSON.stringify(outputs)}`);
    await pool.close();
  });

  test('a stream of a pool ends its source when a batch fails, is stopped, or is not asked for any more', async () => {
    const pool = await Pool.create({ module, size: 2 });
    let ended = 0;
    function* source() {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        ended++;
      }
    }
    const first = (program, options) => pool.processStream(program, source(), options).next();
    await assert.rejects(first('error("boom")'), LuaError);
    await assert.rejects(first(FOREVER, { timeLimit: 20 }), { errorClass: 'interrupted' });
    const button = new AbortController();
    setTimeout(() => button.abort(new RangeError('pressed')), 20);
    await assert.rejects(first(FOREVER, { signal: button.signal }), /pressed/);
    await assert.rejects(first('', { timelimit: 5 }), /no option here is called timelimit/);
    assert.equal(ended, 4);
    for await (const output of pool.processStream('_io.output = #_io.input.batch', source(), { batchSize: 7 })) {
      assert.equal(output, 7);
      break;
    }
    assert.equal(ended, 5);
    await pool.close();
  });

  test('wrong options', () => inFolder(async (path) => {
    for (const size of [0, -1, 1.5, '2']) await assert.rejects(Pool.create({ size }), /size is .*; wanted is a whole number from 1 on/);
    await assert.rejects(Pool.create({ module, size: 2, store: { file: path } }), /a store of the kind file can be open in one worker at a time/);
    await assert.rejects(Pool.create({ module, siez: 2 }), /no option here is called siez/);
    await assert.rejects(Pool.create({ module, size: 1, store: { opfs: 'x' } }), { name: 'StorageError' });
    assert.throws(() => new Pool(), /made by Pool.create/);
    const pool = await Pool.create({ module, size: 1, store: { file: path } });
    await pool.compute('_home.x = 1');
    await assert.rejects(pool.run(5), /action is 5/);
    await pool.close();
    const cu = await WorkerCu.create({ module, store: { file: path } });
    assert.deepEqual(await cu.readHome(), { x: 1 });
    await cu.close();
  }));
});
