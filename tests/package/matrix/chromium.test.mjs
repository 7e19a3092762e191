// Pages in Chromium without a bundler: a classic script, a module in one file, the files of the package as they are; and what they
// say when the module cannot be loaded.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ROOT, install } from '../pack.mjs';
import { serve, skip, stop, visit } from './page.mjs';

const folder = install();
const installed = '/node_modules/cu';

after(stop);

const STORY = `
  const [one, two] = [await Cu.create(), await Cu.create({ home: 'two' })];
  one.compute('_home.x = 1');
  window.said = [one.compute('return _home.x + 41').value, two.homes().length, performance.now()];`;

const PROBLEM = "Cu.create().then(() => { window.said = 'it starts'; }, (error) => { window.said = `${error.name}: ${error.message}`; });";

function write(name, html) {
  writeFileSync(join(folder, name), `<!doctype html>${html}`);
  return name;
}

const classic = write('classic.html', `<script src="${installed}/cu.js"></script><script>(async ({ Cu }) => {${STORY}})(cu);</script>`);
const single = write('single.html', `<script type="module">import { Cu } from '${installed}/cu.min.mjs';${STORY}</script>`);
const files = write('files.html', `<script type="module">import { Cu } from '${installed}/full.js';${STORY}</script>`);
const problem = write('problem.html', `<script src="${installed}/cu.js"></script><script>(({ Cu }) => {${PROBLEM}})(cu);</script>`);

for (const [name, page, most] of [['a classic script', classic, 3], ['a module in one file', single, 3], ['the files as they are', files, 100]]) {
  test(`${name} finds the module, and asks for no more than it needs`, { skip }, async (t) => {
    const { url, requests, close } = await serve(folder);
    try {
      const [value, homes, milliseconds] = await visit(url + page);
      assert.deepEqual([value, homes], [42, 2]);
      assert.equal(requests.filter((path) => path.endsWith('.wasm')).length, 1);
      const asked = requests.filter((path) => path !== '/favicon.ico');
      assert.ok(asked.length <= most, asked.join(' '));
      t.diagnostic(`${asked.length} requests, ${milliseconds.toFixed(0)} ms from the start of the page to the first results`);
    } finally {
      close();
    }
  });
}

const IN_WORKER = `
  WorkerCu.create().then(async (one) => {
    const stopped = one.compute('while true do end').catch((error) => error.errorClass);
    setTimeout(() => one.stop(), 20);
    window.said = [await stopped, (await one.compute('return 42')).value];
  }, (error) => { window.said = String(error); });`;

const classicWorker = write('classic_worker.html', `<script src="${installed}/cu.js"></script><script>(({ WorkerCu }) => {${IN_WORKER}})(cu);</script>`);
const singleWorker = write('single_worker.html', `<script type="module">import { WorkerCu } from '${installed}/cu.min.mjs';${IN_WORKER}</script>`);
const filesWorker = write('files_worker.html', `<script type="module">import { WorkerCu } from '${installed}/worker/index.js';${IN_WORKER}</script>`);

for (const [name, page] of [['a classic script', classicWorker], ['a module in one file', singleWorker], ['the files as they are', filesWorker]]) {
  test(`${name} has workers`, { skip }, async () => {
    const { url, close } = await serve(folder);
    try {
      assert.deepEqual(await visit(url + page), ['interrupted', 42]);
    } finally {
      close();
    }
  });
}

test('a bundle of another origin has workers', { skip }, async () => {
  const [own, other] = [await serve(folder), await serve(folder, { headers: { 'access-control-allow-origin': '*' } })];
  const page = write('other_origin.html', `<script src="${other.url.slice(0, -1)}${installed}/cu.js"></script><script>(({ WorkerCu }) => {${IN_WORKER}})(cu);</script>`);
  try {
    assert.deepEqual(await visit(own.url + page), ['interrupted', 42]);
  } finally {
    own.close();
    other.close();
  }
});

/** The page's error where the server answers like that. */
async function problemWith(options) {
  const { url, close } = await serve(folder, options);
  try {
    return { said: await visit(url + problem), wasm: `${url.slice(0, -1)}${installed}/cu.wasm` };
  } finally {
    close();
  }
}

const forModule = (answer) => ({ answer: (path) => (path.endsWith('.wasm') ? answer : undefined) });

test('a module that is not there is named, with what the server answered', { skip }, async () => {
  const { said, wasm } = await problemWith(forModule({ status: 404 }));
  assert.equal(said, `ModuleError: cannot read ${wasm}: the server answered 404`);
});

test('a wrong type does no harm', { skip }, async () => {
  for (const type of ['application/octet-stream', 'text/plain; charset=utf-8', 'application/wasm; charset=utf-8']) {
    assert.equal((await problemWith(forModule({ type }))).said, 'it starts');
  }
});

test('a page in the place of the module is called what it is', { skip }, async () => {
  const { said, wasm } = await problemWith(forModule({ type: 'text/html', body: '<!doctype html>' }));
  assert.ok(said.startsWith(`ModuleError: ${wasm}, which the server sent as text/html: not a cu module: `), said);
});

test('other bytes with the right type are no module', { skip }, async () => {
  const { said, wasm } = await problemWith(forModule({ body: 'no module' }));
  assert.ok(said.startsWith(`ModuleError: ${wasm}: not a cu module: `), said);
});

test('a module of another version is refused with both versions', { skip }, async () => {
  const bytes = readFileSync(`${ROOT}dist/cu.wasm`);
  // The last one: the code has the same text.
  const at = bytes.lastIndexOf('"abi":1');
  assert.ok(at > 0);
  bytes[at + 6] += 8;
  const { said } = await problemWith(forModule({ body: bytes }));
  assert.match(said, /^ModuleError: this host speaks version 1 of the contract, the module version 9/);
});

test('a policy that forbids WebAssembly is named, with the word that allows it', { skip }, async () => {
  const forbidding = "script-src 'self' 'unsafe-inline'";
  const { said } = await problemWith({ headers: { 'content-security-policy': forbidding } });
  assert.match(said, /^ModuleError: .*cu\.wasm.*: may not be compiled here: the Content-Security-Policy needs script-src 'wasm-unsafe-eval'/);
  const allowing = `${forbidding} 'wasm-unsafe-eval'`;
  assert.equal((await problemWith({ headers: { 'content-security-policy': allowing } })).said, 'it starts');
});

test('a page that is a file says what it cannot read', { skip }, async () => {
  mkdirSync(join(folder, 'file'));
  writeFileSync(join(folder, 'file/index.html'), `<!doctype html><script src="..${installed}/cu.js"></script><script>(({ Cu }) => {${PROBLEM}})(cu);</script>`);
  assert.match(await visit(`file://${folder}/file/index.html`), /^ModuleError: cannot read file:\/\/.*cu\.wasm: /);
});

test('a worker with a classic script finds the module when its URL is given', { skip }, async () => {
  write('worker.html', "<script>new Worker('worker.js').onmessage = ({ data }) => { window.said = data; };</script>");
  writeFileSync(join(folder, 'worker.js'), `importScripts('${installed}/cu.js');
    cu.Cu.create({ module: '${installed}/cu.wasm' }).then((one) => postMessage(one.compute('return 42').value), (error) => postMessage(String(error)));`);
  const { url, close } = await serve(folder);
  try {
    assert.equal(await visit(`${url}worker.html`), 42);
  } finally {
    close();
  }
});
