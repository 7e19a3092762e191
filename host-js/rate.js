/**
 * A bound on how often something may happen: so many a second, and as many at once after a second of rest.
 *
 * Invariant: between any two moments no more is taken than the bound times the seconds between them, and one second's worth.
 */

/** Milliseconds that never go back. */
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
    /** How far the use may run ahead of an even pace. */
    this.ahead = Math.max(0, 1000 - this.interval);
    /** When the next one would be due at an even pace. */
    this.due = perSecond === undefined ? 0 : clock();
  }

  /** Whether one more may happen now, which counts. */
  take() {
    if (this.perSecond === undefined) return true;
    const now = this.clock();
    if (this.due - this.ahead > now) return false;
    this.due = Math.max(this.due, now) + this.interval;
    return true;
  }

  /** Milliseconds until one more may happen. */
  get wait() {
    return Math.max(0, Math.ceil(this.due - this.ahead - this.clock()));
  }
}
