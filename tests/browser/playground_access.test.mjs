// The playground for everybody: what axe-core finds in each view, in both colours, on a wide and a narrow screen; the keyboard alone; and
// whether anything moves.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { objections } from './axe.mjs';
import { engines } from './browser.mjs';
import { choose, click, isReady, resize, run, setScheme, shows, withPlayground, write } from './playground.mjs';

const VIEWS = {
  'the start': async () => {},
  'a result': async (page) => {
    await write(page, 'print("printed") _home.list = { { a = 1, b = "x" }, { a = 2 } } return _home.list, { 1, { b = 2 } }, print, nil, 1.5');
    await run(page);
    await page.evaluate(() => { for (const each of document.querySelectorAll('details')) each.open = true; });
  },
  'a table': async (page) => {
    await page.evaluate(() => { document.body.dataset.view = 'home'; });
    await click(page, '#home .step');
    await shows(page, '#home', /key\s+a\s+b/);
  },
  'an error': async (page) => {
    await write(page, 'local function f() error("oh") end\nf()');
    await run(page);
  },
  'a function': async (page) => {
    await write(page, 'for key in pairs(_home) do _home[key] = nil end\nfunction _home.f()\n  return 1\nend');
    await run(page);
    await page.evaluate(() => { document.body.dataset.view = 'home'; });
    await click(page, '#path button');
    await shows(page, '#home', /^f/);
    await click(page, '#home .step');
    await shows(page, '#home .source', /^function/);
  },
  'snapshots and messages': async (page) => {
    await click(page, '#keep');
    await click(page, '#reset');
    await shows(page, '.notice', /Lua is as new/);
  },
  'a broken file': async (page) => {
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['no'], 'no'));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
    });
    await shows(page, '.notice.warning', /no file/);
  },
};

for (const engine of engines) {
  describe(`the playground for everybody in ${engine.name}`, () => {
    const its = withPlayground({ engine });

    for (const [size, width, height] of [['wide', 1280, 800], ['narrow', 390, 844]]) {
      test(`axe-core finds nothing on a ${size} screen`, async (t) => {
        const page = await its.open(t);
        if (!await resize(page, width, height)) return t.skip('this driver cannot change the size of a page');
        for (const [name, go] of Object.entries(VIEWS)) {
          await go(page);
          for (const theme of ['light', 'dark']) {
            await page.evaluate((chosen) => { document.documentElement.dataset.theme = chosen; }, theme);
            assert.deepEqual(await objections(page), [], `${name}, ${theme}`);
          }
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than the screen`);
        }
        return undefined;
      });
    }

    test('the bar has room for its buttons on the narrowest phone, at their size', async (t) => {
      const page = await its.open(t);
      for (const width of [320, 360, 375, 414]) {
        if (!await resize(page, width, 640)) return t.skip('this driver cannot change the size of a page');
        const buttons = await page.evaluate(() => Array.from(document.querySelectorAll('.bar button'), (each) => {
          const { left, right, width: wide, height } = each.getBoundingClientRect();
          return { id: each.id, left, right, wide, height, isCut: each.scrollWidth > each.clientWidth };
        }));
        assert.equal(buttons.length, 4);
        // What it says in words is there in whole, or for screen readers only.
        const welcome = await page.evaluate(() => (({ clientWidth, scrollWidth, innerText }) => ({ clientWidth, scrollWidth, innerText }))(document.getElementById('welcome')));
        assert.match(welcome.innerText, /^(Lua 5\.4|visit \d+)$/);
        assert.ok(welcome.clientWidth <= 1 || welcome.scrollWidth <= welcome.clientWidth, `${width}: ${JSON.stringify(welcome)}`);
        for (const each of buttons) {
          assert.ok(each.left >= 0 && each.right <= width && each.wide >= each.height && !each.isCut, `${width}: ${JSON.stringify(each)}`);
        }
      }
      return undefined;
    });

    test('a script is written, run and looked at with the keyboard alone', async (t) => {
      const page = await its.open(t);
      if (page.keyboard?.insertText === undefined) return t.skip('this driver has no such keyboard');
      await resize(page, 1280, 800);
      const press = (key) => page.keyboard.press(key);
      const focused = () => page.evaluate(() => document.activeElement.id || `${document.activeElement.className} ${document.activeElement.textContent}`);
      for (let n = 0; n < 20 && !(await focused()).startsWith('cm-content'); n++) await press('Tab');
      await press('Control+A');
      await page.keyboard.insertText('_home.typed = { word = "by keys" }');
      await press('Control+Enter');
      await shows(page, '#home', /typed/);
      // Tab indents, unless Escape comes before it; one more closes a list of completions.
      await press('Escape');
      await press('Escape');
      await press('Tab');
      assert.ok(!(await focused()).startsWith('cm-content'));
      for (let n = 0; n < 20 && await focused() !== 'step typed'; n++) await press('Tab');
      await press('Enter');
      await shows(page, '#home', /word\s*"by keys"/);
      return undefined;
    });

    test('nothing moves while the page loads, and while a script runs', async (t) => {
      const page = await its.open(t);
      if (await resize(page, 1280, 800)) {
        await page.reload();
        await isReady(page);
      }
      const moved = () => page.evaluate(() => new Promise((resolve) => {
        if (!PerformanceObserver.supportedEntryTypes.includes('layout-shift')) return resolve(undefined);
        const observer = new PerformanceObserver((list) => {
          observer.disconnect();
          resolve(list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput).reduce((sum, { value }) => sum + value, 0));
        });
        observer.observe({ type: 'layout-shift', buffered: true });
        return setTimeout(() => resolve(0), 500);
      }));
      await choose(page, 'example', 'query');
      await run(page);
      const sum = await moved();
      if (sum === undefined) return t.skip('this browser does not say what moves');
      assert.ok(sum < 0.01, `${sum}`);
      return undefined;
    });

    test('colours follow the system while the page is open, until the reader chooses', async (t) => {
      const page = await its.open(t);
      if (!await setScheme(page, 'light')) return t.skip('this driver cannot change the colours of the system');
      await write(page, '_io.output = { plot = "line", title = "Plot", y = { 1, 2 } }');
      await run(page);
      await page.waitForFunction(() => document.querySelector('#result .plot svg path') !== null);
      const colours = () => page.evaluate(() => ({
        theme: document.documentElement.dataset.theme, pressed: document.getElementById('theme').getAttribute('aria-pressed'),
        all: ['body', '.cm-content', '.plot figcaption'].map((name) => getComputedStyle(document.querySelector(name)).color).concat(getComputedStyle(document.querySelector('.plot svg path')).stroke),
      }));
      const follows = (theme) => page.waitForFunction(`document.documentElement.dataset.theme === '${theme}'`);
      await follows('light');
      const light = await colours();
      await setScheme(page, 'dark');
      await follows('dark');
      const dark = await colours();
      assert.deepEqual([light.pressed, dark.pressed], ['false', 'true']);
      light.all.forEach((colour, index) => assert.notEqual(colour, dark.all[index]));
      await setScheme(page, 'light');
      await follows('light');
      assert.deepEqual(await colours(), light);
      // What is chosen stays, also after a reload, and whatever the system does.
      await click(page, '#theme');
      for (const scheme of ['dark', 'light', 'dark', 'light']) await setScheme(page, scheme);
      assert.deepEqual(await colours(), dark);
      await page.reload();
      await isReady(page);
      await setScheme(page, 'dark');
      await click(page, '#theme');
      await setScheme(page, 'light');
      await setScheme(page, 'dark');
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
      await page.evaluate(() => localStorage.removeItem('cu-theme'));
      return undefined;
    });
  });
}
