/**
 * Loads and compiles a module, and looks for the version that it says.
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
    // No bundler looks behind a variable, and no minifier puts this into its place.
    const name = ['node', 'fs/promises'].join(':');
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
    throw noModule(cause, from);
  }
}

/** What it is that an engine does not compile or, in WebKit where a policy forbids it, compiles and does not start. */
export function noModule(cause, from) {
  const { message } = cause;
  const problem = FORBIDDEN.test(message)
    ? `may not be compiled here: the Content-Security-Policy needs script-src 'wasm-unsafe-eval', a worker of a server a WebAssembly.Module`
    : 'not a cu module';
  return new ModuleError(`${from ? `${from}: ` : ''}${problem}: ${message}`, { cause });
}

/**
 * The content of a module's section `cu` (abi/README.md), as far as the core has to know it; section.js checks all of it.
 * @param {WebAssembly.Module} module
 */
export function describe(module) {
  let content;
  try {
    const [section] = WebAssembly.Module.customSections(module, SECTION);
    content = JSON.parse(decodeText(new Uint8Array(section), 0, section.byteLength));
  } catch (error) {
    // It says no version.
  }
  const { abi } = content || {};
  if (abi === ABI_VERSION) return Object.freeze(content);
  const problem = abi === undefined ? `no section '${SECTION}' that says its version` : `version ${abi}`;
  throw new ModuleError(`this host speaks version ${ABI_VERSION} of the contract, the module has ${problem}`);
}
