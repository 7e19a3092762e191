/// <reference lib="esnext.disposable" />

/** The core: an instance without rates, transactions, homes by name and the reading of tables, which `cu/full` has. Its
 * TrapErrors have no kind. */

import type {
  CallOptions, ComputeResult, CoreOptions, CuConfig, MemoryStore, ModuleInfo, Store, Way,
} from './index.js';

export {
  ABI_VERSION, CuBigInteger, CuError, CuFloat, decode, decodeAll, DecodeError, encode, EncodeError, ExternalTable, HostError,
  LibraryFunction, LuaError, LuaFunction, MemoryStore, ModuleError, StateError, TrapError, Way,
} from './index.js';
export type {
  AuditAction, AuditEvent, CallOptions, ComputeResult, CoreOptions, CuConfig, CuEvent, DecodeOptions, ErrorClass, LuaKey,
  LuaValue, ModuleInfo, Permissions, Store, TrapKind,
} from './index.js';

/** One instance: a module, its memory, a store. */
export class Cu<S extends Store = Store> {
  protected constructor();
  static create<S extends Store = MemoryStore>(options?: CoreOptions<S>): Promise<Cu<S>>;
  readonly store: S;
  readonly module: ModuleInfo;
  /** Runs Lua source; throws LuaError or another CuError. */
  compute(source: string | Uint8Array, config?: Omit<CuConfig, 'events'>): ComputeResult;
  /** Calls a function by its way from a global on, such as `_home.orders.total`, without source text. */
  call(way: string | Way, args?: readonly unknown[], options?: CallOptions): ComputeResult;
  /** A function of the arguments of `call`: for one that is called often, since its way is written once. */
  prepare<Args extends readonly unknown[] = any[]>(way: string | Way, options?: CallOptions): (...args: Args) => ComputeResult;
  runGc(): void;
  /** Ends the instance, so that its memory can be used for others; every later call throws StateError. Its store is its owner's to close. */
  close(): void;
  /** For `using`. */
  [Symbol.dispose](): void;
}
