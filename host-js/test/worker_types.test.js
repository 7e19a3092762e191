/**
 * worker/*.d.ts: a program in TypeScript compiles against them as it should, and they name what the modules export and their methods.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

import * as bundle from '../bundle.js';
import * as full from '../full.js';
import * as worker from '../worker/index.js';
import * as serving from '../worker/serve.js';

const read = (name) => readFileSync(new URL(`../${name}.d.ts`, import.meta.url), 'utf8');
const text = read('worker/index');
const sample = fileURLToPath(new URL('worker_types_sample.ts', import.meta.url));
const lib = ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'];
const options = {
  strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, noEmit: true, target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext, lib, types: [],
};
const program = ts.createProgram([sample], options);

test('a program in TypeScript compiles', () => {
  const host = { getCurrentDirectory: () => '', getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
  assert.equal(ts.formatDiagnostics(ts.getPreEmitDiagnostics(program), host), '');
});

test('the types name what the modules export', () => {
  const declared = (source) => [...source.matchAll(/^export (?:class|function|const) (\w+)/gm)].map((match) => match[1]).sort();
  assert.deepEqual(declared(text), Object.keys(worker).sort());
  assert.deepEqual(declared(read('worker/serve')), Object.keys(serving).sort());
  assert.deepEqual([...Object.keys(full), 'Pool', 'WorkerCu', 'WorkerError'].sort(), Object.keys(bundle).sort());
});

for (const name of ['WorkerCu', 'Pool', 'CuWASM']) {
  test(`the types name the methods of ${name}`, () => {
    const checker = program.getTypeChecker();
    const module = checker.getSymbolAtLocation(program.getSourceFile(fileURLToPath(new URL('../worker/index.d.ts', import.meta.url))));
    const symbol = checker.getExportsOfModule(module).find((each) => each.name === name);
    const declared = checker.getDeclaredTypeOfSymbol(symbol).getProperties().map((property) => property.name).filter((each) => !each.startsWith('__'));
    const methods = Object.getOwnPropertyNames(worker[name].prototype).filter((each) => each !== 'constructor');
    const inObjects = name === 'WorkerCu' ? ['data', 'module', 'store'] : [];
    assert.deepEqual(declared.sort(), [...methods, ...inObjects].sort());
  });
}
