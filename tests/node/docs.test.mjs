// Runs the examples of the documents as they are, so that no document differs from the code.
//
// Invariant: every fenced block of code is checked, unless an HTML comment before it gives a reason; every check can fail.
//
//   js     an ES module; `console.log(...); // text` says what a line logs, or a text block behind it, or it asserts
//   lua    a compute; `--> text` says the next line of output, then of values, then `error: message`; or a text block
//   sh     `target/release/cu ...`, `make help` or `rm -f target/...`; a text block behind it is what they print
//   rust   lines of a doc test of host-rust, in their order
//   console  a part of the page whose commands a test of host-rust/server runs
//   hex    bytes in hexadecimal, "text", and comments behind `;`; the second word says of what:
//            code, response, values, error   of the lua block before it; `compute returns N` is checked
//            event                           the next event of that lua block
//            stored                          the key under which that lua block spills
//            config                          what `get(0, "config")` answers to the lua block after it
//            keys, request, page N           a table's keys, one a line; a request for a page of N bytes; the page
//   text   expected output where it follows an example at once, else a drawing
//
// A block is not run where `<!-- not run: REASON -->` stands before it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Control } from '../../host-js/control.js';
import { Imports } from '../../host-js/imports.js';
import { Cu, LuaError, MemoryStore } from '../../host-js/index.js';
import { Memory } from '../../host-js/memory.js';
import { CuFloat } from '../../host-js/values.js';
import { Raw, compile } from './raw.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PACKAGE = new URL('../../host-js/core.js', import.meta.url).href;
const MILLISECONDS = 60_000;

// Commands that do not build anything.
const CHEAP = /^(target\/release\/cu |make help\b|rm -f target\/|#)/;

// Bytes that belong to the Lua block before them.
const ABOUT_LUA = ['code', 'response', 'values', 'error', 'event', 'stored'];

const documents = ['README.md', 'host-js/README.md', ...readdirSync(join(ROOT, 'docs'))
  .filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`).sort()];

/** The checks of a document, and the number of blocks of code without one. */
function examples(text) {
  const blocks = fencedBlocks(text);
  const checks = [];
  let unchecked = 0;
  blocks.forEach((block, number) => {
    if (block.language === 'text') return;
    if (block.reason !== undefined) {
      unchecked += 1;
      return;
    }
    attach(block, blocks, number);
    const check = Object.hasOwn(checkers, block.language) ? checkers[block.language] : refuse;
    checks.push({ name: `line ${block.line}: ${block.language}`, run: () => check(block) });
  });
  return { checks, unchecked };
}

/** Every fenced block with language, role, text, line, and the reason why it does not run, if any. */
function fencedBlocks(text) {
  const blocks = [];
  let open;
  let before = '';
  text.split('\n').forEach((line, index) => {
    if (open !== undefined) {
      if (line.startsWith('```')) {
        blocks.push(open);
        open = undefined;
        before = '```';
      } else open.text += `${line}\n`;
    } else if (line.startsWith('```')) {
      const [language, ...role] = line.slice(3).trim().split(' ');
      const reason = /^<!-- not run: (\S.*) -->$/.exec(before);
      open = { language, role, text: '', line: index + 1, follows: before === '```', reason: reason?.[1] };
    } else if (line.trim() !== '') before = line.trim();
  });
  assert.equal(open, undefined, 'a fence is not closed');
  return blocks;
}

/** Adds a block's neighbours: the expected text, the code that its bytes belong to, the configuration of that code. */
function attach(block, blocks, number) {
  const next = blocks[number + 1];
  if (next?.language === 'text' && next.follows) block.expected = next.text;
  const back = (wanted) => blocks.slice(0, number).reverse().find(wanted);
  const isBytes = (role) => ({ language, role: [found] }) => language === 'hex' && found === role;
  const later = blocks.slice(number + 1);
  const about = later.find(({ language, role }) => language === 'lua' || ABOUT_LUA.includes(role[0]));
  block.hasBytes = about?.language === 'hex';
  if (block.language !== 'hex') return;
  if (['request', 'page'].includes(block.role[0])) {
    block.keys = back(isBytes('keys'));
    block.request = back(isBytes('request'));
    return;
  }
  const isLua = ({ language }) => language === 'lua';
  block.lua = block.role[0] === 'config' ? blocks.slice(number).find(isLua) : back(isLua);
  const at = blocks.indexOf(block.lua);
  block.config = blocks[at - 1] !== undefined && isBytes('config')(blocks[at - 1]) ? blocks[at - 1] : undefined;
  block.eventNumber = blocks.slice(at, number).filter(isBytes('event')).length;
}

const checkers = { js: checkScript, lua: checkLua, sh: checkCommands, rust: checkQuotation, console: checkSession, hex: checkBytes };

function refuse({ language }) {
  assert.fail(`nothing checks '${language}': it needs a <!-- not run: reason -->`);
}

const lines = (text) => text.replace(/\n$/, '').split('\n');

const captured = (text, pattern) => [...text.matchAll(pattern)].map((match) => match[1].trim());

// The example gets a separate console, so that its output is not mixed with other output of the process.
const RUNNER = `
import { writeSync } from 'node:fs';
import { format } from 'node:util';
const logged = [];
console.log = (...values) => logged.push(format(...values).trim());
process.on('exit', () => writeSync(1, JSON.stringify(logged)));
await import('./example.mjs');
`;

// What examples of stores find in a browser.
const BROWSER = `
import { Opfs } from '${new URL('../../host-js/test/fake_opfs.js', import.meta.url)}';
import { Origin } from '${new URL('../../host-js/test/fake_browser.js', import.meta.url)}';
const { indexedDB, IDBKeyRange, BroadcastChannel, localStorage, navigator } = new Origin().tab();
navigator.storage.getDirectory = new Opfs().storage.getDirectory;
for (const [name, value] of Object.entries({ indexedDB, IDBKeyRange, BroadcastChannel, localStorage, navigator })) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
`;

async function checkScript({ text, expected }) {
  const wanted = expected === undefined ? captured(text, /console\.log\(.*; \/\/ (.*)$/gm) : lines(expected);
  assert.ok(wanted.length > 0 || /\bassert\b/.test(text), 'the example expects nothing');
  const logged = await runScript(text);
  assert.deepEqual(expected === undefined ? logged : logged.join('\n').split('\n'), wanted);
}

/** Runs an example as a separate module; answers what it logs. */
async function runScript(text) {
  const folder = mkdtempSync(join(tmpdir(), 'cu-docs-'));
  try {
    const source = text
      .replace(/from 'cu'/g, `from '${PACKAGE}'`)
      .replace(/from '\.{1,2}\/(host-js\/index\.js)'/g, (from, name) => `from '${new URL(`../../${name}`, import.meta.url)}'`)
      .replace(/from 'cu\/(node|encrypted|data|full|replay|store\/\w+)'/g, (from, name) => `from '${new URL(`${name}.js`, PACKAGE)}'`)
      .replace(/from 'cu\/worker'/g, `from '${new URL('worker/index.js', PACKAGE)}'`)
      .replace(/from 'cu\/cuwasm'/g, `from '${new URL('cuwasm/index.js', PACKAGE)}'`);
    writeFileSync(join(folder, 'example.mjs'), source);
    writeFileSync(join(folder, 'run.mjs'), text.includes("'cu/store/") ? BROWSER + RUNNER : RUNNER);
    const { status, stdout, stderr } = await execute(process.execPath, [join(folder, 'run.mjs')]);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function checkLua({ text, expected, hasBytes }) {
  const wanted = expected === undefined ? captured(text, /--> ?(.*)$/gm) : lines(expected);
  assert.ok(wanted.length > 0 || hasBytes, 'the example expects nothing');
  if (wanted.length > 0) assert.deepEqual(await answerLines(text), wanted);
}

/** The output, results and error of a compute, as lines. */
async function answerLines(source) {
  let printed = '';
  const onEvent = ({ kind, text }) => { if (kind === 'output') printed += text; };
  const cu = await Cu.create({ exact: true, onEvent });
  const printedLines = () => (printed === '' ? [] : lines(printed));
  try {
    const { output, values } = cu.compute(source);
    printed = output;
    const shown = values.length === 1 && values[0] === null ? [] : values.map(notation);
    return [...printedLines(), ...shown];
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    return [...printedLines(), `error: ${error.message}`];
  }
}

/** A scalar as Lua prints it. */
function notation(value) {
  if (value === null) return 'nil';
  if (value instanceof CuFloat) return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
  assert.notEqual(typeof value, 'object', 'tables are shown as bytes, or printed');
  return String(value);
}

async function checkCommands({ text, expected }) {
  for (const line of lines(text)) {
    assert.match(line, CHEAP, 'unknown or costly: it needs a <!-- not run: reason -->');
  }
  const { status, stdout, stderr } = await execute('bash', ['-ec', text]);
  assert.equal(status, 0, `${stderr}\n(target/release/cu is built by \`make hosts\`)`);
  if (expected !== undefined) assert.equal(stdout, expected);
}

/** Rust is compiled elsewhere: here the block must only be a part of that code, which is in the library and in pages that it includes. */
function checkQuotation({ text }) {
  const library = readFileSync(join(ROOT, 'host-rust/host/src/lib.rs'), 'utf8');
  const pages = [...library.matchAll(/^#\[doc = include_str!\("(.+\.md)"\)\]$/gm)].map(([, path]) => readFileSync(join(ROOT, 'host-rust/host/src', path), 'utf8'));
  const sources = [...pages, library.match(/^\/\/! ?.*\n/gm).join('').replace(/^\/\/! ?/gm, '')];
  const trimmed = (whole) => whole.split('\n').map((line) => line.trim());
  const missing = sources.map((source) => {
    const rest = trimmed(source);
    return trimmed(text).find((line) => {
      const at = rest.indexOf(line);
      rest.splice(0, at + 1);
      return at < 0;
    });
  });
  assert.ok(missing.includes(undefined), `no doc test of host-rust has the line: ${missing[0]}`);
}

/** Commands and what they print are compared elsewhere: here they must only be of the page that is compared. */
function checkSession({ text }) {
  const runner = readFileSync(join(ROOT, 'host-rust/server/tests/documents.rs'), 'utf8');
  const [, page] = /include_str!\("(?:\.\.\/)+(docs\/.+?\.md)"\)/.exec(runner);
  assert.ok(readFileSync(join(ROOT, page), 'utf8').includes(`\`\`\`console\n${text}`), `no test runs it; ${page} is run`);
}

function checkBytes(block) {
  const [role] = block.role;
  assert.ok(Object.hasOwn(byteCheckers, role), `bytes of '${role}'`);
  byteCheckers[role](block);
}

const byteCheckers = {
  config: (block) => assert.ok(answer(block).events.length > 0, 'the configuration asks for no event that comes'),
  code: (block) => assertBytes(Buffer.from(source(block)), block),
  response: (block) => assertBytes(succeeded(block), block),
  values: (block) => assertBytes(succeeded(block).subarray(4 + succeeded(block).readUInt32LE(0)), block),
  error: (block) => {
    const { status, bytes } = answer(block);
    assert.ok(status < 0, `compute answered ${status}`);
    assertBytes(bytes, block);
  },
  event: (block) => assertBytes(answer(block).events[block.eventNumber] ?? [], block),
  stored: (block) => assertBytes(answer(block).stored[0] ?? [], block),
  keys: ({ text }) => {
    const keys = lines(text).map((line) => bytesOf(line).toString('latin1'));
    assert.deepEqual(keys, [...new Set(keys)].sort(), 'keys are listed once, in byte order');
  },
  request: (block) => assert.ok(page(block, block, 4096).length >= 0),
  page: (block) => assertBytes(page(block, block.request, Number(block.role[1])), block),
};

const source = ({ lua }) => lua.text.replace(/\n$/, '');

/** Runs the Lua block of a block of bytes in the module itself. */
function answer({ lua, config, text }) {
  const stored = [];
  const raw = new Raw(compile('dist/cu.wasm'), {
    js_ext_table_set(table, key, length, ...value) {
      if (table !== 0) stored.push(raw.bytes(key, length).slice());
      return raw.set(table, key, length, ...value);
    },
  });
  assert.equal(raw.init(), 0);
  if (config !== undefined) raw.config = bytesOf(config.text);
  const { status, bytes } = raw.compute(source({ lua }));
  const announced = /;.*compute returns (-?\d+)/.exec(text);
  if (announced !== null) assert.equal(status, Number(announced[1]));
  return { status, bytes: Buffer.from(bytes), events: raw.events, stored };
}

function succeeded(block) {
  const { status, bytes } = answer(block);
  assert.ok(status >= 0, bytes.toString());
  return bytes;
}

/** The page of keys that host-js writes over a request. */
function page({ keys }, request, room) {
  const table = 5;
  const store = new MemoryStore();
  for (const line of lines(keys.text)) store.set(table, bytesOf(line), new Uint8Array(1));
  const memory = new Memory();
  memory.attach(new WebAssembly.Memory({ initial: 1 }));
  memory.write(0, bytesOf(request.text));
  const written = new Imports(memory, store, new Control({})).tableKeys(table, 0, room);
  assert.ok(written >= 0, `keys answered ${written}`);
  return memory.copy(0, written);
}

function assertBytes(found, { text }) {
  const hex = (bytes) => Buffer.from(bytes).toString('hex').replace(/(..)(?=.)/g, '$1 ');
  assert.equal(hex(found), hex(bytesOf(text)));
}

/** The bytes of a hex block. */
function bytesOf(text) {
  return Buffer.concat(lines(text).flatMap((line) => {
    const tokens = line.match(/^(?:"(?:[^"\\]|\\.)*"|[^";])*/)[0].match(/"(?:[^"\\]|\\.)*"|[^\s"]+/g) ?? [];
    return tokens.map((token) => {
      if (token.startsWith('"')) return Buffer.from(JSON.parse(token));
      assert.match(token, /^[0-9a-f]{2}$/, `'${token}' in bytes`);
      return Buffer.from(token, 'hex');
    });
  }));
}

function execute(command, words) {
  return new Promise((resolve) => {
    execFile(command, words, { cwd: ROOT, timeout: MILLISECONDS }, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code ?? error.signal;
      resolve({ status, stdout, stderr: `${stderr}${error?.killed ? 'it took too long' : ''}` });
    });
  });
}

for (const path of documents) {
  const { checks, unchecked } = examples(readFileSync(join(ROOT, path), 'utf8'));
  for (const { name, run } of checks) test(`${path}, ${name}`, run);
  if (unchecked > 0) test(`${path}: some example is checked`, () => assert.ok(checks.length > 0));
}

const HOSTING = fencedBlocks(readFileSync(join(ROOT, 'docs/hosting.md'), 'utf8'));

/** Lines of a screen. */
const SCREEN = 80;

// Runs after the whole host of docs/hosting.md, and uses its names, to reach the parts that its script does not reach.
const TABLES = `
import assert from 'node:assert/strict';
const place = (text) => bytes(buffer, 4096).set(Buffer.from(text, 'latin1'));
const set = (key, value) => {
  place(key + value);
  return imports.js_ext_table_set(7, buffer, key.length, buffer + key.length, value.length);
};
const page = (request, room) => {
  place(request);
  const length = imports.js_ext_table_keys(7, buffer, room);
  return length < 0 ? length : bytes(buffer, length).toString('latin1');
};
for (const key of ['b', '\\xff', 'a\\0', 'a']) assert.equal(set(key, 'value'), 0);
assert.equal(imports.js_ext_table_size(7), 4);
assert.equal(imports.js_ext_table_size(8), 0);
assert.equal(page('\\0\\0\\0\\0', 16), '\\x01\\0\\0\\0a\\x02\\0\\0\\0a\\0\\x01\\0\\0\\0b');
assert.equal(page('\\x01\\0\\0\\0b', 16), '\\x01\\0\\0\\0\\xff');
assert.equal(page('\\x01\\0\\0\\0\\xff', 16), '');
assert.equal(page('\\0\\0\\0\\x80', 10), '\\x01\\0\\0\\0\\xff\\x01\\0\\0\\0b');
assert.equal(page('\\x01\\0\\0\\x80b', 16), '\\x02\\0\\0\\0a\\0\\x01\\0\\0\\0a');
assert.ok(page('\\0\\0\\0\\0', 4) < -1, 'a page without room is no end');
place('a????????');
assert.equal(imports.js_ext_table_get(7, buffer, 1, buffer + 1, 4), 5);
assert.equal(keyAt(buffer, 6), 'a?????', 'a value that does not fit is not copied');
assert.equal(imports.js_ext_table_get(7, buffer, 1, buffer + 1, 5), 5);
assert.equal(keyAt(buffer, 6), 'avalue');
console.error = () => {};
assert.ok(imports.js_ext_table_get(7, -1, 1, buffer, 4) < -1);
assert.ok(imports.js_ext_table_set(7, buffer, 1, buffer, -1) < -1);
assert.equal(imports.js_ext_table_delete(7, buffer, 1), 0);
assert.equal(imports.js_ext_table_delete(7, buffer, 1), 0);
assert.equal(imports.js_ext_table_get(7, buffer, 1, buffer + 1, 5), -1);
assert.equal(imports.js_ext_table_set(0, buffer, 1, buffer, 1), 0);
assert.equal(imports.js_ext_table_get(0, buffer, 1, buffer, 1), -1);
`;

test('docs/hosting.md: the tables of the whole host keep the contract', async () => {
  const host = HOSTING.find(({ language, text }) => language === 'js' && text.includes('js_ext_table_set'));
  await runScript(host.text + TABLES);
});

test('docs/hosting.md: a program that runs again goes on with what the first run kept', async () => {
  const at = HOSTING.findIndex(({ language }) => language === 'js');
  const wanted = HOSTING[at + 1].text;
  const run = async () => `${(await runScript(HOSTING[at].text)).join('\n')}\n`;
  const remove = () => rmSync(join(ROOT, 'target/shop.cu'), { force: true });
  remove();
  assert.equal(await run(), wanted);
  assert.equal(await run(), wanted.replace('so far: 4', 'so far: 8'));
  remove();
});

// Nobody reads a program of five screens: one for a program over a host that is there, two for a host.
test('docs/hosting.md: each program is short', () => {
  const programs = HOSTING.filter(({ language }) => ['js', 'rust', 'c', 'go', 'python'].includes(language));
  assert.equal(programs.length, 7);
  for (const { language, line, text } of programs) {
    const most = /js_ext_table_/.test(text) ? 2 * SCREEN : SCREEN;
    assert.ok(lines(text).length <= most, `line ${line}: ${lines(text).length} lines of ${language}, more than ${most}`);
  }
});

const WRONG = {
  'js that logs something else': '```js\nconsole.log(1 + 1); // 3\n```',
  'js that logs less than it says': '```js\nif (false) console.log(1); // 1\n```',
  'js that throws': '```js\nconsole.log(1); // 1\nthrow new Error();\n```',
  'js that expects nothing': '```js\nconsole.log(1);\n```',
  'js whose text is another': '```js\nconsole.log(1);\n```\n\n```text\n2\n```',
  'lua that prints something else': '```lua\nprint(6 * 7) --> 41\n```',
  'lua that fails': '```lua\nerror("no", 0) --> no\n```',
  'lua that expects nothing': '```lua\nreturn 1\n```',
  'lua whose text is another': '```lua\nreturn 1\n```\n```text\n2\n```',
  'a command that prints something else': '```sh\ntarget/release/cu eval "return 1"\n```\n```text\n2\n```',
  'a command that fails': '```sh\ntarget/release/cu run no-such-file\n```',
  'a command that is not known to be cheap': '```sh\nmake bench\n```',
  'console that no test runs': '```console\n$ curl -s localhost:7357/nowhere\n```',
  'rust that is no doc test': '```rust\nlet nothing = Nothing::new();\n```',
  'other bytes': '```lua\nreturn nil\n```\n```hex response\n00 00 00 00 01\n```',
  'another status': '```lua\nreturn nil\n```\n```hex response\n00 00 00 00 00 ; compute returns 6\n```',
  'bytes of an error where there is none': '```lua\nreturn nil\n```\n```hex error\n00 00 00 00 00\n```',
  'another event': '```hex config\n00\n```\n```lua\nreturn nil\n```\n```hex event\n00\n```',
  'another key': '```lua\nreturn ("x"):rep(70000)\n```\n```hex stored\n02\n```',
  'another page': '```hex keys\n01\n02\n```\n```hex request\n00 00 00 00\n```\n```hex page 64\n01 00 00 00 01\n```',
  'a language without a check': '```cobol\nSTOP RUN.\n```',
};

test('only a reason excuses a block, and no reason all blocks of a document', () => {
  const command = '```sh\nmake bench\n```';
  assert.deepEqual(examples(`<!-- not run: it takes long -->\n${command}`), { checks: [], unchecked: 1 });
  assert.equal(examples(`<!-- not run: -->\n${command}`).checks.length, 1);
});

for (const [name, text] of Object.entries(WRONG)) {
  test(`${name} is found`, async () => {
    const outcomes = await Promise.allSettled(examples(text).checks.map(async ({ run }) => run()));
    assert.ok(outcomes.some(({ status }) => status === 'rejected'));
    for (const { reason } of outcomes.filter(({ status }) => status === 'rejected')) {
      assert.equal(reason.name, 'AssertionError', reason.stack);
    }
  });
}
