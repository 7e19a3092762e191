/**
 * The worker of elements, in the place of host-js/worker/default_worker.js: cu_worker.js beside them, which is a module and a classic script.
 * Bundlers know the first form, and bring its file along.
 */

import { wasmUrl } from '../../host-js/wasm.js';

export function defaultWorker() {
  // What lies beside the module has its origin.
  const module = new URL(wasmUrl());
  if (module.origin === location.origin) return new Worker(new URL('./cu_worker.js', import.meta.url), { type: 'module' });
  // A worker has to come from the origin of its page. What it imports may come from anywhere.
  const script = `importScripts(${JSON.stringify(new URL('cu_worker.js', module).href)})`;
  return new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
}
