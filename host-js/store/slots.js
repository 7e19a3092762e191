/**
 * The hash map of a table: from a key's hash to its record, with linear probing.
 *
 * A slot is two numbers, so that a search stays within a line or two of the processor's cache:
 *
 *   hash | place of the record + 1, or 0 where the slot is empty
 *
 * Invariant: every record can be reached from the slot of its hash without passing an empty one.
 */

const HASH = 0;
const RECORD = 1;
const FIELDS = 2;

export class Slots {
  /** @param {number} count of slots, a power of two, at least twice that of the records to come */
  constructor(count) {
    this.numbers = new Int32Array(count * FIELDS);
    this.count = count;
    this.used = 0;
  }

  /**
   * The slot of a key, or -1.
   * @param {import('./table.js').Table} table
   * @param {import('../block.js').Block} block where the key is
   * @param {number} key
   * @param {number} length
   * @param {number} hash
   */
  find(table, block, key, length, hash) {
    const { numbers } = this;
    const mask = this.count - 1;
    for (let slot = hash & mask; ; slot = slot + 1 & mask) {
      const at = slot * FIELDS;
      const record = numbers[at + RECORD];
      if (record === 0) return -1;
      if (numbers[at + HASH] === hash && table.holds(record - 1, block, key, length)) return slot;
    }
  }

  /** The record of a slot that is not empty. */
  record(slot) {
    return this.numbers[slot * FIELDS + RECORD] - 1;
  }

  /** The record of a slot has moved. */
  move(slot, record) {
    this.numbers[slot * FIELDS + RECORD] = record + 1;
  }

  /** Every record has moved. */
  moveAll(newPlace) {
    const { numbers } = this;
    for (let at = RECORD; at < numbers.length; at += FIELDS) {
      if (numbers[at] !== 0) numbers[at] = newPlace(numbers[at] - 1) + 1;
    }
  }

  /** Adds a record whose key is not there yet. */
  add(hash, record) {
    if ((this.used + 1) * 2 > this.count) this.grow();
    this.used++;
    put(this.numbers, this.count - 1, hash, record + 1);
  }

  /** Empties a slot, and moves slots after it that could not be reached any more. */
  remove(slot) {
    const { numbers } = this;
    const mask = this.count - 1;
    let hole = slot;
    for (let next = slot + 1 & mask; numbers[next * FIELDS + RECORD] !== 0; next = next + 1 & mask) {
      const home = numbers[next * FIELDS + HASH] & mask;
      if ((next - home & mask) >= (next - hole & mask)) {
        numbers[hole * FIELDS + HASH] = numbers[next * FIELDS + HASH];
        numbers[hole * FIELDS + RECORD] = numbers[next * FIELDS + RECORD];
        hole = next;
      }
    }
    numbers[hole * FIELDS + RECORD] = 0;
    this.used--;
  }

  grow() {
    const old = this.numbers;
    this.count *= 2;
    this.numbers = new Int32Array(this.count * FIELDS);
    for (let at = 0; at < old.length; at += FIELDS) {
      if (old[at + RECORD] !== 0) put(this.numbers, this.count - 1, old[at + HASH], old[at + RECORD]);
    }
  }
}

function put(numbers, mask, hash, held) {
  let slot = hash & mask;
  while (numbers[slot * FIELDS + RECORD] !== 0) slot = slot + 1 & mask;
  numbers[slot * FIELDS + HASH] = hash;
  numbers[slot * FIELDS + RECORD] = held;
}
