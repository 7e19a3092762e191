/**
 * cuwasm/index.d.ts: a program in TypeScript compiles against it as it should, and it names what the module exports, and each class's methods.
 */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

import * as cuwasm from '../cuwasm/index.js';

const text = readFileSync(new URL('../cuwasm/index.d.ts', import.meta.url), 'utf8');

test('a program in TypeScript compiles', () => {
  const { ES2022 } = ts.ScriptTarget;
  const lib = ['lib.es2022.d.ts', 'lib.dom.d.ts'];
  const strict = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true };
  const options = { ...strict, noEmit: true, target: ES2022, module: ts.ModuleKind.NodeNext, lib, types: [] };
  const sample = fileURLToPath(new URL('cuwasm_types_sample.ts', import.meta.url));
  const problems = ts.getPreEmitDiagnostics(ts.createProgram([sample], options));
  const host = { getCurrentDirectory: () => '', getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
  assert.equal(ts.formatDiagnostics(problems, host), '');
});

test('the types name what the module exports', () => {
  const declared = [...text.matchAll(/^export (?:class|function|const) (\w+)/gm)].map((match) => match[1]);
  const renamed = [...text.matchAll(/^export \{(.*)\};/gm)].flatMap(([, list]) => [...list.matchAll(/as (\w+)/g)].map((match) => match[1]));
  assert.deepEqual([...declared, ...renamed, 'default'].sort(), Object.keys(cuwasm).sort());
});

for (const [, name, body] of text.matchAll(/^export class (\w+).*?\{\n(.*?)^\}/gms)) {
  test(`the types name the methods of ${name}`, () => {
    const declared = new Set([...body.matchAll(/^  (\w+)[<(]/gm)].map((match) => match[1]).filter((method) => method !== 'constructor'));
    const { prototype } = cuwasm[name];
    const methods = Object.getOwnPropertyNames(prototype).filter((method) => (
      method !== 'constructor' && typeof Object.getOwnPropertyDescriptor(prototype, method).value === 'function'));
    const inner = { FolderStorage: ['open', 'fileOf'], IndexedDBStorage: ['loadOld'], CompressionService: ['algorithm'], IoWrapper: ['outputOf'] };
    assert.deepEqual([...declared].sort(), methods.filter((method) => !(inner[name] || []).includes(method)).sort());
  });
}
