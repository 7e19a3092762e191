// What it costs in Node to have a Lua state and to call into it, and how large the module is.
//
// cu is driven through its raw exports, so the figures are the module's own and not those of host-js.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const CU = fileURLToPath(new URL('../../dist/cu.wasm', import.meta.url));
const WASMOON = fileURLToPath(new URL('node_modules/wasmoon/dist/glue.wasm', import.meta.url));

const STARTS = { warmUp: 50, runs: 200 };
const CALLS = { warmUp: 5000, runs: 20000 };
const CODE = 'return 1';

/** A host that keeps nothing: every table is empty, every write is accepted. */
const EMPTY_HOST = {
  env: {
    js_ext_table_set: () => 0,
    js_ext_table_get: () => -1,
    js_ext_table_delete: () => 0,
    js_ext_table_size: () => 0,
    js_ext_table_keys: () => 0,
  },
};

/** One record `{ engine, startMicroseconds, callMicroseconds, bytes, gzipBytes }` per engine that has such figures. */
export async function measureStartup(engines) {
  const records = [];
  if (engines.includes('node')) records.push({ engine: 'node', ...await measureCu(), ...sizes(CU) });
  if (engines.includes('wasmoon')) records.push({ engine: 'wasmoon', ...await measureWasmoon(), ...sizes(WASMOON) });
  return records;
}

async function measureCu() {
  const module = await WebAssembly.compile(readFileSync(CU));
  return {
    startMicroseconds: await median(STARTS, () => startCu(module)),
    callMicroseconds: await median(CALLS, cuCall(startCu(module))),
  };
}

function startCu(module) {
  const { exports } = new WebAssembly.Instance(module, EMPTY_HOST);
  const status = exports.init();
  if (status !== 0) throw new Error(`init answers ${status}`);
  return exports;
}

/** One whole exchange: the code into the buffer, the call, a look at the answer. */
function cuCall(exports) {
  const code = new TextEncoder().encode(CODE);
  const memory = new Uint8Array(exports.memory.buffer); // memory never grows, so the view stays valid
  const buffer = exports.get_buffer_ptr();
  return () => {
    memory.set(code, buffer);
    const length = exports.compute(buffer, code.length);
    if (length < 0) throw new Error(new TextDecoder().decode(memory.subarray(buffer, buffer - length - 1)));
  };
}

/** wasmoon has one module for all states, so its start is that of a further state. */
async function measureWasmoon() {
  const { LuaFactory } = await import('wasmoon');
  const factory = new LuaFactory();
  const engine = await factory.createEngine();
  const startMicroseconds = await median(STARTS, () => factory.createEngine(), (state) => state.global.close());
  const callMicroseconds = await median(CALLS, () => {
    engine.doStringSync(CODE);
    engine.global.setTop(0); // doStringSync leaves its results on the stack
  });
  return { startMicroseconds, callMicroseconds };
}

/** The median time of `step`, each run timed alone; `after` undoes what a run made, untimed. */
async function median({ warmUp, runs }, step, after = () => {}) {
  const times = [];
  for (let run = -warmUp; run < runs; run++) {
    const start = performance.now();
    let made = step();
    if (made instanceof Promise) made = await made;
    const elapsed = performance.now() - start;
    if (run >= 0) times.push(elapsed * 1000);
    after(made);
  }
  return times.sort((a, b) => a - b)[runs >> 1];
}

function sizes(file) {
  const bytes = readFileSync(file);
  return { bytes: bytes.length, gzipBytes: gzipSync(bytes, { level: 9 }).length };
}
