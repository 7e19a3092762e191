/**
 * Named byte strings in the database of an IndexedDBStore, such as snapshots of stores.
 *
 *   { id: ["snapshot", name], timestamp, bytes, parts, sum }
 *   { id: ["snapshot bytes", name, part], data }
 *
 * Invariant: a snapshot is replaced as a whole or not at all, and read only if its CRC-32 is right.
 */

import { checksum } from '../checksum.js';
import { StorageError } from '../storage_error.js';
import { TABLES } from './schema.js';

const SNAPSHOT = 'snapshot';
const BYTES = 'snapshot bytes';
const PART_BYTES = 0x100000;

export class NamedSnapshots {
  /** @param {import('./database.js').Database} database */
  constructor(database) {
    this.database = database;
  }

  /** Saves bytes under a name, in the place of those that are there. */
  async save(name, bytes) {
    this.check(name);
    if (!(bytes instanceof Uint8Array)) throw new TypeError('a snapshot is a Uint8Array');
    const parts = [];
    // Slices: a part of an array would be stored with all of it.
    for (let at = 0; at < bytes.length; at += PART_BYTES) parts.push(bytes.slice(at, at + PART_BYTES));
    const sum = checksum(bytes, 0, bytes.length);
    const head = { id: [SNAPSHOT, name], timestamp: Date.now(), bytes: bytes.length, parts: parts.length, sum };
    await this.database.transaction('readwrite', `saving snapshot ${JSON.stringify(name)}`, (transaction) => {
      const tables = transaction.objectStore(TABLES);
      tables.delete(this.range(name));
      parts.forEach((data, part) => tables.put({ id: [BYTES, name, part], data }));
      tables.put(head);
      // Nothing is read: so it is done also when this page is left meanwhile.
      if (this.database.commits(transaction)) transaction.commit();
    });
  }

  /** The bytes of that name, or undefined. */
  async load(name) {
    this.check(name);
    const { head, rows } = await this.database.transaction('readonly', `reading snapshot ${JSON.stringify(name)}`, (transaction, each) => {
      const found = {};
      const tables = transaction.objectStore(TABLES);
      each(tables.get([SNAPSHOT, name]), (row) => { found.head = row; });
      each(tables.getAll(this.range(name)), (all) => { found.rows = all; });
      return found;
    });
    if (head === undefined) return undefined;
    const bytes = new Uint8Array(rows.reduce((sum, { data }) => sum + data.length, 0));
    let at = 0;
    for (const { data } of rows) {
      bytes.set(data, at);
      at += data.length;
    }
    if (bytes.length !== head.bytes || checksum(bytes, 0, bytes.length) !== head.sum) {
      const problem = `snapshot ${JSON.stringify(name)} is damaged: ${head.bytes} bytes were wanted, found ${bytes.length}, or others`;
      throw new StorageError(this.database.name, 'damaged', problem, { rows: [{ store: TABLES, id: [SNAPSHOT, name], problem }] });
    }
    return bytes;
  }

  /** What there is, by name: `{ name, bytes, time }`, the time in milliseconds since 1970. */
  async list() {
    const { rows } = await this.database.transaction('readonly', 'listing snapshots', (transaction, each) => {
      const found = {};
      each(transaction.objectStore(TABLES).getAll(this.database.Range.bound([SNAPSHOT], [SNAPSHOT, []])), (all) => { found.rows = all; });
      return found;
    });
    return rows.map(({ id, bytes, timestamp }) => ({ name: id[1], bytes, time: timestamp }));
  }

  /** Removes a snapshot, and resolves with whether there was one. */
  async delete(name) {
    this.check(name);
    const { isThere } = await this.database.transaction('readwrite', `deleting snapshot ${JSON.stringify(name)}`, (transaction, each) => {
      const found = {};
      const tables = transaction.objectStore(TABLES);
      each(tables.count([SNAPSHOT, name]), (count) => { found.isThere = count > 0; });
      tables.delete([SNAPSHOT, name]);
      tables.delete(this.range(name));
      return found;
    });
    return isThere;
  }

  range(name) {
    return this.database.Range.bound([BYTES, name], [BYTES, name, []]);
  }

  check(name) {
    if (typeof name !== 'string' || name === '') throw new TypeError('the name of a snapshot is a string that is not empty');
  }
}
