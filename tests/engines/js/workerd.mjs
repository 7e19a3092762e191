// workerd, as the test of a worker: it has the files of the kit and the programs in its bundle, and the compiled module beside it.

import module from './cu.wasm';
import given from './given.json';
import { run } from './run.mjs';

/** Time stands still while a worker computes, and goes on when it has waited. */
async function now() {
  await scheduler.wait(0);
  return performance.now();
}

/** Another process looks, which knows by this line that it may, and has half a second for it. */
async function resident(instances) {
  console.log(`resident ${instances}`);
  await scheduler.wait(500);
}

export default {
  async test() {
    // No worker compiles: what is asked for is always this one. Only its name in a recording is of bytes, and nobody reads it here.
    WebAssembly.compile = async () => module;
    globalThis.fetch = async () => ({ ok: true, headers: { get: () => null }, arrayBuffer: async () => new ArrayBuffer(0) });
    await run(given.what, { ...given, module, now, print: (line) => console.log(line), resident });
  },
};
