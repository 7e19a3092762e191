// Computes that cannot go on, or be ended, when they should: a store that does not begin, fails or is used by others, answers without room,
// handlers that throw, functions that end their own script. What waits must end all the same, once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** One compute may wait, so one that waits for ever is seen by the next. */
const create = ({ config, ...options }) => Cu.create({ module, config: { pending: 1, ...config }, ...options });
const never = () => new Promise(() => {});
const CLOSES = 'local x <close> = setmetatable({}, { __close = function() closed = (closed or 0) + 1 end })';

/** Fails at once where something would wait for ever. */
function soon(promise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('it hangs')), 2000); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** A store of which a method can be made to throw: `fail(n)`, the nth of the calls from then on. */
function failing(names) {
  const store = new MemoryStore();
  const state = { at: 0, count: 0 };
  for (const name of names) {
    const method = store[name];
    store[name] = function failsOnce(...all) {
      state.count += 1;
      if (state.count === state.at) throw new Error(`${name} fails`);
      return method.apply(this, all);
    };
    if (store.own && name in store.own) store.own[name] = store[name];
  }
  return { store, fail(at) { Object.assign(state, { at, count: 0 }); }, get reached() { return state.count >= state.at; } };
}

// What was wrong once: these waited for an event that had been there before they waited for it.
test('a function that ends its own script, or instance, before it answers', async () => {
  const reason = new Error('enough');
  for (const [code, call] of [
    ['return host.abort()', { abort: async (controller) => { controller.abort(reason); await never(); } }],
    ['host.abort() return host.never()', { abort: (controller) => { controller.abort(reason); }, never }],
  ]) {
    const controller = new AbortController();
    const cu = await create({ functions: { ...call, abort: call.never ? () => call.abort(controller) : async () => call.abort(controller) } });
    await assert.rejects(soon(cu.run(`${CLOSES} ${code}`, { signal: controller.signal })), reason);
    assert.equal(cu.compute('return closed').value, 1);
  }
  const cu = await create({ functions: { async bye() { cu.close(); await never(); } } });
  await assert.rejects(soon(cu.run('host.bye()')), { message: 'this instance is closed' });
  await assert.rejects(cu.run('return 1', { signal: { aborted: false, addEventListener() {} } }), { message: 'the option signal is no AbortSignal' });
});

// What was wrong once: it was an error of the host, and the script waited for ever.
test('an answer for which there is no room is an error that the script can catch', async () => {
  const cu = await create({ functions: { big: async (length) => 'x'.repeat(length) } });
  assert.deepEqual((await cu.run('return pcall(host.big, 3000000)')).values, [false, 'host.big: no memory for its answer of 3000006 bytes']);
  assert.equal((await cu.run('return #host.big(1000)')).value, 1000);
  await assert.rejects(cu.run('\nhost.big(3000000)'), (error) => error.cause instanceof RangeError && error.message.startsWith('compute:2: host.big: no memory'));
});

// What was wrong once: the script waited for ever.
test('a store that does not begin when a script goes on, or is ended', async () => {
  const { store, fail } = failing(['begin']);
  const cu = await create({ store, functions: { arm: async () => { fail(1); }, never, now: async (value) => value } });
  await assert.rejects(cu.run(`${CLOSES} host.arm()`), /the store did not begin: begin fails/);
  assert.deepEqual((await cu.run('return host.now(5), closed')).values, [5, 1]);
  const controller = new AbortController();
  const run = cu.run(`${CLOSES} host.never()`, { signal: controller.signal });
  fail(1);
  controller.abort();
  await assert.rejects(run, { name: 'AbortError' });
  assert.equal(cu.compute('return closed').value, 1);
  assert.deepEqual((await cu.run('return host.now(5), closed')).values, [5, 2]);
});

// What was wrong once: the script waited for ever where the module could not come to the place at which it goes on.
test('a store that fails at every call between an answer and the end', async (t) => {
  for (const options of [{}, { home: 'other' }, { home: 'other', permissions: { tables: { '_home.u': 'hidden' } } }]) {
    let [at, isOver, failed] = [0, false, 0];
    while (!isOver) {
      at += 1;
      const broken = failing(['getAt', 'keysAt', 'setAt', 'deleteAt', 'size']);
      const other = await Cu.create({ module, store: broken.store });
      const arm = async () => {
        // The instance has to look at the store anew.
        other.compute('_home.changed = true');
        broken.fail(at);
      };
      const cu = await create({ store: broken.store, functions: { arm, now: async (value) => value } });
      const { error } = await cu.run(`_home.t = { a = { 1 } } ${CLOSES} host.arm() _home.n = _home.t.a[1]`, options).then(() => ({}), (thrown) => ({ error: thrown }));
      isOver = !broken.reached;
      broken.fail(0);
      if (error !== undefined) failed += 1;
      assert.match(error === undefined ? 'it answered -2' : error.message, /it answered -2$/);
      // If it waited on, it is ended now.
      assert.deepEqual((await cu.run('return host.now(5)')).values, [5], `call ${at}: ${error}`);
      assert.equal(cu.compute('return closed').value, 1, `call ${at}: ${error}`);
    }
    t.diagnostic(`${failed} of ${at} calls ended the script`);
    assert.ok(failed > 2);
  }
});

// What was wrong once: the program got the error, and the script waited for ever.
test('a handler that throws when a script begins to wait', async () => {
  let isBad = false;
  const store = new MemoryStore();
  const once = (text) => {
    if (isBad) {
      isBad = false;
      throw new Error(text);
    }
  };
  store.computeEnded = () => once('computeEnded');
  const cu = await create({
    store, config: { output: 1 }, onEvent: ({ kind }) => kind === 'output' && once('onEvent'),
    functions: { now: async (value) => value, arm: async () => { isBad = true; } },
  });
  let closed = 0;
  for (const [code, text] of [['print("abc")', 'onEvent'], ['', 'computeEnded']]) {
    for (const front of ['', 'host.now(1)']) {
      await assert.rejects(cu.run(`${CLOSES} ${front} host.arm() ${code} host.now(2)`), new RegExp(`onEvent, now, onTick or computeEnded threw: ${text}$`));
      closed += 1;
      assert.deepEqual((await cu.run('return host.now(5), closed')).values, [5, closed], `${front} ${code}`);
    }
  }
});

// What was wrong once: only a trap and `close` ended them.
test('scripts that wait end with an instance whose changes the store did not keep', async () => {
  const { store, fail } = failing(['commit']);
  const cu = await create({ store, config: { pending: 5 }, functions: { arm: async () => { fail(1); }, never } });
  const all = ['host.never()', 'host.never()', 'host.arm()'].map((code) => soon(cu.run(code)));
  for (const { reason } of await Promise.allSettled(all)) assert.match(reason.message, /^the store did not keep the changes: commit fails$/);
});

test('what waits on is said in the event of the error', async () => {
  const events = [];
  const { store, fail } = failing(['getAt', 'keysAt']);
  const other = await Cu.create({ module, store });
  const cu = await create({ store, config: { events: ['error'] }, onEvent: (event) => events.push(event.waits), functions: { arm: async () => { other.compute('_home.z = 1'); fail(1); } } });
  await assert.rejects(cu.run('host.arm()'), /the host failed to/);
  await assert.rejects(cu.run('host.arm() error("own")'));
  await assert.rejects(cu.run('error("own")'));
  assert.deepEqual(events, [true, true, undefined]);
});
