/**
 * Where snapshots are kept, from the option `storage`.
 *
 * Invariant: instances that name the same storage, or none, have the same one. Nothing is opened here.
 */

import { refuse } from '../check.js';
import { BrowserStorage } from './browser.js';
import { FolderStorage } from './folder.js';
import { IndexedDBStorage } from './indexeddb.js';
import { MemoryStorage } from './memory.js';

const METHODS = ['save', 'load', 'list', 'delete'];

/** Text that is no path: what makes each storage, and those that were made. */
const NAMED = { memory: () => new MemoryStorage(), indexeddb: () => new IndexedDBStorage() };
const made = {};
let usual;

function named(name) {
  if (made[name] === undefined) made[name] = NAMED[name]();
  return made[name];
}

/** Of an instance that names none: in a page, or where there is IndexedDB, that; elsewhere memory. */
function defaultStorage() {
  if (!('indexedDB' in globalThis) && typeof document === 'undefined') return named('memory');
  if (usual === undefined) usual = new BrowserStorage({ memory: named('memory') });
  return usual;
}

/** @param {unknown} option a storage, the name of one, the path of a folder, or nothing */
export function storageOf(option) {
  if (option === undefined) return defaultStorage();
  if (typeof option === 'string') return Object.keys(NAMED).includes(option) ? named(option) : folderOf(option);
  if (typeof option !== 'object' || option === null) refuse('storage', "a storage, 'indexeddb', 'memory', or the path of a folder", option);
  for (const method of METHODS) {
    if (typeof option[method] !== 'function') throw new TypeError(`the storage has no method ${method}`);
  }
  return option;
}

function folderOf(path) {
  const hasFiles = typeof process !== 'undefined' && Boolean(process.versions) && Boolean(process.versions.node);
  if (!hasFiles) refuse('storage', "a storage, 'indexeddb' or 'memory': there are no folders here", path);
  return new FolderStorage(path);
}
