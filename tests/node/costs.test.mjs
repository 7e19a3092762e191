// docs/budget.md has the same costs as lua/costs.h.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, ROOT), 'utf8');

test('the table of costs is that of the header, word for word', () => {
  const header = [...read('lua/costs.h').matchAll(/^#define (CU_\w+)\s+(\d+)\s+\/\* (.*) \*\/$/gm)].map(([, ...row]) => row);
  const table = [...read('docs/budget.md').matchAll(/^\| `(CU_\w+)` \| (\d+) \| (.*) \|$/gm)].map(([, ...row]) => row);
  assert.ok(header.length > 40, `${header.length} constants`);
  assert.deepEqual(table, header);
});

test('every constant is used', () => {
  const all = ['lua', 'src'].flatMap((folder) => readdirSync(new URL(folder, ROOT), { recursive: true }).map((path) => `${folder}/${path}`));
  const files = all.filter((path) => /\.(patch|c|h|rs)$/.test(path) && path !== 'lua/costs.h');
  const sources = files.map((path) => read(path)).join('\n');
  for (const [, name] of read('lua/costs.h').matchAll(/^#define CU_(\w+)\s+\d/gm)) {
    const inRust = `cost::${name.replace(/^COST_/, '')}`;
    assert.ok(sources.includes(`CU_${name}`) || new RegExp(`${inRust}\\b`).test(sources), name);
  }
});
