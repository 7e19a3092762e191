// What the server for development answers: a folder of one's own, and the files of this repository, also under the names that they had
// in the earlier project.
//
// Invariant: of the repository only the folders of SERVED are answered, of any folder no name that begins with a dot.

import { readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SERVED = /^\/(host-js|dist|docs|examples|tests\/browser\/pages|tests\/conformance|node_modules\/@noble\/ciphers)\//;

const text = (type) => `${type}; charset=utf-8`;
const TYPES = {
  '.html': text('text/html'),
  '.css': text('text/css'),
  '.js': text('text/javascript'),
  '.mjs': text('text/javascript'),
  '.json': text('application/json'),
  '.map': text('application/json'),
  '.lua': text('text/plain'),
  '.md': text('text/plain'),
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/** Names of the earlier project; a module is one file, under whatever name it is asked for. */
const OLD_NAMES = [
  [/^\/web\/(.*\.js)$/, '/host-js/web/$1'],
  [/^\/((cu-api|lua-api|lua-persistent|io-wrapper)\.js)$/, '/host-js/web/$1'],
  [/^\/(web\/)?((cu|lua)\.wasm)$/, '/dist/$2'],
  [/^\/demo(\/.*)?$/, '/host-js/demo$1'],
];

/** What a bundler would do: browsers do not know where packages are, and workers have no import maps. */
const PACKAGE = /(from ')(@noble\/ciphers\/)/g;

/** That of the playground, which `make demo` had at this address, would answer in the place of this server: it ends itself. */
const NO_WORKER = `self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => event.waitUntil(end()));
async function end() {
  for (const name of await caches.keys()) if (name.startsWith('cu-playground ' + self.registration.scope + ' ')) await caches.delete(name);
  const clients = await self.clients.matchAll();
  await self.registration.unregister();
  for (const client of clients) client.navigate(client.url);
}
`;

const BUNDLE = /^\/dist\/(cu\.js|cu_worker\.js|cu\.min\.mjs|elements\.js|elements_editor\.js)(\.map)?$/;

/** All files of a folder. */
export const folderSite = (folder) => async (path) => {
  if (/\/\./.test(path)) return undefined;
  const file = join(folder, path);
  const found = await stat(path.endsWith('/') ? join(file, 'index.html') : file).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isDirectory()) return { location: `${encodeURI(path)}/` };
  const full = path.endsWith('/') ? join(file, 'index.html') : file;
  return { body: await readFile(full), type: TYPES[extname(full)] ?? 'application/octet-stream' };
};

const files = folderSite(ROOT);

/** The package, its documents, and at `/` a page that links to them. */
export async function repositorySite(path) {
  if (path === '/') return files('/scripts/serve/index.html');
  if (path === '/offline.js') return { body: NO_WORKER, type: TYPES['.js'] };
  const bundle = BUNDLE.exec(path);
  if (bundle !== null) return bundleOf(bundle[1], bundle[0].endsWith('.map'));
  for (const [pattern, name] of OLD_NAMES) {
    if (pattern.test(path)) return { location: encodeURI(path.replace(pattern, name)) };
  }
  if (!SERVED.test(path)) return undefined;
  const answer = await files(path);
  if (answer === undefined || !path.startsWith('/host-js/') || !path.endsWith('.js')) return answer;
  return { ...answer, body: answer.body.toString().replace(PACKAGE, '$1/node_modules/$2') };
}

/** Made of the sources as they are now, so that a page never gets an older one. */
async function bundleOf(name, isMap) {
  const { bundled } = await import('../bundle.mjs');
  const file = (await bundled(`${ROOT}host-js/`, name)).find(({ path }) => path.endsWith('.map') === isMap);
  return { body: Buffer.from(file.contents), type: TYPES[isMap ? '.map' : '.js'] };
}
