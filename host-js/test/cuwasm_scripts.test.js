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

import { OLD_NAMES, sameAs } from './old_names.js';

const scripts = new URL('scripts/', import.meta.url);

/** Runs a script and returns what it wrote. */
async function run(name) {
  const folder = mkdtempSync(join(tmpdir(), 'cu-scripts-'));
  try {
    for (const [old, file] of Object.entries(OLD_NAMES)) {
      const url = new URL(`../web/${file}`, import.meta.url).href;
      mkdirSync(dirname(join(folder, old)), { recursive: true });
      writeFileSync(join(folder, old), sameAs(url));
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
