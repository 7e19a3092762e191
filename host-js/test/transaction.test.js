/**
 * Transactions of a host over several computes, and computes that the host undoes itself (`atomic: 'host'`), over each store.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { EncryptedStore, EncryptionKey } from '../encrypted.js';
import { Cu, HostError, LuaError, MemoryStore, StateError, TrapError } from '../index.js';
import { inside } from '../handle.js';
import { FileStore } from '../node.js';
import { withModule } from './module.js';
import { NaiveStore } from './naive.js';

const folder = mkdtempSync(join(tmpdir(), 'cu-transaction-'));
test.after(() => rmSync(folder, { recursive: true }));

let files = 0;
const key = new EncryptionKey(new Uint8Array(32).fill(1));

const STORES = {
  'a memory store': () => new MemoryStore(),
  'a file store': () => FileStore.open(join(folder, String(files++))),
  'an encrypted store': () => EncryptedStore.open(new MemoryStore(), { key }),
};
const WITHOUT_UNITS = { 'a store without units': () => new NaiveStore() };
const close = (store) => store instanceof FileStore && store.close();

const JOURNAL = 0x80000005;

const SET_UP = `
  _home.x, _home.t = 1, { 1, { 2 } }
  local count = 0
  function _home.count() count = count + 1 return count end
  function _home.counted() return count end`;
const STATE = 'return _home.x, #_home.t, _home.counted(), _home.u and _home.u[1]';
const BEFORE = [1, 2, 0, null];
const AFTER = [2, 3, 1, 5];

function change(cu) {
  cu.compute('_home.x = 2 _home.count()');
  cu.compute('table.insert(_home.t, 3)');
  cu.compute('u = { 5 } _home.u = u');
}

const state = (cu) => cu.compute(STATE).values;

await withModule((module) => {
  for (const [name, create] of Object.entries({ ...STORES, ...WITHOUT_UNITS })) {
    test(`computes of a transaction are kept together, in ${name}`, async () => {
      const store = create();
      const cu = await Cu.create({ module, store });
      cu.compute(SET_UP);
      cu.begin();
      change(cu);
      assert.deepEqual(state(cu), AFTER);
      cu.commit();
      assert.deepEqual(state(cu), AFTER);
      assert.equal(store.size(JOURNAL), 0);
      assert.deepEqual(state(await Cu.create({ module, store })), AFTER);
      close(store);
    });

    test(`or undone together, in ${name}`, async () => {
      const store = create();
      const cu = await Cu.create({ module, store });
      cu.compute(SET_UP);
      cu.begin();
      change(cu);
      assert.throws(() => cu.compute('_home.x = 7 error("alone")'), LuaError);
      assert.deepEqual(state(cu), AFTER);
      cu.rollBack();
      assert.deepEqual(state(cu), BEFORE);
      assert.deepEqual(cu.compute('return u[1], pcall(ext.size, u) or nil').values, [5, null]);
      assert.deepEqual(state(await Cu.create({ module, store })), BEFORE);
      close(store);
    });

    test(`a host that died in a transaction left nothing of it, in ${name}`, async () => {
      const store = create();
      const cu = await Cu.create({ module, store });
      cu.compute(SET_UP);
      cu.begin();
      change(cu);
      // As after a new start of the process, where no instance holds the turn.
      inside(cu).unit.turn.release(inside(cu).unit);
      assert.deepEqual(state(await Cu.create({ module, store })), BEFORE);
      close(store);
    });

    test(`another instance waits for the end, in ${name}`, async () => {
      const store = create();
      const [one, other] = [await Cu.create({ module, store }), await Cu.create({ module, store })];
      one.compute(SET_UP);
      assert.deepEqual(state(other), BEFORE);
      one.begin();
      change(one);
      const busy = (error) => error instanceof StateError && /a transaction of another instance is open/.test(error.message);
      assert.throws(() => state(other), busy);
      assert.throws(() => other.begin(), busy);
      assert.throws(() => other.runGc(), busy);
      await assert.rejects(Cu.create({ module, store }), busy);
      one.rollBack();
      assert.deepEqual(state(other), BEFORE);
      one.transaction(change);
      assert.deepEqual(state(other), AFTER);
      other.transaction(() => other.compute('_home.count()'));
      assert.deepEqual(one.compute('return _home.counted()').value, 2);
      close(store);
    });
  }

  test('transaction() keeps what returns, and undoes what throws', async () => {
    const cu = await Cu.create({ module });
    cu.compute(SET_UP);
    const problem = new Error('no');
    assert.throws(() => cu.transaction((same) => { assert.equal(same, cu); change(same); throw problem; }), (error) => error === problem);
    assert.deepEqual(state(cu), BEFORE);
    assert.throws(() => cu.transaction(() => { change(cu); cu.compute('error("script")'); }), LuaError);
    assert.deepEqual(state(cu), BEFORE);
    assert.equal(cu.transaction(() => { change(cu); return 'answer'; }), 'answer');
    assert.deepEqual(state(cu), AFTER);
    cu.transaction(() => { cu.compute('_home.x = 9'); cu.rollBack(); });
    assert.deepEqual(state(cu), AFTER);
  });

  test('and lasts as long as a promise', async () => {
    const store = new MemoryStore();
    const [cu, other] = [await Cu.create({ module, store }), await Cu.create({ module, store })];
    cu.compute(SET_UP);
    const pause = () => new Promise((done) => { setTimeout(done, 1); });
    const running = cu.transaction(async () => { change(cu); await pause(); cu.compute('_home.x = 2'); return 6; });
    assert.throws(() => state(other), StateError);
    assert.equal(await running, 6);
    assert.deepEqual(state(other), AFTER);
    await assert.rejects(cu.transaction(async () => { cu.compute('_home.x = 9'); await pause(); throw new Error('late'); }), /late/);
    assert.deepEqual(state(cu), AFTER);
  });

  test('what cannot be done in a transaction, or without one, is refused', async () => {
    const cu = await Cu.create({ module, home: 'own' });
    assert.throws(() => cu.commit(), /no transaction of this instance is open/);
    assert.throws(() => cu.rollBack(), /no transaction of this instance is open/);
    cu.begin();
    for (const act of [
      () => cu.begin(), () => cu.runGc(), () => { cu.homeTable = 1; }, () => cu.renameHome('own', 'other'), () => cu.dropHome('own'),
      () => cu.transaction(() => {}),
    ]) {
      assert.throws(act, (error) => error instanceof StateError && /^a transaction of this instance is open/.test(error.message), String(act));
    }
    assert.throws(() => cu.begin(), /they do not nest; each compute in it is a savepoint/);
    cu.rollBack();
    cu.runGc();
    assert.deepEqual(cu.homes().map(({ name }) => name).filter(Boolean), ['own']);
  });

  test('a small budget of the instance does not keep a transaction from its end', async () => {
    const cu = await Cu.create({ module, config: { instructions: 10 } });
    cu.begin();
    cu.compute('for i = 1, 100 do _home[i] = { i } end', { instructions: 10_000_000 });
    cu.commit();
    assert.equal(cu.compute('return #_home', { instructions: 10_000_000 }).value, 100);
  });

  test('a trap in a transaction ends the instance, and another one goes on with the state of before', async () => {
    const store = new MemoryStore();
    const [cu, other] = [await Cu.create({ module, store }), await Cu.create({ module, store })];
    cu.compute(SET_UP);
    state(other);
    cu.begin();
    change(cu);
    inside(cu).imports.tableGet = () => { throw new Error('host on fire'); };
    assert.throws(() => cu.compute('return _home.x'), TrapError);
    assert.deepEqual(state(other), BEFORE);
    assert.throws(() => cu.rollBack(), TrapError);
  });

  test('the store fails at call n of a transaction: it is kept, or undone and says so', async (t) => {
    let [kept, undone] = [0, 0];
    for (let n = 1, done = false; !done; n++) {
      const store = new MemoryStore();
      const cu = await Cu.create({ module, store });
      cu.compute(SET_UP);
      let calls = 0;
      const methods = ['setAt', 'getAt', 'deleteAt', 'size', 'keysAt'];
      for (const method of methods) {
        const own = store[method];
        store[method] = (...parameters) => {
          calls++;
          if (calls === n) throw new Error('disk on fire');
          return own.apply(store, parameters);
        };
      }
      let failure;
      try {
        cu.transaction(change);
      } catch (error) {
        failure = error;
        assert.ok(error instanceof HostError || error instanceof LuaError, String(error));
      }
      done = calls < n;
      for (const method of methods) delete store[method];
      assert.deepEqual(state(cu), failure === undefined ? AFTER : BEFORE, `call ${n}: ${failure}`);
      assert.deepEqual(state(await Cu.create({ module, store })), failure === undefined ? AFTER : BEFORE, `call ${n}, after a restart: ${failure}`);
      assert.equal(store.size(JOURNAL), 0);
      if (failure === undefined) kept++;
      else undone++;
    }
    t.diagnostic(`kept ${kept}, undone ${undone}`);
    assert.ok(undone > 40);
  });

  for (const [name, create] of Object.entries(STORES)) {
    test(`what a compute changed that failed, the host undoes, in ${name}`, async () => {
      const store = create();
      const cu = await Cu.create({ module, store, config: { atomic: 'host' } });
      cu.compute(SET_UP);
      const { version } = store;
      assert.throws(() => cu.compute('_home.x = 2 _home.count() u = { 5 } _home.u = u table.insert(_home.t, 3) error("no")'), LuaError);
      assert.equal(store.version, version);
      assert.deepEqual(state(cu), BEFORE);
      assert.deepEqual(cu.compute('return u[1], pcall(ext.size, u) or nil').values, [5, null]);
      assert.throws(() => cu.compute('_home.x = 7 error("kept")', { atomic: false }), LuaError);
      assert.throws(() => cu.compute('_home.x = 8 error("noted")', { atomic: true }), LuaError);
      assert.equal(cu.compute('return _home.x').value, 7);
      cu.compute('_home.x = 2 _home.count() _home.u = u table.insert(_home.t, 3)');
      // In a transaction the module undoes.
      cu.begin();
      assert.throws(() => cu.compute('_home.x = 9 error("no")'), LuaError);
      cu.compute('pcall(ext.transaction, function() _home.x = 10 error("no") end)');
      cu.commit();
      assert.deepEqual(state(cu), AFTER);
      assert.equal(store.size(JOURNAL), 0);
      assert.deepEqual(state(await Cu.create({ module, store })), AFTER);
      close(store);
    });
  }

  test('a host cannot undo in a store that cannot', async () => {
    const cu = await Cu.create({ module, store: new NaiveStore() });
    assert.throws(() => cu.compute('return 1', { atomic: 'host' }), (error) => error instanceof StateError && /the store cannot undo/.test(error.message));
    assert.equal(cu.compute('return 1').value, 1);
  });

  test('the store fails at call n of a compute that the host undoes', async () => {
    for (let n = 1, done = false; !done; n++) {
      const store = new MemoryStore();
      const cu = await Cu.create({ module, store, config: { atomic: 'host' } });
      cu.compute(SET_UP);
      let calls = 0;
      const own = store.setAt;
      store.setAt = (...parameters) => {
        calls++;
        if (calls === n) throw new Error('disk on fire');
        return own.apply(store, parameters);
      };
      let failure;
      try {
        cu.compute('_home.x = 2 _home.count() table.insert(_home.t, 3) u = { 5 } _home.u = u');
      } catch (error) {
        failure = error;
      }
      done = calls < n;
      delete store.setAt;
      assert.deepEqual(state(cu), failure === undefined ? AFTER : BEFORE, `call ${n}: ${failure}`);
      assert.deepEqual(state(await Cu.create({ module, store })), failure === undefined ? AFTER : BEFORE);
    }
  });
});
