// TypeScript accepts every example of the documents for JavaScript, as a program that installed the package.

import assert from 'node:assert/strict';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { ROOT, install } from './pack.mjs';

const folder = install();
const documents = ['README.md', 'host-js/README.md', 'docs/hosting.md', 'docs/calls.md', 'docs/permissions.md', 'docs/stores.md', 'docs/package.md', 'docs/data.md', 'docs/javascript.md', 'docs/browser-stores.md', 'docs/workers.md'];

symlinkSync(`${ROOT}node_modules/@noble`, join(folder, 'node_modules/@noble'));

/** What Node has beside the language, of which the examples need this much. */
const NODE = `
declare module 'node:fs' {
  export function mkdtempSync(prefix: string): string;
  export function rmSync(path: string, options?: { recursive?: boolean; force?: boolean }): void;
  export function readFileSync(path: string | URL): Uint8Array<ArrayBuffer>;
  export function readFileSync(path: string | URL, encoding: 'utf8'): string;
}
declare module 'node:os' { export function tmpdir(): string; }
declare module 'node:path' { export function join(...parts: string[]): string; }
declare const Buffer: any;
`;
writeFileSync(join(folder, 'node.d.ts'), NODE);

const OPTIONS = {
  noEmit: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'], types: [],
  allowJs: true, checkJs: true, strict: true, noImplicitAny: false, useUnknownInCatchVariables: false,
};

const programs = documents.flatMap((document) => {
  const text = readFileSync(`${ROOT}${document}`, 'utf8');
  return [...text.matchAll(/^```js\n(.*?)^```$/gms)]
    // What TypeScript would have written with types: a schema, operations. And what it refuses, as the module does.
    .filter(([, source]) => !/schema = |operations = |name: undefined/.test(source))
    .filter(([, source]) => /from '(cu(\/[a-z/]+)?|\.{1,2}\/host-js\/index\.js)'/.test(source))
    .map(([, source], number) => {
      const path = join(folder, `${document.replace(/\W/g, '_')}_${number + 1}.mts`);
      writeFileSync(path, source.replace(/from '\.{1,2}\/host-js\/index\.js'/g, "from 'cu/full'"));
      return { name: `${document}, example ${number + 1}`, path };
    });
});

test('there are examples', () => assert.ok(programs.length > 10, `${programs.length}`));

const program = ts.createProgram([join(folder, 'node.d.ts'), ...programs.map(({ path }) => path)], OPTIONS);
const host = { getCurrentDirectory: () => folder, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };

for (const { name, path } of programs) {
  test(name, () => {
    const source = program.getSourceFile(path);
    const problems = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    assert.equal(ts.formatDiagnostics(problems, host), '');
  });
}

test('the types themselves', () => {
  const options = { ...OPTIONS, noImplicitAny: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };
  const entries = ['cu', 'cu/full', 'cu/data', 'cu/node', 'cu/encrypted', 'cu/replay', 'cu/wasm', 'cu/cuwasm', 'cu/store/memory', 'cu/store/file',
    'cu/store/indexeddb', 'cu/store/opfs', 'cu/store/local', 'cu/store/archive', 'cu/store/storage_error', 'cu/worker', 'cu/worker/serve', 'cu/elements', 'cu/cu.min.mjs',
    'cu/web/cu-api.js', 'cu/web/io-wrapper.js', 'cu/web/enhanced/query-engine.js'];
  const path = join(folder, 'entries.mts');
  writeFileSync(path, entries.map((entry, number) => `import * as e${number} from '${entry}';\ne${number} satisfies object;\n`).join(''));
  for (const resolution of [{}, { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler }]) {
    const problems = ts.getPreEmitDiagnostics(ts.createProgram([path], { ...options, ...resolution }));
    assert.equal(ts.formatDiagnostics(problems, host), '');
  }
});
