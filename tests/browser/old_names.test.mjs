// Scripts as users of the earlier project write them, unchanged, in pages of the server for development, which has the old file names.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folderSite } from '../../scripts/serve/sites.mjs';
import { inEachBrowser, visit } from './pages.mjs';
import { serve } from './server.mjs';

const SCRIPTS = fileURLToPath(new URL('../../host-js/test/scripts/', import.meta.url));

/** Their pages load the bundle, too, as the first page of the old documents does. */
const page = (script) => `<!doctype html>
<script type="importmap">{ "imports": { "node:assert/strict": "/tests/browser/pages/assert.js" } }</script>
<script>
  const say = (event) => { window.said = window.said || String(event.reason || event.error || event.message); };
  addEventListener('error', say);
  addEventListener('unhandledrejection', say);
</script>
<script src="./dist/cu.js"></script>
<script type="module">
${script}
window.said = window.said || \`it ran, beside \${typeof window.cu.Cu.create}\`;
</script>`;

const folder = mkdtempSync(join(tmpdir(), 'cu-pages-'));
const names = readdirSync(SCRIPTS);
for (const name of names) writeFileSync(join(folder, `${name}.html`), page(readFileSync(join(SCRIPTS, name), 'utf8')));
after(() => rmSync(folder, { recursive: true }));

/** What a page says that is loaded after the script saved its state. */
async function laterPage(browser, url, code) {
  const tab = await browser.newPage();
  await tab.goto(url);
  const value = await tab.evaluate(async (text) => {
    const { default: cu } = await import('/web/cu-api.js');
    await cu.load();
    return cu.compute(text);
  }, code);
  await tab.close();
  return value;
}

test('there are scripts', () => assert.ok(names.length > 5, names.join(' ')));

inEachBrowser((its) => {
  for (const name of names) {
    test(`${name} runs as it is`, async () => {
      const server = await serve(undefined, { sites: [folderSite(folder)] });
      try {
        assert.equal(await visit(its.browser, `${server.url}${name}.html`), 'it ran, beside function');
        if (name === 'start.mjs') assert.equal(await laterPage(its.browser, server.url, 'return _home.fibonacci(10)'), 55);
      } finally {
        await server.close();
      }
    });
  }

  test('modules under several old names are one: a program may import from any', async () => {
    const tab = await its.open();
    const areOne = await tab.evaluate(async () => {
      const all = await Promise.all(['/web/cu-api.js', '/lua-api.js', '/web/enhanced/query-engine.js', '/cu-api.js'].map((path) => import(path)));
      return all.every(({ default: cu, CuWASM }) => cu === all[0].default && CuWASM === all[0].CuWASM);
    });
    assert.equal(areOne, true);
    await tab.close();
  });

  test('the demo page computes, and has its tables again after a reload', async () => {
    const tab = await its.browser.newPage();
    await tab.goto(`${its.server.url}demo/`);
    for (const visit of [1, 2]) {
      await tab.waitForFunction(() => !document.getElementById('run').disabled);
      await tab.evaluate(() => document.getElementById('run').click());
      await tab.waitForFunction(() => document.getElementById('printed').textContent !== '');
      assert.equal(await tab.evaluate(() => document.getElementById('printed').textContent), `visit ${visit}, next ${visit}\n`);
      assert.match(await tab.evaluate(() => document.getElementById('returned').textContent), new RegExp(`^${visit}, "1267650600228229401496703205376"`));
      await tab.reload();
    }
    await tab.close();
  });
});
