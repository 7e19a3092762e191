/**
 * Streams through a worker: any source, outputs in order, no more read than is taken.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { LuaError, StateError, Way } from '../index.js';
import { WorkerCu } from '../worker/index.js';
import { withModule } from './module.js';

const DOUBLE = 'local out = {} for i, n in ipairs(_io.input.batch) do out[i] = n * 2 end _io.output = out';

async function all(outputs) {
  const found = [];
  for await (const output of outputs) found.push(output);
  return found;
}

await withModule((module) => {
  const using = (action) => async () => {
    const cu = await WorkerCu.create({ module });
    try {
      await action(cu);
    } finally {
      await cu.close();
    }
  };

  test('arrays, iterables, asynchronous ones and streams', using(async (cu) => {
    const numbers = [1, 2, 3, 4, 5];
    const wanted = [[2, 4], [6, 8], [10]];
    async function* late() {
      for (const number of numbers) yield number;
    }
    const stream = new ReadableStream({
      start(controller) {
        for (const number of numbers) controller.enqueue(number);
        controller.close();
      },
    });
    for (const items of [numbers, new Set(numbers), late(), stream]) {
      assert.deepEqual(await all(cu.processStream(DOUBLE, items, { batchSize: 2 })), wanted);
    }
    assert.deepEqual(await all(cu.processStream(DOUBLE, [])), []);
    assert.deepEqual(await all(cu.processStream('_io.output = { _io.input.batchIndex, _io.input.hasMore }', numbers, { batchSize: 2 })), [[0, true], [1, true], [2, false]]);
    assert.deepEqual(await all(cu.processStream('local x = 1', [1, 2], { batchSize: 1 })), [null, null], 'no output of another batch');
  }));

  test('a function of Lua gets batch, index and whether more come', using(async (cu) => {
    await cu.compute('function _home.sum(batch, at, more) local s = 0 for _, n in ipairs(batch) do s = s + n end return { s, at, more } end');
    assert.deepEqual(await all(cu.processStream(new Way('_home.sum'), [1, 2, 3], { batchSize: 2 })), [[3, 0, true], [3, 1, false]]);
  }));

  test('large batches', using(async (cu) => {
    const rows = Array.from({ length: 20_000 }, (_, n) => ({ id: n, name: `row ${n}`, even: n % 2 === 0 }));
    const counts = await all(cu.processStream('local n = 0 for _, row in ipairs(_io.input.batch) do if row.even then n = n + 1 end end _io.output = n', rows, { batchSize: 5000 }));
    assert.deepEqual(counts, [2500, 2500, 2500, 2500]);
  }));

  test('no more is read than two batches ahead of what is taken', using(async (cu) => {
    let read = 0;
    let ended = false;
    async function* source() {
      try {
        for (;;) yield ++read;
      } finally {
        ended = true;
      }
    }
    const outputs = cu.processStream(DOUBLE, source(), { batchSize: 10 });
    assert.equal(read, 0, 'nothing before somebody asks');
    for (let taken = 1; taken <= 5; taken++) {
      await outputs.next();
      // Two batches on their way, and one to know whether there are more.
      assert.ok(read <= (taken + 2) * 10, `${read} items for ${taken} outputs`);
    }
    assert.equal(ended, false);
    await outputs.return();
    assert.equal(ended, true);
    assert.deepEqual(await outputs.next(), { done: true, value: undefined });
    assert.equal((await cu.compute('return 1')).value, 1);
  }));

  test('as a stream, with the same back pressure', using(async (cu) => {
    let read = 0;
    function* source() {
      while (read < 1000) yield ++read;
    }
    const reader = cu.processStream(DOUBLE, source(), { batchSize: 10 }).toReadableStream().getReader();
    assert.equal((await reader.read()).value[0], 2);
    assert.ok(read <= 40, `${read}`);
    await reader.cancel();
    assert.ok(read <= 50);
    const chunks = [];
    for await (const chunk of cu.processStream(DOUBLE, [1, 2, 3], { batchSize: 2 }).toReadableStream()) chunks.push(chunk);
    assert.deepEqual(chunks, [[2, 4], [6]]);
  }));

  test('a batch that fails, and a source that fails, end the stream', using(async (cu) => {
    const failing = cu.processStream('if _io.input.batch[1] == 3 then error("at three") end _io.output = 1', [1, 2, 3, 4, 5], { batchSize: 1 });
    const found = [];
    await assert.rejects((async () => { for await (const output of failing) found.push(output); })(), (error) => error instanceof LuaError && /at three/.test(error.message));
    assert.deepEqual(found, [1, 1]);
    // eslint-disable-next-line require-yield
    async function* broken() {
      throw new RangeError('no source');
    }
    await assert.rejects(all(cu.processStream(DOUBLE, broken())), RangeError);
    await assert.rejects(all(cu.processStream(DOUBLE, [() => {}])), /arguments\[1\]\[0\]: a function cannot be sent/);
    assert.equal((await cu.compute('return 1')).value, 1);
  }));

  test('a signal ends it', using(async (cu) => {
    const stop = new AbortController();
    let ended = false;
    function* source() {
      try {
        for (;;) yield 1;
      } finally {
        ended = true;
      }
    }
    const outputs = cu.processStream(DOUBLE, source(), { signal: stop.signal, batchSize: 5 });
    await outputs.next();
    stop.abort();
    await assert.rejects((async () => { for (;;) if ((await outputs.next()).done) return; })(), { name: 'AbortError' });
    assert.ok(ended);
    await assert.rejects(all(cu.processStream(DOUBLE, [1], { signal: stop.signal })), { name: 'AbortError' });
  }));

  test('a signal ends it while its source answers nothing', using(async (cu) => {
    const stop = new AbortController();
    async function* source() {
      yield 1;
      await new Promise(() => {});
    }
    const outputs = cu.processStream(DOUBLE, source(), { signal: stop.signal, batchSize: 1 });
    const waiting = outputs.next();
    setTimeout(() => stop.abort(), 10);
    const silent = new Promise((resolve) => { setTimeout(resolve, 5000, 'nothing').unref(); });
    await assert.rejects(Promise.race([waiting, silent]), { name: 'AbortError' });
    assert.equal((await cu.compute('return 1')).value, 1);
  }));

  test('wrong arguments, and an instance that is closed', async () => {
    const cu = await WorkerCu.create({ module });
    assert.throws(() => cu.processStream(5, []), /neither source nor a Way/);
    assert.throws(() => cu.processStream('', 5), /items are a number value/);
    assert.throws(() => cu.processStream('', [], { batchSize: 0 }), /batchSize is 0/);
    assert.throws(() => cu.processStream('', [], { batchsize: 1 }), /no option here is called batchsize/);
    const outputs = cu.processStream(DOUBLE, [1, 2, 3], { batchSize: 1 });
    await outputs.next();
    await cu.close();
    await assert.rejects(all(outputs), StateError);
  });
});
