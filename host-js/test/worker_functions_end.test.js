/**
 * Scripts in workers that wait for functions of the page, and end before their answer: by signals, time limits, `stop`, the end of their worker.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import test from 'node:test';
import { promisify } from 'node:util';
import { MessageChannel, Worker } from 'node:worker_threads';

import { LuaError, StateError } from '../index.js';
import { WorkerCu, WorkerError } from '../worker/index.js';
import { VERSION } from '../worker/methods.js';
import { inFolder } from './folder.js';
import { withModule } from './module.js';
import { questions, until } from './questions.js';
import { randomBelow, seed } from './random.js';

const FOREVER = 'while true do end';
const CLOSED = 'local x <close> = setmetatable({}, { __close = function() closed = (closed or 0) + 1 end }) ';

/** For what stops by itself, on any machine. */
const PATIENT = 60_000;

const cuWorker = new URL('../worker/cu_worker.js', import.meta.url);
const after = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
const interrupted = (text) => (error) => error instanceof LuaError && error.errorClass === 'interrupted' && error.message.includes(text);

await withModule((module) => {
  const using = async (options, action) => {
    const { ask, asked } = questions();
    const cu = await WorkerCu.create({ module, stopWait: PATIENT, functions: { ask }, ...options });
    try {
      await action(cu, asked);
    } finally {
      await cu.close({ now: true });
    }
  };

  test('a signal ends what waits: variables are closed, the reason is that of the signal, a late answer is for nobody', () => using({}, async (cu, asked) => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const run = cu.compute(`${CLOSED} host.ask() reached = true`, { signal: stop.signal });
    await until(() => asked.length === 1);
    stop.abort(reason);
    await assert.rejects(run, (error) => error === reason);
    asked[0].answer(1);
    assert.deepEqual((await cu.compute('return closed, reached')).values, [1, null]);
    await assert.rejects(cu.compute(CLOSED, { signal: stop.signal }), (error) => error === reason);
    // After the answer, before the script goes on: another one computes.
    const second = new AbortController();
    const late = cu.compute(`${CLOSED} host.ask() reached = true`, { signal: second.signal });
    await until(() => asked.length === 2);
    const busy = cu.compute('for i = 1, 3000000 do end return 1');
    asked[1].answer(1);
    await after(1);
    second.abort();
    await assert.rejects(late, { name: 'AbortError' });
    assert.equal((await busy).value, 1);
    assert.deepEqual((await cu.compute('return closed, reached')).values, [2, null]);
    // An error that comes late is one of nobody, too.
    const third = new AbortController();
    const failing = cu.compute('host.ask()', { signal: third.signal });
    await until(() => asked.length === 3);
    third.abort();
    await assert.rejects(failing, { name: 'AbortError' });
    asked[2].fail(new Error('nobody waits'));
    // A signal that comes after the end.
    const fourth = new AbortController();
    const answered = cu.compute('return host.ask()', { signal: fourth.signal });
    await until(() => asked.length === 4);
    asked[3].answer(8);
    assert.equal((await answered).value, 8);
    fourth.abort();
    assert.equal((await cu.compute('return 1')).value, 1);
  }));

  test('a time limit is for all of a script, waiting included: of an instance, of a view, of a call', () => using({ timeLimit: 60 }, async (cu, asked) => {
    const begun = performance.now();
    await assert.rejects(cu.compute(`${CLOSED} host.ask()`), interrupted('the time limit of 60 ms is over'));
    await assert.rejects(cu.compute('host.ask()', { timeLimit: 20 }), interrupted('the time limit of 20 ms is over'));
    await assert.rejects(cu.with({ timeLimit: 21 }).call('host.ask'), interrupted('the time limit of 21 ms is over'));
    assert.ok(performance.now() - begun >= 100);
    const slow = cu.compute(`host.ask() ${FOREVER}`);
    await until(() => asked.length === 4);
    asked[3].answer();
    await assert.rejects(slow, interrupted('the time limit of 60 ms is over'));
    assert.equal((await cu.with({ timeLimit: PATIENT }).compute('return closed')).value, 1);
  }));

  test('a script whose time is over while another one computes ends then, and its worker lives', () => using({ stopWait: 50 }, async (cu, asked) => {
    const limited = cu.compute('host.ask()', { timeLimit: 20 });
    await until(() => asked.length === 1);
    const begun = performance.now();
    const long = cu.compute('local n = 0 for i = 1, 1e8 do n = n + 1 if i % 1000000 == 0 and os.time() < 0 then break end end return n', { timeLimit: PATIENT });
    await assert.rejects(limited, interrupted('the time limit of 20 ms is over'));
    assert.equal((await long).value, 1e8);
    assert.ok(performance.now() - begun > 70, 'longer than the limit and the wait');
    assert.equal((await cu.compute('return 1')).value, 1);
  }));

  test('what has waited, and then does not stop by itself, is ended with its worker', () => inFolder(async (path) => {
    await using({ store: { file: path }, stopWait: 50, worker: new URL('workers/stubborn.js', import.meta.url) }, async (cu, asked) => {
      const source = 'host.ask() for key in pairs(_home) do end';
      await cu.compute('_home.n = 1');
      const limited = cu.compute(source, { timeLimit: 300 });
      await until(() => asked.length === 1);
      asked[0].answer();
      await assert.rejects(limited, (error) => error instanceof WorkerError && error.reason === 'time');
      const stop = new AbortController();
      const aborted = cu.compute(source, { signal: stop.signal });
      await until(() => asked.length === 2);
      asked[1].answer();
      await after(50);
      stop.abort();
      await assert.rejects(aborted, { name: 'AbortError' });
      assert.equal((await cu.compute('return _home.n')).value, 1);
    });
  }));

  test('`stop` ends what runs and what waits, and takes back what has not begun', () => using({}, async (cu, asked) => {
    const waiting = [1, 2, 3].map(() => cu.compute(`${CLOSED} host.ask() reached = true`));
    await until(() => asked.length === 3);
    const running = cu.compute(FOREVER);
    const behind = cu.compute('reached = true');
    asked[0].answer(1);
    await after(20);
    const rejected = Promise.all([
      ...[...waiting, running].map((call) => assert.rejects(call, interrupted('stopped'))),
      assert.rejects(behind, (error) => error instanceof WorkerError && error.reason === 'stopped'),
    ]);
    await cu.stop();
    await rejected;
    assert.deepEqual((await cu.compute('return closed, reached')).values, [3, null]);
    await cu.stop();
  }));

  test('one that begins to wait as it is stopped is stopped; so is a variable that does not close', () => using({}, async (cu, asked) => {
    for (let round = 0; round < 20; round++) {
      const run = cu.compute('for i = 1, 1e9 do if i % 1000 == 0 then host.ask() end end');
      const answering = setInterval(() => asked.splice(0).forEach(({ answer }) => answer()), 0);
      await after(round / 4);
      const rejected = assert.rejects(run, (error) => interrupted('stopped')(error) || error.reason === 'stopped');
      await cu.stop();
      clearInterval(answering);
      await rejected;
    }
    asked.splice(0);
    const endless = cu.compute(`local x <close> = setmetatable({}, { __close = function() ${FOREVER} end }) host.ask()`);
    await until(() => asked.length === 1);
    const rejected = assert.rejects(endless, interrupted('stopped'));
    await cu.stop();
    await rejected;
    assert.equal((await cu.compute('return 1')).value, 1);
  }));

  test('the end of a worker ends what waits; over a file the next one has the functions', () => inFolder(async (path) => {
    let worker;
    const make = () => { worker = new Worker(cuWorker); return worker; };
    await using({ store: { file: path }, worker: make }, async (cu, asked) => {
      await cu.compute('local ask = host.ask function _home.f() return ask() end');
      const calls = Array.from({ length: 5 }, () => cu.compute('return host.ask()'));
      await until(() => asked.length === 5);
      await worker.terminate();
      for (const call of calls) await assert.rejects(call, (error) => error instanceof WorkerError && error.reason === 'died');
      asked.forEach(({ answer }) => answer(1));
      const again = cu.call('_home.f');
      await until(() => asked.length === 6);
      asked[5].answer(6);
      assert.equal((await again).value, 6);
    });
    await using({ worker: make }, async (cu, asked) => {
      const call = cu.compute('return host.ask()');
      await until(() => asked.length === 1);
      const closing = cu.close();
      await worker.terminate();
      await assert.rejects(call, (error) => error instanceof WorkerError || error instanceof StateError);
      await closing.catch((error) => assert.ok(error instanceof WorkerError || error instanceof StateError));
      asked[0].answer(1);
    });
  }));

  test('an instance that is closed does not end those of others', () => using({}, async (cu, asked) => {
    const second = await cu.open({ functions: { ask: () => 'own' } });
    const waiting = cu.compute('return host.ask()');
    assert.equal((await second.compute('return host.ask()')).value, 'own');
    await second.close();
    await until(() => asked.length === 1);
    asked[0].answer(2);
    assert.equal((await waiting).value, 2);
  }));

  test('messages that nobody of cu sends do no harm to scripts that wait', async () => {
    const { Session } = await import('../worker/session.js');
    const { port1, port2 } = new MessageChannel();
    const messages = [];
    const wanted = (condition) => until(() => messages.some(condition));
    port1.on('message', (message) => messages.push(message));
    const session = new Session({ port: port2, signal: {} }, {});
    const call = (id, target, method, args) => session.receive({ id, instance: 1, target, method, args, go: true });
    call(1, 'worker', 'open', [{}]);
    call(2, 'worker', 'create', [1, 'cu', { module, functions: ['ask'], hasEvents: false }]);
    await wanted(({ id }) => id === 2);
    call(3, 'cu', 'compute', ['return host.ask(1)']);
    await wanted(({ ask }) => ask === 1);
    for (const strange of [
      { go: 3 }, { go: 4 }, { stop: 4 }, { stop: 'x' }, { answer: 2, id: 3, value: 'of another' }, { answer: 1, id: 4, value: 5 }, { answer: undefined, id: 3 }, { drop: 3 },
    ]) session.receive(strange);
    session.receive({ answer: 1, id: 3, value: 7 });
    session.receive({ answer: 1, id: 3, value: 8 });
    await wanted(({ ready }) => ready);
    session.receive({ go: 3 });
    session.receive({ go: 3 });
    await wanted(({ value }) => value !== undefined && value.value === 7);
    assert.equal(messages[0].welcome, VERSION);
    session.receive({ end: true });
    port1.close();
  });

  test('a process does not wait for a function that does not answer, but for a time limit, and for what computes', async () => {
    const run = async (body) => {
      const program = `
        import { WorkerCu } from ${JSON.stringify(new URL('../worker/index.js', import.meta.url).href)};
        const cu = await WorkerCu.create({ functions: { never: () => new Promise(() => {}), soon: () => new Promise((resolve) => { setTimeout(resolve, 50); }) } });
        ${body}`;
      const { stdout } = await promisify(execFile)(process.execPath, ['--no-concurrent-recompilation', '--input-type=module', '--eval', program], { timeout: PATIENT });
      return stdout.trim();
    };
    assert.equal(await run('cu.compute("host.never()").then(() => console.log("answered"), () => console.log("failed"))'), '');
    assert.equal(await run('cu.compute("host.never()", { timeLimit: 300 }).catch(({ errorClass }) => console.log(errorClass))'), 'interrupted');
    assert.equal(await run('cu.compute("host.soon() for i = 1, 3000000 do end return 5").then(({ value }) => console.log(value)); cu.compute("host.never()").catch(() => {})'), '5');
  });

  test(`scripts that wait, stops and dying workers at random: each call is settled, with its own answer (CU_SEED=${seed})`, () => inFolder(async (path) => {
    const below = randomBelow(seed);
    let worker;
    const cu = await WorkerCu.create({
      module, store: { file: path }, stopWait: 200, worker: () => { worker = new Worker(cuWorker); return worker; },
      functions: { async work(n) {
        if (below(30) === 0) return new Promise(() => {});
        for (let left = below(4); left > 0; left--) await after(below(3));
        if (below(10) === 0) throw new RangeError(`of ${n}`);
        return n * 2;
      } },
    });
    const sum = (n) => `local s = 0 for i = 1, ${1 + (n % 4)} do local ok, x = pcall(host.work, ${n}) if not ok then error("failed " .. ${n}, 0) end s = s + x end return s`;
    for (let round = 0; round < 8; round++) {
      const calls = Array.from({ length: 1 + below(30) }, (_, at) => {
        const n = round * 100 + at;
        const stop = new AbortController();
        if (below(5) === 0) setTimeout(() => stop.abort(), below(15));
        const limit = below(3) === 0 ? { timeLimit: 1 + below(30) } : {};
        const kind = below(8);
        if (kind === 0) return cu.compute('return 1', { signal: stop.signal }).then(({ value }) => assert.equal(value, 1), () => {});
        return cu.compute(kind === 1 ? FOREVER : sum(n), { signal: stop.signal, ...limit }).then(({ value }) => assert.equal(value, 2 * n * (1 + (n % 4))), (error) => {
          const known = error instanceof WorkerError || error instanceof StateError || error.name === 'AbortError' || error.errorClass === 'interrupted' || error.message === `failed ${n}`;
          assert.ok(known, error);
        });
      });
      const way = below(3);
      const ending = after(below(40)).then(() => (way === 0 ? worker.terminate() : cu.stop())).catch(() => {});
      const stopping = setInterval(() => { cu.stop().catch(() => {}); }, 500);
      let timer;
      const late = new Promise((resolve) => { timer = setTimeout(resolve, 20_000); });
      const settled = await Promise.race([Promise.all(calls).then(() => true), late.then(() => false)]);
      clearInterval(stopping);
      clearTimeout(timer);
      assert.ok(settled, 'a call is never settled');
      await ending;
      assert.equal((await cu.compute('return 5').catch(() => cu.compute('return 5'))).value, 5);
    }
    await cu.close();
  }));
});
