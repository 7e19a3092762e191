/**
 * The failures of recordings and replays, in a file of their own: a page that has neither does not load them.
 */

import { CuError } from '../errors.js';

/** A recording cannot be written, read or replayed: the file is at fault, or its sink, or it is of another module. */
export class RecordingError extends CuError {
  static get name() { return 'RecordingError'; }

  /**
   * @param {string} message
   * @param {{ reason: string, entry?: number, offset?: number, cause?: unknown }} details reason: `write`, `signature`, `version`,
   *   `module` (another one), `damaged`, `malformed`, `cut`; offset: of the first byte that cannot be right
   */
  constructor(message, { reason, entry, offset, cause }) {
    super(message, { cause });
    this.reason = reason;
    this.entry = entry;
    this.offset = offset;
    /** Of a recording that is cut, what was replayed. */
    this.replayed = undefined;
  }
}

/** In a replay, the module did something else than in the recording. */
export class DivergenceError extends CuError {
  static get name() { return 'DivergenceError'; }

  /**
   * @param {{ entry: number, offset: number, compute: number }} place the entry, from 0, the offset of its first byte, the compute, from 1
   * @param {string} recorded what the recording says
   * @param {string} came what the module did
   * @param {string} [difference] the first one, where both texts may look the same
   */
  constructor({ entry, offset, compute }, recorded, came, difference) {
    const where = compute === 0 ? 'before the first compute' : `in compute ${compute}`;
    const first = difference === undefined ? '' : `; ${difference}`;
    super(`entry ${entry} at byte ${offset}, ${where}: recorded is ${recorded}, and there came ${came}${first}`);
    this.entry = entry;
    this.offset = offset;
    this.compute = compute;
    this.recorded = recorded;
    this.came = came;
  }
}
