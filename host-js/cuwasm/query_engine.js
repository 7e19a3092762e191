/**
 * Queries and indexes of an instance.
 *
 * Invariant: all of it is done by the module: which index serves a query, and what answers are kept, it decides.
 */

import { Managed } from './managed.js';

export class QueryEngine extends Managed {
  createIndex(tableId, fieldPath, indexType) {
    return this.cu.createIndex(tableId, fieldPath, indexType);
  }

  dropIndex(tableId, fieldPath) {
    return this.cu.dropIndex(tableId, fieldPath);
  }

  query(tableId, querySpec) {
    return this.cu.queryTable(tableId, querySpec);
  }

  rangeQuery(tableId, field, min, max) {
    return this.cu.rangeQuery(tableId, field, min, max);
  }

  getQueryPlan(table, query) {
    return this.cu.getQueryPlan(table, query);
  }

  optimizeQuery(table, query) {
    return this.cu.optimizeQuery(table, query);
  }
}
