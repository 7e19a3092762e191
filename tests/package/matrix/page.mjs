// Pages in Chromium, from a server whose answers a test may change.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.map': 'application/json' };

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

/**
 * Serves a folder.
 * @param {string} folder
 * @param {{ headers?: object, answer?: (path: string) => { status?: number, type?: string, body?: string } | undefined }} [options]
 *   answer: replaces parts of the answer for that path
 */
export async function serve(folder, { headers = {}, answer = () => undefined } = {}) {
  const requests = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    requests.push(pathname);
    const path = join(folder, pathname === '/' ? 'index.html' : pathname);
    const there = existsSync(path) && statSync(path).isFile();
    const { status = there ? 200 : 404, type = TYPES[extname(path)], body } = answer(pathname) || {};
    response.writeHead(status, { 'content-type': type || 'text/plain', ...headers });
    response.end(body === undefined ? status === 200 ? readFileSync(path) : '' : body);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return { url: `http://127.0.0.1:${server.address().port}/`, requests, close: () => server.close() };
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
