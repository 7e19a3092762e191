/**
 * OPFSStore over a file system that fails and loses power: what a unit changed is there, whole.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { EncryptedStore, EncryptionKey } from '../encrypted.js';
import { Cu, CuError, MemoryStore } from '../index.js';
import { OPFSStore } from '../store/opfs.js';
import { Opfs } from './fake_opfs.js';
import { withModule } from './module.js';
import { randomBelow, seed } from './random.js';
import { reason } from './reason.js';

const bytes = (...numbers) => Uint8Array.from(numbers);
const hex = (store) => Buffer.from(store.snapshot()).toString('hex');
const EMPTY = hex(new MemoryStore());
const openIn = ({ browser }, options = {}) => OPFSStore.open('a/b*', { browser, ...options });

/** A unit of changes and perhaps a compaction. */
function work(store, number, below) {
  store.begin();
  try {
    for (let count = 1 + below(4); count > 0; count--) {
      if (below(4) > 0) store.set(1 + below(2), bytes(below(5)), new Uint8Array(below(40)).fill(number));
      else store.delete(1 + below(2), bytes(below(5)));
    }
  } catch (error) {
    store.rollBack();
    throw error;
  }
  store.commit();
  if (below(4) === 0) store.compact();
}

test('what was changed is there again, and one worker has a store at a time', async () => {
  const system = new Opfs();
  const store = await openIn(system);
  store.begin();
  store.set(1, bytes(1), bytes(2));
  store.commit();
  await assert.rejects(openIn(system), reason('busy'));
  setTimeout(() => store.close(), 50);
  const again = await openIn(system, { wait: 1000 });
  assert.deepEqual(again.get(1, bytes(1)), bytes(2));
  again.close();
  again.close();
  assert.throws(() => again.set(1, bytes(1), bytes(1)), /the store is closed/);
  await OPFSStore.delete('a/b*', system);
  await OPFSStore.delete('a/b*', system);
  const empty = await openIn(system);
  assert.equal(hex(empty), EMPTY);
  empty.close();
});

test('a browser without it, and one whose handles are not synchronous, is an error that says so', async () => {
  await assert.rejects(OPFSStore.open('x', { browser: {} }), reason('unsupported'));
  const noHandles = { navigator: { storage: { getDirectory: async () => ({ getDirectoryHandle: async () => ({ getFileHandle: async () => ({}) }) }) } } };
  await assert.rejects(OPFSStore.open('x', { browser: noHandles }), reason('unsupported'));
  // WebKitGTK has the function, and nothing behind it.
  const nothingBehind = new Opfs();
  nothingBehind.handle = () => { throw new DOMException('no backend', 'NotSupportedError'); };
  await assert.rejects(openIn(nothingBehind), reason('unsupported'));
  // The second one is what WebKit says in a private window.
  for (const name of ['SecurityError', 'UnknownError']) {
    const denied = { navigator: { storage: { getDirectory: async () => { throw new DOMException('no', name); } } } };
    await assert.rejects(OPFSStore.open('x', { browser: denied }), reason('denied'));
    await assert.rejects(OPFSStore.open('', { browser: denied }), TypeError);
  }
});

test(`a loss of power at any call leaves the units that were committed (CU_SEED=${seed})`, async () => {
  const below = randomBelow(seed);
  for (let round = 0; round < 400; round++) {
    const stop = 1 + below(60);
    const system = new Opfs();
    const states = [EMPTY];
    let saved = 0;
    let isDead = false;
    system.plan = (number) => {
      if (number >= stop) isDead = true;
      return isDead ? 'UnknownError' : undefined;
    };
    try {
      const store = await openIn(system);
      for (let number = 1; number < 20; number++) {
        // What the unit would leave counts from its commit on.
        const other = MemoryStore.fromSnapshot(store.snapshot());
        const choices = randomBelow(seed + number + round);
        const again = randomBelow(seed + number + round);
        other.compact = () => {};
        work(other, number, choices);
        states.push(hex(other));
        work(store, number, again);
        saved = states.length - 1;
      }
    } catch (error) {
      assert.ok(isDead, `CU_SEED=${seed}, round ${round}: ${error.stack}`);
    }
    system.plan = () => undefined;
    system.crash(() => below(2) === 0);
    const store = await openIn(system);
    const found = states.lastIndexOf(hex(store));
    assert.ok(found >= saved, `CU_SEED=${seed}, round ${round}, call ${stop}: found ${found}, committed ${saved} of ${states.length - 1}`);
    store.close();
  }
});

test(`a call that fails undoes its unit, and nothing else (CU_SEED=${seed})`, async () => {
  for (const way of ['QuotaExceededError', 'UnknownError']) {
    for (let call = 1; call < 80; call++) {
      const system = new Opfs((number) => (number === call ? way : undefined));
      let before = EMPTY;
      let store;
      const below = randomBelow(seed);
      for (let number = 1; number < 8; number++) {
        try {
          if (store === undefined) store = await openIn(system);
          work(store, number, below);
        } catch (error) {
          assert.ok(error instanceof CuError, error.stack);
          if (store !== undefined) assert.ok([before, hex(store)].includes(hex(store)));
        }
        if (store !== undefined) before = hex(store);
      }
      try {
        store.close();
      } catch (error) {
        assert.ok(error instanceof CuError, error.stack);
      }
      system.plan = () => undefined;
      const again = await openIn(system);
      assert.equal(hex(again), before, `CU_SEED=${seed}, call ${call}, ${way}`);
      again.close();
    }
  }
});

test('on a full disk what was taken stays, and deleting makes room', async () => {
  const system = new Opfs();
  const store = await openIn(system);
  system.room = system.used + 100000;
  const set = (number) => {
    store.begin();
    try {
      store.set(1, bytes(number), new Uint8Array(10000).fill(number));
      store.commit();
    } catch (error) {
      if (store.memory.inUnit) store.rollBack();
      throw error;
    }
  };
  let count = 0;
  assert.throws(() => { for (; count < 100; count++) set(count); }, CuError);
  assert.ok(count > 5 && count < 60, `${count}`);
  assert.equal(store.size(1), count);
  for (let number = 0; number < count - 1; number++) store.delete(1, bytes(number));
  store.flush();
  store.close();
  const again = await openIn(system);
  assert.equal(again.size(1), 1);
  // A shorter file makes room.
  again.compact();
  again.set(1, bytes(200), new Uint8Array(10000));
  again.close();
});

test('damage is an error, and changes nothing', async () => {
  const system = new Opfs();
  const store = await openIn(system);
  store.set(1, bytes(1), new Uint8Array(100));
  store.compact();
  store.set(1, bytes(2), new Uint8Array(100));
  store.close();
  const [path, file] = [...system.files].find(([name, { bytes: content }]) => !name.endsWith('spare') && content.length > 0);
  assert.match(path, /^cu\/a%2Fb%2A\.[ab]$/);
  const whole = file.bytes;
  for (let at = 0; at < whole.length; at++) {
    file.bytes = whole.slice();
    file.bytes[at] ^= 0x55;
    const damaged = file.bytes;
    await assert.rejects(openIn(system), (error) => error instanceof CuError && /a\/b\*/.test(error.message), `byte ${at}`);
    assert.equal(file.bytes, damaged);
  }
  file.bytes = new Uint8Array(whole.length);
  await assert.rejects(openIn(system), /head of the file is missing/);
  file.bytes = whole;
  const again = await openIn(system);
  assert.equal(again.size(1), 2);
  again.close();
});

await withModule((module) => {
  test('a compute is durable when it returns, also encrypted', async () => {
    const key = new EncryptionKey(new Uint8Array(32).fill(3));
    for (const wrap of [(store) => store, (store) => EncryptedStore.open(store, { key })]) {
      const system = new Opfs();
      for (let wanted = 1; wanted <= 3; wanted++) {
        const store = await openIn(system);
        const cu = await Cu.create({ module, store: wrap(store) });
        assert.equal(cu.compute('_home.n = (_home.n or 0) + 1 return _home.n').value, wanted);
        system.crash(() => false);
      }
    }
  });
});

test('a misspelled option is refused', async () => {
  await assert.rejects(openIn(new Opfs(), { flush: 1 }), /no option of an? OPFSStore is called flush; there are/);
});
