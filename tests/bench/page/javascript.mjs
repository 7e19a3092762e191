// What javascript.mjs, one folder up, calls in Chromium. It also has what the tests of browsers have in their pages, such as a worker.

import '/tests/browser/pages/page.js';
import * as core from '/host-js/core.js';
import * as cuwasm from '/host-js/cuwasm/index.js';
import { measureCalls } from './calls.mjs';
import { measureStores } from './stores.mjs';

window.measureCalls = async () => measureCalls({
  core,
  cuwasm,
  module: await WebAssembly.compileStreaming(fetch('/dist/cu.wasm')),
  wasmoon: window.wasmoon,
  glue: '/tests/bench/node_modules/wasmoon/dist/glue.wasm',
});
window.measureStores = measureStores;
