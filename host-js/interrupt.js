/**
 * Ends scripts from outside: after a time, or when a flag is raised, both while a script runs.
 *
 * Invariant: the flag is only read here. Who raised it takes it back, so that it ends nothing that comes later.
 */

export class Interrupt {
  /**
   * @param {object} options
   * @param {number} [options.timeLimit] milliseconds for each compute
   * @param {Int32Array} [options.stop] over a SharedArrayBuffer, so that another thread can write it: not 0 ends the script
   * @param {() => unknown} [options.onTick] see control.js
   */
  constructor({ timeLimit, stop, onTick }) {
    if (stop !== undefined && !(stop instanceof Int32Array && stop.length > 0)) {
      throw new TypeError('the option stop is no Int32Array with an element');
    }
    this.usualLimit = checkLimit(timeLimit);
    this.stop = stop;
    this.onTick = onTick;
    this.limit = undefined;
    this.end = 0;
    /** When the script that runs now is over that began earlier, and waited (run.js). */
    this.endOfRun = undefined;
  }

  /** Whether there is anything to ask for in every compute. */
  get isUsual() {
    return this.usualLimit !== undefined || this.stop !== undefined || this.onTick !== undefined;
  }

  /** A call of the module begins. */
  begin(limit = this.usualLimit) {
    this.limit = checkLimit(limit);
    if (limit !== undefined) this.end = this.endOfRun === undefined ? performance.now() + limit : this.endOfRun;
  }

  /** The reason to end every script, if the flag is raised. */
  get stopped() {
    if (this.stop !== undefined && Atomics.load(this.stop, 0) !== 0) return 'stopped';
    return undefined;
  }

  /** What `onTick` of the core answers: the reason to end the script. */
  ask() {
    const { stopped } = this;
    if (stopped !== undefined) return stopped;
    if (this.limit !== undefined && performance.now() >= this.end) return `the time limit of ${this.limit} ms is over`;
    return this.onTick === undefined ? undefined : this.onTick();
  }
}

export function checkLimit(limit) {
  if (limit !== undefined && !(Number.isFinite(limit) && limit > 0)) {
    throw new RangeError(`timeLimit is ${limit}; wanted is a number of milliseconds above 0`);
  }
  return limit;
}
