// Pages in Chromium without a bundler: a classic script, also where it was in the earlier project, a module in one file, the files of the
// package as they are. tests/browser/module.test.mjs has what pages say when the module cannot be loaded.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { install } from '../pack.mjs';
import { serve, skip, stop, visit } from './page.mjs';

const folder = install();
const installed = '/node_modules/cu';

after(stop);

const STORY = `
  const [one, two] = [await Cu.create(), await Cu.create({ home: 'two' })];
  one.compute('_home.x = 1');
  window.said = [one.compute('return _home.x + 41').value, two.homes().length, performance.now()];`;

function write(name, html) {
  writeFileSync(join(folder, name), `<!doctype html>${html}`);
  return name;
}

const classic = write('classic.html', `<script src="${installed}/cu.js"></script><script>(async ({ Cu }) => {${STORY}})(cu);</script>`);
const old = write('old.html', `<script src="${installed}/dist/cu.js"></script><script>(async ({ Cu }) => {${STORY}})(cu);</script>`);
const single = write('single.html', `<script type="module">import { Cu } from '${installed}/cu.min.mjs';${STORY}</script>`);
const files = write('files.html', `<script type="module">import { Cu } from '${installed}/full.js';${STORY}</script>`);

for (const [name, page, most] of [['a classic script', classic, 3], ['a classic script in its old place', old, 3], ['a module in one file', single, 3], ['the files as they are', files, 100]]) {
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
      await close();
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

test('a worker with a classic script finds the module when its URL is given', { skip }, async () => {
  write('worker.html', "<script>new Worker('worker.js').onmessage = ({ data }) => { window.said = data; };</script>");
  writeFileSync(join(folder, 'worker.js'), `importScripts('${installed}/cu.js');
    cu.Cu.create({ module: '${installed}/cu.wasm' }).then((one) => postMessage(one.compute('return 42').value), (error) => postMessage(String(error)));`);
  const { url, close } = await serve(folder);
  try {
    assert.equal(await visit(`${url}worker.html`), 42);
  } finally {
    await close();
  }
});
