/**
 * The content of a snapshot in the place of that of a store over which instances work.
 *
 * Invariant: no instance takes a table, a function or a captured variable of the content before for one of the content after. To them it
 * is as if a collection had freed everything, and all ids had been given again since (docs/formats.md, "Homes, ids and collections").
 */

import { TABLE_IO, TABLE_SYSTEM_FIRST } from '../abi.js';
import { decode, encode, encodeKey } from '../codec.js';
import { asUnit, keysOf, replaceContent } from './replace.js';
import { readWord, writeWord } from './words.js';

const COUNTER = TABLE_SYSTEM_FIRST;
const REUSED = TABLE_SYSTEM_FIRST + 10;

const NEXT = encodeKey('next_table');
const LEDGER = encodeKey('collections');

/** Of the ledger's bytes, behind the tag and the length of a string: version, `unknown`, `collections`. */
const VERSION = 1;
const UNKNOWN_AT = 1;
const COLLECTIONS_AT = 5;
const LEDGER_BYTES = 9;
const HEAD_BYTES = 5;

/**
 * @param {object} store see memory.js; that of the instances
 * @param {object} other with the content
 * @param {object} [inner] the store below, of which it is
 */
export function restoreContent(store, other, inner = store) {
  asUnit(store, () => {
    const before = givenIn(store);
    replaceContent(inner, other);
    const after = givenIn(store);
    // Rows that no module wrote have no instances.
    if (before.ledger === undefined && after.ledger === undefined && before.next === 0 && after.next === 0) return;
    const ledger = after.ledger || newLedger(after.next);
    const collection = Math.max(collectionsOf(before), collectionsOf(after)) + 1;
    writeWord(ledger, COLLECTIONS_AT, collection);
    store.set(COUNTER, LEDGER, encode(ledger));
    for (const key of keysOf(store, REUSED)) store.delete(REUSED, key);
    const first = TABLE_IO + 1;
    const end = Math.max(before.next, after.next);
    if (end > first) store.set(REUSED, encodeKey(first * 2 ** 32 + end), encode(collection));
  });
}

/** What a store says of ids: none from `next` on was ever given. */
function givenIn(store) {
  const ledger = store.get(COUNTER, LEDGER);
  const value = store.get(COUNTER, NEXT);
  const next = value === undefined ? 0 : decode(value);
  return {
    ledger: ledger !== undefined && ledger.length === HEAD_BYTES + LEDGER_BYTES ? ledger.slice(HEAD_BYTES) : undefined,
    next: Number.isSafeInteger(next) ? next : 0,
  };
}

/** Each id may have been given before there was a ledger. */
function newLedger(next) {
  const ledger = new Uint8Array(LEDGER_BYTES);
  ledger[0] = VERSION;
  writeWord(ledger, UNKNOWN_AT, next);
  return ledger;
}

const collectionsOf = ({ ledger }) => (ledger === undefined ? 0 : readWord(ledger, COLLECTIONS_AT));
