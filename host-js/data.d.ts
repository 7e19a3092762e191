/** Tables as data: queries, indexes, batches and what else the library `ext` does, from the host. */

import { CallOptions, Cu, ExternalTable, LuaKey, LuaValue, Store } from './index.js';

/** A table: its way from a global on, such as `_home.users`, or a reference. */
export type TableName = string | ExternalTable;

/** A filter, an order and the rest, as docs/data.md has them for `ext.query`. */
export interface Query {
  where?: unknown;
  order?: unknown;
  limit?: number;
  offset?: number;
  after?: string | Uint8Array;
  select?: unknown;
  distinct?: boolean | string;
  count?: boolean;
  sum?: string | string[];
  min?: string | string[];
  max?: string | string[];
  average?: string | string[];
  group?: string | string[];
}

export interface Rows {
  rows: LuaValue[];
  /** The key of each row. */
  keys: LuaValue[];
  /** Where the next page begins; undefined when there are no more rows. */
  cursor: string | Uint8Array | undefined;
}

export interface IndexOptions {
  name?: string;
  kind?: 'btree' | 'hash';
  unique?: boolean;
  multi?: boolean;
  where?: unknown;
}

/** What an index has that `indexes` tells of. */
export interface IndexInfo {
  name: string;
  kind: 'btree' | 'hash';
  unique: boolean;
  multi: boolean;
  entries: number;
  paths: string[];
  [more: string]: LuaValue;
}

export type Operation =
  | readonly ['set', TableName, LuaKey, unknown]
  | readonly ['get' | 'delete', TableName, LuaKey]
  | { op: 'set'; table: TableName; key: LuaKey; value: unknown }
  | { op: 'get' | 'delete'; table: TableName; key: LuaKey };

export interface BatchOptions {
  /** All operations or none; default true. Otherwise each is done for itself. */
  atomic?: boolean;
  /** Milliseconds, by the option `now` of the instance. */
  timeout?: number;
  /** An event `progress` after each so many operations. */
  progress?: number;
}

/** What an operation answers where each is done for itself. */
export type OperationResult =
  | { ok: true; value?: LuaValue }
  | { ok: false; error: LuaValue; index: number; key?: LuaValue };

/** What an upgrade did, or would have done. */
export interface MigrationReport {
  from: number;
  to: number;
  dry: boolean;
  steps: LuaValue;
  [more: string]: LuaValue;
}

export interface FeedOptions {
  /** Whether changes have the values before and after. */
  values?: boolean;
  /** The most changes that are kept. */
  count?: number;
  /** Seconds for which changes are kept; false: always. */
  age?: number | false;
}

export interface FeedInfo {
  first?: number;
  last: number;
  values: boolean;
  count?: number;
  age?: number;
}

export interface Changes {
  changes: LuaValue[] | undefined;
  /** Of the last of these changes; or of the last of all. */
  position: number;
  problem: string | undefined;
}

/** Calls the functions of `ext`. */
export class Data {
  constructor(cu: Cu<Store>, options?: Omit<CallOptions, 'content'>);
  query(table: TableName, spec?: Query): Rows;
  /** All rows, page by page, as key and row. */
  each(table: TableName, spec?: Query, options?: { page?: number }): Generator<[LuaValue, LuaValue], void>;
  count(table: TableName, where?: unknown): number;
  first(table: TableName, spec?: Query): { row: LuaValue; key: LuaValue } | undefined;
  exists(table: TableName, where?: unknown): boolean;
  explain(table: TableName, spec?: Query): LuaValue;
  createIndex(table: TableName, path: string | readonly string[], options?: IndexOptions): string;
  dropIndex(table: TableName, name: string): boolean;
  indexes(table: TableName): IndexInfo[];
  check(table: TableName): { ok: boolean; problems: LuaValue[] };
  batch(operations: Iterable<Operation>, options: BatchOptions & { atomic: false }): OperationResult[];
  batch(operations: Iterable<Operation>, options?: BatchOptions): LuaValue[];
  /** The schema of a table. */
  schema(table: TableName): LuaValue | undefined;
  /** Gives a table a schema if its rows hold; `false` takes it away. */
  setSchema(table: TableName, schema: unknown): { ok: boolean; problems: LuaValue[] };
  /** The version of a table, 0 for one that was never upgraded. */
  version(table: TableName): number;
  /** Upgrades a table; `way` leads to the function of each step, or to a list of functions. */
  migrate(table: TableName, version: number, way: string, options?: { dry?: boolean }): MigrationReport;
  /** Switches the change feed of a table on, or off; tells what it is. */
  feed(table: TableName, options?: boolean | FeedOptions): FeedInfo | undefined;
  /** The changes behind a position; undefined, and why, when they are not kept any more. */
  changes(table: TableName, since?: number, limit?: number): Changes;
}
