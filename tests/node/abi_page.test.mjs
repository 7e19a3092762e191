// Tests the sentences of abi/README.md that no other test checks, on the raw module.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu, ExternalTable, MemoryStore, decode, encode, encodeKey } from '../../host-js/index.js';
import { Raw, compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const IO = 2;
const HOME = 1;

function fresh(imports) {
  const raw = new Raw(module, imports);
  assert.equal(raw.init(), 0);
  return raw;
}

const text = ({ bytes }) => Buffer.from(bytes).toString();
const bytes = (hex) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

test('what an engine needs: no script that nests deep traps here', () => {
  const deep = JSON.parse(readFileSync(new URL('../../abi/vectors/deep.json', import.meta.url), 'utf8'));
  assert.ok(deep.length > 10);
  let overflows = 0;
  for (const { name, lua } of deep) {
    const raw = fresh();
    const answer = raw.compute(lua);
    if (/C stack overflow/.test(text(answer))) overflows += 1;
    assert.deepEqual(raw.run('return 1').values, [1], name);
  }
  assert.ok(overflows > 5, `${overflows} of them meet the module's own bound`);
});

test('init asks for the configuration and nothing else, compute first of all', () => {
  const calls = [];
  const note = (name) => (...words) => { calls.push([name, ...words.slice(0, 1)]); return name === 'get' ? -1 : 0; };
  const raw = new Raw(module, Object.fromEntries(['set', 'get', 'delete', 'size', 'keys']
    .map((name) => [`js_ext_table_${name}`, note(name)])));
  raw.init();
  assert.deepEqual(calls, [['get', 0]]);
  raw.run('_home.x = 1');
  assert.deepEqual(calls[1], ['get', 0]);
  assert.ok(calls.length > 2);
});

test('statistics may be written into the buffer or a block, aligned or not; blocks are aligned to 8 bytes', () => {
  const raw = fresh();
  const block = raw.exports.lua_alloc(0, 0, 0, 100) >>> 0;
  assert.equal(block % 8, 0);
  for (const pointer of [raw.buffer, raw.buffer + 3, block, block + 1]) {
    raw.exports.get_memory_stats(pointer);
    const [size, used, pages] = [0, 4, 8].map((at) => new DataView(raw.exports.memory.buffer).getUint32(pointer + at, true));
    assert.deepEqual([size, pages * 65536], [65536, raw.exports.memory.buffer.byteLength]);
    assert.ok(used > 100);
  }
  raw.exports.lua_alloc(0, block, 100, 0);
  assert.deepEqual(raw.run('return 1').values, [1]);
});

test('the mark of cut output comes on top of what is kept, in a line of its own', () => {
  const raw = fresh();
  for (const [line, kept] of [['0123456789', 64512], ['0123456', 64512]]) {
    const { output } = raw.run(`for i = 1, 10000 do print('${line}') end`);
    const all = `${line}\n`.repeat(10000);
    assert.equal(output, `${all.slice(0, kept)}\n[output cut: ${kept} of ${all.length} bytes kept]\n`);
  }
});

test('an error text is cut at 65,536 bytes, with a mark, and is UTF-8', () => {
  const raw = fresh();
  for (const piece of ['x', 'é', '\u{1F600}', '\\xff']) {
    const answer = raw.compute(`error(('${piece}'):rep(70000), 0)`);
    assert.ok(answer.bytes.length > 65536 - 4 && answer.bytes.length <= 65536, piece);
    assert.equal(answer.status, -answer.bytes.length - 1);
    assert.match(new TextDecoder('utf-8', { fatal: true }).decode(answer.bytes), /\n\[error text cut\]$/);
  }
});

test('what cannot be a result is an error of class result that names the way to it', async () => {
  const cu = await Cu.create({ module });
  cu.compute('function _home.f() end _home.t = { 1 }');
  for (const [value, message] of [
    ['function() end', /^result 1 is a function, which cannot be a result$/],
    ['_home.f', /^result 1 is a function, which cannot be a result$/],
    ['1, { a = { coroutine.create(print) } }', /^result 2\.a\[1\] is a thread, which cannot be a result$/],
    ['(function() local t = {} t.t = t return t end)()', /^result 1\.t contains itself/],
    ['(function() local t = {} for _ = 1, 128 do t = { t } end return t end)()', /is nested deeper than 128 tables$/],
    ['(function() local s, t = ("x"):rep(2 ^ 19), {} for i = 1, 4 do t[i] = s end return t end)()',
      /takes more than 2097152 bytes encoded$/],
  ]) {
    assert.throws(() => cu.compute(`return ${value}`), (error) => {
      assert.equal(error.errorClass, 'result', value);
      assert.match(error.message, message);
      return true;
    });
  }
  const { values } = cu.compute('local t = { 1 } return setmetatable({ 2 }, { __index = t }), { t, t }, _home.t, print');
  assert.deepEqual(values.slice(0, 2), [[2], [[1], [1]]]);
  assert.ok(values[2] instanceof ExternalTable);
  assert.equal(values[3].name, 'print');
});

test('the message of an error that a failure ended ends with the number that the host answered', () => {
  for (const code of [-2, -77, -2147483648]) {
    const raw = fresh({ js_ext_table_set: () => code });
    assert.match(raw.run('_home.x = 1').error, new RegExp(`: it answered ${code}\nstack traceback:`));
  }
  const raw = fresh({ js_ext_table_set: () => -429 });
  assert.match(raw.run('_home.x = 1').error, /: it answered -429, too many operations a second\nstack traceback:/);
});

test('a page for keys has 512 bytes or more, and one that is too small is asked for again', async () => {
  const cu = await Cu.create({ module });
  assert.equal(cu.compute('_home[("k"):rep(4000)] = 1 return #next(_home)').value, 4000);
  const asked = [];
  const page = fresh({
    js_ext_table_size: () => 1,
    js_ext_table_keys: (table, pointer, room) => { asked.push(room >>> 0); return -3; },
  });
  assert.match(page.run('return next(_home)').error, /: it answered -3/);
  assert.equal(asked[0], 512);
  assert.ok(asked.length === 2 && asked[1] >= 4096 + 4, `${asked}`);
});

test('keys of external tables have the bytes of the page', async () => {
  const cu = await Cu.create({ module });
  cu.compute('_home.name = 1 _home.t = { 1, 2, 3 }');
  assert.ok(cu.store.get(HOME, bytes(`01 ${Buffer.from('name').toString('hex')} 00`)) !== undefined);
  const { id } = cu.compute('return _home.t').value;
  for (const key of ['15 01', '15 02', '15 03']) assert.ok(cu.store.get(id, bytes(key)) !== undefined, key);
  for (const key of ['0/0', '{}', 'print', 'nil']) assert.throws(() => cu.compute(`_home[${key}] = 1`), /index of _home is/);
  assert.equal(cu.compute('_home[2.0] = 5 return _home[2]').value, 5);
});

// The bytes are written by hand, because an encoder does not write such pairs.
test('a pair whose value is nil counts as absent, and of two with one key the last one counts', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  const one = '02 01 00 00 00 00 00 00 00';
  const table = (pairs, content) => {
    const rest = bytes(content);
    return bytes(`09 ${Buffer.from(Uint32Array.of(rest.length + 4, pairs).buffer).toString('hex')} ${content}`);
  };
  for (const [pairs, content, value] of [[1, `${one} 00`, null], [2, `${one} 01 00 ${one} 01 01`, true]]) {
    const input = table(pairs, content);
    store.set(IO, encodeKey('input'), input);
    assert.equal(cu.compute('return _io.input[1]').value, value);
    const decoded = decode(input);
    assert.equal((decoded instanceof Map ? decoded.get(1) : decoded[0]) ?? null, value);
  }
});

test('arguments come in _io.input, also for a stored function, and stay until the host removes them', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  cu.compute('_home.orders = {} function _home.orders.total(n, unit) return n * 2 .. " " .. unit end');
  store.set(IO, bytes(`01 ${Buffer.from('input').toString('hex')} 00`), encode([7, 'EUR']));
  assert.equal(cu.compute('return _home.orders.total(table.unpack(_io.input))').value, '14 EUR');
  assert.deepEqual(cu.compute('_io.output = { 1 } _io.meta = "who" return _io.input').value, [7, 'EUR']);
  assert.deepEqual(['output', 'meta'].map((name) => decode(store.get(IO, encodeKey(name)))), [[1], 'who']);
  assert.throws(() => cu.compute('_io.output = { 2 } error("no")'));
  assert.deepEqual(decode(store.get(IO, encodeKey('output'))), [1], 'of a compute that fails nothing is stored');
  cu.clearIo();
  assert.deepEqual(cu.compute('return _io.input, _io.output, _io.meta').values, [null, null, null]);
});

test('a configuration takes at most 16,384 bytes', () => {
  const rooms = [];
  const raw = new Raw(module, {
    js_ext_table_get(table, key, length, into, room) {
      if (raw !== undefined && raw.text(key, length) === 'config') rooms.push(room >>> 0);
      return raw.get(table, key, length, into, room);
    },
  });
  const padded = (length) => {
    const empty = encode({ output: 3, padding: '' }).length;
    raw.configure({ output: 3, padding: 'x'.repeat(length - empty) });
    assert.equal(raw.config.length, length);
  };
  padded(1024);
  raw.init();
  rooms.length = 0;
  assert.match(raw.run('print(12345)').output, /^123/);
  assert.deepEqual(rooms, [1024]);
  padded(16384);
  assert.match(raw.run('print(12345)').output, /^123\n\[output cut/);
  assert.deepEqual(rooms.slice(1), [1024, 16384]);
  padded(16385);
  assert.match(raw.run('print(12345)').error, /the host answered 16385 .* at most 16384 bytes/);
});

test('kinds of event that the module does not know are ignored', () => {
  const raw = fresh();
  raw.configure({ events: { error: true, usage: false, later: true, 'still later': false } });
  assert.deepEqual(raw.run('return 1').values, [1]);
  raw.run('error("no")');
  assert.deepEqual(raw.events.map((event) => decode(event).kind), ['error']);
  raw.configure({ events: { later: 1 } });
  assert.match(raw.run('return 1').error, /config\.events\.\* is an integer; wanted is a boolean/);
});

test('the message of an error event is the whole text, and there is no event for a text beyond its room', () => {
  const raw = fresh();
  raw.configure({ events: { error: true } });
  const short = raw.compute('error("no")');
  assert.match(text(short), /^compute:1: no\nstack traceback:\n/);
  assert.equal(decode(raw.events[0]).message, text(short));
  raw.events = [];
  const long = raw.compute('error(("x"):rep(64000), 0)');
  assert.equal(decode(raw.events[0]).message, text(long));
  assert.equal(decode(raw.events[0]).value, undefined, 'for which there is no room');
  raw.events = [];
  assert.ok(raw.compute('error(("x"):rep(64512), 0)').status < 0);
  assert.deepEqual(raw.events, []);
});

test('the example of a compute that waits has the bytes of the page', () => {
  const page = readFileSync(new URL('../../abi/README.md', import.meta.url), 'utf8');
  const [, part] = page.split('the script `return "Hello " .. host.ask("Who?")` waits with this response');
  const [asked, goesOn] = part.split('```').filter((_, at) => at === 1 || at === 3)
    .map((block) => bytes(block.trim().split('\n').map((line) => line.split('   ')[0]).join(' ')));
  const raw = fresh();
  raw.configure({ functions: { ask: 'async' } });
  assert.deepEqual(raw.compute('return "Hello " .. host.ask("Who?")').bytes, asked);
  assert.deepEqual(raw.run(goesOn).values, ['Hello Ada']);
});

test('several instances over one store read values anew', async () => {
  const store = new MemoryStore();
  const [first, second] = [await Cu.create({ module, store }), await Cu.create({ module, store })];
  for (let turn = 1; turn < 10; turn += 1) {
    const cu = turn % 2 === 0 ? first : second;
    assert.equal(cu.compute('_home.n = (_home.n or 0) + 1 return _home.n').value, turn);
  }
});
