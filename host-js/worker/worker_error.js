/**
 * The failure of a worker.
 */

import { CuError } from '../errors.js';

/** The worker did not start, ended, or was stopped; what it did is not known to be done. */
export class WorkerError extends CuError {
  static get name() { return 'WorkerError'; }

  /**
   * @param {string} reason `start`: it cannot be started; `foreign`: it is none of cu, or of another version; `died`: it ended by itself;
   *   `stopped`: the call was removed from the queue, or ended with its worker, because the program stopped it; `time`: it ended with its
   *   worker, as it took much longer than its time limit
   * @param {string} message
   * @param {{ cause?: unknown }} [details]
   */
  constructor(reason, message, { cause } = {}) {
    super(message, { cause });
    this.reason = reason;
  }
}
