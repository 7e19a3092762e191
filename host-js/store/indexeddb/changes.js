/**
 * Which keys of an IndexedDBStore changed since the last save, and their values as rows.
 *
 * Invariant: a key that changed is in `dirty` or `inFlight` until a save that has its value is durable.
 */

import { TABLE_IO } from '../../abi.js';
import { Block } from '../../block.js';
import { MemoryStore } from '../memory.js';
import { keysOf } from '../replace.js';
import { Packer } from './rows.js';

const NO_KEY = new Block(new Uint8Array(0));

export class Changes {
  constructor() {
    /** The keys that changed since the last save began, without values. */
    this.dirty = new MemoryStore();
    /** Those of the save that is running. */
    this.inFlight = undefined;
  }

  add(table, block, key, keyLength) {
    this.dirty.setAt(table, block, key, keyLength, key, 0);
  }

  get isEmpty() {
    return this.dirty.nextTable() === undefined;
  }

  /** The keys that changed, for a save that begins now. */
  take() {
    const keys = this.dirty;
    this.dirty = new MemoryStore();
    this.inFlight = keys;
    return keys;
  }

  /** The save with these keys is over. */
  end(keys) {
    if (this.inFlight === keys) this.inFlight = undefined;
  }

  /** These keys were not saved. */
  putBack(keys) {
    this.end(keys);
    eachKey(keys, (...key) => this.add(...key));
  }
}

/** The values that `store` has for the keys of `keys`. */
export function pack(store, keys) {
  const packer = new Packer(store);
  eachKey(keys, (table, block, key, keyLength) => {
    if (table !== TABLE_IO) packer.add(table, block, key, keyLength);
  });
  return packer.end();
}

/** The keys of `keys` with what `store` has for them, undefined for what is gone. */
export function* valuesOf(store, keys) {
  for (const table of keys.tableIds()) {
    if (table === TABLE_IO) continue;
    for (const key of keysOf(keys, table)) yield [table, key, store.get(table, key)];
  }
}

function eachKey(keys, visit) {
  for (let table = keys.nextTable(); table !== undefined; table = keys.nextTable(table)) {
    keys.eachEntry(table, NO_KEY, 0, 0, false, (block, key, keyLength) => visit(table, block, key, keyLength));
  }
}
