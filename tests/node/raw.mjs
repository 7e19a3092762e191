// The raw module in Node, without a host, for tests that break the contract on purpose.

import { readFileSync } from 'node:fs';
import { TAG_SPILLED } from '../../host-js/abi.js';
import { decodeAll, encode } from '../../host-js/index.js';

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Compiles a module file of the build, given relative to the repository's root. */
export function compile(path) {
  return new WebAssembly.Module(readFileSync(new URL(`../../${path}`, import.meta.url)));
}

/** An instance with plain functions as imports; each may be replaced. */
export class Raw {
  constructor(module, imports = {}) {
    this.config = null;
    this.events = [];
    this.spilled = null;
    const env = {
      js_ext_table_set: (table, key, keyLength, value, length) => this.set(table, key, keyLength, value, length),
      js_ext_table_get: (table, key, keyLength, value, room) => this.get(table, key, keyLength, value, room),
      js_ext_table_delete: () => 0,
      js_ext_table_size: () => 0,
      js_ext_table_keys: () => 0,
      ...imports,
    };
    this.instantiate = () => new WebAssembly.Instance(module, { env }).exports;
    this.exports = this.instantiate();
    this.buffer = this.exports.get_buffer_ptr();
  }

  /** Another instance with the same imports. */
  restart() {
    this.exports = this.instantiate();
    return this.init();
  }

  /** Starts the VM, which reads the configuration. */
  init() {
    return this.exports.init();
  }

  bytes(pointer, length) {
    return new Uint8Array(this.exports.memory.buffer, pointer, length);
  }

  text(pointer, length) {
    return decoder.decode(this.bytes(pointer, length));
  }

  set(table, key, keyLength, value, length) {
    if (table === 0) this.events.push(this.bytes(value, length).slice());
    else this.spilled = this.bytes(value, length).slice();
    return 0;
  }

  get(table, key, keyLength, value, room) {
    if (table !== 0 || this.config === null || this.text(key, keyLength) !== 'config') return -1;
    if (this.config.length <= room) this.bytes(value, room).set(this.config);
    return this.config.length;
  }

  /** Sets the configuration from an object. */
  configure(config) {
    this.config = config === null ? null : encode(config);
  }

  /** Runs code placed in the I/O buffer: the status, and the bytes it announces. */
  compute(code) {
    const source = typeof code === 'string' ? encoder.encode(code) : code;
    this.bytes(this.buffer, source.length).set(source);
    return this.answer(this.exports.compute(this.buffer, source.length));
  }

  answer(status) {
    const length = status < 0 ? -status - 1 : status;
    return { status, bytes: this.bytes(this.buffer, length).slice() };
  }

  /** Runs code: `{ values, output }`, or `{ error }` with its text. */
  run(code) {
    const { status, bytes } = this.compute(code);
    if (status < 0) return { error: decoder.decode(bytes) };
    const length = new DataView(bytes.buffer).getUint32(0, true);
    const values = bytes[4 + length] === TAG_SPILLED ? this.spilled : bytes.subarray(4 + length);
    return { output: decoder.decode(bytes.subarray(4, 4 + length)), values: decodeAll(values) };
  }

  /** Bytes in live blocks of the arena. */
  used() {
    this.exports.get_memory_stats(this.buffer);
    return new DataView(this.exports.memory.buffer).getUint32(this.buffer + 4, true);
  }
}
