/**
 * The channels of `_io`, values both ways, and the patterns of IoWrapper.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { EncodeError } from '../index.js';
import { CuWASM, IoWrapper, MemoryStorage } from '../cuwasm/index.js';
import { start } from './cuwasm.js';

/** What a value is in Lua, by a script that sees it as `v`, and what comes back of it. */
async function through(value, script = 'return v') {
  const instance = await start();
  instance.setInput({ v: value });
  return instance.compute(`local v = _io.input.v ${script}`);
}

test('input arrives and output comes back', async () => {
  const instance = await start();
  instance.setInput({ users: [{ name: 'Ada', score: 95 }, { name: 'Bob', score: 87 }], threshold: 90 });
  instance.compute(`
    local found = {}
    for _, user in ipairs(_io.input.users) do if user.score >= _io.input.threshold then table.insert(found, user.name) end end
    _io.output = { found = found, count = #found }`);
  assert.deepEqual(instance.getOutput(), { found: ['Ada'], count: 1 });
  assert.equal(instance.getOutputField('count'), 1);
  assert.equal(instance.getOutputField('toString'), null);
  instance.compute('_io.output = { 1, 2 }');
  assert.equal(instance.getOutputField('length'), null);
  instance.compute('_io.output = "text"');
  assert.equal(instance.getOutputField('length'), null);
  for (const wrong of [undefined, 1, {}]) assert.throws(() => instance.getOutputField(wrong), TypeError);
});

test('output is that of the last compute, input stays', async () => {
  const instance = await start();
  assert.equal(instance.getOutput(), null);
  instance.setInput([1, 2]);
  instance.compute('_io.output = #_io.input');
  instance.compute('local nothing');
  assert.equal(instance.getOutput(), null);
  instance.compute('_io.output = #_io.input');
  instance.compute('error("no")');
  assert.equal(instance.getOutput(), null);
  assert.equal(await instance.compute('return #_io.input'), 2);
});

test('metadata belongs to a request', async () => {
  const instance = await start();
  instance.setMetadata({ requestId: 'req-1' });
  instance.setInput(1);
  assert.equal(await instance.compute('return _io.meta.requestId'), 'req-1');
  assert.deepEqual(instance.getMetadata(), { requestId: 'req-1' });
  instance.setInput(2);
  assert.equal(instance.getMetadata(), null);
  for (const wrong of [undefined, null, 'x', 5, []]) assert.throws(() => instance.setMetadata(wrong), TypeError);
});

test('fields are set one by one, whatever the input is', async () => {
  const instance = await start();
  instance.setInputField('a', { deep: [1] });
  instance.setInputField('b', 2 ** 53);
  instance.setInputField('__proto__', 'data');
  instance.setInputField('a', 3.0);
  assert.equal(await instance.compute('local i = _io.input return ("%s %s %s"):format(i.a, i.b, i.__proto__)'), '3 9.007199254741e+15 data');
  instance.setInput(['x', 'y']);
  instance.setInputField('name', 'list');
  assert.equal(await instance.compute('return _io.input[2] .. _io.input.name'), 'ylist');
  instance.compute('_io.input = { half = 1.0, big = require("bigint").new("99999999999999999999") }');
  instance.setInputField('c', 1);
  assert.equal(await instance.compute('return math.type(_io.input.half) .. tostring(_io.input.big)'), 'float99999999999999999999');
  instance.setInput(7);
  assert.throws(() => instance.setInputField('a', 1), /_io\.input is to be a table/);
  for (const wrong of [undefined, null, 5, {}]) assert.throws(() => instance.setInputField(wrong, 1), /key is to be a string/);
  assert.throws(() => instance.setInputField('f', () => 1), EncodeError);
});

test('nothing removes the input, and clearIo everything', async () => {
  const instance = await start();
  instance.setInput({ a: 1 });
  instance.setInput(undefined);
  assert.equal(await instance.compute('return _io.input'), null);
  instance.setInput(1);
  instance.setMetadata({ a: 1 });
  instance.compute('_io.output = 1 _io.other = 2');
  assert.equal(instance.clearIo(), undefined);
  assert.deepEqual([instance.getOutput(), instance.getMetadata(), await instance.compute('return _io.input or _io.other')], [null, null, null]);
});

test('plain values come back as they were', async () => {
  const values = [true, false, 0, 1, -1, 0.5, 1e300, Infinity, -Infinity, '', 'text', 'Größe 𝄞', '\0', 2n ** 63n - 1n, -(2n ** 70n), new Uint8Array([255, 0]),
    [1, [2, ['x']]], { a: { b: { c: 'd' } } }, new Map([[1.5, 'x'], [true, 'y']])];
  for (const value of values) assert.deepEqual(await through(value), value, String(value));
  assert.ok(Object.is(await through(-0), -0));
  assert.ok(Number.isNaN(await through(NaN)));
  assert.equal(await through(null), null);
  assert.equal(await through(undefined), null);
  assert.equal(await through(5n), 5);
  assert.equal(await through(Number.MAX_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  assert.equal(await through([1, null, 3], 'return v[2] == nil and v[3]'), 3);
});

test('what Lua has no type for takes the documented form', async () => {
  assert.equal(await through(new Date(1700000000123), 'return v // 1000'), 1700000000);
  assert.deepEqual(await through(new Set(['b', 'a', { n: 1 }])), ['b', 'a', { n: 1 }]);
  assert.deepEqual(await through(new Float64Array([0.5, -1])), [0.5, -1]);
  assert.deepEqual(await through(new Int16Array([-5, 5])), [-5, 5]);
  assert.deepEqual(await through(new BigInt64Array([5n, 2n ** 62n])), [5, 2n ** 62n]);
  assert.equal(await through(new Uint8Array([97, 98])), 'ab');
  assert.equal(await through(new Uint8ClampedArray([97, 98])), 'ab');
  assert.equal(await through(new Uint8Array([97, 98]).buffer), 'ab');
  assert.equal(await through(new DataView(new Uint8Array([97, 98, 99]).buffer, 1)), 'bc');
  assert.equal(await through(Object(5)), 5);
  assert.deepEqual(await through({ when: [new Map([['at', new Date(5)]])] }), { when: [{ at: 5 }] });
  assert.equal(await through(Object.create(null)).then((value) => value.length), 0);
});

test('keys are data', async () => {
  const hostile = JSON.parse('{ "__proto__": { "polluted": true }, "constructor": 1, "toString": 2 }');
  const back = await through({ inner: hostile, also: new Set([1]) });
  assert.deepEqual(Object.keys(back.inner).sort(), ['__proto__', 'constructor', 'toString']);
  assert.equal({}.polluted, undefined);
  assert.deepEqual(Object.keys(await through({ hostile, when: new Date(0) }, 'return v.hostile')).sort(), ['__proto__', 'constructor', 'toString']);
  const instance = await start();
  instance.compute('_io.output = { __proto__ = { polluted = true } }');
  assert.deepEqual(instance.getOutputField('__proto__'), { polluted: true });
  assert.equal({}.polluted, undefined);
});

test('what has no form in Lua is refused with its place', async () => {
  const instance = await start();
  const circle = { list: [] };
  circle.list.push({ circle });
  const deep = {};
  for (let at = deep, level = 0; level < 200; level++) at = at.next = {};
  const wrong = [[() => 1, /a function/], [Symbol('x'), /a symbol/], [{ users: [{ f() {} }] }, /input\.users\[0\]\.f: a function|value\.users\[1\]\.f/],
    [circle, /contains itself/], [new Set([circle]), /contains itself/], [deep, /at most 128 deep/], [new Date(NaN), /no time/], [/x/, /RegExp/], [new URL('http://a.b'), /URL/],
    [Promise.resolve(1), /Promise/], [new WeakMap(), /WeakMap/], [new Map([[NaN, 1]]), /NaN/], [new Map([[{}, () => 1]]), /function/]];
  for (const [value, message] of wrong) {
    assert.throws(() => instance.setInput(value), (error) => error instanceof EncodeError && message.test(error.message), String(message));
  }
  assert.equal(await instance.compute('return 1'), 1);
});

test('an input that is larger than the memory of the module is read row by row', async () => {
  const instance = await start();
  const rows = Array.from({ length: 30000 }, (_, id) => ({ id, name: `user ${id}`, when: new Date(id) }));
  instance.setInput({ rows, note: 'many', index: new Map(rows.map(({ id }) => [id, `${id}`])) });
  const [sum, count, note, name] = instance.compute(`
    local sum = 0
    for _, row in ipairs(_io.input.rows) do sum = sum + row.when end
    return sum, #_io.input.rows, _io.input.note, _io.input.index[17]`).values;
  assert.deepEqual([sum, count, note, name], [29999 * 15000, 30000, 'many', '17']);
  instance.setInput(rows);
  instance.setInputField('extra', 5);
  assert.deepEqual(instance.compute('return _io.input[30000].id, _io.input.extra').values, [29999, 5]);
  instance.clearIo();
  instance.runGc();
  assert.equal(instance.getTableInfo().tableCount, 2);
});

test('an output that a script keeps in an external table comes as its content', async () => {
  const instance = await start();
  instance.compute('local t = ext.table() for i = 1, 30000 do t[i] = { id = i } end _io.output = { rows = t }');
  const { rows } = instance.getOutput();
  assert.deepEqual([rows.length, rows[29999]], [30000, { id: 30000 }]);
});

test('a request has its input, output, returned value and metadata', async () => {
  const io = new IoWrapper(await start());
  const result = await io.computeWithIo('_io.output = { sum = _io.input.a + _io.input.b } return "done"', { a: 1, b: 2 }, { metadata: { id: 7 } });
  assert.deepEqual(result, { returnValue: 'done', output: { sum: 3 }, metadata: { id: 7 } });
  assert.deepEqual(await io.computeWithIo('_io.output = _io.input == nil'), { returnValue: null, output: true, metadata: {} });
  io.cu.setInput(5);
  assert.equal((await io.computeWithIo('return _io.input', undefined, { clearBefore: false })).returnValue, 5);
  await assert.rejects(io.computeWithIo('error("no")', 1), /no/);
});

test('requests that are made at once do not mix', async () => {
  const io = new IoWrapper(await start());
  const results = await Promise.all([1, 2, 3].map((n) => io.computeWithIo('_io.output = _io.input * 10', n)));
  assert.deepEqual(results.map(({ output }) => output), [10, 20, 30]);
});

test('the first request loads the instance', async () => {
  const io = new IoWrapper(new CuWASM());
  assert.deepEqual((await io.computeWithIo('_io.output = 1')).output, 1);
});

test('a stream is worked off in batches', async () => {
  const io = new IoWrapper(await start());
  const code = `
    local doubled = {}
    for i, n in ipairs(_io.input.batch) do doubled[i] = n * 2 end
    _io.output = { doubled = doubled, index = _io.input.batchIndex, more = _io.input.hasMore }`;
  const wanted = [{ doubled: [2, 4], index: 0, more: true }, { doubled: [6], index: 1, more: false }];
  async function* later() { yield* [1, 2, 3]; }
  const stream = new ReadableStream({ start(controller) { for (const n of [1, 2, 3]) controller.enqueue(n); controller.close(); } });
  const bare = { getReader: () => new ReadableStream({ start(controller) { for (const n of [1, 2, 3]) controller.enqueue(n); controller.close(); } }).getReader() };
  for (const items of [[1, 2, 3], new Set([1, 2, 3]), later(), stream, bare]) {
    assert.deepEqual(await io.processStream(code, items, { batchSize: 2 }), wanted);
  }
  assert.deepEqual(await io.processStream(code, []), []);
  assert.equal((await io.processStream(code, new Array(250).fill(1))).length, 3);
  for (const wrong of [undefined, null, 5, {}, () => 1]) await assert.rejects(io.processStream(code, wrong), /dataStream/);
  for (const batchSize of [0, -1, 1.5, '10', NaN]) await assert.rejects(io.processStream(code, [1], { batchSize }), /batchSize/);
  await assert.rejects(io.processStream('error(_io.input.batch[1])', [1, 2], { batchSize: 1 }), /1/);
});

test('an array of mostly holes takes the time and room of its elements', async () => {
  const instance = await start();
  const sum = 'local n, last = 0 for k in pairs(_io.input.a) do n, last = n + 1, k end return n, last';
  for (const element of [new Date(5), 'x'.repeat(200000)]) {
    const a = [element];
    a[3e9] = element;
    a.named = 1;
    instance.setInput({ a });
    assert.deepEqual(instance.compute(sum).values, [2, 3e9 + 1]);
  }
});

test('a Lua function is called by its name, and nothing else becomes code', async () => {
  const io = new IoWrapper(await start());
  await io.cu.compute('function total(p) return { sum = p.a + p.b } end _home.stats = {} function _home.stats.first(p) return p[1] end');
  const { returnValue, output } = await io.request('total', { a: 1, b: 2 });
  assert.deepEqual([returnValue, output], [{ sum: 3 }, { sum: 3 }]);
  assert.equal((await io.request('_home.stats.first', ['x'])).output, 'x');
  await assert.rejects(io.request('nobody', {}), /no function nobody/);
  await assert.rejects(io.request('total.deeper.still', {}), /no function|index/);
  for (const wrong of ['', 'a b', 'total)(', 'os.exit()', '..', null, 5]) await assert.rejects(io.request(wrong, {}), /method/);
});

test('wrong arguments are refused by name', async () => {
  const io = new IoWrapper(await start());
  for (const wrong of [{}, 5, null]) assert.throws(() => new IoWrapper(wrong), /cu is to be/);
  for (const wrong of [undefined, null, 5]) await assert.rejects(io.computeWithIo(wrong), /code/);
  await assert.rejects(io.computeWithIo('', 1, 5), TypeError);
  await assert.rejects(io.computeWithIo('', 1, { clearbefore: true }), /clearbefore/);
  await assert.rejects(io.computeWithIo('', 1, { metadata: 5 }), /metadata/);
  await assert.rejects(io.computeWithIo('', Symbol('x')), EncodeError);
  assert.ok(new MemoryStorage());
});
