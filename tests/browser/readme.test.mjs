// The pages of host-js/README.md, as they are: the comment after a line is what the line logs.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BROWSERS } from '../../scripts/bundle.mjs';
import { inEachBrowser } from './pages.mjs';
import { serve } from './server.mjs';

const PACKAGE = fileURLToPath(new URL('../../host-js/', import.meta.url));
const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

const text = readFileSync(`${PACKAGE}README.md`, 'utf8');
const pages = [...text.matchAll(/^```html\n(.*?)^```$/gms)].map((match) => match[1]);
const { outputFiles: [bundle] } = await build({
  ...BROWSERS, entryPoints: [`${PACKAGE}full.js`], bundle: true, minify: true, format: 'esm', write: false,
});

/** What an installed package has. */
const fileOf = (name) => (name === 'cu.min.mjs' ? Buffer.from(bundle.contents) : readFileSync(`${PACKAGE}${name}`));

const LISTEN = `<script>
window.logged = [];
console.log = (...values) => { window.logged.push(values.join(' ')); };
for (const name of ['error', 'unhandledrejection']) addEventListener(name, (event) => { window.logged.push(String(event.reason || event.message)); });
</script>`;

/** The page at /readme/, beside what `npm install` would have put there. */
const siteOf = (html) => (path) => {
  if (path === '/readme/') return { body: html.replace('<!doctype html>', `<!doctype html>${LISTEN}`), type: 'text/html' };
  const [, name] = /^\/readme\/node_modules\/cu\/(.*)$/.exec(path) ?? [];
  return name && { body: fileOf(name), type: TYPES[extname(name)] };
};

test('there are pages', () => assert.ok(pages.length >= 2, `${pages.length}`));

inEachBrowser((its) => {
  pages.forEach((html, number) => {
    test(`page ${number + 1} logs what it says`, async () => {
      const wanted = [...html.matchAll(/console\.log\(.*; \/\/ (.*)$/gm)].map((match) => match[1]);
      const server = await serve(undefined, { sites: [siteOf(html)] });
      const page = await its.browser.newPage();
      try {
        await page.goto(`${server.url}readme/`);
        await page.waitForFunction(() => window.logged.length > 0);
        assert.ok(wanted.length === 1);
        assert.deepEqual(await page.evaluate(() => window.logged), wanted);
      } finally {
        await page.close();
        await server.close();
      }
    });
  });
});
