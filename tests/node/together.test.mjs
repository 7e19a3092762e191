// The page's side of a shared home, without a page: conflicts that are settled together.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Cu } from '../../host-js/full.js';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const HELPERS = `
  function set_up(rows, conflicts)
    for key, value in pairs(rows) do _home.shared[key] = value end
    local t = _home.together
    for _, each in ipairs(conflicts) do
      t.count = t.count + 1
      t.conflicts[t.count] = each
    end
  end
  function choose_all(which, newest) return together.choose_all(_home.shared, which, newest) end
  function rows()
    local all = {}
    for key, value in pairs(_home.shared) do all[key] = type(value) == "table" and value.name or value end
    return all
  end
  function left()
    local all = {}
    for number in pairs(_home.together.conflicts) do all[#all + 1] = number end
    table.sort(all)
    return table.concat(all, " ")
  end`;

/** With these conflicts, each `{ key, mine, theirs, kept }`, and these rows. */
async function withConflicts(rows, conflicts) {
  const cu = await Cu.create({ now: () => Date.now() });
  cu.compute(`${read('examples/sync.lua')}\n${read('playground/together/together.lua')}\n${HELPERS}`);
  cu.compute('_home.shared = {} together.join(_home.shared, "home", "http://a/", "me")');
  cu.call('set_up', [rows, conflicts]);
  const call = (name) => (...args) => cu.call(name, args).value;
  return { choose: call('choose_all'), rows: call('rows'), left: call('left') };
}

test('the newest conflict of a row says what it becomes, and the older ones go with it', async () => {
  const conflicts = [{ key: 'x', mine: 1, theirs: 2, kept: 'theirs' }, { key: 'x', mine: 3, theirs: 4, kept: 'mine' }, { key: 'y', theirs: { name: 'a table' }, kept: 'mine' }];
  for (const [which, wanted] of [['mine', { x: 3 }], ['theirs', { x: 4, y: 'a table' }]]) {
    const { choose, rows, left } = await withConflicts({ x: 3 }, conflicts);
    assert.equal(choose(which, 3), 0);
    assert.deepEqual(rows(), wanted);
    assert.equal(left(), '');
  }
});

test('what came after the reader looked, and rows that are others by now, stay to be looked at', async () => {
  const conflicts = [
    { key: 'x', mine: 1, theirs: 2, kept: 'theirs' }, { key: 'y', mine: 1, theirs: 2, kept: 'theirs' }, { key: 'z', mine: 1, theirs: 2, kept: 'mine' },
    { key: 'z', mine: 1, theirs: 5, kept: 'theirs' },
  ];
  const { choose, rows, left } = await withConflicts({ x: 2, y: 'changed since', z: 5 }, conflicts);
  assert.equal(choose('mine', 3), 2);
  assert.deepEqual(rows(), { x: 1, y: 'changed since', z: 5 });
  assert.equal(left(), '2 3 4');
});

test('thousands are settled by one call', async () => {
  const keys = Array.from({ length: 3000 }, (_, index) => `k${index}`);
  const { choose, rows, left } = await withConflicts(Object.fromEntries(keys.map((key) => [key, 'theirs'])), keys.map((key) => ({ key, mine: 'mine', theirs: 'theirs', kept: 'theirs' })));
  assert.equal(choose('mine', 3000), 0);
  assert.deepEqual([new Set(Object.values(rows())), left()], [new Set(['mine']), '']);
});
