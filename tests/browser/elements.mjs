// Pages with the elements for tests: the files of the package that these need in a folder of their own, and each page as a test writes it.

import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.mjs';
import { folderSite } from '../../scripts/serve/sites.mjs';
import { newProfile } from './browser.mjs';
import { serve } from './server.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a page sends that allows no more than the elements need (docs/elements.md). */
export const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' data:";

/** Answered late. */
export const SLOW = '<script src="slow.js"></script>';

const SCRIPT = '<script type="module" src="elements.js"></script>';

/** Notes what the elements tell, and what nobody caught, before they are defined. */
const LISTEN = `window.told = []; window.failed = [];
for (const name of ['cu-result', 'cu-error']) document.addEventListener(name, (event) => { window.told.push([name, event.target.id, event.detail]); });
for (const name of ['error', 'unhandledrejection']) addEventListener(name, (event) => { window.failed.push(String(event.reason ?? event.message)); });
const Real = Worker;
window.living = new Set();
window.Worker = class extends Real {
  constructor(...args) { super(...args); window.living.add(this); }
  terminate() { window.living.delete(this); super.terminate(); }
};
addEventListener('securitypolicyviolation', (event) => { window.failed.push(event.violatedDirective + ' ' + event.blockedURI); });`;

export function withElements({ engine, options }) {
  const its = { engine };
  const pages = new Map();
  before(async () => {
    its.folder = `${await mkdtemp(join(tmpdir(), 'cu-elements-'))}/`;
    await bundle(`${ROOT}host-js/`, its.folder);
    await copyFile(`${ROOT}dist/cu.wasm`, `${its.folder}cu.wasm`);
    const files = folderSite(its.folder);
    const site = async (path) => {
      if (!path.startsWith('/below/')) return undefined;
      const name = path.slice('/below/'.length);
      if (name === 'slow.js') await new Promise((resolve) => { setTimeout(resolve, 700); });
      if (name === 'listen.js') return { body: LISTEN, type: 'text/javascript' };
      return pages.get(name) ?? files(`/${name}`);
    };
    its.server = await serve(undefined, { sites: [site] });
    its.profile = await newProfile();
    its.browser = await engine.launch(its.profile, options);
  });
  after(async () => {
    if (its.browser !== undefined) await its.browser.close();
    if (its.profile !== undefined) await its.profile.remove();
    if (its.server !== undefined) await its.server.close();
    await rm(its.folder, { recursive: true, force: true });
  });

  /** What the server has under a name: a text, nothing, or undefined for what is in the folder. */
  its.put = (name, text) => {
    if (text === undefined) pages.delete(name);
    else pages.set(name, text === null ? { status: 404, body: '' } : { body: text, type: name.endsWith('.js') ? 'text/javascript' : 'text/plain; charset=utf-8' });
  };

  /** Opens a page with that body. It is closed when the test ends, which fails if a page had an error that nobody caught. */
  its.open = async (t, body, { script = SCRIPT, files = {}, headers = { 'Content-Security-Policy': POLICY }, isWhole = false } = {}) => {
    for (const name of [...pages.keys()]) pages.delete(name);
    for (const [name, text] of Object.entries(files)) its.put(name, text);
    const html = isWhole ? body : `<!doctype html><html lang="en"><title>Elements</title><link rel="icon" href="data:,"><meta name="viewport" content="width=device-width"><script src="listen.js"></script>${script}<main>${body}</main>`;
    pages.set('page.html', { body: html, type: 'text/html; charset=utf-8', headers });
    const page = await its.browser.newPage();
    t.after(async () => {
      const failed = await page.evaluate(() => window.failed ?? []).catch(() => []);
      await page.close();
      if (failed.length > 0 && !page.mayFail) throw new Error(`nobody caught: ${failed.join('; ')}`);
    });
    await page.goto(`${its.server.url}below/page.html`);
    return page;
  };
  return its;
}

/** Waits until so many results and errors were told, and answers them all. */
export async function told(page, count) {
  await until(() => page.evaluate(() => window.told.length), (length) => length >= count, "told");
  return page.evaluate(() => window.told.map(([name, id, { values, printed, message, line }]) => [name, id, values === undefined ? message : values, printed ?? null, line ?? null]));
}

/** The text of a part, as it is seen. */
export const partText = (page, selector, part) => page.evaluate(([wanted, name]) => document.querySelector(wanted).shadowRoot.querySelector(`[part~='${name}']`).innerText.trim(), [selector, part]);

/** How many workers of the page there are: those that it did not end, and where the driver knows, those that the browser has. */
export async function workers(page) {
  const living = await page.evaluate(() => window.living.size);
  return typeof page.workers === 'function' ? Math.max(living, page.workers().length) : living;
}

/** Waits for something that is asked of the driver. */
export async function until(ask, isIt, what) {
  const end = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    if (Date.now() > end) throw new Error(`${what}: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
}
