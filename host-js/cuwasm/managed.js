/**
 * What the classes around an instance have in common.
 *
 * Invariant: they keep nothing: two of them over one instance see the same.
 */

import { refuse } from './check.js';
import { cu as usual } from './default.js';
import { isInstance } from './state.js';

export class Managed {
  /** @param {import('./cuwasm.js').CuWASM} [cu] default: the default instance */
  constructor(cu = usual) {
    if (!isInstance(cu)) refuse('cu', 'an instance of CuWASM', cu);
    this.cu = cu;
  }
}
