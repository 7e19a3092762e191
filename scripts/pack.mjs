// What `npm pack` in host-js runs before and after it packs: the module and the licence become files of the package.
//
// In the repository host-js/cu.wasm is a link to what `make wasm` builds, which npm would leave out. Each change is one rename, so
// that a test which reads the module meanwhile always finds it.
//
// Use: node scripts/pack.mjs copy|restore

import { copyFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PACKAGE = `${ROOT}host-js/`;

/** Puts what `make` places at a path in the place of what is there. */
function replace(path, make) {
  const temporary = `${path}.${process.pid}`;
  make(temporary);
  renameSync(temporary, path);
}

const actions = {
  copy() {
    replace(`${PACKAGE}cu.wasm`, (path) => copyFileSync(`${ROOT}dist/cu.wasm`, path));
    copyFileSync(`${ROOT}dist/cu.wasm`, `${PACKAGE}lua.wasm`);
    copyFileSync(`${ROOT}LICENSE`, `${PACKAGE}LICENSE`);
  },
  restore() {
    replace(`${PACKAGE}cu.wasm`, (path) => symlinkSync('../dist/cu.wasm', path));
    rmSync(`${PACKAGE}lua.wasm`, { force: true });
    rmSync(`${PACKAGE}LICENSE`, { force: true });
  },
};

actions[process.argv[2]]();
