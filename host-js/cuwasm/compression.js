/**
 * Compresses bytes where that makes them shorter.
 *
 *   gzip, deflate   CompressionStream: Node 18, Chrome 80, Firefox 113, Safari 16.4
 *   brotli          zlib of Node; browsers have none for programs
 *   lz4             no platform has it, and a library of its own would be a dependency: refused
 *
 * Invariant: what `compress` answers, `decompress` turns into the same bytes, or throws.
 */

import { checkOptions, checkWhole, refuse, shown } from './check.js';

/** Shorter data stays as it is. */
const THRESHOLD_BYTES = 1024;

/** Damaged bytes may claim anything; nothing inflates to more. */
const INFLATED_BYTES = 0x40000000;

/** The module is named at run time, so that tools which bundle for browsers do not look for it. */
const ZLIB = ['node', 'zlib'].join(':');

class StreamAlgorithm {
  constructor(name) {
    this.name = name;
  }

  get available() {
    return typeof CompressionStream !== 'undefined';
  }

  get reason() {
    return this.available ? '' : `${this.name} needs CompressionStream, which this platform does not have`;
  }

  compress(bytes) {
    return through(new CompressionStream(this.name), bytes);
  }

  decompress(bytes) {
    return through(new DecompressionStream(this.name), bytes);
  }
}

class Brotli {
  constructor() {
    this.name = 'brotli';
  }

  get available() {
    return typeof process !== 'undefined' && Boolean(process.versions) && Boolean(process.versions.node);
  }

  get reason() {
    return this.available ? '' : 'brotli needs zlib of Node: browsers have no brotli for programs';
  }

  async compress(bytes) {
    const { brotliCompressSync } = await import(/* webpackIgnore: true */ /* @vite-ignore */ ZLIB);
    return plain(brotliCompressSync(bytes));
  }

  async decompress(bytes) {
    const { brotliDecompressSync } = await import(/* webpackIgnore: true */ /* @vite-ignore */ ZLIB);
    return plain(brotliDecompressSync(bytes, { maxOutputLength: INFLATED_BYTES }));
  }
}

class Lz4 {
  constructor() {
    this.name = 'lz4';
    this.available = false;
    this.reason = 'lz4 is not there: no platform has it, and cu has no dependencies; gzip makes data shorter';
  }

  async compress() {
    throw new TypeError(this.reason);
  }

  async decompress() {
    throw new TypeError(this.reason);
  }
}

export class CompressionService {
  /** @param {{ threshold?: number }} [options] bytes from which on data is compressed */
  constructor(options) {
    const { threshold = THRESHOLD_BYTES } = checkOptions('CompressionService', options, ['threshold']);
    this.threshold = checkWhole('threshold', threshold, 0);
    this.algorithms = {
      gzip: new StreamAlgorithm('gzip'),
      deflate: new StreamAlgorithm('deflate'),
      brotli: new Brotli(),
      lz4: new Lz4(),
    };
  }

  /**
   * The algorithm that `compress` takes when none is named: gzip, which every reader has; where there is none, brotli.
   * Undefined where there is neither.
   */
  selectAlgorithm() {
    const { gzip, brotli } = this.algorithms;
    return [gzip, brotli].find(({ available }) => available);
  }

  /**
   * @param {string | Uint8Array | ArrayBuffer} data text is compressed as UTF-8
   * @param {{ algorithm?: string }} [options]
   * @returns {Promise<{ compressed: boolean, data: Uint8Array, algorithm?: string, originalSize: number, compressedSize: number,
   *   ratio: number }>} not compressed where it is short, or would not become shorter
   */
  async compress(data, options) {
    const bytes = bytesOf(data);
    const { algorithm: name } = checkOptions('compress', options, ['algorithm']);
    const algorithm = name === undefined ? this.selectAlgorithm() : this.algorithm(name);
    if (bytes.length < this.threshold || algorithm === undefined) return unchanged(bytes);
    const compressed = await algorithm.compress(bytes);
    if (compressed.length >= bytes.length) return unchanged(bytes);
    return {
      compressed: true,
      algorithm: algorithm.name,
      data: compressed,
      originalSize: bytes.length,
      compressedSize: compressed.length,
      ratio: bytes.length / compressed.length,
    };
  }

  /**
   * The bytes that were given to `compress`.
   * @param {{ compressed: boolean, data: Uint8Array, algorithm?: string, originalSize?: number }} result what it answered
   */
  async decompress(result) {
    if (typeof result !== 'object' || result === null) refuse('result', 'what compress answered', result);
    const { compressed, data, algorithm, originalSize } = result;
    if (!(data instanceof Uint8Array)) refuse('result.data', 'a Uint8Array', data);
    if (!compressed) return data.slice();
    const bytes = await this.algorithm(algorithm).decompress(data);
    if (originalSize !== undefined && bytes.length !== originalSize) {
      throw new RangeError(`${originalSize} bytes were compressed, and ${bytes.length} came out`);
    }
    return bytes;
  }

  algorithm(name) {
    const { algorithms } = this;
    if (typeof name !== 'string' || !Object.prototype.hasOwnProperty.call(algorithms, name)) {
      throw new TypeError(`no algorithm is called ${shown(name)}; there are ${Object.keys(algorithms).join(', ')}`);
    }
    if (!algorithms[name].available) throw new TypeError(algorithms[name].reason);
    return algorithms[name];
  }
}

function unchanged(bytes) {
  return { compressed: false, data: bytes, originalSize: bytes.length, compressedSize: bytes.length, ratio: 1 };
}

/** A copy: the caller may change its bytes while they are compressed. */
function bytesOf(data) {
  if (typeof data === 'string') return new TextEncoder().encode(data);
  if (data instanceof Uint8Array) return new Uint8Array(data);
  if (data instanceof ArrayBuffer) return new Uint8Array(data.slice(0));
  return refuse('data', 'a string, a Uint8Array or an ArrayBuffer', data);
}

/** Not the Buffer of Node, whose `slice` shares memory. */
function plain(buffer) {
  return new Uint8Array(buffer);
}

async function through({ readable, writable }, bytes) {
  const writer = writable.getWriter();
  // What fails here fails in the reader, too.
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  const reader = readable.getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > INFLATED_BYTES) {
      await reader.cancel();
      throw new RangeError(`more than ${INFLATED_BYTES} bytes come out`);
    }
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
