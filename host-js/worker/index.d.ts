/// <reference lib="esnext.disposable" />

/** Instances in workers: the calls of `Cu` and `Data` as promises, streams, pools. */

import type { CuWASM as LocalCuWASM, CuWASMOptions, IoResult } from '../cuwasm/index.js';
import type { BatchOptions, Data, Operation, OperationResult, Query, Rows, TableName } from '../data.js';
import { CuError } from '../index.js';
import type { ComputeResult, Cu, CuConfig, CuEvent, HostFunctions, LuaKey, LuaValue, ModuleInfo, RawResult, TimedOptions, Way } from '../index.js';
import type { IndexedDBStore, IndexedDBStoreOptions, NamedSnapshots } from '../store/indexeddb.js';
import type { OPFSStoreOptions } from '../store/opfs.js';

/** The same methods, each with a promise of what it answers. */
export type Promised<T> = {
  [Name in keyof T]: T[Name] extends (...args: infer Arguments) => infer Result ? (...args: Arguments) => Promise<Awaited<Result>> : never;
};

/** What a worker opens. Its options are those of the store, but functions and `browser`. */
export type StoreDescription =
  /** True, or a snapshot. */
  | { memory: true | Uint8Array }
  | ({ indexeddb: string } & Sendable<IndexedDBStoreOptions>)
  | ({ opfs: string } & Sendable<OPFSStoreOptions>)
  /** In Node, Deno and Bun. */
  | { file: string; flushAfterCompute?: boolean; repair?: boolean; wait?: number; readOnly?: boolean };

type Sendable<T> = Omit<T, 'browser' | 'onError' | 'onChange'>;

/** Keys of 32 bytes, of which the first encrypts. */
export interface Keys {
  key: Uint8Array;
  olderKeys?: readonly Uint8Array[];
}

/** Of each instance. */
export interface InstanceOptions {
  config?: CuConfig;
  home?: string;
  exact?: boolean;
  /** True: the clock. Default: time stands at 0. */
  now?: boolean;
  rate?: { computes?: number; operations?: number };
  /** Milliseconds after which a script is ended. */
  timeLimit?: number;
  /** Gets events as they come, before the answer of their call. */
  onEvent?: (event: CuEvent) => void;
  /** What scripts may call, as `host.name`: they run here, and the script waits. */
  functions?: HostFunctions;
}

type ModuleSource = WebAssembly.Module | ArrayBuffer | Uint8Array | string | URL;

/** Of the first instance in a worker. */
export interface ConnectOptions extends InstanceOptions {
  /** Default: in memory. With kinds that the worker's file adds, any object. */
  store?: StoreDescription | { readonly [kind: string]: unknown };
  encrypted?: Keys;
  /** A promise of it, too: the store is opened meanwhile. */
  module?: ModuleSource | Promise<ModuleSource>;
  /** Milliseconds after which a call that does not stop is ended with its worker; default 1000. */
  stopWait?: number;
  /** Milliseconds for a worker to answer at all; default 30,000. */
  startWait?: number;
  /** Gets failures that no caller waits for. Default: an unhandled rejection. */
  onError?: (error: Error) => void;
  /** Called when another tab changed the store. */
  onChange?: () => void;
}

/** A Worker of a browser, Deno, Bun or Node, or a MessagePort to one. */
export interface WorkerLike {
  postMessage(message: any, transfer: any[]): void;
}

export interface CreateOptions extends ConnectOptions {
  /** The file of the worker, or a function that makes one. */
  worker?: string | URL | (() => WorkerLike | Promise<WorkerLike>);
}

export interface CallDetails {
  signal?: AbortSignal | undefined;
  timeLimit?: number | undefined;
}

export interface CloseOptions {
  /** True: what runs or waits is rejected. Default: it is waited for. */
  now?: boolean;
}

export interface StreamOptions extends CallDetails {
  /** Items of a batch, default 100. */
  batchSize?: number;
}

/** The output of each batch, in order; a batch is computed when it is asked for, and the one behind it. */
export interface Outputs extends AsyncGenerator<any, void, void> {
  toReadableStream(): ReadableStream<any>;
}

export type Items = Iterable<unknown> | AsyncIterable<unknown> | { getReader(): unknown };

type OfCu = 'runGc' | 'clearIo' | 'memoryStats' | 'reserveTables' | 'setMemoryAlias' | 'begin' | 'commit' | 'rollBack' | 'openHome'
  | 'homes' | 'renameHome' | 'dropHome' | 'read' | 'readHome' | 'className';

/** The methods of `Data`, as promises. */
export interface WorkerData extends Promised<Omit<Data, 'get' | 'query' | 'first' | 'each' | 'batch'>> {
  get<Value = any>(table: TableName, key: LuaKey): Promise<Value | undefined>;
  query<Row = any>(table: TableName, spec?: Query): Promise<Rows<Row>>;
  first<Row = any>(table: TableName, spec?: Query): Promise<{ row: Row; key: LuaKey } | undefined>;
  /** All rows, page by page, as key and row. */
  each<Row = any>(table: TableName, spec?: Query, options?: { page?: number }): AsyncGenerator<[LuaKey, Row], void, void>;
  batch(operations: readonly Operation[], options: BatchOptions & { atomic: false }): Promise<OperationResult[]>;
  batch(operations: readonly Operation[], options?: BatchOptions): Promise<LuaValue[]>;
}

/** What stores have beside their tables. A store that lacks a method says so. */
export interface WorkerStore extends Promised<Pick<IndexedDBStore, 'save' | 'compact' | 'snapshot' | 'restore' | 'storage' | 'persist' | 'refresh'>> {
  flush(): Promise<void>;
  rotate(): Promise<{ entries: number; rewritten: number; done: boolean }>;
  /** Undefined where the store has none. */
  readonly snapshots: NamedSnapshots | undefined;
}

/** An instance in a worker. Calls begin in their order; none of them throws, all of them may reject. */
export class WorkerCu {
  private constructor();
  /** Starts a worker, opens a store in it, and makes an instance. */
  static create(options?: CreateOptions): Promise<WorkerCu>;
  /** Makes an instance in a worker whose file calls `serve`. It stays the program's to end. */
  static connect(worker: WorkerLike, options?: ConnectOptions): Promise<WorkerCu>;
  readonly module: ModuleInfo;
  readonly data: WorkerData;
  readonly store: WorkerStore;
  /** The same instance, with a signal or a time limit for each call. */
  with(details: CallDetails): WorkerCu;
  /** Another instance over the same store, in the same worker. */
  open(options?: InstanceOptions): Promise<WorkerCu>;
  compute(source: string | Uint8Array, config?: Omit<TimedOptions, 'content' | 'timeLimit'> & CallDetails): Promise<ComputeResult>;
  /** Another name of `compute`. */
  run(source: string | Uint8Array, config?: Omit<TimedOptions, 'content' | 'timeLimit'> & CallDetails): Promise<ComputeResult>;
  /** Another name of `call`. */
  runCall(way: string | Way, args?: readonly unknown[], options?: Omit<TimedOptions, 'timeLimit'> & CallDetails): Promise<ComputeResult>;
  computeRaw(source: string | Uint8Array, config?: Omit<TimedOptions, 'content' | 'timeLimit'> & CallDetails): Promise<RawResult>;
  call(way: string | Way, args?: readonly unknown[], options?: Omit<TimedOptions, 'timeLimit'> & CallDetails): Promise<ComputeResult>;
  /** A function of the arguments of `call`. */
  prepare<Args extends readonly unknown[] = any[]>(
    way: string | Way, options?: Omit<TimedOptions, 'timeLimit'> & CallDetails,
  ): (...args: Args) => Promise<ComputeResult>;
  readonly homeTable: Promise<number>;
  getHomeTable(): Promise<number>;
  setHomeTable(id: number): Promise<void>;
  /** Kept when the action's promise resolves, undone when it rejects. */
  transaction<T>(action: (cu: WorkerCu) => T | Promise<T>): Promise<T>;
  /** Source, with `_io.input.batch` and `_io.output`, or a Way to a function of `(batch, batchIndex, hasMore)`. */
  processStream(program: string | Way, items: Items, options?: StreamOptions): Outputs;
  /** Every row of a table, page by page, as key and value. */
  rows<Row = any>(table: TableName, options?: { page?: number }): AsyncGenerator<[LuaKey, Row], void, void>;
  /** Stops the call that runs in the worker, and removes those that wait. */
  stop(): Promise<void>;
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface WorkerCu extends Promised<Pick<Cu, OfCu>> {}

/** Several workers for jobs that do not depend on one another. */
export class Pool {
  private constructor();
  static create(options?: CreateOptions & { size?: number }): Promise<Pool>;
  /** The most workers there will be. */
  readonly size: number;
  readonly load: { workers: number; busy: number; waiting: number };
  compute(source: string | Uint8Array, config?: Omit<TimedOptions, 'content' | 'timeLimit'> & CallDetails): Promise<ComputeResult>;
  call(way: string | Way, args?: readonly unknown[], options?: Omit<TimedOptions, 'timeLimit'> & CallDetails): Promise<ComputeResult>;
  /** A function of the arguments of `call`. */
  prepare<Args extends readonly unknown[] = any[]>(
    way: string | Way, options?: Omit<TimedOptions, 'timeLimit'> & CallDetails,
  ): (...args: Args) => Promise<ComputeResult>;
  /** Gives the action a worker of its own until its promise is settled. */
  run<T>(action: (cu: WorkerCu) => T | Promise<T>, options?: { signal?: AbortSignal | undefined }): Promise<T>;
  /** As that of a WorkerCu, but each batch in the first worker that is free; outputs in the order of the batches. */
  processStream(program: string | Way, items: Items, options?: StreamOptions): Outputs;
  stop(): Promise<void>;
  close(options?: CloseOptions): Promise<void>;
}

type OfCuWASM = Omit<LocalCuWASM, 'load' | 'init' | 'isLoaded' | 'hasUnsaved' | 'storageWarning' | 'close' | 'transaction' | 'compute' | 'eval' | 'batchTableOperations'>;

/** The functions of the earlier project in a worker. */
export class CuWASM {
  private constructor();
  static init(options?: Omit<CuWASMOptions, 'now' | 'onTick' | 'stop' | 'storage' | 'functions'> & {
    /** The path of a folder, in Node. */
    storage?: string;
    worker?: CreateOptions['worker'];
    stopWait?: number;
    startWait?: number;
    onError?: (error: Error) => void;
  }): Promise<CuWASM>;
  /** The last value that the code returned. */
  compute(code: string | Uint8Array): Promise<LuaValue>;
  eval(code: string | Uint8Array): Promise<LuaValue>;
  batchTableOperations(
    operations: Parameters<LocalCuWASM['batchTableOperations']>[0], options?: { atomic?: boolean; timeout?: number },
  ): Promise<unknown[]>;
  computeWithIo(code: string, inputData?: unknown, options?: { clearBefore?: boolean; metadata?: object }): Promise<IoResult>;
  request(method: string, params?: unknown): Promise<IoResult>;
  transaction<T>(action: (cu: CuWASM) => T | Promise<T>): Promise<T>;
  stop(): Promise<void>;
  close(options?: CloseOptions): Promise<void>;
}

export interface CuWASM extends Promised<OfCuWASM> {}

/** The worker did not start, ended, or was stopped. */
export class WorkerError extends CuError {
  readonly reason: 'start' | 'foreign' | 'died' | 'stopped' | 'time';
}
