/** What needs Node: the store in a file, the file of audit events, the file of a recording. */

import { CuError, CuEvent } from './index.js';
import { RecordingSink } from './replay.js';
import { LogStore, LogStoreOptions } from './store/log_store.js';

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

/** A recording in a file (`cu/replay`). */
export class RecordingFile implements RecordingSink {
  private constructor();
  /** Creates the file; throws when there is one. */
  static create(path: string): RecordingFile;
  write(bytes: Uint8Array): void;
  /** The bytes are on the disk then. The end of the recording does it. */
  close(): void;
}

export interface FileStoreOptions extends LogStoreOptions {
  /**
   * Milliseconds for which another process may still have the file; default 0. Nothing else runs in this thread meanwhile.
   */
  wait?: number;
  /** Reads the file as it is now, without a lock, and refuses every change; default false. */
  readOnly?: boolean;
  /** The ids of worker threads of this process that had the file, and have ended without closing it. */
  endedThreads?: readonly number[];
}

/** One process writes it at a time. */
export class FileStore extends LogStore {
  private constructor();
  /** Creates the file when it is not there. */
  static open(path: string, options?: FileStoreOptions): FileStore;
  readonly readOnly: boolean;
}

/** The file cannot be used: damaged, held by another writer, closed, or not written. */
export class FileStoreError extends CuError {
  readonly path: string;
  /** The offset of the first byte that cannot be right. */
  readonly offset: number | undefined;
}
