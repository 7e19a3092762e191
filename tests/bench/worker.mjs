// The worker's side of the line protocol in engines.mjs, for engines that run in Node.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * Answers every path on standard input. `load(source)` makes a fresh Lua state and resolves to `{ run, close }`;
 * only `run()`, which returns the program's first result, is timed.
 */
export async function serve(load) {
  for await (const path of createInterface({ input: process.stdin })) {
    process.stdout.write(`${oneLine(await answer(path, load))}\n`);
  }
}

async function answer(path, load) {
  let state;
  try {
    state = await load(readFileSync(path, 'utf8'));
    const start = performance.now();
    const checksum = state.run();
    const microseconds = Math.round((performance.now() - start) * 1000);
    return `OK ${microseconds} ${checksum}`;
  } catch (error) {
    return `ERR ${error.message}`;
  } finally {
    state?.close();
  }
}

const oneLine = (text) => text.replace(/\s*\n\s*/g, ' ');
