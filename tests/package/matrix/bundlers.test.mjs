// The installed package after each bundler, in Node and in Chromium, there also with a worker.

import assert from 'node:assert/strict';
import { cpSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import nodeResolve from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { build as vite, createServer } from 'vite';
import webpack from 'webpack';
import { NODE, SAYS, install, placeModule, run } from '../pack.mjs';
import { serve, skip, stop, visit } from './page.mjs';
import { runtime } from './tools.mjs';

const folder = install();
const PAGE = `
import { main } from './program.mjs';
import { WorkerCu } from 'cu/worker';

async function all() {
  const cu = await WorkerCu.create({ store: { indexeddb: 'bundled' } });
  const { value } = await cu.compute('return 6 * 7');
  await cu.close();
  return value === 42 ? main() : value;
}

all().then((said) => { window.said = said; }, (error) => { window.said = String(error); });
`;
writeFileSync(join(folder, 'page.mjs'), PAGE);
writeFileSync(join(folder, 'index.html'), '<!doctype html><script type="module" src="./page.mjs"></script>');
const main = join(folder, 'main.mjs');
const page = join(folder, 'page.mjs');

after(stop);

async function showsIn(outdir, script) {
  writeFileSync(join(outdir, 'index.html'), `<!doctype html><script type="module" src="${script}"></script>`);
  await shows(outdir);
}

async function shows(outdir) {
  const server = await serve(outdir);
  try {
    assert.equal(await visit(server.url), SAYS);
  } finally {
    server.close();
  }
}

/** What a bundler does not bring along. */
function placeFiles(outdir) {
  placeModule(outdir);
  cpSync(join(folder, 'node_modules/cu/cu_worker.js'), join(outdir, 'cu_worker.js'));
}

const runsIn = (outdir, script) => assert.equal(run(process.execPath, [...NODE, script], outdir).trim(), SAYS);

test('esbuild, with the module beside the bundle', { skip }, async () => {
  const outdir = join(folder, 'esbuild');
  await esbuild({ entryPoints: [page], bundle: true, minify: true, format: 'esm', outdir });
  placeFiles(outdir);
  await showsIn(outdir, 'page.js');
});

test('esbuild, with the module in the bundle', async () => {
  const outdir = join(folder, 'esbuild-binary');
  const contents = "import module from 'cu/cu.wasm';\nimport { main } from './program.mjs';\nconst compiled = await WebAssembly.compile(module);\nconsole.log(await main({ module: compiled }));\n";
  await esbuild({
    stdin: { contents, resolveDir: folder }, bundle: true, format: 'esm', outfile: join(outdir, 'main.mjs'), loader: { '.wasm': 'binary' }, platform: 'node', target: 'node20',
  });
  runsIn(outdir, 'main.mjs');
});

test('esbuild, as CommonJS, says what it needs', async () => {
  const outdir = join(folder, 'esbuild-commonjs');
  const contents = "import { Cu } from 'cu';\nCu.create().catch((error) => console.log(error.name, error.message));\n";
  await esbuild({ stdin: { contents, resolveDir: folder }, bundle: true, format: 'cjs', platform: 'node', outfile: join(outdir, 'main.cjs'), logLevel: 'error' });
  assert.match(run(process.execPath, [...NODE, 'main.cjs'], outdir), /^ModuleError cannot find cu.wasm from here: give the option 'module'/);
});

test('rollup, with the module beside the bundle', { skip }, async () => {
  const outdir = join(folder, 'rollup');
  const warnings = [];
  const bundle = await rollup({
    input: { main, page }, plugins: [nodeResolve({ browser: true })], onwarn: (warning) => warnings.push(warning.message),
  });
  await bundle.write({ dir: outdir, format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
  assert.deepEqual(warnings, []);
  placeFiles(outdir);
  runsIn(outdir, 'main.mjs');
  await showsIn(outdir, 'page.mjs');
});

const bun = runtime('bun', 'bin/bun');
test('Bun for pages, with the module beside the bundle', { skip: skip || bun.skip }, async () => {
  const outdir = join(folder, 'bun');
  run(bun.path, ['build', '--target=browser', `--outdir=${outdir}`, 'page.mjs'], folder);
  placeFiles(outdir);
  await showsIn(outdir, 'page.js');
});

test('Vite, built', { skip }, async () => {
  const outDir = join(folder, 'vite');
  await vite({ root: folder, base: './', logLevel: 'error', build: { outDir, rollupOptions: { input: join(folder, 'index.html') } } });
  assert.deepEqual(readdirSync(join(outDir, 'assets')).filter((name) => name.endsWith('.wasm')).length, 1);
  await shows(outDir);
});

test('Vite, its server for development', { skip }, async () => {
  const server = await createServer({ root: folder, logLevel: 'error', server: { port: 0, host: '127.0.0.1' } });
  await server.listen();
  try {
    assert.equal(await visit(`http://127.0.0.1:${server.httpServer.address().port}/`), SAYS);
  } finally {
    await server.close();
  }
});

for (const [target, entry] of [['web', page], ['node', main]]) {
  test(`webpack for ${target}`, { skip }, async () => {
    const outdir = join(folder, `webpack-${target}`);
    const module = { experiments: { outputModule: true }, output: { path: outdir, filename: 'bundle.mjs', module: true, chunkFormat: 'module' } };
    const stats = await new Promise((resolve, reject) => {
      webpack({ mode: 'production', context: folder, entry, target: target === 'web' ? ['web', 'es2020'] : 'node20', ...module }, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
    assert.equal(stats.hasErrors(), false, stats.toString());
    assert.deepEqual(stats.toJson().warnings.map(({ message }) => message).filter((message) => !/size limit|performance/.test(message)), []);
    if (target === 'web') await showsIn(outdir, 'bundle.mjs');
    else runsIn(outdir, 'bundle.mjs');
  });
}
