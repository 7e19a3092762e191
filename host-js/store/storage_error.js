/**
 * The failure of a store that a browser keeps.
 */

import { CuError } from '../errors.js';

/** The browser did not open, read or keep a store. */
export class StorageError extends CuError {
  // As in errors.js: a minifier gives classes other names.
  static get name() { return 'StorageError'; }

  /**
   * @param {string} store its name
   * @param {string} reason `blocked`, `busy`, `closed`, `conflict`, `damaged`, `denied`, `failed`, `quota`, `turn`,
   *   `unsupported`, `version`
   * @param {string} message
   * @param {{ cause?: unknown, rows?: object[] }} [details] rows: those that are damaged
   */
  constructor(store, reason, message, { cause, rows } = {}) {
    super(`${store}: ${message}`, { cause });
    this.store = store;
    this.reason = reason;
    if (rows !== undefined) this.rows = rows;
  }
}

/** What a failure of a browser's storage is for the caller. */
export function storageError(store, doing, cause) {
  if (cause instanceof StorageError) return cause;
  const name = cause && cause.name;
  const said = cause && cause.message ? `${name}: ${cause.message}` : String(name || cause);
  if (name === 'QuotaExceededError') {
    const problem = `${doing}: the browser gives no more room (${said}); what was saved before is there`;
    return new StorageError(store, 'quota', problem, { cause });
  }
  if (name === 'ConstraintError') {
    return new StorageError(store, 'conflict', `${doing}: someone else saved meanwhile (${said})`, { cause });
  }
  return new StorageError(store, 'failed', `${doing}: ${said}`, { cause });
}
