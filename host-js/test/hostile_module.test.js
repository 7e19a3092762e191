/**
 * Modules that break the contract, assembled by stub.js.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { Cu, CuError, DecodeError, LuaError, ModuleError, TrapError } from '../index.js';
import { BUFFER_POINTER, constant, custom, GROW, STORE, stubModule, UNREACHABLE } from './stub.js';

test('a trap is a TrapError, and the instance refuses further use', async () => {
  const cu = await Cu.create({ module: stubModule({ compute: UNREACHABLE }) });
  assert.throws(() => cu.compute('return 1'), (error) => (
    error instanceof TrapError && error.cause instanceof WebAssembly.RuntimeError
  ));
  for (const action of [
    () => cu.compute('return 1'), () => cu.computeRaw(''), () => cu.runGc(), () => cu.memoryStats(), () => cu.homeTable,
  ]) assert.throws(action, TrapError);
});

test('a memory that grows under a call does no harm', async () => {
  const compute = [...constant(1), ...GROW, ...constant(5)];
  const cu = await Cu.create({ module: stubModule({ compute }) });
  assert.deepEqual(cu.compute('').values, [null]);
  assert.equal(cu.compute(new Uint8Array(0)).value, null);
});

test('a response that lies about its output is an error', async () => {
  const compute = [...constant(BUFFER_POINTER), ...constant(-1), ...STORE, ...constant(5)];
  const cu = await Cu.create({ module: stubModule({ compute }) });
  assert.throws(() => cu.compute(''), CuError);
});

test('values that cannot be decoded are a DecodeError', async () => {
  const compute = [
    ...constant(BUFFER_POINTER), ...constant(0), ...STORE,
    ...constant(BUFFER_POINTER + 4), ...constant(0x0c), ...STORE, ...constant(5),
  ];
  const cu = await Cu.create({ module: stubModule({ compute }) });
  assert.throws(() => cu.compute(''), (error) => error instanceof DecodeError && error.offset === 0);
});

test('a spilled result that the store does not have is an error', async () => {
  const compute = [
    ...constant(BUFFER_POINTER), ...constant(0), ...STORE,
    ...constant(BUFFER_POINTER + 4), ...constant(0x0a), ...STORE, ...constant(5),
  ];
  const cu = await Cu.create({ module: stubModule({ compute }) });
  assert.throws(() => cu.compute(''), /the store has lost a result/);
});

test('an error without traceback and report is the text alone', async () => {
  const cu = await Cu.create({ module: stubModule({ compute: constant(-5) }) });
  assert.throws(() => cu.compute('text'), (error) => {
    assert.ok(error instanceof LuaError);
    assert.deepEqual([error.message, error.traceback, error.errorClass, error.value], ['text', '', '', undefined]);
    return true;
  });
});

test('a length beyond memory is an error', async () => {
  for (const status of [0x7fffffff, -0x7fffffff]) {
    const cu = await Cu.create({ module: stubModule({ compute: constant(status) }) });
    assert.throws(() => cu.compute(''), CuError);
    assert.throws(() => cu.computeRaw(''), CuError);
  }
});

test('bytes that are no module of cu are a ModuleError', async () => {
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  await assert.rejects(Cu.create({ module: new Uint8Array(8) }), ModuleError);
  await assert.rejects(Cu.create({ module: new TextEncoder().encode('<!doctype html>') }), ModuleError);
  await assert.rejects(Cu.create({ module: empty }), /not a cu module: it has no section 'cu'/);
  const named = Uint8Array.of(...empty, ...custom('cu', '{"version":"0.1.0","abi":1,"features":[]}'));
  await assert.rejects(Cu.create({ module: named }), /not a cu module: it exports no init/);
  await assert.rejects(Cu.create({ module: 'cu.wasm' }), ModuleError);
});

test('a failing init is a ModuleError', async () => {
  await assert.rejects(Cu.create({ module: stubModule({ init: constant(-1) }) }), /init answered -1/);
  await assert.rejects(Cu.create({ module: stubModule({ init: UNREACHABLE }) }), TrapError);
});
