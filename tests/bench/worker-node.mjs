// cu in Node: one compiled module, a fresh instance with an empty store in memory for each program. An argument names another
// module than the shipped one; that one runs under a budget that is never used up.

import { readFileSync } from 'node:fs';

import { Cu } from '../../host-js/index.js';
import { serve } from './worker.mjs';

const other = process.argv[2];
const module = await WebAssembly.compile(readFileSync(new URL(`../../${other ?? 'dist/cu.wasm'}`, import.meta.url)));
const config = other === undefined ? { instructions: Number.MAX_SAFE_INTEGER } : {};

await serve(async (source) => {
  const cu = await Cu.create({ module, config });
  return {
    run: () => cu.compute(source).values[0],
    close: () => cu.close?.(),
  };
});
