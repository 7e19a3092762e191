/**
 * The .d.ts files: a program in TypeScript compiles against them as it should, and they name what the modules export.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** What the compiler says of a file beside this one. */
function problemsOf(sample, more = {}) {
  const { ES2022 } = ts.ScriptTarget;
  const lib = ['lib.es2022.d.ts', 'lib.dom.d.ts'];
  const strict = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true };
  // The package's own name leads to the .d.ts files by `exports` of package.json, as in a program that installs it.
  const options = { ...strict, noEmit: true, target: ES2022, module: ts.ModuleKind.NodeNext, lib, types: [], ...more };
  const host = { getCurrentDirectory: () => '', getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
  return ts.formatDiagnostics(ts.getPreEmitDiagnostics(ts.createProgram([here(sample)], options)), host);
}

test('a program in TypeScript compiles', () => {
  assert.equal(problemsOf('types_sample.ts'), '');
});

test('a component of React with the elements compiles', () => {
  const paths = { react: [here('react_stub/index.d.ts')], 'react/jsx-runtime': [here('react_stub/jsx-runtime.d.ts')] };
  assert.equal(problemsOf('react_types_sample.tsx', { jsx: ts.JsxEmit.ReactJSX, paths }), '');
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
