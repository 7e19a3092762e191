// Computes that wait for the host, used in ways that nobody means to: coroutines that several computes have, places where Lua cannot yield,
// functions that use their own instance, odd promises, instances that end. A raw host and memory that runs out: waits_faults.test.mjs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu } from '../../host-js/index.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

const create = (functions, options = {}) => Cu.create({ module, functions, ...options });
const ACROSS = 'cannot be waited for: attempt to yield across a C-call boundary';

/** An instance with `host.wait`, whose calls wait in `open` until they are given a value. */
async function waiting(options) {
  const open = [];
  const cu = await create({ wait: () => new Promise((resolve) => { open.push(resolve); }), now: async (value) => value }, options);
  return { cu, open };
}

// Coroutines that are there for other computes, too.

test('a coroutine in a global that waits is a normal one for other computes', async () => {
  const { cu, open } = await waiting();
  const first = cu.run('made = coroutine.create(function(a) local got = host.wait() return got, a end) return coroutine.resume(made, 7)');
  for (const other of [(code) => cu.run(code), async (code) => cu.compute(code)]) {
    assert.deepEqual((await other('return coroutine.status(made), coroutine.resume(made, 1)')).values, ['normal', false, 'cannot resume non-suspended coroutine']);
    assert.deepEqual((await other('return pcall(coroutine.close, made)')).values, [false, 'cannot close a normal coroutine']);
    assert.match((await other('return debug.traceback(made)')).value, /in field 'wait'/);
  }
  open[0]('answer');
  assert.deepEqual((await first).values, [true, 'answer', 7]);
  assert.equal(cu.compute('return coroutine.status(made)').value, 'dead');
});

test('a function of wrap in a global serves one compute at a time', async () => {
  const { cu, open } = await waiting();
  const first = cu.run('made = coroutine.wrap(function(a) while true do local got = host.wait() a = coroutine.yield(got, a) end end) return made(7)');
  assert.deepEqual((await cu.run('return pcall(made, 1)')).values, [false, 'cannot resume non-suspended coroutine']);
  open[0](5);
  assert.deepEqual((await first).values, [5, 7]);
  const second = cu.run('return made(8)');
  open[1](6);
  assert.deepEqual((await second).values, [6, 8]);
});

test('the thread of a compute can be kept, but nobody else can resume or close it', async () => {
  const { cu, open } = await waiting();
  const first = cu.run('main = coroutine.running() host.wait() return coroutine.status(main), coroutine.running() == main');
  const code = 'return coroutine.status(main), select(2, coroutine.resume(main, 1)), select(2, pcall(coroutine.close, main)), coroutine.isyieldable(main)';
  assert.deepEqual((await cu.run(code)).values, ['normal', 'cannot resume non-suspended coroutine', 'cannot close a normal coroutine', false]);
  open[0]();
  assert.deepEqual((await first).values, ['running', true]);
  assert.deepEqual((await cu.run(code)).values.slice(0, 3), ['dead', 'cannot resume dead coroutine', true]);
});

test('the outermost thread is as the main one for the script itself', async () => {
  const { cu } = await waiting();
  const code = `local main = coroutine.running()
    local all = { pcall(coroutine.close, main) }
    host.now(1)
    all[#all + 1] = select(2, coroutine.resume(main))
    coroutine.wrap(function() host.now(2) all[#all + 1] = coroutine.status(main) all[#all + 1] = select(2, coroutine.resume(main)) all[#all + 1] = select(2, pcall(coroutine.close, main)) end)()
    all[#all + 1] = select(2, pcall(coroutine.yield))
    return all`;
  assert.deepEqual((await cu.run(code)).value, [
    false, 'cannot close a running coroutine', 'cannot resume non-suspended coroutine', 'normal', 'cannot resume non-suspended coroutine',
    'cannot close a normal coroutine', 'attempt to yield from outside a coroutine',
  ]);
});

test('coroutines that nothing else holds live while they wait', async () => {
  const { cu, open } = await waiting();
  const first = cu.run('return coroutine.wrap(function() return coroutine.wrap(function() return host.wait() end)() end)()');
  for (let round = 0; round < 3; round += 1) await cu.run('for i = 1, 1000 do local t = { {} } end collectgarbage()');
  cu.runGc();
  open[0](42);
  assert.equal((await first).value, 42);
});

test('as deep as Lua goes: calls, protected calls, coroutines in coroutines, with waits on the way', async () => {
  const { cu } = await waiting();
  for (const [code, wanted] of [
    ['local function down(n) if n == 0 then return host.now(1) end return 1 + down(n - 1) end return down(5000)', 5001],
    ['local function down(n) host.now(1) if n == 0 then return 0 end return 1 + select(2, assert(pcall(down, n - 1))) end return down(1000)', 1000],
    ['local function down(n) if n == 0 then return host.now(1) end return 1 + coroutine.wrap(down)(n - 1) end return down(190)', 191],
    ['local function down(n) if n == 0 then local s = 0 for i = 1, 200 do s = s + host.now(i) end return s end return coroutine.wrap(down)(n - 1) end return down(150)', 20100],
    ['local function down(n) host.now(1) return 1 + coroutine.wrap(down)(n + 1) end return select(2, pcall(down, 1)):match("C stack overflow")', 'C stack overflow'],
    ['local function down(n) host.now(1) return 1 + select(2, pcall(down, n + 1)) end return type(select(2, pcall(down, 1)))', 'string'],
  ]) assert.equal((await cu.run(code)).value, wanted, code);
  const controller = new AbortController();
  const run = cu.run(`log = {}
    local function down(n)
      local x <close> = setmetatable({}, { __close = function() log[#log + 1] = n end })
      if n == 0 then return host.wait() end
      return coroutine.wrap(down)(n - 1)
    end
    return down(100)`, { signal: controller.signal });
  controller.abort();
  await assert.rejects(run, { name: 'AbortError' });
  assert.deepEqual(cu.compute('return log').value, Array.from({ length: 101 }, (_, at) => at));
});

// Between two parts.

test('each compute goes on in its home, in what order they ever go on', async () => {
  const { cu, open } = await waiting();
  const code = '_home.a = (_home.a or 0) + 1 local home = _home host.wait() _home.b = (_home.b or 0) + 1 return rawequal(home, _home), _home.a, _home.b';
  const runs = ['x', 'y', 'x', 'z'].map((home) => cu.run(code, { home }));
  for (const at of [3, 1, 0, 2]) {
    open[at]();
    await runs[at];
  }
  assert.deepEqual((await Promise.all(runs)).map(({ values }) => values), [[true, 2, 1], [true, 1, 1], [true, 2, 2], [true, 1, 1]]);
});

test('tables that only a waiting compute has are there when it goes on', async () => {
  const { cu, open } = await waiting();
  const run = cu.run('_home.t = { 1, 2, 3 } local t, other = _home.t, ext.table() other.x = { 5 } host.wait() return #t, t[3], other.x[1]');
  cu.compute('_home.t = nil');
  cu.runGc();
  open[0]();
  assert.deepEqual((await run).values, [3, 3, 5]);
});

test('a compute waits for the end of a transaction, and cannot wait in one', async () => {
  const { cu, open } = await waiting();
  const run = cu.run('_home.k = 1 host.wait() _home.k = 2 return 5');
  cu.begin();
  cu.compute('_home.t = 1');
  open[0]();
  await new Promise((resolve) => { setTimeout(resolve, 10); });
  assert.equal(cu.compute('return _home.k').value, 1);
  const refused = 'cannot be waited for: the compute is atomic, or in a transaction';
  assert.deepEqual((await cu.run('return pcall(host.now, 1)')).values, [false, `host.now ${refused}`]);
  cu.rollBack();
  assert.equal((await run).value, 5);
  assert.deepEqual(cu.compute('return _home.k, _home.t').values, [2, null]);
  assert.deepEqual((await cu.run('return pcall(host.now, 1)', { atomic: true })).values, [false, `host.now ${refused}`]);
});

test('two computes in one stored function share its variables, also with another instance', async () => {
  const { cu, open } = await waiting();
  cu.compute('local n = 0 function _home.f() n = n + 1 local m = n host.wait() n = n + 10 return m, n end');
  const runs = [cu.runCall('_home.f'), cu.runCall('_home.f')];
  open[1]();
  assert.deepEqual((await runs[1]).values, [2, 12]);
  const other = await waiting({ store: cu.store });
  const third = other.cu.runCall('_home.f');
  open[0]();
  assert.deepEqual((await runs[0]).values, [1, 23]);
  other.open[0]();
  assert.deepEqual((await third).values, [13, 33]);
});

test('thousands that wait have room or an error, and give it back', async () => {
  const { cu, open } = await waiting({ config: { pending: 10_000 } });
  const seen = new Map();
  const runs = Array.from({ length: 3000 }, (_, at) => cu.run(`local s = ("x"):rep(1000) .. ${at} host.wait() return #s`).then(() => 'done', (error) => error.message.replace(/\d+ bytes/, 'bytes')));
  for (const resolve of open) resolve();
  for (const end of await Promise.all(runs)) seen.set(end, (seen.get(end) ?? 0) + 1);
  assert.deepEqual([...seen.keys()].sort(), ['compute:1: host.wait cannot be waited for: bytes of memory are in use; config.pending_memory is 1048576', 'done']);
  assert.ok(seen.get('done') > 300, `${seen.get('done')}`);
  cu.compute('collectgarbage()');
  assert.ok(cu.memoryStats().luaMemoryUsed < 60_000);
});

// Where Lua cannot yield.

test('where Lua cannot yield, the script gets an error, and goes on', async () => {
  const { cu } = await waiting();
  for (const [code, wanted] of [
    ['local seen setmetatable({}, { __gc = function() seen = { pcall(host.now, 1) } end }) collectgarbage() return seen[2]', `host.now ${ACROSS}`],
    ['return select(3, pcall(load, function() return host.now("return 1") end))', `compute:1: host.now ${ACROSS}`],
    ['package.preload.m = function() return host.now("m") end return select(2, pcall(require, "m"))', `compute:1: host.now ${ACROSS}`],
    ['return select(2, xpcall(error, function(e) return select(2, pcall(host.now, e)) end, "x"))', `host.now ${ACROSS}`],
    ['return select(2, pcall(tostring, setmetatable({}, { __tostring = function() return host.now("a") end })))', `compute:1: host.now ${ACROSS}`],
    ['return select(2, pcall(ext.transaction, function() return host.now("a") end))', `compute:1: host.now ${ACROSS}`],
    ['return select(2, pcall(table.sort, { 1, 2 }, host.now))', `host.now ${ACROSS}`],
    ['return select(2, pcall(string.gsub, "a", "a", host.now))', `host.now ${ACROSS}`],
  ]) {
    const { values } = await cu.run(`local function all(...) return host.now("before"), ... end local function rest() ${code} end return all(rest()), host.now("after")`);
    const found = (await cu.run(code)).value;
    assert.equal(found, wanted, code);
    assert.deepEqual(values, ['before', 'after'], code);
  }
  assert.deepEqual((await cu.run('local r = {} for k, v in pairs(setmetatable({}, { __pairs = function(t) host.now(1) return function(_, k) if not host.now(k) then return 1, 2 end end, t end })) do r[k] = v end return r')).value, [2]);
});

// What was wrong once: a function's promise stayed when the script could not wait, and was the answer to the next call of another one.
test('a promise that could not be waited for is no answer to another call', async () => {
  const cu = await create({ either: (value) => Promise.resolve(`either ${value}`), later: async (value) => `later ${value}` });
  const { values } = await cu.run('local _, message = pcall(table.sort, { 1, 2 }, host.either) return message, host.later(5), host.either(6)');
  assert.deepEqual(values, [`host.either ${ACROSS}`, 'later 5', 'either 6']);
  await cu.run('pcall(table.sort, { 1, 2 }, host.either)');
  assert.equal((await cu.run('return host.either(7)', { functions: { either: 'async' } })).value, 'either 7');
});

// What was wrong once: after that, the script that ran was taken for one that does not wait.
test('a function that tries to run a script in its own instance changes nothing for the script that calls it', async () => {
  const tries = [];
  const cu = await create({
    own() {
      tries.push(cu.run('return 1').catch((error) => error.message));
      assert.throws(() => cu.compute('return 1'), /a call of this instance is running/);
      return 'own';
    },
    either: (value) => Promise.resolve(value),
    inside: async (code) => (await cu.run(code)).value,
  });
  assert.deepEqual((await cu.run('return host.own(), host.either(5)')).values, ['own', 5]);
  assert.deepEqual(await Promise.all(tries), ['a call of this instance is running']);
  assert.equal((await cu.run('return host.inside("return host.inside([[return 6]]) + 1") + 1')).value, 8);
});

test('odd promises are answers or errors', async () => {
  let count = 0;
  const cu = await create({
    // What was wrong once: such a thing did its work twice.
    lazy: () => ({ then(resolve) { count += 1; resolve(count); } }),
    twice: () => ({ then(resolve, reject) { resolve(1); resolve(2); reject(new Error('late')); } }),
    thrower: () => ({ then() { throw new Error('then threw'); } }),
    getter: () => ({ get then() { throw new Error('getter threw'); } }),
    nested: () => Promise.resolve({ then(resolve) { resolve(9); } }),
    symbol: async () => Symbol('x'),
    nothing: () => Promise.reject(null),
    proxy: () => new Proxy({}, { get(_, key) { throw new Error(`proxy ${String(key)}`); } }),
    cycle: async () => { const all = []; all.push(all); return all; },
  });
  const caught = async (name) => (await cu.run(`return select(2, pcall(host.${name})), host.twice()`)).values;
  assert.deepEqual(await caught('twice'), [1, 1]);
  assert.deepEqual(await caught('nested'), [9, 1]);
  assert.deepEqual([await caught('lazy'), await caught('lazy'), count], [[1, 1], [2, 1], 2]);
  assert.deepEqual(await caught('nothing'), [null, 1]);
  for (const [name, text] of [['thrower', /then threw/], ['getter', /getter threw/], ['symbol', /symbol has no encoding/], ['proxy', /proxy/], ['cycle', /itself|circular/]]) {
    const [message, after] = await caught(name);
    assert.match(message, text);
    assert.equal(after, 1);
  }
});

// Ends.

test('hundreds that wait end with their instance, also when a function closes it', async () => {
  const { cu } = await waiting();
  const all = Array.from({ length: 300 }, () => cu.run('local x <close> = setmetatable({}, { __close = function() error("never") end }) host.wait()').catch((error) => error.message));
  cu.close();
  assert.deepEqual([...new Set(await Promise.all(all))], ['this instance is closed']);
  const other = await create({ bye: async () => { other.close(); } });
  await assert.rejects(other.run('return host.bye()'), { message: 'this instance is closed' });
});

test('a signal counts before and while a script waits, not after, with whatever reason', async () => {
  const { cu, open } = await waiting();
  const code = 'local x <close> = setmetatable({}, { __close = function() closed = (closed or 0) + 1 end }) return host.wait()';
  const controller = new AbortController();
  const run = () => cu.run(code, { signal: controller.signal });
  const all = [run(), run()];
  open[0](5);
  assert.equal((await all[0]).value, 5);
  controller.abort(null);
  assert.equal(await all[1].then(() => 'done', (reason) => reason), null);
  assert.equal(await run().then(() => 'done', (reason) => reason), null);
  // The answer comes too late.
  open[1](6);
  assert.deepEqual(cu.compute('return closed').values, [2]);
  assert.equal(open.length, 2);
  await assert.rejects(cu.run(code, { timeLimit: 10 }), { errorClass: 'interrupted', message: /the time limit of 10 ms is over/ });
  assert.equal(cu.compute('return closed').value, 3);
});

// What was wrong once: an error in a variable's __close had no place when the compute was cancelled.
test('errors in variables that are closed by a cancel have their place', async () => {
  const { cu } = await waiting();
  const controller = new AbortController();
  const run = cu.run(`seen = {}
    local a <close> = setmetatable({}, { __close = function(_, e) seen[#seen + 1] = tostring(e) end })
    local b <close> = setmetatable({}, { __close = function() seen[#seen + 1] = debug.traceback("here", 1) error("in b") end })
    host.wait()`, { signal: controller.signal });
  controller.abort();
  await assert.rejects(run, { name: 'AbortError' });
  const [trace, message] = cu.compute('return seen').value;
  assert.equal(message, 'compute:3: in b');
  assert.match(trace, /^here\nstack traceback:\n\tcompute:3: in /);
});

// What was wrong once: the text of an error, with its traceback, was lost when a __close on its way waited.
test('an error keeps its text while variables that it closes wait', async () => {
  const { cu } = await waiting();
  const closing = 'local x <close> = setmetatable({}, { __close = function() host.now(1) host.now(2) end })';
  for (const [code, message] of [['error("text")', 'compute:2: text'], ['error(66)', '66'], ['error(setmetatable({}, { __tostring = function() return "told" end }))', 'told']]) {
    await assert.rejects(cu.run(`${closing}\n${code}`), (error) => error.message === message && /^stack traceback:\n.*\n\tcompute:2: in main chunk/.test(error.traceback));
  }
  await assert.rejects(cu.run('local x <close> = setmetatable({}, { __close = function() host.now(1) error("second") end }) error("first")'), { message: 'compute:1: second' });
  assert.equal((await cu.run(`pcall(function() ${closing} error("caught") end) return host.now(3)`)).value, 3);
  await assert.rejects(cu.run('host.now(1) error({})'), { message: '(error object is a table value)' });
});

// What was wrong once: each part of a script began a new tick.
test('a script that often waits is asked as one that does not', async () => {
  let [asked, calls] = [0, 0];
  const onTick = () => {
    asked += 1;
    return asked > 20 ? 'enough' : undefined;
  };
  const cu = await create({ now: async () => {
    calls += 1;
    if (calls > 100_000) throw new Error('it goes on for ever');
  } }, { config: { tick: 2000 }, onTick });
  await assert.rejects(cu.run('while not failed do failed = not pcall(host.now) end'), { errorClass: 'interrupted', message: /enough/ });
  assert.equal(asked, 21);
  assert.ok(calls > 50 && calls < 1000, `${calls}`);
  asked = 0;
  assert.equal((await cu.run('for i = 1, 100 do host.now() end return "done"', { tick: 1e9 })).value, 'done');
  assert.equal(asked, 0);
});

test('the budget counts over all parts', async () => {
  const { cu } = await waiting();
  for (const instructions of [1000, 5000, 20_000]) {
    await assert.rejects(cu.run('pcall(function() while true do host.now(1) end end) while true do pcall(host.now, 1) end', { instructions }), { errorClass: 'budget' });
  }
  assert.equal((await cu.run('return host.now(1)', { pending: 1 })).value, 1);
});
