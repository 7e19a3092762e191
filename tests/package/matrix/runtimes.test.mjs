// The installed package in every runtime.

import assert from 'node:assert/strict';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { NODE, SAYS, emptyFolder, install, placeModule, run } from '../pack.mjs';
import { runtime } from './tools.mjs';

const folder = install();

/** A worker over a file, in the runtimes that have both. */
writeFileSync(join(folder, 'worker_main.mjs'), `
import { WorkerCu } from 'cu/worker';
const cu = await WorkerCu.create({ store: { file: 'tables-' + Date.now() } });
await cu.compute('_home.x = 41');
const running = cu.compute('while true do end').catch((error) => error.errorClass);
setTimeout(() => cu.stop(), 50);
console.log(await running, (await cu.compute('return _home.x + 1')).value);
await cu.close();
`);
const WORKER_SAYS = 'interrupted 42';

for (const version of [20, 22, 24]) {
  const { path, skip } = runtime(`node${version}`, 'bin/node');
  test(`Node ${version}`, { skip }, () => {
    assert.equal(run(path, [...NODE, 'main.mjs'], folder).trim(), SAYS);
    assert.equal(run(path, [...NODE, 'worker_main.mjs'], folder).trim(), WORKER_SAYS);
  });

  test(`Node ${version}, as CommonJS that imports`, { skip }, () => {
    const program = "import('./program.mjs').then(({ main }) => main()).then(console.log)";
    assert.equal(run(path, [...NODE, '--input-type=commonjs', '--eval', program], folder).trim(), SAYS);
  });
}

for (const version of [22, 24]) {
  const { path, skip } = runtime(`node${version}`, 'bin/node');
  test(`Node ${version}, required`, { skip }, () => {
    const program = "require('cu').Cu.create().then((cu) => console.log(cu.compute('return 6 * 7').value))";
    assert.equal(run(path, [...NODE, '--no-warnings', '--input-type=commonjs', '--eval', program], folder).trim(), '42');
  });
}

const node24 = runtime('node24', 'bin/node');
test('Node 24, with `using`', { skip: node24.skip }, () => {
  const program = "import { Cu } from 'cu'; let kept; { using cu = await Cu.create(); kept = cu; } try { kept.compute(''); } catch (error) { console.log(error.message); }";
  assert.equal(run(node24.path, [...NODE, '--input-type=module', '--eval', program], folder).trim(), 'this instance is closed');
});

const deno = runtime('deno', 'deno');
test('Deno', { skip: deno.skip }, () => {
  const runDeno = (...words) => run(deno.path, ['run', ...words], folder, { DENO_NO_UPDATE_CHECK: '1' }).trim();
  assert.equal(runDeno('--allow-read=.', 'main.mjs'), SAYS);
  assert.equal(runDeno('--allow-all', 'worker_main.mjs'), WORKER_SAYS);
});

const bun = runtime('bun', 'bin/bun');
test('Bun', { skip: bun.skip }, () => {
  assert.equal(run(bun.path, ['main.mjs'], folder).trim(), SAYS);
  assert.equal(run(bun.path, ['worker_main.mjs'], folder).trim(), WORKER_SAYS);
});

test('Bun, a bundle', { skip: bun.skip }, () => {
  run(bun.path, ['build', '--target=bun', '--outdir=bun', 'main.mjs'], folder);
  assert.equal(run(bun.path, ['main.js'], join(folder, 'bun')).trim(), SAYS);
});

test('Bun, an executable without the package beside it', { skip: bun.skip }, () => {
  const alone = emptyFolder();
  run(bun.path, ['build', '--compile', `--outfile=${alone}/program`, 'main.mjs'], folder);
  renameSync(join(folder, 'node_modules'), join(folder, 'hidden'));
  try {
    assert.equal(run(join(alone, 'program'), [], alone).trim(), SAYS);
  } finally {
    renameSync(join(folder, 'hidden'), join(folder, 'node_modules'));
  }
});

const WORKER = `
import module from './cu.wasm';
import { Cu } from 'cu';
import { main } from './program.mjs';

export default {
  async test() {
    const said = await main({ module });
    if (said !== ${JSON.stringify(SAYS)}) throw new Error(said);
    const message = await Cu.create().then(() => 'it starts', (error) => error.message);
    if (!/'module'/.test(message)) throw new Error(message);
    const bytes = await Cu.create({ module: new Uint8Array(8) }).then(() => 'it starts', (error) => error.message);
    if (!/may not be compiled here.*WebAssembly.Module/.test(bytes)) throw new Error(bytes);
  },
};
`;

const CONFIG = `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs"), (name = "cu.wasm", wasm = embed "cu.wasm")],
  compatibilityDate = "2026-01-01",
))]);
`;

const workerd = runtime('workerd', 'bin/workerd');
test('workerd with a compiled module, and what it says without one', { skip: workerd.skip }, async () => {
  const outdir = join(folder, 'workerd');
  mkdirSync(outdir);
  writeFileSync(join(folder, 'worker.mjs'), WORKER);
  await build({
    entryPoints: [join(folder, 'worker.mjs')], bundle: true, format: 'esm', conditions: ['workerd'], external: ['./cu.wasm'], outdir,
    outExtension: { '.js': '.mjs' },
  });
  placeModule(outdir);
  writeFileSync(join(outdir, 'config.capnp'), CONFIG);
  run(workerd.path, ['test', 'config.capnp'], outdir);
});
