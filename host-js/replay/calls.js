/**
 * The calls of exports in a recording, each with all that happened in it.
 *
 * Invariant: entries come in the order of abi/recording.md, or there is an error. Where a recording breaks off within a call, what is
 * there of that call comes before the error.
 */

import {
  RECORDING_CALL, RECORDING_END, RECORDING_IMPORT, RECORDING_MODULE, RECORDING_RETURN, RECORDING_TRAP, RECORDING_UNDONE,
} from '../abi.js';

/** Exports that never reach the store. */
const ASIDE = /^(lua_alloc|get_.*)$/;

/** Whether the changes of the store that come before this call are sure to stay. */
export const settles = (call) => !ASIDE.test(call.name);

export class Calls {
  /** @param {import('./reader.js').EntryReader} reader */
  constructor(reader) {
    this.reader = reader;
    const first = reader.next();
    if (first === undefined) throw this.cut();
    if (first.kind !== RECORDING_MODULE) throw this.outOfOrder(first);
    /** Which module it is: `hash` and `name`. */
    this.module = first;
    this.hasTrapped = false;
  }

  /**
   * The next call, or UNDONE; undefined at the end. `end` of a call is its entry RETURN or TRAP, undefined where the recording breaks
   * off; `broken` is why.
   */
  next() {
    const entry = this.reader.next();
    if (entry === undefined) throw this.cut();
    switch (entry.kind) {
      case RECORDING_CALL:
        if (this.hasTrapped) throw this.outOfOrder(entry);
        return this.whole(entry);
      case RECORDING_UNDONE: return entry;
      case RECORDING_END:
        if (this.reader.next() !== undefined) throw this.reader.error('malformed', 'entries follow the end', this.reader.offset);
        return undefined;
      default: throw this.outOfOrder(entry);
    }
  }

  whole(call) {
    call.imports = [];
    try {
      for (;;) {
        const entry = this.reader.next();
        if (entry === undefined) throw this.cut();
        if (entry.kind === RECORDING_IMPORT) {
          call.imports.push(entry);
        } else if (entry.kind === RECORDING_RETURN || entry.kind === RECORDING_TRAP) {
          this.hasTrapped = entry.kind === RECORDING_TRAP;
          call.end = entry;
          return call;
        } else {
          throw this.outOfOrder(entry);
        }
      }
    } catch (error) {
      call.broken = error;
      return call;
    }
  }

  cut() {
    const { reader } = this;
    return reader.error('cut', `it is not there: the file ends at byte ${reader.at}, without the entry that ends a recording`, reader.at);
  }

  outOfOrder({ number, offset }) {
    const { reader } = this;
    reader.number = number;
    reader.offset = offset;
    return reader.error('malformed', 'no such entry may come here', offset);
  }
}
