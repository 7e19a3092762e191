// Conflicts of shared homes: both versions are shown, and settled by who sees them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { objections } from './axe.mjs';
import { engines } from './browser.mjs';
import { isReady, resize, shows, textOf } from './playground.mjs';
import { Reader, withCompany } from './together.mjs';

/** Also what is only for screen readers. */
const door = (page) => page.evaluate(() => document.getElementById('together').textContent);

for (const engine of engines) {
  describe(`conflicts of shared homes in ${engine.name}`, () => {
    const { its, server, ada, bob, home, together, areEqual } = withCompany(engine);

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
        // On a narrow screen the home may be out of sight.
        assert.equal(await door(bob.page), 'Together: 1 conflict');
        assert.equal(await bob.page.evaluate(() => document.querySelector('#together .sign.due').getBoundingClientRect().width), 9);
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
        assert.equal(await door(bob.page), 'Together');
        const end = Date.now() + 15_000;
        while (await ada.rows() !== wanted && Date.now() < end);
        assert.equal(await areEqual(), wanted);
      });
    }

    for (const [label, wanted] of [['Keep all mine', (key) => `bob ${key}`], ['Use all theirs', (key) => `ada ${key}`]]) {
      test(`many conflicts are settled at once, also those that are not shown: ${label}`, async () => {
        await together();
        const MANY = 30;
        const all = (reader) => `for key = 1, ${MANY} do _home.shared["k" .. key] = "${reader} " .. key end return 1`;
        ada.line.cut();
        bob.line.cut();
        await ada.run(all('ada'));
        await bob.run(all('bob'));
        ada.line.mend();
        await ada.status(/in sync · at/);
        bob.line.mend();
        await bob.status(new RegExp(`${MANY} conflicts`));
        // Nobody has looked at what this row is now.
        await bob.run('_home.shared.k7 = "later" return 1');
        await bob.status(/in sync · at/);
        await bob.page.evaluate((wantedLabel) => Array.from(document.querySelectorAll('#company button')).find(({ textContent }) => textContent === wantedLabel).click(), label);
        await bob.status(/(^|\D)1 conflict$/);
        await shows(bob.page, '#notices', /Conflicts that are left: 1/);
        assert.match(await textOf(bob.page, '.conflict'), /k7[^]*The row has changed once more since/);
        const rows = new Map((await areEqual()).split(';').map((row) => row.split('=')));
        for (let key = 1; key <= MANY; key++) assert.equal(rows.get(`k${key}`), key === 7 ? 'later' : wanted(key));
        assert.equal(await bob.page.evaluate(() => Array.from(document.querySelectorAll('#company button')).some(({ textContent }) => /all/.test(textContent))), false);
      });
    }

    test('a browser that is an older copy of itself goes on, and what differs is shown', async (t) => {
      await together();
      const carol = await Reader.come({ engine, url: its.url, server, name: 'Carol' });
      t.after(() => carol.leave());
      await carol.join(home());
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
      assert.equal(await door(bob.page), 'Together: offline');
      await check('offline');
      ada.line.mend();
      await ada.status(/in sync · at/);
      bob.line.mend();
      await bob.status(/2 conflicts/);
      await check('conflicts');
      await bob.run('_home.shared = 1 return 1');
      await bob.status(/not shared/);
      assert.equal(await door(bob.page), 'Together: not shared any more');
      assert.doesNotMatch(await textOf(bob.page, '#company'), /is the same for all/);
      await check('another table');
      await bob.page.evaluate(() => Array.from(document.querySelectorAll('#company button')).find(({ textContent }) => textContent === 'Leave').click());
      await bob.page.waitForFunction(() => document.getElementById('company-join') !== null);
      await check('the form');
      return resize(bob.page, 1280, 800);
    });
  });
}
