// Pages in Chromium, from the server for development.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { serve as listen } from '../../../scripts/serve/server.mjs';
import { folderSite } from '../../../scripts/serve/sites.mjs';

/** Where Debian has it; elsewhere CU_CHROMIUM says. */
export const CHROMIUM = process.env.CU_CHROMIUM || '/usr/bin/chromium';

export const skip = existsSync(CHROMIUM) ? undefined : `there is no ${CHROMIUM}`;

let browser;

/** @returns {Promise<import('playwright-core').Browser>} one for the process */
export async function start() {
  if (browser === undefined) browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  return browser;
}

export async function stop() {
  if (browser !== undefined) await browser.close();
}

/** Serves a folder, and notes what is asked for. */
export async function serve(folder, { headers } = {}) {
  const requests = [];
  const note = (path) => { requests.push(path); };
  return { ...await listen({ sites: [note, folderSite(folder)], headers }), requests };
}

/** What a page leaves in `said`; an error of the page is thrown. */
export async function visit(url) {
  const page = await (await start()).newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.stack));
  page.on('console', (message) => { if (message.type() === 'error') errors.push(message.text()); });
  try {
    await page.goto(url);
    await page.waitForFunction('window.said !== undefined', undefined, { timeout: 20_000 }).catch((cause) => {
      throw new Error(`the page says nothing; ${errors.join('; ')}`, { cause });
    });
    return await page.evaluate('window.said');
  } finally {
    await page.close();
  }
}
