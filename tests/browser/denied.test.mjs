// Where pages may store nothing, or only until a private window is closed: programs are told, and go on in memory.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engines } from './browser.mjs';
import { reload, withBrowser } from './pages.mjs';

const REASONS = ['denied', 'unsupported'];
const COUNT = '_home.n = (_home.n or 0) + 1 return _home.n';

/** What an instance counts over the store of a page, or the reason why there is no such store. */
const countIn = (page, entry, name) => page.evaluate(async ([path, store, code]) => {
  try {
    if (path === 'cu/store/opfs') {
      const call = window.startWorker();
      await call('open', 'private', { wait: 2000 });
      return await call('compute', code);
    }
    const Store = (await window.load(path))[store];
    const opened = await Store.open('private');
    const { value } = (await window.create(opened)).compute(code);
    await opened.save();
    await opened.close();
    return value;
  } catch (error) {
    return error.reason;
  }
}, [entry, name, COUNT]);

const STORES = [['cu/store/indexeddb', 'IndexedDBStore'], ['cu/store/local', 'LocalStore'], ['cu/store/opfs', 'OPFSStore']];

for (const engine of engines) {
  describe(`${engine.name}, where pages may store nothing`, () => {
    const its = withBrowser({ engine, options: { isDenied: true } });

    for (const [entry, name] of STORES) {
      test(`${name} says so when it is opened`, async () => {
        const page = await its.open();
        const reason = await countIn(page, entry, name);
        assert.ok(REASONS.includes(reason), `${reason}`);
        await page.close();
      });
    }

    test('the demo page goes on in memory, and says that it does', async () => {
      const page = await its.browser.newPage();
      await page.goto(`${its.server.url}demo/`);
      await page.waitForFunction(() => !document.getElementById('run').disabled);
      assert.match(await page.evaluate(() => document.getElementById('where').textContent), /^Kept until this page is left: cu-demo: /);
      await page.evaluate(() => document.getElementById('run').click());
      await page.waitForFunction(() => document.getElementById('printed').textContent !== '');
      assert.equal(await page.evaluate(() => document.getElementById('printed').textContent), 'visit 1, next 1\n');
      await page.close();
    });
  });

  describe(`${engine.name}, a private window`, () => {
    const its = withBrowser({ engine, options: { isPrivate: true } });

    for (const [entry, name] of STORES) {
      test(`${name} keeps its tables over a reload and no longer, or says that it cannot`, async (t) => {
        const page = await its.open();
        const first = await countIn(page, entry, name);
        if (first !== 1) {
          assert.ok(REASONS.includes(first), `${first}`);
          t.skip(`it says: ${first}`);
          return;
        }
        await reload(page);
        assert.equal(await countIn(page, entry, name), 2);
        await its.restart();
        assert.equal(await countIn(await its.open(), entry, name), 1);
      });
    }
  });
}
