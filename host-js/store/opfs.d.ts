/** A store in the origin private file system of a browser, for a worker: what a compute changed is durable when it returns. */

import { Store } from '../index.js';
import { StorageError } from './storage_error.js';

export { StorageError };
export { FileStoreError } from '../node.js';
export type { DamagedRow, StorageReason } from './storage_error.js';

export interface OPFSStoreOptions {
  /** Whether every compute, collection and other unit is durable when it ends; default true. */
  flushAfterCompute?: boolean;
  /** Cuts a damaged log before the first damaged byte instead of refusing it; default false. */
  repair?: boolean;
  /** Milliseconds for which another worker may still have the store; default 0. */
  wait?: number;
  /** What is used in the place of `globalThis`, for tests. */
  browser?: object;
}

export class OPFSStore implements Store {
  private constructor();
  /** Throws StorageError; FileStoreError when the files are damaged. */
  static open(name: string, options?: OPFSStoreOptions): Promise<OPFSStore>;
  static delete(name: string, options?: { browser?: object }): Promise<void>;
  /** The name of the store. */
  readonly path: string;
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
  computeEnded(): void;
  /** Makes every change so far durable. */
  flush(): void;
  /** Rewrites the file as one snapshot, without the log of changes. */
  compact(): void;
  /** Flushes and lets other workers open the store. */
  close(): void;
  snapshot(): Uint8Array;
}
