// Optimises the linked module and removes every export that the contract does not name.
//
// Use: node scripts/optimize.mjs INPUT.wasm OUTPUT.wasm NAMED.wasm [--snapshot]
//
// NAMED.wasm is OUTPUT.wasm with the names of its functions. OUTPUT.wasm ends with its only custom section, which
// describes the module (abi/README.md).
//
// A Rust cdylib exports each `no_mangle` symbol, even if only Lua's C sources use it.

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
  // This pass would split the segments at every few zeros.
  binaryen.addPassToSkip('memory-packing');
}
removeForeignExports(module);
// The slow paths of the interpreter's loop (lua/slow_paths.h).
binaryen.setPassArgument('no-inline', 'slow_*');
module.runPasses(['no-inline']);
binaryen.setOptimizeLevel(3);
binaryen.setShrinkLevel(0);
// Measured: inlining larger functions gains no speed and takes 2 KB.
binaryen.setFlexibleInlineMaxSize(14);
// Lets binaryen fold constants into offsets. That is safe because no address wraps around into the first KiB, the end of
// the shadow stack.
binaryen.setLowMemoryUnused(true);
module.optimize();
// Inlining makes more code superfluous, so a second pass finds more to remove.
module.optimize();
// Functions that differ only in constants, such as the C functions that enter Rust, become one. Measured: 1 KB less, and not
// slower.
module.runPasses(['merge-similar-functions']);
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
