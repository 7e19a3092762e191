/**
 * What a call of an import takes out of linear memory, and where its answer goes: the recorder and the replay see it alike.
 *
 * Invariant: a part that does not lie in memory counts as empty, since no host reads it.
 */

import { EXPORTS, IMPORTS, PAGE_DESCENDING } from '../abi.js';
import { readWord, WORD_BYTES } from '../store/words.js';

export const EXPORT_NAMES = Object.keys(EXPORTS);
export const IMPORT_NAMES = Object.keys(IMPORTS);

/** The places of the imports in that list. */
export const [SET, GET, DELETE, SIZE, KEYS] = IMPORT_NAMES.map((name, place) => place);

/** One for all calls, so that none makes an object. */
export class Crossing {
  constructor() {
    this.place = 0;
    this.table = 0;
    this.keyAt = 0;
    this.keyLength = 0;
    this.valueAt = 0;
    this.valueLength = 0;
    /** Where the host writes, and how much it may. */
    this.into = 0;
    this.room = 0;
  }

  /** Begins a call, whose arguments behind the table are these. */
  begin(bytes, place, table, first, second, third, fourth) {
    this.place = place;
    this.table = table >>> 0;
    this.keyAt = first >>> 0;
    this.keyLength = place === SIZE || place === KEYS ? 0 : lengthIn(bytes, first >>> 0, second >>> 0);
    this.valueAt = third >>> 0;
    this.valueLength = place === SET ? lengthIn(bytes, third >>> 0, fourth >>> 0) : 0;
    this.into = (place === KEYS ? first : third) >>> 0;
    this.room = place === GET ? fourth >>> 0 : 0;
    if (place !== KEYS) return;
    this.room = second >>> 0;
    if (lengthIn(bytes, this.keyAt, WORD_BYTES) === 0) return;
    this.keyLength = lengthIn(bytes, this.keyAt, WORD_BYTES + readWord(bytes, this.keyAt) % PAGE_DESCENDING);
  }

  /** How many bytes the host wrote, if that was its answer. */
  written(bytes, answer) {
    return answer > 0 && answer <= this.room ? lengthIn(bytes, this.into, answer) : 0;
  }
}

/** `length`, or 0 where so many bytes do not lie in memory. */
export function lengthIn(bytes, at, length) {
  return length <= bytes.length && at <= bytes.length - length ? length : 0;
}

/** Bytes of what `get_memory_stats` writes are in the contract; of what `compute` leaves, in its answer. */
export function leftBy(name, answer, memoryStatsBytes) {
  if (name === 'compute') return answer < 0 ? -answer - 1 : answer;
  return name === 'get_memory_stats' ? memoryStatsBytes : 0;
}
