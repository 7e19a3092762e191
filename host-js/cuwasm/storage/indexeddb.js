/**
 * Snapshots in IndexedDB, in the database that the documents of the earlier project name: they outlive the page.
 *
 * Invariant: nothing is opened before the first call. A snapshot is replaced in one transaction, so of two tabs the one that saves last
 * has its snapshot there, whole.
 */

import { Database } from '../../store/indexeddb/database.js';
import { DATABASE } from '../../store/indexeddb/schema.js';
import { NamedSnapshots } from '../../store/indexeddb/snapshots.js';
import { checkOptions, checkString, checkWhole } from '../check.js';

/** Milliseconds for tabs that have the database of the earlier project open. */
const WAIT_MILLISECONDS = 5000;

export class IndexedDBStorage {
  /**
   * @param {string} [name] of the database
   * @param {{ wait?: number, browser?: object }} [options]
   */
  constructor(name = DATABASE, options = undefined) {
    const { wait = WAIT_MILLISECONDS, browser = globalThis } = checkOptions('IndexedDBStorage', options, ['wait', 'browser']);
    this.name = checkString('the name of a database', name);
    // Another tab that replaces the database finds it closed; the next call says what became of it.
    this.database = new Database(name, { browser, wait: checkWhole('wait', wait, 0) }, () => {});
    this.snapshots = new NamedSnapshots(this.database);
  }

  async save(name, bytes) {
    await this.snapshots.save(name, bytes);
  }

  async load(name) {
    return this.snapshots.load(name);
  }

  async list() {
    return (await this.snapshots.list()).map((each) => each.name).sort();
  }

  async delete(name) {
    return this.snapshots.delete(name);
  }

  /** Lets others replace or remove the database. A later call opens it again. */
  close() {
    this.database.close();
  }
}
