// The host's tick: it stops any script, for good, and a run that it does not stop is as one without it.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encode } from '../../host-js/codec/encode.js';
import { Cu, LuaError, MemoryStore } from '../../host-js/index.js';
import { ATTACKS, BUDGET } from './attacks.mjs';
import { compile, Raw } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** What a compute of `code` shows from outside, and how often the host was asked; `stopAt`: the ask that stops it. */
async function observe(code, config, stopAt = Infinity) {
  let [asked, used] = [0, undefined];
  const audits = [];
  const store = new MemoryStore();
  const cu = await Cu.create({
    module,
    store,
    config: { ...config, events: ['usage', 'audit'] },
    onEvent(event) {
      if (event.kind === 'usage') used = event.instructions;
      else audits.push(`${event.action} ${event.limit} ${event.message}`);
    },
    onTick() {
      asked += 1;
      return asked >= stopAt;
    },
  });
  let seen;
  try {
    const { values, output } = cu.compute(code);
    seen = { values, output };
  } catch (error) {
    seen = { message: error.message, traceback: error.traceback, class: error.errorClass };
  }
  return { cu, asked, shown: { ...seen, used, audits, store: Buffer.from(store.snapshot()).toString('base64') } };
}

for (const [at, { name, code }] of ATTACKS.entries()) {
  test(`interrupted: ${name}`, async () => {
    const plain = await observe(code, { instructions: BUDGET, tick: 0 });
    assert.equal(plain.asked, 0);
    const ticked = await observe(code, { instructions: BUDGET, tick: 997 });
    assert.deepEqual(ticked.shown, plain.shown);
    // A part that does not cover a charge ends early, so it is at least half used.
    assert.ok(ticked.asked > 0 && ticked.asked <= (2 * BUDGET) / 997, `${ticked.asked} times`);

    const stopAt = 1 + ((at * 7) % 13);
    const { cu, asked, shown } = await observe(code, { tick: 997 }, stopAt);
    assert.equal(shown.class, 'interrupted', shown.message);
    assert.match(shown.message, /^([^\n]+:\d+: )?interrupted by the host$/);
    assert.ok(shown.used < plain.shown.used, `${shown.used} instructions`);
    assert.ok(shown.audits.some((audit) => audit === 'limit_hit tick interrupted by the host'), `${shown.audits}`);
    // Finalizers of what the script left are asked for, too.
    assert.ok(asked >= stopAt);
    assert.equal(cu.compute('local n = 0 for i = 1, 30 do n = n + i end return n', { tick: 0 }).value, 465);
  });
}

test('scripts that end are the same with and without it', async () => {
  const folder = new URL('../fuzz/corpus/compute/', import.meta.url);
  let asked = 0;
  for (const name of readdirSync(folder)) {
    const code = readFileSync(new URL(name, folder));
    const plain = await observe(code, { instructions: BUDGET, tick: 0 });
    for (const tick of [1, 13, 1000]) {
      const ticked = await observe(code, { instructions: BUDGET, tick });
      assert.deepEqual(ticked.shown, plain.shown, `${name}, tick ${tick}`);
      asked += ticked.asked;
    }
  }
  assert.ok(asked > 100_000, `${asked}`);
});

test('an atomic compute that is stopped leaves nothing', async () => {
  for (const stopAt of [1, 2, 5, 20]) {
    const { cu, shown } = await observe('for i = 1, 1e9 do _home[i % 50] = { i } end', { tick: 500, atomic: true }, stopAt);
    assert.equal(shown.class, 'interrupted');
    assert.equal(cu.compute('return ext.size(_home)', { tick: 0 }).value, 0);
  }
});

test('captured variables are written as when the budget is used up', async () => {
  let [stops, asked] = [false, 0];
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store, config: { tick: 100 }, onTick: () => stops && (asked += 1) > 50 });
  cu.compute('local n = 0 function _home.count() while n < 1e9 do n = n + 1 end end function _home.read() return n end');
  stops = true;
  assert.throws(() => cu.call('_home.count'), { errorClass: 'interrupted' });
  stops = false;
  const { value } = cu.call('_home.read');
  assert.ok(value > 100 && value < 5000, `${value}`);
  const again = await Cu.create({ module, store });
  assert.equal(again.call('_home.read').value, value);
});

test('finalizers cannot outlast it', async () => {
  let asked = 0;
  const cu = await Cu.create({ module, config: { tick: 1000 }, onTick: () => (asked += 1) > 20 });
  cu.compute('for i = 1, 5 do setmetatable({}, { __gc = function() while true do end end }) end');
  cu.runGc();
  assert.ok(asked > 20);
  assert.equal(cu.compute('return 1').value, 1);
  assert.throws(() => cu.compute('for i = 1, 9 do setmetatable({}, { __gc = function() while true do end end }) end big = ("x"):rep(4e5) error("e")'), LuaError);
});

/** An instance whose host answers so to `get(0, "tick")`: a status, or bytes. */
class Answering extends Raw {
  constructor(reply) {
    super(module);
    this.reply = reply;
    this.configure({ tick: 1000 });
  }

  get(table, key, keyLength, value, room) {
    if (table !== 0 || this.text(key, keyLength) !== 'tick') return super.get(table, key, keyLength, value, room);
    if (typeof this.reply === 'number') return this.reply;
    if (this.reply.length <= room) this.bytes(value, room).set(this.reply);
    return this.reply.length;
  }
}

for (const [what, reply, message] of [
  ['a reason', encode('out of time'), "interrupted by the host: 'out of time'"],
  ['a long reason', encode('x'.repeat(200)), `interrupted by the host: '${'x'.repeat(64)}...'`],
  ['a reason beyond all bounds', encode('x'.repeat(1000)), 'interrupted by the host'],
  ['a reason of strange bytes', encode(new Uint8Array([0, 10, 255, 65])), "interrupted by the host: '???A'"],
  ['true', encode(true), 'interrupted by the host'],
  ['nonsense', new Uint8Array([250, 1, 2]), 'interrupted by the host'],
  ['nothing', new Uint8Array(0), 'interrupted by the host'],
  ['a failure', -7, 'interrupted: the host was asked whether to go on: it answered -7'],
  ['the least number', -(2 ** 31), 'interrupted: the host was asked whether to go on: it answered -2147483648'],
  ['the greatest number', 2 ** 31 - 1, 'interrupted by the host'],
]) {
  test(`a host that answers ${what}`, () => {
    const raw = new Answering(reply);
    raw.init();
    assert.equal(raw.run('while true do end').error.split('\n')[0], `compute:1: ${message}`);
    assert.deepEqual(raw.run('return 1').values, [1]);
  });
}

test('its number has a range', async () => {
  await assert.rejects(Cu.create({ module, config: { tick: -1 } }).then((cu) => cu.compute('')), /config\.tick is -1/);
  await assert.rejects(Cu.create({ module, config: { tick: 2n ** 54n } }).then((cu) => cu.compute('')), /config\.tick is 18014398509481984/);
});
