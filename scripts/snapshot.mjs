// Does the work of `init` that does not depend on the host once, during the build: runs `cu_prepare`
// (src/run/create.rs) and replaces the module's data segments with the resulting memory.
//
// Invariant: only memory changes, and the host is not called, so the same module gives the same bytes.

import binaryen from 'binaryen';
import { IMPORTS, IMPORT_MODULE, MEMORY } from '../host-js/abi.js';

const PREPARE = 'cu_prepare';

/** Functions that only `cu_prepare` runs but that the table of functions still names. */
const ONLY_PREPARING = [
  'f_luaopen', 'luaopen_coroutine', 'luaopen_math', 'luaopen_string', 'luaopen_table', 'luaopen_utf8',
  'cu_open_base', 'cu_open_debug', 'cu_open_os', 'cu_open_string', 'cu_open_all',
];

/** Two segments with at most this many zeros between them become one: the compressed file is then smaller. */
const ZEROS_WITHIN = 32;

/** Changes the module so that its memory starts in the state after `cu_prepare`. */
export function takeSnapshot(module) {
  const memory = memoryAfterPreparing(module);
  const { initial, max } = module.getMemoryInfo();
  const segments = nonZeroRanges(memory).map(([start, end]) => ({
    offset: module.i32.const(start), data: memory.subarray(start, end), passive: false,
  }));
  console.log(`snapshot: ${segments.length} segments, ${segments.reduce((sum, { data }) => sum + data.length, 0)} bytes`);
  module.removeExport(MEMORY);
  module.setMemory(initial, max, MEMORY, segments, false, false, '0');
  replaceBody(module, PREPARE, module.i32.const(1));
  for (const name of ONLY_PREPARING) replaceBody(module, name, module.unreachable());
}

/** The memory after `cu_prepare`. */
export function memoryAfterPreparing(module) {
  const globals = mutableGlobals(module);
  globals.forEach((name, index) => module.addGlobalExport(name, `global ${index}`));
  const refuse = (name) => () => {
    throw new Error(`snapshot: ${PREPARE} asked the host: ${name}`);
  };
  const imports = Object.fromEntries(Object.keys(IMPORTS).map((name) => [name, refuse(name)]));
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.emitBinary()), { [IMPORT_MODULE]: imports });
  const values = () => globals.map((name, index) => instance.exports[`global ${index}`].value);
  const before = values();
  if (instance.exports[PREPARE]() !== 1) throw new Error(`snapshot: ${PREPARE} failed`);
  values().forEach((value, index) => {
    if (value !== before[index]) throw new Error(`snapshot: the global ${globals[index]} changed`);
  });
  globals.forEach((name, index) => module.removeExport(`global ${index}`));
  const memory = new Uint8Array(instance.exports[MEMORY].buffer);
  // Data below the stack pointer is no longer used.
  memory.fill(0, 0, before[globals.indexOf('__stack_pointer')]);
  return memory;
}

function mutableGlobals(module) {
  const all = Array.from({ length: module.getNumGlobals() }, (_, index) => binaryen.getGlobalInfo(module.getGlobalByIndex(index)));
  return all.filter((global) => global.mutable).map((global) => global.name);
}

function nonZeroRanges(memory) {
  const ranges = [];
  for (let at = 0; at < memory.length; at += 1) {
    if (memory[at] === 0) continue;
    const last = ranges.at(-1);
    if (last !== undefined && at - last[1] <= ZEROS_WITHIN) last[1] = at + 1;
    else ranges.push([at, at + 1]);
  }
  return ranges;
}

function replaceBody(module, name, body) {
  const found = module.getFunction(name);
  if (!found) throw new Error(`snapshot: there is no function ${name}`);
  binaryen.Function.setBody(found, body);
}
