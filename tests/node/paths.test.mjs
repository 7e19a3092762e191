// Every path in a document or a comment exists, so that a moved file takes its references along.
//
// The test reads documents outside of their examples, and comments of code. Between backticks, a path has a slash or is the
// name of a file of code; elsewhere it has both. It starts at the repository's root, at the file's folder or one around it,
// or at `src/` or `host-rust/host/src/`, as the modules do.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const DOCUMENT = /\.md$/;
const CODE = /\.(rs|mjs|js|ts|c|h|go|sh)$/;

/** The changelog describes each release, so its paths are those of that time. */
const HISTORY = 'CHANGELOG.md';

/** Text with a slash that is not a path here: built files, files of another package, or a way inside a drawing. */
const MADE = /^(target|dist|node_modules)\//;
const PACKAGE = /^(@[\w-]+\/|node:|cu\/|https?:)/;

/** Lua's own sources, of the crate that ships them. */
const LUA = /^l\w+\.[ch]$/;

/** The header of WebAssembly's API for C, of any engine that has it. */
const WASM_H = 'wasm.h';

const ROOTS = ['', 'src', 'host-rust', 'host-rust/host', 'host-rust/host/src', 'host-js', 'unwind', 'tests'];

const tracked = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' }).split('\n').filter((path) => path !== '');
const files = tracked.filter((path) => existsSync(join(ROOT, path)));
const names = new Set(files.map((path) => basename(path)));

/** The text in which backticks are quotations: prose of a document, or comments of code. */
function prose(path, text) {
  if (DOCUMENT.test(path)) return text.replace(/^```[^]*?^```/gm, '');
  const sh = path.endsWith('.sh');
  return text.split('\n').map((line) => {
    const comment = (sh ? /(?:^|\s)#(.*)/ : /(?:^\s*\/?\*+|(?:^|\s)\/\/[\/!]?)(.*)/).exec(line);
    return comment?.[1] ?? '';
  }).join('\n');
}

/** The paths that a text names. */
function paths(text) {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, inside]) => inside);
  const bare = text.match(/(?<![\w@:./`-])[\w-]+(\/[\w.-]+)+\.(rs|mjs|js|ts|c|h|md|lua|sh|go)\b(?![`\w/])/g) ?? [];
  return [...quoted, ...bare].filter((path) => {
    if (!/^[\w.@/-]+$/.test(path) || MADE.test(path) || PACKAGE.test(path) || LUA.test(path) || path === WASM_H) return false;
    return /^[\w.-]+(\/[\w.-]+)*\/$/.test(path) || (path.includes('/') && /\.\w+$/.test(path))
      || /^[\w-]+\.(rs|mjs|c|h|md|sh)$/.test(path);
  });
}

/** Whether a file names an existing path. */
function exists(path, from) {
  const folders = [];
  for (let folder = dirname(from); folder !== '.'; folder = dirname(folder)) folders.push(folder);
  if ([...folders, ...ROOTS].some((folder) => existsSync(join(ROOT, folder, path)))) return true;
  return !path.includes('/') && names.has(path);
}

/** `from: path` for each missing path. */
const missing = (from, text) => paths(prose(from, text)).filter((path) => !exists(path, from)).map((path) => `${from}: ${path}`);

test('every path in documents and comments exists', () => {
  const looked = files.filter((path) => path !== HISTORY && (DOCUMENT.test(path) || CODE.test(path)));
  const texts = looked.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]);
  const count = texts.reduce((sum, [path, text]) => sum + paths(prose(path, text)).length, 0);
  assert.ok(count > 150, `only ${count} paths were found`);
  assert.deepEqual(texts.flatMap(([path, text]) => missing(path, text)), []);
});

test('a path that is not there is found, wherever it stands', () => {
  assert.deepEqual(missing('docs/a.md', 'see `src/gone.rs`, `gone/`, and `missing.mjs`').length, 3);
  assert.deepEqual(missing('src/lua/a.rs', '//! as `lua/gone.rs` says\nlet a = "`src/gone.rs`";').length, 1);
  assert.deepEqual(missing('scripts/a.sh', '# as `scripts/gone.sh` says\necho `src/gone.rs`').length, 1);
  assert.deepEqual(missing('src/lua/a.c', '/* `gone.c` */\n** `inside.c` and `lua/inside.c` and `vm/stop.rs`'), ['src/lua/a.c: gone.c']);
  assert.deepEqual(missing('docs/a.md', '`target/x.rs` `3/4` `a/b` `cu/node` `string.rep` `src/proxy/`\n```\n`src/gone.rs`\n```'), []);
});
