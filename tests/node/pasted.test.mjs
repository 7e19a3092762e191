// No example pastes a value into code (docs/calls.md): who copies it would let a value become code.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const ROOT = new URL('../../', import.meta.url);
const read = (path) => readFileSync(new URL(path, ROOT), 'utf8');
const inFolder = (folder, end) => readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith(end)).map((name) => `${folder}${name}`);

/** Texts that show how cu is used. */
const SHOWN = [
  'README.md', 'abi/README.md', 'host-js/README.md', 'host-rust/README.md', ...inFolder('docs/', '.md'), ...inFolder('host-js/demo/', '.js'),
  ...inFolder('host-js/demo/', '.html'), ...inFolder('examples/', '.lua'),
];

const CALL = String.raw`\b(?:compute|compute_with|compute_raw|computeRaw|computeWithIo|eval)\(\s*`;
/** What makes a text of a value: a template with something in it, a sum of texts, `format!`, JSON. */
const PASTED = [
  CALL + '`[^`]*\\$\\{', `${CALL}(['"])(?:(?!\\1).)*\\1\\s*\\+`, `${CALL}[\\w.]+\\s*\\+`, `${CALL}&?format!`, `${CALL}JSON\\.stringify`, `${CALL}&?\\[[^\\]]*\\]\\.(?:join|concat)\\(`,
].map((pattern) => new RegExp(pattern, 'g'));

const pastedIn = (text) => PASTED.flatMap((pattern) => Array.from(text.matchAll(pattern), ([found]) => found));

for (const path of SHOWN) {
  test(`${path} pastes no value into code`, () => assert.deepEqual(pastedIn(read(path)), []));
}

test('what is pasted is found', () => {
  for (const code of [
    'cu.compute(`return ${n}`)', 'cu.compute(`\n  local a = 1\n  return a + ${n}`)', "cu.compute('return ' + n)", 'cu.computeRaw(\n  "return " + n)',
    'cu.compute(head + n)', 'instance.compute(format!("return {n}"))', 'instance.compute_with(&format!("{n}"), &own)', 'cu.compute(JSON.stringify(n))',
    'cu.eval(`return "${n}"`)',
  ]) assert.equal(pastedIn(code).length, 1, code);
  for (const code of ["cu.compute('return 1 + 1')", 'cu.compute(`return 1 + 1`) + `${n}`', "cu.compute('return 1').value + n", 'cu.compute(code)']) {
    assert.deepEqual(pastedIn(code), [], code);
  }
});
