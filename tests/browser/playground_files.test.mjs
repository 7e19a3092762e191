// The playground: links, snapshots, files, and all that comes in broken. Each has a message and a way on.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engines } from './browser.mjs';
import { choose, click, damage, isReady, run, shows, textOf, withPlayground, write } from './playground.mjs';

/** Gives the page a file, as one that a reader chose or dropped. */
const give = (page, bytes, name) => page.evaluate(async ([content, called]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(content)], called));
  window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
}, [Array.from(bytes), name]);

/** What Export makes. */
const exported = (page) => page.evaluate(async () => {
  let made;
  const make = URL.createObjectURL;
  URL.createObjectURL = (blob) => { made = blob; return make.call(URL, blob); };
  HTMLAnchorElement.prototype.click = () => {};
  Array.from(document.querySelectorAll('.keeping button')).find(({ textContent }) => textContent === 'Export').click();
  while (made === undefined) await new Promise((resolve) => { setTimeout(resolve, 5); });
  return Array.from(new Uint8Array(await made.arrayBuffer()));
});

const returned = '.returned .value';

/** The script in the editor. */
const script = (page) => page.evaluate(() => Array.from(document.querySelectorAll('.cm-line'), ({ textContent }) => textContent).join('\n'));

/** Whether a text is anywhere in the databases of the page, in any of its bytes. */
async function found(text) {
  const isIn = (value) => {
    if (typeof value === 'string') return value.includes(text);
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return new TextDecoder('latin1').decode(value).includes(text);
    return typeof value === 'object' && value !== null && Object.values(value).some(isIn);
  };
  let rows = 0;
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise((resolve) => { indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result); });
    for (const store of database.objectStoreNames) {
      const all = await new Promise((resolve) => { database.transaction(store).objectStore(store).getAll().onsuccess = ({ target }) => resolve(target.result); });
      rows += all.length;
      if (all.some(isIn)) {
        database.close();
        return true;
      }
    }
    database.close();
  }
  if (rows === 0) throw new Error('there is nothing in the databases');
  return false;
}

async function compute(page, code) {
  await write(page, code);
  await run(page);
  assert.equal(await textOf(page, '#result .error'), undefined);
  return textOf(page, returned);
}

for (const engine of engines) {
  describe(`what comes into the playground in ${engine.name}`, () => {
    const its = withPlayground({ engine });

    test('a link brings the script, and does not run it', async (t) => {
      const page = await its.open(t);
      const text = '_home.ran = "ünïcode ✓"\nreturn _home.ran';
      await write(page, text);
      await click(page, '#share');
      await page.waitForFunction(() => location.hash !== '');
      const hash = await page.evaluate(() => location.hash);
      const other = await its.open(t, hash);
      assert.equal(await script(other), text);
      assert.equal(await textOf(other, '#result'), 'Run the script to see what it prints and returns.');
      assert.equal(await compute(other, 'return tostring(_home.ran)'), '"nil"');
    });

    /** A browser does not load a page again for another fragment: nothing happened. And who had the notebook last saw that, and no script. */
    test('a link that is followed in an open page is offered, and shown also by who had the notebook last', async (t) => {
      const page = await its.open(t);
      await write(page, 'print("shared")');
      await click(page, '#share');
      await shows(page, '.notice', /link/);
      const hash = await page.evaluate(() => location.hash);
      await write(page, 'print("mine")');
      await page.evaluate(() => { history.replaceState(null, '', '#'); });
      const follow = (fragment) => page.evaluate((chosen) => { location.hash = chosen; }, fragment);
      await follow(hash.slice(0, -2));
      await shows(page, '#notices', /This link is broken\s.*the script here stays/s);
      await follow(hash);
      await shows(page, '#notices', /This link has a script/);
      assert.equal(await textOf(page, '.cm-content'), 'print("mine")');
      await page.evaluate(() => Array.from(document.querySelectorAll('.notice button')).find(({ textContent }) => textContent === 'Show it').click());
      await shows(page, '.cm-content', /^print\("shared"\)$/);
      await click(page, '#notebook');
      await page.waitForFunction(() => document.body.classList.contains('in-notebook'));
      const next = await its.open(t, hash);
      await next.waitForFunction(() => !document.body.classList.contains('in-notebook'));
      assert.equal(await textOf(next, '.panel.script .cm-content'), 'print("shared")');
    });

    test('a link that was cut says so, and leaves an example', async (t) => {
      const page = await its.open(t, '#1.35d.9ee8181d.hVNda9swFH3Xrzg');
      await shows(page, '.notice', /^This link is broken/);
      assert.match(await script(page), /^-- A function that remembers/);
      assert.equal(await page.evaluate(() => document.getElementById('run').disabled), false);
    });

    test('a snapshot is loaded again, and what it replaced can be had back', async (t) => {
      const page = await its.open(t);
      await compute(page, '_home.state = "first"');
      await click(page, '#keep');
      await page.evaluate(() => {
        document.querySelector('.keeping input').value = 'mine';
        document.querySelector('.keeping form').requestSubmit();
      });
      await shows(page, '.snapshots', /mine/);
      await compute(page, '_home.state = "second" gone = true');
      await click(page, '[aria-label="Load mine"]');
      await shows(page, '.notice', /is that of “mine”/);
      assert.equal(await compute(page, 'return _home.state'), '"first"');
      assert.equal(await compute(page, 'return tostring(gone)'), '"nil"');
      await click(page, '[aria-label="Load before the last change"]');
      await shows(page, '.notice', /is that of “before the last change”/);
      assert.equal(await compute(page, 'return _home.state'), '"second"');
      await click(page, '#reset');
      await shows(page, '#home', /^Nothing is kept yet/);
      await click(page, '[aria-label="Delete mine"]');
      await page.waitForFunction(() => !document.querySelector('.snapshots').innerText.includes('mine'));
    });

    test('an exported home is imported; one that was cut or changed changes nothing', async (t) => {
      const page = await its.open(t);
      await compute(page, 'local n = 41 function _home.next() n = n + 1 return n end _home.state = "exported"');
      const file = await exported(page);
      await compute(page, '_home.state = "later" _home.next = nil');
      const broken = [['empty', []], ['a text', Array.from(new TextEncoder().encode('{"name": "cu"}'))], ['cut', file.slice(0, file.length >> 1)],
        ['longer', [...file, 0]], ['changed', file.map((byte, index) => (index === file.length - 40 ? byte ^ 1 : byte))]];
      for (const [name, bytes] of broken) {
        await give(page, bytes, name);
        await shows(page, '.notice.warning', /^That is no file of this page/);
        assert.equal(await compute(page, 'return _home.state'), '"later"', name);
        await click(page, '.notice.warning .close');
      }
      await give(page, file, 'home.cu');
      await shows(page, '.notice', /is that of home.cu/);
      assert.equal(await compute(page, 'return _home.state'), '"exported"');
      assert.equal(await compute(page, 'return _home.next()'), '42');
    });

    test('a passphrase encrypts the home with its snapshots, and opens it again', async (t) => {
      const page = await its.open(t);
      const secret = 'a secret nobody may read';
      await compute(page, `_home.secret = "${secret}" function _home.tell() return _home.secret end`);
      await click(page, '#keep');
      await page.evaluate(() => {
        document.querySelector('.keeping input').value = 'with the secret';
        document.querySelector('.keeping form').requestSubmit();
      });
      await shows(page, '.snapshots', /with the secret/);
      const enter = (passphrase) => page.evaluate((word) => {
        document.getElementById('passphrase').value = word;
        document.querySelector('dialog form').requestSubmit();
      }, passphrase);
      const isAsked = () => page.waitForFunction(() => document.querySelector('dialog').open);
      assert.equal(await page.evaluate(found, secret), true);
      await click(page, '#encrypt');
      await isAsked();
      await enter('correct horse');
      await shows(page, '.notice', /^The home is encrypted/);
      assert.match(await textOf(page, '#storage'), /encrypted$/);
      assert.equal(await compute(page, 'return _home.tell()'), `"${secret}"`);
      assert.equal(await page.evaluate(found, secret), false);

      await page.reload();
      await page.waitForFunction(() => document.querySelector('dialog')?.open);
      await enter('incorrect horse');
      await shows(page, '.notice.error', /^That is not the passphrase/);
      await click(page, '.notice.error .primary');
      await isAsked();
      await enter('correct horse');
      await isReady(page);
      assert.equal(await compute(page, 'return _home.tell()'), `"${secret}"`);
      await compute(page, '_home.secret = "other"');
      await click(page, '#keep');
      await page.waitForFunction(() => document.querySelector('[aria-label="Load with the secret"]') !== null);
      await click(page, '[aria-label="Load with the secret"]');
      await shows(page, '.notice', /is that of “with the secret”/);
      assert.equal(await compute(page, 'return _home.tell()'), `"${secret}"`);
      assert.equal(await page.evaluate(found, secret), false);
      await page.evaluate(() => { localStorage.clear(); });
    });

    test('a damaged home is left as it is until the reader chooses, and can be repaired', async (t) => {
      const page = await its.open(t);
      await compute(page, '_home.kept = "still here"');
      // Another page of the origin, so that the database is open nowhere else.
      await page.goto(`${its.server.url}some/where/icon.svg`);
      await damage(page, 'cu-playground');
      const again = await its.open(t);
      await shows(again, '.notice.error', /^What was kept is damaged/);
      await again.reload();
      await isReady(again);
      await shows(again, '.notice.error', /^What was kept is damaged/);
      await click(again, '.notice.error .primary');
      await again.waitForFunction(() => !document.getElementById('run').disabled);
      assert.equal(await compute(again, 'return 1 + 1'), '2');
      await again.reload();
      await isReady(again);
      assert.equal(await textOf(again, '.notice.error'), undefined);
    });
  });

  describe(`the playground in ${engine.name}, under a policy`, () => {
    // docs/playground.md names it.
    const policy = "default-src 'none'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' blob:";
    const its = withPlayground({ engine, headers: { 'Content-Security-Policy': policy } });

    test('scripts run, wait for requests, are stopped, and nothing is refused', async (t) => {
      const page = await its.open(t);
      await page.evaluate(() => {
        window.refused = [];
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => window.refused.push(`${violatedDirective} ${blockedURI}`));
      });
      assert.equal(await compute(page, '_home.n = #host.http.get("cities.csv") return _home.n'), '213');
      await write(page, 'while true do end');
      await page.evaluate(() => {
        const limit = document.getElementById('limit');
        limit.value = '0';
        limit.dispatchEvent(new Event('change'));
        document.getElementById('run').click();
        setTimeout(() => document.getElementById('stop').click(), 100);
      });
      await shows(page, '#result .error', /^Stopped/);
      assert.equal(await compute(page, 'return _home.n'), '213');
      assert.deepEqual(await page.evaluate(() => window.refused), []);
    });

    test('a script asks no other server', async (t) => {
      const page = await its.open(t);
      await write(page, 'host.http.get("https://example.org/")');
      await run(page);
      assert.match(await textOf(page, '#result .error .message'), /^host\.http\.get: https:\/\/example\.org\/: scripts here may ask http:\/\/127\.0\.0\.1:\d+ only$/);
    });
  });

  describe(`the playground in ${engine.name}, where there is little room`, () => {
    const its = withPlayground({ engine, options: (origin) => ({ quota: { origin, bytes: 800_000 } }) });

    test('what does not fit is said, and can be exported', async (t) => {
      const page = await its.open(t);
      await compute(page, '_home.first = "kept"');
      await write(page, `_home.many = {}
        for i = 1, 1200 do
          local t = {}
          for j = 1, 250 do t[j] = string.char(math.random(33, 126), math.random(33, 126), math.random(33, 126), math.random(33, 126)) end
          _home.many[i] = table.concat(t)
        end`);
      await choose(page, 'limit', '60000');
      await run(page);
      assert.match(await textOf(page, '#result .error, .notice.error'), /^The browser has no more room/);
      // All of it can be had as a file.
      await click(page, '#keep');
      assert.ok((await exported(page)).length > 1_200_000);
    });
  });

  describe(`the playground in ${engine.name}, where pages may store nothing`, () => {
    const its = withPlayground({ engine, options: { isDenied: true } });

    test('a worker that does not answer is replaced, and the home of memory is what it was after the last run', async (t) => {
      const page = await its.open(t);
      assert.equal(await compute(page, '_home.n = 7 return _home.n'), '7');
      await page.evaluate(() => {
        const { postMessage } = MessagePort.prototype;
        MessagePort.prototype.postMessage = function post(...args) {
          // As if the worker were busy with something that never ends.
          if (!window.isDeaf) postMessage.apply(this, args);
        };
        window.isDeaf = true;
      });
      await write(page, 'return 1');
      await page.evaluate(() => document.getElementById('run').click());
      await page.waitForFunction(() => !document.getElementById('stop').hidden);
      await page.evaluate(() => { setTimeout(() => { window.isDeaf = false; }, 500); });
      await click(page, '#stop');
      await shows(page, '#result .error', /^(Stopped|Lua was started anew)/);
      await page.waitForFunction(() => !document.getElementById('run').disabled);
      await shows(page, '#home', /^n\s*7$/);
      assert.equal(await compute(page, 'return _home.n'), '7');
    });

    test('everything works until the page is closed, and the page says so', async (t) => {
      const page = await its.open(t);
      await shows(page, '.notice.warning', /^Nothing is kept here/);
      assert.equal(await textOf(page, '#storage'), 'not kept');
      assert.equal(await compute(page, '_home.n = 1 return _home.n'), '1');
      await shows(page, '#home', /^n\s*1$/);
      await click(page, '#keep');
      await click(page, '#reset');
      await shows(page, '#home', /^Nothing is kept yet/);
      await click(page, '[aria-label="Load before the last change"]');
      await shows(page, '#home', /^n\s*1$/);
    });
  });
}
