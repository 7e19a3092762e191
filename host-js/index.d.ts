/** Lua 5.4 in one WebAssembly module. README.md describes its use. */

import { Cu as CoreCu } from './core.js';

export const ABI_VERSION: number;

/** A decoded value. Maps hold such values too; a function or table is one of the classes below. */
export type LuaValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | LuaValue[]
  | { [key: string]: LuaValue }
  | Map<LuaValue, LuaValue>
  | CuFloat
  | CuBigInteger
  | LuaFunction
  | LibraryFunction
  | ExternalTable;

/** A float in exact mode. */
export class CuFloat {
  constructor(value: number);
  readonly value: number;
  valueOf(): number;
}

/** A big integer in exact mode. */
export class CuBigInteger {
  constructor(value: bigint);
  readonly value: bigint;
  valueOf(): bigint;
}

/** A Lua function that is stored, by id. */
export class LuaFunction {
  constructor(id: number);
  readonly id: number;
}

/** A function of the standard library. */
export class LibraryFunction {
  constructor(name: string);
  readonly name: string;
}

/** A table that lives in the store. */
export class ExternalTable {
  constructor(id: number);
  readonly id: number;
}

/** As an argument of a call: what a way such as `_home.users` leads to. */
export class Way {
  constructor(way: string);
  readonly way: string;
}

export interface DecodeOptions {
  /** Floats as CuFloat, big integers as CuBigInteger. */
  exact?: boolean;
}

/** Decodes one value that is all of `bytes`. */
export function decode(bytes: Uint8Array, options?: DecodeOptions): any;
/** Decodes values that follow one another. */
export function decodeAll(bytes: Uint8Array, options?: DecodeOptions): any[];
/** Encodes one value. */
export function encode(value: unknown): Uint8Array;

/** A key of an external table. */
export type LuaKey = boolean | number | bigint | string | Uint8Array | CuFloat;

/** Decodes the bytes of a key, as a store has them. */
export function decodeKey(bytes: Uint8Array, options?: DecodeOptions): LuaKey;
/** Encodes a key; equal keys have equal bytes. */
export function encodeKey(key: LuaKey): Uint8Array;

/** Keeps tables: maps from byte strings to byte strings in byte order. Synchronous; a method that fails throws. */
export interface Store {
  /** The value, which the caller does not change. */
  get(table: number, key: Uint8Array): Uint8Array | undefined;
  set(table: number, key: Uint8Array, value: Uint8Array): void;
  delete(table: number, key: Uint8Array): void;
  /** Number of keys, 0 for a table never seen. */
  size(table: number): number;
  /** Emits the keys after `after` (before it, descending), all without it, until `emit` returns false. */
  keys(
    table: number,
    after: Uint8Array | undefined,
    descending: boolean,
    emit: (key: Uint8Array) => boolean,
  ): void;
  /**
   * As get, but the value is valid only until the next call. A store with this method keeps no array that it is given.
   */
  lend?(table: number, key: Uint8Array): Uint8Array | undefined;
  /** Called when a compute or collection of an instance over this store is over, failed or not. */
  computeEnded?(): void;
  /** The least id above `after` (undefined: of all) whose table has keys. */
  nextTable?(after: number | undefined): number | undefined;
  /** Begins a unit: changes that are kept or undone together. A store has all four of these, or none. */
  begin?(): void;
  /** Keeps the changes of the unit, and ends it. */
  commit?(): void;
  /** Undoes the changes of the unit, and ends it. */
  rollBack?(): void;
  /** Whether the store can roll back; if not, `commit` ends every unit. */
  readonly canRollBack?: boolean;
  /**
   * Grows by one with each unit that changed something, within the unit from its first change on, and with each change outside
   * of a unit, but for those of table 2, `_io`. Instances see by it that others changed the store; without it they see only what
   * instances of this process did.
   */
  readonly version?: number;
  /** Whether nothing can be written, but to table 2: then every compute of an instance over it is one that may not write. */
  readonly readOnly?: boolean;
}

export class MemoryStore implements Store {
  /** A store as it was when `snapshot` was called; throws SnapshotError. */
  static fromSnapshot(bytes: Uint8Array): MemoryStore;
  get(table: number, key: Uint8Array): Uint8Array | undefined;
  set(table: number, key: Uint8Array, value: Uint8Array): void;
  delete(table: number, key: Uint8Array): void;
  size(table: number): number;
  keys(
    table: number,
    after: Uint8Array | undefined,
    descending: boolean,
    emit: (key: Uint8Array) => boolean,
  ): void;
  lend(table: number, key: Uint8Array): Uint8Array | undefined;
  nextTable(after: number | undefined): number | undefined;
  begin(): void;
  commit(): void;
  rollBack(): void;
  readonly canRollBack: boolean;
  readonly version: number;
  /** All tables as one byte string; equal stores have equal snapshots. */
  snapshot(): Uint8Array;
}

export interface CuConfig {
  /** Instructions after which a compute is stopped; 0 for none. */
  instructions?: number;
  /** Instructions after each of which `onTick` is asked; default with an `onTick` or a time limit: 100,000. */
  tick?: number;
  /** Bytes of the arena that scripts may use. */
  memory?: number;
  /** Bytes of print kept for the response. */
  output?: number;
  /** Seed of math.random and of the string hash. */
  seed?: number | bigint;
  /** Whether scripts may load binary chunks, which are verified. */
  bytecode?: boolean;
  /** Whether functions are stored without names of variables and numbers of lines. */
  strip?: boolean;
  /** Strings of at least so many bytes, encoded, are stored compressed; 0 for none. */
  compression?: number;
  /**
   * Whether the changes of a compute that fails are undone: by the module, or, as 'host', by the store, which so needs no notes of
   * them; it has to be able to roll back.
   */
  atomic?: boolean | 'host';
  /** The name of the table `_home`, 1 to 255 bytes of UTF-8; it is made when there is none. */
  home?: string;
  /** Changes whenever something that the host cannot see changed the store; what it can see it counts itself. */
  epoch?: number;
  /** What scripts may not do. */
  permissions?: Permissions;
  /** The kinds of event that are reported. */
  events?: CuEvent['kind'][] | { [kind: string]: boolean };
}

export interface Permissions {
  /** Whether a compute may change anything in the store; default true. */
  write?: boolean;
  /** Guarded tables, by `_home.name` or by id. */
  tables?: { [nameOrId: string]: 'readonly' | 'hidden' };
  /** Library functions (`string.rep`) and libraries (`string`, `_G`) that may be called or not. */
  library?: { [name: string]: boolean };
}

export type AuditAction =
  | 'bytecode_loaded'
  | 'bytecode_refused'
  | 'function_persisted'
  | 'function_restored'
  | 'permission_refused'
  | 'limit_hit'
  | 'host_called'
  | 'transaction_committed'
  | 'transaction_rolled_back'
  | 'variables_put_back';

export interface AuditEvent {
  kind: 'audit';
  action: AuditAction;
  /** 1 for the first audit event of an instance, then one more each time. */
  sequence: number;
  message?: string | Uint8Array;
  /** The id of a stored function. */
  function?: number;
  /** Where a function was stored. */
  into?: string | Uint8Array;
  /** Of a function of the host, such as `host.http.get`. */
  name?: string;
  /** Of a binary chunk. */
  bytes?: number;
  /** `instructions`, `memory`, `output`, `operations` or `tick`. */
  limit?: string;
  value?: number;
  /** Of a transaction in others: how deep, 2 or more. */
  level?: number;
  /** How many captured variables got their old values back, and the name of one. */
  variables?: number;
  first?: string | Uint8Array;
}

export type CuEvent = OneOf<
  | AuditEvent
  | { kind: 'output'; text: string | Uint8Array; offset: number }
  | { kind: 'error'; class: ErrorClass; message: string | Uint8Array; value?: LuaValue }
  | { kind: 'usage'; instructions: number; memory: number; calls: number }
  | { kind: 'progress'; work: string; done: number; total: number }
>;

/** Each of them, without the fields of the others: who asked for one kind need not ask which it is. */
type OneOf<T, Names extends PropertyKey = NamesOf<T>> = T extends unknown ? T & { [Name in Exclude<Names, keyof T>]?: never } : never;
type NamesOf<T> = T extends unknown ? keyof T : never;

export type ErrorClass =
  | 'syntax'
  | 'runtime'
  | 'memory'
  | 'handler'
  | 'result'
  | 'state'
  | 'input'
  | 'config'
  | 'internal'
  | 'budget'
  | 'journal'
  | 'interrupted';

/** The options of an instance of the core. */
export interface CoreOptions<S extends Store = Store> extends DecodeOptions {
  /** A compiled module, or the bytes of cu.wasm, or its URL; default: the file that belongs to this package. */
  module?: WebAssembly.Module | ArrayBuffer | Uint8Array | string | URL;
  store?: S;
  config?: CuConfig;
  /** The name of the table `_home`, as in `config`. */
  home?: string;
  onEvent?: (event: CuEvent) => void;
  /** Milliseconds since 1970. */
  now?: () => number;
  /** Asked after each `config.tick` instructions of a script: ends it with the reason that it returns, or true. */
  onTick?: () => string | boolean | undefined | void;
}

export interface CuOptions<S extends Store = Store> extends CoreOptions<S> {
  rate?: Rates;
  /** What scripts may call, as `host.name`. */
  functions?: HostFunctions;
  /** Milliseconds after which a script is ended. */
  timeLimit?: number;
  /** Over a SharedArrayBuffer: while its first element is not 0, scripts are ended. */
  stop?: Int32Array;
}

/** Functions by name; an object is a table of functions. */
export interface HostFunctions {
  [name: string]: ((...args: any[]) => unknown) | HostFunctions;
}

/** Several results of a function that scripts may call. */
export class Values {
  constructor(...values: unknown[]);
  readonly values: unknown[];
}

/** How often something may happen in a second. */
export interface Rates {
  /** Computes; one more throws RateError. */
  computes?: number;
  /** Operations of the store by scripts; one more is an error in the script. */
  operations?: number;
  /** Calls of functions by scripts; one more is an error in the script. */
  calls?: number;
  /** Milliseconds that never decrease. */
  clock?: () => number;
}

/** What one call has of its own: the configuration, but for events, and how tables in its results are sent. */
export interface CallOptions extends Omit<CuConfig, 'events'> {
  /** External tables as their content in the place of ExternalTables. A table within itself stays one. */
  content?: boolean;
}

/** Of an instance of `cu/full`. */
export interface TimedOptions extends CallOptions {
  /** Milliseconds after which the script is ended. */
  timeLimit?: number;
}

/** Of a script that may wait. `timeLimit` is for all of it, waiting included. */
export interface RunOptions extends TimedOptions {
  /** Ends the script when it is aborted. */
  signal?: AbortSignal;
}

export interface ComputeResult {
  /** Every returned value; one null when there was none. */
  values: any[];
  /** The first of them. What a script returns is for its caller to know: `LuaValue` is what it can be. */
  value: any;
  /** What was printed, U+FFFD in place of what is not UTF-8. */
  output: string;
  outputBytes: Uint8Array;
}

export interface RawResult {
  /** The result of the module's `compute`: the length of the response, or negative for an error. */
  status: number;
  bytes: Uint8Array;
}

export interface MemoryStats {
  ioBufferSize: number;
  luaMemoryUsed: number;
  wasmPages: number;
}

/** The content of a module's section `cu`. */
export interface ModuleInfo {
  /** The version of cu. */
  readonly version: string;
  /** The version of the contract. It is ABI_VERSION: a module of another version is refused. */
  readonly abi: number;
  /** Parts that are built in, such as `bigint`. */
  readonly features: readonly string[];
  /** Set in builds for tests and benchmarks only. */
  readonly flags: readonly string[];
}

export interface ReadOptions {
  /** Levels of tables that are read; deeper ones stay ExternalTables. Default: all. */
  depth?: number;
  /** The most entries in all tables together; with more, LimitError is thrown. Default: 1,000,000. */
  limit?: number;
}

/** A table that scripts see as `_home`. */
export interface Home {
  id: number;
  name: string | Uint8Array | undefined;
}

/** What a table that was read can be. It may contain itself. */
export type LuaTable = LuaValue[] | { [key: string]: LuaValue } | Map<LuaValue, LuaValue>;

/** One instance: a module, its memory, a store. It is that of the core, with all that the core leaves out. */
export class Cu<S extends Store = Store> extends CoreCu<S> {
  protected constructor();
  static create<S extends Store = MemoryStore>(options?: CuOptions<S>): Promise<Cu<S>>;
  compute(source: string | Uint8Array, config?: Omit<TimedOptions, 'content'>): ComputeResult;
  call(way: string | Way, args?: readonly unknown[], options?: TimedOptions): ComputeResult;
  prepare<Args extends readonly unknown[] = any[]>(way: string | Way, options?: TimedOptions): (...args: Args) => ComputeResult;
  /**
   * Runs Lua source that may call functions of the host which answer with a promise: the script waits for them, and the instance
   * computes others meanwhile.
   */
  run(source: string | Uint8Array, options?: Omit<RunOptions, 'content'>): Promise<ComputeResult>;
  /** Calls a function that is there already, and waits as `run` does. */
  runCall(way: string | Way, args?: readonly unknown[], options?: RunOptions): Promise<ComputeResult>;
  /** Runs Lua source and returns the bytes that the module left. */
  computeRaw(source: string | Uint8Array, config?: Omit<TimedOptions, 'content'>): RawResult;
  memoryStats(): MemoryStats;
  /** The id of the table that scripts see as `_home`. */
  homeTable: number;
  /** Empties `_io`, as a host does when the next request begins. */
  clearIo(): void;
  /** New tables get ids from `id` on. */
  reserveTables(id: number): void;
  /** Switches the legacy global `Memory`. */
  setMemoryAlias(enabled: boolean): void;
  /** Opens the home of that name, which is made when there is none, from now on; returns its table's id. */
  openHome(name: string): number;
  /** All homes of the store, in the order of their ids. */
  homes(): Home[];
  /**
   * Gives a home another name; throws HomeError when there is none of the old one, or one of the new one. Another instance that has
   * it open makes an empty one of the old name.
   */
  renameHome(from: string, to: string): void;
  /**
   * Takes the name from a home: the next collection frees what nothing else reaches. Not the one that is open; another instance that
   * has it open makes it anew, empty.
   */
  dropHome(name: string): void;
  /** An external table and those in it as plain values, from the store; each table is one value. */
  read(reference: ExternalTable, options?: ReadOptions): any;
  /** The name of a table's class: `__name` of its metatable, where that is a text; undefined without one. */
  className(reference: ExternalTable): string | undefined;
  /**
   * Begins a transaction: what the computes from now on change is kept together by `commit`, or undone by `rollBack`; a compute
   * that fails undoes what it changed alone. Meanwhile other instances over the store are refused. If the host dies, the next
   * start undoes it.
   */
  begin(): void;
  /** Keeps what the transaction changed. If that cannot be done, it is undone, and this throws. */
  commit(): void;
  /** Undoes what the transaction changed. */
  rollBack(): void;
  /**
   * Runs `action` in a transaction, which is kept when it returns and undone when it throws. If it returns a promise, the
   * transaction lasts until that is settled.
   */
  transaction<T>(action: (cu: Cu) => T): T;
  /** `_home` as plain values. */
  readHome(options?: ReadOptions): any;
}

/** Every failure of this package. */
export class CuError extends Error {
  /** '' where there is none. */
  readonly traceback: string;
  /** '' for a failure outside the module. */
  readonly errorClass: ErrorClass | '';
  /** The Lua error value. */
  readonly value: any;
  readonly cause?: unknown;
}

export class LuaError extends CuError {}
export class HostError extends CuError {}
export class TrapError extends CuError {
  readonly kind: TrapKind;
}

/** `host`: no trap, but an exception that left an import. */
export type TrapKind = 'unreachable' | 'stack' | 'memory' | 'call' | 'arithmetic' | 'other' | 'host';

export class StateError extends CuError {}

/** No home has that name, or one has it already, or it is the one that is open. */
export class HomeError extends CuError {
  readonly home: string;
}

export class ModuleError extends CuError {}

export class DecodeError extends CuError {
  /** The offset of the first byte that cannot be right. */
  readonly offset: number;
}

/** A table that is read has more entries than the caller allows. */
export class LimitError extends CuError {
  readonly limit: number;
}

/** There were more computes in a second than the instance allows. */
export class RateError extends CuError {
  /** How many are allowed. */
  readonly limit: number;
  /** Milliseconds until the next one is allowed. */
  readonly retryAfter: number;
}

/** Bytes that are no snapshot of a store. */
export class SnapshotError extends CuError {
  /** The offset of the first byte that cannot be right. */
  readonly offset: number;
}

export class EncodeError extends CuError {
  /** The path to the part that cannot be encoded, such as `value.users[3]`. */
  readonly path: string;
}
