/**
 * Values, functions, batches and transactions of an instance's tables.
 *
 * Invariant: a value that was set is in the table when the promise is made; `saveState` keeps it.
 */

import { Managed } from './managed.js';

export class AdvancedStorageManager extends Managed {
  /** A table with that name is made when it is not there. */
  async setValue(tableId, key, value) {
    await this.cu.batchTableOperations([{ type: 'set', table: tableId, key, value }]);
    return true;
  }

  /** The value, null where there is none. */
  async getValue(tableId, key) {
    const [value] = await this.cu.batchTableOperations([{ type: 'get', table: tableId, key }]);
    return value;
  }

  async deleteValue(tableId, key) {
    await this.cu.batchTableOperations([{ type: 'delete', table: tableId, key }]);
    return true;
  }

  /** `bytecode` as bytes, or source. */
  persistFunction(tableId, key, bytecode, metadata) {
    return this.cu.persistFunction(tableId, key, bytecode, metadata === undefined ? undefined : { metadata });
  }

  restoreFunction(tableId, key) {
    return this.cu.restoreFunction(tableId, key);
  }

  processBatch(operations, options) {
    return this.cu.batchTableOperations(operations, options);
  }

  beginTransaction() {
    return this.cu.beginTransaction();
  }

  commitTransaction(transaction) {
    return this.cu.commitTransaction(transaction);
  }

  rollbackTransaction(transaction) {
    return this.cu.rollbackTransaction(transaction);
  }
}
