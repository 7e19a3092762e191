// The elements for everybody: what axe-core finds in both colours, on a wide and a narrow screen, and with colours of the page; the keyboard alone.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { objections } from './axe.mjs';
import { engines } from './browser.mjs';
import { resize } from './playground.mjs';
import { partText, told, until, withElements } from './elements.mjs';

const BODY = `<h1>Elements</h1>
<style>:root { --cu-accent: rgb(0, 90, 60) } #rows::part(run) { letter-spacing: 3px }</style>
<cu-playground id="rows" home="rows" memory run theme="light">_home.users = { { name = "Ada" }, { name = "Alan", long = ("long "):rep(100) } } print(("words "):rep(40)) _io.output = { plot = "line", title = "Two", series = { { name = "a", y = { 1, 2 } }, { name = "b", y = { 2, 1 } } } } return { { a = 1 }, { a = 2 } }, _home.users</cu-playground>
<cu-home id="home" home="rows" memory></cu-home>
<cu-playground id="wrong" readonly run>local t
t.x = 1</cu-playground>
<cu-playground id="lost" src="nowhere.lua"></cu-playground>`;

for (const engine of engines) {
  describe(`elements for everybody in ${engine.name}`, () => {
    const its = withElements({ engine });

    for (const [size, width, height] of [['wide', 1280, 800], ['narrow', 390, 844]]) {
      test(`axe-core finds nothing on a ${size} screen`, async (t) => {
        const page = await its.open(t, BODY, { headers: {} });
        if (!await resize(page, width, height)) return t.skip('this driver cannot change the size of a page');
        await told(page, 3);
        await until(() => partText(page, '#home', 'content'), (text) => /users/.test(text), 'home');
        await page.evaluate(() => {
          document.querySelector('#home').shadowRoot.querySelector('.step').click();
          for (const each of document.querySelector('#rows').shadowRoot.querySelectorAll('details')) each.open = true;
        });
        await until(() => partText(page, '#home', 'content'), (text) => /"Alan"/.test(text), 'home');
        for (const theme of ['light', 'dark']) {
          await page.evaluate((chosen) => {
            // The page's own accent is one for light colours.
            document.documentElement.style.cssText = chosen === 'dark' ? '--cu-accent: rgb(120, 220, 180); background: #111; color: #eee' : '';
            for (const each of document.querySelectorAll('cu-playground, cu-home')) each.theme = chosen;
          }, theme);
          assert.deepEqual(await objections(page), [], theme);
        }
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the screen');
        return undefined;
      });
    }

    test('a page sets colours by properties, and styles parts', async (t) => {
      const page = await its.open(t, BODY, { headers: {} });
      await told(page, 3);
      const styles = await page.evaluate(() => {
        const button = document.querySelector('#rows').shadowRoot.querySelector('[part~=run]');
        const { backgroundColor, letterSpacing } = getComputedStyle(button);
        return [backgroundColor, letterSpacing];
      });
      assert.deepEqual(styles, ['rgb(0, 90, 60)', '3px']);
    });

    test('a script is written and run with the keyboard alone, and Tab leaves the editor', async (t) => {
      const page = await its.open(t, '<button id="before">before</button><cu-playground id="one">return 1</cu-playground><button id="after">after</button>', { headers: {} });
      // No policy: Chromium gives colours of its own to what is written over coloured text, which the editor takes away again.
      if (page.keyboard?.insertText === undefined) return t.skip('this driver has no such keyboard');
      await until(() => page.evaluate(() => document.querySelector('#one').shadowRoot?.querySelector('.cm-editor') !== null), Boolean, 'the editor');
      await page.evaluate(() => document.querySelector('#before').focus());
      const press = (key) => page.keyboard.press(key);
      const isIn = (selector) => page.evaluate((wanted) => document.querySelector('#one').shadowRoot.activeElement?.matches(wanted) ?? false, selector);
      for (let n = 0; n < 8 && !await isIn('.cm-content'); n++) await press('Tab');
      await press('Control+A');
      await page.keyboard.insertText('return "by keys"');
      await press('Control+Enter');
      const [[, , values]] = await told(page, 1);
      assert.deepEqual(values, ['by keys']);
      // A list of names may be open, which the first Escape closes.
      for (let n = 0; n < 2 && await isIn('.cm-content'); n++) {
        await press('Escape');
        await press('Tab');
      }
      assert.ok(!await isIn('.cm-content'));
      for (let n = 0; n < 8 && await page.evaluate(() => document.activeElement.id) !== 'after'; n++) await press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'after');
      return undefined;
    });
  });
}
