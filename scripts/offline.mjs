// The service worker of the playground, with the list of all files that the page may need, by their content.
//
// A file that keeps its name from version to version is asked for as `NAME?HASH`, so that no page gets it from another version: servers
// ignore what stands behind the question mark, caches do not.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PAGE = 'index.html';
/** Has a hash in its name. */
const PART = /^part-\w+\.js$/;
/** Asked for by readers and their scripts, under these names. */
const PLAIN = [PAGE, 'icon.svg', 'cities.csv'];

const hashOf = (content) => createHash('sha256').update(content).digest('hex');

/**
 * Writes the page with the addresses of its files, and the service worker beside it.
 * @param {string} folder of the page's files
 * @param {string[]} names of the files that are the page's, without the page itself
 * @param {string} html of the page
 * @param {object} options of esbuild
 */
export async function writeOffline(folder, names, html, options) {
  const hashes = await Promise.all([...names].sort().map(async (name) => [name, hashOf(await readFile(folder + name))]));
  const version = hashOf(JSON.stringify([hashes, html])).slice(0, 16);
  const addresses = Object.fromEntries(hashes.filter(([name]) => !PART.test(name) && !PLAIN.includes(name)).map(([name, hash]) => [name, `${name}?${hash.slice(0, 16)}`]));
  const page = withAddresses(html, version, addresses);
  await writeFile(folder + PAGE, page);
  await build({
    ...options, entryPoints: { offline: `${ROOT}playground/offline/service_worker.js` }, outdir: folder, format: 'iife',
    define: {
      CU_VERSION: JSON.stringify(version),
      CU_FILES: JSON.stringify([[PAGE, hashOf(page)], ...hashes.map(([name, hash]) => [addresses[name] ?? name, hash])]),
    },
  });
}

function withAddresses(html, version, addresses) {
  const filled = html.replace('window.cuFiles = {}', () => `window.cuFiles = ${JSON.stringify({ version, ...addresses })}`);
  if (filled === html) throw new Error(`${PAGE} has no place for the addresses of its files: window.cuFiles = {}`);
  return filled.replace(/(href|src)="([\w.-]+)"/g, (found, attribute, name) => (Object.hasOwn(addresses, name) ? `${attribute}="${addresses[name]}"` : found));
}
