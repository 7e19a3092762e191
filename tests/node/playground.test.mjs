// The parts of the playground that need no page: scripts as computes, links, and how much a visitor loads.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Cu } from '../../host-js/full.js';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { LinkError, MOST_BYTES, readLink, writeLink } from '../../playground/engine/link.js';
import { asCompute, nameOf, readError } from '../../playground/engine/script.js';
import { buildPlayground } from '../../scripts/playground.mjs';

const cu = await Cu.create();
const below = randomBelow(seed);

/** How the page shows the error of a script. */
function problemOf(text) {
  try {
    cu.compute(asCompute(text));
  } catch (error) {
    return readError(error, text);
  }
  return assert.fail(`${text} is no error`);
}

test('a script is what it was, whatever brackets and line ends are in it', () => {
  for (const text of ['', '\n', 'return 1', 'return [[a]]', 'return [=[a]=]', 'return "]=]", "]==]"', '-- ]]\n-- ]=]\nreturn debug.getinfo(1, "l").currentline', 'return 1\r\n']) {
    assert.deepEqual(cu.compute(asCompute(text)).values, cu.compute(text).values, JSON.stringify(text));
  }
});

test('an error is at its line of the script', () => {
  assert.deepEqual(problemOf('local a = 1\n\nlocal b = a .. nil'), { line: 3, message: 'attempt to concatenate a nil value', traceback: ['line 3: in main chunk'] });
  assert.deepEqual(problemOf('x = = 1'), { line: 1, message: "unexpected symbol near '='", traceback: [] });
  assert.equal(problemOf('\n\nif').line, 3);
  const deep = problemOf('local function f()\n  error("oh")\nend\nf()');
  assert.deepEqual([deep.line, deep.message, deep.traceback.length], [2, 'oh', 2]);
  // An error that is no text, and one that names a line of its own.
  assert.equal(problemOf('local x = 1\nerror({})').line, 2);
  assert.deepEqual([problemOf('error("no place", 0)').line, problemOf('error("no place", 0)').message], [1, 'no place']);
});

test('an error in a function of an earlier script names that script, and the line that called it', () => {
  const earlier = 'function _home.fails()\n  error("within")\nend';
  cu.compute(asCompute(earlier));
  const { line, message, traceback } = problemOf('\n\n_home.fails()');
  assert.equal(line, 3);
  assert.equal(message, `${nameOf(earlier)}:2: within`);
  assert.ok(traceback.some((each) => each.startsWith(`${nameOf(earlier)}:2:`)), traceback.join('\n'));
});

test(`a link leads back to its script (seed ${seed})`, async () => {
  const letters = ['a', ' ', '\n', '"', 'é', '✓', '😀', '\0', 'local '];
  for (let round = 0; round < 50; round++) {
    const text = Array.from({ length: below(300) }, () => letters[below(letters.length)]).join('');
    assert.equal(readLink(`#${await writeLink(text)}`), text);
  }
});

test('a link that was cut or changed anywhere is an error', async () => {
  const text = 'print("a script that is long enough to be deflated, deflated, deflated")\nreturn 1, 2, 3';
  const link = await writeLink(text);
  for (let length = 0; length < link.length; length++) assert.throws(() => readLink(link.slice(0, length)), LinkError, `cut to ${length}`);
  for (let at = 0; at < link.length; at++) {
    for (const letter of ['0', '1', 'a', 'Z', '_', '.', '%']) {
      if (letter === link[at]) continue;
      const changed = link.slice(0, at) + letter + link.slice(at + 1);
      // Some bits of the last letter are of no byte.
      if (at === link.length - 1 && resultOf(() => readLink(changed)) === text) continue;
      assert.throws(() => readLink(changed), LinkError, changed);
    }
  }
});

function resultOf(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

test('a link that says more than a script may have is refused before it is expanded', async () => {
  const zeros = await writeLink('a'.repeat(MOST_BYTES));
  assert.equal(readLink(zeros).length, MOST_BYTES);
  await assert.rejects(writeLink('a'.repeat(MOST_BYTES + 1)), /100001 bytes; a link holds 100000/);
  assert.throws(() => readLink(zeros.replace(/^1\.[0-9a-f]+/, '1.ffffffff')), /4294967295 bytes; at most 100000/);
});

/** What a visitor loads, in bytes as a server compresses them. The module alone has more than 290,000. */
const MOST = { 'until the first result': 400_000, 'with the editor': 520_000, 'for notebooks and plots': 14_000 };

test('a visitor loads no more than is said here', async (t) => {
  const folder = `${await mkdtemp(join(tmpdir(), 'cu-playground-'))}/`;
  t.after(() => rm(folder, { recursive: true }));
  const { outputs } = await buildPlayground(folder);
  const sizes = new Map(await Promise.all((await readdir(folder)).map(async (name) => [name, gzipSync(await readFile(folder + name), { level: 9 }).length])));
  const sum = (names) => names.reduce((total, name) => total + sizes.get(name), 0);
  const page = await readFile(`${folder}index.html`, 'utf8');
  const first = [...new Set(['index.html', 'cu.wasm', 'worker.js', ...Array.from(page.matchAll(/(?:href|src)="([\w.-]+)(?:\?\w+)?"/g), ([, name]) => name)])];
  const partsOf = (entry) => Object.keys(outputs).filter((path) => outputs[path].entryPoint === `playground/${entry}`).map((path) => basename(path));
  const editor = partsOf('editor/codemirror.js');
  const later = ['notebook/notebook.js', 'notebook.css', 'plot/plot.js'].flatMap(partsOf);
  assert.ok(later.length === 3 && later.every((name) => !first.includes(name)), `${first}; ${later}`);
  assert.ok(first.includes('main.js') && editor.length === 1 && !first.includes(editor[0]), `${first}; ${editor}`);
  const loaded = { 'until the first result': sum(first), 'with the editor': sum([...first, ...editor]), 'for notebooks and plots': sum(later) };
  t.diagnostic(JSON.stringify({ ...loaded, ...Object.fromEntries(sizes) }));
  for (const [when, bytes] of Object.entries(loaded)) assert.ok(bytes <= MOST[when], `${when}: ${bytes} bytes`);
});

test('every file is found from wherever the page lies', async (t) => {
  const folder = `${await mkdtemp(join(tmpdir(), 'cu-playground-'))}/`;
  t.after(() => rm(folder, { recursive: true }));
  await buildPlayground(folder);
  const names = await readdir(folder);
  for (const name of names.filter((each) => /\.(html|js|css)$/.test(each))) {
    const text = await readFile(folder + name, 'utf8');
    const absolute = Array.from(text.matchAll(/(?:\b(?:href|src)=|url\(|\bfrom ?|import\()["']?(\/[^"')\s]*)/g), ([, path]) => path);
    assert.deepEqual(absolute, [], name);
  }
});
