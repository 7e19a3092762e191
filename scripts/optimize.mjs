// Optimises the linked module and removes every export that the contract does not name.
//
// Use: node scripts/optimize.mjs INPUT.wasm OUTPUT.wasm NAMED.wasm [--snapshot]
//
// NAMED.wasm is OUTPUT.wasm with the names of functions in it. OUTPUT.wasm has one custom section, in which it says what it
// is (abi/README.md), behind everything else.
// A Rust cdylib exports each `no_mangle` symbol, also those that only Lua's C sources link to.

import { readFileSync, writeFileSync } from 'node:fs';
import binaryen from 'binaryen';
import { EXPORTS, MEMORY } from '../host-js/abi.js';
import { takeSnapshot } from './snapshot.mjs';

const takesSnapshot = process.argv.includes('--snapshot');
const [input, output, named] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
if (!named) {
  console.error('use: node scripts/optimize.mjs INPUT.wasm OUTPUT.wasm NAMED.wasm [--snapshot]');
  process.exit(2);
}

const features = binaryen.Features.MVP | binaryen.Features.MutableGlobals;
const module = binaryen.readBinary(readFileSync(input), features);
module.setFeatures(features);
if (takesSnapshot) {
  takeSnapshot(module);
  // It would cut the segments at every few zeros.
  binaryen.addPassToSkip('memory-packing');
}
removeForeignExports(module);
// The slow paths of the interpreter's loop (lua/slow_paths.h).
binaryen.setPassArgument('no-inline', 'slow_*');
module.runPasses(['no-inline']);
binaryen.setOptimizeLevel(3);
binaryen.setShrinkLevel(0);
// The first KiB is the end of the shadow stack: no address that wraps around leads there.
binaryen.setLowMemoryUnused(true);
module.optimize();
// What was inlined leaves more to leave out.
module.optimize();
module.runPasses(['strip-producers', 'strip-target-features']);
if (!module.validate()) {
  console.error(`optimize: the optimised ${input} is not valid`);
  process.exit(1);
}
const bytes = module.emitBinary();
writeFileSync(output, bytes);
binaryen.setDebugInfo(true);
writeFileSync(named, module.emitBinary());
console.log(`optimize: ${bytes.length} bytes`);

function removeForeignExports(module) {
  const names = [];
  for (let index = 0; index < module.getNumExports(); index += 1) {
    names.push(binaryen.getExportInfo(module.getExportByIndex(index)).name);
  }
  for (const name of names) {
    if (name !== MEMORY && !(name in EXPORTS)) module.removeExport(name);
  }
}
