// The table of docs/hosting.md, "What an embedder decides", is one that tests/bench/decisions.mjs prints: its rows, its columns, a number in each.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { COLUMNS, ROWS } from '../bench/decisions.mjs';

const page = readFileSync(new URL('../../docs/hosting.md', import.meta.url), 'utf8');
const cells = (line) => line.split('|').slice(1, -1).map((cell) => cell.trim());

test('docs/hosting.md has the table of tests/bench/decisions.mjs', () => {
  const lines = page.split('\n');
  const at = lines.findIndex((line) => line.startsWith('|') && cells(line).slice(1).join() === COLUMNS.join());
  assert.ok(at > 0, `no table has the columns ${COLUMNS.join(', ')}`);
  const rows = lines.slice(at + 2, at + 2 + Object.keys(ROWS).length).map(cells);
  assert.deepEqual(rows.map(([name]) => name), Object.keys(ROWS));
  for (const [name, ...found] of rows) {
    assert.equal(found.length, COLUMNS.length, name);
    for (const number of found) assert.match(number, /^(\d+(\.\d+)?|-)$/, name);
  }
  assert.ok(!lines[at + 2 + rows.length].startsWith('|'), 'a row that is not measured');
});

test('what a host does not measure is left empty in its column alone', () => {
  const found = { loop: 2, loop_budget: 3, loop_time_limit: 4, change: 1.5, change_atomic: 2, change_atomic_host: 3, kept_change: 40, kept_look: 5 };
  assert.deepEqual(Object.values(ROWS).map((cell) => cell(found)), ['-', '1.50', '2.00', '1.5', '2.0', '3.0', '40', '5.0']);
});
