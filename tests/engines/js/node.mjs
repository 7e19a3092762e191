// Node, Deno and Bun: node.mjs kit|bench [PROGRAM...]

import { readFileSync } from 'node:fs';
import { argv, exit } from 'node:process';

import { readClauses } from '../../conformance/files.mjs';
import { resident } from '../resident.mjs';
import { run } from './run.mjs';

const [, , what, ...programs] = argv;

await run(what, {
  bytes: readFileSync(new URL('../../../dist/cu.wasm', import.meta.url)),
  clauses: readClauses(),
  programs: programs.map((path) => ({ name: /(\w+)\.lua$/.exec(path)[1], source: readFileSync(path, 'utf8') })),
  now: () => performance.now(),
  print: (line) => console.log(line),
  resident,
});
// Computes of the kit wait for ever.
exit();
