/**
 * Calls by record: what is passed and refused on this side; tests/node/calls.test.mjs has the module's.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { Cu, CuError, EncodeError, ExternalTable, LuaError, RateError, Way } from '../index.js';

const SCRIPT = `
  _home.users = { ada = { age = 36 } }
  local calls = 0
  function _home.count() calls = calls + 1 return calls end
  function _home.echo(...) return ... end
  function _home.user() return _home.users.ada end`;

async function start(options) {
  const cu = await Cu.create(options);
  cu.compute(SCRIPT);
  return cu;
}

test('values and ways are passed, and come back', async () => {
  const cu = await start();
  const values = [1, 2.5, 'text', true, null, [1, 2], { a: { b: 1 } }, 2n ** 70n];
  assert.deepEqual(cu.call('_home.echo', values).values, values);
  assert.deepEqual(cu.call('_home.echo', [undefined, new Way('_home.users.ada.age')]).values, [null, 36]);
  assert.deepEqual(cu.call('_home.echo').values, [null]);
  assert.equal(cu.call('_home.count').value, 1);
  assert.equal(cu.call(new Way('_home.count')).value, 2);
});

test('tables arrive as references, or as their content', async () => {
  const cu = await start();
  const { value } = cu.call('_home.user');
  assert.ok(value instanceof ExternalTable);
  assert.deepEqual(cu.call('_home.echo', [value], { content: true }).value, { age: 36 });
  assert.deepEqual(cu.call('_home.user', [], { content: true }).value, { age: 36 });
});

test('arguments may be longer than the buffer', async () => {
  const cu = await start();
  for (const length of [65500, 65536, 70000, 400000]) {
    const before = cu.memoryStats().luaMemoryUsed;
    assert.equal(cu.call('_home.echo', ['x'.repeat(length)]).value.length, length);
    cu.runGc();
    assert.ok(cu.memoryStats().luaMemoryUsed < before + 20000, `${length}`);
  }
  assert.throws(() => cu.call('_home.echo', ['x'.repeat(3000000)]), (error) => error instanceof CuError && error.errorClass === 'memory');
  assert.equal(cu.call('_home.count').value, 1);
});

test('one call can have its own configuration', async () => {
  const cu = await start();
  assert.throws(() => cu.call('_home.count', [], { instructions: 20 }), { errorClass: 'budget' });
  assert.throws(() => cu.call('rawset', [new Way('_home'), 'x', 1], { permissions: { write: false } }), LuaError);
  assert.equal(cu.call('rawget', [new Way('_home'), 'x']).value, null);
});

test('what has no encoding is refused before anything runs, with its place', async () => {
  const cu = await start();
  for (const way of ['', '.', 'a.', '.a', 'a..b', undefined, 7]) {
    assert.throws(() => cu.call(way), (error) => error instanceof EncodeError && /is no way/.test(error.message), String(way));
    assert.throws(() => cu.call('f', [new Way(way)]), EncodeError, String(way));
  }
  assert.throws(() => cu.call('f', [1, { a: [() => 1] }]), { path: 'value[2].a[1]' });
  assert.throws(() => cu.call('f', new Array(251).fill(1)), /251 arguments, where 250 are the most/);
  assert.deepEqual(cu.call('_home.echo', new Array(250).fill(1)).values.length, 250);
});

test('calls count as computes', async () => {
  const cu = await Cu.create({ rate: { computes: 1, clock: () => 0 } });
  cu.call('print');
  assert.throws(() => cu.call('print'), RateError);
});
