/**
 * A whole store as bytes, for a storage: a snapshot as in store/snapshot.js, perhaps compressed with gzip.
 *
 * Invariant: what is in `_io` belongs to a request, and is in no snapshot.
 */

import { TABLE_IO } from '../abi.js';
import { SnapshotError } from '../errors.js';
import { writeSnapshot } from '../store/snapshot.js';
import { CompressionService } from './compression.js';
import { TrackedStore } from './tracked_store.js';

const GZIP = [0x1f, 0x8b];

const compression = new CompressionService();

/** The tables of the store as they are now. */
export function takeSnapshot(store) {
  return writeSnapshot({
    tableIds: () => store.tableIds().filter((id) => id !== TABLE_IO),
    size: (id) => store.size(id),
    eachEntry: (...place) => store.eachEntry(...place),
  });
}

/** The bytes to keep: compressed where that is wanted, possible and shorter. */
export async function packed(snapshot, isCompressed) {
  if (!isCompressed || !compression.algorithms.gzip.available) return snapshot;
  return (await compression.compress(snapshot, { algorithm: 'gzip' })).data;
}

/** A store with what a snapshot has; throws a SnapshotError for other bytes. */
export async function storeOf(bytes) {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('the storage answered no Uint8Array');
  const isCompressed = bytes[0] === GZIP[0] && bytes[1] === GZIP[1];
  const store = TrackedStore.fromSnapshot(isCompressed ? await inflated(bytes) : bytes);
  const keys = [];
  store.keys(TABLE_IO, undefined, false, (key) => keys.push(key) > 0);
  for (const key of keys) store.delete(TABLE_IO, key);
  return store;
}

async function inflated(bytes) {
  try {
    return await compression.decompress({ compressed: true, algorithm: 'gzip', data: bytes });
  } catch (cause) {
    const error = new SnapshotError(`the snapshot cannot be decompressed: ${cause.message}; damaged`, 0);
    error.cause = cause;
    throw error;
  }
}
