// How large the parts are that a page loads: minified, and compressed as a server does it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { BROWSERS, bundled } from '../../scripts/bundle.mjs';
import { ROOT } from './pack.mjs';

const FOLDER = `${ROOT}host-js/`;

/** By which what docs/package.md says may be off: programs for gzip differ by less. */
const TOLERANCE = 0.03;
const TABLE = readFileSync(`${ROOT}docs/package.md`, 'utf8').split('## Size\n')[1];

/** @param {string} row how a row of the table begins */
function isAsSaid(row, length, column = 0) {
  const line = TABLE.split('\n').find((each) => each.startsWith(`| ${row}`));
  const said = Number(line.split('|')[2].split(';')[column].replace('KB', ''));
  assert.ok(Math.abs(length / 1024 / said - 1) <= TOLERANCE, `docs/package.md says ${said} KB of ${row}; it has ${(length / 1024).toFixed(1)}`);
}

/** What a program may weigh at most, in bytes: what it imports, and what it leaves to others. */
const PARTS = [
  { name: 'the core, without stores', row: '`cu`, without', code: "export * from './core.js'", without: ['./store/memory.js'], most: 10_300 },
  { name: 'the core, with the store in memory', row: '`cu`, with the', code: "export * from './core.js'", without: [], most: 18_900 },
  { name: 'the page of a worker', row: '`WorkerCu`', code: "export { WorkerCu } from './worker/index.js'", without: [], most: 11_300 },
  { name: 'everything', row: '`cu/full`', code: "export * from './full.js'", without: [], most: 31_600 },
];

for (const { name, row, code, without, most } of PARTS) {
  test(`${name} has at most ${most} bytes`, async (t) => {
    const { outputFiles } = await build({
      ...BROWSERS, stdin: { contents: code, resolveDir: FOLDER }, bundle: true, minify: true, format: 'esm', write: false, external: without,
    });
    const [{ contents }] = outputFiles;
    const { length } = gzipSync(contents, { level: 9 });
    t.diagnostic(`${length} bytes, ${contents.length} before compression`);
    assert.ok(length <= most, `${length} bytes`);
    isAsSaid(row, length);
  });
}

for (const [name, most] of [['elements.js', 32_800], ['elements_editor.js', 121_000]]) {
  test(`${name} has at most ${most} bytes`, async (t) => {
    const [{ contents }] = await bundled(FOLDER, name);
    const { length } = gzipSync(contents, { level: 9 });
    t.diagnostic(`${length} bytes, ${contents.length} before compression`);
    assert.ok(length <= most, `${length} bytes`);
    isAsSaid('`elements.js`', length, name === 'elements.js' ? 0 : 1);
  });
}

test('the other files are as large as the documents say', async () => {
  for (const name of ['cu.js', 'cu_worker.js']) {
    const [{ contents }] = (await bundled(FOLDER, name)).filter(({ path }) => path.endsWith('.js'));
    isAsSaid(`\`${name}\``, gzipSync(contents, { level: 9 }).length);
  }
  isAsSaid('`cu.wasm`', gzipSync(readFileSync(`${ROOT}dist/cu.wasm`), { level: 9 }).length);
});

test('what a program does not use is left out', async () => {
  const [bytes, none] = await Promise.all(["export { decode } from './full.js'", "import './full.js'"].map(async (contents) => {
    const { outputFiles } = await build({ stdin: { contents, resolveDir: FOLDER }, bundle: true, minify: true, format: 'esm', write: false });
    return outputFiles[0].contents.length;
  }));
  assert.ok(bytes < 8000, `decode alone: ${bytes} bytes`);
  assert.equal(none, 0);
});
