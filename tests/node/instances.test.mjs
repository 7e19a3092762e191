// Raw instances over one store that take turns: one of them fails or dies at a call of the host, and the others go on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Group } from './instances.mjs';
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
