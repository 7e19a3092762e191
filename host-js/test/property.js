/**
 * Properties that hold for all inputs, by fast-check: it makes what fails as small as it can, and prints it with its seed.
 *
 * Invariant: `CU_SEED` gives the same inputs again, as for the loops of `random.js`.
 */

import fc from 'fast-check';

import { seed } from './random.js';

export { fc, seed };

/** Throws unless the property holds for so many inputs. */
export function forAll(runs, ...arbitrariesAndProperty) {
  fc.assert(fc.property(...arbitrariesAndProperty), { seed, numRuns: runs });
}
