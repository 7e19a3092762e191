// Builds the playground: static files that work on any server, under any path. Here into dist/playground/.

import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeOffline } from './offline.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FOLDER = `${ROOT}playground/`;

/** The first that have `<dialog>`: those of 2022. */
const TARGET = ['chrome99', 'firefox98', 'safari15.4'];

const COMMON = {
  target: TARGET, bundle: true, minify: true, absWorkingDir: ROOT, legalComments: 'none', loader: { '.lua': 'text' }, metafile: true,
  // The module is given to workers, so none looks for it beside its own file.
  logOverride: { 'empty-import-meta': 'silent' },
};

/** What is in every worker of the package, and the page asks for nowhere: functions of the earlier project, and a store. */
const ABSENT = { cuwasm_calls: 'CuWASMCalls', opfs: 'OPFSStore' };
const withoutThose = {
  name: 'without what the page does not use',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: new RegExp(`/(${Object.keys(ABSENT).join('|')})\\.js$`) }, ({ path }) => ({ path: basename(path, '.js'), namespace: 'absent' }));
    onLoad({ filter: /./, namespace: 'absent' }, ({ path }) => ({ contents: `export const ${ABSENT[path]} = undefined;` }));
  },
};

/**
 * What comes later has what was there before: told so, esbuild puts all of that into one file, where it would make one for each set of parts
 * that share something.
 */
const inOneFile = {
  name: 'what is there at once is one file',
  setup({ onResolve, onLoad, resolve }) {
    const later = new Set();
    onResolve({ filter: /./ }, async ({ path, pluginData, ...of }) => {
      if (of.kind !== 'dynamic-import' || pluginData === inOneFile) return undefined;
      const found = await resolve(path, { ...of, pluginData: inOneFile });
      later.add(found.path);
      return found;
    });
    onLoad({ filter: /\.js$/ }, async ({ path }) => (later.has(path) ? { contents: `${await readFile(path, 'utf8')}\nimport '${FOLDER}main.js';` } : undefined));
  },
};

const COPIED = { 'icon.svg': FOLDER, 'cities.csv': `${FOLDER}examples/`, 'cu.wasm': `${ROOT}dist/` };

/**
 * @param {string} folder with a slash at its end
 * @param {object} [options] of esbuild, such as a banner that makes another version of it
 * @returns {Promise<object>} what esbuild says of the page's files
 */
export async function buildPlayground(folder, options = {}) {
  const common = { ...COMMON, ...options };
  await mkdir(folder, { recursive: true });
  const [page, workers] = await Promise.all([
    build({ ...common, entryPoints: ['start.js', 'main.js', 'main.css', 'notebook.css', 'together.css'].map((name) => FOLDER + name), outdir: folder, format: 'esm', splitting: true, chunkNames: 'part-[hash]', plugins: [inOneFile] }),
    // Module workers came to browsers later.
    build({ ...common, entryPoints: { worker: `${FOLDER}worker/plain.js`, 'worker-encrypted': `${FOLDER}worker/encrypted.js` }, outdir: folder, format: 'iife', plugins: [withoutThose] }),
    ...Object.entries(COPIED).map(([name, from]) => copyFile(from + name, folder + name)),
  ]);
  const names = [...[page, workers].flatMap(({ metafile }) => Object.keys(metafile.outputs).map((path) => basename(path))), ...Object.keys(COPIED)];
  await writeOffline(folder, names, withModules(await readFile(`${FOLDER}index.html`, 'utf8'), page.metafile), common);
  return page.metafile;
}

/** The page's programs in their order, and what they import at once, so that a browser need not read them to find out. */
function withModules(html, { outputs }) {
  const seen = new Set();
  const lines = ['start', 'main'].flatMap((name) => {
    const [[path, { imports }]] = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint === `playground/${name}.js`);
    const parts = imports.filter((each) => each.kind === 'import-statement' && !seen.has(each.path)).map((each) => each.path);
    for (const each of parts) seen.add(each);
    return [...parts.map((each) => `<link rel="modulepreload" href="${basename(each)}">`), `<script type="module" src="${basename(path)}"></script>`];
  });
  return html.replace('<!-- modules -->', lines.join('\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPlayground(`${ROOT}dist/playground/`);
