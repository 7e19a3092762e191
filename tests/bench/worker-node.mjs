// cu in Node, and in Bun, which is JavaScriptCore: one compiled module. An argument names another module than the
// shipped one.

import { readFileSync } from 'node:fs';

import { loader } from './load_cu.mjs';
import { serve } from './worker.mjs';

const file = process.argv[2] ?? new URL('../../dist/cu.wasm', import.meta.url);
await serve(loader(await WebAssembly.compile(readFileSync(file))));
