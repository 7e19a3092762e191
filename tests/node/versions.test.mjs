/**
 * The JavaScript host in other versions of Node: tests of host-js that take a second or two each.
 *
 * Invariant: a version that tests/bench/package.json names for this platform is there; it is never skipped.
 */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = [
  'browser', 'codec', 'encrypted', 'errors', 'file_open', 'file_unit', 'homes', 'host_failures', 'hostile_module', 'imports',
  'instance', 'key', 'module_info', 'rate', 'read', 'readme', 'snapshot', 'store', 'turn', 'vectors',
].map((name) => `host-js/test/${name}.test.js`);

const { optionalDependencies } = JSON.parse(readFileSync(new URL('../bench/package.json', import.meta.url), 'utf8'));
const PLATFORM = `${process.platform}-${process.arch}`;
const RUNNING = process.versions.node.split('.')[0];

const versions = Object.keys(optionalDependencies)
  .map((name) => /^node(\d+)-(.*)$/.exec(name))
  .filter((match) => match !== null && match[2] === PLATFORM && match[1] !== RUNNING)
  .map((match) => match[1]);

for (const version of versions) {
  test(`host-js in Node ${version}`, () => {
    const node = `${ROOT}tests/bench/node_modules/node${version}-${PLATFORM}/bin/node`;
    assert.ok(existsSync(node), `${node} is missing: npm ci --prefix tests/bench`);
    // Inside a test Node would answer in the form of a part of it.
    const { NODE_TEST_CONTEXT, ...env } = process.env;
    const options = ['--no-concurrent-recompilation', '--test', '--test-reporter=tap', ...FILES];
    const { status, stdout, stderr } = spawnSync(node, options, { cwd: ROOT, encoding: 'utf8', env, maxBuffer: 2 ** 26 });
    const failed = stdout.split('\n').filter((line) => line.trimStart().startsWith('not ok'));
    assert.deepEqual({ status, failed }, { status: 0, failed: [] }, stdout.slice(-4000) + stderr);
    assert.ok(Number(/^# pass (\d+)$/m.exec(stdout)[1]) > 200, stdout.slice(-400));
  });
}
