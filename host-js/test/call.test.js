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

test('a function that is prepared once is called with other arguments', async () => {
  const cu = await start();
  const echo = cu.prepare('_home.echo');
  const values = [1, 2.5, 'text', true, null, [1, 2], { a: { b: 1 } }, 2n ** 70n];
  for (const given of [values, [1], [undefined, 2], values.slice(4)]) {
    assert.deepEqual(echo(...given).values, cu.call('_home.echo', given).values);
  }
  assert.deepEqual(echo().values, [null]);
  assert.equal(echo(new Way('_home.users.ada.age')).value, 36);
  assert.equal(echo('x'.repeat(70000)).value.length, 70000);
  assert.deepEqual(Object.keys(cu.prepare(new Way('_home.count'))()), Object.keys(cu.call('_home.count')));
});

test('what is prepared has its options', async () => {
  const cu = await start();
  assert.ok(cu.prepare('_home.user')().value instanceof ExternalTable);
  assert.deepEqual(cu.prepare('_home.user', { content: true })().value, { age: 36 });
  const bounded = cu.prepare('_home.count', { instructions: 20 });
  for (let round = 0; round < 3; round++) assert.throws(bounded, { errorClass: 'budget' });
  assert.equal(cu.call('_home.count').value, 1);
  const limited = cu.prepare('string.rep', { timeLimit: 10000, content: true });
  assert.equal(limited('x', 3).value, 'xxx');
  assert.throws(() => cu.prepare('_home.count', { instruction: 20 })(), /no option of a compute is called instruction/);
});

test('what is prepared is refused at once where it has no encoding, and its arguments when they are given', async () => {
  const cu = await start();
  for (const way of ['', '.', 'a.', '.a', 'a..b', undefined, 7]) {
    assert.throws(() => cu.prepare(way), (error) => error instanceof EncodeError && /is no way/.test(error.message), String(way));
  }
  const echo = cu.prepare('_home.echo');
  assert.throws(() => echo(1, { a: [() => 1] }), { path: 'value[2].a[1]' });
  assert.throws(() => echo(...new Array(251).fill(1)), /251 arguments, where 250 are the most/);
  assert.equal(echo(...new Array(250).fill(1)).values.length, 250);
});

test('the way of what is prepared is seen at each call', async () => {
  const cu = await start();
  const price = cu.prepare('_home.price');
  assert.throws(price, { name: 'LuaError', message: "the way '_home.price' leads to nothing" });
  cu.compute('function _home.price(n) return 2 * n end');
  assert.equal(price(4).value, 8);
  cu.compute('function _home.price(n) return 3 * n end');
  assert.equal(price(4).value, 12);
  cu.close();
  assert.throws(price, { name: 'StateError' });
});

test('a getter of an argument may use what is prepared', async () => {
  const cu = await start();
  const echo = cu.prepare('_home.echo');
  const row = { get inner() { return echo([1, 2]).value; }, last: 3 };
  assert.deepEqual(echo(row, 'behind').values, [{ inner: [1, 2], last: 3 }, 'behind']);
});

test('options without an option are none', async () => {
  const cu = await Cu.create({ config: { instructions: 30 } });
  const loop = 'for i = 1, 100 do end';
  for (const config of [undefined, {}]) assert.throws(() => cu.compute(loop, config), { errorClass: 'budget' });
  cu.compute(loop, { instructions: 5000 });
  assert.throws(() => cu.compute(loop, {}), { errorClass: 'budget' });
});

test('errors name the way, the part that is missing, and what is there in place of a function', async () => {
  const cu = await start();
  cu.compute("_home.orders = { paid = 3 } callable = setmetatable({}, { __call = function(_, n) return n + 1 end }) function _home.fail(user) return user.name.first end");
  const nothing = { a: 1 };
  for (const [way, args, message] of [
    ['totals', [], "the way 'totals' leads to nothing"],
    ['_home.orders.total', [], "the way '_home.orders.total' leads to nothing"],
    ['_home.order.total.net', [], "the way '_home.order.total.net' ends at '_home.order', a nil value"],
    ['_home.orders.paid.net', [], "the way '_home.orders.paid.net' ends at '_home.orders.paid', a number value"],
    ['_home.orders.paid', [], "the way '_home.orders.paid' leads to a number value, which cannot be called"],
    ['_home.orders', [], "the way '_home.orders' leads to a table value, which cannot be called"],
    ['_home.echo', [new Way('_home.users.bob')], "the way '_home.users.bob' leads to nothing"],
    ['_home.fail', [nothing], "compute:1: attempt to index a nil value (field 'name')"],
  ]) {
    for (const run of [() => cu.call(way, args), () => cu.prepare(way)(...args)]) {
      assert.throws(run, (error) => {
        assert.deepEqual([error.name, error.errorClass, error.message], ['LuaError', 'runtime', message]);
        return true;
      });
    }
  }
  assert.equal(cu.call('callable', [1]).value, 2);
});

test('the traceback of an error begins in the function that was called', async () => {
  const cu = await Cu.create();
  cu.compute('local function inner(user)\n  local name = user.name.first\n  return name\nend\nfunction _home.fail(user)\n  local name = inner(user)\n  return name\nend');
  const again = await Cu.create({ store: cu.store });
  for (const one of [cu, again]) {
    assert.throws(() => one.call('_home.fail', [{}]), ({ message, traceback }) => {
      assert.equal(message, "compute:2: attempt to index a nil value (field 'name')");
      const levels = traceback.split('\n').slice(1);
      assert.match(levels[0], /^\tcompute:2: in (upvalue 'inner'|function <compute:1>)$/);
      assert.match(levels[1], /^\tcompute:6: in function <compute:5>$/);
      assert.equal(levels.length, 2, traceback);
      return true;
    });
  }
});

test('calls count as computes', async () => {
  const cu = await Cu.create({ rate: { computes: 1, clock: () => 0 } });
  cu.call('print');
  assert.throws(() => cu.call('print'), RateError);
});
