/**
 * The instance of programs that need only one. It is loaded by its `load`.
 */

import { CuWASM } from './cuwasm.js';

export const cu = new CuWASM();
