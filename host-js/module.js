/**
 * Loads and compiles a module, and reads its section `cu`.
 *
 * Invariant: the shipped file is read and compiled once, however many instances are made of it.
 */

import { ABI_VERSION, SECTION } from './abi.js';
import { ModuleError } from './errors.js';
import { decodeText } from './text.js';

const WASM_TYPE = 'application/wasm';

/** What engines say when a policy, and not the bytes, is in the way: V8, SpiderMonkey, JavaScriptCore, workerd. */
const FORBIDDEN = /unsafe-eval|Content.Security|\bCSP\b|disallowed/i;

let shipped;

/** The content of the section by module, so that each is read once. */
const descriptions = new WeakMap();

/** Where the module is that belongs to this package, for a host that knows better than its own URL does (bun/place.js). */
export const place = { file: undefined };

/** The URL of the module that belongs to this package. Bundlers know this form, and bring the file along. */
export function shippedUrl() {
  return new URL('./cu.wasm', import.meta.url);
}

/**
 * @param {WebAssembly.Module | ArrayBuffer | Uint8Array | string | URL | undefined} source
 * @returns {Promise<WebAssembly.Module>}
 */
export async function loadModule(source) {
  if (source instanceof WebAssembly.Module) return source;
  if (source !== undefined) return typeof source === 'string' || source instanceof URL ? read(source) : compile(source);
  if (shipped === undefined) shipped = readShipped();
  try {
    return await shipped;
  } catch (error) {
    shipped = undefined;
    throw error;
  }
}

async function readShipped() {
  if (place.file !== undefined) return readFile(place.file);
  let url;
  try {
    url = shippedUrl();
  } catch (cause) {
    // The bundle is no ES module, or the platform gives its modules no URL.
    throw new ModuleError("cannot find cu.wasm from here: give the option 'module' its URL, its bytes or a WebAssembly.Module", { cause });
  }
  return read(url);
}

const read = (url) => (isFile(url) ? readFile(url) : fetchModule(url));

/** Whether it is a file that Node, Deno or Bun can read. A page that is a file itself cannot. */
const isFile = (url) => url.protocol === 'file:' && typeof process !== 'undefined';

async function readFile(path) {
  try {
    // No bundler looks behind a variable.
    const name = 'node:fs/promises';
    const files = await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
    return await compile(await files.readFile(path), path);
  } catch (cause) {
    throw unreadable(path, cause.message, cause);
  }
}

async function fetchModule(url) {
  let response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw unreadable(url, cause.message, cause);
  }
  if (!response.ok) throw unreadable(url, `the server answered ${response.status}`);
  const type = response.headers.get('content-type');
  // Engines compile what still arrives, if the server names the type; any other type is not worth an error.
  if (type === WASM_TYPE && WebAssembly.compileStreaming) return compile(response, url, 'compileStreaming');
  const bytes = await response.arrayBuffer().catch((cause) => { throw unreadable(url, cause.message, cause); });
  return compile(bytes, type === WASM_TYPE ? url : `${url}, which the server sent as ${type}`);
}

const unreadable = (url, problem, cause) => (
  cause instanceof ModuleError ? cause : new ModuleError(`cannot read ${url}: ${problem}`, { cause })
);

async function compile(bytes, from, way = 'compile') {
  try {
    return await WebAssembly[way](bytes);
  } catch (cause) {
    const { message } = cause;
    const problem = FORBIDDEN.test(message)
      ? `may not be compiled here: the Content-Security-Policy needs script-src 'wasm-unsafe-eval', a worker of a server a WebAssembly.Module`
      : 'not a cu module';
    throw new ModuleError(`${from === undefined ? '' : `${from}: `}${problem}: ${message}`, { cause });
  }
}

/**
 * The content of a module's section `cu` (abi/README.md). Throws when the module has another version of the contract.
 * @param {WebAssembly.Module} module
 * @returns {{ version: string, abi: number, features: string[], flags: string[] }}
 */
export function describe(module) {
  if (!descriptions.has(module)) descriptions.set(module, readSection(module));
  return descriptions.get(module);
}

function readSection(module) {
  const sections = WebAssembly.Module.customSections(module, SECTION);
  if (sections.length === 0) {
    const ours = `this host speaks version ${ABI_VERSION} of the contract`;
    throw new ModuleError(`not a cu module: it has no section '${SECTION}', in which it says its version; ${ours}`);
  }
  if (sections.length > 1) throw new ModuleError(`not a cu module: it has ${sections.length} sections '${SECTION}'`);
  const { abi, version, features, flags = [] } = parse(new Uint8Array(sections[0]));
  if (!Number.isSafeInteger(abi) || abi < 0) throw damaged("has no version of the contract, 'abi'");
  // First of all: in another version the rest may have another form.
  if (abi !== ABI_VERSION) {
    throw new ModuleError(`this host speaks version ${ABI_VERSION} of the contract, the module version ${abi}`);
  }
  if (typeof version !== 'string') throw damaged("has no text 'version'");
  if (!isTexts(features)) throw damaged("has no list of texts 'features'");
  if (!isTexts(flags)) throw damaged("has 'flags' that are no list of texts");
  return Object.freeze({ version, abi, features: Object.freeze(features), flags: Object.freeze(flags) });
}

function parse(bytes) {
  let value;
  try {
    // Bytes that are not UTF-8 become undefined, which is no JSON.
    value = JSON.parse(decodeText(bytes, 0, bytes.length));
  } catch (cause) {
    throw damaged('is no JSON', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw damaged('is no object');
  return value;
}

const isTexts = (list) => Array.isArray(list) && list.every((name) => typeof name === 'string');

const damaged = (problem, cause) => new ModuleError(`not a cu module: its section '${SECTION}' ${problem}`, { cause });
