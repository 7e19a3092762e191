/**
 * IndexedDBStore: rows that are missing or changed are named, and what is left can be read.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { IndexedDBStore } from '../store/indexeddb.js';
import { Origin } from './fake_browser.js';
import { bytes, change, hex, openIn, rowsOf } from './indexeddb.js';
import { randomBelow, seed } from './random.js';
import { reason } from './reason.js';

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
