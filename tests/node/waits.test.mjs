// Computes that wait for functions of the host, on the raw module: what the contract says of them, and hosts that break it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  ANSWER_CANCEL, ANSWER_ERROR, ANSWER_LATER, ANSWER_RESULTS, CALL_ANSWER, CALL_SIGNATURE, CALL_VERSION, KEY_RESULT, PENDING_CALL_AT, TABLE_IO, TAG_PENDING,
  TAG_SPILLED,
} from '../../host-js/abi.js';
import { decode, Decoder } from '../../host-js/codec/decode.js';
import { encode, encodeCall } from '../../host-js/codec/encode.js';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const faults = compile('target/cu-faults.wasm');
const decoder = new TextDecoder();

const head = (kind) => Uint8Array.of(...Array.from(CALL_SIGNATURE, (sign) => sign.charCodeAt(0)), CALL_VERSION, kind);
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const answerTo = ({ ticket }, ...answer) => joined(head(CALL_ANSWER), ticket, ...answer);
const results = (...values) => [[ANSWER_RESULTS], ...values.map(encode)];
const raised = (value) => [[ANSWER_ERROR], encode(value)];
const CANCEL = [[ANSWER_CANCEL]];

/** The name and the arguments of a call record. */
function read(record) {
  const at = head(0).length;
  const reader = new Decoder({}).open(record, at, record.length);
  const length = reader.u32();
  const name = decoder.decode(record.subarray(reader.at, reader.at + length));
  reader.at += length;
  const args = [];
  while (reader.more()) {
    reader.at += 1;
    args.push(reader.value());
  }
  return { name, args };
}

/** A module over a store, whose host offers `f` and `deep.g` to be waited for, `now` at once, `either` as it likes. */
class Host extends NaiveStore {
  constructor({ config = {}, on = module, either = () => Uint8Array.of(ANSWER_LATER) } = {}) {
    super(on);
    this.either = either;
    this.events = [];
    this.set(config);
  }

  set(config) {
    this.configure({ functions: { f: 'async', 'deep.g': 'async', now: 'sync', either: 'either' }, ...config });
  }

  call(name, all) {
    const [table, key, keyLength, value, room] = all;
    if (table === 0 && name === 'set') this.events.push(decode(this.bytes(value, room).slice()));
    if (table !== 0 || name !== 'get' || this.bytes(key, 1)[0] !== 0x1b) return super.call(name, all);
    const call = read(this.bytes(key, keyLength).slice());
    const bytes = call.name === 'now' ? joined(...results(...call.args)) : this.either(call);
    if (bytes.length <= room) this.bytes(value, room).set(bytes);
    return bytes.length;
  }

  /** What a part of a compute came to: `values`, `error`, or `ticket`, `name` and `args` of the call that it waits for; and `output`. */
  part(code) {
    const { status, bytes } = this.compute(code);
    if (status < 0) return { error: decoder.decode(bytes) };
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const output = decoder.decode(bytes.subarray(4, 4 + length));
    let rest = bytes.slice(4 + length);
    if (rest.length === 1 && rest[0] === TAG_SPILLED) {
      rest = Uint8Array.from(Buffer.from(this.tables.get(TABLE_IO).get(KEY_RESULT), 'latin1'));
    }
    if (rest[0] !== TAG_PENDING) return { output, values: new Decoder({}).open(rest, 0, rest.length).values() };
    return { output, ticket: rest.slice(1, PENDING_CALL_AT), ...read(rest.slice(PENDING_CALL_AT)) };
  }

  /** Bytes in use, without garbage. */
  get kept() {
    this.exports.run_gc();
    return this.used();
  }
}

test('a compute waits where a function is called, and goes on with its results', () => {
  const host = new Host();
  const first = host.part('print("before") local a, b, c = host.f(1, "two", { 3 }) print("after") return a, b, c, select("#", host.deep.g())');
  assert.deepEqual([first.output, first.name, first.args], ['before\n', 'f', [1, 'two', [3]]]);
  const second = host.part(answerTo(first, ...results('x', null, { y: 5 })));
  assert.deepEqual([second.output, second.name, second.args], ['after\n', 'deep.g', []]);
  assert.match(host.part(answerTo(first, ...results('again'))).error, /^no compute waits with the ticket \d+: /, 'an answer is taken once');
  assert.deepEqual(host.part(answerTo(second, ...results())), { output: '', values: ['x', null, { y: 5 }, 0] });
});

test('many wait at once, and go on in any order', () => {
  const host = new Host();
  const waiting = Array.from({ length: 300 }, (_, at) => host.part(`local n = ${at} for i = 1, 3 do n = n + host.f(n) end return n`));
  assert.equal(new Set(waiting.map(({ ticket }) => String(ticket))).size, 300);
  const random = randomBelow(seed);
  for (let left = 300 * 3; left > 0; left -= 1) {
    const going = waiting.map((part, at) => [part, at]).filter(([part]) => part.ticket);
    const [part, at] = going[random(going.length)];
    assert.equal(host.part('return 1 + 1').values[0], 2);
    waiting[at] = host.part(answerTo(part, ...results(part.args[0])));
  }
  assert.deepEqual(waiting.map(({ values }) => values), waiting.map((_, at) => [at * 8]), `seed ${seed}`);
});

test('from wherever a script can yield, and nowhere else', () => {
  const host = new Host();
  const run = (code) => {
    let part = host.part(code);
    let waits = 0;
    for (; part.ticket; waits += 1) part = host.part(answerTo(part, ...results(...part.args)));
    return [part.error ?? part.values, waits];
  };
  for (const [code, values, waits = 1] of [
    ['return pcall(host.f, 5)', [true, 5]],
    ['return select(2, pcall(function() local x = host.f("e") error(x, 0) end))', ['e']],
    ['return xpcall(function() error(host.f(3)) end, function(e) return e + 1 end)', [false, 4]],
    ['return (setmetatable({}, { __index = function(t, k) return host.f(k) end })).key', ['key']],
    ['return setmetatable({}, { __add = function(a, b) return host.f(b) end }) + 7', [7]],
    ['return setmetatable({}, { __lt = function() return host.f(true) end }) < {}', [true]],
    ['return setmetatable({}, { __concat = function(a, b) return host.f(b) end }) .. "c"', ['c']],
    ['return setmetatable({}, { __call = function(self, x) return host.f(x) end })(8)', [8]],
    ['return #setmetatable({}, { __len = function() return host.f(9) end })', [9]],
    ['local n = 0 for k, v in setmetatable({}, { __call = function(_, _, k) k = k or 0 if k < 3 then return host.f(k + 1) end end }) do n = n + k end return n', [6], 3],
    ['local n = 0 for i in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(host.f(i)) end end) do n = n + i end return n', [6], 3],
    ['local log = {} do local x <close> = setmetatable({}, { __close = function() log[1] = host.f("closed") end }) end return log[1]', ['closed']],
    ['local log = {} pcall(function() local x <close> = setmetatable({}, { __close = function(_, e) log[1] = host.f(e) end }) error("E", 0) end) return log[1]', ['E']],
    ['local co = coroutine.wrap(function(a) local b = coroutine.yield(host.f(a)) return host.f(b) end) return co(1), co(2)', [1, 2], 2],
    ['local out = coroutine.wrap(function() local inner = coroutine.create(function() return host.f(1), host.f(2) end) return coroutine.resume(inner) end) return out()', [true, 1, 2], 2],
    ['local co = coroutine.create(function() host.f() end) return coroutine.resume(co), coroutine.status(co)', [true, 'dead']],
    ['local co co = coroutine.wrap(function() host.f() return pcall(co) end) return co()', [false, 'cannot resume non-suspended coroutine']],
    ['for k in pairs(setmetatable({}, { __pairs = function(t) return function(_, k) if not k then return host.f(1) end end end })) do return k end', [1]],
  ]) assert.deepEqual(run(code), [values, waits], code);
  const boundary = /^host\.f cannot be waited for: attempt to yield across a C-call boundary$/;
  for (const code of [
    'table.sort({ 3, 2, 1 }, function(a, b) host.f() return a < b end)',
    '("x"):gsub(".", function() host.f() end)',
    'error(select(2, load(function() host.f() end)), 0)',
    'ext.transaction(function() host.f() end)',
    'tostring(setmetatable({}, { __tostring = function() host.f() end }))',
    'coroutine.wrap(function() table.sort({ 2, 1 }, function() coroutine.wrap(function() host.f() end)() end) end)()',
    'coroutine.close((function() local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() host.f() end }) coroutine.yield() end) coroutine.resume(co) return co end)())',
  ]) {
    const [[found], waits] = run(`local ok, message = pcall(function() ${code.includes('close(') ? `local ok, e = ${code} error(e, 0)` : code} end) return message:gsub("^.*compute:%d+: ", "")`);
    assert.match(found, boundary, code);
    assert.equal(waits, 0);
  }
  assert.equal(run('return pcall(coroutine.yield, 1)')[0][1], 'attempt to yield from outside a coroutine');
  assert.deepEqual(run('local _, main = coroutine.running() return main, coroutine.isyieldable()')[0], [true, false]);
});

test('errors of functions are raised at their call, with a traceback of the script alone', () => {
  const host = new Host();
  const code = '\nlocal function inner() return host.f() end\nlocal function outer() local x = inner() return x end outer()';
  const { error } = host.part(answerTo(host.part(code), ...raised('host.f: no')));
  assert.equal(error, [
    'compute:2: host.f: no', 'stack traceback:', "\t[C]: in field 'f'", "\tcompute:2: in upvalue 'inner'", "\tcompute:3: in local 'outer'",
    '\tcompute:3: in main chunk',
  ].join('\n'));
  const caught = host.part('local ok, e = pcall(host.f) return ok, type(e), e.code');
  assert.deepEqual(host.part(answerTo(caught, ...raised({ code: 7 }))).values, [false, 'table', 7]);
  // As where nothing is waited for.
  const plain = host.part('local function g() error("x") end g()').error;
  host.set({ pending: 0 });
  assert.equal(host.part('local function g() error("x") end g()').error, plain);
});

test('a record that is malformed, cut or late changes nothing', () => {
  const host = new Host();
  const part = host.part('return host.f()');
  const whole = answerTo(part, ...results(1, 'two'));
  for (let length = 3; length < whole.length; length += 1) {
    const found = host.part(whole.slice(0, length));
    // Without its last value it is an answer, too.
    if (length === whole.length - encode('two').length || length === whole.length - encode('two').length - encode(1).length) {
      assert.deepEqual(found.values, length === 14 ? [null] : [1], `${length}`);
      Object.assign(part, host.part('return host.f()'));
      whole.set(part.ticket, 5);
      continue;
    }
    assert.match(found.error, /^the call record is malformed: byte \d+ cannot be right: /, `${length} bytes`);
  }
  for (const [at, byte, error] of [
    [3, 9, /byte 3 cannot be right: a call record of another version/],
    [4, 3, /byte 4 cannot be right: an unknown flag/],
    [4, 6, /byte 4 cannot be right: an unknown flag/],
    [5, 99, /^no compute waits with the ticket \d+: it has ended, or is another instance's$/],
    [12, 0xff, /^no compute waits with the ticket -\d+: /],
    [13, 3, /byte 13 cannot be right: an answer begins with 0 or 1/],
    [13, 2, /byte 14 cannot be right: bytes after the value/],
    [13, 1, /byte 23 cannot be right: more than 200 results, or more than one error/],
    [14, 0x0c, /byte 14 cannot be right: the tag is unknown/],
    [14, 0x05, /byte 15 cannot be right: the id of a function has 4 bytes/],
  ]) {
    const wrong = whole.slice();
    wrong[at] = byte;
    assert.match(host.part(wrong).error, error, `${at}: ${byte}`);
  }
  assert.deepEqual(host.part(whole).values, [1, 'two']);
  for (const record of [whole, answerTo(part, ...CANCEL)]) assert.match(host.part(record).error, /^no compute waits with the ticket /);
  assert.match(host.part(answerTo({ ticket: new Uint8Array(8) }, ...CANCEL)).error, /^no compute waits with the ticket 0: /);
});

test('what the contract refuses is refused at its byte', () => {
  const { refused, accepted } = JSON.parse(readFileSync(new URL('../../abi/vectors/pending.json', import.meta.url), 'utf8'));
  const host = new Host();
  for (const { name, bytes, at } of refused) {
    assert.match(host.part(Uint8Array.from(Buffer.from(bytes, 'hex'))).error, new RegExp(`^the call record is malformed: byte ${at} cannot be right: `), name);
  }
  for (const { name, bytes, ticket } of accepted) {
    assert.match(host.part(Uint8Array.from(Buffer.from(bytes, 'hex'))).error, new RegExp(`^no compute waits with the ticket ${ticket}: `), name);
  }
});

test('an answer can have any size, and so can what is asked', () => {
  const host = new Host();
  for (const bytes of [100, 60_000, 70_000, 200_000]) {
    const part = host.part(`local s = host.f(("a"):rep(${bytes})) return #s`);
    assert.equal(part.args[0].length, bytes);
    const record = answerTo(part, ...results('b'.repeat(bytes)));
    const place = host.exports.lua_alloc(0, 0, 0, record.length);
    host.bytes(place, record.length).set(record);
    const { bytes: answer } = host.answer(host.exports.compute(place, record.length));
    host.exports.lua_alloc(0, place, record.length, 0);
    assert.deepEqual(new Decoder({}).open(answer, 4, answer.length).values(), [bytes]);
  }
});

test('number and memory of what waits are bounded, and what it holds is counted', () => {
  const host = new Host({ config: { pending: 3 } });
  const before = host.kept;
  const waiting = [1, 2, 3].map(() => host.part('local s = ("x"):rep(50000) host.f() return #s'));
  assert.ok(host.kept > before + 150_000);
  const refused = 'compute:1: host.f cannot be waited for: 3 computes wait already; config.pending is 3';
  assert.equal(host.part('host.f()').error.split('\n')[0], refused);
  assert.deepEqual(host.part('return select(2, pcall(host.f))').values, [refused.replace('compute:1: ', '')]);
  assert.deepEqual(host.part(answerTo(waiting[0], ...results())).values, [50000]);
  const next = host.part('host.f()');
  assert.ok(next.ticket);
  for (const part of [...waiting.slice(1), next]) assert.deepEqual(host.part(answerTo(part, ...CANCEL)).values, [null]);
  assert.ok(host.kept < before + 5000, `${before}, ${host.kept}`);

  host.set({ pending: 1000, pending_memory: 1_000_000 });
  const many = [];
  let last;
  for (;;) {
    last = host.part('local s = ("x"):rep(50000) host.f() return #s');
    if (last.error) break;
    many.push(last);
  }
  assert.ok(many.length > 10 && many.length < 20, `${many.length}`);
  assert.match(last.error, /^compute:1: host\.f cannot be waited for: \d+ bytes of memory are in use; config\.pending_memory is 1000000/);
  host.set({ pending: 0 });
  assert.match(host.part('host.f()').error, /^compute:1: host\.f cannot be waited for: config\.pending is 0, so no compute waits/);
  assert.deepEqual(host.part(answerTo(many[0], ...results())).values, [50000]);
});

test('a compute that is cancelled closes what is to be closed, from the inside out', () => {
  const host = new Host();
  const closing = (name) => `local ${name} <close> = setmetatable({}, { __close = function(_, e) print("${name}", e) end })`;
  const part = host.part(`
    ${closing('outer')}
    local co = coroutine.wrap(function() ${closing('middle')} pcall(function() ${closing('inner')} host.f() print("not reached") end) print("nor here") end)
    co() print("nor this")`);
  assert.deepEqual(host.part(answerTo(part, ...CANCEL)), { output: 'inner\tnil\nmiddle\tnil\nouter\tnil\n', values: [null] });
  const failing = host.part('local x <close> = setmetatable({}, { __close = function() error("closed badly") end }) host.f()');
  assert.match(host.part(answerTo(failing, ...CANCEL)).error, /^compute:1: closed badly/);
  const waiting = host.part('local x <close> = setmetatable({}, { __close = function() print(pcall(host.f)) end }) host.f()');
  assert.equal(host.part(answerTo(waiting, ...CANCEL)).output, 'false\thost.f cannot be waited for: attempt to yield across a C-call boundary\n');
});

test('a coroutine that waits is another compute\'s, which nobody else resumes or closes', () => {
  const host = new Host();
  const part = host.part('co = coroutine.create(function() return host.f() end) main = coroutine.running() return coroutine.resume(co)');
  const tried = host.part(`
    local function try(f, ...) return select(2, pcall(f, ...)) end
    return coroutine.status(co), coroutine.status(main), select(2, coroutine.resume(co)), select(2, coroutine.resume(main)), try(coroutine.close, co),
      try(coroutine.close, main), debug.traceback(co) ~= nil`);
  assert.deepEqual(tried.values, [
    'normal', 'normal', 'cannot resume non-suspended coroutine', 'cannot resume non-suspended coroutine', 'cannot close a normal coroutine',
    'cannot close a normal coroutine', true,
  ]);
  assert.deepEqual(host.part(answerTo(part, ...results(5))).values, [true, 5]);
  assert.deepEqual(host.part('return coroutine.status(co), coroutine.status(main), coroutine.close(main)').values, ['dead', 'dead', true]);
});

test('the budget is for all parts, and each tells what it used', () => {
  const work = 'for i = 1, 1000 do end';
  const host = new Host({ config: { instructions: 20_000, events: { usage: true } } });
  const used = [];
  const step = (code) => {
    const part = host.part(code);
    used.push(host.events.findLast(({ kind }) => kind === 'usage').instructions);
    return part;
  };
  let part = step(`for round = 1, 100 do ${work} host.f(round) end`);
  while (part.ticket) part = step(answerTo(part, ...results()));
  assert.match(part.error, /^compute:1: the budget of 20000 instructions is used up/);
  const total = used.reduce((sum, each) => sum + each);
  assert.ok(used.length > 3 && total >= 20_000 && total < 21_500, `${used}`);
  // A limit that comes later is for others.
  host.set({ instructions: 10_000 });
  part = host.part(`${work} host.f() ${work} return 1`);
  host.set({ instructions: 1 });
  assert.deepEqual(host.part(answerTo(part, ...results())).values, [1]);
  host.set({ instructions: 5_000 });
  part = host.part(`${work} host.f() ${work} ${work} ${work}`);
  host.set({});
  assert.match(host.part(answerTo(part, ...results())).error, /the budget of 5000 instructions is used up/);
});

test('a compute that is atomic, or in a transaction, does not wait', () => {
  const refused = /^compute:1: host\.f cannot be waited for: the compute is atomic, or in a transaction/;
  const host = new Host({ config: { atomic: true } });
  assert.match(host.part('host.f()').error, refused);
  host.set({ transaction: 'open' });
  assert.match(host.part('host.f()').error, refused);
  host.set({ transaction: 'rollback' });
  assert.ok(host.part('host.f()').ticket);
});

test('what a script changed is in the store when it waits, captured variables too', () => {
  const host = new Host();
  host.part('local n = 0 _home.count = function() n = n + 1 return n end _home.read = function() return n end');
  const part = host.part('_home.count() _home.text = "kept" host.f() _home.count() return _home.read()');
  const other = new Host();
  other.tables = structuredClone(host.tables);
  assert.deepEqual(other.part('return _home.text, _home.read()').values, ['kept', 1]);
  assert.deepEqual(host.part('return _home.count()').values, [2]);
  assert.deepEqual(host.part(answerTo(part, ...results())).values, [3]);
});

test('a stored function waits in every instance whose host offers what it calls', () => {
  const host = new Host();
  host.part('local f = host.f _home.ask = function(x) local y = f(x) return y * 2 end');
  const other = new Host();
  other.tables = structuredClone(host.tables);
  const part = other.part(encodeCall('_home.ask', [4]));
  assert.deepEqual(part.args, [4]);
  assert.deepEqual(other.part(answerTo(part, ...results(5))).values, [10]);
  const content = other.part(encodeCall('_home.ask', [1], true));
  assert.deepEqual(other.part(answerTo(content, ...results(2))).values, [4]);
  other.configure(null);
  assert.match(other.part(encodeCall('_home.ask', [4])).error, /host\.f is not offered by the host/);
});

test('where the host says at the call whether it answers later', () => {
  let later = true;
  const host = new Host({ either: ({ args }) => (later ? Uint8Array.of(ANSWER_LATER) : joined(...results(...args))) });
  const part = host.part('return host.either(1), host.either(2)');
  assert.deepEqual([part.name, part.args], ['either', [1]]);
  later = false;
  assert.deepEqual(host.part(answerTo(part, ...results('a'))).values, ['a', 2]);
  assert.deepEqual(host.part('local t = { 2, 1 } table.sort(t, function(a, b) return host.either(a) < b end) return t').values, [[1, 2]]);
  later = true;
  assert.match(host.part('table.sort({ 2, 1 }, function(a, b) return host.either(a) < b end)').error, /host\.either cannot be waited for: attempt to yield/);
});

test('permissions, ticks and memory limits are those of each part', () => {
  const host = new Host();
  const part = host.part('local s = host.f() return #s, pcall(string.rep, "x", 3)');
  host.set({ permissions: { library: { 'string.rep': false } } });
  const [length, ok, message] = host.part(answerTo(part, ...results('abc'))).values;
  assert.deepEqual([length, ok], [3, false]);
  assert.match(message, /string\.rep/);
  host.set({});
  const low = host.part('local s = host.f() return #(s:rep(1000))');
  host.set({ memory: 600_000 });
  assert.match(host.part(answerTo(low, ...results('x'.repeat(1000)))).error, /not enough memory|string length overflow|too large/);
});

const SCRIPT = `
  local log = {}
  local closing = setmetatable({}, { __close = function() log[#log + 1] = "closed" end })
  do
    local x <close> = closing
    local co = coroutine.wrap(function(a) local b = host.f(a, { a }) coroutine.yield(b) return host.deep.g(("y"):rep(600)) end)
    log[#log + 1] = co(1)
    log[#log + 1] = co()
    log[#log + 1] = tostring(pcall(host.f))
  end
  _home.log = log
  return #log, host.either(log[1])`;

function play(host, code) {
  let part = host.part(code);
  let parts = 1;
  for (; part.ticket; parts += 1) part = host.part(answerTo(part, ...(part.args.length === 0 ? raised('no') : results(...part.args))));
  return { ...part, parts };
}

test('out of memory at every allocation', () => {
  let failed = 0;
  for (const count of [2, 0]) {
    let passed = 0;
    for (let allocation = 1; passed < 3; allocation += 1) {
      const host = new Host({ on: faults });
      host.part('return 1');
      const before = host.kept;
      const config = { fail_allocation: allocation, fail_count: count };
      let part = host.part('local ok = 1');
      // In each part in turn.
      let failures = 0;
      for (let failing = 0; failing < 5; failing += 1) {
        let at = 0;
        part = undefined;
        do {
          host.set(at === failing ? config : {});
          part = host.part(part === undefined ? SCRIPT : answerTo(part, ...(part.args.length === 0 ? raised('no') : results(...part.args))));
          at += 1;
        } while (part.ticket);
        host.set({});
        if (part.error !== undefined) {
          failures += 1;
          assert.match(part.error, /memory|too many|no room/i, `allocation ${allocation} of part ${failing}`);
        }
      }
      if (failures === 0) passed += 1;
      failed += failures;
      assert.deepEqual(host.part('host.now() return 5').values, [5], `allocation ${allocation}`);
      host.part('_home.log = nil');
      assert.ok(host.kept < before + 20_000, `allocation ${allocation}: ${before}, ${host.kept}`);
      // Nothing waits any more.
      host.set({ pending: 1 });
      assert.equal(play(host, SCRIPT).parts, 5);
    }
  }
  assert.ok(failed > 100, `${failed}`);
});

test('a store that fails at every call', () => {
  let isOver = false;
  for (let first = 0; !isOver; first += 1) {
    const host = new Host();
    host.part('_home.before = { 1 }');
    host.fail(first, 1);
    const { error } = play(host, `_home.a = { 1 } ${SCRIPT}`);
    isOver = host.mend();
    assert.ok(isOver || error === undefined || /answered|failed/.test(error), error);
    host.set({ pending: 1 });
    assert.equal(play(host, SCRIPT).parts, 5, `call ${first}: ${error}`);
  }
});

test('a compute that fails when it would wait is over, and what is to be closed is closed', () => {
  const host = new Host();
  host.part('local n = 0 _home.set = function(v) n = v end');
  const code = 'local x <close> = setmetatable({}, { __close = function() closed = (closed or 0) + 1 end }) _home.set(coroutine.create(print)) host.f()';
  assert.match(host.part(code).error, /thread/);
  host.set({ pending: 1 });
  assert.deepEqual(host.part('return closed').values, [1]);
  host.part('_home.set(nil)');
  assert.ok(host.part('host.f()').ticket);
});

test('a host that computes while it is asked whether to go on loses its answer, and nothing else', () => {
  const host = new Host();
  const part = host.part('return pcall(host.f)');
  const record = answerTo(part, ...results('x'.repeat(100)));
  const original = host.call;
  host.set({ tick: 1 });
  let asked = 0;
  host.call = function call(name, all) {
    if (name === 'get' && all[0] === 0 && this.text(all[1], all[2]) === 'tick') {
      asked += 1;
      this.exports.compute(this.buffer, 4);
      return -1;
    }
    return original.call(this, name, all);
  };
  const { values } = host.part(record);
  assert.ok(asked > 0);
  assert.ok(values[0] === true || /was overwritten before it was read/.test(values[1]), `${values}`);
});
