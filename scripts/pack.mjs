// What `npm pack` runs in the folder of the package before and after it packs: the module, the bundles and the licence become files of it.
//
// In the repository host-js/cu.wasm is a link to what `make wasm` builds, which npm would leave out. Each change of it is one rename, so
// that who reads the module meanwhile always finds it.
//
// Use: node ../scripts/pack.mjs copy|restore, in host-js or a copy of it

import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OLD_CLASSIC, bundle, bundleOld } from './bundle.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PACKAGE = `${process.cwd()}/`;

/** Copies of files elsewhere in the repository: for a name here, where it comes from. */
const COPIES = { 'lua.wasm': 'dist/cu.wasm', LICENSE: 'LICENSE' };

/** Documents for users of the package; the others are about this repository. */
const DOCUMENTS = ['package', 'javascript', 'browser-stores', 'workers', 'elements', 'data', 'lua', 'hosting', 'calls', 'limits', 'instances', 'smaller-module', 'stores', 'permissions', 'troubleshooting', 'replay', 'security', 'budget', 'bytecode', 'formats'];

const BUNDLES = ['cu.js', 'cu.js.map', 'cu_worker.js', 'cu_worker.js.map', 'cu.min.mjs', 'cu.min.mjs.map', 'elements.js', 'elements_editor.js', dirname(OLD_CLASSIC)];

/** Puts what `make` places at a path in the place of what is there. */
function replace(path, make) {
  const temporary = `${path}.${process.pid}`;
  make(temporary);
  renameSync(temporary, path);
}

/** Documents below the README, which link to it, to each other, and to nothing that the package does not have. */
function copyDocuments() {
  const folder = `${PACKAGE}docs/`;
  mkdirSync(folder, { recursive: true });
  for (const name of DOCUMENTS) {
    const text = readFileSync(`${ROOT}docs/${name}.md`, 'utf8');
    const moved = text.replace(/(!?)\[([^\]]*)\]\((?!https?:|#)([^)#]+)(#[^)]*)?\)/g, (whole, mark, label, to, place = '') => {
      if (to.startsWith('../host-js/')) return `${mark}[${label}](../${to.slice('../host-js/'.length)}${place})`;
      return DOCUMENTS.includes(to.replace(/\.md$/, '')) ? whole : label;
    });
    writeFileSync(`${folder}${name}.md`, moved);
  }
  moveLinks('](../docs/', '](docs/');
}

const moveLinks = (from, to) => {
  const path = `${PACKAGE}README.md`;
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(from, to));
};

const actions = {
  async copy() {
    await bundle(PACKAGE, PACKAGE);
    await bundleOld(PACKAGE, PACKAGE);
    replace(`${PACKAGE}cu.wasm`, (path) => copyFileSync(`${ROOT}dist/cu.wasm`, path));
    for (const [name, origin] of Object.entries(COPIES)) copyFileSync(`${ROOT}${origin}`, `${PACKAGE}${name}`);
    copyDocuments();
  },
  restore() {
    replace(`${PACKAGE}cu.wasm`, (path) => symlinkSync('../dist/cu.wasm', path));
    moveLinks('](docs/', '](../docs/');
    for (const name of [...Object.keys(COPIES), ...BUNDLES, 'docs']) rmSync(`${PACKAGE}${name}`, { force: true, recursive: true });
  },
};

await actions[process.argv[2]]();
