// Builds the playground: static files that work on any server, under any path. Here into dist/playground/.

import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FOLDER = `${ROOT}playground/`;

/** What CodeMirror needs; all of it came in 2020. */
const TARGET = ['chrome88', 'firefox86', 'safari14.1'];

const COMMON = {
  target: TARGET, bundle: true, minify: true, legalComments: 'none', loader: { '.lua': 'text' }, metafile: true,
  // The module is given to workers, so none looks for it beside its own file.
  logOverride: { 'empty-import-meta': 'silent' },
};

const COPIED = { 'index.html': FOLDER, 'icon.svg': FOLDER, 'cities.csv': `${FOLDER}examples/`, 'cu.wasm': `${ROOT}dist/` };

/** @param {string} folder with a slash at its end */
export async function buildPlayground(folder) {
  await mkdir(folder, { recursive: true });
  await Promise.all([
    build({ ...COMMON, entryPoints: [`${FOLDER}main.js`, `${FOLDER}main.css`], outdir: folder, format: 'esm', splitting: true, chunkNames: 'part-[hash]' }),
    // Module workers came to browsers later.
    build({ ...COMMON, entryPoints: [`${FOLDER}worker.js`, `${FOLDER}worker-encrypted.js`], outdir: folder, format: 'iife' }),
    ...Object.entries(COPIED).map(([name, from]) => copyFile(from + name, folder + name)),
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPlayground(`${ROOT}dist/playground/`);
