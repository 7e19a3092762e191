// A server and a Chromium for the tests of one file, and pages with what pages/page.js gives them.

import { after, before } from 'node:test';
import { launch, newProfile } from './chromium.mjs';
import { serve } from './server.mjs';

/** Starts both before the tests and ends them after; `open` gives a page, which fails its test when it has an error that nobody caught. */
export function withBrowser(report) {
  const its = { errors: [] };
  before(async () => {
    its.server = await serve(report);
    its.profile = await newProfile();
    its.browser = await launch(its.profile);
  });
  after(async () => {
    if (its.browser !== undefined) await its.browser.close();
    if (its.profile !== undefined) await its.profile.remove();
    if (its.server !== undefined) await its.server.close();
    if (its.errors.length > 0) throw its.errors[0];
  });
  its.open = async (path) => {
    const page = await openPage(its.browser, its.server, path);
    page.on('pageerror', (error) => its.errors.push(error));
    return page;
  };
  return its;
}

export async function openPage(browser, server, path = '') {
  const page = await browser.open(server.url + path);
  await isReady(page);
  return page;
}

export async function reload(page) {
  await page.reload();
  await isReady(page);
}

const isReady = (page) => page.waitForFunction(() => window.ready);
