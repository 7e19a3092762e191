// What a page is told when its module cannot be loaded: the messages of docs/package.md, in each browser.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.mjs';
import { folderSite } from '../../scripts/serve/sites.mjs';
import { inEachBrowser, visit } from './pages.mjs';
import { serve } from './server.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = `<!doctype html>
<script src="cu.js"></script>
<script>
  cu.Cu.create().then((one) => { window.said = 'it computes ' + one.compute('return 6 * 7').value; },
    (error) => { window.said = error.name + ': ' + error.message; });
</script>`;
const COMPUTES = 'it computes 42';

const folder = mkdtempSync(join(tmpdir(), 'cu-module-'));
after(() => rmSync(folder, { recursive: true }));
await bundle(`${ROOT}host-js/`, `${folder}/`);
writeFileSync(join(folder, 'page.html'), PAGE);
const wasm = readFileSync(`${ROOT}dist/cu.wasm`);

/** @param {object} answer for the module @param {object} [headers] of all answers */
async function said(its, answer, headers) {
  const module = (path) => (path === '/cu.wasm' ? { body: wasm, type: 'application/wasm', ...answer } : undefined);
  const server = await serve(undefined, { sites: [module, folderSite(folder)], headers });
  try {
    return { text: await visit(its.browser, `${server.url}page.html`), url: `${server.url}cu.wasm` };
  } finally {
    await server.close();
  }
}

inEachBrowser((its) => {
  test('a module of the right type computes', async () => {
    assert.equal((await said(its, {})).text, COMPUTES);
  });

  test('a wrong type does no harm', async () => {
    for (const type of ['application/octet-stream', 'text/plain; charset=utf-8', 'application/wasm; charset=utf-8']) {
      assert.equal((await said(its, { type })).text, COMPUTES, type);
    }
  });

  test('a module that is not there is named, with what the server answered', async () => {
    const { text, url } = await said(its, { status: 404 });
    assert.equal(text, `ModuleError: cannot read ${url}: the server answered 404`);
  });

  test('a page in the place of the module is called what it is', async () => {
    const { text, url } = await said(its, { type: 'text/html', body: '<!doctype html>' });
    assert.ok(text.startsWith(`ModuleError: ${url}, which the server sent as text/html: not a cu module: `), text);
  });

  test('other bytes with the right type are no module', async () => {
    const { text, url } = await said(its, { body: 'no module' });
    assert.ok(text.startsWith(`ModuleError: ${url}: not a cu module: `), text);
  });

  test('a module of another version is refused with both versions', async () => {
    const body = Buffer.from(wasm);
    // The last one: the code has the same text.
    const at = body.lastIndexOf('"abi":1');
    assert.ok(at > 0);
    body[at + 6] += 8;
    assert.match((await said(its, { body })).text, /^ModuleError: this host speaks version 1 of the contract, the module version 9/);
  });

  test('a policy that forbids WebAssembly is named, with the word that allows it', async () => {
    const forbidding = "script-src 'self' 'unsafe-inline'";
    for (const type of ['application/wasm', 'application/octet-stream']) {
      const { text } = await said(its, { type }, { 'Content-Security-Policy': forbidding });
      // WebKit compiles it, and refuses to start it.
      assert.match(text, /^ModuleError: (.*cu\.wasm.*: )?may not be compiled here: the Content-Security-Policy needs script-src 'wasm-unsafe-eval'/);
    }
    assert.equal((await said(its, {}, { 'Content-Security-Policy': `${forbidding} 'wasm-unsafe-eval'` })).text, COMPUTES);
  });

  test('a page that is a file says what it cannot read', async () => {
    assert.match(await visit(its.browser, `file://${folder}/page.html`), /^ModuleError: cannot read file:\/\/.*cu\.wasm: /);
  });
});
