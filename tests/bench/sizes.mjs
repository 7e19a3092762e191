// Finds how large values can be in the arena of dist/cu.wasm, for the documentation of hosts.
//
//   node tests/bench/sizes.mjs        prints the table of docs/limits.md, "How much fits"
//
// Each size is tried in a new instance. The result is the largest size that works, within 1 %.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Cu, MemoryStore, encode, encodeKey } from '../../host-js/index.js';

const CU = new URL('../../dist/cu.wasm', import.meta.url);

// The search begins at this number.
const START = 1024;

const list = (element) => (n) => `local t = {} for i = 1, ${n} do t[i] = ${element} end`;
const integers = list('i');
const rows = list("{ id = i, name = 'user' .. i }");
const noise = (n) => `local t = {} for i = 1, ${Math.ceil(n / 1000)} do local c = {}
  for j = 1, 125 do c[j] = string.pack('i8', math.random(0)) end t[i] = table.concat(c) end
  local s = table.concat(t) t = nil`;

/** The values that may be large: the unit, and how to try n of them. `source` is computed; `input` is set before it. */
export const KINDS = {
  'code that is a comment': { unit: 'bytes', source: (n) => `--${'x'.repeat(n - 2)}` },
  'code that is assignments': { unit: 'bytes', source: (n) => 'a = b\n'.repeat(n / 6) },
  'code that is a list of numbers': { unit: 'bytes', source: (n) => `return #{${'1,'.repeat(n / 2)}}` },
  'a string': { unit: 'bytes', source: (n) => `return #('x'):rep(${n})` },
  'a list of integers': { unit: 'elements', source: (n) => `${integers(n)} return #t` },
  'a list of rows': { unit: 'elements', source: (n) => `${rows(n)} return #t` },
  'a string as result': { unit: 'bytes', source: (n) => `return ('x'):rep(${n})` },
  'a list of integers as result': { unit: 'elements', source: (n) => `${integers(n)} return t` },
  'a list of rows as result': { unit: 'elements', source: (n) => `${rows(n)} return t` },
  'a string that is stored, not compressible': { unit: 'bytes', source: (n) => `${noise(n)} _home.s = s return #_home.s` },
  'a string that is stored, compressible': { unit: 'bytes', source: (n) => `_home.s = ('x'):rep(${n}) return #_home.s` },
  'a list of integers stored at once': { unit: 'elements', source: (n) => `${integers(n)} _home.t = t return #t` },
  'a list of rows stored at once': { unit: 'elements', source: (n) => `${rows(n)} _home.t = t return #t` },
  'a string as input': { unit: 'bytes', input: (n) => 'x'.repeat(n), source: () => 'return #_io.input' },
  'a list of rows as input': {
    unit: 'elements',
    input: (n) => Array.from({ length: n }, (_, row) => ({ id: row, name: `user${row}` })),
    source: () => 'return #_io.input',
  },
};

/** Whether n of a kind fit. */
export async function fits(module, kind, n) {
  const { source, input } = KINDS[kind];
  const store = new MemoryStore();
  const cu = await Cu.create({ module, store });
  if (input !== undefined) store.set(2, encodeKey('input'), encode(input(n)));
  try {
    cu.compute(source(n));
    return true;
  } catch (error) {
    if (error.errorClass === 'memory' || /memory|too large|too long|more than/.test(error.message)) return false;
    throw error;
  }
}

async function largest(module, kind) {
  let [little, much] = [0, START];
  while (await fits(module, kind, much)) [little, much] = [much, much * 2];
  while (much - little > little / 100) {
    const middle = Math.round((little + much) / 2);
    if (await fits(module, kind, middle)) little = middle;
    else much = middle;
  }
  return little;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const module = await WebAssembly.compile(readFileSync(CU));
  for (const [kind, { unit }] of Object.entries(KINDS)) {
    console.log(`${kind.padEnd(44)}${String(await largest(module, kind)).padStart(9)} ${unit}`);
  }
}
