/**
 * What index.html began before this program was there: the worker, and the compiled module.
 *
 * Invariant: a worker is given away once. Where the page began nothing, or it failed, all is made here.
 */

import { place } from '../files.js';

const first = window.cuFirst ?? {};

export function newWorker(isEncrypted) {
  const { worker } = first;
  first.worker = undefined;
  if (worker !== undefined && !isEncrypted) return worker;
  if (worker !== undefined) worker.terminate();
  return new Worker(place(isEncrypted ? 'worker-encrypted.js' : 'worker.js'));
}

/** The module, or where it is: its loader says what is wrong with it. */
export const loadedModule = async () => (await first.module) ?? place('cu.wasm');
