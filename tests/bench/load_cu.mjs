// How workers run a program in cu: a fresh instance with an empty store in memory, under a budget that is never used
// up.

import { Cu } from '../../host-js/index.js';

const CONFIG = { instructions: Number.MAX_SAFE_INTEGER };

/** The `load` function for `serve` and `answer`, over one compiled module. */
export function loader(module) {
  return async (source) => {
    const cu = await Cu.create({ module, config: CONFIG });
    return {
      run: () => cu.compute(source).values[0],
      close: () => cu.close?.(),
    };
  };
}
