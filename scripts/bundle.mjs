// Builds the one-file bundles of host-js, here into dist/, with source maps: cu.js for a classic script tag, which makes the global `cu`,
// and cu.min.mjs, a module. Both find cu.wasm beside themselves, and cu_worker.js, the file of their workers. So does elements.js, which is
// made of the playground, with elements_editor.js, which it loads when an editor is seen.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The oldest browsers of the promise. Safari 13.1 destructures; what esbuild misses there is a rare fault of its parser. */
export const BROWSERS = { target: ['chrome80', 'firefox79', 'safari13.1'], supported: { destructuring: true } };

/** A classic script, which knows where it is by its tag; the module and the file of workers are in the folder `place`, seen from its own. */
const classic = (outfile, entryPoint, place) => ({
  outfile,
  entryPoints: [entryPoint],
  format: 'iife',
  inject: [`${ROOT}scripts/classic_script.js`],
  define: { 'import.meta.url': 'classicScript', MODULE_FOLDER: JSON.stringify(place) },
});

/** The worker of a bundle is a file beside it. */
const bundledWorker = {
  name: 'bundled worker',
  setup: ({ onResolve }) => onResolve({ filter: /\/default_worker\.js$/ }, () => ({ path: `${ROOT}scripts/bundled_worker.js` })),
};

/** So is that of elements, which are bundled once more by programs. */
const elementsWorker = {
  name: 'worker of elements',
  setup: ({ onResolve }) => onResolve({ filter: /\/default_worker\.js$/ }, () => ({ path: `${ROOT}playground/elements/worker.js` })),
};

/** Styles are texts, put into the shadows of elements. */
const stylesAsTexts = {
  name: 'styles as texts',
  setup: ({ onLoad }) => onLoad({ filter: /\.css$/ }, async ({ path }) => (
    { contents: (await transform(await readFile(path), { loader: 'css', minify: true, target: ELEMENTS.target })).code, loader: 'text' }
  )),
};

/** The editor of elements is a file beside theirs. */
const editorApart = {
  name: 'editor apart',
  setup: ({ onResolve }) => onResolve({ filter: /\/codemirror\.js$/ }, ({ kind }) => (kind === 'dynamic-import' ? { path: './elements_editor.js', external: true } : undefined)),
};

/** For those of the playground. */
const ELEMENTS = { target: ['chrome99', 'firefox98', 'safari15.4'], supported: {}, loader: { '.lua': 'text' }, format: 'esm', sourcemap: false };

/** What makes the bundles in `folder` of the package in `from`. */
const bundles = (from, folder) => [
  { globalName: 'cu', ...classic(`${folder}cu.js`, `${from}bundle.js`, './') },
  { outfile: `${folder}cu.min.mjs`, format: 'esm', entryPoints: [`${from}bundle.js`] },
  classic(`${folder}cu_worker.js`, `${from}worker/cu_worker.js`, './'),
  { ...ELEMENTS, outfile: `${folder}elements.js`, entryPoints: [`${ROOT}playground/elements/index.js`], plugins: [elementsWorker, stylesAsTexts, editorApart] },
  { ...ELEMENTS, outfile: `${folder}elements_editor.js`, entryPoints: [`${ROOT}playground/editor/codemirror.js`], plugins: [] },
].map(withCommon);

const withCommon = (options) => ({
  ...BROWSERS,
  plugins: [bundledWorker],
  bundle: true,
  minify: true,
  sourcemap: true,
  legalComments: 'none',
  ...options,
});

/** The place of the script in the earlier project, to which pages point: a folder below that of the module. */
export const OLD_CLASSIC = 'dist/cu.js';

export const bundleOld = (from, folder) => build(withCommon({
  globalName: 'cu', ...classic(`${folder}${OLD_CLASSIC}`, `${from}bundle.js`, '../'), sourcemap: false,
}));

/** Makes one of them without writing it: the script and its map. */
export async function bundled(from, name) {
  const options = bundles(from, '').find(({ outfile }) => outfile === name);
  return (await build({ ...options, write: false })).outputFiles;
}

/** Both paths end with a slash. */
export const bundle = (from, folder) => Promise.all(bundles(from, folder).map((options) => build(options)));

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(`${ROOT}host-js/`, `${ROOT}dist/`);
