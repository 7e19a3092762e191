/**
 * The .d.ts files: a program in TypeScript compiles against them as it should, and they name what the modules export.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const sample = fileURLToPath(new URL('types_sample.ts', import.meta.url));

test('a program in TypeScript compiles', () => {
  const { ES2022 } = ts.ScriptTarget;
  const lib = ['lib.es2022.d.ts', 'lib.dom.d.ts'];
  const strict = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true };
  // The package's own name leads to the .d.ts files by `exports` of package.json, as in a program that installs it.
  const options = { ...strict, noEmit: true, target: ES2022, module: ts.ModuleKind.NodeNext, lib, types: [] };
  const problems = ts.getPreEmitDiagnostics(ts.createProgram([sample], options));
  const host = { getCurrentDirectory: () => '', getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
  assert.equal(ts.formatDiagnostics(problems, host), '');
});

test('core.d.ts names what core.js exports', async () => {
  const text = readFileSync(new URL('../core.d.ts', import.meta.url), 'utf8');
  const [, names] = /^export \{([^}]*)\}/m.exec(text);
  assert.deepEqual(['Cu', ...names.split(',').map((name) => name.trim()).filter(Boolean)].sort(), Object.keys(await import('../core.js')).sort());
});

for (const name of ['wasm', 'index', 'node', 'encrypted', 'data', 'replay', 'store/archive', 'store/indexeddb', 'store/local', 'store/opfs']) {
  test(`${name}.d.ts names what ${name}.js exports`, async () => {
    const text = readFileSync(new URL(`../${name}.d.ts`, import.meta.url), 'utf8');
    const declared = [...text.matchAll(/^export (?:class|function|const) (\w+)/gm), ...text.matchAll(/^export { (\w+) }/gm)].map((match) => match[1]);
    assert.deepEqual([...new Set(declared)].sort(), Object.keys(await import(`../${name}.js`)).sort());
  });
}
