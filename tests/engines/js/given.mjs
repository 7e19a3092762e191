/** What a program of an engine is given: the files of the kit and the programs that its words name. */

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

import { readClauses } from '../../conformance/files.mjs';

export const MODULE = fileURLToPath(new URL('../../../dist/cu.wasm', import.meta.url));

/** @param {string[]} words kit or bench, and paths of programs */
export function givenBy([what, ...paths]) {
  return {
    what,
    clauses: readClauses(),
    programs: paths.map((path) => ({ name: basename(path, '.lua'), source: readFileSync(path, 'utf8') })),
  };
}
