// The package is packed, installed into an empty folder, and used from there: in this Node, and bundled.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { NODE, ROOT, SAYS, install, pack, placeModule, run } from './pack.mjs';

const folder = install();
const installed = join(folder, 'node_modules/cu');
const description = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));

test('the package has the module under both names, the bundles, a licence, and no tests', () => {
  for (const name of ['cu.wasm', 'lua.wasm', 'cu.js', 'cu.js.map', 'cu_worker.js', 'cu_worker.js.map', 'cu.min.mjs', 'cu.min.mjs.map', 'LICENSE', 'README.md']) {
    assert.ok(pack().names.includes(name), name);
  }
  assert.deepEqual(pack().names.filter((name) => /test/.test(name)), []);
  const shipped = readFileSync(`${ROOT}dist/cu.wasm`);
  for (const name of ['cu.wasm', 'lua.wasm']) assert.ok(readFileSync(join(installed, name)).equals(shipped), name);
});

test('packing leaves the folder as it was', () => {
  assert.equal(readlinkSync(`${ROOT}host-js/cu.wasm`), '../dist/cu.wasm');
  assert.equal(readlinkSync(join(pack().folder, 'cu.wasm')), '../dist/cu.wasm');
  assert.deepEqual(readdirSync(pack().folder).sort(), readdirSync(`${ROOT}host-js`).sort());
});

test('the package needs no other', () => {
  assert.equal(description.dependencies, undefined);
  assert.deepEqual(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.')), ['cu']);
});

test('every entry has its files', () => {
  for (const [entry, target] of Object.entries(description.exports)) {
    const files = typeof target === 'string' ? [target] : Object.values(target);
    for (const file of files) assert.ok(pack().names.includes(file.slice(2)), `${entry}: ${file}`);
  }
});

test('an installed package runs', () => {
  assert.equal(run(process.execPath, [...NODE, 'main.mjs'], folder).trim(), SAYS);
});

test('nothing is read, compiled or asked for when the package is imported', () => {
  const entries = Object.entries(description.exports)
    .filter(([entry, { default: file }]) => /\.m?js$/.test(file) && entry !== './encrypted' && existsSync(join(installed, file)))
    .map(([entry]) => entry.replace('.', 'cu'));
  assert.ok(entries.includes('cu/cu.min.mjs'));
  const program = `
    const refuse = () => { throw new Error('something is done at import'); };
    globalThis.fetch = refuse;
    for (const name of ['compile', 'compileStreaming', 'instantiate', 'instantiateStreaming', 'Module', 'Instance', 'Memory']) WebAssembly[name] = refuse;
    const before = Object.keys(globalThis).length;
    for (const entry of ${JSON.stringify(entries)}) await import(entry);
    console.log(Object.keys(globalThis).length - before);`;
  assert.equal(run(process.execPath, [...NODE, '--input-type=module', '--eval', program], folder).trim(), '0');
});

// A page that imports these would fail at `node:`, and a bundler for pages would not finish.
test('what browsers import needs no Node', async () => {
  const browserEntries = ['cu', 'cu/full', 'cu/cuwasm', 'cu/data', 'cu/wasm', 'cu/store/memory', 'cu/worker', 'cu/worker/serve'];
  const { metafile } = await build({
    stdin: { contents: browserEntries.map((name, number) => `export * as e${number} from '${name}';`).join('\n'), resolveDir: folder },
    bundle: true, write: false, metafile: true, format: 'esm', platform: 'browser', logLevel: 'silent',
  });
  const imported = Object.values(metafile.inputs).flatMap(({ imports }) => imports);
  assert.deepEqual(imported.filter(({ external }) => external), []);
});

test('a bundle of esbuild runs with the module beside it', async () => {
  const outdir = join(folder, 'esbuild');
  await build({ entryPoints: [join(folder, 'main.mjs')], bundle: true, minify: true, format: 'esm', outdir, outExtension: { '.js': '.mjs' } });
  placeModule(outdir);
  assert.equal(run(process.execPath, [...NODE, 'main.mjs'], outdir).trim(), SAYS);
});
