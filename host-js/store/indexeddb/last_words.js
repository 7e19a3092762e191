/**
 * What had changed and was not saved when a page was left, in localStorage, which has it at once: WebKit gives up the transactions of a
 * page that is left, whatever they have done.
 *
 *   item "cu-left:NAME"    "SEEN SAVE LETTERS": the last save that the page had seen, that which it did not finish, and a snapshot
 *                          (snapshot.js, letters.js) in which each key that changed has the byte 1 and its value, or nothing if it is gone
 *
 * Invariant: only who has its turn leaves words, and who gets the turn next takes them over before anything else is saved. They are
 * taken if and only if the database has what the page had seen, and not what it left; who took them saves under its number or a later one.
 */

import { bytesOfLetters, lettersOf } from '../letters.js';
import { MemoryStore } from '../memory.js';
import { keysOf } from '../replace.js';

/** Of some five million letters that a browser gives all pages of an origin. */
const MOST_LETTERS = 1000000;

const THERE = 1;

export class LastWords {
  /** @param {string} name of the database */
  constructor(name, browser) {
    this.item = `cu-left:${name}`;
    this.browser = browser;
    /** The number of the save that they are in the place of; 0 where there are none. */
    this.save = 0;
  }

  /** @param {{ seen: number, save: number, entries: Iterable<[number, Uint8Array, Uint8Array | undefined]> }} left */
  leave({ seen, save, entries }) {
    const kept = new MemoryStore();
    let letters = 0;
    for (const [table, key, value] of entries) {
      letters += key.length + (value === undefined ? 0 : value.length);
      // The transaction is all there is then.
      if (letters > MOST_LETTERS) return;
      kept.set(table, key, marked(value));
    }
    try {
      this.browser.localStorage.setItem(this.item, `${seen} ${save} ${lettersOf(kept.snapshot())}`);
      this.save = save;
    } catch (error) {
      // There is no room, or none for this page: the transaction is all there is.
    }
  }

  /**
   * What the last page left that the database does not have.
   * @param {number} last the number of the last save in the database
   * @returns {[number, Uint8Array, Uint8Array | undefined][]}
   */
  take(last) {
    const found = this.read();
    if (found === undefined) return [];
    if (last >= found.seen && last < found.save) {
      this.save = found.save;
      return found.entries;
    }
    this.clear();
    return [];
  }

  /** The database has this save, and all before it. */
  saved(save) {
    if (this.save !== 0 && save >= this.save) this.clear();
  }

  clear() {
    this.save = 0;
    try {
      this.browser.localStorage.removeItem(this.item);
    } catch (error) {
      // They are older than the last save then, and are not taken.
    }
  }

  /** Undefined where there are none, or something else. */
  read() {
    try {
      const [seen, save, letters] = this.browser.localStorage.getItem(this.item).split(' ');
      const kept = MemoryStore.fromSnapshot(bytesOfLetters(letters));
      return { seen: Number(seen), save: Number(save), entries: [...entriesOf(kept)] };
    } catch (error) {
      return undefined;
    }
  }
}

function* entriesOf(kept) {
  for (const table of kept.tableIds()) {
    for (const key of keysOf(kept, table)) {
      const value = kept.get(table, key);
      yield [table, key, value[0] === THERE ? value.slice(1) : undefined];
    }
  }
}

function marked(value) {
  if (value === undefined) return new Uint8Array(0);
  const bytes = new Uint8Array(value.length + 1);
  bytes[0] = THERE;
  bytes.set(value, 1);
  return bytes;
}
