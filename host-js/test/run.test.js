// Scripts that wait for functions of the host which answer with promises: `run` and `runCall`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, LuaError, MemoryStore, StateError, Values, Way } from '../index.js';

/** A function whose calls a test answers: `asked` has `{ args, answer, fail }` of each. */
function questions() {
  const asked = [];
  const ask = (...args) => new Promise((answer, fail) => { asked.push({ args, answer, fail }); });
  return { ask, asked };
}

/** Lets everything go on that can. */
const settle = () => new Promise((resolve) => { setImmediate(resolve); });

test('a script waits for promises, and prints and returns as one', async () => {
  const cu = await Cu.create({
    functions: { http: { async get(url) { await settle(); return `<${url}>`; } }, later: (...all) => Promise.resolve(new Values(...all)), now: (x) => x + 1 },
  });
  const { values, output, outputBytes } = await cu.run('print("ä") local a = host.http.get("u") print(a) return a, host.now(1), host.later(1, nil, 3)');
  assert.deepEqual(values, ['<u>', 2, 1, null, 3]);
  assert.equal(output, 'ä\n<u>\n');
  assert.deepEqual(outputBytes, new TextEncoder().encode(output));
  assert.deepEqual(await cu.run('return 5'), cu.compute('return 5'));
  assert.equal((await cu.run('return #host.http.get(("x"):rep(100000))')).value, 100_002);
});

test('others compute meanwhile, and go on in the order of their answers', async () => {
  const { ask, asked } = questions();
  const cu = await Cu.create({ functions: { ask } });
  const runs = [1, 2, 3].map((n) => cu.run(`local x = host.ask(${n}) order = (order or "") .. x return x`));
  await settle();
  assert.deepEqual(asked.map(({ args }) => args), [[1], [2], [3]]);
  assert.equal(cu.compute('return 7').value, 7);
  for (const at of [2, 0, 1]) {
    asked[at].answer('abc'[at]);
    await settle();
  }
  assert.deepEqual((await Promise.all(runs)).map(({ value }) => value), ['a', 'b', 'c']);
  assert.equal(cu.compute('return order').value, 'cab');
});

test('what a function throws, or what its promise is rejected with, is raised at its call', async () => {
  const cause = new RangeError('too far');
  const cu = await Cu.create({ functions: {
    async fail(what) { await settle(); throw what === undefined ? cause : what; },
    reject: () => Promise.reject({ code: 7 }),
    odd: () => ({ then(good) { good(() => {}); good(2); throw new Error('late'); } }),
    worse: () => ({ get then() { throw new Error('no then'); } }),
  } });
  await assert.rejects(cu.run('\nhost.fail()'), (error) => error instanceof LuaError && error.cause === cause && error.message === 'compute:2: host.fail: too far' && /in main chunk/.test(error.traceback));
  assert.deepEqual((await cu.run('return pcall(host.fail, "x")')).values, [false, 'x']);
  assert.equal((await cu.run('return select(2, pcall(host.reject)).code')).value, 7);
  assert.match((await cu.run('return select(2, pcall(host.odd))')).value, /^host\.odd: .*function/);
  assert.equal((await cu.run('return select(2, pcall(host.worse))')).value, 'host.worse: no then');
  // Two that wait, of which each has its own cause.
  const other = new Error('other');
  const both = await Promise.allSettled([cu.run('host.fail()'), cu.run('host.other()'), cu.run('host.fail()')]);
  assert.deepEqual(both.map(({ reason }) => reason.cause), [cause, undefined, cause]);
  assert.notEqual(other, cause);
});

test('compute does not wait, and says who does', async () => {
  let called = 0;
  const cu = await Cu.create({ functions: { async get() { called += 1; }, promise: () => { called += 1; return Promise.reject(new Error('nobody sees it')); } } });
  assert.throws(() => cu.compute('host.get()'), /host\.get cannot be waited for: config\.pending is 0, so no compute waits/);
  assert.equal(called, 0);
  assert.throws(() => cu.compute('host.promise()'), /host\.promise: it answered a promise, for which a script of compute does not wait: use run/);
  await settle();
});

test('a signal cancels what waits: variables are closed, and the reason is thrown', async () => {
  const { ask, asked } = questions();
  const cu = await Cu.create({ functions: { ask } });
  const code = 'local x <close> = setmetatable({}, { __close = function() closed = (closed or 0) + 1 end }) host.ask() reached = true';
  const controller = new AbortController();
  const run = cu.run(code, { signal: controller.signal });
  await settle();
  const reason = new Error('enough');
  controller.abort(reason);
  await assert.rejects(run, (error) => error === reason);
  asked[0].answer(1);
  await settle();
  assert.deepEqual(cu.compute('return closed, reached').values, [1, null]);
  await assert.rejects(cu.run(code, { signal: controller.signal }), (error) => error === reason);
  assert.deepEqual(cu.compute('return closed').value, 1, 'nothing was begun');
  await assert.rejects(cu.run('return 1', { signal: 5 }), { name: 'TypeError', message: 'the option signal is no AbortSignal' });
  // A signal that a function of the script aborts, before the script waits.
  const within = new AbortController();
  const both = await Cu.create({ functions: { ask, abort: () => within.abort(reason) } });
  await assert.rejects(both.run('host.abort() host.ask()', { signal: within.signal }), (error) => error === reason);
  asked.pop();
  // An answer that came before counts, unless the signal was aborted before the script went on.
  const late = new AbortController();
  const answered = cu.run('return host.ask()', { signal: late.signal });
  await settle();
  asked[1].answer(8);
  assert.equal((await answered).value, 8);
  late.abort();
});

test('a time limit is for all of a script, and a raised flag ends what waits, answered or not', async () => {
  const { ask, asked } = questions();
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const cu = await Cu.create({ functions: { ask }, stop });
  await assert.rejects(cu.run('host.ask()', { timeLimit: 20 }), { name: 'LuaError', errorClass: 'interrupted', message: "interrupted by the host: 'the time limit of 20 ms is over', while it waited for host.ask" });
  const slow = cu.run('host.ask() while true do end', { timeLimit: 60 });
  await settle();
  asked[1].answer();
  await assert.rejects(slow, { errorClass: 'interrupted', message: /the time limit of 60 ms is over/ });
  const flagged = cu.run('host.ask() return 1');
  await settle();
  stop[0] = 1;
  asked[2].answer();
  await assert.rejects(flagged, { errorClass: 'interrupted', message: "interrupted by the host: 'stopped', while it waited for host.ask" });
  stop[0] = 0;
  const unanswered = cu.run('host.ask() return 1');
  await settle();
  stop[0] = 1;
  await assert.rejects(unanswered, { errorClass: 'interrupted', message: /stopped/ });
  stop[0] = 0;
  assert.equal((await cu.run('return 3')).value, 3);
  await assert.rejects(cu.run('return 1', { timeLimit: -1 }), RangeError);
  const limited = await Cu.create({ functions: { ask }, timeLimit: 20 });
  await assert.rejects(limited.run('host.ask()'), { errorClass: 'interrupted' });
});

test('number and memory of what waits are bounded', async () => {
  const { ask, asked } = questions();
  const cu = await Cu.create({ functions: { ask }, config: { pending: 2 } });
  const runs = [cu.run('return host.ask()'), cu.run('return host.ask()')];
  await assert.rejects(cu.run('host.ask()'), /2 computes wait already; config\.pending is 2/);
  await settle();
  assert.equal(asked.length, 3, 'the function that cannot be waited for is not async by its form: it was called');
  const third = cu.run('return host.ask()', { pending: 3 });
  await settle();
  asked.forEach(({ answer }, at) => answer(at));
  assert.deepEqual((await Promise.all([...runs, third])).map(({ value }) => value), [0, 1, 3]);
});

test('options hold in all parts', async () => {
  const { ask, asked } = questions();
  const cu = await Cu.create({ functions: { ask } });
  const run = cu.run('local s = host.ask() return pcall(string.rep, s, 2)', { permissions: { library: { 'string.rep': false } } });
  await settle();
  assert.equal(cu.compute('return ("x"):rep(3)').value, 'xxx');
  asked[0].answer('y');
  assert.equal((await run).value, false);
  const short = cu.run('host.ask() for i = 1, 1e6 do end', { instructions: 10_000 });
  await settle();
  asked[1].answer();
  await assert.rejects(short, { errorClass: 'budget' });
  await assert.rejects(cu.run('return 1', { instruktions: 5 }), { name: 'TypeError', message: /no option of a compute that may wait is called instruktions; there are instructions, .*timeLimit, signal$/ });
  await assert.rejects(cu.run(5), TypeError);
});

test('stored functions are called and wait, in another instance too', async () => {
  const store = new MemoryStore();
  const { ask, asked } = questions();
  const first = await Cu.create({ functions: { ask }, store });
  first.compute('local ask, n = host.ask, 0 _home.users = { ada = 36 } function _home.grow(user, by) n = n + ask(by) return n, user end');
  const second = await Cu.create({ functions: { ask: (x) => ask(x) }, store });
  const run = second.runCall('_home.grow', [5, new Way('_home.users')].reverse(), { content: true });
  await settle();
  assert.deepEqual(asked[0].args, [5]);
  asked[0].answer(10);
  assert.deepEqual((await run).values, [10, { ada: 36 }]);
  const again = first.runCall('_home.grow', [null, 1]);
  await settle();
  asked[1].answer(1);
  assert.equal((await again).value, 11);
  await assert.rejects(second.runCall('_home.missing'), LuaError);
});

test('a transaction of others is waited for', async () => {
  const { ask, asked } = questions();
  const store = new MemoryStore();
  const cu = await Cu.create({ functions: { ask }, store });
  const other = await Cu.create({ store });
  const run = cu.run('local x = host.ask() _home.x = x return x');
  await settle();
  for (const holder of [other, cu]) {
    holder.begin();
    holder.compute('_home.y = 1');
    asked[0].answer(5);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    holder.rollBack();
    await settle();
  }
  assert.equal((await run).value, 5);
  assert.deepEqual(other.compute('return _home.x, _home.y').values, [5, null]);
  cu.begin();
  await assert.rejects(cu.run('host.ask()'), /the compute is atomic, or in a transaction/);
  cu.rollBack();
});

test('the end of an instance is the end of what waits', async () => {
  const cu = await Cu.create({ functions: { never: () => new Promise(() => {}) } });
  const runs = Array.from({ length: 300 }, () => cu.run('host.never()'));
  const settled = Promise.allSettled(runs);
  await settle();
  cu.close();
  for (const { reason } of await settled) assert.ok(reason instanceof StateError && reason.message === 'this instance is closed', String(reason));
  await assert.rejects(cu.run('return 1'), StateError);
});

test('a function may compute in its own instance once it has given way', async () => {
  const cu = await Cu.create({ functions: {
    async inner(code) { return (await cu.run(code)).value; },
    atOnce(code) { return cu.compute(code).value; },
    async first(code) { return cu.compute(code).value; },
  } });
  assert.equal((await cu.run('return host.inner("return host.inner(\'return 5\')")')).value, 5);
  assert.equal((await cu.run('return host.first("return 6")')).value, 6);
  assert.match((await cu.run('return select(2, pcall(host.atOnce, "return 1"))')).value, /host\.atOnce: a call of this instance is running/);
});

test('ten thousand awaits of one script keep nothing', async () => {
  const cu = await Cu.create({ functions: { async next(n) { return n + 1; } } });
  await cu.run('local n = 0 for i = 1, 100 do n = host.next(n) end return n');
  cu.runGc();
  const before = cu.memoryStats().luaMemoryUsed;
  assert.equal((await cu.run('local n = 0 for i = 1, 10000 do n = host.next(n) end return n')).value, 10_000);
  cu.runGc();
  assert.ok(cu.memoryStats().luaMemoryUsed < before + 2000);
});

test('calls of functions have a rate, whether they are waited for or not', async () => {
  let time = 0;
  let called = 0;
  const cu = await Cu.create({
    functions: { now: (x) => { called += 1; return x; }, async echo(x) { called += 1; return x; }, either: (x) => { called += 1; return Promise.resolve(x); } },
    rate: { calls: 3, clock: () => time },
  });
  const refused = (name) => `host.${name}: more than 3 calls a second; the next one in 334 ms`;
  const all = 'local r = {} for _, f in ipairs({ host.now, host.echo, host.either, host.now, host.echo, host.either }) do r[#r + 1] = select(2, pcall(f, 1)) end return r';
  assert.deepEqual((await cu.run(all)).value, [1, 1, 1, refused('now'), refused('echo'), refused('either')]);
  assert.equal(called, 3);
  assert.throws(() => cu.compute('host.now()'), (error) => error.cause.name === 'RateError' && error.cause.retryAfter === 334);
  time += 334;
  assert.equal((await cu.run('return host.echo(7)')).value, 7);
  await assert.rejects(Cu.create({ rate: { calls: 0 }, functions: { f() {} } }), RangeError);
});
