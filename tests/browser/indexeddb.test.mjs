// IndexedDBStore in each browser: reloads, tabs, an upgrade, no room.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inEachBrowser, reload } from './pages.mjs';

/** Opens a store in a page, as `store`, with an instance, as `instance`. */
const open = (page, name, options = {}) => page.evaluate(async ([path, given]) => {
  const { IndexedDBStore } = await window.load('cu/store/indexeddb');
  window.errors = [];
  window.store = await IndexedDBStore.open(path, { ...given, onError: (error) => window.errors.push(error.message) });
  window.instance = await window.store.turn(() => window.create(window.store));
}, [name, options]);

const compute = (page, code) => page.evaluate((text) => window.instance.compute(text).value, code);
const COUNT = '_home.n = (_home.n or 0) + 1 return _home.n';

inEachBrowser((its) => {
  test('what was saved is there after a reload', async () => {
    const page = await its.open();
    for (let wanted = 1; wanted <= 3; wanted++) {
      await open(page, 'reload', { autosave: false });
      assert.equal(await compute(page, COUNT), wanted);
      await page.evaluate(() => window.store.save());
      await reload(page);
    }
    await page.close();
  });

  test('what was not saved yet is, when the page is left or closed', async () => {
    const page = await its.open();
    await open(page, 'hide', { autosave: 100000 });
    await compute(page, COUNT);
    await reload(page);
    await open(page, 'hide', { autosave: 100000 });
    assert.equal(await compute(page, COUNT), 2);
    await page.goto('about:blank');
    await page.close();
    const other = await its.open();
    await open(other, 'hide', { autosave: 50 });
    assert.equal(await compute(other, COUNT), 3);
    await other.waitForFunction(() => !window.store.hasUnsaved);
    await other.close();
  });

  test('tabs that count at once lose nothing, also when one of them dies', async () => {
    const pages = [];
    for (let tab = 0; tab < 3; tab++) {
      pages.push(await its.open());
      await open(pages[tab], 'tabs');
    }
    const count = (page, times) => page.evaluate(async ([code, turns]) => {
      for (let turn = 0; turn < turns; turn++) await window.store.turn(() => window.instance.compute(code));
    }, [COUNT, times]);
    await Promise.all([count(pages[0], 100), count(pages[1], 100)]);
    const dying = count(pages[2], 100000).catch(() => {});
    await Promise.all([count(pages[0], 20), count(pages[1], 20)]);
    await pages[2].close();
    await dying;
    const before = await pages[0].evaluate((code) => window.store.turn(() => window.instance.compute(code).value), 'return _home.n');
    assert.ok(before >= 240, `${before}`);
    // A tab without its turn says so, and reads along.
    const refusal = await pages[1].evaluate((code) => {
      try {
        return window.instance.compute(code).value;
      } catch (error) {
        return (error.cause || error).reason;
      }
    }, COUNT);
    assert.equal(refusal, 'turn');
    await count(pages[1], 1);
    assert.equal(await pages[0].evaluate((code) => window.store.turn(() => window.instance.compute(code).value), 'return _home.n'), before + 1);
    for (const page of pages.slice(0, 2)) {
      assert.deepEqual(await page.evaluate(() => window.errors), []);
      await page.close();
    }
  });

  test('a second tab of a store that tabs do not share gets an error, until the first one is closed', async () => {
    const [first, second] = [await its.open(), await its.open()];
    await open(first, 'one', { tabs: 'one' });
    await assert.rejects(open(second, 'one', { tabs: 'one' }), /another tab has the store open/);
    await first.close();
    await open(second, 'one', { tabs: 'one' });
    await second.close();
  });

  test('an upgrade waits for a tab with version 1, and says so', async () => {
    const [first, second] = [await its.open(), await its.open()];
    await first.evaluate(() => new Promise((resolve) => {
      const request = indexedDB.open('old', 1);
      request.onupgradeneeded = () => request.result.createObjectStore('externalTables', { keyPath: 'id' })
        .put({ id: 1, data: { n: { _type: 'binary', data: [2, 5, 0, 0, 0, 0, 0, 0, 0] } } });
      request.onsuccess = () => {
        window.connection = request.result;
        resolve();
      };
    }));
    await assert.rejects(open(second, 'old', { wait: 200 }), /another tab has version 1 of the database open/);
    await first.evaluate(() => window.connection.close());
    await open(second, 'old');
    assert.equal(await compute(second, COUNT), 6);
    await Promise.all([first.close(), second.close()]);
  });

  test('without room a save is an error, nothing is added, and what was saved is there', async () => {
    const first = await its.open();
    await open(first, 'full', { autosave: false });
    await compute(first, COUNT);
    await first.evaluate(() => window.store.save());
    await its.restart({ quota: { origin: new URL(its.server.url).origin, bytes: 3_000_000 } });
    const page = await its.open();
    await open(page, 'full', { autosave: false });
    await compute(page, COUNT);
    await page.evaluate(() => window.store.save());
    const result = await page.evaluate(async () => {
      const found = {};
      for (let row = 0; row < 80; row++) window.store.set(9, Uint8Array.of(row), crypto.getRandomValues(new Uint8Array(65536)));
      await window.store.save().catch((error) => { found.save = [error.name, error.reason]; });
      try {
        window.store.set(10, Uint8Array.of(1), Uint8Array.of(1));
      } catch (error) {
        found.set = (error.cause || error).reason;
      }
      for (let row = 0; row < 80; row++) window.store.delete(9, Uint8Array.of(row));
      found.keys = await window.store.save();
      window.store.set(10, Uint8Array.of(1), Uint8Array.of(1));
      await window.store.save();
      return found;
    });
    assert.deepEqual(result, { save: ['StorageError', 'quota'], set: 'quota', keys: 80 });
    await its.restart();
    const last = await its.open();
    await open(last, 'full');
    assert.equal(await compute(last, COUNT), 3);
    await last.close();
  });

  test('a file with everything goes from one store to another one', async () => {
    const page = await its.open();
    await open(page, 'from', { autosave: false });
    await compute(page, "for i = 1, 1000 do _home[i] = { name = 'n' .. i } end");
    const found = await page.evaluate(async () => {
      const { exportAll, importAll } = await window.load('cu/store/archive');
      const { IndexedDBStore } = await window.load('cu/store/indexeddb');
      await window.store.snapshots.save('then', window.store.snapshot());
      const file = await exportAll(window.store);
      const other = await IndexedDBStore.open('to');
      const { snapshots } = await importAll(other, file);
      const instance = await window.create(other);
      return [snapshots, instance.compute('return #_home, _home[1000].name').values];
    });
    assert.deepEqual(found, [['then'], [1000, 'n1000']]);
    await page.close();
  });

  test('an encrypted store is there after a reload', async () => {
    const page = await its.open();
    for (let wanted = 1; wanted <= 2; wanted++) {
      const value = await page.evaluate(async (code) => {
        const { IndexedDBStore } = await window.load('cu/store/indexeddb');
        const { EncryptedStore, EncryptionKey } = await window.load('cu/encrypted');
        const store = await IndexedDBStore.open('encrypted');
        const encrypted = EncryptedStore.open(store, { key: new EncryptionKey(new Uint8Array(32).fill(1)) });
        const instance = await window.create(encrypted);
        const answer = instance.compute(code).value;
        await store.close();
        return answer;
      }, COUNT);
      assert.equal(value, wanted);
      await reload(page);
    }
    await page.close();
  });
});
