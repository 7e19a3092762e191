// Shared homes in the playground: what one reader writes, others have, with lines that are cut and a server that is killed.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { randomBelow, seed } from '../../host-js/test/random.js';
import { engines } from './browser.mjs';
import { choose, click, isReady, run, shows, textOf } from './playground.mjs';
import { Reader, withCompany } from './together.mjs';

const ROUNDS = Number(process.env.CU_ROUNDS ?? 2) * 12;

for (const engine of engines) {
  describe(`shared homes in ${engine.name}`, () => {
    const { its, server, ada, bob, home, together, areEqual } = withCompany(engine);

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
      const page = await carol.open(`#join.${home()}@${encodeURIComponent(carol.line.url)}`);
      await page.waitForFunction(() => document.getElementById('company-home') !== null && !document.getElementById('company').hidden);
      assert.equal(await page.evaluate(() => localStorage.getItem('cu-together')), null);
      assert.deepEqual(await page.evaluate(() => [document.getElementById('company-home').value, document.getElementById('company-server').value]), [home(), carol.line.url]);
      await page.evaluate(() => document.getElementById('company-join').click());
      await carol.status(/in sync/, page);
      await shows(page, '#home', /shared/);
      assert.equal(await carol.run('return _home.shared.x', page), '1');
    });

    /** `sync.example.org` was a folder beside the page, whose server then kept "no shared homes at this address". */
    test('what is no address of a server is said before anything is joined', async (t) => {
      const page = await its.open(t);
      await page.evaluate(() => document.getElementById('together').click());
      await page.waitForFunction(() => document.getElementById('company-join') !== null);
      const problem = (server) => page.evaluate((text) => {
        const field = document.getElementById('company-server');
        field.value = text;
        field.dispatchEvent(new Event('input', { bubbles: true }));
        return field.validationMessage;
      }, server);
      for (const wrong of ['sync.example.org', 'together', 'localhost:8001', 'ftp://example.org/', 'https://me@example.org/']) assert.match(await problem(wrong), /^The address of a server, such as https:/, wrong);
      for (const right of ['https://sync.example.org', '/together', './together/', 'http://localhost:8001/']) assert.equal(await problem(right), '', right);
    });

    /** "This browser is together in garden: leave it first" was said of an invitation to garden. */
    test('an invitation to the same name at another server says both servers, and the reader chooses', async (t) => {
      await together();
      const { page } = ada;
      const other = `${its.url}other/`;
      const hosts = [new URL(other), new URL(ada.line.url)].map(({ host, pathname }) => `http://${host}${pathname}`);
      const follow = () => page.evaluate((hash) => { location.hash = ''; location.hash = hash; }, `#join.${home()}@${encodeURIComponent(other)}`);
      const answer = (label) => page.evaluate((wanted) => Array.from(document.querySelectorAll('.notice button')).find(({ textContent }) => wanted === textContent.slice(0, wanted.length)).click(), label);
      await follow();
      await shows(page, '.notice.offer', new RegExp(`It is to ${home()} at ${hosts[0]}; this browser is together in ${home()} at ${hosts[1]}\\.`));
      await answer(`Stay in ${home()} at ${new URL(ada.line.url).host}`);
      await ada.run('_home.shared.x = 1 return 1');
      assert.equal(await areEqual(), 'x=1');
      await follow();
      await shows(page, '.notice.offer', /It is to/);
      await answer('Leave it');
      await page.waitForFunction(() => document.getElementById('company-join') !== null);
      assert.deepEqual(await page.evaluate(() => [document.getElementById('company-home').value, document.getElementById('company-server').value]), [home(), other]);
      // It is only filled in.
      assert.equal(await page.evaluate(() => localStorage.getItem('cu-together')), null);
      assert.equal(await ada.rows(), 'x=1');
      // The same home again is no news.
      await ada.join(home());
      await page.evaluate((hash) => { location.hash = hash; }, `#join.${home()}@${encodeURIComponent(ada.line.url)}`);
      assert.equal(await textOf(page, '.notice.offer'), undefined);
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

    test('two tabs of one browser: one speaks with the server, the other one goes on when it is closed', async () => {
      await together();
      const second = await ada.open();
      await ada.status(/in sync/, second);
      // Left in one and joined in the other, it is so in both.
      await second.evaluate(() => document.getElementById('together').click());
      await second.waitForFunction(() => document.querySelectorAll('#company button').length > 0);
      await second.evaluate(() => Array.from(document.querySelectorAll('#company button')).find(({ textContent }) => textContent === 'Leave').click());
      await ada.page.waitForFunction(() => document.getElementById('company-status').hidden);
      await ada.join(home());
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
