/**
 * Scripts as users of the earlier project write them, each in a process of its own, in a folder that has the old file names.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const scripts = new URL('scripts/', import.meta.url);

/** The file names of the earlier project, and those that answer them. */
const OLD_NAMES = {
  'web/cu-api.js': 'cu-api.js',
  'web/lua-persistent.js': 'lua-persistent.js',
  'web/enhanced/lua-api-enhanced.js': 'enhanced/lua-api-enhanced.js',
  'lua-api.js': 'lua-api.js',
  'io-wrapper.js': 'io-wrapper.js',
};

/** Runs a script and returns what it wrote. */
async function run(name) {
  const folder = mkdtempSync(join(tmpdir(), 'cu-scripts-'));
  try {
    for (const [old, file] of Object.entries(OLD_NAMES)) {
      const url = new URL(`../web/${file}`, import.meta.url).href;
      mkdirSync(dirname(join(folder, old)), { recursive: true });
      writeFileSync(join(folder, old), `export * from '${url}';\nexport { default } from '${url}';\n`);
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    copyFileSync(new URL('../../dist/lua.wasm', import.meta.url), join(folder, 'lua.wasm'));
    copyFileSync(new URL(name, scripts), join(folder, name));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--no-concurrent-recompilation', name], { cwd: folder, timeout: 60000 });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const name of readdirSync(fileURLToPath(scripts))) {
  test(`${name} runs as it is`, async () => assert.equal(await run(name), ''));
}
