/**
 * Where snapshots are kept, from the option `storage`.
 */

import { refuse } from '../check.js';
import { FolderStorage } from './folder.js';
import { MemoryStorage } from './memory.js';

const METHODS = ['save', 'load', 'list', 'delete'];

/** All instances of a program that name no storage have the same one. */
const shared = new MemoryStorage();

/** The storage of an instance that names none. */
export function defaultStorage() {
  return shared;
}

/** @param {unknown} option a storage, the path of a folder, or nothing */
export function storageOf(option) {
  if (option === undefined) return defaultStorage();
  if (typeof option === 'string') return new FolderStorage(option);
  if (typeof option !== 'object' || option === null) refuse('storage', 'a storage, or the path of a folder', option);
  for (const method of METHODS) {
    if (typeof option[method] !== 'function') throw new TypeError(`the storage has no method ${method}`);
  }
  return option;
}
