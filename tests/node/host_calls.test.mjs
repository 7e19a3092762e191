// The host calls of scripts that use external tables: the number of calls of each import, and the bytes that they move.
//
// The numbers are exact and the same on every engine. If a change makes one larger, every such script gets slower.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { NaiveStore } from './naive_store.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');

/** Counts calls by import, and the bytes of keys, values and pages that cross the boundary. */
class CountingStore extends NaiveStore {
  call(name, all) {
    const answer = super.call(name, all);
    if (all[0] !== 0 && this.counts) {
      this.counts[name] = (this.counts[name] ?? 0) + 1;
      this.counts.bytes += moved(name, all, answer);
    }
    return answer;
  }

  /** The calls and bytes of a script. */
  count(code) {
    this.counts = { bytes: 0 };
    assert.equal(this.run(code).error, undefined);
    return this.counts;
  }
}

/**
 * The bytes that a call moves, from its arguments: `(table, key, key length, value, room or length)`; for `keys`, the
 * answer is counted.
 */
function moved(name, [, , keyLength, , last], answer) {
  if (name === 'size') return 0;
  if (name === 'keys') return Math.max(answer, 0);
  if (name === 'delete') return keyLength;
  return keyLength + (name === 'set' ? last : answer > 0 && answer <= last ? answer : 0);
}

const SETUP = `
  list, record, empty = ext.table(), ext.table(), ext.table()
  _home.list, _home.record, _home.empty = list, record, empty
  for i = 1, 100 do list[i] = i record['key' .. i] = i end
  _home.a = { b = { c = 1 } }
  _home.letters = 'abcdefgh'
  _home.same = ('x'):rep(4000)
  _home.f = function() end
  -- The next block of ids has room for what is measured.
  for i = 1, 30 do ext.table() end`;

/** Name, script and cost; and the cost of a second run if it differs. */
const ACCESSES = [
  ['nothing at all', '', { bytes: 0 }],
  ['an integer is read', 'local x = list[7]', { get: 1, bytes: 11 }],
  ['a string is read', 'local x = _home.letters', { get: 1, bytes: 22 }],
  ['a compressed string is read', 'local x = _home.same', { get: 2, bytes: 112 }],
  ['what is not there is read', 'local x = list.none', { get: 1, bytes: 6 }],
  ['a table is read', 'local x = _home.a', { get: 1, bytes: 8 }],
  ['a.b.c is read', 'local x = _home.a.b.c', { get: 3, bytes: 28 }],
  ['a living function is read', 'local x = _home.f', { get: 1, bytes: 12 }],
  ['an integer is set', 'list[7] = 8', { set: 1, bytes: 11 }],
  ['a new key is set', 'list[101] = 8', { set: 1, bytes: 11 }],
  ['a string is set', "record.key7 = 'value'", { set: 1, bytes: 16 }],
  ['a number is raised', 'list[7] = list[7] + 1', { get: 1, set: 1, bytes: 22 }],
  ['a key is deleted', 'list[7] = nil', { delete: 1, bytes: 2 }],
  ['a table is made', 'local x = ext.table()', { bytes: 0 }],
  ['a table of three is assigned', '_home.t = { 1, 2, 3 }', { set: 4, bytes: 41 }],
  ['a function is assigned', '_home.g = function() return 1 end', { get: 1, set: 4, bytes: 135 }, { get: 2, set: 2, bytes: 126 }],
  ['the length of a list', 'local x = #list', { get: 14, bytes: 109 }, { get: 3, bytes: 24 }],
  ['the length of a record', 'local x = #record', { get: 1, size: 1, bytes: 2 }],
  ['the size', 'local x = ext.size(list)', { size: 1, bytes: 0 }],
  ['next from the start', 'local x = next(list)', { keys: 1, get: 1, bytes: 521 }],
  ['next of an empty table', 'local x = next(empty)', { keys: 1, bytes: 0 }],
  ['pairs over 100 integers', 'for k, v in pairs(list) do end', { keys: 3, get: 100, bytes: 1700 }],
  ['pairs over 100 strings', 'for k, v in pairs(record) do end', { keys: 3, get: 100, bytes: 2684 }],
  ['pairs that changes 100 values', 'for k, v in pairs(list) do list[k] = v end', { keys: 3, get: 100, set: 100, bytes: 2800 }],
  ['ipairs over 100', 'for i, v in ipairs(list) do end', { get: 101, bytes: 1102 }],
  ['an element is added', 'table.insert(list, 1)', { get: 14, set: 1, bytes: 120 }, { get: 5, set: 1, bytes: 48 }],
  ['an element is removed', 'table.remove(list)', { get: 15, delete: 1, bytes: 122 }, { get: 4, delete: 1, bytes: 37 }],
  ['concat of 100', 'local x = table.concat(list)', { get: 114, bytes: 1209 }, { get: 103, bytes: 1124 }],
  ['a table of 100 is dropped', 'ext.drop(list)', { size: 1, keys: 3, delete: 100, bytes: 800 }, { size: 1, keys: 1, bytes: 0 }],
  ['output of three', '_io.output = { 1, 2, 3 }', { set: 1, bytes: 71 }],
];

for (const [name, code, first, again = first] of ACCESSES) {
  test(`calls of the host: ${name}`, () => {
    const store = new CountingStore(module);
    assert.equal(store.run(SETUP).error, undefined);
    assert.deepEqual(store.count(code), first);
    assert.deepEqual(store.count(code), again, 'the second time');
  });
}

/** A page has room for this many bytes of keys and their lengths; the first page of a walk has less. */
const [PAGE, FIRST_PAGE] = [8200, 512];

test('a walk asks for a page of keys at a time', () => {
  const store = new CountingStore(module);
  assert.equal(store.run('_home.t = {} for i = 1, 10000 do _home.t[i] = i end').error, undefined);
  const { keys, get } = store.count('for k, v in pairs(_home.t) do end');
  // Each key takes four bytes of length and two or three of key. The last page that the module asks for is empty.
  const most = (10000 * 7 - FIRST_PAGE) / (PAGE - 7);
  assert.equal(get, 10001);
  assert.equal(keys, Math.ceil(most) + 2);
});

test('docs/stores.md says the same', () => {
  const page = readFileSync(new URL('../../docs/stores.md', import.meta.url), 'utf8');
  const [, section] = page.split('## What an access costs\n');
  const rows = [...section.split('\n## ')[0].matchAll(/^\| `(.+)` \| (.+) \| ([\d, ]+) \|$/gm)];
  assert.ok(rows.length > 10, `${rows.length} rows`);
  for (const [, script, calls, bytes] of rows) {
    const [, , ...counts] = ACCESSES.find(([, code]) => code === script);
    const words = ({ bytes: moved, ...imports }) => Object.entries(imports).map(([name, count]) => `${count} ${name}`).join(', ');
    assert.equal(calls, counts.map(words).join(', and ') + (counts.length > 1 ? ' the next time' : ''), script);
    assert.equal(bytes, counts.map((count) => count.bytes).join(', '), script);
  }
});
