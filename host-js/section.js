/**
 * The section `cu` of a module, checked.
 *
 * Invariant: the section of a module is read once, however many instances are made of it.
 */

import { ABI_VERSION, SECTION } from './abi.js';
import { ModuleError } from './errors.js';
import { decodeText } from './text.js';

/** The content of the section by module. */
const descriptions = new WeakMap();

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
