/**
 * LocalStore: small homes in localStorage.
 */

import assert from 'node:assert/strict';
import test from 'node:test';

import { EncryptedStore, EncryptionKey } from '../encrypted.js';
import { Cu, HostError } from '../index.js';
import { LocalStore } from '../store/local.js';
import { Origin } from './fake_browser.js';
import { withModule } from './module.js';
import { reason } from './reason.js';

const bytes = (...numbers) => Uint8Array.from(numbers);
const openIn = (origin, options = {}, has = {}) => LocalStore.open('home', { browser: origin.tab(has), ...options });
const pause = () => new Promise((resolve) => { setTimeout(resolve, 10); });

test('each unit is there again, without _io', async () => {
  const origin = new Origin();
  const tab = origin.tab();
  const store = await LocalStore.open('home', { browser: tab });
  store.begin();
  for (let byte = 0; byte < 256; byte++) store.set(1, bytes(byte), bytes(byte, 255 - byte));
  store.set(2, bytes(1), bytes(1));
  store.commit();
  assert.match(tab.localStorage.getItem('cu:home'), /^[\u0100-\u01ff]+$/);
  tab.die();
  const again = await openIn(origin);
  assert.deepEqual([again.size(1), again.size(2), again.get(1, bytes(200))], [256, 0, bytes(200, 55)]);
  again.begin();
  again.delete(1, bytes(200));
  again.rollBack();
  assert.equal(again.hasUnsaved, false);
  again.close();
  again.close();
  assert.throws(() => again.set(1, bytes(1), bytes(1)), reason('closed'));
});

test('what does not fit is undone, and the error has the limit', async () => {
  const origin = new Origin();
  const store = await openIn(origin, { limit: 2000 });
  store.begin();
  store.set(1, bytes(1), new Uint8Array(1000));
  store.commit();
  store.begin();
  store.set(1, bytes(2), new Uint8Array(1000));
  assert.throws(() => store.commit(), (error) => reason('quota')(error) && /\d{4} characters .* limit is 2000/.test(error.message));
  assert.equal(store.size(1), 1);
  store.limit = Infinity;
  store.storage.room = 1500;
  store.begin();
  store.set(1, bytes(2), new Uint8Array(1000));
  assert.throws(() => store.commit(), (error) => reason('quota')(error) && /5,000,000/.test(error.message));
  assert.deepEqual([store.size(1), store.hasUnsaved], [1, false]);
  store.close();
});

test('one tab has the store, and another one that writes is noticed without locks', async () => {
  const origin = new Origin();
  const store = await openIn(origin);
  await assert.rejects(openIn(origin), reason('busy'));
  store.close();
  await pause();
  const first = await openIn(origin, {}, { locks: false });
  const second = await openIn(origin, {}, { locks: false });
  for (const each of [first, second]) {
    each.begin();
    each.set(1, bytes(1), bytes(1));
  }
  second.commit();
  assert.throws(() => first.commit(), reason('conflict'));
  assert.equal(first.size(1), 0);
});

test('with saveAfterCompute: false it is saved at the end of the page, and by save', async () => {
  const origin = new Origin();
  const tab = origin.tab();
  const store = await LocalStore.open('home', { browser: tab, saveAfterCompute: false });
  store.begin();
  store.set(1, bytes(1), bytes(1));
  store.commit();
  assert.equal(origin.items.size, 0);
  store.save();
  store.set(1, bytes(2), bytes(1));
  tab.hide();
  tab.die();
  const again = await openIn(origin);
  assert.equal(again.size(1), 2);
  again.close();
  LocalStore.delete('home', { browser: origin.tab() });
  assert.equal(origin.items.size, 0);
});

test('a damaged item, and a browser without localStorage, is an error that says so', async () => {
  const origin = new Origin();
  for (const text of ['text', '\u0163\u0175\u0153\u0153\u0101\u0100', '\u0100'.repeat(40), '']) {
    origin.items.set('cu:home', text);
    await assert.rejects(openIn(origin), reason('damaged'));
    assert.equal(origin.items.get('cu:home'), text);
    await pause();
  }
  const browser = origin.tab();
  browser.localStorage = undefined;
  await assert.rejects(LocalStore.open('home', { browser }), reason('unsupported'));
  Object.defineProperty(browser, 'localStorage', { get: () => { throw new DOMException('no', 'SecurityError'); } });
  await assert.rejects(LocalStore.open('home', { browser }), reason('denied'));
});

await withModule((module) => {
  test('homes are there again, also encrypted; what does not fit ends the instance with an error', async () => {
    const key = new EncryptionKey(new Uint8Array(32).fill(3));
    for (const wrap of [(store) => store, (store) => EncryptedStore.open(store, { key })]) {
      const origin = new Origin();
      for (let wanted = 1; wanted <= 3; wanted++) {
        const store = await openIn(origin, { limit: 50000 });
        const cu = await Cu.create({ module, store: wrap(store) });
        assert.equal(cu.compute('_home.n = (_home.n or 0) + 1 return _home.n').value, wanted);
        if (wanted === 3) {
          const text = "for i = 1, 60 do _home[i] = ('x'):rep(1000) .. i end";
          assert.throws(() => cu.compute(text, { compression: 0 }), (error) => error instanceof HostError && reason('quota')(error.cause));
        }
        store.close();
        await pause();
      }
      const store = await openIn(origin);
      const cu = await Cu.create({ module, store: wrap(store) });
      assert.deepEqual(cu.compute('return _home.n, _home[1]').values, [3, null]);
    }
  });
});

test('a misspelled option is refused', async () => {
  await assert.rejects(openIn(new Origin(), { max: 1 }), /no option of an? LocalStore is called max; there are/);
});
