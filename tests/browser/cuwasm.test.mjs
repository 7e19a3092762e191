// The functions of the earlier project in Chromium: states outlive a reload, and its scripts run as they are.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { withBrowser } from './pages.mjs';

const SCRIPTS = readdirSync(fileURLToPath(new URL('../../host-js/test/scripts/', import.meta.url)));
const DATABASE = 'LuaEnhancedStorage';

const its = withBrowser();

/** A page beside the old file names, where nothing was saved. */
const open = () => its.open('old/');

/** The default instance of a page that was just loaded; options are those of `load`. */
const start = (page, options) => page.evaluate(async (given) => {
  const { default: cu } = await import('/old/web/cu-api.js');
  window.warnings = [];
  window.cu = cu;
  await cu.load(given);
  return cu.init();
}, options);

const compute = (page, code) => page.evaluate((text) => window.cu.compute(text), code);
const forget = (page) => page.evaluate((name) => new Promise((resolve, reject) => {
  const request = indexedDB.deleteDatabase(name);
  request.onsuccess = () => resolve();
  request.onerror = () => reject(request.error);
}), DATABASE);

for (const name of SCRIPTS) {
  test(`${name} runs as it is`, async () => {
    const page = await open();
    await forget(page);
    await page.evaluate((file) => import(`/old/${file}`), name);
    await page.close();
  });
}

test('functions and data are there after a reload', async () => {
  const page = await open();
  await forget(page);
  await page.evaluate(() => import('/old/start.mjs'));
  await page.reload();
  assert.equal(await start(page), 0);
  assert.equal(await compute(page, 'return _home.fibonacci(10)'), 55);
  assert.deepEqual(await compute(page, 'return _home.cities.first'), { name: 'Bergen', people: 291000 });
  assert.equal(await page.evaluate(() => window.cu.storageWarning), null);
  await compute(page, 'local n = 0 function _home.count() n = n + 1 return n end _home.count()');
  await page.evaluate(() => window.cu.saveState());
  await compute(page, '_home.count()');
  await page.reload();
  await start(page);
  assert.equal(await compute(page, 'return _home.count()'), 2);
  await page.close();
});

test('states that are saved by themselves are there after a reload, and after the page was left', async () => {
  const page = await open();
  await forget(page);
  await start(page, { autosave: 20 });
  await compute(page, '_home.n = 1');
  await page.waitForFunction(() => !window.cu.hasUnsaved);
  await page.reload();
  for (let wanted = 1; wanted <= 3; wanted++) {
    await start(page, { autosave: 1e9 });
    // A browser that has much to do may still be writing what the page before this one saved when it was left.
    await page.waitForFunction((n) => window.cu.compute('return _home.n').value === n || window.cu.loadState().then(() => false), wanted);
    await compute(page, "_home.n = _home.n + 1 _home.text = ('x'):rep(100000)");
    await page.reload();
  }
  await page.close();
});

test('of two tabs the one that saves last has its state there', async () => {
  const [first, second] = [await open(), await open()];
  await forget(first);
  for (const [page, name] of [[first, 'first'], [second, 'second']]) {
    await start(page);
    await compute(page, `_home.tab = '${name}' _home.${name} = true`);
  }
  await first.evaluate(() => window.cu.saveState());
  await second.evaluate(() => window.cu.saveState());
  const third = await open();
  await start(third);
  assert.deepEqual(await compute(third, 'return _home'), { second: true, tab: 'second' });
  await Promise.all([first, second].map((page) => page.evaluate(() => window.cu.saveState())));
  await third.evaluate(() => window.cu.loadState());
  const { tab, ...rest } = await compute(third, 'return _home');
  assert.deepEqual(rest, { [tab]: true });
  for (const page of [first, second, third]) await page.close();
});

test('a page that may store nothing works in memory, and says so', async () => {
  const page = await open();
  const written = [];
  page.on('console', (message) => written.push(message.text()));
  await page.evaluate(() => new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.sandbox.add('allow-scripts');
    frame.src = '/old/';
    frame.onload = resolve;
    document.body.append(frame);
  }));
  const [, frame] = page.frames();
  const found = await frame.evaluate(async () => {
    const { default: cu } = await import('/old/web/cu-api.js');
    await cu.load();
    await cu.compute('_home.n = 5');
    const isSaved = await cu.saveState();
    await cu.compute('_home.n = 6');
    await cu.loadState();
    return { isSaved, n: await cu.compute('return _home.n'), warning: cu.storageWarning };
  });
  assert.deepEqual([found.isSaved, found.n], [true, 5]);
  assert.match(found.warning, /^states are kept in memory, .* lets this page store nothing/);
  assert.deepEqual(written, [`cu: ${found.warning}`]);
  // That it was asked for is another matter.
  const reason = await frame.evaluate(async () => {
    const { CuWASM } = await import('/old/web/cu-api.js');
    return CuWASM.init({ storage: 'indexeddb' }).then(() => 'none', (error) => error.reason);
  });
  assert.equal(reason, 'denied');
  await page.close();
});
