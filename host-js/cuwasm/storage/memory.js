/**
 * Snapshots in memory: they last as long as the program. Every storage has these four methods; they may return promises.
 *
 *   save(name, bytes)   keeps the bytes under that name, in the place of those that it had
 *   load(name)          the bytes, or undefined
 *   list()              the names, sorted
 *   delete(name)        whether there was one
 *
 * Invariant: bytes are copied on both ways.
 */

export class MemoryStorage {
  constructor() {
    this.snapshots = new Map();
  }

  async save(name, bytes) {
    this.snapshots.set(name, bytes.slice());
  }

  async load(name) {
    const bytes = this.snapshots.get(name);
    return bytes === undefined ? undefined : bytes.slice();
  }

  async list() {
    return [...this.snapshots.keys()].sort();
  }

  async delete(name) {
    return this.snapshots.delete(name);
  }
}
