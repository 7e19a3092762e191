// Calls that break the contract on purpose, on the raw module: each is an error, and none is a trap.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeAll } from '../../host-js/index.js';
import { Raw, compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const fresh = (imports) => {
  const raw = new Raw(module, imports);
  assert.equal(raw.init(), 0);
  return raw;
};

test('compute before init is an error, init works afterwards and twice', () => {
  const raw = new Raw(module);
  assert.match(raw.run('return 1').error, /not initialised: call init first/);
  assert.equal(raw.exports.get_memory_table_id(), 0);
  raw.exports.run_gc();
  assert.equal(raw.init(), 0);
  assert.deepEqual(raw.run('x = 1 return x').values, [1]);
  assert.equal(raw.init(), 0);
  assert.deepEqual(raw.run('return x').values, [1], 'a second init forgot the state');
  assert.equal(raw.exports.get_memory_table_id(), 1);
});

test('code outside memory is an error that names place and size', () => {
  const raw = fresh();
  const size = raw.exports.memory.buffer.byteLength;
  for (const [pointer, length] of [[size, 1], [size - 4, 8], [-1, 1], [0, -1], [-8, 16], [0x7fffffff, 0x7fffffff], [16, size]]) {
    const { status, bytes } = raw.answer(raw.exports.compute(pointer, length));
    assert.ok(status < 0);
    assert.match(Buffer.from(bytes).toString(), /outside the memory of \d+ bytes/, `${pointer}, ${length}`);
  }
  const { status } = raw.answer(raw.exports.compute(size, 0));
  assert.ok(status >= 0, 'no code at the very end is inside');
  assert.deepEqual(raw.run('return 1').values, [1]);
});

test('compute, init and collection from inside an import are refused', () => {
  let nested;
  let raw;
  raw = fresh({
    js_ext_table_get(table, key, length) {
      if (raw === undefined || raw.text(key, length) !== 'now') return -1;
      raw.exports.run_gc();
      raw.exports.init();
      nested = raw.run('return "nested"').error;
      return -1;
    },
  });
  assert.deepEqual(raw.run('return os.time(), "outer"').values, [0, 'outer']);
  assert.match(nested, /compute was called from inside an import/);
});

test('compute from inside the reading of the configuration fails both, and harms neither', () => {
  let nest = false;
  const raw = fresh({
    js_ext_table_get() {
      if (nest) raw.compute('return 1');
      return -1;
    },
  });
  nest = true;
  assert.match(raw.run('return 1').error, /an import called compute while the code to run was being read/);
  nest = false;
  assert.deepEqual(raw.run('return 1').values, [1]);
});

test('an import that answers nonsense is an error or the default', () => {
  const answers = [0, 1, 5, -2, -2147483648, 2147483647, 1024, 1025, 16384, 16385, 100000];
  for (const reply of answers) {
    let asked = 0;
    const raw = new Raw(module, { js_ext_table_get: () => { asked += 1; return reply; } });
    assert.equal(raw.init(), 0);
    const { error } = raw.run('return 1');
    assert.match(error, /config/, `get answered ${reply}`);
    assert.ok(asked > 0);
  }
});

test('a clock that answers nonsense is 0', () => {
  for (const [reply, bytes] of [[9, [2, 1, 0]], [9, [3, 0, 0, 0, 0, 0, 0, 0xf0, 0x7f]], [-5, []], [1000, []], [1, [0x77]]]) {
    let raw;
    raw = fresh({
      js_ext_table_get(table, key, length, into, room) {
        if (raw === undefined || raw.text(key, length) !== 'now') return -1;
        raw.bytes(into, room).set(bytes.slice(0, room));
        return reply;
      },
    });
    const { values, error } = raw.run('return os.time(), os.clock(), os.date("!%Y")');
    assert.equal(error, undefined);
    assert.equal(typeof values[0], 'number');
  }
});

test('every byte of a configuration may be wrong', () => {
  const raw = fresh();
  raw.configure({ memory: 1000000, output: 100, seed: 7, events: { output: true, error: true }, unknown: { a: [1, 2] } });
  const whole = raw.config;
  assert.deepEqual(raw.run('return 1').values, [1]);
  for (let at = 0; at < whole.length; at += 1) {
    for (const value of [0, 1, 4, 9, 0x7f, 0x80, 0xff]) {
      raw.config = whole.slice();
      raw.config[at] = value;
      raw.run('return 1');
    }
    raw.config = whole.slice(0, at);
    assert.match(raw.run('return 1').error, /config/, `cut at ${at}`);
  }
  raw.configure(null);
  assert.deepEqual(raw.run('return 1').values, [1]);
});

test('a refused spilled result is an error with the code of the host', () => {
  const raw = fresh({ js_ext_table_set: () => -7 });
  assert.match(raw.run('return ("x"):rep(100000)').error, /refused to store the result of 100005 bytes.*answered -7/);
  assert.deepEqual(raw.run('return 1').values, [1]);
});

test('results larger than the buffer are spilled whole, in order', () => {
  const raw = fresh();
  const { bytes } = raw.compute('print("printed") return 1, ("x"):rep(70000), { 2 }');
  assert.equal(bytes.at(-1), 0x0a);
  const [one, text, table] = decodeAll(raw.spilled);
  assert.deepEqual([one, text.length, table], [1, 70000, [2]]);
});

test('lua_alloc leaves pointers alone that it did not hand out', () => {
  const raw = fresh();
  const block = raw.exports.lua_alloc(0, 0, 0, 1000);
  assert.ok(block > 0);
  const used = raw.used();
  for (const pointer of [1, 8, block + 8, block - 8, -1, 0x7fffffff, raw.buffer]) {
    assert.equal(raw.exports.lua_alloc(0, pointer, 1000, 2000), 0);
    assert.equal(raw.exports.lua_alloc(0, pointer, 1000, 0), 0);
  }
  assert.equal(raw.used(), used);
  assert.equal(raw.exports.lua_alloc(0, 0, 0, -1), 0);
  assert.equal(raw.exports.lua_alloc(0, block, 1000, -16), 0);
  const moved = raw.exports.lua_alloc(0, block, 1000, 300000);
  assert.ok(moved > 0);
  raw.exports.lua_alloc(0, moved, 0, 0);
  raw.exports.lua_alloc(0, moved, 0, 0);
  assert.deepEqual(raw.run('return 1').values, [1]);
});

test('memory figures are true and a pointer outside writes nothing', () => {
  const raw = fresh();
  raw.exports.get_memory_stats(-4);
  raw.exports.get_memory_stats(raw.exports.memory.buffer.byteLength - 8);
  raw.exports.get_memory_stats(raw.buffer);
  const view = new DataView(raw.exports.memory.buffer);
  assert.equal(view.getUint32(raw.buffer, true), 65536);
  assert.equal(view.getUint32(raw.buffer + 8, true), raw.exports.memory.buffer.byteLength / 65536);
  const { values } = raw.run('collectgarbage() return collectgarbage("count") * 1024');
  assert.ok(Math.abs(values[0] - raw.used()) < 4096, `Lua counts ${values[0]}, the arena ${raw.used()}`);
});

test('memory figures are true at all times: inside imports, with blocks of the host, after errors', () => {
  const seen = [];
  let raw;
  let block = 0;
  const used = () => {
    raw.exports.get_memory_stats(block);
    return new DataView(raw.exports.memory.buffer).getUint32(block + 4, true);
  };
  raw = fresh({
    js_ext_table_set(table, key, keyLength, value, length) {
      if (table === 1) seen.push([decodeAll(raw.bytes(value, length).slice())[0], used()]);
      return 0;
    },
  });
  block = raw.exports.lua_alloc(0, 0, 0, 16) >>> 0;
  const { error } = raw.run(`
    local kept = {}
    for i = 1, 40 do
      kept[i] = ('x'):rep(i * 500)
      if i % 7 == 0 then kept = {} collectgarbage() end
      _home.x = math.floor(collectgarbage('count') * 1024)
    end
    pcall(function() kept.big = ('y'):rep(1 << 30) end)
    _home.x = math.floor(collectgarbage('count') * 1024)`);
  assert.equal(error, undefined);
  assert.equal(seen.length, 41);
  for (const [lua, arena] of seen) assert.ok(arena >= lua && arena - lua < 16384, `Lua counts ${lua}, the arena ${arena}`);
  const before = used();
  const host = raw.exports.lua_alloc(0, 0, 0, 100_000) >>> 0;
  assert.ok(used() >= before + 100_000 && used() < before + 101_000);
  raw.exports.lua_alloc(0, host, 100_000, 0);
  assert.equal(used(), before);
  assert.match(raw.run('local t = {} while true do t[#t + 1] = {} end').error, /not enough memory/);
  raw.exports.run_gc();
  assert.ok(used() < before + 20_000, `${used()} after a failure, ${before} before`);
});

test('the buffer is aligned and of the size of the contract', () => {
  const raw = fresh();
  assert.equal(raw.buffer % 16, 0);
  assert.equal(raw.exports.get_buffer_size(), 65536);
});

test('state is kept between computes and gone with the instance', () => {
  const raw = fresh();
  raw.run('counter = 41 function bump() counter = counter + 1 return counter end');
  assert.deepEqual(raw.run('return bump()').values, [42]);
  assert.deepEqual(fresh().run('return counter').values, [null]);
});

test('print is cut at the limit with a mark, and the rest comes as events', () => {
  const raw = fresh();
  raw.configure({ output: 10, events: { output: true } });
  const { output } = raw.run('print("0123456789abc") io.write("def")');
  assert.equal(output, '0123456789\n[output cut: 10 of 17 bytes kept]\n');
  const events = raw.events.map((bytes) => decodeAll(bytes)[0]);
  assert.equal(events.map(({ text }) => text).join(''), 'abc\ndef');
  assert.deepEqual(events.map(({ offset }) => offset), [10, 13, 14]);
});

test('an error reports what was printed, its class and its value', () => {
  const raw = fresh();
  raw.configure({ events: { output: true, error: true } });
  assert.match(raw.run('print("before") error({ code = 7 })').error, /object is a table value/);
  const [printed, error] = raw.events.map((bytes) => decodeAll(bytes)[0]);
  assert.deepEqual([printed.kind, printed.text, printed.offset], ['output', 'before\n', 0]);
  assert.deepEqual([error.kind, error.class, error.value], ['error', 'runtime', { code: 7 }]);
});

test('memory can be limited below the arena', () => {
  const raw = fresh();
  raw.configure({ memory: 200000 });
  assert.match(raw.run('return #("x"):rep(150000)').error ?? 'none', /not enough memory \(the limit is 200000 bytes\)/);
  assert.deepEqual(raw.run('return #("x"):rep(50000)').values, [50000]);
});

test('the seed decides math.random; without one it is a constant', () => {
  const draw = (seed) => {
    const raw = new Raw(module);
    if (seed !== undefined) raw.configure({ seed });
    raw.init();
    return raw.run('return math.random(1 << 30), math.random(1 << 30)').values;
  };
  assert.deepEqual(draw(), draw());
  assert.deepEqual(draw(5), draw(5));
  assert.notDeepEqual(draw(5), draw(6));
});
