/**
 * Where states are kept that name no storage, or name one: in IndexedDB where there is one, in memory, in a folder.
 */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { CuWASM, IndexedDBStorage } from '../cuwasm/index.js';
import { BrowserStorage } from '../cuwasm/storage/browser.js';
import { storageOf } from '../cuwasm/storage/default.js';
import { IndexedDBStore } from '../store/indexeddb.js';
import { Origin, failing, whole } from './fake_browser.js';
import { inFolder } from './folder.js';
import { OLD, openOld } from './indexeddb.js';
import { randomBelow, seed } from './random.js';

const DATABASE = 'LuaEnhancedStorage';

/** The storage of a page, with what it wrote to the console. */
function pageOf(origin, has) {
  const browser = origin.tab(has);
  const written = [];
  browser.console = { warn: (text) => written.push(text) };
  return { storage: new BrowserStorage({ browser }), browser, written };
}

test('a page keeps its states in IndexedDB, without a word', async () => {
  const origin = new Origin();
  const { storage, written } = pageOf(origin);
  const first = await CuWASM.init({ storage });
  await first.compute('local n = 0 function _home.count() n = n + 1 return n end _home.count()');
  await first.saveState();
  await first.saveState('other');
  assert.deepEqual([first.storageWarning, written], [null, []]);
  const second = await CuWASM.init({ storage: pageOf(origin).storage });
  assert.equal(await second.compute('return _home.count()'), 2);
  assert.deepEqual(await second.listStates(), ['default', 'other']);
  assert.deepEqual([await second.deleteState('other'), await second.deleteState('other'), await second.listStates()], [true, false, ['default']]);
  // The database of the promise: a store of that name has the snapshots, too.
  const store = await IndexedDBStore.open(DATABASE, { browser: origin.tab() });
  assert.deepEqual((await store.snapshots.list()).map(({ name }) => name), ['default']);
  await store.close();
});

for (const [what, has, deny, message] of [
  ['has no IndexedDB', { indexedDB: undefined }, false, /there is no IndexedDB here/],
  ['denies it', {}, true, /lets this page store nothing.*SecurityError/],
]) {
  test(`a page that ${what} works in memory, and says so once`, async () => {
    const origin = new Origin();
    origin.isDenied = deny;
    const { storage, browser, written } = pageOf(origin);
    Object.assign(browser, has);
    const first = await CuWASM.init({ storage });
    assert.match(first.storageWarning, /^states are kept in memory, and are gone when the page is left: /);
    assert.match(first.storageWarning, message);
    await first.compute('_home.n = 1');
    assert.equal(await first.saveState(), true);
    const second = await CuWASM.init({ storage });
    assert.equal(await second.compute('return _home.n'), 1);
    assert.deepEqual(written, [`cu: ${first.storageWarning}`]);
  });
}

test('IndexedDB that was asked for and is not there is an error', async () => {
  const origin = new Origin();
  origin.isDenied = true;
  const denied = new IndexedDBStorage('states', { browser: origin.tab() });
  await assert.rejects(CuWASM.init({ storage: denied }), { name: 'StorageError', reason: 'denied' });
  // There is none in Node.
  await assert.rejects(CuWASM.init({ storage: 'indexeddb' }), { name: 'StorageError', reason: 'unsupported' });
});

test('IndexedDB that worked before is no reason for memory when it fails', async () => {
  const origin = new Origin();
  const { storage, browser, written } = pageOf(origin);
  const instance = await CuWASM.init({ storage });
  await instance.saveState();
  storage.kept.close();
  origin.isDenied = true;
  await assert.rejects(instance.saveState(), { reason: 'denied' });
  assert.deepEqual([instance.storageWarning, written], [null, []]);
  assert.ok(browser.indexedDB);
});

test('a database of a later version is an error, and changes nothing', async () => {
  const origin = new Origin();
  await new Promise((resolve) => {
    const request = origin.factory.open(DATABASE, 3);
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
  const { storage } = pageOf(origin);
  await assert.rejects(CuWASM.init({ storage }), { reason: 'version' });
  assert.equal(storage.warning, null);
});

test('calls at once open one connection, and another tab may replace the database', async () => {
  const origin = new Origin();
  const browser = origin.tab();
  const storage = new IndexedDBStorage('states', { browser });
  await Promise.all([storage.save('a', new Uint8Array(3)), storage.save('b', new Uint8Array(4)), storage.list()]);
  assert.equal(browser.connections.length, 1);
  await IndexedDBStore.delete('states', { browser: origin.tab() });
  assert.deepEqual(await storage.list(), []);
});

test(`of two tabs that save at once one has its state there, whole (CU_SEED=${seed})`, async () => {
  const below = randomBelow(seed);
  const origin = new Origin();
  const tabs = [0, 1].map(() => new IndexedDBStorage('states', { browser: origin.tab() }));
  for (let round = 0; round < 10; round++) {
    const states = tabs.map((tab, number) => new Uint8Array(below(3_000_000)).fill(10 * round + number));
    await Promise.all(tabs.map((tab, number) => tab.save('default', states[number])));
    const found = await new IndexedDBStorage('states', { browser: origin.tab() }).load('default');
    assert.ok(states.some((state) => Buffer.from(state).equals(found)), `round ${round}`);
  }
});

test('a save that fails at any request leaves the state before it', async () => {
  const origin = new Origin();
  const storage = new IndexedDBStorage('states', { browser: origin.tab() });
  await storage.save('default', new Uint8Array(2_000_000).fill(1));
  let calls;
  for (let at = 1; calls === undefined || at <= calls; at++) {
    const count = failing((number) => (number === at ? 'abort' : undefined));
    const failure = await storage.save('default', new Uint8Array(1_500_000).fill(2)).then(() => undefined, (error) => error);
    whole();
    if (failure === undefined) calls = count.calls;
    else assert.equal(failure.name, 'StorageError');
    const found = await storage.load('default');
    assert.deepEqual([found.length, found[0]], failure === undefined ? [1_500_000, 2] : [2_000_000, 1], `request ${at}`);
    if (failure === undefined) await storage.save('default', new Uint8Array(2_000_000).fill(1));
  }
  assert.ok(calls >= 5, `${calls}`);
});

test('names of storages, and paths of folders', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'states');
    const [one, two] = [await CuWASM.init({ storage: 'memory', name: 'named' }), await CuWASM.init({ name: 'named' })];
    await one.compute('_home.n = 7');
    await one.saveState('named');
    // In Node the storage of those that name none is that memory.
    assert.equal(await two.loadState('named'), true);
    assert.equal(two.storageWarning, null);
    await one.deleteState('named');
    await (await CuWASM.init({ storage: path })).saveState();
    assert.ok(existsSync(join(path, 'default.cu')));
  });
  assert.equal(storageOf('indexeddb'), storageOf('indexeddb'));
  for (const wrong of [5, null, true]) assert.throws(() => storageOf(wrong), { name: 'TypeError', message: /^storage is to be a storage, 'indexeddb', 'memory'/ });
  assert.throws(() => storageOf(''), TypeError);
  assert.throws(() => storageOf({ save() {} }), /the storage has no method load/);
  for (const wrong of [[5], ['x', { wait: -1 }], ['x', { browse: {} }]]) assert.throws(() => new IndexedDBStorage(...wrong), /is to be|has no option/);
});

test('what the earlier program left is the state of a page that has not saved one', async () => {
  const origin = new Origin();
  (await openOld(origin, OLD, DATABASE)).close();
  const first = await CuWASM.init({ storage: pageOf(origin).storage });
  assert.deepEqual(await first.compute('return _home.n, _home.child.name, _home.child[1]'), 7);
  assert.deepEqual(first.compute('return _home.n, _home.child.name').values, [2.5, 'one']);
  assert.match(first.storageWarning, /^2 entries of the earlier program could not be taken over, such as "f" of its table 2: .*define it again/);
  await first.compute('_home.n = 3 _home.more = {}');
  await first.saveState();
  const second = await CuWASM.init({ storage: pageOf(origin).storage });
  assert.deepEqual([await second.compute('return _home.n'), second.storageWarning], [3, null]);
  assert.equal(await (await CuWASM.init({ storage: pageOf(origin).storage, name: 'other' })).compute('return _home.n'), null);
});
