// Random scripts under the same permissions, over instances that are replaced: a guarded table, and every table inside it,
// keeps its content.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

const FURNISHED = `
  for i = 0, 5 do _home['t' .. i] = { k = i, c = { k = i, c = { k = i, 1, 2, 3 } } } end
  local kept function _home.keep(v) kept = v end function _home.kept() return kept end`;

const DUMP = `
  local function dump(t, seen)
    if type(t) ~= 'table' then return tostring(t) end
    if seen[t] then return '@' end
    seen[t] = true
    local parts = {}
    for k, v in pairs(t) do parts[#parts + 1] = tostring(k) .. '=' .. dump(v, seen) end
    return '{' .. table.concat(parts, ',') .. '}'
  end
  return dump(_home.t0, {}), dump(_home.t1, {}), dump(_home.t2.c, {})`;

test('random scripts change nothing that is guarded', (t) => {
  t.diagnostic(`CU_SEED=${seed}`);
  const random = randomBelow(seed);
  const pick = (list) => list[random(list.length)];
  const place = () => pick(['_home', '_io', 'g', 'h', '_home.kept()', '_io.output', '_io.note', 'g[1]', 'h.c', '_home.alias', '_home.alias[1]']);
  const table = () => (random(2) ? place() : `_home.t${random(6)}${pick(['', '.c', '.c.c', '.r'])}`);
  const value = () => pick(['nil', '7', '{}', table(), `{ ${table()} }`, `{ k = ${table()} }`,
    `(function(v) return function() return v end end)(${table()})`, '("s"):rep(3000)']);
  const key = () => pick(['k', 'c', 'r', 'alias', 't0', 't1', 't2', 'new']);
  const step = () => pick([
    () => `${table()}.${key()} = ${value()}`, () => `rawset(${table()}, "${key()}", ${value()})`, () => `g = ${value()}`,
    () => `h = ${value()}`, () => `_home.keep(${value()})`, () => `_io.output = ${value()}`, () => `_io.note = ${value()}`,
    () => `table.insert(${table()}, ${value()})`, () => `table.remove(${table()})`, () => `ext.drop(${table()})`,
    () => `for k, v in pairs(${table()}) do g = v if type(v) == 'table' then v.k = 9 end end`, () => `local f = ${table()} g = f()`,
    () => 'collectgarbage()', () => `z = setmetatable({}, { __gc = function() ${table()}.${key()} = ${value()} end }) z = nil`,
    () => `table.sort(${table()}, function(a, b) return a > b end)`, () => `table.move(${table()}, 1, 3, 2)`,
  ])();
  for (let round = 0; round < 25; round += 1) {
    const store = new NaiveStore(module);
    assert.equal(store.run(FURNISHED).error, undefined);
    const before = store.run(DUMP).values;
    const permissions = { tables: { '_home.t0': 'readonly', '_home.t1': 'hidden', '_home.t2.c': 'readonly' } };
    const told = [];
    for (let compute = 0; compute < 30; compute += 1) {
      const code = Array.from({ length: 1 + random(8) }, () => `pcall(function() ${step()} end)`).join('\n')
        + pick(['', '', '\nerror("no")', '\nreturn g, h', '\nlocal t = {} for i = 1, 9000 do t[i] = { i } end error("no")']);
      told.push(code);
      store.configure({ permissions, atomic: random(4) === 0, instructions: 3_000_000 });
      store.run(code);
      if (random(6) === 0) store.exports.run_gc();
      if (random(8) === 0) assert.equal(store.restart(), 0);
    }
    store.configure(null);
    assert.equal(store.restart(), 0);
    assert.deepEqual(store.run(DUMP).values, before, `round ${round}:\n${told.join('\n----\n')}`);
  }
});
