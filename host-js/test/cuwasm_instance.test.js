/**
 * Loading, computing, and what is asked about memory and tables.
 */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { CuError, LuaError, ModuleError, StateError } from '../index.js';
import cuDefault, { cu, CuWASM, EnhancedCuWASM, EnhancedLuaAPI, LuaPersistent, lua, MemoryStorage } from '../cuwasm/index.js';
import { start } from './cuwasm.js';

const wasm = new URL('../../dist/cu.wasm', import.meta.url);

test('an instance is loaded once, and init says so with 0', async () => {
  const instance = new LuaPersistent();
  assert.equal(instance.isLoaded, false);
  assert.equal(instance.getIoTableId(), null);
  assert.equal(instance.getHomeTableId(), null);
  const [first, second] = await Promise.all([instance.load(), instance.load()]);
  assert.ok(first === instance && second === instance);
  assert.equal(instance.init(), 0);
  assert.equal(await instance.load(), instance);
  await assert.rejects(instance.load({ compression: false }), StateError);
  assert.equal(await new EnhancedLuaAPI().init({ autoRestore: false }), 0);
});

test('the old names are one class, and the default instance is one of it', () => {
  assert.ok(CuWASM === EnhancedCuWASM && CuWASM === EnhancedLuaAPI && CuWASM === LuaPersistent);
  assert.ok(cuDefault === cu && cu === lua && cu instanceof CuWASM);
});

test('before it is loaded an instance says what to do', async () => {
  const instance = new CuWASM();
  for (const call of ['getOutput', 'clearIo', 'runGc', 'gc', 'getMemoryStats', 'getTableInfo']) {
    assert.throws(() => instance[call](), (error) => error instanceof StateError && /await load/.test(error.message), call);
  }
  await assert.rejects(instance.compute('return 1'), /await load/);
  await assert.rejects(instance.saveState(), /await load/);
  assert.match(instance.getLastError(), /await load/);
});

test('a module that cannot be had is an error, and loading can be tried again', async () => {
  const instance = new CuWASM();
  await assert.rejects(instance.load('no/such/lua.wasm'), (error) => error instanceof ModuleError && /no\/such\/lua\.wasm/.test(error.message));
  await assert.rejects(instance.load(new Uint8Array(8)), TypeError);
  await assert.rejects(instance.load({ module: new Uint8Array(8) }), ModuleError);
  await instance.load(fileURLToPath(wasm));
  assert.equal(await instance.compute('return 1'), 1);
  await (new CuWASM()).load(wasm);
  await (new CuWASM()).load({ module: readFileSync(wasm) });
});

test('wrong options are refused by name and value', async () => {
  const wrong = {
    memorySize: '16MB', autoRestore: 1, compression: 'gzip', validation: null, storage: 5, name: 7, module: 5, config: [], home: 5,
    onEvent: 'x', now: 0, rate: true, misspelled: 1,
  };
  for (const [name, value] of Object.entries(wrong)) {
    await assert.rejects(CuWASM.init({ [name]: value }), (error) => error instanceof TypeError && error.message.includes(name), name);
  }
  await assert.rejects(CuWASM.init(5), /not 5/);
  await assert.rejects(CuWASM.init({ name: '' }), RangeError);
  await assert.rejects(CuWASM.init({ storage: { save() {}, load() {}, list() {} } }), /no method delete/);
});

test('memorySize bounds a script when it is less than the arena', async () => {
  const source = 'return #("x"):rep(600000)';
  assert.equal(await (await start({ memorySize: 16 * 1024 * 1024 })).compute(source), 600000);
  await assert.rejects((await start({ memorySize: 300000 })).compute(source), /not enough memory/);
});

test('compute answers the last value that was returned', async () => {
  const instance = await start();
  assert.equal(await instance.compute('return 1, 2, "three"'), 'three');
  assert.equal(await instance.compute('local x = 1'), null);
  assert.deepEqual(await instance.compute('return { a = { 1, 2 } }'), { a: [1, 2] });
  assert.equal(await instance.compute(new TextEncoder().encode('return 5')), 5);
  assert.equal(await instance.eval('return 6'), 6);
});

test('compute is done when it returns, and its promise has the result', async () => {
  const instance = await start();
  const answer = instance.compute('_io.output = 1 print("printed") return 1, 2');
  assert.equal(instance.getOutput(), 1);
  assert.deepEqual([answer.value, answer.values, answer.output, answer.error], [2, [1, 2], 'printed\n', null]);
  assert.equal(await answer, 2);
  const { value, output } = instance.eval('print("x") return 3');
  assert.deepEqual([value, output], [3, 'x\n']);
});

test('a failed compute rejects, is told, and leaves the instance usable', async () => {
  const instance = await start();
  const failed = instance.compute('error({ code = 7 })');
  assert.ok(failed.error instanceof LuaError);
  assert.deepEqual([failed.error.value, failed.value], [{ code: 7 }, undefined]);
  await assert.rejects(failed, LuaError);
  assert.equal(typeof instance.getLastError(), 'string');
  await assert.rejects(instance.compute('return ]'), /unexpected symbol/);
  assert.match(instance.getLastError(), /unexpected symbol/);
  assert.equal(await instance.compute('return 1'), 1);
  assert.equal(instance.getLastError(), null);
  for (const wrong of [undefined, null, 5, {}, [], Symbol('s'), () => 1]) await assert.rejects(instance.compute(wrong), /TypeError: .*a string/);
});

test('a failure of which nobody takes notice does not end the process', () => {
  const source = `
    import cu from '${new URL('../cuwasm/index.js', import.meta.url)}';
    cu.compute('return 1');
    await cu.load();
    cu.compute('error("nobody awaits this")');
    await new Promise((resolve) => setTimeout(resolve, 20));
    console.log(cu.getLastError());`;
  const options = ['--no-concurrent-recompilation', '--input-type=module', '-e', source];
  assert.equal(execFileSync(process.execPath, options, { encoding: 'utf8' }), 'compute:1: nobody awaits this\n');
});

test('tables of the store arrive as their content, one value each', async () => {
  const instance = await start();
  await instance.compute('_home.users = { ada = { name = "Ada" }, bob = { name = "Bob" } } _home.users.ada.friend = _home.users.bob');
  assert.deepEqual(await instance.compute('return _home.users.bob'), { name: 'Bob' });
  const { list, ada } = await instance.compute('return { list = { _home.users.bob, _home.users.bob, 1 }, ada = _home.users.ada }');
  assert.ok(list[0] === list[1] && list[0] === ada.friend);
  await instance.compute('_home.ring = {} _home.ring.next = _home.ring');
  const ring = await instance.compute('return _home.ring');
  assert.ok(ring.next === ring);
  const map = await instance.compute('return { [1.5] = _home.users.bob }');
  assert.deepEqual(map, new Map([[1.5, { name: 'Bob' }]]));
  assert.deepEqual(await instance.compute('return _home.users, ext.table()'), []);
});

test('memory statistics tell the truth, and a collection frees', async () => {
  const instance = await start();
  await instance.compute('garbage = {} for i = 1, 20000 do garbage[i] = i end');
  const before = instance.getMemoryStats();
  assert.equal(before.total, before.used + before.free);
  assert.equal(before.total, before.wasm_pages * 65536);
  assert.equal(before.lua_memory_used, before.used);
  assert.equal(before.io_buffer_size, 65536);
  await instance.compute('garbage = nil');
  assert.equal(instance.runGc(), undefined);
  assert.ok(instance.getMemoryStats().used < before.used - 100000);
  instance.gc();
});

test('readBuffer reads text, and nothing outside of the memory', async () => {
  const instance = await start();
  const { total } = instance.getMemoryStats();
  assert.equal(instance.readBuffer(total - 4, 4).length, 4);
  assert.equal(instance.readBuffer(0, 0), '');
  for (const [ptr, len] of [[-1, 1], [0, total + 1], [total, 1], [0.5, 1], ['0', 1], [0], [NaN, 1], [0, Infinity]]) {
    assert.throws(() => instance.readBuffer(ptr, len), (error) => error instanceof RangeError || error instanceof TypeError, `${ptr} ${len}`);
  }
});

test('tables have ids', async () => {
  const instance = await start();
  assert.deepEqual([instance.getHomeTableId(), instance.getMemoryTableId(), instance.getIoTableId()], [1, 1, 2]);
  assert.equal(await instance.getHomeTableId(), 1);
  const before = instance.getTableInfo();
  assert.deepEqual(before, { memoryTableId: 1, homeTableId: 1, ioTableId: 2, tableCount: 2, tableIds: [1, 2] });
  await instance.compute('_home.users = { { name = "Ada" } }');
  const { tableCount, tableIds } = instance.getTableInfo();
  assert.deepEqual([tableCount, tableIds.length, tableIds.includes(instance.getTableId('users'))], [4, 4, true]);
  assert.equal(instance.getTableId('Memory'), 1);
  assert.equal(instance.getTableId('_home.users'), instance.getTableId('Memory.users'));
  assert.throws(() => instance.getTableId('nobody'), (error) => error instanceof CuError && /no table _home\.nobody/.test(error.message));
  for (const wrong of ['', '.', 'a..b', null, {}, NaN, 0, -1, 1.5, 2 ** 31, 2 ** 40]) {
    assert.throws(() => instance.getTableId(wrong), TypeError, String(wrong));
  }
  assert.throws(() => instance.getTableId(4711), /no table with the id 4711/);
});

test('instances are independent', async () => {
  const [first, second] = await Promise.all([start(), start()]);
  await first.compute('x = 1 _home.y = 2');
  assert.deepEqual(await second.compute('return { x = x, y = _home.y }'), []);
});

test('a closed instance is over', async () => {
  const instance = await start();
  instance.close();
  assert.equal(instance.isLoaded, false);
  await assert.rejects(instance.compute('return 1'), /closed/);
  await assert.rejects(instance.load(), /closed/);
  assert.throws(() => instance.getOutput(), /closed/);
  const closing = new CuWASM();
  const loading = closing.load({ storage: new MemoryStorage() });
  closing.close();
  await assert.rejects(loading, /closed/);
});

test('a method without its object says so', async () => {
  const { compute, getOutput } = await start();
  assert.throws(() => getOutput(), /no instance of CuWASM/);
  assert.throws(() => compute.call({}, 'return 1'), /no instance of CuWASM/);
});
