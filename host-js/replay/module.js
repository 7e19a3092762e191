/**
 * The module of a recording: its bytes, by whose hash a recording names it.
 */

import { ModuleError, textOf } from '../errors.js';
import { loadModule, place, shippedUrl } from '../module.js';
import { describe } from '../section.js';
import { sha256 } from './sha256.js';

/** The one of this package, which does not change. */
let shipped;

/**
 * @param {ArrayBuffer | Uint8Array | string | URL | undefined} source as the option `module` of `Cu.create`
 * @returns {Promise<{ module: WebAssembly.Module, hash: Uint8Array, name: string }>}
 */
export function loadNamed(source) {
  if (source !== undefined) return load(source);
  if (shipped === undefined) {
    shipped = load();
    shipped.catch(() => { shipped = undefined; });
  }
  return shipped;
}

async function load(source) {
  if (source instanceof WebAssembly.Module) {
    throw new TypeError('a recording names its module by the hash of the file: give its bytes or its URL, and not a WebAssembly.Module');
  }
  const bytes = new Uint8Array(await bytesOf(source));
  const module = await loadModule(bytes);
  return { module, hash: sha256(bytes), name: nameOf(describe(module)) };
}

function nameOf({ version, features, flags }) {
  const parts = [...features, ...flags];
  return `cu ${version}${parts.length === 0 ? '' : ` with ${parts.join(', ')}`}`;
}

async function bytesOf(source) {
  const from = source === undefined ? place.file || shippedUrl() : source;
  if (typeof from !== 'string' && !(from instanceof URL)) return from;
  try {
    if (source === undefined && from === place.file || isFile(from)) {
      // No bundler looks behind a variable.
      const name = 'node:fs/promises';
      const files = await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
      return await files.readFile(from);
    }
    const response = await fetch(from);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await response.arrayBuffer();
  } catch (cause) {
    throw new ModuleError(`cannot read ${from}: ${textOf(cause)}`, { cause });
  }
}

const isFile = (url) => url.protocol === 'file:' && typeof process !== 'undefined';
