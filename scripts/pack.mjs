// What `npm pack` in host-js runs before and after it packs: the module, the bundles and the licence become files of the package.
//
// In the repository host-js/cu.wasm is a link to what `make wasm` builds, which npm would leave out. Each change is one rename, so
// that a test which reads the module meanwhile always finds it.
//
// Use: node scripts/pack.mjs copy|restore

import { copyFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PACKAGE = `${ROOT}host-js/`;

/** Copies of files elsewhere in the repository: for a name here, where it comes from. */
const COPIES = {
  'lua.wasm': 'dist/cu.wasm',
  'cu.js': 'dist/cu.js',
  'cu.js.map': 'dist/cu.js.map',
  'cu.min.mjs': 'dist/cu.min.mjs',
  'cu.min.mjs.map': 'dist/cu.min.mjs.map',
  LICENSE: 'LICENSE',
};

/** Puts what `make` places at a path in the place of what is there. */
function replace(path, make) {
  const temporary = `${path}.${process.pid}`;
  make(temporary);
  renameSync(temporary, path);
}

const actions = {
  async copy() {
    await bundle();
    replace(`${PACKAGE}cu.wasm`, (path) => copyFileSync(`${ROOT}dist/cu.wasm`, path));
    for (const [name, origin] of Object.entries(COPIES)) copyFileSync(`${ROOT}${origin}`, `${PACKAGE}${name}`);
  },
  restore() {
    replace(`${PACKAGE}cu.wasm`, (path) => symlinkSync('../dist/cu.wasm', path));
    for (const name of Object.keys(COPIES)) rmSync(`${PACKAGE}${name}`, { force: true });
  },
};

await actions[process.argv[2]]();
