// Functions with the same code share it, in the store and in memory.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { CELLS, CODE_BY_CONTENT, CODES, FUNCTIONS, NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** An instance of its own over the tables of another. */
function again(store) {
  const fresh = new NaiveStore(module);
  fresh.tables = store.tables;
  return fresh;
}

const size = (store, table) => store.tables.get(table)?.size ?? 0;

function run(store, code) {
  const { error, values } = store.run(code);
  assert.equal(error, undefined, code);
  return values;
}

const LINES = Array.from({ length: 97 }, (_, line) => `  if n % ${line + 2} == 1 then n = n + ${line} end`).join('\n');

const CLOSURES = `local function make(i)
  local n = i
  return function()
    n = n + 1
${LINES}
    return n
  end
end
_home.f = {} for i = 1, 500 do _home.f[i] = make(i) end`;

test('500 closures of a function of 100 lines take little of the store and of the memory', async () => {
  const store = new MemoryStore();
  const first = await Cu.create({ module, store });
  first.compute(CLOSURES);
  let bytes = 0;
  for (const table of [1, 2, 3, ...Array.from({ length: 12 }, (_, system) => 0x80000000 + system)]) {
    store.keys(table, undefined, false, (key) => { bytes += key.length + store.get(table, key).length; });
  }
  assert.ok(bytes <= 60_000, `${bytes} bytes in the store`);
  const used = async (over) => {
    const cu = await Cu.create({ module, store: over });
    const sum = cu.compute('all = {} local n = 0 for i, f in pairs(_home.f or {}) do all[i] = f n = n + 1 end return n').value;
    cu.runGc();
    return [sum, cu.memoryStats().luaMemoryUsed, cu];
  };
  const [, without] = await used(new MemoryStore());
  const [count, withAll, second] = await used(store);
  assert.equal(count, 500);
  assert.ok(withAll - without <= 150_000, `${withAll - without} bytes of memory`);
  // Each has a variable of its own.
  assert.deepEqual(second.compute('return all[2] ~= all[3], all[2]() ~= all[3](), all[2]() == _home.f[2]()').values, [true, true, false]);
});

test('a function that calls the one before it, 4,000 times over, works in a new instance', async () => {
  const store = new MemoryStore();
  const first = await Cu.create({ module, store });
  first.compute('_home.run = function() return 0 end');
  for (let turn = 0; turn < 4000; turn += 1) first.compute('local old = _home.run function _home.run() return 1 + old() end');
  const second = await Cu.create({ module, store });
  assert.equal(second.compute('return _home.run()').value, 4000);
  // And the next one goes on from there.
  second.compute('local old = _home.run function _home.run() return 1 + old() end');
  assert.equal((await Cu.create({ module, store })).compute('return _home.run()').value, 4001);
});

const COUNTER = 'local n = 0 _home[name] = function() n = n + 1 return n end';

test('the same code has one row, whoever stores it', () => {
  let store = new NaiveStore(module);
  run(store, `name = "a" ${COUNTER}`);
  run(store, `name = "b" ${COUNTER}`);
  assert.equal(size(store, CODES), 1);
  store = again(store);
  run(store, `name = "c" ${COUNTER}`);
  assert.deepEqual([size(store, FUNCTIONS), size(store, CODES), size(store, CODE_BY_CONTENT)], [3, 1, 1]);
  store = again(store);
  assert.deepEqual(run(store, 'return _home.a(), _home.a(), _home.b(), _home.c()'), [1, 2, 1, 1]);
  // A function that a restored one makes has its code in the store, too.
  run(store, '_home.make = function() local n = 0 return function() n = n + 1 return n end end _home.d = _home.make()');
  const before = size(store, CODES);
  store = again(store);
  run(store, '_home.e = _home.make() _home.e() _home.e()');
  assert.equal(size(store, CODES), before);
  assert.deepEqual(run(again(store), 'return _home.d(), _home.e()'), [1, 3]);
});

test('code is long, and the same', () => {
  const store = new NaiveStore(module);
  const code = `return function() local t = { ${Array.from({ length: 900 }, (_, at) => `"${at} of these"`)} } return #t end`;
  run(store, `function make() ${code} end _home.a = make()`);
  run(again(store), `function make() ${code} end _home.b = make()`);
  assert.equal(size(store, CODES), 1);
  assert.ok([...store.tables.get(CODES).values()][0].length > 10_000);
  assert.deepEqual(run(again(store), 'return _home.a(), _home.b()'), [900, 900]);
});

// An index is only a hint: whoever can find two chunks with one hash, or change a store, must not get other code called.
test('other code with the same hash has a row of its own', () => {
  for (const padding of ['', `local t = { ${Array.from({ length: 900 }, (_, at) => `"${at} of these"`)} } `]) {
    const store = new NaiveStore(module);
    const [f, g] = [1, 2].map((value) => `function() ${padding} return ${value} end`);
    run(store, `_home.f = ${f} _home.g = ${g}`);
    const index = store.tables.get(CODE_BY_CONTENT);
    const [[one, id], [other, otherId]] = [...index];
    index.set(one, otherId).set(other, id);
    const second = again(store);
    run(second, `_home.h = ${f} _home.i = ${g} _home.j = ${f}`);
    assert.deepEqual([size(store, CODES), size(store, CODE_BY_CONTENT)], [5, 2]);
    assert.deepEqual([index.get(one), index.get(other)], [otherId, id], 'the index stays');
    assert.deepEqual(run(again(store), 'return _home.f(), _home.g(), _home.h(), _home.i(), _home.j()'), [1, 2, 1, 2, 1]);
    // An index that leads nowhere, or is damaged, is repaired.
    for (const [damage, rows] of [['\x02\xff\xff\xff\x0f\0\0\0\0', 6], ['\x04', 7], [null, 8]]) {
      if (damage === null) index.clear();
      else index.set(one, damage).set(other, damage);
      run(again(store), `_home.k = ${f}`);
      run(again(store), `_home.l = ${f}`);
      assert.equal(size(store, CODES), rows);
    }
  }
});

test('a record of the first version, which has its bytecode, is read', () => {
  const store = new NaiveStore(module);
  const bytes = (base64) => Buffer.from(base64, 'base64').toString('latin1');
  store.tables = new Map([
    [1, new Map([['\x01f\0', bytes('BQQAAAADAAAA')]])],
    [0x80000000, new Map([['\x01next_table\0', '\x02\x03\x01\0\0\0\0\0\0']])],
    [FUNCTIONS, new Map([['\x15\x03', bytes('AUtxvmlLuEo1AQQAAAAbTHVhVAAZkw0KGgoECAh4VgAAAAAAAAAAAAAAKHdAAYk9Y29tcHV0ZYKCAQADiokAAACVAAGArwCABooAAACJAAAADgEAAKIAAQKuAAIGyAACAMcAAQCBBIJ4gQEAAICKAAAAAAAAAAAAAICBgnSAioGCbg==')]])],
    [CELLS, new Map([['\x15\x04', '\x02\x28\0\0\0\0\0\0\0']])],
  ]);
  assert.deepEqual(run(store, 'return _home.f({ x = 1 })'), [42]);
  assert.deepEqual(run(again(store), '_home.g = _home.f return _home.f({ x = 1 }), _home.g == _home.f'), [43, true]);
  again(store).exports.run_gc();
  assert.match(again(store).run('return _home.f()').error, /compute:2: attempt to index a nil value \(local 't'\)/);
  assert.deepEqual([size(store, FUNCTIONS), size(store, CELLS), size(store, CODES)], [1, 1, 0]);
});

const NAMES = {
  none: 'nil', short: '"short"', long: '("long"):rep(30)', 'of 44': '("x"):rep(44)', 'of 45': '("x"):rep(45)', 'of 60': '("x"):rep(60)',
  'of 61': '("x"):rep(61)', 'early line': '"a\\nb"', 'early line, long': '"a\\n" .. ("b"):rep(200)', 'line at 45': '("x"):rep(45) .. "\\nb"',
  'line at 59': '("x"):rep(59) .. "\\nb"', 'line at 60': '("x"):rep(60) .. "\\nb"', 'late line': '("x"):rep(100) .. "\\nb"', literal: '"=" .. ("x"):rep(100)',
  file: '"@" .. ("x"):rep(100)', empty: '""', line: '"\\n"', binary: '("\\xff\\r"):rep(50)',
};

test('the name of a chunk that is its text is stored only as far as messages show it', () => {
  for (const [name, chunk] of Object.entries(NAMES)) {
    const store = new NaiveStore(module);
    const look = 'local ok, message = pcall(_home.f) return message, (xpcall(_home.f, debug.traceback)), select(2, xpcall(_home.f, debug.traceback)), debug.getinfo(_home.f, "S").short_src';
    run(store, `source = [[return function()
      local function inner() local t = nil return t.x end return inner() .. 1 end ]] .. ("-"):rep(3000)
      _home.f = load(source, ${chunk})()`);
    const before = run(store, look);
    assert.deepEqual(run(again(store), look), before, name);
    assert.match(Buffer.from(before[0]).toString('latin1'), /attempt to index a nil value \(local 't'\)/);
    assert.ok([...store.tables.get(CODES).values()][0].length < 500, name);
    // For scripts, `string.dump` is as in Lua.
    assert.deepEqual(run(store, `return string.dump(load(source)):find(source, 1, true) ~= nil`), [true]);
  }
});

test('a function stored with `strip` has its own code, and one without has its names', () => {
  const store = new NaiveStore(module);
  const make = 'make = make or function() return function(t) return t.x end end ';
  run(store, `${make} _home.a = make()`);
  store.configure({ strip: true });
  run(store, `${make} _home.b, _home.c = make(), make()`);
  assert.equal(size(store, CODES), 2);
  store.configure({});
  run(store, `${make} _home.d = make()`);
  assert.equal(size(store, CODES), 2);
  const errors = run(again(store), 'local function e(f) return (select(2, pcall(f))) end return e(_home.a), e(_home.b), e(_home.c), e(_home.d)');
  const [named, stripped] = ["compute:1: attempt to index a nil value (local 't')", /^\?:-1: attempt to index a nil value/];
  assert.deepEqual([errors[0], errors[3]], [named, named]);
  assert.match(errors[1], stripped);
  assert.match(errors[2], stripped);
  // What was restored stripped stays so, and is stored as it is.
  const second = again(store);
  run(second, 'local b = _home.b');
  second.configure({ strip: true });
  run(second, `_home.d = nil _home.a = _home.a ${make} _home.e = make()`);
  assert.equal(size(store, CODES), 2);
});

test('code is collected with its last function', () => {
  const store = new NaiveStore(module);
  run(store, 'function make(n) return function() n = n + 1 return n end end _home.a, _home.b, _home.other = make(1), make(2), function() return 7 end');
  const sizes = () => [FUNCTIONS, CODES, CODE_BY_CONTENT].map((table) => size(store, table));
  assert.deepEqual(sizes(), [3, 2, 2]);
  run(store, '_home.a, make = nil, nil');
  again(store).exports.run_gc();
  assert.deepEqual(sizes(), [2, 2, 2]);
  run(store, '_home.b = nil');
  again(store).exports.run_gc();
  assert.deepEqual(sizes(), [1, 1, 1]);
  assert.deepEqual(run(again(store), 'return _home.other()'), [7]);
  // What lives in this instance keeps its code.
  run(store, 'function make(n) return function() n = n + 1 return n end end _home.a = make(1)');
  run(store, '_home.a = nil');
  store.exports.run_gc();
  run(store, '_home.a = make(5)');
  assert.deepEqual(run(again(store), 'return _home.a()'), [6]);
});

test('an atomic compute that fails leaves no code, and forgets that it was stored', () => {
  const store = new NaiveStore(module);
  run(store, 'function make(n) return function() n = n + 1 return n end end _home.x = 1');
  const before = store.content();
  store.configure({ atomic: true });
  assert.match(store.run('held = make(1) _home.a, _home.b = held, make(2) error("no")').error, /no/);
  assert.equal(store.content(), before);
  store.configure({});
  run(store, '_home.a, _home.b = held, make(2)');
  assert.deepEqual(run(again(store), 'return _home.a(), _home.b()'), [2, 3]);
});

test('what a function counts does not depend on what the store has', async () => {
  const counts = [];
  const store = new MemoryStore();
  for (let turn = 0; turn < 3; turn += 1) {
    const cu = await Cu.create({ module, store, config: { events: ['usage'] }, onEvent: (event) => { if (event.kind === 'usage') counts.push(event.instructions); } });
    cu.compute('local n = 0 _home.f = function() n = n + 1 return n end');
    cu.compute('_home.f = nil');
    // The last one finds neither function nor code.
    if (turn === 1) (await Cu.create({ module, store })).runGc();
  }
  assert.equal(store.size(CODES), 1);
  assert.deepEqual([counts[2], counts[4]], [counts[0], counts[0]]);
});

test('two instances over the same store count the same for a compute', async () => {
  const counts = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const store = new MemoryStore();
    (await Cu.create({ module, store })).compute('function _home.make(n) return function() n = n + 1 return n end end _home.a = _home.make(1)');
    const second = await Cu.create({ module, store, config: { events: ['usage'] }, onEvent: (event) => { if (event.kind === 'usage') counts.push(event.instructions); } });
    // One of them has let go what it once had.
    if (turn === 1) second.compute('do local f = { _home.a, _home.make } end collectgarbage() collectgarbage()');
    counts.length = turn;
    second.compute('_home.b = _home.make(2) for i = 1, 10 do _home[i] = _home.make(i) end return _home.a(), _home.b()');
  }
  assert.ok(counts[0] > 0);
  assert.equal(counts[0], counts[1]);
});

test('a missing or damaged row of code is an error that says so', () => {
  const store = new NaiveStore(module);
  run(store, '_home.f = function() return 1 end');
  const rows = store.tables.get(CODES);
  const [[key, value]] = rows;
  for (const [damaged, message] of [
    [null, /function 3: its code \d+ is missing/],
    ['\x01\x02', /function 3: its code \d+ of 2 bytes is cut/],
    [`\x07${value.slice(1)}`, /function 3: its code \d+ has version 7; this is version 1/],
    [`${value.slice(0, -1)}\xff`, /function 3: its code \d+ was altered: the hash differs/],
  ]) {
    if (damaged === null) rows.delete(key);
    else rows.set(key, damaged);
    assert.match(again(store).run('return _home.f()').error, message);
  }
  rows.set(key, value);
  assert.deepEqual(run(again(store), 'return _home.f()'), [1]);
});
