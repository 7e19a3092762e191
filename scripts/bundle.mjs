// Builds the one-file bundles of host-js, here into dist/, with source maps: cu.js for a classic script tag, which makes the global `cu`,
// and cu.min.mjs, a module. Both find cu.wasm beside themselves, and cu_worker.js, the file of their workers.

import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The oldest browsers of the promise. Safari 13.1 destructures; what esbuild misses there is a rare fault of its parser. */
export const BROWSERS = { target: ['chrome80', 'firefox79', 'safari13.1'], supported: { destructuring: true } };

/** A classic script, which knows where it is by its tag. */
const CLASSIC = { format: 'iife', inject: [`${ROOT}scripts/classic_script.js`], define: { 'import.meta.url': 'classicScript' } };

/** The worker of a bundle is a file beside it. */
const bundledWorker = {
  name: 'bundled worker',
  setup: ({ onResolve }) => onResolve({ filter: /\/default_worker\.js$/ }, () => ({ path: `${ROOT}scripts/bundled_worker.js` })),
};

/** What makes the bundles in `folder` of the package in `from`. */
const bundles = (from, folder) => [
  { outfile: `${folder}cu.js`, globalName: 'cu', entryPoints: [`${from}bundle.js`], ...CLASSIC },
  { outfile: `${folder}cu.min.mjs`, format: 'esm', entryPoints: [`${from}bundle.js`] },
  { outfile: `${folder}cu_worker.js`, entryPoints: [`${from}worker/cu_worker.js`], ...CLASSIC },
].map((options) => ({
  ...BROWSERS,
  plugins: [bundledWorker],
  bundle: true,
  minify: true,
  sourcemap: true,
  legalComments: 'none',
  ...options,
}));

/** Both paths end with a slash. */
export const bundle = (from, folder) => Promise.all(bundles(from, folder).map((options) => build(options)));

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(`${ROOT}host-js/`, `${ROOT}dist/`);
