// Runs the scripts of tests/lua/attacks.lua under a budget. Started as a program, it prints the use of each script,
// a line `count name`.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Cu } from '../../host-js/index.js';
import { compile } from './raw.mjs';

/** Instructions that each script may use. */
export const BUDGET = 2_000_000;

const TEXT = readFileSync(new URL('../lua/attacks.lua', import.meta.url), 'utf8');

/** `{ name, code }` of each script. */
export const ATTACKS = TEXT.split(/^--- /m).slice(1).map((section) => {
  const end = section.indexOf('\n');
  return { name: section.slice(0, end), code: section.slice(end + 1) };
});

/** Runs a script in a new instance: `{ cu, error, used, milliseconds }`. */
export async function attack(module, code, instructions = BUDGET, more = {}) {
  let used;
  const onEvent = (event) => {
    used = event.instructions;
  };
  const cu = await Cu.create({ module, config: { instructions, events: ['usage'], ...more }, onEvent });
  const start = performance.now();
  let error;
  try {
    cu.compute(code);
  } catch (caught) {
    error = caught;
  }
  return { cu, error, used, milliseconds: performance.now() - start };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const module = compile('dist/cu.wasm');
  for (const { name, code } of ATTACKS) console.log(`${(await attack(module, code)).used} ${name}`);
}
