/**
 * Makes a module of the right shape with given function bodies, to do what cu.wasm never does: trap, grow, lie.
 *
 *   magic | types | imports | functions | memory | exports | code | section `cu`
 *
 * Invariant: exports and imports are those of abi.js. An export without a given body returns 0, or the place and length of
 * the buffer.
 */

import { ABI_VERSION, EXPORTS, IMPORT_MODULE, IMPORTS, IO_BUFFER_BYTES, MEMORY, SECTION } from '../abi.js';

export const BUFFER_POINTER = 1024;

export const UNREACHABLE = [0x00];

const I32 = 0x7f;
const MEMORY_PAGES = 4;
const NO_RESULT = [
  'get_memory_stats', 'run_gc', 'attach_memory_table', 'sync_external_table_counter', 'set_memory_alias_enabled',
];

/** Unsigned LEB128. */
function unsigned(number) {
  return number < 0x80 ? [number] : [number % 0x80 + 0x80, ...unsigned(Math.floor(number / 0x80))];
}

function vector(items) {
  return [...unsigned(items.length), ...items.flat()];
}

function section(id, content) {
  return [id, ...unsigned(content.length), ...content];
}

function text(string) {
  return vector([...Buffer.from(string)].map((byte) => [byte]));
}

/** `i32.const number`. */
export function constant(number) {
  const bytes = [];
  for (let rest = number; ; rest >>= 7) {
    const last = rest >> 6 === 0 || rest >> 6 === -1;
    bytes.push(rest & 0x7f | (last ? 0 : 0x80));
    if (last) return [0x41, ...bytes];
  }
}

/** `i32.store` of what two expressions before it have pushed. */
export const STORE = [0x36, 2, 0];
/** `memory.grow` by what was pushed, the answer dropped. */
export const GROW = [0x40, 0, 0x1a];

const DESCRIPTION = JSON.stringify({ version: '0.0.0', abi: ABI_VERSION, features: [] });

/** A custom section. */
export function custom(name, content) {
  return section(0, [...text(name), ...(typeof content === 'string' ? Buffer.from(content) : content)]);
}

/**
 * @param {Record<string, number[]>} bodies instructions of exports by name
 * @param {number[]} last the sections after the code
 * @returns {Uint8Array}
 */
export function stubModule(bodies = {}, last = custom(SECTION, DESCRIPTION)) {
  const exportNames = Object.keys(EXPORTS);
  const importNames = Object.keys(IMPORTS);
  const i32s = (count) => vector(Array(count).fill([I32]));
  const type = (parameters, results) => [0x60, ...i32s(parameters), ...i32s(results)];
  const answers = { get_buffer_ptr: BUFFER_POINTER, get_buffer_size: IO_BUFFER_BYTES };
  const resultCount = (name) => (NO_RESULT.includes(name) ? 0 : 1);
  const code = (name) => {
    const body = bodies[name] || (resultCount(name) === 0 ? [] : constant(answers[name] || 0));
    const content = [0, ...body, 0x0b];
    return [...unsigned(content.length), ...content];
  };
  return Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, vector([
      ...importNames.map((name) => type(IMPORTS[name], 1)),
      ...exportNames.map((name) => type(EXPORTS[name], resultCount(name))),
    ])),
    ...section(2, vector(importNames.map((name, index) => [...text(IMPORT_MODULE), ...text(name), 0, index]))),
    ...section(3, vector(exportNames.map((_, index) => [importNames.length + index]))),
    ...section(5, vector([[0, MEMORY_PAGES]])),
    ...section(7, vector([
      ...exportNames.map((name, index) => [...text(name), 0, importNames.length + index]),
      [...text(MEMORY), 2, 0],
    ])),
    ...section(10, vector(exportNames.map(code))),
    ...last,
  ]);
}
