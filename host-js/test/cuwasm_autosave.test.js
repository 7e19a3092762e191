/**
 * States that are saved by themselves: after a pause, at the end of the page, never for nothing.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { CuWASM, IndexedDBStorage, MemoryStorage } from '../cuwasm/index.js';
import { Origin } from './fake_browser.js';

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** A storage in memory that counts saves, waits as long as it is told, and fails when it is told. */
class Watched extends MemoryStorage {
  saves = 0;
  failure = undefined;
  gate = Promise.resolve();

  async save(name, bytes) {
    this.saves++;
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    await super.save(name, bytes);
  }

  /** Resolves when there were so many saves. */
  async reached(count) {
    while (this.saves < count) await pause(1);
  }
}

const saved = async (storage, name = 'default') => (await CuWASM.init({ storage, name })).compute('return _home.n').value;

/** Runs `action` in a page: with its document and events. */
async function inPage(action) {
  const tab = new Origin().tab();
  const names = { document: tab.document, addEventListener: (...words) => tab.addEventListener(...words), removeEventListener: (...words) => tab.removeEventListener(...words) };
  for (const [name, value] of Object.entries(names)) Object.defineProperty(globalThis, name, { value, configurable: true });
  try {
    await action(tab);
  } finally {
    for (const name of Object.keys(names)) delete globalThis[name];
  }
}

test('without the option nothing is saved by itself', async () => {
  const storage = new Watched();
  const instance = await CuWASM.init({ storage });
  await instance.compute('_home.n = 1');
  await pause(20);
  assert.deepEqual([storage.saves, instance.hasUnsaved], [0, true]);
});

test('changes are saved after a pause, many as one', async () => {
  const storage = new Watched();
  const instance = await CuWASM.init({ storage, autosave: 30 });
  for (let n = 1; n <= 5; n++) await instance.compute(`_home.n = ${n}`);
  assert.equal(storage.saves, 0);
  await storage.reached(1);
  await pause(0);
  assert.deepEqual([storage.saves, await saved(storage), instance.hasUnsaved, instance.getStats().saves.automatic], [1, 5, false, 1]);
});

test('changes that go on are saved after a few pauses', async () => {
  const storage = new Watched();
  const instance = await CuWASM.init({ storage, autosave: 5 });
  let n = 0;
  while (storage.saves === 0 && n < 5000) {
    await instance.compute(`_home.n = ${++n}`);
    await pause(1);
  }
  assert.ok(storage.saves > 0, `${n} changes`);
});

test('what changes nothing that is saved is no reason for a save', async () => {
  const storage = new Watched();
  const instance = await CuWASM.init({ storage, autosave: 0 });
  const does = async (action) => {
    await action();
    assert.equal(instance.hasUnsaved, false, String(action));
    await instance.compute('return 1');
  };
  await does(() => instance.compute('return 1 + 1'));
  await does(() => instance.compute('_io.output = { 1, 2, { 3 } } print(("x"):rep(100)) return ("x"):rep(100000)'));
  await does(() => instance.setInput(Array.from({ length: 20000 }, (_, id) => ({ id, name: `row ${id}` }))));
  await does(() => instance.setInputField('more', 1));
  await does(() => instance.clearIo());
  await does(() => instance.runGc());
  await does(() => instance.queryTable('_home'));
  await does(() => instance.validateFunction('return 1'));
  await does(async () => {
    const transaction = await instance.beginTransaction();
    await instance.compute('_home.n = 1');
    await instance.rollbackTransaction(transaction);
  });
  await pause(20);
  assert.equal(storage.saves, 0);
});

for (const [what, change] of Object.entries({
  'a batch': (instance) => instance.batchTableOperations([{ type: 'set', table: '_home', key: 'n', value: 3 }]),
  'a compute that fails afterwards': (instance) => instance.compute('_home.n = 3 error("no")').catch(() => {}),
  'a transaction': (instance) => instance.transaction(async (cu) => {
    await cu.compute('_home.n = 3');
    await pause(20);
  }),
  'a variable of a stored function': (instance) => instance.compute('_home.up()'),
  'a deletion': (instance) => instance.compute('_home.n = 3 _home.rest = nil'),
})) {
  test(`saved is what is changed by ${what}`, async () => {
    const storage = new Watched();
    const instance = await CuWASM.init({ storage });
    await instance.compute('local calls = 0 _home.rest = true function _home.up() calls = calls + 1 _home.n = 2 + calls end');
    await instance.saveState();
    const other = await CuWASM.init({ storage, autosave: 0 });
    assert.equal(other.hasUnsaved, false);
    await change(other);
    await storage.reached(2);
    await pause(5);
    assert.deepEqual([storage.saves, await saved(storage), other.hasUnsaved], [2, 3, false]);
  });
}

test('within a transaction nothing is saved', async () => {
  const storage = new Watched();
  const instance = await CuWASM.init({ storage, autosave: 0 });
  const transaction = await instance.beginTransaction();
  await instance.compute('_home.n = 1');
  await pause(20);
  assert.equal(storage.saves, 0);
  await instance.commitTransaction(transaction);
  await storage.reached(1);
});

test('changes during a save are saved by the next one', async () => {
  const storage = new Watched();
  let open;
  storage.gate = new Promise((resolve) => { open = resolve; });
  const instance = await CuWASM.init({ storage, autosave: 0 });
  await instance.compute('_home.n = 1');
  await storage.reached(1);
  await instance.compute('_home.n = 2');
  await pause(10);
  assert.equal(instance.hasUnsaved, true);
  open();
  await storage.reached(2);
  await pause(5);
  assert.deepEqual([await saved(storage), instance.hasUnsaved, storage.saves], [2, false, 2]);
});

test('a save that fails is reported, and tried again after the next call', async () => {
  const storage = new Watched();
  storage.failure = new Error('the disk is full');
  const errors = [];
  const instance = await CuWASM.init({ storage, autosave: 0, onError: (error) => errors.push(error.message) });
  await instance.compute('_home.n = 1');
  await storage.reached(1);
  await pause(5);
  assert.deepEqual([errors, instance.hasUnsaved], [['the disk is full'], true]);
  storage.failure = undefined;
  await instance.compute('return 1');
  await storage.reached(2);
  await pause(5);
  assert.deepEqual([await saved(storage), instance.hasUnsaved, errors.length], [1, false, 1]);
});

test('a failure without a handler is an unhandled rejection', async () => {
  const storage = new Watched();
  storage.failure = new Error('the disk is full');
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  const unhandled = new Promise((resolve) => { process.once('unhandledRejection', resolve); });
  const instance = await CuWASM.init({ storage, autosave: 0 });
  await instance.compute('_home.n = 1');
  assert.equal((await unhandled).message, 'the disk is full');
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

test('another state that is loaded is saved under the name of the instance', async () => {
  const storage = new Watched();
  const instance = await CuWASM.init({ storage, autosave: 0, name: 'mine' });
  await instance.compute('_home.n = 1');
  await instance.saveState('monday');
  assert.equal(instance.hasUnsaved, true);
  await instance.saveState('mine');
  assert.equal(instance.hasUnsaved, false);
  await instance.compute('_home.n = 2');
  await instance.loadState('mine');
  assert.equal(instance.hasUnsaved, false);
  const before = storage.saves;
  await instance.loadState('monday');
  await storage.reached(before + 1);
  await pause(5);
  assert.deepEqual([await saved(storage, 'mine'), instance.hasUnsaved], [1, false]);
});

test('the end of a page saves at once, and asks for nothing when nothing changed', async () => {
  await inPage(async (tab) => {
    const storage = new Watched();
    const instance = await CuWASM.init({ storage, autosave: 100000 });
    tab.hide();
    assert.equal(storage.saves, 0);
    await instance.compute('_home.n = 1');
    tab.hide();
    assert.equal(storage.saves, 1);
    await pause(1);
    tab.hide();
    assert.deepEqual([storage.saves, await saved(storage), instance.hasUnsaved], [1, 1, false]);
    instance.close();
    tab.hide();
    assert.equal(storage.saves, 1);
  });
});

test('a page that dies after it was hidden has its state in IndexedDB', async () => {
  await inPage(async (tab) => {
    const storage = new IndexedDBStorage('states', { browser: tab });
    const instance = await CuWASM.init({ storage, autosave: 100000, onError: () => {} });
    await instance.compute('_home.n = 41');
    await instance.saveState();
    await instance.compute('_home.n = 42');
    tab.hide();
    tab.die();
    await pause(20);
    assert.equal(await saved(new IndexedDBStorage('states', { browser: tab.origin.tab() })), 42);
  });
});

test('a save at the end of the page is not overwritten by an older one', async () => {
  await inPage(async (tab) => {
    const storage = new Watched();
    const instance = await CuWASM.init({ storage, autosave: 100000 });
    await instance.compute("_home.n = 1 _home.rows = {} for i = 1, 3000 do _home.rows[i] = 'row ' .. i end");
    const older = instance.saveState();
    await instance.compute('_home.n = 2');
    // The older one is still being compressed.
    tab.hide();
    assert.equal(storage.saves, 1);
    assert.equal(await older, true);
    await pause(20);
    assert.deepEqual([await saved(storage), storage.saves], [2, 1]);
  });
});

test('of two saves the later one stays, however long they are compressed', async () => {
  const storage = new Watched();
  const instance = await CuWASM.init({ storage });
  await instance.compute("_home.n = 1 _home.rows = {} for i = 1, 5000 do _home.rows[i] = 'row ' .. i end");
  const first = instance.saveState();
  await instance.compute('_home.n = 2 _home.rows = nil');
  await Promise.all([first, instance.saveState()]);
  assert.equal(await saved(storage), 2);
});

test('an instance that is closed saves what it has, if it saves by itself', async () => {
  for (const autosave of [false, 100000]) {
    const storage = new Watched();
    const instance = await CuWASM.init({ storage, autosave });
    await instance.compute('_home.n = 1');
    instance.close();
    await pause(5);
    assert.deepEqual([storage.saves, await saved(storage)], autosave === false ? [0, null] : [1, 1]);
  }
});

test('options are checked', async () => {
  for (const wrong of [true, -1, 1.5, 2 ** 31, '5', null]) await assert.rejects(CuWASM.init({ autosave: wrong }), /autosave is to be/);
  await assert.rejects(CuWASM.init({ onError: 5 }), /onError is to be a function/);
});
