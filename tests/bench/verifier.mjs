// Measures how fast bytecode is verified in Node.
//
// Loading a chunk verifies it and then builds its functions in Lua. To time only the verifier, one byte is added after
// the chunk. The verifier checks the end last, so it verifies everything and then refuses the chunk, and nothing is
// built. The time without that byte, of the whole `load`, is printed next to it.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Cu } from '../../host-js/index.js';

const ROUNDS = 30;
/** Loads in a round: so many that the time of the one call from the host does not matter. */
const LOADS = 10;
const CHUNK_BYTES = 100 * 1024;

/** Statements that are repeated until the chunk is large enough. */
const CHUNKS = [
  {
    name: 'one function, straight',
    head: 'local a, b, t = ...',
    body: 'a = a * 2 + b t.x = t.y .. a b = t[a] f(a, b) t:m(b, 1)',
  },
  {
    name: 'one function, loops and branches',
    head: 'local a, b, t = ...',
    body: 'for i = 1, a do if i < b then b = b - i elseif t[i] then f(i) end while b > a do b = b // 2 end end',
  },
  {
    name: 'many small functions',
    head: '',
    body: 'do local function f(a, b) for i = 1, a do b = b + i end return b end end',
  },
];

/** Makes the globals `whole`, a chunk of about that size, and `refused`, the same chunk with one byte added. */
const PREPARE = `
  local head, body, bytes = _G.head, _G.body .. " ", ${CHUNK_BYTES}
  local function compile(count) return string.dump(assert(load(head .. " " .. body:rep(count), "=chunk")), true) end
  whole = compile(100 * bytes // #compile(100))
  refused = whole .. "x"
  assert(load(whole))
  local _, message = load(refused)
  assert(message:find(": 1 bytes after the main function", 1, true), message)
  return #whole`;

/** Milliseconds of verifying and of loading each chunk. */
export async function measureVerifier() {
  const module = await WebAssembly.compile(readFileSync(new URL('../../dist/cu.wasm', import.meta.url)));
  const results = [];
  for (const { name, head, body } of CHUNKS) {
    const cu = await Cu.create({ module, config: { bytecode: true } });
    cu.compute(`head, body = "${head}", "${body}"`);
    const bytes = Number(cu.compute(PREPARE).value);
    const time = (chunk) => {
      const start = performance.now();
      cu.compute(`for _ = 1, ${LOADS} do load(${chunk}) end`);
      return (performance.now() - start) / LOADS;
    };
    const result = { name, bytes, verify: Infinity, load: Infinity };
    for (let round = 0; round < ROUNDS; round += 1) {
      result.verify = Math.min(result.verify, time('refused'));
      result.load = Math.min(result.load, time('whole'));
    }
    results.push(result);
  }
  return results;
}

/** The figures as lines of text. `scale` converts this machine's times to those of the reference machine. */
export function describeVerifier(results, scale = 1) {
  return results.map(({ name, bytes, verify, load }) => {
    const [alone, whole] = [verify, load].map((time) => `${(time * scale).toFixed(2)} ms`);
    const rate = `${(bytes / (verify * scale) / 1000).toFixed(0).padStart(4)} MB/s`;
    const size = `${(bytes / 1024).toFixed(0)} KiB`;
    return `${name.padEnd(34)} ${size}   verified in ${alone}, ${rate}   loaded in ${whole}`;
  }).join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(describeVerifier(await measureVerifier()));
