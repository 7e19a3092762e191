/**
 * A file without content of use beside another one: room that is given up when the disk is full.
 *
 * A store takes no new value unless its spare is whole (for arguments of scripts: half of it). So what it took can still be
 * written when the disk fills up, and so can deletions later, with which room is made.
 *
 * Invariant: `length` is how much of the disk the file holds. Its bytes are random: some file systems keep no room for zeros.
 */

import { randomFillSync } from 'node:crypto';
import { closeSync, fsyncSync, ftruncateSync, openSync, statSync } from 'node:fs';
import { writeAll } from '../disk.js';

// The last batch of new values, and as much for deletions.
const SPARE_BYTES = 0x40000;

// So many are given up at least, that it does not happen for each record.
const STEP_BYTES = 0x10000;

/** Whether an error says that there is no room. */
export function isFull(error) {
  return error.code === 'ENOSPC' || error.code === 'EDQUOT';
}

export class Spare {
  /** @param {string} path of the file beside which it is */
  constructor(path) {
    this.path = `${path}.spare`;
    this.length = sizeOf(this.path);
    /** False where the system does not let us have one, for another reason than a lack of room. */
    this.isPossible = true;
    /** Whether some of it was given up since this was last set to false. */
    this.wasUsed = false;
  }

  /** Whether it has this part of its size, a number up to 1, or can be given it again. */
  has(part) {
    const least = SPARE_BYTES * part;
    if (this.length >= least || !this.isPossible) return true;
    this.refill();
    return this.length >= least || !this.isPossible;
  }

  /** Makes it whole again, as far as there is room. */
  refill() {
    if (this.length >= SPARE_BYTES || !this.isPossible) return;
    try {
      const bytes = randomFillSync(new Uint8Array(SPARE_BYTES - this.length));
      this.withFile((file) => writeAll(file, bytes, this.length, bytes.length));
    } catch (error) {
      if (!isFull(error)) this.isPossible = false;
    }
    this.length = sizeOf(this.path);
  }

  /** Makes room for so many bytes; false when there is nothing to give up. */
  giveUp(bytes) {
    if (this.length === 0) return false;
    const left = Math.max(0, this.length - Math.max(bytes, STEP_BYTES));
    try {
      this.withFile((file) => {
        ftruncateSync(file, left);
        // Some file systems let nobody have the room before.
        fsyncSync(file);
      });
    } catch {
      return false;
    }
    this.length = left;
    this.wasUsed = true;
    return true;
  }

  withFile(action) {
    const file = openSync(this.path, this.length === 0 ? 'w' : 'r+');
    try {
      action(file);
    } finally {
      closeSync(file);
    }
  }
}

function sizeOf(path) {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}
