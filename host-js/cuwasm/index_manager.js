/**
 * The indexes of tables: made, found, checked, dropped.
 *
 * Invariant: an index is kept by every write, whatever made it; there is nothing to load or to bring up to date.
 */

import { find, pathsOf } from './indexes.js';
import { Managed } from './managed.js';
import { opened } from './state.js';
import { tableOf } from './tables.js';

export class IndexManager extends Managed {
  createIndex(tableId, fieldPath, indexType) {
    return this.cu.createIndex(tableId, fieldPath, indexType);
  }

  dropIndex(tableId, fieldPath) {
    return this.cu.dropIndex(tableId, fieldPath);
  }

  listIndexes(tableId) {
    return this.cu.listIndexes(tableId);
  }

  /** The index of a field; null if there is none. */
  async getIndex(tableId, fieldPath) {
    return find(await this.cu.listIndexes(tableId), pathsOf(fieldPath)) || null;
  }

  /** Compares the indexes of a table with its rows. */
  async checkIndexes(tableId) {
    const { cu, data } = opened(this.cu);
    return data.check(tableOf(cu, tableId));
  }
}
