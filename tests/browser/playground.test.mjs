// The playground: scripts run, stop and fail as a reader expects, and what they keep is there after a reload and in other tabs.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engines } from './browser.mjs';
import { choose, click, isReady, resize, run, runExamples, shows, textOf, timed, withPlayground, write } from './playground.mjs';

const ENTRY = (name) => `Array.from(document.querySelectorAll('#home .step')).find((button) => button.textContent === '${name}')`;

/** Opens an entry of the home, and waits until it is shown. */
async function enter(page, name) {
  await page.waitForFunction(`${ENTRY(name)} !== undefined`);
  await page.evaluate(`${ENTRY(name)}.click()`);
  await shows(page, '#path', new RegExp(`${name}$`));
}

for (const engine of engines) {
  describe(`the playground in ${engine.name}`, () => {
    const its = withPlayground({ engine });

    test('a script shows what it prints and returns', async (t) => {
      const page = await its.open(t);
      await write(page, 'print("printed") return 1, 2.0, "text", nil, { 1, { a = true } }, _home, 2^53, 2^63');
      await run(page);
      assert.equal(await textOf(page, '#result .printed'), 'printed');
      const values = await page.evaluate(() => Array.from(document.querySelectorAll('.returned'), (each) => each.lastChild.innerText.trim()));
      assert.deepEqual(values, ['1', '2.0', '"text"', 'nil', '{ 1, {…} }', '0 entries', '9007199254740992.0', '9.223372036854776e+18']);
    });

    test('a closure counts on after a reload, and its lines are shown', async (t) => {
      const page = await its.open(t);
      await write(page, 'local n = 0\nfunction _home.count()\n  n = n + 1\n  return n\nend\nreturn _home.count()');
      await run(page);
      assert.equal(await textOf(page, '.returned .value'), '1');
      await page.reload();
      await isReady(page);
      await write(page, 'return _home.count()');
      await run(page);
      assert.equal(await textOf(page, '.returned .value'), '2');
      await enter(page, 'count');
      await shows(page, '#home .source', /^function _home.count\(\)/);
      const lines = await page.evaluate(() => Array.from(document.querySelectorAll('#home .source li'), (each) => each.textContent));
      assert.deepEqual(lines, ['function _home.count()', '  n = n + 1', '  return n', 'end']);
    });

    test('an error is shown at its line, and Lua is as usable as before', async (t) => {
      const page = await its.open(t);
      await write(page, 'x = 5\nlocal t\nprint(x)\nt.field = 1');
      await run(page);
      assert.equal(await textOf(page, '#result .error .line'), 'line 4');
      assert.equal(await textOf(page, '#result .error .message'), "attempt to index a nil value (local 't')");
      assert.equal(await textOf(page, '#result .printed'), '5');
      assert.ok(await page.evaluate(() => document.querySelector('.cm-lint-marker-error') !== null));
      await write(page, 'return x');
      await run(page);
      assert.equal(await textOf(page, '.returned .value'), '5');
      await write(page, 'x = 1\nx = = 2');
      await run(page);
      assert.equal(await textOf(page, '#result .error .line'), 'line 2');
      assert.match(await textOf(page, '#result .error .message'), /^unexpected symbol near '='$/);
    });

    test('Stop ends a script that catches its errors, within a second, and what it kept stays', async (t) => {
      const page = await its.open(t);
      await choose(page, 'limit', '0');
      await write(page, '_home.before = "kept" while true do pcall(function() while true do end end) end');
      await page.evaluate(() => document.getElementById('run').click());
      await page.waitForFunction(() => !document.getElementById('stop').hidden);
      const took = await timed(page, 'stop');
      assert.ok(took < 1000, `${took} ms`);
      assert.match(await textOf(page, '#result .error'), /^Stopped/);
      await write(page, 'return _home.before');
      await run(page);
      assert.equal(await textOf(page, '.returned .value'), '"kept"');
    });

    test('the attack is stopped within a second', async (t) => {
      const page = await its.open(t);
      await choose(page, 'example', 'attack');
      const took = await timed(page, 'run');
      assert.ok(took < 1000, `${took} ms`);
      assert.match(await textOf(page, '#result .error'), /^Stopped/);
    });

    test('the page goes on while a script runs', async (t) => {
      const page = await its.open(t);
      await choose(page, 'limit', '500');
      await write(page, 'while true do end');
      const beats = await page.evaluate(async () => {
        document.getElementById('run').click();
        let count = 0;
        while (document.getElementById('run').hidden) {
          await new Promise((resolve) => { setTimeout(resolve, 10); });
          count += 1;
        }
        return count;
      });
      assert.ok(beats >= 10, `${beats}`);
    });

    test('a script that fills its memory gets an error, and the next one runs', async (t) => {
      const page = await its.open(t);
      await write(page, 'local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end');
      await run(page);
      assert.match(await textOf(page, '#result .error'), /^Out of memory/);
      await write(page, 'return "alive"');
      await run(page);
      assert.equal(await textOf(page, '.returned .value'), '"alive"');
    });

    test('each example runs', async (t) => {
      const page = await its.open(t);
      assert.equal((await runExamples(page)).length, 7);
    });

    test('a table of thousands of rows is shown in pages', async (t) => {
      const page = await its.open(t);
      await write(page, '_home.many = ext.table() for i = 1, 120 do _home.many[i] = { name = "row " .. i, square = i * i } end');
      await run(page);
      await enter(page, 'many');
      await shows(page, '#pages span', /^1–50 of 120$/);
      assert.equal(await page.evaluate(() => document.querySelectorAll('#home tbody tr').length), 50);
      const next = '#pages button:last-child';
      await click(page, next);
      await shows(page, '#pages span', /^51–100 of 120$/);
      await click(page, next);
      await shows(page, '#pages span', /^101–120 of 120$/);
      assert.match(await textOf(page, '#home tbody tr'), /^101\s*"row 101"\s*10201/);
      assert.equal(await page.evaluate((button) => document.querySelector(button).disabled, next), true);
      await click(page, '#pages button');
      await shows(page, '#pages span', /^51–100 of 120$/);
    });

    test('indexes and the schema of a table are shown with it', async (t) => {
      const page = await its.open(t);
      await write(page, `_home.people = { { name = "Ada", age = 36 } }
        ext.index(_home.people, "name", { unique = true })
        ext.schema(_home.people, { fields = { name = "string", age = { type = "integer", max = 150 } } })`);
      await run(page);
      await enter(page, 'people');
      await shows(page, '#home .about', /^index name: btree, unique, 1 entry$/);
      await click(page, '#home .schema summary');
      await shows(page, '#home .schema', /fields/);
    });

    test('a function that spans texts and comments is shown as it was written', async (t) => {
      const page = await its.open(t);
      const text = ['-- [[ not a', '_home.odd = function() --[==[ long', 'end ]] "', ']==] local s = [[', "it's", ']] return s, \'a\\\'b\', 0xFF, 1e-5, 3 .. 4', 'end'].join('\n');
      await write(page, text);
      await run(page);
      await enter(page, 'odd');
      await page.waitForFunction(() => document.querySelector('#home .source') !== null);
      const lines = await page.evaluate(() => Array.from(document.querySelectorAll('#home .source li'), (each) => each.textContent));
      assert.deepEqual(lines, text.split('\n').slice(1));
      const kinds = await page.evaluate(() => Array.from(document.querySelectorAll('#home .source span'), (each) => `${each.className.slice(5)} ${each.textContent}`));
      assert.ok(['comment end ]] "', "string it's", 'number 0xFF', 'number 1e-5', 'keyword return', "string 'a\\'b'"].every((each) => kinds.includes(each)), kinds.join('\n'));
    });

    test('another tab shows at once what is kept', async (t) => {
      const [one, two] = [await its.open(t), await its.open(t)];
      await write(one, '_home.shared = "from the first"');
      await run(one);
      await shows(two, '#home', /shared\s*"from the first"/);
      await write(two, '_home.shared = _home.shared .. " and the second"');
      await run(two);
      await shows(one, '#home', /"from the first and the second"/);
    });

    test('values that look like markup are text', async (t) => {
      const page = await its.open(t);
      await write(page, '_home["<img src=x onerror=hacked()>"] = "<b>bold</b>" print("<i>i</i>") return { ["<u>"] = "<script>" }');
      await run(page);
      await shows(page, '#home', /<img src=x onerror=hacked\(\)>/);
      assert.equal(await textOf(page, '#result .printed'), '<i>i</i>');
      assert.equal(await page.evaluate(() => document.querySelectorAll('#home img, #result i, #result u').length), 0);
    });

    test('text that turns letters around turns only its own, and what makes it do so is seen', async (t) => {
      const page = await its.open(t);
      const isWide = await resize(page, 1280, 800);
      await write(page, `local turned = "a\\u{202E}b"
        _home.users = { [turned] = { name = turned, ["n\\u{202E}m"] = 1 } }
        _home["שלום"] = "עולם"
        ext.index(_home.users, "n\\u{202E}m")
        return { { ["c\\u{2067}d"] = turned } }`);
      await run(page);
      await shows(page, '#result', /c\\u\{2067\}d\s+1\s+"a\\u\{202e\}b"/);
      await shows(page, '#home', /"שלום"\s*"עולם"/);
      assert.deepEqual(await page.evaluate(() => [...new Set(Array.from(document.querySelectorAll('#home .key, #home .step, #home .value'), (each) => getComputedStyle(each).unicodeBidi))]), ['isolate']);
      // The value is to the right of the key, whichever way their letters go.
      const [key, value] = await page.evaluate(() => ['"שלום"', '"עולם"'].map((text) => Array.from(document.querySelectorAll('#home .key, #home .value')).find(({ textContent }) => textContent === text).getBoundingClientRect().left));
      assert.ok(key < value || !isWide, `${key} ${value}`);
      await page.evaluate(() => Array.from(document.querySelectorAll('#home button')).find(({ textContent }) => textContent === 'users').click());
      await shows(page, '#home', /index n\\u\{202e\}m/);
      assert.match(await textOf(page, '#home'), /"a\\u\{202e\}b"/);
      await click(page, '#keep');
      await page.evaluate(() => {
        document.querySelector('#keeping input').value = 'kept\u202Ethen';
        document.querySelector('#keeping form').requestSubmit();
      });
      await shows(page, '#keeping .name', /^kept\\u\{202e\}then$/);
    });
  });
}
