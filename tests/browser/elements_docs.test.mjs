// The pages of docs/elements.md, as they are: the comment after a line is what the line logs, a text behind a page what its script prints.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { engines } from './browser.mjs';
import { until, withElements } from './elements.mjs';

const text = readFileSync(fileURLToPath(new URL('../../docs/elements.md', import.meta.url)), 'utf8');
const pages = [...text.matchAll(/^```html\n(.*?)^```\n(?:\n```text\n(.*?)^```)?/gms)].map(([, html, printed]) => (
  { html, printed, logged: [...html.matchAll(/console\.log\(.*\).* \/\/ (.*)$/gm)].map(([, what]) => what) }
));

const LISTEN = `<script>
window.logged = []; window.printed = ''; window.failed = [];
console.log = (...values) => { window.logged.push(values.join(' ')); };
document.addEventListener('cu-result', ({ detail }) => { window.printed += detail.printed; });
for (const name of ['error', 'unhandledrejection']) addEventListener(name, (event) => { window.failed.push(String(event.reason || event.message)); });
</script>`;

test('there are pages, and each says what comes of it', () => {
  assert.ok(pages.length >= 4, `${pages.length}`);
  for (const { html, printed, logged } of pages) assert.ok(printed !== undefined || logged.length > 0, html);
});

for (const engine of engines) {
  describe(`docs/elements.md in ${engine.name}`, () => {
    const its = withElements({ engine });

    pages.forEach(({ html, printed = '', logged }, number) => {
      test(`page ${number + 1} does what it says`, async (t) => {
        const page = await its.open(t, `<!doctype html>${LISTEN}${html}`, { isWhole: true, headers: {} });
        const said = () => page.evaluate(() => ({ logged: window.logged, printed: window.printed }));
        const found = await until(said, (now) => now.logged.length >= logged.length && now.printed.length >= printed.length, 'what the page says');
        assert.deepEqual(found, { logged, printed });
      });
    });
  });
}
