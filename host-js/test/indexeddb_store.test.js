/**
 * IndexedDBStore: what it saves, in what schema, how much of it, and what instances over it find.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { EncryptedStore, EncryptionKey } from '../encrypted.js';
import { Cu, HostError, MemoryStore } from '../index.js';
import { Origin } from './fake_browser.js';
import { bytes, change, hex, openIn, pause, rowsOf } from './indexeddb.js';
import { withModule } from './module.js';
import { randomBelow, seed } from './random.js';
import { reason } from './reason.js';

test('the database has version 2, three object stores and four indexes', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  await store.close();
  const found = await new Promise((resolve) => {
    const request = origin.factory.open('store');
    request.onsuccess = () => {
      const { result: database } = request;
      const names = [...database.objectStoreNames];
      const transaction = database.transaction(names);
      resolve({
        version: database.version,
        stores: names.map((name) => {
          const each = transaction.objectStore(name);
          const indexes = [...each.indexNames].map((index) => [index, each.index(index).keyPath, each.index(index).unique]);
          return [name, each.keyPath, indexes];
        }),
      });
    };
  });
  assert.deepEqual(found, {
    version: 2,
    stores: [
      ['externalTables', 'id', [['tableId', 'tableId', false], ['timestamp', 'timestamp', false]]],
      ['functionRegistry', 'id', [['tableId_name', ['tableId', 'name'], true]]],
      ['indices', 'id', [['table_field', ['tableId', 'field'], true]]],
    ],
  });
});

test(`what was saved is there again, over saves, deletions and compactions (CU_SEED=${seed})`, async () => {
  const below = randomBelow(seed);
  const tables = [1, 3, 0x80000003, 0x80000004, 0x80000008, 0x8000000b, 0xff000000, 0xffffffff];
  for (let round = 0; round < 12; round++) {
    const origin = new Origin();
    let store = await openIn(origin);
    const wanted = new MemoryStore();
    for (let turn = 0; turn < 12; turn++) {
      const count = below(60);
      for (let each = 0; each < count; each++) {
        const table = tables[below(tables.length)];
        const key = Uint8Array.from({ length: below(3) }, () => below(9));
        if (below(3) > 0) {
          const value = Uint8Array.from({ length: below(20) > 0 ? below(30) : below(100000) }, () => below(256));
          for (const into of [store, wanted]) into.set(table, key, value);
        } else {
          for (const into of [store, wanted]) into.delete(table, key);
        }
      }
      if (below(2) === 0) store.saves.compactAt = below(3000);
      await store.save();
      await store.saves.last;
      if (below(3) === 0) {
        await store.close();
        store = await openIn(origin);
      }
      assert.equal(hex(store), hex(wanted));
    }
    await store.close();
  }
});

test('a save writes the keys that changed, and nothing when none did', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  for (let number = 0; number < 5000; number++) store.set(1, bytes(number >> 8, number), new Uint8Array(20));
  assert.equal(await store.save(), 5000);
  const before = await rowsOf(origin, 'externalTables');
  store.set(1, bytes(1, 1), bytes(7));
  store.delete(1, bytes(1, 2));
  store.delete(9, bytes(1));
  assert.equal(store.hasUnsaved, true);
  assert.equal(await store.save(), 3);
  const added = (await rowsOf(origin, 'externalTables')).filter(({ id }) => !before.some((row) => String(row.id) === String(id)));
  assert.deepEqual(added.map(({ id, after, parts }) => [id, after, parts]), [[[2, 0], 1, 1]]);
  assert.ok(added[0].data.length < 60);
  assert.equal(await store.save(), 0);
  assert.equal(store.hasUnsaved, false);
  await store.close();
});

test('a function that was deleted before everything is saved as one is gone', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  for (const key of [1, 2]) store.set(0x80000003, bytes(key), bytes(key));
  await store.save();
  store.delete(0x80000003, bytes(1));
  await store.compact();
  await store.close();
  assert.equal((await rowsOf(origin, 'functionRegistry')).length, 1);
  const other = await openIn(origin);
  assert.deepEqual([other.size(0x80000003), other.get(0x80000003, bytes(2))], [1, bytes(2)]);
  await other.close();
});

test('a store that was emptied, and saved as one, is there', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  store.set(1, bytes(1), bytes(1));
  await store.save();
  store.delete(1, bytes(1));
  await store.compact();
  await store.close();
  const other = await openIn(origin);
  assert.equal(other.nextTable(), undefined);
  other.set(1, bytes(2), bytes(2));
  await other.close();
  const last = await openIn(origin);
  assert.equal(last.size(1), 1);
  await last.close();
});

test('a unit that is open is not saved, and one that was undone changes nothing', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  store.set(1, bytes(1), bytes(1));
  await store.save();
  store.begin();
  store.set(1, bytes(1), bytes(2));
  const saving = store.save();
  await pause(20);
  store.set(1, bytes(2), bytes(2));
  store.rollBack();
  await saving;
  const other = await openIn(origin, { wait: 2000 });
  assert.deepEqual([other.get(1, bytes(1)), other.size(1)], [bytes(1), 1]);
  await Promise.all([store.close(), other.close()]);
});

test('_io is the own of a tab', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  store.set(2, bytes(1), bytes(1));
  store.set(1, bytes(1), bytes(1));
  assert.equal(await store.save(), 1);
  await store.close();
  const other = await openIn(origin);
  assert.deepEqual([other.size(1), other.size(2)], [1, 0]);
  await other.close();
});

test('what does not fit is refused before it is saved, and then only deleting is possible', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  store.set(1, bytes(1), new Uint8Array(1000));
  await store.save();
  origin.quota = 100000;
  origin.usage = 50000;
  store.room.forget();
  store.set(1, bytes(2), new Uint8Array(60000));
  await assert.rejects(store.save(), (error) => reason('quota')(error) && /60,?\d* bytes|60\d\d\d bytes/.test(error.message) && /50000/.test(error.message));
  assert.throws(() => store.set(1, bytes(3), bytes(1)), reason('quota'));
  // Others see what was saved.
  store.delete(1, bytes(2));
  assert.equal(await store.save(), 1);
  store.set(1, bytes(3), bytes(1));
  await store.close();
  const other = await openIn(origin);
  assert.deepEqual([other.size(1), other.get(1, bytes(1)).length], [2, 1000]);
  assert.deepEqual(await other.storage(), { usage: 50000, quota: 100000, persisted: false });
  assert.equal(await other.persist(), true);
  await other.close();
});

test('named snapshots are saved, listed, loaded and deleted', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  const large = Uint8Array.from({ length: 2500000 }, (_, at) => at * 7);
  await store.snapshots.save('b', large);
  await store.snapshots.save('a', bytes(1, 2));
  await store.snapshots.save('b', large.subarray(5));
  await store.snapshots.save('none', bytes());
  assert.deepEqual((await store.snapshots.list()).map(({ name, bytes: length }) => [name, length]), [['a', 2], ['b', 2499995], ['none', 0]]);
  assert.deepEqual(await store.snapshots.load('b'), large.slice(5));
  assert.deepEqual(await store.snapshots.load('none'), bytes());
  assert.equal(await store.snapshots.load('c'), undefined);
  await store.snapshots.delete('a');
  await store.snapshots.delete('a');
  assert.deepEqual((await store.snapshots.list()).map(({ name }) => name), ['b', 'none']);
  await assert.rejects(store.snapshots.save('', bytes()), TypeError);
  await assert.rejects(store.snapshots.save('a', 'text'), TypeError);
  await change(origin, (transaction) => transaction.objectStore('externalTables').delete(['snapshot bytes', 'b', 1]));
  await assert.rejects(store.snapshots.load('b'), (error) => reason('damaged')(error) && /"b"/.test(error.message));
  await store.close();
});

test('a snapshot replaces the content, and saves only what differs', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  for (let number = 0; number < 500; number++) store.set(1, bytes(number >> 8, number), bytes(1));
  const snapshot = store.snapshot();
  await store.save();
  store.set(1, bytes(0, 1), bytes(9));
  store.set(7, bytes(1), bytes(1));
  await store.save();
  await store.restore(snapshot);
  assert.equal(hex(store), Buffer.from(snapshot).toString('hex'));
  const rows = await rowsOf(origin, 'externalTables');
  assert.ok(rows.find(({ id }) => id[0] === 3).data.length < 60);
  await assert.rejects(store.restore(bytes(1, 2, 3)), { name: 'SnapshotError' });
  assert.equal(hex(store), Buffer.from(snapshot).toString('hex'));
  await store.close();
});

await withModule((module) => {
  test('functions, captured variables and indexes are there again', async () => {
    const origin = new Origin();
    let store = await openIn(origin);
    let cu = await Cu.create({ module, store });
    cu.compute(`local n = 0
      function _home.count() n = n + 1 return n end
      _home.rows = ext.table() for i = 1, 50 do _home.rows[i] = { name = 'n' .. i, age = i % 7 } end
      ext.index(_home.rows, 'age')
      return _home.count()`);
    await store.close();
    assert.ok((await rowsOf(origin, 'functionRegistry')).length >= 2);
    assert.equal((await rowsOf(origin, 'indices')).length, 1);
    store = await openIn(origin);
    cu = await Cu.create({ module, store });
    assert.deepEqual(cu.compute("return _home.count(), ext.count(_home.rows, { age = 3 })").values, [2, 7]);
    await store.close();
  });

  test('a store that is closed, or not on its turn, is a clear error of a compute', async () => {
    const store = await openIn(new Origin());
    const cu = await Cu.create({ module, store });
    await store.close();
    assert.throws(() => cu.compute('return 1'), reason('closed'));
    await assert.rejects(store.turn(() => 1), reason('closed'));
    await assert.rejects(store.refresh(), reason('closed'));
    await store.close();
  });

  test('a full browser is an error of the script', async () => {
    const origin = new Origin();
    const store = await openIn(origin);
    const cu = await Cu.create({ module, store });
    await store.save();
    origin.quota = 100;
    store.room.forget();
    cu.compute("_home.text = ('x'):rep(1000)");
    await assert.rejects(store.save(), reason('quota'));
    assert.throws(() => cu.compute('_home.n = 1'), (error) => error instanceof HostError && reason('quota')(error.cause));
    origin.quota = Infinity;
    cu.compute('_home.text = nil');
    await store.save();
    cu.compute('_home.n = 1');
    await store.close();
  });

  test('it can be encrypted', async () => {
    const origin = new Origin();
    const key = new EncryptionKey(new Uint8Array(32).fill(1));
    for (let wanted = 1; wanted <= 3; wanted++) {
      const store = await openIn(origin);
      const cu = await Cu.create({ module, store: EncryptedStore.open(store, { key }) });
      assert.equal(cu.compute("_home.secret = 'a secret' _home.n = (_home.n or 0) + 1 return _home.n").value, wanted);
      await store.close();
    }
    const rows = await rowsOf(origin, 'externalTables');
    assert.ok(!rows.some(({ data }) => data && Buffer.from(data).includes('a secret')));
  });
});
