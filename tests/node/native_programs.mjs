// Programs of several computes, of which each sees what the ones before left in `_home` and nothing else: what native Lua prints for them, and
// what cu does.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cu, MemoryStore } from '../../host-js/index.js';

const BETWEEN = '--- end of a program ---\n';

/** What native Lua prints for each program. */
export function native(programs) {
  const folder = mkdtempSync(join(tmpdir(), 'cu-objects-'));
  try {
    const texts = programs.map(({ computes }) => {
      const runs = computes.map((compute, at) => {
        const level = '='.repeat(at + 3);
        return `local f = assert(load([${level}[\n${compute}]${level}], '=compute')) local ok, e = pcall(f) if not ok then print('failed', e) end`;
      });
      return `_home = {}\n${runs.map((run) => `do ${run} end`).join('\n')}\nio.write(${JSON.stringify(BETWEEN).replace('\\n', '\\n')})`;
    });
    writeFileSync(join(folder, 'programs.lua'), texts.map((text) => `do local function program() ${text} end program() end`).join('\n'));
    const printed = execFileSync('target/release/native-lua', [join(folder, 'programs.lua')], { encoding: 'utf8', maxBuffer: 1 << 28 });
    return printed.split(BETWEEN).slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compute(cu, source) {
  try {
    return (await cu.run(source)).output;
  } catch (error) {
    return `${error.output ?? ''}failed\t${error.message}\n`;
  }
}

/** What cu prints, with a new instance before each compute for which `decide` says so. */
export async function printed(program, decide) {
  const store = new MemoryStore();
  let cu = await Cu.create({ store });
  let text = '';
  for (const source of program.computes) {
    if (decide()) cu = await Cu.create({ store });
    text += await compute(cu, source);
  }
  return text;
}
