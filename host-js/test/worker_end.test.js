/**
 * Calls that are stopped, workers that end: every call is settled, with an error that says what happened, and nothing is lost that was
 * answered.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';

import { LuaError, StateError } from '../index.js';
import { CuWASM, WorkerCu, WorkerError } from '../worker/index.js';
import { contentOf, inFolder } from './folder.js';
import { withModule } from './module.js';
import { randomBelow, seed } from './random.js';

const COUNT = '_home.n = (_home.n or 0) + 1 return _home.n';
const FOREVER = 'while true do end';

/** For what stops by itself, on any machine. */
const PATIENT = 60_000;

const after = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
const reason = (wanted, text = /./) => (error) => error instanceof WorkerError && error.reason === wanted && text.test(error.message);
const isClosed = (error) => error instanceof StateError && error.message === 'this instance is closed';
const cuWorker = new URL('../worker/cu_worker.js', import.meta.url);

await withModule((module) => {
  test('`stop` ends what runs with an error of the script, and the instance lives on', async () => {
    for (const make of [() => WorkerCu.create({ module, stopWait: PATIENT }), () => CuWASM.init({ module, stopWait: PATIENT })]) {
      const cu = await make();
      await cu.compute('x = 1');
      const running = cu.compute(`_home.y = 2 ${FOREVER}`);
      const waiting = cu.compute('x = 2');
      const rejected = [
        assert.rejects(running, (error) => error instanceof LuaError && error.errorClass === 'interrupted' && /interrupted by the host: 'stopped'/.test(error.message)),
        assert.rejects(waiting, reason('stopped')),
      ];
      setTimeout(() => cu.stop(), 20);
      await Promise.all(rejected);
      const answer = await cu.compute('return x + _home.y');
      assert.equal(typeof answer === 'object' ? answer.value : answer, 3, 'also what the script did before');
      await cu.stop();
      assert.equal(cu.runGc === undefined, false);
      await cu.close();
    }
  });

  test('a script cannot catch it, wherever it is', async () => {
    const cu = await WorkerCu.create({ module, stopWait: PATIENT });
    for (const source of ['while true do pcall(function() while true do end end) end', "('a'):rep(30000):find(('a*'):rep(30) .. 'b')",
      'coroutine.wrap(function() while true do end end)()', "local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end }) while true do pcall(function() return t[1] end) end"]) {
      const stop = new AbortController();
      const running = cu.compute(source, { signal: stop.signal });
      setTimeout(() => stop.abort(), 20);
      await assert.rejects(running, { name: 'AbortError' }, source);
    }
    assert.equal((await cu.compute('return 1')).value, 1);
    await cu.close();
  });

  test('time limits: of an instance, of a view, of a call', async () => {
    const cu = await WorkerCu.create({ module, timeLimit: 30, stopWait: PATIENT });
    const over = (limit) => (error) => error.errorClass === 'interrupted' && error.message.includes(`the time limit of ${limit} ms is over`);
    await assert.rejects(cu.compute(FOREVER), over(30));
    await assert.rejects(cu.compute(FOREVER, { timeLimit: 20 }), over(20));
    const patient = cu.with({ timeLimit: PATIENT });
    await patient.compute('function forever() while true do end end');
    await assert.rejects(cu.call('forever'), over(30));
    await assert.rejects(cu.call('forever', [], { timeLimit: 21 }), over(21));
    const view = cu.with({ timeLimit: 22 });
    await assert.rejects(view.compute(FOREVER), over(22));
    await assert.rejects(view.processStream(FOREVER, [1]).next(), over(22));
    await patient.compute("_home.rows = {} for i = 1, 300 do _home.rows[i] = { n = i } end");
    assert.equal(await patient.data.count('_home.rows'), 300);
    await assert.rejects(cu.compute('', { timeLimit: -1 }), RangeError);
    assert.equal((await patient.compute('return 1')).value, 1);
    await cu.close();
  });

  test('a limit that is longer than timers are ends nothing', async () => {
    const cu = await WorkerCu.create({ module, timeLimit: 1e10, stopWait: 1e10, startWait: 1e10 });
    const work = 'local n = 0 for i = 1, 3000000 do n = n + 1 end return n';
    assert.equal((await cu.compute(work)).value, 3000000);
    const endless = cu.compute('while true do end');
    endless.catch(() => {});
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    await cu.stop();
    await assert.rejects(endless, (error) => error.errorClass === 'interrupted');
    assert.equal((await cu.compute('return 1')).value, 1);
    await cu.close();
  });

  test('what no tick divides is ended with its worker: by a signal, a time limit, `stop`', () => inFolder(async (path) => {
    const cu = await WorkerCu.create({ module, store: { file: path }, stopWait: 10, worker: new URL('workers/stubborn.js', import.meta.url) });
    await cu.compute(COUNT);
    await assert.rejects(cu.with({ timeLimit: 20 }).readHome(), reason('time', /readHome took longer than its time limit of 20 ms, and did not stop within 10 ms more: what was answered before is kept/));
    assert.equal((await cu.compute(COUNT)).value, 2);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    await assert.rejects(cu.with({ signal: stop.signal }).readHome(), { name: 'AbortError' });
    assert.equal((await cu.compute(COUNT)).value, 3);
    const running = assert.rejects(cu.readHome(), reason('stopped', /readHome was stopped, and the worker with it/));
    setTimeout(() => cu.stop(), 20);
    await running;
    assert.equal((await cu.compute(COUNT)).value, 4);
    await cu.close();
  }));

  test('a call that waits is removed when its signal says so, or by `stop`, and never runs', () => inFolder(async (path) => {
    const cu = await WorkerCu.create({ module, store: { file: path }, stopWait: PATIENT });
    await cu.compute(COUNT);
    const stop = new AbortController();
    const running = cu.compute(FOREVER);
    const aborted = cu.compute(COUNT, { signal: stop.signal });
    const waiting = cu.compute(COUNT);
    stop.abort();
    await assert.rejects(aborted, { name: 'AbortError' });
    const stopping = cu.stop();
    await assert.rejects(waiting, reason('stopped', /compute was removed from the queue by stop\(\)/));
    await assert.rejects(running, { errorClass: 'interrupted' });
    await stopping;
    assert.equal((await cu.compute(COUNT)).value, 2, 'only what ran counts');
    await cu.stop();
    await cu.close();
  }));

  test('a signal stops what runs, with its own reason, and the next call goes on', () => inFolder(async (path) => {
    const cu = await WorkerCu.create({ module, store: { file: path }, stopWait: 50 });
    await cu.compute(COUNT);
    const stop = new AbortController();
    const running = cu.compute(FOREVER, { signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await assert.rejects(running, { name: 'AbortError' });
    assert.equal((await cu.compute(COUNT)).value, 2);
    const already = new AbortController();
    already.abort();
    await assert.rejects(cu.compute(COUNT, { signal: already.signal }), { name: 'AbortError' });
    await assert.rejects(cu.compute(COUNT, { signal: 5 }), TypeError);
    const late = new AbortController();
    assert.equal((await cu.compute(COUNT, { signal: late.signal })).value, 3);
    late.abort();
    assert.equal((await cu.compute(COUNT)).value, 4);
    await cu.close();
  }));

  test('a worker that ends by itself rejects what waits; over a file the next call goes on with all that was answered', () => inFolder(async (path) => {
    const workers = [];
    const make = () => {
      const worker = new Worker(cuWorker);
      workers.push(worker);
      return worker;
    };
    const cu = await WorkerCu.create({ module, store: { file: path }, home: 'mine', worker: make });
    await cu.compute(COUNT);
    await cu.openHome('other');
    const second = await cu.open({ home: 'mine' });
    await cu.compute("_home.text = 'kept' globals = 1");
    const calls = [cu.compute(FOREVER), cu.compute(COUNT), second.compute(COUNT)];
    setTimeout(() => workers[0].terminate(), 20);
    for (const call of calls) await assert.rejects(call, reason('died', /the worker ended: it ended with the code 1; what was answered before is kept.*globals of Lua are/));
    assert.deepEqual((await cu.compute('return _home.text, globals')).values, ['kept', null], 'the home that was opened last');
    assert.equal((await second.compute(COUNT)).value, 2);
    assert.equal(workers.length, 2);
    await Promise.all([cu.close(), second.close()]);
  }));

  test('over a store in memory every later call says that the tables are lost', async () => {
    let worker;
    const cu = await WorkerCu.create({ module, worker: () => { worker = new Worker(cuWorker); return worker; } });
    await cu.compute(COUNT);
    await worker.terminate();
    for (let call = 0; call < 2; call++) await assert.rejects(cu.compute(COUNT), reason('died', /its tables were in its memory, and are lost/));
    await assert.rejects(cu.open(), reason('died'));
    await cu.close();
    const old = await CuWASM.init({ module, stopWait: 20 });
    await assert.rejects(old.close({ now: 'yes' }), /now is true or false/);
    await old.close({ now: true });
    await assert.rejects(old.compute('return 1'), isClosed);
  });

  test('a transaction that was open when the worker ended is undone, and nothing is done without it', () => inFolder(async (path) => {
    let worker;
    const cu = await WorkerCu.create({ module, store: { file: path }, worker: () => { worker = new Worker(cuWorker); return worker; } });
    await cu.compute(COUNT);
    await cu.begin();
    await cu.compute(COUNT);
    await worker.terminate();
    await assert.rejects(cu.compute(COUNT), /the worker ended while a transaction was open, which is undone: rollBack\(\) before other calls/);
    await cu.rollBack();
    assert.equal((await cu.compute(COUNT)).value, 2);
    await assert.rejects(cu.transaction(async () => {
      await cu.compute(COUNT);
      await worker.terminate();
      await cu.compute(COUNT);
    }), StateError);
    assert.equal((await cu.compute(COUNT)).value, 3);
    await cu.begin();
    await worker.terminate();
    await cu.runGc().catch(() => {});
    await assert.rejects(cu.commit(), /the worker ended while a transaction was open, which is undone$/);
    assert.equal((await cu.compute(COUNT)).value, 4);
    await cu.close();
  }));

  test('a worker without memory ends with an error that says so', () => inFolder(async (path) => {
    const limits = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 };
    const cu = await WorkerCu.create({ module, store: { file: path }, worker: () => new Worker(cuWorker, { resourceLimits: limits }) });
    await cu.compute(COUNT);
    await cu.compute("for i = 1, 200000 do _home['k' .. i] = { i, { i } } end");
    await assert.rejects(cu.readHome(), reason('died', /memory/));
    assert.equal((await cu.compute(COUNT)).value, 2);
    await cu.close();
  }));

  test('`stop` takes back calls, and not what a new worker needs before them', () => inFolder(async (path) => {
    let worker;
    const cu = await WorkerCu.create({ module, store: { file: path }, worker: () => { worker = new Worker(cuWorker); return worker; } });
    await cu.compute(COUNT);
    await cu.setMemoryAlias(true);
    await worker.terminate();
    const waiting = cu.compute(COUNT);
    const rejected = assert.rejects(waiting, reason('stopped', /compute was removed/));
    await cu.stop();
    await rejected;
    assert.deepEqual((await cu.compute('return _home.n, Memory == _home')).values, [1, true]);
    await cu.close();
  }));

  test('`close` waits for the calls before it, and refuses those behind it', async () => {
    const cu = await WorkerCu.create({ module });
    const before = [cu.compute(COUNT), cu.compute(COUNT)];
    const closing = cu.close();
    await assert.rejects(cu.compute(COUNT), isClosed);
    assert.deepEqual((await Promise.all(before)).map(({ value }) => value), [1, 2]);
    await closing;
    await cu.close();
    await assert.rejects(cu.readHome(), isClosed);
    await assert.rejects(cu.stop(), isClosed);
    await assert.rejects(cu.close({ now: 1 }), /now is true or false/);
  });

  test('`close` at once ends what runs', () => inFolder(async (path) => {
    const cu = await WorkerCu.create({ module, store: { file: path } });
    await cu.compute(COUNT);
    const running = [cu.compute(FOREVER), cu.compute(COUNT)];
    const closing = cu.close({ now: true });
    for (const call of running) await assert.rejects(call, isClosed);
    await closing;
    const again = await WorkerCu.create({ module, store: { file: path, wait: 0 } }).catch((error) => error);
    // The lock of a thread that was killed is known to be one only to who killed it.
    assert.match(again.message, /is writing it; if that is not so, remove/);
  }));

  test(`calls, stops and dying workers at random: each call is settled, and what was answered is there (CU_SEED=${seed})`, () => inFolder(async (path) => {
    const below = randomBelow(seed);
    let worker;
    const cu = await WorkerCu.create({ module, store: { file: path }, stopWait: 10, worker: () => { worker = new Worker(cuWorker); return worker; } });
    let most = 0;
    let made = 0;
    for (let round = 0; round < 8; round++) {
      const calls = Array.from({ length: 1 + below(20) }, () => {
        const stop = new AbortController();
        if (below(4) === 0) setTimeout(() => stop.abort(), below(10));
        made++;
        return cu.compute(below(12) === 0 ? FOREVER : COUNT, { signal: stop.signal }).then(({ value }) => { most = Math.max(most, value); }, () => {});
      });
      const way = below(3);
      const ending = after(below(30)).then(() => (way === 0 ? worker.terminate() : cu.stop())).catch(() => {});
      // A worker that just ended may have been one whose calls were over, so that the next one has an endless script.
      const stopping = setInterval(() => { cu.stop().catch(() => {}); }, 300);
      const settled = await Promise.race([Promise.all(calls).then(() => true), after(20_000).then(() => false)]);
      clearInterval(stopping);
      await ending;
      assert.ok(settled, 'a call is never settled');
      const { value } = await cu.compute('return _home.n or 0').catch(() => cu.compute('return _home.n or 0'));
      assert.ok(value >= most && value <= made, `answered was ${most}, there is ${value}, made were ${made} calls`);
    }
    await cu.close();
    assert.ok(contentOf(path).length > 0);
  }));

  test('a process does not wait for a worker that has nothing to do, and waits for one that has', async () => {
    const program = `
      import { WorkerCu } from ${JSON.stringify(new URL('../worker/index.js', import.meta.url).href)};
      const cu = await WorkerCu.create();
      cu.compute('for i = 1, 3000000 do end return 5').then(({ value }) => console.log(value));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-concurrent-recompilation', '--input-type=module', '--eval', program], { timeout: 60_000 });
    assert.equal(stdout.trim(), '5');
  });
});
