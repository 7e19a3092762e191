// The cases of `make calibrate`: code that a loop repeats under a budget.
//
// In a file of cases, a line `--- NAME` begins a case, and the body of the loop follows. If the case needs more, a line
// `-- each` comes before the body. Above it is the setup, which runs without a budget and keeps its results in globals.
// After a line `-- once` is code that runs before the loop in the same chunk. A case can use the values of values.lua
// by name.

import { readFileSync } from 'node:fs';

const FILES = ['library.lua', 'bigint.lua', 'instructions.lua'];

function sections(file) {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  return text.split(/^--- /m).slice(1).map((section) => {
    const end = section.indexOf('\n');
    return { name: section.slice(0, end), text: section.slice(end + 1).trimEnd() };
  });
}

const VALUES = sections('values.lua').map(({ name, text }) => ({ name, text, word: new RegExp(`\\b${name}\\b`) }));

/** The values that a piece of code uses: the code that makes them, and the locals that a chunk needs. */
function valuesIn(code) {
  const named = VALUES.filter(({ word }) => word.test(code));
  const locals = named.map(({ name }) => name).join(', ');
  return { setup: named.map(({ text }) => text), locals: locals && `local ${locals} = ${locals}\n` };
}

/** A case in the form that is run, with its name; `each` is only the body of the loop. */
export function makeCase({ name, text }) {
  const [, above = '', each] = /^([^]*?)^-- each\n?([^]*)$/m.exec(text) ?? ['', '', text];
  const [setup, once = ''] = above.split(/^-- once\n/m);
  const { setup: values, locals } = valuesIn(text);
  const parts = setup.trim() === '' ? values : [...values, setup];
  return { name, setup: parts, code: `${locals}${once}while true do\n${each}\nend`, each: `${once}\n${each}` };
}

export const CASES = FILES.flatMap((file) => sections(file).map(makeCase));

/** The function that a case measures, or undefined. */
export const subject = ({ name }) => /^([\w.]+): /.exec(name)?.[1];
