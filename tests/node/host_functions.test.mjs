// Functions of the host as scripts see them, and hosts that break the contract of their calls.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ANSWER_ERROR, ANSWER_RESULTS, CALL_SIGNATURE, TAG_FUNCTION } from '../../host-js/abi.js';
import { encode } from '../../host-js/codec/encode.js';
import { inside } from '../../host-js/handle.js';
import { Cu, LuaError, MemoryStore, Values, Way } from '../../host-js/index.js';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const faults = compile('target/cu-faults.wasm');

const create = (functions, options = {}) => Cu.create({ module, functions, ...options });
const vectors = JSON.parse(readFileSync(new URL('../../abi/vectors/values.json', import.meta.url)));

test('every value goes there and back', async () => {
  const cu = await create({ echo: (...values) => new Values(...values) }, { exact: true });
  let count = 0;
  for (const { name, lua, value } of vectors) {
    if (lua === undefined || JSON.stringify(value).includes('external') || JSON.stringify(value).includes('function')) continue;
    const [[given], [found]] = [cu.compute(`return ${lua}`).values, cu.compute(`return host.echo(${lua})`).values].map((values) => [values]);
    assert.deepEqual(found, given, name);
    count += 1;
  }
  assert.ok(count > 40, `${count}`);
  const { values } = cu.compute('local t = ext.table() t.x = 1 local a, b, c = host.echo(t, print, nil) return rawequal(a, t), a.x, b == print, c');
  assert.deepEqual(values, [true, 1, true, null]);
});

test('any number of arguments and results', async () => {
  let seen;
  const cu = await create({ take(...args) { seen = args; }, give: (n) => new Values(...Array.from({ length: n }, (_, at) => at)) });
  for (const count of [0, 1, 2, 50, 249, 250]) {
    cu.compute(`host.take(table.unpack(table.pack(("x"):rep(${count}):byte(1, -1))))`);
    assert.equal(seen.length, count);
  }
  assert.throws(() => cu.compute('host.take(("x"):rep(251):byte(1, -1))'), { message: 'compute:1: host.take is called with 251 arguments; 250 are the most' });
  for (const count of [0, 1, 2, 50, 199, 200]) assert.equal(cu.compute(`return select("#", host.give(${count}))`).value, count);
  assert.throws(() => cu.compute('host.give(201)'), { message: 'compute:1: host.give: it answered 201 values; 200 are the most' });
  assert.equal(cu.compute('local function deep(n) if n == 0 then return host.give(200) end return select(-200, deep(n - 1)) end return select("#", deep(100))').value, 200);
});

test('large arguments and results', async () => {
  let calls = 0;
  const cu = await create({ echo(value) { calls += 1; return value; } });
  for (const bytes of [400, 480, 490, 500, 510, 511, 512, 513, 600, 5000, 70_000, 150_000]) {
    calls = 0;
    assert.deepEqual(cu.compute(`local s = ("x"):rep(${bytes}) return host.echo(s) == s, #host.echo({ s, s })`).values, [true, 2], `${bytes}`);
    assert.equal(calls, 2);
  }
  assert.throws(() => cu.compute('return host.echo(("x"):rep(1500000))'), { errorClass: 'memory' });
  assert.equal(cu.compute('return host.echo(1)').value, 1);
});

test('what has no form for the host is named', async () => {
  const cu = await create({ take() {} });
  for (const [code, message] of [
    ['host.take(1, function() end)', 'argument 2 of host.take is a function, which cannot be an argument'],
    ['host.take({ a = { coroutine.create(print) } })', 'argument 1 of host.take.a[1] is a thread, which cannot be an argument'],
    ['local t = {} t.t = t host.take(t)', 'argument 1 of host.take.t contains itself: an argument cannot be circular'],
    ['local t = {} for i = 1, 200 do t = { t } end host.take(t)', /^argument 1 of host\.take(\[1\]|\.\.\.)+.* is nested deeper than 128 tables$/],
  ]) {
    assert.throws(() => cu.compute(code), (error) => {
      const [, place, rest] = /^(compute:1: )(.*)$/.exec(error.message);
      assert.ok(place);
      return typeof message === 'string' ? assert.equal(rest, message) === undefined : message.test(rest);
    });
  }
});

test('errors are caught like others, and keep what was thrown', async () => {
  const cause = new RangeError('too far');
  const cu = await create({ fail(kind) {
    if (kind === 'error') throw cause;
    if (kind === 'table') throw { code: 7, why: ['a', 'b'] };
    if (kind === 'text') throw 'just text';
    if (kind === 'nothing') throw undefined;
    if (kind === 'function') throw () => {};
    if (kind === 'symbol') return Symbol('x');
    if (kind === 'cycle') { const all = []; all.push(all); return all; }
    return Promise.resolve(1);
  } });
  const caught = (kind) => cu.compute(`return select(2, pcall(host.fail, "${kind}"))`).value;
  assert.equal(caught('error'), 'host.fail: too far');
  assert.deepEqual(caught('table'), { code: 7, why: ['a', 'b'] });
  assert.equal(caught('text'), 'just text');
  assert.equal(caught('nothing'), null);
  assert.match(caught('function'), /^host\.fail: /);
  assert.match(caught('symbol'), /^host\.fail: .*symbol/);
  assert.match(caught('cycle'), /^host\.fail: .*(circular|itself)/);
  assert.match(caught('promise'), /^host\.fail: it answered a promise/);
  assert.throws(() => cu.compute('\nhost.fail("error")'), (error) => error instanceof LuaError && error.cause === cause && error.message === 'compute:2: host.fail: too far');
  assert.throws(() => cu.compute('host.fail("error")'), /stack traceback|compute:1/);
  // Another error later is not of that cause.
  assert.throws(() => cu.compute('pcall(host.fail, "error") error("mine")'), (error) => error.cause === undefined);
});

test('stored functions keep them, in whatever instance', async () => {
  const store = new MemoryStore();
  const first = await create({ tax: { of: (n) => n * 2 } }, { store });
  first.compute('local of = host.tax.of function _home.total(n) return n + of(n) end _home.of = of _home.list = { of, { deep = of } }');
  assert.equal(first.call('_home.total', [10]).value, 30);
  const second = await create({ tax: { of: (n) => n * 3 } }, { store });
  assert.equal(second.call('_home.total', [10]).value, 40);
  assert.deepEqual(second.compute('return _home.of == host.tax.of, _home.list[1] == _home.list[2].deep, _home.list[2].deep(5)').values, [true, true, 15]);
  const none = await create(undefined, { store });
  assert.throws(() => none.call('_home.total', [10]), { message: 'store:1: host.tax.of is not offered by the host'.replace('store', 'compute') });
  assert.equal(none.compute('return host').value, null);
  assert.equal(none.compute('return _home.of').value.name, 'host.tax.of');
  const changed = await create({ other() {} }, { store });
  assert.throws(() => changed.call('_home.total', [10]), /host\.tax\.of is not offered by the host/);
});

test('a compute may have fewer, and the next one has all again', async () => {
  const cu = await create({ a: () => 1, b: () => 2 });
  cu.compute('keep = host.b');
  assert.deepEqual(cu.compute('return host.a(), host.b, pcall(keep)', { functions: { a: 'sync' } }).values.slice(0, 3), [1, null, false]);
  assert.deepEqual(cu.compute('return host.a(), keep(), keep == host.b').values, [1, 2, true]);
  assert.deepEqual(cu.compute('return host, pcall(keep)', { functions: {} }).values, [null, false, 'host.b is not offered by the host']);
  assert.equal(cu.compute('host = nil return 1').value, 1);
  assert.throws(() => cu.compute('', { functions: { a: 'later' } }), { message: "config.functions: 'a' is neither 'sync', 'async' nor 'either'", errorClass: 'config' });
  assert.throws(() => cu.compute('', { functions: [] }).value ?? cu.compute('', { functions: 'a' }), { message: 'config.functions is a string; wanted is a table of functions' });
  assert.throws(() => cu.compute('', { functions: { 'a.b.c': 'sync', 'a.b': 'sync' } }), { message: "config.functions: 'a.b' is the name of a function and of a table of functions" });
});

test('the table host shows what there is, and cannot be changed', async () => {
  const cu = await create({ log() {}, http: { get() {}, v2: { get() {} } } });
  const code = 'local all = {} local function walk(t, way) for k, v in pairs(t) do if type(v) == "function" then all[#all + 1] = way .. k else walk(v, way .. k .. ".") end end end walk(host, "") table.sort(all) return all';
  const before = cu.compute(code).value;
  assert.deepEqual(before, ['http.get', 'http.v2.get', 'log']);
  for (const attempt of [
    'host.log = 1', 'host.new = 1', 'host.http.get = nil', 'host.http = nil', 'setmetatable(host, {})', 'setmetatable(host.http, nil)',
    'for k in pairs(host) do host[k] = nil end', 'local _, t = pairs(host) t.log = 1', 'table.insert(host, 1)', 'getmetatable(host).__index = {}',
    'local f = pairs(host) f({}, nil) f(1) f() error("x")', 'debug.getinfo(host.log, "f").func = 1',
  ]) {
    assert.equal(cu.compute(`return (pcall(function() ${attempt} end))`).value, false, attempt);
  }
  cu.compute('rawset(host, "log", 1) rawset(host, "more", 2)');
  assert.deepEqual(cu.compute(code).value, before);
  assert.throws(() => cu.compute('_home.host = host'), /_home\.host\[metatable\]\.__newindex is a C function, which cannot be stored/);
});

test('permissions, audit events and counts', async () => {
  const events = [];
  const cu = await create({ a: () => 1, b: { c: () => 2 } }, { config: { events: ['usage', 'audit'] }, onEvent: (event) => events.push(event) });
  const run = (code, library) => {
    events.length = 0;
    try {
      return cu.compute(code, { permissions: { library } }).values;
    } catch (error) {
      return error.message;
    }
  };
  assert.deepEqual(run('return host.a(), host.b.c(), pcall(host.a)', {}), [1, 2, true, 1]);
  assert.deepEqual(events.filter(({ action }) => action === 'host_called').map(({ name }) => name), ['host.a', 'host.b.c', 'host.a']);
  assert.equal(events.find(({ kind }) => kind === 'usage').calls, 3);
  assert.equal(run('return host.a()', { 'host.a': false }), 'compute:1: host.a may not be called: it is switched off');
  assert.equal(events.find(({ kind }) => kind === 'usage').calls, 0);
  assert.equal(events.find(({ kind }) => kind === 'audit').action, 'permission_refused');
  assert.deepEqual(run('return pcall(host.a), host.b.c()', { host: false, 'host.b.c': true }), [false, 2]);
  assert.match(run('keep = host.a', { 'hosts.a': false }), /'hosts\.a' is no library function and no library/);
  assert.deepEqual(run('keep = host.a return keep()', { 'host.not_there': false }), [1]);
});

test('the work of a call counts, and its budget is looked at before the host is asked', async () => {
  let [called, used] = [0, 0];
  const cu = await create({ take() { called += 1; } }, { config: { events: ['usage'] }, onEvent: (event) => { used = event.instructions; } });
  cu.compute('host.take(("x"):rep(100))');
  const small = used;
  cu.compute('host.take(("x"):rep(80100))');
  assert.ok(used - small > 80_000 / 8, `${used - small}`);
  const code = 'while true do host.take() end';
  called = 0;
  assert.throws(() => cu.compute(code, { instructions: 100_000 }), { errorClass: 'budget' });
  assert.ok(called > 100 && called < 100_000 / 128, `${called}`);
});

test('a function cannot compute in its own instance, but in another one', async () => {
  const other = await create({});
  const cu = await create({
    own: () => cu.compute('return 1').value,
    other: (code) => other.compute(code).value,
  });
  assert.equal(cu.compute('return host.other("return 6 * 7")').value, 42);
  assert.throws(() => cu.compute('return host.own()'), { message: 'compute:1: host.own: a call of this instance is running' });
  assert.throws(() => cu.compute('host.other("local x = nil + 1")'), /^LuaError: compute:1: host\.other: compute:1: attempt to perform arithmetic/);
});

test('answers of every length are those of their call, also where another instance has its own in between', async () => {
  const inner = await create({ echo: (text) => text, fail(text) { throw text; } });
  const cu = await create({
    first: (text) => ({ get text() { inner.call('host.echo', ['inner']); return text; } }),
    second(text) { return new Values(inner.call('host.echo', [`<${text}>`]).value, text); },
    third(text) { throw { get code() { inner.compute('pcall(host.fail, "inner")'); return text; } }; },
  });
  for (let length = 0; length < 140; length += 1) {
    const text = 'x'.repeat(length);
    assert.deepEqual(cu.call('host.first', [text]).value, { text });
    assert.deepEqual(cu.call('host.second', [text]).values, [`<${text}>`, text]);
    assert.deepEqual(cu.call('pcall', [new Way('host.third'), text]).values, [false, { code: text }]);
  }
});

test('any number of functions, called in any order', async () => {
  const names = Array.from({ length: 300 }, (_, at) => `f${at}`);
  const cu = await create(Object.fromEntries(names.map((name) => [name, () => name])));
  const code = 'for round = 1, 2 do for i = 0, 299 do local name = "f" .. i * 7 % 300 if host[name]() ~= name then error(name) end end end return true';
  assert.equal(cu.compute(code).value, true);
});

test('a record outside memory is a failure of the host, and the function is not called', async () => {
  let calls = 0;
  const cu = await create({ count() { calls += 1; } });
  const { imports } = inside(cu);
  const size = imports.memory.bytes.length;
  const { tableGet } = imports;
  for (const [key, length, into, room] of [[0, 1, size - 4, 8], [0, size + 1, 0, 8], [0, 12, 2 ** 32 - 1, 8]]) {
    imports.memory.bytes[0] = CALL_SIGNATURE.charCodeAt(0);
    assert.equal(tableGet(0, key, length, into, room), -2);
  }
  assert.equal(calls, 0);
});

test('finalizers and closing variables call them, also while a large answer is fetched', async () => {
  const cu = await create({ big: (n) => 'b'.repeat(n), small: () => 's' });
  const code = `
    for round = 1, 300 do
      for i = 1, 20 do setmetatable({}, { __gc = function() host.small() host.big(2000) end }) end
      local s = host.big(1000 + round)
      assert(s == ("b"):rep(1000 + round))
      do local c <close> = setmetatable({}, { __close = function() assert(host.small() == "s") end }) end
    end
    return "fine"`;
  assert.equal(cu.compute(code).value, 'fine');
});

/** A host of `functions` that answers by bytes, over a store whose calls can fail. */
class Answering extends NaiveStore {
  constructor(answer, of = module) {
    super(of);
    this.reply = answer;
    this.asked = [];
    this.configure({ functions: { f: 'sync', g: 'either' } });
  }

  call(name, all) {
    const [table, key, keyLength, value, room] = all;
    if (name !== 'get' || table !== 0) return super.call(name, all);
    const isCall = this.bytes(key, 1)[0] === CALL_SIGNATURE.charCodeAt(0);
    if (!isCall && this.text(key, keyLength) !== 'answer') return super.call(name, all);
    this.asked.push(isCall ? 'call' : 'answer');
    const reply = this.reply(isCall);
    if (typeof reply === 'number') return reply;
    if (reply.length <= room) this.bytes(value, room).set(reply);
    return reply.length;
  }
}

const results = (...values) => Uint8Array.from([ANSWER_RESULTS, ...values.flatMap((value) => [...encode(value)])]);
const raised = (...values) => Uint8Array.from([ANSWER_ERROR, ...values.flatMap((value) => [...encode(value)])]);

test('answers that are cut, lengthened or changed at every byte are results or errors', () => {
  let answer;
  const host = new Answering(() => answer);
  host.init();
  const whole = [results(1, 'two', { three: [3, 4.5, true, null] }), raised('no'), raised({ code: 5 }), results(2n ** 100n)];
  for (const bytes of whole) {
    for (let at = 0; at <= bytes.length; at += 1) {
      answer = bytes.slice(0, at);
      assert.ok(host.run('return pcall(host.f, 1)').values, `${at} bytes`);
      for (const other of [0, 1, 2, 5, 7, 8, 10, 12, 127, 255]) {
        answer = bytes.slice();
        if (at < bytes.length) answer[at] = other;
        const { values, error } = host.run('local r = table.pack(pcall(host.f, 1)) return r.n, tostring(r[2])');
        assert.ok(values, `${at}, ${other}: ${error}`);
      }
    }
    answer = Uint8Array.from([...bytes, 99]);
    assert.match(host.run('return host.f()').error, /^compute:1: the host's answer to a call of host\.f is malformed: byte \d+ cannot be right: /);
  }
});

test('what a host answers in the place of an answer', () => {
  for (const [answer, message] of [
    [() => -1, 'host.f is not offered by the host'],
    [() => -2, 'the host failed to call host.f: it answered -2'],
    [() => -(2 ** 31), 'the host failed to call host.f: it answered -2147483648'],
    [() => new Uint8Array(0), /malformed: byte 0 /],
    [() => Uint8Array.of(2), /malformed: byte 0 cannot be right: an answer begins with 0 or 1/],
    [() => raised(), /malformed: byte 1 /],
    [() => raised(1, 2), /malformed: byte 10 cannot be right: more than 200 results, or more than one error/],
    [() => results(...Array(201).fill(true)), /more than 200 results/],
    [() => Uint8Array.of(0, TAG_FUNCTION, 4, 0, 0, 0, 1, 0, 0, 0), /malformed: byte 1 /],
    [(isCall) => (isCall ? 600 : -1), 'the host failed to call host.f: it answered -1'],
    [(isCall) => (isCall ? 600 : -9), 'the host failed to call host.f: it answered -9'],
    [(isCall) => (isCall ? 600 : 700), 'the host answered 600 bytes to a call of host.f, and then 700'],
    [(isCall) => (isCall ? 600 : results(1)), 'the host answered 600 bytes to a call of host.f, and then 10'],
    [(isCall) => (isCall ? 2 ** 31 - 1 : -1), /not enough memory/],
  ]) {
    const host = new Answering(answer);
    host.init();
    const { error } = host.run('return host.f()');
    const first = error.split('\n')[0].replace('compute:1: ', '');
    if (typeof message === 'string') assert.equal(first, message);
    else assert.match(first, message);
    assert.deepEqual(host.asked, host.asked.length === 1 ? ['call'] : ['call', 'answer']);
    assert.deepEqual(host.run('return 5').values, [5]);
  }
});

const SCRIPT = `
  local kept = host.f
  local a, b = kept(("x"):rep(600), { 1, { 2 } }, 3)
  _home.kept, _home.use = kept, function() return kept(1) end
  local ok, e = pcall(host.g, nil)
  return a, b, ok, #_home.use()`;

test('out of memory at every allocation', () => {
  const long = results('l'.repeat(900), { deep: [1, 2, 3] });
  let [failed, passed] = [0, 0];
  for (const count of [2, 0]) {
    for (let allocation = 1; ; allocation += 1) {
      const host = new Answering(() => long, faults);
      host.configure({ functions: { f: 'sync', g: 'either' }, fail_allocation: allocation, fail_count: count });
      const begun = host.init();
      if (begun !== 0) continue;
      const { error } = host.run(SCRIPT);
      host.configure({ functions: { f: 'sync', g: 'either' } });
      const again = host.run('return #host.f(1), host.f == _home.kept or _home.kept == nil');
      assert.deepEqual(again.values, [900, true], `allocation ${allocation}: ${again.error}`);
      if (error === undefined) {
        passed += 1;
        if (passed > 3) break;
      } else {
        failed += 1;
        assert.match(error, /memory|too many|no room/i);
      }
    }
    passed = 0;
  }
  assert.ok(failed > 30, `${failed}`);
});

test('a store that fails at every call', () => {
  for (const isLong of [false, true]) {
    let isOver = false;
    for (let first = 0; !isOver; first += 1) {
      const host = new Answering(() => results(isLong ? 'l'.repeat(900) : 'short', 2));
      host.init();
      host.fail(first, 1);
      const { error } = host.run(SCRIPT);
      isOver = host.mend();
      assert.ok(isOver || error === undefined || /answered|failed/.test(error), error);
      assert.deepEqual(host.run('return #host.f(1)').values, [isLong ? 900 : 5], `call ${first}: ${error}`);
    }
  }
});

test('what offers no functions is refused, and says where it is', async () => {
  const itself = {};
  itself.inner = { itself };
  for (const [functions, message] of [
    [5, 'functions is a number; wanted is an object of functions'],
    [null, 'functions is null; wanted is an object of functions'],
    [[() => 1], 'functions is a list; wanted is an object of functions'],
    [new Map([['a', () => 1]]), 'functions is a Map; wanted is an object of functions'],
    [{ a: { b: 5 } }, 'functions.a.b is a number; wanted is a function, or an object of functions'],
    [itself, 'functions.inner.itself contains itself'],
  ]) await assert.rejects(create(functions), { name: 'TypeError', message });
});

test('an error whose message cannot be read is one of the script all the same', async () => {
  const unreadable = Object.defineProperty(new Error(), 'message', { get() { throw new Error('not this one'); } });
  const symbol = Object.assign(new Error(), { message: Symbol('odd') });
  const cu = await create({ unreadable() { throw unreadable; }, symbol() { throw symbol; } });
  const { values } = cu.compute('return select(2, pcall(host.unreadable)), select(2, pcall(host.symbol))');
  assert.deepEqual(values, ['host.unreadable: an error without a message', 'host.symbol: Symbol(odd)']);
});
