// Notebooks that are large: of many cells only those that are seen have an editor, and one cell that is too large keeps nobody from all others.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { objections } from './axe.mjs';
import { engines } from './browser.mjs';
import { choose, hasEditors, open, output, press, writeCell } from './notebook.mjs';
import { click, run, shows, textOf, withPlayground, write } from './playground.mjs';

/** Opening them made an editor of each: the page was busy for more than a minute. */
const MANY = 2000;
/** Seen, and a screen above and below. */
const MOST_EDITORS = 40;

const editors = (page) => page.evaluate(() => document.querySelectorAll('.cell .cm-editor, .cell textarea').length);
const scrollTo = (page, cell) => page.evaluate((number) => document.querySelectorAll('.cell')[number - 1].scrollIntoView({ block: 'center' }), cell);
const hasEditor = (page, cell, kind = '.cm-editor') => page.waitForFunction(`document.querySelectorAll('.cell')[${cell - 1}].querySelector('${kind}') !== null`);

/** Whether all of it is within what the notebook shows. */
const isInSight = (page, selector) => page.waitForFunction(`(() => {
  const [its, all] = ['${selector}', '.notebook > .body'].map((each) => document.querySelector(each).getBoundingClientRect());
  return its.height > 0 && its.top >= all.top - 1 && its.bottom <= all.bottom + 1;
})()`);

/** Where the first letter of a cell is, and how high the cell is. */
const placeOf = (page, cell) => page.evaluate((number) => {
  const element = document.querySelectorAll('.cell')[number - 1];
  const walker = document.createTreeWalker(element.querySelector('.cm-content, .still-text'), NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  range.setStart(walker.nextNode(), 0);
  range.setEnd(walker.currentNode, 1);
  const { left, top } = range.getBoundingClientRect();
  const outer = element.getBoundingClientRect();
  return { left: Math.round(left), top: Math.round(top - outer.top), height: Math.round(outer.height) };
}, cell);

async function openMany(page) {
  await write(page, `local all = { last = ${MANY}, order = {}, cells = {} }
    for id = 1, ${MANY} do
      all.order[id] = id
      all.cells[id] = { kind = "lua", text = "local cell = " .. id .. "\\nfor step = 1, 10 do\\n  cell = cell + step -- needle" .. id .. "\\nend\\nreturn cell" }
    end
    _home.notebook = all`);
  await run(page);
  await choose(page, true);
  await page.waitForFunction(`document.querySelectorAll('.cell').length === ${MANY}`);
}

for (const engine of engines) {
  describe(`large notebooks in ${engine.name}`, () => {
    const its = withPlayground({ engine });

    test('of many cells only those that are seen, or nearly, have an editor, wherever one goes', async (t) => {
      const page = await its.open(t);
      await openMany(page);
      for (const cell of [1, MANY, MANY / 2, 1]) {
        await scrollTo(page, cell);
        await hasEditor(page, cell);
        // Those that are left have none any more.
        await page.waitForFunction(`document.querySelectorAll('.cell .cm-editor, .cell textarea').length <= ${MOST_EDITORS}`);
      }
      await page.waitForFunction("document.querySelectorAll('.cell:nth-child(4) .cm-editor').length === 1");
      assert.ok(await editors(page) <= MOST_EDITORS);
    });

    test('a cell has the same place and height with an editor and without one', async (t) => {
      const page = await its.open(t);
      const filler = Array.from({ length: 60 }, () => 'text: between');
      const samples = ['lua: one = 1', `lua: ${Array.from({ length: 12 }, (_, index) => `line = ${index}`).join('\n')}`, `lua: wide = "${'long '.repeat(120)}"`, 'lua: with = 1\n\n'];
      await open(page, ...samples, ...filler);
      await hasEditors(page, samples.length);
      const before = [];
      for (let cell = 1; cell <= samples.length; cell++) before.push(await placeOf(page, cell));
      await scrollTo(page, samples.length + filler.length);
      await hasEditors(page, 0);
      for (let cell = 1; cell <= samples.length; cell++) assert.deepEqual(await placeOf(page, cell), before[cell - 1], samples[cell - 1]);
    });

    test('text of any cell is found, and its cell is an editor once it has the focus, with what was written there before', async (t) => {
      const page = await its.open(t);
      await openMany(page);
      await hasEditor(page, 1);
      await writeCell(page, 1, 'return "written"');
      if (await page.evaluate(() => typeof window.find === 'function')) {
        const found = await page.evaluate((wanted) => window.find(wanted) && getSelection().anchorNode.parentElement.closest('.cell').getAttribute('aria-label'), `needle${MANY - 1}`);
        assert.equal(found, `Cell ${MANY - 1}, Lua`);
      }
      await page.evaluate((number) => document.querySelectorAll('.cell .still')[number].focus(), MANY / 2);
      const focused = await page.evaluate(() => ({ place: document.activeElement.closest('.cell').getAttribute('aria-label'), text: document.activeElement.closest('.editor').innerText || document.activeElement.value }));
      assert.match(focused.place, /^Cell 100\d, Lua$/);
      await page.waitForFunction(() => document.activeElement.closest('.cm-editor') !== null);
      // It stays while somebody is in it, and the one that was written in stays with its history.
      await scrollTo(page, MANY);
      await hasEditor(page, MANY);
      assert.equal(await page.evaluate(() => document.activeElement.closest('.cm-editor') !== null), true);
      assert.equal(await textOf(page, '.cell:first-child .cm-content'), 'return "written"');
    });

    test('a cell runs also where it is not seen, and the one that fails is brought into sight', async (t) => {
      const page = await its.open(t);
      await open(page, ...Array.from({ length: 60 }, () => 'text: between'), 'lua: local t\nt.x = 1');
      await hasEditors(page, 0);
      await press(page, 'Run all', 0);
      await shows(page, output(61), /^Error\s+line 2/);
      await isInSight(page, output(61));
      await scrollTo(page, 1);
      await hasEditors(page, 0);
      await click(page, '.cell:nth-child(61) .error .line');
      await hasEditors(page, 1);
      await page.waitForFunction(() => document.querySelector('.cell:nth-child(61) .cm-lint-marker-error') !== null);
      assert.equal(await page.evaluate(() => document.activeElement.closest('.cell')?.getAttribute('aria-label')), 'Cell 61, Lua');
    });

    test('axe-core finds nothing in cells that are not edited', async (t) => {
      const page = await its.open(t);
      await open(page, ...Array.from({ length: 30 }, () => 'text: between'), 'lua: return 1', 'lua: return 2');
      await hasEditors(page, 0);
      assert.deepEqual(await objections(page), []);
    });

    /** It made the whole notebook unreadable: all cells were one result, which was too large with it. */
    test('a cell that a script made too large says so, can be had and deleted, and all others are as ever', async (t) => {
      const page = await its.open(t);
      await open(page, 'lua: return 1', 'lua: return 2', 'text: three');
      await choose(page, false);
      await write(page, '_home.notebook.cells[2].text = ("-- é\\n"):rep(100000)');
      await run(page);
      await choose(page, true);
      await shows(page, '.cell:nth-child(2) .large', /This cell of Lua is not shown: it has 600,000 bytes; a cell of the notebook has at most 60,000 characters/);
      assert.deepEqual(await objections(page), []);
      await page.evaluate(() => { document.querySelector('.cell').style.paddingTop = '4000px'; });
      await press(page, 'Run all', 0);
      await shows(page, output(2), /^Not run/);
      await isInSight(page, output(2));
      await page.evaluate(() => { document.querySelector('.cell').style.paddingTop = ''; });
      assert.match(await textOf(page, output(1)), /^1\s+1$/);
      const downloaded = await page.evaluate(() => new Promise((resolve) => {
        const { createObjectURL } = URL;
        URL.createObjectURL = (blob) => { URL.createObjectURL = createObjectURL; blob.text().then((text) => resolve([text.length, text.slice(0, 5)])); return createObjectURL.call(URL, blob); };
        document.querySelector('.cell:nth-child(2) .large button').click();
      }));
      assert.deepEqual(downloaded, [500_000, '-- é\n']);
      await click(page, '#share');
      await shows(page, '#notices', /has 600\d\d\d bytes; a link holds 100000/);
      await press(page, 'Delete', 2);
      await page.waitForFunction(() => document.querySelectorAll('.cell').length === 2);
      await press(page, 'Undo', 0);
      await shows(page, '.cell:nth-child(2) .large', /600,000 bytes/);
      await press(page, 'Move down', 2);
      await shows(page, '.cell:nth-child(3) .large', /600,000 bytes/);
      await press(page, 'Run', 1);
      await shows(page, output(1), /^1\s+1$/);
    });
  });
}
