/**
 * From what a user has to a compiled module.
 *
 * Invariant: the shipped file is read and compiled once, however many instances are made of it.
 */

import { ModuleError } from './errors.js';

const SHIPPED = new URL('../dist/cu.wasm', import.meta.url);

let shipped;

/**
 * @param {WebAssembly.Module | ArrayBuffer | Uint8Array | undefined} source
 * @returns {Promise<WebAssembly.Module>}
 */
export async function loadModule(source) {
  if (source instanceof WebAssembly.Module) return source;
  if (source !== undefined) return compile(source);
  if (shipped === undefined) shipped = readShipped().then(compile);
  try {
    return await shipped;
  } catch (error) {
    shipped = undefined;
    throw error;
  }
}

async function compile(bytes) {
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new ModuleError(`not a cu module: ${cause.message}`, { cause });
  }
}

async function readShipped() {
  try {
    if (SHIPPED.protocol !== 'file:') return await (await fetch(SHIPPED.href)).arrayBuffer();
    const { readFile } = await import('node:fs/promises');
    return await readFile(SHIPPED);
  } catch (cause) {
    throw new ModuleError(`cannot read ${SHIPPED.href}: ${cause.message}`, { cause });
  }
}
