// Computes that wait for a raw host: records that are wrong, and memory that runs out at each allocation, in each part.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PENDING_ANSWER_AT, TAG_PENDING } from '../../host-js/abi.js';
import { decodeAll, encode } from '../../host-js/index.js';
import { compile, Raw } from './raw.mjs';

const module = compile('dist/cu.wasm');
const faults = compile('target/cu-faults.wasm');

const results = (...values) => [0, ...values.flatMap((value) => [...encode(value)])];

class RawWaits extends Raw {
  constructor(of = module) {
    super(of);
    this.options = { functions: { f: 'async' }, pending: 2 };
    this.configure(this.options);
    assert.equal(this.init(), 0);
  }

  /** Runs a compute: `{ ticket }` if it waits, `{ values }` or `{ error }`. `more` is for its configuration. */
  step(code, more = {}) {
    this.configure({ ...this.options, ...more });
    const { status, bytes } = this.compute(code);
    this.configure(this.options);
    if (status < 0) return { error: new TextDecoder().decode(bytes) };
    const view = new DataView(bytes.buffer);
    const start = 4 + view.getUint32(0, true);
    return bytes[start] === TAG_PENDING ? { ticket: view.getBigInt64(start + 1, true) } : { values: decodeAll(bytes.subarray(start)) };
  }

  goOn(ticket, answer, more) {
    const record = new Uint8Array(PENDING_ANSWER_AT + answer.length);
    record.set([0x1b, 0x43, 0x75, 1, 2]);
    new DataView(record.buffer).setBigInt64(5, BigInt(ticket), true);
    record.set(answer, PENDING_ANSWER_AT);
    return this.step(record, more);
  }
}

test('wrong tickets and answers are errors that leave what waits as it is', () => {
  const raw = new RawWaits();
  const { ticket } = raw.step('local x <close> = setmetatable({}, { __close = function() closed = (closed or 0) + 1 end }) return host.f()');
  for (const wrong of [0n, -1n, ticket + 1n, 2n ** 62n, -(2n ** 63n), 2n ** 53n]) assert.match(raw.goOn(wrong, [2]).error, new RegExp(`^no compute waits with the ticket ${wrong}: `));
  for (const answer of [[], [3], [0, 99], [2, 2], [1], [1, ...encode(1), ...encode(2)], results(...Array(201).fill(1)), results('text').slice(0, -1)]) {
    assert.match(raw.goOn(ticket, answer).error, /^the call record is malformed: byte \d+ cannot be right: /, `${answer.slice(0, 5)}`);
  }
  assert.equal(raw.run('return closed').values[0], null);
  assert.deepEqual(raw.goOn(ticket, results(7)).values, [7]);
  assert.match(raw.goOn(ticket, results(7)).error, /^no compute waits/);
  const cancelled = raw.step('return host.f()');
  assert.equal(raw.goOn(cancelled.ticket, [2]).error, undefined);
  assert.match(raw.goOn(cancelled.ticket, [2]).error, /^no compute waits/);
  assert.equal(raw.run('return closed').values[0], 1);
});

const OUT_OF_MEMORY = `
  closed = 0
  local x <close> = setmetatable({}, { __close = function(_, e) closed = closed + 1 local t = {} for i = 1, 10 do t[i] = {} end end })
  local co = coroutine.wrap(function(a)
    local y <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
    print(("o"):rep(50))
    local r = host.f({ 1, 2, a:rep(600) }, "second")
    local s = host.f(#r)
    coroutine.yield(r .. s)
    return r
  end)
  local ok, r = pcall(co, "x")
  if not ok then error(r, 0) end
  return #r, ("z"):rep(#r)`;

for (const [count, name] of [[2, 'two allocations'], [1000, 'all allocations from one on']]) {
  for (const part of ['the first part', 'the second part', 'the last part', 'the cancel']) {
    test(`${name} in ${part} fail: others that wait, and the instance, are as before`, (t) => {
      let [first, clean, failed] = [1, 0, 0];
      for (; clean < 3; first += 1) {
        assert.ok(first < 3000);
        const context = `allocation ${first}`;
        const raw = new RawWaits(faults);
        const other = raw.step('local co = coroutine.wrap(function() return host.f("b") end) return co() .. "B"');
        for (let time = 0; time < 2; time += 1) raw.run('closed = nil collectgarbage()');
        const used = raw.used();
        const failing = (here) => (part === here ? { fail_allocation: first, fail_count: count } : {});
        let found = raw.step(OUT_OF_MEMORY, failing('the first part'));
        if (found.ticket) found = raw.goOn(found.ticket, results('answer'.repeat(200)), failing('the second part'));
        if (found.ticket && part === 'the cancel') found = raw.goOn(found.ticket, [2], failing(part));
        if (found.ticket) found = raw.goOn(found.ticket, results('s'), failing('the last part'));
        clean = found.error === undefined ? clean + 1 : 0;
        if (found.error !== undefined) {
          failed += 1;
          assert.match(found.error, /not enough memory|no room/, context);
        }
        // One waits, two may.
        const next = raw.step('return host.f(1)');
        assert.ok(next.ticket, `${context}: ${next.error}`);
        assert.match(raw.step('return host.f(1)').error, /2 computes wait already; config\.pending is 2/, context);
        assert.deepEqual(raw.goOn(next.ticket, results(5)).values, [5], context);
        const closed = raw.run('return closed').values[0] ?? 0;
        assert.ok(closed <= 2, `${context}: ${closed}`);
        // A large block may stay until the compute after the next one.
        for (let time = 0; time < 2; time += 1) raw.run('closed = nil collectgarbage()');
        assert.ok(raw.used() <= used + 100, `${context}: ${raw.used()} bytes are in use; they were ${used}`);
        assert.deepEqual(raw.goOn(other.ticket, results('b')).values, ['bB'], context);
      }
      t.diagnostic(`${failed} allocations failed`);
      assert.ok(failed > 0);
    });
  }
}
