/** The files of the kit, for runners in Node. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

import { generated } from './js/generated.mjs';
import { rewrite } from './js/rewrite.mjs';

const folder = new URL('./', import.meta.url);
const ENDING = '.txt';

/** All clauses, or those named. */
export function readClauses(names = []) {
  const all = readdirSync(folder).filter((file) => file.endsWith(ENDING)).map((file) => file.slice(0, -ENDING.length)).sort();
  for (const name of names) if (!all.includes(name)) throw new Error(`there is no clause ${name}; there are ${all.join(', ')}`);
  return (names.length === 0 ? all : names).map((name) => ({ name, text: readFileSync(new URL(`${name}${ENDING}`, folder), 'utf8') }));
}

export function writeClause(name, text) {
  writeFileSync(new URL(`${name}${ENDING}`, folder), text);
}

/** The clauses that are made of other files, without expectations. */
export const madeClauses = () => generated((path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));

/** What the recorder would write: for each clause its name, its text, and the text of its file. */
export async function recorded(names = []) {
  const made = new Map(madeClauses().map(({ name, text }) => [name, text]));
  const files = new Map(readClauses().map(({ name, text }) => [name, text]));
  const all = [...new Set([...files.keys(), ...made.keys()])].sort();
  for (const name of names) if (!all.includes(name)) throw new Error(`there is no clause ${name}; there are ${all.join(', ')}`);
  const written = [];
  for (const name of names.length === 0 ? all : names) {
    const file = files.get(name);
    written.push({ name, text: await rewrite(made.has(name) ? made.get(name) : file, name), file });
  }
  return written;
}
