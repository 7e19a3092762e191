/** The functions of the earlier project. docs/javascript.md describes each. */

import { CuConfig, CuEvent, ExternalTable, HostFunctions, LuaKey, LuaValue, Rates } from '../index.js';
import { IndexInfo, OperationResult, Query as Spec } from '../data.js';

/** Where snapshots are kept. Its methods may answer at once or promise. */
export interface SnapshotStorage {
  save(name: string, bytes: Uint8Array): Promise<unknown> | void;
  load(name: string): Promise<Uint8Array | undefined | null> | Uint8Array | undefined | null;
  list(): Promise<string[]> | string[];
  delete(name: string): Promise<boolean> | boolean;
}

/** Snapshots in memory, which last as long as the program. */
export class MemoryStorage implements SnapshotStorage {
  save(name: string, bytes: Uint8Array): Promise<void>;
  load(name: string): Promise<Uint8Array | undefined>;
  list(): Promise<string[]>;
  delete(name: string): Promise<boolean>;
}

/** Snapshots as files of a folder, where there are the file functions of Node. */
export class FolderStorage implements SnapshotStorage {
  constructor(path: string);
  readonly path: string;
  save(name: string, bytes: Uint8Array): Promise<void>;
  load(name: string): Promise<Uint8Array | undefined>;
  list(): Promise<string[]>;
  delete(name: string): Promise<boolean>;
}

/** Snapshots in IndexedDB, which outlive the page. Without a name it is the database `LuaEnhancedStorage`. Throws StorageError. */
export class IndexedDBStorage implements SnapshotStorage {
  constructor(name?: string, options?: { wait?: number; browser?: object });
  readonly name: string;
  save(name: string, bytes: Uint8Array): Promise<void>;
  load(name: string): Promise<Uint8Array | undefined>;
  list(): Promise<string[]>;
  delete(name: string): Promise<boolean>;
  /** What of the earlier program could not be taken over. */
  readonly warning: string | null;
  /** Lets others replace or remove the database; a later call opens it again. */
  close(): void;
}

export interface CuWASMOptions {
  /** Bytes of memory that scripts may use; more than the module's 2 MiB are not there. */
  memorySize?: number;
  /** Whether what was saved under `name` is restored; default true. */
  autoRestore?: boolean;
  /** Whether snapshots and long strings are compressed; default true. */
  compression?: boolean;
  /** Accepted; arguments are always checked. */
  validation?: boolean;
  /** A storage, `'indexeddb'`, `'memory'`, or the path of a folder; default IndexedDB where there is one, else memory. */
  storage?: SnapshotStorage | string;
  /** Milliseconds after a change until the state is saved by itself; default false: only `saveState` saves. */
  autosave?: number | false;
  /** Gets the failure of a save that nobody called; default: an unhandled rejection. */
  onError?: (error: unknown) => void;
  /** Whether `performance.measure` is called for each compute, batch, query, save and restore; default false. */
  measure?: boolean;
  /** The snapshot that is restored; default 'default'. */
  name?: string;
  /** Where cu.wasm is, its bytes, or the compiled module. */
  module?: string | URL | WebAssembly.Module | ArrayBuffer | Uint8Array;
  config?: CuConfig;
  home?: string;
  onEvent?: (event: CuEvent) => void;
  /** Milliseconds since 1970; default Date.now. */
  now?: () => number;
  rate?: Rates;
  /** Milliseconds after which a script is ended. */
  timeLimit?: number;
  /** Over a SharedArrayBuffer: while its first element is not 0, scripts are ended. */
  stop?: Int32Array;
  /** Asked while a script runs: ends it with the reason that it returns, or true. */
  onTick?: () => string | boolean | undefined | void;
  /** What scripts may call, as `host.name`. */
  functions?: HostFunctions;
}

/** A promise that also has the result in itself: the work is done. */
export interface Answer extends Promise<LuaValue> {
  /** The last value that was returned; undefined after a failure. */
  readonly value: LuaValue | undefined;
  readonly values: LuaValue[];
  /** What was printed. */
  readonly output: string;
  readonly error: unknown;
}

export interface MemoryStatistics {
  /** Bytes of the module's memory. */
  total: number;
  used: number;
  free: number;
  io_buffer_size: number;
  lua_memory_used: number;
  wasm_pages: number;
}

/** What an instance did so far. */
export interface Statistics {
  computes: number;
  errors: number;
  batches: { count: number; operations: number };
  /** `cached`: answered without a look at the table, which had not changed. */
  queries: { count: number; cached: number; rows: number };
  transactions: { committed: number; rolledBack: number };
  /** `bytes` before compression and `storedBytes` after it, in all; `automatic`: those that nobody called. */
  saves: { count: number; automatic: number; bytes: number; storedBytes: number; milliseconds: number; ratio: number };
  loads: { count: number; storedBytes: number; milliseconds: number };
}

export interface TableInfo {
  /** The id of `_home`. */
  memoryTableId: number;
  homeTableId: number;
  ioTableId: number;
  tableCount: number;
  tableIds: number[];
}

/** `_home`, `users` or `_home.users`, an id, or a reference. */
export type TableReference = string | number | ExternalTable;

export interface FunctionOptions {
  metadata?: object;
  /** Whether it is stored without names of variables and numbers of lines. */
  strip?: boolean;
}

/** Calls the Lua function. */
export interface RestoredFunction {
  (...args: unknown[]): Answer;
  readonly metadata: LuaValue;
}

export type TableOperation =
  | { type: 'set'; table: TableReference; key: LuaKey; value: unknown }
  | { type: 'get' | 'delete'; table: TableReference; key: LuaKey };

export interface BatchOptions {
  /** All operations or none; default true. */
  atomic?: boolean;
  onProgress?: (done: number, total: number) => void;
  /** Milliseconds; default 30,000. */
  timeout?: number;
}

export interface TableQuery extends Spec {
  field?: string;
  operator?: string;
  value?: unknown;
  orderBy?: string | { field: string; direction?: 'asc' | 'desc'; desc?: boolean } | (string | { field: string; direction?: 'asc' | 'desc'; desc?: boolean })[];
  direction?: 'asc' | 'desc';
}

export interface QueryPlan {
  useIndex: boolean;
  indexName: LuaValue;
  estimatedCost: number;
  strategy: 'full_scan' | 'index_scan' | 'intersection_scan';
  examined: number;
  returned: number;
  order: string;
  cached: boolean;
  reasons: { [index: string]: LuaValue };
}

export interface OptimizedPlan extends QueryPlan {
  /** Arguments for `createIndex`; null where no index would help. */
  suggestedIndex: { field: string; type: 'btree' } | null;
}

export type IndexType = 'btree' | 'hash' | {
  type?: 'btree' | 'hash';
  unique?: boolean;
  multi?: boolean;
  where?: unknown;
  name?: string;
};

/** An open transaction. */
export interface Transaction {
  readonly isTransaction: true;
}

export interface CompressionResult {
  compressed: boolean;
  data: Uint8Array;
  algorithm?: string;
  originalSize: number;
  compressedSize: number;
  ratio: number;
}

export interface CompressionAlgorithm {
  readonly name: string;
  readonly available: boolean;
  /** Why it is not there; '' where it is. */
  readonly reason: string;
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  decompress(bytes: Uint8Array): Promise<Uint8Array>;
}

export type AlgorithmName = 'gzip' | 'deflate' | 'brotli' | 'lz4';

export class CompressionService {
  constructor(options?: { threshold?: number });
  readonly threshold: number;
  readonly algorithms: { readonly [name in AlgorithmName]: CompressionAlgorithm };
  selectAlgorithm(): CompressionAlgorithm | undefined;
  compress(data: string | Uint8Array | ArrayBuffer, options?: { algorithm?: AlgorithmName }): Promise<CompressionResult>;
  decompress(result: { compressed: boolean; data: Uint8Array; algorithm?: string; originalSize?: number }): Promise<Uint8Array>;
}

export class CuWASM {
  /** A new instance, loaded. */
  static init(options?: CuWASMOptions | string | URL): Promise<CuWASM>;
  constructor();
  load(options?: CuWASMOptions | string | URL): Promise<this>;
  /** 0 once it is loaded; else it loads. */
  init(options?: CuWASMOptions | string | URL): number | Promise<number>;
  readonly isLoaded: boolean;
  close(): void;
  compute(code: string | Uint8Array): Answer;
  eval(code: string | Uint8Array): Answer;
  getLastError(): string | null;
  setInput(data: unknown): void;
  setInputField(key: string, value: unknown): void;
  getOutput(): LuaValue;
  getOutputField(key: string): LuaValue;
  setMetadata(meta: object): void;
  getMetadata(): LuaValue;
  clearIo(): void;
  saveState(name?: string): Promise<boolean>;
  loadState(name?: string): Promise<boolean>;
  listStates(): Promise<string[]>;
  deleteState(name: string): Promise<boolean>;
  /** Whether something changed that is not saved under the name of the option `name`. */
  readonly hasUnsaved: boolean;
  /** That the browser keeps nothing, or what the earlier program left and could not be taken over; null if there is neither. */
  readonly storageWarning: string | null;
  getMemoryStats(): MemoryStatistics;
  getStats(): Statistics;
  runGc(): void;
  gc(): void;
  readBuffer(ptr: number, len: number): string;
  getTableInfo(): TableInfo;
  getTableId(table: TableReference): number;
  getIoTableId(): number | null;
  getHomeTableId(): number | null;
  getMemoryTableId(): number | null;
  persistFunction(table: TableReference, name: string, code: string | Uint8Array, options?: FunctionOptions): Promise<true>;
  restoreFunction(table: TableReference, name: string): Promise<RestoredFunction>;
  validateFunction(code: string | Uint8Array): Promise<boolean>;
  batchTableOperations(operations: readonly TableOperation[], options: BatchOptions & { atomic: false }): Promise<OperationResult[]>;
  batchTableOperations(operations: readonly TableOperation[], options?: BatchOptions): Promise<LuaValue[]>;
  createIndex(table: TableReference, field: string | readonly string[], type?: IndexType): Promise<string>;
  dropIndex(table: TableReference, field: string | readonly string[]): Promise<boolean>;
  listIndexes(table: TableReference): Promise<IndexInfo[]>;
  /** Rows are what the table has: name their type, where there is one. */
  queryTable<Row = any>(table: TableReference, query?: TableQuery): Promise<Row[]>;
  rangeQuery<Row = any>(table: TableReference, field: string, min?: unknown, max?: unknown): Promise<Row[]>;
  getQueryPlan(query: TableQuery & { table: TableReference }): QueryPlan;
  getQueryPlan(table: TableReference, query: TableQuery): QueryPlan;
  optimizeQuery(query: TableQuery & { table: TableReference }): OptimizedPlan;
  optimizeQuery(table: TableReference, query: TableQuery): OptimizedPlan;
  beginTransaction(): Promise<Transaction>;
  commitTransaction(transaction?: Transaction): Promise<true>;
  rollbackTransaction(transaction?: Transaction): Promise<true>;
  transaction<T>(action: (cu: CuWASM) => T | Promise<T>): Promise<T>;
  compressData(data: string | Uint8Array | ArrayBuffer, options?: { algorithm?: AlgorithmName }): Promise<CompressionResult>;
  decompressData(result: CompressionResult): Promise<Uint8Array>;
}

export type EnhancedLuaInstance = CuWASM;
export { CuWASM as EnhancedCuWASM, CuWASM as EnhancedLuaAPI, CuWASM as LuaPersistent };

export interface IoResult {
  returnValue: LuaValue;
  output: LuaValue;
  metadata: LuaValue;
}

export class IoWrapper {
  constructor(cu?: CuWASM);
  readonly cu: CuWASM;
  computeWithIo(code: string, inputData?: unknown, options?: { clearBefore?: boolean; metadata?: object }): Promise<IoResult>;
  processStream(code: string, dataStream: Iterable<unknown> | AsyncIterable<unknown> | { getReader(): unknown }, options?: { batchSize?: number }): Promise<LuaValue[]>;
  request(method: string, params?: unknown): Promise<IoResult>;
}

export class AdvancedStorageManager {
  constructor(cu?: CuWASM);
  readonly cu: CuWASM;
  setValue(tableId: TableReference, key: LuaKey, value: unknown): Promise<true>;
  getValue(tableId: TableReference, key: LuaKey): Promise<LuaValue>;
  deleteValue(tableId: TableReference, key: LuaKey): Promise<true>;
  persistFunction(tableId: TableReference, key: string, bytecode: Uint8Array | string, metadata?: object): Promise<true>;
  restoreFunction(tableId: TableReference, key: string): Promise<RestoredFunction>;
  processBatch(operations: readonly TableOperation[], options?: BatchOptions): Promise<unknown[]>;
  beginTransaction(): Promise<Transaction>;
  commitTransaction(transaction?: Transaction): Promise<true>;
  rollbackTransaction(transaction?: Transaction): Promise<true>;
}

export class QueryEngine {
  constructor(cu?: CuWASM);
  readonly cu: CuWASM;
  createIndex(tableId: TableReference, fieldPath: string | readonly string[], indexType?: IndexType): Promise<string>;
  dropIndex(tableId: TableReference, fieldPath: string | readonly string[]): Promise<boolean>;
  query<Row = any>(tableId: TableReference, querySpec?: TableQuery): Promise<Row[]>;
  rangeQuery<Row = any>(tableId: TableReference, field: string, min?: unknown, max?: unknown): Promise<Row[]>;
  getQueryPlan(query: TableQuery & { table: TableReference }): QueryPlan;
  getQueryPlan(table: TableReference, query: TableQuery): QueryPlan;
  optimizeQuery(query: TableQuery & { table: TableReference }): OptimizedPlan;
  optimizeQuery(table: TableReference, query: TableQuery): OptimizedPlan;
}

export class IndexManager {
  constructor(cu?: CuWASM);
  readonly cu: CuWASM;
  createIndex(tableId: TableReference, fieldPath: string | readonly string[], indexType?: IndexType): Promise<string>;
  dropIndex(tableId: TableReference, fieldPath: string | readonly string[]): Promise<boolean>;
  listIndexes(tableId: TableReference): Promise<IndexInfo[]>;
  getIndex(tableId: TableReference, fieldPath: string | readonly string[]): Promise<IndexInfo | null>;
  checkIndexes(tableId: TableReference): Promise<{ ok: boolean; problems: LuaValue[] }>;
}

/** The default instance. */
export const cu: CuWASM;
export { cu as lua };
export default cu;
