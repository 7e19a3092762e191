// The package is packed, installed into an empty folder, and used from there: in this Node, and bundled.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { NODE, ROOT, SAYS, install, pack, placeModule, run } from './pack.mjs';

const folder = install();
const installed = join(folder, 'node_modules/cu');
const description = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));

test('the package has the module under both names, the bundles, a licence, and no tests', () => {
  for (const name of ['cu.wasm', 'lua.wasm', 'cu.js', 'cu.js.map', 'cu_worker.js', 'cu_worker.js.map', 'cu.min.mjs', 'cu.min.mjs.map', 'elements.js', 'elements_editor.js', 'LICENSE', 'README.md']) {
    assert.ok(pack().names.includes(name), name);
  }
  assert.deepEqual(pack().names.filter((name) => /test/.test(name)), []);
  const shipped = readFileSync(`${ROOT}dist/cu.wasm`);
  for (const name of ['cu.wasm', 'lua.wasm']) assert.ok(readFileSync(join(installed, name)).equals(shipped), name);
});

test('the documents of the package lead to files of it', () => {
  const documents = ['README.md', ...readdirSync(join(installed, 'docs')).map((name) => `docs/${name}`)];
  assert.ok(documents.length > 5);
  for (const path of documents) {
    const text = readFileSync(join(installed, path), 'utf8').replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
    for (const [, to] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) assert.ok(existsSync(join(installed, dirname(path), to)), `${path}: ${to}`);
  }
  assert.equal(readFileSync(join(pack().folder, 'README.md'), 'utf8'), readFileSync(`${ROOT}host-js/README.md`, 'utf8'));
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

test('the old file names are files of the package, for a page, and entries, for a program', () => {
  const names = ['cu-api', 'lua-api', 'lua-persistent', 'io-wrapper', 'enhanced/lua-api-enhanced', 'enhanced/storage-manager', 'enhanced/query-engine', 'enhanced/batch-processor'];
  const files = names.map((name) => `web/${name}.js`);
  for (const file of [...files, 'dist/cu.js']) assert.ok(pack().names.includes(file), file);
  const program = `
    import cu from 'cu/web/cu-api.js';
    import { IoWrapper } from 'cu/web/io-wrapper.js';
    import { EnhancedCuWASM } from 'cu/web/enhanced/lua-api-enhanced.js';
    await cu.load();
    const { output } = await new IoWrapper().computeWithIo('_io.output = _io.input + 1', 41);
    const all = await Promise.all(${JSON.stringify(files)}.map((file) => import('cu/' + file)));
    console.log(output, await cu.compute('return 5'), all.every(({ IoWrapper: Class }) => Class === IoWrapper), typeof EnhancedCuWASM);`;
  assert.equal(run(process.execPath, [...NODE, '--input-type=module', '--eval', program], folder).trim(), '42 5 true function');
  for (const entry of ['./web/cu.wasm', './web/lua.wasm']) assert.match(description.exports[entry], /^\.\/(cu|lua)\.wasm$/);
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
  const stores = ['memory', 'indexeddb', 'opfs', 'local', 'archive'].map((name) => `cu/store/${name}`);
  const browserEntries = ['cu', 'cu/full', 'cu/cuwasm', 'cu/data', 'cu/wasm', 'cu/web/cu-api.js', 'cu/web/io-wrapper.js', 'cu/worker', 'cu/worker/serve', 'cu/elements', ...stores];
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

test('errors have their names where a minifier gave their classes others', async () => {
  const outfile = join(folder, 'errors.mjs');
  const contents = "export * from 'cu/cu.min.mjs'; export * from 'cu/store/storage_error';";
  await build({ stdin: { contents, resolveDir: folder }, bundle: true, minify: true, format: 'esm', outfile });
  const program = `
    const wrong = [];
    let count = 0;
    for (const [name, value] of Object.entries(await import('./errors.mjs'))) {
      if (typeof value !== 'function' || !(value.prototype instanceof Error)) continue;
      count++;
      if (value.name !== name || new value('some', {}, {}).name !== name) wrong.push(name);
    }
    console.log(count > 10, JSON.stringify(wrong));`;
  assert.equal(run(process.execPath, [...NODE, '--input-type=module', '--eval', program], folder).trim(), 'true []');
});
