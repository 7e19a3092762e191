/** Encryption of what a store keeps; it needs the package `@noble/ciphers`. */

import { CuError, Store } from './index.js';
import type { NamedSnapshots } from './store/indexeddb.js';

/** A secret of 32 random bytes. Where it is printed, only its id appears. */
export class EncryptionKey {
  /** Copies the bytes. */
  constructor(bytes: Uint8Array);
  /** The name of the key in encrypted values, 16 hexadecimal digits; not secret. */
  readonly id: string;
}

export interface EncryptionKeys {
  /** The key that encrypts. */
  key: EncryptionKey;
  /** Older keys, for values that they encrypted. */
  olderKeys?: EncryptionKey[];
}

/** The progress of a rotation. */
export interface RotationProgress {
  /** Values that were read. */
  entries: number;
  /** Values that were encrypted with the newest key. */
  rewritten: number;
  done: boolean;
}

/** Whether a store says that it is encrypted. No key is needed for this. */
export function isEncrypted(store: Store): boolean;

/** A store over another one, which gets encrypted values only. Keys, table ids and sizes are not encrypted. */
export class EncryptedStore implements Store {
  private constructor();
  /** Opens a store that is encrypted, or an empty one; throws EncryptionError. The store needs `nextTable`. */
  static open(inner: Store, keys: EncryptionKeys): EncryptedStore;
  /** Encrypts the values of a plain store and opens it. If this is interrupted, call it again. */
  static encryptAll(
    inner: Store,
    keys: EncryptionKeys & { onProgress?: (progress: RotationProgress) => void },
  ): EncryptedStore;
  /** The store below. */
  readonly inner: Store;
  /** Those of the store below, where it has them; encrypted, as what `snapshot` answers. */
  readonly snapshots: NamedSnapshots | undefined;
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
  nextTable(after: number | undefined): number | undefined;
  lend(table: number, key: Uint8Array): Uint8Array | undefined;
  begin(): void;
  commit(): void;
  rollBack(): void;
  /** As that of the store below. */
  readonly canRollBack: boolean;
  readonly version: number;
  computeEnded(): void;
  /** Encrypts every value with the newest key. If this is interrupted, call it again. */
  rotate(onProgress?: (progress: RotationProgress) => void): RotationProgress;
  /** The same in batches, so that other work can be done between them. */
  rotation(): Generator<RotationProgress, void, void>;
  /** As in the store below; a TypeError when that has no such method. */
  snapshot(): Uint8Array;
  /**
   * Makes the content that of a snapshot of this store, or of one that these keys open; undone when it is none. A promise where the
   * store below has turns, as an IndexedDBStore has. Instances over this store go on.
   */
  restore(bytes: Uint8Array): Promise<void> | undefined;
  flush(): void;
  compact(): void;
  close(): void;
}

/** A value cannot be encrypted or decrypted, or a store cannot be opened with these keys. */
export class EncryptionError extends CuError {
  readonly reason: 'plain' | 'key' | 'damaged' | 'unfinished' | 'randomness' | 'reserved';
  /** The place of the value; undefined for an error about the whole store. */
  readonly table: number | undefined;
  readonly key: Uint8Array | undefined;
}
