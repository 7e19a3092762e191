/**
 * Functions of the page that scripts in a worker call: values and errors both ways, many that wait at once.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Worker } from 'node:worker_threads';

import { Cu, CuFloat, ExternalTable, LibraryFunction, LuaError, StateError, Values, Way } from '../index.js';
import { CuWASM, Pool, WorkerCu } from '../worker/index.js';
import { withModule } from './module.js';
import { questions, until } from './questions.js';

const vectors = JSON.parse(readFileSync(new URL('../../abi/vectors/values.json', import.meta.url)));
const worker = (name) => new URL(`workers/${name}.js`, import.meta.url);

await withModule((module) => {
  const using = async (options, action) => {
    const cu = await WorkerCu.create({ module, ...options });
    try {
      await action(cu);
    } finally {
      await cu.close({ now: true });
    }
  };

  test('every value goes there and back, with its class', () => using({
    exact: true, functions: { echo: (...values) => new Values(...values), one: (value) => value, none() {}, map: () => new Map([[1n, { deep: [new CuFloat(3)] }], ['b', null]]) },
  }, async (cu) => {
    const here = await Cu.create({ module, exact: true });
    let count = 0;
    for (const { name, lua, value } of vectors) {
      if (lua === undefined || JSON.stringify(value).includes('external') || JSON.stringify(value).includes('function')) continue;
      assert.deepEqual((await cu.compute(`return host.echo(${lua})`)).values, here.compute(`return ${lua}`).values, name);
      count++;
    }
    assert.ok(count > 40, `${count}`);
    const { values } = await cu.compute('_home.t = { x = 1 } local a, b, c, d = host.echo(_home.t, print, nil, {}) return rawequal(a, _home.t), a.x, b == print, c, #d');
    assert.deepEqual(values, [true, 1, true, null, 0]);
    assert.equal((await cu.compute('return host.one(0/0) ~= host.one(0/0)')).value, true);
    assert.deepEqual((await cu.compute('return select("#", host.none()), select("#", host.one(nil)), host.map()[1].deep[1], host.map().b')).values, [0, 1, new CuFloat(3), null]);
    assert.equal((await cu.compute('return #host.one(("x"):rep(100000))')).value, 100_000);
    assert.equal((await cu.compute('return host.one(("\\xff"):rep(100000)) == ("\\xff"):rep(100000)')).value, true);
  }));

  test('a function gets values of their classes, and runs on the page, with its object as `this`', async () => {
    const seen = [];
    const api = { take(...args) { seen.push(...args); return this === api; } };
    await using({ functions: { api } }, async (cu) => {
      assert.equal((await cu.compute('_home.t = {} return host.api.take(_home.t, { deep = { _home.t } }, print, { 1 })')).value, true);
      assert.deepEqual([seen[0], seen[1].deep[0], seen[2]].map((value) => value.constructor), [ExternalTable, ExternalTable, LibraryFunction]);
      assert.deepEqual(await cu.read(seen[0]), []);
    });
  });

  test('many wait at once, and go on in the order of the answers; what does not wait keeps its order', async () => {
    const { ask, asked } = questions();
    await using({ functions: { ask } }, async (cu) => {
      const runs = [1, 2, 3].map((n) => cu.compute(`local x = host.ask(${n}) order = (order or "") .. x print(x) return x`));
      const others = Array.from({ length: 20 }, (_, n) => cu.compute(`n = (n or 0) + 1 return n == ${n} + 1`));
      assert.ok((await Promise.all(others)).every(({ value }) => value));
      assert.deepEqual(asked.map(({ args }) => args), [[1], [2], [3]]);
      for (const at of [2, 0, 1]) {
        asked[at].answer('abc'[at]);
        await runs[at];
      }
      assert.deepEqual((await Promise.all(runs)).map(({ value, output }) => value + output), ['aa\n', 'bb\n', 'cc\n']);
      assert.equal((await cu.compute('return order')).value, 'cab');
    });
  });

  test('every way to run a script waits: by source, by way, prepared, by its other names', () => using({
    functions: { async twice(n) { await until(() => true); return n * 2; } },
  }, async (cu) => {
    await cu.compute('local twice = host.twice function _home.f(n) return twice(n), { n } end');
    assert.equal((await cu.run('return host.twice(2)')).value, 4);
    assert.deepEqual((await cu.call('_home.f', [3], { content: true })).values, [6, [3]]);
    assert.deepEqual((await cu.runCall('_home.f', [4], { content: true, timeLimit: 60_000 })).values, [8, [4]]);
    assert.deepEqual((await cu.prepare('_home.f', { content: true })(5)).values, [10, [5]]);
    assert.deepEqual(await cu.compute('print(1) return 1'), await (await Cu.create({ module })).compute('print(1) return 1'));
    await assert.rejects(cu.compute(5), TypeError);
    await assert.rejects(cu.call('a..b'), { name: 'EncodeError' });
    await assert.rejects(cu.compute('return 1', { instruktions: 5 }), TypeError);
    await assert.rejects(cu.compute('host.twice(1) for i = 1, 1e6 do end', { instructions: 10_000 }), { errorClass: 'budget' });
    const { status, bytes } = await cu.computeRaw('return host.twice(1)');
    assert.ok(status < 0 && /host\.twice cannot be waited for: config\.pending is 0/.test(Buffer.from(bytes).toString()));
    assert.equal((await cu.compute('return (pcall(table.sort, { 2, 1 }, function(a, b) return host.twice(a) < b end))')).value, false);
  }));

  test('batches of a stream wait, each with `_io` for itself', () => using({
    functions: { async twice(n) { await new Promise((resolve) => { setTimeout(resolve, n === 1 ? 20 : 1); }); return n * 2; } },
  }, async (cu) => {
    const found = [];
    const source = 'local out = {} for i, n in ipairs(_io.input.batch) do out[i] = host.twice(n) end assert(#_io.input.batch == #out) _io.output = out';
    for await (const output of cu.processStream(source, [1, 2, 3, 4, 5], { batchSize: 2 })) found.push(output);
    assert.deepEqual(found, [[2, 4], [6, 8], [10]]);
    await cu.compute('local twice = host.twice function _home.f(batch, index) return twice(batch[1]) + index end');
    const sums = [];
    for await (const sum of cu.processStream(new Way('_home.f'), [1, 2, 3], { batchSize: 1 })) sums.push(sum);
    assert.deepEqual(sums, [2, 5, 8]);
  }));

  test('an error of a function is raised at its call, and is the cause of the error here: the same object', async () => {
    const cause = Object.assign(new RangeError('too far'), { unsendable: () => {} });
    const dom = new DOMException('enough', 'AbortError');
    const unreadable = Object.defineProperty(new Error(), 'message', { get() { throw new Error('no'); } });
    const thrown = { cause, dom, unreadable, value: { code: 7 }, text: 'plain', none: undefined, symbol: Symbol('s') };
    const functions = { at: { async fail(what) { await until(() => true); throw thrown[what]; }, now(what) { throw thrown[what]; } }, odd: () => () => {}, deep: () => ({ a: [1, () => {}] }), date: () => new Date(0) };
    await using({ functions }, async (cu) => {
      for (const name of ['fail', 'now']) {
        const error = await cu.compute(`\nhost.at.${name}("cause")`).catch((caught) => caught);
        assert.ok(error instanceof LuaError && error.cause === cause);
        assert.equal(error.message, `compute:2: host.at.${name}: too far`);
        assert.match(error.traceback, /in main chunk/);
        assert.equal((await cu.compute(`host.at.${name}("dom")`).catch((caught) => caught)).cause, dom);
      }
      assert.equal((await cu.compute('return select(2, pcall(host.at.fail, "cause"))')).value, 'host.at.fail: too far');
      assert.equal((await cu.compute('return select(2, pcall(host.at.fail, "value")).code')).value, 7);
      assert.equal((await cu.compute('return select(2, pcall(host.at.fail, "text"))')).value, 'plain');
      assert.equal((await cu.compute('return pcall(host.at.fail, "none")')).value, false);
      assert.equal((await cu.compute('return pcall(host.at.fail, "symbol")')).value, false);
      assert.match((await cu.compute('return select(2, pcall(host.at.fail, "unreadable"))')).value, /^host\.at\.fail: an error that cannot be read/);
      assert.match((await cu.compute('return select(2, pcall(host.odd))')).value, /^host\.odd: the result: a function cannot be sent to a worker/);
      assert.match((await cu.compute('return select(2, pcall(host.deep))')).value, /^host\.deep: the result\.a\[1\]: a function cannot be sent/);
      assert.match((await cu.compute('return select(2, pcall(host.date))')).value, /^host\.date: /);
      // Two that wait, each with its own cause; a third fails for another reason.
      const both = await Promise.allSettled(['host.at.fail("cause")', 'host.other()', 'host.at.fail("dom")', 'pcall(host.at.fail, "cause") error("own")'].map((source) => cu.compute(source)));
      assert.deepEqual(both.map(({ reason }) => reason.cause), [cause, undefined, dom, undefined]);
      // Caught, and raised again.
      assert.equal((await cu.compute('local ok, e = pcall(host.at.fail, "cause") error(e, 0)').catch((error) => error)).cause, cause);
    });
  });

  test('a function may compute in the instance that waits for it', () => using({ functions: {} }, async (outer) => {
    let cu;
    await using({ functions: { inner: async (code) => (await cu.compute(code)).value } }, async (made) => {
      cu = made;
      assert.equal((await cu.compute('return host.inner("return host.inner(\'return 5\')") + 1')).value, 6);
    });
    assert.equal((await outer.compute('return host')).value, null);
  }));

  test('a transaction is not entered by what waits, and does not wait', async () => {
    const { ask, asked } = questions();
    await using({ functions: { ask } }, async (cu) => {
      const other = await cu.open();
      const run = cu.compute('local x = host.ask() _home.x = x return _home.y');
      await until(() => asked.length === 1);
      for (const each of [cu, other]) {
        await each.begin();
        await each.compute('_home.y = 1');
        asked[0].answer(5);
        await new Promise((resolve) => { setTimeout(resolve, 20); });
        assert.equal((await each.compute('return _home.x')).value, null);
        await assert.rejects(each.compute(each === cu ? 'host.ask()' : 'error("the compute is atomic, or in a transaction")'), /the compute is atomic, or in a transaction/);
        await each.rollBack();
        if (each === cu) {
          assert.equal((await run).value, null);
          await cu.compute('_home.x = nil');
        }
      }
      // One whose turn comes behind a `begin`: the worker computes while both are wanted.
      await cu.compute('_home.x = nil');
      const again = cu.compute('local x = host.ask() _home.x = x return _home.y');
      await until(() => asked.length === 2);
      cu.compute('for i = 1, 3000000 do end');
      const begun = cu.begin();
      asked[1].answer(6);
      await begun;
      await cu.compute('_home.y = 1');
      await new Promise((resolve) => { setTimeout(resolve, 10); });
      assert.deepEqual((await cu.compute('return _home.x, _home.y')).values, [null, 1]);
      await cu.commit();
      assert.equal((await again).value, 1);
      assert.deepEqual((await cu.compute('return _home.x, _home.y')).values, [6, 1]);
      await assert.rejects(cu.compute('host.ask()', { atomic: true }), /the compute is atomic, or in a transaction/);
      assert.equal(asked.length, 2);
    });
  });

  test('instances of one worker have functions of their own', () => using({ functions: { name: () => 'first' } }, async (cu) => {
    const second = await cu.open({ functions: { name: () => 'second' } });
    const third = await cu.open();
    await cu.compute('local name = host.name function _home.f() return name() end');
    const calls = [cu, second, cu, second].map((each) => each.call('_home.f'));
    assert.deepEqual((await Promise.all(calls)).map(({ value }) => value), ['first', 'second', 'first', 'second']);
    await assert.rejects(third.call('_home.f'), LuaError);
    assert.equal((await third.compute('return host')).value, null);
  }));

  test('number and memory of what waits are bounded', async () => {
    const { ask, asked } = questions();
    await using({ functions: { ask }, config: { pending: 2 } }, async (cu) => {
      const runs = [1, 2].map(() => cu.compute('return host.ask()'));
      await assert.rejects(cu.compute('host.ask()'), /2 computes wait already; config\.pending is 2/);
      await until(() => asked.length === 2);
      asked.forEach(({ answer }, at) => answer(at));
      assert.deepEqual((await Promise.all(runs)).map(({ value }) => value), [0, 1]);
    });
  });

  test('functions of a pool are those of its page, whichever worker asks', async () => {
    let most = 0;
    let now = 0;
    const pool = await Pool.create({ module, size: 3, functions: { async get(n) {
      most = Math.max(most, ++now);
      // Workers start as jobs wait.
      await until(() => most === 3);
      now--;
      if (n === 5) throw new RangeError('five');
      return n * n;
    } } });
    const jobs = await Promise.allSettled(Array.from({ length: 9 }, (_, n) => pool.compute(`return host.get(${n})`)));
    assert.deepEqual(jobs.map(({ value, reason }) => (reason ? reason.cause.message : value.value)), [0, 1, 4, 9, 16, 'five', 36, 49, 64]);
    assert.equal(most, 3);
    const sums = [];
    for await (const sum of pool.processStream('local s = 0 for _, n in ipairs(_io.input.batch) do s = s + host.get(n) end _io.output = s', [1, 2, 3, 4], { batchSize: 2 })) sums.push(sum);
    assert.deepEqual(sums, [5, 25]);
    await pool.close();
  });

  test('functions of a worker file run there, at once or later, beside those of the page', async () => {
    const own = new Worker(worker('own_functions'));
    const cu = await WorkerCu.connect(own, { module, functions: { shared: () => 'of the page', page: { now: () => 3 } } });
    assert.deepEqual((await cu.compute('return host.here(), host.later("x"), host.atOnce(1), host.shared(), host.page.now()')).values, ['worker true', 'x', 2, 'of the page', 3]);
    const error = await cu.compute('host.later("fail")').catch((caught) => caught);
    assert.ok(error instanceof LuaError && error.cause instanceof RangeError && error.cause.message === 'of the worker');
    assert.equal((await cu.compute('local t = { 3, 1, 2 } table.sort(t, function(a, b) host.here() return a < b end) return t[1]')).value, 1);
    const waiting = cu.compute('host.never()', { timeLimit: 30 });
    assert.equal((await cu.compute('return 1')).value, 1);
    await assert.rejects(waiting, { errorClass: 'interrupted' });
    const plain = await WorkerCu.connect(own, { module });
    assert.deepEqual((await plain.compute('return host.shared(), host.page')).values, ['of the worker', null]);
    await own.terminate();
  });

  test('over a store with turns each part has one, and nobody keeps it while a script waits', async () => {
    const { ask, asked } = questions();
    const options = (more) => ({ functions: { ask, now: (x) => x }, worker: worker('turns'), store: { turning: true, ...more } });
    await using(options(), async (cu) => {
      const before = (await cu.store.storage()).count;
      const run = cu.compute('_home.a = 1 local x = host.ask() _home.b = x return host.now(x)');
      await until(() => asked.length === 1);
      assert.equal((await cu.compute('return _home.a')).value, 1);
      asked[0].answer(7);
      assert.equal((await run).value, 7);
      assert.equal((await cu.store.storage()).count - before, 4);
      assert.equal((await cu.data.get('_home', 'b')), 7);
      await assert.rejects(cu.compute('host.ask()', { timeLimit: 20 }), { errorClass: 'interrupted' });
      const stop = new AbortController();
      const aborted = cu.compute('host.ask()', { signal: stop.signal });
      await until(() => asked.length === 3);
      stop.abort();
      await assert.rejects(aborted, { name: 'AbortError' });
    });
    // The first turn is that of `create`. The changes of a part are not saved, or a part has no turn: then the script ends, and others do not.
    for (const [more, message] of [[{ fails: 2 }, 'not saved'], [{ fails: 3 }, 'not saved'], [{ refused: 2 }, 'no turn'], [{ refused: 3 }, 'no turn']]) {
      await using(options(more), async (cu) => {
        const from = asked.length;
        const answering = more.refused === 2 ? undefined : until(() => asked.length > from).then(() => asked[from].answer(1));
        await assert.rejects(cu.compute('_home.a = 1 return host.ask()'), { message });
        assert.equal((await cu.compute('return host.now(5)')).value, 5);
        await answering;
      });
    }
  });

  test('what offers no functions is refused, and says where it is', async () => {
    const circle = {};
    circle.inner = circle;
    const refused = [
      [[], /functions is a list; wanted is an object of functions/], [new Map(), /functions is a Map/], [5, /functions is a number/], [null, /functions is null/],
      [{ a: 5 }, /functions\.a is a number; wanted is a function, or an object of functions/], [circle, /functions\.inner contains itself/],
    ];
    for (const [functions, message] of refused) {
      await assert.rejects(WorkerCu.create({ module, functions }), (error) => error instanceof TypeError && message.test(error.message));
    }
    await assert.rejects(CuWASM.init({ module, functions: { f: () => {} } }), { name: 'EncodeError', message: /functions\.f: a function cannot be sent to a worker/ });
    await assert.rejects(Pool.create({ module, functions: [] }), TypeError);
  });

  test('after `close` a script that waited is over, and an instance that is closed has no functions', async () => {
    const { ask, asked } = questions();
    const cu = await WorkerCu.create({ module, functions: { ask } });
    const run = cu.compute('return host.ask()');
    const closing = cu.close();
    await until(() => asked.length === 1);
    await assert.rejects(cu.compute('return 1'), StateError);
    asked[0].answer(3);
    assert.equal((await run).value, 3, '`close` waits for the calls before it');
    await closing;
    const now = await WorkerCu.create({ module, functions: { ask } });
    const runs = Array.from({ length: 30 }, () => now.compute('return host.ask()'));
    const settled = Promise.allSettled(runs);
    await until(() => asked.length === 31);
    await now.close({ now: true });
    for (const { reason } of await settled) assert.ok(reason instanceof StateError && reason.message === 'this instance is closed');
    asked.forEach(({ answer }) => answer(1));
  });
});
