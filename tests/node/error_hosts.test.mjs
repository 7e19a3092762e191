// The errors of both hosts: for one script, the command line of host-rust shows the message and the traceback of host-js.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Cu } from '../../host-js/index.js';
import { compile } from './raw.mjs';

const CU = fileURLToPath(new URL('../../target/release/cu', import.meta.url));
const module = compile('dist/cu.wasm');
const vectors = JSON.parse(readFileSync(new URL('../../abi/vectors/errors.json', import.meta.url), 'utf8'));

/** Scripts beyond this length do not fit a file comfortably. */
const LONG = [
  { name: 'a text that is cut', lua: "error(('x'):rep(70000), 0)" },
  { name: 'a text that is cut within its traceback', lua: "error(('x'):rep(65520), 0)" },
  { name: 'a text as long as the buffer', lua: "error(('x'):rep(65000), 0)" },
];

// If the error is not text, the command line shows its value instead of the module's message.
const isText = ({ message }) => message === undefined || !/^\(error object is/.test(message);
const OPTIONS = ['instructions'];
const canAsk = ({ config = {} }) => Object.entries(config).every(([name, value]) => OPTIONS.includes(name) && value >= 0);

for (const { name, lua, config = {} } of [...vectors, ...LONG].filter(isText).filter(canAsk)) {
  test(`both hosts show the same error: ${name}`, async () => {
    const cu = await Cu.create({ module, config });
    let found;
    assert.throws(() => cu.compute(lua), (error) => {
      found = `cu: ${error.message}\n${error.traceback === '' ? '' : `${error.traceback}\n`}`;
      return true;
    });
    const options = Object.entries(config).flatMap(([option, value]) => [`--${option}`, String(value)]);
    const { status, stderr } = spawnSync(CU, ['eval', ...options, '--', lua]);
    // The command line adds the line of source and a caret.
    const shown = stderr.toString().replace(/\n {2}\d+ \| .*\n +\| +\^+(?=\n)/, '');
    assert.deepEqual([shown, status], [found, 1]);
  });
}

test('most of the vectors are asked of both hosts', () => {
  assert.ok(vectors.filter(isText).filter(canAsk).length >= 20);
});
