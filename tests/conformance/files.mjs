/** The files of the kit, for runners in Node. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

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
