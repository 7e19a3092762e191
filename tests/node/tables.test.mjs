// The scripts of tests/lua/external over the memory store: each section a compute, over the same store.
//
//   ---- next              the next compute in the same instance
//   ---- restart           a new instance over the same store
//   ---- error PATTERN     the section fails with a message that the Lua pattern matches

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { Cu, MemoryStore } from '../../host-js/index.js';
import { compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
const FOLDER = new URL('../lua/external/', import.meta.url);

/** The sections of a script: `{ kind, pattern, line, code }`. */
function sections(text) {
  const found = [{ kind: 'next', line: 1, code: '' }];
  for (const [index, line] of text.split('\n').entries()) {
    const head = /^---- (next|restart|error)(?: (.*))?$/.exec(line);
    if (head !== null) found.push({ kind: head[1], pattern: head[2], line: index + 2, code: '' });
    else found.at(-1).code += `${line}\n`;
  }
  return found;
}

for (const file of readdirSync(FOLDER).sort()) {
  test(`external tables: ${file}`, async () => {
    const store = new MemoryStore();
    let cu = await Cu.create({ module, store });
    for (const { kind, pattern, line, code } of sections(readFileSync(new URL(file, FOLDER), 'utf8'))) {
      if (kind === 'restart') cu = await Cu.create({ module, store });
      let message;
      try {
        cu.compute(code);
      } catch (error) {
        message = error.message;
        if (kind !== 'error') assert.fail(`${file}, section at line ${line}: ${message}\n${error.traceback ?? ''}`);
      }
      if (kind === 'error') {
        assert.notEqual(message, undefined, `${file}, section at line ${line} did not fail`);
        const { value } = cu.compute(`return string.find(${JSON.stringify(message)}, ${JSON.stringify(pattern)}) ~= nil`);
        assert.ok(value, `${file}, section at line ${line}: ${message}`);
      }
    }
  });
}
