// A server and a browser for the tests of one file, and pages with what pages/page.js gives them.

import assert from 'node:assert/strict';
import { after, before, describe } from 'node:test';
import { engines, newProfile } from './browser.mjs';
import { serve } from './server.mjs';

/**
 * Defines tests for each browser.
 * @param {(its: object) => void} define gets what `withBrowser` returns
 */
export function inEachBrowser(define) {
  for (const engine of engines) describe(engine.name, () => define(withBrowser({ engine })));
}

/**
 * Starts both before the tests and ends them after; `open` gives a page. An error in a page that nobody caught fails the tests.
 * @param {{ report?: (path: string) => void, engine?: object, options?: object }} [given] options: those of `launch`
 */
export function withBrowser({ report, engine = engines[0], options } = {}) {
  const its = { engine };
  before(async () => {
    its.server = await serve(report);
    its.profile = await newProfile();
    its.browser = await engine.launch(its.profile, options);
  });
  after(async () => {
    if (its.browser !== undefined) await its.browser.close();
    if (its.profile !== undefined) await its.profile.remove();
    if (its.server === undefined) return;
    await its.server.close();
    const [error] = its.server.errors;
    if (error !== undefined) throw new Error(`an error in a page that nobody caught: ${error}`);
  });
  its.open = (path) => openPage(its.browser, its.server, path);
  /** Ends the browser as a user does, and starts it again over what it kept. */
  its.restart = async (next = options) => {
    await its.browser.close();
    its.browser = await engine.launch(its.profile, next);
  };
  return its;
}

export async function openPage(browser, server, path = '') {
  const page = await browser.newPage();
  await page.goto(server.url + path);
  await isReady(page);
  return page;
}

export async function reload(page) {
  await page.reload();
  await isReady(page);
}

/** What a page of one's own leaves in `window.said`. */
export async function visit(browser, url) {
  const page = await browser.newPage();
  try {
    await page.goto(url);
    await page.waitForFunction(() => window.said !== undefined);
    return await page.evaluate(() => window.said);
  } finally {
    await page.close();
  }
}

const isReady = (page) => page.waitForFunction(() => window.ready);

/** Skips a test where the browser has no synchronous files, after it has seen that a store of files says so. */
export async function isWithoutFiles(page, t) {
  const refusal = await page.evaluate(async () => {
    const call = window.startWorker();
    return await call('hasFiles') ? null : call('open', 'none').then(() => 'it was opened', ({ reason }) => reason);
  });
  if (refusal === null) return false;
  assert.equal(refusal, 'unsupported');
  t.skip('this browser opens no file synchronously, and OPFSStore says so');
  return true;
}
