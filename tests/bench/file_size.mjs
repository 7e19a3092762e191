// The size of a module on disk and over a network, and the sizes of its parts.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const FILES = { cu: '../../dist/cu.wasm', wasmoon: 'node_modules/wasmoon/dist/glue.wasm' };

/** Bytes of a module, uncompressed and with each method at its best level. */
export function sizesOf(bytes) {
  const brotli = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  return { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes, brotli).length };
}

/** The sizes of one of the compared modules. */
export const fileSizes = (name) => sizesOf(readFileSync(fileURLToPath(new URL(FILES[name], import.meta.url))));

/** The file that `make size OPTIONS=--record` writes. */
const PARTS = new URL('size.json', import.meta.url);

/** `{ group, name, bytes }` of each part of cu.wasm; undefined when the recorded file has another size. */
export function partsOfCu() {
  if (!existsSync(PARTS)) return undefined;
  const recorded = JSON.parse(readFileSync(PARTS, 'utf8'))['dist/cu.wasm'] ?? {};
  const groups = Object.entries(recorded).filter(([, parts]) => typeof parts === 'object');
  const list = groups.flatMap(([group, parts]) => Object.entries(parts).map(([name, bytes]) => ({ group, name, bytes })));
  const total = list.reduce((sum, { bytes }) => sum + bytes, 0);
  return total === fileSizes('cu').raw ? list : undefined;
}
