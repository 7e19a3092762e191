/**
 * The hash map of a table that is too large to be searched: from a key's hash to its entry, with linear probing.
 *
 * A slot is two numbers, so that looking past other keys stays within a line or two of the processor's cache:
 *
 *   hash | entry + 1, or 0 where the slot is empty
 *
 * Invariant: every entry can be reached from the slot of its hash without passing an empty one.
 */

const HASH = 0;
const ENTRY = 1;
const FIELDS = 2;

export class Slots {
  /** @param {number} count of slots, a power of two, at least twice that of the entries to come */
  constructor(count) {
    this.numbers = new Int32Array(count * FIELDS);
    this.count = count;
    this.used = 0;
  }

  /**
   * The slot of `key`, or -1.
   * @param {import('./table.js').Table} table
   * @param {Uint8Array} key
   * @param {number} hash
   */
  find(table, key, hash) {
    const { numbers } = this;
    const mask = this.count - 1;
    for (let slot = hash & mask; ; slot = slot + 1 & mask) {
      const at = slot * FIELDS;
      const entry = numbers[at + ENTRY];
      if (entry === 0) return -1;
      if (numbers[at + HASH] === hash && table.holds(entry - 1, key)) return slot;
    }
  }

  /** The entry of a slot that is not empty. */
  entry(slot) {
    return this.numbers[slot * FIELDS + ENTRY] - 1;
  }

  /** Adds an entry whose key is not there yet. */
  add(hash, entry) {
    if ((this.used + 1) * 2 > this.count) this.grow();
    this.used++;
    put(this.numbers, this.count - 1, hash, entry + 1);
  }

  /** Empties a slot and moves up those behind it that this leaves unreachable. */
  remove(slot) {
    const { numbers } = this;
    const mask = this.count - 1;
    let hole = slot;
    for (let next = slot + 1 & mask; numbers[next * FIELDS + ENTRY] !== 0; next = next + 1 & mask) {
      const home = numbers[next * FIELDS + HASH] & mask;
      if ((next - home & mask) >= (next - hole & mask)) {
        numbers[hole * FIELDS + HASH] = numbers[next * FIELDS + HASH];
        numbers[hole * FIELDS + ENTRY] = numbers[next * FIELDS + ENTRY];
        hole = next;
      }
    }
    numbers[hole * FIELDS + ENTRY] = 0;
    this.used--;
  }

  grow() {
    const old = this.numbers;
    this.count *= 2;
    this.numbers = new Int32Array(this.count * FIELDS);
    for (let at = 0; at < old.length; at += FIELDS) {
      if (old[at + ENTRY] !== 0) put(this.numbers, this.count - 1, old[at + HASH], old[at + ENTRY]);
    }
  }
}

function put(numbers, mask, hash, held) {
  let slot = hash & mask;
  while (numbers[slot * FIELDS + ENTRY] !== 0) slot = slot + 1 & mask;
  numbers[slot * FIELDS + HASH] = hash;
  numbers[slot * FIELDS + ENTRY] = held;
}
