// How large a module is, as it lies on a disk and as it goes over a network, and what its bytes are.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const FILES = { cu: '../../dist/cu.wasm', wasmoon: 'node_modules/wasmoon/dist/glue.wasm' };

/** Bytes of a module, as it is and compressed as far as each way goes. */
export function sizesOf(bytes) {
  const brotli = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes, brotli).length };
}

/** Sizes of one of the modules that are compared. */
export const fileSizes = (name) => sizesOf(readFileSync(fileURLToPath(new URL(FILES[name], import.meta.url))));

/** What `make size OPTIONS=--record` writes. */
const PARTS = new URL('size.json', import.meta.url);

/** `{ group, name, bytes }` of each part of cu.wasm; undefined when what was recorded is no file of that size. */
export function partsOfCu() {
  if (!existsSync(PARTS)) return undefined;
  const recorded = JSON.parse(readFileSync(PARTS, 'utf8'))['dist/cu.wasm'] ?? {};
  const groups = Object.entries(recorded).filter(([, parts]) => typeof parts === 'object');
  const list = groups.flatMap(([group, parts]) => Object.entries(parts).map(([name, bytes]) => ({ group, name, bytes })));
  const total = list.reduce((sum, { bytes }) => sum + bytes, 0);
  return total === fileSizes('cu').raw ? list : undefined;
}
