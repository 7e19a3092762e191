// Node, Deno and Bun: node.mjs kit|bench [PROGRAM...]

import { readFileSync } from 'node:fs';
import { argv, exit } from 'node:process';

import { resident } from '../resident.mjs';
import { MODULE, givenBy } from './given.mjs';
import { run } from './run.mjs';

const given = givenBy(argv.slice(2));

await run(given.what, {
  ...given,
  bytes: readFileSync(MODULE),
  now: () => performance.now(),
  print: (line) => console.log(line),
  resident,
});
// Computes of the kit wait for ever.
exit();
