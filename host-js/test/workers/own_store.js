// A worker file of a program, with a store of its own and messages of its own.

import { readFileSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { Cu, MemoryStore } from '../../index.js';
import { serve } from '../../worker/serve.js';

const module = new WebAssembly.Module(readFileSync(new URL('../../../dist/cu.wasm', import.meta.url)));

async function open() {
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  cu.compute("_home.from = 'the worker'");
  return store;
}

serve({ store: open });
parentPort.on('message', (message) => { if (message === 'hello') parentPort.postMessage('hello too'); });
