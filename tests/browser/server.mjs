// Serves the files of this repository to a browser of this machine, and takes what pages report.
//
// Invariant: only files of the folders in FOLDERS are served, and only on the loopback.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = /^\/(host-js|dist|tests\/browser\/pages|node_modules\/@noble\/ciphers)\//;
const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.html': 'text/html', '.wasm': 'application/wasm' };
const PAGE = '/tests/browser/pages/index.html';

/** The page, also under other names, with the headers that a test wants of its server. */
const PAGES = {
  '/': {},
  '/isolated': { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
  '/no-workers': { 'Content-Security-Policy': "worker-src 'none'" },
};

/** Without it no worker of an isolated page may load a file. */
const FOR_WORKERS = { 'Cross-Origin-Embedder-Policy': 'require-corp' };

// What a bundler would do: browsers do not know where packages are, and workers have no import maps.
const PACKAGE = /(from ')(@noble\/ciphers\/)/g;

/**
 * @param {(path: string) => void} [report] called with the rest of the path of each request below /report/
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve(report = () => {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    if (path.startsWith('/report/')) {
      report(path.slice('/report/'.length));
      response.end();
      return;
    }
    const isPage = Object.hasOwn(PAGES, path);
    const file = isPage ? PAGE : path;
    for (const [name, value] of Object.entries(isPage ? PAGES[path] : FOR_WORKERS)) response.setHeader(name, value);
    try {
      if (!FOLDERS.test(file)) throw new Error('not a file for pages');
      const bytes = await readFile(`${ROOT}${file}`);
      response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
      response.end(/^\/host-js\/.*\.js$/.test(file) ? bytes.toString().replace(PACKAGE, '$1/node_modules/$2') : bytes);
    } catch {
      response.statusCode = 404;
      response.end(`there is no ${file}`);
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };
}
