// OPFSStore in a worker of each browser, and LocalStore in its pages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inEachBrowser, isWithoutFiles, reload } from './pages.mjs';

/** Some 4 MB that do not become shorter by compression. */
const FILL = "local t = {} for i = 1, 300 do t[i] = string.char(math.random(0, 255)) end for i = 1, 100 do _home['k' .. _home.n .. i] = table.concat(t) .. ('x'):rep(40000, tostring(i)) end _home.n = _home.n + 1";
const COUNT = '_home.n = (_home.n or 0) + 1 return _home.n';

const start = (page, name, options = {}) => page.evaluate(async ([path, given]) => {
  window.call = window.startWorker();
  await window.call('open', path, given);
}, [name, options]);
const compute = (page, code) => page.evaluate((text) => window.call('compute', text), code);

inEachBrowser((its) => {
  for (const encrypted of [false, true]) {
    test(`a compute in a worker is there after a reload${encrypted ? ', encrypted' : ''}`, async (t) => {
      const page = await its.open();
      if (await isWithoutFiles(page, t)) return;
      for (let wanted = 1; wanted <= 3; wanted++) {
        await start(page, `files ${encrypted}`, { encrypted, wait: 2000 });
        assert.equal(await compute(page, COUNT), wanted);
        await reload(page);
      }
      await page.close();
    });
  }

  test('one worker has the files at a time', async (t) => {
    const [first, second] = [await its.open(), await its.open()];
    if (await isWithoutFiles(first, t)) return;
    await start(first, 'one');
    await assert.rejects(start(second, 'one'), /another tab or worker has the store open/);
    await first.close();
    await start(second, 'one', { wait: 2000 });
    assert.equal(await compute(second, COUNT), 1);
    await second.close();
  });

  test('a page, which has no synchronous files, gets an error that says so', async () => {
    const page = await its.open();
    const message = await page.evaluate(async () => {
      const { OPFSStore } = await window.load('cu/store/opfs');
      return OPFSStore.open('page').catch((error) => error.message);
    });
    assert.match(message, /only in a dedicated worker/);
    await page.close();
  });

  test('without room a compute is undone, and what was there stays', async (t) => {
    if (await isWithoutFiles(await its.open(), t)) return;
    await its.restart({ quota: { origin: new URL(its.server.url).origin, bytes: 3_000_000 } });
    const page = await its.open();
    await start(page, 'full');
    await compute(page, COUNT);
    const [message, computes] = await page.evaluate(async (code) => {
      for (let turn = 0; turn < 50; turn++) {
        const failure = await window.call('compute', code).then(() => undefined, (error) => error.message);
        if (failure !== undefined) return [failure, turn];
      }
      return ['it was never full', 0];
    }, FILL);
    assert.match(message, /no room|did not keep|answered -2|writing failed/);
    await its.restart();
    const later = await its.open();
    await start(later, 'full', { wait: 2000 });
    assert.equal(await compute(later, 'return _home.n'), 1 + computes);
    await later.close();
  });

  test('a small home in localStorage is there after a reload, and too large a one is refused', async () => {
    const page = await its.open();
    const run = (code) => page.evaluate(async (text) => {
      const { LocalStore } = await window.load('cu/store/local');
      if (window.local === undefined) {
        window.local = await LocalStore.open('small');
        window.instance = await window.create(window.local);
      }
      try {
        return window.instance.compute(text).value;
      } catch (error) {
        return `${error.cause && error.cause.reason}: ${error.cause && error.cause.message}`;
      }
    }, code);
    assert.equal(await run(COUNT), 1);
    await reload(page);
    assert.equal(await run(COUNT), 2);
    const large = await page.evaluate(() => {
      const bytes = crypto.getRandomValues(new Uint8Array(60000));
      try {
        window.local.begin();
        for (let row = 0; row < 100; row++) window.local.set(9, Uint8Array.of(row), bytes);
        window.local.commit();
        return 'it was kept';
      } catch (error) {
        return error.message;
      }
    });
    assert.match(large, /\d+ characters are to be saved, and browsers give .* about 5,000,000/);
    assert.equal(await run(COUNT), 3);
    await reload(page);
    assert.equal(await run(COUNT), 4);
    await page.close();
  });
});
