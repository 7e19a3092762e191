/**
 * Instances of the built module, as a user of this package sees them.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { IO_BUFFER_BYTES, TAG_SPILLED } from '../abi.js';
import { Cu as CoreCu } from '../core.js';
import {
  Cu, CuError, CuFloat, decode, ExternalTable, HostError, LuaError, MemoryStore, StateError,
} from '../index.js';
import { faulty } from './faulty.js';
import { inside } from '../handle.js';
import { withModule } from './module.js';

const LONG_COMMENT = `--${'x'.repeat(100000)}\n`;

function thrown(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was thrown');
}

await withModule((module) => {
  test('the shipped module is found without being named', async () => {
    const cu = await Cu.create();
    assert.equal(cu.compute('return 6 * 7').value, 42);
  });

  test('a module may be given as bytes', async () => {
    const { readFile } = await import('node:fs/promises');
    const bytes = await readFile(new URL('../../dist/cu.wasm', import.meta.url));
    assert.equal((await Cu.create({ module: bytes })).compute('return 1').value, 1);
    const { buffer } = new Uint8Array(bytes);
    assert.equal((await Cu.create({ module: buffer })).compute('return 1').value, 1);
  });

  test('every returned value arrives in order', async () => {
    const cu = await Cu.create({ module });
    const { values, value } = cu.compute('return 1, "two", nil, true, 0.5, {1, 2}, {a = {b = "c"}}, math.maxinteger');
    assert.deepEqual(values, [1, 'two', null, true, 0.5, [1, 2], { a: { b: 'c' } }, BigInt('9223372036854775807')]);
    assert.equal(value, 1);
  });

  test('no returned value is one null', async () => {
    const cu = await Cu.create({ module });
    assert.deepEqual(cu.compute('').values, [null]);
    assert.deepEqual(cu.compute('return').values, [null]);
  });

  test('strings that are not UTF-8 arrive as bytes', async () => {
    const cu = await Cu.create({ module });
    assert.deepEqual(cu.compute('return "h\\xE9", "hé\\0"').values, [Uint8Array.of(0x68, 0xe9), 'hé\0']);
  });

  test('in exact mode 3.0 and 3 differ', async () => {
    const cu = await Cu.create({ module, exact: true });
    assert.deepEqual(cu.compute('return 3, 3.0').values, [3, new CuFloat(3)]);
  });

  test('printed text is the output', async () => {
    const cu = await Cu.create({ module });
    const { output, outputBytes, value } = cu.compute('print("a", 1, nil) print("\\xff") return "v"');
    assert.equal(output, 'a\t1\tnil\n\ufffd\n');
    assert.deepEqual(Buffer.from(outputBytes), Buffer.from('a\t1\tnil\n\xff\n', 'latin1'));
    assert.equal(value, 'v');
    assert.equal(cu.compute('return 1').output, '');
  });

  test('globals stay from one compute to the next', async () => {
    const cu = await Cu.create({ module });
    cu.compute('function add(a, b) return a + b end count = 1');
    assert.equal(cu.compute('count = add(count, 1) return count').value, 2);
    const other = await Cu.create({ module });
    assert.equal(other.compute('return count').value, null);
  });

  test('an error has message, traceback, class and value', async () => {
    const cu = await Cu.create({ module });
    const error = thrown(() => cu.compute('local function f() error("boom") end f()'));
    assert.ok(error instanceof LuaError && error instanceof CuError && error instanceof Error);
    assert.equal(error.name, 'LuaError');
    assert.match(error.message, /boom$/);
    assert.match(error.traceback, /^stack traceback:\n\t/);
    assert.equal(error.errorClass, 'runtime');
    assert.equal(error.value, error.message);
    assert.equal(error.cause, undefined);
  });

  test('an error value may be a table', async () => {
    const cu = await Cu.create({ module });
    assert.deepEqual(thrown(() => cu.compute('error({code = 7})')).value, { code: 7 });
  });

  test('a syntax error is of class syntax, and the instance goes on', async () => {
    const cu = await Cu.create({ module });
    const error = thrown(() => cu.compute('return return'));
    assert.equal(error.errorClass, 'syntax');
    assert.equal(cu.compute('return 1').value, 1);
    assert.equal(thrown(() => cu.compute('error("again")')).errorClass, 'runtime');
  });

  test('an error of one compute is not seen in the next', async () => {
    const cu = await Cu.create({ module });
    thrown(() => cu.compute('error({code = 7})'));
    assert.equal(thrown(() => cu.compute('error(function() end)')).value, undefined);
  });

  test('source may be bytes', async () => {
    const cu = await Cu.create({ module });
    assert.equal(cu.compute(new TextEncoder().encode('return "é"')).value, 'é');
    assert.equal(cu.compute(Buffer.from(`${LONG_COMMENT}return 2`)).value, 2);
    assert.throws(() => cu.compute(undefined), TypeError);
  });

  test('source longer than the buffer is placed elsewhere and freed', async () => {
    const cu = await Cu.create({ module });
    const fitting = `return 1${' '.repeat(IO_BUFFER_BYTES - 8)}`;
    assert.equal(cu.compute(fitting).value, 1);
    assert.equal(cu.compute(`${fitting} `).value, 1);
    // 40,000 UTF-16 units, 80,000 bytes.
    assert.equal(cu.compute(`--${'é'.repeat(40000)}\nreturn 2`).value, 2);
    cu.runGc();
    const { luaMemoryUsed } = cu.memoryStats();
    for (let round = 0; round < 100; round++) {
      assert.equal(cu.compute(`${LONG_COMMENT}return 3`).value, 3);
      thrown(() => cu.compute(`${LONG_COMMENT}error("x")`));
    }
    cu.runGc();
    assert.ok(cu.memoryStats().luaMemoryUsed < luaMemoryUsed + 10000);
  });

  test('source that does not fit the arena is an error', async () => {
    const cu = await Cu.create({ module });
    const error = thrown(() => cu.compute(' '.repeat(3 << 20)));
    assert.ok(error instanceof CuError);
    assert.equal(error.errorClass, 'memory');
    assert.equal(cu.compute('return 1').value, 1);
  });

  test('results that do not fit the buffer come through the store', async () => {
    const cu = await Cu.create({ module });
    const { values, output } = cu.compute('print("p") return 1, ("x"):rep(100000), {2}');
    assert.deepEqual(values, [1, 'x'.repeat(100000), [2]]);
    assert.equal(output, 'p\n');
    const { status, bytes } = cu.computeRaw('return ("x"):rep(100000)');
    assert.deepEqual([status, [...bytes]], [5, [0, 0, 0, 0, TAG_SPILLED]]);
  });

  // It stayed there, and a script of another instance or of another user could read it.
  test('a result that did not fit the buffer is not left in the store', async () => {
    const store = new MemoryStore();
    const cu = await Cu.create({ module, store });
    const batches = [];
    store.computeEnded = () => batches.push(store.size(2));
    assert.equal(cu.compute('return ("x"):rep(100000)').value.length, 100000);
    assert.equal(store.size(2), 0);
    assert.deepEqual(batches, [0], 'it is deleted before the store writes what the compute changed');
    cu.compute('_io.output = { 1 } return ("x"):rep(100000)');
    assert.deepEqual(cu.read(new ExternalTable(2)), { output: [1] }, 'and nothing else is');
    // After computeRaw the host reads it from the store. If the host dies before that, the next instance deletes it.
    cu.computeRaw('return ("x"):rep(100000)');
    assert.equal(store.size(2), 2);
    const later = await Cu.create({ module, store });
    assert.deepEqual(later.compute('return _io.result').values, [null]);
    assert.equal(store.size(2), 1);
  });

  // A first page of 512 bytes is too small for the key. The host counted that as a failure of the store.
  test('a long key fails no collection', async () => {
    const cu = await Cu.create({ module });
    cu.compute('_home.t = {} _home.t[("k"):rep(4000)] = 1 _home[("h"):rep(4000)] = 2');
    cu.runGc();
    assert.equal(cu.compute('return next(_home.t)').value.length, 4000);
  });

  test('_io is emptied and nothing else', async () => {
    const cu = await Cu.create({ module });
    cu.compute('_io.output = { 1 } _io.more = { 2 } _home.kept = 3');
    assert.ok(cu.store.size(2) === 2);
    cu.clearIo();
    assert.equal(cu.store.size(2), 0);
    assert.deepEqual(cu.compute('return _io.output, _io.more, _home.kept').values, [null, null, 3]);
  });

  test('a store that cannot delete loses no result', async () => {
    const store = faulty(new MemoryStore(), (call) => (call === 'delete' ? new Error('read-only') : undefined));
    const cu = await Cu.create({ module, store });
    for (let round = 0; round < 2; round++) {
      assert.equal(cu.compute('return ("x"):rep(100000)').value.length, 100000);
    }
    assert.equal(cu.compute('return 1').value, 1);
  });

  test('computeRaw answers status and bytes, also of an error', async () => {
    const cu = await Cu.create({ module });
    const { status, bytes } = cu.computeRaw('print("hi") return 1, true');
    assert.equal(status, bytes.length);
    assert.equal(Buffer.from(bytes).toString('hex'), '0300000068690a0201000000000000000101');
    const failed = cu.computeRaw('error("boom")');
    assert.equal(failed.bytes.length, -failed.status - 1);
    assert.match(Buffer.from(failed.bytes).toString(), /boom\nstack traceback:\n/);
  });

  test('the same seed gives the same random numbers', async () => {
    const draw = async (seed) => {
      const cu = await Cu.create({ module, config: { seed } });
      return cu.compute('return math.random(1 << 40)').value;
    };
    assert.equal(await draw(5), await draw(5));
    assert.notEqual(await draw(5), await draw(6));
  });

  test('a configuration of the wrong type is an error that names it', async () => {
    const error = await Cu.create({ module, config: { output: 'much' } })
      .then((cu) => thrown(() => cu.compute('return 1')), (reason) => reason);
    assert.ok(error instanceof CuError);
    assert.match(error.message, /output/);
  });

  test('every key of the configuration arrives, and one of the wrong type is named', async () => {
    const config = { memory: 1e6, output: 100, seed: 1, strip: true, compression: 0 };
    const cu = await Cu.create({ module, config });
    const bytes = inside(cu).control.get(new TextEncoder().encode('config'));
    assert.deepEqual(decode(bytes), { ...config, events: { error: true } });
    cu.compute('_home.f = function() error("no") end');
    const later = await Cu.create({ module, store: cu.store });
    assert.equal(later.compute('return select(2, pcall(_home.f))').value, 'no', 'stored without its line');
    const error = await Cu.create({ module, config: { strip: 1 } })
      .then((instance) => thrown(() => instance.compute('return 1')), (reason) => reason);
    assert.ok(error instanceof CuError);
    assert.match(error.message, /strip/);
  });

  test('output beyond what is kept arrives as events', async () => {
    const events = [];
    const onEvent = (event) => events.push(event);
    const cu = await Cu.create({ module, config: { output: 4, events: ['output'] }, onEvent });
    const { output } = cu.compute('print("abc") print("def")');
    // After the kept part the module adds a line with its length.
    assert.equal(output.slice(0, 4), 'abc\n');
    assert.match(output.slice(4), /4 of 8 bytes/);
    let whole = 'abc\n';
    for (const event of events) {
      assert.deepEqual(event, { kind: 'output', text: event.text, offset: whole.length });
      whole += event.text;
    }
    assert.equal(whole, 'abc\ndef\n');
    events.length = 0;
    thrown(() => cu.compute('print("abc") error("x")'));
    assert.deepEqual(events, [{ kind: 'output', text: 'abc\n', offset: 0 }]);
  });

  test('errors arrive as events when they are asked for', async () => {
    const events = [];
    const cu = await Cu.create({ module, onEvent: (event) => events.push(event) });
    thrown(() => cu.compute('error({code = 7})'));
    assert.equal(events.length, 1);
    assert.equal(events[0].kind, 'error');
    assert.equal(events[0].class, 'runtime');
    assert.deepEqual(events[0].value, { code: 7 });
  });

  test('the clock is the host\'s', async () => {
    assert.equal((await Cu.create({ module })).compute('return os.time()').value, 0);
    const cu = await Cu.create({ module, now: () => 1700000000000 });
    assert.equal(cu.compute('return os.time()').value, 1700000000);
  });

  test('the error of the store is the cause', async () => {
    const problem = new Error('disk on fire');
    const store = new MemoryStore();
    store.set = () => { throw problem; };
    const cu = await Cu.create({ module, store });
    const error = thrown(() => cu.compute('return ("x"):rep(100000)'));
    assert.ok(error instanceof HostError, String(error));
    assert.equal(error.cause, problem);
    assert.equal(cu.compute('return 1').value, 1);
  });

  test('the error of the event handler is the cause of a HostError', async () => {
    const problem = new Error('no screen');
    const onEvent = () => { throw problem; };
    const cu = await Cu.create({ module, config: { output: 0 }, onEvent });
    const error = thrown(() => cu.compute('print("x") return 1'));
    assert.ok(error instanceof HostError);
    assert.equal(error.cause, problem);
    assert.equal(cu.compute('return 1').value, 1);
  });

  test('an instance refuses calls from inside its own handlers, and goes on', async () => {
    let errors;
    let cu;
    const onEvent = () => {
      errors = ['compute', 'computeRaw', 'runGc', 'memoryStats'].map((name) => thrown(() => cu[name]('return 1')));
    };
    cu = await Cu.create({ module, config: { output: 0 }, onEvent });
    assert.equal(cu.compute('print("x") return 2').value, 2);
    for (const error of errors) assert.ok(error instanceof StateError);
  });

  test('memory statistics have the three numbers', async () => {
    const cu = await Cu.create({ module });
    cu.runGc();
    const stats = cu.memoryStats();
    assert.equal(stats.ioBufferSize, IO_BUFFER_BYTES);
    assert.equal(stats.wasmPages * 65536, inside(cu).memory.bytes.length);
    assert.ok(stats.luaMemoryUsed > 1000 && stats.luaMemoryUsed < 2 ** 21);
    cu.compute('big = ("x"):rep(500000)');
    assert.ok(cu.memoryStats().luaMemoryUsed > stats.luaMemoryUsed + 500000);
    cu.compute('big = nil');
    cu.runGc();
    assert.ok(cu.memoryStats().luaMemoryUsed < stats.luaMemoryUsed + 10000);
  });

  test('_home has an id', async () => {
    assert.equal((await Cu.create({ module })).homeTable, 1);
  });
});

// A misspelled home made an instance use the table of all those without one.
test('an option or a store that cannot be right is refused by name', async () => {
  await assert.rejects(Cu.create({ hoem: 'alice' }), (error) => error instanceof TypeError && /called hoem; there are .*home/.test(error.message));
  await assert.rejects(Cu.create({ store: {} }), /the store has no method get/);
});

// The module ignores what it does not know, so a compute with a misspelled limit had none.
test('a misspelled option of a compute, or of the configuration, is refused before anything runs', async () => {
  for (const Class of [Cu, CoreCu]) {
    const cu = await Class.create();
    const refused = (name) => (error) => error instanceof TypeError && error.message.startsWith(`no option of a compute is called ${name}; there are instructions, `);
    assert.throws(() => cu.compute('_home.ran = true', { instruction: 5 }), refused('instruction'));
    assert.throws(() => cu.call('_G.print', [], { timelimit: 5 }), refused('timelimit'));
    for (const config of [5, null, 'strip']) assert.throws(() => cu.compute('_home.ran = true', config), /the options of a compute are an object, and not/);
    assert.equal(cu.compute('return _home.ran').value, null);
    await assert.rejects(Class.create({ config: { permission: {} } }), /no option of config is called permission; there are .*permissions/);
  }
  const core = await CoreCu.create();
  assert.throws(() => core.compute('while true do end', { timeLimit: 5 }), /no option of a compute is called timeLimit/);
});

test('arguments that are no list are refused', async () => {
  const cu = await Cu.create();
  assert.throws(() => cu.call('print', 'text'), new TypeError('the arguments of a call are an array'));
  assert.throws(() => cu.call('print', null), new TypeError('the arguments of a call are an array'));
});
