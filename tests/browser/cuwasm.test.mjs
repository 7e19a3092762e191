// The functions of the earlier project in pages: states outlive a reload.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engines } from './browser.mjs';
import { inEachBrowser, reload, withBrowser } from './pages.mjs';

const DATABASE = 'LuaEnhancedStorage';

/** The default instance of a page that was just loaded; options are those of `load`. */
const start = (page, options) => page.evaluate(async (given) => {
  const { default: cu } = await import('/web/cu-api.js');
  window.cu = cu;
  await cu.load(given || undefined);
  return cu.init();
}, options);

const compute = (page, code) => page.evaluate((text) => window.cu.compute(text), code);
const forget = (page) => page.evaluate((name) => new Promise((resolve, reject) => {
  const request = indexedDB.deleteDatabase(name);
  request.onsuccess = () => resolve();
  request.onerror = () => reject(request.error);
}), DATABASE);

inEachBrowser((its) => {
  test('functions and data are there after a reload', async () => {
    const page = await its.open();
    await forget(page);
    await start(page);
    assert.equal(await page.evaluate(() => window.cu.storageWarning), null);
    await compute(page, 'local n = 0 function _home.count() n = n + 1 return n end _home.count()');
    await page.evaluate(() => window.cu.saveState());
    await compute(page, '_home.count()');
    await reload(page);
    await start(page);
    assert.equal(await compute(page, 'return _home.count()'), 2);
    await page.close();
  });

  test('states that are saved by themselves are there after a reload', async () => {
    const page = await its.open();
    await forget(page);
    await start(page, { autosave: 20 });
    await compute(page, '_home.n = 1');
    await page.waitForFunction(() => !window.cu.hasUnsaved);
    await reload(page);
    await start(page);
    assert.equal(await compute(page, 'return _home.n'), 1);
    await page.close();
  });

  test('what was not saved is saved when the page is left', async (t) => {
    const page = await its.open();
    await forget(page);
    // WebKit gives up what a page that is left was writing: then all of it is as it was.
    if (await page.evaluate(() => /^Apple/.test(navigator.vendor))) {
      await start(page);
      await compute(page, '_home.n = 1');
      await page.evaluate(() => window.cu.saveState());
      for (let round = 0; round < 5; round++) {
        await reload(page);
        await start(page, { autosave: 1e9 });
        assert.ok(await compute(page, 'return _home.n') >= 1);
        await compute(page, "_home.n = _home.n + 1 _home.text = ('x'):rep(100000)");
      }
      await page.close();
      t.diagnostic('the last state that was saved is whole');
      return;
    }
    for (let wanted = 0; wanted <= 3; wanted++) {
      await start(page, { autosave: 1e9 });
      await page.evaluate((n) => { window.wanted = n; }, wanted);
      // A browser that has much to do may still be writing what the page before this one saved when it was left.
      await page.waitForFunction(() => (window.cu.compute('return _home.n or 0').value === window.wanted) || window.cu.loadState().then(() => false));
      await compute(page, "_home.n = (_home.n or 0) + 1 _home.text = ('x'):rep(100000)");
      await reload(page);
    }
    await page.close();
  });

  test('of two tabs the one that saves last has its state there', async () => {
    const [first, second] = [await its.open(), await its.open()];
    await forget(first);
    for (const [page, name] of [[first, 'first'], [second, 'second']]) {
      await start(page);
      await compute(page, `_home.tab = '${name}' _home.${name} = true`);
    }
    await first.evaluate(() => window.cu.saveState());
    await second.evaluate(() => window.cu.saveState());
    const third = await its.open();
    await start(third);
    assert.deepEqual(await compute(third, 'return _home'), { second: true, tab: 'second' });
    await Promise.all([first, second].map((page) => page.evaluate(() => window.cu.saveState())));
    await third.evaluate(() => window.cu.loadState());
    const { tab, ...rest } = await compute(third, 'return _home');
    assert.deepEqual(rest, { [tab]: true });
    for (const page of [first, second, third]) await page.close();
  });
});

for (const engine of engines) {
  describe(`${engine.name}, whose user forbids pages to store anything`, () => {
    const its = withBrowser({ engine, options: { isDenied: true } });

    test('works in memory, and says so', async () => {
      const page = await its.open();
      const found = await page.evaluate(async () => {
        const written = [];
        for (const name of ['log', 'warn', 'error']) console[name] = (text) => written.push(text);
        const { default: cu, CuWASM } = await import('/web/cu-api.js');
        await cu.load();
        await cu.compute('_home.n = 5');
        const isSaved = await cu.saveState();
        await cu.compute('_home.n = 6');
        await cu.loadState();
        // That it was asked for is another matter.
        const reason = await CuWASM.init({ storage: 'indexeddb' }).then(() => 'none', (error) => error.reason);
        return { isSaved, n: await cu.compute('return _home.n'), warning: cu.storageWarning, written, reason };
      });
      assert.deepEqual([found.isSaved, found.n], [true, 5]);
      assert.match(found.reason, /^(denied|unsupported)$/);
      assert.match(found.warning, /^states are kept in memory, .* (lets this page store nothing|there is no IndexedDB here)/);
      assert.deepEqual(found.written, [`cu: ${found.warning}`]);
      await page.close();
    });
  });
}
