// The playground without its server, and with a server that has another version meanwhile: everything works, and nothing is of two versions.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { buildPlayground } from '../../scripts/playground.mjs';
import { serve } from '../../scripts/serve/server.mjs';
import { folderSite, repositorySite } from '../../scripts/serve/sites.mjs';
import { engines, newProfile } from './browser.mjs';
import { choose, click, isReady, run, runExamples, shows, textOf, write } from './playground.mjs';

const PATH = '/deep/below/';
/** What most static hosts send, at worst: browsers may keep each file for a while, also one of an old version. */
const HEADERS = { 'Cache-Control': 'max-age=600' };

/** Each file of a version says of which it is. */
const banner = (number) => ({ banner: { js: `(self.builds = self.builds || []).push(${number});`, css: `/* ${number} */` } });

/** A server that can be stopped, has a version at a time, and may fail at files. */
class Server {
  async start() {
    const site = async (path) => {
      if (!path.startsWith(PATH)) return undefined;
      const name = path.slice(PATH.length - 1);
      this.asked.push(name);
      const answer = await (this.failing(name) ?? folderSite(this.folder)(name));
      return answer && { ...answer, headers: this.headers };
    };
    this.running = await serve({ sites: [site], port: this.port ?? 0 });
    this.port = Number(new URL(this.running.url).port);
  }

  constructor() {
    this.reset();
  }

  reset() {
    this.asked = [];
    this.failing = () => undefined;
    this.headers = HEADERS;
  }

  get url() {
    return `http://127.0.0.1:${this.port}${PATH}`;
  }

  async stop() {
    const { running } = this;
    this.running = undefined;
    if (running !== undefined) await running.close();
  }
}

/** The service worker of a version has all of it, and answers this page. */
const isKept = (page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

const builds = (page) => page.evaluate(() => [...new Set(self.builds)]);
const cacheNames = (page) => page.evaluate(() => caches.keys());
/** Undefined where the page is replaced meanwhile: some drivers then wait for its answer for ever. */
const asked = (page, what, argument) => Promise.race([page.evaluate(what, argument).catch(() => undefined), new Promise((resolve) => { setTimeout(resolve, 3000); })]);
/** The page is left with it. */
const takeNewVersion = (page) => click(page, '.notice.update .primary').catch(() => {});
/** What a browser does by itself now and then. */
const update = (page) => asked(page, async () => { await (await navigator.serviceWorker.ready).update().catch(() => {}); });

/** Drivers wait for no promise in `waitForFunction`. */
async function until(page, isSo, argument) {
  const end = Date.now() + 20_000;
  while (!await asked(page, isSo, argument)) {
    if (Date.now() > end) throw new Error(`not so after 20 seconds: ${isSo}`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

/** A part that is loaded only now. */
async function useMore(page) {
  await page.evaluate(() => { document.getElementById('share').click(); });
  await page.waitForFunction(() => location.hash !== '');
  return builds(page);
}

for (const engine of engines) {
  describe(`the playground without a server in ${engine.name}`, () => {
    const server = new Server();
    const folders = [];
    let profile;
    let browser;

    before(async () => {
      for (const number of [1, 2]) {
        folders[number] = `${await mkdtemp(join(tmpdir(), 'cu-playground-'))}/`;
        await buildPlayground(folders[number], banner(number));
      }
    });
    after(async () => {
      for (const folder of folders.slice(1)) await rm(folder, { recursive: true, force: true });
    });
    afterEach(async () => {
      await browser.close();
      await profile.remove();
      await server.stop();
    });

    /** A browser that was never here, and a page of version 1 that is kept. */
    async function visit(options, headers = HEADERS) {
      server.reset();
      server.headers = headers;
      server.port = undefined;
      server.folder = folders[1];
      await server.start();
      profile = await newProfile();
      browser = await engine.launch(profile, options);
      return open();
    }

    async function open() {
      const page = await browser.newPage();
      await page.goto(server.url);
      await isReady(page);
      return page;
    }

    async function reloadWithoutServer(page) {
      await server.stop();
      await page.reload();
      await isReady(page);
    }

    test('after one visit everything works without the server', async () => {
      const page = await visit();
      await isKept(page);
      await write(page, 'local n = 0 function _home.count() n = n + 1 return n end return _home.count()');
      await run(page);
      await reloadWithoutServer(page);
      await write(page, 'return _home.count()');
      await run(page);
      assert.equal(await textOf(page, '.returned .value'), '2');
      await runExamples(page);
      await useMore(page);
      // Its styles had another name than that under which they were kept.
      await click(page, '#notebook');
      await page.waitForFunction(() => document.body.classList.contains('in-notebook'));
      await click(page, '#notebook');
      await click(page, '#keep');
      await click(page, '#encrypt');
      await page.waitForFunction(() => document.querySelector('dialog').open);
      await page.evaluate(() => {
        document.getElementById('passphrase').value = 'correct horse';
        document.querySelector('dialog form').requestSubmit();
      });
      // A key takes its time, and so do the ten thousand rows of an example.
      await shows(page, '#storage', /encrypted$/);
      await shows(page, '.notice', /^The home is encrypted/);
      await page.evaluate(() => { localStorage.clear(); });
    });

    test('a script that asks the server for more says that it does not answer', async () => {
      const page = await visit();
      await isKept(page);
      await reloadWithoutServer(page);
      await write(page, 'return host.http.get("other.csv")');
      await run(page);
      assert.match(await textOf(page, '#result .error .message'), /^host\.http\.get: other\.csv: the server does not answer; it needs a network that reaches 127\.0\.0\.1:\d+$/);
      // The script can do something about it.
      await write(page, 'local ok, why = pcall(host.http.get, "other.csv") return ok');
      await run(page);
      assert.equal(await textOf(page, '.returned .value'), 'false');
    });

    test('a new version waits for the reader, who loses nothing, and pages of the old one go on with their own files', async () => {
      const page = await visit();
      const other = await open();
      await isKept(page);
      await write(page, '-- mine\nreturn 1');
      server.folder = folders[2];
      await update(page);
      await shows(page, '.notice.update', /^A new version is there/);
      await shows(other, '.notice.update', /^A new version is there/);
      // The old one goes on, with parts that it never had, and a new worker.
      assert.deepEqual(await useMore(other), [1]);
      await choose(other, 'limit', '60000');
      await write(other, 'while true do pcall(function() while true do end end) end');
      await other.evaluate(() => document.getElementById('run').click());
      await other.waitForFunction(() => !document.getElementById('stop').hidden);
      await page.bringToFront?.();
      await takeNewVersion(page);
      await until(page, () => self.builds !== undefined && self.builds[0] === 2);
      await isReady(page);
      assert.match(await page.evaluate(() => document.querySelector('.cm-content').innerText), /^-- mine/);
      assert.deepEqual(await useMore(page), [2]);
      // The script in the other tab runs until it is stopped.
      await other.bringToFront?.();
      assert.equal(await other.evaluate(() => document.getElementById('stop').hidden), false);
      await click(other, '#stop');
      await shows(other, '#result .error', /^Stopped/);
      await write(other, 'return "old"');
      await run(other);
      assert.equal(await textOf(other, '.returned .value'), '"old"');
      assert.deepEqual(await builds(other), [1]);
      assert.equal((await cacheNames(page)).length, 2);
      await other.close();
      await page.bringToFront?.();
      await page.reload();
      await isReady(page);
      await until(page, async () => (await caches.keys()).length === 1);
      assert.equal(await textOf(page, '.notice.update'), undefined);
    });

    test('a version that comes in parts only, or of two versions, is not used', async () => {
      const page = await visit();
      await isKept(page);
      const broken = [
        ['/worker.js', () => ({ status: 500, body: 'broken' })],
        ['/main.css', () => ({ body: '/*', type: 'text/css' })],
        ['/main.js', folderSite(folders[1])],
      ];
      server.folder = folders[2];
      // What is right is kept for the next attempt, so there is one less each time.
      for (let from = 0; from < broken.length; from++) {
        server.failing = (name) => broken.slice(from).find(([each]) => each === name)?.[1](name);
        await update(page);
        await until(page, async () => {
          const { installing, waiting } = await navigator.serviceWorker.getRegistration();
          return installing === null && waiting === null;
        });
        await page.reload();
        await isReady(page);
        const what = broken[from][0];
        assert.deepEqual(await builds(page), [1], what);
        await write(page, 'return 1');
        await run(page);
        assert.equal(await textOf(page, '.returned .value'), '1', what);
      }
      server.failing = () => undefined;
      const before = server.asked.length;
      await update(page);
      await shows(page, '.notice.update', /^A new version is there/);
      // Only what was missing was asked for again.
      const again = server.asked.slice(before).filter((name) => !name.startsWith('/offline.js'));
      assert.deepEqual(again, ['/main.js']);
      await takeNewVersion(page);
      await until(page, () => self.builds !== undefined && self.builds[0] === 2);
      await isReady(page);
    });

    test('when the browser has removed the cache, the page comes from the server, and is kept again', async () => {
      const page = await visit();
      await isKept(page);
      const names = await cacheNames(page);
      const files = (await readdir(folders[1])).length - 1;
      await page.evaluate(async () => { for (const name of await caches.keys()) await caches.delete(name); });
      await page.reload();
      await isReady(page);
      await until(page, async (count) => {
        const [name] = await caches.keys();
        return name !== undefined && (await (await caches.open(name)).keys()).length === count;
      }, files);
      assert.deepEqual(await cacheNames(page), names);
      await reloadWithoutServer(page);
      // Removed, and no server: there is no page, but a word about it.
      await page.evaluate(async () => { for (const name of await caches.keys()) await caches.delete(name); });
      await page.reload();
      await page.waitForFunction(() => document.querySelector('h1')?.textContent === 'No network');
    });

    test('a server for development that has the page no more takes its service worker away', async () => {
      const page = await visit(undefined, { 'Cache-Control': 'no-cache' });
      await isKept(page);
      // `make serve` where `make demo` was.
      server.folder = undefined;
      server.failing = (name) => (name === '/offline.js' ? repositorySite(name) : { body: 'another page' });
      await page.reload();
      // Chromium waits with another worker while this one has an answer to give.
      await isReady(page);
      await update(page);
      await until(page, async () => document.body.textContent.trim() === 'another page' && (await navigator.serviceWorker.getRegistrations()).length === 0);
      assert.deepEqual(await cacheNames(page), []);
    });

    test('where pages may store nothing, there is no service worker, and no word about it', async () => {
      const page = await visit({ isDenied: true });
      await page.evaluate(() => { self.unhandled = []; addEventListener('unhandledrejection', ({ reason }) => self.unhandled.push(String(reason))); });
      await new Promise((resolve) => { setTimeout(resolve, 1500); });
      await write(page, 'return 1');
      await run(page);
      assert.equal(await textOf(page, '.returned .value'), '1');
      assert.deepEqual(await page.evaluate(() => Array.from(document.querySelectorAll('.notice strong'), (each) => each.textContent)), ['Nothing is kept here']);
      assert.deepEqual(await page.evaluate(() => self.unhandled), []);
    });
  });
}
