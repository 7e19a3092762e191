/**
 * Named snapshots, in memory and in a folder, compressed and not.
 */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Worker } from 'node:worker_threads';

import { SnapshotError } from '../index.js';
import { CuWASM, FolderStorage, MemoryStorage } from '../cuwasm/index.js';
import { start } from './cuwasm.js';
import { inFolder } from './folder.js';

test('functions, their variables and data are there after a reload', async () => {
  const storage = new MemoryStorage();
  const first = await CuWASM.init({ storage });
  await first.compute('local n = 0 function _home.count() n = n + 1 return n end _home.count() _home.users = { { name = "Ada" } }');
  assert.equal(await first.saveState(), true);
  await first.compute('_home.count() _home.users = nil');
  const second = await CuWASM.init({ storage });
  assert.deepEqual(second.compute('return _home.count(), _home.users[1].name').values, [2, 'Ada']);
  assert.equal(await (await CuWASM.init({ storage, autoRestore: false })).compute('return _home.users'), null);
});

test('snapshots have names, and loading one goes back to it', async () => {
  const instance = await start();
  await instance.compute('_home.n = 1 g = 1');
  await instance.saveState('one');
  await instance.compute('_home.n = 2');
  await instance.saveState('two');
  assert.deepEqual(await instance.listStates(), ['one', 'two']);
  assert.equal(await instance.loadState('one'), true);
  assert.deepEqual(instance.compute('return _home.n, g').values, [1, null]);
  assert.equal(await instance.loadState('three'), false);
  assert.equal(await instance.compute('return _home.n'), 1);
  assert.equal(await instance.deleteState('one'), true);
  assert.equal(await instance.deleteState('one'), false);
  assert.equal(await instance.loadState('one'), false);
  assert.equal(await instance.loadState(), false);
});

test('the state is that of the call, not of a later moment', async () => {
  const instance = await start();
  await instance.compute('_home.n = 1');
  const saving = instance.saveState();
  instance.compute('_home.n = 2');
  await saving;
  await instance.loadState();
  assert.equal(await instance.compute('return _home.n'), 1);
});

test('what is in _io is not saved', async () => {
  const storage = new MemoryStorage();
  const instance = await CuWASM.init({ storage, compression: false });
  instance.setInput({ password: 'swordfish' });
  instance.compute('_io.output = "swordfish" _io.more = "swordfish"');
  await instance.saveState();
  assert.ok(!Buffer.from(await storage.load('default')).includes('swordfish'));
  assert.equal(instance.getOutput(), 'swordfish');
});

test('snapshots are compressed unless that is switched off', async () => {
  const sizes = [];
  for (const compression of [true, false]) {
    const storage = new MemoryStorage();
    const instance = await CuWASM.init({ storage, compression });
    await instance.compute('_home.rows = {} for i = 1, 1000 do _home.rows[i] = "row number " .. i end');
    await instance.saveState();
    sizes.push((await storage.load('default')).length);
    assert.equal(await (await CuWASM.init({ storage })).compute('return _home.rows[1000]'), 'row number 1000');
  }
  assert.ok(sizes[0] * 2 < sizes[1], String(sizes));
});

test('damaged snapshots are refused, and the instance stays as it was', async () => {
  const storage = new MemoryStorage();
  const instance = await CuWASM.init({ storage });
  await instance.compute('_home.rows = {} for i = 1, 300 do _home.rows[i] = "row number " .. i end _home.n = 1');
  await instance.saveState();
  const good = await storage.load('default');
  const raw = await storageBytes(instance);
  for (const whole of [good, raw]) {
    for (const bytes of [whole.slice(0, whole.length - 1), whole.slice(0, 5), changed(whole, whole.length >> 1), new Uint8Array(0), new Uint8Array(100)]) {
      await storage.save('bad', bytes);
      await assert.rejects(instance.loadState('bad'), SnapshotError);
      await assert.rejects(CuWASM.init({ storage, name: 'bad' }), SnapshotError);
    }
  }
  assert.equal(await instance.compute('return _home.n'), 1);
});

async function storageBytes(instance) {
  const storage = new MemoryStorage();
  const copy = await CuWASM.init({ storage, compression: false });
  await copy.compute('_home.n = 1');
  await copy.saveState();
  assert.ok(instance.isLoaded);
  return storage.load('default');
}

function changed(bytes, at) {
  const copy = bytes.slice();
  copy[at] ^= 0x55;
  return copy;
}

test('a storage that fails is told, and nothing is lost', async () => {
  class Full extends MemoryStorage {
    async save() { throw new Error('the disk is full'); }
  }
  const instance = await start({ storage: new Full() });
  await instance.compute('_home.n = 1');
  await assert.rejects(instance.saveState(), /the disk is full/);
  assert.equal(await instance.compute('return _home.n'), 1);
  class Odd extends MemoryStorage {
    async load() { return 'text'; }
  }
  await assert.rejects(CuWASM.init({ storage: new Odd() }), /no Uint8Array/);
});

test('a storage may answer at once', async () => {
  const kept = new Map();
  const storage = { save: (name, bytes) => { kept.set(name, bytes); }, load: (name) => kept.get(name), list: () => [...kept.keys()], delete: (name) => kept.delete(name) };
  const instance = await CuWASM.init({ storage });
  await instance.compute('_home.n = 5');
  await instance.saveState();
  assert.equal(await (await CuWASM.init({ storage })).compute('return _home.n'), 5);
  assert.deepEqual(await instance.listStates(), ['default']);
});

test('names of snapshots are checked', async () => {
  const instance = await start();
  for (const wrong of [null, 5, {}, '\ud800']) {
    for (const call of ['saveState', 'loadState', 'deleteState']) await assert.rejects(instance[call](wrong), TypeError);
  }
  for (const wrong of ['', 'x'.repeat(256), 'é'.repeat(128)]) await assert.rejects(instance.saveState(wrong), RangeError);
  await instance.saveState('é'.repeat(127));
});

test('a folder keeps snapshots over processes, whatever their names are', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'deep', 'states');
    assert.deepEqual(await new FolderStorage(path).list(), []);
    assert.equal(await new FolderStorage(path).load('x'), undefined);
    const names = ['default', 'Default', '..', '../../outside', 'a/b', 'a\\b', 'CON', 'é 𝄞', 'x.cu', '.', '%41', '*?'];
    const instance = await CuWASM.init({ storage: path, autoRestore: false });
    for (const name of names) {
      instance.setInput(name);
      instance.compute('_home.name = _io.input');
      await instance.saveState(name);
    }
    assert.ok(!existsSync(join(folder, 'outside.cu')) && readdirSync(folder).length === 1);
    const again = await CuWASM.init({ storage: path });
    assert.equal(await again.compute('return _home.name'), 'default');
    assert.deepEqual(await again.listStates(), [...names].sort());
    for (const name of names) {
      await again.loadState(name);
      assert.equal(await again.compute('return _home.name'), name);
    }
    assert.equal(new Set(readdirSync(path).map((name) => name.toLowerCase())).size, names.length);
    assert.equal(await again.deleteState('Default'), true);
    assert.equal(await again.deleteState('Default'), false);
    assert.equal(await again.loadState('default'), true);
    await assert.rejects(again.saveState('𝄞'.repeat(60)), RangeError);
  });
});

test('a save that fails half way leaves the snapshot before it', async () => {
  await inFolder(async (folder) => {
    const storage = new FolderStorage(folder);
    await storage.save('x', new Uint8Array([1, 2, 3]));
    const files = await storage.open();
    storage.files = { ...files, writeSync() { throw new Error('no space left'); } };
    await assert.rejects(storage.save('x', new Uint8Array([4])), /no space left/);
    storage.files = { ...files, renameSync() { throw new Error('not now'); } };
    await assert.rejects(storage.save('x', new Uint8Array([4])), /not now/);
    assert.deepEqual(readdirSync(folder), ['x.cu']);
    assert.deepEqual([...readFileSync(join(folder, 'x.cu'))], [1, 2, 3]);
    writeFileSync(join(folder, '%zz.cu'), 'x');
    writeFileSync(join(folder, 'other.txt'), 'x');
    assert.deepEqual(await new FolderStorage(folder).list(), ['x']);
  });
  for (const wrong of ['', 5, undefined]) assert.throws(() => new FolderStorage(wrong), TypeError);
});

test('of two loads the later one counts, and a load finds what was being saved before it', async () => {
  const instance = await CuWASM.init({ storage: new MemoryStorage() });
  await instance.compute('_home.n = 1 for i = 1, 20000 do _home[i] = "row number " .. i end');
  await instance.saveState('large');
  await instance.compute('for k in pairs(_home) do _home[k] = nil end _home.n = 2');
  await instance.saveState('small');
  assert.deepEqual(await Promise.all([instance.loadState('large'), instance.loadState('small')]), [true, true]);
  assert.equal(await instance.compute('return _home.n'), 2);
  await instance.compute('_home.n = 3');
  const saving = instance.saveState('small');
  assert.equal(await instance.loadState('small'), true);
  assert.equal(await instance.compute('return _home.n'), 3);
  await saving;
});

test('nothing is saved, and no instance closed, within a compute', async () => {
  const storage = new MemoryStorage();
  const heard = [];
  const instance = await CuWASM.init({
    storage,
    onTick() {
      if (heard.length > 0) return;
      instance.saveState('half').catch((error) => heard.push(`${error.name}: ${error.message}`));
      assert.throws(() => instance.close(), /a call of this instance is running/);
      heard.push('tick');
    },
  });
  await instance.compute('_home.a = 1 for i = 1, 3000000 do end _home.b = 2');
  assert.deepEqual(heard, ['tick', 'StateError: a call of this instance is running']);
  assert.deepEqual([await instance.listStates(), await instance.compute('return _home.b')], [[], 2]);
});

test('threads that save under one name at once leave the whole of one snapshot', () => inFolder(async (path) => {
  const program = `
    const { workerData: { place, path, number } } = require('node:worker_threads');
    import(place).then(async ({ FolderStorage }) => {
      for (let n = 0; n < 30; n++) await new FolderStorage(path).save('shared', new Uint8Array(100000 * number).fill(number));
    });`;
  const place = new URL('../cuwasm/index.js', import.meta.url).href;
  const ends = [1, 2, 3].map((number) => new Promise((resolve) => {
    let failure = 'none';
    new Worker(program, { eval: true, execArgv: [], workerData: { place, path, number } })
      .on('error', ({ message }) => { failure = message; })
      .on('exit', () => resolve(failure));
  }));
  assert.deepEqual(await Promise.all(ends), ['none', 'none', 'none']);
  const bytes = await new FolderStorage(path).load('shared');
  assert.equal(bytes.length, 100000 * bytes[0]);
  assert.ok(bytes.every((byte) => byte === bytes[0]));
  assert.deepEqual(readdirSync(path), ['shared.cu']);
}));
