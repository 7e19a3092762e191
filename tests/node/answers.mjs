// Prints the raw answer of every snippet in the named files: one line each, with the status and the bytes in hexadecimal.
// `tests/engines.rs` compares these lines with those of other engines.

import { readFileSync } from 'node:fs';
import { Raw, compile } from './raw.mjs';

const module = compile('dist/cu.wasm');
for (const file of process.argv.slice(2)) {
  for (const chunk of snippets(readFileSync(file))) {
    const raw = new Raw(module);
    if (raw.init() !== 0) throw new Error('init failed');
    const { status, bytes } = raw.compute(chunk);
    console.log(`${status < 0 ? 'error' : 'ok'} ${Buffer.from(bytes).toString('hex')}`);
  }
}

/** The chunks of a snippet file: the text between lines that begin with `--- `. */
function snippets(text) {
  const chunks = [];
  let start = -1;
  let line = 0;
  while (line < text.length) {
    const newline = text.indexOf(10, line);
    const next = newline < 0 ? text.length : newline + 1;
    if (text.subarray(line, line + 4).toString('latin1') === '--- ') {
      if (start >= 0) chunks.push(text.subarray(start, line));
      start = next;
    }
    line = next;
  }
  if (start >= 0) chunks.push(text.subarray(start));
  return chunks;
}
