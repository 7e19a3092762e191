/**
 * A file without content of use beside another one: room that is given up when the disk is full.
 *
 * A store takes no new value unless its spare is whole (for arguments of scripts: half of it). So what it took can still be
 * written when the disk fills up, and so can deletions later, with which room is made.
 *
 * Invariant: `length` is how much of the disk the file holds. Its bytes are random: some file systems keep no room for zeros.
 */

// The last batch of new values, and as much for deletions.
const SPARE_BYTES = 0x40000;

// So many are given up at least, that it does not happen for each record.
const STEP_BYTES = 0x10000;

// So many random bytes are given at a time.
const RANDOM_BYTES = 0x10000;

export class Spare {
  /** @param {object} disk of the file beside which it is, see ../log_store.js */
  constructor(disk) {
    this.disk = disk;
    this.length = disk.spareLength();
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
      const bytes = randomBytes(SPARE_BYTES - this.length);
      this.withFile((file) => file.write(bytes, this.length, bytes.length));
    } catch (error) {
      if (!this.disk.isFull(error)) this.isPossible = false;
    }
    this.length = this.disk.spareLength();
  }

  /** Makes room for so many bytes; false when there is nothing to give up. */
  giveUp(bytes) {
    if (this.length === 0) return false;
    const left = Math.max(0, this.length - Math.max(bytes, STEP_BYTES));
    try {
      this.withFile((file) => {
        file.truncate(left);
        // Some file systems let nobody have the room before.
        file.sync();
      });
    } catch {
      return false;
    }
    this.length = left;
    this.wasUsed = true;
    return true;
  }

  withFile(action) {
    const file = this.disk.openSpare(this.length === 0);
    try {
      action(file);
    } finally {
      file.close();
    }
  }
}

function randomBytes(length) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += RANDOM_BYTES) globalThis.crypto.getRandomValues(bytes.subarray(at, at + RANDOM_BYTES));
  return bytes;
}
