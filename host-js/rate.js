/**
 * A bound on how often something may happen in a second. After a second without use, all of them may come at once.
 *
 * Invariant: in any N seconds at most N + 1 times the bound is taken.
 */

import { RATE_EXCEEDED, TABLE_CONTROL } from './abi.js';

/** The imports that are operations of the store (imports.js). */
const OPERATIONS = ['tableSet', 'tableGet', 'tableDelete', 'tableSize', 'tableKeys'];

/** Makes the imports refuse what is beyond the rate, while `counts()` says that it counts. */
export function limitOperations(imports, rate, counts) {
  for (const name of OPERATIONS) {
    const operation = imports[name];
    imports[name] = (table, ...places) => (
      table !== TABLE_CONTROL && counts() && !rate.take() ? RATE_EXCEEDED : operation.call(imports, table, ...places)
    );
  }
}

/** Milliseconds that never decrease. */
const monotonic = () => performance.now();

export class Rate {
  /**
   * @param {string} name in messages
   * @param {number | undefined} perSecond undefined for no bound
   * @param {() => number} [clock] milliseconds
   */
  constructor(name, perSecond, clock = monotonic) {
    if (perSecond !== undefined && !(Number.isFinite(perSecond) && perSecond > 0)) {
      throw new RangeError(`rate.${name} is ${perSecond}; wanted is a number above 0`);
    }
    this.perSecond = perSecond;
    this.clock = clock;
    this.interval = 1000 / perSecond;
    /** By how many milliseconds use may be ahead of an even pace. */
    this.ahead = Math.max(0, 1000 - this.interval);
    /** When the next use would come at an even pace. */
    this.due = perSecond === undefined ? 0 : clock();
  }

  /** Whether one more is allowed now. If so, it counts as used. */
  take() {
    if (this.perSecond === undefined) return true;
    const now = this.clock();
    if (this.due - this.ahead > now) return false;
    this.due = Math.max(this.due, now) + this.interval;
    return true;
  }

  /** Milliseconds until one more is allowed. */
  get wait() {
    return Math.max(0, Math.ceil(this.due - this.ahead - this.clock()));
  }
}
