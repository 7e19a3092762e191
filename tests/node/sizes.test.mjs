// The table of docs/limits.md about the room in the arena: each of its sizes fits, and a much larger one does not.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { KINDS, fits } from '../bench/sizes.mjs';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const page = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| (.+?) \| ([\d,]+) (bytes|elements) \|/gm)];
const promised = new Map(rows.map(([, kind, number, unit]) => [kind, { unit, least: Number(number.replaceAll(',', '')) }]));

test('the page has each kind, in its unit', () => {
  assert.deepEqual([...promised.keys()].sort(), Object.keys(KINDS).sort());
  for (const [kind, { unit }] of promised) assert.equal(unit, KINDS[kind].unit, kind);
});

for (const [kind, { least }] of promised) {
  test(`${kind}: ${least} fit, twice as many do not`, async () => {
    assert.equal(await fits(module, kind, least), true);
    assert.equal(await fits(module, kind, 2 * least), false);
  });
}
