/**
 * The places of tables by their ids: a hash map with linear probing, two numbers a slot.
 *
 * Invariant: every id can be reached from the slot of its hash without passing an empty one.
 */

/** No place. */
export const NOWHERE = 0;

const FIRST_SLOTS = 16;
const ID = 0;
const PLACE = 1;
const FIELDS = 2;

export class Places {
  constructor() {
    this.numbers = new Int32Array(FIRST_SLOTS * FIELDS);
    this.mask = FIRST_SLOTS - 1;
    this.count = 0;
  }

  /** Where a table is, a signed number, or NOWHERE. */
  get(id) {
    return this.numbers[this.find(id) * FIELDS + PLACE];
  }

  /** Adds a table that is not there yet. */
  add(id, place) {
    if ((this.count + 1) * 3 > (this.mask + 1) * 2) this.grow();
    this.count++;
    this.put(id, place);
  }

  move(id, place) {
    this.numbers[this.find(id) * FIELDS + PLACE] = place;
  }

  /** Empties the slot of a table that is there, and moves slots after it that could not be reached any more. */
  remove(id) {
    const { numbers, mask } = this;
    let hole = this.find(id);
    for (let next = hole + 1 & mask; numbers[next * FIELDS + PLACE] !== NOWHERE; next = next + 1 & mask) {
      const home = hashId(numbers[next * FIELDS + ID]) & mask;
      if ((next - home & mask) >= (next - hole & mask)) {
        numbers[hole * FIELDS + ID] = numbers[next * FIELDS + ID];
        numbers[hole * FIELDS + PLACE] = numbers[next * FIELDS + PLACE];
        hole = next;
      }
    }
    numbers[hole * FIELDS + PLACE] = NOWHERE;
    this.count--;
  }

  /** Calls `visit` with every id, unsigned. */
  each(visit) {
    for (let at = 0; at < this.numbers.length; at += FIELDS) {
      if (this.numbers[at + PLACE] !== NOWHERE) visit(this.numbers[at + ID] >>> 0);
    }
  }

  /** The slot of an id, or the empty one where it would be. */
  find(id) {
    const { numbers, mask } = this;
    let slot = hashId(id) & mask;
    while (numbers[slot * FIELDS + PLACE] !== NOWHERE && numbers[slot * FIELDS + ID] !== (id | 0)) slot = slot + 1 & mask;
    return slot;
  }

  put(id, place) {
    const at = this.find(id) * FIELDS;
    this.numbers[at + ID] = id;
    this.numbers[at + PLACE] = place;
  }

  grow() {
    const old = this.numbers;
    this.numbers = new Int32Array(old.length * 2);
    this.mask = this.mask * 2 + 1;
    for (let at = 0; at < old.length; at += FIELDS) {
      if (old[at + PLACE] !== NOWHERE) this.put(old[at + ID], old[at + PLACE]);
    }
  }
}

/** Ids are consecutive, so eight of them share a line of the processor's cache. */
function hashId(id) {
  const mixed = Math.imul(id >>> 3, 0x9e3779b1);
  return (mixed ^ mixed >>> 15) << 3 | id & 7;
}
