/**
 * IndexedDBStore in several tabs: turns, what each sees of the others, and browsers without locks or channels.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { Cu, MemoryStore } from '../index.js';
import { IndexedDBStore } from '../store/indexeddb.js';
import { Origin } from './fake_browser.js';
import { bytes, hex, openIn as openTab, pause } from './indexeddb.js';
import { withModule } from './module.js';
import { randomBelow, seed } from './random.js';
import { reason } from './reason.js';

const openIn = (origin, options = {}, has = {}) => openTab(origin, { grace: 0, ...options }, has);

test('who comes second gets the turn when it asks, with what was changed', async () => {
  const origin = new Origin();
  const first = await openIn(origin);
  first.set(1, bytes(1), bytes(1));
  const second = await openIn(origin);
  assert.deepEqual([first.hasTurn, second.hasTurn], [false, true]);
  assert.deepEqual(second.get(1, bytes(1)), bytes(1));
  assert.throws(() => first.set(1, bytes(1), bytes(2)), reason('turn'));
  assert.throws(() => first.begin(), reason('turn'));
  first.set(2, bytes(1), bytes(1));
  second.set(1, bytes(1), bytes(3));
  await second.save();
  await pause(20);
  // A tab without its turn reads along.
  assert.deepEqual(first.get(1, bytes(1)), bytes(3));
  const { version } = first;
  await first.turn((store) => store.set(1, bytes(1), bytes(4)));
  assert.ok(first.version > version);
  assert.deepEqual([first.hasTurn, second.hasTurn], [true, false]);
  await second.turn(() => assert.deepEqual(second.get(1, bytes(1)), bytes(4)));
  await Promise.all([first.close(), second.close()]);
});

test('a turn is for its whole action, and is kept when that fails', async () => {
  const origin = new Origin();
  const [first, second] = [await openIn(origin), await openIn(origin)];
  const order = [];
  const slow = first.turn(async () => {
    order.push('begin');
    await pause(50);
    order.push('end');
    throw new Error('on purpose');
  });
  await pause(5);
  const other = second.turn(() => { order.push('second'); });
  await assert.rejects(slow, /on purpose/);
  await other;
  assert.deepEqual(order, ['begin', 'end', 'second']);
  await Promise.all([first.close(), second.close()]);
});

test('a store that is closed while it waits for its turn does not take it', async () => {
  const origin = new Origin();
  const [first, second] = [await openIn(origin), await openIn(origin)];
  let go;
  const held = second.turn(() => new Promise((resolve) => { go = resolve; }));
  await pause(5);
  const waiting = first.turn(() => assert.fail('the store is closed'));
  await pause(5);
  await first.close();
  await assert.rejects(waiting, reason('closed'));
  go();
  await held;
  await pause(5);
  assert.equal(first.hasTurn, false);
  assert.equal(await second.turn(() => 'still here', { wait: 100 }), 'still here');
  await second.close();
});

test('a store that is closed while it reads what its turn brings gives it back', async () => {
  const origin = new Origin();
  const [first, second] = [await openIn(origin), await openIn(origin)];
  second.set(1, bytes(1), bytes(1));
  const gained = first.gained.bind(first);
  let closing;
  first.gained = () => {
    const gaining = gained();
    closing = first.close();
    return gaining;
  };
  await assert.rejects(first.turn(() => assert.fail('the store is closed')), reason('closed'));
  await closing;
  assert.deepEqual([first.hasTurn, first.database.connection], [false, undefined]);
  assert.equal(await second.turn(() => 'mine', { wait: 1000 }), 'mine');
  await second.close();
});

test('compact waits for its turn, for a save and for a unit, and is an error of a closed store', async () => {
  const origin = new Origin();
  const [first, second] = [await openIn(origin), await openIn(origin)];
  second.set(1, bytes(1), bytes(1));
  await first.compact();
  await second.turn(() => second.set(1, bytes(2), bytes(2)));
  second.set(1, bytes(3), bytes(3));
  await Promise.all([second.save(), second.compact()]);
  second.begin();
  second.set(1, bytes(4), bytes(4));
  const compacted = second.compact();
  await pause(20);
  second.rollBack();
  await compacted;
  await second.close();
  await assert.rejects(second.compact(), reason('closed'));
  await first.close();
  const third = await openIn(origin);
  assert.equal(third.size(1), 3);
  await third.close();
});

test('a handler that throws is an unhandled rejection, and stops nothing', async () => {
  const origin = new Origin();
  const tab = origin.tab();
  const unhandled = [];
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', ({ message }) => { unhandled.push(message); });
  const fails = (message) => () => { throw new Error(message); };
  const first = await openIn(origin, { browser: tab, onError: fails('in onError'), onChange: fails('in onChange') });
  first.set(1, bytes(1), bytes(1));
  const { write } = first.database;
  first.database.write = async () => { throw new Error('the disk fails'); };
  tab.hide();
  await pause(5);
  first.database.write = write;
  assert.equal(await first.save(), 1);
  const second = await openIn(origin);
  assert.equal(second.size(1), 1);
  await second.turn(() => second.set(1, bytes(2), bytes(2)));
  assert.equal(await first.turn(() => first.size(1)), 2);
  await Promise.all([first.close(), second.close()]);
  await pause(5);
  process.removeAllListeners('unhandledRejection');
  for (const listener of listeners) process.on('unhandledRejection', listener);
  assert.deepEqual([...new Set(unhandled)].sort(), ['in onChange', 'in onError']);
});

test('a tab that does not give its turn is an error after a while', async () => {
  const origin = new Origin();
  const first = await openIn(origin);
  let end;
  const long = first.turn(() => new Promise((resolve) => { end = resolve; }));
  await assert.rejects(openIn(origin, { wait: 100 }), reason('busy'));
  first.begin();
  end();
  await pause(5);
  first.rollBack();
  await long;
  const second = await openIn(origin);
  await Promise.all([first.close(), second.close()]);
});

test(`tabs that change, save, compact and die lose nothing (CU_SEED=${seed})`, async () => {
  const below = randomBelow(seed);
  for (let round = 0; round < 20; round++) {
    const origin = new Origin();
    const model = new MemoryStore();
    const tabs = [];
    const open = async (at) => {
      const browser = origin.tab();
      tabs[at] = { browser, store: await IndexedDBStore.open('store', { autosave: false, grace: 0, browser, onError: () => {} }) };
    };
    for (let at = 0; at < 3; at++) await open(at);
    for (let step = 0; step < 40; step++) {
      const at = below(3);
      const { store, browser } = tabs[at];
      const number = below(256);
      const context = `CU_SEED=${seed}, round ${round}, step ${step}`;
      if (below(12) === 0) {
        browser.die();
        await open(at);
        assert.equal(hex(tabs[at].store), hex(model), context);
        continue;
      }
      await store.turn(() => {
        assert.equal(hex(store), hex(model), context);
        const changes = Array.from({ length: below(8) }, () => [[1, 4, 0x80000003, 0x8000000b][below(4)], bytes(below(6)), below(3)]);
        for (const into of [store, model]) {
          for (const [table, key, choice] of changes) {
            if (choice > 0) into.set(table, key, bytes(number, choice));
            else into.delete(table, key);
          }
        }
        store.saves.compactAt = below(4) === 0 ? 0 : 1e9;
      });
      if (below(2) === 0) await store.saves.last;
    }
    for (const { store } of tabs) {
      await store.turn(() => assert.equal(hex(store), hex(model)));
    }
    for (const { store } of tabs) await store.close();
  }
});

test('turns at once in many tabs count every one', async () => {
  const origin = new Origin();
  const stores = [];
  for (let tab = 0; tab < 4; tab++) stores.push(await openIn(origin));
  const add = (store) => store.turn(() => {
    const before = store.get(1, bytes(1));
    const count = before === undefined ? 0 : before[0] + 256 * before[1];
    store.set(1, bytes(1), bytes(count + 1, count + 1 >> 8));
  });
  await Promise.all(stores.map(async (store) => {
    for (let turn = 0; turn < 40; turn++) await add(store);
  }));
  // Several of one tab at once, too.
  await Promise.all(stores.flatMap((store) => Array.from({ length: 40 }, () => add(store))));
  await stores[0].turn((store) => assert.deepEqual(store.get(1, bytes(1)), bytes(320 & 255, 1)));
  await Promise.all(stores.map((store) => store.close()));
});

test('with tabs: one, and without a channel, the second tab gets an error', async () => {
  for (const [options, has] of [[{ tabs: 'one' }, {}], [{}, { channel: false }]]) {
    const origin = new Origin();
    const first = await openIn(origin, options, has);
    await assert.rejects(openIn(origin, options, has), reason('busy'));
    first.set(1, bytes(1), bytes(1));
    await first.close();
    const second = await openIn(origin, options, has);
    assert.equal(second.size(1), 1);
    await second.close();
  }
});

test('without locks one tab has the database until it is closed or dead', async () => {
  const origin = new Origin();
  const has = { locks: false, lease: { beat: 20, dead: 100 } };
  const first = await openIn(origin, {}, has);
  await assert.rejects(openIn(origin, {}, has), reason('busy'));
  first.set(1, bytes(1), bytes(1));
  assert.equal(await first.turn(() => 7), 7);
  await first.close();
  const tab = origin.tab(has);
  const second = await IndexedDBStore.open('store', { autosave: false, browser: tab });
  assert.equal(second.size(1), 1);
  tab.die();
  const third = await openIn(origin, {}, has);
  third.set(1, bytes(2), bytes(2));
  await third.close();
  second.end();
});

test('without locks a tab that seemed dead cannot save over another one', async () => {
  const origin = new Origin();
  const slow = { locks: false, lease: { beat: 100000, dead: 50 } };
  const first = await openIn(origin, {}, slow);
  first.set(1, bytes(1), bytes(1));
  await first.save();
  const second = await openIn(origin, {}, { locks: false, lease: { beat: 40, dead: 50 } });
  first.set(1, bytes(1), bytes(2));
  await assert.rejects(first.save(), reason('conflict'));
  // What it has can still be read.
  assert.deepEqual(first.get(1, bytes(1)), bytes(2));
  second.set(1, bytes(2), bytes(3));
  await second.save();
  await second.close();
  const third = await openIn(origin, {}, { locks: false, lease: { beat: 40, dead: 50 } });
  assert.deepEqual([third.get(1, bytes(1)), third.get(1, bytes(2))], [bytes(1), bytes(3)]);
  await third.close();
  first.end();
});

test('someone who saves without a turn is noticed', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  store.set(1, bytes(1), bytes(1));
  await store.save();
  const request = origin.factory.open('store');
  await new Promise((resolve) => {
    request.onsuccess = () => {
      const transaction = request.result.transaction('externalTables', 'readwrite');
      const tables = transaction.objectStore('externalTables');
      tables.get('head').onsuccess = ({ target }) => tables.put({ ...target.result, save: 2 });
      transaction.oncomplete = resolve;
    };
  });
  request.result.close();
  store.set(1, bytes(1), bytes(2));
  await assert.rejects(store.save(), reason('conflict'));
  assert.equal(store.hasUnsaved, true);
  store.end();
});

await withModule((module) => {
  test('instances in tabs that take turns count on, with what they remember', async () => {
    const origin = new Origin();
    const tabs = [];
    for (let tab = 0; tab < 3; tab++) {
      const store = await openIn(origin);
      tabs.push({ store, cu: await store.turn(() => Cu.create({ module, store })) });
    }
    await tabs[0].store.turn(() => tabs[0].cu.compute('local n = 0 function _home.count() n = n + 1 return n end _home.rows = ext.table()'));
    for (let wanted = 1; wanted <= 30; wanted++) {
      const { store, cu } = tabs[wanted % 3];
      const values = await store.turn(() => cu.compute(`_home.rows[#_home.rows + 1] = { n = ${wanted} } return _home.count(), #_home.rows, _home.rows[#_home.rows].n`).values);
      assert.deepEqual(values, [wanted, wanted, wanted]);
    }
    await Promise.all(tabs.map(({ store }) => store.close()));
  });

  test('a transaction is not given away while it is open', async () => {
    const origin = new Origin();
    const first = await openIn(origin);
    const cu = await first.turn(() => Cu.create({ module, store: first }));
    cu.begin();
    cu.compute('_home.n = 1');
    const second = openIn(origin);
    await pause(100);
    cu.compute('_home.n = _home.n + 1');
    assert.equal(first.hasTurn, true);
    cu.commit();
    const store = await second;
    const other = await store.turn(() => Cu.create({ module, store }));
    assert.equal(other.compute('return _home.n').value, 2);
    await Promise.all([first.close(), store.close()]);
  });

  test('a tab that dies in a transaction leaves nothing of it', async () => {
    const origin = new Origin();
    const tab = origin.tab();
    const first = await IndexedDBStore.open('store', { autosave: false, browser: tab });
    const cu = await Cu.create({ module, store: first });
    cu.compute('_home.n = 1');
    await first.save();
    cu.begin();
    cu.compute('_home.n = 2');
    await first.save();
    tab.die();
    const store = await openIn(origin);
    const other = await Cu.create({ module, store });
    assert.equal(other.compute('return _home.n').value, 1);
    await store.close();
    first.end();
  });
});
