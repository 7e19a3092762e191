// The notebook of the playground: its cells run, are kept, move and come back; text is only text.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { objections } from './axe.mjs';
import { engines } from './browser.mjs';
import { choose, hasEditors, haveTexts, open, output, press, writeCell } from './notebook.mjs';
import { click, isReady, resize, run, shows, textOf, withPlayground, write } from './playground.mjs';

for (const engine of engines) {
  describe(`the notebook in ${engine.name}`, () => {
    const its = withPlayground({ engine });

    test('cells are there after a reload, with what was written a moment ago, and share globals', async (t) => {
      const page = await its.open(t);
      await open(page, 'lua: x = 20', 'text: # Twice', 'lua: return x');
      await hasEditors(page, 2);
      await writeCell(page, 3, 'return x * 2 + 2');
      await press(page, 'Run all', 0);
      await shows(page, output(3), /^1\s+42$/);
      await page.reload();
      await isReady(page);
      await haveTexts(page, ['x = 20', 'Twice', 'return x * 2 + 2']);
    });

    test('an error is at its cell, and all that come after wait', async (t) => {
      const page = await its.open(t);
      await open(page, 'lua: print("first")', 'lua: local t\nt.x = 1', 'lua: print("third")');
      await press(page, 'Run all', 0);
      await shows(page, output(2), /^Error\s+line 2\s+attempt to index a nil value/);
      assert.equal(await textOf(page, output(1)), 'first');
      assert.equal(await textOf(page, output(3)), '');
      await press(page, 'Run from here', 3);
      await shows(page, output(3), /^third$/);
      assert.match(await textOf(page, output(2)), /^Error/);
    });

    test('cells are added, moved and deleted, and each of it is taken back', async (t) => {
      const page = await its.open(t);
      await open(page, 'text: one', 'text: two', 'text: three');
      await press(page, 'Move down', 1);
      await haveTexts(page, ['two', 'one', 'three']);
      await press(page, 'Delete', 1);
      await haveTexts(page, ['one', 'three']);
      await press(page, '+ Lua', 1);
      await haveTexts(page, ['one', '', 'three']);
      for (const wanted of [['one', 'three'], ['two', 'one', 'three'], ['one', 'two', 'three']]) {
        await press(page, 'Undo', 0);
        await haveTexts(page, wanted);
      }
      assert.equal(await page.evaluate(() => document.querySelector('.panel.notebook .head button').disabled), true);
      await page.reload();
      await isReady(page);
      await haveTexts(page, ['one', 'two', 'three']);
    });

    test('another tab shows a change at once, and what is being written stays', async (t) => {
      const [one, two] = [await its.open(t), await its.open(t)];
      await open(one, 'lua: return 1', 'lua: return 2');
      await choose(two, true);
      await hasEditors(two, 2);
      await hasEditors(one, 2);
      await writeCell(two, 2, 'return "of the second"');
      await haveTexts(one, ['return 1', 'return "of the second"']);
      // Each writes another cell at the same time.
      await Promise.all([writeCell(one, 1, 'return "a"'), writeCell(two, 2, 'return "b"')]);
      for (const page of [one, two]) await haveTexts(page, ['return "a"', 'return "b"']);
      await press(one, 'Delete', 1);
      await haveTexts(two, ['return "b"']);
    });

    test('Stop ends the cell that runs, and those that wait', async (t) => {
      const page = await its.open(t);
      await open(page, 'lua: while true do end', 'lua: print("no")');
      await press(page, 'Run all', 0);
      await shows(page, output(1), /^Running/);
      await press(page, 'Stop', 1);
      await shows(page, output(1), /^Stopped/);
      assert.equal(await textOf(page, output(2)), '');
      await press(page, 'Run', 2);
      await shows(page, output(2), /^no$/);
    });

    test('keys run a cell, go on to the next, and show text; the script is not run', async (t) => {
      const page = await its.open(t);
      if (page.keyboard?.insertText === undefined) return t.skip('this driver has no such keyboard');
      await open(page, 'lua: print("by keys")', 'text: some *text*', 'lua: return 3');
      await hasEditors(page, 2);
      await page.evaluate(() => document.querySelector('.cell .cm-content').focus());
      await page.keyboard.press('Shift+Enter');
      await shows(page, output(1), /^by keys$/);
      assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Edit');
      await page.keyboard.press('Enter');
      await page.keyboard.press('Control+End');
      await page.keyboard.insertText(' and **more**');
      await page.keyboard.press('Escape');
      await haveTexts(page, ['print("by keys")', 'some text and more', 'return 3']);
      assert.equal(await textOf(page, '#result .error'), undefined);
      // Nothing of the editor that is not shown.
      await page.keyboard.press('Control+Enter');
      assert.equal(await textOf(page, output(3)), '');
      return undefined;
    });

    test('what a cell puts out is a plot and a table', async (t) => {
      const page = await its.open(t);
      await open(page, 'lua: _io.output = { { plot = "bar", y = { 1, 2 } }, { { name = "Ada" } } }');
      await press(page, 'Run');
      await shows(page, output(1), /name\s+1\s+"Ada"/);
      await page.waitForFunction(() => document.querySelectorAll('.cell-output svg[role=img] rect').length === 2);
    });

    test('a notebook is shared by a link, which adds its cells', async (t) => {
      const page = await its.open(t);
      await open(page, 'text: # Shared', 'lua: return 7');
      await click(page, '#share');
      await page.waitForFunction(() => location.hash.length > 10);
      const hash = await page.evaluate(() => location.hash);
      await write(page, 'for key in pairs(_home) do _home[key] = nil end');
      await choose(page, false);
      await run(page);
      const next = await its.open(t, hash);
      await shows(next, '.notice', /This script is a notebook/);
      await next.evaluate(() => Array.from(document.querySelectorAll('.notice button')).find(({ textContent }) => textContent === 'Add the cells').click());
      await haveTexts(next, ['Shared', 'return 7']);
    });

    test('text is only text, whatever it looks like', async (t) => {
      const page = await its.open(t);
      await open(page, 'text: # <img src=x onerror=hacked()>\n<script>hacked()</script> [a](javascript:hacked()) [b](https://lua.org "x") [c](https://lua.org/) **<b>bold</b>**\n\n> > `<i>`\n\n```\n<u>');
      const found = await page.evaluate(() => Array.from(document.querySelectorAll('.prose *'), (each) => each.localName + (each.href === undefined ? '' : ` ${each.href}`)));
      assert.deepEqual(found, ['h3', 'p', 'a https://lua.org/', 'strong', 'blockquote', 'blockquote', 'p', 'code', 'pre', 'code']);
      assert.match(await textOf(page, '.prose'), /<img src=x onerror=hacked\(\)>\s+<script>hacked\(\)<\/script> \[a\]\(javascript:hacked\(\)\)/);
    });

    test('cells are those of the home, also when another one takes its place', async (t) => {
      const page = await its.open(t);
      await open(page, 'text: of the first', 'lua: return 1');
      await press(page, 'Delete', 2);
      await haveTexts(page, ['of the first']);
      await press(page, 'Undo', 0);
      await haveTexts(page, ['of the first', 'return 1']);
      await press(page, 'Move down', 1);
      await haveTexts(page, ['return 1', 'of the first']);
      await click(page, '#keep');
      await click(page, '#reset');
      await page.waitForFunction(() => !document.querySelector('.nothing').hidden);
      // Changes of the home before cannot be taken back in this one.
      assert.equal(await page.evaluate(() => document.querySelector('.panel.notebook .head button').disabled), true);
      await page.waitForFunction(() => document.querySelector('[aria-label="Load before the last change"]') !== null);
      await click(page, '[aria-label="Load before the last change"]');
      await haveTexts(page, ['return 1', 'of the first']);
    });

    /** They were those of before, and what was written into them could take the place of what the script had kept. */
    test('cells that a script changed while it was shown are there when the notebook is', async (t) => {
      const page = await its.open(t);
      await open(page, 'text: before');
      await choose(page, false);
      await write(page, '_home.notebook.cells[1].text = "after"');
      await run(page);
      await choose(page, true);
      await haveTexts(page, ['after']);
    });

    test('what is no notebook is left as it is, and said', async (t) => {
      const page = await its.open(t);
      await write(page, '_home.notebook = "my own"');
      await run(page);
      await choose(page, true);
      await shows(page, '.notice.warning', /The notebook cannot be read[^]*is no notebook: give it another key to have one/);
      await click(page, '.nothing button');
      await shows(page, '#notices', /No cell was added/);
      await choose(page, false);
      await write(page, 'return _home.notebook');
      await run(page);
      assert.equal(await textOf(page, '.returned .value'), '"my own"');
    });

    for (const [size, width, height] of [['wide', 1280, 800], ['narrow', 390, 844]]) {
      test(`axe-core finds nothing on a ${size} screen`, async (t) => {
        const page = await its.open(t);
        if (!await resize(page, width, height)) return t.skip('this driver cannot change the size of a page');
        await open(page);
        await page.waitForFunction(() => document.querySelector('.nothing') !== null && !document.querySelector('.nothing').hidden);
        const check = async (name) => {
          for (const theme of ['light', 'dark']) {
            await page.evaluate((chosen) => { document.documentElement.dataset.theme = chosen; }, theme);
            assert.deepEqual(await objections(page), [], `${name}, ${theme}`);
          }
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than the screen`);
        };
        await check('empty');
        await page.evaluate(() => Array.from(document.querySelectorAll('.nothing button')).at(-1).click());
        await hasEditors(page, 3);
        await press(page, 'Run all', 0);
        await shows(page, output(5), /"Norway"[^]*"Oslo"|"Oslo"[^]*"Norway"/);
        await page.evaluate(() => { for (const each of document.querySelectorAll('.insert')) each.style.opacity = 1; });
        await check('the example');
        await press(page, 'Edit', 1);
        await writeCell(page, 2, 'local t = nil\nt.x = ("long "):rep(200)');
        await press(page, 'Run', 2);
        await shows(page, output(2), /^Error/);
        await check('an error, and text that is written');
        return undefined;
      });
    }
  });
}
