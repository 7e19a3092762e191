/** A store in the origin private file system of a browser, for a worker: what a compute changed is durable when it returns. */

import { LogStore, LogStoreOptions } from './log_store.js';
import { StorageError } from './storage_error.js';

export { StorageError };
export { FileStoreError } from '../node.js';
export type { DamagedRow, StorageReason } from './storage_error.js';

export interface OPFSStoreOptions extends LogStoreOptions {
  /** Milliseconds for which another worker may still have the store; default 0. */
  wait?: number;
  /** What is used in the place of `globalThis`, for tests. */
  browser?: object;
}

/** One worker has it at a time. */
export class OPFSStore extends LogStore {
  private constructor();
  /** Throws StorageError; FileStoreError when the files are damaged. */
  static open(name: string, options?: OPFSStoreOptions): Promise<OPFSStore>;
  static delete(name: string, options?: { browser?: object }): Promise<void>;
}
