/**
 * IndexedDBStore: what it saves and when, the schema of its database, and what it says when a browser does not let it.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { EncryptedStore, EncryptionKey } from '../encrypted.js';
import { Cu, HostError, MemoryStore, encode, encodeKey } from '../index.js';
import { IndexedDBStore } from '../store/indexeddb.js';
import { Origin } from './fake_browser.js';
import { withModule } from './module.js';
import { randomBelow, seed } from './random.js';
import { reason } from './reason.js';

const bytes = (...numbers) => Uint8Array.from(numbers);
const hex = (store) => Buffer.from(store.snapshot()).toString('hex');
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** A store in a tab of its own, which asks for every save. */
const openIn = (origin, options = {}) => IndexedDBStore.open('store', { autosave: false, browser: origin.tab(), ...options });

/** The rows of an object store. */
function rowsOf(origin, name) {
  return new Promise((resolve, reject) => {
    const request = origin.factory.open('store');
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const all = request.result.transaction(name).objectStore(name).getAll();
      all.onsuccess = () => {
        request.result.close();
        resolve(all.result);
      };
    };
  });
}

/** Changes rows of the database behind the store's back. */
function change(origin, action) {
  return new Promise((resolve, reject) => {
    const request = origin.factory.open('store');
    request.onsuccess = () => {
      const transaction = request.result.transaction([...request.result.objectStoreNames], 'readwrite');
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
      transaction.onabort = () => reject(transaction.error);
      action(transaction);
    };
  });
}

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
      if (below(2) === 0) store.compactAt = below(3000);
      await store.save();
      await store.last;
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

test('a save of many parts that lost one is named', async () => {
  for (const part of [0, 1, 3]) {
    const origin = new Origin();
    const store = await openIn(origin);
    for (let number = 0; number < 4; number++) store.set(1, bytes(number), new Uint8Array(50000));
    await store.close();
    await change(origin, (transaction) => transaction.objectStore('externalTables').delete([1, part]));
    await assert.rejects(openIn(origin), (error) => reason('damaged')(error) && new RegExp(`\\[1,${part}\\]: part ${part + 1} of 4 is missing`).test(error.message));
  }
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

test('changes are saved after a pause, and when the page is hidden', async () => {
  const origin = new Origin();
  const tab = origin.tab();
  const store = await IndexedDBStore.open('store', { autosave: 30, browser: tab });
  store.set(1, bytes(1), bytes(1));
  await pause(150);
  assert.equal(store.hasUnsaved, false);
  const slow = 10000;
  store.autosave = slow;
  store.set(1, bytes(2), bytes(1));
  tab.hide();
  await pause(30);
  tab.die();
  const other = await openIn(origin);
  assert.equal(other.size(1), 2);
  await other.close();
  store.end();
});

test('a page that dies after it was hidden has its changes saved, also while a save was running', async () => {
  for (const isRunning of [false, true]) {
    for (let waits = 0; waits < 12; waits++) {
      const origin = new Origin();
      const tab = origin.tab();
      const store = await IndexedDBStore.open('store', { autosave: false, browser: tab, onError: () => {} });
      store.set(1, bytes(1), bytes(1));
      if (isRunning) store.save().catch(() => {});
      for (let tick = 0; tick < waits; tick++) await new Promise(setImmediate);
      store.set(1, bytes(2), bytes(1));
      tab.hide();
      await pause(10);
      tab.die();
      const other = await openIn(origin);
      assert.deepEqual([...Array(2).keys()].map((key) => other.get(1, bytes(key + 1))), [bytes(1), bytes(1)]);
      await other.close();
      store.end();
    }
  }
});

test('a save that waits while the page is hidden resolves when all is durable', async () => {
  for (const what of ['room', 'queue']) {
    const origin = new Origin();
    const tab = origin.tab();
    const store = await IndexedDBStore.open('store', { autosave: false, browser: tab });
    store.set(1, bytes(1), bytes(1));
    if (what === 'room') tab.navigator.storage.estimate = async () => {
        await new Promise(setImmediate);
        return { usage: 0, quota: 1e9 };
      };
    const first = store.save();
    if (what === 'queue') await new Promise(setImmediate);
    store.set(1, bytes(2), bytes(1));
    const second = what === 'queue' ? store.save() : first;
    await new Promise(setImmediate);
    tab.hide();
    await Promise.all([first, second]);
    assert.equal(store.hasUnsaved, false, what);
    tab.die();
    const other = await openIn(origin);
    assert.equal(other.size(1), 2, what);
    await other.close();
    store.end();
  }
});

test('options of the wrong kind are refused', async () => {
  const browser = new Origin().tab();
  await assert.rejects(IndexedDBStore.open(7, { browser }), TypeError);
  await assert.rejects(IndexedDBStore.open('x', { browser, autosave: -1 }), TypeError);
  await assert.rejects(IndexedDBStore.open('x', { browser, tabs: 'many' }), TypeError);
});

test('a browser without IndexedDB, and one that denies it, is an error that says so', async () => {
  const browser = new Origin().tab();
  browser.indexedDB = undefined;
  await assert.rejects(IndexedDBStore.open('store', { browser }), reason('unsupported'));
  const origin = new Origin();
  origin.isDenied = true;
  await assert.rejects(openIn(origin), reason('denied'));
  // What Chromium says when cookies are blocked.
  const said = new DOMException('The user denied permission to access the database.', 'UnknownError');
  Object.defineProperty(browser, 'indexedDB', { configurable: true, get: () => { throw said; } });
  await assert.rejects(IndexedDBStore.open('store', { browser }), reason('denied'));
  Object.defineProperty(browser, 'indexedDB', { get: () => { throw new DOMException('no', 'SecurityError'); } });
  await assert.rejects(IndexedDBStore.open('store', { browser }), reason('denied'));
  await assert.rejects(IndexedDBStore.delete('store', { browser }), reason('denied'));
});

test('a database of a later version is refused', async () => {
  const origin = new Origin();
  await new Promise((resolve) => {
    const request = origin.factory.open('store', 3);
    request.onsuccess = () => {
      request.result.close();
      resolve();
    };
  });
  await assert.rejects(openIn(origin), reason('version'));
});

// ---- version 1 ----

/** What the earlier program saved. */
function openOld(origin, rows) {
  return new Promise((resolve) => {
    const request = origin.factory.open('store', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('externalTables', { keyPath: 'id' });
    request.onsuccess = () => {
      const transaction = request.result.transaction('externalTables', 'readwrite');
      for (const row of rows) transaction.objectStore('externalTables').put(row);
      transaction.oncomplete = () => resolve(request.result);
    };
  });
}

const old = (value) => ({ _type: 'binary', data: [...value] });
const OLD = [
  { id: 1, data: { name: old(encode('one')), 1: old(encode(7)) } },
  { id: 2, data: { n: old(encode(2.5)), child: old([7, 1, 0, 0, 0]), f: old([5, 1, 2]), text: 'no value' } },
  { id: '__metadata__', data: { memoryTableId: 2, nextTableId: 3 } },
];

test('a database of version 1 is upgraded: its tables are there, its rows stay', async () => {
  const origin = new Origin();
  (await openOld(origin, OLD)).close();
  const store = await openIn(origin);
  assert.deepEqual(store.get(1, encodeKey('n')), encode(2.5));
  assert.deepEqual(store.get(3, encodeKey('name')), encode('one'));
  assert.deepEqual(store.get(3, encodeKey(1)), encode(7));
  assert.deepEqual(store.notConverted.map(({ table, key }) => [table, key]), [[2, 'f'], [2, 'text']]);
  await store.save();
  await store.close();
  const again = await openIn(origin);
  assert.deepEqual(again.get(1, encodeKey('n')), encode(2.5));
  assert.deepEqual(again.notConverted, []);
  await again.close();
  assert.deepEqual((await rowsOf(origin, 'externalTables')).filter(({ id }) => id === 1 || id === 2), OLD.slice(0, 2));
});

test('an upgrade waits for tabs that have version 1 open, and says so when they stay', async () => {
  const origin = new Origin();
  const connection = await openOld(origin, OLD);
  await assert.rejects(openIn(origin, { wait: 50 }), reason('blocked'));
  setTimeout(() => connection.close(), 50);
  await pause(100);
  const store = await openIn(origin);
  assert.equal(store.size(1), 2);
  await store.close();
});

test('a tab lets another one replace the database, after it saved', async () => {
  const origin = new Origin();
  const errors = [];
  const store = await openIn(origin, { onError: (error) => errors.push(error) });
  store.set(1, bytes(1), bytes(1));
  const request = origin.factory.open('store', 3);
  await new Promise((resolve) => { request.onsuccess = resolve; });
  request.result.close();
  assert.equal((await rowsOf(origin, 'externalTables')).length, 2);
  assert.deepEqual(errors.map(({ reason: each }) => each), ['version']);
  assert.throws(() => store.set(1, bytes(1), bytes(1)), reason('version'));
  assert.throws(() => store.begin(), reason('version'));
  assert.deepEqual(store.get(1, bytes(1)), bytes(1));
});

test('a connection that the browser closed is opened again', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  store.set(1, bytes(1), bytes(1));
  const { connection } = store.database;
  connection.close();
  connection.onclose();
  await store.save();
  await store.close();
  const other = await openIn(origin);
  assert.equal(other.size(1), 1);
  await other.close();
});

// ---- room ----

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

// ---- damage ----

const DAMAGES = {
  'a byte of a row': [(transaction, [, row]) => {
    row.data[row.data.length - 1] ^= 1;
    transaction.objectStore('externalTables').put(row);
  }, /externalTables \[2,0\] \(table 1\): its checksum is wrong/],
  'a missing row': [(transaction) => transaction.objectStore('externalTables').delete([2, 0]), /saves between 1 and 3 are missing/],
  'a missing last row': [(transaction) => transaction.objectStore('externalTables').delete([3, 0]), /save 3 is missing/],
  'a row without data': [(transaction, [, row]) => transaction.objectStore('externalTables').put({ ...row, data: 'text' }), /\[2,0\].*no data/],
  'a missing head': [(transaction) => transaction.objectStore('externalTables').delete('head'), /"head" is missing/],
  'another head': [(transaction) => transaction.objectStore('externalTables').put({ id: 'head', format: 9 }), /no head of this format/],
  'a function': [(transaction) => {
    const store = transaction.objectStore('functionRegistry');
    store.getAll().onsuccess = ({ target }) => store.put({ ...target.result[0], data: bytes(9, 9) });
  }, /functionRegistry \[2147483651,"01"\] \(table 2147483651\): its checksum is wrong/],
  'a missing function': [(transaction) => transaction.objectStore('functionRegistry').clear(), /functionRegistry: 1 rows were wanted, found 0/],
};

for (const [name, [damage, message]] of Object.entries(DAMAGES)) {
  test(`damage is named, and nothing is changed: ${name}`, async () => {
    const origin = new Origin();
    const store = await openIn(origin);
    for (let save = 1; save <= 3; save++) {
      store.set(1, bytes(save), bytes(save));
      if (save === 1) store.set(0x80000003, bytes(1), bytes(1, 2));
      await store.save();
    }
    await store.close();
    const rows = await rowsOf(origin, 'externalTables');
    const changes = rows.filter(({ id }) => Array.isArray(id));
    await change(origin, (transaction) => damage(transaction, changes));
    const before = await rowsOf(origin, 'externalTables');
    await assert.rejects(openIn(origin), (error) => reason('damaged')(error) && message.test(error.message) && error.rows.length > 0);
    assert.deepEqual(await rowsOf(origin, 'externalTables'), before);
    // What is left can be read, the damaged rows are put aside, and the database is whole again.
    const repaired = await openIn(origin, { repair: true });
    assert.ok(repaired.size(1) >= 2);
    assert.ok(repaired.leftOut.length > 0);
    repaired.set(1, bytes(9), bytes(9));
    await repaired.close();
    const last = await openIn(origin);
    assert.deepEqual(last.get(1, bytes(9)), bytes(9));
    assert.deepEqual(last.leftOut, []);
    await last.close();
  });
}

test('random bytes in the rows are an error that names them, or change nothing', async () => {
  const below = randomBelow(seed);
  for (let round = 0; round < 40; round++) {
    const origin = new Origin();
    const store = await openIn(origin);
    for (let save = 0; save < 3; save++) {
      for (let number = 0; number < 5; number++) store.set([1, 0x80000003][number % 2], bytes(below(9)), bytes(below(256), save));
      await store.save();
    }
    await store.close();
    const wanted = hex(store);
    const names = ['externalTables', 'functionRegistry'];
    const name = names[below(2)];
    const rows = await rowsOf(origin, name);
    const row = rows[below(rows.length)];
    const field = Object.keys(row)[below(Object.keys(row).length)];
    if (row.data && field === 'data') row.data[below(row.data.length)] ^= 1 << below(8);
    else if (field !== 'id' && field !== 'tableId') row[field] = [undefined, -1, 'x', NaN, 1e9][below(5)];
    await change(origin, (transaction) => transaction.objectStore(name).put(row)).catch(() => {});
    try {
      const again = await openIn(origin);
      assert.equal(hex(again), wanted, `CU_SEED=${seed}, ${name} ${field}`);
      await again.close();
    } catch (error) {
      assert.ok(reason('damaged')(error), `CU_SEED=${seed}, ${name} ${field}: ${error.stack}`);
    }
  }
});

// ---- snapshots ----

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

// ---- with cu ----

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
