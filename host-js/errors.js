/**
 * One class per kind of failure; all are `CuError`.
 *
 * Invariant: after every error the instance is as usable as before the call, except after `TrapError` and after a
 * `HostError` about changes that the store did not keep.
 */

/** What every failure has in common. */
export class CuError extends Error {
  // Spelled out here and below, because a minifier gives classes other names.
  static get name() { return 'CuError'; }

  /**
   * @param {string} message
   * @param {{ traceback?: string, errorClass?: string, value?: unknown, cause?: unknown }} [details]
   */
  constructor(message, details = {}) {
    super(message);
    this.name = new.target.name;
    /** The Lua traceback, '' where there is none. */
    this.traceback = details.traceback || '';
    /** One of ERROR_CLASSES in abi.js, '' for a failure outside the module. */
    this.errorClass = details.errorClass || '';
    /** The Lua error value, undefined where there is none or it has no encoding. */
    this.value = details.value;
    // Assigned rather than passed to Error: browsers before 2021 ignore its second parameter.
    if (details.cause !== undefined) this.cause = details.cause;
  }
}

/** What was thrown, in words; it may be anything. */
export function textOf(thrown) {
  if (thrown instanceof Error) return thrown.message;
  return typeof thrown === 'object' && thrown !== null ? 'an object' : String(thrown);
}

/** The script failed, or a limit stopped it. */
export class LuaError extends CuError {
  static get name() { return 'LuaError'; }
}

/** The store, `now` or `onEvent` threw during a call; `cause` is what it threw. */
export class HostError extends CuError {
  static get name() { return 'HostError'; }
}

/** The module trapped, `cause` is the trap. The instance is in an unknown state and refuses further use. */
export class TrapError extends CuError {
  static get name() { return 'TrapError'; }

  /**
   * @param {string} message
   * @param {{ kind: string, cause: unknown }} details kind: `unreachable`, `stack`, `memory`, `call`, `arithmetic`, `other`;
   *   `host` when it was no trap but an exception that left an import
   */
  constructor(message, { kind, cause }) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** The call is not possible now: it comes from inside a store or handler, or another instance is using the store. */
export class StateError extends CuError {
  static get name() { return 'StateError'; }
}

/** The module cannot be used: not found, not cu.wasm, or its `init` failed. */
export class ModuleError extends CuError {
  static get name() { return 'ModuleError'; }
}

/** Bytes that are no value. */
export class DecodeError extends CuError {
  static get name() { return 'DecodeError'; }

  /**
   * @param {string} message
   * @param {number} offset of the first byte that cannot be right
   */
  constructor(message, offset) {
    super(`${message} at byte ${offset}`);
    this.offset = offset;
  }
}

/** A JavaScript value without an encoding. */
export class EncodeError extends CuError {
  static get name() { return 'EncodeError'; }

  /**
   * @param {string} message
   * @param {string} path to the part that cannot be encoded, such as `value.users[3]`
   */
  constructor(message, path) {
    super(`${path}: ${message}`);
    this.path = path;
  }
}

/** A table that is read from the store has more entries than the caller allows. */
export class LimitError extends CuError {
  static get name() { return 'LimitError'; }

  /**
   * @param {string} message
   * @param {number} limit that was exceeded
   */
  constructor(message, limit) {
    super(message);
    this.limit = limit;
  }
}

/** There were more computes in a second than the instance allows. */
export class RateError extends CuError {
  static get name() { return 'RateError'; }

  /**
   * @param {string} message
   * @param {{ perSecond: number, wait: number }} rate
   */
  constructor(message, { perSecond, wait }) {
    super(`${message}; the next one in ${wait} ms`);
    /** How many a second are allowed. */
    this.limit = perSecond;
    /** Milliseconds until the next one is allowed. */
    this.retryAfter = wait;
  }
}

/** No home has that name, or one has it already, or it is the one that is open. */
export class HomeError extends CuError {
  static get name() { return 'HomeError'; }

  /**
   * @param {string} message
   * @param {string} home its name
   */
  constructor(message, home) {
    super(message);
    this.home = home;
  }
}

/** Bytes that are no snapshot of a store. */
export class SnapshotError extends CuError {
  static get name() { return 'SnapshotError'; }

  /**
   * @param {string} message
   * @param {number} offset of the first byte that cannot be right
   */
  constructor(message, offset) {
    super(`${message} at byte ${offset} of the snapshot`);
    this.offset = offset;
  }
}

/** The file of a FileStore cannot be used: damaged, held by another writer, closed, or not written. */
export class FileStoreError extends CuError {
  static get name() { return 'FileStoreError'; }

  /**
   * @param {string} path
   * @param {string} message
   * @param {{ offset?: number, cause?: unknown }} [details] offset of the first byte that cannot be right
   */
  constructor(path, message, { offset, cause } = {}) {
    super(`${path}: ${message}${offset === undefined ? '' : ` at byte ${offset}`}`, { cause });
    this.path = path;
    this.offset = offset;
  }
}

/** A value cannot be encrypted or decrypted, or a store cannot be opened with these keys. */
export class EncryptionError extends CuError {
  static get name() { return 'EncryptionError'; }

  /**
   * @param {string} message
   * @param {{ reason: string, table?: number, key?: Uint8Array, cause?: unknown }} details reason: `plain` (not
   *   encrypted), `key` (not given), `damaged`, `unfinished` (half encrypted), `randomness`, `reserved`
   */
  constructor(message, { reason, table, key, cause }) {
    const digits = key === undefined ? '' : Array.from(key, (byte) => byte.toString(16).padStart(2, '0')).join('');
    super(table === undefined ? message : `table ${table}, key ${digits}: ${message}`, { cause });
    this.reason = reason;
    this.table = table;
    this.key = key;
  }
}
