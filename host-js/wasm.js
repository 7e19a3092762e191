/**
 * The module as a file: `cu/wasm`. It is for who compiles it or hands it to workers; `Cu.create()` finds it without this.
 */

import { loadModule, shippedUrl } from './module.js';

/** Where cu.wasm is. */
export function wasmUrl() {
  return shippedUrl();
}

/** The compiled module, which instances and workers may share: compiled once. */
export function wasmModule() {
  return loadModule();
}
