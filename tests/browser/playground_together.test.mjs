// Shared homes in the playground: what one reader writes, others have, with lines that are cut and a server that is killed; conflicts are shown,
// and settled by who sees them.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { objections } from './axe.mjs';
import { engines } from './browser.mjs';
import { choose, click, isReady, resize, run, shows, textOf, withPlayground } from './playground.mjs';
import { Reader, SyncServer } from './together.mjs';

const ROUNDS = Number(process.env.CU_ROUNDS ?? 2) * 12;

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

for (const engine of engines) {
  describe(`shared homes in ${engine.name}`, () => {
    const its = withPlayground({ engine });
    const server = new SyncServer();
    let ada;
    let bob;
    let count = 0;

    before(async () => {
      await server.start();
      [ada, bob] = [await Reader.come({ engine, url: its.url, server, name: 'Ada' }), await Reader.come({ engine, url: its.url, server, name: 'Bøb ✓' })];
    });
    after(async () => {
      for (const reader of [ada, bob]) if (reader !== undefined) await reader.leave();
      await server.close();
    });

    /** Both in a home that nobody had. */
    async function together() {
      for (const reader of [ada, bob]) {
        reader.line.mend();
        await reader.page.goto('about:blank');
        await reader.page.goto(its.url);
        await isReady(reader.page);
        await reader.page.evaluate(() => { for (const each of document.querySelectorAll('.notice button')) each.click(); });
        if (await reader.page.evaluate(() => localStorage.getItem('cu-together') !== null)) {
          await reader.page.waitForFunction(() => Array.from(document.querySelectorAll('#company button')).some(({ textContent }) => textContent === 'Leave'));
          await reader.page.evaluate(() => Array.from(document.querySelectorAll('#company button')).find(({ textContent }) => textContent === 'Leave').click());
          await reader.page.waitForFunction(() => document.getElementById('company-status').hidden);
        }
        await reader.run('_home.shared = nil return 1');
      }
      count += 1;
      for (const reader of [ada, bob]) await reader.join(`home-${count}`);
    }

    async function areEqual(context = '') {
      for (const reader of [ada, bob]) await reader.status(/in sync · at/);
      const end = Date.now() + 20_000;
      for (;;) {
        const [one, other] = [await ada.rows(), await bob.rows()];
        if (one === other) return one;
        if (Date.now() > end) assert.equal(one, other, context);
        await new Promise((resolve) => { setTimeout(resolve, 200); });
      }
    }

    test('what one writes, the other one sees at once, and both keep it', async () => {
      await together();
      await ada.run('_home.shared.tree = { kind = "oak", age = 1.0 } return 1');
      await click(bob.page, '#path button').catch(() => {});
      await shows(bob.page, '#home', /shared/);
      const seen = async (reader, text) => {
        const end = Date.now() + 10_000;
        while (!(await reader.rows()).includes(text)) if (Date.now() > end) throw new Error(`${reader.name} has ${await reader.rows()}`);
      };
      await seen(bob, 'tree={age:1.0,kind:oak}');
      await bob.run('_home.shared.tree.age = 2 _home.shared["ünï"] = true return 1');
      await seen(ada, 'tree={age:2,kind:oak};ünï=true');
      await ada.page.reload();
      await isReady(ada.page);
      assert.equal(await areEqual(), 'tree={age:2,kind:oak};ünï=true');
    });

    test('a link invites, and nobody is joined by it without saying so', async (t) => {
      await together();
      await ada.run('_home.shared.x = 1 return 1');
      const carol = await Reader.come({ engine, url: its.url, server, name: 'Carol' });
      t.after(() => carol.leave());
      const page = await carol.open(`#join.home-${count}@${encodeURIComponent(carol.line.url)}`);
      await page.waitForFunction(() => document.getElementById('company-home') !== null && !document.getElementById('company').hidden);
      assert.equal(await page.evaluate(() => localStorage.getItem('cu-together')), null);
      assert.deepEqual(await page.evaluate(() => [document.getElementById('company-home').value, document.getElementById('company-server').value]), [`home-${count}`, carol.line.url]);
      await page.evaluate(() => document.getElementById('company-join').click());
      await carol.status(/in sync/, page);
      await shows(page, '#home', /shared/);
      assert.equal(await carol.run('return _home.shared.x', page), '1');
    });

    test('without a line changes wait, and are counted; they go out when it is back, also through a server that was killed', async () => {
      await together();
      ada.line.cut();
      await ada.run('_home.shared.a = 1 _home.shared.b = 2 return 1');
      await ada.status(/offline · 2 changes wait/);
      await ada.page.reload();
      await isReady(ada.page);
      await ada.status(/offline · 2 changes wait/);
      await server.kill();
      await bob.run('_home.shared.c = 3 return 1');
      await bob.status(/offline · 1 change waits/);
      ada.line.mend();
      await server.start();
      assert.equal(await areEqual(), 'a=1;b=2;c=3');
    });

    for (const [label, wanted] of [['Keep mine', 'x={at:9,of:bob}'], ['Take theirs', 'x={by:ada,of:ada}'], ['Use both', 'x={at:9,by:ada,of:bob}']]) {
      test(`two changes of one row are shown to who comes second, who settles them for both: ${label}`, async () => {
        await together();
        await ada.run('_home.shared.x = { of = "nobody" } return 1');
        await areEqual();
        ada.line.cut();
        bob.line.cut();
        await ada.run('_home.shared.x = { of = "ada", by = "ada" } return 1');
        await bob.run('_home.shared.x = { of = "bob", at = 9 } return 1');
        ada.line.mend();
        await ada.status(/in sync · at/);
        bob.line.mend();
        await bob.status(/1 conflict/);
        const text = await textOf(bob.page, '.conflict');
        assert.match(text, /You · .*\d:\d\d/);
        assert.match(text, /Ada · .*\d:\d\d/);
        assert.match(text, /Both, by rule/);
        // Until then the later one counts, and both have it.
        assert.equal(await areEqual(), 'x={at:9,of:bob}');
        // It is still there after a reload.
        await bob.page.reload();
        await isReady(bob.page);
        await bob.status(/1 conflict/);
        await bob.choose(`${label}: x`);
        await bob.page.waitForFunction(() => !/conflict/.test(document.getElementById('company-status').innerText));
        const end = Date.now() + 15_000;
        while (await ada.rows() !== wanted && Date.now() < end);
        assert.equal(await areEqual(), wanted);
      });
    }

    test('two tabs of one browser: one speaks with the server, the other one goes on when it is closed', async () => {
      await together();
      const second = await ada.open();
      await ada.status(/in sync/, second);
      // Left in one and joined in the other, it is so in both.
      await second.evaluate(() => document.getElementById('together').click());
      await second.waitForFunction(() => document.querySelectorAll('#company button').length > 0);
      await second.evaluate(() => Array.from(document.querySelectorAll('#company button')).find(({ textContent }) => textContent === 'Leave').click());
      await ada.page.waitForFunction(() => document.getElementById('company-status').hidden);
      await ada.join(`home-${count}`);
      await ada.status(/in sync/, second);
      await ada.run('_home.shared.from = "the second tab" return 1', second);
      await areEqual();
      assert.match(await bob.rows(), /from=the second tab/);
      await ada.page.close();
      ada.page = second;
      await ada.run('_home.shared.from = "the one that is left" return 1');
      const end = Date.now() + 15_000;
      while (!(await bob.rows()).includes('from=the one that is left')) assert.ok(Date.now() < end, await bob.rows());
      await areEqual();
    });

    test('the examples of tabs and of shared homes take turns and add up', async () => {
      await together();
      const second = await ada.open();
      await ada.run('_home.notes, _home.turns = nil, nil return 1');
      for (let turn = 1; turn <= 4; turn++) {
        const page = turn % 2 === 0 ? second : ada.page;
        await choose(page, 'example', 'tabs');
        await run(page);
        assert.equal(await textOf(page, '#result .printed'), `turn ${turn}, ${turn} notes`);
      }
      await second.close();
      for (const reader of [ada, bob, ada]) {
        await choose(reader.page, 'example', 'together');
        await run(reader.page);
        assert.equal(await textOf(reader.page, '#result .error'), undefined);
        await areEqual();
      }
      assert.equal((await bob.rows()).split(';').length, 4);
    });

    // An instance that had worked before all was taken over kept ids for its next tables, which were of other tables then: a write said that
    // the list of keys was out of order.
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
      await carol.join(`home-${count}`);
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
      await carol.join(`home-${count}`);
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

    test('axe-core finds nothing in any state, wide and narrow, dark and light', async (t) => {
      await together();
      if (!await resize(bob.page, 1280, 800)) return t.skip('this driver cannot change the size of a page');
      const check = async (name) => {
        for (const [width, height] of [[1280, 800], [390, 844]]) {
          await resize(bob.page, width, height);
          await bob.page.evaluate(() => { document.querySelector('.views [data-view=home]').click(); document.getElementById('company').hidden = false; });
          for (const theme of ['light', 'dark']) {
            await bob.page.evaluate((chosen) => { document.documentElement.dataset.theme = chosen; }, theme);
            assert.deepEqual(await objections(bob.page), [], `${name}, ${width}, ${theme}`);
          }
          assert.ok(await bob.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than ${width}`);
        }
      };
      await check('joined');
      ada.line.cut();
      bob.line.cut();
      await ada.run('_home.shared.plan = { what = "picnic", people = { 1, 2 } } _home.shared.title = ("long "):rep(200) return 1');
      await bob.run('_home.shared.plan = { at = "noon", people = { 2, 3 } } _home.shared.title = "short" return 1');
      await bob.status(/offline/);
      await check('offline');
      ada.line.mend();
      await ada.status(/in sync · at/);
      bob.line.mend();
      await bob.status(/2 conflicts/);
      await check('conflicts');
      await bob.run('_home.shared = 1 return 1');
      await bob.status(/not shared/);
      await check('another table');
      await bob.page.evaluate(() => Array.from(document.querySelectorAll('#company button')).find(({ textContent }) => textContent === 'Leave').click());
      await bob.page.waitForFunction(() => document.getElementById('company-join') !== null);
      await check('the form');
      return resize(bob.page, 1280, 800);
    });

    test('a server whose files are an older copy gets back what the pages have', async () => {
      await together();
      await ada.run('_home.shared.x = 1 return 1');
      await areEqual();
      const restore = await server.copy();
      await areEqual();
      await ada.run('_home.shared.x = 2 return 1');
      await bob.run('_home.shared.y = 2 return 1');
      assert.equal(await areEqual(), 'x=2;y=2');
      await restore();
      await bob.run('_home.shared.z = 3 return 1');
      const end = Date.now() + 20_000;
      while (await ada.rows() !== 'x=2;y=2;z=3') assert.ok(Date.now() < end, await ada.rows());
      assert.equal(await areEqual(), 'x=2;y=2;z=3');
    });

    test('a browser that is an older copy of itself goes on, and what differs is shown', async (t) => {
      await together();
      const carol = await Reader.come({ engine, url: its.url, server, name: 'Carol' });
      t.after(() => carol.leave());
      await carol.join(`home-${count}`);
      await carol.run('_home.shared.x = 1 return 1');
      await carol.status(/in sync · at/);
      const restore = await carol.copy();
      await carol.run('_home.shared.x = 2 _home.shared.y = 2 return 1');
      await carol.status(/in sync · at/);
      carol.line.cut();
      await restore();
      // As many changes as there were, so nothing is told by their number.
      await carol.run('_home.shared.x = 7 _home.shared.z = 7 return 1');
      await carol.status(/offline/);
      carol.line.mend();
      await carol.status(/1 conflict/);
      const all = 'x=2;y=2;z=7';
      const end = Date.now() + 20_000;
      for (const reader of [carol, bob]) while (await reader.rows() !== all) assert.ok(Date.now() < end, `${reader.name} has ${await reader.rows()}`);
      assert.match(await textOf(carol.page, '.conflict'), /7/);
    });

    test('a server that is none, or that says no, loses nothing and says why', async () => {
      await together();
      await ada.run('_home.shared.kept = 1 return 1');
      await areEqual();
      const { page } = ada;
      await page.evaluate((url) => {
        const what = JSON.parse(localStorage.getItem('cu-together'));
        localStorage.setItem('cu-together', JSON.stringify({ ...what, server: url }));
      }, its.url);
      await page.reload();
      await isReady(page);
      await ada.status(/not in sync/);
      await shows(page, '#company .say', /^127\.0\.0\.1:\d+ keeps no shared homes at this address \(it answers 40[45]\)/);
      await ada.run('_home.shared.more = 2 return 1');
      await ada.status(/not in sync · 1 change waits/);
      await page.evaluate((url) => {
        const what = JSON.parse(localStorage.getItem('cu-together'));
        localStorage.setItem('cu-together', JSON.stringify({ ...what, server: url }));
      }, ada.line.url);
      await page.reload();
      await isReady(page);
      assert.equal(await areEqual(), 'kept=1;more=2');
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

    test(`random changes, with lines that are cut and a server that is killed, end the same for both (seed ${seed})`, async (t) => {
      await together();
      const below = randomBelow(seed);
      const readers = [ada, bob];
      /** By key, what each reader wrote last; and the values that each has had before their eyes. */
      const last = new Map();
      const seen = new Map();
      let isUp = true;
      let kept = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const reader = readers[below(2)];
        const what = below(10);
        if (what < 6) {
          const key = `k${below(4)}`;
          const value = below(5) === 0 ? 'nil' : `"${reader.name[0]}${round}"`;
          const before = await reader.run(`local before = _home.shared.${key} _home.shared.${key} = ${value} return before`);
          last.set(key, { ...last.get(key), [reader.name]: value });
          seen.set(`${key} ${reader.name}`, [...seen.get(`${key} ${reader.name}`) ?? [], before]);
        } else if (what < 7) reader.line.cut();
        else if (what < 9) reader.line.mend();
        else {
          if (isUp) await server.kill();
          else await server.start();
          isUp = !isUp;
        }
      }
      if (!isUp) await server.start();
      for (const reader of readers) reader.line.mend();
      const rows = new Map((await areEqual(`CU_SEED=${seed}`)).split(';').filter((row) => row !== '').map((row) => row.split('=')));
      for (const [key, writes] of last) {
        const value = rows.has(key) ? `"${rows.get(key)}"` : 'nil';
        assert.ok(Object.values(writes).includes(value), `CU_SEED=${seed}: ${key} is ${value}, and was written last as ${JSON.stringify(writes)}`);
        rows.delete(key);
        // What the other one wrote last was seen by who wrote over it, or somebody is asked about it.
        for (const [name, lost] of Object.entries(writes)) {
          const other = readers.find((each) => each.name !== name);
          if (lost === value || lost === 'nil' || seen.get(`${key} ${other.name}`)?.includes(lost)) continue;
          const asked = await Promise.all(readers.map(({ page }) => page.evaluate(() => document.getElementById('company').textContent)));
          assert.ok(asked.join().includes(lost), `CU_SEED=${seed}: ${lost} of ${name} for ${key} was lost`);
          kept += 1;
        }
      }
      assert.deepEqual([...rows], []);
      t.diagnostic(`${last.size} keys, ${kept} values in conflicts only, ${await textOf(ada.page, '#company-status')}, ${await textOf(bob.page, '#company-status')}`);
    });
  });
}
