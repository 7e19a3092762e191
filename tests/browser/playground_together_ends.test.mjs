// What ends a shared home, or stands in its way: passphrases, closed pages, servers that are none, other tables in its place.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import { engines } from './browser.mjs';
import { click, isReady, shows, textOf } from './playground.mjs';
import { Reader, withCompany } from './together.mjs';

/** What Chromium does when it sees a network. */
async function dispatchSync(page, origin) {
  const session = await page.context().newCDPSession(page);
  const found = new Promise((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL, isDeleted }) => scopeURL.startsWith(origin) && !isDeleted);
      if (own !== undefined) resolve(own.registrationId);
    });
  });
  await session.send('ServiceWorker.enable');
  await session.send('ServiceWorker.dispatchSyncEvent', { origin, registrationId: await found, tag: 'together', lastChance: false });
}

/** How many requests wait for a network, in the cache of the service worker. */
const putAside = (page) => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('cu-outbox')).length);

/** As if what was joined were at another server. */
async function useServer(page, url) {
  await page.evaluate((server) => {
    const what = JSON.parse(localStorage.getItem('cu-together'));
    localStorage.setItem('cu-together', JSON.stringify({ ...what, server }));
  }, url);
  await page.reload();
  await isReady(page);
}

for (const engine of engines) {
  describe(`what ends a shared home in ${engine.name}`, () => {
    const { its, server, ada, bob, home, together, areEqual } = withCompany(engine);

    test('a home with a passphrase is together, too, when it is unlocked, and nothing of it is put aside as it is', async (t) => {
      await together();
      const carol = await Reader.come({ engine, url: its.url, server, name: 'Carol' });
      t.after(() => carol.leave());
      const { page } = carol;
      const unlock = async () => {
        await page.waitForFunction(() => document.querySelector('dialog').open);
        await page.evaluate(() => {
          document.getElementById('passphrase').value = 'correct horse';
          document.querySelector('dialog form').requestSubmit();
        });
        await page.waitForFunction(() => /encrypted/.test(document.getElementById('storage').innerText));
      };
      // What was put aside before it was encrypted goes, too.
      await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
      await carol.join(home());
      carol.line.cut();
      await carol.run('_home.shared.own = 1 return 1');
      const isPutAside = await page.evaluate(async () => (await navigator.serviceWorker.ready).sync !== undefined);
      while (isPutAside && await putAside(page) === 0) await new Promise((resolve) => { setTimeout(resolve, 50); });
      await click(page, '#keep');
      await click(page, '#encrypt');
      await unlock();
      await shows(page, '.notice.warning', /^No longer together/);
      await click(page, '.notice.warning .close');
      carol.line.mend();
      await page.evaluate(() => { document.getElementById('company').hidden = true; });
      await carol.join(home());
      carol.line.cut();
      await carol.run('_home.shared.secret = "of Carol" return 1');
      await carol.status(/offline · 1 change waits/);
      await new Promise((resolve) => { setTimeout(resolve, 500); });
      assert.equal(await putAside(page), 0);
      await page.reload();
      await unlock();
      await carol.status(/offline · 1 change waits/);
      assert.equal(await textOf(page, '.notice.warning'), undefined);
      carol.line.mend();
      await carol.status(/in sync · at/);
      const end = Date.now() + 10_000;
      while (!(await bob.rows()).includes('secret=of Carol')) assert.ok(Date.now() < end, await bob.rows());
    });

    test('changes that wait are sent by the browser when the page is closed', async (t) => {
      await together();
      const { page } = ada;
      if (!await page.evaluate(async () => (await navigator.serviceWorker.ready).sync !== undefined)) return t.skip('this browser sends nothing in the background');
      await ada.run('_home.shared.first = 1 return 1');
      await areEqual();
      ada.line.cut();
      await ada.run('_home.shared.later = 2 return 1');
      await ada.status(/offline · 1 change waits/);
      const tags = () => page.evaluate(async () => (await navigator.serviceWorker.ready).sync.getTags());
      // The browser still has the tag of an earlier test, maybe.
      while (await putAside(page) === 0 || !(await tags()).includes('together')) await new Promise((resolve) => { setTimeout(resolve, 50); });
      // A file of the origin, which is not the page.
      await page.goto(`${its.url}icon.svg`);
      ada.line.mend();
      await dispatchSync(page, new URL(its.url).origin);
      const end = Date.now() + 10_000;
      while (!(await bob.rows()).includes('later=2')) assert.ok(Date.now() < end, await bob.rows());
      // The page finds that the server has it.
      await page.goto(its.url);
      await isReady(page);
      assert.equal(await areEqual(), 'first=1;later=2');
      return undefined;
    });

    test('a server that is none, or that says no, loses nothing and says why', async () => {
      await together();
      await ada.run('_home.shared.kept = 1 return 1');
      await areEqual();
      const { page } = ada;
      await useServer(page, its.url);
      await ada.status(/not in sync/);
      await shows(page, '#company .say', /^127\.0\.0\.1:\d+ keeps no shared homes at this address \(it answers 40[45]\)\. Leave, and join at another one\./);
      await ada.run('_home.shared.more = 2 return 1');
      await ada.status(/not in sync · 1 change waits/);
      await useServer(page, ada.line.url);
      assert.equal(await areEqual(), 'kept=1;more=2');
    });

    /** It was read to its end, which may be after the memory of the page. */
    test('a server that sends more than a message is left, and the page says how much came', async (t) => {
      await together();
      await ada.run('_home.shared.kept = 1 return 1');
      await areEqual();
      const sent = [];
      const endless = createServer((request, response) => {
        const headers = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*', 'Content-Type': 'application/octet-stream' };
        response.writeHead(request.method === 'OPTIONS' ? 204 : request.url.endsWith('/events') ? 404 : 200, headers);
        if (request.method !== 'POST') return response.end();
        const count = sent.push(0) - 1;
        const more = () => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536))) sent[count] += 65_536;
        };
        response.on('drain', more);
        return more();
      });
      await new Promise((resolve) => { endless.listen(0, '127.0.0.1', resolve); });
      t.after(() => { endless.closeAllConnections(); return new Promise((resolve) => { endless.close(resolve); }); });
      await useServer(ada.page, `http://127.0.0.1:${endless.address().port}/`);
      await ada.status(/not in sync/);
      await shows(ada.page, '#company .say', /^127\.0\.0\.1:\d+ answers with more than a message has: \d{6} bytes came, and at most 524288 are taken/);
      // What the system holds for a reader who left comes to that.
      assert.ok(Math.max(...sent) < 50e6, `${sent}`);
      await useServer(ada.page, ada.line.url);
      assert.equal(await areEqual(), 'kept=1');
    });

    test('another table in its place is not shared, and can be taken back; a home that is replaced has left', async () => {
      await together();
      await ada.run('_home.shared.x = 1 return 1');
      await areEqual();
      await ada.run('_home.shared = { x = "other" } return 1');
      await ada.status(/not shared any more/);
      await bob.run('_home.shared.y = 2 return 1');
      await ada.page.evaluate(() => Array.from(document.querySelectorAll('#company button')).find(({ textContent }) => textContent === 'Put it back').click());
      await ada.status(/in sync · at/);
      assert.equal(await areEqual(), 'x=1;y=2');
      await click(ada.page, '#keep');
      await click(ada.page, '#reset');
      await shows(ada.page, '.notice.warning', /^No longer together in home-\d+/);
      await ada.page.waitForFunction(() => document.getElementById('company-status').hidden);
      assert.equal(await bob.rows(), 'x=1;y=2');
    });
  });
}
