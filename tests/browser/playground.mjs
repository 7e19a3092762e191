// The playground for tests: built once for each file of tests, served below a path of its own, and driven as a reader drives it.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { buildPlayground } from '../../scripts/playground.mjs';
import { folderSite } from '../../scripts/serve/sites.mjs';
import { newProfile } from './browser.mjs';
import { serve } from './server.mjs';

/** Static files have to work below any path. */
const PATH = '/some/where/';

const WAIT_MS = 20_000;

/** As `withBrowser` of pages.mjs; `open` gives a page whose Lua is ready. `options` may be a function of the page's origin. */
export function withPlayground({ engine, options, headers }) {
  const its = { engine };
  before(async () => {
    its.folder = `${await mkdtemp(join(tmpdir(), 'cu-playground-'))}/`;
    await buildPlayground(its.folder);
    const site = folderSite(its.folder);
    const below = async (path) => {
      const answer = path.startsWith(PATH) ? await site(path.slice(PATH.length - 1)) : undefined;
      return answer && { ...answer, headers };
    };
    its.server = await serve(undefined, { sites: [below] });
    its.profile = await newProfile();
    its.browser = await engine.launch(its.profile, typeof options === 'function' ? options(new URL(its.server.url).origin) : options);
  });
  after(async () => {
    if (its.browser !== undefined) await its.browser.close();
    if (its.profile !== undefined) await its.profile.remove();
    if (its.server !== undefined) await its.server.close();
    await rm(its.folder, { recursive: true, force: true });
  });
  /** It is closed when the test ends, however it ends. */
  its.open = async (t, hash = '') => {
    const page = await its.browser.newPage();
    t.after(() => page.close());
    await page.goto(its.url + hash);
    await isReady(page);
    return page;
  };
  Object.defineProperty(its, 'url', { get: () => its.server.url + PATH.slice(1) });
  return its;
}

/** Lua is ready, or the page says why it is not; and the editor is there. */
export const isReady = (page) => page.waitForFunction(() => document.querySelector('.cm-editor') !== null
  && (!document.getElementById('run').disabled || document.querySelector('.notice.error') !== null));

/** Writes a script into the editor, as somebody who pastes it. */
export async function write(page, script) {
  await page.evaluate((text) => {
    const editor = document.querySelector('.cm-content');
    editor.focus();
    const isApple = /Mac/.test(navigator.platform);
    editor.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', keyCode: 65, ctrlKey: !isApple, metaKey: isApple, bubbles: true, cancelable: true }));
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    // Firefox has words of its own for what is in the clipboard.
    editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, data: text, dataType: 'text/plain', bubbles: true, cancelable: true }));
  }, script);
}

export async function choose(page, id, value) {
  await page.evaluate(([name, chosen]) => {
    const select = document.getElementById(name);
    select.value = chosen;
    select.dispatchEvent(new Event('change'));
  }, [id, value]);
}

/** Presses Run, or the keys for it, and waits for the end. */
export async function run(page) {
  await page.evaluate(() => document.getElementById('run').click());
  await page.waitForFunction(() => !document.getElementById('run').disabled && !document.getElementById('run').hidden);
}

/** Runs each example, and answers their names: only the attack is stopped, and no other one has an error. */
export async function runExamples(page) {
  const ids = await page.evaluate(() => Array.from(document.querySelectorAll('#example option'), ({ value }) => value).filter((id) => id !== ''));
  for (const id of ids) {
    await choose(page, 'example', id);
    await run(page);
    const error = await textOf(page, '#result .error');
    if (id === 'attack') assert.match(error, /^Stopped/);
    else assert.equal(error, undefined, id);
  }
  return ids;
}

/** The same, and how many milliseconds it took as the page saw it. */
export const timed = (page, button) => page.evaluate(async (id) => {
  const start = performance.now();
  document.getElementById(id).click();
  while (document.getElementById('run').disabled || document.getElementById('run').hidden) await new Promise((resolve) => { setTimeout(resolve, 5); });
  return performance.now() - start;
}, button);

/** The text of an element as it is seen, undefined where there is none. */
export const textOf = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted)?.innerText.trim(), selector);

export const click = (page, selector) => page.evaluate((wanted) => document.querySelector(wanted).click(), selector);

/** Whether the driver can give the page that size. */
export async function resize(page, width, height) {
  // Playwright, Puppeteer.
  if (page.setViewportSize !== undefined) await page.setViewportSize({ width, height });
  else if (page.setViewport !== undefined) await page.setViewport({ width, height });
  else return false;
  return true;
}

/** Whether the driver can give the system light or dark colours. The page has heard of it then. */
export async function setScheme(page, scheme) {
  // Playwright, Puppeteer.
  if (page.emulateMedia !== undefined) await page.emulateMedia({ colorScheme: scheme });
  else if (page.emulateMediaFeatures !== undefined) await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  else return false;
  await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
  return true;
}

/** Waits until the text of an element matches. It asks again and again: drivers pass arguments to `waitForFunction` in different ways. */
export async function shows(page, selector, pattern) {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const text = await textOf(page, selector);
    if (pattern.test(text ?? '')) return;
    if (Date.now() > end) throw new Error(`${selector} shows ${JSON.stringify(text)}, wanted is ${pattern}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}

/** Changes bytes in the first row of a database, which is open nowhere. */
export function damage(page, name) {
  return page.evaluate((wanted) => new Promise((resolve, reject) => {
    const opening = indexedDB.open(wanted);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction('externalTables', 'readwrite');
      const cursors = transaction.objectStore('externalTables').openCursor(IDBKeyRange.lowerBound([0]));
      cursors.onsuccess = () => {
        const { value } = cursors.result;
        for (const key of Object.keys(value)) if (value[key] instanceof Uint8Array) value[key][value[key].length >> 1] ^= 255;
        cursors.result.update(value);
      };
      transaction.oncomplete = () => { database.close(); resolve(); };
      transaction.onerror = () => reject(transaction.error);
    };
  }), name);
}
