// Finds methods in host-js that came after the oldest browsers of the promise: TypeScript knows of what class a value is, and in which
// year a method of that class came. eslint.config.mjs has the rest of the check.

import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** "Do you need to change your target library?", of a property, a name and an iteration. */
const TOO_NEW = [2550, 2583, 2585];

const eslint = new ESLint({ cwd: ROOT });
const every = ts.sys.readDirectory(`${ROOT}host-js`, ['.js'], ['**/node_modules', '**/dist']);
const ignored = await Promise.all(every.map((path) => eslint.isPathIgnored(path)));
const files = every.filter((path, number) => !ignored[number]);

const program = ts.createProgram(files, {
  allowJs: true, checkJs: true, noEmit: true, target: ts.ScriptTarget.ES2020, module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler, lib: ['lib.es2020.d.ts', 'lib.dom.d.ts'], types: [],
});
const found = ts.getPreEmitDiagnostics(program).filter(({ code, file }) => TOO_NEW.includes(code) && files.includes(file.fileName));

const host = { getCurrentDirectory: () => ROOT, getCanonicalFileName: (name) => name, getNewLine: () => '\n' };
process.stdout.write(ts.formatDiagnostics(found, host));
process.exitCode = files.length > 20 && found.length === 0 ? 0 : 1;
