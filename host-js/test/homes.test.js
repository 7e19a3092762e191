/**
 * Homes by name: what the module is told, and the rows of table 0x80000006.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { EncryptedStore, EncryptionKey } from '../encrypted.js';
import { Cu, HomeError, MemoryStore, StateError, decode, encode, encodeKey } from '../index.js';
import { inside } from '../handle.js';
import { TABLE_HOMES } from '../abi.js';
import { failingAfter } from './faulty.js';
import { withModule } from './module.js';
import { NaiveStore } from './naive.js';
import { BUFFER_POINTER, STORE, constant, stubModule } from './stub.js';

const put = (store, key, value) => store.set(TABLE_HOMES, encodeKey(key), encode(value));
const rows = (store) => {
  const found = {};
  store.keys(TABLE_HOMES, undefined, false, (key) => {
    found[Buffer.from(key).toString('hex')] = decode(store.get(TABLE_HOMES, key));
    return true;
  });
  return found;
};
const hex = (key) => Buffer.from(encodeKey(key)).toString('hex');

/** As the module leaves it: two homes with a name, one without. */
function withHomes(store) {
  put(store, 'alice', 7);
  put(store, 7, 'alice');
  put(store, 'bob', 9);
  put(store, 9, 'bob');
  put(store, 300, true);
  return store;
}

const named = (message, home) => (error) => error instanceof HomeError && error.home === home && message.test(error.message);

const CALL = 0x10;
const KEY_AT = BUFFER_POINTER + 40000;
const word = (text) => Buffer.from(text).readInt32LE();
const MODULE = stubModule({
  compute: [
    ...constant(KEY_AT), ...constant(word('conf')), ...STORE,
    ...constant(KEY_AT + 4), ...constant(word('ig\0\0')), ...STORE,
    ...constant(0), ...constant(KEY_AT), ...constant(6), ...constant(BUFFER_POINTER), ...constant(16384), CALL, 1,
  ],
});
const home = (cu, overrides) => decode(cu.computeRaw('x', overrides).bytes).home;

test('the home is an option of the instance and of a compute', async () => {
  assert.equal(home(await Cu.create({ module: MODULE })), undefined);
  const cu = await Cu.create({ module: MODULE, home: 'alice', config: { home: 'bob' } });
  assert.deepEqual([home(cu), home(cu, { home: 'carol' }), home(cu)], ['alice', 'carol', 'alice']);
  assert.equal(home(await Cu.create({ module: MODULE, config: { home: 'bob' } })), 'bob');
  cu.openHome('dora');
  assert.equal(home(cu), 'dora');
  cu.homeTable = 5;
  assert.equal(home(cu), undefined);
});

test('a name that cannot be is refused and named', async () => {
  const cu = await Cu.create({ module: MODULE });
  const long = 'é'.repeat(128);
  for (const call of [(name) => cu.openHome(name), (name) => cu.dropHome(name), (name) => cu.renameHome('a', name)]) {
    assert.throws(() => call(7), /^TypeError: the name of a home is a string, not 7$/);
    assert.throws(() => call(''), /^RangeError: the name of a home is empty$/);
    assert.throws(() => call(long), (error) => error instanceof RangeError && error.message.endsWith(`not 256: "${long}"`));
  }
  await assert.rejects(Cu.create({ module: MODULE, home: '' }), RangeError);
  cu.openHome('é'.repeat(127));
  assert.equal(home(cu), 'é'.repeat(127));
});

test('an error of the module leaves the home that was open', async () => {
  const store = new MemoryStore();
  const cu = await Cu.create({ module: MODULE, store });
  cu.openHome('alice');
  store.begin();
  assert.throws(() => cu.openHome('bob'), StateError);
  store.commit();
  assert.equal(home(cu), 'alice');
});

const STORES = {
  'a memory store': () => new MemoryStore(),
  'an encrypted store': () => EncryptedStore.open(new MemoryStore(), { key: new EncryptionKey(new Uint8Array(32)) }),
  'a store without units': () => new NaiveStore(),
};

for (const [name, create] of Object.entries(STORES)) {
  test(`homes of ${name} are listed, renamed and dropped`, async () => {
    const store = create();
    const cu = await Cu.create({ module: MODULE, store });
    assert.deepEqual(cu.homes(), [{ id: 1, name: undefined }]);
    withHomes(store);
    const others = [{ id: 1, name: undefined }, { id: 9, name: 'bob' }, { id: 300, name: undefined }];
    assert.deepEqual(cu.homes(), [others[0], { id: 7, name: 'alice' }, others[1], others[2]]);
    cu.renameHome('alice', 'zoë');
    assert.deepEqual(cu.homes(), [others[0], { id: 7, name: 'zoë' }, others[1], others[2]]);
    assert.deepEqual(rows(store), { [hex('bob')]: 9, [hex('zoë')]: 7, [hex(7)]: 'zoë', [hex(9)]: 'bob', [hex(300)]: true });
    assert.throws(() => cu.renameHome('zoë', 'bob'), named(/^there is a home of that name already: "bob"$/, 'bob'));
    assert.throws(() => cu.renameHome('alice', 'carol'), named(/^there is no home of that name: "alice"$/, 'alice'));
    cu.dropHome('zoë');
    assert.deepEqual(cu.homes(), others);
    assert.deepEqual(rows(store), { [hex('bob')]: 9, [hex(9)]: 'bob', [hex(300)]: true });
    assert.throws(() => cu.dropHome('zoë'), named(/no home of that name: "zoë"/, 'zoë'));
    // The next compute sees what the host changed, and a refused change is none.
    const { epoch } = decode(cu.computeRaw('x').bytes);
    assert.ok(epoch > 0);
    assert.throws(() => cu.dropHome('zoë'), HomeError);
    if (store.canRollBack) assert.equal(decode(cu.computeRaw('x').bytes).epoch, epoch);
  });
}

test('a home that is renamed stays open, and the one that is open is not dropped', async () => {
  const store = withHomes(new MemoryStore());
  const cu = await Cu.create({ module: stubModule({ get_memory_table_id: constant(7) }), store, home: 'alice' });
  assert.throws(() => cu.dropHome('alice'), named(/^the home is open in this instance: "alice"$/, 'alice'));
  cu.renameHome('alice', 'anna');
  assert.equal(inside(cu).control.config.home, 'anna');
  assert.throws(() => cu.dropHome('anna'), HomeError);
  cu.dropHome('bob');
  assert.deepEqual(cu.homes().map(({ id }) => id), [1, 7, 300]);
});

test('a change of homes that fails is undone', async () => {
  for (let calls = 0, done = false; !done; calls++) {
    const inner = withHomes(new MemoryStore());
    const before = rows(inner);
    const cu = await Cu.create({ module: MODULE, store: inner });
    inside(cu).store = failingAfter(inner, calls, new Error('disk on fire'));
    try {
      cu.renameHome('alice', 'carol');
      done = true;
      assert.equal(calls, 5);
    } catch (error) {
      assert.equal(error.message, 'disk on fire');
      assert.deepEqual(rows(inner), before);
    }
    assert.equal(inner.inUnit, false);
  }
});

await withModule((module) => {
  test('each home has its own content', async () => {
    const store = new MemoryStore();
    const cu = await Cu.create({ module, store, home: 'alice' });
    const alice = cu.homeTable;
    cu.compute('_home.name = "A"');
    const bob = cu.openHome('bob');
    assert.notEqual(bob, alice);
    assert.equal(cu.homeTable, bob);
    cu.compute('_home.name = "B"');
    assert.equal(cu.compute('return _home.name', { home: 'alice' }).value, 'A');
    // That was the home of one compute.
    assert.equal(cu.homeTable, bob);
    assert.deepEqual(cu.readHome(), { name: 'B' });
    assert.equal(cu.compute('return _home.name').value, 'B');
    assert.deepEqual(cu.readHome(), { name: 'B' });
    assert.deepEqual(cu.homes().filter(({ name }) => name !== undefined), [
      { id: alice, name: 'alice' }, { id: bob, name: 'bob' },
    ]);
    assert.throws(() => cu.dropHome('bob'), HomeError);
    cu.renameHome('bob', 'robert');
    assert.equal(cu.compute('return _home.name').value, 'B');
    const other = await Cu.create({ module, store, home: 'robert' });
    assert.equal(other.compute('return _home.name').value, 'B');
    other.openHome('alice');
    other.dropHome('robert');
    cu.openHome('alice');
    cu.runGc();
    assert.equal(store.size(bob), 0);
    assert.deepEqual(cu.readHome(), { name: 'A' });
    // Who opens a dropped home makes a new one.
    cu.openHome('robert');
    assert.deepEqual(cu.readHome(), []);
  });

  test('a home that is dropped is freed, also after a compute in it', async () => {
    const store = new MemoryStore();
    const cu = await Cu.create({ module, store });
    cu.compute('_home.kept = true');
    cu.compute('_home.list = { 1, 2, 3 }', { home: 'alice' });
    const [, { id }] = cu.homes();
    assert.ok(store.size(id) > 0);
    assert.equal(cu.homeTable, 1);
    cu.dropHome('alice');
    cu.runGc();
    assert.equal(store.size(id), 0);
    assert.deepEqual(cu.readHome(), { kept: true });
  });

  test('a name that the module refuses is an error at once', async () => {
    const cu = await Cu.create({ module });
    assert.throws(() => cu.compute('return 1', { home: '' }), (error) => error.errorClass === 'config');
    assert.throws(() => cu.compute('return 1', { home: 7 }), (error) => error.errorClass === 'config');
  });
});
