/** Encryption of what a store keeps; it needs the package `@noble/ciphers`. */

import { CuError, Store } from './index.js';

/** A secret of 32 random bytes. Texts and objects made of it have its id only. */
export class EncryptionKey {
  /** Copies the bytes. */
  constructor(bytes: Uint8Array);
  /** What encrypted values name the key by, 16 hexadecimal digits; no secret. */
  readonly id: string;
}

export interface EncryptionKeys {
  /** The key that encrypts. */
  key: EncryptionKey;
  /** Others that are still read. */
  olderKeys?: EncryptionKey[];
}

/** How far a rotation is. */
export interface RotationProgress {
  /** Values that were read. */
  entries: number;
  /** Values that were encrypted anew. */
  rewritten: number;
  done: boolean;
}

/** Whether a store says that it is encrypted. No key is needed for this. */
export function isEncrypted(store: Store): boolean;

/** A store over another one, which sees encrypted values only. Keys, table ids and sizes are not hidden. */
export class EncryptedStore implements Store {
  private constructor();
  /** Opens a store that is encrypted, or an empty one; throws EncryptionError. The store needs `nextTable`. */
  static open(inner: Store, keys: EncryptionKeys): EncryptedStore;
  /** Encrypts what a plain store holds and opens it; interrupted, it goes on when it is called again. */
  static encryptAll(
    inner: Store,
    keys: EncryptionKeys & { onProgress?: (progress: RotationProgress) => void },
  ): EncryptedStore;
  /** The store below. */
  readonly inner: Store;
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
  computeEnded(): void;
  /** Encrypts every value with the newest key; interrupted, it goes on when it is called again. */
  rotate(onProgress?: (progress: RotationProgress) => void): RotationProgress;
  /** The same a batch at a time, for whoever does something else in between. */
  rotation(): Generator<RotationProgress, void, void>;
  /** As the store below does; a TypeError where it cannot. */
  snapshot(): Uint8Array;
  flush(): void;
  compact(): void;
  close(): void;
}

/** A value cannot be encrypted or decrypted, or a store cannot be opened with these keys. */
export class EncryptionError extends CuError {
  readonly reason: 'plain' | 'key' | 'damaged' | 'unfinished' | 'randomness' | 'reserved';
  /** Where, undefined for the store as a whole. */
  readonly table: number | undefined;
  readonly key: Uint8Array | undefined;
}
