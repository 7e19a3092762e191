// Serves the package, its demo page and a folder of one's own to the browsers of this machine.

import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ISOLATION, serve } from './serve/server.mjs';
import { folderSite, repositorySite } from './serve/sites.mjs';

const HELP = `Serves the package, its demo page and the old file names to the browsers of this machine.

Use: node scripts/serve.mjs [--port N] [--folder PATH] [--homes PATH] [--isolate]

  --port N       the port, 8000 if you name none; 0 takes a free one
  --folder PATH  a folder whose files are answered first, such as that of your own page
  --homes PATH   a folder in which shared homes of the playground are kept; they are at /together/
  --isolate      sends what a page needs for SharedArrayBuffer: it can then load nothing from other origins that does not allow it
`;

function fail(problem) {
  console.error(`serve: ${problem}`);
  process.exit(2);
}

function readOptions() {
  try {
    const { values } = parseArgs({ options: {
      port: { type: 'string', default: '8000' }, folder: { type: 'string' }, homes: { type: 'string' }, isolate: { type: 'boolean', default: false }, help: { type: 'boolean' },
    } });
    return values;
  } catch (error) {
    return fail(`${error.message}\n\n${HELP}`);
  }
}

/** They need the module, which is there only after a build. */
async function sharedHomes(path) {
  const [{ Homes }, { Requests }] = await Promise.all([import('../examples/sync-server/homes.mjs'), import('../examples/sync-server/requests.mjs')]);
  return new Requests(new Homes(path));
}

const { port, folder, homes, isolate, help } = readOptions();
if (help) {
  console.log(HELP);
  process.exit();
}
if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) fail(`--port is a whole number from 0 to 65535, not ${JSON.stringify(port)}`);
if (folder !== undefined && !(existsSync(folder) && statSync(folder).isDirectory())) fail(`--folder names no folder: ${resolve(folder)}`);

const sites = folder === undefined ? [repositorySite] : [folderSite(resolve(folder)), repositorySite];
try {
  const programs = homes === undefined ? {} : { '/together/': await sharedHomes(resolve(homes)) };
  const { url } = await serve({ sites, port: Number(port), headers: isolate ? ISOLATION : {}, programs });
  console.log(`serve: ${url.replace('127.0.0.1', 'localhost')} (Ctrl+C ends it)`);
} catch (error) {
  fail(error.message);
}
