// Instances in workers of pages: stores, stopping with and without shared memory, workers that end, files that are not there.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { inEachBrowser, isWithoutFiles, reload } from './pages.mjs';

const COUNT = '_home.n = (_home.n or 0) + 1 return _home.n';
const FOREVER = 'while true do end';

/** Makes an instance in a worker, as `cu`; `workers` has the workers that were made. */
const start = (page, options) => page.evaluate(async (given) => {
  const { WorkerCu } = await window.load('cu/worker');
  window.workers = [];
  const worker = () => {
    window.workers.push(new Worker('/host-js/worker/cu_worker.js', { type: 'module' }));
    return window.workers[window.workers.length - 1];
  };
  const { encrypted } = given;
  window.inWorker = await WorkerCu.create({
    module: '/dist/cu.wasm', worker, onChange: () => { window.changes = (window.changes || 0) + 1; }, ...given, ...(encrypted ? { encrypted: { key: new Uint8Array(32).fill(encrypted) } } : {}),
  });
}, options);

const compute = (page, code) => page.evaluate(async (text) => (await window.inWorker.compute(text)).value, code);

/** The error of an action in the page. */
const problem = (page, action, argument) => page.evaluate(`(${action})(${JSON.stringify(argument)}).then(() => 'none', (error) => [error.name, error.reason || error.errorClass || '', error.message])`);

inEachBrowser((its) => {
  for (const options of [{ store: { indexeddb: 'worker' } }, { store: { opfs: 'worker' } }, { store: { indexeddb: 'worker-secret' }, encrypted: 7 }]) {
    test(`what a worker answered is there after a reload: ${JSON.stringify(options)}`, async (t) => {
      const page = await its.open();
      if (options.store.opfs !== undefined && await isWithoutFiles(page, t)) return;
      for (let wanted = 1; wanted <= 3; wanted++) {
        const wait = options.store.opfs === undefined ? {} : { wait: 5000 };
        await start(page, { ...options, store: { ...options.store, ...wait } });
        assert.equal(await compute(page, COUNT), wanted);
        // No save, no close: it was answered.
        await reload(page);
      }
      await page.close();
    });
  }

  test('the time of a call begins with its turn', async () => {
    const pages = [await its.open(), await its.open()];
    for (const page of pages) await start(page, { store: { indexeddb: 'timed', wait: 20_000 }, stopWait: 500 });
    const long = compute(pages[0], 'for i = 1, 300000000 do end return 1');
    await new Promise((resolve) => { setTimeout(resolve, 100); });
    assert.equal((await pages[1].evaluate((code) => window.inWorker.compute(code, { timeLimit: 500 }), COUNT)).value, 1);
    assert.equal(await long, 1);
    for (const page of pages) await page.close();
  });

  test('two pages count over one database, each in its worker, and lose nothing', async () => {
    const pages = [await its.open(), await its.open()];
    for (const page of pages) await start(page, { store: { indexeddb: 'counted' } });
    await Promise.all(pages.map((page) => page.evaluate(async (code) => {
      await Promise.all(Array.from({ length: 100 }, () => window.inWorker.compute(code)));
    }, COUNT)));
    assert.equal(await compute(pages[0], 'return _home.n'), 200);
    for (const page of pages) assert.ok(await page.evaluate(() => window.changes > 0), 'a page is told what the other one changed');
    assert.equal(await pages[1].evaluate(async () => (await window.inWorker.store.storage()).usage > 0), true);
    await pages[1].evaluate(async () => {
      await window.inWorker.store.snapshots.save('then', await window.inWorker.store.snapshot());
      await window.inWorker.compute('_home.n = 0');
      await window.inWorker.store.restore(await window.inWorker.store.snapshots.load('then'));
      await window.inWorker.close();
    });
    assert.equal(await compute(pages[0], COUNT), 201);
    for (const page of pages) await page.close();
  });

  for (const path of ['', 'isolated']) {
    test(`a script is stopped, and the instance lives on: ${path === '' ? 'without' : 'with'} shared memory`, async () => {
      const page = await its.open(path);
      assert.equal(await page.evaluate(() => crossOriginIsolated), path === 'isolated');
      await start(page, { stopWait: 20_000 });
      await compute(page, 'x = 41');
      for (let turn = 0; turn < 2; turn++) {
        const stopped = await problem(page, async (code) => {
          setTimeout(() => window.inWorker.stop(), 50);
          await window.inWorker.compute(code);
        }, FOREVER);
        assert.deepEqual(stopped.slice(0, 2), ['LuaError', 'interrupted']);
        const aborted = await problem(page, async (code) => {
          const stop = new AbortController();
          setTimeout(() => stop.abort(), 50);
          await window.inWorker.compute(code, { signal: stop.signal });
        }, FOREVER);
        assert.equal(aborted[0], 'AbortError');
        assert.equal(await compute(page, 'return x + 1'), 42);
      }
      assert.deepEqual((await problem(page, (code) => window.inWorker.compute(code, { timeLimit: 20 }), FOREVER)).slice(0, 2), ['LuaError', 'interrupted']);
      assert.equal(await page.evaluate(() => window.workers.length), 1);
      await page.close();
    });
  }

  for (const store of [{ opfs: 'ended' }, { indexeddb: 'ended' }]) {
    test(`a worker that somebody ends is noticed, and the next call goes on with what was answered: ${JSON.stringify(store)}`, async (t) => {
      const page = await its.open();
      if (store.opfs !== undefined && await isWithoutFiles(page, t)) return;
      await start(page, { store });
      await compute(page, COUNT);
      const died = await problem(page, async (code) => {
        const running = window.inWorker.compute(code);
        const waiting = window.inWorker.compute('return 1').catch((error) => error);
        setTimeout(() => window.workers[0].terminate(), 100);
        await running.catch(() => {});
        throw await waiting;
      }, FOREVER);
      assert.deepEqual(died.slice(0, 2), ['WorkerError', 'died']);
      assert.match(died[2], /the browser ended it, or somebody called terminate\(\); what was answered before is kept/);
      assert.equal(await compute(page, COUNT), 2);
      assert.equal(await page.evaluate(() => window.workers.length), 2);
      await page.close();
    });
  }

  for (const store of [{ opfs: 'rounds' }, { indexeddb: 'rounds' }]) {
    test(`a worker that is ended at random moments loses nothing that it answered: ${JSON.stringify(store)} (CU_SEED=${seed})`, async (t) => {
      const page = await its.open();
      if (store.opfs !== undefined && await isWithoutFiles(page, t)) return;
      const below = randomBelow(seed);
      await start(page, { store, stopWait: 20 });
      let made = 0;
      for (let round = 0; round < 4; round++) {
        const [most, calls] = await page.evaluate(async ([code, delay, isStop]) => {
          let largest = 0;
          let count = 0;
          // A stop may come when nothing waits, and what runs is too short to notice it.
          const end = setInterval(() => {
            if (isStop) window.inWorker.stop();
            else window.workers[window.workers.length - 1].terminate();
          }, delay);
          for (let failed = false; !failed;) {
            const answers = Array.from({ length: 5 }, () => window.inWorker.compute(code).then(({ value }) => { largest = Math.max(largest, value); }));
            count += answers.length;
            failed = (await Promise.allSettled(answers)).some(({ status }) => status === 'rejected');
          }
          clearInterval(end);
          return [largest, count];
        }, [COUNT, 20 + below(100), below(2) === 0]);
        made += calls;
        const value = await compute(page, 'return _home.n or 0');
        assert.ok(value >= most && value <= made, `${JSON.stringify(store)}: answered was ${most}, there is ${value}, made were ${made} calls`);
      }
      await page.evaluate(() => window.inWorker.close());
      await page.close();
    });
  }

  for (const store of [{ indexeddb: 'closed' }, { opfs: 'closed' }]) {
    test(`\`close\` is answered when all calls before it are, and saved: ${JSON.stringify(store)}`, async (t) => {
      const page = await its.open();
      if (store.opfs !== undefined && await isWithoutFiles(page, t)) return;
      await start(page, { store });
      const values = await page.evaluate(async (code) => {
        const calls = Array.from({ length: 50 }, () => window.inWorker.compute(code));
        await window.inWorker.close();
        return (await Promise.all(calls)).map(({ value }) => value);
      }, COUNT);
      assert.deepEqual(values, values.map((_, at) => at + 1));
      await start(page, { store: { ...store, wait: 5000 } });
      assert.equal(await compute(page, 'return _home.n'), 50);
      await page.evaluate(() => window.inWorker.close());
      await page.close();
    });
  }

  test('a worker that cannot be started says why', async () => {
    const page = await its.open();
    const create = (options) => problem(page, async (given) => {
      const { WorkerCu } = await window.load('cu/worker');
      await WorkerCu.create({ module: '/dist/cu.wasm', ...given });
    }, options);
    const none = await create({ worker: '/tests/browser/pages/none.js' });
    assert.deepEqual(none.slice(0, 2), ['WorkerError', 'start']);
    assert.match(none[2], /for \/tests\/browser\/pages\/none.js the server answered 404/);
    assert.match((await create({ worker: '/tests/browser/pages/index.html' }))[2], /index.html was sent as text\/html(; charset=utf-8)?, which is no JavaScript/);
    assert.match((await create({ store: { opfs: '' } }))[2], /store.opfs is empty/);
    assert.match((await create({ store: { local: 'x' } }))[2], /workers have no localStorage/);
    assert.match((await create({ store: { file: 'x' } }))[2], /node:fs|import|Cross-origin/);
    const silent = await create({ worker: '/host-js/abi.js', startWait: 300 });
    assert.deepEqual(silent.slice(0, 2), ['WorkerError', 'foreign']);
    await page.close();
    const strict = await its.open('no-workers');
    const refused = await problem(strict, async () => {
      const { WorkerCu } = await window.load('cu/worker');
      await WorkerCu.create({ module: '/dist/cu.wasm' });
    });
    assert.deepEqual(refused.slice(0, 2), ['WorkerError', 'start']);
    assert.match(refused[2], /Content-Security-Policy/);
    await strict.close();
  });

  test('the usual worker, its classes, streams and rows', async () => {
    const page = await its.open();
    const found = await page.evaluate(async () => {
      const { WorkerCu } = await window.load('cu/worker');
      const { ExternalTable, LuaError, EncodeError } = window.cu;
      const cu = await WorkerCu.create({ module: '/dist/cu.wasm' });
      const { values } = await cu.compute("_home.t = { 1 } return _home.t, '\\xff', { a = 2.5 }");
      const error = await cu.compute('error({ code = 7 })').catch((caught) => caught);
      const unsendable = await cu.call('print', [() => {}]).catch((caught) => caught);
      const doubled = [];
      const items = new ReadableStream({ start(controller) { for (let n = 1; n <= 5; n++) controller.enqueue(n); controller.close(); } });
      for await (const output of cu.processStream('local o = {} for i, n in ipairs(_io.input.batch) do o[i] = n * 2 end _io.output = o', items, { batchSize: 2 })) doubled.push(output);
      await cu.compute('_home.rows = {} for i = 1, 1500 do _home.rows[i] = { n = i } end');
      let rows = 0;
      for await (const [, { n }] of cu.rows('_home.rows')) rows += n;
      const other = await cu.open({ home: 'second' });
      await other.compute('_home.y = 1');
      const large = await cu.compute("return ('\\xff'):rep(200000)");
      await cu.close();
      await other.close();
      const closed = await cu.compute('').catch((caught) => caught.message);
      return [values[0] instanceof ExternalTable, [...values[1]], values[2], error instanceof LuaError, error.value, error.traceback.slice(0, 5), unsendable instanceof EncodeError,
        doubled, rows, large.value.length, closed];
    });
    assert.deepEqual(found, [true, [255], { a: 2.5 }, true, { code: 7 }, 'stack', true, [[2, 4], [6, 8], [10]], 1500 * 1501 / 2, 200000, 'this instance is closed']);
    await page.close();
  });

  for (const path of ['', 'isolated']) {
    test(`scripts wait for functions of their page, over one database, and are stopped: ${path === '' ? 'without' : 'with'} shared memory`, async () => {
      const page = await its.open(path);
      const found = await page.evaluate(async (name) => {
        const { WorkerCu } = await window.load('cu/worker');
        const cause = new RangeError('none');
        const asked = [];
        const functions = {
          http: { async get(url) { return (await fetch(url)).status; } },
          fail() { throw cause; },
          title: () => document.title.length,
          never: () => new Promise(() => { asked.push(1); }),
        };
        const options = { module: '/dist/cu.wasm', store: { indexeddb: `asking ${name}` }, stopWait: 20_000, functions };
        const [cu, other] = [await WorkerCu.create(options), await WorkerCu.create(options)];
        const count = '_home.n = (_home.n or 0) + 1 local status = host.http.get("/dist/cu.wasm") _home.done = (_home.done or 0) + 1 return status';
        const all = await Promise.all(Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? cu : other).compute(count)));
        const counts = (await cu.compute('return _home.n, _home.done, host.title()')).values;
        const error = await cu.compute('host.fail()').catch((caught) => caught);
        const limited = await cu.compute('host.never()', { timeLimit: 50 }).catch((caught) => caught.errorClass);
        const stop = new AbortController();
        const [waiting, running] = [cu.compute('host.never()', { signal: stop.signal }), cu.compute('while true do end')].map((call) => call.catch(({ name, errorClass }) => errorClass || name));
        while (asked.length < 2) await new Promise((resolve) => { setTimeout(resolve, 5); });
        // What waits keeps nobody from the database.
        const meanwhile = other.compute('return 5');
        await new Promise((resolve) => { setTimeout(resolve, 50); });
        stop.abort();
        await cu.stop();
        const ends = [await waiting, await running, (await meanwhile).value, (await cu.compute('return 1')).value];
        await cu.close();
        await other.close();
        return [all.every(({ value }) => value === 200), counts.slice(0, 2), counts[2] === document.title.length, error.cause === cause, error.message, limited, ends];
      }, path);
      assert.deepEqual(found, [true, [20, 20], true, true, 'compute:1: host.fail: none', 'interrupted', ['AbortError', 'interrupted', 5, 1]]);
      await page.close();
    });
  }

  test('a pool over one database: what a job changed is there for the next one', async () => {
    const page = await its.open();
    const found = await page.evaluate(async (code) => {
      const { Pool } = await window.load('cu/worker');
      const pool = await Pool.create({ module: '/dist/cu.wasm', size: 3, store: { indexeddb: 'pool' } });
      await Promise.all(Array.from({ length: 60 }, () => pool.compute(code)));
      const { value } = await pool.compute('return _home.n');
      const { workers } = pool.load;
      await pool.close();
      return [value, workers <= 3];
    }, COUNT);
    assert.deepEqual(found, [60, true]);
    await page.close();
  });

  test('pages share a SharedWorker, and a page has a worker of its own file', async () => {
    const pages = [await its.open(), await its.open()];
    const connect = (page) => page.evaluate(async (code) => {
      const { WorkerCu } = await window.load('cu/worker');
      const shared = new SharedWorker('/tests/browser/pages/own_worker.js', { type: 'module' });
      shared.port.start();
      window.inWorker = await WorkerCu.connect(shared.port);
      return (await window.inWorker.compute(code)).value;
    }, COUNT);
    assert.deepEqual([await connect(pages[0]), await connect(pages[1]), await compute(pages[0], COUNT)], [1, 2, 3]);
    const refused = await problem(pages[0], async () => {
      const { WorkerCu } = await window.load('cu/worker');
      await WorkerCu.connect(new SharedWorker('/tests/browser/pages/own_worker.js', { type: 'module' }).port, { module: '/dist/cu.wasm' });
    });
    assert.match(refused[2], /the worker cannot read a message: a WebAssembly.Module/);
    const own = await pages[0].evaluate(async (code) => {
      const { WorkerCu } = await window.load('cu/worker');
      const worker = new Worker('/tests/browser/pages/own_worker.js', { type: 'module' });
      const cu = await WorkerCu.connect(worker, { module: '/dist/cu.wasm' });
      return (await cu.compute(code)).value;
    }, COUNT);
    assert.equal(own, 1);
    for (const page of pages) await page.close();
  });

  test('the earlier functions in a worker', async () => {
    const page = await its.open();
    const found = await page.evaluate(async () => {
      const { CuWASM } = await window.load('cu/worker');
      const cu = await CuWASM.init({ module: '/dist/cu.wasm' });
      await cu.setInput({ a: 1 });
      const value = await cu.compute('_io.output = _io.input return _io.input.a + 1');
      const output = await cu.getOutput();
      await cu.close();
      return [value, output];
    });
    assert.deepEqual(found, [2, { a: 1 }]);
    await page.close();
  });
});
