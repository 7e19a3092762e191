// Serves the files of this repository to a browser of this machine, and takes what pages report.
//
// Below /old/ is a page for the scripts of host-js/test/scripts, with the file names of the earlier project beside them.
//
// Invariant: only files of the folders in FOLDERS are served, and only on the loopback.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OLD_NAMES, sameAs } from '../../host-js/test/old_names.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = /^\/(host-js|dist|tests\/(browser\/pages|bench\/page|bench\/node_modules\/(tinybase|wasmoon))|node_modules\/(@noble\/ciphers|dexie))\//;
const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.html': 'text/html', '.wasm': 'application/wasm' };
const PAGES = { '/': '/tests/browser/pages/index.html', '/old/': '/tests/browser/pages/script.html', '/old/lua.wasm': '/dist/lua.wasm' };

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
    const old = OLD_NAMES[path.slice('/old/'.length)];
    const file = PAGES[path] ?? path.replace(/^\/old\/(?=\w+\.mjs$)/, '/host-js/test/scripts/');
    // A page in a sandbox has an origin of its own.
    response.setHeader('Access-Control-Allow-Origin', '*');
    try {
      if (path.startsWith('/old/') && old !== undefined) {
        response.setHeader('Content-Type', TYPES['.js']);
        response.end(sameAs(`/host-js/compat/${old}`));
        return;
      }
      if (!FOLDERS.test(file)) throw new Error('not a file for pages');
      const bytes = await readFile(`${ROOT}${file}`);
      response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
      response.end(file.startsWith('/host-js/') && extname(file) === '.js' ? bytes.toString().replace(PACKAGE, '$1/node_modules/$2') : bytes);
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
