import { CuError } from '../index.js';

/** Why a browser did not open, read or keep a store. */
export type StorageReason =
  | 'blocked' | 'busy' | 'closed' | 'conflict' | 'damaged' | 'denied' | 'failed' | 'quota' | 'turn' | 'unsupported' | 'version';

/** A row of the database that is damaged or missing. */
export interface DamagedRow {
  /** The object store. */
  store: string;
  /** Its key there; undefined for a problem of no single row. */
  id?: unknown;
  /** The table of the first change in it. */
  tableId?: number;
  problem: string;
}

/** The browser did not open, read or keep a store. */
export class StorageError extends CuError {
  constructor(store: string, reason: StorageReason, message: string, details?: { cause?: unknown; rows?: DamagedRow[] });
  /** The name of the store. */
  readonly store: string;
  readonly reason: StorageReason;
  /** With the reason `damaged`: what is damaged. */
  readonly rows?: DamagedRow[];
}
