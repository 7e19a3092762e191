// Builds the one-file bundles of host-js into dist/, with source maps: cu.js for a classic script tag, which makes the global `cu`,
// and cu.min.mjs, a module. Both find cu.wasm beside themselves.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The oldest browsers of the promise. Safari 13.1 destructures; what esbuild misses there is a rare fault of its parser. */
export const BROWSERS = { target: ['chrome80', 'firefox79', 'safari13.1'], supported: { destructuring: true } };

const COMMON = {
  ...BROWSERS,
  entryPoints: [`${ROOT}host-js/full.js`],
  bundle: true,
  sourcemap: true,
  legalComments: 'none',
};

const BUNDLES = [
  {
    outfile: `${ROOT}dist/cu.js`,
    format: 'iife',
    globalName: 'cu',
    minify: true,
    inject: [`${ROOT}scripts/classic_script.js`],
    define: { 'import.meta.url': 'classicScript' },
  },
  { outfile: `${ROOT}dist/cu.min.mjs`, format: 'esm', minify: true },
];

export const bundle = () => Promise.all(BUNDLES.map((options) => build({ ...COMMON, ...options })));

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle();
