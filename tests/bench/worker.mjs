// The worker's side of the line protocol in engines.mjs, for engines that run in Node.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { answer } from './answer.mjs';

/**
 * Answers every path on standard input. `load(source)` makes a fresh Lua state and resolves to `{ run, close }`;
 * only `run()`, which returns the program's first result, is timed.
 */
export async function serve(load) {
  for await (const path of createInterface({ input: process.stdin })) {
    process.stdout.write(`${await answer(readFileSync(path, 'utf8'), load)}\n`);
  }
}
