/** A store of browsers: tables in memory, what changed is saved to IndexedDB behind them. */

import { MemoryStore } from '../index.js';
import { DamagedRow, StorageError } from './storage_error.js';

export { StorageError };
export type { DamagedRow, StorageReason } from './storage_error.js';

export interface IndexedDBStoreOptions {
  /** Milliseconds after a change until it is saved; false: only `save`, `turn` and the end of the page do. Default 500. */
  autosave?: number | false;
  /** Milliseconds for which another tab may keep its turn, or an older version of the database; default 5000. */
  wait?: number;
  /** Milliseconds for which this tab keeps the turn that `open` gave it, so that an instance can be made; default 250. */
  grace?: number;
  /** Opens a damaged database with what can be read; the damaged rows are put aside in it. Default false: an error names them. */
  repair?: boolean;
  /** Asks the browser not to remove what the page stored; default false. */
  persist?: boolean;
  /** `turns`: tabs take turns; `one`: the second tab gets an error. Default `turns`, where the browser can. */
  tabs?: 'turns' | 'one';
  /** Gets failures that no caller waits for, such as that of an autosave. Default: an unhandled rejection of the page. */
  onError?: (error: Error) => void;
  /** Called when changes of another tab were read. */
  onChange?: () => void;
  /** What is used in the place of `globalThis`, for tests. */
  browser?: object;
}

export interface NamedSnapshots {
  /** Saves bytes under a name, in the place of those that are there. */
  save(name: string, bytes: Uint8Array): Promise<void>;
  load(name: string): Promise<Uint8Array | undefined>;
  /** What there is, by name; the time in milliseconds since 1970. */
  list(): Promise<{ name: string; bytes: number; time: number }[]>;
  /** Removes a snapshot, and resolves with whether there was one. */
  delete(name: string): Promise<boolean>;
}

export class IndexedDBStore extends MemoryStore {
  private constructor();
  /** Opens the store in a database, by default `LuaEnhancedStorage`; made when it is not there. Throws StorageError. */
  static open(name?: string, options?: IndexedDBStoreOptions): Promise<IndexedDBStore>;
  /** Removes a database, when no tab has it open any more. */
  static delete(name?: string, options?: { browser?: object }): Promise<void>;
  readonly name: string;
  /** Byte strings by name in the same database. */
  readonly snapshots: NamedSnapshots;
  /** Whether something changed that is not saved. */
  readonly hasUnsaved: boolean;
  /** Whether this tab has its turn: computes work. */
  readonly hasTurn: boolean;
  /** Rows of version 1 of the database that are no values, by their old places. */
  readonly notConverted: { table: number; key: string; problem: string }[];
  /** What `repair` left out. */
  readonly leftOut: DamagedRow[];
  /** Resolves with the number of keys saved, when all changes so far are durable. */
  save(): Promise<number>;
  /** Runs `action` when this tab has its turn. Resolves with its result when what it did is durable. */
  turn<T>(action: (store: this) => T | Promise<T>, options?: { wait?: number }): Promise<T>;
  /** Reads what other tabs saved. */
  refresh(): Promise<void>;
  /** Makes the content that of a snapshot, and saves it. */
  restore(bytes: Uint8Array): Promise<void>;
  /** What the page may store, in bytes; undefined where the browser does not say. */
  storage(): Promise<{ usage: number; quota: number; persisted: boolean | undefined } | undefined>;
  /** Asks the browser not to remove what the page stored; whether it agrees. */
  persist(): Promise<boolean>;
  /** Replaces all saves by one, when this tab has its turn; it also happens by itself. */
  compact(): Promise<void>;
  /** Saves, lets other tabs have the store, and ends it. */
  close(): Promise<void>;
}
