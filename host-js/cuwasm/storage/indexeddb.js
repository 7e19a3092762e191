/**
 * Snapshots in IndexedDB, in the database that the documents of the earlier project name: they outlive the page. What its program left
 * there is the snapshot 'default' until one is saved.
 *
 * Invariant: nothing is opened before the first call. A snapshot is replaced in one transaction, so of two tabs the one that saves last
 * has its snapshot there, whole.
 */

import { Database } from '../../store/indexeddb/database.js';
import { readOld } from '../../store/indexeddb/legacy.js';
import { DATABASE } from '../../store/indexeddb/schema.js';
import { NamedSnapshots } from '../../store/indexeddb/snapshots.js';
import { MemoryStore } from '../../store/memory.js';
import { checkOptions, checkString, checkWhole } from '../check.js';

/** Milliseconds for tabs that have the database of the earlier project open. */
const WAIT_MILLISECONDS = 5000;

/** The name that the earlier program's state gets, as it had none. */
const FIRST = 'default';

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
    /** @type {string | null} what of the earlier program could not be taken over */
    this.warning = null;
  }

  async save(name, bytes) {
    await this.snapshots.save(name, bytes);
  }

  async load(name) {
    const bytes = await this.snapshots.load(name);
    return bytes === undefined && name === FIRST ? this.loadOld() : bytes;
  }

  async list() {
    return (await this.snapshots.list()).map((each) => each.name).sort();
  }

  async delete(name) {
    return this.snapshots.delete(name);
  }

  async loadOld() {
    const rows = await this.database.readOld();
    if (rows.length === 0) return undefined;
    const store = new MemoryStore();
    const left = readOld(rows, (table, key, value) => store.set(table, key, value));
    if (left.length > 0) {
      const [{ table, key, problem }] = left;
      this.warning = `${left.length} entries of the earlier program could not be taken over, such as ${JSON.stringify(key)} of its table ${table}: ${problem}`;
    }
    return store.snapshot();
  }

  /** Lets others replace or remove the database. A later call opens it again. */
  close() {
    this.database.close();
  }
}
