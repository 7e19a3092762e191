/**
 * How large the hosts are, in lines of code: neither empty, nor comment alone.
 *
 * Invariant: what the core of a host is, its own test says, which also bounds it.
 */

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

import { BROWSERS } from '../../scripts/bundle.mjs';
import { ROOT } from './process.mjs';

const SLASHES = { line: '//', block: ['/*', '*/'] };
const HASH = { line: '#', block: ['"""', '"""'] };

/**
 * `without`: paths below `folder` that no program needs: tests and commands. `core`: the file that lists it, the list in it, and
 * how names there are paths below `folder`.
 */
const HOSTS = {
  'host-rust': { title: 'Rust', folder: 'host-rust/host/src', ending: '.rs', comments: SLASHES, without: /tests\.rs$/ },
  'host-c': {
    title: 'C', folder: 'host-c', ending: '.c', comments: SLASHES, without: /^(bench\.c$|tests\b|examples?\b)/,
    core: { file: 'host-c/tests/size.sh', list: /^CORE="(.*)"$/m },
  },
  'host-go': {
    title: 'Go', folder: 'host-go', ending: '.go', comments: SLASHES, without: /_test\.go$|^(cmd|conformance|storetest|examples?)\b/,
    core: { file: 'host-go/core_test.go', list: /^var core = \[\]string{([^}]*)}$/m },
  },
  'host-python': {
    title: 'Python', folder: 'host-python/cu', ending: '.py', comments: HASH, without: /^bench\.py$/,
    core: { file: 'host-python/tests/test_package.py', list: /^CORE = \[(.*)\]$/m, pathOf: (name) => `${name}.py` },
  },
};

const isHere = (path) => statSync(`${ROOT}${path}`, { throwIfNoEntry: false }) !== undefined;

/** The size of each host that is here, by name: `{ title, lines, core?, gzip? }`. */
export async function hostSizes() {
  const sizes = { 'host-js': await sizeOfJavaScript() };
  for (const [name, host] of Object.entries(HOSTS)) {
    if (!isHere(host.folder)) continue;
    sizes[name] = { title: host.title, lines: linesOfFiles(filesOf(host), host.comments) };
    if (host.core !== undefined) sizes[name].core = linesOfFiles(coreOf(host), host.comments);
  }
  return sizes;
}

/** Of JavaScript, what a bundler takes of the core, minified and compressed: without the store in memory, and with it. */
async function sizeOfJavaScript() {
  const bundled = (...external) => build({
    ...BROWSERS, stdin: { contents: "export * from './core.js'", resolveDir: `${ROOT}host-js` }, bundle: true, minify: true, format: 'esm', write: false,
    metafile: true, absWorkingDir: ROOT, external,
  });
  const [{ outputFiles: [alone] }, { outputFiles: [whole], metafile }] = await Promise.all([bundled('./store/memory.js'), bundled()]);
  const files = Object.keys(metafile.inputs).filter((path) => path.startsWith('host-js/') && path.endsWith('.js'));
  const all = filesOf({ folder: 'host-js', ending: '.js', without: /^(test|demo|dist|bun)\b|^(cu|cu_worker)\.js$|node_modules/ });
  const gzip = [alone, whole].map(({ contents }) => gzipSync(contents, { level: 9 }).length);
  return { title: 'JavaScript', lines: linesOfFiles(all, SLASHES), core: linesOfFiles(files, SLASHES), gzip };
}

function filesOf({ folder, ending, without = /^$/ }) {
  return readdirSync(`${ROOT}${folder}`, { recursive: true })
    .filter((path) => path.endsWith(ending) && !without.test(path))
    .map((path) => join(folder, path));
}

function coreOf({ title, folder, core: { file, list, pathOf = (name) => name } }) {
  const found = list.exec(readFileSync(`${ROOT}${file}`, 'utf8'));
  if (found === null) throw new Error(`${file} does not say what the core of the host in ${title} is: no ${list}`);
  return found[1].split(/[\s,]+/).filter((word) => word !== '').map((word) => join(folder, pathOf(word.replace(/"/g, ''))));
}

/** What a file takes from others says nothing of its size. */
const IMPORTS = /^package .*$|^import \([^]*?^\)$/gm;

const linesOfFiles = (files, comments) => files.reduce((sum, path) => sum + linesOfCode(readFileSync(`${ROOT}${path}`, 'utf8'), comments), 0);

/** Lines that are neither empty nor comment alone. */
export function linesOfCode(text, { line: sign, block: [begin, end] }) {
  let isInside = false;
  let count = 0;
  for (const line of text.replace(IMPORTS, '').split('\n').map((each) => each.trim())) {
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
