/** What the tests of cuwasm have in common. */

import { CuWASM, MemoryStorage } from '../cuwasm/index.js';

/** A loaded instance with a storage of its own. */
export function start(options) {
  return CuWASM.init({ storage: new MemoryStorage(), ...options });
}
