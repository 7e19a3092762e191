/** Tables as data: queries, indexes, batches and what else the library `ext` does, from the host. */

import { ComputeResult, CuBigInteger, CuFloat, ExternalTable, LuaKey, LuaValue, TimedOptions, Way } from './index.js';

/** A table: its way from a global on, such as `_home.users`, or a reference. */
export type TableName = string | Way | ExternalTable;

/** A field of a row, and fields inside it with dots: `address.city`. The empty path is the row itself. */
export type Path = string;

/** What a field is compared with. There is no null: `['exists', false]` matches what is missing. */
export type Scalar = string | number | bigint | boolean | Uint8Array | CuFloat | CuBigInteger;

/** An operator, and what it takes. */
export type Test =
  | readonly ['=' | '!=' | '<' | '<=' | '>' | '>=' | 'contains', Scalar]
  | readonly ['startsWith' | 'endsWith' | 'matches', string | Uint8Array]
  | readonly ['between', readonly [Scalar, Scalar]]
  | readonly ['in', readonly Scalar[]]
  | readonly ['exists', boolean];

/** Up to three tests of one field; more are for filters in a list. */
export type Tests = Test | readonly [...Test, ...Test] | readonly [...Test, ...Test, ...Test];

/** By path what is asked of a field; `any`, `all` and `none` have filters. All of it has to match. */
export interface Conditions {
  readonly [path: Path]: Scalar | Tests | Filter;
}

/** The long form of one test. */
export interface Condition {
  readonly field: Path;
  readonly op?: Test[0];
  readonly value: Scalar | readonly Scalar[];
}

/** Which rows. A list has filters that all have to match. */
export type Filter = Conditions | Condition | readonly Filter[];

export type Order = Path | { readonly field: Path; readonly desc?: boolean | undefined };

/** Fields of a row: paths, or by name the path of each. */
export type Columns = Path | readonly Path[] | { readonly [name: string]: Path };

/** A query, as docs/data.md has it for `ext.query`. What is undefined is left out. */
export interface Query {
  where?: Filter | undefined;
  order?: Order | readonly Order[] | undefined;
  limit?: number | undefined;
  offset?: number | undefined;
  after?: string | Uint8Array | undefined;
  select?: Columns | undefined;
  /** True with `select`, or the fields themselves. */
  distinct?: boolean | Columns | undefined;
  count?: boolean | undefined;
  sum?: Path | readonly Path[] | undefined;
  min?: Path | readonly Path[] | undefined;
  max?: Path | readonly Path[] | undefined;
  average?: Path | readonly Path[] | undefined;
  group?: Path | readonly Path[] | undefined;
}

/** What rows are is for the program to know, as `Row`: `LuaValue` is what they can be. */
export interface Rows<Row = any> {
  rows: Row[];
  /** The key of each row. */
  keys: LuaKey[];
  /** Where the next page begins; undefined when there are no more rows. */
  cursor: string | Uint8Array | undefined;
}

export interface IndexOptions {
  name?: string | undefined;
  kind?: 'btree' | 'hash' | undefined;
  unique?: boolean | undefined;
  multi?: boolean | undefined;
  where?: Filter | undefined;
}

/** The word for a type. */
export type Kind =
  | 'any' | 'array' | 'bigint' | 'boolean' | 'float' | 'function' | 'integer' | 'number' | 'string' | 'table';

/** What a value may be, as docs/data.md has it for `ext.schema`. */
export interface Rule {
  type?: Kind | undefined;
  required?: boolean | undefined;
  default?: Scalar | undefined;
  enum?: readonly Scalar[] | undefined;
  min?: number | bigint | CuFloat | CuBigInteger | undefined;
  max?: number | bigint | CuFloat | CuBigInteger | undefined;
  minLength?: number | undefined;
  maxLength?: number | undefined;
  pattern?: string | undefined;
  /** The table that has the value as a key; `schema` answers it as an ExternalTable. */
  ref?: TableName | undefined;
  fields?: { readonly [field: string]: Schema } | readonly Schema[] | ReadonlyMap<LuaKey, Schema> | undefined;
  items?: Schema | undefined;
  unknown?: boolean | undefined;
}

/** The rule for each row. */
export type Schema = Kind | Rule;

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
  atomic?: boolean | undefined;
  /** Milliseconds, by the option `now` of the instance. */
  timeout?: number | undefined;
  /** An event `progress` after each so many operations. */
  progress?: number | undefined;
}

/** What an operation answers where each is done for itself. */
export type OperationResult =
  | { ok: true; value?: LuaValue; error?: never; index?: never; key?: never }
  /** The index counts from 0, as those of the list of operations; numbers in messages count from 1. */
  | { ok: false; error: LuaValue; index: number; key?: LuaValue; value?: never };

/** What an upgrade did, or would have done. */
export interface MigrationReport {
  from: number;
  to: number;
  dry: boolean;
  steps: { version: number; result?: LuaValue }[];
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

/** Rows, queries and the functions of `ext`. What is missing, where a value must be, is a TypeError that names the place. */
export class Data {
  /** An instance of `cu` or of `cu/full`. */
  constructor(cu: { call(way: string | Way, args?: readonly unknown[], options?: any): ComputeResult }, options?: Omit<TimedOptions, 'content'>);
  /** The value under a key; undefined for none. */
  get<Value = any>(table: TableName, key: LuaKey): Value | undefined;
  set(table: TableName, key: LuaKey, value: unknown): void;
  delete(table: TableName, key: LuaKey): void;
  /** Changes fields of a row that is there, all or none; null removes one. */
  update(table: TableName, key: LuaKey, changes: { readonly [field: string]: unknown } | ReadonlyMap<LuaKey, unknown>): void;
  /** Makes an empty table where there is nothing yet; whether there was none. */
  createTable(way: string | Way): boolean;
  query<Row = any>(table: TableName, spec?: Query): Rows<Row>;
  /** All rows, page by page, as key and row. */
  each<Row = any>(table: TableName, spec?: Query, options?: { page?: number }): Generator<[LuaKey, Row], void>;
  /** The filter itself, not `{ where: filter }`. */
  count(table: TableName, where?: Filter): number;
  first<Row = any>(table: TableName, spec?: Query): { row: Row; key: LuaKey } | undefined;
  /** The filter itself, not `{ where: filter }`. */
  exists(table: TableName, where?: Filter): boolean;
  explain(table: TableName, spec?: Query): LuaValue;
  createIndex(table: TableName, path: Path | readonly Path[], options?: IndexOptions): string;
  dropIndex(table: TableName, name: string): boolean;
  indexes(table: TableName): IndexInfo[];
  check(table: TableName): { ok: boolean; problems: LuaValue[] };
  /** Each operation for itself: any number, in as many calls as they need. */
  batch(operations: Iterable<Operation>, options: BatchOptions & { atomic: false }): OperationResult[];
  /** All operations, at most 10,000, or none. */
  batch(operations: Iterable<Operation>, options?: BatchOptions): LuaValue[];
  /** The schema of a table; its `ref` is an ExternalTable. */
  schema(table: TableName): Schema | undefined;
  /**
   * Gives a table a schema if its rows hold it; `false` takes it away. **Look at `ok`**: if it is false the table has the schema of
   * before, if any, and `problems` names rows that do not hold.
   */
  setSchema(table: TableName, schema: Schema | false): { ok: boolean; problems: LuaValue[] };
  /** The version of a table, 0 for one that was never upgraded. */
  version(table: TableName): number;
  /**
   * Upgrades a table; `way` leads to the function of each step, or to a list of functions. Of a list a dry run is a transaction of the
   * host, so none may be open.
   */
  migrate(table: TableName, version: number, way: string | Way, options?: { dry?: boolean }): MigrationReport;
  /** Switches the change feed of a table on, or off; tells what it is. */
  feed(table: TableName, options?: boolean | FeedOptions): FeedInfo | undefined;
  /** The changes behind a position; undefined, and why, when they are not kept any more. */
  changes(table: TableName, since?: number, limit?: number): Changes;
}
