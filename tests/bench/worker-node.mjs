// cu in Node: one compiled module, a fresh instance with an empty store in memory for each program.

import { readFileSync } from 'node:fs';

import { Cu } from '../../host-js/index.js';
import { serve } from './worker.mjs';

const module = await WebAssembly.compile(readFileSync(new URL('../../dist/cu.wasm', import.meta.url)));

await serve(async (source) => {
  const cu = await Cu.create({ module });
  return {
    run: () => cu.compute(source).values[0],
    close: () => cu.close?.(),
  };
});
