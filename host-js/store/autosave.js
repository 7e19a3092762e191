/**
 * When changes are saved by themselves: after a pause in them, and after a few pauses while they go on.
 *
 * Invariant: there is one timer at most, and none when nothing changed.
 */

import { after } from './timer.js';

// While changes go on, a save waits for so many times as long as for a single change.
const MOST_PAUSES = 4;

export class Autosave {
  /**
   * @param {number | false} pause milliseconds; false: never
   * @param {() => number} version a number that grows with each change
   * @param {() => void} save
   */
  constructor(pause, version, save) {
    this.pause = pause;
    this.version = version;
    this.save = save;
    /** Whether there is nothing to do at a change: a save will come, or never one. */
    this.isSet = false;
    this.timer = undefined;
  }

  /** Something changed; to be called while `isSet` is false. */
  set() {
    this.isSet = true;
    if (this.pause === false) return;
    let version = this.version();
    let pauses = 1;
    const fire = () => {
      if (this.version() !== version && pauses < MOST_PAUSES) {
        version = this.version();
        pauses++;
        this.timer = after(this.pause, fire);
        return;
      }
      this.isSet = false;
      this.save();
    };
    this.timer = after(this.pause, fire);
  }

  /** Everything is saved, or being saved. */
  clear() {
    clearTimeout(this.timer);
    this.isSet = false;
  }
}
