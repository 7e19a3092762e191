// Measures the start of a Lua state and a call into it. For Wasmtime, host-rust/host/examples/startup.rs measures the same.
//
// This calls the raw exports of cu, so the figures are those of the module without a host.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { ENGINES } from './engines.mjs';
import { median } from './statistics.mjs';

const CU = fileURLToPath(new URL('../../dist/cu.wasm', import.meta.url));
const WASMTIME = fileURLToPath(new URL('../../target/release/examples/startup', import.meta.url));

/** The figure is the least, as with programs: an engine also compiles in the background, on the same cores. */
const PROCESSES = 5;

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

/** The engines with these figures, each with the command to run. */
const MEASURED = {
  node: 'cu',
  node24: 'cu',
  node26: 'cu',
  wasmtime: 'wasmtime',
  jsc: 'cu',
  wasmoon: 'wasmoon',
  wasmoon24: 'wasmoon',
  wasmoon26: 'wasmoon',
};

/** Records `{ engine, allocator?, startMicroseconds, callMicroseconds }`. Wasmtime has one for each allocator. */
export function measureStartup(engines) {
  return engines.filter((engine) => MEASURED[engine] !== undefined).flatMap((engine) => {
    const what = MEASURED[engine];
    const command = what === 'wasmtime' ? [WASMTIME] : [ENGINES[engine].runtime, fileURLToPath(import.meta.url), what];
    const [file, ...options] = command;
    const run = () => JSON.parse(execFileSync(file, options, { encoding: 'utf8' }));
    return Array.from({ length: PROCESSES }, run).reduce(least).map((record) => ({ engine, ...record }));
  });
}

function least(records, others) {
  const least = (one, other, name) => Math.min(one[name], other[name]);
  return records.map((record, index) => ({
    ...record,
    startMicroseconds: least(record, others[index], 'startMicroseconds'),
    callMicroseconds: least(record, others[index], 'callMicroseconds'),
  }));
}

async function measureCu() {
  const module = await WebAssembly.compile(readFileSync(CU));
  return {
    startMicroseconds: await medianTime(STARTS, () => startCu(module)),
    callMicroseconds: await medianTime(CALLS, cuCall(startCu(module))),
  };
}

function startCu(module) {
  const { exports } = new WebAssembly.Instance(module, EMPTY_HOST);
  const status = exports.init();
  if (status !== 0) throw new Error(`init answers ${status}`);
  return exports;
}

/** One complete exchange: writes the code to the buffer, calls, reads the answer. */
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

/** wasmoon has one module for all states, so its figure is the start of another state. */
async function measureWasmoon() {
  const { LuaFactory } = await import('wasmoon');
  const factory = new LuaFactory();
  const engine = await factory.createEngine();
  const startMicroseconds = await medianTime(STARTS, () => factory.createEngine(), (state) => state.global.close());
  const callMicroseconds = await medianTime(CALLS, () => {
    engine.doStringSync(CODE);
    engine.global.setTop(0); // doStringSync leaves its results on the stack
  });
  return { startMicroseconds, callMicroseconds };
}

/** The median time of `step`, each run timed separately. `after` undoes the effects of a run and is not timed. */
async function medianTime({ warmUp, runs }, step, after = () => {}) {
  const times = [];
  for (let run = -warmUp; run < runs; run++) {
    const start = performance.now();
    let made = step();
    if (made instanceof Promise) made = await made;
    const elapsed = performance.now() - start;
    if (run >= 0) times.push(elapsed * 1000);
    after(made);
  }
  return median(times);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const measure = { cu: measureCu, wasmoon: measureWasmoon };
  console.log(JSON.stringify([await measure[process.argv[2]]()]));
}
