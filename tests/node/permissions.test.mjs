// Permissions of a compute: read-only and hidden tables, library functions that are switched off, computes that change
// nothing. The tests try every known way around each of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, HostError, LuaError, MemoryStore, encode, encodeKey } from '../../host-js/index.js';
import { inside } from '../../host-js/handle.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** A home with content to guard, and with these other options of the instance. */
async function furnished(options = {}) {
  const cu = await Cu.create({ module, ...options });
  cu.compute(`
    _home.prices = { apple = 3, list = { 10, 20, { deep = 1 } } }
    _home.secrets = { token = 't0p' }
    _home.open = { n = 1 }
    local count = 0
    function _home.counter() count = count + 1; return count end
    function _home.peek() return _home.secrets end
  `);
  return cu;
}

const readonly = { permissions: { tables: { '_home.prices': 'readonly' } } };
const hidden = { permissions: { tables: { '_home.secrets': 'hidden' } } };
const pure = { permissions: { write: false } };

/** Runs code that must fail with this part of the message. */
function refused(cu, code, config, message) {
  assert.throws(() => cu.compute(code, config), (error) => {
    assert.ok(error instanceof LuaError, `${code}: ${error}`);
    assert.match(error.message, message, code);
    return true;
  });
}

const snapshot = (cu) => Buffer.from(cu.store.snapshot()).toString('hex');

// ---- read-only tables ----

const CHANGES = [
  '_home.prices.apple = 4',
  '_home.prices.apple = nil',
  '_home.prices.new = 1',
  '_home.prices.new = {}',
  '_home.prices.new = function() end',
  'rawset(_home.prices, "apple", 4)',
  'table.insert(_home.prices.list, 30)',
  'table.remove(_home.prices.list)',
  'table.sort(_home.prices.list, function(a, b) return true end)',
  '_home.prices.list[3].deep = 2',
  'for _, v in pairs(_home.prices) do if type(v) ~= "number" then v[1] = 0 end end',
  'local _, v = next(_home.prices, "apple") v[1] = 0',
  'local list = rawget(_home.prices, "list") list[1] = 0',
  'ext.drop(_home.prices)',
  'ext.drop(_home.prices.list)',
  '_home.prices = nil',
  '_home.prices = {}',
  'rawset(_home, "prices", {})',
  'ext.drop(_home)',
  '_home.alias = _home.prices _home.alias.apple = 4',
  'local p = _home.prices collectgarbage() p.apple = 4',
  'coroutine.wrap(function() _home.prices.apple = 4 end)()',
  'local ok, message = pcall(function() _home.prices.apple = 4 end) error(message, 0)',
];

for (const code of CHANGES) {
  test(`read-only: ${code}`, async () => {
    const cu = await furnished();
    const before = cu.compute('return _home.prices').value.id;
    refused(cu, code, readonly, /may not be (changed|emptied): (it is read-only|a guarded table is behind it)/);
    assert.deepEqual(cu.compute(`
      local p = _home.prices
      return p.apple, p.new, #p.list, p.list[1], p.list[3].deep`).values, [3, null, 3, 10, 1]);
    assert.equal(cu.compute('return _home.prices').value.id, before);
    assert.equal(cu.compute('_home.prices.apple = 5 return _home.prices.apple').value, 5, 'permissions outlived their compute');
  });
}

test('a read-only table can be read in every way, and what lies beside it changed', async () => {
  const cu = await furnished();
  assert.deepEqual(cu.compute(`
    local p, seen = _home.prices, {}
    for k in pairs(p) do seen[#seen + 1] = k end
    _home.open.n = 2
    _home.fresh = { of = p }
    _home.fresh.more = true
    return p.apple, #p.list, table.concat(seen, ','), ext.size(p), _home.open.n, rawequal(_home.fresh.of, p)`, readonly).values,
  [3, 3, 'apple,list', 2, 2, true]);
});

test('rows are not kept alive by being read-only', async () => {
  const cu = await Cu.create({ module, config: { memory: 600_000 } });
  cu.compute('_home.rows = {} for i = 1, 5000 do _home.rows[i] = { n = i } end');
  assert.equal(cu.compute(`
    local sum = 0
    for _, row in pairs(_home.rows) do sum = sum + row.n end
    assert(not pcall(function() _home.rows[77].n = 0 end))
    return sum`, { permissions: { tables: { '_home.rows': 'readonly' } } }).value, 12502500);
});

test('what was reached through a read-only table is read-only later, and free with other permissions', async () => {
  const cu = await furnished();
  cu.compute('list = _home.prices.list', readonly);
  refused(cu, 'list[1] = 0', readonly, /read-only/);
  assert.equal(cu.compute('list[1] = 11 return list[1]', hidden).value, 11);
  assert.equal(cu.compute('list[1] = 12 return list[1]').value, 12);
  refused(cu, 'list[1] = 0', readonly, /read-only/);
  assert.equal(cu.compute('return list[1]').value, 12);
});

const HIDEOUTS = [
  '_home.alias = _home.prices.list',
  '_home.alias = { _home.prices.list }',
  '_home.alias = { { x = { _home.prices.list } } }',
  'local list = _home.prices.list function _home.alias() return list end',
  '_home.open.alias = _home.prices.list[3]',
  'rawset(_home, "alias", _home.prices.list)',
  'table.insert(_home.open, _home.prices.list)',
  '_io.alias = { _home.prices.list }',
  '_io.output = _home.prices.list',
  '_io.output = { { _home.prices.list } }',
  '_io.output = {} for i = 1, 2000 do _io.output[i] = "padding" end _io.output[7] = _home.prices.list',
  '_home.keep(_home.prices.list)',
];

for (const code of HIDEOUTS) {
  test(`no other way into a read-only table is made: ${code}`, async () => {
    const cu = await furnished();
    cu.compute('local kept function _home.keep(x) kept = x end function _home.kept() return kept end');
    refused(cu, code, readonly, /a table inside a read-only one stays where it is/);
    assert.equal(cu.compute('return _home.kept()').value, null);
    const store = snapshot(cu);
    const fresh = await Cu.create({ module, store: cu.store });
    fresh.compute('return 1');
    assert.equal(fresh.compute('return _home.kept() or _home.alias or _io.alias').value, null);
    assert.equal(snapshot(cu), store);
  });
}

test('a read-only table itself may be referred to from elsewhere, and answered', async () => {
  const cu = await furnished();
  cu.compute('_home.alias = _home.prices _io.output = { _home.prices }', readonly);
  refused(cu, '_home.alias.apple = 1', readonly, /read-only/);
  refused(cu, '_io.output[1].apple = 1', readonly, /read-only/);
  assert.equal(cu.compute('return _home.prices.list', readonly).values.length, 1);
});

test('a table is guarded by its id, wherever it lies by now', async () => {
  const cu = await furnished();
  const { id } = cu.compute('return _home.prices').value;
  cu.compute('_home.elsewhere = _home.prices _home.prices = nil');
  refused(cu, '_home.elsewhere.apple = 0', { permissions: { tables: { [id]: 'readonly' } } }, /read-only/);
  refused(cu, 'return _home.elsewhere.apple', { permissions: { tables: { [id]: 'hidden' } } }, /attempt to index a nil value/);
});

test('the way to a guarded table stays', async () => {
  const cu = await furnished();
  cu.compute('_home.a = { b = { c = 1 } }');
  const config = { permissions: { tables: { '_home.a.b': 'readonly' } } };
  for (const code of ['_home.a = nil', '_home.a = { b = {} }', '_home.a.b = nil', 'ext.drop(_home.a)', '_home.a.b.c = 2']) {
    refused(cu, code, config, /a guarded table is behind it|read-only/);
  }
  assert.equal(cu.compute('_home.a.d = 5 return _home.a.d', config).value, 5);
  refused(cu, '_home.a.d = 6', { permissions: { tables: { _home: 'readonly' } } }, /read-only/);
});

test('an entry that is not there yet, or is no table, is guarded too', async () => {
  const cu = await furnished();
  cu.compute('_home.version = 3');
  const config = { permissions: { tables: { '_home.version': 'readonly', '_home.later': 'readonly', '_home.none.of': 'hidden' } } };
  refused(cu, '_home.version = 4', config, /key 'version' of _home may not be changed: it is read-only/);
  refused(cu, '_home.later = {}', config, /key 'later'/);
  assert.equal(cu.compute('return _home.version', config).value, 3);
});

test('a table that the host stored as one value is guarded with all that is in it', async () => {
  const store = new MemoryStore();
  store.set(1, encodeKey('given'), encode({ inner: { x: 1 } }));
  const cu = await Cu.create({ module, store });
  const config = { permissions: { tables: { '_home.given': 'readonly' } } };
  refused(cu, '_home.given.inner.x = 2', config, /read-only/);
  refused(cu, '_home.given.inner.x = 2', { permissions: { tables: { '_home.given.inner': 'readonly' } } }, /read-only/);
  refused(cu, '_home.given.inner.x = 2', pure, /this compute is read-only/);
  assert.deepEqual(cu.readHome(), { given: { inner: { x: 1 } } });
});

// ---- hidden tables ----

test('a hidden table is not there', async () => {
  const cu = await furnished();
  assert.deepEqual(cu.compute(`
    local seen = {}
    for k in pairs(_home) do seen[#seen + 1] = k end
    return _home.secrets, rawget(_home, 'secrets'), _home.peek(), table.concat(seen, ','), next(_home, 'prices')`, hidden).values,
  [null, null, null, 'counter,open,peek,prices', null]);
  const sizes = 'return ext.size(_home), #_home, rawlen(_home)';
  assert.deepEqual(cu.compute(sizes, hidden).values, [4, 4, 4]);
  assert.deepEqual(cu.compute(sizes, { permissions: { tables: { '_home.secrets': 'hidden', '_home.absent': 'hidden', '_home.prices': 'readonly' } } }).values,
    [4, 4, 4]);
  assert.deepEqual(cu.compute(sizes).values, [5, 5, 5]);
  refused(cu, 'return _home.secrets.token', hidden, /index a nil value/);
  refused(cu, '_home.secrets = {}', hidden, /key 'secrets' of _home may not be changed: it is hidden/);
  refused(cu, '_home.secrets = nil', hidden, /hidden/);
  assert.equal(cu.compute('return _home.secrets.token').value, 't0p');
});

test('a hidden table that an earlier compute left somewhere is of no use', async () => {
  const cu = await furnished();
  cu.compute(`
    kept = _home.secrets
    _home.alias = _home.secrets
    local s = _home.secrets
    function _home.inside() return s.token end
    function _home.itself() return s end
  `);
  for (const code of [
    'return kept.token', 'kept.token = 1', 'return #kept', 'return ext.size(kept)', 'return next(kept)', 'rawset(kept, 1, 1)',
    'return rawget(kept, "token")', 'return rawlen(kept)', 'for k in pairs(kept) do end', 'for i in ipairs(kept) do end',
    'ext.drop(kept)', 'return table.unpack(kept)', 'return _home.inside()', 'return _home.itself().token', 'return kept[nil]',
  ]) {
    refused(cu, code, hidden, /may not be used: it is hidden/);
  }
  assert.equal(cu.compute('return _home.alias', hidden).value, null);
});

test('a hidden value that is no table is not there either', async () => {
  const cu = await furnished();
  cu.compute('_home.pin = 1234');
  const config = { permissions: { tables: { '_home.pin': 'hidden' } } };
  assert.equal(cu.compute('return _home.pin', config).value, null);
  assert.equal(cu.compute('for k in pairs(_home) do if k == "pin" then return k end end', config).value, null);
});

// ---- computes that change nothing ----

const WRITES = [
  '_home.open.n = 2', '_home.x = 1', '_home.x = {}', '_home.x = function() end', '_home.open = nil', 'ext.drop(_home.open)',
  'ext.drop(_home)', 'rawset(_home, 1, 1)', 'return ext.table()', 'table.insert(_home.prices.list, 1)',
];

for (const code of WRITES) {
  test(`a read-only compute: ${code}`, async () => {
    const cu = await furnished();
    const before = snapshot(cu);
    refused(cu, code, pure, /this compute is read-only/);
    assert.equal(snapshot(cu), before);
    cu.compute('_home.open.n = 7');
    assert.equal(cu.compute('return _home.open.n').value, 7);
  });
}

test('a read-only compute reads, calls, and answers', async () => {
  const cu = await furnished();
  const before = snapshot(cu);
  assert.deepEqual(cu.compute(`
    x = 1
    _io.output = { sum = _home.prices.apple + 1 }
    return _home.prices.apple, _home.peek().token, x`, pure).values, [3, 't0p', 1]);
  assert.deepEqual(cu.compute('return _io.output').value, { sum: 4 });
  cu.compute('_io.output = nil');
  assert.equal(snapshot(cu), before);
});

test('captured variables that a read-only compute changes are put back, which is one event', async () => {
  const store = new MemoryStore();
  const events = [];
  const cu = await furnished({ store, config: { events: ['audit'] }, onEvent: (event) => events.push(event) });
  assert.equal(cu.compute('return _home.counter()').value, 1);
  const before = snapshot(cu);
  assert.equal(cu.compute('return _home.counter() * 10 + _home.counter()', pure).value, 23);
  assert.deepEqual(events.filter(({ action }) => action === 'variables_put_back').map(({ variables, first }) => [variables, first]), [[1, 'count']]);
  assert.equal(snapshot(cu), before);
  refused(cu, '_home.counter() error("own")', pure, /own/);
  assert.equal(cu.compute('return _home.counter()').value, 2);
  assert.equal((await Cu.create({ module, store })).compute('return _home.counter()').value, 3);
});

test('a captured function, table, long string and nil are put back', async () => {
  const cu = await furnished();
  cu.compute(`
    local f, t, s, n = function() return 'f' end, { 1 }, ('long'):rep(1000), nil
    function _home.set() f, t, s, n = print, { 2 }, 's', 5 end
    function _home.state() return f(), t[1], #s, n end
  `);
  const fresh = await Cu.create({ module, store: cu.store });
  for (const instance of [cu, fresh]) {
    assert.deepEqual(instance.compute('_home.set() return _home.state()', pure).values, [null, 2, 1, 5]);
    assert.deepEqual(instance.compute('return _home.state()').values, ['f', 1, 4000, null]);
  }
});

test('a change that could not be put back is put back before the next compute, or that fails', async () => {
  const store = new MemoryStore();
  const cu = await furnished({ store });
  cu.compute('_home.counter()');
  const { get } = store;
  const lend = store.lend.bind(store);
  const cells = 0x80000004;
  let broken = true;
  store.get = function (table, key) { if (broken && table === cells) throw new Error('down'); return get.call(this, table, key); };
  store.lend = (table, key) => { if (broken && table === cells) throw new Error('down'); return lend(table, key); };
  assert.throws(() => cu.compute('return _home.counter()', pure), HostError);
  assert.throws(() => cu.compute('return 1'), HostError);
  broken = false;
  assert.equal(cu.compute('return _home.counter()').value, 2);
});

test('what an earlier compute could not write is written before a read-only one', async () => {
  const store = new MemoryStore();
  const cu = await furnished({ store });
  const set = store.set.bind(store);
  let broken = true;
  store.set = (table, ...rest) => { if (broken && table === 0x80000004) throw new Error('down'); set(table, ...rest); };
  assert.throws(() => cu.compute('return _home.counter()'), HostError);
  assert.throws(() => cu.compute('return 1', pure), HostError);
  broken = false;
  assert.equal(cu.compute('return 1', pure).value, 1);
  assert.equal((await Cu.create({ module, store })).compute('return _home.counter()').value, 2);
});

// ---- library functions ----

const off = (...names) => ({ permissions: { library: Object.fromEntries(names.map((name) => [name, false])) } });

test('a function that is switched off cannot be called, wherever it comes from', async () => {
  const cu = await furnished();
  cu.compute(`
    rep, keep = string.rep, { f = string.rep }
    _home.rep = string.rep
    local r = string.rep
    function _home.use() return r('x', 2) end
  `);
  for (const code of [
    'return string.rep("x", 2)', 'return ("x"):rep(2)', 'return rep("x", 2)', 'return keep.f("x", 2)', 'return _home.rep("x", 2)',
    'return _home.use()', 'return select(2, assert(pcall(rep, "x", 2)))', 'return coroutine.wrap(rep)("x", 2)',
    'return setmetatable({}, { __index = rep }).x', 'return setmetatable({}, { __call = rep })("x", 2)',
    'return package.loaded.string.rep("x", 2)', 'return table.unpack({ rep })("x", 2)', 'local f <close> = setmetatable({}, { __close = rep })',
    'table.sort({ 1, 2 }, rep)', 'return ("x"):gsub("x", rep)', 'return require("string").rep("x", 2)',
  ]) {
    refused(cu, code, off('string.rep'), /string\.rep may not be called: it is switched off/);
  }
  refused(cu, '\nlocal x = ("x"):rep(2)', off('string.rep'), /^compute:2: string\.rep/);
  assert.equal(cu.compute('return _home.use() .. rep("y", 2)').value, 'xxyy', 'switches outlived their compute');
});

test('a library is switched off as a whole, and functions of it on again', async () => {
  const cu = await furnished();
  const config = { permissions: { library: { os: false, 'os.time': true, _G: false, assert: true, pcall: true, type: true } } };
  assert.deepEqual(cu.compute('return os.time(), type(1), (pcall(os.clock)), (pcall(load, "")), ("x"):rep(2)', config).values,
    [0, 'number', false, false, 'xx']);
  refused(cu, 'local b = require("bigint") return b.new(1) + 1', off('bigint'), /bigint\.new/);
});

test('every function can be switched off, and then none of C can be called', async () => {
  const names = ['_G', 'bigint', 'coroutine', 'debug', 'ext', 'io', 'math', 'os', 'string', 'table', 'utf8'];
  const cu = await furnished();
  cu.compute(`
    all = {}
    for _, library in pairs(package.loaded) do
      for name, f in pairs(library) do if type(f) == 'function' then all[#all + 1] = f end end
    end`);
  const count = cu.compute('return #all').value;
  assert.ok(count > 100);
  for (let at = 1; at <= count; at += 1) refused(cu, `all[${at}]()`, off(...names), /switched off/);
  assert.equal(cu.compute('local n = 0 for i = 1, 10 do n = n + i end return n', off(...names)).value, 55);
});

// ---- what is wrong with permissions ----

const WRONG = [
  [5, /config\.permissions is an integer; wanted is a table/],
  [{ write: 'no' }, /config\.permissions\.write is a string; wanted is a boolean/],
  [{ wirte: false }, /config\.permissions: 'wirte' is no field/],
  [{ tables: 7 }, /permissions\.tables is an integer/],
  [{ tables: { '_home.x': 'readnoly' } }, /'readnoly' is not "readonly" or "hidden"/],
  [{ tables: { '_home.x': true } }, /permissions\.tables\.\* is a boolean/],
  [{ tables: { users: 'hidden' } }, /'users' names no table/],
  [{ tables: { '_home.': 'hidden' } }, /'_home\.' names no table/],
  [{ tables: { '_home.a..b': 'hidden' } }, /names no table/],
  [{ tables: { _homes: 'hidden' } }, /names no table/],
  [{ tables: { 0: 'hidden' } }, /'0' names no table/],
  [{ tables: { 2147483648: 'hidden' } }, /names no table/],
  [{ tables: new Map([[0, 'hidden']]) }, /permissions\.tables\.\* is 0; wanted is a number from 1/],
  [{ tables: new Map([[1.5, 'hidden']]) }, /permissions\.tables is a float/],
  [{ library: { 'string.repp': false } }, /'string\.repp' is no library function and no library/],
  [{ library: { print: 0 } }, /permissions\.library\.\* is an integer/],
  [{ library: ['print'] }, /permissions\.library\.\* is a string|permissions\.library is an integer/],
  [{ tables: { [`_home.${'x'.repeat(5000)}`]: 'hidden' } }, /permissions\.length is \d+; wanted is a number from 0 to 4096/],
  [{ tables: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`_home.t${at}`, 'hidden'])) }, /guards more than 64 tables/],
];

for (const [permissions, message] of WRONG) {
  test(`wrong permissions: ${message}`, async () => {
    const cu = await furnished();
    refused(cu, 'return 1', { permissions }, message);
    assert.throws(() => cu.compute('return 1', { permissions }), (error) => /guards more/.test(error.message) || error.errorClass === 'config');
    assert.equal(cu.compute('return 1').value, 1);
  });
}

test('sixty-four guarded names are not too many', async () => {
  const cu = await furnished();
  const tables = Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`_home.t${at}`, at % 2 ? 'hidden' : 'readonly']));
  refused(cu, '_home.t63 = 1', { permissions: { tables } }, /hidden/);
  refused(cu, '_home.t0 = 1', { permissions: { tables } }, /read-only/);
});

test('a cut or changed byte of permissions never permits more by accident', async () => {
  const whole = encode({ permissions: { write: false, tables: { '_home.prices': 'readonly' }, library: { load: false } } });
  let bytes = whole;
  const cu = await furnished();
  inside(cu).control.get = () => bytes;
  const attempt = () => cu.compute('_home.prices.apple = 4 return 1');
  for (let at = 0; at < whole.length; at += 1) {
    bytes = whole.slice(0, at);
    assert.throws(attempt, LuaError, `cut at ${at}`);
    for (const value of [0, 1, 2, 4, 9, 255]) {
      bytes = whole.slice();
      bytes[at] = value;
      // With a changed letter in its name, the field is unknown, and the contract says that unknown fields of the
      // configuration are ignored.
      if (at >= 9 && at < 25) continue;
      try { attempt(); } catch (error) { assert.ok(error instanceof LuaError); continue; }
      assert.fail(`byte ${at} as ${value} permits a change`);
    }
  }
});

test('a compute from inside what the host is asked before the script leaves the code alone, or says so', async () => {
  for (const config of [{}, hidden, pure, { atomic: true }]) {
    const cu = await furnished();
    let nested = 0;
    for (const name of ['lend', 'size']) {
      const honest = cu.store[name].bind(cu.store);
      cu.store[name] = (...all) => {
        nested += 1;
        if (nested === 1) inside(cu).exports.compute(inside(cu).bufferPointer, 5);
        return honest(...all);
      };
    }
    cu.homeTable = 1;
    refused(cu, 'return 1', config, /an import called compute while the code to run was being read/);
    assert.ok(nested > 0);
    assert.equal(cu.compute('return 2', config).value, 2);
  }
});

test('a compute that is refused does not report what an earlier one printed', async () => {
  const texts = [];
  const cu = await Cu.create({
    module, config: { events: ['output'] }, onEvent: ({ text }) => texts.push(text),
  });
  cu.compute('print("earlier")');
  refused(cu, 'return 1', off('no.such'), /no library function/);
  refused(cu, 'return 1', { permissions: { tables: { '_home.x': 'hidden' } }, atomic: 'yes' }, /config\.atomic is a string; wanted is a boolean or 'host'/);
  assert.deepEqual(texts, []);
});

// ---- ways around them that were found ----

/** Runs code without permissions in a new instance over the same store; answers its value. */
const later = async (cu, code) => (await Cu.create({ module, store: cu.store })).compute(code).value;

// A function that was off raised an error before Lua had made room on the stack. As an error handler it did so for each of
// its own errors, and overwrote memory behind the stack.
test('a handler of errors that is switched off writes nothing behind the stack', async () => {
  const cu = await furnished();
  for (let round = 0; round < 30; round += 1) {
    assert.deepEqual(cu.compute(`
      local keep, sum = {}, 0
      for i = 1, 50 do keep[i] = { i } end
      local ok = coroutine.wrap(function() return xpcall(error, string.rep) end)()
      for i = 1, 50 do sum = sum + keep[i][1] end
      collectgarbage()
      return ok, sum`, off('string.rep')).values, [false, 1275]);
  }
});

// A captured variable was put back only if its value was a table inside a read-only one. If a table or function with such a
// table was the value, it stayed, and the next compute with other permissions stored it.
test('no other compute stores what a captured variable was refused', async () => {
  for (const value of ['{ _home.prices.list }', '(function(l) return function() return l end end)(_home.prices.list)']) {
    const cu = await furnished();
    cu.compute('local kept function _home.keep(x) kept = x end function _home.kept() return kept end');
    refused(cu, `_home.keep(${value})`, readonly, /a table inside a read-only one stays where it is/);
    cu.compute('return 1');
    assert.equal(await later(cu, 'return _home.kept()'), null);
  }
});

// A result that did not fit the buffer was stored in _io together with the tables that it refers to. Through them, a later
// instance over the store could reach a read-only table.
test('a result that is stored leads into no read-only table', async () => {
  const cu = await furnished();
  refused(cu, 'return { _home.prices.list, ("x"):rep(200000) }', readonly, /a table inside a read-only one stays where it is/);
  assert.equal(await later(cu, 'return _io.result'), null);
  assert.equal(cu.compute('return { _home.prices, ("x"):rep(200000) }', readonly).values.length, 1);
});

// If a script had read an output, the module wrote it back at the end, even if permissions made _io read-only. So a script
// could change a read-only channel.
test('a read-only channel is not written back', async () => {
  const cu = await furnished();
  cu.compute('_io.output = { x = 1 }');
  cu.compute('_io.output.x = 2', { permissions: { tables: { 2: 'readonly' } } });
  assert.equal(cu.compute('return _io.output.x').value, 1);
});

// A read-only compute may write to _io, and a table or function written there was stored. So the compute left tables and
// functions in the store.
test('a read-only compute stores no table and no function by way of _io', async () => {
  const cu = await furnished();
  const before = snapshot(cu);
  for (const value of ['{ 1 }', 'function() end']) refused(cu, `_io.note = ${value}`, pure, /no external table may be made/);
  assert.equal(snapshot(cu), before);
  assert.equal(cu.compute('_io.note, _io.f = 5, print return _io.note', pure).value, 5);
});

// A finalizer that ran after the end of a read-only compute could change captured variables, and the next compute stored
// them. If permissions could not be looked up, no permission applied to a finalizer that ran after that.
test('finalizers after the end change no more than the compute could', async () => {
  const cu = await furnished();
  // It gives back ids that are reserved.
  cu.runGc();
  const before = snapshot(cu);
  const attempt = 'z = setmetatable({}, { __gc = function() _home.counter() _home.prices.apple = 666 end })';
  refused(cu, `${attempt} z = nil local t = {} for i = 1, 9000 do t[i] = { i } end error('no')`, pure, /no/);
  cu.compute('return 1', pure);
  cu.compute(`${attempt} z = nil`, pure);
  cu.runGc();
  cu.compute('return 1', pure);
  assert.equal(snapshot(cu), before);
  cu.compute(`${attempt} g = {} for i = 1, 9000 do g[i] = { i } end z = nil`, readonly);
  const { lend, get } = cu.store;
  const fail = () => { throw new Error('down'); };
  Object.assign(cu.store, { lend: fail, get: fail });
  assert.throws(() => cu.compute('return 1', readonly), HostError);
  Object.assign(cu.store, { lend, get });
  cu.runGc();
  assert.equal(await later(cu, 'return _home.prices.apple'), 3);
});

// A table had only one root, the last read-only table through which it was reached. So it could be changed under the
// permissions of the first one.
test('a table inside several read-only ones is inside each', async () => {
  const cu = await furnished();
  cu.compute('_home.b = { list = _home.prices.list }');
  cu.compute('x = _home.prices.list', readonly);
  cu.compute('y = _home.b.list', { permissions: { tables: { '_home.b': 'readonly' } } });
  refused(cu, 'x[1] = 0', readonly, /read-only/);
  const both = { permissions: { tables: { '_home.prices': 'readonly', '_home.prices.list': 'readonly' } } };
  refused(cu, '_home.alias = _home.prices.list', both, /a table inside a read-only one stays where it is/);
});

// A captured variable whose value could not be stored was reported once, and kept its value. A later read-only compute that
// did not use it failed because of it.
test('a read-only compute does not answer for what an earlier one could not store', async () => {
  const cu = await furnished();
  cu.compute('local kept function _home.keep(x) kept = x end');
  refused(cu, '_home.keep(coroutine.create(print))', {}, /cannot be stored/);
  assert.equal(cu.compute('return 1', pure).value, 1);
});
