/** What stores have in common that append every change to a file: of Node, and of a worker. */

import { Store } from '../index.js';

export interface LogStoreOptions {
  /** Whether every compute, collection and other unit is durable when it ends; default true. */
  flushAfterCompute?: boolean;
  /** Cuts a damaged log before the first damaged byte instead of refusing it; default false. */
  repair?: boolean;
}

/** Tables in memory, every change appended to a file. */
export abstract class LogStore implements Store {
  protected constructor();
  /** Where the file is, or the name of the store. */
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
  /** Rewrites the file as one snapshot, without the log of changes; also flushes. If it throws, nothing is lost. */
  compact(): void;
  /** Flushes and lets others open the file. */
  close(): void;
  /** All tables as one byte string, for `MemoryStore.fromSnapshot`. */
  snapshot(): Uint8Array;
}
