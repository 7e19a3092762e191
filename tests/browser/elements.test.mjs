// <cu-playground> and <cu-home> in pages of others, whose Content-Security-Policy allows no more than they need.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { serve } from '../../scripts/serve/server.mjs';
import { folderSite } from '../../scripts/serve/sites.mjs';
import { engines } from './browser.mjs';
import { damage } from './playground.mjs';
import { SLOW, partText, told, until, withElements, workers } from './elements.mjs';

const run = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted).run().then(({ values }) => values, ({ message }) => message), selector);

/** Waits until the text of a part matches. */
const shows = (page, selector, part, pattern) => until(() => partText(page, selector, part), (text) => pattern.test(text), `${selector} ${part}`);

for (const engine of engines) {
  describe(`elements in ${engine.name}`, () => {
    const its = withElements({ engine });

    test('the text of an element is its script, without what indents it', async (t) => {
      const page = await its.open(t, `<cu-playground id="one"><pre>
          local sum = 0
          for i = 1, 3 do
            sum = sum + i
          end
          print("the sum")
          return sum, 0.5, "text", { 1, { a = true } }
        </pre></cu-playground>`);
      assert.deepEqual(await run(page, '#one'), [6, 0.5, 'text', [1, { a: true }]]);
      const [[name, id, values, printed]] = await told(page, 1);
      assert.deepEqual([name, id, values, printed], ['cu-result', 'one', [6, 0.5, 'text', [1, { a: true }]], 'the sum\n']);
      assert.equal(await page.evaluate(() => document.querySelector('#one').code.split('\n')[2]), '  sum = sum + i');
      assert.match(await partText(page, '#one', 'result'), /^the sum\s+1\s+6\s+2\s+0\.5\s+3\s+"text"/);
    });

    test('elements below each other do not touch, unless the page says so', async (t) => {
      const page = await its.open(t, '<cu-playground></cu-playground><cu-home></cu-home><cu-plot>{ "plot": "line", "y": [1] }</cu-plot><cu-plot class="close"></cu-plot><cu-plot class="close"></cu-plot>');
      const gaps = await page.evaluate(() => {
        // The page's policy allows no styles in its text.
        for (const each of document.querySelectorAll('.close')) each.style.margin = '0';
        const places = Array.from(document.querySelectorAll('cu-playground, cu-home, cu-plot'), (each) => each.getBoundingClientRect());
        return places.slice(1).map(({ top }, index) => Math.round(top - places[index].bottom));
      });
      assert.deepEqual(gaps, [16, 16, 16, 0]);
    });

    test('an element is readable text before it is one', async (t) => {
      const page = await its.open(t, '<cu-playground><pre>return "before"</pre></cu-playground>', { script: '' });
      assert.equal(await page.evaluate(() => document.querySelector('cu-playground').innerText.trim()), 'return "before"');
    });

    test('an element that the parser comes to after it is defined has its text, too', async (t) => {
      const page = await its.open(t, `${SLOW}<p id="defined"></p><script src="defined.js"></script><cu-playground id="one" run><pre>local x = 20
        </pre>${SLOW}<pre>return x + 1</pre></cu-playground>`, {
        script: '<script type="module" async src="elements.js"></script>',
        files: { 'slow.js': '', 'defined.js': 'document.getElementById("defined").textContent = String(customElements.get("cu-playground") !== undefined)' },
      });
      assert.deepEqual((await told(page, 1))[0].slice(0, 3), ['cu-result', 'one', [21]]);
      // Others wait for the parser before they run a module.
      if (engine.name === 'Chromium') assert.equal(await page.evaluate(() => document.getElementById('defined').textContent), 'true');
    });

    test('nothing is started before a script runs, and the editor comes when it is seen', async (t) => {
      const page = await its.open(t, '<cu-playground>return 1</cu-playground><div style="height: 300vh"></div><cu-playground id="below">return 2</cu-playground>',
        { headers: {} });
      await page.waitForFunction(() => document.querySelector('cu-playground').shadowRoot.querySelector('.cm-editor') !== null);
      const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name.split('/').pop()));
      assert.ok(!loaded.includes('cu.wasm') && !loaded.includes('cu_worker.js'), loaded.join());
      assert.equal(await page.evaluate(() => document.querySelector('#below').shadowRoot.querySelector('.cm-editor')), null);
      assert.deepEqual(await run(page, '#below'), [2]);
    });

    test('`run` runs it at once, `src` names its file, `code` its text', async (t) => {
      const page = await its.open(t, '<cu-playground id="file" src="script.lua" run></cu-playground><cu-playground id="text" code="return 2" run>return 3</cu-playground>',
        { files: { 'script.lua': 'return "of the file"' } });
      const all = await told(page, 2);
      assert.deepEqual(all.map(([, id, values]) => [id, values]).sort(), [['file', ['of the file']], ['text', [2]]]);
    });

    test('a file that is not there is said, with a way on', async (t) => {
      const page = await its.open(t, '<cu-playground id="one" src="nowhere.lua" run></cu-playground>');
      const [[name, , message]] = await told(page, 1);
      assert.equal(name, 'cu-error');
      assert.match(message, /nowhere\.lua: the server answered 404/);
      assert.match(await partText(page, '#one', 'result'), /nowhere\.lua: the server answered 404\s+Try again/);
      assert.equal((await told(page, 1)).length, 1);
    });

    test('an error has its line, and its promise is rejected', async (t) => {
      const page = await its.open(t, '<cu-playground id="one">local t\nprint(1)\nt.x = 1</cu-playground>');
      assert.match(await run(page, '#one'), /attempt to index a nil value \(local 't'\)$/);
      assert.deepEqual((await told(page, 1))[0], ['cu-error', 'one', "attempt to index a nil value (local 't')", '1\n', 3]);
      assert.match(await partText(page, '#one', 'result'), /Error\s+line 3/);
    });

    test('a script is stopped by the clock, by the button and by the element; another one of the same home goes on', async (t) => {
      const page = await its.open(t, `<cu-playground id="clock" home="shared" memory time-limit="100">while true do end</cu-playground>
        <cu-playground id="stopped" home="shared" memory time-limit="0">_home.kept = 1 while true do pcall(function() while true do end end) end</cu-playground>
        <cu-playground id="other" home="shared" memory>return _home.kept</cu-playground>`);
      assert.match(await run(page, '#clock'), /time limit/);
      const [message, values, took] = await page.evaluate(async () => {
        const [one, other] = ['#stopped', '#other'].map((id) => document.querySelector(id));
        const running = one.run().catch((error) => error.message);
        const waiting = new Promise((resolve) => { setTimeout(resolve, 200); }).then(() => other.run()).then((result) => result.values);
        await new Promise((resolve) => { setTimeout(resolve, 300); });
        const start = performance.now();
        one.shadowRoot.querySelector('[part~=stop]').click();
        return [await running, await waiting, performance.now() - start];
      });
      assert.match(message, /stopped/);
      assert.deepEqual(values, [1]);
      assert.ok(took < 1500, `${took} ms`);
      assert.match(await partText(page, '#stopped', 'result'), /^Stopped/);
    });

    test('elements have homes of their own, or share one by its name; globals are their own', async (t) => {
      const script = '_home.n = (_home.n or 0) + 1 g = (g or 0) + 1 return _home.n, g';
      const page = await its.open(t, ['<cu-playground id="a">', '<cu-playground id="b">', '<cu-playground id="c" home="both" memory>', '<cu-playground id="d" home="both" memory>']
        .map((tag) => `${tag}${script}</cu-playground>`).join(''));
      const results = [];
      for (const id of ['a', 'b', 'c', 'd', 'c', 'a']) results.push(await run(page, `#${id}`));
      assert.deepEqual(results, [[1, 1], [1, 1], [1, 1], [2, 1], [3, 2], [2, 2]]);
      assert.equal(await workers(page), 3);
    });

    test('what a named home keeps is there after a reload, closures too', async (t) => {
      const page = await its.open(t, '<cu-playground id="one" home="kept">if not _home.count then local n = 0 function _home.count() n = n + 1 return n end end return _home.count()</cu-playground>');
      assert.deepEqual(await run(page, '#one'), [1]);
      assert.match(await partText(page, '#one', 'figures'), /^kept on disk/);
      await page.reload();
      await page.waitForFunction(() => customElements.get('cu-playground') !== undefined);
      assert.deepEqual(await run(page, '#one'), [2]);
    });

    test('<cu-home> shows what is in a home, as it changes', async (t) => {
      const page = await its.open(t, '<cu-playground id="one" home="seen" memory>_home.users = { { name = "Ada" }, { name = "Alan" } } _home.n = (_home.n or 0) + 1</cu-playground><cu-home id="home" home="seen" memory></cu-home>');
      await shows(page, '#home', 'content', /^Nothing is kept yet/);
      await run(page, '#one');
      await shows(page, '#home', 'content', /users/);
      assert.match(await partText(page, '#home', 'content'), /n\s+1/);
      assert.equal(await partText(page, '#home', 'badge'), 'not kept');
      await run(page, '#one');
      await shows(page, '#home', 'content', /n\s+2/);
      await page.evaluate(() => Array.from(document.querySelector('#home').shadowRoot.querySelectorAll('.step')).find(({ textContent }) => textContent === 'users').click());
      await shows(page, '#home', 'content', /key\s+name\s+1\s+"Ada"\s+2\s+"Alan"/);
      assert.match(await partText(page, '#home', 'path'), /_home\s*›?\s*users/);
    });

    test('an element that is moved goes on; one that is taken out ends its worker', async (t) => {
      const page = await its.open(t, '<div id="there"></div><cu-playground id="one">n = (n or 0) + 1 return n</cu-playground>');
      assert.deepEqual(await run(page, '#one'), [1]);
      await page.evaluate(() => {
        const one = document.querySelector('#one');
        one.code += ', "written"';
        document.querySelector('#there').append(one);
      });
      assert.deepEqual(await run(page, '#one'), [2, 'written']);
      assert.equal(await workers(page), 1);
      await page.evaluate(() => { window.one = document.querySelector('#one'); window.one.remove(); });
      await until(() => workers(page), (count) => count === 0, 'workers');
      assert.match(await page.evaluate(() => window.one.run().catch(({ message }) => message)), /only while it is in a document/);
      // Put back, it is as it was written; its home was in memory, and is a new one.
      await page.evaluate(() => document.querySelector('#there').append(window.one));
      assert.deepEqual(await run(page, '#one'), [1, 'written']);
    });

    /** Its promise was rejected with "Cannot read properties of undefined". */
    test('a script whose element is taken out before it began says so', async (t) => {
      const page = await its.open(t, '<cu-playground id="one" memory home="both">return 1</cu-playground><cu-playground id="two" memory home="both">return 2</cu-playground>');
      for (const script of ['return 3', '_io.output = 3', 'while true do end']) {
        assert.deepEqual(await run(page, '#one'), [1]);
        assert.deepEqual(await run(page, '#two'), [2]);
        const said = await page.evaluate((text) => {
          const one = document.querySelector('#one');
          one.code = text;
          const ran = one.run().then(() => 'it ran', ({ message }) => message);
          one.remove();
          return ran;
        }, script);
        assert.equal(said, 'the element left its home', script);
        await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<cu-playground id="one" memory home="both">return 1</cu-playground>'));
      }
    });

    test('a hundred elements that come and go, running or not, leave no worker', async (t) => {
      const page = await its.open(t, '<div id="place"></div>');
      await page.evaluate(async () => {
        const place = document.querySelector('#place');
        for (let number = 0; number < 100; number++) {
          const made = document.createElement(number % 4 === 3 ? 'cu-home' : 'cu-playground');
          made.code = number % 2 === 0 ? 'while true do end' : 'return 1';
          if (number % 3 === 0) made.setAttribute('home', 'together');
          if (number % 3 === 0) made.setAttribute('memory', '');
          place.append(made);
          const running = made.run === undefined ? undefined : made.run().catch(() => {});
          // At different moments of its start.
          await new Promise((resolve) => { setTimeout(resolve, number % 10 * 8); });
          if (number % 2 === 1 && running !== undefined) await running;
          made.remove();
        }
      });
      await until(() => workers(page), (count) => count === 0, 'workers');
    });

    test('a worker that does not answer is replaced, and a home of memory is what it was after the last run', async (t) => {
      const page = await its.open(t, '<cu-playground id="one">_home.n = (_home.n or 0) + 1 return _home.n</cu-playground>');
      assert.deepEqual(await run(page, '#one'), [1]);
      const message = await page.evaluate(async () => {
        const { postMessage } = MessagePort.prototype;
        MessagePort.prototype.postMessage = function post(...args) {
          // As if the worker were busy with something that never ends.
          if (!window.isDeaf) postMessage.apply(this, args);
        };
        const one = document.querySelector('#one');
        window.isDeaf = true;
        const running = one.run().catch((error) => error.message);
        setTimeout(() => { window.isDeaf = false; }, 500);
        await new Promise((resolve) => { setTimeout(resolve, 100); });
        await one.stop();
        return running;
      });
      assert.match(message, /stopped/);
      assert.deepEqual(await run(page, '#one'), [2]);
    });

    test('without the file of the editor a text field goes on', async (t) => {
      const page = await its.open(t, '<cu-playground id="one">return 1</cu-playground>', { files: { 'elements_editor.js': null } });
      await page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('elements_editor.js')));
      await page.evaluate(() => { document.querySelector('#one').shadowRoot.querySelector('textarea').value = 'return 2'; });
      assert.deepEqual(await run(page, '#one'), [2]);
    });

    for (const name of ['cu.wasm', 'cu_worker.js']) {
      test(`without ${name} an element says so, and tries again when it is asked`, async (t) => {
        const page = await its.open(t, '<cu-playground id="one">return 1</cu-playground>', { files: { [name]: null } });
        assert.match(await run(page, '#one'), name === 'cu.wasm' ? /cu\.wasm: the server answered 404/ : /the worker cannot be started/);
        const text = await partText(page, '#one', 'result');
        assert.match(text, /(Try again|Reload)/);
        its.put(name, undefined);
        assert.deepEqual(await run(page, '#one'), [1]);
        assert.equal(await workers(page), 1);
      });
    }

    test('a damaged home is left as it is until the reader chooses, and can be repaired', async (t) => {
      const page = await its.open(t, '<cu-playground id="one" home="damaged">_home.kept = "still here" return 1</cu-playground><cu-home home="damaged"></cu-home>');
      assert.deepEqual(await run(page, '#one'), [1]);
      const url = await page.evaluate(() => location.href);
      await page.goto(new URL('listen.js', url).href);
      await damage(page, 'damaged');
      await page.goto(url);
      await shows(page, 'cu-home', 'content', /^What was kept is damaged/);
      await page.evaluate(() => { document.querySelector('#one').code = 'return "again"'; });
      assert.match(await run(page, '#one'), /damaged/);
      assert.match(await partText(page, '#one', 'result'), /^What was kept is damaged[^]*Repair\s+Go on without it$/);
      await page.evaluate(() => Array.from(document.querySelector('#one').shadowRoot.querySelectorAll('.choices button')).find(({ textContent }) => textContent === 'Repair').click());
      await shows(page, '#one', 'result', /"again"/);
      await shows(page, 'cu-home', 'badge', /^kept/);
      await page.evaluate(() => { document.querySelector('cu-home').refresh(); });
      await shows(page, 'cu-home', 'pages', /entr/);
    });

    test('an element that leaves a shared home while its script runs does not hold the others up', async (t) => {
      const page = await its.open(t, '<cu-playground id="one" home="left" memory time-limit="0">while true do end</cu-playground><cu-playground id="two" home="left" memory>return 2</cu-playground>');
      const said = await page.evaluate(async () => {
        const [one, two] = ['#one', '#two'].map((id) => document.querySelector(id));
        const results = [(await two.run()).values[0]];
        const running = one.run().catch(({ message }) => message);
        await new Promise((resolve) => { setTimeout(resolve, 100); });
        one.home = 'another';
        results.push(await running, (await two.run()).values[0]);
        return results;
      });
      assert.deepEqual(said, [2, 'the element left its home', 2]);
    });

    test('what a script removed is freed a second later', async (t) => {
      const page = await its.open(t, '<cu-playground id="one" home="freed">_home.t = {} for i = 1, 50 do _home.t[i] = { ("x"):rep(1000) } end</cu-playground>');
      const sizeOf = () => page.evaluate(async () => (await (await document.querySelector('#one').place.look()).store.snapshot()).length);
      await run(page, '#one');
      const full = await sizeOf();
      assert.ok(full > 50_000, `${full}`);
      await page.evaluate(() => { document.querySelector('#one').code = '_home.t = nil'; });
      await run(page, '#one');
      await until(sizeOf, (size) => size < full - 50_000, `of ${full}`);
    });

    test('attributes that change are followed', async (t) => {
      const page = await its.open(t, '<cu-playground id="one">return 1</cu-playground>');
      const said = await page.evaluate(async () => {
        const one = document.querySelector('#one');
        const values = async () => (await one.run()).values[0];
        const results = [await values()];
        one.setAttribute('code', 'return 2');
        results.push(await values());
        one.readonly = true;
        results.push(await values(), one.shadowRoot.querySelector('textarea, .cm-editor'));
        one.readonly = false;
        one.code = '_home.x = 3 return _home.x';
        results.push(await values());
        one.home = 'changed';
        one.memory = true;
        one.code = 'return _home.x';
        results.push(await values(), one.timeLimit);
        one.setAttribute('time-limit', 'soon');
        results.push(one.timeLimit);
        one.timeLimit = 0;
        results.push(one.timeLimit);
        return results;
      });
      assert.deepEqual(said, [1, 2, 2, null, 3, null, 5000, 5000, 0]);
      await until(() => workers(page), (count) => count === 1, 'workers');
    });

    test('scripts call what the page offers, and properties may be set before the element is one', async (t) => {
      const page = await its.open(t, '<cu-playground id="one">return host.page.double(21)</cu-playground>', { script: '' });
      const values = await page.evaluate(async () => {
        const one = document.querySelector('#one');
        one.functions = { page: { double: (number) => number * 2 } };
        await import('./elements.js');
        return (await one.run()).values;
      });
      assert.deepEqual(values, [42]);
    });

    test('plots, tables and values that a script puts out are shown; one that cannot be drawn says why', async (t) => {
      const page = await its.open(t, `<cu-playground id="one">_io.output = {
        { plot = "line", title = "Waves", x_label = "t", series = { { name = "a", y = { 1, 0/0, 3 } }, { name = "b", y = { 2, 5, -1 } } } },
        { plot = "bar", x = { "x", "y" }, y = { 1, 2.5 } },
        { { name = "Ada" } },
        { plot = "points", y = { 1, "2" } },
        { plot = "points", y = {} },
      }</cu-playground><cu-plot id="json">{ "plot": "points", "y": [1, null, 2] }</cu-plot><cu-plot id="broken">{ "plot": </cu-plot><cu-plot id="fed"></cu-plot>`);
      await run(page, '#one');
      await until(() => page.evaluate(() => document.querySelector('#one').shadowRoot.querySelectorAll('.plot svg[role=img]').length), (count) => count === 3, 'plots');
      const labels = await page.evaluate(() => Array.from(document.querySelector('#one').shadowRoot.querySelectorAll('.plot svg[role=img]'), (each) => each.getAttribute('aria-label')));
      assert.deepEqual(labels, [
        'Line of Waves. a: 2 values, lowest 1 at 1, highest 3 at 3; b: 3 values, lowest -1 at 3, highest 5 at 2',
        'Bars. 2 values, lowest 1 at x, highest 2.5 at y',
        'Points. no values',
      ]);
      const text = await partText(page, '#one', 'result');
      assert.match(text, /name\s+1\s+"Ada"/);
      assert.match(text, /This cannot be drawn\s+y\[2\] is "2"; wanted is a number/);
      await page.evaluate(() => { document.querySelector('#one').shadowRoot.querySelector('.numbers').open = true; });
      await shows(page, '#one', 'result', /t\s+a\s+b\s+1\s+1\s+2\s+2\s+–\s+5\s+3\s+3\s+-1/);
      assert.match(await partText(page, '#broken', 'base'), /^This cannot be drawn/);
      const drawn = await page.evaluate(() => {
        document.querySelector('#fed').data = { plot: 'bar', y: new Float32Array([1, 2, 3]) };
        return ['#json', '#fed'].map((id) => document.querySelector(id).shadowRoot.querySelectorAll('svg[role=img] circle, svg[role=img] rect').length);
      });
      assert.deepEqual(drawn, [2, 3]);
    });

    /** Times in milliseconds were drawn at no place at all, and times in seconds all had the label 1.7B; a long title made the page 40 times as wide. */
    test('a plot of numbers that hardly differ, and of long texts, has labels that are read within its width', async (t) => {
      const long = 'x'.repeat(5000);
      const page = await its.open(t, '<cu-plot id="a"></cu-plot><cu-plot id="b"></cu-plot><cu-plot id="c">{ "plot": "line", "y": [] }</cu-plot>');
      await page.evaluate((text) => {
        document.getElementById('a').data = { plot: 'line', x: [1.7e12, 1.7e12 + 1], y: [1.7e9, 1.7e9 + 60] };
        document.getElementById('b').data = { plot: 'bar', title: text, x_label: text, y_label: text, series: [{ name: text, x: [text, 'b'], y: [1, 2] }] };
      }, long);
      // The width of a page comes to it a moment later.
      await until(() => page.evaluate(() => Array.from(document.querySelectorAll('cu-plot'), ({ shadowRoot }) => shadowRoot.querySelector('svg[role=img]').getAttribute('width'))), (widths) => !widths.includes('600'), 'widths');
      const found = await page.evaluate(() => ({
        isWide: document.documentElement.scrollWidth > innerWidth,
        labels: Array.from(document.getElementById('a').shadowRoot.querySelectorAll('text'), ({ textContent }) => textContent),
        outside: Array.from(document.querySelectorAll('cu-plot'), ({ shadowRoot }) => {
          const { left, right } = shadowRoot.querySelector('svg[role=img]').getBoundingClientRect();
          return Array.from(shadowRoot.querySelectorAll('svg[role=img] text')).filter((each) => each.getBoundingClientRect().left < left - 1 || each.getBoundingClientRect().right > right + 1).length;
        }),
        drawn: document.getElementById('a').shadowRoot.querySelector('svg[role=img] path').getAttribute('d'),
        nothing: document.getElementById('c').shadowRoot.querySelector('svg[role=img]').textContent,
      }));
      assert.equal(found.isWide, false);
      assert.deepEqual(found.outside, [0, 0, 0]);
      assert.equal(new Set(found.labels).size, found.labels.length, found.labels.join(' '));
      assert.ok(found.labels.includes('1700000020') && found.labels.includes('1700000000000'), found.labels.join(' '));
      assert.match(found.drawn, /^M[\d.]+ [\d.]+L[\d.]+ [\d.]+$/);
      assert.match(found.nothing, /no values/);
    });

    test('the output of one run is not that of the next', async (t) => {
      const page = await its.open(t, '<cu-playground id="one">_io.output = { plot = "bar", y = { 1 } }</cu-playground>');
      await run(page, '#one');
      const next = await page.evaluate(async () => {
        const one = document.querySelector('#one');
        const { output } = one.result;
        one.code = '-- nothing of _io';
        await one.run();
        return [output.y, one.result.output === undefined];
      });
      assert.deepEqual(next, [[1], true]);
    });

    test('the files may be on another origin, which the policy names', async (t) => {
      const other = await serve({ sites: [folderSite(its.folder)], headers: { 'access-control-allow-origin': '*' } });
      t.after(() => other.close());
      const { origin } = new URL(other.url);
      const policy = `default-src 'none'; script-src 'self' ${origin} 'wasm-unsafe-eval'; worker-src blob:; connect-src ${origin}; img-src data:`;
      const page = await its.open(t, '<cu-playground id="one" run>return "from elsewhere"</cu-playground>', {
        script: `<script type="module" crossorigin src="${other.url}elements.js"></script>`, headers: { 'Content-Security-Policy': policy },
      });
      assert.deepEqual((await told(page, 1))[0].slice(0, 3), ['cu-result', 'one', ['from elsewhere']]);
    });

    test('values that look like markup are text', async (t) => {
      const script = 'print("<i>i</i>") _home["<u>u</u>"] = "<b>b</b>" return "<img src=x>"'.replaceAll('<', '&lt;');
      const page = await its.open(t, `<cu-playground id="one" home="&lt;b&gt;" memory>${script}</cu-playground><cu-home home="&lt;b&gt;" memory></cu-home>`);
      await run(page, '#one');
      await shows(page, 'cu-home', 'content', /<b>b<\/b>/);
      assert.equal(await page.evaluate(() => Array.from(document.querySelectorAll('cu-playground, cu-home'), ({ shadowRoot }) => shadowRoot.querySelectorAll('i, u, img').length).join()), '0,0');
    });
  });

  describe(`elements in ${engine.name}, where pages may store nothing`, () => {
    const its = withElements({ engine, options: { isDenied: true } });

    test('a named home is in memory, and the elements say so', async (t) => {
      const page = await its.open(t, '<cu-playground id="one" home="named">_home.n = 1 return _home.n</cu-playground><cu-home home="named"></cu-home>');
      assert.deepEqual(await run(page, '#one'), [1]);
      await shows(page, 'cu-home', 'badge', /^not kept$/);
      await shows(page, 'cu-home', 'content', /n\s+1/);
      assert.match(await partText(page, '#one', 'figures'), /^done/);
    });
  });
}
