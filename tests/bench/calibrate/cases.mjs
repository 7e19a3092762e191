// The cases of `make calibrate`: what is repeated in a loop under a budget.
//
// A file of cases has a line `--- NAME` before each. What follows is the body of the loop; where it needs more, a line
// `-- each` stands before the body, and above that line the code of a setup, which globals keep and no budget counts, and,
// after a line `-- once`, what is run before the loop in the same chunk. Values of values.lua are there by name.

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

/** The values that code names: what makes them, and how a chunk has them at hand. */
function valuesIn(code) {
  const named = VALUES.filter(({ word }) => word.test(code));
  const locals = named.map(({ name }) => name).join(', ');
  return { setup: named.map(({ text }) => text), locals: locals && `local ${locals} = ${locals}\n` };
}

/** A case as thread.mjs takes it, with its name; `each` is the body of the loop alone. */
export function makeCase({ name, text }) {
  const [, above = '', each] = /^([^]*?)^-- each\n?([^]*)$/m.exec(text) ?? ['', '', text];
  const [setup, once = ''] = above.split(/^-- once\n/m);
  const { setup: values, locals } = valuesIn(text);
  const parts = setup.trim() === '' ? values : [...values, setup];
  return { name, setup: parts, code: `${locals}${once}while true do\n${each}\nend`, each: `${once}\n${each}` };
}

export const CASES = FILES.flatMap((file) => sections(file).map(makeCase));

/** The function that a case is about, undefined when it is about none. */
export const subject = ({ name }) => /^([\w.]+): /.exec(name)?.[1];
