// The pages of host-js/README.md in Chromium, as they are: the comment after a line is what the line logs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BROWSERS } from '../../scripts/bundle.mjs';
import { withBrowser } from './pages.mjs';

const PACKAGE = fileURLToPath(new URL('../../host-js/', import.meta.url));
const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

const text = readFileSync(`${PACKAGE}README.md`, 'utf8');
const pages = [...text.matchAll(/^```html\n(.*?)^```$/gms)].map((match) => match[1]);
const { outputFiles: [bundle] } = await build({
  ...BROWSERS, entryPoints: [`${PACKAGE}full.js`], bundle: true, minify: true, format: 'esm', write: false,
});

const its = withBrowser();

/** What an installed package has. */
const fileOf = (name) => (name === 'cu.min.mjs' ? Buffer.from(bundle.contents) : readFileSync(`${PACKAGE}${name}`));

test('there are pages', () => assert.ok(pages.length >= 2, `${pages.length}`));

pages.forEach((html, number) => {
  test(`page ${number + 1} logs what it says`, async () => {
    const wanted = [...html.matchAll(/console\.log\(.*; \/\/ (.*)$/gm)].map((match) => match[1]);
    const page = await its.open();
    await page.route('**/readme/**', async (route) => {
      const [, name] = /\/node_modules\/cu\/(.*)$/.exec(route.request().url()) ?? [];
      if (name === undefined) await route.fulfill({ contentType: 'text/html', body: html });
      else await route.fulfill({ contentType: TYPES[extname(name)], body: fileOf(name) });
    });
    const logged = [];
    const done = new Promise((resolve) => {
      page.on('console', (message) => {
        logged.push(message.text());
        if (logged.length === wanted.length) resolve();
      });
      page.on('pageerror', resolve);
    });
    await page.goto(`${its.server.url}readme/`);
    await done;
    assert.ok(wanted.length > 0);
    assert.deepEqual(logged, wanted);
    await page.close();
  });
});
