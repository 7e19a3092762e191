/** What needs Node: the store in a file, and the file of audit events. */

import { CuError, CuEvent, Store } from './index.js';

export interface AuditLogOptions {
  /** The name of the instance, in each line. */
  name?: string;
  /** Whether each line is on the disk before the script goes on; default false. */
  sync?: boolean;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** A file of audit events, a line of JSON for each. */
export class AuditLog {
  private constructor();
  /** Opens a file to add lines; creates it if there is none. */
  static open(path: string, options?: AuditLogOptions): AuditLog;
  /** For `onEvent`. */
  readonly handler: (event: CuEvent) => void;
  /** Writes an audit event; ignores any other event. */
  write(event: CuEvent): void;
  close(): void;
}

export interface FileStoreOptions {
  /** Whether every compute, collection and other unit is durable when it ends; default true. */
  flushAfterCompute?: boolean;
  /** Cuts a damaged log before the first damaged byte instead of refusing it; default false. */
  repair?: boolean;
  /**
   * Milliseconds for which another process may still have the file; default 0. Nothing else runs in this thread meanwhile.
   */
  wait?: number;
  /** Reads the file as it is now, without a lock, and refuses every change; default false. */
  readOnly?: boolean;
  /** The ids of worker threads of this process that had the file, and have ended without closing it. */
  endedThreads?: readonly number[];
}

/** Tables in memory, every change appended to a file. One process writes at a time. */
export class FileStore implements Store {
  private constructor();
  /** Creates the file when it is not there. */
  static open(path: string, options?: FileStoreOptions): FileStore;
  readonly path: string;
  readonly readOnly: boolean;
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

/** The file cannot be used: damaged, held by another writer, closed, or not written. */
export class FileStoreError extends CuError {
  readonly path: string;
  /** The offset of the first byte that cannot be right. */
  readonly offset: number | undefined;
}
