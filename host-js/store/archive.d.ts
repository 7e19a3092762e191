/** Everything as one file: the content of a store, and its named snapshots where it has them. */

import { Store } from '../index.js';
import { NamedSnapshots } from './indexeddb.js';

export interface ArchiveOptions {
  /** Called again and again, with bytes. */
  onProgress?: (progress: { done: number; total: number }) => void;
  signal?: AbortSignal;
}

export function exportAll(
  store: { snapshot(): Uint8Array | Promise<Uint8Array>; readonly snapshots?: NamedSnapshots | undefined },
  options?: ArchiveOptions,
): Promise<Blob>;

/** Makes the content of the store that of the file. Nothing is changed when the file is damaged, or the work aborted. */
export function importAll(
  store: (Store | { restore(bytes: Uint8Array): void | Promise<void> }) & { readonly snapshots?: NamedSnapshots | undefined },
  file: Blob | ArrayBuffer | Uint8Array,
  options?: ArchiveOptions,
): Promise<{ snapshots: string[] }>;
