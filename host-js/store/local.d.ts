/** A store of browsers for small homes: all tables as one text in localStorage. */

import { MemoryStore } from '../index.js';
import { StorageError } from './storage_error.js';

export { StorageError };
export type { DamagedRow, StorageReason } from './storage_error.js';

export interface LocalStoreOptions {
  /** Whether each unit is in localStorage when it ends; else `save` does it, and the end of the page. Default true. */
  saveAfterCompute?: boolean;
  /** The most characters; default what the browser allows, about 5,000,000 for an origin. */
  limit?: number;
  /** Gets the failure of a save at the end of the page. */
  onError?: (error: Error) => void;
  /** What is used in the place of `globalThis`, for tests. */
  browser?: object;
}

export class LocalStore extends MemoryStore {
  private constructor();
  static open(name: string, options?: LocalStoreOptions): Promise<LocalStore>;
  static delete(name: string, options?: { browser?: object }): void;
  readonly name: string;
  readonly hasUnsaved: boolean;
  save(): void;
  /** Makes the content that of a snapshot. */
  restore(bytes: Uint8Array): void;
  close(): void;
}
