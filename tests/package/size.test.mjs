// How large the parts are that a page loads: minified, and compressed as a server does it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { BROWSERS, bundled } from '../../scripts/bundle.mjs';
import { ROOT } from './pack.mjs';

const FOLDER = `${ROOT}host-js/`;

/** What a program may weigh at most, in bytes: what it imports, and what it leaves to others. */
const PARTS = [
  { name: 'the core, without stores', code: "export * from './core.js'", without: ['./store/memory.js'], most: 10_300 },
  { name: 'the core, with the store in memory', code: "export * from './core.js'", without: [], most: 18_900 },
  { name: 'the page of a worker', code: "export { WorkerCu } from './worker/index.js'", without: [], most: 11_300 },
  { name: 'everything', code: "export * from './full.js'", without: [], most: 31_600 },
];

for (const { name, code, without, most } of PARTS) {
  test(`${name} has at most ${most} bytes`, async (t) => {
    const { outputFiles } = await build({
      ...BROWSERS, stdin: { contents: code, resolveDir: FOLDER }, bundle: true, minify: true, format: 'esm', write: false, external: without,
    });
    const [{ contents }] = outputFiles;
    const { length } = gzipSync(contents, { level: 9 });
    t.diagnostic(`${length} bytes, ${contents.length} before compression`);
    assert.ok(length <= most, `${length} bytes`);
  });
}

for (const [name, most] of [['elements.js', 32_800], ['elements_editor.js', 121_000]]) {
  test(`${name} has at most ${most} bytes`, async (t) => {
    const [{ contents }] = await bundled(FOLDER, name);
    const { length } = gzipSync(contents, { level: 9 });
    t.diagnostic(`${length} bytes, ${contents.length} before compression`);
    assert.ok(length <= most, `${length} bytes`);
  });
}

test('what a program does not use is left out', async () => {
  const [bytes, none] = await Promise.all(["export { decode } from './full.js'", "import './full.js'"].map(async (contents) => {
    const { outputFiles } = await build({ stdin: { contents, resolveDir: FOLDER }, bundle: true, minify: true, format: 'esm', write: false });
    return outputFiles[0].contents.length;
  }));
  assert.ok(bytes < 8000, `decode alone: ${bytes} bytes`);
  assert.equal(none, 0);
});
