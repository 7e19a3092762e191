// IndexedDBStore in Chromium.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, newProfile } from './chromium.mjs';
import { serve } from './server.mjs';

let server;
let profile;
let browser;

before(async () => {
  server = await serve();
  profile = await newProfile();
  browser = await launch(profile);
});

after(async () => {
  if (browser !== undefined) await browser.close();
  if (profile !== undefined) await profile.remove();
  if (server !== undefined) await server.close();
});

async function open() {
  const page = await browser.open(server.url);
  page.on('pageerror', (error) => console.error('page error', error));
  await page.waitForFunction(() => window.ready);
  return page;
}

test('what was computed is there after a reload', async () => {
  const page = await open();
  const count = () => page.evaluate(async () => {
    const { IndexedDBStore } = await import('/host-js/store/indexeddb.js');
    const store = await IndexedDBStore.open('reload');
    const instance = await window.create(store);
    const { value } = instance.compute('_home.n = (_home.n or 0) + 1 return _home.n');
    await store.save();
    return value;
  });
  for (let wanted = 1; wanted <= 3; wanted++) {
    assert.equal(await count(), wanted);
    await page.reload();
    await page.waitForFunction(() => window.ready);
  }
  await page.close();
});
