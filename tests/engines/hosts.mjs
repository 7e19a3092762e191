/**
 * How large the hosts are: lines of code, which are neither empty nor comment alone, of what a compute needs: load, values, imports, the
 * store in memory, errors, calls both ways. Stores in files, tests and commands are not counted.
 */

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

import { BROWSERS } from '../../scripts/bundle.mjs';
import { ROOT } from './process.mjs';

const SLASHES = { line: '//', block: ['/*', '*/'] };
const HASH = { line: '#', block: ['"""', '"""'] };

/** `without` are paths below `folder`. */
const HOSTS = {
  'host-rust': {
    title: 'Rust', folder: 'host-rust/src', ending: '.rs', comments: SLASHES,
    without: /^(bin|replay|verify|data)\b|^store\/(encrypted|redb)\b|^(audit|rate|json|notation)\.rs$|tests\.rs$/,
  },
  'host-c': { title: 'C', folder: 'host-c', ending: '.c', comments: SLASHES, without: /^(bench\.c$|tests\b|add_ons\b|engines\b)/ },
  'host-go': {
    title: 'Go', folder: 'host-go', ending: '.go', comments: SLASHES, without: /_test\.go$|^(cmd|conformance|bboltstore|storetest|examples?)\b/,
  },
  'host-python': { title: 'Python', folder: 'host-python/cu', ending: '.py', comments: HASH, without: /^(bench|sqlite)\.py$/ },
};

const isHere = (path) => statSync(`${ROOT}${path}`, { throwIfNoEntry: false }) !== undefined;

/** The size of each host that is here, by name: `{ title, lines, gzip? }`. */
export async function hostSizes() {
  const sizes = { 'host-js': await sizeOfJavaScript() };
  for (const [name, host] of Object.entries(HOSTS)) {
    if (isHere(host.folder)) sizes[name] = { title: host.title, lines: linesOfFiles(filesOf(host), host.comments) };
  }
  return sizes;
}

/** Of JavaScript, what a bundler takes; and its bytes, minified and compressed. */
async function sizeOfJavaScript() {
  const { outputFiles: [{ contents }], metafile } = await build({
    ...BROWSERS, stdin: { contents: "export * from './core.js'", resolveDir: `${ROOT}host-js` }, bundle: true, minify: true, format: 'esm', write: false,
    metafile: true, absWorkingDir: ROOT,
  });
  const files = Object.keys(metafile.inputs).filter((path) => path.startsWith('host-js/') && path.endsWith('.js'));
  return { title: 'JavaScript', lines: linesOfFiles(files, SLASHES), gzip: gzipSync(contents, { level: 9 }).length };
}

function filesOf({ folder, ending, without = /^$/ }) {
  return readdirSync(`${ROOT}${folder}`, { recursive: true })
    .filter((path) => path.endsWith(ending) && !without.test(path))
    .map((path) => join(folder, path));
}

const linesOfFiles = (files, comments) => files.reduce((sum, path) => sum + linesOfCode(readFileSync(`${ROOT}${path}`, 'utf8'), comments), 0);

/** Lines that are neither empty nor comment alone. */
export function linesOfCode(text, { line: sign, block: [begin, end] }) {
  let isInside = false;
  let count = 0;
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (isInside) {
      isInside = !line.includes(end);
    } else if (line.startsWith(begin)) {
      isInside = !line.slice(begin.length).includes(end);
    } else if (line !== '' && !line.startsWith(sign)) {
      count += 1;
    }
  }
  return count;
}
