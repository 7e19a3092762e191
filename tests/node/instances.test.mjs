// Raw instances over one store that take turns: one of them fails or dies at a call of the host, and the others go on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Death, Group } from './instances.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

const JOURNAL = 0x80000005;

// An instance whose rollback had failed did it again in its next turn, though another one had finished it meanwhile. What the
// other one had made since got ids that had been new, and was emptied.
test('a rollback that another instance finished is not done again', () => {
  const group = new Group(module);
  const [one, other] = [group.start(), group.start()];
  group.run(one, '_home.x = 1');
  group.turn(one, { atomic: true });
  one.lie = (name, table) => (name === 'delete' && table === JOURNAL ? -7 : undefined);
  assert.match(one.run('_home.x = 2 _home.t = { 1, 2, 3 } error("no", 0)').error, /^no/);
  one.lie = null;
  group.run(other, '_home.mine = { "kept", f = function() return 1 end } for i = 1, 20 do _home[i] = { i } end');
  const look = 'return _home.x, _home.t, _home.mine[1], _home.mine.f(), _home[20][1]';
  assert.deepEqual(group.run(one, look), [1, null, 'kept', 1, 20]);
  assert.deepEqual(group.run(group.start(), look), [1, null, 'kept', 1, 20]);
});

const GARBAGE = 'for i = 1, 30 do _home["g" .. i] = { n = i } end for i = 1, 30 do _home["g" .. i] = nil end';

// Finalizers ran first. One that had a table which another instance had freed changed what has its id now, in another home.
test('a finalizer in a collection does not meet what has the id of a table that is gone', () => {
  const group = new Group(module);
  const [one, other, third] = [group.start(), group.start(), group.start()];
  group.run(one, `held = {} _home.x = held _home.x = nil ${GARBAGE}
    do setmetatable({}, { __gc = function() found = pcall(function() return held.secret end) pcall(function() held.secret = "broken" end) end }) end`, { home: 'one' });
  group.collect(other);
  group.run(third, '_home.secret = "kept"', { home: 'third' });
  group.collect(one);
  assert.deepEqual(group.run(one, 'return found', { home: 'one' }), [false]);
  assert.deepEqual(group.run(third, 'return _home.secret', { home: 'third' }), ['kept']);
});

// The free ids were noted before the collection was counted, so an instance that held one of them kept it when the host failed
// or died between the two, though another table had its id.
test('a collection that ends at any call gives no id to another table than the one that is held by it', (t) => {
  const counts = {};
  for (const dies of [true, false]) {
    for (let at = 1, goes = true; goes; at += 1) {
      const group = new Group(module);
      const [holder, collector, user] = [group.start(), group.start(), group.start()];
      group.run(holder, 'held = {} for i = 1, 12 do held[i] = { mine = 1 } _home[i] = held[i] end for i = 1, 12 do _home[i] = nil end', { home: 'holder' });
      group.run(collector, 'return 1');
      group.turn(collector);
      if (dies) {
        goes = group.dies(collector, at, () => collector.exports.run_gc());
      } else {
        collector.fail(at);
        collector.exports.run_gc();
        goes = !collector.mend();
      }
      group.run(user, 'for i = 1, 12 do _home[i] = { secret = i } end', { home: 'user' });
      const [found, gone] = group.run(holder, `local found, gone = 0, 0
        for i = 1, 12 do
          local is_there, secret = pcall(function() return held[i].secret end)
          if not is_there then gone = gone + 1 elseif secret then found = found + 1 end
          pcall(function() held[i].secret = "broken" end)
        end
        return found, gone`, { home: 'holder' });
      assert.equal(found, 0, `call ${at}`);
      assert.deepEqual(group.run(user, 'for i = 1, 12 do if _home[i].secret ~= i then return i end end', { home: 'user' }), [null], `call ${at}`);
      counts[gone] = (counts[gone] ?? 0) + 1;
    }
  }
  assert.ok(counts[12] > 5, JSON.stringify(counts));
  t.diagnostic(`tables gone: ends: ${JSON.stringify(counts)}`);
});

// An instance whose collection failed had a range in mind that was free before, and took ids from it that the store had in
// another range.
test('after a collection that failed at any call no id is given twice', () => {
  for (let at = 1, goes = true; goes; at += 1) {
    const group = new Group(module);
    group.run(group.start(), 'for i = 1, 40 do _home["g" .. i] = { n = i } end for i = 1, 40 do _home["g" .. i] = nil end');
    group.collect(group.start());
    const one = group.start();
    group.run(one, '_home.a, _home.b, _home.c = {}, {}, {} _home.a, _home.c = nil, nil');
    one.fail(at);
    one.exports.run_gc();
    goes = !one.mend();
    const code = `for i = 1, 60 do _home[i] = { i } end for i = 1, 60 do if _home[i][1] ~= i then return i end end`;
    assert.deepEqual(group.run(one, code), [null], `call ${at}`);
    // And what it has outlives its next collection.
    group.run(one, 'all = {} for i = 1, 60 do all[i] = _home[i] end');
    one.exports.run_gc();
    assert.deepEqual(group.run(one, 'for i = 1, 60 do if all[i][1] ~= i then return i end end'), [null], `call ${at}`);
  }
});

const HOMES = 0x80000006;

// `_home` of the instance stood for a table that was gone, and did so after the home was there again with the same id.
test('a home that was dropped, collected and made again with its id is usable where it was open', () => {
  for (const attached of [false, true]) {
    const group = new Group(module);
    const [one, other] = [group.start(), group.start()];
    if (attached) one.exports.attach_memory_table(50);
    const home = attached ? {} : { home: 'shop' };
    group.run(one, `_home.v = 1 ${GARBAGE}`, home);
    const id = one.exports.get_memory_table_id();
    group.tables.get(HOMES).clear();
    group.collect(other);
    assert.deepEqual(group.run(one, 'local before = _home.v _home.v = 2 return before, _home.v', home), [null, 2]);
    assert.equal(one.exports.get_memory_table_id(), id);
  }
});

// Ids below those that a host kept for itself, or that an older store had given, could all become homes, also after a script got one.
test('a table of a script is no home, also with an id below those that a host kept', () => {
  const group = new Group(module);
  const [one, other, third] = [group.start(), group.start(), group.start()];
  one.exports.sync_external_table_counter(100);
  group.run(one, '_home.t, _home.u = {}, {} _home.t = nil');
  group.collect(one);
  const [reference] = group.run(other, '_home.t = { secret = 1 } return _home.t', { home: 'other' });
  assert.ok(reference.id < 100);
  third.exports.attach_memory_table(reference.id);
  assert.match(group.fail(third, 'return _home.secret'), /cannot be a home: scripts use it/);
  third.exports.attach_memory_table(60);
  group.run(third, 'return 1');
});

// A range that was chosen before stayed, and of an id behind the last one the encoding as a key came before all others.
test('a free id below the one that the host named is not given', () => {
  const group = new Group(module);
  const [one, other] = [group.start(), group.start()];
  group.run(one, 'for i = 1, 30 do _home["g" .. i] = {} end _home.last = {}');
  group.run(other, '_home.first = {}');
  group.run(one, 'for i = 1, 30 do _home["g" .. i] = nil end collectgarbage() collectgarbage()');
  group.collect(one);
  // Chooses a range, and uses none of it.
  group.run(other, 'return 1', { atomic: true });
  other.exports.sync_external_table_counter(20);
  const [{ id }] = group.run(other, '_home.x = {} return _home.x');
  assert.ok(id >= 20, `${id}`);
  for (const next of [0x80000000, 0xffffffff]) {
    const fresh = group.start();
    fresh.exports.sync_external_table_counter(next);
    assert.match(group.fail(fresh, '_home.y = {}'), /no more external tables/);
  }
});

const CELLS = 0x80000004;

// An instance that had the function read the variable anew at the start of each compute, and each failed.
test('a captured variable that is damaged is one bad value, also where its function lives', () => {
  for (const [damaged, message] of [
    ['\x05\x04\0\0\0\xff\0\0\0', /there is no function 255/],
    ['\x04\xff\0\0\0', /captured variable \d+ is damaged: byte 1 cannot be right/],
  ]) {
    const group = new Group(module);
    const [one, other] = [group.start(), group.start()];
    group.run(one, 'local g = print function _home.call() return g() end function _home.set(v) g = v end call = _home.call');
    group.run(other, 'return 1');
    const cells = group.tables.get(CELLS);
    const [key] = cells.keys();
    cells.set(key, damaged);
    assert.deepEqual(group.run(one, 'return 1'), [1]);
    assert.match(group.fail(one, 'return call()'), message);
    assert.equal(cells.get(key), damaged);
    assert.match(group.fail(group.start(), 'return _home.call()'), message);
    // A new value mends it.
    group.run(one, '_home.set(function() return 7 end)');
    assert.deepEqual(group.run(group.start(), 'return _home.call()'), [7]);
  }
});

// The entry of the id came first. After a death between the two, the next instance made a second home of that name, and the first
// stayed for ever.
test('a home that an instance makes which dies at any call is one home', () => {
  for (let at = 1, goes = true; goes; at += 1) {
    const group = new Group(module);
    const [one, other] = [group.start(), group.start()];
    group.run(one, '_home.x = 1', { home: 'first' });
    group.turn(one, { home: 'second' });
    goes = group.dies(one, at, () => one.run('return 1'));
    group.run(other, '_home.y = 2', { home: 'second' });
    const id = other.exports.get_memory_table_id();
    group.collect(other);
    const rows = [...group.tables.get(HOMES)];
    assert.equal(rows.length, 4, `call ${at}`);
    assert.ok(rows.some(([key, value]) => key.charCodeAt(1) === id && value.endsWith('second')), `call ${at}`);
    assert.deepEqual(group.run(group.start(), 'return _home.y', { home: 'second' }), [2]);
  }
});

const FREE = 0x80000007;

// A rollback took a range of which the rest was lost as used to its end, and asked for the size of each of its tables: of a home
// with a large id that was two thousand million, in 512 computes that failed.
test('a rollback looks only at ids that were given, also when the host failed to keep the rest of a range', () => {
  for (const dies of [false, true]) {
    const group = new Group(module);
    const one = group.start();
    one.exports.attach_memory_table(0x7fffffff);
    group.run(one, '_home.x = 1');
    group.turn(one, { atomic: true });
    const code = 'for i = 1, 10 do _home[i] = { i } end';
    let [notes, sizes] = [0, 0];
    const spoil = (name, table) => {
      sizes += name === 'size';
      notes += name === 'set' && table === FREE;
      return name === 'set' && table === FREE && notes === 2;
    };
    one.lie = (name, table) => {
      if (!spoil(name, table)) return undefined;
      if (dies) throw new Death();
      return -7;
    };
    if (dies) assert.throws(() => one.run(code), Death);
    else assert.match(one.run(code).error, /it answered -7/);
    const next = dies ? group.start() : one;
    next.lie = one.lie;
    if (dies) next.exports.attach_memory_table(0x7fffffff);
    assert.deepEqual(group.run(next, 'return _home.x, #_home'), [1, 1]);
    assert.ok(sizes < 100, `${sizes}`);
  }
});

// Without the list of free ids there were no new tables any more, and a collection did not make the list anew.
test('a collection mends a damaged list of free ids', () => {
  const group = new Group(module);
  group.run(group.start(), GARBAGE);
  group.collect(group.start());
  group.tables.get(FREE).set('\x15\x01', '\x01\x01');
  const one = group.start();
  assert.match(group.fail(one, '_home.x = {}'), /malformed or out of order/);
  group.collect(one);
  assert.equal(group.size(FREE), 1);
  assert.deepEqual(group.run(one, '_home.x = { 7 } return _home.x[1]'), [7]);
});
